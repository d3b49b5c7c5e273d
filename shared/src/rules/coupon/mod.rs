//! Coupons: what a campaign promises and under which conditions, judged the same on the phone and on the server.
//! Not here: who holds which coupon, budgets in flight and the ledger; they are the server's.

mod benefit;
mod combine;
mod judge;
mod law;
mod state;

pub use self::benefit::{Discount, discount};
pub use self::combine::{Candidate, Combination, MOST_CANDIDATES, best, together};
pub use self::judge::judge;
pub use self::law::{Flaw, flaws};
pub use self::state::{CampaignState, CampaignStep, Claim, CouponState, Funder, HoldState, HoldStep, Movement};

use super::cart::PricedLine;
use super::facility::CODE_ALPHABET;
use super::named;
use super::tax::{Place, Rate};
use crate::id::{CategoryId, ConsortiumId, FacilityId, ItemId};
use crate::money::Yen;
use crate::time::Millis;
use serde::{Deserialize, Serialize};

named! {
    /// What a coupon is before the law on premiums (景品表示法, Q26).
    Kind {
        /// A discount of the shop's own (値引): no premium, no cap.
        OwnShop "own_shop",
        /// Valid at several shops.
        MultiShop "multi_shop",
        /// Won by chance.
        Lottery "lottery",
        /// A gift to everybody who buys (総付景品).
        Gift "gift",
    }
}

/// Everything that was promised when a campaign was published. Never changed afterwards; a change is a new version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Terms {
    pub kind: Kind,
    pub benefit: Benefit,
    pub conditions: Conditions,
    pub limits: Limits,
    pub stacking: Stacking,
    pub shares: Shares,
}

/// What the coupon takes off the lines it applies to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Benefit {
    /// So many yen, at most what the lines cost.
    YenOff { yen: Yen },
    /// A part of what the lines cost, rounded down to the yen, at most `cap`.
    PercentOff { basis_points: i64, cap: Option<Yen> },
    /// The cheapest piece of the lines is free, at most `cap`.
    FreeItem { cap: Option<Yen> },
    /// Of every so many pieces the cheapest have this part off, at most `cap` in all.
    NthItem { every: i64, basis_points: i64, cap: Option<Yen> },
}

/// When, where and on what a coupon may be used. An empty list means no restriction.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Conditions {
    /// First moment; judged when the payment starts.
    pub starts_at: Millis,
    /// The first moment at which it can no longer be used. A bill whose coupon was held before it is still honoured.
    pub ends_at: Millis,
    /// Least amount of the lines that it applies to, before any coupon.
    pub minimum: Option<Yen>,
    pub items: Vec<ItemId>,
    pub categories: Vec<CategoryId>,
    pub facilities: Vec<FacilityId>,
    /// Codes of six digits (全国地方公共団体コード).
    pub municipalities: Vec<String>,
    pub consortia: Vec<ConsortiumId>,
    /// It is usable in any of these.
    pub windows: Vec<Window>,
    /// Applies only to lines eaten there.
    pub place: Option<Place>,
    /// Only for the first order of this phone.
    pub first_order: bool,
    /// Does not apply to alcohol.
    pub without_alcohol: bool,
}

/// Hours in Japan at which a coupon may be used, on certain days.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Window {
    /// 1 is Monday, 7 is Sunday; empty is every day.
    pub weekdays: Vec<i64>,
    /// Days of the month; empty is every day.
    pub days: Vec<i64>,
    /// Minutes after midnight: the first that belongs to it.
    pub from: i64,
    /// Minutes after midnight: the first that no longer belongs to it; 1440 is midnight.
    pub to: i64,
}

/// How often it may be used; `None` is without limit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Limits {
    /// By everybody together.
    pub total: Option<i64>,
    pub per_person: Option<i64>,
    /// By one person within a calendar day in Japan.
    pub per_person_day: Option<i64>,
    pub per_facility: Option<i64>,
}

