//! A consortium's view of the facilities that it registered, for its officers. What they may do at one facility is the
//! shop's own operation (`redress`, `shop`).

use super::endpoints;
use super::redress::Concerns;
use super::settlement::{Settlement, SettlementPage};
use super::webhook::{Delivery, DeliveryPage, NewWebhook, Webhook, WebhookSecret, Webhooks};
use crate::id::FacilityId;
use crate::rules::facility::FacilityState;
use crate::rules::payment::ProviderName;
use serde::{Deserialize, Serialize};

endpoints! {
    /// The facilities of a consortium, the latest registered first, 100 on a page.
    ListFacilities = Get "/api/v1/consortia/{consortium}/facilities" {
        status: 200, caller: Consortium, pace: Read,
        request: (), response: FacilityPage, problems: [SignInNeeded, NotFound, InvalidRequest],
    }
    /// What somebody has to look at in all facilities of a consortium, oldest first, at most 200 of each kind.
    ListAllConcerns = Get "/api/v1/consortia/{consortium}/concerns" {
        status: 200, caller: Consortium, pace: Read,
        request: (), response: Concerns, problems: [SignInNeeded, NotFound],
    }
    /// The accounts at payment companies that the facilities of a consortium are paid through, and whether those answer.
    ListAccounts = Get "/api/v1/consortia/{consortium}/accounts" {
        status: 200, caller: Consortium, pace: Read,
        request: (), response: Accounts, problems: [SignInNeeded, NotFound],
    }
    /// As `GetSettlement`, for all facilities of a consortium together.
    GetConsortiumSettlement = Get "/api/v1/consortia/{consortium}/settlement" {
        status: 200, caller: Consortium, pace: Read,
        request: (), response: Settlement, problems: [SignInNeeded, NotFound, InvalidRequest, InvalidValue],
    }
    /// As `ListSettlementLines`; each line names its facility.
    ListConsortiumSettlementLines = Get "/api/v1/consortia/{consortium}/settlement/lines" {
        status: 200, caller: Consortium, pace: Read,
        request: (), response: SettlementPage, problems: [SignInNeeded, NotFound, InvalidRequest, InvalidValue],
    }
    /// As `SettlementFile`; each line names its facility.
    ConsortiumSettlementFile = Get "/api/v1/consortia/{consortium}/settlement.csv" {
        status: 200, caller: Consortium, pace: Read, content: super::Content::Other("text/csv; charset=utf-8"),
        request: (), response: (), problems: [SignInNeeded, NotFound, InvalidRequest, InvalidValue],
    }
    /// The consortium's own webhooks, which are told what happens in all its facilities.
    ListConsortiumWebhooks = Get "/api/v1/consortia/{consortium}/webhooks" {
        status: 200, caller: Consortium, pace: Read,
        request: (), response: Webhooks, problems: [SignInNeeded, NotFound],
    }
    /// As `AddWebhook`.
    AddConsortiumWebhook = Post "/api/v1/consortia/{consortium}/webhooks" {
        status: 201, caller: Consortium, pace: Write,
        request: NewWebhook, response: WebhookSecret, problems: [SignInNeeded, NotFound, InvalidValue],
    }
    /// As `ChangeWebhook`.
    ChangeConsortiumWebhook = Put "/api/v1/consortia/{consortium}/webhooks/{webhook}" {
        status: 200, caller: Consortium, pace: Write,
        request: NewWebhook, response: Webhook, problems: [SignInNeeded, NotFound, InvalidValue],
    }
    /// As `RemoveWebhook`.
    RemoveConsortiumWebhook = Delete "/api/v1/consortia/{consortium}/webhooks/{webhook}" {
        status: 204, caller: Consortium, pace: Write, content: super::Content::Empty,
        request: (), response: (), problems: [SignInNeeded, NotFound],
    }
    /// As `RotateWebhook`.
    RotateConsortiumWebhook = Post "/api/v1/consortia/{consortium}/webhooks/{webhook}/rotate" {
        status: 200, caller: Consortium, pace: Write,
        request: (), response: WebhookSecret, problems: [SignInNeeded, NotFound],
    }
    /// As `TestWebhook`.
    TestConsortiumWebhook = Post "/api/v1/consortia/{consortium}/webhooks/{webhook}/test" {
        status: 202, caller: Consortium, pace: Write,
        request: (), response: Delivery, problems: [SignInNeeded, NotFound],
    }
    /// As `ListDeliveries`.
    ListConsortiumDeliveries = Get "/api/v1/consortia/{consortium}/webhooks/{webhook}/deliveries" {
        status: 200, caller: Consortium, pace: Read,
        request: (), response: DeliveryPage, problems: [SignInNeeded, NotFound, InvalidRequest],
    }
    /// As `ReplayDelivery`.
    ReplayConsortiumDelivery = Post "/api/v1/consortia/{consortium}/webhooks/{webhook}/deliveries/{delivery}/replay" {
        status: 202, caller: Consortium, pace: Write,
        request: (), response: Delivery, problems: [SignInNeeded, NotFound],
    }
}

/// A facility in its consortium's list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FacilityEntry {
    pub id: FacilityId,
    /// On its poster.
    pub code: String,
    /// As the shop writes it.
    pub name: String,
    /// Local government code, six digits.
    pub municipality: String,
    pub state: FacilityState,
    pub taking_orders: bool,
    /// It was closed because nobody answered an order.
    pub closed_by_silence: bool,
    /// How many payments and refunds somebody has to look at.
    pub concerns: i64,
}

/// An account at a payment company.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AccountEntry {
    /// `pva_...`, or the provider's name for the one that the server's settings hold.
    pub account: String,
    pub provider: ProviderName,
    /// New payments may be made with it.
    pub open: bool,
    /// The company answers. While it does not, diners are not offered it, and it is tried every ten seconds.
    pub up: bool,
    /// How many facilities of the consortium are paid through it.
    pub facilities: i64,
    /// How many payments there have an outcome that nobody knows yet.
    pub unknown: i64,
}

/// The accounts that a consortium's facilities are paid through.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Accounts {
    pub accounts: Vec<AccountEntry>,
}

/// A page of facilities.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FacilityPage {
    pub facilities: Vec<FacilityEntry>,
    /// For `?after=`; absent on the last page.
    pub next: Option<String>,
}
