//! What is forgotten, and when. Orders, payments and facts are not: they are the books.

use crate::error::Error;
use crate::state::App;
use crate::store::{self, Tx};
use okini_shared::id::{EventId, NotificationId};
use okini_shared::time::{DAY, Millis};

/// Answers to orders are repeated for a day: nobody retries longer.
pub const ORDER_ANSWERS: i64 = DAY;
/// Answers about payments: as long as a payment may be argued about.
pub const PAYMENT_ANSWERS: i64 = 30 * DAY;
/// What providers sent us, raw. What became of it is in the payment and its facts.
pub const NOTIFICATIONS: i64 = 90 * DAY;
/// Who tried what with coupons, and codes that moved them to another phone. What was got and used is in the books.
pub const COUPON_TRIES: i64 = 90 * DAY;

/// Rows of one kind that are forgotten in one transaction: others write in between.
pub const STEP: i64 = 500;

/// Forgets a step of what is over; true when there may be more.
pub async fn forget(app: &App) -> Result<bool, Error> {
    let forgotten = app.db.write(app.clock.now(), |tx, now| Box::pin(forget_in(tx, *now))).await?;
    let [answers, notifications, sessions, tries, transfers] = forgotten;
    if forgotten.iter().any(|rows| *rows > 0) {
        tracing::info!(answers, notifications, sessions, tries, transfers, "forgot what is over");
    }
    Ok(forgotten.iter().any(|rows| i64::try_from(*rows).is_ok_and(|rows| rows >= STEP)))
}

async fn forget_in(tx: &mut Tx<'_>, now: Millis) -> Result<[u64; 5], Error> {
    let old_notification = NotificationId::from_uuid(first_id_at(now.plus(-NOTIFICATIONS)));
    let old_try = EventId::from_uuid(first_id_at(now.plus(-COUPON_TRIES)));
    Ok([
        store::idempotency::prune(tx.conn(), now, STEP).await?,
        store::notification::prune(tx.conn(), old_notification, STEP).await?,
        store::account::prune_sessions(tx.conn(), now, STEP).await?,
        store::coupon::prune_tries(tx.conn(), old_try, STEP).await?,
        store::coupon::prune_transfers(tx.conn(), now.plus(-COUPON_TRIES), STEP).await?,
    ])
}

/// No id made at this moment or later is smaller.
fn first_id_at(moment: Millis) -> u128 {
    u128::try_from(moment.get()).unwrap_or_default() << 80
}
