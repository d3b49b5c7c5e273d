//! Sending messages to webhooks by Standard Webhooks: signed, retried for about a day, each try logged. A receiver that is
//! gone, or silent for days, is switched off.

use super::outside::Answer;
use super::{Actor, Event, record};
use crate::error::Error;
use crate::state::App;
use crate::store::webhook::{Delivery, Webhook};
use crate::store::{self, Tx};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use okini_shared::api::webhook::{DeliveryState, Disabled, DisabledBy, MessageKind, Try};
use okini_shared::id::EventId;
use okini_shared::time::{DAY, HOUR, MINUTE, Millis, SECOND};
use serde_json::json;
use sha2::Sha256;
use std::sync::Arc;

/// Pauses after the first, second, ... try; after the last one the message is given up.
const PAUSES: [i64; 7] = [5 * SECOND, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 10 * HOUR];
/// A webhook that nothing reached for so long is switched off.
const PATIENCE: i64 = 5 * DAY;
/// Messages on their way to one webhook at once, so that one that hangs does not take the place of others.
const TOGETHER: i64 = 8;
/// Longer than a try may take.
const LEASE: i64 = MINUTE;
/// What Standard Webhooks puts before a secret.
pub const SECRET_PREFIX: &str = "whsec_";

/// Takes messages whose time has come, at most so many, for this process alone during the next minute.
pub async fn due(app: &App, mut free: i64) -> Result<Vec<(Webhook, Delivery)>, Error> {
    let now = app.clock.now();
    let mut taken = Vec::new();
    for id in store::webhook::due(&mut *app.db.read().await?, now).await? {
        if free <= 0 {
            break;
        }
        let leased = app.db.write((id, now, free.min(TOGETHER)), |tx, (id, now, most)| {
            Box::pin(async move {
                let Some(webhook) = store::webhook::by_id(tx.conn(), *id).await? else {
                    store::webhook::give_up(tx.conn(), *id, *now).await?;
                    return Ok((None, Vec::new()));
                };
                let places = most - store::webhook::on_their_way(tx.conn(), *id, *now).await?;
                let span = (*now, now.plus(LEASE));
                Ok((Some(webhook), store::webhook::lease(tx.conn(), *id, span, places.max(0)).await?))
            })
        });
        let (webhook, deliveries) = leased.await?;
        for delivery in deliveries {
            free -= 1;
            taken.extend(webhook.clone().map(|webhook| (webhook, delivery)));
        }
    }
    Ok(taken)
}

/// Sends one message and stores what came back.
pub async fn send(app: &Arc<App>, webhook: Webhook, delivery: Delivery) -> Result<(), Error> {
    let at = app.clock.now();
    let headers = headers(app, &webhook, &delivery, at)?;
    let answer = app.outside.post(&webhook.url, &headers, delivery.body.clone()).await;
    let took_ms = app.clock.now().since(at).max(0);
    let argument = (Arc::clone(app), delivery, answer, at, took_ms);
    app.db
        .write(argument, |tx, (app, delivery, answer, at, took_ms)| {
            Box::pin(async move {
                let (status, text) = match answer {
                    Ok(answer) => (Some(i64::from(answer.status)), answer.text.clone()),
                    Err(why) => (None, why.clone()),
                };
                let tried = Try { at: *at, took_ms: *took_ms, status, answer: text };
                answered(tx, app, delivery, answer.as_ref().ok(), &tried).await
            })
        })
        .await
}

