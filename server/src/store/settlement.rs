//! What payment companies confirmed in a period, summed up and line by line, each with the rate that applied when it was
//! paid; what is in no sum; and the rates. Fees are made of them in the domain.

use super::tenant::Tenant;
use super::{Conn, RowExt};
use okini_shared::api::settlement::ApartKind;
use okini_shared::day::Day;
use okini_shared::id::{FacilityId, OrderId, PaymentId};
use okini_shared::money::Yen;
use okini_shared::rules::payment::ProviderName;
use okini_shared::rules::settlement::Exact;
use okini_shared::text::Text;
use okini_shared::time::Millis;
use sqlx::AssertSqlSafe;
use sqlx::any::AnyRow;

/// Of what is listed apart, so much is shown.
const MOST_APART: i64 = 500;

/// What a facility's id must be; `$1` is the tenant's id.
const fn condition(of: Tenant) -> &'static str {
    match of {
        Tenant::Facility(_) => "= $1",
        Tenant::Consortium(_) => "IN (SELECT id FROM facility WHERE consortium_id = $1)",
        Tenant::Programme => "IN (SELECT id FROM facility WHERE $1 = 'programme')",
    }
}

/// From the first moment until before the second.
pub type Within = (Millis, Millis);

/// The rate of a payment `p` of a facility `f`.
const RATE: &str = "(SELECT x.basis_points FROM fee_rate x WHERE x.consortium_id = f.consortium_id
    AND x.provider = p.provider AND x.valid_from <= p.settled_at
    ORDER BY x.valid_from DESC, x.created_at DESC LIMIT 1)";

/// Every payment and refund that a company confirmed from `$2` until before `$3`.
fn moves(of: Tenant) -> String {
    let condition = condition(of);
    format!(
        "SELECT 0 AS back, p.id AS id, p.id AS payment_id, p.order_id, p.settled_at AS moved_at, p.provider,
            p.provider_payment_id, p.received AS amount, CASE WHEN b.paid_by = p.id THEN 1 ELSE 0 END AS pays,
            {RATE} AS basis_points
         FROM payment p JOIN facility f ON f.id = p.facility_id JOIN bill b ON b.id = p.bill_id
         WHERE p.facility_id {condition} AND p.settled_at >= $2 AND p.settled_at < $3 AND p.currency = 'JPY'
            AND p.state IN ('succeeded', 'refunding', 'refunded')
         UNION ALL
         SELECT 1, r.id, p.id, p.order_id, r.done_at, p.provider, p.provider_payment_id, r.amount, 0, {RATE}
         FROM refund r JOIN payment p ON p.id = r.payment_id JOIN facility f ON f.id = p.facility_id
         WHERE r.facility_id {condition} AND r.done_at >= $2 AND r.done_at < $3 AND r.state = 'done'"
    )
}

/// Payments or refunds of one company on one day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Group {
    /// Refunds, not payments.
    pub back: bool,
    pub day: Day,
    pub provider: ProviderName,
    pub count: i64,
    /// Those of the payments that paid an order.
    pub orders: i64,
    pub amount: Yen,
    /// The share of the rates in it.
    pub fee: Exact,
    pub without_rate: i64,
}

/// The SQL of `groups`, for those who ask an engine how it goes about it.
pub fn groups_sql(of: Tenant) -> String {
    let moves = moves(of);
    format!(
        "SELECT back, (moved_at + 32400000) / 86400000 AS day, provider, COUNT(*) AS count,
            CAST(SUM(pays) AS BIGINT) AS orders, CAST(SUM(amount) AS BIGINT) AS amount,
            CAST(COALESCE(SUM(amount * basis_points), 0) AS BIGINT) AS fee,
            CAST(SUM(CASE WHEN basis_points IS NULL THEN 1 ELSE 0 END) AS BIGINT) AS without_rate
         FROM ({moves}) m GROUP BY 1, 2, 3 ORDER BY 2, 3, 1"
    )
}

/// The sums by day, company and direction; days in Japan.
pub async fn groups(conn: &mut Conn, of: Tenant, (from, until): Within) -> Result<Vec<Group>, sqlx::Error> {
    let query = sqlx::query(AssertSqlSafe(groups_sql(of))).bind(of.id()).bind(from.get()).bind(until.get());
    let rows = query.fetch_all(conn).await?;
    rows.iter().map(group).collect()
}

fn group(row: &AnyRow) -> Result<Group, sqlx::Error> {
    Ok(Group {
        back: row.flag("back")?,
        day: Day::new(row.int("day")?),
        provider: row.named("provider", ProviderName::from_name)?,
        count: row.int("count")?,
        orders: row.int("orders")?,
        amount: Yen::new(row.int("amount")?),
        fee: Exact::new(row.int("fee")?),
        without_rate: row.int("without_rate")?,
    })
}

