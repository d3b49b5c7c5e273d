//! The published examples of the tax guidance, and what holds for all documents.

use super::*;
use crate::rules::tax::RateKind;
use crate::time::Millis;
use proptest::prelude::*;

const fn rate(kind: RateKind, basis_points: i64) -> Rate {
    Rate { kind, valid_from: Millis::new(0), basis_points }
}

const TEN: Rate = rate(RateKind::Standard, 1_000);
const EIGHT: Rate = rate(RateKind::Reduced, 800);
const ONE: Rate = rate(RateKind::Reduced, 100);

/// A document whose discount is split over its lines by price.
fn discounted(lines: &[(Rate, i64)], discount: i64, rounding: Rounding) -> Vec<(i64, i64)> {
    let weights: Vec<i64> = lines.iter().map(|(_, amount)| *amount).collect();
    let split = Yen::new(discount).split(&weights).unwrap();
    let part =
        |((rate, amount), discount): (&(Rate, i64), Yen)| Part { rate: *rate, amount: Yen::new(*amount), discount };
    let parts: Vec<Part> = lines.iter().zip(split).map(part).collect();
    sold(&parts, rounding).unwrap().iter().map(|sum| (sum.total.get(), sum.tax.get())).collect()
}

#[test]
fn one_rounding_for_each_rate() {
    // 105 yen three times without tax are 315, with tax 346: 31 yen of tax, where rounding each line would find 30.
    assert_eq!(discounted(&[(TEN, 116), (TEN, 115), (TEN, 115)], 0, Rounding::Floor), [(346, 31)]);
    // 139 twice at 8 % and 141 three times at 10 %, without tax: 300 and 465 with it, 765 together.
    let both = discounted(&[(EIGHT, 150), (EIGHT, 150), (TEN, 155), (TEN, 155), (TEN, 155)], 0, Rounding::Floor);
    assert_eq!(both, [(465, 42), (300, 22)]);
    assert_eq!(discounted(&[(ONE, 1_010)], 0, Rounding::Floor), [(1_010, 10)]);
    assert_eq!(discounted(&[(ONE, 1_000)], 0, Rounding::Floor), [(1_000, 9)]);
    assert_eq!(discounted(&[(ONE, 1_000)], 0, Rounding::Round), [(1_000, 10)]);
}

#[test]
fn a_coupon_over_two_rates() {
    let lines = [(TEN, 3_300), (EIGHT, 2_160)];
    assert_eq!(discounted(&lines, 1_000, Rounding::Floor), [(2_696, 245), (1_764, 130)]);
    assert_eq!(discounted(&lines, 1_000, Rounding::Round), [(2_696, 245), (1_764, 131)]);
    let lines = [(TEN, 1_650), (EIGHT, 1_080)];
    assert_eq!(discounted(&lines, 500, Rounding::Floor), [(1_348, 122), (882, 65)]);
    assert_eq!(discounted(&lines, 500, Rounding::Round), [(1_348, 123), (882, 65)]);
    assert_eq!(discounted(&lines, 500, Rounding::Ceil), [(1_348, 123), (882, 66)]);
    // What was given away whole is on no tax line.
    assert_eq!(discounted(&[(TEN, 500), (EIGHT, 0)], 500, Rounding::Ceil), []);
}

#[test]
fn a_discount_is_at_most_its_line() {
    let part = Part { rate: TEN, amount: Yen::new(100), discount: Yen::new(101) };
    assert_eq!(sold(&[part], Rounding::Floor), None);
}

#[test]
fn the_rounding_of_the_day_is_seen_in_its_sums() {
    let part = |rate, amount| Part { rate, amount: Yen::new(amount), discount: Yen::ZERO };
    let parts = [part(TEN, 1_348), part(EIGHT, 1_764)];
    for then in [Rounding::Floor, Rounding::Round, Rounding::Ceil] {
        let sums = sold(&parts, then).unwrap();
        for now in [Rounding::Floor, Rounding::Round, Rounding::Ceil] {
            let found = rounding_of(&parts, &sums, now).unwrap();
            assert_eq!(sold(&parts, found).unwrap(), sums);
            assert!(found == now || sold(&parts, now).unwrap() != sums, "the shop's own where it fits");
        }
        assert_eq!(rounding_of(&parts[..1], &sums, then), None);
    }
}

