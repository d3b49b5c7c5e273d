//! Settlement: what payment companies confirmed that they took and gave back in a period, for a shop or for all shops of a
//! consortium, what they keep of it, and what is left. Putting single payments right is `redress`.

use super::endpoints;
use crate::day::Day;
use crate::id::{FacilityId, OrderId, PaymentId, RefundId};
use crate::money::Yen;
use crate::rules::named;
use crate::rules::payment::ProviderName;
use crate::rules::settlement::Exact;
use crate::time::Millis;
use serde::{Deserialize, Serialize};

endpoints! {
    /// What came in, went back and is left in a period, for the owner and the consortium's officers. The query names its first and last day in Japan,
    /// `from=2026-11-01&to=2026-11-30`, at most 366 days, each from midnight to midnight.
    GetSettlement = Get "/api/v1/shops/{facility}/settlement" {
        status: 200, caller: Shop, pace: Read,
        request: (), response: Settlement, problems: [SignInNeeded, Forbidden, NotFound, InvalidRequest, InvalidValue],
    }
    /// The payments and refunds that the sums are made of, oldest first, by cursor: the same query, and `after`.
    ListSettlementLines = Get "/api/v1/shops/{facility}/settlement/lines" {
        status: 200, caller: Shop, pace: Read,
        request: (), response: SettlementPage,
        problems: [SignInNeeded, Forbidden, NotFound, InvalidRequest, InvalidValue],
    }
    /// All lines of the period as a file for spreadsheet programs: UTF-8 with a byte order mark, titles in Japanese.
    SettlementFile = Get "/api/v1/shops/{facility}/settlement.csv" {
        status: 200, caller: Shop, pace: Read, content: super::Content::Other("text/csv; charset=utf-8"),
        request: (), response: (), problems: [SignInNeeded, Forbidden, NotFound, InvalidRequest, InvalidValue],
    }
}

/// Sums of a period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Settlement {
    pub from: Day,
    pub to: Day,
    pub total: Sums,
    /// Each payment company's; together they are the total.
    pub providers: Vec<ProviderSums>,
    /// Each day's on which money moved, oldest first; a company's days together are its sums.
    pub days: Vec<DaySums>,
    /// What is in no sum, oldest first, at most 500.
    pub apart: Vec<Apart>,
}

/// Sums to the yen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Sums {
    /// Orders that were paid.
    pub orders: i64,
    /// Payments that came in; more than the orders when some were paid twice, whose money goes back.
    pub payments: i64,
    pub paid: Yen,
    /// Refunds that the companies carried out.
    pub refunds: i64,
    pub refunded: Yen,
    /// What the companies keep, without tax, after what they give back of it; less than a yen is dropped once from the
    /// sum of a company.
    pub fee: Yen,
    /// `paid` less `refunded` less `fee`.
    pub net: Yen,
    /// Payments for which no rate was known, so that no fee is in the sums.
    pub without_rate: i64,
}

/// A payment company's sums.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProviderSums {
    pub provider: ProviderName,
    pub sums: Sums,
}

/// A payment company's sums of a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DaySums {
    pub day: Day,
    pub provider: ProviderName,
    pub sums: Sums,
}

named! {
    /// Why money is in no sum.
    ApartKind {
        /// Another amount or currency than was asked for came in, and nobody has decided about it.
        Stranded "stranded",
        /// The company does not say what became of it.
        Unknown "unknown",
        /// Staff decided that nothing is to be done about other money that came in.
        Closed "closed",
        /// The shop gave money back without the company.
        ByHand "by_hand",
    }
}

/// Money that is in no sum.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Apart {
    pub kind: ApartKind,
    pub facility: FacilityId,
    /// As the shop writes it.
    pub facility_name: String,
    pub order: OrderId,
    /// What was called out, `A-29`, where the order was paid.
    pub number: Option<String>,
    pub payment: PaymentId,
    pub provider: ProviderName,
    /// When the attempt began, or the money was given back by hand.
    pub at: Millis,
    /// What was asked for, or given back by hand.
    pub amount: Yen,
    /// What the company says it took, in `currency`.
    pub received: Option<i64>,
    /// As the company writes it, `JPY`.
    pub currency: Option<String>,
}

/// A payment that came in, or a refund that was carried out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SettlementLine {
    /// When the company's word that it was done was heard.
    pub at: Millis,
    pub facility: FacilityId,
    /// As the shop writes it.
    pub facility_name: String,
    pub order: OrderId,
    /// What was called out, `A-29`; nothing when the order never reached the shop.
    pub number: Option<String>,
    pub provider: ProviderName,
    pub payment: PaymentId,
    /// With money that went back.
    pub refund: Option<RefundId>,
    /// The company's own id of the payment.
    pub provider_payment_id: Option<String>,
    pub paid: Yen,
    pub refunded: Yen,
    /// The rate at the moment of the payment; nothing when none was known.
    pub basis_points: Option<i64>,
    /// In ten-thousandths of a yen; negative for what a company gives back.
    pub fee: Exact,
    /// `paid` less `refunded` less `fee`, in ten-thousandths of a yen.
    pub net: Exact,
}

/// A part of the lines.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SettlementPage {
    pub lines: Vec<SettlementLine>,
    /// The cursor of the next page.
    pub next: Option<String>,
}
