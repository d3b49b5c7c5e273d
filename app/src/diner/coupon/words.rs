//! Coupons in words: what they take off, when, and why not.

use leptos::prelude::*;
use okini_shared::api::coupon::Offer;
use okini_shared::rules::coupon::{Benefit, Refusal};

use super::deadline;
use crate::diner::say;
use crate::diner::state::Diner;
use crate::diner::texts::Key;
use crate::ui::{el, together};

/// `300円引き`.
pub(super) fn benefit(d: Diner, benefit: &Benefit) -> String {
    let t = d.t;
    match benefit {
        Benefit::YenOff { yen } => t.coupon_yen_off(&d.yen(*yen)),
        Benefit::PercentOff { basis_points, .. } => t.coupon_percent_off(&say::percent(*basis_points)),
        Benefit::FreeItem { .. } => t.say(Key::CouponFree).to_owned(),
        Benefit::NthItem { every, basis_points, .. } => t.coupon_nth(&every.to_string(), &say::percent(*basis_points)),
    }
}

/// The issuer's words, the least amount, the cap and the end.
pub(super) fn conditions(d: Diner, offer: &Offer) -> AnyView {
    let t = d.t;
    let cap = match offer.terms.benefit {
        Benefit::PercentOff { cap, .. } | Benefit::FreeItem { cap } | Benefit::NthItem { cap, .. } => cap,
        Benefit::YenOff { .. } => None,
    };
    let conditions = &offer.terms.conditions;
    let parts = [
        conditions.minimum.map(|yen| t.coupon_minimum(&d.yen(yen))),
        cap.map(|yen| t.coupon_cap(&d.yen(yen))),
        Some(t.coupon_until(&deadline(conditions.ends_at))),
    ];
    let parts: Vec<&str> = parts.iter().flatten().map(String::as_str).collect();
    together![
        offer.summary.as_ref().map(|summary| el("p").class("t-14").kid(crate::ui::said(summary))),
        el("p").class("t-14 quiet").kid(say::list(t, &parts))
    ]
}

/// Why not, and what helps.
pub(super) fn refusal(d: Diner, refusal: Refusal) -> String {
    let key = match refusal {
        Refusal::BelowMinimum { missing } => return d.t.refusal_minimum(&d.yen(missing)),
        Refusal::NotYet { starts_at } => return d.t.refusal_not_yet(&deadline(starts_at)),
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
    d.t.say(key).to_owned()
}
