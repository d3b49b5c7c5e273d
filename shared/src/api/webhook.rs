//! Telling other systems what happened: endpoints of a shop, what they are sent, and the log of deliveries.
//! Messages follow Standard Webhooks: <https://github.com/standard-webhooks/standard-webhooks>.

use super::endpoints;
use crate::id::{ConsortiumId, DeliveryId, EventId, FacilityId, OrderId, PaymentId, RefundId, WebhookId};
use crate::money::Yen;
use crate::rules::named;
use crate::time::Millis;
use serde::{Deserialize, Serialize};

/// Webhooks that a shop or a consortium may have.
pub const MOST: usize = 10;

endpoints! {
    /// The shop's webhooks.
    ListWebhooks = Get "/api/v1/shops/{facility}/webhooks" {
        status: 200, caller: Shop, pace: Read,
        request: (), response: Webhooks, problems: [SignInNeeded, Forbidden, NotFound],
    }
    /// Adds a webhook. Only this answer and that of a rotation contain the secret.
    AddWebhook = Post "/api/v1/shops/{facility}/webhooks" {
        status: 201, caller: Shop, pace: Write,
        request: NewWebhook, response: WebhookSecret,
        problems: [SignInNeeded, Forbidden, NotFound, InvalidValue],
    }
    /// Changes where a webhook goes and what it is told; also switches it on again.
    ChangeWebhook = Put "/api/v1/shops/{facility}/webhooks/{webhook}" {
        status: 200, caller: Shop, pace: Write,
        request: NewWebhook, response: Webhook, problems: [SignInNeeded, Forbidden, NotFound, InvalidValue],
    }
    /// Removes a webhook; nothing more is sent to it.
    RemoveWebhook = Delete "/api/v1/shops/{facility}/webhooks/{webhook}" {
        status: 204, caller: Shop, pace: Write, content: super::Content::Empty,
        request: (), response: (), problems: [SignInNeeded, Forbidden, NotFound],
    }
    /// A new secret. For 24 hours messages carry a signature by each, so that the receiver can change over in peace.
    RotateWebhook = Post "/api/v1/shops/{facility}/webhooks/{webhook}/rotate" {
        status: 200, caller: Shop, pace: Write,
        request: (), response: WebhookSecret, problems: [SignInNeeded, Forbidden, NotFound],
    }
    /// Sends a `webhook.test` message.
    TestWebhook = Post "/api/v1/shops/{facility}/webhooks/{webhook}/test" {
        status: 202, caller: Shop, pace: Write,
        request: (), response: Delivery, problems: [SignInNeeded, Forbidden, NotFound],
    }
    /// What was sent and what came back, newest first.
    ListDeliveries = Get "/api/v1/shops/{facility}/webhooks/{webhook}/deliveries" {
        status: 200, caller: Shop, pace: Read,
        request: (), response: DeliveryPage, problems: [SignInNeeded, Forbidden, NotFound, InvalidRequest],
    }
    /// Sends a message again under the same id, whatever became of it.
    ReplayDelivery = Post "/api/v1/shops/{facility}/webhooks/{webhook}/deliveries/{delivery}/replay" {
        status: 202, caller: Shop, pace: Write,
        request: (), response: Delivery, problems: [SignInNeeded, Forbidden, NotFound],
    }
    /// The catalogue: every kind of message with an example.
    ListMessageKinds = Get "/api/v1/webhook-messages" {
        status: 200, caller: Anyone, pace: Read,
        request: (), response: MessageKinds, problems: [],
    }
}

macro_rules! kinds {
    ($($variant:ident $name:literal $fact:ident $doc:literal;)*) => {
        named! {
            /// What a message tells.
            MessageKind { $(#[doc = $doc] $variant $name,)* }
        }

        impl MessageKind {
            /// Meaning, in English.
            pub const fn meaning(self) -> &'static str {
                match self { $(Self::$variant => $doc),* }
            }

            /// What the message's data is about.
            pub const fn about(self) -> About {
                match self { $(Self::$variant => About::$fact),* }
            }
        }
    };
}

/// The subject of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum About {
    Order,
    Payment,
    Refund,
    Facility,
    Webhook,
}

