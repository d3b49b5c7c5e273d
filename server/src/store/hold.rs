//! Coupons that are set aside for bills, and the ledger of coupon money.

use super::{Conn, RowExt};
use okini_shared::id::{BudgetId, CampaignId, CouponId, FacilityId, HoldId, LedgerEntryId, OrderId};
use okini_shared::money::Yen;
use okini_shared::rules::coupon::{Funder, HoldState, Movement};
use okini_shared::text::Text;
use okini_shared::time::Millis;
use sqlx::any::AnyRow;

/// A coupon that is or was set aside for an order's bill.
#[derive(Debug, Clone)]
pub struct Hold {
    pub id: HoldId,
    pub coupon: CouponId,
    pub campaign: CampaignId,
    pub device: String,
    pub order: OrderId,
    pub facility: FacilityId,
    pub amount: Yen,
    /// What went back to the funders after parts of the payment were given back.
    pub returned: Yen,
    pub state: HoldState,
    /// The day in Japan.
    pub day: i64,
    /// Which one of this phone's on that day, from 1.
    pub day_ordinal: i64,
}

fn hold_row(row: &AnyRow) -> Result<Hold, sqlx::Error> {
    Ok(Hold {
        id: row.parsed("id")?,
        coupon: row.parsed("coupon_id")?,
        campaign: row.parsed("campaign_id")?,
        device: row.text("device")?,
        order: row.parsed("order_id")?,
        facility: row.parsed("facility_id")?,
        amount: Yen::new(row.int("amount")?),
        returned: Yen::new(row.int("returned")?),
        state: row.named("state", HoldState::from_name)?,
        day: row.int("day")?,
        day_ordinal: row.int("day_ordinal")?,
    })
}

