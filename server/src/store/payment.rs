//! Attempts to pay, and which of them the provider is to be asked about.

use super::{Conn, RowExt};
use okini_shared::id::{BillId, FacilityId, OrderId, PaymentId};
use okini_shared::money::Yen;
use okini_shared::rules::payment::{AccountKey, PaymentState, ProviderName};
use okini_shared::time::{Millis, SECOND};
use sqlx::any::AnyRow;

/// An attempt as it is stored.
#[derive(Debug, Clone)]
pub struct Payment {
    pub id: PaymentId,
    pub bill: BillId,
    pub order: OrderId,
    pub facility: FacilityId,
    pub provider: ProviderName,
    /// The account it was made with, whichever the facility has now.
    pub account: AccountKey,
    pub merchant: Option<String>,
    /// What was asked for.
    pub amount: Yen,
    pub state: PaymentState,
    pub url: Option<String>,
    pub provider_ref: Option<String>,
    pub provider_payment_id: Option<String>,
    pub expires_at: Option<Millis>,
    pub created_at: Millis,
    pub settled_at: Option<Millis>,
    pub ask_at: Option<Millis>,
    pub asked_at: Option<Millis>,
    pub asked: i64,
    pub remark: Option<String>,
    /// What the provider says it took, in its currency.
    pub received: Option<i64>,
    pub currency: Option<String>,
    /// What refunds were requested for; changed by `set_aside` alone.
    pub given_back: Yen,
}

impl Payment {
    /// What came in, when it was yen.
    pub fn received_yen(&self) -> Option<Yen> {
        self.received.filter(|_| self.currency.as_deref() == Some("JPY")).map(Yen::new)
    }

    /// What came in and no refund was requested for yet.
    pub fn left(&self) -> Yen {
        self.received_yen().and_then(|received| received.checked_sub(self.given_back)).unwrap_or_default()
    }
}

pub(super) fn payment_row(row: &AnyRow) -> Result<Payment, sqlx::Error> {
    let time = |column| Ok::<_, sqlx::Error>(row.int_or_null(column)?.map(Millis::new));
    Ok(Payment {
        id: row.parsed("id")?,
        bill: row.parsed("bill_id")?,
        order: row.parsed("order_id")?,
        facility: row.parsed("facility_id")?,
        provider: row.named("provider", ProviderName::from_name)?,
        account: row.parsed("account")?,
        merchant: row.text_or_null("merchant")?,
        amount: Yen::new(row.int("amount")?),
        state: row.named("state", PaymentState::from_name)?,
        url: row.text_or_null("url")?,
        provider_ref: row.text_or_null("provider_ref")?,
        provider_payment_id: row.text_or_null("provider_payment_id")?,
        expires_at: time("expires_at")?,
        created_at: Millis::new(row.int("created_at")?),
        settled_at: time("settled_at")?,
        ask_at: time("ask_at")?,
        asked_at: time("asked_at")?,
        asked: row.int("asked")?,
        remark: row.text_or_null("remark")?,
        received: row.int_or_null("received")?,
        currency: row.text_or_null("currency")?,
        given_back: Yen::new(row.int_or_null("given_back")?.unwrap_or_default()),
    })
}

/// Adds an attempt; false when the bill has a live one already.
pub async fn insert(conn: &mut Conn, payment: &Payment) -> Result<bool, sqlx::Error> {
    let done = sqlx::query(
        "INSERT INTO payment (id, bill_id, order_id, facility_id, provider, merchant, amount, state, live, created_at,
            ask_at, asked, account)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 1, $9, $10, 0, $11) ON CONFLICT DO NOTHING",
    )
    .bind(payment.id.to_string())
    .bind(payment.bill.to_string())
    .bind(payment.order.to_string())
    .bind(payment.facility.to_string())
    .bind(payment.provider.name())
    .bind(&payment.merchant)
    .bind(payment.amount.get())
    .bind(payment.state.name())
    .bind(payment.created_at.get())
    .bind(payment.ask_at.map(Millis::get))
    .bind(payment.account.to_string())
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Writes what can change in an attempt, if it is still in the state it was read in; 0 when somebody else was faster.
pub async fn update(conn: &mut Conn, payment: &Payment, was: PaymentState) -> Result<u64, sqlx::Error> {
    let time = |at: Option<Millis>| at.map(Millis::get);
    let done = sqlx::query(
        "UPDATE payment SET state = $3, live = $4, url = $5, provider_ref = $6, provider_payment_id = $7,
            expires_at = $8, settled_at = $9, ask_at = $10, asked = $11, remark = $12, asked_at = $13, received = $14,
            currency = $15, locked_until = NULL
         WHERE id = $1 AND state = $2",
    )
    .bind(payment.id.to_string())
    .bind(was.name())
    .bind(payment.state.name())
    .bind(i64::from(payment.state.is_live()))
    .bind(&payment.url)
    .bind(&payment.provider_ref)
    .bind(&payment.provider_payment_id)
    .bind(time(payment.expires_at))
    .bind(time(payment.settled_at))
    .bind(time(payment.ask_at))
    .bind(payment.asked)
    .bind(&payment.remark)
    .bind(time(payment.asked_at))
    .bind(payment.received)
    .bind(&payment.currency)
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}

