//! The rules that need more than SQL: rows that can be read, orders whose facts lead to their state, taxes that are the
//! lines', answers about things that exist.

use super::{NAMED, Report};
use crate::store::order::Order;
use crate::store::rule::{self, Rule};
use crate::store::walk::{self as rows, Answer, Read};
use crate::store::{Conn, order::Line};
use okini_shared::api::session::Role;
use okini_shared::id::{OrderId, PaymentId, RefundId};
use okini_shared::money::Yen;
use okini_shared::rules::facility::canonical_code;
use okini_shared::rules::order::{OrderState, OrderStep};
use okini_shared::rules::payment::ProviderName;
use okini_shared::rules::tax::{Rate, Rounding, TaxSum, sums};
use serde_json::Value;
use std::collections::{HashMap, HashSet};

const UNREADABLE: Rule = Rule {
    name: "readable",
    wrong: "something is stored that the server cannot read",
    advice: "Requests about it fail: restore the row from a backup, or report it with the ids.",
};
const WORD: Rule = Rule {
    name: "word",
    wrong: "a column holds a word that means nothing to the server",
    advice: "Find out who wrote it: the server has no such state or kind.",
};
const HISTORY: Rule = Rule {
    name: "order-facts",
    wrong: "an order is not in the state that its recorded facts lead to",
    advice: "Nothing in the server writes this: find out who changed the database, and report it with the ids.",
};
const TAXES: Rule = Rule {
    name: "taxes",
    wrong: "the tax of an order is not that of its lines, coupons taken off",
    advice: "Receipts of these orders are wrong: report it with the ids.",
};
const CODE: Rule = Rule {
    name: "code-spelling",
    wrong: "a QR code is stored that nobody can scan",
    advice: "Give the facility or seat a new code.",
};
const PLACES: Rule = Rule {
    name: "campaign-places",
    wrong: "a campaign gave more or fewer coupons than its places tell",
    advice: "Pause it, compare its coupons with its limit, and report it with the ids.",
};
const ANSWER: Rule = Rule {
    name: "answer-subject",
    wrong: "the saved answer of a request is about an order or payment that is not there",
    advice: "Who retries the request is told of nothing: report it with the ids.",
};
const PAPER: Rule = Rule {
    name: "receipt-paper",
    wrong: "what stands on a receipt cannot be read, or is not what its row says",
    advice: "Nothing in the server changes a receipt: find out who changed the database, and restore the row from a backup.",
};

pub(super) const RULES: [Rule; 8] = [UNREADABLE, WORD, HISTORY, TAXES, CODE, PLACES, ANSWER, PAPER];

/// The first ids that were found.
#[derive(Default)]
struct Found(Vec<String>);

impl Found {
    fn add(&mut self, id: String) {
        if self.0.len() <= NAMED {
            self.0.push(id);
        }
    }

    fn unreadable<T>(&mut self, (id, read): &Read<T>) {
        if let Err(error) = read {
            self.add(format!("{id}: {error}"));
        }
    }
}

