//! Coupons as a diner has them: a phone's wallet, getting coupons, moving them to another phone.
//! Using them is part of ordering (`order`), what issuers do is in `campaign`.

use super::endpoints;
use crate::id::{CampaignId, ConsortiumId, OrderId};
use crate::money::Yen;
use crate::rules::coupon::{Claim, HoldState, Refusal, Terms, Used};
use crate::text::Words;
use crate::time::Millis;
use serde::{Deserialize, Serialize};

endpoints! {
    /// What this phone has and can get, seen from a facility: `?facility=` with its code.
    GetWallet = Get "/api/v1/wallet" {
        status: 200, caller: Diner, pace: Read,
        request: (), response: Wallet, problems: [InvalidRequest, CodeUnknown, CodeRetired],
    }
    /// What this phone's coupons came to that can no longer be used: the last 20, newest first.
    ListPastCoupons = Get "/api/v1/wallet/past" {
        status: 200, caller: Diner, pace: Read,
        request: (), response: PastCoupons, problems: [],
    }
    /// Gets a coupon by a tap. Sets the device cookie where there is none.
    ClaimCoupon = Post "/api/v1/campaigns/{campaign}/coupons" {
        status: 201, caller: Diner, pace: Claim, keyed: true,
        request: (), response: Got,
        problems: [NotFound, CouponRefused, IdempotencyKeyNeeded, IdempotencyKeyReused],
    }
    /// Gets what a code is for: a coupon by a campaign's code, or another phone's coupons by its transfer code. The same phone may
    /// send the same code again. Sets the device cookie where there is none.
    EnterCode = Post "/api/v1/coupon-codes" {
        status: 200, caller: Diner, pace: Guess,
        request: EnteredCode, response: Got, problems: [CouponCodeUnknown, CouponRefused],
    }
    /// Makes a code by which another phone takes over the coupons that can be used, once and for some minutes.
    StartTransfer = Post "/api/v1/wallet/transfers" {
        status: 201, caller: Diner, pace: Write,
        request: (), response: Transfer, problems: [CouponRefused],
    }
}

/// A phone's coupons, seen from a facility.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Wallet {
    /// What coupons are judged by, besides the cart.
    pub municipality: String,
    pub consortium: ConsortiumId,
    /// This phone has not ordered before.
    pub first_order: bool,
    /// Campaigns that go on: those that this phone has coupons of, and those that it can get or use here.
    pub offers: Vec<Offer>,
}

/// Coupons that were used or ran out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PastCoupons {
    pub coupons: Vec<PastCoupon>,
}

/// A campaign as one phone sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Offer {
    pub campaign: CampaignId,
    pub name: Words,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub summary: Option<Words>,
    pub claim: Claim,
    pub terms: Terms,
    /// As it counts for using one more: what this phone has got already is no obstacle to using it.
    pub used: Used,
    /// Coupons that this phone has and has not used.
    pub available: i64,
    /// Coupons that this phone got, used ones as well.
    pub got: i64,
    /// What keeps this phone from getting another one, which needs no cart.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ungettable: Option<Refusal>,
    /// Part of the money that is left, in basis points, where there is a budget.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub budget_left: Option<i64>,
    /// Coupons that are set aside for bills of this phone.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub held: Vec<Held>,
}

/// A coupon that is set aside for an order that is not paid yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Held {
    pub order: OrderId,
    /// The token of the order's page.
    pub token: String,
    pub amount: Yen,
    /// Until when the order can be paid; afterwards the coupon comes back.
    pub until: Millis,
}

/// A coupon that can no longer be used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PastCoupon {
    pub campaign: CampaignId,
    pub name: Words,
    /// When it was used and what it took off; nothing when it ran out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub used_at: Option<Millis>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<Yen>,
    pub ended_at: Millis,
}

/// Coupons that came into the wallet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Got {
    /// One for each coupon; the wallet tells the rest.
    pub campaigns: Vec<CampaignId>,
}

/// A code as somebody typed it: case, spaces and dashes do not matter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EnteredCode {
    pub code: String,
}

/// A code for another phone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Transfer {
    pub code: String,
    pub expires_at: Millis,
    /// How many coupons would move.
    pub coupons: i64,
}

/// A coupon of an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UsedCoupon {
    pub campaign: CampaignId,
    pub name: Words,
    /// What it took off.
    pub amount: Yen,
    pub state: HoldState,
}

/// Why a chosen coupon cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CouponRefusal {
    pub campaign: CampaignId,
    pub refusal: Refusal,
}
