//! What providers sent us, kept raw before it is acted on.

use super::Conn;
use okini_shared::id::{NotificationId, PaymentId};
use okini_shared::rules::payment::ProviderName;
use okini_shared::time::Millis;

/// A received notification.
#[derive(Debug, Clone)]
pub struct Received {
    pub id: NotificationId,
    pub provider: ProviderName,
    pub payment: Option<PaymentId>,
    pub body: String,
    pub received_at: Millis,
}

/// Keeps it.
pub async fn insert(conn: &mut Conn, received: &Received) -> Result<(), sqlx::Error> {
    sqlx::query("INSERT INTO notification (id, provider, payment_id, body, received_at) VALUES ($1, $2, $3, $4, $5)")
        .bind(received.id.to_string())
        .bind(received.provider.name())
        .bind(received.payment.map(|id| id.to_string()))
        .bind(&received.body)
        .bind(received.received_at.get())
        .execute(conn)
        .await?;
    Ok(())
}

/// Forgets those before an id, which begins with the time, at most `limit`; returns how many.
pub async fn prune(conn: &mut Conn, before: NotificationId, limit: i64) -> Result<u64, sqlx::Error> {
    let done = sqlx::query(
        "DELETE FROM notification WHERE id IN (SELECT id FROM notification WHERE id < $1 ORDER BY id LIMIT $2)",
    )
    .bind(before.to_string())
    .bind(limit)
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}