/// Walks through everything.
pub(super) async fn through(conn: &mut Conn, report: &mut Report) -> Result<(), sqlx::Error> {
    let (mut unreadable, mut history, mut taxes) = (Found::default(), Found::default(), Found::default());
    let mut after = String::new();
    loop {
        let page = rows::orders(conn, &after).await?;
        let Some((last, _)) = page.orders.last() else { break };
        after.clone_from(last);
        page.lines.iter().for_each(|line| unreadable.unreadable(line));
        page.orders.iter().for_each(|order| unreadable.unreadable(order));
        let lines = by_order(&page.lines);
        let mut facts: HashMap<&str, Vec<Fact<'_>>> = HashMap::new();
        for (subject, kind, payload) in &page.facts {
            facts.entry(subject).or_default().push((kind, payload));
        }
        for (id, order) in page.orders.iter().filter_map(|(id, order)| Some((id, order.as_ref().ok()?))) {
            if state_by_facts(facts.get_mut(id.as_str()).map_or(&mut [], Vec::as_mut_slice)) != Some(order.state) {
                history.add(id.clone());
            }
            if !taxes_fit(order, lines.get(id.as_str()).map_or(&[], Vec::as_slice)) {
                taxes.add(id.clone());
            }
        }
    }
    rows::unreadable_money(conn).await?.iter().for_each(|row| unreadable.unreadable(row));
    rows::facilities(conn).await?.iter().for_each(|row| unreadable.unreadable(row));
    report.add(UNREADABLE, unreadable.0);
    report.add(WORD, words(conn).await?);
    report.add(HISTORY, history.0);
    report.add(TAXES, taxes.0);
    let codes = rows::codes(conn).await?;
    let odd = codes.into_iter().filter(|code| canonical_code(code).as_ref() != Some(code));
    report.add(CODE, odd.take(NAMED + 1).collect());
    report.add(PLACES, places(conn).await?);
    report.add(ANSWER, answers(conn).await?);
    report.add(PAPER, papers(conn).await?);
    Ok(())
}

fn by_order(lines: &[Read<Line>]) -> HashMap<&str, Vec<&Line>> {
    let mut all: HashMap<&str, Vec<&Line>> = HashMap::new();
    for (order, line) in lines {
        if let Ok(line) = line {
            all.entry(order).or_default().push(line);
        }
    }
    all
}

/// Kind and payload.
type Fact<'a> = (&'a String, &'a String);

