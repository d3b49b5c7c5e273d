//! The same request again gets the same answer: key, effect and answer commit together.

use crate::auth::digest;
use crate::error::Error;
use crate::store::{self, Conn, Tx};
use okini_shared::problem::Code;
use okini_shared::time::Millis;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// A request's key: whose, which, and what was asked.
#[derive(Debug, Clone)]
pub struct Key {
    /// Keys belong to one device, one account or one order page.
    pub owner: String,
    pub key: String,
    /// SHA-256 of the request in canonical form: spelling and order of members do not matter.
    fingerprint: String,
}

impl Key {
    /// For a request that was read into its type: writing it out again is its canonical form.
    pub fn new<R: Serialize>(owner: String, key: String, request: &R) -> Result<Self, Error> {
        let fingerprint = digest(&serde_json::to_string(request)?);
        Ok(Self { owner, key, fingerprint })
    }

    /// The saved answer, if the request was answered before.
    pub async fn answer<T: DeserializeOwned>(&self, conn: &mut Conn, now: Millis) -> Result<Option<T>, Error> {
        match store::idempotency::find(conn, &self.owner, &self.key, now).await? {
            None => Ok(None),
            Some(saved) if saved.fingerprint != self.fingerprint => Err(Code::IdempotencyKeyReused.into()),
            Some(saved) if saved.answer.is_empty() => Err(Code::IdempotencyKeyRunning.into()),
            Some(saved) => Ok(Some(serde_json::from_str(&saved.answer)?)),
        }
    }

    /// Takes the key in this transaction for so many milliseconds, or gives the answer that another request with it got.
    pub async fn take<T: DeserializeOwned>(&self, tx: &mut Tx<'_>, now: Millis, kept: i64) -> Result<Option<T>, Error> {
        let owned = (self.owner.as_str(), self.key.as_str());
        if store::idempotency::take(tx.conn(), owned, &self.fingerprint, now, now.plus(kept)).await? {
            return Ok(None);
        }
        match self.answer(tx.conn(), now).await? {
            Some(answer) => Ok(Some(answer)),
            None => Err(Code::IdempotencyKeyRunning.into()),
        }
    }

    /// Saves the answer in the transaction that took the key.
    pub async fn save<T: Serialize>(&self, tx: &mut Tx<'_>, answer: &T) -> Result<(), Error> {
        let answer = serde_json::to_string(answer)?;
        Ok(store::idempotency::answer(tx.conn(), &self.owner, &self.key, &answer).await?)
    }
}
