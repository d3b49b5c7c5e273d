//! The frame of the light screens and the ways between all screens.
//! Not here: the board's own bar (`board::bar`).

use leptos::prelude::*;

use super::alarm::Alarms;
use super::live::Live;
use super::parts::Sign;
use super::said::LastSaid;
use super::session::Phase;
use super::shop::ShopFlag;
use super::sound::Sound;
use super::texts::{self, Key};
use super::{Screen, other_lang};
use crate::net::task;
use crate::ui::Icon;

/// Links to the screens, the other language, signing out.
#[component]
pub(crate) fn Ways(
    live: Live,
    /// The screen that is shown, if it is one of these.
    #[prop(optional_no_strip)]
    here: Option<Screen>,
) -> impl IntoView {
    let t = live.t;
    let way = move |screen: Screen| {
        let (sign, words) = match screen {
            Screen::Board => (Icon::Fire.small().into_any(), Key::NavBoard),
            Screen::Orders => (Icon::History.small().into_any(), Key::NavOrders),
            Screen::Shop => (Icon::Bag.small().into_any(), Key::NavShop),
            Screen::Webhooks => (Sign::Link.small().into_any(), Key::NavWebhooks),
            Screen::Settlement => (Sign::List.small().into_any(), Key::NavSettlement),
        };
        view! {
            <a href=screen.path() aria-current=(here == Some(screen)).then_some("page") data-testid=screen.testid()>{sign}{t.say(words)}</a>
        }
    };
    let leave = move |_| {
        task(async move {
            if let Err(failure) = live.session.sign_out().await {
                live.complain(t.failure(&failure).to_owned());
            }
        });
    };
    view! {
        {move || Screen::ALL.into_iter().filter(|screen| !screen.is_owners() || live.session.is_owner()).map(way).collect_view()}
        <button type="button" on:click=move |_| texts::switch(t.lang())>
            {Icon::Globe.small()}<span lang=other_lang(t)>{t.say(Key::LangSwitch)}</span>
        </button>
        <button type="button" class="staff__out" data-testid="sign-out" on:click=leave>{Sign::Out.small()}{t.say(Key::NavOut)}</button>
    }
}

/// A light screen: bar, ways, alarms, what is inside, the last result.
#[component]
pub(crate) fn Frame(live: Live, sound: Sound, here: Screen, children: Children) -> impl IntoView {
    let t = live.t;
    let who = move || match live.session.phase() {
        Phase::In(account) => t.shop_who(account.place.name(), &account.user),
        _ => String::new(),
    };
    view! {
        <div class="staff">
            <a class="skip" href="#main">{t.say(Key::NavSkip)}</a>
            <header class="staff__top">
                {Sign::Noren.small()}<b>{t.say(Key::AppName)}</b><ShopFlag live/><span class="staff__who">{who}</span>
            </header>
            <nav class="staff__nav" aria-label=t.say(Key::NavMenu)><Ways live here=Some(here)/></nav>
            <Alarms live sound/>
            {children()}
            <div class="staff__said"><LastSaid live/></div>
        </div>
    }
}
