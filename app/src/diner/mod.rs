//! The diner's app: menu, item, cart, order, history.
//! Not here: what both apps share (`browser`, `net`, `router`, `ui`).

mod app;
mod cart;
mod checkout;
mod coupon;
mod dialog;
mod display;
mod history;
mod item;
mod live;
mod menu;
mod notices;
mod offline;
mod order;
mod placing;
mod route;
mod say;
mod state;
pub mod texts;
#[cfg(feature = "ssr")]
mod wallet;

pub use app::{start, view};
#[cfg(feature = "ssr")]
pub(crate) use notices::text as notice_text;
