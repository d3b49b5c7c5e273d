//! The wallet: what can be used here, what cannot and why, what is over, codes, and moving to another phone.
//! Not here: coupons on the bill (`coupon`).

use leptos::prelude::*;
use okini_shared::api::coupon::{Offer, PastCoupon};
use okini_shared::problem::{Code, Problem};
use okini_shared::rules::coupon::{Claim, Refusal};
use okini_shared::text;
use okini_shared::time::Millis;

use super::{Done, head};
use crate::diner::coupon::{is_at_hand, obstacle, words};
use crate::diner::display::languages;
use crate::diner::say;
use crate::diner::texts::Key;
use crate::l10n::L10n;
use crate::ui::{El, Icon, Tone, el, notice, said, together};

/// Who reads, and what came of the form.
#[derive(Clone, Copy)]
struct Drawing<'p> {
    t: L10n<Key>,
    page: &'p super::Wallet,
    now: Millis,
}

/// The page.
pub(super) fn screen(t: L10n<Key>, page: &super::Wallet, base: &str, now: Millis) -> AnyView {
    let drawing = Drawing { t, page, now };
    together![
        head(t, Key::CouponTitle, Some(base)),
        el("main")
            .class("page__main")
            .set("id", "menu")
            .kid(drawing.done())
            .kid(drawing.list())
            .kid(drawing.code())
            .kid(drawing.transfer())
            .kid(el("a").class("btn btn--line").set("href", base.to_owned()).kid(t.say(Key::BackToMenu)))
            .kid(languages(t, &format!("{base}/coupons")))
    ]
}

