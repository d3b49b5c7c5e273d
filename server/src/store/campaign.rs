//! Campaigns, their budgets and codes.

use super::menu::to_json;
use super::tenant::Tenant;
use super::{Conn, RowExt};
use okini_shared::id::{BudgetId, CampaignId, ConsortiumId, CouponId, FacilityId};
use okini_shared::rules::coupon::{CampaignState, Claim, Funder, Terms};
use okini_shared::text::Text;
use okini_shared::time::Millis;
use sqlx::any::AnyRow;

/// A campaign as it is stored.
#[derive(Debug, Clone)]
pub struct Campaign {
    pub id: CampaignId,
    pub of: Tenant,
    /// The one whose next version this is.
    pub replaces: Option<CampaignId>,
    pub version: i64,
    pub name: Text,
    pub summary: Option<Text>,
    pub terms: Terms,
    pub claim: Claim,
    pub state: CampaignState,
    pub override_reason: Option<String>,
    pub created_by: String,
    pub created_at: Millis,
    pub published_at: Option<Millis>,
    pub ended_at: Option<Millis>,
}

pub(super) fn campaign_row(row: &AnyRow) -> Result<Campaign, sqlx::Error> {
    Ok(Campaign {
        id: row.parsed("id")?,
        of: Tenant::of_row(row)?,
        replaces: row.parsed_or_null("replaces")?,
        version: row.int("version")?,
        name: row.json("name")?,
        summary: row.json_or_null("summary")?,
        terms: row.json("terms")?,
        claim: row.named("claim", Claim::from_name)?,
        state: row.named("state", CampaignState::from_name)?,
        override_reason: row.text_or_null("override_reason")?,
        created_by: row.text("created_by")?,
        created_at: Millis::new(row.int("created_at")?),
        published_at: row.int_or_null("published_at")?.map(Millis::new),
        ended_at: row.int_or_null("ended_at")?.map(Millis::new),
    })
}

/// Adds one; false when the one that it replaces has been replaced.
pub async fn insert(conn: &mut Conn, campaign: &Campaign) -> Result<bool, sqlx::Error> {
    let done = sqlx::query(
        "INSERT INTO campaign (id, facility_id, consortium_id, replaces, version, name, summary, terms, claim, state,
            ends_at, override_reason, created_by, created_at, published_at, ended_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16) ON CONFLICT DO NOTHING",
    )
    .bind(campaign.id.to_string())
    .bind(campaign.of.facility().map(|id| id.to_string()))
    .bind(campaign.of.consortium().map(|id| id.to_string()))
    .bind(campaign.replaces.map(|id| id.to_string()))
    .bind(campaign.version)
    .bind(to_json(&campaign.name))
    .bind(campaign.summary.as_ref().map(to_json))
    .bind(to_json(&campaign.terms))
    .bind(campaign.claim.name())
    .bind(campaign.state.name())
    .bind(campaign.terms.conditions.ends_at.get())
    .bind(&campaign.override_reason)
    .bind(&campaign.created_by)
    .bind(campaign.created_at.get())
    .bind(campaign.published_at.map(Millis::get))
    .bind(campaign.ended_at.map(Millis::get))
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Writes all that may change, if the campaign is still in the state it was read in; 0 when somebody else was faster.
pub async fn update(conn: &mut Conn, campaign: &Campaign, was: CampaignState) -> Result<u64, sqlx::Error> {
    let done = sqlx::query(
        "UPDATE campaign SET name = $3, summary = $4, terms = $5, claim = $6, state = $7, ends_at = $8,
            override_reason = $9, published_at = $10, ended_at = $11, replaces = $12
         WHERE id = $1 AND state = $2",
    )
    .bind(campaign.id.to_string())
    .bind(was.name())
    .bind(to_json(&campaign.name))
    .bind(campaign.summary.as_ref().map(to_json))
    .bind(to_json(&campaign.terms))
    .bind(campaign.claim.name())
    .bind(campaign.state.name())
    .bind(campaign.terms.conditions.ends_at.get())
    .bind(&campaign.override_reason)
    .bind(campaign.published_at.map(Millis::get))
    .bind(campaign.ended_at.map(Millis::get))
    .bind(campaign.replaces.map(|id| id.to_string()))
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}

