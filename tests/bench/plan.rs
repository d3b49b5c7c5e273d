//! What is to be measured, how long, and where the programs are. How it is measured belongs to the parts.

use std::path::PathBuf;
use std::time::Duration;

/// Clients at once, in turn.
pub const CLIENTS: [usize; 4] = [1, 8, 32, 64];

/// What `cargo xtask bench` asks for.
pub struct Plan {
    pub okini: PathBuf,
    /// A PostgreSQL cluster that survives a power cut.
    pub postgres: String,
    /// For databases and results.
    pub folder: PathBuf,
    pub quick: bool,
    part: Option<String>,
}

impl Plan {
    pub fn from_environment() -> Self {
        let named = |name: &str| std::env::var(name).unwrap_or_else(|_| panic!("{name}: start by `cargo xtask bench`"));
        Self {
            okini: named("OKINI_BIN").into(),
            postgres: named("OKINI_BENCH_POSTGRES"),
            folder: named("OKINI_BENCH_FOLDER").into(),
            quick: std::env::var("OKINI_BENCH_QUICK").is_ok(),
            part: std::env::var("OKINI_BENCH_PART").ok(),
        }
    }

    /// Whether a part is to be measured; says so, because it takes a while.
    pub fn wants(&self, part: &str) -> bool {
        let wanted = self.part.as_deref().is_none_or(|one| one == part);
        if wanted {
            println!("Measuring {part} ...");
        }
        wanted
    }

    /// How long one cell is measured.
    pub fn time(&self) -> Duration {
        Duration::from_millis(if self.quick { 1_500 } else { 4_000 })
    }

    /// How often each cell is measured; the median counts.
    pub fn rounds(&self) -> usize {
        if self.quick { 1 } else { 3 }
    }
}