/// The numbers of the law's own examples and of companies and authorities that publish theirs.
#[test]
fn registration_numbers() {
    for good in ["4011001098993", "7123456789012", "1180301018771", "7120001168421", "9011101097073", "7010705000725"] {
        assert_eq!(check_number(&format!("T{good}")), NumberCheck::Good, "{good}");
    }
    assert_eq!(check_number("T8120001168421"), NumberCheck::Doubtful);
    // What the digit cannot see.
    assert_eq!(check_number("T7120091168421"), NumberCheck::Good);
    assert_eq!(check_number("T0000000000000"), NumberCheck::Doubtful);
    for bad in
        ["", "T", "7120001168421", "T712000116842", "T71200011684210", "T712000116842x", "Ｔ7120001168421", "T７１２０"]
    {
        assert_eq!(check_number(bad), NumberCheck::Malformed, "{bad}");
    }
}

#[test]
fn small_returns_and_unregistered_shops_need_no_invoice() {
    assert!(needs_return_invoice(true, Yen::new(10_000)));
    assert!(!needs_return_invoice(true, Yen::new(9_999)));
    assert!(!needs_return_invoice(false, Yen::new(10_000)));
}

#[test]
fn a_return_is_spread_over_what_is_left() {
    let part = |rate, amount| Part { rate, amount: Yen::new(amount), discount: Yen::ZERO };
    let sale = sold(&[part(TEN, 1_001), part(EIGHT, 500)], Rounding::Floor).unwrap();
    let first = returned(&sale, Yen::new(100), Rounding::Floor).unwrap();
    let totals = |sums: &[TaxSum]| sums.iter().map(|sum| sum.total.get()).collect::<Vec<_>>();
    assert_eq!(totals(&first), [67, 33]);
    let rest = left(&sale, &first).unwrap();
    assert_eq!(totals(&rest), [934, 467]);
    assert_eq!(totals(&returned(&rest, Yen::new(1_401), Rounding::Floor).unwrap()), [934, 467]);
    assert_eq!(returned(&rest, Yen::new(1_402), Rounding::Floor), None);
    // All of it back is the sale's own sums.
    assert_eq!(returned(&sale, Yen::new(1_501), Rounding::Floor).unwrap(), sale);
}

fn rounding() -> impl Strategy<Value = Rounding> {
    prop_oneof![Just(Rounding::Floor), Just(Rounding::Round), Just(Rounding::Ceil)]
}

proptest! {
    /// Random carts at random rates with a random discount, given back in random parts.
    #[test]
    fn parts_are_the_whole(
        lines in proptest::collection::vec((0..3_usize, 1..100_000_i64), 1..30),
        off in 0..=1_000_i64,
        backs in proptest::collection::vec(1..1_000_i64, 0..6),
        points in 0..3_000_i64,
        rounding in rounding(),
    ) {
        let rates = [TEN, EIGHT, rate(RateKind::Reduced, points)];
        let amounts: Vec<i64> = lines.iter().map(|(_, amount)| *amount).collect();
        let whole: i64 = amounts.iter().sum();
        let discount = whole * off / 1_000;
        let split = Yen::new(discount).split(&amounts).unwrap();
        let parts: Vec<Part> = lines.iter().zip(split)
            .map(|((at, amount), discount)| Part { rate: rates[*at], amount: Yen::new(*amount), discount }).collect();
        let sale = sold(&parts, rounding).unwrap();
        let sum = |sums: &[TaxSum]| sums.iter().map(|sum| sum.total.get()).sum::<i64>();
        prop_assert_eq!(sum(&sale), whole - discount);
        let (mut rest, mut given) = (sale.clone(), 0);
        for part in backs {
            let back = (sum(&rest) * part / 1_000).max(1);
            if back > sum(&rest) { break; }
            let papers = returned(&rest, Yen::new(back), rounding).unwrap();
            prop_assert_eq!(sum(&papers), back);
            rest = left(&rest, &papers).unwrap();
            given += back;
            for one in papers.iter().chain(&rest) {
                prop_assert!(one.total >= Yen::ZERO && one.tax >= Yen::ZERO);
            }
            for one in &papers {
                prop_assert_eq!(Some(one.tax), tax_inside(one.total, one.basis_points, rounding));
            }
        }
        prop_assert_eq!(sum(&rest), whole - discount - given);
        for one in &sale {
            // One rounding of the exact tax: less than a yen beside it.
            let exact = i128::from(one.total.get()) * i128::from(one.basis_points);
            let beside = i128::from(one.tax.get()) * i128::from(10_000 + one.basis_points) - exact;
            prop_assert!(beside.abs() < i128::from(10_000 + one.basis_points));
        }
    }
}
