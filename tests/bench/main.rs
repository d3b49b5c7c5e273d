//! How fast and how small the server is, measured from outside on this machine: `cargo xtask bench` builds the programs and
//! starts this. Every figure stands beside one of something simpler, taken in turn with it. Nothing here is asserted.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::as_conversions,
    clippy::float_arithmetic,
    clippy::print_stdout,
    reason = "a measuring program stops at the first surprise, reckons in fractions and talks on the terminal"
)]

mod bare;
mod boards;
mod claims;
mod client;
mod company;
mod coupons;
mod figures;
mod fill;
mod growth;
mod machine;
mod menu;
mod minimal;
mod orders;
mod plan;
mod plot;
mod report;
mod site;
mod start;

use plan::Plan;
use report::Report;

fn main() {
    if let Ok(folder) = std::env::var(minimal::FOLDER) {
        return minimal::serve(&folder);
    }
    let plan = Plan::from_environment();
    machine::raise_file_limit();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let report = runtime.block_on(measure(&plan));
    report.write(&plan);
}

/// The parts in turn.
async fn measure(plan: &Plan) -> Report {
    let mut report = Report::new(plan);
    if plan.wants("start") {
        report.start = Some(start::measure(plan).await);
    }
    if plan.wants("menu") {
        report.menu = Some(menu::measure(plan).await);
    }
    if plan.wants("orders") {
        report.sqlite = Some(orders::measure(plan, "sqlite").await);
        report.postgres = Some(orders::measure(plan, "postgres").await);
    }
    if plan.wants("coupons") {
        report.coupons_sqlite = Some(coupons::measure(plan, "sqlite").await);
        report.coupons_postgres = Some(coupons::measure(plan, "postgres").await);
    }
    if plan.wants("claims") {
        report.claims = vec![claims::measure(plan, "sqlite").await, claims::measure(plan, "postgres").await];
    }
    if plan.wants("boards") {
        report.boards = Some(boards::measure(plan).await);
    }
    if plan.wants("growth") {
        report.growth = Some(growth::measure(plan).await);
    }
    report
}
