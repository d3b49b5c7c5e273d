//! Ordering and paying as a diner sees them. A diner is a device cookie; an order is also reachable by its
//! opaque token, which shows its status and lets it be paid, nothing more.

use super::coupon::UsedCoupon;
use super::endpoints;
use crate::id::{CampaignId, ItemId, OptionId, OrderId};
use crate::money::Yen;
use crate::rules::order::{OrderState, RefusalReason};
use crate::rules::payment::{PaymentState, ProviderName};
use crate::rules::tax::{Place, TaxSum};
use crate::text::{Lang, Words};
use crate::time::Millis;
use serde::{Deserialize, Serialize};

endpoints! {
    /// Places an order. Prices, totals and availability are decided by the server; `seen` and `expected_total` only
    /// make sure that the diner is never charged what he did not see. Sets the device cookie where there is none.
    PlaceOrder = Post "/api/v1/orders" {
        status: 201, caller: Diner, pace: Write, keyed: true,
        request: NewOrder, response: Order,
        problems: [IdempotencyKeyNeeded, IdempotencyKeyReused, CodeUnknown, CodeRetired, FacilitySuspended,
            OrdersClosed, CartChanged, CouponChanged, AgeCheckNeeded, InvalidValue],
    }
    /// This phone's orders, newest first, by cursor.
    ListMyOrders = Get "/api/v1/orders" {
        status: 200, caller: Diner, pace: Read,
        request: (), response: OrderPage, problems: [InvalidRequest],
    }
    /// One order by its token. Needs no cookie, so that it works in whichever browser the provider returns to.
    GetOrder = Get "/api/v1/orders/{token}" {
        status: 200, caller: Anyone, pace: Read,
        request: (), response: Order, problems: [NotFound],
    }
    /// The order again whenever it changes, as event `order`. Begins with the order as it is.
    WatchOrder = Get "/api/v1/orders/{token}/events" {
        status: 200, caller: Anyone, pace: Read, content: super::Content::Events,
        request: (), response: Order, problems: [NotFound],
    }
    /// Starts paying: makes an attempt at the provider, or gives the live one back. Send the diner to `url` by a tap.
    StartPayment = Post "/api/v1/orders/{token}/payments" {
        status: 201, caller: Anyone, pace: Write, keyed: true,
        request: NewPayment, response: Payment,
        problems: [NotFound, BillNotOpen, ProviderNotOffered, ProviderUnavailable, IdempotencyKeyNeeded,
            IdempotencyKeyReused, IdempotencyKeyRunning],
    }
    /// Takes the order back. Possible until the shop accepts, from the phone that placed it; paid money goes back.
    CancelOrder = Post "/api/v1/orders/{token}/cancel" {
        status: 200, caller: Diner, pace: Write,
        request: (), response: Order, problems: [NotFound, OrderMovedOn],
    }
}

/// A line of a cart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CartLine {
    pub item: ItemId,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<OptionId>,
    /// 1 to 99.
    pub quantity: i64,
    pub place: Place,
    /// The price of one piece with its options that the diner saw.
    pub seen: Yen,
}

/// A cart to be ordered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewOrder {
    /// The facility's code.
    pub facility: String,
    /// The seat's token, when the QR was a table's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seat: Option<String>,
    /// 1 to 50 lines.
    pub lines: Vec<CartLine>,
    /// Campaigns of which a coupon of this phone is used, at most one of each; no other is. Those that apply by themselves are
    /// named, too. Each is set aside until the order is paid, or comes back with it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub coupons: Vec<CampaignId>,
    /// What the diner saw as the sum to pay, coupons taken off.
    pub expected_total: Yen,
    /// A word to the kitchen, at most 200 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// The diner said to be 20 or over; needed for alcohol.
    #[serde(default)]
    pub adult: bool,
    /// The language the diner reads.
    pub lang: Lang,
}

/// How a line differs from what the diner saw.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CartChange {
    /// Index into the sent lines, from 0.
    pub line: usize,
    pub item: ItemId,
    pub kind: ChangeKind,
    /// The item's name; nothing when it is no longer on the menu.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Words>,
    /// The price the diner saw.
    pub seen: Yen,
    /// The price now, where the price changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub now: Option<Yen>,
}

/// What changed in a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum ChangeKind {
    SoldOut,
    OptionSoldOut,
    NotForTakeout,
    Price,
    /// No longer on the menu.
    Gone,
}

/// An order as its diner sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Order {
    pub id: OrderId,
    /// The opaque token of its page, 32 letters and digits.
    pub token: String,
    /// What is called out, `A-29`; given when the order is paid.
    pub number: Option<String>,
    pub state: OrderState,
    /// Grows with every change.
    pub version: i64,
    /// The facility's code and name.
    pub facility: String,
    pub facility_name: Words,
    pub facility_phone: String,
    /// The seat's label, for example `7`.
    pub seat: Option<String>,
    /// Whether this request came from the phone that ordered; only it may cancel and sees the note.
    pub yours: bool,
    pub lines: Vec<OrderLine>,
    pub note: Option<String>,
    /// What coupons took off the lines.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub coupons: Vec<UsedCoupon>,
    /// What is to be paid, coupons taken off.
    pub total: Yen,
    /// Of the total.
    pub taxes: Vec<TaxSum>,
    /// When it was placed (the offer is made when it is paid).
    pub placed_at: Millis,
    /// Until when it can be paid and what was ordered, coupons too, is set aside; only while it waits for that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payable_until: Option<Millis>,
    pub submitted_at: Option<Millis>,
    /// When the shop has to have answered.
    pub answer_by: Option<Millis>,
    /// When the shop accepted: the contract begins.
    pub accepted_at: Option<Millis>,
    /// When the shop expects it to be ready.
    pub promised_at: Option<Millis>,
    pub ready_at: Option<Millis>,
    pub closed_at: Option<Millis>,
    pub refusal: Option<Refusal>,
    /// The newest attempt to pay.
    pub payment: Option<Payment>,
    pub refund: Option<Refund>,
}

/// A line as ordered: names and prices do not change afterwards.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OrderLine {
    pub item: ItemId,
    pub name: Words,
    pub options: Vec<Words>,
    pub quantity: i64,
    pub place: Place,
    pub unit: Yen,
    pub amount: Yen,
    /// Basis points.
    pub rate: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub picture: Option<String>,
}

/// Why the shop did not take the order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Refusal {
    pub reason: RefusalReason,
    /// The shop's own words; always there with `other`.
    pub text: Option<String>,
}

/// An attempt to pay.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Payment {
    pub provider: ProviderName,
    pub state: PaymentState,
    pub amount: Yen,
    /// The provider's page, while it can be used.
    pub url: Option<String>,
    pub expires_at: Option<Millis>,
}

/// Money on its way back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Refund {
    pub amount: Yen,
    /// When the provider confirmed it, or the shop gave it back.
    pub done_at: Option<Millis>,
    /// The provider did not take it: the shop gives it back itself, or has done so.
    #[serde(default)]
    pub by_shop: bool,
}

/// How to pay.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewPayment {
    pub provider: ProviderName,
}

/// A page of orders.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OrderPage {
    pub orders: Vec<Order>,
    /// Send as `?after=` for the next page; nothing on the last.
    pub next: Option<String>,
}
