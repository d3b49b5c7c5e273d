//! Webhooks of a shop or a consortium: adding, changing, testing, reading the log, sending again.

use crate::error::Error;
use crate::events::deliver::SECRET_PREFIX;
use crate::events::{Actor, Event, outbox, record};
use crate::state::App;
use crate::store::tenant::Tenant;
use crate::store::webhook::{Delivery, Webhook};
use crate::store::{self, Conn, Tx};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use okini_shared::api::webhook as api;
use okini_shared::api::webhook::{DeliveryState, MOST, MessageKind, NewWebhook};
use okini_shared::id::{AccountId, DeliveryId, EventId, WebhookId};
use okini_shared::problem::{Code, Problem};
use okini_shared::time::DAY;
use serde_json::json;
use std::sync::Arc;

/// Characters of an address.
const LONGEST_URL: usize = 500;
/// Deliveries on a page of the log.
const PAGE: i64 = 50;
/// How long a secret that was replaced still signs.
const OVERLAP: i64 = DAY;

/// Who does something to whose webhooks.
#[derive(Debug, Clone, Copy)]
pub struct Keeper {
    pub of: Tenant,
    pub account: AccountId,
}

/// All of them.
pub async fn list(app: &App, of: Tenant) -> Result<api::Webhooks, Error> {
    let webhooks = store::webhook::own(&mut *app.db.read().await?, of).await?;
    Ok(api::Webhooks { webhooks: webhooks.into_iter().map(view).collect() })
}

fn view(webhook: Webhook) -> api::Webhook {
    api::Webhook {
        id: webhook.id,
        url: webhook.url,
        kinds: webhook.kinds,
        created_at: webhook.created_at,
        failing_since: webhook.failing_since,
        disabled: webhook.disabled,
    }
}

fn check(app: &App, new: &NewWebhook) -> Result<(), Error> {
    let bad = |why: &str| Err(Problem::new(Code::InvalidValue).detail(why).at("/url").into());
    if new.url.chars().count() > LONGEST_URL {
        return bad("the URL has more than 500 characters");
    }
    app.outside.refuse(&new.url).map_or(Ok(()), bad)
}

/// 256 random bits as Standard Webhooks writes them.
fn new_secret(app: &App) -> String {
    let mut bytes = [0; 32];
    app.ids.fill(&mut bytes);
    format!("{SECRET_PREFIX}{}", STANDARD.encode(bytes))
}

/// Adds one, with a secret that is shown this once.
pub async fn add(app: &Arc<App>, keeper: Keeper, new: NewWebhook) -> Result<api::WebhookSecret, Error> {
    check(app, &new)?;
    app.db.write((Arc::clone(app), keeper, new), |tx, (app, keeper, new)| Box::pin(add_in(tx, app, *keeper, new))).await
}

async fn add_in(tx: &mut Tx<'_>, app: &App, keeper: Keeper, new: &NewWebhook) -> Result<api::WebhookSecret, Error> {
    let consortium = match keeper.of {
        Tenant::Consortium(id) => id,
        Tenant::Facility(id) => store::register::facility(tx.conn(), id).await?.ok_or(Code::NotFound)?.consortium,
        // Nobody asks for these.
        Tenant::Programme => return Err(Code::NotFound.into()),
    };
    if store::webhook::own(tx.conn(), keeper.of).await?.len() >= MOST {
        return Err(Problem::new(Code::InvalidValue).detail("no more than 10 webhooks").into());
    }
    let id = WebhookId::from_uuid(app.ids.uuid());
    let secret = new_secret(app);
    let webhook = Webhook {
        id,
        consortium,
        of: keeper.of,
        url: new.url.clone(),
        kinds: new.kinds.clone(),
        secret: app.sealer.seal(&app.ids, (&id.to_string(), "secret"), &secret)?,
        previous_secret: None,
        previous_until: None,
        created_at: app.clock.now(),
        failing_since: None,
        disabled: None,
    };
    store::webhook::insert(tx.conn(), &webhook).await?;
    tell(tx, app, keeper, id, "added").await?;
    Ok(api::WebhookSecret { webhook: view(webhook), secret })
}

async fn tell(tx: &mut Tx<'_>, app: &App, keeper: Keeper, id: WebhookId, what: &str) -> Result<(), Error> {
    let event = Event {
        kind: &format!("webhook.{what}"),
        of: keeper.of,
        subject: id.to_string(),
        actor: Actor::Staff(keeper.account),
        payload: json!({}),
    };
    record(tx, EventId::from_uuid(app.ids.uuid()), app.clock.now(), event).await
}

/// A webhook of this very shop or consortium.
async fn own(conn: &mut Conn, keeper: Keeper, id: WebhookId) -> Result<Webhook, Error> {
    let webhook = store::webhook::by_id(conn, id).await?;
    webhook.filter(|webhook| webhook.of == keeper.of).ok_or_else(|| Code::NotFound.into())
}

/// What can be done to a webhook.
#[derive(Debug, Clone)]
pub enum Change {
    Set(NewWebhook),
    /// The secret comes from here, so that a transaction that runs twice shows the one it stored.
    Rotate(String),
    Remove,
}

/// A new secret takes the old one's place; for a day both sign.
pub async fn rotate(app: &Arc<App>, keeper: Keeper, id: WebhookId) -> Result<api::WebhookSecret, Error> {
    let secret = new_secret(app);
    let webhook = change(app, keeper, id, Change::Rotate(secret.clone())).await?;
    Ok(api::WebhookSecret { webhook, secret })
}

