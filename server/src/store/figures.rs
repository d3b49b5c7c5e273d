//! Sums over coupons, holds and the ledger for those who run campaigns. Each table of a check is one statement, so that what it
//! compares is of one moment.

use super::tenant::Tenant;
use super::{Conn, RowExt};
use okini_shared::api::campaign::{Balance, BudgetBalance, BudgetFigures, CampaignBalance, Figures, FunderFigures};
use okini_shared::id::CampaignId;
use okini_shared::money::Yen;
use okini_shared::rules::coupon::Funder;
use sqlx::AssertSqlSafe;
use sqlx::any::AnyRow;

/// What became of a campaign; its places are in `slot`.
pub async fn of_campaign(conn: &mut Conn, id: CampaignId) -> Result<Figures, sqlx::Error> {
    let row = sqlx::query(
        "SELECT (SELECT COUNT(*) FROM coupon WHERE campaign_id = $1 AND state NOT IN ('void', 'moved')) AS got,
            (SELECT COUNT(*) FROM coupon_hold WHERE campaign_id = $1 AND state = 'held') AS held,
            (SELECT COUNT(*) FROM coupon_hold WHERE campaign_id = $1 AND state = 'redeemed') AS redeemed,
            (SELECT COUNT(*) FROM coupon_hold WHERE campaign_id = $1 AND state = 'returned') AS returned,
            (SELECT COUNT(*) FROM campaign_code WHERE campaign_id = $1) AS codes,
            (SELECT COUNT(*) FROM campaign_code WHERE campaign_id = $1 AND used_at IS NOT NULL) AS codes_used",
    )
    .bind(id.to_string())
    .fetch_one(&mut *conn)
    .await?;
    Ok(Figures {
        got: row.int("got")?,
        held: row.int("held")?,
        redeemed: row.int("redeemed")?,
        returned: row.int("returned")?,
        codes: row.int("codes")?,
        codes_used: row.int("codes_used")?,
        places_left: super::slot::left(conn, &id.to_string()).await?,
        funders: funders(conn, id).await?,
        budgets: budgets(conn, id).await?,
    })
}

/// The sum of a table's column or expression; nothing is 0.
fn sum(what: &str, from: &str) -> String {
    format!("(SELECT COALESCE(CAST(SUM({what}) AS BIGINT), 0) FROM {from})")
}

/// What came into an account less what went out.
fn balance(account: &str) -> String {
    format!(
        "CASE WHEN e.to_account = '{account}' THEN e.amount WHEN e.from_account = '{account}' THEN -e.amount ELSE 0 END"
    )
}

async fn funders(conn: &mut Conn, id: CampaignId) -> Result<Vec<FunderFigures>, sqlx::Error> {
    let sql = format!(
        "SELECT e.funder, CAST(SUM({}) AS BIGINT) AS held, CAST(SUM({}) AS BIGINT) AS redeemed,
            CAST(SUM(CASE WHEN e.kind = 'return' THEN e.amount ELSE 0 END) AS BIGINT) AS returned
         FROM ledger_entry e WHERE e.campaign_id = $1 GROUP BY e.funder ORDER BY e.funder",
        balance("held"),
        balance("redeemed")
    );
    let rows = sqlx::query(AssertSqlSafe(sql)).bind(id.to_string()).fetch_all(conn).await?;
    rows.iter()
        .map(|row| {
            Ok(FunderFigures {
                funder: row.named("funder", Funder::from_name)?,
                held: yen(row, "held")?,
                redeemed: yen(row, "redeemed")?,
                returned: yen(row, "returned")?,
            })
        })
        .collect()
}

