//! `cargo xtask bench --web`: the first load of three pages, measured by Lighthouse in a real Chromium.
//! How a page is measured is in `tests/web`; how heavy an app may be is in `apps`.

use std::process::{Command, Stdio};
use std::sync::mpsc::channel;

use anyhow::{Context, Result};
use serde_json::Value;

use crate::process::{self, Background};
use crate::workspace::Workspace;
use crate::{apps, setup};

/// The middle one of so many loads counts.
const ROUNDS: &str = "5";

/// The columns of the table: what is measured, and its title.
const COLUMNS: [(&str, &str); 8] = [
    ("/lcp_ms", "LCP ms"),
    ("/fcp_ms", "FCP ms"),
    ("/tbt_ms", "TBT ms"),
    ("/cls", "CLS"),
    ("/performance", "performance"),
    ("/accessibility", "accessibility"),
    ("/best_practices", "best practices"),
    ("/requests", "requests"),
];

/// The same for the bytes that travel.
const BYTES: [(&str, &str); 6] = [
    ("/bytes/document", "HTML"),
    ("/bytes/stylesheet", "CSS"),
    ("/bytes/script", "JS"),
    ("/bytes/wasm", "WASM"),
    ("/bytes/image", "pictures"),
    ("/bytes/other", "other"),
];

/// Measures the menu, the page of an order and the console's sign-in; prints a table and gives the medians by page.
///
/// # Errors
/// When something cannot be installed, built or started, or a page cannot be loaded.
pub(crate) fn measure(workspace: &Workspace) -> Result<Value> {
    setup::for_apps(workspace)?;
    setup::for_first_load(workspace)?;
    apps::build(workspace)?;
    workspace.build_release()?;
    let figures = first_loads(workspace)?;
    println!("\nFirst load, slow 4G and a processor four times slower (simulated), median of {ROUNDS}:");
    table(&figures, &COLUMNS);
    println!("\nBytes that travel:");
    table(&figures, &BYTES);
    for (page, figures) in pages(&figures) {
        let lost = figures.get("lost").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
        lost.for_each(|audit| println!("  {page} loses points by: {audit}"));
    }
    Ok(figures)
}

/// Starts sandbox and demo, has every page loaded, and ends both.
fn first_loads(workspace: &Workspace) -> Result<Value> {
    let (tell, _ends) = channel();
    let program = |name: &str| Command::new(workspace.released(name));
    let log = |name: &str| workspace.state(&format!("first-load-{name}.log"));
    let mut command = program("okini-sandbox");
    let sandbox = Background::start("sandbox", command.args(["--port", "0"]), log("sandbox"), tell.clone())?;
    let companies = sandbox.ready()?;
    let data = workspace.state("first-load-data");
    if data.exists() {
        std::fs::remove_dir_all(&data).context("cannot clear the last data")?;
    }
    let mut command = program("okini");
    command.args(["demo", "--port", "0", "--sandbox", &companies.to_string()]).arg("--data").arg(&data);
    let server = Background::start("server", &mut command, log("server"), tell)?;
    let mut node = Command::new("node");
    node.arg(workspace.root.join("tests/web/first-load.mjs"));
    node.env("OKINI_SERVER", server.ready()?.to_string()).env("OKINI_SANDBOX", companies.to_string());
    node.env("OKINI_ROUNDS", ROUNDS);
    node.env("CHROMIUM", setup::chromium().context("Chromium is not installed")?).stderr(Stdio::inherit());
    serde_json::from_str(&process::output(&mut node)?).context("the measurement is not JSON")
}

fn pages(figures: &Value) -> impl Iterator<Item = (&String, &Value)> {
    figures.as_object().into_iter().flatten()
}

/// A page a line, a figure a column.
fn table(figures: &Value, columns: &[(&str, &str)]) {
    let titles: Vec<&str> = columns.iter().map(|(_, title)| *title).collect();
    println!("  {:<8} {}", "", titles.join("  "));
    for (page, figures) in pages(figures) {
        let cell = |(at, title): &(&str, &str)| {
            let value = figures.pointer(at).map(Value::to_string).unwrap_or_default();
            format!("{value:>width$}", width = title.len())
        };
        println!("  {page:<8} {}", columns.iter().map(cell).collect::<Vec<_>>().join("  "));
    }
}
