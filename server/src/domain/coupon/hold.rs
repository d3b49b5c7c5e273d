//! Coupons on a bill: chosen and set aside when the order is placed, redeemed when it is paid. Each step moves the hold, the coupon
//! and the funders' money in the order's own transaction. How they come back is `back`'s.

use super::{closed, free_ordinal, got, places_at, refused};
use crate::error::Error;
use crate::events::{Actor, Event, record};
use crate::state::App;
use crate::store::campaign::Campaign;
use crate::store::coupon::Coupon;
use crate::store::hold::{Entry, Hold};
use crate::store::order::Order;
use crate::store::register::Facility;
use crate::store::{self, Tx};
use okini_shared::id::{BudgetId, CampaignId, CouponId, EventId, HoldId, LedgerEntryId};
use okini_shared::money::Yen;
use okini_shared::problem::{Code, Problem};
use okini_shared::rules::coupon::{
    Candidate, Case, Claim, CouponState, Discount, Funder, HoldState, HoldStep, Line, MOST_CANDIDATES, Movement,
    Refusal, Used, together,
};
use okini_shared::rules::tax::TaxSum;
use okini_shared::text::Text;
use serde_json::json;
use std::collections::BTreeMap;

/// The coupons that a diner wants taken off, and what they are judged on.
pub struct Asked<'a> {
    pub device: &'a str,
    pub facility: &'a Facility,
    pub lines: &'a [Line],
    pub chosen: &'a [CampaignId],
}

/// What chosen coupons make of a bill.
pub struct Applied {
    coupons: Vec<(Picked, Discount)>,
    pub discount: Yen,
    /// What is left to pay.
    pub total: Yen,
    pub taxes: Vec<TaxSum>,
    /// Of the discount, for each line.
    pub parts: Vec<Yen>,
}

/// A campaign whose coupon is used.
struct Picked {
    campaign: Campaign,
    coupon: Source,
    day_ordinal: i64,
}

/// Where the coupon comes from.
#[derive(Clone, Copy)]
enum Source {
    Wallet(CouponId),
    /// It applies by itself and is made now, as the phone's so-many-th.
    Automatic(i64),
}

/// Takes all chosen coupons off together, or says which cannot be used and why.
pub async fn apply(app: &App, tx: &mut Tx<'_>, asked: &Asked<'_>) -> Result<Applied, Error> {
    if asked.chosen.len() > MOST_CANDIDATES {
        return Err(Problem::new(Code::InvalidValue).detail("at most 10 coupons").at("/coupons").into());
    }
    let mut picked = Vec::with_capacity(asked.chosen.len());
    for id in asked.chosen {
        picked.push(pick(app, tx, asked.device, *id).await?);
    }
    let facility = asked.facility;
    let case = Case {
        at: app.clock.now(),
        facility: facility.id,
        municipality: &facility.municipality,
        consortium: facility.consortium,
        first_order: !store::coupon::has_ordered(tx.conn(), asked.device).await?,
        lines: asked.lines,
    };
    // What limits count is taken from the store below, one by one.
    let used = Used::default();
    let candidates: Vec<Candidate<'_>> = (picked.iter())
        .map(|picked| Candidate { campaign: picked.campaign.id, terms: &picked.campaign.terms, used })
        .collect();
    let together = together(&case, &candidates.iter().collect::<Vec<_>>())
        .map_err(|(campaign, refusal)| refused(Code::CouponChanged, campaign, refusal))?;
    let unreckonable = || Error::from(Problem::new(Code::InvalidValue).at("/coupons"));
    let (total, taxes) = together.bill(&case, facility.rounding).ok_or_else(unreckonable)?;
    let parts = together.parts(asked.lines.len()).ok_or_else(unreckonable)?;
    let mut coupons = Vec::with_capacity(picked.len());
    for (campaign, discount) in together.coupons {
        let at = picked.iter().position(|picked| picked.campaign.id == campaign).ok_or_else(unreckonable)?;
        coupons.push((picked.swap_remove(at), discount));
    }
    Ok(Applied { coupons, discount: together.discount, total, taxes, parts })
}

