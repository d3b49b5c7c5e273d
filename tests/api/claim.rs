//! Getting coupons: by a tap, by a code, from another phone; and how many there are when everybody wants one.

use okini_server::auth::digest;
use okini_server::store::campaign::insert_codes;
use okini_shared::id::CampaignId;
use okini_shared::problem::Code;
use okini_shared::rules::coupon::{Claim, Limits, Refusal, canonical_code};
use okini_shared::time::{HOUR, SECOND};
use okini_tests::client::{Answer, Client};
use okini_tests::coupons::{why, with_coupons, yen_off};
use okini_tests::diner::all;
use okini_tests::on_both;
use okini_tests::stage::Stage;

on_both! {
    one_each hundred_left fifty_taps two_servers edges_of_time not_to_be_tapped by_code codes_that_are_none code_once
    moved moved_once moved_within_limits shared_budget
}

async fn tap(phone: &Client, campaign: CampaignId, key: &str) -> Answer {
    let path = format!("/api/v1/campaigns/{campaign}/coupons");
    phone.request("POST", &path).header("idempotency-key", key).send().await
}

async fn limited(stage: &Stage, total: i64, per_person: Option<i64>) -> CampaignId {
    let mut terms = yen_off(stage, 300);
    terms.limits = Limits { total: Some(total), per_person, ..Limits::default() };
    stage.campaign(terms, Claim::Tap).await
}

async fn one_each(stage: &Stage) {
    let phone = stage.client();
    let campaign = limited(stage, 10, Some(1)).await;
    assert_eq!(phone.offer(stage.shop(), campaign).await.ungettable, None);
    assert_eq!(phone.claim(campaign).await.unwrap().campaigns, [campaign]);
    assert_eq!(phone.offer(stage.shop(), campaign).await.ungettable, Some(Refusal::PersonLimit));
    let problem = phone.claim(campaign).await.unwrap_err();
    assert_eq!((problem.code, why(&problem)), (Code::CouponRefused, Refusal::PersonLimit));
    let kept = stage.database.texts("SELECT outcome FROM coupon_try ORDER BY id").await;
    assert_eq!(kept, ["ok", "\"person_limit\""]);
}

async fn hundred_left(stage: &Stage) {
    let campaign = limited(stage, 100, Some(1)).await;
    let phones: Vec<Client> = (0..300).map(|_| stage.client()).collect();
    let mut got = 0;
    for wave in phones.chunks(100) {
        let taps = all(wave.iter().enumerate().map(|(n, phone)| {
            let key = format!("key-{n}-{:p}", phone);
            async move { tap(phone, campaign, &key).await }
        }));
        for answer in taps.await {
            match answer.status {
                201 => got += 1,
                _ => assert_eq!(why(&answer.problem()), Refusal::UsedUp),
            }
        }
    }
    assert_eq!((got, stage.coupons(campaign, "available").await, stage.left(campaign).await), (100, 100, 0));
}

async fn fifty_taps(stage: &Stage) {
    let phone = stage.client();
    let campaign = limited(stage, 100, Some(1)).await;
    phone.claim(limited(stage, 100, None).await).await.unwrap();
    let same = all((0..50).map(|_| tap(&phone, campaign, "one"))).await;
    assert!(same.iter().all(|answer| answer.status == 201));
    let keys: Vec<String> = (0..50).map(|n| format!("other-{n}")).collect();
    let others = all(keys.iter().map(|key| tap(&phone, campaign, key))).await;
    assert!(others.iter().all(|answer| answer.status == 409));
    assert_eq!((stage.coupons(campaign, "available").await, stage.left(campaign).await), (1, 99));
}

async fn two_servers(stage: &Stage) {
    if !stage.database.url.starts_with("postgres") {
        return;
    }
    let second = stage.another_node(2, "").await;
    let phone = stage.client();
    phone.claim(limited(stage, 9, None).await).await.unwrap();
    let twin = second.client();
    for name in ["__Host-okini", "okini"] {
        if let Some(cookie) = phone.cookie(name) {
            twin.set_cookie(name, &cookie);
        }
    }
    let campaign = limited(stage, 100, Some(2)).await;
    let keys: Vec<String> = (0..30).map(|n| format!("key-{n}")).collect();
    let taps = keys.iter().enumerate();
    let answers = all(taps.map(|(n, key)| tap(if n % 2 == 0 { &phone } else { &twin }, campaign, key))).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 201).count(), 2);
    assert_eq!(stage.left(campaign).await, 98);
    second.stop().await;
}

