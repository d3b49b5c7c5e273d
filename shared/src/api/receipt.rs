//! Receipts: the papers that a paid bill and its refunds have, for the diner and for the shop's books. What the law wants
//! on them and how their sums are made is `rules::receipt`.

use super::endpoints;
use crate::id::OrderId;
use crate::money::Yen;
use crate::rules::payment::ProviderName;
use crate::rules::receipt::{NumberCheck, ReceiptKind};
use crate::rules::tax::{Place, Rounding, TaxSum};
use crate::text::Text;
use crate::time::Millis;
use serde::{Deserialize, Serialize};

endpoints! {
    /// The receipt of a paid order (適格簡易請求書), and a paper for each refund of it that is back. Issued when first asked for;
    /// from then on they never change. An order whose money went back before has none, nor has one that was not paid.
    GetReceipt = Get "/api/v1/orders/{token}/receipt" {
        status: 200, caller: Anyone, pace: Read,
        request: (), response: Receipts, problems: [NotFound, NoReceipt],
    }
    /// The same to keep and to hand in: each paper is a page. `?lang=` chooses the language beside Japanese.
    ReceiptPdf = Get "/api/v1/orders/{token}/receipt.pdf" {
        status: 200, caller: Anyone, pace: Read, content: super::Content::Other("application/pdf"),
        request: (), response: (), problems: [NotFound, NoReceipt],
    }
    /// A shop's issued papers, newest first, by cursor, for the owner and the consortium. The query may name the first and
    /// last day of issue in Japan (`from`, `to`), a `number` and an `amount`.
    ListReceipts = Get "/api/v1/shops/{facility}/receipts" {
        status: 200, caller: Shop, pace: Read,
        request: (), response: ReceiptPage, problems: [SignInNeeded, Forbidden, NotFound, InvalidRequest],
    }
}

/// A paper as it was issued.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Receipt {
    /// Counts per facility from 1, without a gap.
    pub number: i64,
    pub kind: ReceiptKind,
    /// With a refund: the number of the receipt that it corrects.
    pub corrects: Option<i64>,
    pub issued_at: Millis,
    pub seller: Seller,
    pub order: OrderId,
    /// What was called out, `A-29`.
    pub called: Option<String>,
    pub seat: Option<String>,
    /// When the bill was paid.
    pub sold_at: Millis,
    /// With a refund: when the money was back.
    pub returned_at: Option<Millis>,
    /// What was sold; also with a refund, so that it can be seen what it is about.
    pub lines: Vec<ReceiptLine>,
    /// What coupons took off the lines together.
    pub discount: Yen,
    /// What was paid after the discount, or went back.
    pub total: Yen,
    /// The total by rate, and the tax inside, rounded once for each. Only a registered seller's paper states the tax.
    pub taxes: Vec<TaxSum>,
    /// How the tax was rounded.
    pub rounding: Rounding,
    /// Through whom it was paid.
    pub provider: ProviderName,
}

/// Who sold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Seller {
    pub name: Text,
    pub address: Text,
    pub phone: String,
    /// `T` and 13 digits; nothing when the shop is not registered for the invoice system.
    pub invoice_number: Option<String>,
}

/// A line of a paper.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReceiptLine {
    pub name: Text,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<Text>,
    pub quantity: i64,
    pub place: Place,
    pub unit: Yen,
    /// Before the discount.
    pub amount: Yen,
    /// This line's part of the discount.
    pub discount: Yen,
    /// The reduced rate applies.
    pub reduced: bool,
    /// Basis points: 1000 is ten percent.
    pub basis_points: i64,
}

/// The papers of an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Receipts {
    pub receipt: Receipt,
    /// One for each refund, in the order of their numbers.
    pub corrections: Vec<Receipt>,
}

/// A part of a shop's papers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReceiptPage {
    pub receipts: Vec<Receipt>,
    /// Send as `?after=` for the next page; nothing on the last.
    pub next: Option<String>,
    /// What is to be said about the shop's registration number; nothing when it has none.
    pub invoice_number: Option<NumberCheck>,
}
