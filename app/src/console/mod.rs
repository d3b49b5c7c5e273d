//! The staff's console: signing in, the kitchen board, the order list, running the shop.
//! Not here: what diners see (`diner`).
#![expect(
    unreachable_pub,
    reason = "leptos's component macro writes `pub` structs of properties, also in private modules"
)]

mod alarm;
mod board;
mod frame;
mod list;
mod live;
mod login;
mod office;
mod parts;
mod redress;
mod said;
mod session;
mod settlement;
mod shop;
mod sound;
mod stock;
pub mod texts;
mod webhooks;

use leptos::prelude::*;
use okini_shared::api::session::Place;
use okini_shared::id::FacilityId;
use okini_shared::text::Lang;

use self::board::Board;
use self::frame::Frame;
use self::live::Live;
use self::login::Login;
use self::office::Rooms;
use self::redress::Whose;
use self::session::{Phase, Session};
use self::shop::Shop;
use self::sound::Sound;
use self::texts::{Key, Texts};
use crate::mount::take_over;
use crate::router::{Router, address};

/// A screen for somebody who is signed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Screen {
    Board,
    Orders,
    Shop,
    /// The owner's.
    Settlement,
    /// The owner's.
    Webhooks,
}

impl Screen {
    const ALL: [Self; 5] = [Self::Board, Self::Orders, Self::Shop, Self::Settlement, Self::Webhooks];

    /// Whether only the owner gets there.
    const fn is_owners(self) -> bool {
        matches!(self, Self::Settlement | Self::Webhooks)
    }

    const fn path(self) -> &'static str {
        match self {
            Self::Board => "/console",
            Self::Orders => "/console/orders",
            Self::Shop => "/console/shop",
            Self::Webhooks => "/console/webhooks",
            Self::Settlement => "/console/settlement",
        }
    }

    const fn testid(self) -> &'static str {
        match self {
            Self::Board => "go-board",
            Self::Orders => "go-orders",
            Self::Shop => "go-shop",
            Self::Webhooks => "go-webhooks",
            Self::Settlement => "go-settlement",
        }
    }

    /// The screen of a path; the board for any other.
    fn of(path: &str) -> Self {
        Self::ALL.into_iter().find(|screen| screen.path() == path).unwrap_or(Self::Board)
    }
}

/// The `lang` of the other language's name.
fn other_lang(t: Texts) -> &'static str {
    if t.lang() == Lang::Ja { "en" } else { "ja" }
}

/// Starts the console in the page.
pub fn start() {
    let texts = texts::for_device();
    take_over(move || view! { <Console texts/> });
}

#[component]
fn Console(texts: Texts) -> impl IntoView {
    let router = Router::new(address());
    router.follow_links(|path| Screen::ALL.into_iter().any(|screen| screen.path() == path) || office::owns(path));
    let session = Session::begin();
    let sound = Sound::begin();
    // A renewed token is no reason to build the screens anew; another person or place is.
    let who = Memo::new(move |_| match session.phase() {
        Phase::In(account) => Some((account.id, account.place)),
        _ => None,
    });
    move || match who.get() {
        Some((_, Place::Facility { id: facility, .. })) => {
            view! { <Screens texts session sound facility router/> }.into_any()
        }
        Some((_, Place::Consortium { id: consortium, .. })) => {
            view! { <Rooms texts session consortium router/> }.into_any()
        }
        None => view! { <Login texts session/> }.into_any(),
    }
}

#[component]
fn Screens(texts: Texts, session: Session, sound: Sound, facility: FacilityId, router: Router) -> impl IntoView {
    let live = Live::begin(texts, session, facility);
    alarm::begin(live, sound);
    let screen = Memo::new(move |_| Screen::of(&router.path()));
    move || {
        live.said.set(None);
        match screen.get() {
            Screen::Board => view! { <Board live sound/> }.into_any(),
            here @ Screen::Orders => {
                let say = Callback::new(move |text| live.say(text, None));
                let title = Signal::stored(texts.say(Key::ListTitle).to_owned());
                view! { <Frame live sound here>{list::screen(texts, session, facility, title, say)}</Frame> }.into_any()
            }
            here @ Screen::Shop => view! { <Frame live sound here><Shop live/></Frame> }.into_any(),
            here @ Screen::Webhooks => {
                let say = Callback::new(move |text| live.say(text, None));
                let inside = webhooks::screen(texts, session, Whose::Facility(facility), say);
                view! { <Frame live sound here>{inside}</Frame> }.into_any()
            }
            here @ Screen::Settlement => {
                let inside = settlement::screen(texts, session, Whose::Facility(facility), None);
                view! { <Frame live sound here>{inside}</Frame> }.into_any()
            }
        }
    }
}
