//! What a coupon takes off, line by line. A discount never exceeds what its lines still cost, and its parts over tax
//! rates and lines sum to it to the yen.

use super::judge::judge;
use super::{Benefit, Case, Line, Refusal, Terms, Used};
use crate::money::Yen;
use crate::rules::tax::Rate;

/// A coupon's discount on a bill.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Discount {
    pub amount: Yen,
    /// The part of each line of the case; zero where it does not apply.
    pub parts: Vec<Yen>,
}

/// The coupon's discount when `rest` is what each line still costs after earlier coupons, or why there is none.
pub fn discount(terms: &Terms, used: &Used, case: &Case<'_>, rest: &[Yen]) -> Result<Discount, Refusal> {
    let lines = judge(terms, used, case)?;
    let parts = parts(&terms.benefit, case.lines, &lines, rest).ok_or(Refusal::Unreckonable)?;
    let amount = Yen::checked_sum(parts.iter().copied()).ok_or(Refusal::Unreckonable)?;
    if amount <= Yen::ZERO {
        return Err(Refusal::NothingLeft);
    }
    if used.budget_left.is_some_and(|left| amount > left) {
        return Err(Refusal::BudgetUsedUp);
    }
    Ok(Discount { amount, parts })
}

fn parts(benefit: &Benefit, lines: &[Line], chosen: &[usize], rest: &[Yen]) -> Option<Vec<Yen>> {
    let rest_of = |at: &usize| rest.get(*at).copied().unwrap_or_default();
    let base = Yen::checked_sum(chosen.iter().map(rest_of))?;
    match benefit {
        Benefit::YenOff { yen } => over_rates((*yen).min(base), lines, chosen, rest),
        Benefit::PercentOff { basis_points, cap } => {
            over_rates(capped(part_of(base, *basis_points)?, *cap).min(base), lines, chosen, rest)
        }
        Benefit::FreeItem { cap } => pieces(1, 10_000, *cap, (lines, chosen), rest),
        Benefit::NthItem { every, basis_points, cap } => {
            let count = chosen.iter().try_fold(0_i64, |sum, at| sum.checked_add(lines.get(*at)?.quantity))?;
            pieces(count.checked_div(*every)?, *basis_points, *cap, (lines, chosen), rest)
        }
    }
}

fn part_of(amount: Yen, basis_points: i64) -> Option<Yen> {
    Some(Yen::new(amount.checked_mul(basis_points)?.get().div_euclid(10_000)))
}

fn capped(amount: Yen, cap: Option<Yen>) -> Yen {
    cap.map_or(amount, |cap| amount.min(cap))
}

/// First over the tax rates by what falls under each, as the receipt has to show it, then over the lines of each rate.
fn over_rates(amount: Yen, lines: &[Line], chosen: &[usize], rest: &[Yen]) -> Option<Vec<Yen>> {
    // The higher rate first, as on the receipt: it gets the odd yen.
    let mut rates: Vec<(Rate, Vec<usize>)> = Vec::new();
    for at in chosen {
        let rate = lines.get(*at)?.rate;
        match rates.iter_mut().find(|(known, _)| *known == rate) {
            Some((_, members)) => members.push(*at),
            None => {
                let place = rates.iter().take_while(|(known, _)| known.basis_points >= rate.basis_points).count();
                rates.insert(place, (rate, vec![*at]));
            }
        }
    }
    let weight = |at: &usize| rest.get(*at).map(|yen| yen.get());
    let weights = |members: &[usize]| members.iter().map(weight).collect::<Option<Vec<i64>>>();
    let mut totals = Vec::with_capacity(rates.len());
    for (_, members) in &rates {
        totals.push(weights(members)?.iter().try_fold(0_i64, |sum, yen| sum.checked_add(*yen))?);
    }
    let mut parts = vec![Yen::ZERO; lines.len()];
    for ((_, members), share) in rates.iter().zip(amount.split(&totals)?) {
        for (at, part) in members.iter().zip(share.split(&weights(members)?)?) {
            *parts.get_mut(*at)? = part;
        }
    }
    Some(parts)
}

/// A part off the so many cheapest pieces, at most `cap` in all and never more than a line still costs.
fn pieces(
    mut count: i64,
    basis_points: i64,
    cap: Option<Yen>,
    (lines, chosen): (&[Line], &[usize]),
    rest: &[Yen],
) -> Option<Vec<Yen>> {
    let mut cheapest: Vec<(usize, &Line)> = Vec::with_capacity(chosen.len());
    for at in chosen {
        let line = lines.get(*at)?;
        let place = cheapest.iter().take_while(|(_, known)| known.unit <= line.unit).count();
        cheapest.insert(place, (*at, line));
    }
    let mut parts = vec![Yen::ZERO; lines.len()];
    let mut left = cap;
    for (at, line) in cheapest {
        let taken = count.min(line.quantity);
        let off = part_of(line.unit, basis_points)?.checked_mul(taken)?;
        let off = capped(off, left).min(rest.get(at).copied().unwrap_or_default());
        *parts.get_mut(at)? = off;
        left = match left {
            Some(left) => Some(left.checked_sub(off)?),
            None => None,
        };
        count = count.checked_sub(taken)?;
    }
    Some(parts)
}
