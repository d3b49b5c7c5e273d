//! `cargo xtask check`: everything that judges the source without running it.
//! Tests belong to `cargo xtask test`.

use anyhow::Result;

use crate::apps::WASM_RUSTFLAGS;
use crate::process::run as call;
use crate::steps::Steps;
use crate::tools::{DENY, MACHETE, TYPOS};
use crate::workspace::Workspace;
use crate::{apps, fuzz, setup, sizes};

/// Runs every check and names those that failed.
pub(crate) fn run(workspace: &Workspace) -> Result<()> {
    let mut steps = Steps::default();
    steps.step("setup", || {
        setup::for_apps(workspace)?;
        [TYPOS, DENY, MACHETE].iter().try_for_each(|tool| tool.ensure(workspace))
    });
    steps.step("formatting", || call(&mut workspace.cargo(&["fmt", "--all", "--check"])));
    steps.step("sizes of source files", || sizes::check(workspace));
    steps.step("spelling", || call(&mut TYPOS.command(workspace)));
    steps.step("unused dependencies", || call(&mut MACHETE.command(workspace)));
    steps.step("licences, bans and sources", || {
        // Not `advisories`: that one needs the network.
        call(DENY.command(workspace).args(["--locked", "check", "licenses", "bans", "sources"]))
    });
    // Before the lints: the server embeds the apps.
    steps.step("apps", || apps::build(workspace));
    steps.step("size of the apps", || apps::weigh(workspace));
    lints(workspace, &mut steps);
    steps.step("fuzzing, briefly", || fuzz::run(workspace, &fuzz::Options { target: None, seconds: 4 }));
    steps.finish()
}

fn lints(workspace: &Workspace, steps: &mut Steps) {
    let host = ["--workspace", "--all-targets", "--locked", "--features", "okini-app/ssr"];
    steps.step("lints", || call(workspace.cargo(&["clippy"]).args(host).args(["--", "-D", "warnings"])));
    steps.step("lints of the apps in the browser", || {
        let browser = ["-p", "okini-app", "--features", "csr", "--target", "wasm32-unknown-unknown", "--locked"];
        let mut clippy = workspace.cargo(&["clippy"]);
        call(clippy.args(browser).args(["--", "-D", "warnings"]).env("RUSTFLAGS", WASM_RUSTFLAGS))
    });
    steps.step("documentation", || {
        let mut doc = workspace.cargo(&["doc", "--workspace", "--no-deps", "--locked", "--features", "okini-app/ssr"]);
        call(doc.env("RUSTDOCFLAGS", "-D warnings"))
    });
}