async fn budgets(conn: &mut Conn, id: CampaignId) -> Result<Vec<BudgetFigures>, sqlx::Error> {
    let sql = format!(
        "SELECT b.id, b.name, k.funder, k.consortium_id, k.facility_id, {} AS funded, {} AS left_over
         FROM campaign_budget k JOIN budget b ON b.id = k.budget_id WHERE k.campaign_id = $1 ORDER BY b.id",
        sum("e.amount", "ledger_entry e WHERE e.budget_id = b.id AND e.kind = 'fund'"),
        sum("s.left_over", "slot s WHERE s.owner = b.id")
    );
    let rows = sqlx::query(AssertSqlSafe(sql)).bind(id.to_string()).fetch_all(conn).await?;
    rows.iter()
        .map(|row| {
            Ok(BudgetFigures {
                budget: row.parsed("id")?,
                name: row.text("name")?,
                funder: row.named("funder", Funder::from_name)?,
                consortium: row.parsed_or_null("consortium_id")?,
                facility: row.parsed_or_null("facility_id")?,
                funded: yen(row, "funded")?,
                left: yen(row, "left_over")?,
            })
        })
        .collect()
}

fn yen(row: &AnyRow, column: &'static str) -> Result<Yen, sqlx::Error> {
    Ok(Yen::new(row.int(column)?))
}

fn pair(row: &AnyRow, ledger: &'static str, found: &'static str) -> Result<Balance, sqlx::Error> {
    Ok(Balance { ledger: yen(row, ledger)?, found: yen(row, found)? })
}

/// The ledger of each of an issuer's campaigns against its holds.
pub async fn check_campaigns(conn: &mut Conn, of: Tenant) -> Result<Vec<CampaignBalance>, sqlx::Error> {
    let entries = "ledger_entry e WHERE e.campaign_id = c.id";
    let sql = format!(
        "SELECT c.id, {} AS held, {} AS held_found, {} AS redeemed, {} AS redeemed_found
         FROM campaign c WHERE {} ORDER BY c.id",
        sum(&balance("held"), entries),
        sum("h.amount", "coupon_hold h WHERE h.campaign_id = c.id AND h.state = 'held'"),
        sum(&balance("redeemed"), entries),
        sum(
            "h.amount - h.returned",
            "coupon_hold h WHERE h.campaign_id = c.id AND h.state IN ('redeemed', 'returned')"
        ),
        of.owns("c")
    );
    let rows = sqlx::query(AssertSqlSafe(sql)).bind(of.id()).fetch_all(conn).await?;
    rows.iter()
        .map(|row| {
            Ok(CampaignBalance {
                campaign: row.parsed("id")?,
                held: pair(row, "held", "held_found")?,
                redeemed: pair(row, "redeemed", "redeemed_found")?,
            })
        })
        .collect()
}

/// The ledger of each budget that is an issuer's or pays for its campaigns, against the slots and the states of holds.
pub async fn check_budgets(conn: &mut Conn, of: Tenant) -> Result<Vec<BudgetBalance>, sqlx::Error> {
    let entries = "ledger_entry e WHERE e.budget_id = b.id";
    let parts = "ledger_entry e JOIN coupon_hold h ON h.id = e.hold_id WHERE e.budget_id = b.id";
    let sql = format!(
        "SELECT b.id, b.name, {} AS available, {} AS available_found, {} AS held, {} AS held_found, {} AS redeemed,
            {} AS redeemed_found
         FROM budget b WHERE ({}) OR b.id IN (SELECT k.budget_id FROM campaign_budget k
            JOIN campaign c ON c.id = k.campaign_id WHERE {}) ORDER BY b.id",
        sum(&balance("available"), entries),
        sum("s.left_over", "slot s WHERE s.owner = b.id"),
        sum(&balance("held"), entries),
        sum("e.amount", &format!("{parts} AND e.kind = 'hold' AND h.state = 'held'")),
        sum(&balance("redeemed"), entries),
        sum(
            "CASE WHEN e.kind = 'hold' THEN e.amount ELSE -e.amount END",
            &format!("{parts} AND e.kind IN ('hold', 'return') AND h.state IN ('redeemed', 'returned')")
        ),
        of.owns("b"),
        of.owns("c")
    );
    let rows = sqlx::query(AssertSqlSafe(sql)).bind(of.id()).fetch_all(conn).await?;
    rows.iter()
        .map(|row| {
            Ok(BudgetBalance {
                budget: row.parsed("id")?,
                name: row.text("name")?,
                available: pair(row, "available", "available_found")?,
                held: pair(row, "held", "held_found")?,
                redeemed: pair(row, "redeemed", "redeemed_found")?,
            })
        })
        .collect()
}
