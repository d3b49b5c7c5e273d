//! Campaigns as their issuers run them: a shop's owner, and officers of a consortium. What diners do with coupons is `coupon`.

use super::endpoints;
use crate::day::Day;
use crate::id::{BudgetId, CampaignId, ConsortiumId, FacilityId};
use crate::money::Yen;
use crate::rules::coupon::{CampaignState, Claim, Funder, Terms};
use crate::text::Text;
use crate::time::Millis;
use serde::{Deserialize, Serialize};

/// Codes that are made at once.
pub const MOST_CODES: i64 = 10_000;

endpoints! {
    /// The shop's campaigns, newest first, at most 200.
    ListCampaigns = Get "/api/v1/shops/{facility}/campaigns" {
        status: 200, caller: Shop, pace: Read,
        request: (), response: Campaigns, problems: [SignInNeeded, Forbidden, NotFound],
    }
    /// Adds a draft. A shop's campaign names its own facility alone and is paid by the shop.
    AddCampaign = Post "/api/v1/shops/{facility}/campaigns" {
        status: 201, caller: Shop, pace: Write,
        request: NewCampaign, response: Campaign, problems: [SignInNeeded, Forbidden, NotFound, InvalidValue],
    }
    /// One campaign.
    GetCampaign = Get "/api/v1/shops/{facility}/campaigns/{campaign}" {
        status: 200, caller: Shop, pace: Read,
        request: (), response: Campaign, problems: [SignInNeeded, Forbidden, NotFound],
    }
    /// Changes what was never published; it is a draft again and has to be rehearsed.
    ChangeCampaign = Put "/api/v1/shops/{facility}/campaigns/{campaign}" {
        status: 200, caller: Shop, pace: Write,
        request: NewCampaign, response: Campaign,
        problems: [SignInNeeded, Forbidden, NotFound, InvalidValue, OrderMovedOn],
    }
    /// Tries a draft on the paid orders of the last 28 days, at most 20,000, and marks it as rehearsed.
    RehearseCampaign = Post "/api/v1/shops/{facility}/campaigns/{campaign}/rehearsal" {
        status: 200, caller: Shop, pace: Write,
        request: NewRehearsal, response: Rehearsal,
        problems: [SignInNeeded, Forbidden, NotFound, InvalidValue, OrderMovedOn],
    }
    /// Publishes what was rehearsed; its terms never change again. The version that it replaces ends at the same moment.
    PublishCampaign = Post "/api/v1/shops/{facility}/campaigns/{campaign}/publish" {
        status: 200, caller: Shop, pace: Write,
        request: Publication, response: Campaign,
        problems: [SignInNeeded, Forbidden, NotFound, InvalidValue, OrderMovedOn],
    }
    /// Lets a campaign rest: no coupon can be got or set aside.
    PauseCampaign = Post "/api/v1/shops/{facility}/campaigns/{campaign}/pause" {
        status: 200, caller: Shop, pace: Write,
        request: (), response: Campaign, problems: [SignInNeeded, Forbidden, NotFound, OrderMovedOn],
    }
    /// Lets it go on.
    ResumeCampaign = Post "/api/v1/shops/{facility}/campaigns/{campaign}/resume" {
        status: 200, caller: Shop, pace: Write,
        request: (), response: Campaign, problems: [SignInNeeded, Forbidden, NotFound, OrderMovedOn],
    }
    /// Ends it for good. What is set aside for a bill is honoured.
    EndCampaign = Post "/api/v1/shops/{facility}/campaigns/{campaign}/end" {
        status: 200, caller: Shop, pace: Write,
        request: (), response: Campaign, problems: [SignInNeeded, Forbidden, NotFound, OrderMovedOn],
    }
    /// Adds the next version of a published campaign as a draft, paid by the same budgets. There is one next version at a time.
    ReplaceCampaign = Post "/api/v1/shops/{facility}/campaigns/{campaign}/replace" {
        status: 201, caller: Shop, pace: Write,
        request: NewCampaign, response: Campaign,
        problems: [SignInNeeded, Forbidden, NotFound, InvalidValue, OrderMovedOn],
    }
    /// Makes codes that give one coupon each, as a file for spreadsheet programs. Only this answer has them.
    MakeCodes = Post "/api/v1/shops/{facility}/campaigns/{campaign}/codes" {
        status: 200, caller: Shop, pace: Write, content: super::Content::Other("text/csv; charset=utf-8"),
        request: NewCodes, response: (),
        problems: [SignInNeeded, Forbidden, NotFound, InvalidValue, OrderMovedOn],
    }
    /// What became of a campaign so far.
    GetCampaignFigures = Get "/api/v1/shops/{facility}/campaigns/{campaign}/figures" {
        status: 200, caller: Shop, pace: Read,
        request: (), response: Figures, problems: [SignInNeeded, Forbidden, NotFound],
    }
    /// Compares the ledger of coupon money with coupons that are set aside and used and with what is left of budgets.
    CheckLedger = Get "/api/v1/shops/{facility}/ledger/check" {
        status: 200, caller: Shop, pace: Read,
        request: (), response: LedgerCheck, problems: [SignInNeeded, Forbidden, NotFound],
    }
    /// As `ListCampaigns`.
    ListConsortiumCampaigns = Get "/api/v1/consortia/{consortium}/campaigns" {
        status: 200, caller: Consortium, pace: Read,
        request: (), response: Campaigns, problems: [SignInNeeded, NotFound],
    }
    /// As `AddCampaign`. A consortium's campaign names its own consortium alone, and the programme pays nothing of it.
    AddConsortiumCampaign = Post "/api/v1/consortia/{consortium}/campaigns" {
        status: 201, caller: Consortium, pace: Write,
        request: NewCampaign, response: Campaign, problems: [SignInNeeded, NotFound, InvalidValue],
    }
    /// As `GetCampaign`.
    GetConsortiumCampaign = Get "/api/v1/consortia/{consortium}/campaigns/{campaign}" {
        status: 200, caller: Consortium, pace: Read,
        request: (), response: Campaign, problems: [SignInNeeded, NotFound],
    }
    /// As `ChangeCampaign`.
    ChangeConsortiumCampaign = Put "/api/v1/consortia/{consortium}/campaigns/{campaign}" {
        status: 200, caller: Consortium, pace: Write,
        request: NewCampaign, response: Campaign, problems: [SignInNeeded, NotFound, InvalidValue, OrderMovedOn],
    }
    /// As `RehearseCampaign`, on the orders of all facilities of the consortium.
    RehearseConsortiumCampaign = Post "/api/v1/consortia/{consortium}/campaigns/{campaign}/rehearsal" {
        status: 200, caller: Consortium, pace: Write,
        request: NewRehearsal, response: Rehearsal, problems: [SignInNeeded, NotFound, InvalidValue, OrderMovedOn],
    }
    /// As `PublishCampaign`. With a reason also what is beyond the law's ordinary limits on premiums.
    PublishConsortiumCampaign = Post "/api/v1/consortia/{consortium}/campaigns/{campaign}/publish" {
        status: 200, caller: Consortium, pace: Write,
        request: Publication, response: Campaign, problems: [SignInNeeded, NotFound, InvalidValue, OrderMovedOn],
    }
    /// As `PauseCampaign`.
    PauseConsortiumCampaign = Post "/api/v1/consortia/{consortium}/campaigns/{campaign}/pause" {
        status: 200, caller: Consortium, pace: Write,
        request: (), response: Campaign, problems: [SignInNeeded, NotFound, OrderMovedOn],
    }
    /// As `ResumeCampaign`.
    ResumeConsortiumCampaign = Post "/api/v1/consortia/{consortium}/campaigns/{campaign}/resume" {
        status: 200, caller: Consortium, pace: Write,
        request: (), response: Campaign, problems: [SignInNeeded, NotFound, OrderMovedOn],
    }
    /// As `EndCampaign`.
    EndConsortiumCampaign = Post "/api/v1/consortia/{consortium}/campaigns/{campaign}/end" {
        status: 200, caller: Consortium, pace: Write,
        request: (), response: Campaign, problems: [SignInNeeded, NotFound, OrderMovedOn],
    }
    /// As `ReplaceCampaign`.
    ReplaceConsortiumCampaign = Post "/api/v1/consortia/{consortium}/campaigns/{campaign}/replace" {
        status: 201, caller: Consortium, pace: Write,
        request: NewCampaign, response: Campaign, problems: [SignInNeeded, NotFound, InvalidValue, OrderMovedOn],
    }
    /// As `MakeCodes`.
    MakeConsortiumCodes = Post "/api/v1/consortia/{consortium}/campaigns/{campaign}/codes" {
        status: 200, caller: Consortium, pace: Write, content: super::Content::Other("text/csv; charset=utf-8"),
        request: NewCodes, response: (), problems: [SignInNeeded, NotFound, InvalidValue, OrderMovedOn],
    }
    /// As `GetCampaignFigures`.
    GetConsortiumCampaignFigures = Get "/api/v1/consortia/{consortium}/campaigns/{campaign}/figures" {
        status: 200, caller: Consortium, pace: Read,
        request: (), response: Figures, problems: [SignInNeeded, NotFound],
    }
    /// As `CheckLedger`.
    CheckConsortiumLedger = Get "/api/v1/consortia/{consortium}/ledger/check" {
        status: 200, caller: Consortium, pace: Read,
        request: (), response: LedgerCheck, problems: [SignInNeeded, NotFound],
    }
}

