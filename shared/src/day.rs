//! Days as a calendar in Japan has them, for periods and reports. A shop's business day, which may begin hours after
//! midnight, is `time`'s.

use crate::time::{DAY, JST, JapanTime, Millis};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// A day in Japan, from midnight to midnight; written `2026-11-23`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Day(i64);

/// A text that is not a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InvalidDay;

impl fmt::Display for InvalidDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a day is written as 2026-11-23")
    }
}

impl std::error::Error for InvalidDay {}

impl Day {
    /// The day of a moment.
    pub const fn of(at: Millis) -> Self {
        Self(at.plus(JST).get().div_euclid(DAY))
    }

    /// The day that is so many days after 1970-01-01.
    pub const fn new(days: i64) -> Self {
        Self(days)
    }

    /// Its midnight.
    pub const fn begins(self) -> Millis {
        Millis::new(self.0.saturating_mul(DAY)).plus(-JST)
    }

    /// So many days later.
    #[must_use]
    pub const fn plus(self, days: i64) -> Self {
        Self(self.0.saturating_add(days))
    }

    /// Days from `earlier` to this one.
    pub const fn since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    /// Year, month, day and weekday.
    pub const fn date(self) -> JapanTime {
        self.begins().in_japan()
    }

    /// The first day of its month.
    #[must_use]
    pub const fn month(self) -> Self {
        self.plus(1 - self.date().day)
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let date = self.date();
        write!(f, "{:04}-{:02}-{:02}", date.year, date.month, date.day)
    }
}

impl FromStr for Day {
    type Err = InvalidDay;

    fn from_str(text: &str) -> Result<Self, InvalidDay> {
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        if digits.len() != 8 {
            return Err(InvalidDay);
        }
        let day = Self::of(Millis::of_day_in_japan(digits.parse().map_err(|_| InvalidDay)?));
        // A 30th of February and everything that is written otherwise reads as another text.
        if day.to_string() == text { Ok(day) } else { Err(InvalidDay) }
    }
}

impl From<Day> for String {
    fn from(day: Day) -> Self {
        day.to_string()
    }
}

impl TryFrom<String> for Day {
    type Error = InvalidDay;

    fn try_from(text: String) -> Result<Self, InvalidDay> {
        text.parse()
    }
}

#[cfg(feature = "openapi")]
impl utoipa::PartialSchema for Day {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
        utoipa::openapi::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::String)
            .format(Some(utoipa::openapi::SchemaFormat::KnownFormat(utoipa::openapi::KnownFormat::Date)))
            .into()
    }
}

#[cfg(feature = "openapi")]
impl utoipa::ToSchema for Day {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_it_writes() {
        for days in -1_000..40_000 {
            let day = Day::new(days);
            assert_eq!(day.to_string().parse(), Ok(day));
            assert_eq!((Day::of(day.begins()), Day::of(day.plus(1).begins().plus(-1))), (day, day));
        }
    }

    #[test]
    fn refuses_what_is_no_day() {
        for text in
            ["", "2026-02-29", "2026-13-01", "2026-11-00", "20261123", "2026-1-123", "2026-11-23 ", "２０２６-11-23"]
        {
            assert_eq!(text.parse::<Day>(), Err(InvalidDay), "{text}");
        }
    }

    #[test]
    fn a_month_begins_with_its_first() {
        let day: Day = "2026-12-31".parse().unwrap();
        assert_eq!((day.month().to_string(), day.plus(1).to_string()), ("2026-12-01".into(), "2027-01-01".into()));
        assert_eq!(day.since(day.month()), 30);
    }
}
