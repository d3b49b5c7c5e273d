//! What `Idempotency-Key` makes of a repeated request: the former answer. Nothing is kept of what was refused.

use super::problem::{OTHER_REQUEST, Problem};
use actix_web::web::Bytes;
use serde_json::Value;
use std::collections::HashMap;

/// Answers by key.
#[derive(Debug, Default)]
pub(crate) struct Answers(HashMap<String, (String, Bytes, Value)>);

impl Answers {
    /// The former answer to the same request, if there was one. The key of another request is refused.
    pub(super) fn former(&self, key: &str, path: &str, body: &Bytes) -> Result<Option<Value>, Problem> {
        match self.0.get(key) {
            None => Ok(None),
            Some((former, sent, answer)) if former == path && sent == body => Ok(Some(answer.clone())),
            Some(_) => Err(OTHER_REQUEST),
        }
    }

    /// Keeps an answer.
    pub(super) fn keep(&mut self, key: &str, path: &str, body: Bytes, answer: Value) {
        self.0.insert(key.to_owned(), (path.to_owned(), body, answer));
    }
}
