//! Webhooks, the messages to them, and how their sending went.

use super::tenant::Tenant;
use super::{Conn, RowExt, storable};
use okini_shared::api::webhook::{DeliveryState, Disabled, DisabledBy, MessageKind, Try};
use okini_shared::id::{ConsortiumId, DeliveryId, EventId, WebhookId};
use okini_shared::time::Millis;
use sqlx::any::AnyRow;

/// A webhook as it is stored.
#[derive(Debug, Clone)]
pub struct Webhook {
    pub id: WebhookId,
    pub consortium: ConsortiumId,
    /// A facility's own, or for every facility of the consortium.
    pub of: Tenant,
    pub url: String,
    /// Empty: every kind.
    pub kinds: Vec<MessageKind>,
    /// Sealed.
    pub secret: String,
    /// Sealed; signs until `previous_until`.
    pub previous_secret: Option<String>,
    pub previous_until: Option<Millis>,
    pub created_at: Millis,
    pub failing_since: Option<Millis>,
    pub disabled: Option<Disabled>,
}

fn webhook_row(row: &AnyRow) -> Result<Webhook, sqlx::Error> {
    let disabled = match row.int_or_null("disabled_at")? {
        Some(at) => Some(Disabled { at: Millis::new(at), by: row.named("disabled_by", DisabledBy::from_name)? }),
        None => None,
    };
    Ok(Webhook {
        id: row.parsed("id")?,
        consortium: row.parsed("consortium_id")?,
        of: Tenant::of_row(row)?,
        url: row.text("url")?,
        kinds: row.json("kinds")?,
        secret: row.text("secret")?,
        previous_secret: row.text_or_null("previous_secret")?,
        previous_until: row.int_or_null("previous_until")?.map(Millis::new),
        created_at: Millis::new(row.int("created_at")?),
        failing_since: row.int_or_null("failing_since")?.map(Millis::new),
        disabled,
    })
}

fn kinds_json(kinds: &[MessageKind]) -> Result<String, sqlx::Error> {
    serde_json::to_string(kinds).map_err(|error| sqlx::Error::Encode(Box::new(error)))
}

/// Adds one.
pub async fn insert(conn: &mut Conn, webhook: &Webhook) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO webhook (id, consortium_id, facility_id, url, kinds, secret, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(webhook.id.to_string())
    .bind(webhook.consortium.to_string())
    .bind(webhook.of.facility().map(|id| id.to_string()))
    .bind(&webhook.url)
    .bind(kinds_json(&webhook.kinds)?)
    .bind(&webhook.secret)
    .bind(webhook.created_at.get())
    .execute(conn)
    .await?;
    Ok(())
}

/// Writes what can change, if the webhook is still there.
pub async fn update(conn: &mut Conn, webhook: &Webhook) -> Result<u64, sqlx::Error> {
    let done = sqlx::query(
        "UPDATE webhook SET url = $2, kinds = $3, secret = $4, previous_secret = $5, previous_until = $6,
            failing_since = $7, disabled_at = $8, disabled_by = $9
         WHERE id = $1 AND removed_at IS NULL",
    )
    .bind(webhook.id.to_string())
    .bind(&webhook.url)
    .bind(kinds_json(&webhook.kinds)?)
    .bind(&webhook.secret)
    .bind(&webhook.previous_secret)
    .bind(webhook.previous_until.map(Millis::get))
    .bind(webhook.failing_since.map(Millis::get))
    .bind(webhook.disabled.map(|disabled| disabled.at.get()))
    .bind(webhook.disabled.map(|disabled| disabled.by.name()))
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}

/// Ends a webhook; its log stays.
pub async fn remove(conn: &mut Conn, id: WebhookId, now: Millis) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE webhook SET removed_at = $2 WHERE id = $1 AND removed_at IS NULL")
        .bind(id.to_string())
        .bind(now.get())
        .execute(&mut *conn)
        .await?;
    give_up(conn, id, now).await
}

/// Nothing more is sent to a webhook by itself.
pub async fn give_up(conn: &mut Conn, id: WebhookId, now: Millis) -> Result<(), sqlx::Error> {
    sqlx::query(
        "UPDATE webhook_delivery SET state = 'dead', next_at = NULL, settled_at = $2
         WHERE webhook_id = $1 AND state = 'pending'",
    )
    .bind(id.to_string())
    .bind(now.get())
    .execute(conn)
    .await?;
    Ok(())
}

