//! The long simulation, with counts and time. Run by `cargo xtask simulate`, which says which seeds.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a measuring program talks on the terminal")]

use okini_tests::simulation::run::{self, Report};
use std::process::ExitCode;
use std::time::Instant;

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|value| value.parse().unwrap())
}

fn simulate(what: &str, seeds: &[u64], run: fn(&[u64]) -> Report) -> bool {
    let started = Instant::now();
    let Report { broken, ends } = run(seeds);
    let ms = started.elapsed().as_millis();
    for broken in &broken {
        println!("\n{broken}");
    }
    println!("{what}: {} seeds in {}.{} s, {} broken", seeds.len(), ms / 1_000, ms % 1_000 / 100, broken.len());
    for (end, times) in ends {
        println!("    {times:>9}  {end}");
    }
    broken.is_empty()
}

fn main() -> ExitCode {
    let from = number("OKINI_FROM").unwrap_or(0);
    let seeds = |name: &str, count: u64| match number("OKINI_ONE") {
        Some(one) if number(name) != Some(0) => vec![one],
        _ => Vec::from_iter(from..from + number(name).unwrap_or(count)),
    };
    let well = simulate("state machines", &seeds("OKINI_SEEDS", 1_000_000), run::rules);
    let well = simulate("days on the store", &seeds("OKINI_STORE_SEEDS", 50_000), run::store) && well;
    if well { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
