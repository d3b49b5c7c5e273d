//! Whose something is: a facility's or a consortium's.

use super::RowExt;
use okini_shared::id::{ConsortiumId, FacilityId};
use sqlx::any::AnyRow;

/// Whose something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Tenant {
    Facility(FacilityId),
    Consortium(ConsortiumId),
}

impl Tenant {
    /// For `facility_id`.
    pub fn facility(self) -> Option<FacilityId> {
        match self {
            Self::Facility(id) => Some(id),
            Self::Consortium(_) => None,
        }
    }

    /// For `consortium_id`.
    pub fn consortium(self) -> Option<ConsortiumId> {
        match self {
            Self::Facility(_) => None,
            Self::Consortium(id) => Some(id),
        }
    }

    /// Of a row with both columns.
    pub(super) fn of_row(row: &AnyRow) -> Result<Self, sqlx::Error> {
        match row.parsed_or_null("facility_id")? {
            Some(id) => Ok(Self::Facility(id)),
            None => Ok(Self::Consortium(row.parsed("consortium_id")?)),
        }
    }
}

impl From<FacilityId> for Tenant {
    fn from(id: FacilityId) -> Self {
        Self::Facility(id)
    }
}

impl From<ConsortiumId> for Tenant {
    fn from(id: ConsortiumId) -> Self {
        Self::Consortium(id)
    }
}
