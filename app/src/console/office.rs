//! The office of a consortium: what waits for its officers in all facilities, the facilities, and the orders of each.
//! Not here: a shop's own screens.

use leptos::prelude::*;
use okini_shared::api::consortium::{
    AccountEntry, Accounts, FacilityEntry, FacilityPage, ListAccounts, ListFacilities,
};
use okini_shared::id::{ConsortiumId, FacilityId};

use super::list;
use super::other_lang;
use super::parts::Sign;
use super::redress::{Redress, Whose, waiting};
use super::session::{Phase, Session};
use super::settlement;
use super::texts::{self, Key, Texts};
use super::webhooks;
use crate::browser::pause;
use crate::net::task;
use crate::router::Router;
use crate::ui::Icon;

/// A screen of the office.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Room {
    /// What waits.
    Desk,
    Facilities,
    /// The orders of a facility.
    Facility(FacilityId),
    /// Of a facility, or of all.
    Settlement(Option<FacilityId>),
    Webhooks,
}

/// Milliseconds between looks at what waits: nothing here is told by a stream.
const READ_EVERY: i32 = 15_000;

const DESK: &str = "/console";
const FACILITIES: &str = "/console/facilities";
const SETTLEMENT: &str = "/console/settlement";
const WEBHOOKS: &str = "/console/webhooks";

impl Room {
    fn of(path: &str) -> Self {
        match path.strip_prefix(FACILITIES) {
            Some("") => Self::Facilities,
            Some(rest) => {
                let rest = rest.trim_start_matches('/');
                let (id, money) = rest.strip_suffix(MONEY).map_or((rest, false), |id| (id, true));
                match (id.parse(), money) {
                    (Ok(id), false) => Self::Facility(id),
                    (Ok(id), true) => Self::Settlement(Some(id)),
                    _ => Self::Facilities,
                }
            }
            None if path == WEBHOOKS => Self::Webhooks,
            None if path == SETTLEMENT => Self::Settlement(None),
            None => Self::Desk,
        }
    }
}

/// After a facility's own path.
const MONEY: &str = "/settlement";

/// Whether a path leads to a screen of the office.
pub(crate) fn owns(path: &str) -> bool {
    path == DESK || path == WEBHOOKS || path == SETTLEMENT || path.starts_with(FACILITIES)
}

/// What all screens of the office share.
#[derive(Debug, Clone, Copy)]
struct Office {
    t: Texts,
    session: Session,
    consortium: ConsortiumId,
    /// What the last action led to.
    said: RwSignal<Option<String>>,
}

/// The screens of an officer.
#[component]
pub(crate) fn Rooms(texts: Texts, session: Session, consortium: ConsortiumId, router: Router) -> impl IntoView {
    let office = Office { t: texts, session, consortium, said: RwSignal::new(None) };
    let facilities = Facilities::begin(office);
    let room = Memo::new(move |_| Room::of(&router.path()));
    let inside = move || {
        office.said.set(None);
        match room.get() {
            Room::Desk => view! { <Desk office/> }.into_any(),
            Room::Facilities => view! { <List facilities/> }.into_any(),
            Room::Facility(id) => view! { <Orders facilities id/> }.into_any(),
            Room::Settlement(of) => {
                let whose = of.map_or(Whose::Consortium(consortium), Whose::Facility);
                settlement::screen(texts, session, whose, of.and_then(|id| facilities.name(id)))
            }
            Room::Webhooks => {
                let say = Callback::new(move |text| office.said.set(Some(text)));
                webhooks::screen(texts, session, Whose::Consortium(consortium), say)
            }
        }
    };
    view! { <Frame office room>{inside}</Frame> }
}

