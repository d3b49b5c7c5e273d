//! Several coupons on one bill: which go together, in which order they are taken off, and which are best.

use super::benefit::{Discount, discount};
use super::{Case, Refusal, Terms, Used};
use crate::id::CampaignId;
use crate::money::Yen;
use crate::rules::tax::{self, Rounding, TaxSum};
use crate::time::Millis;

/// Coupons that are tried together: of more, those that alone take off most. All subsets are tried, so this bounds the work.
pub const MOST_CANDIDATES: usize = 10;

/// A campaign whose coupon the diner has or would get: at most one of each is used on a bill.
#[derive(Debug, Clone, Copy)]
pub struct Candidate<'a> {
    pub campaign: CampaignId,
    pub terms: &'a Terms,
    pub used: Used,
}

/// Coupons that are used together on a bill.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Combination {
    /// In the order in which they are taken off.
    pub coupons: Vec<(CampaignId, Discount)>,
    pub discount: Yen,
}

impl Combination {
    /// The part of the discount of each of so many lines. Nothing when the sums do not fit.
    pub fn parts(&self, lines: usize) -> Option<Vec<Yen>> {
        let mut parts = vec![Yen::ZERO; lines];
        for (_, discount) in &self.coupons {
            for (sum, part) in parts.iter_mut().zip(&discount.parts) {
                *sum = sum.checked_add(*part)?;
            }
        }
        Some(parts)
    }

    /// What is left to pay and its taxes, one rounding per rate. Nothing when the sums do not fit.
    pub fn bill(&self, case: &Case<'_>, rounding: Rounding) -> Option<(Yen, Vec<TaxSum>)> {
        let rest = rest_after(case, self.coupons.iter().map(|(_, discount)| discount))?;
        let amounts: Vec<_> = case.lines.iter().zip(&rest).map(|(line, rest)| (line.rate, *rest)).collect();
        Some((Yen::checked_sum(rest)?, tax::sums(&amounts, rounding)?))
    }
}

fn rest_after<'d>(case: &Case<'_>, discounts: impl Iterator<Item = &'d Discount>) -> Option<Vec<Yen>> {
    let mut rest: Vec<Yen> = case.lines.iter().map(|line| line.amount).collect();
    for discount in discounts {
        for (rest, part) in rest.iter_mut().zip(&discount.parts) {
            *rest = rest.checked_sub(*part)?;
        }
    }
    Some(rest)
}

/// Puts one into its place in a list, which is shorter than a dozen: a sort would be ten times as much for a phone to load.
fn place<T>(sorted: &mut Vec<T>, one: T, before: impl Fn(&T) -> bool) {
    let at = sorted.iter().take_while(|known| before(known)).count();
    sorted.insert(at, one);
}

/// Takes these off together, in order of rank and id; else which of them keeps the others from it, and why.
pub fn together(case: &Case<'_>, chosen: &[&Candidate<'_>]) -> Result<Combination, (CampaignId, Refusal)> {
    let mut order: Vec<&Candidate<'_>> = Vec::with_capacity(chosen.len());
    for candidate in chosen {
        let rank = |of: &Candidate<'_>| (of.terms.stacking.rank, of.campaign);
        place(&mut order, candidate, |known| rank(known) <= rank(candidate));
    }
    go_together(&order)?;
    let mut combination = Combination::default();
    for candidate in order {
        let because = |refusal| (candidate.campaign, refusal);
        let before = combination.coupons.iter().map(|(_, discount)| discount);
        let rest = rest_after(case, before).ok_or(because(Refusal::Unreckonable))?;
        let discount = discount(candidate.terms, &candidate.used, case, &rest).map_err(because)?;
        let sum = combination.discount.checked_add(discount.amount);
        combination.discount = sum.ok_or(because(Refusal::Unreckonable))?;
        combination.coupons.push((candidate.campaign, discount));
    }
    Ok(combination)
}

/// Each allows so many, and no two are of one group or one campaign.
fn go_together(chosen: &[&Candidate<'_>]) -> Result<(), (CampaignId, Refusal)> {
    let count = i64::try_from(chosen.len()).unwrap_or(i64::MAX);
    for (at, candidate) in chosen.iter().enumerate() {
        let group = &candidate.terms.stacking.group;
        let is_twin = |other: &&Candidate<'_>| {
            other.campaign == candidate.campaign || (group.is_some() && other.terms.stacking.group == *group)
        };
        if count > candidate.terms.stacking.most || chosen.iter().take(at).any(is_twin) {
            return Err((candidate.campaign, Refusal::NotTogether));
        }
    }
    Ok(())
}

/// The combination that takes off most; of equals the one with fewer coupons, then the one whose coupons end first,
/// so that what lasts longer is kept. Empty when none can be used.
pub fn best(case: &Case<'_>, candidates: &[Candidate<'_>]) -> Combination {
    let usable = usable(case, candidates);
    let mut best = Combination::default();
    let mut ends: Vec<(Millis, CampaignId)> = Vec::new();
    for subset in 1..1_u32 << usable.len() {
        let chosen: Vec<&Candidate<'_>> =
            (0..).zip(&usable).filter(|(at, _)| subset >> at & 1 == 1).map(|(_, candidate)| *candidate).collect();
        let Ok(combination) = together(case, &chosen) else {
            continue;
        };
        let count = combination.coupons.len();
        if combination.discount < best.discount || (combination.discount == best.discount && count > ends.len()) {
            continue;
        }
        let these: Vec<_> = chosen.iter().map(|candidate| end(candidate)).collect();
        if combination.discount > best.discount || count < ends.len() || these < ends {
            (best, ends) = (combination, these);
        }
    }
    best
}

fn end(candidate: &Candidate<'_>) -> (Millis, CampaignId) {
    (candidate.terms.conditions.ends_at, candidate.campaign)
}

/// Those that can be used alone, of many the ones that then take off most; first those that end first.
fn usable<'c, 't>(case: &Case<'_>, candidates: &'c [Candidate<'t>]) -> Vec<&'c Candidate<'t>> {
    let mut most: Vec<(Yen, &Candidate<'t>)> = Vec::new();
    for candidate in candidates {
        if let Ok(Combination { discount, .. }) = together(case, &[candidate]) {
            place(&mut most, (discount, candidate), |(known, other)| {
                *known > discount || (*known == discount && end(other) < end(candidate))
            });
        }
    }
    let mut usable = Vec::new();
    for (_, candidate) in most.into_iter().take(MOST_CANDIDATES) {
        place(&mut usable, candidate, |known| end(known) < end(candidate));
    }
    usable
}
