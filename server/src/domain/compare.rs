//! Compares a payment company's file of transactions with our books and says what differs. Changes nothing; reading the
//! file belongs to the provider, asking the company to `reconcile`.

use crate::error::Error;
use crate::providers::paypay::file::{Kind, Transaction};
use crate::store::Conn;
use crate::store::confirmed;
use okini_shared::money::Yen;
use okini_shared::rules::payment::AccountKey;
use okini_shared::time::{DAY, Millis};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// One case for staff.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Difference {
    /// In the file, and nobody here knows it.
    Unknown { line: u64, payment: String, amount: Yen },
    /// A status that we do not know.
    Status { line: u64, payment: String, status: String },
    /// Paid, by the file and by our books.
    Paid { payment: String, theirs: Yen, ours: Yen },
    /// Given back, by the file and by our books.
    GivenBack { payment: String, theirs: Yen, ours: Yen },
    /// In our books on a day of the file, and not in the file.
    Missing { payment: String, ours: Yen },
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown { line, payment, amount } => {
                write!(f, "line {line}: {} yen of {payment:?}, which is not in our books", amount.get())
            }
            Self::Status { line, payment, status } => {
                write!(f, "line {line}: {payment} has the status {status:?}, which we do not know: look at it by hand")
            }
            Self::Paid { payment, theirs, ours } => {
                write!(f, "{payment}: paid {} yen in the file, {} yen in our books", theirs.get(), ours.get())
            }
            Self::GivenBack { payment, theirs, ours } => {
                write!(
                    f,
                    "{payment}: given back {} yen in the file, {} yen in our books on its days (around midnight it may be \
                     in the next one)",
                    theirs.get(),
                    ours.get()
                )
            }
            Self::Missing { payment, ours } => write!(
                f,
                "{payment}: paid {} yen in our books, missing in the file (around midnight it may be in the next one)",
                ours.get()
            ),
        }
    }
}

/// How it went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comparison {
    pub transactions: usize,
    pub differences: Vec<Difference>,
}

/// Compares an account's file with the payments that it names and with what our books have on its days.
pub async fn compare(conn: &mut Conn, account: AccountKey, file: &[Transaction]) -> Result<Comparison, Error> {
    let mut differences = Vec::new();
    let (Some(first), Some(last)) = (file.iter().map(|one| one.day).min(), file.iter().map(|one| one.day).max()) else {
        return Ok(Comparison { transactions: 0, differences });
    };
    let within = (Millis::of_day_in_japan(first), Millis::of_day_in_japan(last).plus(DAY));
    let paid = confirmed::paid(&mut *conn, account, within).await?;
    let given_back = confirmed::given_back(&mut *conn, account, within).await?;
    let mut theirs_paid = BTreeMap::<&str, Yen>::new();
    let mut theirs_back = BTreeMap::<&str, Yen>::new();
    let mut known = paid.clone();
    for one in file {
        let (line, payment) = (one.line, one.payment.clone());
        if !known.contains_key(&payment) {
            let Some(amount) = confirmed::paid_by(&mut *conn, account, &payment).await? else {
                differences.push(Difference::Unknown { line, payment, amount: one.amount });
                continue;
            };
            known.insert(payment.clone(), amount);
        }
        let sums = match &one.kind {
            Kind::Paid => &mut theirs_paid,
            Kind::GivenBack => &mut theirs_back,
            Kind::Other(status) => {
                differences.push(Difference::Status { line, payment, status: status.clone() });
                continue;
            }
        };
        let sum = sums.entry(&one.payment).or_insert(Yen::new(0));
        *sum = Yen::new(sum.get().saturating_add(one.amount.get()));
    }
    let theirs = Sums { paid: theirs_paid, given_back: theirs_back };
    differences.extend(beside(&theirs, &known, &paid, &given_back));
    Ok(Comparison { transactions: file.len(), differences })
}

/// What the file says, by our ids.
struct Sums<'f> {
    paid: BTreeMap<&'f str, Yen>,
    given_back: BTreeMap<&'f str, Yen>,
}

/// `known` are all payments that are named, `paid` and `given_back` those of the file's days.
fn beside(
    theirs: &Sums<'_>,
    known: &BTreeMap<String, Yen>,
    paid: &BTreeMap<String, Yen>,
    given_back: &BTreeMap<String, Yen>,
) -> Vec<Difference> {
    let mut differences = Vec::new();
    for (payment, sum) in &theirs.paid {
        let ours = known.get(*payment).copied().unwrap_or(Yen::new(0));
        if *sum != ours {
            differences.push(Difference::Paid { payment: (*payment).to_owned(), theirs: *sum, ours });
        }
    }
    for (payment, ours) in paid {
        if !theirs.paid.contains_key(payment.as_str()) {
            differences.push(Difference::Missing { payment: payment.clone(), ours: *ours });
        }
    }
    let refunded: BTreeSet<&str> =
        theirs.given_back.keys().copied().chain(given_back.keys().map(String::as_str)).collect();
    for payment in refunded {
        let theirs = theirs.given_back.get(payment).copied().unwrap_or(Yen::new(0));
        let ours = given_back.get(payment).copied().unwrap_or(Yen::new(0));
        if theirs != ours {
            differences.push(Difference::GivenBack { payment: payment.to_owned(), theirs, ours });
        }
    }
    differences
}