/// Bar, ways, what is inside, the last result.
#[component]
fn Frame(office: Office, room: Memo<Room>, children: Children) -> impl IntoView {
    let t = office.t;
    let who = move || match office.session.phase() {
        Phase::In(account) => t.shop_who(account.place.name(), &account.user),
        _ => String::new(),
    };
    let leave = move |_| {
        task(async move {
            if let Err(failure) = office.session.sign_out().await {
                office.said.set(Some(t.failure(&failure).to_owned()));
            }
        });
    };
    let here = move |path: &str| {
        let shown = match room.get() {
            Room::Desk => DESK,
            Room::Facilities | Room::Facility(_) | Room::Settlement(Some(_)) => FACILITIES,
            Room::Settlement(None) => SETTLEMENT,
            Room::Webhooks => WEBHOOKS,
        };
        (shown == path).then_some("page")
    };
    view! {
        <div class="staff">
            <a class="skip" href="#main">{t.say(Key::NavSkip)}</a>
            <header class="staff__top">{Sign::Noren.small()}<b>{t.say(Key::AppName)}</b><span class="staff__who">{who}</span></header>
            <nav class="staff__nav" aria-label=t.say(Key::NavMenu)>
                <a href=DESK aria-current=move || here(DESK) data-testid="go-desk">{Icon::Alert.small()}{t.say(Key::OfficeDesk)}</a>
                <a href=FACILITIES aria-current=move || here(FACILITIES) data-testid="go-facilities">{Icon::Bag.small()}{t.say(Key::OfficeFacilities)}</a>
                <a href=SETTLEMENT aria-current=move || here(SETTLEMENT) data-testid="go-settlement">{Sign::List.small()}{t.say(Key::NavSettlement)}</a>
                <a href=WEBHOOKS aria-current=move || here(WEBHOOKS) data-testid="go-webhooks">{Sign::Link.small()}{t.say(Key::NavWebhooks)}</a>
                <button type="button" on:click=move |_| texts::switch(t.lang())>
                    {Icon::Globe.small()}<span lang=other_lang(t)>{t.say(Key::LangSwitch)}</span>
                </button>
                <button type="button" class="staff__out" data-testid="sign-out" on:click=leave>{Sign::Out.small()}{t.say(Key::NavOut)}</button>
            </nav>
            {children()}
            <div class="staff__said" role="status">
                {move || office.said.get().map(|said| view! {
                    <div class="said" data-testid="said">{Icon::Check.small()}<span>{said}</span>
                        <button type="button" class="icon-btn" aria-label=t.say(Key::OrderCloseNote) on:click=move |_| office.said.set(None)>
                            {Icon::Close.small()}
                        </button>
                    </div>
                })}
            </div>
        </div>
    }
}

/// What waits for somebody in any facility.
#[component]
fn Desk(office: Office) -> impl IntoView {
    let Office { t, session, consortium, said } = office;
    let say = Callback::new(move |text| said.set(Some(text)));
    let redress = Redress::begin(t, session, Whose::Consortium(consortium), say);
    task(async move {
        loop {
            pause(READ_EVERY).await;
            redress.read();
        }
    });
    view! {
        <main class="staff__main" id="main" data-testid="desk">
            <div class="staff__h"><h1>{t.say(Key::OfficeDesk)}</h1><p>{t.say(Key::OfficeDeskLead)}</p></div>
            <Companies office/>
            {waiting(redress)}
            <Show when=move || redress.is_clear()>
                <div class="card empty" data-testid="nothing-waits"><h2>{t.say(Key::OfficeClear)}</h2><p>{t.say(Key::OfficeClearHint)}</p></div>
            </Show>
        </main>
    }
}

/// The payment companies, and whether they answer; nothing until that is known.
#[component]
fn Companies(office: Office) -> impl IntoView {
    let t = office.t;
    let all = RwSignal::new(Vec::new());
    task(async move {
        loop {
            let path = office.consortium.to_string();
            if let Ok(Accounts { accounts }) = office.session.call::<ListAccounts>(&[&path], &(), "").await {
                all.set(accounts);
            }
            pause(READ_EVERY).await;
        }
    });
    let one = move |account: &AccountEntry| {
        let (class, sign, words) = match (account.open, account.up) {
            (false, _) => ("flag flag--wait", Sign::Pause.small().into_any(), Key::OfficeClosed),
            (true, true) => ("flag flag--ok", Icon::Check.small().into_any(), Key::OfficeUp),
            (true, false) => ("flag flag--bad", Icon::Alert.small().into_any(), Key::OfficeDown),
        };
        let unknown = (account.unknown > 0)
            .then(|| view! { <span class="flag flag--wait">{t.office_unknown(&account.unknown.to_string())}</span> });
        view! {
            <li class="row row--wrap" data-testid=format!("account-{}", account.account)>
                <b>{t.say(Key::provider(account.provider))}</b>
                <span class="grow quiet">{t.office_places(&account.facilities.to_string())}</span>
                {unknown}<span class=class>{sign}{t.say(words)}</span>
            </li>
        }
    };
    let list = move || all.with(|all| all.iter().map(one).collect_view());
    view! {
        <Show when=move || all.with(|all| !all.is_empty())>
            <section class="card stack stack--s" aria-labelledby="companies-title">
                <h2 id="companies-title" class="t-18">{t.say(Key::OfficeCompanies)}</h2>
                <ul class="stack stack--s">{list}</ul>
            </section>
        </Show>
    }
}

