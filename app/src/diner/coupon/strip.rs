//! The offer on the menu: the first coupon that this phone could get by a tap.

use leptos::prelude::*;
use okini_shared::api::coupon::Offer;
use okini_shared::rules::coupon::Claim;

use super::card::refused;
use super::{claim, obstacle_here, words};
use crate::diner::route::Route;
use crate::diner::state::Diner;
use crate::diner::texts::Key;
use crate::ui::{Icon, el, live};

/// Nothing where there is nothing to get and nothing in the wallet.
pub(in crate::diner) fn strip(d: Diner) -> AnyView {
    live(move || {
        let wallet = d.coupons.wallet.get()?;
        let t = d.t;
        let open = |offer: &&Offer| {
            offer.claim == Claim::Tap
                && offer.got == 0
                && offer.ungettable.is_none()
                && obstacle_here(d, &wallet, offer).is_none()
        };
        let all = wallet.offers.len();
        let link = el("a")
            .set("href", d.link(Route::Menu) + "/coupons")
            .set("target", "_self")
            .test("wallet")
            .kid(t.coupon_all(&all.to_string()));
        let offer = wallet.offers.iter().find(open).map(|offer| {
            let id = offer.campaign;
            el("div")
                .class("row row--between row--wrap")
                .kid(Icon::Ticket.full())
                .kid(
                    el("p")
                        .class("grow")
                        .kid(el("b").kid(crate::ui::said(&offer.name)))
                        .kid(" ")
                        .kid(words::benefit(d.t, &offer.terms.benefit)),
                )
                .kid(
                    el("button")
                        .class("btn btn--warm")
                        .set("aria-label", t.coupon_get_named(&offer.name.text))
                        .test("claim")
                        .on("click", move |_| claim(d, id))
                        .kid(t.say(Key::CouponGet)),
                )
        });
        (all > 0).then(|| {
            el("aside")
                .class("coupon-strip")
                .set("aria-label", t.say(Key::CouponTitle))
                .kid(refused(d, &wallet))
                .kid(offer)
                .kid(link)
        })
    })
}
