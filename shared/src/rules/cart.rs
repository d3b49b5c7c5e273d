//! What a cart costs and why it may not be ordered: the one pricing function of phone and server.
//! Coupons are not here; selling the last portion is the store's conditional update.

use crate::api::menu::{Item, Menu, OptionGroup};
use crate::api::order::{CartChange, CartLine, ChangeKind};
use crate::id::CategoryId;
use crate::money::Yen;
use crate::rules::tax::{self, Place, Rate, TaxSum};
use crate::text::Words;
use crate::time::Millis;

/// Lines one order may have.
pub const MAX_LINES: usize = 50;
/// Pieces of one line.
pub const MAX_QUANTITY: i64 = 99;
/// Characters of a diner's note.
pub const MAX_NOTE: usize = 200;

/// A cart with its prices, as of one menu.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Priced<'m> {
    pub lines: Vec<PricedLine<'m>>,
    /// Number of pieces.
    pub pieces: i64,
    pub total: Yen,
    /// Totals and tax per rate, higher rate first.
    pub taxes: Vec<TaxSum>,
    /// At least one line is alcohol: the diner must be 20 or over.
    pub alcohol: bool,
}

/// One line with its prices.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PricedLine<'m> {
    pub item: &'m Item,
    pub category: CategoryId,
    /// Chosen options in menu order.
    pub options: Vec<&'m crate::api::menu::MenuOption>,
    pub place: Place,
    pub quantity: i64,
    /// One piece with its options, tax-inclusive.
    pub unit: Yen,
    /// All pieces.
    pub amount: Yen,
    pub rate: Rate,
}

/// Why a cart cannot be priced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CartRefusal {
    /// The menu is not what the diner saw: show him each difference by name.
    Changed(Vec<CartChange>),
    /// The cart is malformed, which the app never sends: line (from 0) and what is wrong.
    Malformed { line: Option<usize>, what: &'static str },
}

/// What one piece costs at a place with options, or nothing when it is not sold there.
pub fn unit_price(item: &Item, place: Place, options: Yen) -> Option<Yen> {
    let base = match place {
        Place::EatIn => item.price,
        Place::Takeout => item.takeout_price?,
    };
    base.checked_add(options)
}

/// Prices a cart on a menu at a moment.
pub fn price<'m>(menu: &'m Menu, cart: &[CartLine], at: Millis) -> Result<Priced<'m>, CartRefusal> {
    let whole = |what| CartRefusal::Malformed { line: None, what };
    if cart.is_empty() {
        return Err(whole("the cart is empty"));
    }
    if cart.len() > MAX_LINES {
        return Err(whole("the cart has more than 50 lines"));
    }
    let mut lines = Vec::with_capacity(cart.len());
    let mut changes = Vec::new();
    for (index, line) in cart.iter().enumerate() {
        match price_line(menu, line, index, at)? {
            Ok(priced) => lines.push(priced),
            Err(change) => changes.push(change),
        }
    }
    if !changes.is_empty() {
        return Err(CartRefusal::Changed(changes));
    }
    let too_much = || whole("the total is more than one order may have");
    let total = Yen::checked_sum(lines.iter().map(|line| line.amount)).ok_or_else(too_much)?;
    if total > Yen::ORDER_LIMIT {
        return Err(too_much());
    }
    if total <= Yen::ZERO {
        // No provider takes a payment of nothing.
        return Err(whole("the total is zero"));
    }
    let amounts: Vec<_> = lines.iter().map(|line| (line.rate, line.amount)).collect();
    let taxes = tax::sums(&amounts, menu.facility.rounding).ok_or_else(too_much)?;
    let pieces = lines.iter().map(|line| line.quantity).sum();
    let alcohol = lines.iter().any(|line| line.item.alcohol);
    Ok(Priced { lines, pieces, total, taxes, alcohol })
}

type LineResult<'m> = Result<Result<PricedLine<'m>, CartChange>, CartRefusal>;

fn price_line<'m>(menu: &'m Menu, line: &CartLine, index: usize, at: Millis) -> LineResult<'m> {
    let bad = |what| CartRefusal::Malformed { line: Some(index), what };
    if !(1..=MAX_QUANTITY).contains(&line.quantity) {
        return Err(bad("the quantity must be 1 to 99"));
    }
    if line.options.len() > 50 {
        return Err(bad("too many options"));
    }
    let change = |kind, name: Option<&Words>, now| CartChange {
        line: index,
        item: line.item,
        kind,
        name: name.cloned(),
        seen: line.seen,
        now,
    };
    let Some((category, item)) = menu.item_in_category(line.item) else {
        return Ok(Err(change(ChangeKind::Gone, None, None)));
    };
    let gone = |kind| Ok(Err(change(kind, Some(&item.name), None)));
    if item.is_sold_out(at) || item.left.is_some_and(|left| left < line.quantity) {
        return gone(ChangeKind::SoldOut);
    }
    let options = match choose(menu, item, line, at) {
        Ok(options) => options,
        Err(Some(kind)) => return gone(kind),
        Err(None) => return Err(bad("the options do not fit the item's option groups")),
    };
    let extra =
        Yen::checked_sum(options.iter().map(|option| option.price)).ok_or_else(|| bad("the price overflows"))?;
    let Some(unit) = unit_price(item, line.place, extra) else {
        return gone(ChangeKind::NotForTakeout);
    };
    if unit != line.seen {
        return Ok(Err(change(ChangeKind::Price, Some(&item.name), Some(unit))));
    }
    let amount = unit.checked_mul(line.quantity).ok_or_else(|| bad("the price overflows"))?;
    let kind = tax::kind_of(item.tax, line.place);
    let rate = tax::rate_at(&menu.rates, kind, at).ok_or_else(|| bad("no tax rate is in force"))?;
    let category = category.id;
    Ok(Ok(PricedLine { item, category, options, place: line.place, quantity: line.quantity, unit, amount, rate }))
}

/// The chosen options in menu order. `Err(Some(_))`: one is no longer to be had; `Err(None)`: they never fitted.
fn choose<'m>(
    menu: &'m Menu,
    item: &'m Item,
    line: &CartLine,
    at: Millis,
) -> Result<Vec<&'m crate::api::menu::MenuOption>, Option<ChangeKind>> {
    let mut chosen = Vec::with_capacity(line.options.len());
    for group in item.groups.iter().filter_map(|id| menu.group(*id)) {
        let picked: Vec<_> = group.options.iter().filter(|option| line.options.contains(&option.id)).collect();
        if !fits(group, picked.len()) {
            return Err(None);
        }
        if picked.iter().any(|option| option.is_sold_out(at)) {
            return Err(Some(ChangeKind::OptionSoldOut));
        }
        chosen.extend(picked);
    }
    if chosen.len() == line.options.len() { Ok(chosen) } else { Err(None) }
}

/// Whether so many picks satisfy a group.
pub fn fits(group: &OptionGroup, picks: usize) -> bool {
    i64::try_from(picks).is_ok_and(|n| (group.min..=group.max).contains(&n))
}

#[cfg(test)]
#[path = "cart_tests.rs"]
mod tests;
