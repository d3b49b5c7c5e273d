//! `cargo xtask sdk`: the payment companies' own libraries against the sandbox, as they come from npm and PyPI.
//! What they are asked to do is in `tests/sdk`.

use std::process::Command;

use anyhow::Result;

use crate::workspace::Workspace;
use crate::{process, setup};

/// Fetches them, builds the sandbox and runs them.
pub(crate) fn run(workspace: &Workspace) -> Result<()> {
    let python = setup::for_sdks(workspace)?;
    process::run(&mut workspace.cargo(&["build", "--locked", "-p", "okini-sandbox"]))?;
    let mut node = Command::new("node");
    node.args(["--test", "--test-reporter=spec"]);
    node.args(["stripe", "paypay"].map(|name| workspace.root.join(format!("tests/sdk/{name}.test.mjs"))));
    node.current_dir(&workspace.root);
    node.env("OKINI_SANDBOX_BIN", workspace.program("okini-sandbox")).env("OKINI_PYTHON", python);
    process::run(&mut node)
}
