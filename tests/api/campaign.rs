//! Campaigns as owners and officers run them: drafts, rehearsals, publishing, versions, codes, figures, the ledger's check.

use okini_shared::api::Endpoint;
use okini_shared::api::campaign::{
    AddCampaign, AddConsortiumCampaign, Campaign, ChangeCampaign, CheckConsortiumLedger, CheckLedger, EndCampaign,
    Figures, GetCampaign, GetCampaignFigures, GetConsortiumCampaignFigures, LedgerCheck, ListCampaigns, NewCampaign,
    NewRehearsal, PauseCampaign, Publication, PublishCampaign, PublishConsortiumCampaign, Rehearsal, RehearseCampaign,
    RehearseConsortiumCampaign, ReplaceCampaign, ReplaceConsortiumCampaign, ResumeCampaign,
};
use okini_shared::id::{CampaignId, CodeBatchId};
use okini_shared::money::Yen;
use okini_shared::problem::{Code, Problem};
use okini_shared::rules::coupon::{Benefit, CampaignState, CampaignStep, Claim, Funder, Kind, Limits, Shares, Terms};
use okini_shared::time::{DAY, MINUTE};
use okini_tests::client::Answer;
use okini_tests::coupons::{SHOP_PAYS, with_coupons, yen_off};
use okini_tests::fixture::text;
use okini_tests::on_both;
use okini_tests::staff::Staff;
use okini_tests::stage::Stage;
use serde::Serialize;
use serde::de::DeserializeOwned;

on_both! {
    a_life drafts_change only_their_own flaws_are_named officers_override_the_law next_version given_up_version
    codes_are_told_once rehearsed_on_past_orders rehearsal_with_money figures_and_ledger wrong_ledger
}

/// 300 yen off by a tap, of the shop in the path.
fn of_shop(stage: &Stage, who: &Staff) -> NewCampaign {
    let mut terms = Terms { shares: SHOP_PAYS, ..yen_off(stage, 300) };
    terms.conditions.facilities = vec![who.facility];
    NewCampaign { name: text("おまけ", "A little off"), summary: None, terms, claim: Claim::Tap }
}

/// The same of the consortium, which pays.
fn of_consortium(stage: &Stage) -> NewCampaign {
    let mut terms = yen_off(stage, 300);
    terms.shares = Shares { shop: 0, consortium: 10_000, programme: 0 };
    terms.conditions.consortia = vec![stage.town().consortium];
    NewCampaign { name: text("商店街割", "Town discount"), summary: None, terms, claim: Claim::Tap }
}

/// Calls an operation below the shop's path.
async fn at<E: Endpoint>(who: &Staff, id: CampaignId, request: &E::Request) -> Result<E::Response, Problem>
where
    E::Request: Serialize,
    E::Response: DeserializeOwned,
{
    who.client.call::<E>(&[&who.facility.to_string(), &id.to_string()], request).await
}

/// The same below the consortium's.
async fn of<E: Endpoint>(
    stage: &Stage,
    who: &Staff,
    id: CampaignId,
    request: &E::Request,
) -> Result<E::Response, Problem>
where
    E::Request: Serialize,
    E::Response: DeserializeOwned,
{
    who.client.call::<E>(&[&stage.town().consortium.to_string(), &id.to_string()], request).await
}

async fn add(who: &Staff, new: &NewCampaign) -> Result<Campaign, Problem> {
    who.client.call::<AddCampaign>(&[&who.facility.to_string()], new).await
}

async fn add_of(stage: &Stage, who: &Staff, new: &NewCampaign) -> Result<Campaign, Problem> {
    who.client.call::<AddConsortiumCampaign>(&[&stage.town().consortium.to_string()], new).await
}

async fn rehearse(who: &Staff, id: CampaignId) -> Rehearsal {
    at::<RehearseCampaign>(who, id, &NewRehearsal::default()).await.unwrap()
}

async fn publish(who: &Staff, id: CampaignId) -> Result<Campaign, Problem> {
    at::<PublishCampaign>(who, id, &Publication::default()).await
}

/// A campaign of the owner's shop that goes on.
async fn published(who: &Staff, new: &NewCampaign) -> Campaign {
    let added = add(who, new).await.unwrap();
    rehearse(who, added.id).await;
    publish(who, added.id).await.unwrap()
}

