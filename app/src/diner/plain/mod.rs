//! Pages that need no program: this phone's orders, its coupons, and what is not what was asked for. The server writes them whole,
//! with links and forms, so they cost the phone nothing to load. Not here: the pages that the program takes over (`app`).

mod history;
mod notices;
mod wallet;

use leptos::prelude::*;
use okini_shared::api::coupon::{self, PastCoupon, Transfer};
use okini_shared::api::order::OrderPage;
use okini_shared::id::FacilityId;
use okini_shared::problem::Problem;
use okini_shared::text::Lang;
use okini_shared::time::Millis;

use super::texts::{self, Key};
use crate::l10n::L10n;
use crate::ui::{Icon, el, together};

/// A page and for whom.
#[derive(Debug, Clone)]
pub struct Plain {
    /// One that `ssr::language` gave.
    pub lang: Lang,
    /// Where the facility's menu lives, without a slash at the end; empty where no facility is known.
    pub base: String,
    /// The path of this page.
    pub path: String,
    pub kind: Kind,
    pub now: Millis,
    /// Changes with every build of the app.
    pub asset_version: String,
}

/// What the page is about.
#[derive(Debug, Clone)]
pub enum Kind {
    /// This phone's orders, a page of them.
    History(OrderPage),
    /// This phone's coupons.
    Wallet(Wallet),
    /// Something else than what was asked for.
    Notice(Notice),
}

/// Coupons, seen from a facility.
#[derive(Debug, Clone)]
pub struct Wallet {
    pub facility: FacilityId,
    pub wallet: coupon::Wallet,
    /// What can no longer be used, newest first.
    pub past: Vec<PastCoupon>,
    /// For the next coupon that is got from this page, so that a second tap gets the same one.
    pub key: String,
    /// What came of the form that was sent.
    pub done: Option<Done>,
}

/// What came of a form.
#[derive(Debug, Clone)]
pub enum Done {
    Got,
    /// The code for the other phone.
    Transfer(Transfer),
    /// Why not.
    Refused(Box<Problem>),
}

/// Why there is no menu.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Notice {
    /// A code that nobody issued.
    CodeUnknown,
    /// A code that was replaced.
    CodeRetired,
    /// The facility is not approved at the moment.
    Suspended,
    /// No such page or order.
    NotFound,
    /// Something went wrong in the server.
    Error,
}

impl Plain {
    /// The page's title.
    pub fn title(&self) -> String {
        let t = texts::texts(self.lang);
        let about = match &self.kind {
            Kind::History(_) => t.say(Key::HistoryTitle),
            Kind::Wallet(_) => t.say(Key::CouponTitle),
            Kind::Notice(notice) => t.say_both(notices::text(*notice)).0,
        };
        t.page_title(about, t.say(Key::AppName))
    }

    /// The page's body.
    pub fn view(&self) -> AnyView {
        let t = texts::texts(self.lang);
        let skip = el("a").class("skip").set("href", "#menu").kid(t.say(Key::SkipToContent));
        let screen = match &self.kind {
            Kind::History(orders) => history::screen(t, orders, &self.path),
            Kind::Wallet(wallet) => wallet::screen(t, wallet, &self.base, self.now),
            Kind::Notice(notice) => notices::screen(t, *notice, &self.path),
        };
        together![skip, screen]
    }
}

/// The head of a page that leads back to a menu.
fn head(t: L10n<Key>, title: Key, menu: Option<&str>) -> AnyView {
    let back = menu.map(|menu| {
        el("a")
            .class("icon-btn")
            .set("href", menu.to_owned())
            .set("aria-label", t.say(Key::BackToMenu))
            .kid(Icon::Back.full())
    });
    el("header").class("bar").kid(back).kid(el("h1").class("bar__title").kid(t.say(title))).into_any()
}
