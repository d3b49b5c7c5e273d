//! How urgent an order is, how long it has been waiting and how a span of time reads on a card.
//! Pure: the caller passes the server's time.

use super::orders::Lane;
use okini_shared::api::shop::BoardOrder;
use okini_shared::time::{MINUTE, Millis, SECOND};

/// How urgent an order is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Urgency {
    /// In time.
    InTime,
    /// Three minutes or less are left.
    Soon,
    /// The promised time has passed, or the answer is due within a minute.
    Late,
}

impl Urgency {
    /// The value of `data-late`, nothing when in time.
    pub(crate) const fn mark(self) -> Option<&'static str> {
        match self {
            Self::InTime => None,
            Self::Soon => Some("soon"),
            Self::Late => Some("late"),
        }
    }
}

/// How urgent the order is at `now`: a new one by the end of its answer time, one being cooked by its promise.
pub(crate) fn late(order: &BoardOrder, now: Millis) -> Urgency {
    let (due, last) = match Lane::of(order.state) {
        Some(Lane::New) => (order.answer_by, MINUTE),
        Some(Lane::Cooking) => (order.promised_at, 0),
        _ => (None, 0),
    };
    match due.map(|due| due.since(now)) {
        Some(left) if left < last => Urgency::Late,
        Some(left) if left <= 3 * MINUTE => Urgency::Soon,
        _ => Urgency::InTime,
    }
}

/// How long the guest has been waiting: for the dish, or when it is ready, the dish for the guest.
pub(crate) fn waiting(order: &BoardOrder, now: Millis) -> i64 {
    let since = match Lane::of(order.state) {
        Some(Lane::Ready) => order.ready_at.or(order.submitted_at),
        _ => order.submitted_at,
    };
    since.map_or(0, |since| now.since(since))
}

/// `0:42`, `14:05`, `1:02:05`: a span of milliseconds; one that has not begun yet is `0:00`.
pub(crate) fn span(ms: i64) -> String {
    let seconds = ms.max(0) / SECOND;
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if hours > 0 { format!("{hours}:{minutes:02}:{seconds:02}") } else { format!("{minutes}:{seconds:02}") }
}

/// The minutes to promise so that the guest waits five minutes longer than he was told; when that time has passed
/// already, five minutes from now.
pub(crate) fn five_more(promised: Option<Millis>, now: Millis) -> i64 {
    let left = promised.map_or(0, |promised| promised.since(now).max(0));
    ((left + MINUTE - 1) / MINUTE + 5).clamp(1, 180)
}

#[cfg(test)]
mod tests {
    use super::super::orders::tests::order;
    use super::*;
    use okini_shared::rules::order::OrderState;

    fn minute(n: i64) -> Millis {
        Millis::new(n * MINUTE)
    }

    #[test]
    fn a_new_order_is_urgent_by_its_answer_time() {
        let new = order(10, OrderState::Submitted, 1);
        assert_eq!(late(&new, minute(21)), Urgency::InTime);
        assert_eq!(late(&new, minute(22)), Urgency::Soon);
        assert_eq!(late(&new, minute(24).plus(1)), Urgency::Late);
    }

    #[test]
    fn a_dish_is_late_by_its_promise() {
        let cooking = order(10, OrderState::Preparing, 1);
        assert_eq!(late(&cooking, minute(26)), Urgency::InTime);
        assert_eq!(late(&cooking, minute(30)), Urgency::Soon);
        assert_eq!(late(&cooking, minute(30).plus(1)), Urgency::Late);
        assert_eq!(late(&order(10, OrderState::Ready, 1), minute(99)), Urgency::InTime);
    }

    #[test]
    fn waits_from_the_order_and_then_from_ready() {
        assert_eq!(waiting(&order(10, OrderState::Preparing, 1), minute(12)), 2 * MINUTE);
        assert_eq!(waiting(&order(10, OrderState::Ready, 1), minute(91)), MINUTE);
    }

    #[test]
    fn writes_spans() {
        assert_eq!(span(42_999), "0:42");
        assert_eq!(span(845_000), "14:05");
        assert_eq!(span(3_725_000), "1:02:05");
        assert_eq!(span(-1), "0:00");
    }

    #[test]
    fn five_more_minutes_than_promised() {
        assert_eq!(five_more(Some(minute(10)), minute(4)), 11);
        assert_eq!(five_more(Some(minute(10)), minute(4).plus(1)), 11);
        assert_eq!(five_more(Some(minute(10)), minute(40)), 5);
        assert_eq!(five_more(None, minute(40)), 5);
        assert_eq!(five_more(Some(minute(999)), minute(0)), 180);
    }
}
