//! Past orders as coupons would have seen them.

use super::tenant::Tenant;
use super::{Conn, RowExt};
use okini_shared::id::{CategoryId, ConsortiumId, FacilityId};
use okini_shared::money::Yen;
use okini_shared::rules::coupon::Line;
use okini_shared::rules::tax::{Place, Rate, RateKind};
use okini_shared::time::Millis;
use sqlx::AssertSqlSafe;

/// An order that was paid.
#[derive(Debug, Clone)]
pub struct Past {
    pub id: String,
    pub device: String,
    pub facility: FacilityId,
    pub municipality: String,
    pub consortium: ConsortiumId,
    pub submitted_at: Millis,
    pub lines: Vec<Line>,
}

/// A tenant's orders that were paid since a moment, oldest first, at most so many of the newest. Dishes stand in the category
/// in which they stand today.
pub async fn past(conn: &mut Conn, of: Tenant, since: Millis, limit: i64) -> Result<Vec<Past>, sqlx::Error> {
    let whose = match of {
        Tenant::Facility(_) => "o.facility_id = $1",
        Tenant::Consortium(_) => "f.consortium_id = $1",
        Tenant::Programme => "$1 = 'programme'",
    };
    let sql = format!(
        "SELECT p.*, l.item_id, l.place, l.quantity, l.unit, l.amount, l.rate_kind, l.basis_points,
            COALESCE(i.alcohol, 0) AS alcohol, i.category_id
         FROM (SELECT o.id, o.device, o.facility_id, o.submitted_at, f.municipality, f.consortium_id
            FROM orders o JOIN facility f ON f.id = o.facility_id
            WHERE {whose} AND o.submitted_at >= $2 AND o.state NOT IN ('refused', 'auto_refused', 'cancelled')
            ORDER BY o.submitted_at DESC LIMIT $3) p
         JOIN order_line l ON l.order_id = p.id LEFT JOIN item i ON i.id = l.item_id
         ORDER BY p.submitted_at, p.id, l.position"
    );
    let rows = sqlx::query(AssertSqlSafe(sql)).bind(of.id()).bind(since.get()).bind(limit).fetch_all(conn).await?;
    let mut all: Vec<Past> = Vec::new();
    for row in &rows {
        let id = row.text("id")?;
        let line = Line {
            item: row.parsed("item_id")?,
            category: row.parsed_or_null("category_id")?.unwrap_or(CategoryId::from_uuid(0)),
            place: row.named("place", Place::from_name)?,
            alcohol: row.flag("alcohol")?,
            quantity: row.int("quantity")?,
            unit: Yen::new(row.int("unit")?),
            amount: Yen::new(row.int("amount")?),
            rate: Rate {
                kind: row.named("rate_kind", RateKind::from_name)?,
                valid_from: Millis::default(),
                basis_points: row.int("basis_points")?,
            },
        };
        match all.last_mut().filter(|last| last.id == id) {
            Some(last) => last.lines.push(line),
            None => all.push(Past {
                id,
                device: row.text("device")?,
                facility: row.parsed("facility_id")?,
                municipality: row.text("municipality")?,
                consortium: row.parsed("consortium_id")?,
                submitted_at: Millis::new(row.int("submitted_at")?),
                lines: vec![line],
            }),
        }
    }
    Ok(all)
}
