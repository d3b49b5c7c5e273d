//! The okini server as a library, so that tests can boot the real thing on a free port.

pub mod clock;
pub mod error;
pub mod events;
pub mod providers;
pub mod store;
