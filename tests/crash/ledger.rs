//! The ledger outside the server: what was asked with which key and what was acknowledged. Never taken back.
//! Whether it is true is asked by `judge.rs`.

use okini_shared::api::order::Order;
use std::sync::{Mutex, MutexGuard};

/// An order that was acknowledged.
#[derive(Clone)]
pub struct Entry {
    /// The phone's cookie.
    pub phone: String,
    /// The key and body of the request.
    pub key: String,
    pub body: String,
    /// As it was acknowledged.
    pub order: Order,
    /// The payment company has the diner's money.
    pub charged: bool,
    /// The order as it was when the server first showed it as paid.
    pub paid: Option<Order>,
}

/// All of them, in the order of their acknowledgement.
#[derive(Default)]
pub struct Ledger {
    entries: Mutex<Vec<Entry>>,
}

impl Ledger {
    fn entries(&self) -> MutexGuard<'_, Vec<Entry>> {
        self.entries.lock().unwrap()
    }

    /// Keeps an acknowledged order; returns its place.
    pub fn acknowledged(&self, entry: Entry) -> usize {
        let mut entries = self.entries();
        entries.push(entry);
        entries.len() - 1
    }

    /// The diner paid at the payment company.
    pub fn charged(&self, place: usize) {
        self.entries().get_mut(place).unwrap().charged = true;
    }

    /// The server showed the order as paid.
    pub fn paid(&self, place: usize, order: Order) {
        self.entries().get_mut(place).unwrap().paid.get_or_insert(order);
    }

    /// Those from a place on.
    pub fn since(&self, place: usize) -> Vec<Entry> {
        self.entries().iter().skip(place).cloned().collect()
    }

    /// Places of those that are charged but not yet shown as paid.
    pub fn unsettled(&self) -> Vec<(usize, String)> {
        let entries = self.entries();
        let open = entries.iter().enumerate().filter(|(_, entry)| entry.charged && entry.paid.is_none());
        open.map(|(place, entry)| (place, entry.order.token.clone())).collect()
    }
}
