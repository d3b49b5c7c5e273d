//! The sandbox over real HTTP, on free ports. Signing vectors and single rules are tested beside their code.

#[cfg(test)]
mod faults;
#[cfg(test)]
mod hosted;
#[cfg(test)]
mod komoju;
#[cfg(test)]
mod paypay;
#[cfg(test)]
mod stripe;
#[cfg(test)]
mod support;
#[cfg(test)]
mod wallet;
#[cfg(test)]
mod webhooks;
