//! Paying a bill: attempts, and what a provider's word does to them. The provider is called outside any transaction,
//! from a stored intent; what it says is applied in one.

use super::flow;
use super::idempotency::Key;
use super::reconcile;
use super::refund;
use super::retention::PAYMENT_ANSWERS;
use super::view;
use crate::error::Error;
use crate::events::stream::Wake;
use crate::events::{Actor, Event, record};
use crate::providers::{Attempt, Page, ProviderError};
use crate::state::App;
use crate::store::payment::Payment;
use crate::store::register::Account;
use crate::store::{self, Tx};
use okini_shared::api::order::{self as api, NewPayment};
use okini_shared::id::{EventId, PaymentId};
use okini_shared::money::Yen;
use okini_shared::problem::{Code, Problem};
use okini_shared::rules::order::{OrderState, OrderStep};
use okini_shared::rules::payment::{Finding, PaymentState, PaymentStep, ProviderName, step_for};
use okini_shared::text::Text;
use okini_shared::time::{HOUR, Millis, SECOND};
use serde_json::json;
use std::sync::Arc;

/// After a page expired its attempt is still the provider's last word for a moment: clocks differ.
const EXPIRY_MARGIN: i64 = 60 * SECOND;

/// Starts paying an order at a provider, or gives back the attempt that the diner can still pay on.
pub async fn start(app: &Arc<App>, token: &str, key: Key, new: NewPayment) -> Result<api::Payment, Error> {
    leave_other(app, token, &key, new).await?;
    let argument = (Arc::clone(app), token.to_owned(), key, new);
    let intent = app.db.write(argument, |tx, (app, token, key, new)| Box::pin(intend(tx, app, token, key, *new)));
    let payment = match intent.await? {
        Intent::New(payment, shop) => {
            let description = shop.shop().chars().take(200).collect();
            let return_url = app.url(&format!("/o/{token}"));
            open_page(app, Attempt { description, return_url, ..attempt(&payment) }, payment).await?
        }
        Intent::Live(payment) => payment,
        Intent::Answered(payment) if payment.url.is_none() && payment.state != PaymentState::Succeeded => {
            return Err(no_page(payment.provider));
        }
        Intent::Answered(payment) => payment,
    };
    // The order may have ended since: by then nobody is to be sent to its page.
    let order = store::order::by_token(&mut *app.db.read().await?, token).await?.ok_or(Code::NotFound)?;
    Ok(view::diner_payment(&payment, order.state, app.clock.now()))
}

/// A diner who pays elsewhere leaves the page that he could still pay on: it is withdrawn first, so that there are never two.
async fn leave_other(app: &Arc<App>, token: &str, key: &Key, new: NewPayment) -> Result<(), Error> {
    let mut conn = app.db.read().await?;
    let order = store::order::by_token(&mut conn, token).await?.ok_or(Code::NotFound)?;
    let payments = store::payment::of_order(&mut conn, order.id).await?;
    let live = payments.into_iter().find(|payment| payment.state.is_live() && payment.provider != new.provider);
    let Some(live) = live else { return Ok(()) };
    let accounts = store::register::accounts(&mut conn, order.facility).await?;
    // An earlier request comes again, or the first one with this key is being answered.
    let answered = key.answer::<PaymentId>(&mut conn, app.clock.now()).await?.is_some();
    drop(conn);
    // A page that is being made cannot be withdrawn yet.
    if answered || live.state == PaymentState::Created {
        return Ok(());
    }
    let account = offered(app, accounts, new.provider)?;
    for (key, provider) in [(account.key, new.provider), (live.account, live.provider)] {
        if !app.providers.is_up(key) {
            return Err(no_page(provider));
        }
    }
    reconcile::withdraw(app, live).await
}

