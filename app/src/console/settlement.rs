//! Settlement, of a shop or of all of a consortium's shops: a period, its sums, each day's, what is in no sum, and the file
//! for spreadsheet programs.
//! Not here: putting single payments right (`redress`).

use std::sync::Arc;

use leptos::prelude::*;
use okini_shared::api::consortium::{ConsortiumSettlementFile, GetConsortiumSettlement};
use okini_shared::api::path;
use okini_shared::api::settlement::{Apart, ApartKind, DaySums, GetSettlement, Settlement, SettlementFile, Sums};
use okini_shared::day::Day;
use okini_shared::text::yen;

use super::redress::Whose;
use super::session::Session;
use super::texts::{Key, Texts};
use crate::browser::{clock, save_file};
use crate::net::{Failure, task};
use crate::ui::{El, Icon, State, el, follow};

/// The first and the last day.
type Period = (Day, Day);

/// The month of today, and the one before.
fn months() -> [Period; 2] {
    let today = Day::of(clock::now());
    let before = today.month().plus(-1);
    [(today.month(), today), (before.month(), before)]
}

/// The period that was asked for, and what came.
#[derive(Debug, Clone, Copy)]
struct Reading {
    t: Texts,
    session: Session,
    whose: Whose,
    period: State<Period>,
    /// Nothing until an answer came.
    found: State<Option<Arc<Settlement>>>,
    failed: State<Option<&'static str>>,
}

impl Reading {
    /// Reads the period that is set. An answer for another one comes too late.
    async fn read(self) {
        let asked = self.period.get_untracked();
        let url = self.url(asked, [path::<GetSettlement>, path::<GetConsortiumSettlement>]);
        let answer = self.session.call_at::<GetSettlement>(url, &()).await;
        if self.period.get_untracked() != asked {
            return;
        }
        match answer {
            Ok(found) => {
                self.failed.set(None);
                self.found.set(Some(Arc::new(found)));
            }
            Err(failure) => self.complain(&failure),
        }
    }

    /// Of the shop's operation or of the consortium's twin of it, for a period.
    fn url(self, (from, to): Period, [shop, office]: [fn(&[&str]) -> String; 2]) -> String {
        let path = match self.whose {
            Whose::Facility(id) => shop(&[&id.to_string()]),
            Whose::Consortium(id) => office(&[&id.to_string()]),
        };
        format!("{path}?from={from}&to={to}")
    }

    /// Has the browser save the file of a period.
    async fn save(self, period: Period) {
        let url = self.url(period, [path::<SettlementFile>, path::<ConsortiumSettlementFile>]);
        match self.session.text::<SettlementFile>(url).await {
            Ok(text) => save_file(&format!("settlement_{}_{}.csv", period.0, period.1), &text),
            Err(failure) => self.complain(&failure),
        }
    }

    fn complain(self, failure: &Failure) {
        self.found.set(None);
        self.failed.set(Some(self.t.failure(failure)));
    }
}

/// The screen.
///
/// `name` is the shop's, where somebody sees those of several.
pub(crate) fn screen(t: Texts, session: Session, whose: Whose, name: Option<String>) -> AnyView {
    let [this_month, _] = months();
    let (found, failed) = (State::new(None), State::new(None));
    let reading = Reading { t, session, whose, period: State::new(this_month), found, failed };
    follow(move || {
        reading.period.get();
        task(reading.read());
    });
    let head = el("div")
        .class("staff__h")
        .kid(el("h1").kid(t.say(Key::SettlementTitle)).kid(name.map(|name| format!(" {name}"))));
    let body = move || match (reading.failed.get(), reading.found.get()) {
        (Some(text), _) => trouble(reading, text),
        (None, None) => el("p").class("quiet").set("role", "status").kid(t.say(Key::ListLoading)),
        (None, Some(found)) => whole(reading, &found),
    };
    el("main")
        .class("staff__main")
        .set("id", "main")
        .kid(head.kid(el("p").kid(t.say(Key::SettlementLead))))
        .kid(periods(reading))
        // Of one kind each time, so that another view takes its place.
        .kid(el("div").live_kid(move || body().into_any()))
        .into_any()
}

