//! Payments and refunds of one company, and which step each state allows. How a company words states and errors on the
//! wire is not said here.

use crate::answers::Answers;
use okini_shared::money::Yen;
use okini_shared::time::Millis;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, HashMap};

/// Where a payment is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    /// Can be paid.
    Open,
    Paid,
    /// Refused by the payer, or undone by the merchant.
    Failed,
    /// Taken back by the merchant before anybody paid.
    Removed,
    /// Nobody paid in time.
    Expired,
    /// All of it was given back.
    Refunded,
}

/// What became of a payment, apart from the time running out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Progress {
    Open,
    Paid,
    Failed(Millis),
    Removed(Millis),
}

/// A payment that is asked for, made or given up.
#[derive(Debug, Clone)]
pub(crate) struct Payment {
    /// The merchant's name for it.
    pub(crate) reference: String,
    /// The company's name for its page.
    pub(crate) page: String,
    pub(crate) merchant: String,
    pub(crate) amount: Yen,
    pub(crate) description: String,
    pub(crate) return_url: String,
    /// The merchant's request as it came.
    pub(crate) request: Map<String, Value>,
    pub(crate) created_at: Millis,
    pub(crate) expires_at: Millis,
    pub(crate) progress: Progress,
    /// The company's id of the payment and when it was made; kept when it is undone.
    pub(crate) made: Option<(String, Millis)>,
    pub(crate) refunds: Vec<Refund>,
}

/// Money given back.
#[derive(Debug, Clone)]
pub(crate) struct Refund {
    /// The merchant's name for it, or the company's.
    pub(crate) id: String,
    pub(crate) amount: Yen,
    pub(crate) requested_at: i64,
    pub(crate) accepted_at: Millis,
    pub(crate) reason: Option<String>,
    /// What the merchant keeps with it.
    pub(crate) metadata: Map<String, Value>,
}

/// Why nothing can be given back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NoRefund {
    NotPaid,
    MoreThanTheRest,
}

impl Payment {
    /// Where the payment is at `now`.
    pub(crate) fn standing(&self, now: Millis) -> Standing {
        match self.progress {
            Progress::Open if now >= self.expires_at => Standing::Expired,
            Progress::Open => Standing::Open,
            Progress::Paid if self.rest() == Yen::new(0) => Standing::Refunded,
            Progress::Paid => Standing::Paid,
            Progress::Failed(_) => Standing::Failed,
            Progress::Removed(_) => Standing::Removed,
        }
    }

    /// Until when it could be paid.
    pub(crate) fn payable_until(&self) -> Millis {
        let ended = match (&self.made, &self.progress) {
            (Some((_, at)), _) | (None, Progress::Failed(at) | Progress::Removed(at)) => *at,
            (None, Progress::Open | Progress::Paid) => self.expires_at,
        };
        ended.min(self.expires_at)
    }

    /// Whether that is the company's id of it.
    pub(crate) fn is_called(&self, id: &str) -> bool {
        self.made.as_ref().is_some_and(|(made, _)| made == id)
    }

    /// What is left to give back of what was paid.
    pub(crate) fn rest(&self) -> Yen {
        let given = self.refunds.iter().map(|refund| refund.amount.get()).sum::<i64>();
        Yen::new(self.amount.get().saturating_sub(given))
    }

    pub(crate) fn only_while_open(&self, now: Millis) -> Result<(), Standing> {
        match self.standing(now) {
            Standing::Open => Ok(()),
            other => Err(other),
        }
    }

    /// The payer agrees; `late` also after the time has run out, as happens where clocks differ.
    fn pay(&mut self, id: String, now: Millis, late: bool) -> Result<(), Standing> {
        match self.standing(now) {
            Standing::Expired if late => {}
            _ => self.only_while_open(now)?,
        }
        self.progress = Progress::Paid;
        self.made = Some((id, now));
        Ok(())
    }

    /// The time runs out now instead of later.
    pub(crate) fn expire(&mut self, now: Millis) -> Result<(), Standing> {
        self.only_while_open(now)?;
        self.expires_at = now;
        Ok(())
    }

    /// The payer refuses.
    pub(crate) fn decline(&mut self, now: Millis) -> Result<(), Standing> {
        self.only_while_open(now)?;
        self.progress = Progress::Failed(now);
        Ok(())
    }

    /// The merchant takes the page back.
    pub(crate) fn remove(&mut self, now: Millis) -> Result<(), Standing> {
        self.only_while_open(now)?;
        self.progress = Progress::Removed(now);
        Ok(())
    }

    /// The merchant undoes the payment: it can no longer be made, and what was paid goes back.
    pub(crate) fn undo(&mut self, now: Millis) -> Result<(), Standing> {
        match self.standing(now) {
            Standing::Open | Standing::Paid if self.refunds.is_empty() => {
                self.progress = Progress::Failed(now);
                Ok(())
            }
            other => Err(other),
        }
    }

    /// Gives money back.
    pub(crate) fn refund(&mut self, refund: Refund) -> Result<(), NoRefund> {
        if self.progress != Progress::Paid {
            return Err(NoRefund::NotPaid);
        }
        if refund.amount > self.rest() {
            return Err(NoRefund::MoreThanTheRest);
        }
        self.refunds.push(refund);
        Ok(())
    }
}

/// All payments of one company, and its answers to requests that may be repeated.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    pub(crate) answers: Answers,
    payments: BTreeMap<String, Payment>,
    /// From a page or the company's payment id to the merchant's name.
    names: HashMap<String, String>,
}

impl Ledger {
    /// Writes down a new payment; false when its name was used before.
    pub(crate) fn add(&mut self, payment: Payment) -> bool {
        if self.payments.contains_key(&payment.reference) {
            return false;
        }
        self.names.insert(payment.page.clone(), payment.reference.clone());
        self.payments.insert(payment.reference.clone(), payment);
        true
    }

    /// All payments, by name.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Payment> {
        self.payments.values()
    }

    /// By the merchant's name.
    pub(crate) fn named(&mut self, reference: &str) -> Option<&mut Payment> {
        self.payments.get_mut(reference)
    }

    /// By the company's name of the page or of the payment.
    pub(crate) fn numbered(&mut self, id: &str) -> Option<&mut Payment> {
        self.payments.get_mut(self.names.get(id)?)
    }

    /// The payer agrees; `id` becomes the company's id of the payment. Nothing when there is no such payment.
    pub(crate) fn pay(&mut self, reference: &str, id: String, now: Millis, late: bool) -> Option<Result<(), Standing>> {
        let paid = self.payments.get_mut(reference)?.pay(id.clone(), now, late);
        if paid.is_ok() {
            self.names.insert(id, reference.to_owned());
        }
        Some(paid)
    }
}
