//! Money: whole yen in an `i64`, with checked arithmetic only. Tax is in `rules::tax`, words for amounts in `text`.

use serde::{Deserialize, Serialize};

/// An amount of money in whole yen. Prices are always tax-inclusive (総額表示).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Yen(i64);

impl Yen {
    /// No money.
    pub const ZERO: Self = Self(0);
    /// The largest amount one order may have: PayPay takes at most eleven digits, we take far less.
    pub const ORDER_LIMIT: Self = Self(1_000_000);

    /// That many yen.
    pub const fn new(yen: i64) -> Self {
        Self(yen)
    }

    /// The number of yen.
    pub const fn get(self) -> i64 {
        self.0
    }

    /// The sum, or nothing when it does not fit.
    pub fn checked_add(self, other: Self) -> Option<Self> {
        self.0.checked_add(other.0).map(Self)
    }

    /// The difference, or nothing when it does not fit.
    pub fn checked_sub(self, other: Self) -> Option<Self> {
        self.0.checked_sub(other.0).map(Self)
    }

    /// So many times the amount, or nothing when it does not fit.
    pub fn checked_mul(self, times: i64) -> Option<Self> {
        self.0.checked_mul(times).map(Self)
    }

    /// The sum of all amounts, or nothing when it does not fit.
    pub fn checked_sum(amounts: impl IntoIterator<Item = Self>) -> Option<Self> {
        amounts.into_iter().try_fold(Self::ZERO, Self::checked_add)
    }

    /// Parts of the amount in proportion to `weights`, to the yen: each part is rounded down, and the yen that are left go
    /// to the largest remainders, the first of equals first. Nothing when amount or weights are negative, the weights
    /// are all zero while the amount is not, or amount times weight does not fit.
    pub fn split(self, weights: &[i64]) -> Option<Vec<Self>> {
        let whole =
            weights.iter().try_fold(0_i64, |sum, weight| sum.checked_add((*weight >= 0).then_some(*weight)?))?;
        if self == Self::ZERO {
            return Some(vec![Self::ZERO; weights.len()]);
        }
        if self.0 < 0 || whole == 0 {
            return None;
        }
        let (mut parts, mut rests) = (Vec::with_capacity(weights.len()), Vec::with_capacity(weights.len()));
        for weight in weights {
            let product = self.0.checked_mul(*weight)?;
            parts.push(Self(product.checked_div(whole)?));
            rests.push(product.checked_rem(whole)?);
        }
        let given = Self::checked_sum(parts.iter().copied())?;
        // Fewer yen are left than there are parts. A sort would be ten times as much for a phone to load.
        for _ in 0..self.checked_sub(given)?.0 {
            let mut largest = 0;
            for (at, rest) in rests.iter().enumerate() {
                if rests.get(largest).is_some_and(|known| rest > known) {
                    largest = at;
                }
            }
            *rests.get_mut(largest)? = -1;
            let part = parts.get_mut(largest)?;
            *part = part.checked_add(Self(1))?;
        }
        Some(parts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The examples of the consumption tax guidance on discounts over two rates, and equal parts.
    #[test]
    fn splits_by_largest_remainder() {
        let parts = |yen, weights: &[i64]| -> Option<Vec<i64>> {
            Some(Yen::new(yen).split(weights)?.into_iter().map(Yen::get).collect())
        };
        assert_eq!(parts(1_000, &[3_300, 2_160]), Some(vec![604, 396]));
        assert_eq!(parts(500, &[1_650, 1_080]), Some(vec![302, 198]));
        assert_eq!(parts(100, &[1, 1, 1]), Some(vec![34, 33, 33]));
        assert_eq!(parts(0, &[0, 0]), Some(vec![0, 0]));
        assert_eq!(parts(1, &[0, 0]), None);
        assert_eq!(parts(1, &[]), None);
        assert_eq!(parts(-1, &[1]), None);
        assert_eq!(parts(1, &[1, -1]), None);
        assert_eq!(parts(i64::MAX, &[1]), Some(vec![i64::MAX]));
        assert_eq!(parts(i64::MAX, &[2, 1]), None);
    }

    proptest! {
        #[test]
        fn parts_sum_to_the_whole_and_stay_near_their_share(
            yen in 0..=1_000_000_000_i64,
            weights in proptest::collection::vec(0..1_000_000_000_i64, 1..40),
        ) {
            let whole: i64 = weights.iter().sum();
            prop_assume!(whole > 0);
            let parts = Yen::new(yen).split(&weights).unwrap();
            prop_assert_eq!(Yen::checked_sum(parts.iter().copied()), Some(Yen::new(yen)));
            for (part, weight) in parts.iter().zip(&weights) {
                let floor = i128::from(yen) * i128::from(*weight) / i128::from(whole);
                prop_assert!((floor..=floor + 1).contains(&i128::from(part.get())));
            }
        }
    }

    #[test]
    fn arithmetic_never_wraps() {
        assert_eq!(Yen::new(i64::MAX).checked_add(Yen::new(1)), None);
        assert_eq!(Yen::new(i64::MIN).checked_sub(Yen::new(1)), None);
        assert_eq!(Yen::new(i64::MAX).checked_mul(2), None);
        assert_eq!(Yen::checked_sum([Yen::new(980), Yen::new(450)]), Some(Yen::new(1430)));
        assert_eq!(Yen::checked_sum([Yen::new(i64::MAX), Yen::new(1)]), None);
    }
}
