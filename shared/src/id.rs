//! Typed ids: a prefix and a UUIDv7 in 32 hex digits (`ord_018f...`), so that an order id cannot be
//! passed as an item id and a log line reads itself. Making new ones needs a clock and belongs to the server.

use std::fmt;
use std::str::FromStr;

/// A text that is not an id of the wanted kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InvalidId {
    /// The prefix that was expected, `ord_` for example.
    pub expected: &'static str,
}

impl fmt::Display for InvalidId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "expected {} and 32 lower-case hex digits", self.expected)
    }
}

impl std::error::Error for InvalidId {}

fn parse(text: &str, prefix: &'static str) -> Result<u128, InvalidId> {
    let bad = InvalidId { expected: prefix };
    let hex = text.strip_prefix(prefix).ok_or(bad)?;
    let canonical = hex.len() == 32 && hex.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
    if !canonical {
        return Err(bad);
    }
    u128::from_str_radix(hex, 16).map_err(|_| bad)
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident $prefix:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(u128);

        impl $name {
            /// What every id of this kind begins with.
            pub const PREFIX: &'static str = $prefix;

            /// Wraps a UUIDv7 made by the server's id source.
            pub const fn from_uuid(uuid: u128) -> Self {
                Self(uuid)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!($prefix, "{:032x}"), self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;
            fn from_str(text: &str) -> Result<Self, InvalidId> {
                parse(text, $prefix).map(Self)
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }

        #[cfg(feature = "openapi")]
        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
                utoipa::openapi::ObjectBuilder::new()
                    .schema_type(utoipa::openapi::schema::Type::String)
                    .pattern(Some(concat!("^", $prefix, "[0-9a-f]{32}$")))
                    .into()
            }
        }

        #[cfg(feature = "openapi")]
        impl utoipa::ToSchema for $name {}
    )*};
}

ids! {
    /// A provider group that registers facilities (事業者).
    ConsortiumId "con_";
    /// A shop or venue (施設).
    FacilityId "fac_";
    /// A place with its own QR token (席).
    SeatId "sea_";
    /// A section of a menu.
    CategoryId "cat_";
    /// A dish or drink on a menu.
    ItemId "itm_";
    /// A choice to make for an item, such as the size.
    GroupId "grp_";
    /// One possible answer in an option group.
    OptionId "opt_";
    /// What is to be cooked (注文).
    OrderId "ord_";
    /// A line of an order.
    LineId "lin_";
    /// What is to be paid (会計).
    BillId "bil_";
    /// One attempt to pay one bill at one provider; also the merchant payment id on the wire.
    PaymentId "pay_";
    /// Money on its way back; also the merchant refund id on the wire.
    RefundId "ref_";
    /// A coupon offer (キャンペーン).
    CampaignId "cmp_";
    /// One campaign's benefit in one diner's wallet.
    CouponId "cpn_";
    /// A coupon set aside for one bill, used on it or given back.
    HoldId "hld_";
    /// A funder's money for coupons.
    BudgetId "bud_";
    /// A movement of coupon money between two accounts.
    LedgerEntryId "led_";
    /// Codes that were made together.
    CodeBatchId "bat_";
    /// Another system that is told what happened.
    WebhookId "whk_";
    /// One message to one webhook.
    DeliveryId "del_";
    /// A consortium's account at a payment company.
    ProviderAccountId "pva_";
    /// A raw notification received from a provider.
    NotificationId "ntf_";
    /// An append-only fact.
    EventId "evt_";
    /// A person who signs in.
    AccountId "acc_";
    /// One signed-in device of an account.
    SessionId "ses_";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_back_what_it_prints() {
        let id = OrderId::from_uuid(0x018f_0000_0000_7000_8000_0000_0000_0001);
        assert_eq!(id.to_string(), "ord_018f0000000070008000000000000001");
        assert_eq!(id.to_string().parse(), Ok(id));
        assert_eq!(serde_json::from_str::<OrderId>(&serde_json::to_string(&id).unwrap()).unwrap(), id);
    }

    #[test]
    fn refuses_everything_else() {
        for text in [
            "",
            "ord_",
            "itm_018f0000000070008000000000000001",
            "ord_018F0000000070008000000000000001",
            "ord_018f000000007000800000000000001",
            "ord_018f00000000700080000000000000011",
            "ord_+18f0000000070008000000000000001",
        ] {
            assert!(text.parse::<OrderId>().is_err(), "{text}");
        }
    }
}
