//! Several coupons on one bill: which go together, in which order they are taken off, and which are best.

use super::benefit::{Discount, discount};
use super::{Case, Refusal, Terms, Used};
use crate::id::{CampaignId, CouponId};
use crate::money::Yen;
use crate::rules::tax::{self, Rounding, TaxSum};
use crate::time::Millis;
use std::cmp::Reverse;
use std::collections::BTreeSet;

/// Coupons that are tried together: of more, those that alone take off most. All subsets are tried, so this bounds the work.
pub const MOST_CANDIDATES: usize = 10;

/// A coupon that the diner holds.
#[derive(Debug, Clone, Copy)]
pub struct Candidate<'a> {
    pub id: CouponId,
    /// At most one coupon of a campaign is used on a bill.
    pub campaign: CampaignId,
    pub terms: &'a Terms,
    pub used: Used,
}

/// Coupons that are used together on a bill.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Combination {
    /// In the order in which they are taken off.
    pub coupons: Vec<(CouponId, Discount)>,
    pub discount: Yen,
}

impl Combination {
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

/// Takes these off together, in order of rank and id; why not, when one of them may not be used or has nothing left.
/// `None` in the refusal's place means that they do not go together.
fn together(case: &Case<'_>, chosen: &[&Candidate<'_>]) -> Result<Combination, Option<Refusal>> {
    let most = chosen.iter().map(|candidate| candidate.terms.stacking.most).min().unwrap_or(0);
    if i64::try_from(chosen.len()).map_err(|_| None)? > most {
        return Err(None);
    }
    let group = |candidate: &&Candidate<'_>| candidate.terms.stacking.group.clone();
    if has_twins(chosen.iter().filter_map(group)) || has_twins(chosen.iter().map(|candidate| candidate.campaign)) {
        return Err(None);
    }
    let mut order = chosen.to_vec();
    order.sort_by_key(|candidate| (candidate.terms.stacking.rank, candidate.id));
    let mut combination = Combination::default();
    for candidate in order {
        let before = combination.coupons.iter().map(|(_, discount)| discount);
        let rest = rest_after(case, before).ok_or(Some(Refusal::Unreckonable))?;
        let discount = discount(candidate.terms, &candidate.used, case, &rest).map_err(Some)?;
        combination.discount = combination.discount.checked_add(discount.amount).ok_or(Some(Refusal::Unreckonable))?;
        combination.coupons.push((candidate.id, discount));
    }
    Ok(combination)
}

fn has_twins<T: Ord>(all: impl Iterator<Item = T>) -> bool {
    let mut seen = BTreeSet::new();
    !all.into_iter().all(|one| seen.insert(one))
}

/// The combination that takes off most; of equals the one with fewer coupons, then the one whose coupons end first,
/// so that what lasts longer is kept. Empty when none can be used.
pub fn best(case: &Case<'_>, candidates: &[Candidate<'_>]) -> Combination {
    let mut usable: Vec<(Yen, &Candidate<'_>)> = candidates
        .iter()
        .filter_map(|candidate| Some((together(case, &[candidate]).ok()?.discount, candidate)))
        .collect();
    usable.sort_by_key(|(alone, candidate)| (Reverse(*alone), candidate.terms.conditions.ends_at, candidate.id));
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

type Key = (Reverse<Yen>, usize, Vec<(Millis, CouponId)>);

fn key(combination: &Combination, chosen: &[&Candidate<'_>]) -> Key {
    let mut ends: Vec<_> = chosen.iter().map(|candidate| (candidate.terms.conditions.ends_at, candidate.id)).collect();
    ends.sort();
    (Reverse(combination.discount), chosen.len(), ends)
}
