//! Coupons of phones, codes that move them, and the record of who tried what.

use super::{Conn, RowExt};
use okini_shared::id::{CampaignId, CouponId, EventId, OrderId};
use okini_shared::money::Yen;
use okini_shared::rules::coupon::CouponState;
use okini_shared::text::Text;
use okini_shared::time::Millis;

/// A coupon that a phone gets.
#[derive(Debug, Clone)]
pub struct Coupon {
    pub id: CouponId,
    pub campaign: CampaignId,
    /// SHA-256 of the device cookie.
    pub device: String,
    /// Which one of this phone's, from 1.
    pub ordinal: i64,
    pub state: CouponState,
}

/// Adds one; false when the phone has one of that ordinal.
pub async fn insert(conn: &mut Conn, coupon: &Coupon, now: Millis) -> Result<bool, sqlx::Error> {
    let done = sqlx::query(
        "INSERT INTO coupon (id, campaign_id, device, ordinal, state, created_at) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT DO NOTHING",
    )
    .bind(coupon.id.to_string())
    .bind(coupon.campaign.to_string())
    .bind(&coupon.device)
    .bind(coupon.ordinal)
    .bind(coupon.state.name())
    .bind(now.get())
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// The ordinals of a phone's coupons of a campaign.
pub async fn ordinals(conn: &mut Conn, campaign: CampaignId, device: &str) -> Result<Vec<i64>, sqlx::Error> {
    sqlx::query_scalar("SELECT ordinal FROM coupon WHERE campaign_id = $1 AND device = $2 AND ordinal IS NOT NULL")
        .bind(campaign.to_string())
        .bind(device)
        .fetch_all(conn)
        .await
}

/// A phone's oldest coupon of a campaign that is not used.
pub async fn available(conn: &mut Conn, campaign: CampaignId, device: &str) -> Result<Option<CouponId>, sqlx::Error> {
    let row = sqlx::query(
        "SELECT id FROM coupon WHERE device = $2 AND state = 'available' AND campaign_id = $1 ORDER BY id LIMIT 1",
    )
    .bind(campaign.to_string())
    .bind(device)
    .fetch_optional(conn)
    .await?;
    row.map(|row| row.parsed("id")).transpose()
}

/// Whether a coupon is or was this phone's.
pub async fn is_of(conn: &mut Conn, id: CouponId, device: &str) -> Result<bool, sqlx::Error> {
    let row = sqlx::query("SELECT id FROM coupon WHERE id = $1 AND device = $2")
        .bind(id.to_string())
        .bind(device)
        .fetch_optional(conn)
        .await?;
    Ok(row.is_some())
}

/// Moves a coupon from one state to another; 0 when it was not in the first.
pub async fn step(
    conn: &mut Conn,
    id: CouponId,
    (from, to): (CouponState, CouponState),
    now: Millis,
) -> Result<u64, sqlx::Error> {
    let used_at = (to == CouponState::Redeemed).then_some(now.get());
    let done = sqlx::query("UPDATE coupon SET state = $3, used_at = $4 WHERE id = $1 AND state = $2")
        .bind(id.to_string())
        .bind(from.name())
        .bind(to.name())
        .bind(used_at)
        .execute(conn)
        .await?;
    Ok(done.rows_affected())
}

/// Gives up a coupon that applied by itself: it counts no longer. 0 when it was not in that state.
pub async fn give_up(conn: &mut Conn, id: CouponId, from: CouponState) -> Result<u64, sqlx::Error> {
    let done =
        sqlx::query("UPDATE coupon SET state = 'void', ordinal = NULL, used_at = NULL WHERE id = $1 AND state = $2")
            .bind(id.to_string())
            .bind(from.name())
            .execute(conn)
            .await?;
    Ok(done.rows_affected())
}

/// How many coupons a phone has of each campaign, in each state in which they count.
pub async fn counts(conn: &mut Conn, device: &str) -> Result<Vec<(CampaignId, CouponState, i64)>, sqlx::Error> {
    let rows = sqlx::query(
        "SELECT campaign_id, state, COUNT(*) AS n FROM coupon WHERE device = $1 AND state <> 'void'
         GROUP BY campaign_id, state",
    )
    .bind(device)
    .fetch_all(conn)
    .await?;
    rows.iter()
        .map(|row| Ok((row.parsed("campaign_id")?, row.named("state", CouponState::from_name)?, row.int("n")?)))
        .collect()
}

/// A coupon of a phone that can no longer be used.
#[derive(Debug, Clone)]
pub struct Past {
    pub campaign: CampaignId,
    pub name: Text,
    pub used_at: Option<Millis>,
    pub amount: Option<Yen>,
    pub ended_at: Millis,
}

/// A phone's last coupons that were used or ran out, newest first.
pub async fn past(conn: &mut Conn, device: &str, now: Millis, limit: i64) -> Result<Vec<Past>, sqlx::Error> {
    let rows = sqlx::query(
        "SELECT c.campaign_id, m.name, c.used_at, h.amount, COALESCE(c.used_at, m.ended_at, m.ends_at) AS over_at
         FROM coupon c JOIN campaign m ON m.id = c.campaign_id
         LEFT JOIN coupon_hold h ON h.coupon_id = c.id AND h.state = 'redeemed'
         WHERE c.device = $1 AND (c.state = 'redeemed'
            OR (c.state = 'available' AND (m.state = 'ended' OR m.ends_at <= $2)))
         ORDER BY over_at DESC LIMIT $3",
    )
    .bind(device)
    .bind(now.get())
    .bind(limit)
    .fetch_all(conn)
    .await?;
    rows.iter()
        .map(|row| {
            Ok(Past {
                campaign: row.parsed("campaign_id")?,
                name: row.json("name")?,
                used_at: row.int_or_null("used_at")?.map(Millis::new),
                amount: row.int_or_null("amount")?.map(Yen::new),
                ended_at: Millis::new(row.int("over_at")?),
            })
        })
        .collect()
}

/// A phone's coupons that are not used and have not run out.
pub async fn movable(conn: &mut Conn, device: &str, now: Millis) -> Result<Vec<(CouponId, CampaignId)>, sqlx::Error> {
    let rows = sqlx::query(
        "SELECT c.id, c.campaign_id FROM coupon c JOIN campaign m ON m.id = c.campaign_id
         WHERE c.device = $1 AND c.state = 'available' AND m.state <> 'ended' AND m.ends_at > $2 ORDER BY c.id",
    )
    .bind(device)
    .bind(now.get())
    .fetch_all(conn)
    .await?;
    rows.iter().map(|row| Ok((row.parsed("id")?, row.parsed("campaign_id")?))).collect()
}

/// Whether a phone has an order that was not given up or taken back.
pub async fn has_ordered(conn: &mut Conn, device: &str) -> Result<bool, sqlx::Error> {
    let row = sqlx::query(
        "SELECT id FROM orders WHERE device = $1 AND state NOT IN ('expired', 'cancelled', 'refused', 'auto_refused') LIMIT 1",
    )
    .bind(device)
    .fetch_optional(conn)
    .await?;
    Ok(row.is_some())
}

/// An order by which a coupon is held.
#[derive(Debug, Clone)]
pub struct HeldBy {
    pub campaign: CampaignId,
    pub order: OrderId,
    pub token: String,
    pub amount: Yen,
    pub placed_at: Millis,
}

/// A phone's coupons that are set aside for bills.
pub async fn held(conn: &mut Conn, device: &str) -> Result<Vec<HeldBy>, sqlx::Error> {
    let rows = sqlx::query(
        "SELECT h.campaign_id, h.amount, o.id, o.token, o.placed_at FROM coupon c
         JOIN coupon_hold h ON h.coupon_id = c.id AND h.state = 'held' JOIN orders o ON o.id = h.order_id
         WHERE c.device = $1 AND c.state = 'held' ORDER BY h.id",
    )
    .bind(device)
    .fetch_all(conn)
    .await?;
    rows.iter()
        .map(|row| {
            Ok(HeldBy {
                campaign: row.parsed("campaign_id")?,
                order: row.parsed("id")?,
                token: row.text("token")?,
                amount: Yen::new(row.int("amount")?),
                placed_at: Millis::new(row.int("placed_at")?),
            })
        })
        .collect()
}

/// Adds a code by which another phone takes a phone's coupons over.
pub async fn insert_transfer(
    conn: &mut Conn,
    (digest, device): (&str, &str),
    (now, until): (Millis, Millis),
) -> Result<(), sqlx::Error> {
    sqlx::query("INSERT INTO coupon_transfer (digest, device, created_at, expires_at) VALUES ($1, $2, $3, $4)")
        .bind(digest)
        .bind(device)
        .bind(now.get())
        .bind(until.get())
        .execute(conn)
        .await?;
    Ok(())
}

/// Uses such a code up and tells whose coupons it moves; nothing when it is not there, was used or is too old.
pub async fn use_transfer(conn: &mut Conn, digest: &str, now: Millis) -> Result<Option<String>, sqlx::Error> {
    let row = sqlx::query(
        "UPDATE coupon_transfer SET used_at = $2 WHERE digest = $1 AND used_at IS NULL AND expires_at > $2 RETURNING device",
    )
    .bind(digest)
    .bind(now.get())
    .fetch_optional(conn)
    .await?;
    row.map(|row| row.text("device")).transpose()
}

/// What somebody tried and what came of it.
#[derive(Debug, Clone)]
pub struct Try {
    pub id: String,
    /// claim, code, hold, transfer
    pub kind: &'static str,
    pub campaign: Option<CampaignId>,
    pub device: String,
    pub outcome: String,
}

/// Keeps a try.
pub async fn insert_try(conn: &mut Conn, tried: &Try, now: Millis) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO coupon_try (id, kind, campaign_id, device, outcome, created_at) VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(&tried.id)
    .bind(tried.kind)
    .bind(tried.campaign.map(|id| id.to_string()))
    .bind(&tried.device)
    .bind(&tried.outcome)
    .bind(now.get())
    .execute(conn)
    .await?;
    Ok(())
}

/// Forgets tries before an id, which begins with the time, at most `limit`; returns how many.
pub async fn prune_tries(conn: &mut Conn, before: EventId, limit: i64) -> Result<u64, sqlx::Error> {
    let done = sqlx::query(
        "DELETE FROM coupon_try WHERE id IN (SELECT id FROM coupon_try WHERE id < $1 ORDER BY id LIMIT $2)",
    )
    .bind(before.to_string())
    .bind(limit)
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}

/// Forgets codes that ran out before a moment, at most `limit`; returns how many.
pub async fn prune_transfers(conn: &mut Conn, before: Millis, limit: i64) -> Result<u64, sqlx::Error> {
    let done = sqlx::query(
        "DELETE FROM coupon_transfer
         WHERE digest IN (SELECT digest FROM coupon_transfer WHERE expires_at < $1 LIMIT $2)",
    )
    .bind(before.get())
    .bind(limit)
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}