/// A facility's account at a provider, when new payments may be made with it.
fn offered(app: &App, accounts: Vec<Account>, provider: ProviderName) -> Result<Account, Error> {
    let account = accounts.into_iter().find(|account| account.provider == provider);
    account.filter(|account| app.providers.is_open(account.key)).ok_or_else(|| Code::ProviderNotOffered.into())
}

/// What a request to pay leads to.
enum Intent {
    /// A new attempt, and the name of its facility: this request is the one that calls the provider.
    New(Payment, Text),
    /// The attempt that the diner can still pay on.
    Live(Payment),
    /// The attempt that the same request led to before.
    Answered(Payment),
}

/// Stores the intent to pay.
async fn intend(tx: &mut Tx<'_>, app: &App, token: &str, key: &Key, new: NewPayment) -> Result<Intent, Error> {
    let now = app.clock.now();
    let order = store::order::by_token(tx.conn(), token).await?.ok_or(Code::NotFound)?;
    if let Some(id) = key.take::<PaymentId>(tx, now, PAYMENT_ANSWERS).await? {
        let payment = store::payment::by_id(tx.conn(), id).await?.ok_or(Code::NotFound)?;
        if payment.state == PaymentState::Created {
            return Err(Code::IdempotencyKeyRunning.into());
        }
        return Ok(Intent::Answered(payment));
    }
    let bill = store::bill::of_order(tx.conn(), order.id).await?.filter(|bill| bill.open);
    let bill = bill.filter(|_| order.state == OrderState::AwaitingPayment).ok_or(Code::BillNotOpen)?;
    let attempts = store::payment::of_order(tx.conn(), order.id).await?;
    if let Some(live) = attempts.into_iter().find(|payment| payment.state.is_live()) {
        if live.provider != new.provider {
            // It could not be withdrawn: it may still be paid.
            return Err(no_page(live.provider));
        }
        key.save(tx, &live.id).await?;
        return Ok(Intent::Live(live));
    }
    // What it holds is wanted by others: paying again and again does not keep an order open.
    if now >= flow::payable_until(app, order.placed_at) {
        return Err(Code::BillNotOpen.into());
    }
    let accounts = store::register::accounts(tx.conn(), order.facility).await?;
    let account = offered(app, accounts, new.provider)?;
    if !app.providers.is_up(account.key) {
        return Err(no_page(new.provider));
    }
    let shop = store::register::name(tx.conn(), order.facility).await?.ok_or(Code::NotFound)?;
    let payment = Payment {
        id: PaymentId::from_uuid(app.ids.uuid()),
        bill: bill.id,
        order: order.id,
        facility: order.facility,
        provider: new.provider,
        account: account.key,
        merchant: account.merchant,
        amount: bill.amount,
        state: PaymentState::Created,
        url: None,
        provider_ref: None,
        provider_payment_id: None,
        expires_at: None,
        created_at: now,
        settled_at: None,
        // If this process dies before the provider answers, another one asks.
        ask_at: Some(now.plus(app.config.payments.never_made_ms)),
        asked_at: None,
        asked: 0,
        remark: None,
        received: None,
        currency: None,
        given_back: Yen::ZERO,
    };
    if !store::payment::insert(tx.conn(), &payment).await? {
        return Err(Code::IdempotencyKeyRunning.into());
    }
    key.save(tx, &payment.id).await?;
    Ok(Intent::New(payment, shop))
}

/// An attempt as its provider needs to know it to be asked about it: all but what only the making of the page needs.
pub fn attempt(payment: &Payment) -> Attempt {
    Attempt {
        id: payment.id,
        merchant: payment.merchant.clone(),
        amount: payment.amount,
        description: String::new(),
        return_url: String::new(),
        created_at: payment.created_at,
        provider_ref: payment.provider_ref.clone(),
    }
}