fn trouble(reading: Reading, text: &'static str) -> El {
    let again = button("retry").on("click", move |_| task(reading.read())).kid(reading.t.say(Key::Retry));
    el("p").class("notice notice--bad").set("role", "alert").kid(el("span").class("grow").kid(text)).kid(again)
}

fn button(test: &'static str) -> El {
    el("button").set("type", "button").class("btn btn--line").test(test)
}

/// The ways to choose a period.
fn periods(reading: Reading) -> El {
    let t = reading.t;
    let wrong = State::new(false);
    let typed = [State::new(String::new()), State::new(String::new())];
    follow(move || {
        let (from, to) = reading.period.get();
        for (field, day) in typed.iter().zip([from, to]) {
            field.set(day.to_string());
        }
        wrong.set(false);
    });
    let month = move |test: &'static str, words: Key, at: usize| {
        let period = move || months().get(at).copied();
        let pressed = move || if Some(reading.period.get()) == period() { "true" } else { "false" };
        let press = move |_| period().into_iter().for_each(|period| reading.period.set(period));
        button(test).live("aria-pressed", pressed).on("click", press).kid(t.say(words))
    };
    let field = move |id: &'static str, words: Key, value: State<String>| {
        let input = el("input")
            .set("id", id)
            .test(id)
            .set("type", "date")
            .set("aria-describedby", "period-wrong")
            .live("aria-invalid", move || wrong.get().then_some("true"))
            .live(".value", move || value.get())
            .on("input", move |event| value.set(event_target_value(&event)));
        el("div").class("field").kid(el("label").set("for", id).kid(t.say(words))).kid(input)
    };
    let show = move |_| {
        let [from, to] = typed.map(|day| day.get_untracked().parse::<Day>().ok());
        match from.zip(to).filter(|(from, to)| from <= to) {
            Some(period) => reading.period.set(period),
            None => wrong.set(true),
        }
    };
    let [from, to] = typed;
    let fields = el("div")
        .class("fields")
        .kid(field("from", Key::SettlementFrom, from))
        .kid(field("to", Key::SettlementTo, to))
        .kid(
            el("button")
                .set("type", "button")
                .class("btn btn--solid")
                .test("show-period")
                .on("click", show)
                .kid(t.say(Key::SettlementShow)),
        );
    let said = move || wrong.get().then(|| t.say(Key::SettlementWrong));
    let ways = el("div").class("row row--wrap").kid(month("this-month", Key::SettlementThisMonth, 0)).kid(month(
        "last-month",
        Key::SettlementLastMonth,
        1,
    ));
    let wrong = el("p").set("id", "period-wrong").class("field__bad").set("role", "alert").live_kid(said);
    el("div").class("card stack stack--s").kid(ways).kid(fields).kid(wrong)
}

/// `11月23日`, `11/23`.
fn date(t: Texts, day: Day) -> String {
    let date = day.date();
    t.settlement_day(&date.month.to_string(), &date.day.to_string())
}

fn card(head: impl Into<String>) -> El {
    el("section").class("card stack stack--s").kid(el("h2").class("t-18").kid(head.into()))
}

fn whole(reading: Reading, found: &Settlement) -> El {
    let t = reading.t;
    let period = (found.from, found.to);
    let file = button("settlement-file").on("click", move |_| task(reading.save(period)));
    let total = card(format!("{} – {}", date(t, found.from), date(t, found.to)))
        .test("settlement-total")
        .kid(sums(t, &found.total))
        .kid(el("p").class("t-14 quiet").kid(t.say(Key::SettlementFeeNote)))
        .kid(file.kid(Icon::Down.small()).kid(t.say(Key::SettlementFile)));
    let without_rate = (found.total.without_rate > 0).then(|| {
        let text = t.settlement_without_rate(&found.total.without_rate.to_string());
        el("p").class("notice notice--wait").set("role", "status").kid(text)
    });
    let several = found.providers.len() > 1;
    let each = found.providers.iter().filter(|_| several);
    let each: Vec<El> = each.map(|of| card(t.say(Key::provider(of.provider))).kid(sums(t, &of.sums))).collect();
    let apart = (!found.apart.is_empty()).then(|| {
        let list: Vec<El> = found.apart.iter().map(|one| apart(reading, one)).collect();
        card(t.say(Key::SettlementApart)).kid(el("ul").class("stack stack--s").kid(list))
    });
    el("div").class("stack").kid(total).kid(without_rate).kid(each).kid(apart).kid(days(t, &found.days))
}

