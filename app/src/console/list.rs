//! The shop's orders, newest first and page by page, each with its payments; refusals are marked.
//! Not here: the board.

use leptos::prelude::*;
use okini_shared::api::shop::{BoardLine, ListOrders, ShopOrder, ShopOrderPage, ShopPayment};
use okini_shared::id::FacilityId;
use okini_shared::money::Yen;
use okini_shared::rules::order::OrderState;
use okini_shared::rules::payment::PaymentState;
use okini_shared::text::yen;
use okini_shared::time::Millis;

use super::Screen;
use super::board::{ending, place_word};
use super::parts::clock_seconds;
use super::redress::{Matter, Redress, Whose, waiting};
use super::session::Session;
use super::texts::{Key, Texts};
use crate::net::task;
use crate::ui::{El, Icon, State, el, follow};

/// How far the list has been read.
#[derive(Debug, Clone, Copy)]
struct Reading {
    t: Texts,
    session: Session,
    facility: FacilityId,
    orders: State<Vec<ShopOrder>>,
    /// What is to be read: the first page, or the one after what is shown.
    wanted: State<Page>,
    /// The cursor of the next page; nothing at the end.
    next: State<Option<String>>,
    busy: State<bool>,
    failed: State<Option<&'static str>>,
}

/// A page of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Page {
    First,
    Next,
}

impl Reading {
    /// Has a page read. The reading belongs to the screen, not to the button that asked for it and goes away meanwhile.
    fn read(self, page: Page) {
        self.wanted.set(page);
    }

    /// Reads a page; one that was being read is given up with its effect.
    fn begin(self, page: Page) {
        let from_start = page == Page::First;
        let query = match self.next.get_untracked() {
            Some(cursor) if !from_start => format!("after={}", js_sys::encode_uri_component(&cursor)),
            _ => String::new(),
        };
        self.busy.set(true);
        self.failed.set(None);
        task(async move {
            match self.session.call::<ListOrders>(&[&self.facility.to_string()], &(), &query).await {
                Ok(ShopOrderPage { orders, next }) => {
                    self.orders.update(|all| {
                        if from_start {
                            all.clear();
                        }
                        all.extend(orders);
                    });
                    self.next.set(next);
                }
                Err(failure) => self.failed.set(Some(self.t.failure(&failure))),
            }
            self.busy.set(false);
        });
    }
}

/// The screen; `title` stands above the list, and `say` says what a decision led to.
pub(crate) fn screen(
    t: Texts,
    session: Session,
    facility: FacilityId,
    title: Signal<String>,
    say: Callback<String>,
) -> AnyView {
    let reading = Reading {
        t,
        session,
        facility,
        orders: State::new(Vec::new()),
        wanted: State::new(Page::First),
        next: State::new(None),
        busy: State::new(false),
        failed: State::new(None),
    };
    let redress = Redress::begin(t, session, Whose::Facility(facility), say);
    follow(move || reading.begin(reading.wanted.get()));
    Effect::new(move |before: Option<()>| {
        redress.decided.track();
        if before.is_some() {
            reading.read(Page::First);
        }
    });
    let columns = [Key::ListNumber, Key::ListPlaced, Key::ListLines, Key::ListState, Key::ListTotal, Key::ListPayments];
    let head = move |key: Key| {
        let class = (key == Key::ListTotal).then_some("list__yen");
        el("th").set("scope", "col").set("class", class).kid(t.say(key))
    };
    let table = move || {
        let orders = reading.orders.get();
        (!orders.is_empty()).then(|| {
            let rows = orders.iter().map(|order| row(order, reading, redress)).collect::<Vec<_>>();
            el("table")
                .class("list")
                .test("order-list")
                .kid(el("thead").kid(el("tr").kid(Vec::from(columns.map(head)))))
                .kid(el("tbody").kid(rows))
        })
    };
    let reload = button("list-reload", "btn btn--line btn--compact").on("click", move |_| reading.read(Page::First));
    el("main")
        .class("staff__main")
        .set("id", "main")
        .live("aria-busy", move || reading.busy.get().then_some("true"))
        .kid(
            el("div")
                .class("staff__h")
                .kid(el("h1").live_kid(move || title.get()))
                .kid(el("p").kid(t.say(Key::ListLead)))
                .kid(reload.kid(Icon::Refresh.small()).kid(t.say(Key::ListReload))),
        )
        .kid(waiting(redress))
        .live_kid(table)
        .live_kid(move || end(reading))
        .into_any()
}

fn button(test: &'static str, class: &'static str) -> El {
    el("button").set("type", "button").set("class", class).test(test)
}

