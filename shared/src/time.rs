//! Time: epoch milliseconds, and how they read on a clock in Japan (UTC+9, no summer time).
//! Nothing here asks what time it is: the server injects a clock, the phone passes its own.

use serde::{Deserialize, Serialize};

/// A moment in milliseconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Millis(i64);

/// A second in milliseconds.
pub const SECOND: i64 = 1_000;
/// A minute in milliseconds.
pub const MINUTE: i64 = 60 * SECOND;
/// An hour in milliseconds.
pub const HOUR: i64 = 60 * MINUTE;
/// A day in milliseconds.
pub const DAY: i64 = 24 * HOUR;
pub(crate) const JST: i64 = 9 * HOUR;

/// A date and a time of day as read off a wall clock in Japan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct JapanTime {
    pub year: i64,
    /// 1 to 12.
    pub month: i64,
    /// 1 to 31.
    pub day: i64,
    pub hour: i64,
    pub minute: i64,
    pub second: i64,
    /// 1 is Monday, 7 is Sunday (ISO 8601).
    pub weekday: i64,
}

impl Millis {
    /// That many milliseconds since the epoch.
    pub const fn new(ms: i64) -> Self {
        Self(ms)
    }

    /// Milliseconds since the epoch.
    pub const fn get(self) -> i64 {
        self.0
    }

    /// The moment so many milliseconds later; stops at the end of time instead of wrapping.
    pub const fn plus(self, ms: i64) -> Self {
        Self(self.0.saturating_add(ms))
    }

    /// Milliseconds from `earlier` to this moment, negative when it lies after.
    pub const fn since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    /// How the moment reads on a wall clock in Japan.
    pub const fn in_japan(self) -> JapanTime {
        let local = self.0.saturating_add(JST);
        let (year, month, day) = civil(local.div_euclid(DAY));
        let of_day = local.rem_euclid(DAY);
        JapanTime {
            year,
            month,
            day,
            hour: of_day / HOUR,
            minute: of_day % HOUR / MINUTE,
            second: of_day % MINUTE / SECOND,
            // The epoch was a Thursday.
            weekday: (local.div_euclid(DAY) + 3).rem_euclid(7) + 1,
        }
    }

    /// The beginning of a day in Japan, written `20261123`.
    pub const fn of_day_in_japan(day: i64) -> Self {
        let (year, month, day) = (day / 10_000, day / 100 % 100, day % 100);
        Self::new((days(year, month, day) * DAY).saturating_sub(JST))
    }

    /// ISO 8601 in UTC, `2026-11-23T00:29:00.000Z`.
    pub fn iso(self) -> String {
        let (year, month, day) = civil(self.0.div_euclid(DAY));
        let of_day = self.0.rem_euclid(DAY);
        let (hour, minute, ms) = (of_day / HOUR, of_day % HOUR / MINUTE, of_day % MINUTE);
        format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{:02}.{:03}Z", ms / SECOND, ms % SECOND)
    }

    /// The day in Japan that sales at this moment count to, when the shop's day begins `rollover` milliseconds
    /// after midnight (日付変更時刻): `20261123`.
    pub const fn business_day(self, rollover: i64) -> i64 {
        let t = self.plus(-rollover).in_japan();
        t.year * 10_000 + t.month * 100 + t.day
    }
}

impl JapanTime {
    /// `12:48`.
    pub fn clock(self) -> String {
        format!("{}:{:02}", self.hour, self.minute)
    }
}

/// Days since the epoch to a Gregorian date (the well-known era algorithm: 400-year eras, years from March).
const fn civil(days: i64) -> (i64, i64, i64) {
    let z = days + 719_468;
    let era = z.div_euclid(146_097);
    let doe = z.rem_euclid(146_097);
    let yoe = (doe - doe / 1_460 + doe / 36_524 - doe / 146_096) / 365;
    let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    let mp = (5 * doy + 2) / 153;
    let day = doy - (153 * mp + 2) / 5 + 1;
    let month = if mp < 10 { mp + 3 } else { mp - 9 };
    let year = yoe + era * 400 + if month <= 2 { 1 } else { 0 };
    (year, month, day)
}

/// The other way round.
const fn days(year: i64, month: i64, day: i64) -> i64 {
    let y = if month <= 2 { year - 1 } else { year };
    let era = y.div_euclid(400);
    let yoe = y.rem_euclid(400);
    let doy = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
    era * 146_097 + doe - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_a_wall_clock_in_japan() {
        let t = Millis::new(1_795_393_740_000).in_japan();
        assert_eq!((t.year, t.month, t.day, t.clock()), (2026, 11, 23, "9:29".to_owned()));
        assert_eq!(
            (t.weekday, Millis::new(-1).in_japan().weekday, Millis::new(-5 * DAY).in_japan().weekday),
            (1, 4, 6)
        );
        let leap = Millis::new(1_709_132_400_000).in_japan();
        assert_eq!((leap.year, leap.month, leap.day, leap.hour), (2024, 2, 29, 0));
        let before = Millis::new(-1).in_japan();
        assert_eq!((before.year, before.month, before.day, before.hour, before.second), (1970, 1, 1, 8, 59));
    }

    #[test]
    fn writes_iso_8601() {
        assert_eq!(Millis::new(1_795_393_740_007).iso(), "2026-11-23T00:29:00.007Z");
        assert_eq!(Millis::new(-1).iso(), "1969-12-31T23:59:59.999Z");
    }

    #[test]
    fn business_day_rolls_over_at_the_shops_hour() {
        let just_after_midnight = Millis::new(1_795_360_200_000);
        assert_eq!(just_after_midnight.in_japan().clock(), "0:10");
        assert_eq!(just_after_midnight.business_day(5 * HOUR), 20_261_122);
        assert_eq!(just_after_midnight.business_day(0), 20_261_123);
    }

    #[test]
    fn a_day_in_japan_begins_at_its_midnight() {
        for day in 0..40_000 {
            let midnight = Millis::new(day * DAY - JST);
            let read = midnight.business_day(0);
            assert_eq!(Millis::of_day_in_japan(read), midnight, "{read}");
        }
        assert_eq!(Millis::of_day_in_japan(20_261_123).iso(), "2026-11-22T15:00:00.000Z");
    }
}
