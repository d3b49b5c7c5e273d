//! What must hold in every sound database and can be asked in SQL: each rule is the query that finds what breaks it, with
//! the words for people. Rules that need more than SQL are in `domain::doctor`; only that asks.

mod coupon;

use self::coupon::COUPONS;
use super::{Conn, RowExt};
use okini_shared::time::Millis;
use sqlx::AssertSqlSafe;

/// A rule in words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// Short and lasting, for programs.
    pub name: &'static str,
    /// What is wrong when it is broken.
    pub wrong: &'static str,
    /// What to do then.
    pub advice: &'static str,
}

/// The query finds the ids of what breaks the rule; `$1` in it is the time now.
pub type Asked = (Rule, &'static str);

const fn rule(name: &'static str, wrong: &'static str, advice: &'static str) -> Rule {
    Rule { name, wrong, advice }
}

/// Money is or may be at the wrong place.
const COMPARE: &str = "Compare with the provider's own list of payments before anything is paid or given back by hand.";
/// Nobody's money is touched, but somebody waits.
const STUCK: &str =
    "The server will not go on with it by itself: restart it, and if this stays, report it with the ids.";
/// The books were changed from outside, or a bug.
const REPORT: &str =
    "Nothing in the server writes this: find out who changed the database, and report it with the ids.";
/// Staff can put it right.
const REGISTER: &str = "Correct the register entry.";

/// Bills and the payments that pay them.
pub const PAYMENTS: [Asked; 16] = [
    (
        rule("one-live-payment", "a bill has two payments that can still be paid", COMPARE),
        "SELECT bill_id FROM payment WHERE live = 1 GROUP BY bill_id HAVING COUNT(*) > 1",
    ),
    (
        rule("live-mark", "a payment is marked as open and is not, or the other way round", REPORT),
        "SELECT id FROM payment WHERE (live = 1) <> (state IN ('created', 'redirected', 'unknown'))",
    ),
    (
        rule("paid-by-money", "a bill is paid, but no payment of its amount came in for it", COMPARE),
        "SELECT b.id FROM bill b WHERE b.state = 'paid' AND b.amount > 0 AND NOT EXISTS (SELECT 1 FROM payment p WHERE p.id = b.paid_by
            AND p.bill_id = b.id AND p.amount = b.amount AND p.state IN ('succeeded', 'refunding', 'refunded'))",
    ),
    (
        rule("paid-mark", "a bill is paid by nothing, or names a payment and is not paid", COMPARE),
        "SELECT id FROM bill WHERE (state = 'paid' AND amount > 0) <> (paid_by IS NOT NULL)
            OR (state = 'paid') <> (paid_at IS NOT NULL)",
    ),
    (
        rule("money-without-bill", "a payment came in, was kept and paid nothing", COMPARE),
        "SELECT p.id FROM payment p JOIN bill b ON b.id = p.bill_id
         WHERE p.state = 'succeeded' AND (b.paid_by IS NULL OR b.paid_by <> p.id)",
    ),
    (
        rule("payment-amount", "a payment is over another amount than its bill", COMPARE),
        "SELECT p.id FROM payment p JOIN bill b ON b.id = p.bill_id WHERE p.amount <> b.amount",
    ),
    (
        rule("payment-owner", "a payment, its bill and its order do not belong together", REPORT),
        "SELECT p.id FROM payment p JOIN bill b ON b.id = p.bill_id JOIN orders o ON o.id = p.order_id
         WHERE b.order_id <> p.order_id OR b.facility_id <> p.facility_id OR o.facility_id <> p.facility_id",
    ),
    (
        rule("paid-once", "one payment at the provider counts for two of ours", COMPARE),
        "SELECT MIN(id) FROM payment WHERE state IN ('succeeded', 'refunding', 'refunded')
            AND provider_payment_id IS NOT NULL
         GROUP BY account, provider_payment_id HAVING COUNT(*) > 1",
    ),
    (
        rule("payment-settled", "a payment came in at no time, or has a time and did not come in", REPORT),
        "SELECT id FROM payment
         WHERE (state IN ('succeeded', 'refunding', 'refunded')) <> (settled_at IS NOT NULL)",
    ),
    (
        rule("payment-facts", "a payment is in a state that no recorded fact tells of", REPORT),
        "SELECT p.id FROM payment p WHERE p.state <> 'created' AND NOT EXISTS (SELECT 1 FROM event e
            WHERE e.subject = p.id AND (e.kind = 'payment.' || p.state
                OR (p.state IN ('refunding', 'refunded') AND e.kind IN ('payment.succeeded', 'payment.stranded'))))",
    ),
    (
        rule("payment-received", "a payment came in without a sum, or paid with another sum than was asked for", COMPARE),
        "SELECT id FROM payment WHERE state IN ('succeeded', 'refunding', 'refunded')
            AND (received IS NULL OR currency IS NULL OR currency <> 'JPY' OR (state = 'succeeded' AND received <> amount))",
    ),
    (
        rule("stranded-kept", "a payment of another sum was kept although its bill is closed", COMPARE),
        "SELECT p.id FROM payment p JOIN bill b ON b.id = p.bill_id
         WHERE p.state = 'stranded' AND p.received > 0 AND p.currency = 'JPY' AND b.state <> 'open'",
    ),
    (
        rule("payment-once", "a payment came in twice", COMPARE),
        "SELECT subject FROM event WHERE kind = 'payment.succeeded' GROUP BY subject HAVING COUNT(*) > 1",
    ),
    (
        rule("payment-asked", "a payment may still be paid, but nobody asks the provider about it", STUCK),
        "SELECT id FROM payment WHERE state IN ('created', 'redirected', 'unknown') AND ask_at IS NULL",
    ),
    (
        rule("food-for-money", "an order went to the kitchen without being paid", COMPARE),
        "SELECT o.id FROM orders o JOIN bill b ON b.order_id = o.id
         WHERE o.state IN ('submitted', 'accepted', 'preparing', 'ready', 'completed') AND b.state <> 'paid'",
    ),
    (
        rule("money-for-food", "an order ended without food, and its money was kept", COMPARE),
        "SELECT p.id FROM payment p JOIN orders o ON o.id = p.order_id
         WHERE o.state IN ('refused', 'auto_refused', 'cancelled', 'expired') AND p.state = 'succeeded'",
    ),
];

