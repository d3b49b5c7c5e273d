//! What stands on a receipt, row by row, in the reader's language with the Japanese that the law and bookkeepers want beside
//! it. `page` and `pdf` only paint the rows; figures come from the receipt as it was issued.

pub mod page;
pub mod pdf;
mod words;

use okini_shared::api::receipt::{Receipt, ReceiptLine};
use okini_shared::money::Yen;
use okini_shared::rules::payment::ProviderName;
use okini_shared::rules::receipt::{ReceiptKind, needs_return_invoice};
use okini_shared::rules::tax::{Place, RateKind, TaxSum};
use okini_shared::text::{Lang, Text, yen};
use okini_shared::time::Millis;
use words::{JA, Words};

/// The mark of what has the reduced rate.
const MARK: &str = "※";

/// How a row looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// In the middle, large.
    Title,
    /// In the middle.
    Centre,
    /// Words, and a figure at the right.
    Plain,
    /// The same below another row.
    Detail,
    /// The same, large.
    Total,
    /// A line across.
    Rule,
}

/// A row of a paper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    pub style: Style,
    pub text: String,
    /// The same in Japanese, where the text is not.
    pub ja: Option<String>,
    pub figure: String,
}

/// A paper to be painted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sheet {
    pub lang: Lang,
    pub title: String,
    pub rows: Vec<Row>,
}

/// A word of the table, said in the reader's language.
type Word = fn(&Words) -> &'static str;

struct Writer {
    lang: Lang,
    rows: Vec<Row>,
}

impl Writer {
    fn is_japanese(&self) -> bool {
        self.lang.html() == Lang::Ja.html()
    }

    fn put(&mut self, style: Style, text: impl Into<String>, ja: Option<String>, figure: impl Into<String>) {
        let (text, figure) = (text.into(), figure.into());
        let ja = ja.filter(|ja| !self.is_japanese() && *ja != text);
        self.rows.push(Row { style, text, ja, figure });
    }

    fn say(&mut self, style: Style, word: Word, figure: impl Into<String>) {
        self.put(style, word(words::of(self.lang)), Some(word(&JA).to_owned()), figure);
    }

    /// A word with a figure in it.
    fn fill(&mut self, style: Style, word: Word, with: &str, figure: impl Into<String>) {
        let said = |words: &Words| word(words).replace("{}", with);
        self.put(style, said(words::of(self.lang)), Some(said(&JA)), figure);
    }

    /// Somebody's own words.
    fn text(&mut self, style: Style, text: &Text, mark: &str, figure: impl Into<String>) {
        let said = format!("{}{mark}", text.say(self.lang).text);
        self.put(style, said, Some(format!("{}{mark}", text.shop())), figure);
    }

    fn rule(&mut self) {
        self.put(Style::Rule, "", None, "");
    }

    fn yen(&self, amount: Yen) -> String {
        yen(amount, self.lang)
    }
}

/// A receipt, or the paper of a refund, for a reader of `lang`.
pub fn sheet(receipt: &Receipt, lang: Lang) -> Sheet {
    let mut to = Writer { lang, rows: Vec::new() };
    let title: Word = match receipt.kind {
        ReceiptKind::Sale => |words| words.receipt,
        ReceiptKind::Return => |words| words.refund,
    };
    head(&mut to, receipt, title);
    to.rule();
    if receipt.kind == ReceiptKind::Return {
        to.say(Style::Centre, |words| words.about, "");
    }
    for line in &receipt.lines {
        sold(&mut to, line, receipt.kind);
    }
    to.rule();
    sums(&mut to, receipt);
    to.rule();
    foot(&mut to, receipt);
    let title = format!("{} No. {}", title(words::of(lang)), receipt.number);
    Sheet { lang, title, rows: to.rows }
}

fn head(to: &mut Writer, receipt: &Receipt, title: Word) {
    let seller = &receipt.seller;
    to.say(Style::Title, title, "");
    let registered = seller.invoice_number.is_some();
    match receipt.kind {
        ReceiptKind::Sale if registered => to.say(Style::Centre, |words| words.invoice, ""),
        ReceiptKind::Return if needs_return_invoice(registered, receipt.total) => {
            to.say(Style::Centre, |words| words.return_invoice, "");
        }
        _ => {}
    }
    to.text(Style::Title, &seller.name, "", "");
    to.text(Style::Centre, &seller.address, "", "");
    to.put(Style::Centre, format!("TEL {}", seller.phone), None, "");
    to.rule();
    if let Some(number) = &seller.invoice_number {
        to.say(Style::Plain, |words| words.registration, number.clone());
    }
    to.say(Style::Plain, |words| words.number, format!("No. {}", receipt.number));
    to.say(Style::Plain, |words| words.sold_at, moment(receipt.sold_at, to.lang));
    if let Some(corrects) = receipt.corrects {
        to.say(Style::Plain, |words| words.corrects, format!("No. {corrects}"));
    }
    if let Some(returned_at) = receipt.returned_at {
        to.say(Style::Plain, |words| words.returned_at, moment(returned_at, to.lang));
    }
    if let Some(called) = &receipt.called {
        to.say(Style::Plain, |words| words.called, called.clone());
    }
    if let Some(seat) = &receipt.seat {
        to.say(Style::Plain, |words| words.seat, seat.clone());
    }
}

