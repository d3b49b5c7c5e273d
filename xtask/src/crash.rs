//! `cargo xtask crash`: kills the released server again and again under load and checks what it acknowledged.
//! The load and the checks are in `tests/crash`.

use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::arguments::Arguments;
use crate::packages;
use crate::postgres::Postgres;
use crate::process;
use crate::setup;
use crate::workspace::Workspace;

/// What can be chosen on the command line.
pub(crate) struct Options {
    kills: Option<u32>,
    seed: Option<u64>,
    json: Option<PathBuf>,
    postgres: bool,
    fsync: bool,
}

impl Options {
    pub(crate) fn parse(mut arguments: Arguments) -> Result<Self> {
        let options = Self {
            kills: arguments.option("--kills")?,
            seed: arguments.option("--seed")?,
            json: arguments.option("--json")?,
            postgres: arguments.switch("--postgres"),
            fsync: arguments.switch("--fsync"),
        };
        arguments.finish(0)?;
        Ok(options)
    }
}

/// Builds the server as it is released, starts the harness.
pub(crate) fn run(workspace: &Workspace, options: &Options) -> Result<()> {
    if options.fsync {
        packages::install(workspace, setup::missing_strace().as_slice())?;
    }
    workspace.build_release()?;
    let postgres = if options.postgres { Some(Postgres::start_durable()?) } else { None };
    let mut harness = workspace.bench("crash");
    harness.env("OKINI_BIN", workspace.released("okini"));
    let numbers = [("OKINI_KILLS", options.kills.map(u64::from)), ("OKINI_SEED", options.seed)];
    harness.envs(numbers.into_iter().filter_map(|(name, number)| Some((name, number?.to_string()))));
    if let Some(json) = &options.json {
        // The harness runs in its package's folder.
        harness.env("OKINI_JSON", std::path::absolute(json).context("--json")?);
    }
    if options.fsync {
        harness.env("OKINI_FSYNC", "1");
    }
    if let Some(postgres) = &postgres {
        harness.env("OKINI_DATABASE", postgres.url());
    }
    process::run(&mut harness)
}
