//! `cargo xtask simulate`: the long simulation of the core, built as it is released.
//! What is simulated, and what must hold, is in `tests/src/simulation`.

use anyhow::Result;

use crate::arguments::Arguments;
use crate::process;
use crate::workspace::Workspace;

const OPTIONS: [(&str, &str); 4] = [
    ("--seeds", "OKINI_SEEDS"),
    ("--store-seeds", "OKINI_STORE_SEEDS"),
    ("--from", "OKINI_FROM"),
    ("--one", "OKINI_ONE"),
];

/// Builds and runs it, with the numbers that were given.
pub(crate) fn run(workspace: &Workspace, mut arguments: Arguments) -> Result<()> {
    let mut simulation = workspace.bench("simulate");
    for (option, name) in OPTIONS {
        if let Some(number) = arguments.option::<u64>(option)? {
            simulation.env(name, number.to_string());
        }
    }
    arguments.finish(0)?;
    println!("Building the simulation (about 15 minutes the first time) ...");
    process::run(&mut simulation)
}
