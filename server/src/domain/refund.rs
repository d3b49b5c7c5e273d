//! Money back to the diner: requested in the transaction that makes it due, sent by the timer, until the provider
//! says that it is done.

use super::reconcile;
use crate::error::Error;
use crate::events::stream::Wake;
use crate::events::{Actor, Event, record};
use crate::providers::{RefundFinding, RefundRequest};
use crate::state::App;
use crate::store::order::Order;
use crate::store::payment::Payment;
use crate::store::refund::{Refund, RefundState};
use crate::store::{self, Tx};
use okini_shared::id::{EventId, RefundId};
use okini_shared::problem::Code;
use okini_shared::rules::payment::{PaymentState, PaymentStep, ProviderName};
use okini_shared::time::{HOUR, SECOND};
use serde_json::json;
use std::sync::Arc;

/// Gives back what paid an order's bill, if anything did.
pub async fn paid_bill(app: &App, tx: &mut Tx<'_>, order: &Order) -> Result<(), Error> {
    let Some(bill) = store::order::bill(tx.conn(), order.id).await? else { return Ok(()) };
    let Some(id) = bill.paid_by else { return Ok(()) };
    let payment = store::payment::by_id(tx.conn(), id).await?.ok_or(Code::NotFound)?;
    request(app, tx, &payment, order.state.name()).await
}

/// Requests the whole of a succeeded attempt back, once.
pub async fn request(app: &App, tx: &mut Tx<'_>, payment: &Payment, reason: &str) -> Result<(), Error> {
    let Some(refunding) = payment.state.after(PaymentStep::Refund) else { return Ok(()) };
    let now = app.clock.now();
    let refund = Refund {
        id: RefundId::from_uuid(app.ids.uuid()),
        payment: payment.id,
        order: payment.order,
        facility: payment.facility,
        amount: payment.amount,
        reason: reason.to_owned(),
        state: RefundState::Requested,
        created_at: now,
        done_at: None,
        ask_at: Some(now),
        asked: 0,
        remark: None,
    };
    let changed = Payment { state: refunding, ask_at: None, ..payment.clone() };
    // The refund must not get lost because something else changed the attempt meanwhile: read again and decide again.
    if store::payment::update(tx.conn(), &changed, payment.state).await? == 0
        || !store::refund::insert(tx.conn(), &refund).await?
    {
        return Err(Error::Overtaken);
    }
    tell(app, tx, &refund, "requested").await
}

/// Takes refunds at a provider whose time has come, for this process alone while its calls may last.
pub async fn due(app: &App, provider: ProviderName, limit: i64) -> Result<Vec<Refund>, Error> {
    let now = app.clock.now();
    app.db
        .write((provider, now, reconcile::lease_end(app, now), limit), |tx, (provider, now, until, limit)| {
            Box::pin(async move { Ok(store::refund::lease(tx.conn(), *provider, (*now, *until), *limit).await?) })
        })
        .await
}

/// Sends a refund, or asks how far it got, and stores the answer.
pub async fn send(app: &Arc<App>, refund: Refund) -> Result<(), Error> {
    let payment = store::payment::by_id(&mut *app.db.read().await?, refund.payment).await?.ok_or(Code::NotFound)?;
    let provider = app.providers.get(payment.provider).ok_or(Code::ProviderNotOffered)?;
    let request = RefundRequest {
        id: refund.id,
        merchant: payment.merchant.clone(),
        payment: payment.id,
        provider_payment_id: payment.provider_payment_id.clone().unwrap_or_default(),
        provider_ref: payment.provider_ref.clone(),
        amount: refund.amount,
        requested_at: refund.created_at,
    };
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
    let argument = (Arc::clone(app), refund.id, refund.order, finding);
    app.db
        .write(argument, |tx, (app, id, order, finding)| {
            Box::pin(async move {
                let refunds = store::refund::of_order(tx.conn(), *order).await?;
                let refund = refunds.into_iter().find(|refund| refund.id == *id).ok_or(Code::NotFound)?;
                apply(tx, app, refund, finding).await
            })
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

async fn apply(tx: &mut Tx<'_>, app: &App, mut refund: Refund, finding: &RefundFinding) -> Result<(), Error> {
    let was = refund.state;
    let now = app.clock.now();
    refund.asked += 1;
    match finding {
        RefundFinding::Done => {
            refund.state = RefundState::Done;
            refund.done_at = Some(now);
            refund.ask_at = None;
        }
        RefundFinding::Refused(code) => {
            refund.state = RefundState::Refused;
            refund.remark = Some(code.clone());
            refund.ask_at = None;
        }
        RefundFinding::Pending | RefundFinding::NotFound => refund.ask_at = Some(now.plus(gap(refund.asked))),
        RefundFinding::Unclear(what) => {
            refund.remark = Some(what.clone());
            refund.ask_at = Some(now.plus(gap(refund.asked)));
        }
    }
    if store::refund::update(tx.conn(), &refund, was).await? == 0 {
        return Err(Error::Overtaken);
    }
    if refund.state == was {
        return Ok(());
    }
    if refund.state == RefundState::Refused {
        tracing::error!(refund = %refund.id, remark = refund.remark, "a provider refuses to give money back: staff must");
    }
    if refund.state == RefundState::Done {
        let mut payment = store::payment::by_id(tx.conn(), refund.payment).await?.ok_or(Code::NotFound)?;
        if let Some(returned) = payment.state.after(PaymentStep::Return) {
            payment.state = returned;
            if store::payment::update(tx.conn(), &payment, PaymentState::Refunding).await? == 0 {
                return Err(Error::Overtaken);
            }
        }
    }
    tell(app, tx, &refund, refund.state.name()).await
}

/// Milliseconds until the provider is asked again: 2 s at first, doubling up to an hour.
fn gap(asked: i64) -> i64 {
    let doublings = u32::try_from(asked.clamp(0, 20)).unwrap_or(20);
    (SECOND << doublings).min(HOUR)
}

async fn tell(app: &App, tx: &mut Tx<'_>, refund: &Refund, what: &str) -> Result<(), Error> {
    let event = Event {
        kind: &format!("refund.{what}"),
        facility: refund.facility,
        subject: refund.id.to_string(),
        actor: Actor::System,
        payload: json!({
            "payment": refund.payment, "amount": refund.amount, "reason": refund.reason, "remark": refund.remark,
        }),
    };
    record(tx, EventId::from_uuid(app.ids.uuid()), app.clock.now(), event).await?;
    tx.wake(Wake::Order { facility: refund.facility, order: refund.order });
    Ok(())
}
