//! Logs as JSON lines on stderr; stdout belongs to the ready line.

use tracing_subscriber::EnvFilter;

/// Starts logging; `RUST_LOG` chooses what, else information from us and warnings from libraries.
pub fn start() {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("warn,okini_server=info"));
    let started = tracing_subscriber::fmt().json().with_env_filter(filter).with_writer(std::io::stderr).try_init();
    if started.is_err() {
        tracing::debug!("logging was started before");
    }
}
