//! Consumption tax: which rate a line has, and the tax inside tax-inclusive totals, rounded once per rate.
//! Rates themselves are dated data of the server (`tax_rate`), never constants here.

use super::named;
use crate::money::Yen;
use crate::time::Millis;
use serde::{Deserialize, Serialize};

named! {
    /// How an item is taxed.
    TaxClass {
        /// Food and soft drinks: reduced when taken out, standard when eaten in.
        Food "food",
        /// Alcohol and goods: always standard.
        Standard "standard",
    }
}

named! {
    /// Where a line is to be eaten, as the diner declares when ordering (消費税の軽減税率制度: judged at the sale).
    Place {
        EatIn "eat_in",
        Takeout "takeout",
    }
}

named! {
    /// The two kinds of rate the law knows.
    RateKind {
        Standard "standard",
        Reduced "reduced",
    }
}

/// A rate that applies from a moment on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Rate {
    pub kind: RateKind,
    /// First moment of validity.
    pub valid_from: Millis,
    /// Basis points: 1000 is ten percent.
    pub basis_points: i64,
}

/// The rate kind for an item at a place.
pub const fn kind_of(class: TaxClass, place: Place) -> RateKind {
    match (class, place) {
        (TaxClass::Food, Place::Takeout) => RateKind::Reduced,
        _ => RateKind::Standard,
    }
}

/// The rate of a kind in force at `at`: the latest that has begun.
pub fn rate_at(rates: &[Rate], kind: RateKind, at: Millis) -> Option<Rate> {
    rates.iter().filter(|rate| rate.kind == kind && rate.valid_from <= at).max_by_key(|rate| rate.valid_from).copied()
}

named! {
    /// How a shop rounds the tax of a document; the law leaves it to the shop.
    Rounding {
        Floor "floor",
        Round "round",
        Ceil "ceil",
    }
}

/// The tax inside a tax-inclusive total: total × rate ÷ (1 + rate), rounded once. Totals are never negative.
pub fn tax_inside(total: Yen, basis_points: i64, rounding: Rounding) -> Option<Yen> {
    let divisor = basis_points.checked_add(10_000).filter(|d| *d > 0)?;
    let numerator = total.get().checked_mul(basis_points)?;
    let floor = numerator.div_euclid(divisor);
    let rest = numerator.rem_euclid(divisor);
    let up = match rounding {
        Rounding::Floor => false,
        Rounding::Round => rest.checked_mul(2)? >= divisor,
        Rounding::Ceil => rest > 0,
    };
    Some(Yen::new(floor.checked_add(i64::from(up))?))
}

/// What falls under one rate in one document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TaxSum {
    pub kind: RateKind,
    /// Basis points: 1000 is ten percent.
    pub basis_points: i64,
    /// Tax-inclusive total under this rate.
    pub total: Yen,
    /// The tax inside it.
    pub tax: Yen,
}

/// Sums amounts per rate, higher rate first, and takes the tax of each once. Nothing when the sums do not fit.
pub fn sums(amounts: &[(Rate, Yen)], rounding: Rounding) -> Option<Vec<TaxSum>> {
    let mut out: Vec<TaxSum> = Vec::new();
    for (rate, amount) in amounts {
        match out.iter_mut().find(|sum| (sum.kind, sum.basis_points) == (rate.kind, rate.basis_points)) {
            Some(sum) => sum.total = sum.total.checked_add(*amount)?,
            None => {
                let Rate { kind, basis_points, .. } = *rate;
                // Put in its place: sorting is 3 KB of a phone's program.
                let at = out.iter().position(|sum| sum.basis_points < basis_points).unwrap_or(out.len());
                out.insert(at, TaxSum { kind, basis_points, total: *amount, tax: Yen::ZERO });
            }
        }
    }
    for sum in &mut out {
        sum.tax = tax_inside(sum.total, sum.basis_points, rounding)?;
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const fn rate(kind: RateKind, from: i64, basis_points: i64) -> Rate {
        Rate { kind, valid_from: Millis::new(from), basis_points }
    }

    /// Published examples of the National Tax Agency and the coming one-percent rate.
    #[test]
    fn known_totals() {
        for (total, bp, floor, round) in [
            (2696, 1000, 245, 245),
            (1764, 800, 130, 131),
            (1348, 1000, 122, 123),
            (882, 800, 65, 65),
            (1010, 100, 10, 10),
            (1000, 100, 9, 10),
        ] {
            assert_eq!(tax_inside(Yen::new(total), bp, Rounding::Floor), Some(Yen::new(floor)), "{total}");
            assert_eq!(tax_inside(Yen::new(total), bp, Rounding::Round), Some(Yen::new(round)), "{total}");
        }
        assert_eq!(tax_inside(Yen::new(i64::MAX), 1000, Rounding::Floor), None);
    }

    #[test]
    fn the_rate_of_the_day_of_supply() {
        let rates =
            [rate(RateKind::Standard, 0, 1000), rate(RateKind::Reduced, 0, 800), rate(RateKind::Reduced, 1_000, 100)];
        let at = |kind, ms| rate_at(&rates, kind, Millis::new(ms)).map(|r| r.basis_points);
        assert_eq!(at(RateKind::Reduced, 999), Some(800));
        assert_eq!(at(RateKind::Reduced, 1_000), Some(100));
        assert_eq!(at(RateKind::Standard, 1_000), Some(1000));
        assert_eq!(at(RateKind::Standard, -1), None);
    }

    #[test]
    fn only_food_taken_out_is_reduced() {
        assert_eq!(kind_of(TaxClass::Food, Place::Takeout), RateKind::Reduced);
        assert_eq!(kind_of(TaxClass::Food, Place::EatIn), RateKind::Standard);
        assert_eq!(kind_of(TaxClass::Standard, Place::Takeout), RateKind::Standard);
    }

    proptest! {
        #[test]
        fn one_rounding_per_rate(amounts in proptest::collection::vec((0..2_usize, 0..100_000_i64), 0..30)) {
            let rates = [rate(RateKind::Standard, 0, 1000), rate(RateKind::Reduced, 0, 800)];
            let list: Vec<(Rate, Yen)> = amounts.iter().map(|(i, yen)| (rates[*i], Yen::new(*yen))).collect();
            let sums = sums(&list, Rounding::Floor).unwrap();
            let whole: i64 = amounts.iter().map(|(_, yen)| yen).sum();
            prop_assert_eq!(sums.iter().map(|s| s.total.get()).sum::<i64>(), whole);
            for sum in sums {
                prop_assert_eq!(sum.tax.get(), sum.total.get() * sum.basis_points / (10_000 + sum.basis_points));
                prop_assert!(sum.tax.get() >= 0 && sum.tax <= sum.total);
            }
        }
    }
}
