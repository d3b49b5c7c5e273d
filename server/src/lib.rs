//! The okini server as a library, so that tests can boot the real thing on a free port. The layers point one way:
//! `http` -> `domain` -> `store`; see ARCHITECTURE.md.

pub mod auth;
pub mod cli;
pub mod clock;
pub mod config;
pub mod domain;
pub mod error;
pub mod events;
pub mod http;
pub mod jobs;
pub mod paper;
pub mod providers;
mod seal;
mod secrets;
pub mod server;
pub mod state;
pub mod store;
pub mod telemetry;
