//! What is to be measured, how much of it, and where the programs are. How it is measured belongs to the parts.

use std::path::PathBuf;
use std::time::Duration;

/// What `cargo xtask payments` asks for.
pub struct Plan {
    pub okini: PathBuf,
    pub sandbox: PathBuf,
    /// A PostgreSQL cluster, instead of SQLite.
    pub cluster: Option<String>,
    /// For databases and logs; removed at the end when all went well.
    pub folder: PathBuf,
    pub json: Option<PathBuf>,
    pub quick: bool,
    /// How long one payment company hangs.
    pub hang: Duration,
    part: Option<String>,
}

impl Plan {
    pub fn from_environment() -> Self {
        let named = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        let program = |name: &str| named(name).expect("run it by `cargo xtask payments`").into();
        let quick = named("OKINI_QUICK").is_some();
        let usual = if quick { 60 } else { 600 };
        Self {
            okini: program("OKINI_BIN"),
            sandbox: program("OKINI_SANDBOX"),
            cluster: named("OKINI_DATABASE"),
            folder: std::env::temp_dir().join(format!("okini-payments-{}", std::process::id())),
            json: named("OKINI_JSON").map(PathBuf::from),
            quick,
            hang: Duration::from_secs(named("OKINI_HANG").map_or(usual, |seconds| seconds.parse().unwrap())),
            part: named("OKINI_PART"),
        }
    }

    /// Whether a part is to be measured.
    pub fn wants(&self, part: &str) -> bool {
        self.part.as_deref().is_none_or(|one| one == part)
    }

    /// One number for a whole run, another for a quick one.
    pub fn pick<T>(&self, whole: T, quick: T) -> T {
        if self.quick { quick } else { whole }
    }
}
