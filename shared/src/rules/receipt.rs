//! What the law wants of a receipt: sums by rate after discounts with one rounding each, how a refund is spread over the
//! rates, when its paper has to be a qualified return invoice, and what a registration number looks like. Layout is the server's.

use super::named;
use super::tax::{Rate, Rounding, TaxSum, sums, tax_inside};
use crate::money::Yen;

named! {
    /// What a paper is about.
    ReceiptKind {
        /// A paid bill (適格簡易請求書).
        Sale "sale",
        /// Money that went back (適格返還請求書).
        Return "return",
    }
}

named! {
    /// What can be said of a registration number (登録番号) by looking at it.
    NumberCheck {
        Good "good",
        /// The check digit of a company's number is wrong; numbers of persons have no known one, so this warns only.
        Doubtful "doubtful",
        /// Not T and 13 digits: stands on no receipt.
        Malformed "malformed",
    }
}

/// Looks at a registration number. The check digit is the first one: nine less the weighted sum of the others modulo nine,
/// weights one and two in turn from the right.
pub fn check_number(number: &str) -> NumberCheck {
    let digits: Option<Vec<u32>> =
        number.strip_prefix('T').map(|rest| rest.chars().map_while(|c| c.to_digit(10)).collect());
    let Some([check, rest @ ..]) = digits.as_deref() else { return NumberCheck::Malformed };
    if rest.len() != 12 || number.len() != 14 {
        return NumberCheck::Malformed;
    }
    let weighted: u32 = rest.iter().rev().zip([1, 2].into_iter().cycle()).map(|(digit, weight)| digit * weight).sum();
    if *check == 9 - weighted % 9 { NumberCheck::Good } else { NumberCheck::Doubtful }
}

/// What one line adds to a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    pub rate: Rate,
    pub amount: Yen,
    /// This line's part of the discount.
    pub discount: Yen,
}

/// A document's sums by rate after the discount. Nothing when a discount is more than its line, or sums do not fit.
pub fn sold(parts: &[Part], rounding: Rounding) -> Option<Vec<TaxSum>> {
    let paid = |part: &Part| part.amount.checked_sub(part.discount).filter(|paid| *paid >= Yen::ZERO);
    let paid: Option<Vec<(Rate, Yen)>> = parts.iter().map(|part| Some((part.rate, paid(part)?))).collect();
    let mut found = sums(&paid?, rounding)?;
    found.retain(|sum| sum.total > Yen::ZERO);
    Some(found)
}

/// How a document's sums were rounded: as the shop rounds now or, where it changed that since, as they show. Nothing when
/// they are not the sums of these parts.
pub fn rounding_of(parts: &[Part], taxes: &[TaxSum], now: Rounding) -> Option<Rounding> {
    let taxes: Vec<TaxSum> = taxes.iter().copied().filter(|sum| sum.total > Yen::ZERO).collect();
    let fits = |rounding: &Rounding| sold(parts, *rounding).is_some_and(|sums| sums == taxes);
    std::iter::once(now).chain(Rounding::ALL.iter().copied()).find(fits)
}

/// What is left of a sale's sums after these returns of it.
pub fn left(sold: &[TaxSum], returned: &[TaxSum]) -> Option<Vec<TaxSum>> {
    let of = |sum: &TaxSum| {
        let same = returned.iter().filter(|back| (back.kind, back.basis_points) == (sum.kind, sum.basis_points));
        sum.total.checked_sub(Yen::checked_sum(same.map(|back| back.total))?)
    };
    sold.iter().map(|sum| Some(TaxSum { total: of(sum)?, ..*sum })).collect()
}

/// A return's sums by rate: spread over what is left in proportion, largest remainder first, each rounded once. Nothing when
/// more is to go back than is left.
pub fn returned(left: &[TaxSum], amount: Yen, rounding: Rounding) -> Option<Vec<TaxSum>> {
    let weights: Vec<i64> = left.iter().map(|sum| sum.total.get()).collect();
    if amount > Yen::checked_sum(left.iter().map(|sum| sum.total))? {
        return None;
    }
    let parts = amount.split(&weights)?;
    let taxed = |(sum, total): (&TaxSum, Yen)| {
        Some(TaxSum { total, tax: tax_inside(total, sum.basis_points, rounding)?, ..*sum })
    };
    left.iter().zip(parts).filter(|(_, total)| *total > Yen::ZERO).map(taxed).collect()
}

/// From here on a return of a registered shop needs a qualified return invoice (消費税法施行令70条の9: below it is exempt).
const RETURN_INVOICE_FROM: Yen = Yen::new(10_000);

/// Whether the paper of a return has to be a qualified return invoice (適格返還請求書).
pub fn needs_return_invoice(registered: bool, amount: Yen) -> bool {
    registered && amount >= RETURN_INVOICE_FROM
}

#[cfg(test)]
#[path = "receipt_tests.rs"]
mod tests;
