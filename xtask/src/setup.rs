//! What each kind of work needs on this machine, and whether it is there: quick to ask again.
//! How things are installed belongs to `tools` and `packages`.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::packages::{self, Package};
use crate::postgres;
use crate::process;
use crate::tools::{self, find_on_path};
use crate::workspace::{Workspace, fingerprint, lock};

/// What building the WASM apps needs.
pub(crate) fn for_apps(workspace: &Workspace) -> Result<()> {
    packages::install(workspace, &missing_node())?;
    wasm_target(workspace)?;
    tools::TRUNK.ensure(workspace)?;
    tools::wasm_bindgen(workspace)?.ensure(workspace)?;
    tools::ensure_wasm_opt(workspace)
}

/// What the tests need beyond [`for_apps`].
pub(crate) fn for_tests(workspace: &Workspace) -> Result<()> {
    let mut missing = missing_for_journeys();
    if postgres::programs().is_none() {
        missing.push(Package::Postgres);
    }
    if find_on_path(&["pdftotext"]).is_none() {
        missing.push(Package::Poppler);
    }
    missing.extend(missing_strace());
    packages::install(workspace, &missing)?;
    libraries(workspace, "tests/e2e", "journeys")
}

/// What the browser journeys need beyond [`for_apps`].
pub(crate) fn for_journeys(workspace: &Workspace) -> Result<()> {
    packages::install(workspace, &missing_for_journeys())?;
    libraries(workspace, "tests/e2e", "journeys")
}

/// What measuring the first load needs beyond [`for_apps`].
pub(crate) fn for_first_load(workspace: &Workspace) -> Result<()> {
    packages::install(workspace, &missing_for_journeys())?;
    libraries(workspace, "tests/web", "first-load")
}

/// What running the payment companies' own libraries needs; answers with the Python that has them.
pub(crate) fn for_sdks(workspace: &Workspace) -> Result<PathBuf> {
    let mut missing = missing_node();
    if !process::succeeds(Command::new("python3").args(["-c", "import ensurepip"])) {
        missing.push(Package::Python);
    }
    packages::install(workspace, &missing)?;
    libraries(workspace, "tests/sdk", "sdks")?;
    python_libraries(workspace)
}

/// Where Chromium is, if it is.
pub(crate) fn chromium() -> Option<PathBuf> {
    let named = std::env::var_os("CHROMIUM").map(PathBuf::from);
    let on_mac = || {
        ["Chromium.app/Contents/MacOS/Chromium", "Google Chrome.app/Contents/MacOS/Google Chrome"]
            .map(|app| Path::new("/Applications").join(app))
            .into_iter()
            .find(|program| program.exists())
    };
    let names = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];
    named.or_else(|| find_on_path(&names)).or_else(on_mac)
}

/// What shows and disturbs the server's calls to the system; only Linux has it.
pub(crate) fn missing_strace() -> Option<Package> {
    (cfg!(target_os = "linux") && find_on_path(&["strace"]).is_none()).then_some(Package::Strace)
}

fn missing_node() -> Vec<Package> {
    let there = find_on_path(&["node"]).is_some() && find_on_path(&["npm"]).is_some();
    if there { Vec::new() } else { vec![Package::Node] }
}

fn missing_for_journeys() -> Vec<Package> {
    let mut missing = missing_node();
    if chromium().is_none() {
        missing.push(Package::Chromium);
    }
    let japanese = process::output(Command::new("fc-list").arg(":lang=ja"));
    let has_font = japanese.is_ok_and(|fonts| !fonts.trim().is_empty());
    if !cfg!(target_os = "macos") && !has_font {
        missing.push(Package::JapaneseFont);
    }
    missing
}

fn wasm_target(workspace: &Workspace) -> Result<()> {
    // In the checkout, so that rust-toolchain.toml decides which compiler is asked.
    let mut ask = Command::new("rustc");
    ask.args(["--print", "target-libdir", "--target", "wasm32-unknown-unknown"]).current_dir(&workspace.root);
    if Path::new(process::output(&mut ask)?.trim()).exists() {
        return Ok(());
    }
    println!("Adding the WASM target to the Rust toolchain, once (usually 10 seconds) ...");
    let mut add = Command::new("rustup");
    add.args(["target", "add", "wasm32-unknown-unknown"]).current_dir(&workspace.root);
    process::run_logged("wasm target", &workspace.cache.join("logs/wasm-target.log"), &mut add).context(
        "this Rust has no WASM target; with rustup it comes by:\n  rustup target add wasm32-unknown-unknown\n\
         without rustup by the package that your system has for it",
    )
}

/// What npm brings into a folder of the checkout.
fn libraries(workspace: &Workspace, folder: &str, name: &str) -> Result<()> {
    let folder = workspace.root.join(folder);
    let _one_at_a_time = lock(&workspace.state(&format!("{name}.lock")))?;
    let wanted = fingerprint(&["package.json", "package-lock.json"].map(|name| folder.join(name)))?;
    let stamp = format!("{name}.stamp");
    if folder.join("node_modules").exists() && workspace.is_stamped(&stamp, &wanted) {
        return Ok(());
    }
    println!("Fetching the libraries of {name} by npm (usually 10 to 30 seconds) ...");
    let mut command = Command::new("npm");
    command.args(["ci", "--no-audit", "--no-fund"]).current_dir(&folder);
    process::run_logged("libraries", &workspace.cache.join(format!("logs/{name}.log")), &mut command)?;
    workspace.stamp(&stamp, &wanted)
}

/// What pip brings, into an environment of its own.
fn python_libraries(workspace: &Workspace) -> Result<PathBuf> {
    let wanted = workspace.root.join("tests/sdk/requirements.txt");
    let _one_at_a_time = lock(&workspace.state("sdk-python.lock"))?;
    let (folder, stamp) = (workspace.state("sdk-python"), fingerprint(std::slice::from_ref(&wanted))?);
    let python = folder.join("bin/python");
    if python.exists() && workspace.is_stamped("sdk-python.stamp", &stamp) {
        return Ok(python);
    }
    println!("Fetching the payment companies' libraries by pip (usually 10 to 30 seconds) ...");
    let log = workspace.cache.join("logs/sdk-python.log");
    process::run_logged("Python environment", &log, Command::new("python3").args(["-m", "venv"]).arg(&folder))?;
    let mut install = Command::new(&python);
    install.args(["-m", "pip", "install", "--disable-pip-version-check", "--requirement"]).arg(&wanted);
    process::run_logged("Python libraries", &log, &mut install)?;
    workspace.stamp("sdk-python.stamp", &stamp)?;
    Ok(python)
}
