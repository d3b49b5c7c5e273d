//! Asking providers what became of attempts, and what happens to orders by themselves when their time is over.
//! Notifications only make the asking sooner.

use super::{flow, payment};
use crate::error::Error;
use crate::events::stream::Wake;
use crate::events::{Actor, Event, record};
use crate::providers::{Attempt, Provider};
use crate::state::App;
use crate::store::notification::Received;
use crate::store::payment::Payment;
use crate::store::{self, Tx};
use okini_shared::id::{EventId, NotificationId, OrderId, PaymentId};
use okini_shared::money::Yen;
use okini_shared::problem::Code;
use okini_shared::rules::order::{OrderState, OrderStep};
use okini_shared::rules::payment::{AccountKey, Finding, PaymentState, ProviderName};
use okini_shared::time::{MINUTE, Millis, SECOND};
use serde_json::json;
use std::sync::Arc;

/// Keeps a notification raw and has its payment asked about soon, if it was made with the account that is told. Never
/// believes what it says.
pub async fn notified(
    app: &Arc<App>,
    (provider, account): (ProviderName, AccountKey),
    payment: Option<PaymentId>,
    body: String,
) -> Result<(), Error> {
    let received = Received {
        id: NotificationId::from_uuid(app.ids.uuid()),
        provider,
        payment,
        body,
        received_at: app.clock.now(),
    };
    let kept = app
        .db
        .write((received, account), |tx, (received, account)| {
            Box::pin(async move {
                store::notification::insert(tx.conn(), received).await?;
                if let Some(payment) = received.payment {
                    store::payment::ask_soon(tx.conn(), *account, payment, received.received_at).await?;
                }
                Ok(())
            })
        })
        .await;
    app.hurry.notify_one();
    kept
}

/// Takes attempts whose time to ask has come, of each account at most so many, for this process alone while its calls may
/// last.
pub async fn due(app: &App, free: Vec<(AccountKey, i64)>) -> Result<Vec<Payment>, Error> {
    let now = app.clock.now();
    app.db
        .write((free, now, lease_end(app, now)), |tx, (free, now, until)| {
            Box::pin(async move {
                let waiting = store::payment::accounts_due(tx.conn(), *now).await?;
                let mut taken = Vec::new();
                for (account, limit) in free.iter().filter(|(account, _)| waiting.contains(account)) {
                    taken.extend(store::payment::lease(tx.conn(), *account, (*now, *until), *limit).await?);
                }
                Ok(taken)
            })
        })
        .await
}

/// Until when a row that is worked on belongs to one process: longer than the calls for it may take together.
pub fn lease_end(app: &App, now: Millis) -> Millis {
    let http = &app.config.http;
    let calls = http.read_timeout_seconds.saturating_mul(2).saturating_add(http.write_timeout_seconds);
    now.plus(i64::try_from(calls).unwrap_or(i64::MAX).saturating_mul(SECOND)).plus(10 * SECOND)
}

/// Asks the provider about one attempt and applies the answer.
pub async fn ask(app: &Arc<App>, payment: Payment) -> Result<(), Error> {
    look(app, payment, false).await
}

/// Withdraws a page that the diner leaves for another provider's, unless it was paid meanwhile.
pub async fn withdraw(app: &Arc<App>, payment: Payment) -> Result<(), Error> {
    look(app, payment, true).await
}

async fn look(app: &Arc<App>, payment: Payment, left: bool) -> Result<(), Error> {
    let Some(provider) = app.providers.get(payment.account) else {
        return Err(Error::unexpected(format!("no account {}", payment.account)));
    };
    let attempt = payment::attempt(&payment);
    let mut finding = provider.query(&attempt).await;
    let withdraws = match finding {
        Finding::Pending => left || unwanted(app, &payment).await?,
        // Withdrawn before, perhaps, and the answer was lost: then the provider says so once more.
        Finding::NotFound => left && payment.provider_ref.is_some(),
        _ => false,
    };
    if withdraws && provider.cancel(&attempt).await.is_ok() {
        finding = Finding::Cancelled;
    }
    payment::apply(app, payment.id, finding).await
}

/// Tries a provider that is down, by asking about a payment that there never was.
pub async fn probe(app: &App, provider: &dyn Provider) {
    let nobodys = Attempt {
        id: PaymentId::from_uuid(app.ids.uuid()),
        merchant: None,
        amount: Yen::new(1),
        description: String::new(),
        return_url: String::new(),
        created_at: app.clock.now(),
        provider_ref: None,
    };
    // Its health hears of the answer.
    let _ = provider.query(&nobodys).await;
}

/// A page that nobody should pay on: its order has ended, or its address was lost with the provider's answer.
async fn unwanted(app: &App, payment: &Payment) -> Result<bool, Error> {
    let order = store::order::by_id(&mut *app.db.read().await?, payment.order).await?.ok_or(Code::NotFound)?;
    let lost = payment.url.is_none() && matches!(payment.state, PaymentState::Created | PaymentState::Unknown);
    Ok(order.state.is_final() || lost)
}

/// Orders whose time is over: unanswered ones are refused and close the shop, unpaid ones expire. Returns how many.
pub async fn end_overdue_orders(app: &Arc<App>, limit: i64) -> Result<usize, Error> {
    let due = store::order::due(&mut *app.db.read().await?, app.clock.now(), limit).await?;
    for id in &due {
        let ended = app.db.write((Arc::clone(app), *id), |tx, (app, id)| Box::pin(end(tx, app, *id))).await;
        // One that cannot be ended must not keep those behind it waiting.
        if let Err(error) = ended.or_else(|error| (error.code() == Some(Code::OrderMovedOn)).then_some(()).ok_or(error))
        {
            tracing::error!(order = %id, %error, "an overdue order could not be ended");
        }
    }
    Ok(due.len())
}

async fn end(tx: &mut Tx<'_>, app: &App, id: OrderId) -> Result<(), Error> {
    let now = app.clock.now();
    let order = store::order::by_id(tx.conn(), id).await?;
    let Some(mut order) = order.filter(|order| order.due_at.is_some_and(|due| due <= now)) else { return Ok(()) };
    match order.state {
        OrderState::Submitted => {
            flow::step(app, tx, &mut order, OrderStep::AutoRefuse, Actor::System).await?;
            close_shop(tx, app, order.facility).await
        }
        OrderState::AwaitingPayment => {
            let payments = store::payment::of_order(tx.conn(), id).await?;
            if payments.iter().any(|payment| payment.state.is_live()) {
                // Somebody may be paying at this moment: wait until the attempt ends.
                order.due_at = Some(now.plus(MINUTE));
                return match store::order::update(tx.conn(), &order).await? {
                    0 => Err(Error::Overtaken),
                    _ => Ok(()),
                };
            }
            flow::step(app, tx, &mut order, OrderStep::Expire, Actor::System).await
        }
        _ => Ok(()),
    }
}

/// A shop that does not answer takes no more orders until somebody there opens it again.
async fn close_shop(tx: &mut Tx<'_>, app: &App, facility: okini_shared::id::FacilityId) -> Result<(), Error> {
    store::register::set_taking_orders(tx.conn(), facility, false, true).await?;
    flow::menu_changed(tx, facility).await?;
    let event = Event {
        kind: "facility.closed_by_silence",
        of: facility.into(),
        subject: facility.to_string(),
        actor: Actor::System,
        payload: json!({}),
    };
    record(tx, EventId::from_uuid(app.ids.uuid()), app.clock.now(), event).await?;
    tx.wake(Wake::Shop { facility });
    Ok(())
}
