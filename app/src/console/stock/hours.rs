//! For how long a dish is off sale: the three choices and their minutes. Pure: the caller passes the time.

use okini_shared::time::{DAY, HOUR, MINUTE, Millis};

/// The hour of the morning, in Japan, at which a shop's day has surely ended.
const MORNING: i64 = 5 * HOUR;

/// How long a dish stays off sale.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pause {
    OneHour,
    ThreeHours,
    /// Until five in the morning.
    Today,
    /// Until somebody puts it back.
    Open,
}

impl Pause {
    /// In the order of the buttons.
    pub(crate) const ALL: [Self; 4] = [Self::OneHour, Self::ThreeHours, Self::Today, Self::Open];

    /// What the API wants: whole minutes from `now`, nothing for an open end.
    pub(crate) fn minutes(self, now: Millis) -> Option<i64> {
        match self {
            Self::OneHour => Some(60),
            Self::ThreeHours => Some(180),
            Self::Today => {
                let t = now.in_japan();
                let of_day = t.hour * HOUR + t.minute * MINUTE;
                Some(((MORNING - of_day - 1).rem_euclid(DAY) + 1) / MINUTE)
            }
            Self::Open => None,
        }
    }

    /// The ending of the button's test id.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::OneHour => "60",
            Self::ThreeHours => "180",
            Self::Today => "today",
            Self::Open => "open",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-11-23 in Japan at that hour and minute.
    fn at(hour: i64, minute: i64) -> Millis {
        Millis::new(1_795_359_600_000 + hour * HOUR + minute * MINUTE)
    }

    #[test]
    fn today_ends_at_five_in_the_morning() {
        assert_eq!(at(12, 38).in_japan().clock(), "12:38");
        assert_eq!(Pause::Today.minutes(at(12, 38)), Some(982));
        assert_eq!(Pause::Today.minutes(at(0, 30)), Some(270));
        assert_eq!(Pause::Today.minutes(at(4, 59)), Some(1));
        assert_eq!(Pause::Today.minutes(at(5, 0)), Some(1440));
        assert_eq!(Pause::Today.minutes(at(5, 1)), Some(1439));
    }

    #[test]
    fn every_choice_is_within_the_limits_of_the_api() {
        for pause in Pause::ALL {
            for minute in 0..1440 {
                assert!(pause.minutes(at(0, minute)).is_none_or(|minutes| (1..=1440).contains(&minutes)));
            }
        }
    }
}
