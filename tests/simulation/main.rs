//! The short simulation: some new lives, and all those that once broke something. The long one is `cargo xtask simulate`.

use okini_tests::simulation::run::{self, Report};

fn nothing_broke(report: &Report) {
    let told: Vec<_> = report.broken.iter().map(ToString::to_string).collect();
    assert!(told.is_empty(), "{}", told.join("\n"));
}

/// Seeds that once broke something, one a line with the reason.
fn kept() -> impl Iterator<Item = u64> {
    let lines = include_str!("seeds.txt").lines();
    lines.filter_map(|line| line.split(' ').next()?.parse().ok())
}

#[test]
fn state_machines_hold() {
    nothing_broke(&run::rules(&Vec::from_iter(0..20_000)));
}

#[test]
fn days_on_the_store_hold() {
    nothing_broke(&run::store(&Vec::from_iter(kept().chain(0..300))));
}
