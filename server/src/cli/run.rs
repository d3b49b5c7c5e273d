//! Running the server until it is told to stop: `serve`, and `demo` with the demo programme. The ready line is the contract
//! with whoever starts it.

use super::{Demo, print_line};
use crate::clock::{Clock, Ids};
use crate::config::{Config, ProviderSettings};
use crate::domain::demo;
use crate::error::Error;
use crate::server::{self, Parts, Running};
use crate::{providers, store};
use serde::{Deserialize, Serialize};
use tokio::signal::unix::{Signal, SignalKind, signal};

/// The sandbox's ready line.
#[derive(Deserialize)]
struct Sandbox {
    paypay: SandboxPayPay,
    hosted: SandboxCheckout,
    komoju: SandboxCheckout,
    stripe: SandboxCheckout,
    control: String,
}

#[derive(Deserialize)]
struct SandboxPayPay {
    base_url: String,
    api_key: String,
    api_secret: String,
}

#[derive(Deserialize)]
struct SandboxCheckout {
    base_url: String,
    api_key: String,
    webhook_secret: String,
}

impl SandboxCheckout {
    fn tell(&self, provider: &mut ProviderSettings) {
        provider.base_url.clone_from(&self.base_url);
        provider.api_key.clone_from(&self.api_key);
        provider.webhook_secret.clone_from(&self.webhook_secret);
        provider.page_host = host(&self.base_url);
    }
}

/// The line on stdout that says where everything is.
#[derive(Serialize)]
struct Ready {
    url: String,
    console_url: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    logins: Vec<demo::Login>,
    facilities: Vec<ReadyFacility>,
}

#[derive(Serialize)]
struct ReadyFacility {
    id: String,
    code: String,
    name: String,
    /// Path of the facility's page.
    path: String,
    seats: Vec<ReadySeat>,
}

#[derive(Serialize)]
struct ReadySeat {
    label: String,
    token: String,
}

/// Facilities named in the ready line.
const NAMED: i64 = 200;

/// Runs the server.
pub(super) async fn serve(config: Config) -> Result<(), Error> {
    let stop = Stop::listen()?;
    let running = start(config).await?;
    ready(&running, Vec::new()).await?;
    stop.told().await;
    tracing::info!("stopping");
    running.stop().await;
    Ok(())
}

async fn start(config: Config) -> Result<Running, Error> {
    let clock = Clock::System;
    let ids = Ids::system(clock.clone());
    server::start(config, Parts { clock, ids, providers: Vec::new(), timer: true }).await
}

/// Runs the server with the demo programme.
pub(super) async fn run_demo(demo: Demo) -> Result<(), Error> {
    let mut config = demo.options.config()?;
    let sandbox = match &demo.sandbox {
        Some(line) => Some(serde_json::from_str::<Sandbox>(line)?),
        None => None,
    };
    if let Some(sandbox) = &sandbox {
        config.paypay.base_url.clone_from(&sandbox.paypay.base_url);
        config.paypay.api_key.clone_from(&sandbox.paypay.api_key);
        config.paypay.api_secret.clone_from(&sandbox.paypay.api_secret);
        config.paypay.page_host = host(&sandbox.paypay.base_url);
        sandbox.hosted.tell(&mut config.hosted);
        sandbox.komoju.tell(&mut config.komoju);
        sandbox.stripe.tell(&mut config.stripe);
    }
    let stop = Stop::listen()?;
    let running = start(config).await?;
    demo::seed(&running.app).await?;
    if let Some(sandbox) = &sandbox {
        providers::sandbox::tell(&running.app.config, running.address, &sandbox.control).await?;
    }
    ready(&running, demo::logins()?).await?;
    stop.told().await;
    tracing::info!("stopping");
    running.stop().await;
    Ok(())
}

fn host(url: &str) -> String {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.split('/').next().unwrap_or(rest).to_owned()
}

async fn ready(running: &Running, logins: Vec<demo::Login>) -> Result<(), Error> {
    let app = &running.app;
    let mut conn = app.db.read().await?;
    let mut facilities = Vec::new();
    for (id, code, name) in store::register::first_codes(&mut conn, NAMED).await? {
        let seats = store::register::seat_codes(&mut conn, id).await?;
        facilities.push(ReadyFacility {
            id: id.to_string(),
            path: format!("/f/{code}"),
            code,
            name: name.shop().clone(),
            seats: seats.into_iter().map(|(label, token)| ReadySeat { label, token }).collect(),
        });
    }
    drop(conn);
    let line = Ready { url: app.public_url.clone(), console_url: app.url("/console"), logins, facilities };
    print_line(&serde_json::to_string(&line)?)
}

/// SIGTERM and ctrl-c, listened to from before the ready line on: whoever reads it may send one at once.
struct Stop {
    terminate: Signal,
    interrupt: Signal,
}

impl Stop {
    fn listen() -> Result<Self, Error> {
        let listen = |kind| signal(kind).map_err(Error::unexpected);
        Ok(Self { terminate: listen(SignalKind::terminate())?, interrupt: listen(SignalKind::interrupt())? })
    }

    async fn told(mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}
