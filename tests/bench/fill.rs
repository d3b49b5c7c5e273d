//! Filling a database fast, by bulk SQL behind the server's back: facilities that nobody visits, and orders of the past year.

#![expect(clippy::disallowed_methods, reason = "rows by the hundred thousand, faster than the server would take them")]

use crate::site::Place;
use okini_server::clock::Clock;
use okini_shared::rules::facility::{CODE_ALPHABET, CODE_LENGTH};
use okini_shared::time::DAY;
use sqlx::{AnyConnection, AssertSqlSafe, Executor as _};

/// Rows of one statement.
const CHUNK: usize = 500;
const ITEMS: usize = 5;

/// Runs a statement that makes rows from the numbers `n.i` in `from..to`.
async fn each(conn: &mut AnyConnection, (from, to): (usize, usize), sql: &str) {
    let numbers = format!("WITH RECURSIVE n(i) AS (SELECT {from} UNION ALL SELECT i + 1 FROM n WHERE i < {})", to - 1);
    conn.execute(AssertSqlSafe(format!("{numbers} {sql}"))).await.unwrap();
}

/// A UUIDv7 of long ago that ends in a number: its digits are hex digits too.
const LONG_AGO: &str = "01900000000070008000000000000000";

/// An id made of a number, in SQL.
fn id(prefix: &str, number: &str) -> String {
    format!("'{prefix}_' || substr('{LONG_AGO}', 1, 32 - length('' || ({number}))) || ({number})")
}

/// Facilities with a code, an account and a small menu, until there are so many.
pub async fn facilities(place: &Place, total: usize) {
    let mut conn = place.connect().await;
    conn.execute("PRAGMA foreign_keys = OFF; PRAGMA synchronous = OFF").await.unwrap();
    let now = Clock::System.now().get();
    conn.execute("BEGIN").await.unwrap();
    let facility = id("fac", "i");
    let one = "FROM n, (SELECT * FROM facility ORDER BY id LIMIT 1) AS f";
    let range = (107, total);
    each(
        &mut conn,
        range,
        &format!(
            "INSERT INTO facility SELECT {facility}, f.consortium_id, f.municipality, f.state, f.name, f.kana, f.kind,
            f.address, f.phone, f.opens, f.closes, f.invoice_number, f.rounding, f.wait_minutes, f.day_starts_at,
            f.taking_orders, f.closed_by_silence, f.menu_version, {now} {one}"
        ),
    )
    .await;
    each(&mut conn, range, &format!("INSERT INTO facility_provider SELECT {facility}, 'paypay', 0, NULL FROM n")).await;
    let category = id("cat", "i");
    each(
        &mut conn,
        range,
        &format!("INSERT INTO category SELECT {category}, {facility}, 0, '{{\"ja\":\"品\"}}' FROM n"),
    )
    .await;
    let item = id("itm", &format!("i * {ITEMS} + k.position"));
    let items = format!("(SELECT * FROM item ORDER BY id LIMIT {ITEMS})");
    each(
        &mut conn,
        range,
        &format!(
        "INSERT INTO item SELECT {item}, {facility}, {category}, k.position, k.name, k.description, k.label, k.price,
            k.takeout_price, k.tax_class, k.alcohol, k.allergens, k.picture, 0, NULL, NULL FROM n, {items} AS k"
    ),
    )
    .await;
    let numbers: Vec<usize> = (range.0..range.1).collect();
    for chunk in numbers.chunks(CHUNK) {
        let row = |number: &usize| {
            let digits = number.to_string();
            let id = format!("fac_{}{digits}", &LONG_AGO[..32 - digits.len()]);
            format!("('{}', '{id}', NULL, {now}, NULL)", code(*number))
        };
        let rows = chunk.iter().map(row).collect::<Vec<_>>().join(", ");
        conn.execute(AssertSqlSafe(format!("INSERT INTO qr_code VALUES {rows}"))).await.unwrap();
    }
    conn.execute("COMMIT").await.unwrap();
    conn.execute("ANALYZE; PRAGMA wal_checkpoint(TRUNCATE)").await.unwrap();
}

