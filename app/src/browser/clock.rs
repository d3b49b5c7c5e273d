//! The time as the server has it: the phone's clock, set right by what the server says.
//! Not here: how a time reads (`okini_shared::time`).

use std::cell::Cell;

use okini_shared::time::{Millis, SECOND};

thread_local! {
    static AHEAD: Cell<i64> = const { Cell::new(0) };
}

/// Now, by the server's clock.
pub fn now() -> Millis {
    phone().plus(AHEAD.get())
}

/// The server says that it is `server` now. Small differences are the way of the answer, not a wrong clock.
pub fn learn(server: Millis) {
    let ahead = server.since(phone());
    if (ahead - AHEAD.get()).abs() > 2 * SECOND {
        AHEAD.set(ahead);
    }
}

/// The server's answer carried this `Date` header.
pub(crate) fn learn_from_header(date: &str) {
    let ms = js_sys::Date::parse(date);
    if ms.is_finite() {
        learn(whole(ms));
    }
}

fn phone() -> Millis {
    whole(js_sys::Date::now())
}

#[expect(clippy::as_conversions, reason = "milliseconds since 1970 are far below the limits of both types")]
fn whole(ms: f64) -> Millis {
    Millis::new(ms as i64)
}
