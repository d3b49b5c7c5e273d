//! The API of the real server, over HTTP, on both engines: each area in a file. What a browser makes of it is tested by the
//! journeys, what a payment company puts on the wire by `providers`.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test stops at the first surprise")]

mod account;
mod backup;
mod board;
mod campaign;
mod claim;
mod clock;
mod conflict;
mod coupon;
mod doctor;
mod ending;
mod hook;
mod hostile;
mod key;
mod kitchen;
mod menu;
mod officer;
mod order;
mod paging;
mod panic;
mod payment;
mod proof;
mod provider;
mod qr;
mod receipt;
mod redress;
mod session;
mod settlement;
mod stock;
mod stream;
mod tenant;
mod token;
mod webhook;
mod wire;
