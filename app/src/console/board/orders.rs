//! What the kitchen knows of its orders: the newest version of each, sorted into lanes, and what is to be cooked now.
//! Pure: no signals, no clock, no network.

use okini_shared::api::shop::{Board, BoardOrder};
use okini_shared::id::OrderId;
use okini_shared::rules::order::OrderState;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

/// How many finished orders are kept for the list under the last lane.
const KEPT: usize = 20;

/// A column of the board.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Lane {
    /// Waiting for the shop's answer.
    New,
    /// Accepted or being cooked.
    Cooking,
    /// Waiting to be handed over.
    Ready,
    /// Nothing more to do.
    Finished,
}

impl Lane {
    /// Where an order in that state belongs; unpaid ones are nowhere.
    pub(crate) const fn of(state: OrderState) -> Option<Self> {
        use OrderState as S;
        match state {
            S::Submitted => Some(Self::New),
            S::Accepted | S::Preparing => Some(Self::Cooking),
            S::Ready => Some(Self::Ready),
            S::Completed | S::Refused | S::AutoRefused | S::Cancelled => Some(Self::Finished),
            S::AwaitingPayment | S::Expired => None,
        }
    }
}

/// The orders of a board, each in the newest version seen.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Orders(BTreeMap<OrderId, BoardOrder>);

impl Orders {
    /// Takes over a whole board. An order that is known in a newer version than the board's keeps it: the answer to
    /// an action may overtake a snapshot that was made before it.
    pub(crate) fn replace(&mut self, board: &Board) {
        let mut known = std::mem::take(&mut self.0);
        for order in board.orders.iter().chain(&board.finished) {
            let newer = known.remove(&order.id).filter(|mine| mine.version > order.version);
            self.0.insert(order.id, newer.unwrap_or_else(|| order.clone()));
        }
        self.trim();
    }

    /// Takes over one order unless it is older than what is known. Says whether anything changed.
    pub(crate) fn upsert(&mut self, order: BoardOrder) -> bool {
        match self.0.entry(order.id) {
            Entry::Occupied(known) if known.get().version >= order.version => return false,
            Entry::Occupied(mut known) => {
                known.insert(order);
            }
            Entry::Vacant(place) => {
                place.insert(order);
            }
        }
        self.trim();
        true
    }

    /// The order of that id.
    pub(crate) fn get(&self, id: OrderId) -> Option<&BoardOrder> {
        self.0.get(&id)
    }

    /// The orders of a lane: oldest first, but the finished ones newest first.
    pub(crate) fn lane(&self, lane: Lane) -> Vec<&BoardOrder> {
        let mut found: Vec<_> = self.0.values().filter(|order| Lane::of(order.state) == Some(lane)).collect();
        match lane {
            Lane::New | Lane::Cooking => found.sort_by_key(|order| (order.submitted_at, order.id)),
            Lane::Ready => found.sort_by_key(|order| (order.ready_at, order.id)),
            Lane::Finished => found.sort_by_key(|order| std::cmp::Reverse((order.closed_at, order.id))),
        }
        found
    }

    /// The open orders as the eye meets them, for the number keys.
    pub(crate) fn in_reading_order(&self) -> Vec<OrderId> {
        let lanes = [Lane::New, Lane::Cooking, Lane::Ready];
        lanes.into_iter().flat_map(|lane| self.lane(lane)).map(|order| order.id).collect()
    }

    /// How many of each dish are to be cooked now, the one waited for longest first.
    pub(crate) fn to_cook(&self) -> Vec<(String, i64)> {
        let mut sums: Vec<(String, i64)> = Vec::new();
        for line in self.lane(Lane::Cooking).into_iter().flat_map(|order| &order.lines) {
            match sums.iter_mut().find(|(name, _)| *name == line.name) {
                Some((_, sum)) => *sum = sum.saturating_add(line.quantity),
                None => sums.push((line.name.clone(), line.quantity)),
            }
        }
        sums
    }

    /// Forgets unpaid orders and the oldest finished ones: a board stays open all day.
    fn trim(&mut self) {
        self.0.retain(|_, order| Lane::of(order.state).is_some());
        let old: Vec<_> = self.lane(Lane::Finished).into_iter().skip(KEPT).map(|order| order.id).collect();
        for id in old {
            self.0.remove(&id);
        }
    }
}

#[cfg(test)]
#[path = "orders_tests.rs"]
pub(super) mod tests;
