//! What can be done: one public function per operation that checks, decides, stores and records the event.
//! Knows neither HTTP nor SQL. `flow` moves orders along their state machine for all of them.

pub mod account;
pub mod backup;
pub mod board;
pub mod campaign;
pub mod compare;
pub mod consortium;
pub mod coupon;
pub mod demo;
pub mod doctor;
pub mod flow;
pub mod idempotency;
pub mod kitchen;
pub mod menu;
pub mod municipality;
pub mod order;
pub mod payment;
pub mod proof;
pub mod receipt;
pub mod reconcile;
pub mod redress;
pub mod refund;
pub mod reseal;
pub mod retention;
pub mod session;
pub mod settlement;
pub mod stock;
pub mod view;
pub mod webhook;