/// One, whoever's it is.
pub async fn by_id(conn: &mut Conn, id: CampaignId) -> Result<Option<Campaign>, sqlx::Error> {
    let row = sqlx::query("SELECT * FROM campaign WHERE id = $1").bind(id.to_string()).fetch_optional(conn).await?;
    row.as_ref().map(campaign_row).transpose()
}

/// An issuer's, newest first.
pub async fn of_issuer(conn: &mut Conn, of: Tenant, limit: i64) -> Result<Vec<Campaign>, sqlx::Error> {
    let sql =
        sqlx::AssertSqlSafe(format!("SELECT * FROM campaign c WHERE {} ORDER BY c.id DESC LIMIT $2", of.owns("c")));
    let rows = sqlx::query(sql).bind(of.id()).bind(limit).fetch_all(conn).await?;
    rows.iter().map(campaign_row).collect()
}

/// What goes on at a facility: its own campaigns, its consortium's and the programme's. Where else they may be used is in the terms.
pub async fn offered(
    conn: &mut Conn,
    facility: FacilityId,
    consortium: ConsortiumId,
    now: Millis,
) -> Result<Vec<Campaign>, sqlx::Error> {
    let rows = sqlx::query(
        "SELECT * FROM campaign WHERE facility_id = $1 AND state IN ('published', 'paused') AND ends_at > $3
         UNION ALL SELECT * FROM campaign WHERE consortium_id = $2 AND state IN ('published', 'paused') AND ends_at > $3
         UNION ALL SELECT * FROM campaign WHERE facility_id IS NULL AND consortium_id IS NULL
            AND state IN ('published', 'paused') AND ends_at > $3
         ORDER BY id",
    )
    .bind(facility.to_string())
    .bind(consortium.to_string())
    .bind(now.get())
    .fetch_all(conn)
    .await?;
    rows.iter().map(campaign_row).collect()
}

/// A budget that pays a funder's share.
#[derive(Debug, Clone)]
pub struct Budget {
    pub id: BudgetId,
    pub funder: Funder,
    pub of: Tenant,
    pub name: String,
    pub created_at: Millis,
}

/// One budget.
pub async fn budget(conn: &mut Conn, id: BudgetId) -> Result<Option<Budget>, sqlx::Error> {
    let row = sqlx::query("SELECT * FROM budget WHERE id = $1").bind(id.to_string()).fetch_optional(conn).await?;
    row.as_ref().map(budget_row).transpose()
}

/// Every budget, oldest first.
pub async fn budgets(conn: &mut Conn) -> Result<Vec<Budget>, sqlx::Error> {
    let rows = sqlx::query("SELECT * FROM budget ORDER BY id").fetch_all(conn).await?;
    rows.iter().map(budget_row).collect()
}

/// The budgets that pay for a campaign somewhere.
pub async fn budgets_of(conn: &mut Conn, campaign: CampaignId) -> Result<Vec<BudgetId>, sqlx::Error> {
    let rows = sqlx::query("SELECT DISTINCT budget_id FROM campaign_budget WHERE campaign_id = $1")
        .bind(campaign.to_string())
        .fetch_all(conn)
        .await?;
    rows.iter().map(|row| row.parsed("budget_id")).collect()
}

fn budget_row(row: &AnyRow) -> Result<Budget, sqlx::Error> {
    Ok(Budget {
        id: row.parsed("id")?,
        funder: row.named("funder", Funder::from_name)?,
        of: Tenant::of_row(row)?,
        name: row.text("name")?,
        created_at: Millis::new(row.int("created_at")?),
    })
}

/// Adds one, without money.
pub async fn insert_budget(conn: &mut Conn, budget: &Budget) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO budget (id, funder, facility_id, consortium_id, name, created_at) VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(budget.id.to_string())
    .bind(budget.funder.name())
    .bind(budget.of.facility().map(|id| id.to_string()))
    .bind(budget.of.consortium().map(|id| id.to_string()))
    .bind(&budget.name)
    .bind(budget.created_at.get())
    .execute(conn)
    .await?;
    Ok(())
}

