//! Signing in: a short bearer token for the API, a refresh token in a cookie that scripts cannot read.

use super::endpoints;
use crate::id::{AccountId, ConsortiumId, FacilityId};
use crate::rules::named;
use crate::time::Millis;
use serde::{Deserialize, Serialize};

endpoints! {
    /// Signs in and sets the refresh cookie. The same answer and time for unknown users and wrong passwords.
    SignIn = Post "/api/v1/session" {
        status: 201, caller: Anyone, pace: Guess,
        request: Credentials, response: Session, problems: [SignInRefused],
    }
    /// A new access token for the refresh cookie, which is rotated; an old cookie used again ends the session.
    RefreshSession = Post "/api/v1/session/refresh" {
        status: 200, caller: Anyone, pace: Write,
        request: (), response: Session, problems: [SignInNeeded],
    }
    /// Signs out: the session ends at once on every server.
    SignOut = Delete "/api/v1/session" {
        status: 204, caller: Anyone, pace: Write, content: super::Content::Empty,
        request: (), response: (), problems: [],
    }
}

named! {
    /// What a person may do.
    Role {
        /// Runs the facility: menu, staff, money.
        Owner "owner",
        /// Runs orders and what is sold out.
        Kitchen "kitchen",
        /// Looks after the facilities that a consortium registered, and their money.
        Officer "officer",
    }
}

/// User name and password.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Credentials {
    pub user: String,
    pub password: String,
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Credentials").finish_non_exhaustive()
    }
}

/// A signed-in person.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Session {
    /// Send as `Authorization: Bearer`; good for ten minutes.
    pub access_token: String,
    pub expires_at: Millis,
    pub account: Account,
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session").field("account", &self.account).finish_non_exhaustive()
    }
}

/// Who is signed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Account {
    pub id: AccountId,
    pub user: String,
    pub role: Role,
    pub place: Place,
}

/// Where a person belongs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Place {
    /// Owners and kitchens. The code is the one on the poster.
    Facility { id: FacilityId, name: String, code: String },
    /// Officers.
    Consortium { id: ConsortiumId, name: String },
}

impl Place {
    /// What people call it.
    pub fn name(&self) -> &str {
        match self {
            Self::Facility { name, .. } | Self::Consortium { name, .. } => name,
        }
    }
}
