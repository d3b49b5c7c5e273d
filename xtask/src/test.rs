//! `cargo xtask test`: every test there is, on both database engines, with one summary.
//! What is tested belongs to the crates and to `tests/`.

use anyhow::Result;

use crate::postgres::Postgres;
use crate::steps::Steps;
use crate::workspace::Workspace;
use crate::{apps, e2e, process, setup};

/// The app is host code for its tests and for the server, which draws its first page.
const EVERYTHING: [&str; 4] = ["--workspace", "--locked", "--features", "okini-app/ssr"];

/// Runs all Rust tests, or those whose name contains `filter`; then the browser journeys.
pub(crate) fn run(workspace: &Workspace, journeys: bool, filter: Option<&str>) -> Result<()> {
    let journeys = journeys && filter.is_none();
    let mut steps = Steps::default();
    let ready = steps.step("setup", || {
        setup::for_apps(workspace)?;
        setup::for_tests(workspace)
    }) && steps.step("apps, and the shared rules with them, for WASM", || apps::build(workspace))
        && steps.step("build", || {
            println!("About 10 minutes the first time on 2 cores ...");
            process::run(workspace.cargo(&["build", "--bins", "--tests"]).args(EVERYTHING))
        });
    if ready {
        steps.step("tests on SQLite and PostgreSQL", || {
            let postgres = Postgres::start()?;
            let mut tests = workspace.cargo(&["test", "--no-fail-fast"]);
            tests.args(EVERYTHING).args(filter).env("OKINI_TEST_POSTGRES", postgres.url());
            process::run(&mut tests)
        });
        if journeys {
            steps.step("browser journeys", || e2e::journeys(workspace, None));
        }
    }
    steps.finish()
}