/// What stands under the list: more, loading, trouble, or that this is all.
fn end(reading: Reading) -> El {
    let t = reading.t;
    let none = reading.orders.with(Vec::is_empty);
    if let Some(text) = reading.failed.get() {
        let page = if none { Page::First } else { Page::Next };
        let retry = button("list-retry", "btn btn--line btn--compact").on("click", move |_| reading.read(page));
        let notice = el("p").class("notice notice--bad").set("role", "alert");
        return notice.kid(el("span").class("grow").kid(text)).kid(retry.kid(t.say(Key::Retry)));
    }
    match (reading.busy.get(), none, reading.next.with(Option::is_some)) {
        (true, ..) => el("p").class("quiet").set("role", "status").kid(t.say(Key::ListLoading)),
        (false, true, _) => el("div")
            .class("card empty")
            .kid(el("h2").kid(t.say(Key::ListEmpty)))
            .kid(el("p").kid(t.say(Key::ListEmptyHint)))
            .kid(el("a").class("btn btn--line").set("href", Screen::Board.path()).kid(t.say(Key::ListEmptyGo))),
        (false, false, true) => button("list-more", "btn btn--line")
            .on("click", move |_| reading.read(Page::Next))
            .kid(t.say(Key::ListMore)),
        (false, false, false) => el("p").class("quiet").kid(t.say(Key::ListEnd)),
    }
}

/// `11/23 12:38:04`, in Japan.
pub(crate) fn moment(at: Millis) -> String {
    let t = at.in_japan();
    format!("{}/{} {}", t.month, t.day, clock_seconds(at))
}

fn row(shown: &ShopOrder, reading: Reading, redress: Redress) -> El {
    let (order, t) = (&shown.order, reading.t);
    let number = if order.number.is_empty() { t.say(Key::ListNoNumber).to_owned() } else { order.number.clone() };
    let line = |line: &BoardLine| {
        let options =
            if line.options.is_empty() { String::new() } else { format!("（{}）", line.options.join("・")) };
        el("li").set("lang", "ja").kid(format!("{} × {}{options}", line.name, line.quantity))
    };
    let words = order.refusal.as_ref().and_then(|refusal| refusal.text.clone());
    let lines = el("ul").kid(order.lines.iter().map(line).collect::<Vec<_>>());
    el("tr")
        .test(format!("list-{}", order.id))
        .set("data-state", order.state.name())
        .set("data-number", order.number.clone())
        .kid(el("td").kid(el("span").class("list__no").kid(number)).kid(el("small").kid(place_word(order, t))))
        .kid(el("td").class("nw").kid(moment(shown.placed_at)))
        .kid(el("td").class("list__wide").kid(lines).kid(order.note.clone().map(|note| el("small").kid(note))))
        .kid(
            el("td")
                .kid(state_flag(order.state, ending(order, t)))
                .kid(words.map(|words| el("small").set("lang", "ja").kid(words))),
        )
        .kid(el("td").class("list__yen").kid(yen(order.total, t.lang())))
        .kid(
            el("td")
                .class("list__wide")
                .kid(el("span").class("list__label").kid(t.say(Key::ListPayments)))
                .kid(payments(shown, reading, redress)),
        )
}

fn state_flag(state: OrderState, words: String) -> El {
    use OrderState as S;
    let (class, icon) = match state {
        S::Completed => ("flag flag--ok", Icon::Check),
        S::Refused | S::AutoRefused => ("flag flag--bad", Icon::Close),
        S::Cancelled | S::Expired => ("flag", Icon::Close),
        S::AwaitingPayment | S::Submitted => ("flag flag--wait", Icon::Clock),
        S::Accepted | S::Preparing | S::Ready => ("flag flag--blue", Icon::Fire),
    };
    el("span").set("class", class).kid(icon.small()).kid(words)
}

fn payments(shown: &ShopOrder, reading: Reading, redress: Redress) -> El {
    let (all, order) = (&shown.payments, shown.order.id);
    let Reading { t, facility, .. } = reading;
    if all.is_empty() {
        return el("span").class("quiet").kid(t.say(Key::ListNoPayment));
    }
    let one = |payment: &ShopPayment| {
        let (class, icon) = match payment.state {
            PaymentState::Succeeded => ("flag flag--ok", Icon::Check),
            PaymentState::Unknown | PaymentState::Stranded => ("flag flag--bad", Icon::Alert),
            PaymentState::Created | PaymentState::Redirected | PaymentState::Refunding => {
                ("flag flag--wait", Icon::Clock)
            }
            _ => ("flag", Icon::Close),
        };
        let refunded = (payment.refunded != Yen::ZERO).then(|| t.list_refunded(&yen(payment.refunded, t.lang())));
        let left = payment.amount.checked_sub(payment.refunded).unwrap_or_default();
        let back = (payment.state == PaymentState::Succeeded && redress.may_decide()).then(|| {
            let ask = move |_| redress.ask(facility, Matter::Order(order, left));
            button("give-back", "btn btn--line btn--compact").on("click", ask).kid(t.say(Key::RedressRefund))
        });
        let id = el("code").set("aria-label", t.say(Key::ListPaymentId)).kid(payment.id.to_string());
        el("li")
            .test(format!("payment-{}", payment.id))
            .set("data-state", payment.state.name())
            .kid(el("span").set("class", class).kid(icon.small()).kid(t.payment(payment.state)))
            .kid(format!(" {} ", t.say(Key::provider(payment.provider))))
            .kid(el("b").class("nw").kid(yen(payment.amount, t.lang())))
            .kid(" ")
            .kid(refunded)
            .kid(back)
            .kid(el("small").kid(moment(payment.created_at)).kid(" ").kid(id))
    };
    el("ul").class("list__pays").kid(all.iter().map(one).collect::<Vec<_>>())
}
