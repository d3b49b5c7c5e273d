//! Okini in the browser: the diner's app and the staff's console, two small programs from one crate.
//! The diner's first paint is written by the server from the same components (feature `ssr`).

pub mod boot;
pub mod browser;
pub mod console;
pub mod diner;
pub mod json;
pub mod l10n;
pub mod mount;
pub mod net;
pub mod router;
#[cfg(feature = "ssr")]
pub mod ssr;
pub mod ui;
