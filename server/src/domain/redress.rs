//! What the staff of a shop do about money: give it back, decide about stranded payments and refused refunds, and see which
//! wait for them. Every operation starts from the facility. Refunds that follow from an order's end are in `flow`.

use super::idempotency::Key;
use super::refund::{self, Decision, Wanted};
use super::retention::PAYMENT_ANSWERS;
use super::{coupon, order, view};
use crate::error::Error;
use crate::events::stream::Wake;
use crate::events::{Actor, Event, record};
use crate::state::App;
use crate::store::concern::Troubled;
use crate::store::payment::Payment;
use crate::store::refund::Refund;
use crate::store::tenant::Tenant;
use crate::store::{self, Tx};
use okini_shared::api::redress::{
    Concern, ConcernKind, Concerns, DecidedPayment, NewRefund, PaymentDecision, PaymentWay, RefundDecision, RefundWay,
    ShopRefund, ShopRefunds,
};
use okini_shared::id::{AccountId, EventId, FacilityId, OrderId, PaymentId, RefundId};
use okini_shared::money::Yen;
use okini_shared::problem::{Code, Problem};
use okini_shared::rules::cart::MAX_NOTE;
use okini_shared::rules::payment::{PaymentState, PaymentStep};
use okini_shared::rules::refund::{RefundState, RefundStep};
use serde_json::json;
use std::sync::Arc;

/// Who decides, for which facility, under which key.
#[derive(Debug, Clone)]
pub struct Decider {
    pub facility: FacilityId,
    pub account: AccountId,
    pub key: Key,
}

/// A reason in somebody's own words, as it is kept.
fn reason(words: &str) -> Result<String, Error> {
    let words = order::clean(words);
    match words.chars().count() {
        0 => Err(Problem::new(Code::InvalidValue).detail("say why in your own words").at("/reason").into()),
        1..=MAX_NOTE => Ok(words),
        _ => Err(Problem::new(Code::InvalidValue).detail("the reason has at most 200 characters").at("/reason").into()),
    }
}

fn moved_on(what: impl Into<String>) -> Error {
    Problem::new(Code::OrderMovedOn).detail(what).into()
}

/// Gives back a part or all of what was paid for an order.
pub async fn give_back(app: &Arc<App>, decider: Decider, order: OrderId, new: NewRefund) -> Result<ShopRefund, Error> {
    let new = NewRefund { reason: reason(&new.reason)?, ..new };
    let argument = (Arc::clone(app), decider, order, new);
    let refund =
        app.db.write(argument, |tx, (app, decider, order, new)| Box::pin(give_back_in(tx, app, decider, *order, new)));
    Ok(view::shop_refund(&refund.await?))
}

async fn give_back_in(
    tx: &mut Tx<'_>,
    app: &App,
    decider: &Decider,
    order: OrderId,
    new: &NewRefund,
) -> Result<Refund, Error> {
    if let Some(id) = decider.key.take::<RefundId>(tx, app.clock.now(), PAYMENT_ANSWERS).await? {
        return Ok(store::refund::by_id(tx.conn(), id).await?.ok_or(Code::NotFound)?);
    }
    let order = store::order::of_facility(tx.conn(), decider.facility, order).await?.ok_or(Code::NotFound)?;
    let bill = store::bill::of_order(tx.conn(), order.id).await?.ok_or(Code::NotFound)?;
    let paid_by = bill.paid_by.ok_or_else(|| moved_on("nothing was paid for this order"))?;
    let payment = store::payment::hold(tx.conn(), paid_by).await?.ok_or(Code::NotFound)?;
    let amount = sum(app, &payment, new.amount)?;
    let actor = Actor::Staff(decider.account);
    let wanted = Wanted { amount, reason: "staff", note: Some(&new.reason), actor };
    let received = payment.received_yen().unwrap_or(payment.amount);
    let given_back = payment.given_back.checked_add(amount).unwrap_or(received);
    let refund = refund::request(app, tx, payment, wanted).await?;
    coupon::back::give_part_back(app, tx, &order, (given_back, received)).await?;
    decider.key.save(tx, &refund.id).await?;
    Ok(refund)
}