impl Drawing<'_> {
    fn done(self) -> Option<AnyView> {
        let t = self.t;
        let done = self.page.done.as_ref()?;
        Some(match done {
            Done::Got => notice(Tone::Ok, Icon::Check, t.say(Key::CouponGot), ""),
            Done::Transfer(made) => el("section")
                .class("card field")
                .set("role", "status")
                .kid(el("b").class("big-no num").test("transfer-code").kid(made.code.clone()))
                .kid(el("p").kid(t.coupon_move_how(&words::deadline(made.expires_at, self.now))))
                .into_any(),
            Done::Refused(problem) => self.refused(problem),
        })
    }

    fn refused(self, problem: &Problem) -> AnyView {
        let t = self.t;
        if let Some(refused) = problem.coupons.first() {
            let offer = self.page.wallet.offers.iter().find(|offer| offer.campaign == refused.campaign);
            let name = offer.map_or(t.say(Key::CouponTitle), |offer| offer.name.text.as_str());
            return notice(Tone::Bad, Icon::Alert, name, words::refusal(t, refused.refusal, self.now));
        }
        let key = if problem.code == Code::CouponRefused { Key::CouponEmpty } else { Key::problem(problem.code) };
        let (title, more) = t.say_both(key);
        notice(Tone::Bad, Icon::Alert, title, more)
    }

    fn list(self) -> AnyView {
        let t = self.t;
        let wallet = &self.page.wallet;
        let (mut here, mut elsewhere) = (Vec::new(), Vec::new());
        for offer in &wallet.offers {
            match obstacle(self.page.facility, self.now, wallet, offer) {
                Some(refusal) if offer.held.is_empty() => elsewhere.push(self.ticket(offer, Some(refusal))),
                _ => here.push(self.ticket(offer, None)),
            }
        }
        let empty = here.is_empty().then(|| el("p").class("card").kid(t.say(Key::CouponEmpty)));
        let section = |title: Key, tickets: Vec<AnyView>| {
            (!tickets.is_empty())
                .then(|| together![el("h2").class("t-18").kid(t.say(title)), el("ul").class("stack").kid(tickets)])
        };
        let past: Vec<AnyView> = self.page.past.iter().map(|past| self.over(past)).collect();
        together![
            section(Key::CouponHere, here),
            empty,
            section(Key::CouponNotHere, elsewhere),
            section(Key::CouponOver, past)
        ]
    }

    fn ticket(self, offer: &Offer, refusal: Option<Refusal>) -> AnyView {
        let t = self.t;
        let held = offer.held.first();
        let state = match (refusal, held) {
            (Some(_), _) => "off",
            (None, Some(_)) => "held",
            (None, None) => "on",
        };
        let gettable = offer.claim == Claim::Tap && offer.ungettable.is_none() && offer.available == 0;
        let get = (gettable && refusal.is_none()).then(|| {
            self.form(&[("campaign", &offer.campaign.to_string()), ("key", &self.page.key)]).kid(
                el("button")
                    .class("btn btn--warm")
                    .set("aria-label", t.coupon_get_named(&offer.name.text))
                    .test("claim")
                    .kid(t.say(Key::CouponGet)),
            )
        });
        let to_order = held.map(|held| {
            el("a").class("btn btn--line").set("href", format!("/o/{}", held.token)).kid(t.say(Key::CouponToOrder))
        });
        el("li")
            .class("ticket")
            .set("data-state", state)
            .test("ticket")
            .kid(el("p").class("ticket__v").kid(el("b").kid(words::benefit(t, &offer.terms.benefit))))
            .kid(
                el("div")
                    .class("ticket__b")
                    .kid(self.standing(offer, refusal))
                    .kid(el("h3").kid(said(&offer.name)))
                    .kid(words::conditions(t, offer, self.now))
                    .kid(get)
                    .kid(to_order),
            )
            .into_any()
    }

    /// Whether it can be used, in a word.
    fn standing(self, offer: &Offer, refusal: Option<Refusal>) -> El {
        let t = self.t;
        let flag =
            |class: &'static str, icon: Icon, words: String| el("p").set("class", class).kid(icon.small()).kid(words);
        let no = |refusal| flag("flag flag--bad", Icon::Close, words::refusal(t, refusal, self.now));
        match (refusal, offer.held.first()) {
            (Some(refusal), _) => no(refusal),
            (None, Some(held)) => {
                flag("flag flag--wait", Icon::Lock, t.coupon_held(&words::deadline(held.until, self.now)))
            }
            (None, None) if is_at_hand(offer) => {
                flag("flag flag--ok", Icon::Check, t.say(Key::CouponUsable).to_owned())
            }
            (None, None) => match offer.ungettable {
                Some(refusal) => no(refusal),
                None => flag("flag flag--wait", Icon::Ticket, t.say(Key::CouponToGet).to_owned()),
            },
        }
    }

    fn over(self, past: &PastCoupon) -> AnyView {
        let t = self.t;
        let how = match (past.used_at, past.amount) {
            (Some(at), Some(amount)) => t.coupon_used(&say::date_and_clock(at), &text::yen(amount, t.lang())),
            _ => t.say(Key::CouponRanOut).to_owned(),
        };
        el("li")
            .class("card")
            .kid(el("h3").class("t-16").kid(said(&past.name)))
            .kid(el("p").class("t-14 quiet").kid(how))
            .into_any()
    }

    /// A form that is sent to this page.
    fn form(self, fields: &[(&'static str, &str)]) -> El {
        let hidden = |(name, value): &(&'static str, &str)| {
            el("input").set("type", "hidden").set("name", *name).set("value", (*value).to_owned())
        };
        el("form").set("method", "post").kid(fields.iter().map(hidden).collect::<Vec<_>>())
    }

    /// The field for codes: a campaign's or another phone's.
    fn code(self) -> AnyView {
        let t = self.t;
        self.form(&[])
            .class("card field")
            .kid(el("label").class("b").set("for", "coupon-code").kid(t.say(Key::CouponCode)))
            .kid(
                el("input")
                    .set("id", "coupon-code")
                    .set("name", "code")
                    .set("type", "text")
                    .set("autocomplete", "off")
                    .set("autocapitalize", "characters")
                    .set("required", true)
                    .set("maxlength", "40")
                    .test("code"),
            )
            .kid(el("button").class("btn btn--line").test("enter-code").kid(t.say(Key::CouponGet)))
            .into_any()
    }

    /// Moving what is in the wallet to another phone.
    fn transfer(self) -> Option<AnyView> {
        let has = self.page.wallet.offers.iter().any(|offer| offer.available > 0);
        has.then(|| {
            self.form(&[("transfer", "1")])
                .class("card field")
                .kid(el("button").class("btn btn--line").test("transfer").kid(self.t.say(Key::CouponMove)))
                .into_any()
        })
    }
}
