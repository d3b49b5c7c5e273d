//! Coupons in words: what they take off, when, and why not. On the phone and on the wallet's page.

#[cfg(feature = "ssr")]
use leptos::prelude::*;
#[cfg(feature = "ssr")]
use okini_shared::api::coupon::Offer;
use okini_shared::rules::coupon::{Benefit, Refusal};
use okini_shared::text::yen;
use okini_shared::time::Millis;

use crate::diner::say;
use crate::diner::texts::Key;
use crate::l10n::L10n;
#[cfg(feature = "ssr")]
use crate::ui::{el, together};

/// `300円引き`.
pub(in crate::diner) fn benefit(t: L10n<Key>, benefit: &Benefit) -> String {
    let yen = |amount| yen(amount, t.lang());
    match benefit {
        Benefit::YenOff { yen: off } => t.coupon_yen_off(&yen(*off)),
        Benefit::PercentOff { basis_points, .. } => t.coupon_percent_off(&say::percent(*basis_points)),
        Benefit::FreeItem { .. } => t.say(Key::CouponFree).to_owned(),
        Benefit::NthItem { every, basis_points, .. } => t.coupon_nth(&every.to_string(), &say::percent(*basis_points)),
    }
}

/// The issuer's words, the least amount, the cap and the end.
#[cfg(feature = "ssr")]
pub(in crate::diner) fn conditions(t: L10n<Key>, offer: &Offer, now: Millis) -> AnyView {
    let yen = |amount| yen(amount, t.lang());
    let cap = match offer.terms.benefit {
        Benefit::PercentOff { cap, .. } | Benefit::FreeItem { cap } | Benefit::NthItem { cap, .. } => cap,
        Benefit::YenOff { .. } => None,
    };
    let conditions = &offer.terms.conditions;
    let parts = [
        conditions.minimum.map(|least| t.coupon_minimum(&yen(least))),
        cap.map(|most| t.coupon_cap(&yen(most))),
        Some(t.coupon_until(&deadline(conditions.ends_at, now))),
    ];
    let parts: Vec<&str> = parts.iter().flatten().map(String::as_str).collect();
    together![
        offer.summary.as_ref().map(|summary| el("p").class("t-14").kid(crate::ui::said(summary))),
        el("p").class("t-14 quiet").kid(say::list(t, &parts))
    ]
}

/// Why not, and what helps.
pub(in crate::diner) fn refusal(t: L10n<Key>, refusal: Refusal, now: Millis) -> String {
    let key = match refusal {
        Refusal::BelowMinimum { missing } => return t.refusal_minimum(&yen(missing, t.lang())),
        Refusal::NotYet { starts_at } => return t.refusal_not_yet(&deadline(starts_at, now)),
        Refusal::Ended | Refusal::Unreckonable => Key::RefusalEnded,
        Refusal::Paused => Key::RefusalPaused,
        Refusal::NoCoupon => Key::RefusalNoCoupon,
        Refusal::OtherShop => Key::RefusalOtherShop,
        Refusal::UsedUp => Key::RefusalUsedUp,
        Refusal::PersonLimit => Key::RefusalPersonLimit,
        Refusal::DayLimit => Key::RefusalDayLimit,
        Refusal::ShopLimit => Key::RefusalShopLimit,
        Refusal::WrongTime => Key::RefusalWrongTime,
        Refusal::NotFirstOrder => Key::RefusalNotFirst,
        Refusal::NoSuchItems => Key::RefusalNoItems,
        Refusal::NothingLeft => Key::RefusalNothingLeft,
        Refusal::NotTogether => Key::RefusalNotTogether,
        Refusal::BudgetUsedUp => Key::RefusalBudget,
    };
    t.say(key).to_owned()
}

/// The clock's time at which something ends, with its day where that is another one.
pub(in crate::diner) fn deadline(at: Millis, now: Millis) -> String {
    if at.business_day(0) == now.business_day(0) { say::clock(at) } else { say::date_and_clock(at) }
}
