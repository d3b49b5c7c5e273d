//! Payments and refunds that somebody has to look at.

use super::payment::{Payment, payment_row};
use super::refund::{Refund, refund_row};
use super::tenant::Tenant;
use super::{Conn, RowExt};
use okini_shared::rules::payment::PaymentState;
use okini_shared::text::Text;
use sqlx::AssertSqlSafe;
use sqlx::any::AnyRow;

/// So many of each kind are shown.
const MOST: i64 = 200;

/// A payment that needs somebody.
#[derive(Debug)]
pub struct Troubled {
    pub payment: Payment,
    /// The number of its order.
    pub number: Option<i64>,
    pub facility_name: Text,
}

fn troubled(payment: Payment, row: &AnyRow) -> Result<Troubled, sqlx::Error> {
    Ok(Troubled { payment, number: row.int_or_null("order_number")?, facility_name: row.json("facility_name")? })
}

/// The condition on the facility `f`; `$1` is the tenant's id.
fn of_whom(of: Tenant) -> &'static str {
    match of {
        Tenant::Facility(_) => "f.id = $1",
        Tenant::Consortium(_) => "f.consortium_id = $1",
        Tenant::Programme => "$1 = 'programme'",
    }
}

/// The payments of a facility or of a consortium's facilities in a state, oldest first.
pub async fn payments(conn: &mut Conn, of: Tenant, state: PaymentState) -> Result<Vec<Troubled>, sqlx::Error> {
    let whose = of_whom(of);
    // The state stands in the text, so that its partial index is used.
    let sql = format!(
        "SELECT p.*, o.number AS order_number, f.name AS facility_name
         FROM payment p JOIN orders o ON o.id = p.order_id JOIN facility f ON f.id = p.facility_id
         WHERE {whose} AND p.state = '{}' ORDER BY p.id LIMIT {MOST}",
        state.name()
    );
    let rows = sqlx::query(AssertSqlSafe(sql)).bind(of.id()).fetch_all(conn).await?;
    rows.iter().map(|row| troubled(payment_row(row)?, row)).collect()
}

/// The refunds that providers refused, each with its payment, oldest first.
pub async fn refused(conn: &mut Conn, of: Tenant) -> Result<Vec<(Refund, Troubled)>, sqlx::Error> {
    let whose = of_whom(of);
    let sql = format!(
        "SELECT r.*, o.number AS order_number, f.name AS facility_name
         FROM refund r JOIN orders o ON o.id = r.order_id JOIN facility f ON f.id = r.facility_id
         WHERE {whose} AND r.state = 'refused' ORDER BY r.id LIMIT {MOST}"
    );
    let rows = sqlx::query(AssertSqlSafe(sql)).bind(of.id()).fetch_all(&mut *conn).await?;
    let mut found = Vec::with_capacity(rows.len());
    for row in &rows {
        let refund = refund_row(row)?;
        // The reference holds: a refund has its payment.
        if let Some(payment) = super::payment::by_id(conn, refund.payment).await? {
            found.push((refund, troubled(payment, row)?));
        }
    }
    Ok(found)
}
