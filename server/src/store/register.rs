//! Facilities, seats and QR codes.

use super::{Conn, RowExt, storable};
use okini_shared::id::{ConsortiumId, FacilityId, SeatId};
use okini_shared::rules::facility::FacilityState;
use okini_shared::rules::payment::{AccountKey, ProviderName};
use okini_shared::rules::tax::Rounding;
use okini_shared::text::Text;
use okini_shared::time::Millis;
use sqlx::any::AnyRow;

/// A facility as it is stored.
#[derive(Debug, Clone)]
pub struct Facility {
    pub id: FacilityId,
    pub consortium: ConsortiumId,
    /// Local government code, six digits.
    pub municipality: String,
    pub state: FacilityState,
    pub name: Text,
    pub kana: String,
    pub kind: String,
    pub address: Text,
    pub phone: String,
    pub opens: String,
    pub closes: String,
    pub invoice_number: Option<String>,
    pub rounding: Rounding,
    pub wait_minutes: i64,
    /// Milliseconds after midnight at which the shop's day begins.
    pub day_starts_at: i64,
    pub taking_orders: bool,
    pub closed_by_silence: bool,
    pub menu_version: i64,
    pub created_at: Millis,
}

/// What a QR code stands for.
#[derive(Debug, Clone)]
pub struct QrCode {
    pub facility: FacilityId,
    pub seat: Option<Seat>,
    pub retired: bool,
}

/// A place with its own QR.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seat {
    pub id: SeatId,
    pub label: String,
}

/// A facility's account at a provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    pub provider: ProviderName,
    pub key: AccountKey,
    /// Its number there, where one account serves many facilities.
    pub merchant: Option<String>,
}

impl Account {
    /// The account that the settings hold for a provider.
    pub const fn of_settings(provider: ProviderName) -> Self {
        Self { provider, key: AccountKey::Settings(provider), merchant: None }
    }
}

pub(super) fn facility_row(row: &AnyRow) -> Result<Facility, sqlx::Error> {
    Ok(Facility {
        id: row.parsed("id")?,
        consortium: row.parsed("consortium_id")?,
        municipality: row.text("municipality")?,
        state: row.named("state", FacilityState::from_name)?,
        name: row.json("name")?,
        kana: row.text("kana")?,
        kind: row.text("kind")?,
        address: row.json("address")?,
        phone: row.text("phone")?,
        opens: row.text("opens")?,
        closes: row.text("closes")?,
        invoice_number: row.text_or_null("invoice_number")?,
        rounding: row.named("rounding", Rounding::from_name)?,
        wait_minutes: row.int("wait_minutes")?,
        day_starts_at: row.int("day_starts_at")?,
        taking_orders: row.flag("taking_orders")?,
        closed_by_silence: row.flag("closed_by_silence")?,
        menu_version: row.int("menu_version")?,
        created_at: Millis::new(row.int("created_at")?),
    })
}

/// The facility of that id.
pub async fn facility(conn: &mut Conn, id: FacilityId) -> Result<Option<Facility>, sqlx::Error> {
    let row = sqlx::query("SELECT * FROM facility WHERE id = $1").bind(id.to_string()).fetch_optional(conn).await?;
    row.as_ref().map(facility_row).transpose()
}

/// Whether it is approved, and the version of its menu.
pub async fn standing(conn: &mut Conn, id: FacilityId) -> Result<Option<(FacilityState, i64)>, sqlx::Error> {
    let row = sqlx::query("SELECT state, menu_version FROM facility WHERE id = $1")
        .bind(id.to_string())
        .fetch_optional(conn)
        .await?;
    row.map(|row| Ok((row.named("state", FacilityState::from_name)?, row.int("menu_version")?))).transpose()
}

/// The consortium that registered it.
pub async fn consortium_of(conn: &mut Conn, id: FacilityId) -> Result<Option<ConsortiumId>, sqlx::Error> {
    let row = sqlx::query("SELECT consortium_id FROM facility WHERE id = $1")
        .bind(id.to_string())
        .fetch_optional(conn)
        .await?;
    row.map(|row| row.parsed("consortium_id")).transpose()
}

/// Its name.
pub async fn name(conn: &mut Conn, id: FacilityId) -> Result<Option<Text>, sqlx::Error> {
    let row = sqlx::query("SELECT name FROM facility WHERE id = $1").bind(id.to_string()).fetch_optional(conn).await?;
    row.map(|row| row.json("name")).transpose()
}