/// Money on its way back.
pub const REFUNDS: [Asked; 7] = [
    (
        rule("refund-of-money", "more is given back than came in, or for a payment that did not come in", COMPARE),
        "SELECT r.id FROM refund r JOIN payment p ON p.id = r.payment_id
         WHERE r.amount > COALESCE(p.received, 0) OR p.given_back > COALESCE(p.received, 0)
            OR p.state NOT IN ('succeeded', 'refunding', 'refunded')",
    ),
    (
        rule("refund-whole", "a payment's refunds are not what was set aside for them, or its state tells otherwise", COMPARE),
        "SELECT p.id FROM payment p WHERE COALESCE(p.given_back, 0) <> (SELECT COALESCE(CAST(SUM(r.amount) AS BIGINT), 0)
                FROM refund r WHERE r.payment_id = p.id AND r.state <> 'replaced')
            OR (p.state IN ('refunding', 'refunded')) <> (COALESCE(p.given_back, 0) > 0 AND p.given_back = p.received)",
    ),
    (
        rule("refund-done", "a refund is done and its payment does not know, or the other way round", COMPARE),
        "SELECT r.id FROM refund r JOIN payment p ON p.id = r.payment_id
         WHERE (r.state IN ('done', 'by_hand')) <> (r.done_at IS NOT NULL)
            OR (p.state = 'refunded' AND r.state NOT IN ('done', 'by_hand', 'replaced'))
            OR (p.state = 'refunding' AND NOT EXISTS (SELECT 1 FROM refund o
                WHERE o.payment_id = p.id AND o.state IN ('requested', 'sent', 'refused')))",
    ),
    (
        rule("refund-owner", "a refund and its payment do not belong to the same order", REPORT),
        "SELECT r.id FROM refund r JOIN payment p ON p.id = r.payment_id
         WHERE r.order_id <> p.order_id OR r.facility_id <> p.facility_id",
    ),
    (
        rule("refund-facts", "a refund was never requested, or is in a state that no recorded fact tells of", REPORT),
        "SELECT r.id FROM refund r WHERE (SELECT COUNT(*) FROM event e
                WHERE e.subject = r.id AND e.kind = 'refund.requested') <> 1
            OR (r.state NOT IN ('requested', 'sent') AND NOT EXISTS (SELECT 1 FROM event e
                WHERE e.subject = r.id AND e.kind = 'refund.' || r.state))",
    ),
    (
        rule("refund-asked", "a refund is under way, but nobody sends it or asks about it", STUCK),
        "SELECT id FROM refund WHERE state IN ('requested', 'sent') AND ask_at IS NULL",
    ),
    (
        rule("lease", "work is reserved by a server for far longer than any server reserves it", STUCK),
        "SELECT id FROM payment WHERE locked_until > $1 + 3600000
         UNION ALL SELECT id FROM refund WHERE locked_until > $1 + 3600000",
    ),
];

