//! Settlement for the owner: a period, its sums, each day's, what is in no sum, and the file for spreadsheet programs.
//! Not here: putting single payments right (`redress`).

use leptos::prelude::*;
use okini_shared::api::settlement::{Apart, ApartKind, DaySums, GetSettlement, Settlement, SettlementFile, Sums};
use okini_shared::day::Day;
use okini_shared::id::FacilityId;
use okini_shared::text::yen;

use super::session::Session;
use super::texts::{Key, Texts};
use crate::browser::{clock, save_file};
use crate::net::task;
use crate::ui::Icon;

/// The first and the last day.
type Period = (Day, Day);

/// The month of today, and the one before.
fn months() -> [Period; 2] {
    let today = Day::of(clock::now());
    let before = today.month().plus(-1);
    [(today.month(), today), (before.month(), before)]
}

/// `from=2026-11-01&to=2026-11-30`.
fn query((from, to): Period) -> String {
    format!("from={from}&to={to}")
}

/// The period that was asked for, and what came.
#[derive(Debug, Clone, Copy)]
struct Reading {
    t: Texts,
    session: Session,
    facility: FacilityId,
    period: RwSignal<Period>,
    found: RwSignal<Option<Settlement>>,
    busy: RwSignal<bool>,
    failed: RwSignal<Option<&'static str>>,
}

impl Reading {
    /// Reads the period that is set. An answer for another one comes too late.
    fn read(self) {
        let asked = self.period.get_untracked();
        self.busy.set(true);
        self.failed.set(None);
        task(async move {
            let path = self.facility.to_string();
            let answer = self.session.call::<GetSettlement>(&[&path], &(), &query(asked)).await;
            if self.period.get_untracked() != asked {
                return;
            }
            self.busy.set(false);
            match answer {
                Ok(found) => self.found.set(Some(found)),
                Err(failure) => {
                    self.found.set(None);
                    self.failed.set(Some(self.t.failure(&failure)));
                }
            }
        });
    }

    fn save(self, (from, to): Period) {
        task(async move {
            let path = self.facility.to_string();
            match self.session.text::<SettlementFile>(&[&path], &query((from, to))).await {
                Ok(text) => save_file(&format!("settlement_{from}_{to}.csv"), &text),
                Err(failure) => self.failed.set(Some(self.t.failure(&failure))),
            }
        });
    }
}

/// The screen.
#[component]
pub(crate) fn SettlementScreen(texts: Texts, session: Session, facility: FacilityId) -> impl IntoView {
    let t = texts;
    let [this_month, _] = months();
    let reading = Reading {
        t,
        session,
        facility,
        period: RwSignal::new(this_month),
        found: RwSignal::new(None),
        busy: RwSignal::new(false),
        failed: RwSignal::new(None),
    };
    Effect::new(move || {
        reading.period.track();
        reading.read();
    });
    let failed = move || {
        reading.failed.get().map(|text| {
            view! {
                <p class="notice notice--bad" role="alert"><span class="grow">{text}</span>
                    <button type="button" class="btn btn--line btn--compact" on:click=move |_| reading.read()>{t.say(Key::Retry)}</button></p>
            }
        })
    };
    let waits = move || {
        (reading.busy.get() && reading.found.with(Option::is_none))
            .then(|| view! { <p role="status" class="quiet">{t.say(Key::ListLoading)}</p> })
    };
    view! {
        <main class="staff__main" id="main" aria-busy=move || reading.busy.get().then_some("true")>
            <div class="staff__h"><h1>{t.say(Key::SettlementTitle)}</h1><p>{t.say(Key::SettlementLead)}</p></div>
            <Periods reading/>
            {failed}{waits}
            {move || reading.found.get().map(|found| whole(reading, &found))}
        </main>
    }
}