async fn ledger(who: &Staff) -> LedgerCheck {
    who.client.call::<CheckLedger>(&[&who.facility.to_string()], &()).await.unwrap()
}

async fn a_life(stage: &Stage) {
    let owner = stage.owner(stage.shop()).await;
    let draft = add(&owner, &of_shop(stage, &owner)).await.unwrap();
    assert_eq!((draft.state, draft.version, draft.replaces), (CampaignState::Draft, 1, None));
    assert_eq!(publish(&owner, draft.id).await.unwrap_err().code, Code::OrderMovedOn);
    assert_eq!(stage.client().claim(draft.id).await.unwrap_err().code, Code::NotFound);
    rehearse(&owner, draft.id).await;
    assert_eq!(at::<GetCampaign>(&owner, draft.id, &()).await.unwrap().state, CampaignState::Rehearsed);
    let known = publish(&owner, draft.id).await.unwrap();
    assert_eq!((known.state, known.published_at), (CampaignState::Published, Some(stage.clock.now())));
    let phone = stage.client();
    phone.claim(known.id).await.unwrap();
    let order = phone.place(&with_coupons(stage.shop().noodles(), &[known.id], 300)).await;
    assert_eq!(order.total, Yen::new(480));
    assert_eq!(at::<PauseCampaign>(&owner, known.id, &()).await.unwrap().state, CampaignState::Paused);
    assert!(stage.client().claim(known.id).await.is_err());
    assert_eq!(at::<PauseCampaign>(&owner, known.id, &()).await.unwrap_err().code, Code::OrderMovedOn);
    assert_eq!(at::<ResumeCampaign>(&owner, known.id, &()).await.unwrap().state, CampaignState::Published);
    stage.client().claim(known.id).await.unwrap();
    let ended = at::<EndCampaign>(&owner, known.id, &()).await.unwrap();
    assert_eq!((ended.state, ended.ended_at), (CampaignState::Ended, Some(stage.clock.now())));
    let all = owner.client.call::<ListCampaigns>(&[&owner.facility.to_string()], &()).await.unwrap().campaigns;
    assert_eq!(all, [ended]);
    let facts =
        ["drafted", "rehearsed", "published", "paused", "resumed", "ended"].map(|what| format!("campaign.{what}"));
    assert_eq!(stage.facts(known.id).await, facts);
}

async fn drafts_change(stage: &Stage) {
    let owner = stage.owner(stage.shop()).await;
    let mut new = of_shop(stage, &owner);
    let draft = add(&owner, &new).await.unwrap();
    rehearse(&owner, draft.id).await;
    new.terms.benefit = Benefit::YenOff { yen: Yen::new(500) };
    let changed = at::<ChangeCampaign>(&owner, draft.id, &new).await.unwrap();
    assert_eq!((changed.state, &changed.terms), (CampaignState::Draft, &new.terms));
    assert_eq!(publish(&owner, draft.id).await.unwrap_err().code, Code::OrderMovedOn, "it has to be rehearsed again");
    rehearse(&owner, draft.id).await;
    let known = publish(&owner, draft.id).await.unwrap();
    // From now on nothing changes.
    let refused = at::<ChangeCampaign>(&owner, draft.id, &of_shop(stage, &owner)).await.unwrap_err();
    assert_eq!(refused.code, Code::OrderMovedOn);
    assert_eq!(at::<GetCampaign>(&owner, draft.id, &()).await.unwrap(), known);
    // Names that nobody could read.
    for name in ["x".repeat(61), " ".to_owned()] {
        let long = NewCampaign { name: text("おまけ", &name), ..new.clone() };
        assert_eq!(add(&owner, &long).await.unwrap_err().pointer.as_deref(), Some("/name"));
    }
}