/// Changes or removes one.
pub async fn change(app: &Arc<App>, keeper: Keeper, id: WebhookId, change: Change) -> Result<api::Webhook, Error> {
    if let Change::Set(new) = &change {
        check(app, new)?;
    }
    app.db
        .write((Arc::clone(app), keeper, id, change), |tx, (app, keeper, id, change)| {
            Box::pin(change_in(tx, app, *keeper, *id, change))
        })
        .await
}

async fn change_in(
    tx: &mut Tx<'_>,
    app: &App,
    keeper: Keeper,
    id: WebhookId,
    change: &Change,
) -> Result<api::Webhook, Error> {
    let now = app.clock.now();
    let mut webhook = own(tx.conn(), keeper, id).await?;
    let what = match change {
        Change::Set(new) => {
            webhook.url.clone_from(&new.url);
            webhook.kinds.clone_from(&new.kinds);
            (webhook.failing_since, webhook.disabled) = (None, None);
            "changed"
        }
        Change::Rotate(secret) => {
            let owner = id.to_string();
            // One that can no longer be opened has nothing left to sign: only the new one does.
            let previous = app.sealer.open((&owner, "secret"), &webhook.secret).ok();
            let seal = |previous: String| app.sealer.seal(&app.ids, (&owner, "previous_secret"), &previous);
            webhook.previous_secret = previous.map(seal).transpose()?;
            webhook.previous_until = Some(now.plus(OVERLAP));
            webhook.secret = app.sealer.seal(&app.ids, (&owner, "secret"), secret)?;
            "rotated"
        }
        Change::Remove => "removed",
    };
    if store::webhook::update(tx.conn(), &webhook).await? == 0 {
        return Err(Code::NotFound.into());
    }
    if matches!(change, Change::Remove) {
        store::webhook::remove(tx.conn(), id, now).await?;
    }
    tell(tx, app, keeper, id, what).await?;
    Ok(view(webhook))
}

/// Sends a test message.
pub async fn test(app: &Arc<App>, keeper: Keeper, id: WebhookId) -> Result<api::Delivery, Error> {
    let sent = app.db.write((Arc::clone(app), keeper, id), |tx, (app, keeper, id)| {
        Box::pin(async move {
            let webhook = own(tx.conn(), *keeper, *id).await?;
            outbox::test(tx, app, &webhook, Actor::Staff(keeper.account)).await
        })
    });
    Ok(delivery_view(sent.await?, Vec::new()))
}

/// Sends a message again, under its id.
pub async fn replay(
    app: &Arc<App>,
    keeper: Keeper,
    id: WebhookId,
    delivery: DeliveryId,
) -> Result<api::Delivery, Error> {
    app.db
        .write((Arc::clone(app), keeper, id, delivery), |tx, (app, keeper, id, delivery)| {
            Box::pin(async move {
                own(tx.conn(), *keeper, *id).await?;
                let found = store::webhook::delivery(tx.conn(), *id, *delivery).await?.ok_or(Code::NotFound)?;
                let again = Delivery {
                    state: DeliveryState::Pending,
                    next_at: Some(app.clock.now()),
                    settled_at: None,
                    ..found.clone()
                };
                store::webhook::update_delivery(tx.conn(), &again, found.tries).await?;
                tell(tx, app, *keeper, *id, "replayed").await?;
                let tries = store::webhook::tries(tx.conn(), *delivery).await?;
                Ok(delivery_view(again, tries))
            })
        })
        .await
}

fn delivery_view(delivery: Delivery, tries: Vec<api::Try>) -> api::Delivery {
    api::Delivery {
        id: delivery.id,
        message: delivery.event,
        kind: delivery.kind,
        state: delivery.state,
        body: delivery.body,
        created_at: delivery.created_at,
        next_at: delivery.next_at,
        tries,
    }
}

/// The log of a webhook, newest first.
pub async fn log(app: &App, keeper: Keeper, id: WebhookId, after: Option<&str>) -> Result<api::DeliveryPage, Error> {
    let before = match after {
        None => DeliveryId::from_uuid(u128::MAX),
        Some(text) => {
            text.parse().map_err(|_| Problem::new(Code::InvalidRequest).detail("`after` is not a cursor of ours"))?
        }
    };
    let mut conn = app.db.read().await?;
    own(&mut conn, keeper, id).await?;
    let rows = store::webhook::log(&mut conn, id, before, PAGE).await?;
    let full = i64::try_from(rows.len()).is_ok_and(|n| n == PAGE);
    let next = rows.last().filter(|_| full).map(|last| last.id.to_string());
    let mut deliveries = Vec::with_capacity(rows.len());
    for row in rows {
        let tries = store::webhook::tries(&mut conn, row.id).await?;
        deliveries.push(delivery_view(row, tries));
    }
    Ok(api::DeliveryPage { deliveries, next })
}

/// Every kind of message, each with an example.
pub fn catalogue() -> Result<api::MessageKinds, Error> {
    let one = |kind: &MessageKind| {
        Ok(api::MessageKindInfo { kind: *kind, meaning: kind.meaning().to_owned(), example: outbox::example(*kind)? })
    };
    Ok(api::MessageKinds { kinds: MessageKind::ALL.iter().map(one).collect::<Result<_, Error>>()? })
}
