//! `cargo xtask bench`: builds the released server, starts a PostgreSQL that commits as in earnest, and measures.
//! What is measured and how belongs to `tests/bench`, and for first loads to `web`.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde_json::Value;

use crate::arguments::Arguments;
use crate::postgres::Postgres;
use crate::workspace::Workspace;
use crate::{apps, process, setup, web};

/// What can be chosen on the command line.
pub(crate) struct Options {
    quick: bool,
    web: bool,
    json: Option<PathBuf>,
    part: Option<String>,
}

impl Options {
    pub(crate) fn parse(mut arguments: Arguments) -> Result<Self> {
        let (quick, web) = (arguments.switch("--quick"), arguments.switch("--web"));
        let json = arguments.option("--json")?;
        Ok(Self { quick, web, json, part: arguments.finish(usize::from(!web))?.pop() })
    }
}

/// What the figures are called; nothing for what was not measured.
const NAMES: [&str; 12] = [
    "machine",
    "paid_orders",
    "hot_coupon",
    "claims",
    "menu",
    "growth",
    "boards",
    "order_to_board_p99_ms",
    "cold_start_ms",
    "idle_rss_mb",
    "web",
    "wasm_br_kb",
];

/// Builds, measures, and writes the figures where they are wanted.
pub(crate) fn run(workspace: &Workspace, options: &Options) -> Result<()> {
    let mut figures: Value = NAMES.map(|name| (name.to_owned(), Value::Null)).into_iter().collect();
    if options.web {
        set(&mut figures, "web", web::measure(workspace)?);
    } else {
        let measured = load(workspace, options)?;
        measured.as_object().into_iter().flatten().for_each(|(name, value)| set(&mut figures, name, value.clone()));
    }
    set(&mut figures, "wasm_br_kb", apps::weights(workspace)?);
    match &options.json {
        Some(file) => write(file, &figures),
        None => Ok(()),
    }
}

fn set(figures: &mut Value, name: &str, value: Value) {
    if let Some(figures) = figures.as_object_mut() {
        figures.insert(name.to_owned(), value);
    }
}

fn write(file: &Path, figures: &Value) -> Result<()> {
    fs::write(file, serde_json::to_string_pretty(figures)? + "\n")
        .with_context(|| format!("cannot write {}", file.display()))
}

/// Everything but first loads.
fn load(workspace: &Workspace, options: &Options) -> Result<Value> {
    setup::for_apps(workspace)?;
    setup::for_tests(workspace)?;
    apps::build(workspace)?;
    workspace.build_release()?;
    process::run(workspace.bench("load").arg("--no-run"))?;
    let folder = workspace.target.join("bench");
    fs::create_dir_all(&folder)?;
    let postgres = Postgres::start_durable()?;
    let mut bench = workspace.bench("load");
    bench.env("OKINI_BIN", workspace.released("okini"));
    bench.env("OKINI_BENCH_POSTGRES", postgres.url()).env("OKINI_BENCH_FOLDER", &folder);
    if options.quick {
        bench.env("OKINI_BENCH_QUICK", "1");
    }
    if let Some(part) = &options.part {
        bench.env("OKINI_BENCH_PART", part);
    }
    process::run(&mut bench)?;
    let text = fs::read_to_string(folder.join("load.json")).context("the bench wrote no figures")?;
    serde_json::from_str(&text).context("the figures are not JSON")
}
