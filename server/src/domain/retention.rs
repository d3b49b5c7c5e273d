//! What is forgotten, and when. Orders, payments and facts are not: they are the books.

use crate::error::Error;
use crate::state::App;
use crate::store::{self, Tx};
use okini_shared::id::NotificationId;
use okini_shared::time::{DAY, Millis};

/// Answers to orders are repeated for a day: nobody retries longer.
pub const ORDER_ANSWERS: i64 = DAY;
/// Answers about payments: as long as a payment may be argued about.
pub const PAYMENT_ANSWERS: i64 = 30 * DAY;
/// What providers sent us, raw. What became of it is in the payment and its facts.
pub const NOTIFICATIONS: i64 = 90 * DAY;

/// Rows of one kind that are forgotten in one transaction: others write in between.
pub const STEP: i64 = 500;

/// Forgets a step of what is over; true when there may be more.
pub async fn forget(app: &App) -> Result<bool, Error> {
    let forgotten = app.db.write(app.clock.now(), |tx, now| Box::pin(forget_in(tx, *now))).await?;
    let [answers, notifications, sessions] = forgotten;
    if answers + notifications + sessions > 0 {
        tracing::info!(answers, notifications, sessions, "forgot what is over");
    }
    Ok(forgotten.iter().any(|rows| i64::try_from(*rows).is_ok_and(|rows| rows >= STEP)))
}

async fn forget_in(tx: &mut Tx<'_>, now: Millis) -> Result<[u64; 3], Error> {
    Ok([
        store::idempotency::prune(tx.conn(), now, STEP).await?,
        store::notification::prune(tx.conn(), first_id_at(now.plus(-NOTIFICATIONS)), STEP).await?,
        store::account::prune_sessions(tx.conn(), now, STEP).await?,
    ])
}

/// No id made at this moment or later is smaller.
fn first_id_at(moment: Millis) -> NotificationId {
    NotificationId::from_uuid(u128::try_from(moment.get()).unwrap_or_default() << 80)
}
