//! Starting and stopping: everything is opened and checked before the port is, and closed after the last answer.

use crate::auth::Keys;
use crate::clock::{Clock, Ids};
use crate::config::Config;
use crate::domain::account;
use crate::error::Error;
use crate::events::outside::Outside;
use crate::events::stream::Hub;
use crate::providers::Provider;
use crate::providers::contract::Maker;
use crate::providers::registry::Registry;
use crate::seal::Sealer;
use crate::state::App;
use crate::store::Db;
use crate::{http, jobs};
use actix_web::dev::ServerHandle;
use actix_web::{HttpServer, web};
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use socket2::SockRef;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// Connections that may wait to be taken; the system may allow fewer.
const BACKLOG: i32 = 4_096;

/// What a start needs besides the settings; tests give their own.
pub struct Parts {
    pub clock: Clock,
    pub ids: Ids,
    /// Payment companies besides those that the settings have credentials for.
    pub providers: Vec<Arc<dyn Provider>>,
    /// Whether the timer runs by itself; tests with a clock of their own run its rounds by hand.
    pub timer: bool,
}

/// A running server.
pub struct Running {
    pub address: SocketAddr,
    pub app: Arc<App>,
    handle: ServerHandle,
    serving: tokio::task::JoinHandle<std::io::Result<()>>,
    stop_timer: watch::Sender<bool>,
    timer: Option<tokio::task::JoinHandle<()>>,
}

/// The core without its door: opens the database and puts the parts together. `public_url` is how phones reach it.
pub async fn assemble(config: Config, parts: Parts, public_url: String) -> Result<App, Error> {
    let hub = Hub::default();
    let db = Db::open(&config.database.url, hub.clone()).await?;
    if !config.database.may_lose_writes {
        db.assert_durable().await?;
    }
    let previous = Some(config.auth.previous_signing_key.as_str()).filter(|key| !key.is_empty());
    let keys = Keys::new(&config.auth.signing_key, previous)?;
    let sealer = Sealer::new(&[&config.auth.sealing_key, &config.auth.previous_sealing_key])?;
    let maker = Maker::new(&config.http, parts.clock.clone(), parts.ids.clone());
    let providers = Registry::of_settings(maker.of_settings(&config)?.into_iter().chain(parts.providers));
    let webhooks = &config.webhooks;
    let outside = Outside::new(Duration::from_secs(webhooks.timeout_seconds), webhooks.private_networks)?;
    let app = App {
        clock: parts.clock,
        ids: parts.ids,
        db,
        hub,
        providers,
        maker,
        menus: crate::domain::menu::Menus::default(),
        hurry: tokio::sync::Notify::new(),
        keys,
        sealer,
        outside,
        public_url,
        config,
    };
    account::refresh(&app).await?;
    Ok(app)
}

/// Opens the database, listens, starts the timer.
pub async fn start(config: Config, parts: Parts) -> Result<Running, Error> {
    config.check_release().map_err(Error::unexpected)?;
    let listener = std::net::TcpListener::bind(config.server.listen).map_err(Error::unexpected)?;
    // A whole hall scans its codes at once: more callers wait for a place than the library's 128.
    SockRef::from(&listener).listen(BACKLOG).map_err(Error::unexpected)?;
    let address = listener.local_addr().map_err(Error::unexpected)?;
    let public_url = match config.server.public_url.trim_end_matches('/') {
        "" => format!("http://{address}"),
        url => url.to_owned(),
    };
    let with_timer = parts.timer;
    let app = Arc::new(assemble(config, parts, public_url).await?);
    http::install_metrics();
    raise_file_limit();
    let (handle, serving) = serve(&app, listener)?;
    let (stop_timer, stopped) = watch::channel(false);
    let timer = with_timer.then(|| tokio::spawn(jobs::run(Arc::clone(&app), stopped)));
    Ok(Running { address, app, handle, serving, stop_timer, timer })
}

/// Each open board is a socket: as many as the machine lets this process have.
fn raise_file_limit() {
    let raised = getrlimit(Resource::RLIMIT_NOFILE)
        .and_then(|(_, most)| setrlimit(Resource::RLIMIT_NOFILE, most, most).map(|()| most));
    if let Err(error) = raised {
        tracing::warn!(%error, "the limit of open files stays as it is");
    }
}

type Serving = (ServerHandle, tokio::task::JoinHandle<std::io::Result<()>>);

fn serve(app: &Arc<App>, listener: std::net::TcpListener) -> Result<Serving, Error> {
    let data = web::Data::from(Arc::clone(app));
    let assets = web::Data::from(http::Assets::load());
    let paces = web::Data::new(http::Paces::new(&app.config.limits));
    let kept = web::Data::new(http::Kept::default());
    let feeds = web::Data::new(http::Feeds::default());
    let settings = &app.config.server;
    let workers = match settings.workers {
        0 => std::thread::available_parallelism().map_or(2, usize::from),
        workers => workers,
    };
    let server = HttpServer::new(move || {
        actix_web::App::new()
            .app_data(data.clone())
            .app_data(assets.clone())
            .app_data(paces.clone())
            .app_data(kept.clone())
            .app_data(feeds.clone())
            .app_data(http::json_limits())
            .app_data(http::query_limits())
            .wrap(actix_web::middleware::from_fn(http::observe))
            .configure(|config| http::routes().configure(config))
    })
    .workers(workers)
    .shutdown_timeout(settings.drain_seconds)
    .disable_signals()
    .listen(listener)
    .map_err(Error::unexpected)?
    .run();
    let handle = server.handle();
    Ok((handle, tokio::spawn(server)))
}

impl Running {
    /// Stops taking requests, lets running ones end, finishes queued writes.
    pub async fn stop(self) {
        let _ = self.stop_timer.send(true);
        if let Some(timer) = self.timer {
            let _ = timer.await;
        }
        self.app.hub.close();
        self.handle.stop(true).await;
        let _ = self.serving.await;
        self.app.db.close().await;
    }
}
