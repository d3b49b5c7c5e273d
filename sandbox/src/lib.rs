//! The sandbox plays the payment companies over HTTP: PayPay's Open Payment API, a hosted checkout, KOMOJU and Stripe
//! Checkout, their pages for payers, their notifications, and switches to make them fail. It shares no code with the
//! adapters that talk to it.

mod answers;
mod caller;
mod chance;
mod clock;
mod control;
mod desk;
mod faults;
mod hosted;
mod komoju;
mod ledger;
mod mac;
mod notifier;
mod paypay;
mod stripe;
mod wallet;

pub use clock::Clock;

use actix_web::dev::ServerHandle;
use actix_web::middleware::from_fn;
use actix_web::web::Data;
use actix_web::{App, HttpServer};
use desk::Desk;
use notifier::Notifier;
use serde::Serialize;
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener};
use tokio::task::JoinHandle;

/// How to run.
#[derive(Debug, Clone)]
pub struct Options {
    /// Where to listen; port 0 picks a free one.
    pub listen: SocketAddr,
    /// How phones reach the pages, where that is not the address listened on.
    pub public_base: Option<String>,
    pub clock: Clock,
}

impl Default for Options {
    /// A free port on the loopback, with the machine's time.
    fn default() -> Self {
        Self { listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)), public_base: None, clock: Clock::system() }
    }
}

/// Where everything is, and the credentials of this run.
#[derive(Debug, Clone, Serialize)]
pub struct Ready {
    pub paypay: ReadyPayPay,
    pub hosted: ReadyCheckout,
    pub komoju: ReadyCheckout,
    pub stripe: ReadyCheckout,
    /// Where the control API begins.
    pub control: String,
}

/// What a client of the PayPay API needs.
#[derive(Debug, Clone, Serialize)]
pub struct ReadyPayPay {
    pub base_url: String,
    pub api_key: String,
    pub api_secret: String,
    pub merchant_id: String,
}

/// What a client of a company with a checkout page needs.
#[derive(Debug, Clone, Serialize)]
pub struct ReadyCheckout {
    pub base_url: String,
    pub api_key: String,
    pub webhook_secret: String,
}

/// A running sandbox.
pub struct Running {
    pub ready: Ready,
    pub address: SocketAddr,
    handle: ServerHandle,
    serving: JoinHandle<io::Result<()>>,
    notifying: JoinHandle<()>,
}

/// Listens and serves until it is stopped.
///
/// # Errors
/// When the address cannot be listened on.
pub async fn start(options: Options) -> io::Result<Running> {
    let listener = TcpListener::bind(options.listen)?;
    let address = listener.local_addr()?;
    let base = format!("http://{}", reachable(address));
    let pages = options.public_base.map_or_else(|| base.clone(), |base| base.trim_end_matches('/').to_owned());
    let (notifier, notifying) = Notifier::start().map_err(io::Error::other)?;
    let desk = Data::new(Desk::new(options.clock, pages, notifier));
    let ready = ready(&base, &desk);
    let server = HttpServer::new(move || {
        App::new()
            .app_data(desk.clone())
            .wrap(from_fn(faults::only_while_up))
            .configure(wallet::routes)
            .configure(paypay::routes)
            .configure(hosted::routes)
            .configure(komoju::routes)
            .configure(stripe::routes)
            .configure(control::routes)
    })
    .workers(1)
    .shutdown_timeout(1)
    .disable_signals()
    .listen(listener)?
    .run();
    let handle = server.handle();
    Ok(Running { ready, address, handle, serving: tokio::spawn(server), notifying })
}

/// An address that can be called: where all are listened on, the loopback.
fn reachable(address: SocketAddr) -> SocketAddr {
    match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => SocketAddr::from((Ipv4Addr::LOCALHOST, address.port())),
        IpAddr::V6(ip) if ip.is_unspecified() => SocketAddr::from((std::net::Ipv6Addr::LOCALHOST, address.port())),
        _ => address,
    }
}

fn ready(base: &str, desk: &Desk) -> Ready {
    let keys = &desk.keys;
    Ready {
        paypay: ReadyPayPay {
            base_url: format!("{base}/paypay"),
            api_key: keys.api_key.clone(),
            api_secret: keys.api_secret.clone(),
            merchant_id: keys.merchant_id.clone(),
        },
        hosted: ReadyCheckout {
            base_url: format!("{base}/hosted"),
            api_key: keys.hosted_key.clone(),
            webhook_secret: format!("whsec_{}", keys.hosted_secret),
        },
        komoju: ReadyCheckout {
            base_url: format!("{base}/komoju"),
            api_key: keys.komoju_key.clone(),
            webhook_secret: keys.komoju_secret.clone(),
        },
        stripe: ReadyCheckout {
            base_url: base.to_owned(),
            api_key: keys.stripe_key.clone(),
            webhook_secret: keys.stripe_secret.clone(),
        },
        control: format!("{base}/control"),
    }
}

impl Running {
    /// Stops listening, lets running answers end for a second, drops notifications not yet sent.
    pub async fn stop(self) {
        self.handle.stop(true).await;
        let _ = self.serving.await;
        self.notifying.abort();
    }
}
