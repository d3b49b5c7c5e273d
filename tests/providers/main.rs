//! The provider adapters: what they sign and send byte for byte, what they make of answers, and one contract that all of
//! them keep against the sandbox. What follows from it for orders is tested in `api` and `simulation`.

#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test stops at the first surprise")]

mod contract;
mod fixtures;
mod hosted_check;
mod hosted_notifications;
mod hosted_wire;
mod komoju_notifications;
mod komoju_wire;
mod paypay_answers;
mod paypay_wire;
mod signing;
mod stripe_notifications;
mod stripe_wire;
mod transport;