async fn pick(app: &App, tx: &mut Tx<'_>, device: &str, id: CampaignId) -> Result<Picked, Error> {
    let refuse = |refusal| refused(Code::CouponChanged, id, refusal);
    let found = store::campaign::by_id(tx.conn(), id).await?.filter(|found| found.published_at.is_some());
    let campaign = found.ok_or_else(|| refuse(Refusal::NoCoupon))?;
    let now = app.clock.now();
    if let Some(refusal) = closed(&campaign, now) {
        return Err(refuse(refusal));
    }
    let coupon = if campaign.claim == Claim::Automatic {
        let (_, ordinal) = got(tx.conn(), &campaign, device).await?;
        Source::Automatic(ordinal.ok_or_else(|| refuse(Refusal::PersonLimit))?)
    } else {
        let coupon = store::coupon::available(tx.conn(), id, device).await?;
        Source::Wallet(coupon.ok_or_else(|| refuse(Refusal::NoCoupon))?)
    };
    let taken = store::hold::day_ordinals(tx.conn(), id, device, now.business_day(0)).await?;
    let day_ordinal = free_ordinal(&taken, campaign.terms.limits.per_person_day);
    Ok(Picked { campaign, coupon, day_ordinal: day_ordinal.ok_or_else(|| refuse(Refusal::DayLimit))? })
}

/// What is taken from one owner's slots, and what it means when there is not enough.
struct Take {
    amount: i64,
    campaign: CampaignId,
    refusal: Refusal,
}

/// Amounts by owner: all transactions go through them in one order, so that they never wait for each other in a circle.
type Takes = BTreeMap<String, Take>;

/// Sets the coupons aside for an order that was just stored. Limits and budgets come last, because others wait for them.
pub async fn set_aside(
    app: &App,
    tx: &mut Tx<'_>,
    order: &Order,
    applied: &Applied,
    facility: &Facility,
) -> Result<Vec<(Hold, Text)>, Error> {
    let mut takes = Takes::new();
    let mut holds = Vec::with_capacity(applied.coupons.len());
    for (picked, discount) in &applied.coupons {
        let hold = set_one_aside(app, tx, order, (picked, discount), &mut takes).await?;
        pay_by_funders(app, tx, &hold, (picked, facility), &mut takes).await?;
        tell(app, tx, &hold, "held", hold.amount).await?;
        holds.push((hold, picked.campaign.name.clone()));
    }
    for (owner, take) in takes {
        if !super::take(app, tx, &owner, take.amount).await? {
            return Err(refused(Code::CouponChanged, take.campaign, take.refusal));
        }
    }
    Ok(holds)
}

async fn set_one_aside(
    app: &App,
    tx: &mut Tx<'_>,
    order: &Order,
    (picked, discount): (&Picked, &Discount),
    takes: &mut Takes,
) -> Result<Hold, Error> {
    let now = app.clock.now();
    let campaign = &picked.campaign;
    let coupon = match picked.coupon {
        Source::Wallet(id) => {
            let step = (CouponState::Available, CouponState::Held);
            if store::coupon::step(tx.conn(), id, step, now).await? == 0 {
                return Err(Error::Overtaken);
            }
            id
        }
        Source::Automatic(ordinal) => {
            let id = CouponId::from_uuid(app.ids.uuid());
            let (device, state) = (order.device.clone(), CouponState::Held);
            let coupon = Coupon { id, campaign: campaign.id, device, ordinal, state };
            if !store::coupon::insert(tx.conn(), &coupon, now).await? {
                return Err(Error::Overtaken);
            }
            if campaign.terms.limits.total.is_some() {
                add(takes, campaign.id.to_string(), (1, campaign.id, Refusal::UsedUp))?;
            }
            id
        }
    };
    if let Some(limit) = campaign.terms.limits.per_facility {
        let places = places_at(campaign.id, order.facility);
        if store::slot::left(tx.conn(), &places).await?.is_none() {
            store::slot::open(tx.conn(), &places, limit).await?;
        }
        add(takes, places, (1, campaign.id, Refusal::ShopLimit))?;
    }
    let hold = Hold {
        id: HoldId::from_uuid(app.ids.uuid()),
        coupon,
        campaign: campaign.id,
        device: order.device.clone(),
        order: order.id,
        facility: order.facility,
        amount: discount.amount,
        returned: Yen::ZERO,
        state: HoldState::Held,
        day: now.business_day(0),
        day_ordinal: picked.day_ordinal,
    };
    if !store::hold::insert(tx.conn(), &hold, now).await? {
        return Err(Error::Overtaken);
    }
    Ok(hold)
}