/// How much goes back: what is wanted, where so much is left and the provider can give back parts.
fn sum(app: &App, payment: &Payment, wanted: Option<Yen>) -> Result<Yen, Error> {
    let left = payment.left();
    if left <= Yen::ZERO || payment.state.after(PaymentStep::Refund).is_none() {
        return Err(moved_on("all of it was given back or is on its way"));
    }
    let amount = wanted.unwrap_or(left);
    let invalid = |detail: String| Err(Problem::new(Code::InvalidValue).detail(detail).at("/amount").into());
    if amount <= Yen::ZERO || amount > left {
        return invalid(format!("at least 1 and at most {} yen can go back", left.get()));
    }
    let parts = app.providers.get(payment.account).is_some_and(|of| of.capabilities().partial_refunds);
    if !parts && Some(amount) != payment.received_yen() {
        return invalid("this provider gives back only all of a payment".into());
    }
    Ok(amount)
}

/// The refunds of one of a facility's orders.
pub async fn refunds(app: &App, facility: FacilityId, order: OrderId) -> Result<ShopRefunds, Error> {
    let mut conn = app.db.read().await?;
    let order = store::order::of_facility(&mut conn, facility, order).await?.ok_or(Code::NotFound)?;
    let refunds = store::refund::of_order(&mut conn, order.id).await?;
    Ok(ShopRefunds { refunds: refunds.iter().map(view::shop_refund).collect() })
}

/// Decides about a stranded payment.
pub async fn resolve_payment(
    app: &Arc<App>,
    decider: Decider,
    payment: PaymentId,
    decision: PaymentDecision,
) -> Result<DecidedPayment, Error> {
    let decision = PaymentDecision { reason: reason(&decision.reason)?, ..decision };
    let argument = (Arc::clone(app), decider, payment, decision);
    let payment = app.db.write(argument, |tx, (app, decider, payment, decision)| {
        Box::pin(resolve_payment_in(tx, app, decider, *payment, decision))
    });
    let payment = payment.await?;
    Ok(DecidedPayment { facility: payment.facility, payment: payment.id, state: payment.state })
}

async fn resolve_payment_in(
    tx: &mut Tx<'_>,
    app: &App,
    decider: &Decider,
    id: PaymentId,
    decision: &PaymentDecision,
) -> Result<Payment, Error> {
    if decider.key.take::<PaymentId>(tx, app.clock.now(), PAYMENT_ANSWERS).await?.is_none() {
        let found = store::payment::hold(tx.conn(), id).await?;
        let payment = found.filter(|payment| payment.facility == decider.facility).ok_or(Code::NotFound)?;
        if payment.state != PaymentState::Stranded {
            return Err(moved_on(format!("the payment is {} by now", payment.state.name())));
        }
        let actor = Actor::Staff(decider.account);
        match decision.way {
            PaymentWay::Close => close(app, tx, payment, &decision.reason, actor).await?,
            PaymentWay::Refund => {
                let amount = payment.left();
                if amount <= Yen::ZERO {
                    let detail = "no yen came in that could go back: settle it with the provider, then close it";
                    return Err(Problem::new(Code::InvalidValue).detail(detail).at("/way").into());
                }
                let wanted = Wanted { amount, reason: "stranded", note: Some(&decision.reason), actor };
                refund::request(app, tx, payment, wanted).await?;
            }
        }
        decider.key.save(tx, &id).await?;
    }
    Ok(store::payment::by_id(tx.conn(), id).await?.ok_or(Code::NotFound)?)
}

async fn close(app: &App, tx: &mut Tx<'_>, payment: Payment, reason: &str, actor: Actor) -> Result<(), Error> {
    let was = payment.state;
    let state = was.after(PaymentStep::Close).ok_or(Error::Overtaken)?;
    let closed = Payment { state, ask_at: None, ..payment };
    if store::payment::update(tx.conn(), &closed, was).await? == 0 {
        return Err(Error::Overtaken);
    }
    let event = Event {
        kind: &format!("payment.{}", state.name()),
        of: closed.facility.into(),
        subject: closed.id.to_string(),
        actor,
        payload: json!({ "order": closed.order, "amount": closed.amount, "note": reason, "remark": closed.remark }),
    };
    record(tx, EventId::from_uuid(app.ids.uuid()), app.clock.now(), event).await?;
    tx.wake(Wake::Order { facility: closed.facility, order: closed.order });
    Ok(())
}

