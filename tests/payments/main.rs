//! The promises about payments and webhooks, measured from outside on the real programs: `cargo xtask payments` builds them
//! and starts this. Each figure stands beside its bar.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::as_conversions,
    clippy::float_arithmetic,
    clippy::print_stdout,
    reason = "a measuring program stops at the first surprise, reckons in fractions and talks on the terminal"
)]

mod company;
mod diner;
mod faults;
mod hang;
mod hooks;
mod house;
mod judge;
mod lost;
mod modes;
mod plan;
mod receiver;
mod report;
mod storm;

use house::Template;
use plan::Plan;
use report::Figure;
use std::time::Instant;

#[tokio::main]
async fn main() {
    let plan = Plan::from_environment();
    let (begun, load) = (Instant::now(), report::load());
    std::fs::create_dir(&plan.folder).unwrap();
    println!("In {}", plan.folder.display());
    let template = Template::make(&plan).await;
    let figures = measure(&plan, &template).await;
    let good = report::tell(&plan, &figures, &load, begun.elapsed());
    if !good {
        println!("Databases and logs stay in {}.", plan.folder.display());
        std::process::exit(1);
    }
    std::fs::remove_dir_all(&plan.folder).unwrap();
}

/// The parts in turn.
async fn measure(plan: &Plan, template: &Template) -> Vec<Figure> {
    let mut figures = Vec::new();
    if plan.wants("storm") {
        println!("A storm of notifications ...");
        figures.extend(storm::measure(plan, template).await);
    }
    // Both mostly wait.
    let lost = async {
        match plan.wants("lost") {
            true => lost::measure(plan, template).await,
            false => Vec::new(),
        }
    };
    let faults = async {
        match plan.wants("faults") {
            true => faults::measure(plan, template).await,
            false => Vec::new(),
        }
    };
    println!("Nobody tells; companies fail ...");
    let (lost, faults) = tokio::join!(lost, faults);
    figures.extend(lost.into_iter().chain(faults));
    if plan.wants("hang") {
        println!("One company hangs for {} seconds ...", plan.hang.as_secs());
        figures.extend(hang::measure(plan, template).await);
    }
    if plan.wants("webhooks") {
        println!("Other systems are told ...");
        figures.extend(hooks::measure(plan, template).await);
    }
    figures
}