/// What an issuer promises.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewCampaign {
    /// At most 60 characters in each language.
    pub name: Text,
    /// At most 300 characters in each language.
    #[serde(default)]
    pub summary: Option<Text>,
    pub terms: Terms,
    pub claim: Claim,
}

/// A campaign as its issuer sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Campaign {
    pub id: CampaignId,
    /// The one whose next version this is.
    pub replaces: Option<CampaignId>,
    pub version: i64,
    pub name: Text,
    pub summary: Option<Text>,
    pub terms: Terms,
    pub claim: Claim,
    pub state: CampaignState,
    /// Why it was published beyond the law's ordinary limits.
    pub override_reason: Option<String>,
    pub created_at: Millis,
    pub published_at: Option<Millis>,
    pub ended_at: Option<Millis>,
}

/// An issuer's campaigns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Campaigns {
    pub campaigns: Vec<Campaign>,
}

/// What to publish with.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Publication {
    /// Why an officer goes beyond the law's ordinary limits on premiums, 1 to 200 characters.
    #[serde(default)]
    pub override_reason: Option<String>,
}

/// What to rehearse with.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewRehearsal {
    /// The money to reckon with; what is left of the campaign's budgets when there is none.
    #[serde(default)]
    pub budget: Option<Yen>,
}