/// Has the provider make its page and stores what it said.
async fn open_page(app: &Arc<App>, attempt: Attempt, payment: Payment) -> Result<Payment, Error> {
    let provider = app.providers.get(payment.account).ok_or(Code::ProviderNotOffered)?;
    let answer = provider.create(&attempt).await;
    let failed = match &answer {
        Ok(_) => None,
        Err(ProviderError::Refused(code)) => Some(format!("the provider refused: {code}")),
        Err(ProviderError::Unclear(what)) => Some(format!("the provider did not answer: {what}")),
    };
    let argument = (Arc::clone(app), payment.id, answer);
    let payment = app.db.write(argument, |tx, (app, id, answer)| Box::pin(opened(tx, app, *id, answer))).await?;
    match failed {
        // A notification or the reconciler may have settled it meanwhile; then there is nothing to complain of.
        Some(what) if payment.state != PaymentState::Succeeded => {
            tracing::warn!(payment = %payment.id, what, "no payment page");
            Err(no_page(payment.provider))
        }
        _ => Ok(payment),
    }
}

fn no_page(provider: ProviderName) -> Error {
    Problem { provider: Some(provider), ..Problem::new(Code::ProviderUnavailable) }.into()
}

async fn opened(
    tx: &mut Tx<'_>,
    app: &App,
    id: PaymentId,
    answer: &Result<Page, ProviderError>,
) -> Result<Payment, Error> {
    let mut payment = store::payment::by_id(tx.conn(), id).await?.ok_or(Code::NotFound)?;
    let was = payment.state;
    let now = app.clock.now();
    let step = match answer {
        Ok(page) => {
            payment.url = Some(page.url.clone());
            payment.provider_ref = Some(page.provider_ref.clone());
            payment.expires_at = Some(page.expires_at);
            PaymentStep::Redirect
        }
        Err(ProviderError::Refused(code)) => {
            payment.remark = Some(code.clone());
            PaymentStep::Fail
        }
        Err(ProviderError::Unclear(what)) => {
            payment.remark = Some(what.clone());
            PaymentStep::Lose
        }
    };
    let Some(next) = was.after(step) else { return Ok(payment) };
    payment.state = next;
    payment.ask_at = match next {
        PaymentState::Failed => None,
        _ => Some(now.plus(app.config.payments.ask_young_ms)),
    };
    store(tx, app, &payment, was).await?;
    Ok(payment)
}

/// Writes an attempt that was read in this transaction; overtaken, the transaction reads and decides again.
async fn store(tx: &mut Tx<'_>, app: &App, payment: &Payment, was: PaymentState) -> Result<(), Error> {
    if store::payment::update(tx.conn(), payment, was).await? == 0 {
        return Err(Error::Overtaken);
    }
    if payment.state != was {
        let event = Event {
            kind: &format!("payment.{}", payment.state.name()),
            of: payment.facility.into(),
            subject: payment.id.to_string(),
            actor: Actor::System,
            payload: json!({ "order": payment.order, "amount": payment.amount, "remark": payment.remark }),
        };
        record(tx, EventId::from_uuid(app.ids.uuid()), app.clock.now(), event).await?;
        tx.wake(Wake::Order { facility: payment.facility, order: payment.order });
    }
    if payment.state == PaymentState::Stranded && was != PaymentState::Stranded {
        tracing::error!(payment = %payment.id, remark = payment.remark, "a payment is not what was asked for: staff must look");
    }
    Ok(())
}

/// Applies what a provider said about an attempt. The only way a bill becomes paid.
pub async fn apply(app: &Arc<App>, id: PaymentId, finding: Finding) -> Result<(), Error> {
    app.db
        .write((Arc::clone(app), id, finding), |tx, (app, id, finding)| Box::pin(apply_in(tx, app, *id, finding)))
        .await
}

