//! What the shop's screens know and share: the orders, the shop's state, the line to the server, the last result.
//! Not here: what staff do to orders (`board::actions`), how anything looks.

use std::collections::{BTreeMap, BTreeSet};

use leptos::prelude::*;
use okini_shared::api::shop::{Board, BoardEvent, BoardOrder, SetItemStock, ShopState, StockItem, WatchBoard};
use okini_shared::id::{FacilityId, ItemId, OrderId};
use okini_shared::problem::Code;
use okini_shared::time::{Millis, SECOND};

use super::board::orders::{Lane, Orders};
use super::session::{self, Session};
use super::texts::Texts;
use crate::browser::{clock, pause};
use crate::net;
use crate::net::stream::{Happening, Watch, watch};

/// Silence after which the board must not be trusted: the server sends something at least every ten seconds.
pub(crate) const SILENCE: i64 = 15 * SECOND;

/// Whether the stream stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Line {
    /// Being connected (again), but heard lately.
    Connecting,
    Connected,
    /// Nothing heard for fifteen seconds.
    Lost,
}

/// What the last action led to, with the way back where it is harmless.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Said {
    pub text: String,
    pub good: bool,
    pub undo: Option<Undo>,
}

/// How to take an action back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Undo {
    /// Ready back to cooking.
    Reopen(OrderId),
    /// A dish as it was.
    Stock(ItemId, SetItemStock),
    /// Open or closed as it was.
    Shop(bool),
}

/// The shop as it is now. Lives as long as somebody is signed in, whatever screen is shown.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Live {
    pub t: Texts,
    pub session: Session,
    pub facility: FacilityId,
    pub orders: RwSignal<Orders>,
    /// Nothing until the first board has come.
    pub shop: RwSignal<Option<ShopState>>,
    /// The time by the server's clock, each second.
    pub now: RwSignal<Millis>,
    /// When the server was last heard, by the stream.
    pub heard: RwSignal<Option<Millis>>,
    begun: Millis,
    connected: RwSignal<bool>,
    /// New orders that somebody has acknowledged.
    pub seen: RwSignal<BTreeSet<OrderId>>,
    /// Somebody has acknowledged that the line is lost.
    pub seen_lost: RwSignal<bool>,
    /// Orders with an action on its way.
    pub busy: RwSignal<BTreeSet<OrderId>>,
    /// What went wrong with an order's last action.
    pub trouble: RwSignal<BTreeMap<OrderId, String>>,
    pub said: RwSignal<Option<Said>>,
    /// The dishes; nothing until a screen has asked for them.
    pub stock: RwSignal<Option<Vec<StockItem>>>,
}

impl Live {
    /// Watches the shop's board until the current owner goes away.
    pub(crate) fn begin(t: Texts, session: Session, facility: FacilityId) -> Self {
        let live = Self {
            t,
            session,
            facility,
            orders: RwSignal::default(),
            shop: RwSignal::new(None),
            now: RwSignal::new(clock::now()),
            heard: RwSignal::new(None),
            begun: clock::now(),
            connected: RwSignal::new(false),
            seen: RwSignal::default(),
            seen_lost: RwSignal::new(false),
            busy: RwSignal::default(),
            trouble: RwSignal::default(),
            said: RwSignal::new(None),
            stock: RwSignal::new(None),
        };
        net::task(async move {
            loop {
                live.now.set(clock::now());
                pause(1_000).await;
            }
        });
        live.watch();
        live
    }

    /// Where the line stands.
    pub(crate) fn line(self) -> Line {
        let silent = self.now.get().since(self.heard.get().unwrap_or(self.begun));
        match (silent >= SILENCE, self.connected.get()) {
            (true, _) => Line::Lost,
            (false, true) => Line::Connected,
            (false, false) => Line::Connecting,
        }
    }

    /// How many new orders nobody has acknowledged.
    pub(crate) fn unseen(self) -> usize {
        let waiting = |seen: &BTreeSet<OrderId>| {
            self.orders
                .with(|orders| orders.lane(Lane::New).into_iter().filter(|order| !seen.contains(&order.id)).count())
        };
        self.seen.with(waiting)
    }

    /// Somebody has seen what the alarm is about.
    pub(crate) fn acknowledge(self) {
        let new = self.orders.with_untracked(|orders| orders.lane(Lane::New).iter().map(|order| order.id).collect());
        self.seen.set(new);
        self.seen_lost.set(true);
    }

    /// Takes over an order that an answer or the stream brought; older news changes nothing.
    pub(crate) fn take_order(self, order: BoardOrder) {
        let id = order.id;
        let newer = self.orders.try_maybe_update(|orders| {
            let newer = orders.upsert(order);
            (newer, newer)
        });
        if newer == Some(true) {
            self.trouble.update(|trouble| drop(trouble.remove(&id)));
        }
    }

    /// Takes over a whole board.
    pub(crate) fn take_board(self, board: &Board) {
        clock::learn(board.now);
        self.orders.update(|orders| orders.replace(board));
        self.shop.set(Some(board.shop.clone()));
    }

    /// Says what the last action led to.
    pub(crate) fn say(self, text: String, undo: Option<Undo>) {
        self.said.set(Some(Said { text, good: true, undo }));
    }

    /// Says that something did not go as wished, where there is no better place for it.
    pub(crate) fn complain(self, text: String) {
        self.said.set(Some(Said { text, good: false, undo: None }));
    }

    fn watch(self) {
        let how = Watch {
            silence_ms: i32::try_from(SILENCE).unwrap_or(i32::MAX),
            token: Some(session::token),
            query: String::new(),
        };
        watch::<WatchBoard>(&[&self.facility.to_string()], how, move |happening| match happening {
            Happening::Open => self.connected.set(true),
            Happening::Lost => self.connected.set(false),
            Happening::Event(event) => self.take(event),
            Happening::Refused(problem) => {
                self.connected.set(false);
                if problem.code != Code::SignInNeeded {
                    self.complain(self.t.say(super::texts::Key::problem(problem.code)).to_owned());
                    return;
                }
                net::task(async move {
                    if self.session.renew_after(session::token()).await {
                        self.watch();
                    }
                });
            }
        });
    }

    fn take(self, event: BoardEvent) {
        match event {
            BoardEvent::Board(board) => self.take_board(&board),
            BoardEvent::Order(order) => self.take_order(order),
            BoardEvent::Shop(shop) => self.shop.set(Some(shop)),
            BoardEvent::Beat { now } => clock::learn(now),
        }
        self.heard.set(Some(clock::now()));
        self.seen_lost.set(false);
    }
}