async fn only_their_own(stage: &Stage) {
    let (owner, officer) = (stage.owner(stage.shop()).await, stage.officer(stage.shop()).await);
    let shop = |change: fn(&mut Terms, &Stage)| {
        let mut new = of_shop(stage, &owner);
        change(&mut new.terms, stage);
        new
    };
    for (new, at) in [
        (shop(|terms, _| terms.conditions.facilities.clear()), "/terms/conditions/facilities"),
        (shop(|terms, stage| terms.conditions.facilities = vec![stage.other().id]), "/terms/conditions/facilities"),
        (shop(|terms, stage| terms.conditions.facilities.push(stage.other().id)), "/terms/conditions/facilities"),
        (shop(|terms, _| terms.shares = Shares { shop: 9_999, consortium: 0, programme: 1 }), "/terms/shares"),
    ] {
        let problem = add(&owner, &new).await.unwrap_err();
        assert_eq!((problem.code, problem.pointer.as_deref()), (Code::InvalidValue, Some(at)));
    }
    let consortium = |change: fn(&mut Terms, &Stage)| {
        let mut new = of_consortium(stage);
        change(&mut new.terms, stage);
        new
    };
    for (new, at) in [
        (consortium(|terms, _| terms.conditions.consortia.clear()), "/terms/conditions/consortia"),
        (
            consortium(|terms, stage| terms.conditions.consortia = vec![stage.town().stranger]),
            "/terms/conditions/consortia",
        ),
        (
            consortium(|terms, _| terms.shares = Shares { shop: 0, consortium: 0, programme: 10_000 }),
            "/terms/shares/programme",
        ),
    ] {
        let problem = add_of(stage, &officer, &new).await.unwrap_err();
        assert_eq!((problem.code, problem.pointer.as_deref()), (Code::InvalidValue, Some(at)));
    }
    // A draft cannot become somebody else's, and the officer leaves the shop's campaigns alone.
    let draft = add(&owner, &of_shop(stage, &owner)).await.unwrap();
    let other = shop(|terms, stage| terms.conditions.facilities = vec![stage.other().id]);
    assert_eq!(at::<ChangeCampaign>(&owner, draft.id, &other).await.unwrap_err().code, Code::InvalidValue);
    assert_eq!(at::<GetCampaign>(&officer, draft.id, &()).await.unwrap_err().code, Code::Forbidden);
    let none = of::<PublishConsortiumCampaign>(stage, &officer, draft.id, &Publication::default()).await.unwrap_err();
    assert_eq!(none.code, Code::NotFound);
    let kitchen = stage.kitchen(stage.shop()).await;
    assert_eq!(at::<GetCampaign>(&kitchen, draft.id, &()).await.unwrap_err().code, Code::Forbidden);
}

async fn flaws_are_named(stage: &Stage) {
    let owner = stage.owner(stage.shop()).await;
    let mut new = of_shop(stage, &owner);
    new.terms.limits.total = Some(0);
    new.terms.stacking.most = 0;
    let draft = add(&owner, &new).await.unwrap();
    rehearse(&owner, draft.id).await;
    let problem = publish(&owner, draft.id).await.unwrap_err();
    let detail = problem.detail.unwrap();
    assert!(problem.code == Code::InvalidValue && detail.contains("Limit") && detail.contains("Stacking"), "{detail}");
    let draft = add(&owner, &of_shop(stage, &owner)).await.unwrap();
    rehearse(&owner, draft.id).await;
    stage.pass(DAY).await;
    // The sign-in has ended meanwhile.
    let owner = stage.owner(stage.shop()).await;
    let late = publish(&owner, draft.id).await.unwrap_err();
    assert_eq!(late.pointer.as_deref(), Some("/terms/conditions/ends_at"));
}

async fn officers_override_the_law(stage: &Stage) {
    let (owner, officer) = (stage.owner(stage.shop()).await, stage.officer(stage.shop()).await);
    let with = |reason: &str| Publication { override_reason: Some(reason.to_owned()) };
    let mut new = of_shop(stage, &owner);
    new.terms.kind = Kind::Gift;
    let draft = add(&owner, &new).await.unwrap();
    rehearse(&owner, draft.id).await;
    let refused = at::<PublishCampaign>(&owner, draft.id, &with("県と話しました")).await.unwrap_err();
    assert!(refused.detail.unwrap().contains("GiftValue"), "a reason of an owner makes no difference");
    let mut new = of_consortium(stage);
    new.terms.kind = Kind::Gift;
    let draft = add_of(stage, &officer, &new).await.unwrap();
    of::<RehearseConsortiumCampaign>(stage, &officer, draft.id, &NewRehearsal::default()).await.unwrap();
    let publish = async |with: Publication| of::<PublishConsortiumCampaign>(stage, &officer, draft.id, &with).await;
    assert!(publish(Publication::default()).await.unwrap_err().detail.unwrap().contains("GiftValue"));
    for odd in [" ".to_owned(), "あ".repeat(201)] {
        assert_eq!(publish(with(&odd)).await.unwrap_err().pointer.as_deref(), Some("/override_reason"));
    }
    let known = publish(with("県と\0話しました")).await.unwrap();
    assert_eq!(known.override_reason.as_deref(), Some("県と 話しました"));
}

