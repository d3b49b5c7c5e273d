//! Accounts at payment companies, with what they sign in with sealed, and the facilities that are paid through them.

use super::{Conn, RowExt};
use okini_shared::id::{ConsortiumId, FacilityId, ProviderAccountId};
use okini_shared::rules::payment::{AccountKey, ProviderName};
use okini_shared::time::Millis;
use sqlx::any::AnyRow;

/// An account as it is stored.
#[derive(Debug, Clone)]
pub struct ProviderAccount {
    pub id: ProviderAccountId,
    pub consortium: ConsortiumId,
    pub provider: ProviderName,
    pub base_url: String,
    pub page_host: String,
    /// Sealed, like the secrets below.
    pub api_key: String,
    pub api_secret: Option<String>,
    pub webhook_secret: Option<String>,
    pub notify_secret: String,
    /// SHA-256 of the open notification secret.
    pub notify_digest: String,
    pub created_at: Millis,
    pub disabled_at: Option<Millis>,
}

fn account_row(row: &AnyRow) -> Result<ProviderAccount, sqlx::Error> {
    Ok(ProviderAccount {
        id: row.parsed("id")?,
        consortium: row.parsed("consortium_id")?,
        provider: row.named("provider", ProviderName::from_name)?,
        base_url: row.text("base_url")?,
        page_host: row.text("page_host")?,
        api_key: row.text("api_key")?,
        api_secret: row.text_or_null("api_secret")?,
        webhook_secret: row.text_or_null("webhook_secret")?,
        notify_secret: row.text("notify_secret")?,
        notify_digest: row.text("notify_digest")?,
        created_at: Millis::new(row.int("created_at")?),
        disabled_at: row.int_or_null("disabled_at")?.map(Millis::new),
    })
}

/// How many there are, and how many of them are disabled: another pair after every change.
pub async fn version(conn: &mut Conn) -> Result<(i64, i64), sqlx::Error> {
    let row = sqlx::query(
        "SELECT CAST(COUNT(*) AS BIGINT) AS stored, CAST(COUNT(disabled_at) AS BIGINT) AS disabled
         FROM provider_account",
    )
    .fetch_one(conn)
    .await?;
    Ok((row.int("stored")?, row.int("disabled")?))
}

/// All of them, oldest first.
pub async fn all(conn: &mut Conn) -> Result<Vec<ProviderAccount>, sqlx::Error> {
    let rows = sqlx::query("SELECT * FROM provider_account ORDER BY id").fetch_all(conn).await?;
    rows.iter().map(account_row).collect()
}

/// The account of that id.
pub async fn by_id(conn: &mut Conn, id: ProviderAccountId) -> Result<Option<ProviderAccount>, sqlx::Error> {
    let row =
        sqlx::query("SELECT * FROM provider_account WHERE id = $1").bind(id.to_string()).fetch_optional(conn).await?;
    row.as_ref().map(account_row).transpose()
}

/// Adds one.
pub async fn insert(conn: &mut Conn, account: &ProviderAccount) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO provider_account (id, consortium_id, provider, base_url, page_host, api_key, api_secret,
            webhook_secret, notify_secret, notify_digest, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
    )
    .bind(account.id.to_string())
    .bind(account.consortium.to_string())
    .bind(account.provider.name())
    .bind(&account.base_url)
    .bind(&account.page_host)
    .bind(&account.api_key)
    .bind(&account.api_secret)
    .bind(&account.webhook_secret)
    .bind(&account.notify_secret)
    .bind(&account.notify_digest)
    .bind(account.created_at.get())
    .execute(conn)
    .await?;
    Ok(())
}

/// Has no new payments made with it; 0 when that was so already.
pub async fn disable(conn: &mut Conn, id: ProviderAccountId, now: Millis) -> Result<u64, sqlx::Error> {
    let done = sqlx::query("UPDATE provider_account SET disabled_at = $2 WHERE id = $1 AND disabled_at IS NULL")
        .bind(id.to_string())
        .bind(now.get())
        .execute(conn)
        .await?;
    Ok(done.rows_affected())
}

/// The facilities that are paid through an account.
pub async fn facilities(conn: &mut Conn, key: AccountKey) -> Result<Vec<FacilityId>, sqlx::Error> {
    let rows = sqlx::query("SELECT facility_id FROM facility_provider WHERE account = $1 ORDER BY facility_id")
        .bind(key.to_string())
        .fetch_all(conn)
        .await?;
    rows.iter().map(|row| row.parsed("facility_id")).collect()
}

/// An account as the facilities of a consortium use it.
#[derive(Debug)]
pub struct Used {
    pub key: AccountKey,
    pub provider: ProviderName,
    pub facilities: i64,
    /// Payments with an unknown outcome.
    pub unknown: i64,
}

/// The accounts that a consortium's facilities are paid through.
pub async fn used_by(conn: &mut Conn, consortium: ConsortiumId) -> Result<Vec<Used>, sqlx::Error> {
    let rows = sqlx::query(
        "SELECT fp.account, fp.provider, CAST(COUNT(*) AS BIGINT) AS facilities,
            (SELECT CAST(COUNT(*) AS BIGINT) FROM payment p JOIN facility pf ON pf.id = p.facility_id
             WHERE p.state = 'unknown' AND p.account = fp.account AND pf.consortium_id = $1) AS unknown
         FROM facility_provider fp JOIN facility f ON f.id = fp.facility_id WHERE f.consortium_id = $1
         GROUP BY fp.account, fp.provider ORDER BY fp.provider, fp.account",
    )
    .bind(consortium.to_string())
    .fetch_all(conn)
    .await?;
    let one = |row: &AnyRow| {
        Ok(Used {
            key: row.parsed("account")?,
            provider: row.named("provider", ProviderName::from_name)?,
            facilities: row.int("facilities")?,
            unknown: row.int("unknown")?,
        })
    };
    rows.iter().map(one).collect()
}
