//! Conditions and limits: whether a coupon may be used on a case, and on which of its lines.
//! What it takes off is `benefit`'s.

use super::{Case, Conditions, Line, Refusal, Terms, Used, Window};
use crate::money::Yen;
use crate::time::Millis;

/// The lines the coupon applies to, as positions, or why it may not be used. What cannot change comes first, so that
/// nobody orders more for a coupon that is over.
pub fn judge(terms: &Terms, used: &Used, case: &Case<'_>) -> Result<Vec<usize>, Refusal> {
    let conditions = &terms.conditions;
    if case.at >= conditions.ends_at {
        return Err(Refusal::Ended);
    }
    if !is_shop(conditions, case) {
        return Err(Refusal::OtherShop);
    }
    let limits = &terms.limits;
    for (limit, used, refusal) in [
        (limits.total, used.total, Refusal::UsedUp),
        (limits.per_person, used.person, Refusal::PersonLimit),
        (limits.per_person_day, used.person_day, Refusal::DayLimit),
        (limits.per_facility, used.facility, Refusal::ShopLimit),
    ] {
        if limit.is_some_and(|limit| used >= limit) {
            return Err(refusal);
        }
    }
    if used.budget_left.is_some_and(|left| left <= Yen::ZERO) {
        return Err(Refusal::BudgetUsedUp);
    }
    if case.at < conditions.starts_at {
        return Err(Refusal::NotYet { starts_at: conditions.starts_at });
    }
    if !conditions.windows.is_empty() && !conditions.windows.iter().any(|window| window.holds(case.at)) {
        return Err(Refusal::WrongTime);
    }
    if conditions.first_order && !case.first_order {
        return Err(Refusal::NotFirstOrder);
    }
    let lines: Vec<usize> =
        (0..).zip(case.lines).filter(|(_, line)| applies(conditions, line)).map(|(at, _)| at).collect();
    if lines.is_empty() {
        return Err(Refusal::NoSuchItems);
    }
    let amount = Yen::checked_sum(lines.iter().filter_map(|at| case.lines.get(*at)).map(|line| line.amount));
    let missing = conditions.minimum.unwrap_or_default().checked_sub(amount.ok_or(Refusal::Unreckonable)?);
    match missing {
        Some(missing) if missing > Yen::ZERO => Err(Refusal::BelowMinimum { missing }),
        _ => Ok(lines),
    }
}

/// An item or a category that is named is enough.
fn applies(conditions: &Conditions, line: &Line) -> bool {
    let anything = conditions.items.is_empty() && conditions.categories.is_empty();
    let named = conditions.items.contains(&line.item) || conditions.categories.contains(&line.category);
    (anything || named)
        && conditions.place.is_none_or(|place| place == line.place)
        && !(conditions.without_alcohol && line.alcohol)
}

/// Each list that is there must name the shop, its municipality or its consortium.
fn is_shop(conditions: &Conditions, case: &Case<'_>) -> bool {
    let municipalities = &conditions.municipalities;
    (conditions.facilities.is_empty() || conditions.facilities.contains(&case.facility))
        && (municipalities.is_empty() || municipalities.iter().any(|code| code == case.municipality))
        && (conditions.consortia.is_empty() || conditions.consortia.contains(&case.consortium))
}

impl Window {
    fn holds(&self, at: Millis) -> bool {
        let t = at.in_japan();
        (self.weekdays.is_empty() || self.weekdays.contains(&t.weekday))
            && (self.days.is_empty() || self.days.contains(&t.day))
            && (self.from..self.to).contains(&(t.hour * 60 + t.minute))
    }
}
