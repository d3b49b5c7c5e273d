//! The store on both engines: each area's statements and their row counts, the writer, the schemas. What the statements are
//! for is tested by `api`.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test stops at the first surprise")]

mod account;
mod bill;
mod compare;
mod demo;
mod fact;
mod idempotency;
mod lease;
mod menu;
mod order;
mod payment;
mod refund;
mod register;
mod rows;
mod schema;
mod settlement;
mod writer;
