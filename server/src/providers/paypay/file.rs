//! Reads PayPay's file of transactions: Shift_JIS, comma separated, columns known by their titles. What it is compared
//! with belongs to the domain.

use okini_shared::money::Yen;
use std::fmt;

const ID: &[&str] = &["加盟店決済ID", "マーチャント決済ID"];
const STATUS: &[&str] = &["取引ステータス"];
const AT: &[&str] = &["取引日時"];
const AMOUNT: &[&str] = &["取引金額"];

/// One transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transaction {
    /// The line in the file, for people; the titles are line 1.
    pub line: u64,
    /// Our id of the payment, empty when it was not made through us.
    pub payment: String,
    pub kind: Kind,
    /// The day in Japan, `20261123`.
    pub day: i64,
    /// Never negative.
    pub amount: Yen,
}

/// What a transaction did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    Paid,
    GivenBack,
    /// A word that we do not know.
    Other(String),
}

/// Why a file cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unreadable {
    NotShiftJis,
    NoColumn(&'static str),
    Line(u64),
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotShiftJis => f.write_str("the file is not Shift_JIS: give it as PayPay sent it"),
            Self::NoColumn(title) => write!(f, "the file has no column {title}: is it PayPay's file of transactions?"),
            Self::Line(line) => write!(f, "line {line} cannot be read: a date or an amount is not one"),
        }
    }
}

impl std::error::Error for Unreadable {}

/// Reads a whole file.
///
/// # Errors
/// At the first thing that is not as PayPay writes it.
pub fn read(bytes: &[u8]) -> Result<Vec<Transaction>, Unreadable> {
    let (text, _, broken) = encoding_rs::SHIFT_JIS.decode(bytes);
    if broken {
        return Err(Unreadable::NotShiftJis);
    }
    let mut file = csv::Reader::from_reader(text.as_bytes());
    let titles = file.headers().map_err(|_| Unreadable::Line(1))?.clone();
    let column = |names: &'static [&'static str]| {
        let place = titles.iter().position(|title| names.contains(&title.trim()));
        place.ok_or_else(|| Unreadable::NoColumn(names.first().copied().unwrap_or_default()))
    };
    let (id, status, at, amount) = (column(ID)?, column(STATUS)?, column(AT)?, column(AMOUNT)?);
    let mut found = Vec::new();
    for row in file.records() {
        let row = row.map_err(|error| Unreadable::Line(error.position().map_or(0, csv::Position::line)))?;
        let line = row.position().map_or(0, csv::Position::line);
        let cell = |place: usize| row.get(place).unwrap_or_default().trim();
        let yen = yen(cell(amount)).ok_or(Unreadable::Line(line))?;
        found.push(Transaction {
            line,
            payment: cell(id).to_owned(),
            kind: kind(cell(status), yen),
            day: day(cell(at)).ok_or(Unreadable::Line(line))?,
            amount: Yen::new(yen.checked_abs().ok_or(Unreadable::Line(line))?),
        });
    }
    Ok(found)
}

/// A refund is written with a minus.
fn kind(status: &str, yen: i64) -> Kind {
    match status {
        "取引完了" if yen >= 0 => Kind::Paid,
        "返金完了" if yen <= 0 => Kind::GivenBack,
        other => Kind::Other(other.to_owned()),
    }
}

fn yen(text: &str) -> Option<i64> {
    text.replace(',', "").parse().ok()
}

/// The day of `2026/11/23 09:29:00`.
fn day(text: &str) -> Option<i64> {
    let mut parts = text.split_whitespace().next()?.split(['/', '-']).map(|part| part.parse::<i64>().ok());
    let (year, month, day) = (parts.next()??, parts.next()??, parts.next()??);
    let real = (2000..=9999).contains(&year) && (1..=12).contains(&month) && (1..=31).contains(&day);
    (real && parts.next().is_none()).then_some(year * 10_000 + month * 100 + day)
}
