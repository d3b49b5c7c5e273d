//! Putting money right, by the owner of a shop or its consortium's officers: giving paid money back, and what somebody has to look at because the server
//! or a provider could not settle it. Refunds that follow from an order's end need nobody and are not here.

use super::endpoints;
use crate::id::{FacilityId, OrderId, PaymentId, RefundId};
use crate::money::Yen;
use crate::rules::named;
use crate::rules::payment::{PaymentState, ProviderName};
use crate::rules::refund::RefundState;
use crate::time::Millis;
use serde::{Deserialize, Serialize};

endpoints! {
    /// Gives back a part or all of what was paid for an order, to where it was paid from. Together never more than was paid.
    RefundOrder = Post "/api/v1/shops/{facility}/orders/{order}/refunds" {
        status: 201, caller: Shop, pace: Write, keyed: true,
        request: NewRefund, response: ShopRefund,
        problems: [SignInNeeded, Forbidden, NotFound, OrderMovedOn, InvalidValue, IdempotencyKeyNeeded,
            IdempotencyKeyReused, IdempotencyKeyRunning],
    }
    /// The refunds of an order, oldest first.
    ListRefunds = Get "/api/v1/shops/{facility}/orders/{order}/refunds" {
        status: 200, caller: Shop, pace: Read,
        request: (), response: ShopRefunds, problems: [SignInNeeded, Forbidden, NotFound],
    }
    /// What somebody has to look at, oldest first, at most 200 of each kind.
    ListConcerns = Get "/api/v1/shops/{facility}/concerns" {
        status: 200, caller: Shop, pace: Read,
        request: (), response: Concerns, problems: [SignInNeeded, Forbidden, NotFound],
    }
    /// Decides about a stranded payment: gives back what came in, or closes it with the reason why nothing is to be done.
    ResolvePayment = Post "/api/v1/shops/{facility}/payments/{payment}/resolve" {
        status: 200, caller: Shop, pace: Write, keyed: true,
        request: PaymentDecision, response: DecidedPayment,
        problems: [SignInNeeded, Forbidden, NotFound, OrderMovedOn, InvalidValue, IdempotencyKeyNeeded,
            IdempotencyKeyReused, IdempotencyKeyRunning],
    }
    /// Decides about a refused refund: sends another one in its place, or notes that the money was given back by hand.
    ResolveRefund = Post "/api/v1/shops/{facility}/refunds/{refund}/resolve" {
        status: 200, caller: Shop, pace: Write, keyed: true,
        request: RefundDecision, response: ShopRefund,
        problems: [SignInNeeded, Forbidden, NotFound, OrderMovedOn, InvalidValue, IdempotencyKeyNeeded,
            IdempotencyKeyReused, IdempotencyKeyRunning],
    }
}

/// Money to be given back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewRefund {
    /// At least one yen; all that is left when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<Yen>,
    /// Why, 1 to 200 characters; for the shop's books, the diner does not read it.
    pub reason: String,
}

/// A refund, for staff.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ShopRefund {
    /// Also the merchant refund id at the provider.
    pub id: RefundId,
    pub order: OrderId,
    pub payment: PaymentId,
    pub amount: Yen,
    pub state: RefundState,
    /// `staff`, `stranded`, `surplus` (a second payment of one bill), or the order's end: `refused`, `auto_refused`,
    /// `cancelled`, `expired`.
    pub reason: String,
    /// What staff wrote.
    pub note: Option<String>,
    /// The provider's last word that was no plain answer.
    pub remark: Option<String>,
    pub created_at: Millis,
    pub done_at: Option<Millis>,
}

/// The refunds of an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ShopRefunds {
    pub refunds: Vec<ShopRefund>,
}

named! {
    /// Why somebody has to look.
    ConcernKind {
        /// The provider says another amount or currency than was asked for: decide.
        Stranded "stranded",
        /// The provider does not say what became of it: the server goes on asking.
        Unknown "unknown",
        /// The provider does not give the money back: decide.
        RefundRefused "refund_refused",
    }
}

/// A payment or refund that somebody has to look at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Concern {
    pub kind: ConcernKind,
    pub facility: FacilityId,
    /// As the shop writes it.
    pub facility_name: String,
    pub order: OrderId,
    /// What was called out, `A-29`, where the order was paid.
    pub number: Option<String>,
    pub payment: PaymentId,
    /// With `refund_refused`.
    pub refund: Option<RefundId>,
    pub provider: ProviderName,
    /// What was to be paid or given back.
    pub amount: Yen,
    /// What the provider says it took, in `currency`.
    pub received: Option<i64>,
    /// As the provider writes it, `JPY`.
    pub currency: Option<String>,
    /// The provider's last word that was no plain answer.
    pub remark: Option<String>,
    pub since: Millis,
}

/// Everything that somebody has to look at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Concerns {
    pub concerns: Vec<Concern>,
}

named! {
    /// What is done about a stranded payment.
    PaymentWay {
        /// Gives back all that came in; possible when that is yen.
        Refund "refund",
        /// Nothing more is to be done, as the reason says.
        Close "close",
    }
}

/// A decision about a stranded payment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PaymentDecision {
    pub way: PaymentWay,
    /// 1 to 200 characters.
    pub reason: String,
}

/// A payment after a decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DecidedPayment {
    pub facility: FacilityId,
    pub payment: PaymentId,
    /// `refunding`, later `refunded`, or `closed`.
    pub state: PaymentState,
}

named! {
    /// What is done about a refused refund.
    RefundWay {
        /// Sends another one in its place.
        Retry "retry",
        /// The shop gave the money back without the provider.
        ByHand "by_hand",
    }
}

/// A decision about a refused refund.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RefundDecision {
    pub way: RefundWay,
    /// 1 to 200 characters.
    pub reason: String,
}
