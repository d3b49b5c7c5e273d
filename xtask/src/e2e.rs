//! `cargo xtask e2e`: the browser journeys, in a real Chromium.
//! The journeys themselves are in `tests/e2e` and start the programs that they need.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::workspace::{Workspace, files_under};
use crate::{apps, process, setup};

/// Builds what they need and runs the journeys whose file name contains `name`.
pub(crate) fn run(workspace: &Workspace, name: Option<&str>) -> Result<()> {
    setup::for_apps(workspace)?;
    setup::for_journeys(workspace)?;
    apps::build(workspace)?;
    workspace.build_programs()?;
    journeys(workspace, name)
}

/// Runs them with the programs as they are built.
pub(crate) fn journeys(workspace: &Workspace, name: Option<&str>) -> Result<()> {
    let files = journey_files(workspace, name.unwrap_or_default())?;
    let mut node = Command::new("node");
    node.args(["--test", "--test-reporter=spec"]).args(files).current_dir(&workspace.root);
    node.env("OKINI_BIN", workspace.program("okini"));
    node.env("OKINI_SANDBOX_BIN", workspace.program("okini-sandbox"));
    node.env("CHROMIUM", setup::chromium().context("Chromium is not installed: cargo xtask setup --tests")?);
    process::run(&mut node)
}

/// Node versions differ in what a folder means to `--test`, so every file is named.
fn journey_files(workspace: &Workspace, name: &str) -> Result<Vec<PathBuf>> {
    let folder = workspace.root.join("tests/e2e");
    let is_journey = |file: &PathBuf| {
        let own = file.strip_prefix(&folder).unwrap_or(file).to_string_lossy().into_owned();
        own.ends_with(".test.mjs") && !own.contains("node_modules") && own.contains(name)
    };
    let files: Vec<PathBuf> = files_under(std::slice::from_ref(&folder))?.into_iter().filter(is_journey).collect();
    if files.is_empty() {
        bail!("there is no tests/e2e/*{name}*.test.mjs");
    }
    Ok(files)
}
