//! What a test or a demo can make go wrong, and how a spoilt answer leaves. What each company answers is not said here.

use crate::desk::{Company, Desk};
use actix_web::body::{MessageBody, to_bytes};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::http::header::CONTENT_TYPE;
use actix_web::middleware::Next;
use actix_web::web::{Bytes, Data};
use actix_web::{Error, HttpResponse, rt};
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
    /// It is done, and the answer is an empty 500, as a gateway gives it.
    ErrorAfter,
    /// Nothing is done, and the connection breaks.
    Cut,
    /// It is done, and the connection breaks before the answer is through.
    Lost,
    /// It is done, and the answer comes `hang_ms` later.
    Hang,
    /// It is done `hang_ms` later, whether anybody still waits for the answer or not.
    Late,
    /// It is done, and the answer comes byte by byte, for `hang_ms` in all.
    Drip,
    /// It is done, and the answer says it is whole, but is the first half.
    Truncated,
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
    /// The answer denies that there is such a payment.
    Missing,
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
    /// `webhook_repeat` times, spread over `hang_ms`, so that old news comes after new.
    Scatter,
}

/// All switches, for all companies.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Faults {
    pub(crate) webhooks: Webhooks,
    pub(crate) webhook_repeat: u32,
    pub(crate) create: Fault,
    pub(crate) query: Fault,
    /// Withdrawing a page.
    pub(crate) cancel: Fault,
    pub(crate) refund: Fault,
    /// Milliseconds.
    pub(crate) hang_ms: u64,
    /// Whether the contract allows more than one refund of a payment.
    pub(crate) multiple_refunds: bool,
    /// Companies whose API cannot be reached; payers' pages can.
    pub(crate) down: Vec<Company>,
}

impl Default for Faults {
    fn default() -> Self {
        Self {
            webhooks: Webhooks::default(),
            webhook_repeat: 3,
            create: Fault::Ok,
            query: Fault::Ok,
            cancel: Fault::Ok,
            refund: Fault::Ok,
            hang_ms: 60_000,
            multiple_refunds: false,
            down: Vec::new(),
        }
    }
}

const CREATE: &[Fault] = &[
    Fault::Ok,
    Fault::Error,
    Fault::ErrorAfter,
    Fault::Cut,
    Fault::Lost,
    Fault::Hang,
    Fault::Late,
    Fault::Drip,
    Fault::Truncated,
    Fault::Maintenance,
    Fault::RateLimit,
];
const QUERY: &[Fault] = &[
    Fault::Ok,
    Fault::Error,
    Fault::Cut,
    Fault::Hang,
    Fault::Drip,
    Fault::Truncated,
    Fault::WrongAmount,
    Fault::WrongCurrency,
    Fault::UnknownState,
    Fault::Missing,
    Fault::Maintenance,
    Fault::RateLimit,
];
const CANCEL: &[Fault] = &[Fault::Ok, Fault::Error, Fault::ErrorAfter, Fault::Lost, Fault::Hang];
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
        for (name, fault, possible) in [
            ("create", faults.create, CREATE),
            ("query", faults.query, QUERY),
            ("cancel", faults.cancel, CANCEL),
            ("refund", faults.refund, REFUND),
        ] {
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

    /// After how long a notification is sent, each time that it is.
    pub(crate) fn notifications(&self) -> impl Iterator<Item = Duration> + use<> {
        let (times, apart) = match self.webhooks {
            Webhooks::Deliver => (1, Duration::ZERO),
            Webhooks::Lose => (0, Duration::ZERO),
            Webhooks::Double => (2, Duration::ZERO),
            Webhooks::Late => (1, self.pause()),
            Webhooks::Repeat => (self.webhook_repeat, Duration::ZERO),
            Webhooks::Scatter => (self.webhook_repeat, self.pause() / self.webhook_repeat.max(1)),
        };
        (1..=times).map(move |time| apart * time)
    }

    /// Does something when the switch of its call says: mostly at once.
    pub(crate) async fn when<T: 'static>(&self, fault: Fault, act: impl FnOnce() -> T + 'static) -> T {
        if fault != Fault::Late {
            return act();
        }
        let pause = self.pause();
        // A task of its own goes on when the caller has hung up.
        let late = rt::spawn(async move {
            tokio::time::sleep(pause).await;
            act()
        });
        match late.await {
            Ok(done) => done,
            Err(_) => std::future::pending().await,
        }
    }

    /// Sends an answer the way the switch of its call says.
    pub(crate) async fn send(&self, fault: Fault, answer: HttpResponse) -> HttpResponse {
        match fault {
            Fault::Hang => {
                tokio::time::sleep(self.pause()).await;
                answer
            }
            Fault::Cut | Fault::Lost => broken(),
            Fault::ErrorAfter => HttpResponse::InternalServerError().finish(),
            Fault::Truncated => {
                let (status, bytes) = whole(answer).await;
                HttpResponse::build(status)
                    .insert_header((CONTENT_TYPE, "application/json"))
                    .body(bytes.slice(..bytes.len() / 2))
            }
            Fault::Drip => {
                let (status, bytes) = whole(answer).await;
                let apart = self.pause() / u32::try_from(bytes.len()).unwrap_or(u32::MAX).max(1);
                HttpResponse::build(status)
                    .insert_header((CONTENT_TYPE, "application/json"))
                    .streaming(drip(bytes, apart))
            }
            _ => answer,
        }
    }
}

/// All of an answer.
async fn whole(answer: HttpResponse) -> (StatusCode, Bytes) {
    let status = answer.status();
    (status, to_bytes(answer.into_body()).await.unwrap_or_default())
}

/// One byte after the other.
fn drip(bytes: Bytes, apart: Duration) -> impl stream::Stream<Item = Result<Bytes, std::io::Error>> {
    stream::unfold(bytes, move |mut rest| async move {
        if rest.is_empty() {
            return None;
        }
        tokio::time::sleep(apart).await;
        Some((Ok(rest.split_to(1)), rest))
    })
}

/// Breaks the connection of calls to a company that is down.
pub(crate) async fn only_while_up(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let down = request.app_data::<Data<Desk>>().map(|desk| desk.faults().down).unwrap_or_default();
    if down.iter().any(|company| request.path().starts_with(company.api())) {
        return Ok(request.into_response(broken()).map_into_right_body());
    }
    Ok(next.call(request).await?.map_into_left_body())
}

/// An answer that ends in the middle, with its connection.
fn broken() -> HttpResponse {
    let cut = std::io::Error::new(std::io::ErrorKind::ConnectionReset, "lost on purpose");
    HttpResponse::Ok().streaming(stream::iter([Ok(Bytes::from_static(b"{")), Err(cut)]))
}
