//! What time it is for the sandbox: the machine's time or one that stands still, and how far a test moved it.
//! Waiting in real time (a hanging answer, the pause between two tries) is not counted here.

use okini_shared::time::{HOUR, Millis};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

/// The time; clones share it.
#[derive(Debug, Clone)]
pub struct Clock {
    stands_at: Option<Millis>,
    moved: Arc<AtomicI64>,
}

impl Clock {
    /// The machine's time.
    pub fn system() -> Self {
        Self { stands_at: None, moved: Arc::default() }
    }

    /// Stands at `start` until it is moved.
    pub fn still(start: Millis) -> Self {
        Self { stands_at: Some(start), moved: Arc::default() }
    }

    /// The time now.
    pub fn now(&self) -> Millis {
        self.stands_at.unwrap_or_else(machine).plus(self.moved.load(Ordering::SeqCst))
    }

    /// Moves the time by so many milliseconds, forward or back.
    pub fn advance(&self, ms: i64) {
        self.moved.fetch_add(ms, Ordering::SeqCst);
    }

    /// Undoes every move.
    pub(crate) fn reset(&self) {
        self.moved.store(0, Ordering::SeqCst);
    }
}

#[expect(clippy::disallowed_methods, reason = "the one place that asks the machine for the time")]
fn machine() -> Millis {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    Millis::new(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

/// ISO 8601 in UTC to the second, as notifications carry it.
pub(crate) fn iso(at: Millis) -> String {
    let utc = at.plus(-9 * HOUR).in_japan();
    format!("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", utc.year, utc.month, utc.day, utc.hour, utc.minute, utc.second)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_read_in_utc() {
        assert_eq!(iso(Millis::new(1_795_343_222_345)), "2026-11-22T10:27:02Z");
    }
}
