//! The short simulation: some new lives, and all those that once broke something. The long one is `cargo xtask simulate`.

use okini_tests::simulation::run::{self, Broken};

fn none(broken: &[Broken], option: &str) {
    for Broken { seed, what, steps } in broken {
        println!("\n{}\n{what}\nAgain: cargo xtask simulate {option} {seed}", steps.join("\n"));
    }
    assert!(broken.is_empty(), "{} seeds broke an invariant, see above", broken.len());
}

/// Seeds that once broke something, one a line.
fn kept() -> Vec<u64> {
    let lines = include_str!("seeds.txt").lines().filter(|line| !line.starts_with('#'));
    lines.map(|line| line.split(' ').next().unwrap().parse().unwrap()).collect()
}

#[test]
fn state_machines_hold() {
    none(&run::rules(&Vec::from_iter(0..20_000)), "--store-seeds 0 --one");
}

#[test]
fn days_on_the_store_hold() {
    none(&run::store(&[kept(), Vec::from_iter(0..300)].concat()), "--seeds 0 --one");
}
