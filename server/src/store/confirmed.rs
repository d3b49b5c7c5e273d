//! What providers confirmed: payments made and money given back, as they are compared with a provider's own file.

use super::{Conn, RowExt};
use okini_shared::money::Yen;
use okini_shared::rules::payment::AccountKey;
use okini_shared::time::Millis;
use std::collections::BTreeMap;

/// From the first moment until before the second.
pub type Within = (Millis, Millis);

/// What was paid, by our id of the payment.
pub async fn paid(
    conn: &mut Conn,
    account: AccountKey,
    (from, until): Within,
) -> Result<BTreeMap<String, Yen>, sqlx::Error> {
    let rows = sqlx::query(
        "SELECT id, amount FROM payment WHERE account = $1 AND settled_at >= $2 AND settled_at < $3
            AND state IN ('succeeded', 'refunding', 'refunded')",
    )
    .bind(account.to_string())
    .bind(from.get())
    .bind(until.get())
    .fetch_all(conn)
    .await?;
    rows.iter().map(|row| Ok((row.text("id")?, Yen::new(row.int("amount")?)))).collect()
}

/// What was given back, by our id of the payment.
pub async fn given_back(
    conn: &mut Conn,
    account: AccountKey,
    (from, until): Within,
) -> Result<BTreeMap<String, Yen>, sqlx::Error> {
    let rows = sqlx::query(
        "SELECT p.id, CAST(SUM(r.amount) AS BIGINT) AS amount FROM refund r JOIN payment p ON p.id = r.payment_id
         WHERE p.account = $1 AND r.done_at >= $2 AND r.done_at < $3 AND r.state = 'done' GROUP BY p.id",
    )
    .bind(account.to_string())
    .bind(from.get())
    .bind(until.get())
    .fetch_all(conn)
    .await?;
    rows.iter().map(|row| Ok((row.text("id")?, Yen::new(row.int("amount")?)))).collect()
}

/// What was paid by one attempt, nothing being nothing; `None` when we never made it.
pub async fn paid_by(conn: &mut Conn, account: AccountKey, id: &str) -> Result<Option<Yen>, sqlx::Error> {
    let row = sqlx::query(
        "SELECT CASE WHEN state IN ('succeeded', 'refunding', 'refunded') THEN amount ELSE 0 END AS amount
         FROM payment WHERE account = $1 AND id = $2",
    )
    .bind(account.to_string())
    .bind(id)
    .fetch_optional(conn)
    .await?;
    row.map(|row| Ok(Yen::new(row.int("amount")?))).transpose()
}
