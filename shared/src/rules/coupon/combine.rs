//! Several coupons on one bill: which go together, in which order they are taken off, and which are best.

use super::benefit::{Discount, discount};
use super::{Case, Refusal, Terms, Used};
use crate::id::CampaignId;
use crate::money::Yen;
use crate::rules::tax::{self, Rounding, TaxSum};
use crate::time::Millis;
use std::cmp::Reverse;
use std::collections::BTreeSet;

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

/// Takes these off together, in order of rank and id; else which of them keeps the others from it, and why.
pub fn together(case: &Case<'_>, chosen: &[&Candidate<'_>]) -> Result<Combination, (CampaignId, Refusal)> {
    let mut order = chosen.to_vec();
    order.sort_by_key(|candidate| (candidate.terms.stacking.rank, candidate.campaign));
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
    let mut groups = BTreeSet::new();
    let mut campaigns = BTreeSet::new();
    let odd = chosen.iter().find(|candidate| {
        let stacking = &candidate.terms.stacking;
        let is_second = stacking.group.as_ref().is_some_and(|group| !groups.insert(group));
        count > stacking.most || is_second || !campaigns.insert(candidate.campaign)
    });
    odd.map_or(Ok(()), |odd| Err((odd.campaign, Refusal::NotTogether)))
}

/// The combination that takes off most; of equals the one with fewer coupons, then the one whose coupons end first,
/// so that what lasts longer is kept. Empty when none can be used.
pub fn best(case: &Case<'_>, candidates: &[Candidate<'_>]) -> Combination {
    let mut usable: Vec<(Yen, &Candidate<'_>)> = candidates
        .iter()
        .filter_map(|candidate| Some((together(case, &[candidate]).ok()?.discount, candidate)))
        .collect();
    usable.sort_by_key(|(alone, candidate)| (Reverse(*alone), candidate.terms.conditions.ends_at, candidate.campaign));
    usable.truncate(MOST_CANDIDATES);
    let mut best: Option<(Key, Combination)> = None;
    for subset in 1..1_u32 << usable.len() {
        let chosen: Vec<&Candidate<'_>> =
            (0..).zip(&usable).filter(|(at, _)| subset >> at & 1 == 1).map(|(_, (_, candidate))| *candidate).collect();
        let Ok(combination) = together(case, &chosen) else {
            continue;
        };
        let key = key(&combination, &chosen);
        if best.as_ref().is_none_or(|(than, _)| key < *than) {
            best = Some((key, combination));
        }
    }
    best.map(|(_, combination)| combination).unwrap_or_default()
}

type Key = (Reverse<Yen>, usize, Vec<(Millis, CampaignId)>);

fn key(combination: &Combination, chosen: &[&Candidate<'_>]) -> Key {
    let mut ends: Vec<_> =
        chosen.iter().map(|candidate| (candidate.terms.conditions.ends_at, candidate.campaign)).collect();
    ends.sort();
    (Reverse(combination.discount), chosen.len(), ends)
}
