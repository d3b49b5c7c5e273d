//! Every refusal of the API: one table of code, status and title, and the RFC 9457 document that carries it.
//! What a person reads comes from the app's locales under `problem.<code>`; the English title here is for programs.

use crate::api::coupon::CouponRefusal;
use crate::api::order::CartChange;
use crate::rules::payment::ProviderName;
use serde::{Deserialize, Serialize};

macro_rules! problems {
    ($($(#[$doc:meta])* $variant:ident $code:literal $status:literal $title:literal;)*) => {
        /// Why a request was refused. The code is contract: it names the documentation page and the locale key.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
        pub enum Code {
            $($(#[$doc])* #[serde(rename = $code)] $variant,)*
        }

        crate::rules::read_by_name! { Code [$($code),*] }
        crate::rules::schema_of_names! {
            Code ["Why a request was refused. The code is contract: it names the documentation page and the locale key."]
            [$($code),*]
        }

        impl Code {
            /// Every code there is.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The stable name, as in the `code` and `type` members.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $code),* }
            }

            /// The HTTP status that goes with it.
            pub const fn status(self) -> u16 {
                match self { $(Self::$variant => $status),* }
            }

            /// A short English summary that does not change from case to case.
            pub const fn title(self) -> &'static str {
                match self { $(Self::$variant => $title),* }
            }
        }
    };
}

problems! {
    /// The body is not JSON of the documented shape, or a path or query value cannot be read.
    InvalidRequest "invalid-request" 400 "The request cannot be read";
    /// The body has the right shape but a value is out of bounds.
    InvalidValue "invalid-value" 422 "A value is not acceptable";
    /// The body is larger than this operation takes.
    TooLarge "too-large" 413 "The request is too large";
    /// The body's content type is not the documented one.
    UnsupportedMediaType "unsupported-media-type" 415 "The content type is not supported";
    /// Nothing here, or nothing that the caller may know of.
    NotFound "not-found" 404 "There is nothing here";
    /// The path exists, the verb does not.
    MethodNotAllowed "method-not-allowed" 405 "This method is not offered here";
    /// Nobody is signed in, or the sign-in has ended.
    SignInNeeded "sign-in-needed" 401 "Sign in first";
    /// User name and password do not match.
    SignInRefused "sign-in-refused" 401 "The sign-in was refused";
    /// Signed in, but this role may not do that.
    Forbidden "forbidden" 403 "This is not allowed for your role";
    /// Too many requests from this phone or network.
    RateLimited "rate-limited" 429 "Too many requests";
    /// The operation needs an `Idempotency-Key` of 1 to 255 characters.
    IdempotencyKeyNeeded "idempotency-key-needed" 400 "An Idempotency-Key header is needed";
    /// The same key came with another payload.
    IdempotencyKeyReused "idempotency-key-reused" 422 "This Idempotency-Key was used for another request";
    /// The first request with this key has not ended yet.
    IdempotencyKeyRunning "idempotency-key-running" 409 "The first request with this key is still running";
    /// A QR code that nobody ever issued.
    CodeUnknown "code-unknown" 404 "This QR code is not one of ours";
    /// A QR code that was replaced; the poster is out of date.
    CodeRetired "code-retired" 410 "This QR code is no longer valid";
    /// The facility is not approved at the moment.
    FacilitySuspended "facility-suspended" 409 "This facility is not open in the programme";
    /// The facility takes no orders at the moment.
    OrdersClosed "orders-closed" 409 "The shop is not taking orders";
    /// Prices or availability differ from what the diner saw; `changes` names each line.
    CartChanged "cart-changed" 409 "The menu changed while the cart was open";
    /// A chosen coupon cannot be used as the diner saw it; `coupons` says why.
    CouponChanged "coupon-changed" 409 "A coupon cannot be used as it was shown";
    /// No coupon can be got, which `coupons` explains, or there is none to give to another phone.
    CouponRefused "coupon-refused" 409 "This coupon cannot be got";
    /// A code that is not one of ours, was used by another phone, or has run out.
    CouponCodeUnknown "coupon-code-unknown" 404 "This code gives no coupon";
    /// Alcohol without the "20 or over" answer.
    AgeCheckNeeded "age-check-needed" 422 "Confirm that you are 20 or over";
    /// The order is no longer in a state that allows this.
    OrderMovedOn "order-moved-on" 409 "The order has moved on";
    /// The bill is already paid, void or being paid.
    BillNotOpen "bill-not-open" 409 "There is nothing to pay here";
    /// Nothing was paid, or it went back before anybody asked for a receipt.
    NoReceipt "no-receipt" 404 "There is no receipt of this order";
    /// The facility has no account at this provider.
    ProviderNotOffered "provider-not-offered" 422 "This facility does not take that provider";
    /// The provider did not answer or answered with an error; nothing was charged.
    ProviderUnavailable "provider-unavailable" 503 "The payment provider does not answer";
    /// The server cannot take writes at the moment.
    StorageUnavailable "storage-unavailable" 503 "The server cannot store anything at the moment";
}

impl Code {
    /// The documentation page of the code, relative to the server; also the `type` of the problem.
    pub fn page(self) -> String {
        format!("/problems/{}", self.name())
    }

    /// The code for a `code` member.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|code| code.name() == name)
    }
}

/// An RFC 9457 problem document (`application/problem+json`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Problem {
    /// The documentation page of the code.
    #[serde(rename = "type")]
    pub page: String,
    /// Short English summary of the code.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// The code, for programs and locales.
    pub code: Code,
    /// What was wrong in this case, in English.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// The body's member that was wrong, as a JSON pointer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pointer: Option<String>,
    /// With `cart-changed`: what differs, line by line.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<CartChange>,
    /// With `coupon-changed` and `coupon-refused`: why not.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub coupons: Vec<CouponRefusal>,
    /// With `provider-unavailable`: which one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provider: Option<ProviderName>,
}

impl Problem {
    /// The plain form of a code.
    pub fn new(code: Code) -> Self {
        Self {
            page: code.page(),
            title: code.title().to_owned(),
            status: code.status(),
            code,
            detail: None,
            pointer: None,
            changes: Vec::new(),
            coupons: Vec::new(),
            provider: None,
        }
    }

    /// Says what was wrong in this case.
    #[must_use]
    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    /// Names the member of the body that was wrong.
    #[must_use]
    pub fn at(mut self, pointer: impl Into<String>) -> Self {
        self.pointer = Some(pointer.into());
        self
    }
}

impl From<Code> for Problem {
    fn from(code: Code) -> Self {
        Self::new(code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_code_has_its_own_name_and_an_error_status() {
        let mut names: Vec<_> = Code::ALL.iter().map(|code| code.name()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), Code::ALL.len());
        for code in Code::ALL {
            assert!((400..600).contains(&code.status()), "{}", code.name());
            assert_eq!(Code::from_name(code.name()), Some(*code));
        }
    }
}