/// Milliseconds after midnight at which its day begins.
pub async fn day_starts_at(conn: &mut Conn, id: FacilityId) -> Result<Option<i64>, sqlx::Error> {
    sqlx::query_scalar("SELECT day_starts_at FROM facility WHERE id = $1")
        .bind(id.to_string())
        .fetch_optional(conn)
        .await
}

/// What a code stands for, also when it is retired.
pub async fn qr_code(conn: &mut Conn, code: &str) -> Result<Option<QrCode>, sqlx::Error> {
    let row = sqlx::query(
        "SELECT q.facility_id, q.seat_id, q.retired_at, s.label FROM qr_code q LEFT JOIN seat s ON s.id = q.seat_id
         WHERE q.code = $1",
    )
    .bind(code)
    .fetch_optional(conn)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let seat = match row.parsed_or_null("seat_id")? {
        Some(id) => Some(Seat { id, label: row.text("label")? }),
        None => None,
    };
    Ok(Some(QrCode { facility: row.parsed("facility_id")?, seat, retired: row.int_or_null("retired_at")?.is_some() }))
}

/// The code on a facility's own poster.
pub async fn facility_code(conn: &mut Conn, id: FacilityId) -> Result<Option<String>, sqlx::Error> {
    sqlx::query_scalar("SELECT code FROM qr_code WHERE facility_id = $1 AND seat_id IS NULL AND retired_at IS NULL")
        .bind(id.to_string())
        .fetch_optional(conn)
        .await
}

/// A facility's accounts at providers, best first.
pub async fn accounts(conn: &mut Conn, id: FacilityId) -> Result<Vec<Account>, sqlx::Error> {
    let rows = sqlx::query(
        "SELECT provider, account, merchant FROM facility_provider WHERE facility_id = $1 ORDER BY position",
    )
    .bind(id.to_string())
    .fetch_all(conn)
    .await?;
    rows.iter()
        .map(|row| {
            Ok(Account {
                provider: row.named("provider", ProviderName::from_name)?,
                key: row.parsed("account")?,
                merchant: row.text_or_null("merchant")?,
            })
        })
        .collect()
}

/// Opens or closes a facility for orders.
pub async fn set_taking_orders(
    conn: &mut Conn,
    id: FacilityId,
    taking: bool,
    by_silence: bool,
) -> Result<u64, sqlx::Error> {
    let done = sqlx::query("UPDATE facility SET taking_orders = $2, closed_by_silence = $3 WHERE id = $1")
        .bind(id.to_string())
        .bind(i64::from(taking))
        .bind(i64::from(by_silence))
        .execute(conn)
        .await?;
    Ok(done.rows_affected())
}

/// Says that the menu changed.
pub async fn bump_menu(conn: &mut Conn, id: FacilityId) -> Result<u64, sqlx::Error> {
    let done = sqlx::query("UPDATE facility SET menu_version = menu_version + 1 WHERE id = $1")
        .bind(id.to_string())
        .execute(conn)
        .await?;
    Ok(done.rows_affected())
}

/// A facility's seat by its label.
pub async fn seat(conn: &mut Conn, facility: FacilityId, label: &str) -> Result<Option<Seat>, sqlx::Error> {
    if !storable(label) {
        return Ok(None);
    }
    let row = sqlx::query("SELECT id, label FROM seat WHERE facility_id = $1 AND label = $2")
        .bind(facility.to_string())
        .bind(label)
        .fetch_optional(conn)
        .await?;
    row.map(|row| Ok(Seat { id: row.parsed("id")?, label: row.text("label")? })).transpose()
}

/// Ends the valid code of a seat.
pub async fn retire_seat_code(conn: &mut Conn, seat: SeatId, now: Millis) -> Result<u64, sqlx::Error> {
    let done = sqlx::query("UPDATE qr_code SET retired_at = $2 WHERE seat_id = $1 AND retired_at IS NULL")
        .bind(seat.to_string())
        .bind(now.get())
        .execute(conn)
        .await?;
    Ok(done.rows_affected())
}

