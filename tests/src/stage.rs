//! The real server on a fresh database: a clock that stands still, seeded ids, scripted payment companies, no timer. At
//! the end all that is under way is let run out, and the books are audited.

use crate::audit;
use crate::client::Client;
use crate::database::{Database, Engine};
use crate::fixture::{self, Shop, Town};
use crate::scripted::Scripted;
use okini_server::clock::{Clock, Ids};
use okini_server::config::Config;
use okini_server::jobs;
use okini_server::server::{self, Parts, Running};
use okini_server::state::App;
use okini_shared::rules::payment::ProviderName;
use okini_shared::time::{HOUR, MINUTE, Millis};
use std::sync::Arc;

/// 2026-11-22, 19:27 in Osaka.
pub const NOW: Millis = Millis::new(1_795_343_222_345);
/// The secret part of the notification path, for both providers.
pub const HOOK: &str = "a-path-that-nobody-guesses";
/// The seed of the key that signs access tokens.
pub const SIGNING_KEY: &str = "a1b2c3d4a1b2c3d4a1b2c3d4a1b2c3d4a1b2c3d4a1b2c3d4a1b2c3d4a1b2c3d4";
/// How phones reach the server.
pub const PUBLIC_URL: &str = "https://okini.example";

/// Nobody is too fast, but where a test says so.
const SETTINGS: &str = r#"
[server]
listen = "127.0.0.1:0"
public_url = "https://okini.example"
workers = 2
drain_seconds = 2
[database]
may_lose_writes = true
[auth]
signing_key = "a1b2c3d4a1b2c3d4a1b2c3d4a1b2c3d4a1b2c3d4a1b2c3d4a1b2c3d4a1b2c3d4"
sealing_key = "long enough to seal the secrets of webhooks"
[paypay]
notify_secret = "a-path-that-nobody-guesses"
[hosted]
notify_secret = "a-path-that-nobody-guesses"
[webhooks]
private_networks = true
[limits]
read_per_minute = 1000000
read_burst = 1000000
write_per_minute = 1000000
claim_per_minute = 1000000
claim_burst = 1000000
write_burst = 1000000
guess_per_minute = 1000000
guess_burst = 1000000
address_per_minute = 1000000
address_burst = 1000000
"#;

/// One running server.
pub struct Node {
    running: Running,
    base: String,
}

impl Node {
    async fn start(stage: &Stage, url: &str, seed: u64, settings: &str) -> Self {
        let mut config = Config::from_layers(SETTINGS).unwrap();
        if !settings.is_empty() {
            let own = Config::from_layers(settings).unwrap();
            config.limits = own.limits;
            config.server.trusted_proxies = own.server.trusted_proxies;
        }
        config.database.url = url.to_owned();
        let parts = Parts {
            clock: stage.clock.clone(),
            ids: Ids::seeded(stage.clock.clone(), seed),
            providers: vec![stage.paypay.clone(), stage.hosted.clone()],
            timer: false,
        };
        let running = server::start(config, parts).await.unwrap();
        let base = format!("http://{}", running.address);
        Self { running, base }
    }

    /// What the server works with.
    pub fn app(&self) -> &Arc<App> {
        &self.running.app
    }

    /// Where it listens.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// Somebody who was never here.
    pub fn client(&self) -> Client {
        Client::new(&self.base)
    }

    /// Stops it as SIGTERM does.
    pub async fn stop(self) {
        self.running.stop().await;
    }
}

/// A database, the payment companies, the town's shops.
pub struct Stage {
    pub database: Database,
    pub clock: Clock,
    pub paypay: Arc<Scripted>,
    pub hosted: Arc<Scripted>,
    node: Option<Node>,
    town: Option<Town>,
}

impl Stage {
    /// An empty register.
    pub async fn bare(engine: Engine) -> Self {
        let clock = Clock::manual(NOW);
        let mut stage = Self {
            database: Database::make(engine).await,
            paypay: Scripted::new(ProviderName::Paypay, clock.clone()),
            hosted: Scripted::new(ProviderName::Hosted, clock.clone()),
            clock,
            node: None,
            town: None,
        };
        stage.node = Some(Node::start(&stage, &stage.database.url, 1, "").await);
        stage
    }

    /// A small town.
    pub async fn new(engine: Engine) -> Self {
        let mut stage = Self::bare(engine).await;
        stage.town = Some(fixture::fill(stage.app()).await);
        stage
    }

    /// The server.
    pub fn node(&self) -> &Node {
        self.node.as_ref().unwrap()
    }

    /// Another server on the same database; `seed` must be another one for each, `limits` are settings that differ.
    pub async fn another_node(&self, seed: u64, limits: &str) -> Node {
        Node::start(self, &self.database.url, seed, limits).await
    }

    /// Another server on another database.
    pub async fn node_on(&self, url: &str, seed: u64) -> Node {
        Node::start(self, url, seed, "").await
    }

    /// What the server works with.
    pub fn app(&self) -> &Arc<App> {
        self.node().app()
    }

    /// Somebody who was never here.
    pub fn client(&self) -> Client {
        self.node().client()
    }

    /// The small town.
    pub fn town(&self) -> &Town {
        self.town.as_ref().unwrap()
    }

    /// The shop that most tests happen in; takes PayPay.
    pub fn shop(&self) -> &Shop {
        &self.town.as_ref().unwrap().shop
    }

    /// Another shop; takes the hosted page.
    pub fn other(&self) -> &Shop {
        &self.town.as_ref().unwrap().other
    }

    /// A shop that is suspended.
    pub fn suspended(&self) -> &Shop {
        &self.town.as_ref().unwrap().suspended
    }

    /// Lets the timer work until nothing is due at this moment.
    pub async fn tick(&self) {
        for _ in 0..200 {
            if !jobs::round(self.app()).await.unwrap() {
                return;
            }
        }
        panic!("the timer never comes to rest");
    }

    /// Time goes by, and the timer works.
    pub async fn pass(&self, ms: i64) {
        self.clock.advance(ms);
        self.tick().await;
    }

    /// Lets everything run out and audits the books.
    async fn settle(&self) {
        for ms in [20 * MINUTE, 40 * MINUTE, 2 * HOUR, 30 * HOUR, 2 * HOUR] {
            self.pass(ms).await;
        }
        audit::nothing_left(&self.database).await;
        audit::sound(&self.database, self.clock.now()).await;
    }

    /// Stops the server and removes the database.
    pub async fn end(mut self) {
        self.node.take().unwrap().stop().await;
        self.database.remove().await;
    }
}

/// Runs a test in the small town; at the end everything is let run out and audited.
pub fn run(engine: Engine, test: impl AsyncFnOnce(&Stage)) {
    block_on(async {
        let stage = Stage::new(engine).await;
        test(&stage).await;
        stage.settle().await;
        stage.end().await;
    });
}

/// Runs a test on the tables of the small town, which may leave there whatever it likes.
pub fn run_store(engine: Engine, test: impl AsyncFnOnce(&Stage)) {
    block_on(async {
        let stage = Stage::new(engine).await;
        test(&stage).await;
        stage.end().await;
    });
}

/// Runs a test on an empty register.
pub fn run_bare(engine: Engine, test: impl AsyncFnOnce(&Stage)) {
    block_on(async {
        let stage = Stage::bare(engine).await;
        test(&stage).await;
        stage.end().await;
    });
}

/// Runs a test that makes its own stage or needs none.
pub fn block_on<T>(test: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(test)
}
