//! The two kinds of failure: a deliberate problem that the caller is told, and everything else, which is
//! logged once and answered with a 500 that says nothing.

use okini_shared::problem::{Code, Problem};
use std::fmt;
use std::sync::Arc;

/// Why an operation did not succeed.
#[derive(Debug, Clone)]
pub enum Error {
    /// Told to the caller as it is.
    Problem(Box<Problem>),
    /// Another transaction changed what this one had read: try again, and if that does not help, say so.
    Overtaken,
    /// Nobody meant this to happen; the caller learns nothing of it.
    Unexpected(Arc<dyn std::error::Error + Send + Sync>),
}

impl Error {
    /// Wraps something nobody meant to happen.
    pub fn unexpected(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Unexpected(Arc::from(error.into()))
    }

    /// The problem's code, when it is one.
    pub fn code(&self) -> Option<Code> {
        match self {
            Self::Problem(problem) => Some(problem.code),
            Self::Overtaken => Some(Code::OrderMovedOn),
            Self::Unexpected(_) => None,
        }
    }

    /// Another transaction came between: try again.
    pub fn is_collision(&self) -> bool {
        match self {
            Self::Problem(_) => false,
            Self::Overtaken => true,
            Self::Unexpected(error) => error.downcast_ref().is_some_and(crate::store::db::collided),
        }
    }
}

impl From<Problem> for Error {
    fn from(problem: Problem) -> Self {
        Self::Problem(Box::new(problem))
    }
}

impl From<Code> for Error {
    fn from(code: Code) -> Self {
        Problem::new(code).into()
    }
}

impl From<serde_json::Error> for Error {
    fn from(error: serde_json::Error) -> Self {
        Self::unexpected(error)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Problem(problem) => {
                write!(f, "{}: {}", problem.code.name(), problem.detail.as_deref().unwrap_or(&problem.title))
            }
            Self::Overtaken => f.write_str("overtaken by another transaction"),
            Self::Unexpected(error) => write!(f, "{error}"),
        }
    }
}

impl std::error::Error for Error {}
