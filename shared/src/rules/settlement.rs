//! What payment companies take for their work, and how sums become whole yen. Which rate applied is the server's `store`.
//!
//! A fee is a share of each payment, without tax, and is kept exact: yen times basis points. Only sums are rounded, once
//! for a company and a period, by dropping what is less than a yen. PayPay writes that it does so.

use super::payment::ProviderName;
use crate::money::Yen;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Days of the longest period.
pub const MOST_DAYS: i64 = 366;

/// Parts of a yen in an exact amount, and the basis points of a whole.
const PARTS: i64 = 10_000;

/// An amount to the ten-thousandth of a yen, so that nothing is rounded before the end.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Exact(i64);

impl Exact {
    /// No money.
    pub const ZERO: Self = Self(0);

    /// That many ten-thousandths of a yen.
    pub const fn new(parts: i64) -> Self {
        Self(parts)
    }

    /// That many ten-thousandths of a yen.
    pub const fn get(self) -> i64 {
        self.0
    }

    /// Whole yen, or nothing when they do not fit.
    pub fn of(yen: Yen) -> Option<Self> {
        yen.get().checked_mul(PARTS).map(Self)
    }

    /// The share of an amount, or nothing when it does not fit.
    pub fn share(of: Yen, basis_points: i64) -> Option<Self> {
        of.get().checked_mul(basis_points).map(Self)
    }

    /// The sum, or nothing when it does not fit.
    pub fn checked_add(self, other: Self) -> Option<Self> {
        self.0.checked_add(other.0).map(Self)
    }

    /// The difference, or nothing when it does not fit.
    pub fn checked_sub(self, other: Self) -> Option<Self> {
        self.0.checked_sub(other.0).map(Self)
    }

    /// Without what is less than a yen.
    pub const fn whole(self) -> Yen {
        Yen::new(self.0 / PARTS)
    }
}

/// `15.444`, `-0.5`, `780`.
impl fmt::Display for Exact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts = self.0.unsigned_abs();
        let (yen, rest) = (parts / PARTS.unsigned_abs(), parts % PARTS.unsigned_abs());
        let digits = if rest == 0 { String::new() } else { format!(".{rest:04}") };
        write!(f, "{}{yen}{}", if self.0 < 0 { "-" } else { "" }, digits.trim_end_matches('0'))
    }
}

/// Exact amounts one after another in whole yen: each is the step that the rounded sum makes, so that together they are the
/// rounded sum.
#[derive(Debug, Clone, Copy, Default)]
pub struct Running(Exact);

impl Running {
    /// The next amount's step, or nothing when the sum does not fit.
    pub fn step(&mut self, next: Exact) -> Option<Yen> {
        let before = self.0.whole();
        self.0 = self.0.checked_add(next)?;
        self.0.whole().checked_sub(before)
    }
}

/// Whether a company that gives money back gives back its fee for that money.
pub const fn gives_fee_back(provider: ProviderName) -> bool {
    match provider {
        // PayPay's help for merchants: what is given back costs nothing, after a part of it the rest does. The hosted page
        // is ours to define: docs/hosted-provider.md says the same.
        ProviderName::Paypay | ProviderName::Hosted => true,
        // Both write that the fee of the payment stays with them.
        ProviderName::Komoju | ProviderName::Stripe => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn writes_exact_amounts() {
        let written = |parts: i64| Exact::new(parts).to_string();
        assert_eq!(
            [0, 154_440, -5_000, 7_800_000, 1, -10_001].map(written),
            ["0", "15.444", "-0.5", "780", "0.0001", "-1.0001"]
        );
        assert_eq!(written(i64::MIN), "-922337203685477.5808");
    }

    #[test]
    fn drops_what_is_less_than_a_yen() {
        assert_eq!(Exact::share(Yen::new(780), 198).map(Exact::whole), Some(Yen::new(15)));
        // 15.444 each: three are 46.332, not three times 15.
        assert_eq!(Exact::share(Yen::new(3 * 780), 198).map(Exact::whole), Some(Yen::new(46)));
        assert_eq!(Exact::share(Yen::new(-780), 198).map(Exact::whole), Some(Yen::new(-15)));
        assert_eq!(Exact::share(Yen::new(780), 0), Some(Exact::ZERO));
    }

    #[test]
    fn what_does_not_fit_is_nothing() {
        let most = Yen::new(i64::MAX);
        assert_eq!((Exact::of(most), Exact::share(most, 2)), (None, None));
        assert_eq!(Running(Exact::new(i64::MAX)).step(Exact::new(1)), None);
    }

    proptest! {
        #[test]
        fn parts_add_up(moves in prop::collection::vec((-1_000_000_i64..=1_000_000, 0_i64..=10_000), 0..60)) {
            let shares: Vec<Exact> = moves.iter().filter_map(|(yen, points)| Exact::share(Yen::new(*yen), *points)).collect();
            let mut running = Running::default();
            let steps: Vec<Yen> = shares.iter().filter_map(|share| running.step(*share)).collect();
            prop_assert_eq!(steps.len(), moves.len());
            let whole = shares.iter().fold(Exact::ZERO, |sum, share| sum.checked_add(*share).unwrap());
            prop_assert_eq!(Yen::checked_sum(steps.iter().copied()).unwrap(), whole.whole());
            for (step, share) in steps.iter().zip(&shares) {
                let off = Exact::of(*step).unwrap().checked_sub(*share).unwrap();
                prop_assert!(off.get().abs() < 2 * PARTS, "a step is less than two yen beside its share");
            }
        }

        #[test]
        fn a_whole_refund_in_parts_leaves_no_fee(paid in 1_i64..=1_000_000, points in 0_i64..=10_000, cut in 0_i64..=1_000_000) {
            let (first, second) = (cut.min(paid), paid - cut.min(paid));
            let share = |yen: i64| Exact::share(Yen::new(yen), points).unwrap();
            prop_assert_eq!(share(paid), share(first).checked_add(share(second)).unwrap());
        }
    }
}
