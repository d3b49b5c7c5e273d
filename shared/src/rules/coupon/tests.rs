//! Coupons by example, and what must hold for any cart and any coupons.

use super::*;
use crate::id::CampaignId;
use crate::rules::tax::{RateKind, Rounding};
use crate::time::{DAY, HOUR, MINUTE, SECOND};
use proptest::prelude::*;

/// Monday, 2026-11-23, 9:29 in Osaka.
const NOW: Millis = Millis::new(1_795_393_740_000);
const SHOP: FacilityId = FacilityId::from_uuid(1);
const PAYPAY: ConsortiumId = ConsortiumId::from_uuid(1);
const FOOD: CategoryId = CategoryId::from_uuid(1);
const BEER: CategoryId = CategoryId::from_uuid(2);

fn line(item: u128, unit: i64, quantity: i64, place: Place) -> Line {
    let takeout = place == Place::Takeout;
    let (kind, basis_points) = if takeout { (RateKind::Reduced, 800) } else { (RateKind::Standard, 1_000) };
    Line {
        item: ItemId::from_uuid(item),
        category: FOOD,
        place,
        alcohol: false,
        quantity,
        unit: Yen::new(unit),
        amount: Yen::new(unit * quantity),
        rate: Rate { kind, valid_from: Millis::new(0), basis_points },
    }
}

fn eat_in(item: u128, unit: i64, quantity: i64) -> Line {
    line(item, unit, quantity, Place::EatIn)
}

fn beer() -> Line {
    Line { category: BEER, alcohol: true, ..eat_in(9, 580, 1) }
}

fn terms(benefit: Benefit) -> Terms {
    Terms {
        kind: Kind::OwnShop,
        benefit,
        conditions: Conditions { starts_at: NOW.plus(-DAY), ends_at: NOW.plus(DAY), ..Conditions::default() },
        limits: Limits::default(),
        stacking: Stacking { group: None, rank: 0, most: 9 },
        shares: Shares { shop: 5_000, consortium: 0, programme: 5_000 },
    }
}

fn yen_off(yen: i64) -> Terms {
    terms(Benefit::YenOff { yen: Yen::new(yen) })
}

fn percent_off(basis_points: i64, cap: Option<i64>) -> Terms {
    terms(Benefit::PercentOff { basis_points, cap: cap.map(Yen::new) })
}

fn case(lines: &[Line]) -> Case<'_> {
    Case { at: NOW, facility: SHOP, municipality: "271004", consortium: PAYPAY, first_order: true, lines }
}

fn off(terms: &Terms, lines: &[Line]) -> Result<Vec<i64>, Refusal> {
    let rest: Vec<Yen> = lines.iter().map(|line| line.amount).collect();
    let discount = discount(terms, &Used::default(), &case(lines), &rest)?;
    Ok(discount.parts.into_iter().map(Yen::get).collect())
}

fn refusal(change: impl FnOnce(&mut Terms, &mut Used, &mut Case<'_>)) -> Option<Refusal> {
    let lines = [eat_in(1, 1_000, 1), beer()];
    let (mut terms, mut used, mut case) = (yen_off(300), Used::default(), case(&lines));
    change(&mut terms, &mut used, &mut case);
    judge(&terms, &used, &case).err()
}

fn candidate(id: u128, terms: &Terms) -> Candidate<'_> {
    Candidate { campaign: CampaignId::from_uuid(id), terms, used: Used::default() }
}

