//! What the diner wants, as ids and the prices he saw, so that it survives a reload and a change of language.
//! Not here: what it costs (`okini_shared::rules::cart`), sending it (`placing`).

use okini_shared::api::menu::Menu;
use okini_shared::api::order::{CartChange, CartLine, ChangeKind};
use okini_shared::money::Yen;
use okini_shared::rules::cart::{MAX_LINES, MAX_QUANTITY, unit_price};
use okini_shared::rules::tax::Place;
use serde::{Deserialize, Serialize};

/// A diner's cart at one facility.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Cart {
    pub(super) lines: Vec<CartLine>,
    /// A word to the kitchen.
    pub(super) note: String,
    /// Where new lines are to be eaten.
    pub(super) place: Place,
    /// The diner said to be 20 or over; asked anew on every visit.
    #[serde(skip)]
    pub(super) adult: bool,
}

impl Default for Cart {
    fn default() -> Self {
        Self { lines: Vec::new(), note: String::new(), place: Place::EatIn, adult: false }
    }
}

impl Cart {
    /// The name under which the phone remembers the cart of a facility.
    pub(super) fn name(code: &str) -> String {
        format!("okini.cart.{code}")
    }

    /// Number of pieces.
    pub(super) fn pieces(&self) -> i64 {
        self.lines.iter().map(|line| line.quantity).sum()
    }

    /// Adds a line, onto an equal one where there is one.
    pub(super) fn add(&mut self, line: CartLine) {
        let same = |other: &&mut CartLine| {
            (other.item, &other.options, other.place, other.seen) == (line.item, &line.options, line.place, line.seen)
        };
        if let Some(other) = self.lines.iter_mut().find(same) {
            other.quantity = other.quantity.saturating_add(line.quantity).min(MAX_QUANTITY);
        } else if self.lines.len() < MAX_LINES {
            self.lines.push(line);
        }
    }

    /// Sets how many pieces a line has; none removes it.
    pub(super) fn set_quantity(&mut self, index: usize, quantity: i64) {
        if quantity < 1 {
            if index < self.lines.len() {
                self.lines.remove(index);
            }
        } else if let Some(line) = self.lines.get_mut(index) {
            line.quantity = quantity.min(MAX_QUANTITY);
        }
    }

    /// Declares where everything is to be eaten; what is not sold for takeout stays.
    pub(super) fn move_all(&mut self, menu: &Menu, place: Place) {
        self.place = place;
        for index in 0..self.lines.len() {
            self.move_line(menu, index, place);
        }
    }

    /// Declares where one line is to be eaten, at the price of that place.
    pub(super) fn move_line(&mut self, menu: &Menu, index: usize, place: Place) {
        let Some(line) = self.lines.get_mut(index) else { return };
        if let Some(seen) = unit(menu, line, place) {
            line.place = place;
            line.seen = seen;
        }
    }

    /// Goes on after changes: new prices are taken as seen, what is not to be had any more is left out.
    pub(super) fn accept(&mut self, changes: &[CartChange]) {
        let mut index = 0;
        self.lines.retain_mut(|line| {
            let change = changes.iter().find(|change| change.line == index);
            index += 1;
            match change {
                Some(CartChange { kind: ChangeKind::Price, now: Some(now), .. }) => line.seen = *now,
                Some(_) => return false,
                None => {}
            }
            true
        });
    }
}

/// One piece of a line at a place, by the menu at hand.
fn unit(menu: &Menu, line: &CartLine, place: Place) -> Option<Yen> {
    let item = menu.item(line.item)?;
    let options = menu.groups.iter().flat_map(|group| &group.options);
    let chosen = options.filter(|option| line.options.contains(&option.id));
    unit_price(item, place, Yen::checked_sum(chosen.map(|option| option.price))?)
}

#[cfg(test)]
#[path = "cart_tests.rs"]
mod tests;