async fn next_version(stage: &Stage) {
    let officer = stage.officer(stage.shop()).await;
    let mut new = of_consortium(stage);
    let first = add_of(stage, &officer, &new).await.unwrap();
    let replace = async |id, new: &NewCampaign| of::<ReplaceConsortiumCampaign>(stage, &officer, id, new).await;
    assert_eq!(replace(first.id, &new).await.unwrap_err().code, Code::OrderMovedOn, "a draft is changed instead");
    let publish = async |id| {
        of::<RehearseConsortiumCampaign>(stage, &officer, id, &NewRehearsal::default()).await.unwrap();
        of::<PublishConsortiumCampaign>(stage, &officer, id, &Publication::default()).await.unwrap()
    };
    publish(first.id).await;
    let everywhere = stage.town().consortium.into();
    let budget = stage.budget(Funder::Consortium, 1_000, &[first.id], everywhere).await;
    new.terms.benefit = Benefit::YenOff { yen: Yen::new(200) };
    let second = replace(first.id, &new).await.unwrap();
    assert_eq!((second.version, second.replaces, second.state), (2, Some(first.id), CampaignState::Draft));
    assert_eq!(replace(first.id, &new).await.unwrap_err().code, Code::OrderMovedOn, "there is one next version");
    stage.client().claim(first.id).await.unwrap();
    publish(second.id).await;
    assert!(stage.client().claim(first.id).await.is_err());
    assert_eq!(stage.facts(first.id).await.last().unwrap(), "campaign.ended");
    // The budget pays for the new one as well.
    let phone = stage.client();
    phone.claim(second.id).await.unwrap();
    phone.place(&with_coupons(stage.shop().noodles(), &[second.id], 200)).await;
    assert_eq!(stage.left(budget).await, 800);
}

async fn given_up_version(stage: &Stage) {
    let owner = stage.owner(stage.shop()).await;
    let new = of_shop(stage, &owner);
    let first = published(&owner, &new).await;
    let second = at::<ReplaceCampaign>(&owner, first.id, &new).await.unwrap();
    at::<EndCampaign>(&owner, second.id, &()).await.unwrap();
    assert_eq!(at::<GetCampaign>(&owner, first.id, &()).await.unwrap().state, CampaignState::Published);
    let third = at::<ReplaceCampaign>(&owner, first.id, &new).await.unwrap();
    assert_eq!((third.replaces, third.version), (Some(first.id), 2));
}

