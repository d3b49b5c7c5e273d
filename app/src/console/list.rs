//! The shop's orders, newest first and page by page, each with its payments; refusals are marked.
//! Not here: the board.

use leptos::prelude::*;
use okini_shared::api::shop::{ListOrders, ShopOrder, ShopOrderPage, ShopPayment};
use okini_shared::id::FacilityId;
use okini_shared::money::Yen;
use okini_shared::rules::order::OrderState;
use okini_shared::rules::payment::PaymentState;
use okini_shared::text::yen;
use okini_shared::time::Millis;

use super::Screen;
use super::board::{ending, place_word};
use super::parts::clock_seconds;
use super::redress::{Matter, Redress, Waiting, Whose};
use super::session::Session;
use super::texts::{Key, Texts};
use crate::net::task;
use crate::ui::Icon;

/// How far the list has been read.
#[derive(Debug, Clone, Copy)]
struct Reading {
    t: Texts,
    session: Session,
    facility: FacilityId,
    orders: RwSignal<Vec<ShopOrder>>,
    /// What is to be read: the first page, or the one after what is shown.
    wanted: RwSignal<Page>,
    /// The cursor of the next page; nothing at the end.
    next: RwSignal<Option<String>>,
    busy: RwSignal<bool>,
    failed: RwSignal<Option<&'static str>>,
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

/// The screen.
#[component]
pub(crate) fn OrderList(
    texts: Texts,
    session: Session,
    facility: FacilityId,
    /// Says what a decision led to.
    say: Callback<String>,
    /// Stands above the list.
    title: Signal<String>,
) -> impl IntoView {
    let t = texts;
    let reading = Reading {
        t,
        session,
        facility,
        orders: RwSignal::default(),
        next: RwSignal::new(None),
        busy: RwSignal::new(false),
        wanted: RwSignal::new(Page::First),
        failed: RwSignal::new(None),
    };
    let redress = Redress::begin(t, session, Whose::Facility(facility), say);
    Effect::new(move || reading.begin(reading.wanted.get()));
    Effect::new(move |before: Option<()>| {
        redress.decided.track();
        if before.is_some() {
            reading.read(Page::First);
        }
    });
    let columns = [Key::ListNumber, Key::ListPlaced, Key::ListLines, Key::ListState, Key::ListTotal, Key::ListPayments];
    let head =
        move |key: Key| view! { <th scope="col" class:list__yen=move || key == Key::ListTotal>{t.say(key)}</th> };
    view! {
        <main class="staff__main" id="main" aria-busy=move || reading.busy.get().then_some("true")>
            <div class="staff__h">
                <h1>{title}</h1>
                <p>{t.say(Key::ListLead)}</p>
                <button type="button" class="btn btn--line btn--compact" data-testid="list-reload" on:click=move |_| reading.read(Page::First)>
                    {Icon::Refresh.small()}{t.say(Key::ListReload)}
                </button>
            </div>
            <Waiting redress/>
            <Show when=move || reading.orders.with(|orders| !orders.is_empty())>
                <table class="list" data-testid="order-list">
                    <thead><tr>{columns.map(head)}</tr></thead>
                    <tbody>{move || reading.orders.with(|orders| orders.iter().map(|order| row(order, reading, redress)).collect_view())}</tbody>
                </table>
            </Show>
            <End reading/>
        </main>
    }
}

/// What stands under the list: more, loading, trouble, or that this is all.
#[component]
fn End(reading: Reading) -> impl IntoView {
    let t = reading.t;
    let none = move || reading.orders.with(Vec::is_empty);
    move || {
        if let Some(text) = reading.failed.get() {
            return view! {
                <p class="notice notice--bad" role="alert"><span class="grow">{text}</span>
                    <button type="button" class="btn btn--line btn--compact" on:click=move |_| reading.read(if none() { Page::First } else { Page::Next })>{t.say(Key::Retry)}</button></p>
            }
            .into_any();
        }
        match (reading.busy.get(), none(), reading.next.with(Option::is_some)) {
            (true, ..) => view! { <p role="status" class="quiet">{t.say(Key::ListLoading)}</p> }.into_any(),
            (false, true, _) => view! {
                <div class="card empty"><h2>{t.say(Key::ListEmpty)}</h2><p>{t.say(Key::ListEmptyHint)}</p>
                    <a class="btn btn--line" href=Screen::Board.path()>{t.say(Key::ListEmptyGo)}</a></div>
            }
            .into_any(),
            (false, false, true) => view! {
                <button type="button" class="btn btn--line" data-testid="list-more" on:click=move |_| reading.read(Page::Next)>{t.say(Key::ListMore)}</button>
            }
            .into_any(),
            (false, false, false) => view! { <p class="quiet">{t.say(Key::ListEnd)}</p> }.into_any(),
        }
    }
}

/// `11/23 12:38:04`, in Japan.
pub(crate) fn moment(at: Millis) -> String {
    let t = at.in_japan();
    format!("{}/{} {}", t.month, t.day, clock_seconds(at))
}

fn row(shown: &ShopOrder, reading: Reading, redress: Redress) -> impl IntoView + use<> {
    let (order, t) = (&shown.order, reading.t);
    let number = if order.number.is_empty() { t.say(Key::ListNoNumber).to_owned() } else { order.number.clone() };
    let line = |line: &okini_shared::api::shop::BoardLine| {
        let options =
            if line.options.is_empty() { String::new() } else { format!("（{}）", line.options.join("・")) };
        view! { <li lang="ja">{format!("{} × {}{options}", line.name, line.quantity)}</li> }
    };
    let words = order.refusal.as_ref().and_then(|refusal| refusal.text.clone());
    view! {
        <tr data-testid=format!("list-{}", order.id) data-state=order.state.name() data-number=order.number.clone()>
            <td><span class="list__no">{number}</span><small>{place_word(order, t)}</small></td>
            <td class="nw">{moment(shown.placed_at)}</td>
            <td class="list__wide"><ul>{order.lines.iter().map(line).collect_view()}</ul>{order.note.clone().map(|note| view! { <small>{note}</small> })}</td>
            <td>{state_flag(order.state, ending(order, t))}{words.map(|words| view! { <small lang="ja">{words}</small> })}</td>
            <td class="list__yen">{yen(order.total, t.lang())}</td>
            <td class="list__wide"><span class="list__label">{t.say(Key::ListPayments)}</span>{payments(shown, reading, redress)}</td>
        </tr>
    }
}

fn state_flag(state: OrderState, words: String) -> impl IntoView {
    use OrderState as S;
    let (class, icon) = match state {
        S::Completed => ("flag flag--ok", Icon::Check),
        S::Refused | S::AutoRefused => ("flag flag--bad", Icon::Close),
        S::Cancelled | S::Expired => ("flag", Icon::Close),
        S::AwaitingPayment | S::Submitted => ("flag flag--wait", Icon::Clock),
        S::Accepted | S::Preparing | S::Ready => ("flag flag--blue", Icon::Fire),
    };
    view! { <span class=class>{icon.small()}{words}</span> }
}

fn payments(shown: &ShopOrder, reading: Reading, redress: Redress) -> AnyView {
    let (all, order) = (&shown.payments, shown.order.id);
    let Reading { t, facility, .. } = reading;
    if all.is_empty() {
        return view! { <span class="quiet">{t.say(Key::ListNoPayment)}</span> }.into_any();
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
            view! {
                <button type="button" class="btn btn--line btn--compact" data-testid="give-back"
                    on:click=move |_| redress.ask(facility, Matter::Order(order, left))>{t.say(Key::RedressRefund)}</button>
            }
        });
        view! {
            <li data-testid=format!("payment-{}", payment.id) data-state=payment.state.name()>
                <span class=class>{icon.small()}{t.payment(payment.state)}</span>" "
                {t.say(Key::provider(payment.provider))}" "<b class="nw">{yen(payment.amount, t.lang())}</b>" "{refunded}{back}
                <small>{moment(payment.created_at)}" "<code aria-label=t.say(Key::ListPaymentId)>{payment.id.to_string()}</code></small>
            </li>
        }
    };
    view! { <ul class="list__pays">{all.iter().map(one).collect_view()}</ul> }.into_any()
}
