//! `cargo xtask sdk`: the payment companies' own libraries against the sandbox, and the official Standard Webhooks libraries
//! on what we send, as they come from npm and PyPI. What they are asked to do is in `tests/sdk`.

use std::process::Command;

use anyhow::Result;

use crate::workspace::Workspace;
use crate::{process, setup};

/// Builds the programs and runs them.
pub(crate) fn run(workspace: &Workspace) -> Result<()> {
    workspace.build_programs()?;
    libraries(workspace)
}

/// Runs them with the programs as they are built.
pub(crate) fn libraries(workspace: &Workspace) -> Result<()> {
    let python = setup::for_sdks(workspace)?;
    let mut node = Command::new("node");
    node.args(["--test", "--test-reporter=spec"]);
    node.args(["stripe", "paypay", "webhooks"].map(|name| workspace.root.join(format!("tests/sdk/{name}.test.mjs"))));
    node.current_dir(&workspace.root);
    node.env("OKINI_SANDBOX_BIN", workspace.program("okini-sandbox"));
    node.env("OKINI_BIN", workspace.program("okini")).env("OKINI_PYTHON", python);
    process::run(&mut node)
}
