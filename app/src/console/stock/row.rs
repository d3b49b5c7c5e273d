//! One dish: its state, and the two taps that take it off sale or the one that brings it back.
//! Not here: number, price and name (`edit`).

use leptos::prelude::*;
use okini_shared::api::shop::{Count, SetItemStock, StockItem};
use okini_shared::id::ItemId;
use okini_shared::time::Millis;

use super::actions::mark_as_it_is;
use super::edit::More;
use super::hours::Pause;
use super::{Ask, Dishes, is_out};
use crate::browser::clock;
use crate::console::live::Undo;
use crate::console::parts::{Sign, clock as time};
use crate::console::texts::{Key, Texts};
use crate::net::task;
use crate::ui::{El, Icon, el, live, nothing, together};

impl Dishes {
    /// Changes a dish and says `done` below; a mark can be taken back, a count may have moved meanwhile.
    fn set(self, item: &StockItem, to: SetItemStock, done: String) {
        if self.busy.get_untracked().is_some() {
            return;
        }
        let id = item.id;
        let undo = to.count.is_none().then(|| Undo::Stock(id, mark_as_it_is(item, clock::now())));
        self.busy.set(Some(id));
        self.wrong.set(None);
        let live = self.live;
        task(async move {
            match live.set_stock(id, to).await {
                Ok(_) => {
                    self.asked.set(None);
                    live.say(done, undo);
                }
                Err(text) => self.wrong.set(Some((id, text))),
            }
            self.busy.set(None);
        });
    }

    /// Sets how many portions are left; nothing stops counting.
    pub(crate) fn count(self, item: &StockItem, left: Option<i64>) {
        let t = self.live.t;
        let done = match left {
            Some(n) => t.stock_said_left(&item.name, &n.to_string()),
            None => t.stock_said_uncounted(&item.name),
        };
        let count = Some(left.map_or(Count::Off, Count::Left));
        self.set(item, SetItemStock { sold_out: None, minutes: None, count }, done);
    }
}

/// A dish with its switch.
pub(super) fn row(dishes: Dishes, id: ItemId) -> AnyView {
    let live_shop = dishes.live;
    let t = live_shop.t;
    let item =
        Memo::new(move |_| live_shop.stock.with(|stock| stock.iter().flatten().find(|item| item.id == id).cloned()));
    let out = Memo::new(move |_| {
        let now = live_shop.now.get();
        item.with(|item| item.as_ref().is_some_and(|item| is_out(item, now)))
    });
    let asked = Memo::new(move |_| dishes.asked.get().filter(|(asked, _)| *asked == id).map(|(_, ask)| ask));
    let name = move || item.with(|item| item.as_ref().map(|item| item.name.clone())).unwrap_or_default();
    let more = move |_| dishes.asked.set((asked.get_untracked() != Some(Ask::More)).then_some((id, Ask::More)));
    let pen = el("button")
        .set("type", "button")
        .class("icon-btn")
        .set("title", t.say(Key::StockMore))
        .test(format!("more-{id}"))
        .live("aria-label", move || t.stock_more_for(&name()))
        .live("aria-expanded", move || if asked.get() == Some(Ask::More) { "true" } else { "false" })
        .on("click", more);
    let below = live(move || match asked.get() {
        Some(Ask::HowLong) => how_long(dishes, item).into_any(),
        Some(Ask::More) => match item.get_untracked() {
            Some(item) => view! { <More dishes item/> }.into_any(),
            None => nothing(),
        },
        None => nothing(),
    });
    let wrong = move || {
        let wrong = dishes.wrong.get().filter(|(wrong, _)| *wrong == id);
        wrong.map(|(_, text)| el("p").class("stock__bad").set("role", "alert").kid(text))
    };
    let status = move || item.with(|item| item.as_ref().map(|item| status(item, live_shop.now.get(), t)));
    el("li")
        .class("stock")
        .test(format!("stock-{id}"))
        .live("data-state", move || if out.get() { "sold-out" } else { "on-sale" })
        .kid(
            el("div")
                .class("stock__n")
                .kid(el("span").set("lang", "ja").live_kid(name))
                .kid(el("small").live_kid(status)),
        )
        .kid(switch(dishes, item, out, asked))
        .kid(pen.kid(Sign::Pen.small().into_any()))
        .live_kid(wrong)
        .kid(below)
        .into_any()
}