/// A webhook that was not removed.
pub async fn by_id(conn: &mut Conn, id: WebhookId) -> Result<Option<Webhook>, sqlx::Error> {
    let row = sqlx::query("SELECT * FROM webhook WHERE id = $1 AND removed_at IS NULL")
        .bind(id.to_string())
        .fetch_optional(conn)
        .await?;
    row.as_ref().map(webhook_row).transpose()
}

/// A facility's or a consortium's own webhooks, oldest first.
pub async fn own(conn: &mut Conn, of: Tenant) -> Result<Vec<Webhook>, sqlx::Error> {
    let rows = sqlx::query(
        "SELECT * FROM webhook WHERE removed_at IS NULL
            AND (facility_id = $1 OR (facility_id IS NULL AND consortium_id = $2)) ORDER BY id",
    )
    .bind(of.facility().map(|id| id.to_string()))
    .bind(of.consortium().map(|id| id.to_string()))
    .fetch_all(conn)
    .await?;
    rows.iter().map(webhook_row).collect()
}

/// The webhooks that are told what happens at a facility, its own and those of its consortium, or to a consortium; those
/// that are switched on.
pub async fn listening(conn: &mut Conn, of: Tenant) -> Result<Vec<Webhook>, sqlx::Error> {
    let rows = sqlx::query(
        "SELECT * FROM webhook WHERE removed_at IS NULL AND disabled_at IS NULL
            AND (facility_id = $1 OR (facility_id IS NULL
                AND consortium_id = COALESCE($2, (SELECT consortium_id FROM facility WHERE id = $1))))",
    )
    .bind(of.facility().map(|id| id.to_string()))
    .bind(of.consortium().map(|id| id.to_string()))
    .fetch_all(conn)
    .await?;
    rows.iter().map(webhook_row).collect()
}

/// A message to be sent.
#[derive(Debug, Clone)]
pub struct Delivery {
    pub id: DeliveryId,
    pub webhook: WebhookId,
    pub event: EventId,
    pub kind: MessageKind,
    pub body: String,
    pub state: DeliveryState,
    pub tries: i64,
    pub created_at: Millis,
    pub next_at: Option<Millis>,
    pub settled_at: Option<Millis>,
}

fn delivery_row(row: &AnyRow) -> Result<Delivery, sqlx::Error> {
    Ok(Delivery {
        id: row.parsed("id")?,
        webhook: row.parsed("webhook_id")?,
        event: row.parsed("event_id")?,
        kind: row.named("kind", MessageKind::from_name)?,
        body: row.text("body")?,
        state: row.named("state", DeliveryState::from_name)?,
        tries: row.int("tries")?,
        created_at: Millis::new(row.int("created_at")?),
        next_at: row.int_or_null("next_at")?.map(Millis::new),
        settled_at: row.int_or_null("settled_at")?.map(Millis::new),
    })
}

/// Adds a message; an event goes to a webhook once.
pub async fn insert_delivery(conn: &mut Conn, delivery: &Delivery) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO webhook_delivery (id, webhook_id, event_id, kind, body, state, tries, created_at, next_at)
         VALUES ($1, $2, $3, $4, $5, $6, 0, $7, $8) ON CONFLICT DO NOTHING",
    )
    .bind(delivery.id.to_string())
    .bind(delivery.webhook.to_string())
    .bind(delivery.event.to_string())
    .bind(delivery.kind.name())
    .bind(&delivery.body)
    .bind(delivery.state.name())
    .bind(delivery.created_at.get())
    .bind(delivery.next_at.map(Millis::get))
    .execute(conn)
    .await?;
    Ok(())
}

/// Writes how a message stands after a try, if it was not tried by somebody else meanwhile.
pub async fn update_delivery(conn: &mut Conn, delivery: &Delivery, tries_before: i64) -> Result<u64, sqlx::Error> {
    let done = sqlx::query(
        "UPDATE webhook_delivery SET state = $3, tries = $4, next_at = $5, settled_at = $6, locked_until = NULL
         WHERE id = $1 AND tries = $2",
    )
    .bind(delivery.id.to_string())
    .bind(tries_before)
    .bind(delivery.state.name())
    .bind(delivery.tries)
    .bind(delivery.next_at.map(Millis::get))
    .bind(delivery.settled_at.map(Millis::get))
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}