/// Each funder's part goes from its budget, where it has one, to what is held.
async fn pay_by_funders(
    app: &App,
    tx: &mut Tx<'_>,
    hold: &Hold,
    (picked, facility): (&Picked, &Facility),
    takes: &mut Takes,
) -> Result<(), Error> {
    let campaign = &picked.campaign;
    let budgets = store::campaign::budgets_at(tx.conn(), campaign.id, facility.id, facility.consortium).await?;
    let parts = campaign.terms.shares.split(hold.amount).ok_or_else(|| Error::unexpected("shares that are none"))?;
    for (funder, amount) in parts {
        let budget = budgets.iter().find(|(of, _)| *of == funder).map(|(_, id)| *id);
        if amount == Yen::ZERO {
            continue;
        }
        if let Some(budget) = budget {
            add(takes, budget.to_string(), (amount.get(), campaign.id, Refusal::BudgetUsedUp))?;
        }
        book(app, tx, hold, (Movement::Hold, funder, budget, amount)).await?;
    }
    Ok(())
}

fn add(takes: &mut Takes, owner: String, (amount, campaign, refusal): (i64, CampaignId, Refusal)) -> Result<(), Error> {
    let take = takes.entry(owner).or_insert(Take { amount: 0, campaign, refusal });
    take.amount = take.amount.checked_add(amount).ok_or_else(|| Error::unexpected("coupons beyond all sums"))?;
    Ok(())
}

/// The order is paid: its coupons are used.
pub async fn redeem(app: &App, tx: &mut Tx<'_>, order: &Order) -> Result<(), Error> {
    if order.discount == Yen::ZERO {
        return Ok(());
    }
    let now = app.clock.now();
    for was in store::hold::of_order(tx.conn(), order.id).await? {
        let hold = stepped(tx, app, was, HoldStep::Redeem, None).await?;
        let step = (CouponState::Held, CouponState::Redeemed);
        if store::coupon::step(tx.conn(), hold.coupon, step, now).await? == 0 {
            return Err(Error::Overtaken);
        }
        for part in store::hold::parts(tx.conn(), hold.id).await? {
            book(app, tx, &hold, (Movement::Redeem, part.funder, part.budget, part.amount)).await?;
        }
        tell(app, tx, &hold, "redeemed", hold.amount).await?;
    }
    Ok(())
}

/// Writes the hold's next state; overtaken, the transaction reads and decides again.
pub(super) async fn stepped(
    tx: &mut Tx<'_>,
    app: &App,
    was: Hold,
    step: HoldStep,
    reason: Option<&str>,
) -> Result<Hold, Error> {
    let state = was.state.after(step).ok_or(Error::Overtaken)?;
    let before = (was.state, was.returned);
    let returned = if step == HoldStep::Return { was.amount } else { was.returned };
    let hold = Hold { state, returned, ..was };
    if store::hold::update(tx.conn(), &hold, before, (app.clock.now(), reason)).await? == 0 {
        return Err(Error::Overtaken);
    }
    Ok(hold)
}

/// A movement: what, whose, from which budget, how much.
pub(super) type Booking = (Movement, Funder, Option<BudgetId>, Yen);

pub(super) async fn book(
    app: &App,
    tx: &mut Tx<'_>,
    hold: &Hold,
    (movement, funder, budget, amount): Booking,
) -> Result<(), Error> {
    let id = LedgerEntryId::from_uuid(app.ids.uuid());
    let entry = Entry { id, movement, funder, amount, budget, hold: Some((hold.id, hold.campaign, hold.facility)) };
    Ok(store::hold::book(tx.conn(), &entry, app.clock.now()).await?)
}

pub(super) async fn tell(app: &App, tx: &mut Tx<'_>, hold: &Hold, what: &str, amount: Yen) -> Result<(), Error> {
    let event = Event {
        kind: &format!("coupon.{what}"),
        of: hold.facility.into(),
        subject: hold.coupon.to_string(),
        actor: Actor::System,
        payload: json!({ "campaign": hold.campaign, "order": hold.order, "hold": hold.id, "amount": amount }),
    };
    record(tx, EventId::from_uuid(app.ids.uuid()), app.clock.now(), event).await
}
