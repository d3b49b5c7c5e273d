//! Payments and refunds of a facility that somebody has to look at.

use super::payment::{Payment, payment_row};
use super::refund::{Refund, refund_row};
use super::{Conn, RowExt};
use okini_shared::id::FacilityId;
use okini_shared::rules::payment::PaymentState;
use sqlx::AssertSqlSafe;

/// So many of each kind are shown.
const MOST: i64 = 200;

/// A payment of a facility in a state that needs somebody, with the number of its order.
pub type Troubled = (Payment, Option<i64>);

/// A refused refund with its payment and the number of its order.
pub type Refused = (Refund, Payment, Option<i64>);

/// The payments of a facility in a state, oldest first.
pub async fn payments(
    conn: &mut Conn,
    facility: FacilityId,
    state: PaymentState,
) -> Result<Vec<Troubled>, sqlx::Error> {
    // The state stands in the text, so that its partial index is used.
    let sql = format!(
        "SELECT p.*, o.number AS order_number FROM payment p JOIN orders o ON o.id = p.order_id
         WHERE p.facility_id = $1 AND p.state = '{}' ORDER BY p.id LIMIT {MOST}",
        state.name()
    );
    let rows = sqlx::query(AssertSqlSafe(sql)).bind(facility.to_string()).fetch_all(conn).await?;
    rows.iter().map(|row| Ok((payment_row(row)?, row.int_or_null("order_number")?))).collect()
}

/// The refunds of a facility that providers refused, oldest first.
pub async fn refused(conn: &mut Conn, facility: FacilityId) -> Result<Vec<Refused>, sqlx::Error> {
    let sql = format!(
        "SELECT r.*, o.number AS order_number FROM refund r JOIN orders o ON o.id = r.order_id
         WHERE r.facility_id = $1 AND r.state = 'refused' ORDER BY r.id LIMIT {MOST}"
    );
    let rows = sqlx::query(AssertSqlSafe(sql)).bind(facility.to_string()).fetch_all(&mut *conn).await?;
    let mut found = Vec::with_capacity(rows.len());
    for row in &rows {
        let refund = refund_row(row)?;
        // The reference holds: a refund has its payment.
        if let Some(payment) = super::payment::by_id(conn, refund.payment).await? {
            found.push((refund, payment, row.int_or_null("order_number")?));
        }
    }
    Ok(found)
}
