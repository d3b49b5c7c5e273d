//! `cargo xtask payments`: measures the promises about payments and webhooks on the released programs.
//! What is measured, and against which bar, is in `tests/payments`.

use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::arguments::Arguments;
use crate::postgres::Postgres;
use crate::process;
use crate::workspace::Workspace;

/// What can be chosen on the command line.
pub(crate) struct Options {
    quick: bool,
    postgres: bool,
    hang_seconds: Option<u64>,
    json: Option<PathBuf>,
    part: Option<String>,
}

impl Options {
    pub(crate) fn parse(mut arguments: Arguments) -> Result<Self> {
        let (quick, postgres) = (arguments.switch("--quick"), arguments.switch("--postgres"));
        let (hang_seconds, json) = (arguments.option("--hang-seconds")?, arguments.option("--json")?);
        Ok(Self { quick, postgres, hang_seconds, json, part: arguments.finish(1)?.pop() })
    }
}

/// Builds the programs as they are released, starts the measuring one.
pub(crate) fn run(workspace: &Workspace, options: &Options) -> Result<()> {
    workspace.build_release()?;
    // Building it would be part of the machine's load otherwise.
    process::run(workspace.bench("payments").arg("--no-run"))?;
    let postgres = if options.postgres { Some(Postgres::start_durable()?) } else { None };
    let mut measuring = workspace.bench("payments");
    measuring.env("OKINI_BIN", workspace.released("okini"));
    measuring.env("OKINI_SANDBOX", workspace.released("okini-sandbox"));
    if options.quick {
        measuring.env("OKINI_QUICK", "1");
    }
    if let Some(seconds) = options.hang_seconds {
        measuring.env("OKINI_HANG", seconds.to_string());
    }
    if let Some(part) = &options.part {
        measuring.env("OKINI_PART", part);
    }
    if let Some(json) = &options.json {
        // It runs in its package's folder.
        measuring.env("OKINI_JSON", std::path::absolute(json).context("--json")?);
    }
    if let Some(postgres) = &postgres {
        measuring.env("OKINI_DATABASE", postgres.url());
    }
    process::run(&mut measuring)
}
