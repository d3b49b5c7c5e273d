//! Kills the server again and again while diners order and pay, and compares what it acknowledged with what it has.
//! Run by `cargo xtask crash`, which says where the programs are and how often to kill.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    reason = "a measuring program talks on the terminal and stops at the first surprise"
)]

mod diner;
mod fsync;
mod judge;
mod ledger;
mod server;

use diner::{Diner, Town};
use judge::{Taken, Verdict};
use okini_tests::caller::{Ask, Caller};
use okini_tests::database::Database;
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use serde_json::json;
use server::Server;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};
use tokio::sync::watch;

/// Those who order at the same time.
const DINERS: u64 = 16;
/// Milliseconds under load before a kill.
const LIFE: std::ops::Range<u64> = 20..900;
/// One in so many kills comes while the server starts, at most so many milliseconds after its start.
const WHILE_STARTING: u32 = 8;
const STARTING: std::ops::Range<u64> = 0..60;
/// Until every payment that was made has to be known.
const SETTLING: Duration = Duration::from_secs(180);

/// What the command says, by environment variables.
struct Options {
    program: PathBuf,
    kills: u32,
    seed: u64,
    /// PostgreSQL instead of SQLite.
    database: Option<String>,
    json: Option<PathBuf>,
    /// Instead of killing, prove that answers come after the sync.
    fsync: bool,
}

impl Options {
    fn from_environment() -> Self {
        let named = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        Self {
            program: named("OKINI_BIN").expect("run it by `cargo xtask crash`").into(),
            kills: named("OKINI_KILLS").map_or(200, |kills| kills.parse().unwrap()),
            seed: named("OKINI_SEED").map_or(1, |seed| seed.parse().unwrap()),
            database: named("OKINI_DATABASE"),
            json: named("OKINI_JSON").map(PathBuf::from),
            fsync: named("OKINI_FSYNC").is_some(),
        }
    }
}

#[tokio::main]
async fn main() {
    let options = Options::from_environment();
    let folder = std::env::temp_dir().join(format!("okini-crash-{}", std::process::id()));
    std::fs::create_dir(&folder).unwrap();
    let good = if options.fsync { fsync::prove(&options, &folder).await } else { run(&options, folder.clone()).await };
    if !good {
        println!("The database and the server's log stay in {}.", folder.display());
        std::process::exit(1);
    }
    std::fs::remove_dir_all(folder).unwrap();
}

async fn run(options: &Options, folder: PathBuf) -> bool {
    println!("{} kills, seed {}, in {}", options.kills, options.seed, folder.display());
    let begun = Instant::now();
    let sandbox = okini_sandbox::start(okini_sandbox::Options::default()).await.unwrap();
    let mut server = Server::seed(options, folder, &sandbox).await;
    let campaign = server.promise(diner::OFF).await;
    server.start().await;
    let caller = Caller::new(server.address());
    let menus = diner::menus(&caller, &server.codes()).await;
    let town = Arc::new(Town::new(caller, menus, campaign, options.seed));
    let diners: Vec<_> = (0..DINERS).map(|n| tokio::spawn(Diner::new(Arc::clone(&town), n).run())).collect();
    let mut verdict = Verdict::default();
    let restarts = storm(options, &mut server, &town, &mut verdict).await;

    town.closing.store(true, Ordering::Relaxed);
    for diner in diners {
        diner.await.expect("no diner met a surprise");
    }
    settle(&town).await;
    let entries = town.ledger.since(0);
    verdict.orders(&town.caller, &entries, false).await;
    verdict.phones(&town.caller, &entries).await;
    server.terminate().await;
    print!("{}", server.examine().await);
    let database = Database::at(&server.database_url());
    let taken = taken(&sandbox).await;
    verdict.company(&taken, &database).await;
    verdict.database(&database, entries.len()).await;
    verdict.coupons(&database, &entries).await;
    sandbox.stop().await;
    tell(options, &town, &verdict, restarts, begun.elapsed());
    verdict.is_good()
}

/// Kills and starts; returns how long each start took.
async fn storm(options: &Options, server: &mut Server, town: &Town, verdict: &mut Verdict) -> Vec<Duration> {
    let mut rng = StdRng::seed_from_u64(options.seed);
    let mut restarts = Vec::new();
    let mut checked = 0;
    let mut kills = 0;
    while kills < options.kills {
        tokio::time::sleep(Duration::from_millis(rng.random_range(LIFE))).await;
        server.kill().await;
        kills += 1;
        if kills < options.kills && rng.random_ratio(1, WHILE_STARTING) {
            server.kill_while_starting(Duration::from_millis(rng.random_range(STARTING))).await;
            kills += 1;
        }
        restarts.push(server.start().await);
        let recent = town.ledger.since(checked);
        checked += recent.len();
        verdict.orders(&town.caller, &recent, true).await;
        if kills % 20 < 2 {
            println!("  {kills} kills, {checked} orders acknowledged, {} wrong", verdict.all().count());
        }
    }
    restarts
}

/// Waits until all money that the payment company took is known to the server.
async fn settle(town: &Town) {
    let settling = async {
        loop {
            let waiting = town.ledger.unsettled();
            if waiting.is_empty() {
                return;
            }
            for (place, token) in waiting {
                town.look(place, &token).await;
            }
            tokio::time::sleep(Duration::from_millis(250)).await;
        }
    };
    // What is not settled by then is found by the judge.
    let _ = tokio::time::timeout(SETTLING, settling).await;
}

async fn taken(sandbox: &okini_sandbox::Running) -> Vec<Taken> {
    let (_at, address) = watch::channel(Some(sandbox.ready.control.clone()));
    Caller::new(address).ask(Ask::get("/paypay/payments")).await.expect(200)
}

fn tell(options: &Options, town: &Town, verdict: &Verdict, mut restarts: Vec<Duration>, took: Duration) {
    restarts.sort();
    let ms = |at: Option<&Duration>| at.map(|restart| u64::try_from(restart.as_millis()).unwrap());
    let (p50, max) = (ms(restarts.get(restarts.len() / 2)), ms(restarts.last()));
    let entries = town.ledger.since(0);
    let paid = entries.iter().filter(|entry| entry.paid.is_some()).count();
    let coupons = entries.iter().filter(|entry| !entry.order.coupons.is_empty()).count();
    for finding in verdict.all().take(20) {
        println!("  {finding}");
    }
    println!(
        "{} orders acknowledged, {paid} of them paid, {coupons} with a coupon, {} requests sent again, in {} s\n\
         lost {}, doubled {}, paid twice {}; restart p50 {} ms, max {} ms",
        entries.len(),
        town.caller.resent(),
        took.as_secs(),
        verdict.lost.len(),
        verdict.doubled.len(),
        verdict.paid_twice.len(),
        p50.unwrap_or_default(),
        max.unwrap_or_default(),
    );
    let figures = json!({
        "kills": options.kills,
        "acknowledged": entries.len(),
        "coupons": coupons,
        "lost": verdict.lost.len(),
        "doubled": verdict.doubled.len(),
        "paid_twice": verdict.paid_twice.len(),
        "restart_p50_ms": p50,
        "restart_max_ms": max,
    });
    if let Some(path) = &options.json {
        std::fs::write(path, format!("{figures:#}\n")).unwrap();
    }
}
