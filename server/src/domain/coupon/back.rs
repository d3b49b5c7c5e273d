//! Coupons that come back: released when the order is not paid, returned with what was paid, whole or in the part that goes back.

use super::hold::{Booking, book, stepped, tell};
use super::places_at;
use crate::error::Error;
use crate::state::App;
use crate::store::hold::Hold;
use crate::store::order::Order;
use crate::store::{self, Tx};
use okini_shared::money::Yen;
use okini_shared::problem::Code;
use okini_shared::rules::coupon::{Claim, CouponState, HoldState, HoldStep, Movement};
use std::collections::BTreeMap;

/// The order ended without food, or all that was paid for it goes back: its coupons come back, too, and the money to its funders.
pub async fn give_back(app: &App, tx: &mut Tx<'_>, order: &Order, reason: &str) -> Result<(), Error> {
    if order.discount == Yen::ZERO {
        return Ok(());
    }
    let mut puts = Puts::new();
    for was in store::hold::of_order(tx.conn(), order.id).await? {
        let step = match was.state {
            HoldState::Held => HoldStep::Release,
            HoldState::Redeemed => HoldStep::Return,
            HoldState::Released | HoldState::Returned => continue,
        };
        give_one_back(app, tx, (was, step, reason), &mut puts).await?;
    }
    put(app, tx, puts).await
}

/// What goes back to slots, by owner, in the order in which all transactions go through them.
type Puts = BTreeMap<String, i64>;

async fn give_one_back(
    app: &App,
    tx: &mut Tx<'_>,
    (hold, step, reason): (Hold, HoldStep, &str),
    puts: &mut Puts,
) -> Result<(), Error> {
    let now = app.clock.now();
    let (movement, from) = match step {
        HoldStep::Return => (Movement::Return, CouponState::Redeemed),
        HoldStep::Redeem | HoldStep::Release => (Movement::Release, CouponState::Held),
    };
    let mut sum = 0_i64;
    for part in store::hold::parts(tx.conn(), hold.id).await? {
        let left = part.amount.checked_sub(part.returned).unwrap_or_default();
        sum = sum.saturating_add(left.get());
        move_back(app, tx, &hold, (movement, part.funder, part.budget, left), puts).await?;
    }
    let hold = stepped(tx, app, hold, step, Some(reason)).await?;
    let campaign = store::campaign::by_id(tx.conn(), hold.campaign).await?.ok_or(Code::NotFound)?;
    let back = if campaign.claim == Claim::Automatic {
        if campaign.terms.limits.total.is_some() {
            more(puts, campaign.id.to_string(), 1);
        }
        store::coupon::give_up(tx.conn(), hold.coupon, from).await?
    } else {
        store::coupon::step(tx.conn(), hold.coupon, (from, CouponState::Available), now).await?
    };
    if back == 0 {
        return Err(Error::Overtaken);
    }
    if campaign.terms.limits.per_facility.is_some() {
        more(puts, places_at(campaign.id, hold.facility), 1);
    }
    tell(app, tx, &hold, hold.state.name(), Yen::new(sum)).await
}

/// A part of what was paid goes back, and the same part of each funder's money: `given_back` of `received` yen by now.
pub async fn give_part_back(
    app: &App,
    tx: &mut Tx<'_>,
    order: &Order,
    (given_back, received): (Yen, Yen),
) -> Result<(), Error> {
    if order.discount == Yen::ZERO {
        return Ok(());
    }
    if given_back >= received {
        return give_back(app, tx, order, "refunded").await;
    }
    let mut puts = Puts::new();
    for hold in store::hold::of_order(tx.conn(), order.id).await? {
        if hold.state != HoldState::Redeemed {
            continue;
        }
        let mut returned = Yen::ZERO;
        let mut now_back = Yen::ZERO;
        for part in store::hold::parts(tx.conn(), hold.id).await? {
            let target = share(part.amount, given_back, received).ok_or_else(|| Error::unexpected("no such share"))?;
            let more = target.checked_sub(part.returned).filter(|more| *more > Yen::ZERO).unwrap_or_default();
            move_back(app, tx, &hold, (Movement::Return, part.funder, part.budget, more), &mut puts).await?;
            returned = returned.checked_add(part.returned).and_then(|sum| sum.checked_add(more)).unwrap_or(returned);
            now_back = now_back.checked_add(more).unwrap_or(now_back);
        }
        let was = (hold.state, hold.returned);
        let changed = Hold { returned, ..hold };
        if store::hold::update(tx.conn(), &changed, was, (app.clock.now(), None)).await? == 0 {
            return Err(Error::Overtaken);
        }
        tell(app, tx, &changed, "part_returned", now_back).await?;
    }
    put(app, tx, puts).await
}

/// An amount's part in proportion, rounded down: what is rounded away goes back with the rest of the payment.
fn share(amount: Yen, part: Yen, whole: Yen) -> Option<Yen> {
    let rest = whole.checked_sub(part)?;
    let split = i128::from(amount.get()).checked_mul(i128::from(part.get()))?;
    let share = split.checked_div(i128::from(rest.checked_add(part)?.get()))?;
    i64::try_from(share).ok().map(Yen::new)
}

async fn move_back(app: &App, tx: &mut Tx<'_>, hold: &Hold, booking: Booking, puts: &mut Puts) -> Result<(), Error> {
    let (_, _, budget, amount) = booking;
    if amount == Yen::ZERO {
        return Ok(());
    }
    if let Some(budget) = budget {
        more(puts, budget.to_string(), amount.get());
    }
    book(app, tx, hold, booking).await
}

fn more(puts: &mut Puts, owner: String, amount: i64) {
    let sum = puts.entry(owner).or_default();
    *sum = sum.saturating_add(amount);
}

async fn put(app: &App, tx: &mut Tx<'_>, puts: Puts) -> Result<(), Error> {
    for (owner, amount) in puts {
        if store::slot::put(tx.conn(), &owner, store::slot::first(app.ids.uuid()), amount).await? == 0 {
            return Err(Error::unexpected(format!("{owner} has no slots")));
        }
    }
    Ok(())
}
