//! The command line of the sandbox: runs in the foreground, logs to stderr, prints one JSON line on stdout when it is ready.
//! What it plays is the library's.

use clap::Parser;
use okini_sandbox::{Clock, Options, Running};
use std::io::{self, IsTerminal, Write};
use std::net::{IpAddr, SocketAddr};
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::EnvFilter;

/// Plays the payment companies. No real money moves.
#[derive(Parser)]
#[command(name = "okini-sandbox", version)]
struct Arguments {
    /// The port; 0 picks a free one.
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// The address to listen on.
    #[arg(long, default_value = "127.0.0.1")]
    listen: IpAddr,
    /// How phones reach the pages, `http://...`, where that is not the address listened on.
    #[arg(long)]
    public_base: Option<String>,
}

#[tokio::main]
async fn main() -> io::Result<()> {
    let arguments = Arguments::parse();
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info,actix_server=warn"));
    let colours = io::stderr().is_terminal();
    tracing_subscriber::fmt().with_env_filter(filter).with_ansi(colours).with_writer(io::stderr).init();
    let mut terminate = signal(SignalKind::terminate())?;
    let options = Options {
        listen: SocketAddr::new(arguments.listen, arguments.port),
        public_base: arguments.public_base,
        clock: Clock::system(),
    };
    let running = okini_sandbox::start(options).await?;
    announce(&running)?;
    tokio::select! {
        _ = terminate.recv() => {}
        result = tokio::signal::ctrl_c() => result?,
    }
    tracing::info!("stopping");
    running.stop().await;
    Ok(())
}

fn announce(running: &Running) -> io::Result<()> {
    let line = serde_json::to_string(&running.ready)?;
    let mut out = io::stdout().lock();
    writeln!(out, "{line}").and_then(|()| out.flush())
}