/// Adds one; false when the coupon is in use, or the phone has a use of that ordinal on that day.
pub async fn insert(conn: &mut Conn, hold: &Hold, now: Millis) -> Result<bool, sqlx::Error> {
    let done = sqlx::query(
        "INSERT INTO coupon_hold (id, coupon_id, campaign_id, device, order_id, facility_id, amount, returned, state, day,
            day_ordinal, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT DO NOTHING",
    )
    .bind(hold.id.to_string())
    .bind(hold.coupon.to_string())
    .bind(hold.campaign.to_string())
    .bind(&hold.device)
    .bind(hold.order.to_string())
    .bind(hold.facility.to_string())
    .bind(hold.amount.get())
    .bind(hold.returned.get())
    .bind(hold.state.name())
    .bind(hold.day)
    .bind(hold.day_ordinal)
    .bind(now.get())
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Those of an order, in the order in which they were taken off.
pub async fn of_order(conn: &mut Conn, order: OrderId) -> Result<Vec<Hold>, sqlx::Error> {
    let rows = sqlx::query("SELECT * FROM coupon_hold WHERE order_id = $1 ORDER BY id")
        .bind(order.to_string())
        .fetch_all(conn)
        .await?;
    rows.iter().map(hold_row).collect()
}

/// The same with the names of their campaigns.
pub async fn named(conn: &mut Conn, order: OrderId) -> Result<Vec<(Hold, Text)>, sqlx::Error> {
    let rows = sqlx::query(
        "SELECT h.*, m.name FROM coupon_hold h JOIN campaign m ON m.id = h.campaign_id WHERE h.order_id = $1 ORDER BY h.id",
    )
    .bind(order.to_string())
    .fetch_all(conn)
    .await?;
    rows.iter().map(|row| Ok((hold_row(row)?, row.json("name")?))).collect()
}

/// Writes where a hold stands now and how much of it went back, if it is still as it was read; 0 when it is not.
pub async fn update(
    conn: &mut Conn,
    hold: &Hold,
    (was, returned): (HoldState, Yen),
    (now, reason): (Millis, Option<&str>),
) -> Result<u64, sqlx::Error> {
    let ended = matches!(hold.state, HoldState::Released | HoldState::Returned).then_some(now.get());
    let done = sqlx::query(
        "UPDATE coupon_hold SET state = $4, returned = $5, ended_at = $6, reason = $7
         WHERE id = $1 AND state = $2 AND returned = $3",
    )
    .bind(hold.id.to_string())
    .bind(was.name())
    .bind(returned.get())
    .bind(hold.state.name())
    .bind(hold.returned.get())
    .bind(ended)
    .bind(reason)
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}

/// Which of a phone's uses of a campaign on a day stand.
pub async fn day_ordinals(
    conn: &mut Conn,
    campaign: CampaignId,
    device: &str,
    day: i64,
) -> Result<Vec<i64>, sqlx::Error> {
    sqlx::query_scalar(
        "SELECT day_ordinal FROM coupon_hold
         WHERE campaign_id = $1 AND device = $2 AND day = $3 AND state IN ('held', 'redeemed')",
    )
    .bind(campaign.to_string())
    .bind(device)
    .bind(day)
    .fetch_all(conn)
    .await
}

/// A movement of coupon money.
#[derive(Debug, Clone)]
pub struct Entry {
    pub id: LedgerEntryId,
    pub movement: Movement,
    pub funder: Funder,
    pub amount: Yen,
    pub budget: Option<BudgetId>,
    /// The hold, its campaign and its facility; nothing for the funding of a budget.
    pub hold: Option<(HoldId, CampaignId, FacilityId)>,
}

/// Writes a movement down.
pub async fn book(conn: &mut Conn, entry: &Entry, now: Millis) -> Result<(), sqlx::Error> {
    let (from, to) = entry.movement.accounts(entry.budget.is_some());
    sqlx::query(
        "INSERT INTO ledger_entry (id, kind, from_account, to_account, funder, amount, budget_id, hold_id, campaign_id,
            facility_id, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
    )
    .bind(entry.id.to_string())
    .bind(entry.movement.name())
    .bind(from)
    .bind(to)
    .bind(entry.funder.name())
    .bind(entry.amount.get())
    .bind(entry.budget.map(|id| id.to_string()))
    .bind(entry.hold.map(|(id, _, _)| id.to_string()))
    .bind(entry.hold.map(|(_, id, _)| id.to_string()))
    .bind(entry.hold.map(|(_, _, id)| id.to_string()))
    .bind(now.get())
    .execute(conn)
    .await?;
    Ok(())
}

/// What each funder has in a hold: set aside for it, and gone back of it.
#[derive(Debug, Clone, Copy)]
pub struct Part {
    pub funder: Funder,
    pub budget: Option<BudgetId>,
    pub amount: Yen,
    pub returned: Yen,
}

/// The parts of a hold.
pub async fn parts(conn: &mut Conn, hold: HoldId) -> Result<Vec<Part>, sqlx::Error> {
    let rows = sqlx::query(
        "SELECT funder, budget_id, CAST(SUM(CASE WHEN kind = 'hold' THEN amount ELSE 0 END) AS BIGINT) AS held,
            CAST(SUM(CASE WHEN kind = 'return' THEN amount ELSE 0 END) AS BIGINT) AS returned
         FROM ledger_entry WHERE hold_id = $1 GROUP BY funder, budget_id ORDER BY budget_id",
    )
    .bind(hold.to_string())
    .fetch_all(conn)
    .await?;
    rows.iter()
        .map(|row| {
            Ok(Part {
                funder: row.named("funder", Funder::from_name)?,
                budget: row.parsed_or_null("budget_id")?,
                amount: Yen::new(row.int("held")?),
                returned: Yen::new(row.int("returned")?),
            })
        })
        .collect()
}

/// What a budget was given.
pub async fn funded(conn: &mut Conn, budget: BudgetId) -> Result<Yen, sqlx::Error> {
    let sum: Option<i64> = sqlx::query_scalar(
        "SELECT CAST(SUM(amount) AS BIGINT) FROM ledger_entry WHERE budget_id = $1 AND kind = 'fund'",
    )
    .bind(budget.to_string())
    .fetch_one(conn)
    .await?;
    Ok(Yen::new(sum.unwrap_or_default()))
}
