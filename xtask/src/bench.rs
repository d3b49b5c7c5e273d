//! `cargo xtask bench`: builds the released server, starts a PostgreSQL that commits as in earnest, and measures.
//! What is measured and how belongs to `tests/bench`.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};
use serde_json::Value;

use crate::arguments::Arguments;
use crate::postgres::Postgres;
use crate::workspace::Workspace;
use crate::{apps, process, setup};

/// What can be chosen on the command line.
pub(crate) struct Options {
    quick: bool,
    json: Option<PathBuf>,
    part: Option<String>,
}

impl Options {
    pub(crate) fn parse(mut arguments: Arguments) -> Result<Self> {
        let quick = arguments.switch("--quick");
        let json = arguments.option("--json")?;
        Ok(Self { quick, json, part: arguments.finish(1)?.pop() })
    }
}

/// Both are built together, so that they share their libraries.
const PACKAGES: [&str; 5] = ["--locked", "-p", "okini-server", "-p", "okini-tests"];

/// Builds, measures, and writes the figures where they are wanted.
pub(crate) fn run(workspace: &Workspace, options: &Options) -> Result<()> {
    setup::for_apps(workspace)?;
    setup::for_tests(workspace)?;
    apps::build(workspace)?;
    println!("Building the released server and the bench (about 10 minutes the first time on 2 cores) ...");
    process::run(workspace.cargo(&["build", "--release", "--bin", "okini"]).args(PACKAGES))?;
    process::run(workspace.cargo(&["bench", "--bench", "load", "--no-run"]).args(PACKAGES))?;
    let folder = workspace.target.join("bench");
    fs::create_dir_all(&folder)?;
    let postgres = Postgres::start_durable()?;
    let mut bench = workspace.cargo(&["bench", "--bench", "load"]);
    bench.args(PACKAGES);
    bench.env("OKINI_BIN", workspace.target.join("release/okini"));
    bench.env("OKINI_BENCH_POSTGRES", postgres.url()).env("OKINI_BENCH_FOLDER", &folder);
    if options.quick {
        bench.env("OKINI_BENCH_QUICK", "1");
    }
    if let Some(part) = &options.part {
        bench.env("OKINI_BENCH_PART", part);
    }
    process::run(&mut bench)?;
    if let Some(file) = &options.json {
        let text = fs::read_to_string(folder.join("load.json")).context("the bench wrote no figures")?;
        let figures: Value = serde_json::from_str(&text)?;
        fs::write(file, serde_json::to_string_pretty(&figures)? + "\n")
            .with_context(|| format!("cannot write {}", file.display()))?;
    }
    Ok(())
}