/// What a day would have cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DayOfIt {
    pub day: Day,
    /// Orders that were paid.
    pub orders: i64,
    /// Of those, the ones with the coupon.
    pub uses: i64,
    pub discount: Yen,
    /// Since the first day.
    pub so_far: Yen,
}

/// What came out of a rehearsal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Rehearsal {
    /// Days with orders, oldest first.
    pub days: Vec<DayOfIt>,
    pub uses: i64,
    pub discount: Yen,
    /// The day on which the money would be gone at this pace, if the campaign began today; nothing when it lasts to the end.
    pub money_until: Option<Day>,
}

/// How many codes to make.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewCodes {
    /// 1 to 10,000.
    pub count: i64,
}

/// What became of a campaign so far.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Figures {
    /// Coupons that phones got; those that came back from unpaid bills by themselves do not count.
    pub got: i64,
    /// Set aside for bills now.
    pub held: i64,
    /// Used on paid bills.
    pub redeemed: i64,
    /// Given back with the whole payment.
    pub returned: i64,
    /// Codes that were made, and those that were used.
    pub codes: i64,
    pub codes_used: i64,
    /// Nothing without a limit, or before it is published.
    pub places_left: Option<i64>,
    /// The yen of each funder that pays or paid.
    pub funders: Vec<FunderFigures>,
    pub budgets: Vec<BudgetFigures>,
}

/// A funder's yen in a campaign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FunderFigures {
    pub funder: Funder,
    pub held: Yen,
    /// Without what was returned.
    pub redeemed: Yen,
    pub returned: Yen,
}

/// A budget that pays for a campaign; others may share it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BudgetFigures {
    pub budget: BudgetId,
    pub name: String,
    pub funder: Funder,
    /// It pays at this consortium's facilities only.
    pub consortium: Option<ConsortiumId>,
    /// It pays at this facility only.
    pub facility: Option<FacilityId>,
    pub funded: Yen,
    pub left: Yen,
}

/// What the ledger says, and what was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Balance {
    pub ledger: Yen,
    pub found: Yen,
}

/// A campaign's balances.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CampaignBalance {
    pub campaign: CampaignId,
    pub held: Balance,
    pub redeemed: Balance,
}

/// A budget's balances.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BudgetBalance {
    pub budget: BudgetId,
    pub name: String,
    pub available: Balance,
    pub held: Balance,
    pub redeemed: Balance,
}

/// The ledger against what it is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LedgerCheck {
    pub campaigns: Vec<CampaignBalance>,
    /// The issuer's, and others that pay for its campaigns.
    pub budgets: Vec<BudgetBalance>,
    /// All differences together, each without its sign.
    pub difference: Yen,
    pub ok: bool,
}
