//! The word at the till (`okini_shared::rules::proof`), chosen by this server's keys.

use crate::error::Error;
use crate::state::App;
use crate::store;
use okini_shared::api::proof::Proof;
use okini_shared::id::FacilityId;
use okini_shared::problem::Code;
use okini_shared::rules::proof;
use okini_shared::time::{HOUR, Millis};

/// How long after paying a phone is shown the word: who has eaten does not need it to pretend that somebody else has paid.
const SHOWN: i64 = 2 * HOUR;

/// What a shop's screens show now.
pub fn of_shop(app: &App, facility: FacilityId) -> Proof {
    let (window, until) = proof::window(app.clock.now());
    let (word, latin, shape) = proof::word(window, app.keys.chance(&facility.to_string(), window));
    Proof { word: word.to_owned(), latin: latin.to_owned(), shape, until }
}

/// The same for the phone that placed an order there and paid it.
pub async fn of_order(app: &App, token: &str, device: &str) -> Result<Proof, Error> {
    let order = store::order::by_token(&mut *app.db.read().await?, token).await?;
    let now = app.clock.now();
    let is_new = |paid_at: Option<Millis>| paid_at.is_some_and(|paid_at| now.since(paid_at) < SHOWN);
    let order =
        order.filter(|order| order.device == device && is_new(order.submitted_at) && !order.state.gives_money_back());
    Ok(of_shop(app, order.ok_or(Code::NotFound)?.facility))
}
