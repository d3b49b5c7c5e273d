//! What payment companies take, by consortium and company, from a moment on. Rows are added, never changed.

use super::{Conn, RowExt};
use okini_shared::id::ConsortiumId;
use okini_shared::rules::payment::ProviderName;
use okini_shared::time::Millis;
use sqlx::any::AnyRow;

/// A rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FeeRate {
    pub consortium: ConsortiumId,
    pub provider: ProviderName,
    pub basis_points: i64,
    pub valid_from: Millis,
}

/// Adds a rate.
pub async fn insert(conn: &mut Conn, rate: &FeeRate, now: Millis) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO fee_rate (consortium_id, provider, basis_points, valid_from, created_at)
         VALUES ($1, $2, $3, $4, $5)",
    )
    .bind(rate.consortium.to_string())
    .bind(rate.provider.name())
    .bind(rate.basis_points)
    .bind(rate.valid_from.get())
    .bind(now.get())
    .execute(conn)
    .await?;
    Ok(())
}

/// A consortium's rates at a company, oldest first; of those from the same moment the last one counts.
pub async fn of(
    conn: &mut Conn,
    consortium: ConsortiumId,
    provider: ProviderName,
) -> Result<Vec<FeeRate>, sqlx::Error> {
    let rows = sqlx::query(
        "SELECT basis_points, valid_from FROM fee_rate WHERE consortium_id = $1 AND provider = $2
         ORDER BY valid_from, created_at",
    )
    .bind(consortium.to_string())
    .bind(provider.name())
    .fetch_all(conn)
    .await?;
    let rate = |row: &AnyRow| {
        let valid_from = Millis::new(row.int("valid_from")?);
        Ok(FeeRate { consortium, provider, basis_points: row.int("basis_points")?, valid_from })
    };
    rows.iter().map(rate).collect()
}