/// How it goes together with other coupons on one bill.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Stacking {
    /// At most one coupon of a group is used on a bill.
    pub group: Option<String>,
    /// Coupons of lower rank are taken off first.
    pub rank: i64,
    /// Coupons on the bill, itself included; 1 is alone. The strictest coupon of a bill decides.
    pub most: i64,
}

/// Who pays for the discount, in basis points that sum to 10,000.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Shares {
    pub shop: i64,
    pub consortium: i64,
    pub programme: i64,
}

impl Shares {
    /// The funders' parts of a discount, to the yen. Nothing when the shares are no shares.
    pub fn split(self, discount: Yen) -> Option<[(Funder, Yen); 3]> {
        let [shop, consortium, programme] =
            discount.split(&[self.shop, self.consortium, self.programme])?.try_into().ok()?;
        Some([(Funder::Shop, shop), (Funder::Consortium, consortium), (Funder::Programme, programme)])
    }
}

/// Letters of a coupon code or transfer code: 30^16 is 78 bits.
const CODE_LENGTH: usize = 16;

/// A code as somebody typed it, in its one spelling; nothing when it cannot be one.
pub fn canonical_code(text: &str) -> Option<String> {
    let letters = text.chars().filter(|c| !matches!(c, '-' | ' ' | '\u{3000}')).take(CODE_LENGTH + 1);
    let code: String = letters.map(|c| c.to_ascii_uppercase()).collect();
    let valid = code.len() == CODE_LENGTH && code.bytes().all(|b| CODE_ALPHABET.contains(&b));
    valid.then_some(code)
}

/// A line of the bill as coupons see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line {
    pub item: ItemId,
    pub category: CategoryId,
    pub place: Place,
    pub alcohol: bool,
    pub quantity: i64,
    /// One piece with its options, tax-inclusive.
    pub unit: Yen,
    /// All pieces.
    pub amount: Yen,
    pub rate: Rate,
}

impl From<&PricedLine<'_>> for Line {
    fn from(line: &PricedLine<'_>) -> Self {
        Self {
            item: line.item.id,
            category: line.category,
            place: line.place,
            alcohol: line.item.alcohol,
            quantity: line.quantity,
            unit: line.unit,
            amount: line.amount,
            rate: line.rate,
        }
    }
}

/// What a coupon is judged on: where, when, by whom, for what.
#[derive(Debug, Clone, Copy)]
pub struct Case<'a> {
    pub at: Millis,
    pub facility: FacilityId,
    pub municipality: &'a str,
    pub consortium: ConsortiumId,
    /// This phone has not ordered before.
    pub first_order: bool,
    pub lines: &'a [Line],
}

/// How often the coupon's campaign was used, as far as the limits ask, and what is left of its money.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Used {
    pub total: i64,
    pub person: i64,
    pub person_day: i64,
    pub facility: i64,
    /// `None` is without a budget.
    pub budget_left: Option<Yen>,
}

/// Why a coupon cannot be used on a bill.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = CouponRefusalReason))]
pub enum Refusal {
    /// It is over.
    Ended,
    /// Its issuer let it rest.
    Paused,
    /// This phone has no coupon of it.
    NoCoupon,
    /// Usable at other shops only.
    OtherShop,
    /// Everybody together has used it as often as promised.
    UsedUp,
    /// This phone has used it as often as it may.
    PersonLimit,
    /// This phone has used it today as often as it may.
    DayLimit,
    /// It was used at this shop as often as it may be.
    ShopLimit,
    /// It has not begun.
    NotYet { starts_at: Millis },
    /// Not on this day or at this hour.
    WrongTime,
    /// Only for a first order.
    NotFirstOrder,
    /// Nothing that it applies to is in the cart.
    NoSuchItems,
    /// More must be ordered first.
    BelowMinimum { missing: Yen },
    /// Other coupons have taken everything off already.
    NothingLeft,
    /// It does not go together with another one that was chosen.
    NotTogether,
    /// Its money is used up, or less is left than this bill would take.
    BudgetUsedUp,
    /// The prices are beyond what can be reckoned with.
    Unreckonable,
}

#[cfg(test)]
mod tests;