/// Reads an attempt and keeps all others from changing it until this transaction ends: who decides about its refunds
/// sees all of them.
pub async fn hold(conn: &mut Conn, id: PaymentId) -> Result<Option<Payment>, sqlx::Error> {
    let row = sqlx::query("UPDATE payment SET asked = asked WHERE id = $1 RETURNING *")
        .bind(id.to_string())
        .fetch_optional(conn)
        .await?;
    row.as_ref().map(payment_row).transpose()
}

/// Sets money aside to go back, if state and sum are still what was read; 0 when somebody else was faster.
pub async fn set_aside(conn: &mut Conn, payment: &Payment, was: (PaymentState, Yen)) -> Result<u64, sqlx::Error> {
    let done = sqlx::query(
        "UPDATE payment SET state = $4, given_back = $5, settled_at = $6, ask_at = NULL, locked_until = NULL
         WHERE id = $1 AND state = $2 AND COALESCE(given_back, 0) = $3 AND $5 <= received",
    )
    .bind(payment.id.to_string())
    .bind(was.0.name())
    .bind(was.1.get())
    .bind(payment.state.name())
    .bind(payment.given_back.get())
    .bind(payment.settled_at.map(Millis::get))
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}

/// By id, which is the merchant payment id on the wire.
pub async fn by_id(conn: &mut Conn, id: PaymentId) -> Result<Option<Payment>, sqlx::Error> {
    let row = sqlx::query("SELECT * FROM payment WHERE id = $1").bind(id.to_string()).fetch_optional(conn).await?;
    row.as_ref().map(payment_row).transpose()
}

/// The attempts of an order, oldest first.
pub async fn of_order(conn: &mut Conn, order: OrderId) -> Result<Vec<Payment>, sqlx::Error> {
    let rows = sqlx::query("SELECT * FROM payment WHERE order_id = $1 ORDER BY id")
        .bind(order.to_string())
        .fetch_all(conn)
        .await?;
    rows.iter().map(payment_row).collect()
}

/// Has an account's provider asked about one of its attempts soon: now, or a second after it was asked last, whatever comes
/// in meanwhile.
pub async fn ask_soon(conn: &mut Conn, account: AccountKey, id: PaymentId, now: Millis) -> Result<u64, sqlx::Error> {
    let done = sqlx::query(
        "UPDATE payment SET ask_at = CASE WHEN asked_at > $3 THEN asked_at + $4 ELSE $2 END
         WHERE id = $1 AND account = $5 AND (ask_at IS NULL OR ask_at > $2)
            AND state NOT IN ('succeeded', 'refunding', 'refunded', 'closed')",
    )
    .bind(id.to_string())
    .bind(now.get())
    .bind(now.plus(-SECOND).get())
    .bind(SECOND)
    .bind(account.to_string())
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}

/// The accounts with attempts whose time to ask has come, of which nobody takes care.
pub async fn accounts_due(conn: &mut Conn, now: Millis) -> Result<Vec<AccountKey>, sqlx::Error> {
    let rows = sqlx::query(
        "SELECT DISTINCT account FROM payment WHERE ask_at IS NOT NULL AND ask_at <= $1
            AND (locked_until IS NULL OR locked_until <= $1)",
    )
    .bind(now.get())
    .fetch_all(conn)
    .await?;
    rows.iter().map(|row| row.parsed("account")).collect()
}

/// Takes attempts of an account whose time to ask has come, for this worker alone until `locked_until`.
pub async fn lease(
    conn: &mut Conn,
    account: AccountKey,
    (now, locked_until): (Millis, Millis),
    limit: i64,
) -> Result<Vec<Payment>, sqlx::Error> {
    let rows = sqlx::query(
        "UPDATE payment SET locked_until = $2 WHERE id IN (
            SELECT id FROM payment WHERE ask_at IS NOT NULL AND ask_at <= $1 AND account = $4
                AND (locked_until IS NULL OR locked_until <= $1)
            ORDER BY ask_at LIMIT $3)
         AND (locked_until IS NULL OR locked_until <= $1) RETURNING *",
    )
    .bind(now.get())
    .bind(locked_until.get())
    .bind(limit)
    .bind(account.to_string())
    .fetch_all(conn)
    .await?;
    rows.iter().map(payment_row).collect()
}
