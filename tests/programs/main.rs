//! The server as a program on a bad day: stopped under load, on bad disks, short of what it needs.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test stops at the first surprise; clippy knows tests only by their attribute"
)]

mod account;
mod disk;
mod durable;
mod fee;
mod house;
mod short;
mod stopping;
mod sync;
