//! Why a call to a payment company brought nothing, in the terms that decide what may be done next. Which of its codes
//! mean what belongs to each adapter.

use super::{ProviderError, RefundFinding};
use okini_shared::rules::payment::Finding;

/// Why the provider did not do what it was asked to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refusal {
    /// The same call will never pass.
    Lasting,
    /// The same call may pass later: limits, maintenance, or a key or clock that has to be put right first.
    Passing,
    /// What the call is about is not there.
    Missing,
}

/// Why a call brought nothing.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Trouble {
    /// No connection, so the provider cannot have read anything.
    NotSent(&'static str),
    /// The provider says that it did nothing, with its code.
    Refused(String, Refusal),
    /// The provider may have acted.
    Unclear(String),
}

impl Trouble {
    pub(super) fn unclear(what: impl Into<String>) -> Self {
        Self::Unclear(what.into())
    }

    /// What happened, where it leaves the outcome open whatever it was.
    pub(super) fn detail(self) -> String {
        match self {
            Self::NotSent(detail) => detail.into(),
            Self::Refused(detail, _) | Self::Unclear(detail) => detail,
        }
    }

    /// The answer to a question about a payment.
    pub(super) fn about_payment(self) -> Finding {
        match self {
            Self::Refused(_, Refusal::Missing) => Finding::NotFound,
            trouble => Finding::Unclear(trouble.detail()),
        }
    }

    /// The answer to a question about a refund.
    pub(super) fn about_refund(self) -> RefundFinding {
        match self {
            Self::Refused(_, Refusal::Missing) => RefundFinding::NotFound,
            trouble => RefundFinding::Unclear(trouble.detail()),
        }
    }
}

impl From<Trouble> for RefundFinding {
    /// For calls that give money back: what is not there cannot be given back.
    fn from(trouble: Trouble) -> Self {
        match trouble {
            Trouble::Refused(code, Refusal::Lasting | Refusal::Missing) => Self::Refused(code),
            trouble => Self::Unclear(trouble.detail()),
        }
    }
}

impl From<Trouble> for ProviderError {
    /// For calls that make or withdraw a page: to them a missing object is no answer.
    fn from(trouble: Trouble) -> Self {
        match trouble {
            Trouble::NotSent(why) => Self::Refused(why.into()),
            Trouble::Refused(code, Refusal::Lasting | Refusal::Passing) => Self::Refused(code),
            Trouble::Refused(code, Refusal::Missing) | Trouble::Unclear(code) => Self::Unclear(code),
        }
    }
}
