//! The sandbox over real HTTP, on free ports. Signing vectors and single rules are tested beside their code.

mod faults;
mod hosted;
mod paypay;
mod support;
mod wallet;
mod webhooks;