/// `webhook-id`, `webhook-timestamp` and `webhook-signature`: by the secret, and by the one before while that is accepted.
fn headers(
    app: &App,
    webhook: &Webhook,
    delivery: &Delivery,
    at: Millis,
) -> Result<[(&'static str, String); 3], Error> {
    let owner = webhook.id.to_string();
    let (id, stamp) = (delivery.event.to_string(), at.get().div_euclid(SECOND).to_string());
    let previous = webhook.previous_secret.iter().filter(|_| webhook.previous_until.is_some_and(|until| at < until));
    let previous = previous.map(|sealed| ("previous_secret", sealed));
    let mut signatures = Vec::new();
    for (field, sealed) in std::iter::once(("secret", &webhook.secret)).chain(previous) {
        let secret = app.sealer.open((&owner, field), sealed)?;
        let key = STANDARD.decode(secret.trim_start_matches(SECRET_PREFIX)).map_err(Error::unexpected)?;
        let mut mac = Hmac::<Sha256>::new_from_slice(&key).map_err(Error::unexpected)?;
        for part in [&id, ".", &stamp, ".", &delivery.body] {
            mac.update(part.as_bytes());
        }
        signatures.push(format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes())));
    }
    Ok([("webhook-id", id), ("webhook-timestamp", stamp), ("webhook-signature", signatures.join(" "))])
}

async fn answered(
    tx: &mut Tx<'_>,
    app: &App,
    delivery: &Delivery,
    answer: Option<&Answer>,
    tried: &Try,
) -> Result<(), Error> {
    let now = app.clock.now();
    let good = answer.is_some_and(|answer| (200..300).contains(&answer.status));
    let mut after = Delivery { tries: delivery.tries + 1, ..delivery.clone() };
    after.next_at = if good { None } else { next_try(app, after.tries, answer, now) };
    after.state = match after.next_at {
        _ if good => DeliveryState::Delivered,
        Some(_) => DeliveryState::Pending,
        None => DeliveryState::Dead,
    };
    after.settled_at = after.next_at.is_none().then_some(now);
    if store::webhook::update_delivery(tx.conn(), &after, delivery.tries).await? == 0 {
        return Ok(());
    }
    store::webhook::insert_try(tx.conn(), delivery.id, after.tries, tried).await?;
    judge(tx, app, delivery, good, answer.is_some_and(|answer| answer.status == 410)).await
}

/// When a message is tried again, if ever: by the plan, later where the receiver asks for it, a little apart from others.
fn next_try(app: &App, tries: i64, answer: Option<&Answer>, now: Millis) -> Option<Millis> {
    let pause = *PAUSES.get(usize::try_from(tries).ok()?.checked_sub(1)?)?;
    let asked = answer.filter(|answer| matches!(answer.status, 429 | 503)).and_then(|answer| answer.retry_after);
    let pause = pause.max(asked.unwrap_or_default().clamp(0, 10 * 3_600) * SECOND);
    let mut apart = [0];
    app.ids.fill(&mut apart);
    Some(now.plus(pause + pause / 10 * i64::from(apart[0]) / 256))
}

/// What an answer says about the webhook as a whole.
async fn judge(tx: &mut Tx<'_>, app: &App, delivery: &Delivery, good: bool, gone: bool) -> Result<(), Error> {
    let now = app.clock.now();
    let Some(mut webhook) = store::webhook::by_id(tx.conn(), delivery.webhook).await? else { return Ok(()) };
    let before = (webhook.failing_since, webhook.disabled);
    webhook.failing_since = if good { None } else { webhook.failing_since.or(Some(now)) };
    let silent = webhook.failing_since.is_some_and(|since| now.since(since) >= PATIENCE);
    if webhook.disabled.is_none() && (gone || silent) {
        let by = if gone { DisabledBy::Gone } else { DisabledBy::Failing };
        webhook.disabled = Some(Disabled { at: now, by });
        store::webhook::give_up(tx.conn(), webhook.id, now).await?;
        let event = Event {
            kind: MessageKind::WebhookDisabled.name(),
            of: webhook.of,
            subject: webhook.id.to_string(),
            actor: Actor::System,
            payload: json!({ "by": by }),
        };
        record(tx, EventId::from_uuid(app.ids.uuid()), now, event).await?;
    }
    if before != (webhook.failing_since, webhook.disabled) {
        store::webhook::update(tx.conn(), &webhook).await?;
    }
    Ok(())
}
