//! Facts: what happened, to what, by whom, appended in the transaction that made it happen. Boards and order pages are
//! woken after the commit (`stream`), webhooks are told by the timer (`outbox`, `deliver`). Facts are never deleted.

pub mod deliver;
pub mod outbox;
pub mod outside;
pub mod stream;

use crate::error::Error;
use crate::store::tenant::Tenant;
use crate::store::{self, Tx};
use okini_shared::id::{AccountId, EventId};
use okini_shared::time::Millis;
use serde::Serialize;
use std::fmt;

/// Who made it happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Actor {
    Diner,
    Staff(AccountId),
    /// The server itself: timers, reconciliation, answers of providers.
    System,
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Diner => f.write_str("diner"),
            Self::Staff(account) => write!(f, "{account}"),
            Self::System => f.write_str("system"),
        }
    }
}

/// A fact to be recorded.
#[derive(Debug)]
pub struct Event<'a, P: Serialize> {
    /// `order.accepted`, `payment.succeeded`, `item.edited`, ...
    pub kind: &'a str,
    /// Whose fact it is.
    pub of: Tenant,
    /// The id of what it happened to.
    pub subject: String,
    pub actor: Actor,
    /// What else is worth knowing; no personal data.
    pub payload: P,
}

/// Appends a fact to the open transaction.
pub async fn record<P: Serialize>(tx: &mut Tx<'_>, id: EventId, now: Millis, event: Event<'_, P>) -> Result<(), Error> {
    let row = store::event::NewEvent {
        id,
        kind: event.kind,
        of: event.of,
        subject: event.subject,
        actor: event.actor.to_string(),
        payload: serde_json::to_string(&event.payload)?,
        created_at: now,
    };
    store::event::insert(tx.conn(), &row).await?;
    Ok(())
}
