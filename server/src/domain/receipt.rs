//! Receipts: issued when they are first asked for, in one transaction with their number, and never changed. Paying an order
//! does not wait for them. Their arithmetic is `rules::receipt`, how they look is `paper`.

use super::view;
use crate::error::Error;
use crate::state::App;
use crate::store::order::{Line, Order};
use crate::store::payment::Payment;
use crate::store::receipt::{Issued, Wanted};
use crate::store::refund::Refund;
use crate::store::register::Facility;
use crate::store::{self, Conn, Tx};
use okini_shared::api::receipt::{Receipt, ReceiptLine, ReceiptPage, Receipts, Seller};
use okini_shared::id::{FacilityId, OrderId};
use okini_shared::money::Yen;
use okini_shared::problem::{Code, Problem};
use okini_shared::rules::receipt::{self as rules, NumberCheck, Part, ReceiptKind};
use okini_shared::rules::tax::{RateKind, TaxSum};
use okini_shared::time::Millis;
use std::sync::Arc;

/// Receipts on one page of a list.
const PAGE: i64 = 50;

/// The papers of an order; what is not issued yet is issued now.
pub async fn of_order(app: &Arc<App>, token: &str) -> Result<Receipts, Error> {
    let mut conn = app.db.read().await?;
    let order = store::order::by_token(&mut conn, token).await?.ok_or(Code::NotFound)?;
    let standing = standing(&mut conn, &order).await?;
    drop(conn);
    if standing.sale.is_some() && standing.waiting.is_empty() {
        return standing.papers();
    }
    app.db.write((Arc::clone(app), order.id), |tx, (app, order)| Box::pin(issue(tx, app, *order))).await
}

/// How far an order's papers are.
struct Standing {
    paid_by: Payment,
    sale: Option<Issued>,
    corrections: Vec<Issued>,
    /// Refunds that are back and have no paper.
    waiting: Vec<Refund>,
}

impl Standing {
    fn papers(self) -> Result<Receipts, Error> {
        let receipt = self.sale.ok_or(Code::NoReceipt)?.receipt;
        Ok(Receipts { receipt, corrections: self.corrections.into_iter().map(|issued| issued.receipt).collect() })
    }
}

/// What was paid twice, or was not what was asked for, was never sold: only the payment of the bill counts. An order whose
/// money went back before anybody asked has no papers: nothing was sold.
async fn standing(conn: &mut Conn, order: &Order) -> Result<Standing, Error> {
    let bill = store::bill::of_order(conn, order.id).await?.ok_or(Code::NotFound)?;
    let paid_by = bill.paid_by.ok_or(Code::NoReceipt)?;
    let paid_by = store::payment::by_id(conn, paid_by).await?.ok_or(Code::NotFound)?;
    let (corrections, sales): (Vec<_>, Vec<_>) =
        store::receipt::of_order(conn, order.id).await?.into_iter().partition(|issued| issued.refund.is_some());
    if sales.is_empty() && order.state.gives_money_back() {
        return Err(Code::NoReceipt.into());
    }
    let mut waiting = store::refund::of_order(conn, order.id).await?;
    waiting.retain(|refund| {
        let has_paper = corrections.iter().any(|issued| issued.refund == Some(refund.id));
        refund.payment == paid_by.id && refund.state.is_back() && !has_paper
    });
    waiting.sort_by_key(|refund| (refund.done_at, refund.id));
    Ok(Standing { paid_by, sale: sales.into_iter().next(), corrections, waiting })
}

async fn issue(tx: &mut Tx<'_>, app: &App, order: OrderId) -> Result<Receipts, Error> {
    // Whoever else asks for the same papers waits here, and then finds them.
    let bill = store::bill::hold(tx.conn(), order).await?.ok_or(Code::NotFound)?;
    let order = store::order::by_id(tx.conn(), order).await?.ok_or(Code::NotFound)?;
    let facility = store::register::facility(tx.conn(), order.facility).await?.ok_or(Code::NotFound)?;
    let mut standing = standing(tx.conn(), &order).await?;
    let now = app.clock.now();
    let sale = match standing.sale.take() {
        Some(sale) => sale,
        None => {
            let lines = store::order::lines(tx.conn(), order.id).await?;
            let number = store::receipt::next_number(tx.conn(), order.facility).await?;
            let mut receipt = sold(&order, &lines, &facility, &standing.paid_by).ok_or_else(wrong_sums)?;
            (receipt.number, receipt.issued_at) = (number, now);
            let sale = Issued { facility: order.facility, bill: bill.id, refund: None, receipt };
            store::receipt::insert(tx.conn(), &sale).await?;
            sale
        }
    };
    for refund in std::mem::take(&mut standing.waiting) {
        let before: Vec<TaxSum> =
            standing.corrections.iter().flat_map(|issued| issued.receipt.taxes.iter().copied()).collect();
        let mut receipt = given_back(&sale.receipt, &before, &refund).ok_or_else(wrong_sums)?;
        (receipt.number, receipt.issued_at) = (store::receipt::next_number(tx.conn(), order.facility).await?, now);
        let paper = Issued { refund: Some(refund.id), receipt, ..sale.clone() };
        store::receipt::insert(tx.conn(), &paper).await?;
        standing.corrections.push(paper);
    }
    Standing { sale: Some(sale), ..standing }.papers()
}

