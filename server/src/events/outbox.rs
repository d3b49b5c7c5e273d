//! From facts to messages: each pending fact becomes one delivery for each webhook that listens, in one transaction. Sending
//! is `deliver`'s.

use super::{Actor, Event, record};
use crate::error::Error;
use crate::state::App;
use crate::store::tenant::Tenant;
use crate::store::webhook::{Delivery, Webhook};
use crate::store::{self, Tx};
use okini_shared::api::webhook::{About, DeliveryState, Message, MessageData, MessageKind};
use okini_shared::id::{DeliveryId, EventId, FacilityId};
use okini_shared::time::Millis;
use serde_json::json;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::Arc;

/// Makes messages of pending facts. Returns whether there were any.
pub async fn relay(app: &Arc<App>, limit: i64) -> Result<bool, Error> {
    if !store::event::any_pending(&mut *app.db.read().await?).await? {
        return Ok(false);
    }
    app.db.write((Arc::clone(app), limit), |tx, (app, limit)| Box::pin(relay_in(tx, app, *limit))).await?;
    Ok(true)
}

async fn relay_in(tx: &mut Tx<'_>, app: &App, limit: i64) -> Result<(), Error> {
    let mut listening: HashMap<Tenant, Vec<Webhook>> = HashMap::new();
    for fact in store::event::take_pending(tx.conn(), limit).await? {
        let Some(kind) = MessageKind::from_name(&fact.kind).filter(|kind| *kind != MessageKind::WebhookTest) else {
            continue;
        };
        let webhooks = match listening.entry(fact.of) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(new) => new.insert(store::webhook::listening(tx.conn(), fact.of).await?),
        };
        let wanted = |webhook: &&Webhook| {
            webhook.created_at <= fact.created_at && (webhook.kinds.is_empty() || webhook.kinds.contains(&kind))
        };
        for webhook in webhooks.iter().filter(wanted) {
            let message = message(kind, fact.created_at, fact.of, &fact.subject, &fact.payload)?;
            store::webhook::insert_delivery(tx.conn(), &delivery(app, webhook, fact.id, &message)?).await?;
        }
    }
    Ok(())
}

/// A message to one webhook, due at once.
fn delivery(app: &App, webhook: &Webhook, event: EventId, message: &Message) -> Result<Delivery, Error> {
    let now = app.clock.now();
    Ok(Delivery {
        id: DeliveryId::from_uuid(app.ids.uuid()),
        webhook: webhook.id,
        event,
        kind: message.kind,
        body: serde_json::to_string(message)?,
        state: DeliveryState::Pending,
        tries: 0,
        created_at: now,
        next_at: Some(now),
        settled_at: None,
    })
}

/// What a fact says to the outside: of its payload only what `MessageData` has a place for.
fn message(kind: MessageKind, at: Millis, of: Tenant, subject: &str, payload: &str) -> Result<Message, Error> {
    let mut data: MessageData = serde_json::from_str(payload)?;
    data.facility = of.facility();
    data.consortium = of.consortium();
    match kind.about() {
        About::Order => data.order = Some(subject.parse().map_err(Error::unexpected)?),
        About::Payment => data.payment = Some(subject.parse().map_err(Error::unexpected)?),
        About::Refund => data.refund = Some(subject.parse().map_err(Error::unexpected)?),
        About::Webhook => data.webhook = Some(subject.parse().map_err(Error::unexpected)?),
        About::Facility => {}
    }
    Ok(Message { kind, timestamp: at.iso(), data })
}

/// A message as it might look.
pub fn example(kind: MessageKind) -> Result<Message, Error> {
    let id = |prefix: &str| format!("{prefix}019ab000000070008000000000000001");
    let (subject, payload) = match kind.about() {
        About::Order => (id("ord_"), json!({ "version": 3, "total": 2_996 })),
        About::Payment => (id("pay_"), json!({ "order": id("ord_"), "amount": 2_996 })),
        About::Refund => (id("ref_"), json!({ "payment": id("pay_"), "amount": 2_996 })),
        About::Facility => (id("fac_"), json!({})),
        About::Webhook => (id("whk_"), json!({})),
    };
    let facility: FacilityId = id("fac_").parse().map_err(Error::unexpected)?;
    message(kind, Millis::new(1_795_393_740_000), facility.into(), &subject, &payload.to_string())
}

/// Records a test and sends it to that webhook alone.
pub async fn test(tx: &mut Tx<'_>, app: &App, webhook: &Webhook, actor: Actor) -> Result<Delivery, Error> {
    let (id, now) = (EventId::from_uuid(app.ids.uuid()), app.clock.now());
    let kind = MessageKind::WebhookTest;
    let subject = webhook.id.to_string();
    let message = message(kind, now, webhook.of, &subject, "{}")?;
    record(tx, id, now, Event { kind: kind.name(), of: webhook.of, subject, actor, payload: json!({}) }).await?;
    let delivery = delivery(app, webhook, id, &message)?;
    store::webhook::insert_delivery(tx.conn(), &delivery).await?;
    Ok(delivery)
}