/// One payment or refund.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// A refund, not a payment.
    pub back: bool,
    /// The payment's or the refund's.
    pub id: String,
    pub facility: FacilityId,
    pub facility_name: Text,
    pub payment: PaymentId,
    pub order: OrderId,
    pub number: Option<i64>,
    pub moved_at: Millis,
    pub provider: ProviderName,
    pub provider_payment_id: Option<String>,
    pub amount: Yen,
    pub basis_points: Option<i64>,
}

/// Lines by time and id, of those at the very first moment only the ones after an id.
pub async fn lines(
    conn: &mut Conn,
    of: Tenant,
    (from, until): Within,
    after: &str,
    limit: i64,
) -> Result<Vec<Line>, sqlx::Error> {
    let moves = moves(of);
    let sql = format!(
        "SELECT m.*, o.number, o.facility_id, f.name AS facility_name
         FROM ({moves}) m JOIN orders o ON o.id = m.order_id JOIN facility f ON f.id = o.facility_id
         WHERE m.moved_at > $2 OR m.id > $4 ORDER BY m.moved_at, m.id LIMIT $5"
    );
    let query = sqlx::query(AssertSqlSafe(sql)).bind(of.id()).bind(from.get()).bind(until.get());
    let rows = query.bind(after).bind(limit).fetch_all(conn).await?;
    rows.iter().map(line).collect()
}

fn line(row: &AnyRow) -> Result<Line, sqlx::Error> {
    Ok(Line {
        back: row.flag("back")?,
        id: row.text("id")?,
        facility: row.parsed("facility_id")?,
        facility_name: row.json("facility_name")?,
        payment: row.parsed("payment_id")?,
        order: row.parsed("order_id")?,
        number: row.int_or_null("number")?,
        moved_at: Millis::new(row.int("moved_at")?),
        provider: row.named("provider", ProviderName::from_name)?,
        provider_payment_id: row.text_or_null("provider_payment_id")?,
        amount: Yen::new(row.int("amount")?),
        basis_points: row.int_or_null("basis_points")?,
    })
}

/// Money that is in no sum.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Apart {
    pub kind: ApartKind,
    pub facility: FacilityId,
    pub facility_name: Text,
    pub payment: PaymentId,
    pub order: OrderId,
    pub number: Option<i64>,
    pub provider: ProviderName,
    pub at: Millis,
    pub amount: Yen,
    pub received: Option<i64>,
    pub currency: Option<String>,
}

/// What began in the period and is in no sum, and what was given back by hand in it; oldest first.
pub async fn apart(conn: &mut Conn, of: Tenant, (from, until): Within) -> Result<Vec<Apart>, sqlx::Error> {
    let condition = condition(of);
    // The states stand in the text one by one, so that their partial indexes are used.
    let in_state = |state: &str| {
        format!(
            "SELECT p.state AS kind, p.id AS payment_id, p.order_id, p.provider, p.created_at AS moved_at, p.amount,
                p.received, p.currency
             FROM payment p WHERE p.facility_id {condition} AND p.state = '{state}' AND p.created_at >= $2
                AND p.created_at < $3"
        )
    };
    let payments = ["stranded", "unknown", "closed"].map(in_state).join(" UNION ALL ");
    let sql = format!(
        "SELECT m.*, o.number, o.facility_id, f.name AS facility_name FROM ({payments} UNION ALL
            SELECT r.state, r.payment_id, r.order_id, p.provider, r.done_at, r.amount, NULL, NULL
            FROM refund r JOIN payment p ON p.id = r.payment_id
            WHERE r.facility_id {condition} AND r.state = 'by_hand' AND r.done_at >= $2 AND r.done_at < $3) m
         JOIN orders o ON o.id = m.order_id JOIN facility f ON f.id = o.facility_id
         ORDER BY m.moved_at, m.payment_id LIMIT {MOST_APART}"
    );
    let query = sqlx::query(AssertSqlSafe(sql)).bind(of.id()).bind(from.get()).bind(until.get());
    let rows = query.fetch_all(conn).await?;
    rows.iter().map(one_apart).collect()
}

fn one_apart(row: &AnyRow) -> Result<Apart, sqlx::Error> {
    Ok(Apart {
        kind: row.named("kind", ApartKind::from_name)?,
        facility: row.parsed("facility_id")?,
        facility_name: row.json("facility_name")?,
        payment: row.parsed("payment_id")?,
        order: row.parsed("order_id")?,
        number: row.int_or_null("number")?,
        provider: row.named("provider", ProviderName::from_name)?,
        at: Millis::new(row.int("moved_at")?),
        amount: Yen::new(row.int("amount")?),
        received: row.int_or_null("received")?,
        currency: row.text_or_null("currency")?,
    })
}
