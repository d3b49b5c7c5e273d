//! Whose something is: a facility's, a consortium's or the programme's.

use super::RowExt;
use okini_shared::id::{ConsortiumId, FacilityId};
use sqlx::any::AnyRow;

/// Whose something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Tenant {
    Facility(FacilityId),
    Consortium(ConsortiumId),
    /// The prefecture's, for everybody.
    Programme,
}

impl Tenant {
    /// For `facility_id`.
    pub fn facility(self) -> Option<FacilityId> {
        match self {
            Self::Facility(id) => Some(id),
            Self::Consortium(_) | Self::Programme => None,
        }
    }

    /// For `consortium_id`.
    pub fn consortium(self) -> Option<ConsortiumId> {
        match self {
            Self::Facility(_) | Self::Programme => None,
            Self::Consortium(id) => Some(id),
        }
    }

    /// The id that queries compare with.
    pub(super) fn id(self) -> String {
        match self {
            Self::Facility(id) => id.to_string(),
            Self::Consortium(id) => id.to_string(),
            Self::Programme => "programme".to_owned(),
        }
    }

    /// The condition on a table with both columns, which is called `alias` there; `$1` is the id.
    pub(super) fn owns(self, alias: &str) -> String {
        match self {
            Self::Facility(_) => format!("{alias}.facility_id = $1"),
            Self::Consortium(_) => format!("{alias}.consortium_id = $1"),
            Self::Programme => {
                format!("{alias}.facility_id IS NULL AND {alias}.consortium_id IS NULL AND $1 = 'programme'")
            }
        }
    }

    /// Of a row with both columns.
    pub(super) fn of_row(row: &AnyRow) -> Result<Self, sqlx::Error> {
        if let Some(id) = row.parsed_or_null("facility_id")? {
            return Ok(Self::Facility(id));
        }
        Ok(row.parsed_or_null("consortium_id")?.map_or(Self::Programme, Self::Consortium))
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