fn chosen(lines: &[Line], candidates: &[Candidate<'_>]) -> (Vec<CampaignId>, i64) {
    let best = best(&case(lines), candidates);
    (best.coupons.iter().map(|(id, _)| *id).collect(), best.discount.get())
}

#[test]
fn a_mixed_bill_shows_the_discount_and_the_tax_of_each_rate() {
    let lines = [eat_in(1, 1_080, 1), line(2, 668, 2, Place::Takeout), beer()];
    let terms = yen_off(300);
    let best = best(&case(&lines), &[candidate(1, &terms)]);
    let (total, taxes) = best.bill(&case(&lines), Rounding::Floor).unwrap();
    assert_eq!(total, Yen::new(2_696));
    let shown: Vec<_> = taxes.iter().map(|sum| (sum.basis_points, sum.total.get(), sum.tax.get())).collect();
    assert_eq!(shown, [(1_000, 1_494, 135), (800, 1_202, 89)]);
    assert_eq!(off(&percent_off(1_000, Some(500)), &lines).unwrap().iter().sum::<i64>(), 299);
}

#[test]
fn what_each_benefit_takes_off() {
    let lines = [eat_in(1, 1_000, 1), eat_in(2, 400, 3), beer()];
    assert_eq!(off(&yen_off(9_999), &lines), Ok(vec![1_000, 1_200, 580]));
    assert_eq!(off(&percent_off(1_000, Some(100)), &lines).unwrap().iter().sum::<i64>(), 100);
    assert_eq!(off(&terms(Benefit::FreeItem { cap: None }), &lines), Ok(vec![0, 400, 0]));
    assert_eq!(off(&terms(Benefit::FreeItem { cap: Some(Yen::new(150)) }), &lines), Ok(vec![0, 150, 0]));
    let second_half_price = |every| terms(Benefit::NthItem { every, basis_points: 5_000, cap: None });
    assert_eq!(off(&second_half_price(2), &lines), Ok(vec![0, 400, 0]));
    assert_eq!(off(&second_half_price(5), &lines), Ok(vec![0, 200, 0]));
    assert_eq!(off(&second_half_price(6), &lines), Err(Refusal::NothingLeft));
}

#[test]
fn it_applies_only_to_the_lines_it_names() {
    let lines = [eat_in(1, 1_000, 1), line(2, 500, 1, Place::Takeout), beer()];
    let with = |change: fn(&mut Conditions)| {
        let mut terms = percent_off(10_000, None);
        change(&mut terms.conditions);
        off(&terms, &lines)
    };
    assert_eq!(with(|c| c.without_alcohol = true), Ok(vec![1_000, 500, 0]));
    assert_eq!(with(|c| c.place = Some(Place::Takeout)), Ok(vec![0, 500, 0]));
    assert_eq!(with(|c| c.items = vec![ItemId::from_uuid(1)]), Ok(vec![1_000, 0, 0]));
    assert_eq!(with(|c| c.categories = vec![BEER]), Ok(vec![0, 0, 580]));
    assert_eq!(with(|c| c.items = vec![ItemId::from_uuid(7)]), Err(Refusal::NoSuchItems));
    let minimum = |c: &mut Conditions| (c.minimum, c.without_alcohol) = (Some(Yen::new(2_000)), true);
    assert_eq!(with(minimum), Err(Refusal::BelowMinimum { missing: Yen::new(500) }));
}

#[test]
fn every_refusal_names_its_reason() {
    assert_eq!(refusal(|_, _, _| {}), None);
    assert_eq!(refusal(|t, _, _| t.conditions.facilities = vec![FacilityId::from_uuid(2)]), Some(Refusal::OtherShop));
    assert_eq!(refusal(|t, _, _| t.conditions.municipalities = vec!["271403".into()]), Some(Refusal::OtherShop));
    assert_eq!(refusal(|t, _, _| t.conditions.consortia = vec![ConsortiumId::from_uuid(2)]), Some(Refusal::OtherShop));
    assert_eq!(refusal(|t, u, _| (t.limits.total, u.total) = (Some(3), 3)), Some(Refusal::UsedUp));
    assert_eq!(refusal(|t, u, _| (t.limits.total, u.total) = (Some(3), 2)), None);
    assert_eq!(refusal(|t, u, _| (t.limits.per_person, u.person) = (Some(1), 1)), Some(Refusal::PersonLimit));
    assert_eq!(refusal(|t, u, _| (t.limits.per_person_day, u.person_day) = (Some(1), 1)), Some(Refusal::DayLimit));
    assert_eq!(refusal(|t, u, _| (t.limits.per_facility, u.facility) = (Some(1), 1)), Some(Refusal::ShopLimit));
    assert_eq!(refusal(|_, u, _| u.budget_left = Some(Yen::ZERO)), Some(Refusal::BudgetUsedUp));
    assert_eq!(
        refusal(|t, _, c| (t.conditions.first_order, c.first_order) = (true, false)),
        Some(Refusal::NotFirstOrder)
    );
}

#[test]
fn time_is_honoured_to_the_second_and_by_the_clock_in_japan() {
    assert_eq!(refusal(|t, _, _| t.conditions.starts_at = NOW), None);
    let soon = NOW.plus(SECOND);
    assert_eq!(refusal(|t, _, _| t.conditions.starts_at = soon), Some(Refusal::NotYet { starts_at: soon }));
    assert_eq!(refusal(|t, _, _| t.conditions.ends_at = NOW.plus(SECOND)), None);
    assert_eq!(refusal(|t, _, _| t.conditions.ends_at = NOW), Some(Refusal::Ended));
    let within = |weekdays: &[i64], days: &[i64], from, to| {
        let window = Window { weekdays: weekdays.to_vec(), days: days.to_vec(), from, to };
        refusal(|t, _, _| t.conditions.windows = vec![window]).is_none()
    };
    assert!(within(&[1], &[23], 0, 1_440) && !within(&[7], &[], 0, 1_440) && !within(&[], &[22], 0, 1_440));
    assert!(within(&[], &[], 569, 570) && !within(&[], &[], 0, 569) && !within(&[], &[], 570, 1_440));
    let monday_midnight = NOW.plus(-(9 * HOUR + 29 * MINUTE));
    let mondays = Window { weekdays: vec![1], days: vec![], from: 0, to: 1_440 };
    for (at, good) in [(0, true), (-1, false), (DAY - 1, true), (DAY, false)] {
        let told = refusal(|t, _, c| (t.conditions.windows, c.at) = (vec![mondays.clone()], monday_midnight.plus(at)));
        assert_eq!(told.is_none(), good, "{at}");
    }
}

#[test]
fn a_budget_is_never_taken_in_part() {
    let lines = [eat_in(1, 1_000, 1)];
    let with = |left| {
        let used = Used { budget_left: Some(Yen::new(left)), ..Used::default() };
        discount(&yen_off(300), &used, &case(&lines), &[Yen::new(1_000)]).map(|discount| discount.amount.get())
    };
    assert_eq!((with(300), with(299)), (Ok(300), Err(Refusal::BudgetUsedUp)));
}

#[test]
fn the_best_combination_wins_by_itself() {
    let lines = [eat_in(1, 2_996, 1)];
    let (three_hundred, mut ten_percent) = (yen_off(300), percent_off(1_000, Some(500)));
    let [a, b] = [CampaignId::from_uuid(1), CampaignId::from_uuid(2)];
    // 300 off, then ten percent of 2,696.
    assert_eq!(chosen(&lines, &[candidate(1, &three_hundred), candidate(2, &ten_percent)]), (vec![a, b], 569));
    ten_percent.stacking.rank = -1;
    assert_eq!(chosen(&lines, &[candidate(1, &three_hundred), candidate(2, &ten_percent)]), (vec![b, a], 599));
    // One yen decides.
    ten_percent.stacking.most = 1;
    assert_eq!(chosen(&lines, &[candidate(1, &three_hundred), candidate(2, &ten_percent)]), (vec![a], 300));
    ten_percent.stacking = Stacking { group: Some("lunch".into()), rank: 0, most: 9 };
    let mut other = three_hundred.clone();
    other.stacking.group = Some("lunch".into());
    assert_eq!(chosen(&lines, &[candidate(1, &other), candidate(2, &ten_percent)]), (vec![a], 300));
    // Two coupons of one campaign do not add up.
    let twin = Candidate { campaign: CampaignId::from_uuid(1), ..candidate(2, &three_hundred) };
    assert_eq!(chosen(&lines, &[candidate(1, &three_hundred), twin]), (vec![a], 300));
}

#[test]
fn of_equals_the_one_that_ends_first_is_used_and_none_is_wasted() {
    let lines = [eat_in(1, 300, 1)];
    let (later, mut sooner) = (yen_off(300), yen_off(300));
    sooner.conditions.ends_at = NOW.plus(HOUR);
    assert_eq!(chosen(&lines, &[candidate(1, &later), candidate(2, &sooner)]), (vec![CampaignId::from_uuid(2)], 300));
    assert_eq!(chosen(&lines, &[]), (vec![], 0));
}

#[test]
fn funders_shares_sum_to_the_discount() {
    let split = |shop, consortium, programme, yen| {
        Shares { shop, consortium, programme }.split(Yen::new(yen)).map(|parts| parts.map(|(_, part)| part.get()))
    };
    assert_eq!(split(5_000, 0, 5_000, 299), Some([150, 0, 149]));
    assert_eq!(split(3_334, 3_333, 3_333, 100), Some([34, 33, 33]));
    assert_eq!(split(0, 0, 10_000, 300), Some([0, 0, 300]));
}

#[test]
fn terms_beyond_the_law_are_not_published() {
    let with = |kind, minimum: i64, yen| {
        let mut terms = yen_off(yen);
        (terms.kind, terms.conditions.minimum) = (kind, (minimum > 0).then_some(Yen::new(minimum)));
        flaws(&terms)
    };
    assert_eq!(with(Kind::OwnShop, 0, 5_000), []);
    assert_eq!(with(Kind::Gift, 999, 200), []);
    assert_eq!(with(Kind::Gift, 999, 201), [Flaw::GiftValue { most: Yen::new(200) }]);
    assert_eq!(with(Kind::Gift, 1_500, 300), []);
    assert_eq!(with(Kind::Gift, 1_500, 301), [Flaw::GiftValue { most: Yen::new(300) }]);
    assert_eq!(with(Kind::Lottery, 1_000, 20_000), []);
    assert_eq!(with(Kind::Lottery, 1_000, 20_001), [Flaw::LotteryValue { most: Yen::new(20_000) }]);
    assert_eq!(with(Kind::Lottery, 9_000, 100_001), [Flaw::LotteryValue { most: Yen::new(100_000) }]);
    let mut uncapped = percent_off(1_000, None);
    uncapped.kind = Kind::Gift;
    assert!(flaws(&uncapped).iter().all(|flaw| flaw.can_be_overridden()));
}

#[test]
fn meaningless_terms_are_not_published() {
    let flaw = |change: fn(&mut Terms)| {
        let mut terms = yen_off(300);
        change(&mut terms);
        flaws(&terms)
    };
    assert_eq!(flaw(|t| t.conditions.ends_at = t.conditions.starts_at), [Flaw::NoTime]);
    assert_eq!(flaw(|t| t.benefit = Benefit::YenOff { yen: Yen::ZERO }), [Flaw::Benefit]);
    assert_eq!(flaw(|t| t.benefit = Benefit::PercentOff { basis_points: 10_001, cap: None }), [Flaw::Benefit]);
    assert_eq!(flaw(|t| t.benefit = Benefit::NthItem { every: 1, basis_points: 1, cap: None }), [Flaw::Benefit]);
    assert_eq!(flaw(|t| t.limits.per_person = Some(0)), [Flaw::Limit]);
    assert_eq!(flaw(|t| t.shares.shop = 5_001), [Flaw::Shares]);
    assert_eq!(flaw(|t| t.shares = Shares { shop: -1, consortium: 1, programme: 10_000 }), [Flaw::Shares]);
    assert_eq!(flaw(|t| t.stacking.most = 0), [Flaw::Stacking]);
    let window = |weekday, from, to| Window { weekdays: vec![weekday], days: vec![], from, to };
    for bad in [window(0, 0, 60), window(8, 0, 60), window(1, 60, 60), window(1, 0, 1_441), window(1, -1, 60)] {
        let mut terms = yen_off(300);
        terms.conditions.windows = vec![bad];
        assert_eq!(flaws(&terms), [Flaw::Window]);
    }
}

/// Terms as they were first published: what is added later must not make them unreadable.
#[test]
fn published_terms_stay_readable() {
    let json = r#"{"kind":"own_shop","benefit":{"yen_off":{"yen":300}},
        "conditions":{"starts_at":0,"ends_at":1,"minimum":1500},"limits":{"per_person":1},
        "stacking":{"group":null,"rank":0,"most":1},"shares":{"shop":5000,"consortium":0,"programme":5000}}"#;
    let terms: Terms = serde_json::from_str(json).unwrap();
    assert_eq!((terms.conditions.minimum, terms.limits.per_person), (Some(Yen::new(1_500)), Some(1)));
}

