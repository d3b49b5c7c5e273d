//! What must hold in every database at the end of every test: the money adds up, and nothing waits for ever.

use crate::database::Database;

/// Each query finds what must not be.
const BOOKS: [(&str, &str); 13] = [
    ("a bill with two live payments", "SELECT bill_id FROM payment WHERE live = 1 GROUP BY bill_id HAVING COUNT(*) > 1"),
    (
        "a payment whose live mark and state disagree",
        "SELECT id FROM payment WHERE (live = 1) <> (state IN ('created', 'redirected', 'unknown'))",
    ),
    (
        "a paid bill without the money",
        "SELECT b.id FROM bill b WHERE b.state = 'paid' AND NOT EXISTS (SELECT 1 FROM payment p WHERE p.id = b.paid_by
            AND p.bill_id = b.id AND p.amount = b.amount AND p.state IN ('succeeded', 'refunding', 'refunded'))",
    ),
    ("a bill paid by nothing, or open and paid", "SELECT id FROM bill WHERE (state = 'paid') <> (paid_by IS NOT NULL)"),
    (
        "money kept that paid nothing",
        "SELECT p.id FROM payment p JOIN bill b ON b.id = p.bill_id
         WHERE p.state = 'succeeded' AND (b.paid_by IS NULL OR b.paid_by <> p.id)",
    ),
    (
        "money given back that was not taken",
        "SELECT r.id FROM refund r JOIN payment p ON p.id = r.payment_id
         WHERE r.amount > p.amount OR p.state NOT IN ('refunding', 'refunded')",
    ),
    (
        "a payment given back without a refund, or not wholly",
        "SELECT p.id FROM payment p WHERE p.state IN ('refunding', 'refunded')
            AND p.amount <> (SELECT COALESCE(CAST(SUM(r.amount) AS BIGINT), 0) FROM refund r WHERE r.payment_id = p.id)",
    ),
    (
        "a refund that is done and a payment that does not know",
        "SELECT r.id FROM refund r JOIN payment p ON p.id = r.payment_id
         WHERE (r.state = 'done') <> (p.state = 'refunded') OR (r.state = 'done') <> (r.done_at IS NOT NULL)",
    ),
    (
        "an order without exactly one bill",
        "SELECT o.id FROM orders o WHERE (SELECT COUNT(*) FROM bill b WHERE b.order_id = o.id) <> 1",
    ),
    (
        "an order, its lines and its bill with different sums",
        "SELECT o.id FROM orders o JOIN bill b ON b.order_id = o.id WHERE o.total <> b.amount
            OR o.total <> (SELECT CAST(SUM(l.amount) AS BIGINT) FROM order_line l WHERE l.order_id = o.id)",
    ),
    (
        "food without money",
        "SELECT o.id FROM orders o JOIN bill b ON b.order_id = o.id
         WHERE o.state IN ('submitted', 'accepted', 'preparing', 'ready', 'completed') AND b.state <> 'paid'",
    ),
    (
        "money kept for no food",
        "SELECT p.id FROM payment p JOIN orders o ON o.id = p.order_id
         WHERE o.state IN ('refused', 'auto_refused', 'cancelled', 'expired') AND p.state = 'succeeded'",
    ),
    (
        "an order that entered a state without a fact, or twice",
        "SELECT o.id FROM orders o WHERE (SELECT COUNT(*) FROM event e WHERE e.subject = o.id
            AND e.kind = 'order.submitted') <> (CASE WHEN o.number IS NULL THEN 0 ELSE 1 END)
            OR (SELECT COUNT(*) FROM event e WHERE e.subject = o.id AND e.kind = 'order.placed') <> 1",
    ),
];

/// Each query finds work that the timer left undone.
const LEFT: [(&str, &str); 5] = [
    ("payments that are still asked about", "SELECT id FROM payment WHERE ask_at IS NOT NULL"),
    ("payments that are still live", "SELECT id FROM payment WHERE live = 1"),
    ("refunds that are still under way", "SELECT id FROM refund WHERE ask_at IS NOT NULL"),
    ("orders that are still due", "SELECT id FROM orders WHERE due_at IS NOT NULL"),
    ("orders that nobody ended", "SELECT id FROM orders WHERE state IN ('awaiting_payment', 'submitted')"),
];

/// The money adds up.
pub async fn books(database: &Database) {
    find_nothing(database, &BOOKS).await;
}

/// Nothing waits for a timer.
pub async fn nothing_left(database: &Database) {
    find_nothing(database, &LEFT).await;
}

async fn find_nothing(database: &Database, queries: &[(&str, &str)]) {
    for (what, query) in queries {
        let found = database.texts(query).await;
        assert!(found.is_empty(), "{what}: {found:?}");
    }
}
