//! The `okini` program.

use clap::Parser;
use okini_server::cli::Cli;
use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    okini_server::telemetry::start();
    match Cli::parse().run().await {
        Ok(code) => code,
        Err(error) => {
            tracing::error!(%error, "okini ends");
            ExitCode::FAILURE
        }
    }
}