async fn edges_of_time(stage: &Stage) {
    let mut terms = yen_off(stage, 300);
    let start = stage.clock.now().plus(2 * SECOND);
    (terms.conditions.starts_at, terms.conditions.ends_at) = (start, start.plus(SECOND));
    terms.limits = Limits::default();
    let campaign = stage.campaign(terms, Claim::Tap).await;
    let phone = stage.client();
    stage.clock.advance(2 * SECOND - 1);
    assert_eq!(why(&phone.claim(campaign).await.unwrap_err()), Refusal::NotYet { starts_at: start });
    stage.clock.advance(1);
    phone.claim(campaign).await.unwrap();
    stage.clock.advance(SECOND - 1);
    phone.claim(campaign).await.unwrap();
    stage.clock.advance(1);
    assert_eq!(why(&phone.claim(campaign).await.unwrap_err()), Refusal::Ended);
}

async fn not_to_be_tapped(stage: &Stage) {
    for claim in [Claim::Code, Claim::Automatic] {
        let campaign = stage.campaign(yen_off(stage, 300), claim).await;
        assert_eq!(stage.client().claim(campaign).await.unwrap_err().code, Code::NotFound);
    }
    assert_eq!(stage.client().claim(CampaignId::from_uuid(7)).await.unwrap_err().code, Code::NotFound);
}

/// Codes of a campaign.
async fn codes<const N: usize>(stage: &Stage, campaign: CampaignId, codes: [&str; N]) {
    let mut conn = stage.database.connect().await;
    for code in codes {
        let digest = digest(&canonical_code(code).unwrap());
        assert_eq!(insert_codes(&mut conn, campaign, ("bat_1", &[digest]), stage.clock.now()).await.unwrap(), 1);
    }
}

async fn by_code(stage: &Stage) {
    let phone = stage.client();
    let campaign = stage.campaign(yen_off(stage, 300), Claim::Code).await;
    codes(stage, campaign, ["ABCD-EFGH-JKMN-PQRS", "ABCD-EFGH-JKMN-PQRT"]).await;
    assert!(phone.wallet(stage.shop()).await.offers.is_empty(), "nobody sees it who has no code");
    assert_eq!(phone.enter(" abcd efgh-jkmn pqrs").await.unwrap().campaigns, [campaign]);
    // Tapped twice.
    assert_eq!(phone.enter("ABCDEFGHJKMNPQRS").await.unwrap().campaigns, [campaign]);
    assert_eq!(stage.coupons(campaign, "available").await, 1);
    assert_eq!(why(&phone.enter("ABCD-EFGH-JKMN-PQRT").await.unwrap_err()), Refusal::PersonLimit);
    phone.place(&with_coupons(stage.shop().noodles(), &[campaign], 300)).await;
}

async fn codes_that_are_none(stage: &Stage) {
    let phone = stage.client();
    for code in ["", "ABCD-EFGH-JKMN-PQR", "ABCD-EFGH-JKMN-PQRSS", "ABCD-EFGH-JKMN-PQR0", "ABCD-EFGH-JKMN-PQRS", "あ"]
    {
        assert_eq!(phone.enter(code).await.unwrap_err().code, Code::CouponCodeUnknown, "{code}");
    }
    assert_eq!(stage.database.texts("SELECT id FROM coupon_try").await.len(), 6);
}

async fn code_once(stage: &Stage) {
    let campaign = stage.campaign(yen_off(stage, 300), Claim::Code).await;
    codes(stage, campaign, ["ABCD-EFGH-JKMN-PQRS"]).await;
    let phones: Vec<Client> = (0..30).map(|_| stage.client()).collect();
    let got = all(phones.iter().map(|phone| phone.enter("ABCD-EFGH-JKMN-PQRS"))).await;
    // Nobody else gets it: phones without a cookie behind one network are not one phone.
    assert_eq!(got.iter().filter(|got| got.is_ok()).count(), 1);
    assert_eq!(stage.coupons(campaign, "available").await, 1);
    let stranger = stage.client();
    stranger.claim(limited(stage, 9, None).await).await.unwrap();
    assert_eq!(stranger.enter("ABCD-EFGH-JKMN-PQRS").await.unwrap_err().code, Code::CouponCodeUnknown);
}