/// Decides about a refused refund.
pub async fn resolve_refund(
    app: &Arc<App>,
    decider: Decider,
    id: RefundId,
    decision: RefundDecision,
) -> Result<ShopRefund, Error> {
    let decision = RefundDecision { reason: reason(&decision.reason)?, ..decision };
    let mut conn = app.db.read().await?;
    let refund = store::refund::of_facility(&mut conn, decider.facility, id).await?.ok_or(Code::NotFound)?;
    let answered = decider.key.answer::<RefundId>(&mut conn, app.clock.now()).await?.is_some();
    drop(conn);
    let again = decision.way == RefundWay::Retry && refund.state == RefundState::Refused && !answered;
    if again && refund::was_given_back(app, &refund).await? {
        let refund = store::refund::by_id(&mut *app.db.read().await?, id).await?.ok_or(Code::NotFound)?;
        return Ok(view::shop_refund(&refund));
    }
    let argument = (Arc::clone(app), decider, id, decision);
    let refund = app.db.write(argument, |tx, (app, decider, id, decision)| {
        Box::pin(resolve_refund_in(tx, app, decider, *id, decision))
    });
    Ok(view::shop_refund(&refund.await?))
}

async fn resolve_refund_in(
    tx: &mut Tx<'_>,
    app: &App,
    decider: &Decider,
    id: RefundId,
    decision: &RefundDecision,
) -> Result<Refund, Error> {
    if let Some(id) = decider.key.take::<RefundId>(tx, app.clock.now(), PAYMENT_ANSWERS).await? {
        return Ok(store::refund::by_id(tx.conn(), id).await?.ok_or(Code::NotFound)?);
    }
    let refund = store::refund::of_facility(tx.conn(), decider.facility, id).await?.ok_or(Code::NotFound)?;
    if refund.state.after(RefundStep::Replace).is_none() {
        return Err(moved_on(format!("the refund is {} by now", refund.state.name())));
    }
    let (note, actor) = (decision.reason.as_str(), Actor::Staff(decider.account));
    let refund = refund::decide(app, tx, refund, Decision { way: decision.way, note, actor }).await?;
    decider.key.save(tx, &refund.id).await?;
    Ok(refund)
}

/// What somebody has to look at.
pub async fn concerns(app: &App, of: Tenant) -> Result<Concerns, Error> {
    let mut conn = app.db.read().await?;
    let mut concerns = Vec::new();
    for (kind, state) in
        [(ConcernKind::Stranded, PaymentState::Stranded), (ConcernKind::Unknown, PaymentState::Unknown)]
    {
        let found = store::concern::payments(&mut conn, of, state).await?;
        concerns.extend(found.into_iter().map(|troubled| concern(kind, troubled)));
    }
    for (refund, troubled) in store::concern::refused(&mut conn, of).await? {
        concerns.push(Concern {
            refund: Some(refund.id),
            amount: refund.amount,
            remark: refund.remark,
            since: refund.created_at,
            ..concern(ConcernKind::RefundRefused, troubled)
        });
    }
    concerns.sort_by_key(|concern| concern.since);
    Ok(Concerns { concerns })
}

fn concern(kind: ConcernKind, Troubled { payment, number, facility_name }: Troubled) -> Concern {
    Concern {
        kind,
        facility: payment.facility,
        facility_name: facility_name.shop().clone(),
        order: payment.order,
        number: number.map(view::called),
        payment: payment.id,
        refund: None,
        provider: payment.provider,
        amount: payment.amount,
        received: payment.received,
        currency: payment.currency,
        remark: payment.remark,
        since: payment.created_at,
    }
}
