//! Coupons on the phone: what its wallet holds, which of them go best on the bill, getting one.
//! Not here: the rules (`okini_shared::rules::coupon`), sending the order (`placing`).

mod card;
mod strip;
pub(super) mod words;

use std::sync::Arc;

use okini_shared::api::coupon::{ClaimCoupon, CouponRefusal, GetWallet, Offer, Wallet};
use okini_shared::api::menu::Menu;
use okini_shared::id::{CampaignId, FacilityId};
use okini_shared::money::Yen;
use okini_shared::rules::cart::Priced;
use okini_shared::rules::coupon::{Candidate, Case, Claim, Line, Refusal, best, judge, together};
use okini_shared::rules::tax::TaxSum;
use okini_shared::time::Millis;

use super::state::Diner;
use crate::browser::{clock, random_key};
use crate::net::{self, Failure, call, detached, task};
use crate::ui::State;

pub(super) use card::card;
pub(super) use strip::strip;

/// What the phone knows of coupons.
#[derive(Debug, Clone, Copy)]
pub(super) struct Coupons {
    /// Nothing until it was read.
    pub(super) wallet: State<Option<Arc<Wallet>>>,
    /// What the diner does not want to use this time.
    pub(super) left_out: State<Vec<CampaignId>>,
    /// What the server refused since the wallet was read last.
    pub(super) refused: State<Vec<CouponRefusal>>,
}

/// What coupons make of a bill.
pub(super) struct Applied {
    pub(super) coupons: Vec<(CampaignId, Yen)>,
    pub(super) unused: Vec<Unused>,
    pub(super) total: Yen,
    pub(super) taxes: Vec<TaxSum>,
}

/// A coupon that is at hand and not on the bill: the diner left it out, or why it cannot be used.
pub(super) type Unused = (CampaignId, Option<Refusal>);

impl Coupons {
    pub(super) fn new() -> Self {
        Self { wallet: State::new(None), left_out: State::new(Vec::new()), refused: State::new(Vec::new()) }
    }

    /// The best combination on these lines, without what the diner left out.
    pub(super) fn apply(self, menu: &Menu, priced: &Priced<'_>) -> Option<Applied> {
        let wallet = self.wallet.get()?;
        let left_out = self.left_out.get();
        let lines = lines(priced);
        let case = case(menu.facility.id, clock::now(), &wallet, &lines);
        let at_hand = wallet.offers.iter().filter(|offer| is_at_hand(offer)).map(candidate);
        let (left_out, candidates): (Vec<_>, Vec<_>) = at_hand.partition(|one| left_out.contains(&one.campaign));
        let best = best(&case, &candidates);
        let (total, taxes) = best.bill(&case, menu.facility.rounding)?;
        let mut unused: Vec<Unused> = left_out.iter().map(|one| (one.campaign, None)).collect();
        for candidate in candidates {
            if best.coupons.iter().all(|(used, _)| *used != candidate.campaign) {
                let alone = together(&case, &[&candidate]);
                unused.push((candidate.campaign, Some(alone.map_or_else(|(_, why)| why, |_| Refusal::NotTogether))));
            }
        }
        let coupons = best.coupons.into_iter().map(|(id, discount)| (id, discount.amount)).collect();
        Some(Applied { coupons, unused, total, taxes })
    }
}

fn candidate(offer: &Offer) -> Candidate<'_> {
    Candidate { campaign: offer.campaign, terms: &offer.terms, used: offer.used }
}

/// The phone has one, or it applies by itself.
pub(super) fn is_at_hand(offer: &Offer) -> bool {
    let rests = offer.ungettable == Some(Refusal::Paused);
    !rests && (offer.available > 0 || offer.claim == Claim::Automatic)
}

fn lines(priced: &Priced<'_>) -> Vec<Line> {
    priced.lines.iter().map(Line::from).collect()
}

fn case<'a>(facility: FacilityId, at: Millis, wallet: &'a Wallet, lines: &'a [Line]) -> Case<'a> {
    Case {
        at,
        facility,
        municipality: &wallet.municipality,
        consortium: wallet.consortium,
        first_order: wallet.first_order,
        lines,
    }
}

/// What keeps an offer from being used here and now, as far as it does not depend on what is still to be ordered.
pub(super) fn obstacle(facility: FacilityId, at: Millis, wallet: &Wallet, offer: &Offer) -> Option<Refusal> {
    if offer.ungettable == Some(Refusal::Paused) {
        return Some(Refusal::Paused);
    }
    match judge(&offer.terms, &offer.used, &case(facility, at, wallet, &[])) {
        Err(Refusal::NoSuchItems) | Ok(_) => None,
        Err(refusal) => Some(refusal),
    }
}

/// The same at the shop whose menu is open.
fn obstacle_here(d: Diner, wallet: &Wallet, offer: &Offer) -> Option<Refusal> {
    obstacle(d.menu.with(|menu| menu.facility.id), clock::now(), wallet, offer)
}

/// Reads the wallet again.
pub(super) fn refresh(d: Diner) {
    let query = format!("facility={}&lang={}", d.code(), d.t.lang().tag());
    task(async move {
        let with = net::With { query: &query, ..net::With::default() };
        if let Ok(wallet) = call::<GetWallet>(&[], &(), with).await {
            d.coupons.wallet.set(Some(Arc::new(wallet)));
        }
    });
}

/// Gets a coupon by a tap.
fn claim(d: Diner, campaign: CampaignId) {
    d.coupons.refused.update(|all| all.retain(|refused| refused.campaign != campaign));
    detached(async move {
        let key = random_key();
        let with = net::With { key: Some(&key), ..net::With::default() };
        match call::<ClaimCoupon>(&[&campaign.to_string()], &(), with).await {
            Ok(_) => d.spoken.set(d.t.say(super::texts::Key::CouponGot).to_owned()),
            Err(Failure::Refused(problem)) => d.coupons.refused.update(|all| all.extend(problem.coupons)),
            Err(_) => d.spoken.set(d.t.say_both(super::texts::Key::NoAnswer).0.to_owned()),
        }
        refresh(d);
    });
}

/// The server refused what the phone had chosen: without these, and with a wallet read anew.
pub(super) fn refused(d: Diner, coupons: Vec<CouponRefusal>) {
    d.coupons.left_out.update(|all| all.extend(coupons.iter().map(|refused| refused.campaign)));
    d.coupons.refused.set(coupons);
    refresh(d);
}