/// A code that no facility of the demo has, as far as chance goes.
fn code(mut number: usize) -> String {
    let mut code = String::new();
    while code.len() < CODE_LENGTH {
        code.push(char::from(CODE_ALPHABET[number % CODE_ALPHABET.len()]));
        number /= CODE_ALPHABET.len();
    }
    code
}

/// Completed orders of the past year with all that belongs to them, spread over all facilities.
pub async fn orders(place: &Place, total: usize) {
    let mut conn = place.connect().await;
    conn.execute("PRAGMA foreign_keys = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -400000").await.unwrap();
    conn.execute("CREATE TEMP TABLE shop AS SELECT row_number() OVER (ORDER BY id) - 1 AS at, id FROM facility")
        .await
        .unwrap();
    conn.execute("CREATE UNIQUE INDEX shop_at ON shop (at)").await.unwrap();
    let shops: i64 = sqlx::query_scalar("SELECT count(*) FROM shop").fetch_one(&mut conn).await.unwrap();
    let (year, now) = (365 * DAY, Clock::System.now().get());
    let at = format!("{} + i * {}", now - year, year / i64::try_from(total).unwrap());
    let from = format!("FROM n JOIN shop AS s ON s.at = (i * 7919) % {shops}");
    let (order, payment, bill) = (id("ord", "i"), id("pay", "i"), id("bil", "i"));
    conn.execute("BEGIN").await.unwrap();
    let range = (0, total);
    each(&mut conn, range, &format!(
        "INSERT INTO orders SELECT {order}, s.id, 'device' || (i % 300000), 'token' || i, i % 200, NULL, NULL,
            'completed', 6, 'ja', NULL, 0, 2960, '[]', {at}, {at}, {at}, {at}, {at}, {at}, {at}, NULL, NULL, NULL {from}"
    )).await;
    let line = id("lin", "i");
    each(&mut conn, range, &format!(
        "INSERT INTO order_line SELECT {line}, {order}, s.id, 0, 'itm_x', '{{\"ja\":\"お好み焼き\"}}', '[]', 'eat_in', 1,
            2960, 2960, 'standard', 1000, NULL, 0 {from}"
    )).await;
    each(
        &mut conn,
        range,
        &format!("INSERT INTO bill SELECT {bill}, {order}, s.id, 2960, 'paid', {payment}, {at}, {at} {from}"),
    )
    .await;
    each(
        &mut conn,
        range,
        &format!(
            "INSERT INTO payment SELECT {payment}, {bill}, {order}, s.id, 'paypay', NULL, 2960, 'succeeded', 0,
            'https://qr.paypay.ne.jp/x', 'x', '0412', {at}, {at}, {at}, NULL, {at}, 1, NULL, NULL, 2960, 'JPY', NULL {from}"
        ),
    )
    .await;
    let event = id("evt", "i * 3 + k.step");
    let kinds = "(SELECT 0 AS step, 'order.placed' AS kind UNION ALL SELECT 1, 'order.submitted' UNION ALL SELECT 2, 'order.completed')";
    each(
        &mut conn,
        range,
        &format!(
            "INSERT INTO event SELECT {event}, k.kind, s.id, {order}, 'system', '{{}}', {at}, 0 {from}, {kinds} AS k"
        ),
    )
    .await;
    each(&mut conn, range, &format!(
        "INSERT INTO idempotency SELECT 'device:' || (i % 300000), 'key' || i, 'f', '{{}}', {now} + i, {now} + {year} + i FROM n"
    )).await;
    conn.execute("COMMIT").await.unwrap();
    conn.execute("ANALYZE; PRAGMA wal_checkpoint(TRUNCATE)").await.unwrap();
}
