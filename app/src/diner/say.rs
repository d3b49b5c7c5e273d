//! How figures and lists read: rates, times, lists of allergens. The same on the server and on the phone.
//! Not here: amounts (`okini_shared::text::yen`), the sentences (`locales`).

use okini_shared::api::menu::Allergen;
use okini_shared::time::Millis;

use super::texts::Key;
use crate::l10n::L10n;

/// `10%`, `8%`, `7.5%`.
pub(super) fn percent(basis_points: i64) -> String {
    match basis_points % 100 {
        0 => format!("{}%", basis_points / 100),
        rest if rest % 10 == 0 => format!("{}.{}%", basis_points / 100, rest / 10),
        rest => format!("{}.{rest:02}%", basis_points / 100),
    }
}

/// `12:48`.
pub(super) fn clock(at: Millis) -> String {
    at.in_japan().clock()
}

/// `12:48:05`.
pub(super) fn clock_with_seconds(at: Millis) -> String {
    let time = at.in_japan();
    format!("{}:{:02}", time.clock(), time.second)
}

/// `11/23 12:48`.
pub(super) fn date_and_clock(at: Millis) -> String {
    let time = at.in_japan();
    format!("{}/{} {}", time.month, time.day, time.clock())
}

/// The names of allergens as a list.
pub(super) fn allergens(t: L10n<Key>, all: &[Allergen]) -> String {
    let names: Vec<&str> = all.iter().map(|allergen| t.say(Key::allergen(*allergen))).collect();
    list(t, &names)
}

/// Names in a row.
pub(super) fn list(t: L10n<Key>, names: &[&str]) -> String {
    let mut out = String::new();
    for name in names {
        if !out.is_empty() {
            out.push_str(t.say(Key::ListSeparator));
        }
        out.push_str(name);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_read_short() {
        assert_eq!([1000, 800, 100, 750, 825].map(percent), ["10%", "8%", "1%", "7.5%", "8.25%"]);
    }
}