async fn apply_in(tx: &mut Tx<'_>, app: &App, id: PaymentId, finding: &Finding) -> Result<(), Error> {
    let mut payment = store::payment::by_id(tx.conn(), id).await?.ok_or(Code::NotFound)?;
    let was = payment.state;
    let now = app.clock.now();
    let step = step_for(finding, payment.amount).or_else(|| given_up(app, &payment, finding, now));
    let next = step.and_then(|step| was.after(step));
    payment.state = next.unwrap_or(was);
    note(&mut payment, was, finding);
    payment.asked += 1;
    payment.asked_at = Some(now);
    payment.ask_at = ask_again(app, &payment, now);
    if next == Some(PaymentState::Succeeded) {
        payment.settled_at = Some(now);
    }
    store(tx, app, &payment, was).await?;
    if next == Some(PaymentState::Succeeded) {
        settle(tx, app, &payment, now).await?;
    } else if payment.state == PaymentState::Stranded {
        let order = store::order::by_id(tx.conn(), payment.order).await?.ok_or(Code::NotFound)?;
        refund::stranded(app, tx, &order).await?;
    }
    Ok(())
}

/// What the provider told besides the step.
fn note(payment: &mut Payment, was: PaymentState, finding: &Finding) {
    match finding {
        // What paid a bill, goes back or was closed stays as it was then.
        Finding::Paid { amount, currency, provider_payment_id }
            if payment.state == PaymentState::Stranded || payment.state != was =>
        {
            payment.provider_payment_id = Some(provider_payment_id.clone());
            payment.received = Some(amount.get());
            payment.currency = Some(currency.clone());
            if *amount != payment.amount || currency != "JPY" {
                payment.remark = Some(format!("the provider says {} {currency}", amount.get()));
            }
        }
        Finding::Unclear(what) => payment.remark = Some(what.clone()),
        _ => {}
    }
}

/// Time alone ends attempts that can no longer be paid: an expired page, or one that was never made.
fn given_up(app: &App, payment: &Payment, finding: &Finding, now: Millis) -> Option<PaymentStep> {
    let expired = payment.expires_at.is_some_and(|at| now.since(at) > EXPIRY_MARGIN);
    let never_made = payment.expires_at.is_none() && now.since(payment.created_at) >= app.config.payments.never_made_ms;
    match finding {
        Finding::Pending | Finding::NotFound if expired => Some(PaymentStep::Expire),
        Finding::NotFound if never_made => Some(PaymentStep::Fail),
        // It can no longer be paid, but perhaps it was: staff see it until the provider says.
        Finding::Unclear(_) if expired => Some(PaymentStep::Lose),
        _ => None,
    }
}

/// When to ask next: often while a diner waits, rarely later, and for a day after the page expired, since money may
/// arrive late.
fn ask_again(app: &App, payment: &Payment, now: Millis) -> Option<Millis> {
    let settings = &app.config.payments;
    match payment.state {
        PaymentState::Created | PaymentState::Redirected | PaymentState::Unknown | PaymentState::Expired => {}
        _ => return None,
    }
    let end = payment.expires_at.unwrap_or(payment.created_at).plus(settings.late_hours.saturating_mul(HOUR));
    if now > end && !payment.state.is_live() {
        return None;
    }
    let age = now.since(payment.created_at);
    let gap = match age {
        _ if age < settings.young_ms => settings.ask_young_ms,
        _ if age < settings.recent_ms => settings.ask_later_ms,
        _ => settings.ask_old_ms,
    };
    Some(now.plus(gap))
}

/// An attempt succeeded: it pays its bill and the order goes to the shop, or, when the bill is paid or void already, its
/// money goes back by itself.
async fn settle(tx: &mut Tx<'_>, app: &App, payment: &Payment, now: Millis) -> Result<(), Error> {
    let mut order = store::order::by_id(tx.conn(), payment.order).await?.ok_or(Code::NotFound)?;
    if store::bill::pay(tx.conn(), payment.bill, Some(payment.id), now).await? == 1 {
        flow::step(app, tx, &mut order, OrderStep::Pay, Actor::System).await?;
        return refund::stranded(app, tx, &order).await;
    }
    let reason = if order.state.gives_money_back() { order.state.name() } else { "surplus" };
    refund::all(app, tx, payment.id, reason).await
}
