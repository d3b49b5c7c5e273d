//! Money back to the diner: requested in the transaction that makes it due, sent by the timer, until the provider
//! says that it is done.

use super::reconcile;
use crate::error::Error;
use crate::events::stream::Wake;
use crate::events::{Actor, Event, record};
use crate::providers::{Provider, RefundFinding, RefundRequest};
use crate::state::App;
use crate::store::order::Order;
use crate::store::payment::Payment;
use crate::store::refund::Refund;
use crate::store::{self, Tx};
use okini_shared::api::redress::RefundWay;
use okini_shared::id::{EventId, PaymentId, RefundId};
use okini_shared::money::Yen;
use okini_shared::problem::{Code, Problem};
use okini_shared::rules::payment::{AccountKey, PaymentState, PaymentStep};
use okini_shared::rules::refund::{RefundState, RefundStep};
use okini_shared::time::{HOUR, SECOND};
use serde_json::json;
use std::sync::Arc;

/// What is to go back of a payment, why, and who wants it.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'w> {
    pub amount: Yen,
    /// The order's end, `surplus`, `stranded` or `staff`.
    pub reason: &'w str,
    /// What staff wrote.
    pub note: Option<&'w str>,
    pub actor: Actor,
}

/// Gives back what is left of what paid an order's bill, if anything did.
pub async fn paid_bill(app: &App, tx: &mut Tx<'_>, order: &Order) -> Result<(), Error> {
    let Some(bill) = store::bill::of_order(tx.conn(), order.id).await? else { return Ok(()) };
    let Some(id) = bill.paid_by else { return Ok(()) };
    all(app, tx, id, order.state.name()).await
}

/// Requests all that is left of an attempt's money back, if anything is.
pub async fn all(app: &App, tx: &mut Tx<'_>, id: PaymentId, reason: &str) -> Result<(), Error> {
    let payment = store::payment::hold(tx.conn(), id).await?.ok_or(Code::NotFound)?;
    let amount = payment.left();
    if amount <= Yen::ZERO || payment.state.after(PaymentStep::Refund).is_none() {
        return Ok(());
    }
    request(app, tx, payment, Wanted { amount, reason, note: None, actor: Actor::System }).await.map(drop)
}

/// Other money than was asked for goes back by itself when its bill is closed: there is nothing left to decide. Without
/// knowing how many yen came in, only staff can tell.
pub async fn stranded(app: &App, tx: &mut Tx<'_>, order: &Order) -> Result<(), Error> {
    let open = store::bill::hold(tx.conn(), order.id).await?.is_some_and(|bill| bill.open);
    if open {
        return Ok(());
    }
    let reason = if order.state.gives_money_back() { order.state.name() } else { "surplus" };
    for payment in store::payment::of_order(tx.conn(), order.id).await? {
        if payment.state == PaymentState::Stranded {
            all(app, tx, payment.id, reason).await?;
        }
    }
    Ok(())
}

/// Requests money of an attempt back that is held by this transaction: sets it aside first, so that all refunds together
/// are never more than what came in.
pub async fn request(app: &App, tx: &mut Tx<'_>, payment: Payment, wanted: Wanted<'_>) -> Result<Refund, Error> {
    let was = (payment.state, payment.given_back);
    let next = payment.state.after(PaymentStep::Refund).ok_or(Error::Overtaken)?;
    let given_back = payment.given_back.checked_add(wanted.amount).ok_or(Code::InvalidValue)?;
    let now = app.clock.now();
    let refund = Refund {
        id: RefundId::from_uuid(app.ids.uuid()),
        payment: payment.id,
        order: payment.order,
        facility: payment.facility,
        amount: wanted.amount,
        reason: wanted.reason.to_owned(),
        note: wanted.note.map(str::to_owned),
        state: RefundState::Requested,
        created_at: now,
        done_at: None,
        ask_at: Some(now),
        asked: 0,
        remark: None,
    };
    let state = if wanted.amount == payment.left() { next } else { payment.state };
    let changed = Payment { state, given_back, settled_at: payment.settled_at.or(Some(now)), ..payment };
    if store::payment::set_aside(tx.conn(), &changed, was).await? == 0 {
        return Err(Error::Overtaken);
    }
    store::refund::insert(tx.conn(), &refund).await?;
    tell(app, tx, &refund, "requested", wanted.actor).await?;
    Ok(refund)
}

