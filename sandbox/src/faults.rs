//! What a test or a demo can make go wrong, and how a spoilt answer leaves. What each company answers is not said here.

use actix_web::HttpResponse;
use actix_web::web::Bytes;
use futures_util::stream;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::time::Duration;

/// How a kind of call goes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Fault {
    #[default]
    Ok,
    /// Nothing is done and the answer says that something broke.
    Error,
    /// It is done, and the connection breaks before the answer is through.
    Lost,
    /// It is done, and the answer comes `hang_ms` later.
    Hang,
    Maintenance,
    RateLimit,
    /// It is refused for good.
    Reject,
    /// The answer names another amount.
    WrongAmount,
    /// The answer names another currency.
    WrongCurrency,
    /// The answer names a state that nobody documented.
    UnknownState,
}

/// How notifications go.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Webhooks {
    #[default]
    Deliver,
    Lose,
    Double,
    /// `hang_ms` later.
    Late,
    /// `webhook_repeat` times.
    Repeat,
}

/// All switches, for all companies.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Faults {
    pub(crate) webhooks: Webhooks,
    pub(crate) webhook_repeat: u32,
    pub(crate) create: Fault,
    pub(crate) query: Fault,
    pub(crate) refund: Fault,
    /// Milliseconds.
    pub(crate) hang_ms: u64,
    /// Whether the contract allows more than one refund of a payment.
    pub(crate) multiple_refunds: bool,
}

impl Default for Faults {
    fn default() -> Self {
        Self {
            webhooks: Webhooks::default(),
            webhook_repeat: 3,
            create: Fault::Ok,
            query: Fault::Ok,
            refund: Fault::Ok,
            hang_ms: 60_000,
            multiple_refunds: false,
        }
    }
}

const CREATE: &[Fault] = &[Fault::Ok, Fault::Error, Fault::Lost, Fault::Hang, Fault::Maintenance, Fault::RateLimit];
const QUERY: &[Fault] = &[
    Fault::Ok,
    Fault::Error,
    Fault::Hang,
    Fault::WrongAmount,
    Fault::WrongCurrency,
    Fault::UnknownState,
    Fault::Maintenance,
    Fault::RateLimit,
];
const REFUND: &[Fault] = &[Fault::Ok, Fault::Error, Fault::Lost, Fault::Hang, Fault::Reject];

impl Faults {
    /// The switches with those in `changes` turned.
    ///
    /// # Errors
    /// What is wrong with `changes`.
    pub(crate) fn with(&self, changes: Map<String, Value>) -> Result<Self, String> {
        let mut all = serde_json::to_value(self).map_err(|error| error.to_string())?;
        if let Some(all) = all.as_object_mut() {
            all.extend(changes);
        }
        let faults: Self = serde_json::from_value(all).map_err(|error| error.to_string())?;
        for (name, fault, possible) in
            [("create", faults.create, CREATE), ("query", faults.query, QUERY), ("refund", faults.refund, REFUND)]
        {
            if !possible.contains(&fault) {
                let possible = serde_json::to_string(possible).unwrap_or_default();
                return Err(format!("{name} is one of {possible}"));
            }
        }
        Ok(faults)
    }

    fn pause(&self) -> Duration {
        Duration::from_millis(self.hang_ms)
    }

    /// How often a notification is sent, and after how long.
    pub(crate) fn notifications(&self) -> (u32, Duration) {
        match self.webhooks {
            Webhooks::Deliver => (1, Duration::ZERO),
            Webhooks::Lose => (0, Duration::ZERO),
            Webhooks::Double => (2, Duration::ZERO),
            Webhooks::Late => (1, self.pause()),
            Webhooks::Repeat => (self.webhook_repeat, Duration::ZERO),
        }
    }

    /// Sends an answer the way the switch of its call says.
    pub(crate) async fn send(&self, fault: Fault, answer: HttpResponse) -> HttpResponse {
        match fault {
            Fault::Hang => {
                tokio::time::sleep(self.pause()).await;
                answer
            }
            Fault::Lost => broken(),
            _ => answer,
        }
    }
}

/// An answer that ends in the middle, with its connection.
fn broken() -> HttpResponse {
    let cut = std::io::Error::new(std::io::ErrorKind::ConnectionReset, "lost on purpose");
    HttpResponse::Ok().streaming(stream::iter([Ok(Bytes::from_static(b"{")), Err(cut)]))
}