/// Adds a code; false when the code exists already.
pub async fn insert_code(
    conn: &mut Conn,
    code: &str,
    facility: FacilityId,
    seat: Option<SeatId>,
    now: Millis,
) -> Result<bool, sqlx::Error> {
    let done = sqlx::query(
        "INSERT INTO qr_code (code, facility_id, seat_id, created_at, retired_at) VALUES ($1, $2, $3, $4, NULL)
         ON CONFLICT (code) DO NOTHING",
    )
    .bind(code)
    .bind(facility.to_string())
    .bind(seat.map(|id| id.to_string()))
    .bind(now.get())
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Adds a facility.
pub async fn insert_facility(conn: &mut Conn, facility: &Facility) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO facility (id, consortium_id, municipality, state, name, kana, kind, address, phone, opens, closes,
            invoice_number, rounding, wait_minutes, day_starts_at, taking_orders, closed_by_silence, menu_version,
            created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)",
    )
    .bind(facility.id.to_string())
    .bind(facility.consortium.to_string())
    .bind(&facility.municipality)
    .bind(facility.state.name())
    .bind(super::menu::to_json(&facility.name))
    .bind(&facility.kana)
    .bind(&facility.kind)
    .bind(super::menu::to_json(&facility.address))
    .bind(&facility.phone)
    .bind(&facility.opens)
    .bind(&facility.closes)
    .bind(&facility.invoice_number)
    .bind(facility.rounding.name())
    .bind(facility.wait_minutes)
    .bind(facility.day_starts_at)
    .bind(i64::from(facility.taking_orders))
    .bind(i64::from(facility.closed_by_silence))
    .bind(facility.menu_version)
    .bind(facility.created_at.get())
    .execute(conn)
    .await?;
    Ok(())
}

/// Adds an account at a provider.
pub async fn insert_account(
    conn: &mut Conn,
    facility: FacilityId,
    account: &Account,
    position: i64,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO facility_provider (facility_id, provider, position, merchant, account) VALUES ($1, $2, $3, $4, $5)",
    )
    .bind(facility.to_string())
    .bind(account.provider.name())
    .bind(position)
    .bind(&account.merchant)
    .bind(account.key.to_string())
    .execute(conn)
    .await?;
    Ok(())
}

/// Has a facility paid through an account, in place of the one it has at the same provider or after all others.
pub async fn give_account(conn: &mut Conn, facility: FacilityId, account: &Account) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO facility_provider (facility_id, provider, position, merchant, account)
         VALUES ($1, $2, (SELECT COALESCE(MAX(position), -1) + 1 FROM facility_provider WHERE facility_id = $1), $3, $4)
         ON CONFLICT (facility_id, provider) DO UPDATE SET merchant = excluded.merchant, account = excluded.account",
    )
    .bind(facility.to_string())
    .bind(account.provider.name())
    .bind(&account.merchant)
    .bind(account.key.to_string())
    .execute(conn)
    .await?;
    Ok(())
}

/// Adds a seat.
pub async fn insert_seat(conn: &mut Conn, facility: FacilityId, seat: &Seat, position: i64) -> Result<(), sqlx::Error> {
    sqlx::query("INSERT INTO seat (id, facility_id, label, position) VALUES ($1, $2, $3, $4)")
        .bind(seat.id.to_string())
        .bind(facility.to_string())
        .bind(&seat.label)
        .bind(position)
        .execute(conn)
        .await?;
    Ok(())
}

/// How many facilities there are.
pub async fn count(conn: &mut Conn) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar("SELECT CAST(COUNT(*) AS BIGINT) FROM facility").fetch_one(conn).await
}

/// Facilities with their codes, in the order of their registration.
pub async fn first_codes(conn: &mut Conn, limit: i64) -> Result<Vec<(FacilityId, String, Text)>, sqlx::Error> {
    let rows = sqlx::query(
        "SELECT f.id, q.code, f.name FROM facility f JOIN qr_code q ON q.facility_id = f.id
         WHERE q.seat_id IS NULL AND q.retired_at IS NULL ORDER BY f.created_at, f.id LIMIT $1",
    )
    .bind(limit)
    .fetch_all(conn)
    .await?;
    rows.iter().map(|row| Ok((row.parsed("id")?, row.text("code")?, row.json("name")?))).collect()
}

/// A facility's seats with their valid codes.
pub async fn seat_codes(conn: &mut Conn, facility: FacilityId) -> Result<Vec<(String, String)>, sqlx::Error> {
    let rows = sqlx::query(
        "SELECT s.label, q.code FROM seat s JOIN qr_code q ON q.seat_id = s.id AND q.retired_at IS NULL
         WHERE s.facility_id = $1 ORDER BY s.position",
    )
    .bind(facility.to_string())
    .fetch_all(conn)
    .await?;
    rows.iter().map(|row| Ok((row.text("label")?, row.text("code")?))).collect()
}