/// The ways to choose a period.
#[component]
fn Periods(reading: Reading) -> impl IntoView {
    let t = reading.t;
    let (from, to) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let wrong = RwSignal::new(false);
    Effect::new(move || {
        let (first, last) = reading.period.get();
        from.set(first.to_string());
        to.set(last.to_string());
        wrong.set(false);
    });
    let month = move |at: usize, words: Key, testid: &'static str| {
        let period = move || months().get(at).copied();
        let here = move || (Some(reading.period.get()) == period()).then_some("true");
        view! {
            <button type="button" class="btn btn--line" aria-pressed=move || here().unwrap_or("false") data-testid=testid
                on:click=move |_| if let Some(period) = period() { reading.period.set(period) }>{t.say(words)}</button>
        }
    };
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let days = (from.get_untracked().parse::<Day>(), to.get_untracked().parse::<Day>());
        match days {
            (Ok(first), Ok(last)) if last >= first => reading.period.set((first, last)),
            _ => wrong.set(true),
        }
    };
    let bad = move || wrong.get().then_some("true");
    view! {
        <form class="card stack stack--s" novalidate on:submit=submit>
            <div class="row row--wrap">
                {month(0, Key::SettlementThisMonth, "this-month")}{month(1, Key::SettlementLastMonth, "last-month")}
            </div>
            <div class="fields">
                <div class="field"><label for="from">{t.say(Key::SettlementFrom)}</label>
                    <input id="from" type="date" required aria-invalid=bad aria-describedby="period-wrong" data-testid="from" bind:value=from/></div>
                <div class="field"><label for="to">{t.say(Key::SettlementTo)}</label>
                    <input id="to" type="date" required aria-invalid=bad aria-describedby="period-wrong" data-testid="to" bind:value=to/></div>
                <button class="btn btn--solid" data-testid="show-period">{t.say(Key::SettlementShow)}</button>
            </div>
            <p id="period-wrong" class="field__bad" role="alert" hidden=move || !wrong.get()>{t.say(Key::SettlementWrong)}</p>
        </form>
    }
}

/// `11月23日`, `11/23`.
fn date(t: Texts, day: Day) -> String {
    let date = day.date();
    t.settlement_day(&date.month.to_string(), &date.day.to_string())
}

fn whole(reading: Reading, found: &Settlement) -> impl IntoView + use<> {
    let t = reading.t;
    let period = (found.from, found.to);
    let span = format!("{} – {}", date(t, found.from), date(t, found.to));
    let several = (found.providers.len() > 1).then(|| {
        let one = |of: &okini_shared::api::settlement::ProviderSums| {
            view! { <section class="card stack stack--s"><h2 class="t-18">{t.say(Key::provider(of.provider))}</h2>{sums(t, &of.sums)}</section> }
        };
        found.providers.iter().map(one).collect_view()
    });
    let without_rate = (found.total.without_rate > 0).then(|| {
        let text = t.settlement_without_rate(&found.total.without_rate.to_string());
        view! { <p class="notice notice--wait" role="status"><span class="grow">{text}</span></p> }
    });
    view! {
        <section class="card stack stack--s" aria-labelledby="total-title" data-testid="settlement-total">
            <h2 id="total-title" class="t-18">{span}</h2>
            {sums(t, &found.total)}
            <p class="t-14 quiet">{t.say(Key::SettlementFeeNote)}</p>
            <button type="button" class="btn btn--line" data-testid="settlement-file" on:click=move |_| reading.save(period)>
                {Icon::Down.small()}{t.say(Key::SettlementFile)}
            </button>
        </section>
        {without_rate}
        {several}
        {apart(t, &found.apart)}
        {days(t, &found.days)}
    }
}

