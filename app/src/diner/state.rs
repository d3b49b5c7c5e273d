//! What the screens of a facility share: menu, cart, connection, where we are. Made once a page, copied into views.
//! Not here: sending orders (`placing`), the menu's stream (`live`).

use std::sync::Arc;

use leptos::prelude::*;
use okini_shared::api::menu::{Allergen, Menu};
use okini_shared::api::order::CartChange;
use okini_shared::id::{CampaignId, ItemId};
use okini_shared::money::Yen;
use okini_shared::rules::cart::{self, CartRefusal};
use okini_shared::rules::tax::TaxSum;
use okini_shared::text;
use okini_shared::time::Millis;

use super::cart::Cart;
use super::coupon::{Applied, Coupons, Unused};
use super::placing::Sending;
use super::route::Route;
use super::texts::Key;
use crate::boot::Seat;
use crate::browser::{clock, is_online, listen, storage, window};
use crate::l10n::L10n;
use crate::router::Router;
use crate::ui::{State, follow};

/// The state behind a facility's screens.
#[derive(Debug, Clone, Copy)]
pub(super) struct Diner {
    pub(super) t: L10n<Key>,
    pub(super) router: Router,
    base: StoredValue<String>,
    pub(super) seat: StoredValue<Option<Seat>>,
    pub(super) menu: State<Arc<Menu>>,
    pub(super) cart: State<Cart>,
    /// What the server refused by name; kept until the diner goes on.
    pub(super) refused: State<Vec<CartChange>>,
    /// What the diner does not eat. Never leaves the phone.
    pub(super) avoid: State<Vec<Allergen>>,
    pub(super) coupons: Coupons,
    pub(super) sending: State<Sending>,
    pub(super) online: State<bool>,
    /// The last time at which something of the menu turned: a dish came back, a tax rate began.
    pub(super) now: State<Millis>,
    /// When the menu at hand was read.
    pub(super) read_at: State<Millis>,
    /// The last thing said to a screen reader.
    pub(super) spoken: State<String>,
    /// The app runs: what the phone remembers is known.
    pub(super) awake: StoredValue<bool>,
}

/// Where the diner is: in the address bar and at the table.
pub(super) struct Place {
    pub(super) base: String,
    pub(super) path: String,
    pub(super) seat: Option<Seat>,
}

/// A cart's price.
#[derive(Debug, Clone)]
pub(super) enum Sum {
    Empty,
    Good(Bill),
    /// Some lines differ from what the diner saw; `rest` is what remains after going on.
    Changed {
        changes: Vec<CartChange>,
        rest: Option<Bill>,
    },
    /// More than one order may have.
    TooMuch,
}

/// What is to be paid.
#[derive(Debug, Clone)]
pub(super) struct Bill {
    /// What the lines cost.
    pub(super) subtotal: Yen,
    /// What each coupon takes off, in order.
    pub(super) coupons: Vec<(CampaignId, Yen)>,
    pub(super) unused: Vec<Unused>,
    pub(super) total: Yen,
    pub(super) pieces: i64,
    pub(super) taxes: Vec<TaxSum>,
    pub(super) alcohol: bool,
}

impl Diner {
    /// The state as the server knows it: an empty cart.
    pub(super) fn new(t: L10n<Key>, place: Place, menu: Menu, now: Millis) -> Self {
        let router = Router::new(place.path);
        let base = StoredValue::new(place.base);
        let menu = State::new(Arc::new(menu));
        let cart = State::new(Cart::default());
        let refused = State::new(Vec::new());
        let read_at = State::new(now);
        let now = State::new(now);
        Self {
            t,
            router,
            base,
            seat: StoredValue::new(place.seat),
            menu,
            cart,
            refused,
            avoid: State::new(Vec::new()),
            coupons: Coupons::new(),
            sending: State::new(Sending::Not),
            online: State::new(true),
            now,
            read_at,
            spoken: State::new(String::new()),
            awake: StoredValue::new(false),
        }
    }

