//! The coupons on the bill: which are used and why, what each takes off, leaving one out, and what was refused.

use leptos::prelude::*;
use okini_shared::api::coupon::Wallet;
use okini_shared::id::CampaignId;
use okini_shared::money::Yen;

use super::{Unused, words};
use crate::browser::clock;
use crate::diner::checkout::current;
use crate::diner::route::Route;
use crate::diner::state::Diner;
use crate::diner::texts::Key;
use crate::ui::{Icon, Tone, el, live, notice};

/// The card of the cart's screen; nothing where there are no coupons at all.
pub(in crate::diner) fn card(d: Diner) -> AnyView {
    live(move || {
        let wallet = d.coupons.wallet.get()?;
        let bill = current(d)?;
        let t = d.t;
        let used: Vec<_> = bill.coupons.iter().map(|(id, off)| used(d, &wallet, *id, *off)).collect();
        let unused: Vec<_> = bill.unused.iter().map(|one| unused(d, &wallet, *one)).collect();
        let why = (!bill.coupons.is_empty()).then(|| {
            el("p").class("t-14 row row--top").kid(Icon::Info.small()).kid(el("span").kid(t.say(Key::CouponWhy)))
        });
        let open = el("a")
            .class("btn btn--line")
            .set("href", d.link(Route::Menu) + "/coupons")
            .set("target", "_self")
            .test("coupons")
            .kid(Icon::Ticket.small())
            .kid(t.say(Key::CouponOpen));
        Some(
            el("section")
                .class(if bill.coupons.is_empty() { "card" } else { "card hold" })
                .set("aria-label", t.say(Key::CouponTitle))
                .kid(refused(d, &wallet))
                .kid(used)
                .kid(why)
                .kid(unused)
                .kid(open),
        )
    })
}

fn used(d: Diner, wallet: &Wallet, id: CampaignId, off: Yen) -> AnyView {
    let name = name_of(wallet, id);
    let remove = move |_| d.coupons.left_out.update(|all| all.push(id));
    el("div")
        .class("row row--between row--wrap")
        .kid(el("b").class("grow").kid(name.clone()))
        .kid(el("b").class("num").test("coupon-off").kid("−").kid(d.yen(off)))
        .kid(
            el("button")
                .class("btn btn--line")
                .set("aria-label", d.t.coupon_leave_out(&name))
                .test("coupon-leave-out")
                .on("click", remove)
                .kid(d.t.say(Key::CouponRemove)),
        )
        .into_any()
}

/// With the reason, or with the way back for one that was left out.
fn unused(d: Diner, wallet: &Wallet, (id, why): Unused) -> AnyView {
    let name = name_of(wallet, id);
    let take = move |_| d.coupons.left_out.update(|all| all.retain(|left| *left != id));
    let end = match why {
        Some(why) => {
            el("span").class("t-14").test("coupon-why-not").kid(words::refusal(d.t, why, clock::now())).into_any()
        }
        None => (el("button").class("btn btn--line").set("aria-label", d.t.coupon_use_named(&name)))
            .test("coupon-use")
            .on("click", take)
            .kid(d.t.say(Key::CouponUse))
            .into_any(),
    };
    el("div").class("row row--between row--wrap").kid(el("span").class("grow quiet").kid(name)).kid(end).into_any()
}

/// What the server did not take, by name and reason.
pub(super) fn refused(d: Diner, wallet: &Wallet) -> Vec<AnyView> {
    let one = |refused: &okini_shared::api::coupon::CouponRefusal| {
        let name = name_of(wallet, refused.campaign);
        notice(Tone::Bad, Icon::Alert, name, words::refusal(d.t, refused.refusal, clock::now()))
    };
    d.coupons.refused.with(|all| all.iter().map(one).collect())
}

fn name_of(wallet: &Wallet, id: CampaignId) -> String {
    let offer = wallet.offers.iter().find(|offer| offer.campaign == id);
    offer.map_or_else(String::new, |offer| offer.name.text.clone())
}