/// Takes refunds whose time has come, of each account at most so many, for this process alone while its calls may last.
pub async fn due(app: &App, free: Vec<(AccountKey, i64)>) -> Result<Vec<(AccountKey, Refund)>, Error> {
    let now = app.clock.now();
    app.db
        .write((free, now, reconcile::lease_end(app, now)), |tx, (free, now, until)| {
            Box::pin(async move {
                let waiting = store::refund::accounts_due(tx.conn(), *now).await?;
                let mut taken = Vec::new();
                for (account, limit) in free.iter().filter(|(account, _)| waiting.contains(account)) {
                    let refunds = store::refund::lease(tx.conn(), *account, (*now, *until), *limit).await?;
                    taken.extend(refunds.into_iter().map(|refund| (*account, refund)));
                }
                Ok(taken)
            })
        })
        .await
}

/// Sends a refund, or asks how far it got, and stores the answer.
pub async fn send(app: &Arc<App>, refund: Refund) -> Result<(), Error> {
    let (provider, request) = addressed(app, &refund).await?;
    let finding = match refund.state {
        RefundState::Requested => {
            // Stored before the call: whoever finds it after a crash asks before sending again.
            if !mark_sent(app, &refund).await? {
                return Ok(());
            }
            provider.refund(&request).await
        }
        _ => match provider.query_refund(&request).await {
            RefundFinding::NotFound => provider.refund(&request).await,
            finding => finding,
        },
    };
    told(app, &refund, finding).await
}

/// Asks about a refund that the provider refused, before another one is sent in its place: the refusal may have been of a
/// copy of a request that did its work. True when the money is on its way after all, which is stored.
pub async fn was_given_back(app: &Arc<App>, refund: &Refund) -> Result<bool, Error> {
    let (provider, request) = addressed(app, refund).await?;
    match provider.query_refund(&request).await {
        RefundFinding::Refused(_) | RefundFinding::NotFound => Ok(false),
        RefundFinding::Done => told(app, refund, RefundFinding::Done).await.map(|()| true),
        RefundFinding::Pending | RefundFinding::Unclear(_) => {
            Err(Problem { provider: Some(provider.name()), ..Problem::new(Code::ProviderUnavailable) }.into())
        }
    }
}

/// A refund as its provider needs to know it.
async fn addressed(app: &App, refund: &Refund) -> Result<(Arc<dyn Provider>, RefundRequest), Error> {
    let payment = store::payment::by_id(&mut *app.db.read().await?, refund.payment).await?.ok_or(Code::NotFound)?;
    let provider = app.providers.get(payment.account).ok_or(Code::ProviderNotOffered)?;
    let request = RefundRequest {
        id: refund.id,
        merchant: payment.merchant,
        payment: payment.id,
        provider_payment_id: payment.provider_payment_id.unwrap_or_default(),
        provider_ref: payment.provider_ref,
        amount: refund.amount,
        requested_at: refund.created_at,
    };
    Ok((provider, request))
}

/// Stores what the provider said.
async fn told(app: &Arc<App>, refund: &Refund, finding: RefundFinding) -> Result<(), Error> {
    app.db
        .write((Arc::clone(app), refund.id, refund.payment, finding), |tx, (app, id, payment, finding)| {
            Box::pin(apply(tx, app, *id, *payment, finding))
        })
        .await
}

/// False when somebody else has sent it.
async fn mark_sent(app: &Arc<App>, refund: &Refund) -> Result<bool, Error> {
    // Nobody else looks at it while this call is on its way.
    let ask_at = Some(reconcile::lease_end(app, app.clock.now()));
    let sent = Refund { state: RefundState::Sent, ask_at, ..refund.clone() };
    app.db
        .write(sent, |tx, sent| {
            Box::pin(async move { Ok(store::refund::update(tx.conn(), sent, RefundState::Requested).await? == 1) })
        })
        .await
}

