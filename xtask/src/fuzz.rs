//! `cargo xtask fuzz`: looks for bytes that break what must hold for any bytes. What must hold is in `tests/src/fuzz.rs`; an
//! ordinary test replays the corpus that is kept in `tests/fuzz/corpus`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::arguments::Arguments;
use crate::workspace::Workspace;
use crate::{apps, process, setup};

const TARGETS: [&str; 4] = ["qr_path", "order", "notification", "config"];

/// What cargo-fuzz passes without a sanitizer, so that the stable compiler does it: there is no unsafe code to watch.
const INSTRUMENT: &str = "-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares";

/// Which target, or all, and for how long each.
pub(crate) struct Options {
    pub(crate) target: Option<String>,
    pub(crate) seconds: u64,
}

impl Options {
    pub(crate) fn parse(mut arguments: Arguments) -> Result<Self> {
        let seconds = arguments.option("--seconds")?.unwrap_or(60);
        Ok(Self { target: arguments.finish(1)?.pop(), seconds })
    }
}

/// Fuzzes.
///
/// # Errors
/// When a target breaks: the input is kept and named.
pub(crate) fn run(workspace: &Workspace, options: &Options) -> Result<()> {
    let wanted = |target: &&str| options.target.as_ref().is_none_or(|only| only == target);
    let chosen: Vec<&str> = TARGETS.into_iter().filter(wanted).collect();
    if chosen.is_empty() {
        bail!("there is no such target; there are {}", TARGETS.join(", "));
    }
    setup::for_apps(workspace)?;
    apps::build(workspace)?;
    let programs = build(workspace)?;
    for target in chosen {
        fuzz(workspace, &programs.join(target), target, options.seconds)?;
    }
    Ok(())
}

fn build(workspace: &Workspace) -> Result<PathBuf> {
    println!("Building the fuzzer's programs; about 10 minutes the first time on 2 cores ...");
    // The same versions as everywhere else; cargo adds what only the fuzzer needs.
    fs::copy(workspace.root.join("Cargo.lock"), workspace.root.join("tests/fuzz/Cargo.lock"))
        .context("cannot copy Cargo.lock")?;
    let host = process::output(Command::new("rustc").args(["--print", "host-tuple"]).current_dir(&workspace.root))?;
    let host = host.trim();
    let folder = workspace.target.join("fuzz");
    // Naming the target keeps the instrumentation away from build scripts.
    let mut cargo =
        workspace.cargo(&["build", "--release", "--manifest-path", "tests/fuzz/Cargo.toml", "--target", host]);
    process::run(cargo.arg("--target-dir").arg(&folder).env("RUSTFLAGS", INSTRUMENT))?;
    Ok(folder.join(host).join("release"))
}

/// New finds go to the target folder; to keep one, copy it into the corpus.
fn fuzz(workspace: &Workspace, program: &Path, target: &str, seconds: u64) -> Result<()> {
    println!("Fuzzing {target} for {seconds} s ...");
    let state = workspace.target.join("fuzz").join(target);
    let (finds, crashes, scratch) = (state.join("finds"), state.join("crashes"), state.join("scratch"));
    for folder in [&finds, &crashes, &scratch] {
        fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    }
    let mut command = Command::new(program);
    command.arg(&finds).arg(workspace.root.join("tests/fuzz/corpus").join(target));
    command.arg(format!("-max_total_time={seconds}")).arg(format!("-artifact_prefix={}/", crashes.display()));
    command.args(["-max_len=4096", "-timeout=25", "-rss_limit_mb=1024", "-print_final_stats=1"]);
    // Programs that a fuzzer ends tidy nothing up.
    let log = state.join("log");
    let result = process::run_logged(target, &log, command.env("TMPDIR", &scratch));
    fs::remove_dir_all(&scratch).with_context(|| format!("cannot remove {}", scratch.display()))?;
    result.with_context(|| format!("the input that breaks it is in {}", crashes.display()))?;
    let said = fs::read_to_string(&log).context("cannot read the log")?;
    let inputs = said.lines().find_map(|line| line.strip_prefix("stat::number_of_executed_units:"));
    println!("  {target}: {} inputs, nothing broke", inputs.map_or("?", str::trim));
    Ok(())
}