/// Where the facts about an order lead, taken in the order of its versions: clocks of several servers may differ.
fn state_by_facts(facts: &mut [Fact<'_>]) -> Option<OrderState> {
    let version = |payload: &str| serde_json::from_str::<Value>(payload).ok()?.get("version")?.as_i64();
    facts.sort_by_key(|(_, payload)| version(payload).unwrap_or_default());
    let mut state = None;
    for (kind, _) in facts {
        state = match (state, kind.strip_prefix("order.")?) {
            (None, "placed") => Some(OrderState::AwaitingPayment),
            (Some(state), "promised") => Some(state),
            (Some(state), next) => Some(reached(state, next)?),
            (None, _) => return None,
        };
    }
    state
}

/// The state of that name, if a single step leads there.
fn reached(state: OrderState, name: &str) -> Option<OrderState> {
    let next = OrderState::from_name(name)?;
    OrderStep::ALL.iter().any(|step| state.after(*step) == Some(next)).then_some(next)
}

/// The stored taxes are those of the lines, whichever way the shop rounded.
fn taxes_fit(order: &Order, lines: &[&Line]) -> bool {
    let left = |line: &&Line| Some((line.rate, line.amount.checked_sub(line.discount)?));
    let Some(amounts) = lines.iter().map(left).collect::<Option<Vec<(Rate, Yen)>>>() else { return false };
    let same = |sums: Vec<TaxSum>| sums == order.taxes;
    Rounding::ALL.iter().any(|rounding| sums(&amounts, *rounding).is_some_and(same))
}

async fn words(conn: &mut Conn) -> Result<Vec<String>, sqlx::Error> {
    type Known = fn(&str) -> bool;
    let columns: [(&'static str, &'static str, Known); 6] = [
        ("bill", "state", |word| ["open", "paid", "void"].contains(&word)),
        ("account", "role", |word| Role::from_name(word).is_some()),
        ("fee_rate", "provider", |word| ProviderName::from_name(word).is_some()),
        ("notification", "provider", |word| ProviderName::from_name(word).is_some()),
        ("refund", "reason", |word| {
            ["surplus", "stranded", "staff"].contains(&word)
                || OrderState::from_name(word).is_some_and(OrderState::gives_money_back)
        }),
        ("event", "actor", |word| ["diner", "system"].contains(&word) || word.starts_with("acc_")),
    ];
    let mut found = Vec::new();
    for (table, column, known) in columns {
        found.extend(rule::unknown_words(conn, (table, column), known).await?);
    }
    Ok(found)
}

async fn papers(conn: &mut Conn) -> Result<Vec<String>, sqlx::Error> {
    let mut found = Found::default();
    let mut after = (String::new(), 0);
    loop {
        let page = rows::papers(conn, &after).await?;
        let Some(last) = page.last() else { break };
        after = (last.facility.clone(), last.number);
        for paper in page {
            let fits = paper.read.is_ok_and(|issued| {
                let sums = Yen::checked_sum(issued.receipt.taxes.iter().map(|sum| sum.total));
                issued.receipt.number == paper.number
                    && [Some(issued.receipt.total), sums] == [Some(Yen::new(paper.total)); 2]
            });
            if !fits {
                found.add(format!("{} No. {}", paper.facility, paper.number));
            }
        }
    }
    Ok(found.0)
}

/// Campaigns whose coupons and free places are not what was promised.
async fn places(conn: &mut Conn) -> Result<Vec<String>, sqlx::Error> {
    let mut found = Found::default();
    for (id, campaign) in rows::campaigns(conn).await? {
        let (campaign, given, left) = match campaign {
            Ok(read) => read,
            Err(error) => {
                found.add(format!("{id}: {error}"));
                continue;
            }
        };
        let limit = campaign.terms.limits.total.filter(|_| campaign.published_at.is_some());
        if limit.is_some_and(|limit| given.checked_add(left.unwrap_or_default()) != Some(limit)) {
            found.add(id);
        }
    }
    Ok(found.0)
}

/// Answers are orders, ids of payments and refunds, or campaigns whose coupons were got.
async fn answers(conn: &mut Conn) -> Result<Vec<String>, sqlx::Error> {
    let mut found = Found::default();
    let mut after = (String::new(), String::new());
    loop {
        let page = rows::answers(conn, &after).await?;
        let Some(last) = page.last() else { break };
        after = (last.owner.clone(), last.key.clone());
        let (mut orders, mut payments, mut refunds, mut campaigns) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        // An empty one has a rule of its own.
        for answer in page.iter().filter(|answer| !answer.answer.is_empty()) {
            match subject(answer) {
                Some(Subject::Order(id)) => orders.push((answer, id)),
                Some(Subject::Payment(id)) => payments.push((answer, id)),
                Some(Subject::Refund(id)) => refunds.push((answer, id)),
                Some(Subject::Campaign(id)) => campaigns.push((answer, id)),
                None => found.add(format!("{} {}", answer.owner, answer.key)),
            }
        }
        for (table, subjects) in
            [("orders", orders), ("payment", payments), ("refund", refunds), ("campaign", campaigns)]
        {
            let ids: Vec<&str> = subjects.iter().map(|(_, id)| id.as_str()).collect();
            let there: HashSet<String> = rows::existing(conn, table, &ids).await?.into_iter().collect();
            for (answer, id) in subjects.iter().filter(|(_, id)| !there.contains(id.as_str())) {
                found.add(format!("{} {}: {id}", answer.owner, answer.key));
            }
        }
    }
    Ok(found.0)
}

enum Subject {
    Order(String),
    Payment(String),
    Refund(String),
    Campaign(String),
}

fn subject(answer: &Answer) -> Option<Subject> {
    let value: Value = serde_json::from_str(&answer.answer).ok()?;
    if let Some(id) = value.as_str() {
        let refund = || id.parse::<RefundId>().ok().map(|id| Subject::Refund(id.to_string()));
        return id.parse::<PaymentId>().ok().map(|id| Subject::Payment(id.to_string())).or_else(refund);
    }
    // A coupon that was got.
    if let Some(campaign) = value.get("campaigns") {
        return campaign.get(0)?.as_str().map(|id| Subject::Campaign(id.to_owned()));
    }
    let id = value.get("id")?.as_str()?;
    id.parse::<OrderId>().ok().map(|id| Subject::Order(id.to_string()))
}
