//! A facility and its menu as a diner sees them, in one language.

use super::endpoints;
use crate::id::{CategoryId, FacilityId, GroupId, ItemId, OptionId};
use crate::money::Yen;
use crate::rules::payment::ProviderName;
use crate::rules::tax::{Rate, Rounding, TaxClass};
use crate::text::{Lang, Words};
use crate::time::Millis;
use serde::{Deserialize, Serialize};

endpoints! {
    /// The menu of a facility in the language of `?lang=` (else of Accept-Language). Carries an ETag; a matching
    /// `If-None-Match` is answered 304.
    GetMenu = Get "/api/v1/facilities/{code}/menu" {
        status: 200, caller: Anyone, pace: Read,
        request: (), response: Menu, problems: [CodeUnknown, CodeRetired, FacilitySuspended],
    }
    /// What changes on an open menu: sold-out, prices, whether orders are taken. Begins with the current version.
    WatchMenu = Get "/api/v1/facilities/{code}/events" {
        status: 200, caller: Anyone, pace: Read, content: super::Content::Events,
        request: (), response: MenuEvent, problems: [CodeUnknown, CodeRetired, FacilitySuspended],
    }
    /// The QR code of a facility as SVG: level Q, quiet zone of four modules, an https URL in upper case.
    FacilityQrSvg = Get "/api/v1/facilities/{code}/qr.svg" {
        status: 200, caller: Anyone, pace: Read, content: super::Content::Other("image/svg+xml"),
        request: (), response: (), problems: [CodeUnknown, CodeRetired],
    }
    /// The QR code of a facility as PNG, eight pixels a module.
    FacilityQrPng = Get "/api/v1/facilities/{code}/qr.png" {
        status: 200, caller: Anyone, pace: Read, content: super::Content::Other("image/png"),
        request: (), response: (), problems: [CodeUnknown, CodeRetired],
    }
    /// The QR code of a seat as SVG.
    SeatQrSvg = Get "/api/v1/facilities/{code}/seats/{token}/qr.svg" {
        status: 200, caller: Anyone, pace: Read, content: super::Content::Other("image/svg+xml"),
        request: (), response: (), problems: [CodeUnknown, CodeRetired],
    }
    /// The QR code of a seat as PNG, eight pixels a module.
    SeatQrPng = Get "/api/v1/facilities/{code}/seats/{token}/qr.png" {
        status: 200, caller: Anyone, pace: Read, content: super::Content::Other("image/png"),
        request: (), response: (), problems: [CodeUnknown, CodeRetired],
    }
}

/// Everything a phone needs to show and price a facility's dishes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Menu {
    /// Grows with every change of the menu or of what is sold out.
    pub version: i64,
    /// The language of all words without a mark of their own.
    pub lang: Lang,
    pub facility: Facility,
    /// Tax rates, past and coming.
    pub rates: Vec<Rate>,
    pub categories: Vec<Category>,
    pub groups: Vec<OptionGroup>,
}

/// A facility as its guests see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Facility {
    pub id: FacilityId,
    /// The code in its QR: eight letters and digits.
    pub code: String,
    pub name: Words,
    pub address: Words,
    pub phone: String,
    /// Ordinary hours, `11:00` and `22:00`; informative only.
    pub opens: String,
    pub closes: String,
    /// Whether the shop takes orders now.
    pub taking_orders: bool,
    /// Minutes from acceptance to the table, as a rule.
    pub wait_minutes: i64,
    /// Minutes the shop has to answer an order before it is refused by itself.
    pub answer_minutes: i64,
    /// How the shop rounds tax.
    pub rounding: Rounding,
    /// 登録番号 of a qualified invoice issuer, `T` and 13 digits.
    pub invoice_number: Option<String>,
    /// Where the diner can pay now, best first: a provider that does not answer at the moment is left out.
    pub providers: Vec<PayAt>,
}

/// A way to pay at a facility.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PayAt {
    pub provider: ProviderName,
    /// The host whose page opens, so that the diner can check the address.
    pub host: String,
}

/// A section of a menu.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Category {
    pub id: CategoryId,
    pub name: Words,
    pub items: Vec<Item>,
}

/// A dish or drink.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Item {
    pub id: ItemId,
    pub name: Words,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<Words>,
    /// A word of praise on the picture, such as "most popular".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<Words>,
    /// Eaten in, tax-inclusive.
    pub price: Yen,
    /// Taken out, tax-inclusive; nothing when it is not sold for takeout.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub takeout_price: Option<Yen>,
    pub tax: TaxClass,
    /// Sold to people of 20 or over only.
    #[serde(default, skip_serializing_if = "is_false")]
    pub alcohol: bool,
    pub allergens: Allergens,
    /// Path of the picture.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub picture: Option<String>,
    /// Ids into the menu's `groups`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<GroupId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sold_out: Option<SoldOut>,
    /// Portions left, where the shop counts them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left: Option<i64>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde wants a reference")]
