//! The two WASM apps: built by Trunk when their sources changed, compressed, and weighed.
//! Serving them belongs to the server.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::compress::compress_folder;
use crate::process;
use crate::shorten::shorten;
use crate::tools::{self, TRUNK};
use crate::workspace::{Workspace, files_under, fingerprint, lock};

/// Each app and the most that its brotli-compressed WASM may weigh, in KB of 1000 bytes.
const APPS: [(&str, u64); 2] = [("diner", 110), ("console", 250)];

/// Builds the apps whose sources changed.
pub(crate) fn build(workspace: &Workspace) -> Result<()> {
    let _one_at_a_time = lock(&workspace.state("apps.lock"))?;
    let sources = sources(workspace)?;
    for (app, _) in APPS {
        let (stamp, dist) = (format!("app-{app}.stamp"), dist(workspace, app));
        if workspace.is_stamped(&stamp, &sources) && dist.join("index.html").exists() {
            continue;
        }
        println!("Building the {app} app for the browser (about 2 minutes the first time, later 20 seconds) ...");
        trunk(workspace, app, &dist)?;
        shorten(&dist)?;
        compress_folder(&dist)?;
        workspace.stamp(&stamp, &sources)?;
    }
    Ok(())
}

fn trunk(workspace: &Workspace, app: &str, dist: &Path) -> Result<()> {
    // Leftovers of an earlier build would be embedded and served too.
    if dist.exists() {
        fs::remove_dir_all(dist).with_context(|| format!("cannot clear {}", dist.display()))?;
    }
    fs::create_dir_all(dist)?;
    let mut command = TRUNK.command(workspace);
    command.args(["build", "--quiet", &format!("app/{app}.html"), "--config", "Trunk.toml"]).arg("--dist").arg(dist);
    command
        .args(["--public-url", &format!("/assets/{app}/"), "--html-output", "index.html"])
        .current_dir(&workspace.root);
    command.env("PATH", tools::path_with_build_tools(workspace)?);
    command.env("TRUNK_OFFLINE", "true").env("TRUNK_SKIP_VERSION_CHECK", "true");
    command.env("RUSTFLAGS", WASM_RUSTFLAGS).env_remove("RUST_BACKTRACE");
    process::run(&mut command)
}

/// One view type instead of hundreds: a quarter less WASM once there are many screens.
pub(crate) const WASM_RUSTFLAGS: &str = "--cfg erase_components";

fn sources(workspace: &Workspace) -> Result<String> {
    let mut paths: Vec<PathBuf> = ["shared", "Cargo.toml", "Cargo.lock", "Trunk.toml", "rust-toolchain.toml"]
        .map(|path| workspace.root.join(path))
        .to_vec();
    for entry in fs::read_dir(workspace.root.join("app"))? {
        let path = entry?.path();
        if path.file_name().is_some_and(|name| name != "dist") {
            paths.push(path);
        }
    }
    fingerprint(&paths)
}

fn dist(workspace: &Workspace, app: &str) -> PathBuf {
    workspace.root.join("app/dist").join(app)
}

/// Compares what a phone downloads with the budget.
///
/// # Errors
/// When an app is not built or weighs more.
pub(crate) fn weigh(workspace: &Workspace) -> Result<()> {
    let mut heavy = Vec::new();
    for (app, budget) in APPS {
        let bytes = weight(workspace, app)?;
        println!("  {app}: {} KB of {budget} KB", bytes.div_ceil(1000));
        if bytes > budget * 1000 {
            heavy.push(app);
        }
    }
    if heavy.is_empty() { Ok(()) } else { bail!("over budget: {}", heavy.join(", ")) }
}

/// The same in KB, by app.
///
/// # Errors
/// When an app is not built.
pub(crate) fn weights(workspace: &Workspace) -> Result<Value> {
    let weigh = |app: &str| Ok((app.to_owned(), Value::from(weight(workspace, app)?.div_ceil(1000))));
    APPS.iter().map(|(app, _)| weigh(app)).collect()
}

fn weight(workspace: &Workspace, app: &str) -> Result<u64> {
    let files = files_under(&[dist(workspace, app)])?;
    let wasm = files.iter().find(|file| file.to_string_lossy().ends_with(".wasm.br"));
    Ok(fs::metadata(wasm.with_context(|| format!("the {app} app is not built"))?)?.len())
}