fn sums(t: Texts, sums: &Sums) -> impl IntoView + use<> {
    let money = |amount| yen(amount, t.lang());
    let counted = |amount, count: i64| {
        view! { <span class="nw">{money(amount)}</span><small>{t.settlement_count(&count.to_string())}</small> }
    };
    view! {
        <dl class="kv">
            <dt>{t.say(Key::SettlementOrders)}</dt><dd data-testid="sum-orders">{t.settlement_count(&sums.orders.to_string())}</dd>
            <dt>{t.say(Key::SettlementPaid)}</dt><dd data-testid="sum-paid">{counted(sums.paid, sums.payments)}</dd>
            <dt>{t.say(Key::SettlementRefunded)}</dt><dd data-testid="sum-refunded">{counted(sums.refunded, sums.refunds)}</dd>
            <dt>{t.say(Key::SettlementFee)}</dt><dd class="nw" data-testid="sum-fee">{money(sums.fee)}</dd>
            <dt class="kv__total">{t.say(Key::SettlementNet)}</dt><dd class="kv__total nw" data-testid="sum-net">{money(sums.net)}</dd>
        </dl>
    }
}

/// What is in no sum, so that nobody looks for it in vain.
fn apart(t: Texts, apart: &[Apart]) -> Option<impl IntoView + use<>> {
    let one = |one: &Apart| {
        let words = t.say(match one.kind {
            ApartKind::Stranded => Key::SettlementStranded,
            ApartKind::Unknown => Key::SettlementUnknown,
            ApartKind::Closed => Key::SettlementClosed,
            ApartKind::ByHand => Key::SettlementByHand,
        });
        let received = one.received.map(|sum| {
            let currency = one.currency.as_deref().unwrap_or_default();
            t.settlement_received(&format!("{sum} {currency}"))
        });
        let number = one.number.clone().unwrap_or_default();
        let at = date(t, Day::of(one.at));
        view! {
            <li data-testid=format!("apart-{}", one.payment) data-kind=one.kind.name()>
                <b>{number}</b>" "<span class="nw">{at}</span>" "{words}" "<b class="nw">{yen(one.amount, t.lang())}</b>" "{received}
            </li>
        }
    };
    (!apart.is_empty()).then(|| {
        view! {
            <section class="card stack stack--s" aria-labelledby="apart-title">
                <h2 id="apart-title" class="t-18">{Icon::Info.small()}{t.say(Key::SettlementApart)}</h2>
                <ul class="stack stack--s">{apart.iter().map(one).collect_view()}</ul>
            </section>
        }
    })
}

fn days(t: Texts, days: &[DaySums]) -> AnyView {
    if days.is_empty() {
        return view! { <div class="card empty" data-testid="settlement-empty"><h2>{t.say(Key::SettlementEmpty)}</h2><p>{t.say(Key::SettlementEmptyHint)}</p></div> }
            .into_any();
    }
    let columns = [
        Key::SettlementDate,
        Key::SettlementOrders,
        Key::SettlementPaid,
        Key::SettlementRefunded,
        Key::SettlementFee,
        Key::SettlementNet,
    ];
    let head = move |key: Key| {
        view! { <th scope="col" class:list__yen=key != Key::SettlementDate>{t.say(key)}</th> }
    };
    let cell = move |key: Key, text: String| {
        view! { <td class="list__yen"><span class="list__label">{t.say(key)}</span>{text}</td> }
    };
    let row = |of: &DaySums| {
        let money = |amount| yen(amount, t.lang());
        view! {
            <tr data-testid=format!("day-{}", of.day) data-provider=of.provider.name()>
                <td><span class="list__no">{date(t, of.day)}</span><small>{t.say(Key::provider(of.provider))}</small></td>
                {cell(Key::SettlementOrders, of.sums.orders.to_string())}
                {cell(Key::SettlementPaid, money(of.sums.paid))}
                {cell(Key::SettlementRefunded, money(of.sums.refunded))}
                {cell(Key::SettlementFee, money(of.sums.fee))}
                {cell(Key::SettlementNet, money(of.sums.net))}
            </tr>
        }
    };
    view! {
        <table class="list" data-testid="settlement-days">
            <caption class="sr">{t.say(Key::SettlementDays)}</caption>
            <thead><tr>{columns.map(head)}</tr></thead>
            <tbody>{days.iter().map(row).collect_view()}</tbody>
        </table>
    }
    .into_any()
}
