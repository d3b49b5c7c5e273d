//! The rules of the trade, each in one place: state machines, prices, tax. Pure functions over `api` and `money`
//! types, used by the server to decide and by the phone to show the same result beforehand.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer};

pub mod cart;
pub mod coupon;
pub mod facility;
pub mod order;
pub mod payment;
pub mod proof;
pub mod receipt;
pub mod refund;
pub mod settlement;
pub mod tax;

/// What the API document says of an enum whose values are sent by these names: the derived one knows the variants only.
macro_rules! schema_of_names {
    ($name:ident [$($doc:expr),*] [$($text:literal),*]) => {
        #[cfg(feature = "openapi")]
        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
                utoipa::openapi::ObjectBuilder::new()
                    .schema_type(utoipa::openapi::schema::Type::String)
                    .description(Some([$($doc),*].map(str::trim).join(" ")))
                    .enum_values(Some([$($text),*]))
                    .into()
            }
        }

        #[cfg(feature = "openapi")]
        impl utoipa::ToSchema for $name {}
    };
}
pub(crate) use schema_of_names;

/// The position of the name that is read. One function for all such enums: what serde derives for each of them is several times
/// as much for a phone to load.
pub(crate) fn position_of_name<'de, D: Deserializer<'de>>(
    deserializer: D,
    names: &'static [&'static str],
) -> Result<usize, D::Error> {
    let name = String::deserialize(deserializer)?;
    let position = names.iter().position(|known| *known == name);
    position.ok_or_else(|| D::Error::unknown_variant(&name, names))
}

/// Reads an enum by the names of its values, in the order of `ALL`.
macro_rules! read_by_name {
    ($name:ident [$($text:literal),*]) => {
        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                const NAMES: &[&str] = &[$($text),*];
                let position = $crate::rules::position_of_name(deserializer, NAMES)?;
                Self::ALL.get(position).copied().ok_or_else(|| serde::de::Error::unknown_variant("", NAMES))
            }
        }
    };
}
pub(crate) use read_by_name;

/// A state machine's states are stored and sent by name; one list gives both directions.
macro_rules! named {
    ($(#[doc = $doc:literal])* $name:ident { $($(#[$vdoc:meta])* $variant:ident $text:literal,)* }) => {
        $(#[doc = $doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
        pub enum $name { $($(#[$vdoc])* #[serde(rename = $text)] $variant,)* }

        impl $name {
            /// Every value.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The name that is stored and sent.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $text),* }
            }

            /// The value of that name.
            pub fn from_name(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|value| value.name() == name)
            }
        }

        $crate::rules::read_by_name! { $name [$($text),*] }
        $crate::rules::schema_of_names! { $name [$($doc),*] [$($text),*] }
    };
}
pub(crate) use named;