/// A message of a webhook.
pub async fn delivery(conn: &mut Conn, webhook: WebhookId, id: DeliveryId) -> Result<Option<Delivery>, sqlx::Error> {
    let row = sqlx::query("SELECT * FROM webhook_delivery WHERE webhook_id = $1 AND id = $2")
        .bind(webhook.to_string())
        .bind(id.to_string())
        .fetch_optional(conn)
        .await?;
    row.as_ref().map(delivery_row).transpose()
}

/// The log of a webhook, newest first, from before `before`.
pub async fn log(
    conn: &mut Conn,
    webhook: WebhookId,
    before: DeliveryId,
    limit: i64,
) -> Result<Vec<Delivery>, sqlx::Error> {
    let rows =
        sqlx::query("SELECT * FROM webhook_delivery WHERE webhook_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3")
            .bind(webhook.to_string())
            .bind(before.to_string())
            .bind(limit)
            .fetch_all(conn)
            .await?;
    rows.iter().map(delivery_row).collect()
}

/// Webhooks that something is to be sent to now.
pub async fn due(conn: &mut Conn, now: Millis) -> Result<Vec<WebhookId>, sqlx::Error> {
    let rows = sqlx::query(
        "SELECT DISTINCT webhook_id FROM webhook_delivery WHERE next_at IS NOT NULL AND next_at <= $1
            AND (locked_until IS NULL OR locked_until <= $1)",
    )
    .bind(now.get())
    .fetch_all(conn)
    .await?;
    rows.iter().map(|row| row.parsed("webhook_id")).collect()
}

/// How many messages are on their way to a webhook, from all servers.
pub async fn on_their_way(conn: &mut Conn, webhook: WebhookId, now: Millis) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar("SELECT COUNT(*) FROM webhook_delivery WHERE webhook_id = $1 AND locked_until > $2")
        .bind(webhook.to_string())
        .bind(now.get())
        .fetch_one(conn)
        .await
}

/// Takes messages to one webhook whose time has come, for this worker alone until `locked_until`.
pub async fn lease(
    conn: &mut Conn,
    webhook: WebhookId,
    (now, locked_until): (Millis, Millis),
    limit: i64,
) -> Result<Vec<Delivery>, sqlx::Error> {
    let rows = sqlx::query(
        "UPDATE webhook_delivery SET locked_until = $3 WHERE id IN (
            SELECT id FROM webhook_delivery WHERE webhook_id = $1 AND next_at IS NOT NULL AND next_at <= $2
                AND (locked_until IS NULL OR locked_until <= $2)
            ORDER BY next_at LIMIT $4)
         AND (locked_until IS NULL OR locked_until <= $2) RETURNING *",
    )
    .bind(webhook.to_string())
    .bind(now.get())
    .bind(locked_until.get())
    .bind(limit)
    .fetch_all(conn)
    .await?;
    rows.iter().map(delivery_row).collect()
}

/// Logs a try.
pub async fn insert_try(conn: &mut Conn, delivery: DeliveryId, number: i64, tried: &Try) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO webhook_try (delivery_id, number, at, took_ms, status, answer)
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING",
    )
    .bind(delivery.to_string())
    .bind(number)
    .bind(tried.at.get())
    .bind(tried.took_ms)
    .bind(tried.status)
    .bind(if storable(&tried.answer) { tried.answer.clone() } else { tried.answer.replace('\0', " ") })
    .execute(conn)
    .await?;
    Ok(())
}

/// The tries of a message, oldest first.
pub async fn tries(conn: &mut Conn, delivery: DeliveryId) -> Result<Vec<Try>, sqlx::Error> {
    let rows = sqlx::query("SELECT * FROM webhook_try WHERE delivery_id = $1 ORDER BY number")
        .bind(delivery.to_string())
        .fetch_all(conn)
        .await?;
    let one = |row: &AnyRow| {
        Ok(Try {
            at: Millis::new(row.int("at")?),
            took_ms: row.int("took_ms")?,
            status: row.int_or_null("status")?,
            answer: row.text("answer")?,
        })
    };
    rows.iter().map(one).collect()
}
