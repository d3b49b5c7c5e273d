//! How long a Rust file may be; clippy watches the functions.
//! The weight of the built apps is in `apps`.

use std::fs;

use anyhow::{Context, Result, bail};

use crate::process;
use crate::workspace::Workspace;

const LIMIT: usize = 400;
const TEST_LIMIT: usize = 600;

/// Counts the lines of every Rust file that git knows or would add.
///
/// # Errors
/// When files are longer than they may be, with their names.
pub(crate) fn check(workspace: &Workspace) -> Result<()> {
    let mut list = std::process::Command::new("git");
    list.args(["ls-files", "--cached", "--others", "--exclude-standard", "*.rs"]).current_dir(&workspace.root);
    let mut long = Vec::new();
    for name in process::output(&mut list)?.lines() {
        let path = workspace.root.join(name);
        if !path.exists() {
            continue;
        }
        let lines = fs::read_to_string(&path).with_context(|| format!("cannot read {name}"))?.lines().count();
        if lines > limit(name) {
            long.push(format!("{name}: {lines} lines of {}", limit(name)));
        }
    }
    if long.is_empty() { Ok(()) } else { bail!("too long to be one idea:\n{}", long.join("\n")) }
}

fn limit(name: &str) -> usize {
    let test = name.split('/').any(|part| part == "tests" || part == "tests.rs" || part.ends_with("_tests.rs"));
    if test { TEST_LIMIT } else { LIMIT }
}
