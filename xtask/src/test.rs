//! `cargo xtask test`: every test there is, on both database engines, with one summary.
//! What is tested belongs to the crates and to `tests/`.

use anyhow::Result;

use crate::postgres::Postgres;
use crate::steps::Steps;
use crate::workspace::Workspace;
use crate::{apps, e2e, process, sdk, setup};

/// The app is host code for its tests and for the server, which draws its first page.
const EVERYTHING: [&str; 4] = ["--workspace", "--locked", "--features", "okini-app/ssr"];

/// What runs besides the Rust tests.
#[derive(Clone, Copy)]
pub(crate) struct Besides {
    pub(crate) journeys: bool,
    pub(crate) sdks: bool,
}

/// Runs all Rust tests and what is asked for besides, or only the Rust tests whose name contains `filter`.
pub(crate) fn run(workspace: &Workspace, besides: Besides, filter: Option<&str>) -> Result<()> {
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
        if besides.sdks && filter.is_none() {
            steps.step("payment companies' own libraries", || sdk::libraries(workspace));
        }
        if besides.journeys && filter.is_none() {
            steps.step("browser journeys", || e2e::journeys(workspace, None));
        }
    }
    steps.finish()
}
