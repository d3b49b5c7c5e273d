//! What a key makes of a repeated request: the former answer. Nothing is kept of what was refused. Which header holds the
//! key is each company's.

use crate::desk::{Company, Desk};
use crate::ledger::Ledger;
use actix_web::HttpRequest;
use actix_web::web::Bytes;
use serde_json::Value;
use std::collections::HashMap;

/// Answers by key.
#[derive(Debug, Default)]
pub(crate) struct Answers(HashMap<String, (String, Bytes, Value)>);

/// A request that may be repeated.
pub(crate) struct Asked<'r> {
    /// Empty where there is none.
    key: &'r str,
    path: &'r str,
    body: &'r Bytes,
}

impl<'r> Asked<'r> {
    /// The key is in that header.
    pub(crate) fn new(request: &'r HttpRequest, header: &str, body: &'r Bytes) -> Self {
        let key = request.headers().get(header).and_then(|key| key.to_str().ok()).unwrap_or_default();
        Self { key, path: request.path(), body }
    }
}

/// Does what was asked once for each key; `act` holds the ledger from the first look to the last. The key of another request
/// is refused with `other`.
pub(crate) fn once<E>(
    desk: &Desk,
    company: Company,
    asked: &Asked<'_>,
    other: E,
    act: impl FnOnce(&mut Ledger) -> Result<Value, E>,
) -> Result<Value, E> {
    let mut books = desk.books();
    let ledger = books.of(company);
    if asked.key.is_empty() {
        return act(ledger);
    }
    if let Some((path, body, answer)) = ledger.answers.0.get(asked.key) {
        return if path == asked.path && body == asked.body { Ok(answer.clone()) } else { Err(other) };
    }
    let answer = act(ledger)?;
    let kept = (asked.path.to_owned(), asked.body.clone(), answer.clone());
    ledger.answers.0.insert(asked.key.to_owned(), kept);
    Ok(answer)
}
