//! A phone's wallet, seen from a facility: what goes on there, what the phone has, and what limits and budgets leave.

use super::{closed, got, places_at};
use crate::domain::flow::payable_until;
use crate::domain::menu::{self, Entry};
use crate::error::Error;
use crate::state::App;
use crate::store::campaign::Campaign;
use crate::store::register::Facility;
use crate::store::{self, Conn};
use okini_shared::api::coupon::{Held, Offer, PastCoupon, Wallet};
use okini_shared::id::CampaignId;
use okini_shared::money::Yen;
use okini_shared::rules::coupon::{Claim, CouponState, Funder, Refusal, Shares, Used};
use okini_shared::text::Lang;
use okini_shared::time::Millis;

/// Coupons that are over and still shown.
const PAST: i64 = 20;

/// What a phone has and can get, as a facility's guest.
pub async fn wallet(app: &App, device: Option<&str>, code: &str, lang: Lang) -> Result<Wallet, Error> {
    let Entry { shop, .. } = menu::enter(app, code, None).await?;
    let facility = &shop.facility;
    let now = app.clock.now();
    let conn = &mut *app.db.read().await?;
    // A phone without a cookie has nothing, and looks no phone up.
    let device = device.unwrap_or_default();
    let counts = store::coupon::counts(conn, device).await?;
    let held = store::coupon::held(conn, device).await?;
    let mut campaigns = store::campaign::offered(conn, facility.id, facility.consortium, now).await?;
    for (id, state, _) in &counts {
        let open = matches!(state, CouponState::Available | CouponState::Held);
        if open && campaigns.iter().all(|known| known.id != *id) {
            let other = store::campaign::by_id(conn, *id).await?;
            campaigns.extend(other.filter(|other| !matches!(closed(other, now), Some(Refusal::Ended))));
        }
    }
    let mut offers = Vec::with_capacity(campaigns.len());
    for campaign in &campaigns {
        let available = of(&counts, campaign.id, CouponState::Available);
        let seen = Seen { device, facility, available, now };
        let mut offer = offer(conn, campaign, seen, lang).await?;
        let mine = held.iter().filter(|held| held.campaign == campaign.id);
        offer.held.extend(mine.map(|held| Held {
            order: held.order,
            token: held.token.clone(),
            amount: held.amount,
            until: payable_until(app, held.placed_at),
        }));
        // What works only elsewhere or by a code is nobody's business who has none of it.
        if offer.available > 0 || !offer.held.is_empty() || is_shown(campaign, facility) {
            offers.push(offer);
        }
    }
    Ok(Wallet {
        municipality: facility.municipality.clone(),
        consortium: facility.consortium,
        first_order: !store::coupon::has_ordered(conn, device).await?,
        offers,
    })
}

/// What a phone had, newest first.
pub async fn past(app: &App, device: &str, lang: Lang) -> Result<Vec<PastCoupon>, Error> {
    let conn = &mut *app.db.read().await?;
    let past = store::coupon::past(conn, device, app.clock.now(), PAST).await?;
    let told = past.into_iter().map(|past| PastCoupon {
        campaign: past.campaign,
        name: past.name.say(lang),
        used_at: past.used_at,
        amount: past.amount,
        ended_at: past.ended_at,
    });
    Ok(told.collect())
}

fn of(counts: &[(CampaignId, CouponState, i64)], campaign: CampaignId, state: CouponState) -> i64 {
    counts.iter().filter(|count| (count.0, count.1) == (campaign, state)).map(|count| count.2).sum()
}

fn is_shown(campaign: &Campaign, facility: &Facility) -> bool {
    let conditions = &campaign.terms.conditions;
    let here = |codes: &[String]| codes.is_empty() || codes.contains(&facility.municipality);
    campaign.claim != Claim::Code
        && (conditions.facilities.is_empty() || conditions.facilities.contains(&facility.id))
        && (conditions.consortia.is_empty() || conditions.consortia.contains(&facility.consortium))
        && here(&conditions.municipalities)
}

/// Who looks, from where, when; and how many he has.
#[derive(Clone, Copy)]
struct Seen<'a> {
    device: &'a str,
    facility: &'a Facility,
    available: i64,
    now: Millis,
}

async fn offer(conn: &mut Conn, campaign: &Campaign, seen: Seen<'_>, lang: Lang) -> Result<Offer, Error> {
    let limits = &campaign.terms.limits;
    let (got, ordinal) = got(conn, campaign, seen.device).await?;
    let mut used = Used::default();
    let mut gone = None;
    if let Some(total) = limits.total {
        let left = store::slot::left(conn, &campaign.id.to_string()).await?.unwrap_or_default();
        used.total = total.saturating_sub(left);
        gone = (left <= 0).then_some(Refusal::UsedUp);
    }
    if let Some(limit) = limits.per_facility {
        let left = store::slot::left(conn, &places_at(campaign.id, seen.facility.id)).await?;
        used.facility = limit.saturating_sub(left.unwrap_or(limit));
    }
    if limits.per_person_day.is_some() {
        let day = seen.now.business_day(0);
        let today = store::hold::day_ordinals(conn, campaign.id, seen.device, day).await?;
        used.person_day = i64::try_from(today.len()).unwrap_or(i64::MAX);
    }
    used.person = got;
    let starts_at = campaign.terms.conditions.starts_at;
    let ungettable = closed(campaign, seen.now)
        .or((seen.now < starts_at).then_some(Refusal::NotYet { starts_at }))
        .or(ordinal.is_none().then_some(Refusal::PersonLimit))
        .or(gone);
    if campaign.claim != Claim::Automatic && seen.available > 0 {
        // It has its place already.
        used = Used { total: 0, person: 0, ..used };
    }
    let (left, part) = money_left(conn, campaign, seen.facility).await?;
    used.budget_left = left;
    Ok(Offer {
        campaign: campaign.id,
        name: campaign.name.say(lang),
        summary: campaign.summary.as_ref().map(|summary| summary.say(lang)),
        claim: campaign.claim,
        terms: campaign.terms.clone(),
        used,
        available: seen.available,
        got,
        ungettable,
        budget_left: part,
        held: Vec::new(),
    })
}

/// The largest discount that all budgets together can pay, and the part of the scarcest that is left, in basis points.
async fn money_left(
    conn: &mut Conn,
    campaign: &Campaign,
    facility: &Facility,
) -> Result<(Option<Yen>, Option<i64>), Error> {
    let mut most: Option<i64> = None;
    let mut part: Option<i64> = None;
    for (funder, budget) in store::campaign::budgets_at(conn, campaign.id, facility.id, facility.consortium).await? {
        let share = share(campaign.terms.shares, funder);
        if share == 0 {
            continue;
        }
        let left = store::slot::left(conn, &budget.to_string()).await?.unwrap_or_default();
        let pays = left.saturating_mul(10_000).div_euclid(share);
        most = Some(most.map_or(pays, |most| most.min(pays)));
        let given = store::hold::funded(conn, budget).await?;
        let rest = left.saturating_mul(10_000).checked_div(given.get()).unwrap_or_default();
        part = Some(part.map_or(rest, |part| part.min(rest)));
    }
    Ok((most.map(Yen::new), part))
}

const fn share(shares: Shares, funder: Funder) -> i64 {
    match funder {
        Funder::Shop => shares.shop,
        Funder::Consortium => shares.consortium,
        Funder::Programme => shares.programme,
    }
}