/// Orders, their lines and bills.
pub const ORDERS: [Asked; 10] = [
    (
        rule("one-bill", "an order has no bill, or several", REPORT),
        "SELECT o.id FROM orders o WHERE (SELECT COUNT(*) FROM bill b WHERE b.order_id = o.id) <> 1",
    ),
    (
        rule("sums", "an order, its lines and its bill have different sums", COMPARE),
        "SELECT o.id FROM orders o JOIN bill b ON b.order_id = o.id WHERE o.total <> b.amount
            OR o.total + COALESCE(o.discount, 0)
                <> (SELECT COALESCE(CAST(SUM(l.amount) AS BIGINT), -1) FROM order_line l WHERE l.order_id = o.id)",
    ),
    (
        rule("line-amount", "a line's amount is not its price times its pieces", COMPARE),
        "SELECT id FROM order_line WHERE amount <> unit * quantity",
    ),
    (
        rule("line-rate", "a line is taxed at a rate that never was in force", REPORT),
        "SELECT l.id FROM order_line l WHERE NOT EXISTS (SELECT 1 FROM tax_rate t
            WHERE t.kind = l.rate_kind AND t.basis_points = l.basis_points)",
    ),
    (
        rule("order-owner", "an order, its seat, its lines and its bill do not belong to the same facility", REPORT),
        "SELECT o.id FROM orders o WHERE
            EXISTS (SELECT 1 FROM order_line l WHERE l.order_id = o.id AND l.facility_id <> o.facility_id)
            OR EXISTS (SELECT 1 FROM bill b WHERE b.order_id = o.id AND b.facility_id <> o.facility_id)
            OR EXISTS (SELECT 1 FROM seat s WHERE s.id = o.seat_id AND s.facility_id <> o.facility_id)",
    ),
    (
        rule("bill-closed", "an order ended, and its bill can still be paid", REPORT),
        "SELECT b.id FROM bill b JOIN orders o ON o.id = b.order_id WHERE (b.state = 'open') <> (o.state = 'awaiting_payment')",
    ),
    (
        rule("order-due", "an order waits for somebody and would wait for ever, or has ended and is still due", STUCK),
        "SELECT id FROM orders WHERE (state IN ('awaiting_payment', 'submitted')) <> (due_at IS NOT NULL)",
    ),
    (
        rule("order-number", "an order was paid and has no number, or has one and was not paid", REPORT),
        "SELECT id FROM orders WHERE (number IS NULL) <> (submitted_at IS NULL)",
    ),
    (
        rule("number-once", "two orders of one day have the same number", "Call these orders out by name as well."),
        // The business day in Japan (UTC+9), as `Millis::business_day` counts it.
        "SELECT MIN(o.id) FROM orders o JOIN facility f ON f.id = o.facility_id WHERE o.number IS NOT NULL
         GROUP BY o.facility_id, o.number, (o.submitted_at + 32400000 - f.day_starts_at) / 86400000 HAVING COUNT(*) > 1",
    ),
    (
        rule("clock", "an order comes from the future", "Set the machine's clock right; check orders placed meanwhile."),
        "SELECT id FROM orders WHERE placed_at > $1 + 3600000",
    ),
];

/// Receipts and the papers of refunds.
pub const RECEIPTS: [Asked; 2] = [
    (
        rule("receipt-gap", "a shop's receipts do not count from one without a gap", REPORT),
        "SELECT f.id FROM facility f WHERE (SELECT COUNT(*) FROM receipt r WHERE r.facility_id = f.id)
                <> COALESCE((SELECT n.last FROM receipt_number n WHERE n.facility_id = f.id), 0)
            OR (SELECT COUNT(*) FROM receipt r WHERE r.facility_id = f.id)
                <> (SELECT COALESCE(MAX(r.number), 0) FROM receipt r WHERE r.facility_id = f.id)",
    ),
    (
        rule(
            "receipt-sum",
            "a receipt is over another sum than its bill or its refund, or not of the same order",
            REPORT,
        ),
        "SELECT r.order_id FROM receipt r JOIN bill b ON b.id = r.bill_id LEFT JOIN refund f ON f.id = r.refund_id
         WHERE b.order_id <> r.order_id OR b.facility_id <> r.facility_id
            OR (f.id IS NULL AND (b.state <> 'paid' OR b.amount <> r.total))
            OR (f.id IS NOT NULL AND (f.order_id <> r.order_id OR f.amount <> r.total OR f.done_at IS NULL
                OR NOT EXISTS (SELECT 1 FROM receipt s
                    WHERE s.bill_id = r.bill_id AND s.refund_id IS NULL AND s.number < r.number)))",
    ),
];

