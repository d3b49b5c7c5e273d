//! The word at the till, which a shop's board and its paid diners see at the same moment. Never a proof by itself (Q33).

use super::endpoints;
use crate::rules::proof::Shape;
use crate::time::Millis;
use serde::{Deserialize, Serialize};

endpoints! {
    /// The word of this half minute at the shop of an order: for the phone that placed it, from being paid until two hours later.
    GetProof = Get "/api/v1/orders/{token}/proof" {
        status: 200, caller: Diner, pace: Read,
        request: (), response: Proof, problems: [NotFound],
    }
    /// The word of this half minute, for the shop's own screens.
    GetShopProof = Get "/api/v1/shops/{facility}/proof" {
        status: 200, caller: Shop, pace: Read,
        request: (), response: Proof, problems: [SignInNeeded, Forbidden, NotFound],
    }
}

/// What is seen on both screens at the same moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Proof {
    /// In hiragana.
    pub word: String,
    /// The word in Latin letters.
    pub latin: String,
    pub shape: Shape,
    /// When the next word begins.
    pub until: Millis,
}
