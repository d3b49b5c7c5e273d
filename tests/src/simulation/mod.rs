//! Whole lives of the core by seeds, without sockets: `rules` walks through the pure state machines, the others play days of
//! a shop on the real store. Not here: tests of one case, measurements.

#![expect(clippy::indexing_slicing, reason = "a simulation stops at the first surprise")]

mod books;
mod cart;
mod company;
mod day;
mod edges;
mod rules;
pub mod run;
mod wish;
mod world;