    /// In the browser: remembers, follows links, keeps the time and watches the connection.
    pub(super) fn wake(self) {
        self.awake.set_value(true);
        let code = self.code();
        self.cart.set(storage::load(&Cart::name(&code)).unwrap_or_default());
        self.avoid.set(storage::load("okini.avoid").unwrap_or_default());
        self.base.with_value(|base| storage::save(&format!("okini.base.{code}"), base));
        follow(move || self.cart.with(|cart| storage::save(&Cart::name(&code), cart)));
        follow(move || self.avoid.with(|avoid| storage::save("okini.avoid", avoid)));
        self.router.follow_links(move |path| self.base.with_value(|base| super::route::below(base, path).is_some()));
        self.online.set(is_online());
        listen(&window(), "online", move |_| self.online.set(true));
        listen(&window(), "offline", move |_| self.online.set(false));
        self.now.set(clock::now());
        crate::net::task(async move {
            loop {
                crate::browser::pause(20_000).await;
                let (before, now) = (self.now.get_untracked(), clock::now());
                if self.menu.with_untracked(|menu| turns(menu, before, now)) {
                    self.now.set(now);
                }
            }
        });
    }

    /// Which screen is shown.
    pub(super) fn route(self) -> Route {
        let path = self.router.path();
        self.base.with_value(|base| Route::parse(base, &path))
    }

    /// What the cart costs, or why it cannot be ordered.
    pub(super) fn sum(self) -> Sum {
        let (menu, cart) = (self.menu.get(), self.cart.get());
        sum(&menu, &cart, self.refused.get(), self.now.get(), self.coupons)
    }

    /// The facility's code.
    pub(super) fn code(self) -> String {
        self.menu.with_untracked(|menu| menu.facility.code.clone())
    }

    /// The path of a screen.
    pub(super) fn link(self, route: Route) -> String {
        self.base.with_value(|base| route.path(base))
    }

    /// Shows a screen.
    pub(super) fn go(self, route: Route) {
        self.router.go(&self.link(route));
    }

    /// Closes what lies over or before the menu.
    pub(super) fn back_to_menu(self) {
        self.router.back_to(&self.link(Route::Menu));
    }

    /// An amount in the reader's language.
    pub(super) fn yen(self, amount: Yen) -> String {
        text::yen(amount, self.t.lang())
    }

    /// The item's name, for labels.
    pub(super) fn name_of(self, item: ItemId) -> String {
        self.menu.with(|menu| menu.item(item).map_or_else(String::new, |item| item.name.text.clone()))
    }
}

/// Whether what the menu says at `now` differs from what it said `before`.
fn turns(menu: &Menu, before: Millis, now: Millis) -> bool {
    let between = |at: Millis| before < at && at <= now;
    let options = menu.groups.iter().flat_map(|group| &group.options).filter_map(|option| option.sold_out);
    let mut ends = menu.items().filter_map(|item| item.sold_out).chain(options).filter_map(|sold_out| sold_out.until);
    ends.any(between) || menu.rates.iter().any(|rate| between(rate.valid_from))
}

fn sum(menu: &Menu, cart: &Cart, refused: Vec<CartChange>, now: Millis, coupons: Coupons) -> Sum {
    if cart.lines.is_empty() {
        return Sum::Empty;
    }
    let changes = if refused.is_empty() {
        match cart::price(menu, &cart.lines, now) {
            Ok(priced) => return Sum::Good(bill(menu, &priced, coupons)),
            Err(CartRefusal::Changed(changes)) => changes,
            Err(CartRefusal::Malformed { line: None, .. }) => return Sum::TooMuch,
            // Options that no longer fit: the shop changed the dish.
            Err(CartRefusal::Malformed { line: Some(line), .. }) => gone(menu, cart, line),
        }
    } else {
        refused
    };
    let mut rest = cart.clone();
    rest.accept(&changes);
    let rest = cart::price(menu, &rest.lines, now).ok().map(|priced| bill(menu, &priced, coupons));
    Sum::Changed { changes, rest }
}

fn gone(menu: &Menu, cart: &Cart, index: usize) -> Vec<CartChange> {
    let Some(line) = cart.lines.get(index) else { return Vec::new() };
    let name = menu.item(line.item).map(|item| item.name.clone());
    let kind = okini_shared::api::order::ChangeKind::Gone;
    vec![CartChange { line: index, item: line.item, kind, name, seen: line.seen, now: None }]
}

fn bill(menu: &Menu, priced: &cart::Priced<'_>, coupons: Coupons) -> Bill {
    let (subtotal, pieces, alcohol) = (priced.total, priced.pieces, priced.alcohol);
    match coupons.apply(menu, priced) {
        Some(Applied { coupons, unused, total, taxes }) => {
            Bill { subtotal, coupons, unused, total, pieces, taxes, alcohol }
        }
        None => Bill {
            subtotal,
            coupons: Vec::new(),
            unused: Vec::new(),
            total: subtotal,
            pieces,
            taxes: priced.taxes.clone(),
            alcohol,
        },
    }
}