fn sold(to: &mut Writer, line: &ReceiptLine, kind: ReceiptKind) {
    // With a refund the lines only say what it is about.
    let figure = if kind == ReceiptKind::Sale { to.yen(line.amount) } else { String::new() };
    to.text(Style::Plain, &line.name, if line.reduced { MARK } else { "" }, figure);
    for option in &line.options {
        to.text(Style::Detail, option, "", "");
    }
    let count = format!("{} × {}", to.yen(line.unit), line.quantity);
    match line.place {
        Place::EatIn => to.put(Style::Detail, count, None, ""),
        Place::Takeout => {
            let said = format!("{count} {}", words::of(to.lang).takeout);
            to.put(Style::Detail, said, Some(JA.takeout.to_owned()), "");
        }
    }
}

fn sums(to: &mut Writer, receipt: &Receipt) {
    let total = to.yen(receipt.total);
    match receipt.kind {
        ReceiptKind::Sale => {
            if receipt.discount > Yen::ZERO {
                let before = receipt.total.checked_add(receipt.discount).unwrap_or(receipt.total);
                to.say(Style::Plain, |words| words.before, to.yen(before));
                let off = Yen::ZERO.checked_sub(receipt.discount).unwrap_or_default();
                to.say(Style::Plain, |words| words.discount, to.yen(off));
            }
            to.say(Style::Total, |words| words.total, total);
        }
        ReceiptKind::Return => to.say(Style::Total, |words| words.returned, total),
    }
    for sum in &receipt.taxes {
        by_rate(to, sum, receipt.seller.invoice_number.is_some());
    }
}

/// One rate's total and the tax in it; a shop that is not registered states no tax.
fn by_rate(to: &mut Writer, sum: &TaxSum, registered: bool) {
    let mark = if sum.kind == RateKind::Reduced { MARK } else { "" };
    let rate = format!("{}{mark}", percent(sum.basis_points));
    to.fill(Style::Plain, |words| words.at_rate, &rate, to.yen(sum.total));
    if registered {
        to.say(Style::Detail, |words| words.tax, to.yen(sum.tax));
    }
}

fn foot(to: &mut Writer, receipt: &Receipt) {
    let company = company(receipt.provider, words::of(to.lang));
    match receipt.kind {
        ReceiptKind::Sale => to.say(Style::Plain, |words| words.paid_by, company),
        ReceiptKind::Return => to.say(Style::Plain, |words| words.returned_by, company),
    }
    if receipt.lines.iter().any(|line| line.reduced) {
        to.say(Style::Detail, |words| words.mark, "");
    }
    if receipt.seller.invoice_number.is_none() {
        to.say(Style::Detail, |words| words.no_invoice, "");
    }
    to.say(Style::Detail, |words| words.issued_at, moment(receipt.issued_at, to.lang));
}

/// `2026年11月23日 12:31`, in Japan.
fn moment(at: Millis, lang: Lang) -> String {
    let time = at.in_japan();
    let clock = format!("{:02}:{:02}", time.hour, time.minute);
    match lang.html() {
        "ja" => format!("{}年{}月{}日 {clock}", time.year, time.month, time.day),
        _ => format!("{}-{:02}-{:02} {clock} JST", time.year, time.month, time.day),
    }
}

/// `10%`, `8.5%`.
fn percent(basis_points: i64) -> String {
    let (whole, rest) = (basis_points.div_euclid(100), basis_points.rem_euclid(100));
    match rest {
        0 => format!("{whole}%"),
        _ => format!("{}%", format!("{whole}.{rest:02}").trim_end_matches('0')),
    }
}

const fn company(name: ProviderName, words: &Words) -> &'static str {
    match name {
        ProviderName::Paypay => "PayPay",
        ProviderName::Hosted => words.card_or_bank,
        ProviderName::Komoju => "KOMOJU",
        ProviderName::Stripe => "Stripe",
    }
}

#[cfg(test)]
mod tests;
