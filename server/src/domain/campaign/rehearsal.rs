//! A campaign tried on past orders before anybody sees it: what it would have cost day by day, and when its money would be gone.
//! The same rules as at the till.

use crate::store::rehearsal::Past;
use okini_shared::api::campaign::{DayOfIt, Rehearsal};
use okini_shared::day::Day;
use okini_shared::money::Yen;
use okini_shared::rules::coupon::{Case, Terms, Used, discount};
use okini_shared::time::{DAY, Millis};
use std::collections::{BTreeMap, HashMap, HashSet};

/// So many days back.
pub const DAYS: i64 = 28;
/// Orders that are looked at, the newest.
pub const ORDERS: i64 = 20_000;

/// Replays orders, oldest first, as if the campaign had gone on all the time.
pub fn rehearse(terms: &Terms, past: &[Past], money: Option<Yen>, now: Millis) -> Rehearsal {
    let mut terms = terms.clone();
    let ends_at = terms.conditions.ends_at;
    (terms.conditions.starts_at, terms.conditions.ends_at) = (Millis::new(i64::MIN), Millis::new(i64::MAX));
    let mut seen = Seen::default();
    let mut days: BTreeMap<i64, (i64, i64, i64)> = BTreeMap::new();
    for order in past {
        let day = days.entry(order.submitted_at.business_day(0)).or_default();
        day.0 = day.0.saturating_add(1);
        if let Some(taken) = seen.try_on(&terms, order) {
            day.1 = day.1.saturating_add(1);
            day.2 = day.2.saturating_add(taken.get());
        }
    }
    let mut so_far = 0_i64;
    let mut uses = 0_i64;
    let shown = days.iter().map(|(day, (orders, used, discount))| {
        so_far = so_far.saturating_add(*discount);
        uses = uses.saturating_add(*used);
        let day = Day::of(Millis::of_day_in_japan(*day));
        DayOfIt { day, orders: *orders, uses: *used, discount: Yen::new(*discount), so_far: Yen::new(so_far) }
    });
    let shown: Vec<DayOfIt> = shown.collect();
    let money_until = money.and_then(|money| gone(money.get(), so_far, now)).filter(|gone| *gone < ends_at);
    Rehearsal { days: shown, uses, discount: Yen::new(so_far), money_until: money_until.map(Day::of) }
}

/// When a sum is gone at the pace of so many yen in all the days that were looked at.
fn gone(money: i64, spent: i64, now: Millis) -> Option<Millis> {
    let days = i128::from(money).checked_mul(i128::from(DAYS))?.checked_div(i128::from(spent))?;
    Some(now.plus(i64::try_from(days).ok()?.checked_mul(DAY)?))
}

/// Who used it how often.
#[derive(Default)]
struct Seen<'p> {
    devices: HashSet<&'p str>,
    total: i64,
    person: HashMap<&'p str, i64>,
    person_day: HashMap<(&'p str, i64), i64>,
    facility: HashMap<String, i64>,
}

impl<'p> Seen<'p> {
    fn try_on(&mut self, terms: &Terms, order: &'p Past) -> Option<Yen> {
        let device = order.device.as_str();
        let day = order.submitted_at.business_day(0);
        let facility = order.facility.to_string();
        let first_order = self.devices.insert(device);
        let used = Used {
            total: self.total,
            person: self.person.get(device).copied().unwrap_or_default(),
            person_day: self.person_day.get(&(device, day)).copied().unwrap_or_default(),
            facility: self.facility.get(&facility).copied().unwrap_or_default(),
            budget_left: None,
        };
        let case = Case {
            at: order.submitted_at,
            facility: order.facility,
            municipality: &order.municipality,
            consortium: order.consortium,
            first_order,
            lines: &order.lines,
        };
        let rest: Vec<Yen> = order.lines.iter().map(|line| line.amount).collect();
        let taken = discount(terms, &used, &case, &rest).ok()?;
        self.total = self.total.saturating_add(1);
        for count in [
            self.person.entry(device).or_default(),
            self.person_day.entry((device, day)).or_default(),
            self.facility.entry(facility).or_default(),
        ] {
            *count = count.saturating_add(1);
        }
        Some(taken.amount)
    }
}