async fn apply(
    tx: &mut Tx<'_>,
    app: &App,
    id: RefundId,
    payment: PaymentId,
    finding: &RefundFinding,
) -> Result<(), Error> {
    let payment = store::payment::hold(tx.conn(), payment).await?.ok_or(Code::NotFound)?;
    let mut refund = store::refund::by_id(tx.conn(), id).await?.ok_or(Code::NotFound)?;
    let was = refund.state;
    let now = app.clock.now();
    let step = match finding {
        RefundFinding::Done => Some(RefundStep::Finish),
        RefundFinding::Refused(_) => Some(RefundStep::Refuse),
        RefundFinding::Pending | RefundFinding::NotFound | RefundFinding::Unclear(_) => None,
    };
    let next = step.and_then(|step| was.after(step));
    if next.is_none() && !was.is_under_way() {
        if step == Some(RefundStep::Finish) && was != RefundState::Done {
            tracing::error!(refund = %refund.id, "a provider gave money back after all: compare with what staff did");
        }
        return Ok(());
    }
    refund.state = next.unwrap_or(was);
    if let RefundFinding::Refused(what) | RefundFinding::Unclear(what) = finding {
        refund.remark = Some(what.clone());
    }
    refund.asked += 1;
    refund.ask_at = refund.state.is_under_way().then(|| now.plus(gap(refund.asked)));
    refund.done_at = refund.state.is_back().then_some(now);
    if store::refund::update(tx.conn(), &refund, was).await? == 0 {
        return Err(Error::Overtaken);
    }
    if refund.state == was {
        return Ok(());
    }
    if refund.state == RefundState::Refused {
        tracing::error!(refund = %refund.id, remark = refund.remark, "a provider refuses to give money back: staff must");
    }
    returned(tx, payment).await?;
    tell(app, tx, &refund, refund.state.name(), Actor::System).await
}

/// A held attempt whose money is all on its way back is refunded when the last part of it is back.
async fn returned(tx: &mut Tx<'_>, payment: Payment) -> Result<(), Error> {
    let was = payment.state;
    let Some(state) = was.after(PaymentStep::Return) else { return Ok(()) };
    if store::refund::outstanding(tx.conn(), payment.id).await? > 0 {
        return Ok(());
    }
    match store::payment::update(tx.conn(), &Payment { state, ..payment }, was).await? {
        0 => Err(Error::Overtaken),
        _ => Ok(()),
    }
}

/// What staff decided about a refund that the provider refused.
#[derive(Debug, Clone, Copy)]
pub struct Decision<'d> {
    pub way: RefundWay,
    pub note: &'d str,
    pub actor: Actor,
}

/// Ends a refused refund as staff decided. Gives the refund that stands for the money now.
pub async fn decide(app: &App, tx: &mut Tx<'_>, refund: Refund, decision: Decision<'_>) -> Result<Refund, Error> {
    let payment = store::payment::hold(tx.conn(), refund.payment).await?.ok_or(Code::NotFound)?;
    let was = refund.state;
    let now = app.clock.now();
    let step = match decision.way {
        RefundWay::Retry => RefundStep::Replace,
        RefundWay::ByHand => RefundStep::HandOver,
    };
    let state = was.after(step).ok_or(Error::Overtaken)?;
    let note = Some(decision.note.to_owned());
    let ended = Refund { state, note: note.clone(), done_at: state.is_back().then_some(now), ..refund };
    if store::refund::update(tx.conn(), &ended, was).await? == 0 {
        return Err(Error::Overtaken);
    }
    tell(app, tx, &ended, ended.state.name(), decision.actor).await?;
    if state.is_back() {
        returned(tx, payment).await?;
        return Ok(ended);
    }
    // The money that was set aside for the refused one is this one's now. It goes by another id: some providers repeat
    // what they said to the old one.
    let id = RefundId::from_uuid(app.ids.uuid());
    let (created_at, ask_at) = (now, Some(now));
    let again = Refund { id, state: RefundState::Requested, note, created_at, ask_at, asked: 0, remark: None, ..ended };
    store::refund::insert(tx.conn(), &again).await?;
    tell(app, tx, &again, "requested", decision.actor).await?;
    Ok(again)
}

/// Milliseconds until the provider is asked again: 2 s at first, doubling up to an hour.
fn gap(asked: i64) -> i64 {
    let doublings = u32::try_from(asked.clamp(0, 20)).unwrap_or(20);
    (SECOND << doublings).min(HOUR)
}

async fn tell(app: &App, tx: &mut Tx<'_>, refund: &Refund, what: &str, actor: Actor) -> Result<(), Error> {
    let event = Event {
        kind: &format!("refund.{what}"),
        of: refund.facility.into(),
        subject: refund.id.to_string(),
        actor,
        payload: json!({
            "payment": refund.payment, "amount": refund.amount, "reason": refund.reason, "note": refund.note,
            "remark": refund.remark,
        }),
    };
    record(tx, EventId::from_uuid(app.ids.uuid()), app.clock.now(), event).await?;
    tx.wake(Wake::Order { facility: refund.facility, order: refund.order });
    Ok(())
}