/// A phone with a cookie of its own.
async fn known(stage: &Stage) -> Client {
    let phone = stage.client();
    phone.claim(limited(stage, 9, None).await).await.unwrap();
    phone
}

async fn moved(stage: &Stage) {
    let (old, new) = (known(stage).await, known(stage).await);
    let campaign = limited(stage, 10, Some(1)).await;
    old.claim(campaign).await.unwrap();
    let transfer = old.start_transfer().await.unwrap();
    assert_eq!(transfer.coupons, 2);
    assert_eq!(new.enter(&transfer.code).await.unwrap().campaigns.len(), 2);
    assert_eq!(old.offer(stage.shop(), campaign).await.available, 0);
    assert_eq!(new.offer(stage.shop(), campaign).await.available, 1);
    // It has had its share, and the campaign gave one.
    assert_eq!(why(&old.claim(campaign).await.unwrap_err()), Refusal::PersonLimit);
    assert_eq!(stage.left(campaign).await, 9);
    new.place(&with_coupons(stage.shop().noodles(), &[campaign], 300)).await;
    assert_eq!(old.start_transfer().await.unwrap_err().code, Code::CouponRefused, "nothing is left to move");
}

async fn moved_once(stage: &Stage) {
    let old = known(stage).await;
    let code = old.start_transfer().await.unwrap().code;
    let phones = [known(stage).await, known(stage).await, known(stage).await];
    let got = all(phones.iter().map(|phone| phone.enter(&code))).await;
    assert_eq!(got.iter().filter(|got| got.is_ok()).count(), 1);
    let late = phones[0].start_transfer().await.unwrap().code;
    stage.clock.advance(HOUR);
    assert_eq!(phones[1].enter(&late).await.unwrap_err().code, Code::CouponCodeUnknown);
}

async fn moved_within_limits(stage: &Stage) {
    let (old, new) = (known(stage).await, known(stage).await);
    let campaign = limited(stage, 10, Some(1)).await;
    old.claim(campaign).await.unwrap();
    new.claim(campaign).await.unwrap();
    new.enter(&old.start_transfer().await.unwrap().code).await.unwrap();
    assert_eq!(old.offer(stage.shop(), campaign).await.available, 1, "the other phone has one already");
    assert_eq!(new.offer(stage.shop(), campaign).await.available, 1);
}

/// Five campaigns on one budget, and more orders than it can pay for.
async fn shared_budget(stage: &Stage) {
    let mut campaigns = Vec::new();
    for yen in [300, 250, 170, 90, 30] {
        let mut terms = yen_off(stage, yen);
        terms.limits = Limits::default();
        campaigns.push((stage.campaign(terms, Claim::Automatic).await, yen));
    }
    let ids: Vec<CampaignId> = campaigns.iter().map(|(id, _)| *id).collect();
    let funder = okini_shared::rules::coupon::Funder::Programme;
    let budget = stage.budget(funder, 5_003, &ids, stage.town().consortium.into()).await;
    let phones: Vec<Client> = (0..60).map(|_| stage.client()).collect();
    let orders = phones.iter().zip(campaigns.iter().cycle()).enumerate().map(|(n, (phone, (id, yen)))| {
        let new = with_coupons(stage.shop().noodles(), &[*id], *yen);
        async move { (phone.send_order(&format!("key-{n}"), &new).await, *yen) }
    });
    let mut spent = 0;
    for (answer, yen) in all(orders).await {
        match answer.status {
            201 => spent += yen,
            _ => assert_eq!(why(&answer.problem()), Refusal::BudgetUsedUp),
        }
    }
    assert_eq!(stage.left(budget).await, 5_003 - spent);
    assert!(spent > 5_003 - 300, "{spent}");
}