/// Has a budget pay a funder's share of a campaign: everywhere, or in one place.
pub async fn link_budget(
    conn: &mut Conn,
    campaign: CampaignId,
    (budget, funder): (BudgetId, Funder),
    at: Tenant,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO campaign_budget (campaign_id, funder, consortium_id, facility_id, budget_id)
         VALUES ($1, $2, $3, $4, $5)",
    )
    .bind(campaign.to_string())
    .bind(funder.name())
    .bind(at.consortium().map(|id| id.to_string()))
    .bind(at.facility().map(|id| id.to_string()))
    .bind(budget.to_string())
    .execute(conn)
    .await?;
    Ok(())
}

/// Has a campaign paid by the budgets of another one.
pub async fn copy_budgets(conn: &mut Conn, from: CampaignId, to: CampaignId) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO campaign_budget (campaign_id, funder, consortium_id, facility_id, budget_id)
         SELECT $2, funder, consortium_id, facility_id, budget_id FROM campaign_budget WHERE campaign_id = $1",
    )
    .bind(from.to_string())
    .bind(to.to_string())
    .execute(conn)
    .await?;
    Ok(())
}

/// The budget that pays each funder's share of a campaign at a facility; the one for the narrowest place counts.
pub async fn budgets_at(
    conn: &mut Conn,
    campaign: CampaignId,
    facility: FacilityId,
    consortium: ConsortiumId,
) -> Result<Vec<(Funder, BudgetId)>, sqlx::Error> {
    let rows = sqlx::query(
        "SELECT funder, budget_id FROM campaign_budget WHERE campaign_id = $1
            AND (facility_id = $2 OR (facility_id IS NULL AND (consortium_id = $3 OR consortium_id IS NULL)))
         ORDER BY CASE WHEN facility_id IS NOT NULL THEN 0 WHEN consortium_id IS NOT NULL THEN 1 ELSE 2 END",
    )
    .bind(campaign.to_string())
    .bind(facility.to_string())
    .bind(consortium.to_string())
    .fetch_all(conn)
    .await?;
    let mut budgets: Vec<(Funder, BudgetId)> = Vec::new();
    for row in &rows {
        let funder = row.named("funder", Funder::from_name)?;
        if budgets.iter().all(|(known, _)| *known != funder) {
            budgets.push((funder, row.parsed("budget_id")?));
        }
    }
    Ok(budgets)
}

/// Rows of one statement.
const ROWS: usize = 200;

/// Adds codes by their SHA-256, and tells how many of them were not there yet.
pub async fn insert_codes(
    conn: &mut Conn,
    campaign: CampaignId,
    (batch, digests): (&str, &[String]),
    now: Millis,
) -> Result<u64, sqlx::Error> {
    let mut added = 0_u64;
    for some in digests.chunks(ROWS) {
        let rows: Vec<String> = (4..).zip(some).map(|(at, _)| format!("(${at}, $1, $2, $3)")).collect();
        let sql = format!(
            "INSERT INTO campaign_code (digest, campaign_id, batch, created_at) VALUES {} ON CONFLICT DO NOTHING",
            rows.join(", ")
        );
        let mut query =
            sqlx::query(sqlx::AssertSqlSafe(sql)).bind(campaign.to_string()).bind(batch.to_owned()).bind(now.get());
        for digest in some {
            query = query.bind(digest.clone());
        }
        added = added.saturating_add(query.execute(&mut *conn).await?.rows_affected());
    }
    Ok(added)
}

/// What a code is for, and the coupon that it gave.
pub async fn code(conn: &mut Conn, digest: &str) -> Result<Option<(CampaignId, Option<CouponId>)>, sqlx::Error> {
    let row = sqlx::query("SELECT campaign_id, coupon_id FROM campaign_code WHERE digest = $1")
        .bind(digest)
        .fetch_optional(conn)
        .await?;
    row.map(|row| Ok((row.parsed("campaign_id")?, row.parsed_or_null("coupon_id")?))).transpose()
}

/// Uses a code up for a coupon; 0 when somebody else was faster.
pub async fn use_code(conn: &mut Conn, digest: &str, coupon: CouponId, now: Millis) -> Result<u64, sqlx::Error> {
    let done =
        sqlx::query("UPDATE campaign_code SET used_at = $2, coupon_id = $3 WHERE digest = $1 AND used_at IS NULL")
            .bind(digest)
            .bind(now.get())
            .bind(coupon.to_string())
            .execute(conn)
            .await?;
    Ok(done.rows_affected())
}