fn any_terms() -> impl Strategy<Value = Terms> {
    let cap = proptest::option::of((1..2_000_i64).prop_map(Yen::new));
    let benefit = prop_oneof![
        (1..5_000_i64).prop_map(|yen| Benefit::YenOff { yen: Yen::new(yen) }),
        (1..=10_000_i64, cap.clone()).prop_map(|(basis_points, cap)| Benefit::PercentOff { basis_points, cap }),
        cap.clone().prop_map(|cap| Benefit::FreeItem { cap }),
        (2..5_i64, 1..=10_000_i64, cap).prop_map(|(every, basis_points, cap)| Benefit::NthItem {
            every,
            basis_points,
            cap
        }),
    ];
    let group = proptest::option::of(prop_oneof![Just("a".to_owned()), Just("b".to_owned())]);
    (benefit, group, -2..3_i64, 1..4_i64, proptest::option::of(0..4_000_i64), any::<bool>()).prop_map(
        |(benefit, group, rank, most, minimum, without_alcohol)| {
            let mut terms = terms(benefit);
            terms.stacking = Stacking { group, rank, most };
            (terms.conditions.minimum, terms.conditions.without_alcohol) = (minimum.map(Yen::new), without_alcohol);
            terms
        },
    )
}

fn any_line() -> impl Strategy<Value = Line> {
    (1..5_u128, 1..3_000_i64, 1..6_i64, any::<bool>(), any::<bool>()).prop_map(
        |(item, unit, quantity, takeout, alcohol)| {
            let place = if takeout && !alcohol { Place::Takeout } else { Place::EatIn };
            Line { alcohol, ..line(item, unit, quantity, place) }
        },
    )
}

