//! The diner's app: menu, item, cart, order, and pages without a program.
//! Not here: what both apps share (`browser`, `net`, `router`, `ui`).

mod app;
mod cart;
mod checkout;
mod coupon;
mod dialog;
mod display;
mod item;
mod live;
mod menu;
mod offline;
mod order;
mod placing;
#[cfg(feature = "ssr")]
pub mod plain;
mod route;
mod say;
mod state;
pub mod texts;

pub use app::{start, view};