/// The facilities that were read; they stay while officers go to and fro.
#[derive(Debug, Clone, Copy)]
struct Facilities {
    office: Office,
    all: RwSignal<Vec<FacilityEntry>>,
    next: RwSignal<Option<String>>,
    /// The next page is to be read. The reading belongs to the office, not to the button that goes away meanwhile.
    wanted: Trigger,
    busy: RwSignal<bool>,
    failed: RwSignal<Option<&'static str>>,
}

impl Facilities {
    fn begin(office: Office) -> Self {
        let facilities = Self {
            office,
            all: RwSignal::default(),
            next: RwSignal::new(None),
            wanted: Trigger::new(),
            busy: RwSignal::new(false),
            failed: RwSignal::new(None),
        };
        Effect::new(move || {
            facilities.wanted.track();
            facilities.read();
        });
        facilities
    }

    /// What a facility is called, once it was read.
    fn name(self, id: FacilityId) -> Option<String> {
        self.all.with(|all| all.iter().find(|one| one.id == id).map(|one| one.name.clone()))
    }

    /// Reads the page after what is there.
    fn read(self) {
        let cursor = self.next.get_untracked();
        let query = cursor.map(|cursor| format!("after={}", js_sys::encode_uri_component(&cursor))).unwrap_or_default();
        self.busy.set(true);
        self.failed.set(None);
        task(async move {
            let path = self.office.consortium.to_string();
            match self.office.session.call::<ListFacilities>(&[&path], &(), &query).await {
                Ok(FacilityPage { facilities, next }) => {
                    self.all.update(|all| all.extend(facilities));
                    self.next.set(next);
                }
                Err(failure) => self.failed.set(Some(self.office.t.failure(&failure))),
            }
            self.busy.set(false);
        });
    }
}

#[component]
fn List(facilities: Facilities) -> impl IntoView {
    let t = facilities.office.t;
    let rows = move || facilities.all.with(|all| all.iter().map(|one| entry(one, t)).collect_view());
    let end = move || {
        if let Some(text) = facilities.failed.get() {
            return view! {
                <p class="notice notice--bad" role="alert"><span class="grow">{text}</span>
                    <button type="button" class="btn btn--line btn--compact" on:click=move |_| facilities.wanted.notify()>{t.say(Key::Retry)}</button></p>
            }
            .into_any();
        }
        match (facilities.busy.get(), facilities.next.with(Option::is_some)) {
            (true, _) => view! { <p role="status" class="quiet">{t.say(Key::ListLoading)}</p> }.into_any(),
            (false, true) => view! {
                <button type="button" class="btn btn--line" data-testid="list-more" on:click=move |_| facilities.wanted.notify()>{t.say(Key::OfficeMore)}</button>
            }
            .into_any(),
            (false, false) => view! { <p class="quiet">{t.say(Key::ListEnd)}</p> }.into_any(),
        }
    };
    view! {
        <main class="staff__main" id="main" aria-busy=move || facilities.busy.get().then_some("true")>
            <div class="staff__h"><h1>{t.say(Key::OfficeFacilities)}</h1><p>{t.say(Key::OfficeFacilitiesLead)}</p></div>
            <ul class="card stack stack--s" data-testid="facilities">{rows}</ul>
            {end}
        </main>
    }
}

fn entry(facility: &FacilityEntry, t: Texts) -> impl IntoView + use<> {
    let (class, words) = match (facility.taking_orders, facility.closed_by_silence) {
        (true, _) => ("flag flag--ok", Key::ShopOpen),
        (false, false) => ("flag flag--wait", Key::ShopClosed),
        (false, true) => ("flag flag--bad", Key::ShopSilent),
    };
    let concerns = (facility.concerns > 0)
        .then(|| view! { <span class="flag flag--bad">{Icon::Alert.small()}{t.office_concerns(&facility.concerns.to_string())}</span> });
    view! {
        <li class="row row--wrap" data-testid=format!("facility-{}", facility.code)>
            <a class="grow" href=format!("{FACILITIES}/{}", facility.id) lang="ja">{facility.name.clone()}</a>
            {concerns}<span class=class>{t.say(words)}</span>
            <a href=format!("{FACILITIES}/{}{MONEY}", facility.id) data-testid="facility-settlement">{t.say(Key::NavSettlement)}</a>
        </li>
    }
}

/// The orders of a facility, with what can be done about their money.
#[component]
fn Orders(facilities: Facilities, id: FacilityId) -> impl IntoView {
    let Office { t, session, said, .. } = facilities.office;
    let say = Callback::new(move |text| said.set(Some(text)));
    let title = Signal::derive(move || facilities.name(id).unwrap_or_else(|| t.say(Key::ListTitle).to_owned()));
    list::screen(t, session, id, title, say)
}
