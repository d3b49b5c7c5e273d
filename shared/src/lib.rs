//! What the server and the apps agree on: ids, money, time, words, problems, the API and the rules.
//! No I/O, no clock, no randomness: everything here also runs on a phone.

pub mod api;
pub mod day;
pub mod id;
pub mod money;
pub mod problem;
pub mod rules;
pub mod text;
pub mod time;
