//! `cargo xtask`: the project's own commands, one arm each; the work is in the modules.
//! What the product itself does (serving, migrating, seeding) belongs in the server, not here.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command line tool talks on the terminal")]

mod apps;
mod arguments;
mod bench;
mod check;
mod compress;
mod crash;
mod e2e;
mod fuzz;
mod packages;
mod payments;
mod postgres;
mod process;
mod run;
mod sdk;
mod setup;
mod shorten;
mod simulate;
mod sizes;
mod steps;
mod test;
mod tools;
mod web;
mod workspace;

use std::process::ExitCode;

use anyhow::{Result, bail};

use arguments::Arguments;
use workspace::Workspace;

const HELP: &str = "\
The project's own commands:

  cargo xtask run [--port N] [--listen ADDR] [--data DIR] [--database URL]
      start the server with the demo programme and the payment sandbox;
      with --listen and this machine's own address a phone can scan the code
  cargo xtask test [--no-e2e] [--no-sdk] [FILTER]
      run every test on both databases, then the payment companies' own
      libraries and the browser journeys;
      with FILTER only the Rust tests whose name contains it
  cargo xtask e2e [NAME]
      run the browser journeys (whose file name contains NAME)
  cargo xtask sdk
      run the payment companies' own libraries (npm, PyPI) against the sandbox
  cargo xtask bench [--quick] [--json FILE] [PART]
      measure the released server on both databases beside the bare SQL and the
      least handler (about 20 minutes, with --quick 3); PART is one of start,
      menu, orders, coupons, claims, boards, growth
  cargo xtask bench --web [--json FILE]
      measure the first load of three pages as a slow phone sees it (Lighthouse)
  cargo xtask check
      formatting, lints, spelling, licences, unused dependencies, docs, sizes
  cargo xtask crash [--kills N] [--seed N] [--postgres] [--json FILE] [--fsync]
      kill the released server (200 times) under load, and compare what it
      acknowledged with what it has; with --fsync instead prove by strace
      that orders are on the disk before they are acknowledged
  cargo xtask fuzz [TARGET] [--seconds N]
      look for bytes that break a parser (60 seconds each, or N)
  cargo xtask payments [--quick] [--postgres] [--hang-seconds N] [--json FILE] [PART]
      measure the promises about payments and webhooks on the released programs
      beside their bars (about 20 minutes, with --quick 4); PART is one of storm,
      lost, faults, hang, webhooks
  cargo xtask simulate [--seeds N] [--store-seeds N] [--from SEED] [--one SEED]
      play seeded days of the core without sockets, with every rule about money
      and states checked after each step (1000000 and 50000 seeds)
  cargo xtask openapi
      write docs/openapi.json from the server's own description
  cargo xtask setup [--tests]
      only install what is missing

Every command first installs what it needs and keeps it in a cache folder
($OKINI_TOOLS, else ~/.cache/okini).";

fn main() -> ExitCode {
    match dispatch() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nxtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch() -> Result<()> {
    process::stop_children_on_signals()?;
    let mut arguments = Arguments::from_command_line();
    let Some(command) = arguments.command() else {
        println!("{HELP}");
        return Ok(());
    };
    let workspace = Workspace::find()?;
    match command.as_str() {
        "setup" => {
            let tests = arguments.switch("--tests");
            arguments.finish(0)?;
            setup::for_apps(&workspace)?;
            if tests {
                setup::for_tests(&workspace)?;
                setup::for_sdks(&workspace)?;
            }
            println!("Everything is in place.");
            Ok(())
        }
        "run" => run::run(&workspace, &run::Options::parse(arguments)?),
        "test" => {
            let besides =
                test::Besides { journeys: !arguments.switch("--no-e2e"), sdks: !arguments.switch("--no-sdk") };
            let filter = arguments.finish(1)?;
            test::run(&workspace, besides, filter.first().map(String::as_str))
        }
        "e2e" => e2e::run(&workspace, arguments.finish(1)?.first().map(String::as_str)),
        "sdk" => {
            arguments.finish(0)?;
            sdk::run(&workspace)
        }
        "bench" => bench::run(&workspace, &bench::Options::parse(arguments)?),
        "check" => {
            arguments.finish(0)?;
            check::run(&workspace)
        }
        "crash" => crash::run(&workspace, &crash::Options::parse(arguments)?),
        "fuzz" => fuzz::run(&workspace, &fuzz::Options::parse(arguments)?),
        "payments" => payments::run(&workspace, &payments::Options::parse(arguments)?),
        "simulate" => simulate::run(&workspace, arguments),
        "openapi" => {
            arguments.finish(0)?;
            workspace.write_openapi()
        }
        "help" | "--help" | "-h" => {
            println!("{HELP}");
            Ok(())
        }
        other => bail!("there is no command `{other}`.\n\n{HELP}"),
    }
}
