//! Bodies in: type, size and shape are checked and said. Schemas for the document.

use crate::error::Error;
use actix_web::dev::Payload;
use actix_web::error::{JsonPayloadError, QueryPayloadError};
use actix_web::{FromRequest, HttpRequest, web};
use okini_shared::api::{
    campaign, consortium, coupon, menu, order, proof, receipt, redress, session, settlement, shop, webhook,
};
use okini_shared::problem::{Code, Problem};
use serde::de::DeserializeOwned;
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;
use utoipa::openapi::{RefOr, Schema as OpenApiSchema};

/// Bytes of a body: the largest cart is about 20 kB.
pub const LIMIT: usize = 64 * 1024;

/// How long a body may take: a phone with one bar needs seconds, somebody who holds connections open needs for ever.
const PATIENCE: Duration = Duration::from_secs(20);

/// A request body that was read into its type.
pub struct Body<T>(pub T);

impl<T: DeserializeOwned + 'static> FromRequest for Body<T> {
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Error>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let body = web::Json::<T>::from_request(request, payload);
        Box::pin(async move {
            let web::Json(value) = in_time(body).await?.map_err(|error| refusal(&error))?;
            Ok(Self(value))
        })
    }
}

/// A request body as it came, for those who signed its bytes.
pub struct Raw(pub web::Bytes);

impl FromRequest for Raw {
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Error>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let body = web::Bytes::from_request(request, payload);
        Box::pin(async move {
            // What cannot be read is larger still, or nobody waits for the answer.
            let body = in_time(body).await?.ok().filter(|body| body.len() <= LIMIT);
            Ok(Self(body.ok_or(Code::TooLarge)?))
        })
    }
}

async fn in_time<T>(body: impl Future<Output = T>) -> Result<T, Error> {
    let late = |_| Problem::new(Code::InvalidRequest).detail("the body did not arrive in time").into();
    tokio::time::timeout(PATIENCE, body).await.map_err(late)
}

/// The limits of the application.
pub fn json_limits() -> web::JsonConfig {
    web::JsonConfig::default().limit(LIMIT).content_type_required(true)
}

/// What a query that cannot be read is answered with.
pub fn query_limits() -> web::QueryConfig {
    let refuse = |error: QueryPayloadError, _: &HttpRequest| {
        Error::from(Problem::new(Code::InvalidRequest).detail(error.to_string())).into()
    };
    web::QueryConfig::default().error_handler(refuse)
}

fn refusal(error: &actix_web::Error) -> Error {
    let Some(error) = error.as_error::<JsonPayloadError>() else { return Code::InvalidRequest.into() };
    match error {
        JsonPayloadError::ContentType => {
            Problem::new(Code::UnsupportedMediaType).detail("send application/json").into()
        }
        JsonPayloadError::OverflowKnownLength { .. } | JsonPayloadError::Overflow { .. } => {
            Problem::new(Code::TooLarge).detail("a body has at most 65536 bytes").into()
        }
        JsonPayloadError::Deserialize(why) if why.is_data() => {
            let detail: String = why.to_string().chars().take(300).collect();
            Problem::new(Code::InvalidRequest).detail(detail).into()
        }
        _ => Problem::new(Code::InvalidRequest).detail("the body is not JSON").into(),
    }
}

/// How a type appears in the OpenAPI document; nothing for operations without a body.
pub trait Schema {
    /// A reference or inline schema.
    fn schema() -> Option<RefOr<OpenApiSchema>>;
    /// The type and everything it refers to, by name.
    fn collect(schemas: &mut Vec<(String, RefOr<OpenApiSchema>)>);
}

impl Schema for () {
    fn schema() -> Option<RefOr<OpenApiSchema>> {
        None
    }

    fn collect(_: &mut Vec<(String, RefOr<OpenApiSchema>)>) {}
}

macro_rules! schemas {
    ($($name:ty),* $(,)?) => {$(
        impl Schema for $name {
            fn schema() -> Option<RefOr<OpenApiSchema>> {
                let name = <$name as utoipa::ToSchema>::name();
                Some(utoipa::openapi::Ref::from_schema_name(name).into())
            }

            fn collect(schemas: &mut Vec<(String, RefOr<OpenApiSchema>)>) {
                let name = <$name as utoipa::ToSchema>::name().into_owned();
                schemas.push((name, <$name as utoipa::PartialSchema>::schema()));
                <$name as utoipa::ToSchema>::schemas(schemas);
            }
        }
    )*};
}

schemas!(
    webhook::Delivery,
    webhook::DeliveryPage,
    webhook::MessageKinds,
    webhook::NewWebhook,
    webhook::Webhook,
    webhook::WebhookSecret,
    webhook::Webhooks,
    campaign::Campaign,
    campaign::Campaigns,
    campaign::Figures,
    campaign::LedgerCheck,
    campaign::NewCampaign,
    campaign::NewCodes,
    campaign::NewRehearsal,
    campaign::Publication,
    campaign::Rehearsal,
    consortium::Accounts,
    consortium::FacilityPage,
    coupon::EnteredCode,
    coupon::Got,
    coupon::Transfer,
    coupon::PastCoupons,
    coupon::Wallet,
    menu::Menu,
    menu::MenuEvent,
    order::NewOrder,
    order::Order,
    proof::Proof,
    order::OrderPage,
    order::NewPayment,
    order::Payment,
    receipt::ReceiptPage,
    receipt::Receipts,
    redress::Concerns,
    redress::DecidedPayment,
    redress::NewRefund,
    redress::PaymentDecision,
    redress::RefundDecision,
    redress::ShopRefund,
    redress::ShopRefunds,
    session::Credentials,
    session::Session,
    settlement::Settlement,
    settlement::SettlementPage,
    shop::Board,
    shop::BoardEvent,
    shop::BoardOrder,
    shop::Accept,
    shop::Refuse,
    shop::Move,
    shop::Promise,
    shop::ShopOrderPage,
    shop::Stock,
    shop::StockItem,
    shop::SetItemStock,
    shop::ItemEdit,
    shop::OpenShop,
    shop::ShopState,
    shop::SeatCode,
    Problem,
);
