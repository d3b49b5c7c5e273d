//! What must hold in every database at the end of every test: the doctor finds nothing, and nothing waits for ever.

use crate::database::Database;
use okini_server::domain::doctor;
use okini_shared::time::Millis;

/// Each query finds work that the timer left undone.
const LEFT: [(&str, &str); 5] = [
    ("payments that are still asked about", "SELECT id FROM payment WHERE ask_at IS NOT NULL"),
    ("payments that are still live", "SELECT id FROM payment WHERE live = 1"),
    ("refunds that are still under way", "SELECT id FROM refund WHERE ask_at IS NOT NULL"),
    ("orders that are still due", "SELECT id FROM orders WHERE due_at IS NOT NULL"),
    ("orders that nobody ended", "SELECT id FROM orders WHERE state IN ('awaiting_payment', 'submitted')"),
];

/// The database is sound: the money adds up, states are what facts say, everything can be read.
pub async fn sound(database: &Database, now: Millis) {
    let report = doctor::look(&database.url, now).await.unwrap();
    assert!(report.sound, "{:#?}", report.findings);
}

/// Nothing waits for a timer.
pub async fn nothing_left(database: &Database) {
    for (what, query) in LEFT {
        let found = database.texts(query).await;
        assert!(found.is_empty(), "{what}: {found:?}");
    }
}