fn sums(t: Texts, sums: &Sums) -> El {
    let count = |count: i64| t.settlement_count(&count.to_string());
    let rows = [
        ("sum-paid", Key::SettlementPaid, sums.paid, Some(sums.payments)),
        ("sum-refunded", Key::SettlementRefunded, sums.refunded, Some(sums.refunds)),
        ("sum-fee", Key::SettlementFee, sums.fee, None),
        ("sum-net", Key::SettlementNet, sums.net, None),
    ];
    let orders = el("dd").test("sum-orders").kid(count(sums.orders));
    let mut list = el("dl").class("kv").kid(el("dt").kid(t.say(Key::SettlementOrders))).kid(orders);
    for (test, words, amount, how_many) in rows {
        let class = if test == "sum-net" { "kv__total" } else { "" };
        let amount = el("span").class("nw").kid(yen(amount, t.lang()));
        let small = how_many.map(|many| el("small").kid(count(many)));
        list = list
            .kid(el("dt").class(class).kid(t.say(words)))
            .kid(el("dd").class(class).test(test).kid(amount).kid(small));
    }
    list
}

/// What is in no sum, so that nobody looks for it in vain.
fn apart(reading: Reading, one: &Apart) -> El {
    let t = reading.t;
    let words = t.say(match one.kind {
        ApartKind::Stranded => Key::SettlementStranded,
        ApartKind::Unknown => Key::SettlementUnknown,
        ApartKind::Closed => Key::SettlementClosed,
        ApartKind::ByHand => Key::SettlementByHand,
    });
    let number = one.number.as_deref().unwrap_or_default();
    let amount = yen(one.amount, t.lang());
    let currency = one.currency.as_deref().unwrap_or_default();
    let received = one.received.map(|sum| t.settlement_received(&format!("{sum} {currency}")));
    let name = matches!(reading.whose, Whose::Consortium(_)).then_some(one.facility_name.as_str());
    let text = format!("{} {number} {} {words} {amount} ", name.unwrap_or_default(), date(t, Day::of(one.at)));
    el("li").set("data-kind", one.kind.name()).test(format!("apart-{}", one.payment)).kid(text).kid(received)
}

fn days(t: Texts, days: &[DaySums]) -> El {
    if days.is_empty() {
        let empty = el("div").class("card empty").test("settlement-empty");
        let text = empty.kid(el("h2").kid(t.say(Key::SettlementEmpty)));
        return text.kid(el("p").kid(t.say(Key::SettlementEmptyHint)));
    }
    let columns =
        [Key::SettlementOrders, Key::SettlementPaid, Key::SettlementRefunded, Key::SettlementFee, Key::SettlementNet];
    let mut head = el("tr").kid(el("th").set("scope", "col").kid(t.say(Key::SettlementDate)));
    for words in columns {
        head = head.kid(el("th").set("scope", "col").class("list__yen").kid(t.say(words)));
    }
    let row = |of: &DaySums| {
        let company = el("small").kid(t.say(Key::provider(of.provider)));
        let first = el("td").kid(el("span").class("list__no").kid(date(t, of.day))).kid(company);
        let mut row = el("tr").test(format!("day-{}", of.day)).kid(first);
        let Sums { orders, paid, refunded, fee, net, .. } = of.sums;
        let amounts = [paid, refunded, fee, net].map(|amount| yen(amount, t.lang()));
        for (words, text) in columns.into_iter().zip([orders.to_string()].into_iter().chain(amounts)) {
            let label = el("span").class("list__label").kid(t.say(words));
            row = row.kid(el("td").class("list__yen").kid(label).kid(text));
        }
        row
    };
    el("table")
        .class("list")
        .test("settlement-days")
        .kid(el("caption").class("sr").kid(t.say(Key::SettlementDays)))
        .kid(el("thead").kid(head))
        .kid(el("tbody").kid(days.iter().map(row).collect::<Vec<_>>()))
}
