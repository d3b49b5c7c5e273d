//! The command line: `serve`, `demo`, `migrate`, `openapi`. Programs run in the foreground, log to stderr and print one JSON
//! line on stdout when they are ready.

use crate::clock::{Clock, Ids};
use crate::config::Config;
use crate::domain::demo;
use crate::error::Error;
use crate::events::stream::Hub;
use crate::providers;
use crate::server::{self, Parts, Running};
use crate::store::{self, Db};
use crate::{http, secrets};
use clap::{Args, Parser, Subcommand};
use serde::{Deserialize, Serialize};
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

/// Mobile ordering, paying and coupons for a region.
#[derive(Parser)]
#[command(name = "okini", version)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Runs the server.
    Serve(Options),
    /// Runs the server with the demo programme: 107 fictional facilities and logins.
    Demo(Demo),
    /// Brings the database up to date and ends.
    Migrate(Options),
    /// Prints the OpenAPI document.
    Openapi,
}

#[derive(Args)]
struct Options {
    /// A settings file; what is not in it is as in config/default.toml.
    #[arg(long)]
    config: Option<PathBuf>,
    /// Where the database and keys of this server lie.
    #[arg(long, default_value = "okini-data")]
    data: PathBuf,
    /// `postgres://...` or `sqlite:///...` instead of okini.db in the data directory.
    #[arg(long)]
    database: Option<String>,
    /// The port; 0 picks a free one.
    #[arg(long)]
    port: Option<u16>,
    /// The address to listen on.
    #[arg(long)]
    listen: Option<IpAddr>,
    /// How phones reach the server, `https://...`.
    #[arg(long)]
    public_url: Option<String>,
}

#[derive(Args)]
struct Demo {
    #[command(flatten)]
    options: Options,
    /// The sandbox's ready line: which payment companies to use, and with which credentials.
    #[arg(long)]
    sandbox: Option<String>,
}

/// The sandbox's ready line.
#[derive(Deserialize)]
struct Sandbox {
    paypay: SandboxPayPay,
    hosted: SandboxHosted,
    control: String,
}

#[derive(Deserialize)]
struct SandboxPayPay {
    base_url: String,
    api_key: String,
    api_secret: String,
}

#[derive(Deserialize)]
struct SandboxHosted {
    base_url: String,
    api_key: String,
    webhook_secret: String,
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

impl Cli {
    /// Does what was asked, until it is done or told to stop.
    pub async fn run(self) -> Result<(), Error> {
        match self.command {
            Command::Serve(options) => {
                let running = start(options.config()?).await?;
                ready(&running, Vec::new()).await?;
                until_told(running).await
            }
            Command::Demo(demo) => run_demo(demo).await,
            Command::Migrate(options) => {
                let db = Db::open(&options.config()?.database.url, Hub::default()).await?;
                db.close().await;
                Ok(())
            }
            Command::Openapi => {
                let document = serde_json::to_string_pretty(&http::document())?;
                print_line(&document)
            }
        }
    }
}

impl Options {
    /// The settings with what the command line says on top, and with the keys that are kept in the data directory.
    fn config(&self) -> Result<Config, Error> {
        let mut config = match &self.config {
            Some(path) => Config::from_file(path),
            None => Config::defaults(),
        }
        .map_err(Error::unexpected)?;
        let listen = config.server.listen;
        config.server.listen = SocketAddr::new(self.listen.unwrap_or(listen.ip()), self.port.unwrap_or(listen.port()));
        if let Some(url) = &self.public_url {
            config.server.public_url.clone_from(url);
        }
        std::fs::create_dir_all(&self.data).map_err(Error::unexpected)?;
        if let Some(url) = &self.database {
            config.database.url.clone_from(url);
        }
        if config.database.url.is_empty() {
            let path = std::path::absolute(self.data.join("okini.db")).map_err(Error::unexpected)?;
            config.database.url = format!("sqlite://{}", path.display());
        }
        secrets::fill_in(&mut config, &self.data)?;
        Ok(config)
    }
}

async fn start(config: Config) -> Result<Running, Error> {
    let clock = Clock::System;
    let ids = Ids::system(clock.clone());
    let providers = providers::from_config(&config, &clock, &ids)?;
    server::start(config, Parts { clock, ids, providers, timer: true }).await
}

async fn run_demo(demo: Demo) -> Result<(), Error> {
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
        config.hosted.base_url.clone_from(&sandbox.hosted.base_url);
        config.hosted.api_key.clone_from(&sandbox.hosted.api_key);
        config.hosted.webhook_secret.clone_from(&sandbox.hosted.webhook_secret);
        config.hosted.page_host = host(&sandbox.hosted.base_url);
    }
    let running = start(config).await?;
    demo::seed(&running.app).await?;
    if let Some(sandbox) = &sandbox {
        providers::sandbox::tell(&running.app.config, running.address, &sandbox.control).await?;
    }
    ready(&running, demo::logins()?).await?;
    until_told(running).await
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

fn print_line(line: &str) -> Result<(), Error> {
    use std::io::Write;
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}").and_then(|()| out.flush()).map_err(Error::unexpected)
}

/// Runs until SIGTERM or ctrl-c, then drains.
async fn until_told(running: Running) -> Result<(), Error> {
    let mut terminate =
        tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()).map_err(Error::unexpected)?;
    tokio::select! {
        _ = terminate.recv() => {}
        result = tokio::signal::ctrl_c() => result.map_err(Error::unexpected)?,
    }
    tracing::info!("stopping");
    running.stop().await;
    Ok(())
}