fn wrong_sums() -> Error {
    Error::unexpected("the sums of a receipt are not those of its order")
}

/// The receipt of a paid order, still without a number.
fn sold(order: &Order, lines: &[Line], facility: &Facility, paid_by: &Payment) -> Option<Receipt> {
    let parts: Vec<Part> = lines.iter().map(part).collect();
    let rounding = rules::rounding_of(&parts, &order.taxes, facility.rounding)?;
    let taxes = rules::sold(&parts, rounding)?;
    let paid = Yen::checked_sum(taxes.iter().map(|sum| sum.total))?;
    // A number that cannot be one must not be taken for one.
    let invoice_number =
        facility.invoice_number.clone().filter(|number| rules::check_number(number) != NumberCheck::Malformed);
    Some(Receipt {
        number: 0,
        kind: ReceiptKind::Sale,
        corrects: None,
        issued_at: Millis::default(),
        seller: Seller {
            name: facility.name.clone(),
            address: facility.address.clone(),
            phone: facility.phone.clone(),
            invoice_number,
        },
        order: order.id,
        called: view::number(order),
        seat: order.seat_label.clone(),
        sold_at: paid_by.settled_at?,
        returned_at: None,
        lines: lines.iter().zip(&parts).map(line).collect(),
        discount: Yen::checked_sum(parts.iter().map(|part| part.discount))?,
        total: Some(paid).filter(|paid| *paid == paid_by.amount)?,
        taxes,
        rounding,
        provider: paid_by.provider,
    })
}

fn part(line: &Line) -> Part {
    Part { rate: line.rate, amount: line.amount, discount: line.discount }
}

fn line((line, part): (&Line, &Part)) -> ReceiptLine {
    ReceiptLine {
        name: line.name.clone(),
        options: line.options.clone(),
        quantity: line.quantity,
        place: line.place,
        unit: line.unit,
        amount: part.amount,
        discount: part.discount,
        reduced: line.rate.kind == RateKind::Reduced,
        basis_points: line.rate.basis_points,
    }
}

/// The paper of a refund, still without a number: says again what was sold, and what of it went back.
fn given_back(sale: &Receipt, before: &[TaxSum], refund: &Refund) -> Option<Receipt> {
    let left = rules::left(&sale.taxes, before)?;
    Some(Receipt {
        kind: ReceiptKind::Return,
        corrects: Some(sale.number),
        returned_at: Some(refund.done_at?),
        total: refund.amount,
        taxes: rules::returned(&left, refund.amount, sale.rounding)?,
        ..sale.clone()
    })
}

/// A shop's receipts, newest first.
pub async fn list(app: &App, facility: FacilityId, wanted: Wanted, after: Option<&str>) -> Result<ReceiptPage, Error> {
    let before = match after {
        None => i64::MAX,
        Some(text) => {
            let refused = || Problem::new(Code::InvalidRequest).detail("`after` is not a cursor of ours");
            text.parse().ok().filter(|number| *number > 0).ok_or_else(refused)?
        }
    };
    let mut conn = app.db.read().await?;
    let mut receipts = store::receipt::page(&mut conn, facility, wanted, before, PAGE + 1).await?;
    let shop = store::register::facility(&mut conn, facility).await?.ok_or(Code::NotFound)?;
    let more = receipts.len() > usize::try_from(PAGE).unwrap_or(usize::MAX);
    receipts.truncate(usize::try_from(PAGE).unwrap_or(usize::MAX));
    let next = receipts.last().filter(|_| more).map(|receipt| receipt.number.to_string());
    Ok(ReceiptPage { receipts, next, invoice_number: shop.invoice_number.as_deref().map(rules::check_number) })
}