fn is_false(value: &bool) -> bool {
    !value
}

/// Sold out, and until when if the shop said so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SoldOut {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Millis>,
}

impl SoldOut {
    fn holds(self, at: Millis) -> bool {
        self.until.is_none_or(|until| until > at)
    }
}

/// A question to answer for an item: size, sauce, toppings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OptionGroup {
    pub id: GroupId,
    pub name: Words,
    /// Fewest picks; 1 makes it required.
    pub min: i64,
    /// Most picks.
    pub max: i64,
    pub options: Vec<MenuOption>,
}

/// One answer in an option group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MenuOption {
    pub id: OptionId,
    pub name: Words,
    /// Added to the item's price, tax-inclusive.
    pub price: Yen,
    /// What it adds to the item's allergens.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub contains: Vec<Allergen>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sold_out: Option<SoldOut>,
}

/// Three states per allergen: contained, not checked, and (in neither list) not contained.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Allergens {
    pub contains: Vec<Allergen>,
    /// The shop has not checked these; never shown as "none".
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unchecked: Vec<Allergen>,
}

macro_rules! allergens {
    ($($variant:ident $key:literal $mandatory:literal,)*) => {
        /// The 29 allergens of the food labelling standard: nine mandatory, twenty recommended.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        pub enum Allergen { $(#[serde(rename = $key)] $variant,)* }

        crate::rules::read_by_name! { Allergen [$($key),*] }
        crate::rules::schema_of_names! {
            Allergen ["The 29 allergens of the food labelling standard: nine mandatory, twenty recommended."] [$($key),*]
        }

        impl Allergen {
            /// All of them, mandatory first.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The key in JSON and in the locales (`allergen.<key>`).
            pub const fn key(self) -> &'static str {
                match self { $(Self::$variant => $key),* }
            }

            /// Labelling is compulsory on packaged food.
            pub const fn mandatory(self) -> bool {
                match self { $(Self::$variant => $mandatory),* }
            }
        }
    };
}

allergens! {
    Shrimp "shrimp" true, Crab "crab" true, Walnut "walnut" true, Wheat "wheat" true, Buckwheat "buckwheat" true,
    Egg "egg" true, Milk "milk" true, Peanut "peanut" true, Cashew "cashew" true,
    Almond "almond" false, Abalone "abalone" false, Squid "squid" false, SalmonRoe "salmon_roe" false,
    Orange "orange" false, Kiwi "kiwi" false, Beef "beef" false, Sesame "sesame" false, Salmon "salmon" false,
    Mackerel "mackerel" false, Soybean "soybean" false, Chicken "chicken" false, Banana "banana" false,
    Pistachio "pistachio" false, Pork "pork" false, Macadamia "macadamia" false, Peach "peach" false,
    Yam "yam" false, Apple "apple" false, Gelatin "gelatin" false,
}

impl Menu {
    /// The item of that id.
    pub fn item(&self, id: ItemId) -> Option<&Item> {
        self.item_in_category(id).map(|(_, item)| item)
    }

    /// The same and where it stands.
    pub fn item_in_category(&self, id: ItemId) -> Option<(&Category, &Item)> {
        self.categories
            .iter()
            .find_map(|category| category.items.iter().find(|item| item.id == id).map(|item| (category, item)))
    }

    /// All items in menu order.
    pub fn items(&self) -> impl Iterator<Item = &Item> {
        self.categories.iter().flat_map(|category| &category.items)
    }

    /// The option group of that id.
    pub fn group(&self, id: GroupId) -> Option<&OptionGroup> {
        self.groups.iter().find(|group| group.id == id)
    }
}

impl Item {
    /// Whether it cannot be ordered at `at`.
    pub fn is_sold_out(&self, at: Millis) -> bool {
        self.sold_out.is_some_and(|sold_out| sold_out.holds(at)) || self.left == Some(0)
    }
}

impl MenuOption {
    /// Whether it cannot be chosen at `at`.
    pub fn is_sold_out(&self, at: Millis) -> bool {
        self.sold_out.is_some_and(|sold_out| sold_out.holds(at))
    }
}

/// The server-sent event `menu`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MenuEvent {
    /// Fetch the menu again when this is not the version at hand.
    pub version: i64,
}
