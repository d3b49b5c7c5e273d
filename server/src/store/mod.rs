//! Everything that is SQL. `db.rs` knows the two engines; each other file is one area: statements and row structs.
//! No decisions here: conditional statements report their row count and the domain decides.

#![expect(clippy::disallowed_methods, reason = "the store is the one module that may speak SQL")]

pub mod account;
pub mod bill;
pub mod books;
pub mod campaign;
pub mod concern;
pub mod confirmed;
pub mod consortium;
pub mod coupon;
pub mod db;
pub mod event;
pub mod fee;
pub mod figures;
pub mod hold;
pub mod idempotency;
mod listen;
pub mod look;
pub mod menu;
pub mod notification;
pub mod order;
pub mod payment;
pub mod provider_account;
pub mod receipt;
pub mod refund;
pub mod register;
pub mod rehearsal;
mod row;
pub mod rule;
pub mod sealed;
pub mod settlement;
pub mod slot;
pub mod tenant;
pub mod walk;
pub mod webhook;
mod writer;

pub use db::{Conn, Db, Tx};
use row::storable;
pub use row::{Corrupt, RowExt};