proptest! {
    #[test]
    fn no_bill_below_zero_and_no_yen_lost(
        lines in proptest::collection::vec(any_line(), 1..8),
        all in proptest::collection::vec(any_terms(), 0..6),
    ) {
        let case = case(&lines);
        let candidates: Vec<_> = (1..).zip(&all).map(|(id, terms)| candidate(id, terms)).collect();
        let best = best(&case, &candidates);
        let (total, taxes) = best.bill(&case, Rounding::Floor).unwrap();
        let subtotal: i64 = lines.iter().map(|line| line.amount.get()).sum();
        prop_assert!(total >= Yen::ZERO);
        prop_assert_eq!(total.get() + best.discount.get(), subtotal);
        prop_assert_eq!(taxes.iter().map(|sum| sum.total.get()).sum::<i64>(), total.get());
        let mut parts = 0;
        for (_, discount) in &best.coupons {
            prop_assert!(discount.amount > Yen::ZERO);
            prop_assert_eq!(Yen::checked_sum(discount.parts.iter().copied()), Some(discount.amount));
            prop_assert!(discount.parts.iter().zip(&lines).all(|(part, line)| (Yen::ZERO..=line.amount).contains(part)));
            let shares = all[0].shares.split(discount.amount).unwrap();
            prop_assert_eq!(Yen::checked_sum(shares.map(|(_, part)| part)), Some(discount.amount));
            parts += discount.amount.get();
        }
        prop_assert_eq!(parts, best.discount.get());
        for sum in taxes {
            prop_assert_eq!(sum.tax.get(), sum.total.get() * sum.basis_points / (10_000 + sum.basis_points));
        }
        // Nothing that can be used alone is worth more than what was chosen.
        for candidate in &candidates {
            let rest: Vec<Yen> = lines.iter().map(|line| line.amount).collect();
            if let Ok(alone) = discount(candidate.terms, &candidate.used, &case, &rest) {
                prop_assert!(alone.amount <= best.discount);
            }
        }
    }

    #[test]
    fn the_order_of_the_wallet_does_not_matter(
        lines in proptest::collection::vec(any_line(), 1..5),
        all in proptest::collection::vec(any_terms(), 1..5),
    ) {
        let candidates: Vec<_> = (1..).zip(&all).map(|(id, terms)| candidate(id, terms)).collect();
        let turned: Vec<_> = candidates.iter().rev().copied().collect();
        prop_assert_eq!(best(&case(&lines), &candidates), best(&case(&lines), &turned));
    }
}
