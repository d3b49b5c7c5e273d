//! What is left of something that many take from at once: a budget's yen, a campaign's places. It lies in several rows, so that
//! those who take at the same moment do not wait for each other; only when a row is short are all of them looked at.

use super::{Conn, RowExt};

/// Rows for each owner.
pub const SLOTS: i64 = 16;

/// Lays an amount out; nothing happens where the owner has one already.
pub async fn open(conn: &mut Conn, owner: &str, amount: i64) -> Result<(), sqlx::Error> {
    for number in 0..SLOTS {
        sqlx::query("INSERT INTO slot (owner, number, left_over) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING")
            .bind(owner)
            .bind(number)
            .bind(part(amount, number))
            .execute(&mut *conn)
            .await?;
    }
    Ok(())
}

/// The slot's even share of an amount.
fn part(amount: i64, number: i64) -> i64 {
    amount.div_euclid(SLOTS).saturating_add(i64::from(number < amount.rem_euclid(SLOTS)))
}

/// Where somebody looks first: the random end of an id decides.
pub fn first(id: u128) -> i64 {
    i64::try_from(id % 16).unwrap_or_default()
}

/// What is left, or nothing when nothing was ever laid out.
pub async fn left(conn: &mut Conn, owner: &str) -> Result<Option<i64>, sqlx::Error> {
    sqlx::query_scalar("SELECT CAST(SUM(left_over) AS BIGINT) FROM slot WHERE owner = $1")
        .bind(owner)
        .fetch_one(conn)
        .await
}

/// What came of taking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    All,
    /// Less is left than was wanted.
    Short,
    /// Enough is left, but not in one row: `gather` takes it.
    Scattered,
}

/// Takes an amount from one row, if it is there.
pub async fn take(conn: &mut Conn, owner: &str, first: i64, amount: i64) -> Result<Taken, sqlx::Error> {
    let taken =
        sqlx::query("UPDATE slot SET left_over = left_over - $3 WHERE owner = $1 AND number = $2 AND left_over >= $3")
            .bind(owner)
            .bind(first)
            .bind(amount)
            .execute(&mut *conn)
            .await?;
    if taken.rows_affected() == 1 {
        return Ok(Taken::All);
    }
    // Without locking anything: those who come when it is used up do not wait for each other.
    let short = left(conn, owner).await?.is_none_or(|left| left < amount);
    Ok(if short { Taken::Short } else { Taken::Scattered })
}

/// Takes an amount from all rows together and lays the rest out anew; false when less is left. Locks all of them, so that only
/// one at a time does it: the transaction must hold none of them yet.
pub async fn gather(conn: &mut Conn, owner: &str, amount: i64) -> Result<bool, sqlx::Error> {
    // One row first: the database locks several rows in no certain order.
    sqlx::query("UPDATE slot SET left_over = left_over WHERE owner = $1 AND number = 0")
        .bind(owner)
        .execute(&mut *conn)
        .await?;
    let all = sqlx::query("UPDATE slot SET left_over = left_over WHERE owner = $1 RETURNING left_over")
        .bind(owner)
        .fetch_all(&mut *conn)
        .await?;
    let mut sum = 0_i64;
    for row in &all {
        sum = sum.saturating_add(row.int("left_over")?);
    }
    let rest = sum.saturating_sub(amount);
    if rest < 0 {
        return Ok(false);
    }
    for number in 0..SLOTS {
        sqlx::query("UPDATE slot SET left_over = $3 WHERE owner = $1 AND number = $2")
            .bind(owner)
            .bind(number)
            .bind(part(rest, number))
            .execute(&mut *conn)
            .await?;
    }
    Ok(true)
}

/// Puts an amount back; 0 when nothing was ever laid out.
pub async fn put(conn: &mut Conn, owner: &str, first: i64, amount: i64) -> Result<u64, sqlx::Error> {
    let done = sqlx::query("UPDATE slot SET left_over = left_over + $3 WHERE owner = $1 AND number = $2")
        .bind(owner)
        .bind(first)
        .bind(amount)
        .execute(conn)
        .await?;
    Ok(done.rows_affected())
}