/// Asks for codes.
async fn make(owner: &Staff, id: CampaignId, count: i64) -> Answer {
    let request = owner.client.request("POST", &owner.path(&format!("campaigns/{id}/codes")));
    request.text(&format!(r#"{{"count":{count}}}"#)).send().await
}

async fn codes_are_told_once(stage: &Stage) {
    let owner = stage.owner(stage.shop()).await;
    let by_tap = published(&owner, &of_shop(stage, &owner)).await;
    assert_eq!(make(&owner, by_tap.id, 1).await.problem().code, Code::InvalidValue);
    let new = NewCampaign { claim: Claim::Code, ..of_shop(stage, &owner) };
    let draft = add(&owner, &new).await.unwrap();
    assert_eq!(make(&owner, draft.id, 1).await.problem().code, Code::OrderMovedOn);
    rehearse(&owner, draft.id).await;
    let known = publish(&owner, draft.id).await.unwrap();
    for count in [0, -1, 10_001] {
        assert_eq!(make(&owner, known.id, count).await.problem().pointer.as_deref(), Some("/count"));
    }
    let file = make(&owner, known.id, 450).await;
    assert_eq!((file.status, file.header("content-type")), (200, "text/csv; charset=utf-8"));
    assert!(file.header("content-disposition").starts_with("attachment") && file.header("cache-control") == "no-store");
    let text = file.text();
    let lines: Vec<&str> = text.strip_prefix('\u{feff}').unwrap().split_terminator("\r\n").collect();
    let mut codes = lines[1..].to_vec();
    codes.sort_unstable();
    codes.dedup();
    assert_eq!((lines[0], codes.len()), ("クーポンコード", 450));
    assert!(codes.iter().all(|code| code.starts_with(|first: char| first.is_ascii_alphanumeric())), "no formula");
    // Nothing that was stored is a code.
    let kept = stage.database.texts("SELECT digest FROM campaign_code").await;
    assert!(kept.len() == 450 && kept.iter().all(|kept| kept.len() == 64));
    let facts = stage.database.texts("SELECT payload FROM event").await.join("\n");
    assert!(!facts.contains(codes[0]));
    let batches = stage.database.texts("SELECT DISTINCT batch FROM campaign_code").await;
    assert!(batches.len() == 1 && batches[0].parse::<CodeBatchId>().is_ok());
    // Each works once.
    assert_eq!(stage.client().enter(codes[7]).await.unwrap().campaigns, [known.id]);
    let stranger = stage.client();
    stranger.place(&stage.shop().noodles()).await;
    assert_eq!(stranger.enter(codes[7]).await.unwrap_err().code, Code::CouponCodeUnknown);
    let figures = at::<GetCampaignFigures>(&owner, known.id, &()).await.unwrap();
    assert_eq!((figures.codes, figures.codes_used, figures.got), (450, 1, 1));
    assert_eq!(stage.facts(known.id).await.last().unwrap(), "campaign.codes_made");
}

async fn rehearsed_on_past_orders(stage: &Stage) {
    let (shop, other) = (stage.shop(), stage.other());
    let phone = stage.client();
    stage.paid(&phone, shop, &shop.noodles()).await;
    stage.paid(&phone, shop, &shop.noodles()).await;
    stage.paid(&stage.client(), shop, &shop.cart(vec![shop.tea.eat_in(1)])).await;
    stage.paid(&stage.client(), other, &other.noodles()).await;
    let owner = stage.owner(shop).await;
    for order in owner.board().await.orders {
        let path = format!("orders/{}/accept", order.id);
        let accepted = owner.client.request("POST", &owner.path(&path)).text("{}").send().await;
        assert_eq!(accepted.status, 200);
    }
    let mut new = of_shop(stage, &owner);
    // 780 yen of noodles are enough, 300 of tea are not; a phone uses it once.
    new.terms.conditions.minimum = Some(Yen::new(500));
    let draft = add(&owner, &new).await.unwrap();
    let tried = rehearse(&owner, draft.id).await;
    let days: Vec<_> = tried.days.iter().map(|day| (day.orders, day.uses, day.discount, day.so_far)).collect();
    assert_eq!(days, [(3, 1, Yen::new(300), Yen::new(300))], "the other shop's order is not looked at");
    assert_eq!((tried.uses, tried.discount, tried.money_until), (1, Yen::new(300), None));
    new.terms.limits = Limits::default();
    at::<ChangeCampaign>(&owner, draft.id, &new).await.unwrap();
    stage.pass(2 * MINUTE).await;
    assert_eq!(rehearse(&owner, draft.id).await.uses, 2);
    // Nobody got anything by it.
    assert_eq!(stage.database.count("coupon").await + stage.database.count("ledger_entry").await, 0);
    let officer = stage.officer(shop).await;
    let wide = add_of(stage, &officer, &of_consortium(stage)).await.unwrap();
    let tried = of::<RehearseConsortiumCampaign>(stage, &officer, wide.id, &NewRehearsal::default()).await.unwrap();
    assert_eq!((tried.days[0].orders, tried.uses), (4, 3));
}

async fn rehearsal_with_money(stage: &Stage) {
    let shop = stage.shop();
    stage.paid(&stage.client(), shop, &shop.noodles()).await;
    let owner = stage.owner(shop).await;
    let mut new = of_shop(stage, &owner);
    new.terms.conditions.ends_at = stage.clock.now().plus(90 * DAY);
    let draft = add(&owner, &new).await.unwrap();
    let until = async |yen: i64| {
        let with = NewRehearsal { budget: Some(Yen::new(yen)) };
        at::<RehearseCampaign>(&owner, draft.id, &with).await.map(|tried| tried.money_until)
    };
    // 300 yen in 28 days: 600 yen last for 56 days, 3,000 beyond the end.
    let day = until(600).await.unwrap().unwrap();
    assert_eq!(day, okini_shared::day::Day::of(stage.clock.now().plus(56 * DAY)));
    assert_eq!(until(3_000).await.unwrap(), None);
    assert_eq!(until(-1).await.unwrap_err().pointer.as_deref(), Some("/budget"));
    publish(&owner, draft.id).await.unwrap();
    assert_eq!(until(600).await.unwrap_err().code, Code::OrderMovedOn);
}

async fn figures_and_ledger(stage: &Stage) {
    let officer = stage.officer(stage.shop()).await;
    let mut new = of_consortium(stage);
    new.terms.shares = Shares { shop: 5_000, consortium: 5_000, programme: 0 };
    new.terms.limits.total = Some(10);
    let id = add_of(stage, &officer, &new).await.unwrap().id;
    of::<RehearseConsortiumCampaign>(stage, &officer, id, &NewRehearsal::default()).await.unwrap();
    of::<PublishConsortiumCampaign>(stage, &officer, id, &Publication::default()).await.unwrap();
    let budget = stage.budget(Funder::Consortium, 1_000, &[id], stage.town().consortium.into()).await;
    let new = with_coupons(stage.shop().noodles(), &[id], 300);
    let (used, waiting, refunded) = (stage.client(), stage.client(), stage.client());
    for phone in [&used, &waiting, &refunded] {
        phone.claim(id).await.unwrap();
    }
    stage.paid(&used, stage.shop(), &new).await;
    let back = stage.paid(&refunded, stage.shop(), &new).await;
    stage.owner(stage.shop()).await.give_back(&back, None).await.unwrap();
    waiting.place(&new).await;
    let figures: Figures = of::<GetConsortiumCampaignFigures>(stage, &officer, id, &()).await.unwrap();
    assert_eq!((figures.got, figures.held, figures.redeemed, figures.returned), (3, 1, 1, 1));
    assert_eq!(figures.places_left, Some(7));
    let yen: Vec<_> = figures.funders.iter().map(|one| [one.held, one.redeemed, one.returned].map(Yen::get)).collect();
    assert_eq!(yen, [[150, 150, 150], [150, 150, 150]]);
    let [left] = figures.budgets.try_into().unwrap();
    assert_eq!((left.budget, left.left, left.funded), (budget, Yen::new(700), Yen::new(1_000)));
    let path = [stage.town().consortium.to_string()];
    let check = officer.client.call::<CheckConsortiumLedger>(&[&path[0]], &()).await.unwrap();
    assert!(check.ok && check.difference == Yen::ZERO, "{check:?}");
    let [campaign] = check.campaigns.try_into().unwrap();
    assert_eq!((campaign.held.ledger, campaign.held.found), (Yen::new(300), Yen::new(300)));
    assert_eq!((campaign.redeemed.ledger, campaign.redeemed.found), (Yen::new(300), Yen::new(300)));
    let [money] = check.budgets.try_into().unwrap();
    assert_eq!((money.available.found, money.held.found, money.redeemed.found).0, Yen::new(700));
    // Shops do not see it.
    let owner = stage.owner(stage.shop()).await;
    assert!(ledger(&owner).await.campaigns.is_empty() && ledger(&owner).await.budgets.is_empty());
}

async fn wrong_ledger(stage: &Stage) {
    let owner = stage.owner(stage.shop()).await;
    let known = published(&owner, &of_shop(stage, &owner)).await;
    let budget = stage.budget(Funder::Shop, 1_000, &[known.id], owner.facility.into()).await;
    assert!(ledger(&owner).await.ok);
    let slot = format!("UPDATE slot SET left_over = left_over + {{}} WHERE owner = '{budget}' AND number = 0");
    stage.database.change(&slot.replace("{}", "7")).await;
    let check = ledger(&owner).await;
    assert_eq!((check.ok, check.difference), (false, Yen::new(7)));
    stage.database.change(&slot.replace("{}", "-7")).await;
    stage.move_campaign(known.id, CampaignStep::End).await;
    assert!(ledger(&owner).await.ok);
}