/// Facilities, their codes and menus, people, and answers that are repeated.
pub const REGISTER_RULES: [Asked; 8] = [
    (
        rule("facility-code", "an approved facility has no valid QR code", REGISTER),
        "SELECT f.id FROM facility f WHERE f.state = 'approved' AND NOT EXISTS (SELECT 1 FROM qr_code q
            WHERE q.facility_id = f.id AND q.seat_id IS NULL AND q.retired_at IS NULL)",
    ),
    (
        rule("seat-code", "a seat has no valid QR code", REGISTER),
        "SELECT s.id FROM seat s WHERE NOT EXISTS (SELECT 1 FROM qr_code q
            WHERE q.seat_id = s.id AND q.retired_at IS NULL)",
    ),
    (
        rule("code-owner", "a QR code leads to another facility's seat", REPORT),
        "SELECT q.code FROM qr_code q JOIN seat s ON s.id = q.seat_id WHERE s.facility_id <> q.facility_id",
    ),
    (
        rule("provider-account", "an approved facility has no account at any payment company", REGISTER),
        "SELECT f.id FROM facility f WHERE f.state = 'approved' AND NOT EXISTS (SELECT 1 FROM facility_provider p
            WHERE p.facility_id = f.id)",
    ),
    (
        rule(
            "account-there",
            "a facility or a payment has an account that is not there, of another company or of another consortium",
            "It cannot be paid through, asked about or given back: give the facility another account, or report it.",
        ),
        "SELECT f.id FROM facility f JOIN facility_provider p ON p.facility_id = f.id
            WHERE (p.account IS NULL OR p.account <> p.provider) AND NOT EXISTS (SELECT 1 FROM provider_account a
                WHERE a.id = p.account AND a.provider = p.provider AND a.consortium_id = f.consortium_id)
         UNION ALL SELECT p.id FROM payment p
            WHERE (p.account IS NULL OR p.account <> p.provider) AND NOT EXISTS (SELECT 1 FROM provider_account a
                WHERE a.id = p.account AND a.provider = p.provider)",
    ),
    (
        rule("menu-owner", "parts of a menu belong to different facilities", REPORT),
        "SELECT i.id FROM item i JOIN category c ON c.id = i.category_id WHERE c.facility_id <> i.facility_id
         UNION ALL SELECT o.id FROM menu_option o JOIN option_group g ON g.id = o.group_id
            WHERE g.facility_id <> o.facility_id
         UNION ALL SELECT l.item_id FROM item_option_group l JOIN item i ON i.id = l.item_id
            JOIN option_group g ON g.id = l.group_id
            WHERE i.facility_id <> l.facility_id OR g.facility_id <> l.facility_id",
    ),
    (
        rule("group-choice", "a dish asks for more options than there are, so that nobody can order it", REGISTER),
        "SELECT g.id FROM option_group g
         WHERE g.fewest > (SELECT COUNT(*) FROM menu_option o WHERE o.group_id = g.id)",
    ),
    (
        rule(
            "answer-missing",
            "a request's key was taken and never answered",
            "Who retries it is told to wait: delete the row.",
        ),
        "SELECT owner || ' ' || key FROM idempotency WHERE answer = ''",
    ),
];

/// Every rule.
pub fn all() -> impl Iterator<Item = &'static Asked> {
    PAYMENTS.iter().chain(&REFUNDS).chain(&ORDERS).chain(&COUPONS).chain(&RECEIPTS).chain(&REGISTER_RULES)
}

/// What breaks a rule, at most so many.
pub async fn broken(conn: &mut Conn, sql: &'static str, now: Millis, limit: usize) -> Result<Vec<String>, sqlx::Error> {
    let mut query = sqlx::query_scalar(AssertSqlSafe(format!("{sql} LIMIT {limit}")));
    if sql.contains("$1") {
        query = query.bind(now.get());
    }
    query.fetch_all(conn).await
}

/// Values of a column that no program of ours writes, each with how often it is there.
pub async fn unknown_words(
    conn: &mut Conn,
    (table, column): (&'static str, &'static str),
    known: fn(&str) -> bool,
) -> Result<Vec<String>, sqlx::Error> {
    let sql =
        format!("SELECT {column} AS word, COUNT(*) AS times FROM {table} WHERE {column} IS NOT NULL GROUP BY {column}");
    let mut found = Vec::new();
    for row in sqlx::query(AssertSqlSafe(sql)).fetch_all(conn).await? {
        let word = row.text("word")?;
        if !known(&word) {
            found.push(format!("{table}.{column} = {word:?} ({} times)", row.int("times")?));
        }
    }
    Ok(found)
}