fn status(item: &StockItem, now: Millis, t: Texts) -> AnyView {
    if !is_out(item, now) {
        let left =
            item.left.map_or_else(|| t.say(Key::StockUnlimited).to_owned(), |left| t.stock_left(&left.to_string()));
        return together![left];
    }
    let until = match item.until.filter(|_| item.sold_out) {
        Some(until) if until.business_day(0) == now.business_day(0) => t.stock_until(&time(until)),
        Some(until) => t.stock_until_tomorrow(&time(until)),
        None if item.sold_out => t.say(Key::StockUntilPutBack).to_owned(),
        None => t.say(Key::StockNoneLeft).to_owned(),
    };
    together![el("b").class("is-bad").kid(Icon::Close.small()).kid(t.say(Key::StockIsOut)), " ", until]
}

/// The first tap: off sale (asks for how long), or back at once.
fn switch(dishes: Dishes, item: Memo<Option<StockItem>>, out: Memo<bool>, asked: Memo<Option<Ask>>) -> El {
    let t = dishes.live.t;
    let busy = move || {
        item.with(|item| item.as_ref().is_some_and(|item| dishes.busy.get() == Some(item.id))).then_some("true")
    };
    let words = move || {
        t.say(match (busy().is_some(), out.get(), asked.get()) {
            (true, ..) => Key::OrderBusy,
            (_, true, _) => Key::StockBack,
            (_, _, Some(Ask::HowLong)) => Key::StockCancel,
            _ => Key::StockSellOut,
        })
    };
    let press = move |_| {
        let Some(item) = item.get_untracked() else { return };
        if out.get_untracked() {
            // Counting goes on only when something is left to count.
            let count = (item.left == Some(0)).then_some(Count::Off);
            let to = SetItemStock { sold_out: Some(false), minutes: None, count };
            dishes.set(&item, to, t.stock_said_back(&item.name));
        } else {
            let ask = asked.get_untracked() != Some(Ask::HowLong);
            dishes.asked.set(ask.then_some((item.id, Ask::HowLong)));
        }
    };
    let id = item.with_untracked(|item| item.as_ref().map(|item| item.id.to_string())).unwrap_or_default();
    el("button")
        .set("type", "button")
        .class("btn btn--line btn--compact")
        .live("aria-disabled", busy)
        .live("data-testid", move || format!("{}-{id}", if out.get() { "onsale" } else { "soldout" }))
        .on("click", press)
        .live_kid(words)
}

/// The second tap.
fn how_long(dishes: Dishes, item: Memo<Option<StockItem>>) -> El {
    let t = dishes.live.t;
    let choice = move |pause: Pause| {
        let words = match pause {
            Pause::OneHour => Key::StockOneHour,
            Pause::ThreeHours => Key::StockThreeHours,
            Pause::Today => Key::StockToday,
            Pause::Open => Key::StockOpen,
        };
        let press = move |_| {
            let Some(item) = item.get_untracked() else { return };
            let to = SetItemStock { sold_out: Some(true), minutes: pause.minutes(clock::now()), count: None };
            dishes.set(&item, to, t.stock_said_out(&item.name));
        };
        let id = item.with_untracked(|item| item.as_ref().map(|item| item.id.to_string())).unwrap_or_default();
        let button = el("button").set("type", "button").class("btn btn--solid");
        button.test(format!("soldout-{id}-{}", pause.name())).on("click", press).kid(t.say(words))
    };
    let label = move || item.with(|item| item.as_ref().map(|item| t.stock_ask_for(&item.name)));
    el("div")
        .class("stock__ask")
        .set("role", "group")
        .live("aria-label", label)
        .kid(el("p").kid(t.say(Key::StockAsk)))
        .kid(el("div").kid(Vec::from(Pause::ALL.map(choice))))
        .kid(el("p").class("t-14").kid(t.say(Key::StockAskHint)))
}
