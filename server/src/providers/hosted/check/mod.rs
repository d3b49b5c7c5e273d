//! Whether a company's sandbox keeps to docs/hosted-provider.md: the report, and how it is asked. What is asked, and what
//! the answers must be, is in `unpaid` and `paid`; where notifications come in is the caller's.

mod asking;
mod paid;
mod unpaid;

pub use self::paid::Notified;

use self::asking::Company;
use super::super::http::Http;
use crate::clock::{Clock, Ids};
use std::time::Duration;
use tokio::sync::mpsc::UnboundedReceiver;

/// The sandbox to ask.
pub struct Sandbox {
    /// Where its API begins, before `/v1`.
    pub base_url: String,
    pub api_key: String,
    /// A URL that pays a session when it is posted to, with `{reference}` or `{id}` in it. Without one a person would have
    /// to pay, and what needs a paid session is left out.
    pub pay_url: Option<String>,
    pub notifications: Option<Notifications>,
}

/// Where the company's notifications arrive.
pub struct Notifications {
    pub webhook_secret: String,
    pub inbox: UnboundedReceiver<Notified>,
    pub patience: Duration,
}

/// One thing that was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    pub name: &'static str,
    pub verdict: Verdict,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    Good,
    Wrong(Fault),
    /// Not asked, and why.
    Skipped(&'static str),
}

/// An answer that is not as documented.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    pub seen: String,
    pub advice: &'static str,
}

impl Fault {
    fn new(seen: impl Into<String>, advice: &'static str) -> Self {
        Self { seen: seen.into(), advice }
    }
}

/// What a question brought.
type Asked<T> = Result<T, Fault>;

#[derive(Default)]
struct Report(Vec<Line>);

impl Report {
    /// Writes down how it went, and gives what was learnt.
    fn add<T>(&mut self, name: &'static str, asked: Asked<T>) -> Option<T> {
        let (verdict, learnt) = match asked {
            Ok(learnt) => (Verdict::Good, Some(learnt)),
            Err(fault) => (Verdict::Wrong(fault), None),
        };
        self.0.push(Line { name, verdict });
        learnt
    }

    fn skip(&mut self, name: &'static str, why: &'static str) {
        self.0.push(Line { name, verdict: Verdict::Skipped(why) });
    }
}

/// Asks everything that can be asked.
pub async fn check(sandbox: Sandbox, http: Http, clock: Clock) -> Vec<Line> {
    let Sandbox { base_url, api_key, pay_url, notifications } = sandbox;
    let company = Company { base_url, api_key, http, ids: Ids::system(clock.clone()), clock };
    let mut report = Report::default();
    unpaid::check(&company, &mut report).await;
    match pay_url {
        Some(pay_url) => paid::check(&company, &pay_url, notifications, &mut report).await,
        None => report.skip(
            "paying, refunds, notifications",
            "needs a session that is paid without a person: name a URL that pays one by --pay-url",
        ),
    }
    report.0
}