kinds! {
    OrderSubmitted "order.submitted" Order "A paid order reached the shop.";
    OrderAccepted "order.accepted" Order "The shop took the order.";
    OrderPreparing "order.preparing" Order "The order is being cooked.";
    OrderReady "order.ready" Order "The order can be served or picked up.";
    OrderCompleted "order.completed" Order "The order was handed over.";
    OrderRefused "order.refused" Order "The shop refused the order; the money goes back.";
    OrderAutoRefused "order.auto_refused" Order "The shop did not answer in time; the money goes back.";
    OrderCancelled "order.cancelled" Order "The diner cancelled before the shop took it; the money goes back.";
    OrderExpired "order.expired" Order "Nobody paid the order.";
    PaymentSucceeded "payment.succeeded" Payment "The provider confirmed the payment.";
    PaymentFailed "payment.failed" Payment "An attempt to pay failed; another may follow.";
    PaymentCancelled "payment.cancelled" Payment "An attempt to pay was withdrawn.";
    PaymentExpired "payment.expired" Payment "The page of an attempt expired.";
    PaymentStranded "payment.stranded" Payment "The provider says another amount or currency; staff must look.";
    PaymentClosed "payment.closed" Payment "Staff looked at a stranded payment: nothing more is to be done.";
    RefundRequested "refund.requested" Refund "Money is to go back.";
    RefundDone "refund.done" Refund "The provider confirmed the refund.";
    RefundRefused "refund.refused" Refund "The provider refused the refund; staff must look.";
    RefundByHand "refund.by_hand" Refund "The shop gave the money of a refused refund back itself.";
    RefundReplaced "refund.replaced" Refund "The shop had another refund sent in place of a refused one.";
    FacilityOpened "facility.opened" Facility "The shop takes orders.";
    FacilityClosed "facility.closed" Facility "The shop takes no orders.";
    FacilityClosedBySilence "facility.closed_by_silence" Facility "An order was not answered: the shop takes no orders.";
    WebhookTest "webhook.test" Webhook "Somebody pressed the test button.";
    WebhookDisabled "webhook.disabled" Webhook "A webhook of the shop was switched off because it did not answer.";
}

/// The body of a message. Messages may come twice and in any order: `webhook-id` tells copies apart, an order's
/// `version` which is newer. Read the order for its state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Message {
    #[serde(rename = "type")]
    pub kind: MessageKind,
    /// When it happened, ISO 8601 in UTC.
    pub timestamp: String,
    pub data: MessageData,
}

/// Ids and amounts; never anything personal. Members that do not belong to the kind are left out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MessageData {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub facility: Option<FacilityId>,
    /// With what happened to the consortium itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub consortium: Option<ConsortiumId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order: Option<OrderId>,
    /// Counts the changes of the order.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<i64>,
    /// What the order costs, tax-inclusive yen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total: Option<Yen>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payment: Option<PaymentId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refund: Option<RefundId>,
    /// Yen of the payment or refund.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub amount: Option<Yen>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub webhook: Option<WebhookId>,
}

/// Where to send what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewWebhook {
    /// `https://...`, at most 500 characters, not on a private network.
    pub url: String,
    /// What to tell; empty is everything.
    #[serde(default)]
    pub kinds: Vec<MessageKind>,
}

/// A webhook of a shop.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Webhook {
    pub id: WebhookId,
    pub url: String,
    pub kinds: Vec<MessageKind>,
    pub created_at: Millis,
    /// Since when every delivery has failed.
    pub failing_since: Option<Millis>,
    /// Switched off: nothing is sent.
    pub disabled: Option<Disabled>,
}

/// Why a webhook was switched off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Disabled {
    pub at: Millis,
    pub by: DisabledBy,
}

named! {
    /// What switched a webhook off.
    DisabledBy {
        /// The receiver answered 410.
        Gone "gone",
        /// Nothing arrived for five days.
        Failing "failing",
    }
}

/// The webhooks of a shop.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Webhooks {
    pub webhooks: Vec<Webhook>,
}

/// A webhook with the secret that its messages are signed with.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WebhookSecret {
    pub webhook: Webhook,
    /// `whsec_` and base64, as Standard Webhooks libraries take it.
    pub secret: String,
}

impl std::fmt::Debug for WebhookSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("WebhookSecret").field("webhook", &self.webhook).finish_non_exhaustive()
    }
}

named! {
    /// Where a delivery stands.
    DeliveryState {
        /// To be sent, or to be tried again.
        Pending "pending",
        /// Answered with 2xx.
        Delivered "delivered",
        /// Given up after the last try; can be replayed.
        Dead "dead",
    }
}

/// One message to one webhook.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Delivery {
    pub id: DeliveryId,
    /// The `webhook-id` header: the same in every try.
    pub message: EventId,
    pub kind: MessageKind,
    pub state: DeliveryState,
    /// The body as it is sent, byte for byte.
    pub body: String,
    pub created_at: Millis,
    pub next_at: Option<Millis>,
    /// Oldest first.
    pub tries: Vec<Try>,
}

/// One try and its answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Try {
    pub at: Millis,
    pub took_ms: i64,
    /// HTTP status; absent when there was no answer.
    pub status: Option<i64>,
    /// The first 1,000 characters of the answer, or why there was none.
    pub answer: String,
}

/// A page of the delivery log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DeliveryPage {
    pub deliveries: Vec<Delivery>,
    /// For `?after=`; absent on the last page.
    pub next: Option<String>,
}

/// The catalogue of messages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MessageKinds {
    pub kinds: Vec<MessageKindInfo>,
}

/// A kind of message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MessageKindInfo {
    pub kind: MessageKind,
    /// In English.
    pub meaning: String,
    pub example: Message,
}
