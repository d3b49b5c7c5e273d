//! Terms that may not be published: meaningless numbers, and values beyond the law on premiums (景品表示法, Q26).

use super::{Benefit, Kind, Terms};
use crate::money::Yen;

/// Something that keeps terms from being published.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flaw {
    /// Must end after it begins.
    NoTime,
    /// A window's days or hours are not those of a calendar.
    Window,
    /// The benefit takes nothing off, or more than all.
    Benefit,
    /// A limit or the minimum is below one.
    Limit,
    /// What is for a first order only is for each person once: two first orders at the same moment are both the first.
    FirstOrder,
    /// Shares must be 0 to 10,000 and sum to 10,000.
    Shares,
    /// A bill must be allowed at least this one coupon.
    Stacking,
    /// A gift may be worth ¥200, from ¥1,000 on a fifth of what must be bought. An officer may override with a reason.
    GiftValue { most: Yen },
    /// A prize may be worth twenty times what must be bought, at most ¥100,000. An officer may override with a reason.
    LotteryValue { most: Yen },
}

impl Flaw {
    /// Whether an officer may publish nevertheless, with a reason.
    pub const fn can_be_overridden(self) -> bool {
        matches!(self, Self::GiftValue { .. } | Self::LotteryValue { .. })
    }
}

/// Everything that is wrong with terms.
pub fn flaws(terms: &Terms) -> Vec<Flaw> {
    let mut flaws = Vec::new();
    let mut check = |good: bool, flaw| {
        if !good {
            flaws.push(flaw);
        }
    };
    let conditions = &terms.conditions;
    check(conditions.starts_at < conditions.ends_at, Flaw::NoTime);
    check(conditions.windows.iter().all(is_window), Flaw::Window);
    check(is_benefit(&terms.benefit), Flaw::Benefit);
    check(!conditions.first_order || terms.limits.per_person == Some(1), Flaw::FirstOrder);
    let limits = [terms.limits.total, terms.limits.per_person, terms.limits.per_person_day, terms.limits.per_facility];
    let minimum = conditions.minimum.map(Yen::get);
    check(limits.into_iter().chain([minimum]).flatten().all(|limit| limit > 0), Flaw::Limit);
    let shares = [terms.shares.shop, terms.shares.consortium, terms.shares.programme];
    let whole = shares.iter().all(|share| (0..=10_000).contains(share)) && shares.iter().sum::<i64>() == 10_000;
    check(whole, Flaw::Shares);
    check(terms.stacking.most >= 1, Flaw::Stacking);
    let bought = conditions.minimum.unwrap_or_default();
    let value = most_value(&terms.benefit);
    let within = |most: Yen| value.is_some_and(|value| value <= most);
    match terms.kind {
        Kind::OwnShop | Kind::MultiShop => {}
        Kind::Gift => {
            let most = if bought < Yen::new(1_000) { Yen::new(200) } else { Yen::new(bought.get() / 5) };
            check(within(most), Flaw::GiftValue { most });
        }
        Kind::Lottery => {
            let most = bought.checked_mul(20).map_or(Yen::new(100_000), |most| most.min(Yen::new(100_000)));
            check(within(most), Flaw::LotteryValue { most });
        }
    }
    flaws
}

fn is_window(window: &super::Window) -> bool {
    let within = |list: &[i64], last| list.iter().all(|day| (1..=last).contains(day));
    within(&window.weekdays, 7)
        && within(&window.days, 31)
        && 0 <= window.from
        && window.from < window.to
        && window.to <= 1_440
}

fn is_benefit(benefit: &Benefit) -> bool {
    let is_part = |basis_points: i64| (1..=10_000).contains(&basis_points);
    let is_cap = |cap: Option<Yen>| cap.is_none_or(|cap| cap > Yen::ZERO);
    match *benefit {
        Benefit::YenOff { yen } => yen > Yen::ZERO && yen <= Yen::ORDER_LIMIT,
        Benefit::PercentOff { basis_points, cap } => is_part(basis_points) && is_cap(cap),
        Benefit::FreeItem { cap } => is_cap(cap),
        Benefit::NthItem { every, basis_points, cap } => every >= 2 && is_part(basis_points) && is_cap(cap),
    }
}

/// The most that one use can take off; nothing when only the order's limit bounds it.
fn most_value(benefit: &Benefit) -> Option<Yen> {
    match *benefit {
        Benefit::YenOff { yen } => Some(yen),
        Benefit::PercentOff { cap, .. } | Benefit::FreeItem { cap } | Benefit::NthItem { cap, .. } => cap,
    }
}
