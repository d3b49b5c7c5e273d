//! Coupons on bills: taken off, set aside, used, given back; the money of each funder to the yen.

use okini_shared::api::order::Order;
use okini_shared::id::CampaignId;
use okini_shared::money::Yen;
use okini_shared::problem::Code;
use okini_shared::rules::coupon::{
    Benefit, CampaignStep, Claim, Conditions, Funder, HoldState, Limits, Refusal, Terms,
};
use okini_shared::rules::order::OrderState;
use okini_shared::time::{DAY, HOUR, SECOND};
use okini_tests::client::Client;
use okini_tests::coupons::{ALL_PAY, SHOP_PAYS, why, with_coupons, yen_off};
use okini_tests::diner::all;
use okini_tests::on_both;
use okini_tests::stage::Stage;

on_both! {
    used expired refused_by_the_shop taken_back part_refunds whole_refund all_of_it two_together not_together
    another_sum every_refusal limits_of_a_day limits_of_a_shop automatic_comes_back paused_and_ended held_is_honoured
    someone_elses same_key budgets_split first_order_once
}

/// A coupon of 300 yen in the wallet.
async fn got(stage: &Stage, phone: &Client) -> CampaignId {
    let campaign = stage.campaign(yen_off(stage, 300), Claim::Tap).await;
    phone.claim(campaign).await.unwrap();
    campaign
}

fn states(order: &Order) -> Vec<HoldState> {
    order.coupons.iter().map(|coupon| coupon.state).collect()
}

async fn used(stage: &Stage) {
    let phone = stage.client();
    let shop = stage.shop();
    let campaign = got(stage, &phone).await;
    let budget = stage.budget(Funder::Programme, 1_000, &[campaign], stage.town().consortium.into()).await;
    let offer = phone.offer(shop, campaign).await;
    assert_eq!((offer.available, offer.got, offer.budget_left), (1, 1, Some(10_000)));
    let order = phone.place(&with_coupons(shop.noodles(), &[campaign], 300)).await;
    assert_eq!((order.total, order.coupons[0].amount), (Yen::new(480), Yen::new(300)));
    assert_eq!(order.taxes[0].total, Yen::new(480));
    assert_eq!(states(&order), [HoldState::Held]);
    assert_eq!(order.payable_until, phone.offer(shop, campaign).await.held.first().map(|held| held.until));
    assert_eq!(stage.left(budget).await, 700);
    phone.pay(&order, shop.provider).await.unwrap();
    stage.company(shop).pay(stage.payment(&order).await);
    stage.pass(3 * SECOND).await;
    let order = phone.look(&order).await;
    assert_eq!((order.state, states(&order)), (OrderState::Submitted, vec![HoldState::Redeemed]));
    assert_eq!(stage.payments(&order).await[0].amount, Yen::new(480));
    assert_eq!(stage.moved("redeem", Funder::Programme).await, 300);
    assert_eq!(phone.past().await[0].amount, Some(Yen::new(300)));
    assert_eq!(stage.coupons(campaign, "redeemed").await, 1);
}

async fn expired(stage: &Stage) {
    let phone = stage.client();
    let campaign = got(stage, &phone).await;
    let budget = stage.budget(Funder::Programme, 1_000, &[campaign], stage.town().consortium.into()).await;
    let order = phone.place(&with_coupons(stage.shop().noodles(), &[campaign], 300)).await;
    stage.pass(HOUR).await;
    let order = phone.look(&order).await;
    assert_eq!((order.state, states(&order)), (OrderState::Expired, vec![HoldState::Released]));
    assert_eq!((stage.left(budget).await, phone.offer(stage.shop(), campaign).await.available), (1_000, 1));
}

async fn refused_by_the_shop(stage: &Stage) {
    let phone = stage.client();
    let campaign = got(stage, &phone).await;
    let budget = stage.budget(Funder::Programme, 1_000, &[campaign], stage.town().consortium.into()).await;
    let order = stage.paid(&phone, stage.shop(), &with_coupons(stage.shop().noodles(), &[campaign], 300)).await;
    assert_eq!(stage.left(budget).await, 700);
    stage.pass(HOUR).await;
    let order = phone.look(&order).await;
    assert_eq!((order.state, states(&order)), (OrderState::AutoRefused, vec![HoldState::Returned]));
    assert_eq!((stage.left(budget).await, phone.offer(stage.shop(), campaign).await.available), (1_000, 1));
    assert_eq!(stage.moved("return", Funder::Programme).await, 300);
}

async fn taken_back(stage: &Stage) {
    let phone = stage.client();
    let campaign = got(stage, &phone).await;
    let order = phone.place(&with_coupons(stage.shop().noodles(), &[campaign], 300)).await;
    let cancels = all((0..50).map(|_| phone.cancel(&order))).await;
    assert!(cancels.iter().all(Result::is_ok));
    assert_eq!(stage.coupons(campaign, "available").await, 1);
    assert_eq!(stage.moved("release", Funder::Programme).await, 300);
    // And again with it.
    let order = phone.place(&with_coupons(stage.shop().noodles(), &[campaign], 300)).await;
    assert_eq!(states(&order), [HoldState::Held]);
}

async fn part_refunds(stage: &Stage) {
    let phone = stage.client();
    let mut terms = yen_off(stage, 300);
    terms.shares = ALL_PAY;
    let campaign = stage.campaign(terms, Claim::Automatic).await;
    let order = stage.paid(&phone, stage.shop(), &with_coupons(stage.shop().noodles(), &[campaign], 300)).await;
    let owner = stage.owner(stage.shop()).await;
    owner.accept(&order).await.unwrap();
    owner.give_back(&order, Some(160)).await.unwrap();
    // A third of 480 yen: a third of each funder's yen, rounded down.
    let returned = async || {
        [
            stage.moved("return", Funder::Shop).await,
            stage.moved("return", Funder::Consortium).await,
            stage.moved("return", Funder::Programme).await,
        ]
    };
    assert_eq!(returned().await, [16, 33, 50]);
    assert_eq!(stage.coupons(campaign, "redeemed").await, 1);
    owner.give_back(&order, None).await.unwrap();
    assert_eq!(returned().await, [50, 100, 150]);
    assert_eq!(states(&phone.look(&order).await), [HoldState::Returned]);
    assert_eq!(stage.coupons(campaign, "void").await, 1);
}

async fn whole_refund(stage: &Stage) {
    let phone = stage.client();
    let campaign = got(stage, &phone).await;
    let order = stage.paid(&phone, stage.shop(), &with_coupons(stage.shop().noodles(), &[campaign], 300)).await;
    let owner = stage.owner(stage.shop()).await;
    let refunds = all((0..20).map(|_| owner.give_back(&order, None))).await;
    assert_eq!(refunds.iter().filter(|refund| refund.is_ok()).count(), 1);
    assert_eq!(stage.moved("return", Funder::Programme).await, 300);
    assert_eq!(phone.offer(stage.shop(), campaign).await.available, 1);
}

async fn all_of_it(stage: &Stage) {
    let phone = stage.client();
    let mut terms = yen_off(stage, 5_000);
    terms.shares = SHOP_PAYS;
    let campaign = stage.campaign(terms, Claim::Automatic).await;
    let order = phone.place(&with_coupons(stage.shop().noodles(), &[campaign], 780)).await;
    assert_eq!((order.total, order.state), (Yen::ZERO, OrderState::Submitted));
    assert_eq!(states(&order), [HoldState::Redeemed]);
    assert!(order.number.is_some() && order.payment.is_none());
    assert_eq!(phone.pay(&order, stage.shop().provider).await.unwrap_err().code, Code::BillNotOpen);
    let order = phone.cancel(&order).await.unwrap();
    assert_eq!(states(&order), [HoldState::Returned]);
    assert_eq!(stage.moved("return", Funder::Shop).await, 780);
}

async fn two_together(stage: &Stage) {
    let phone = stage.client();
    let first = got(stage, &phone).await;
    let mut terms = yen_off(stage, 0);
    terms.benefit = Benefit::PercentOff { basis_points: 1_000, cap: None };
    terms.stacking.rank = 1;
    let second = stage.campaign(terms, Claim::Automatic).await;
    // 780 - 300 - 48.
    let order = phone.place(&with_coupons(stage.shop().noodles(), &[second, first], 348)).await;
    let parts: Vec<_> = order.coupons.iter().map(|coupon| (coupon.campaign, coupon.amount.get())).collect();
    assert_eq!(parts, [(first, 300), (second, 48)]);
    assert_eq!(phone.cancel(&order).await.unwrap().coupons.len(), 2);
    assert_eq!((stage.coupons(first, "available").await, stage.coupons(second, "void").await), (1, 1));
}

async fn not_together(stage: &Stage) {
    let phone = stage.client();
    let first = got(stage, &phone).await;
    let mut terms = yen_off(stage, 100);
    terms.stacking.most = 1;
    let alone = stage.campaign(terms, Claim::Automatic).await;
    let problem = phone.refused(&with_coupons(stage.shop().noodles(), &[first, alone], 400)).await;
    assert_eq!((problem.code, why(&problem)), (Code::CouponChanged, Refusal::NotTogether));
    let twice = phone.refused(&with_coupons(stage.shop().noodles(), &[first, first], 600)).await;
    assert_eq!(why(&twice), Refusal::NotTogether);
    assert_eq!(stage.coupons(first, "available").await, 1);
}

async fn another_sum(stage: &Stage) {
    let phone = stage.client();
    let campaign = got(stage, &phone).await;
    let problem = phone.refused(&with_coupons(stage.shop().noodles(), &[campaign], 301)).await;
    assert_eq!((problem.code, problem.pointer.as_deref()), (Code::InvalidValue, Some("/expected_total")));
    assert_eq!(stage.coupons(campaign, "available").await, 1);
    let many: Vec<_> = (0..11).map(CampaignId::from_uuid).collect();
    let problem = phone.refused(&with_coupons(stage.shop().noodles(), &many, 0)).await;
    assert_eq!(problem.pointer.as_deref(), Some("/coupons"));
}

/// A coupon with these terms, in the wallet, on a bill of one noodles.
async fn refusal(stage: &Stage, change: impl FnOnce(&mut Terms)) -> Refusal {
    let phone = stage.client();
    let mut terms = yen_off(stage, 300);
    change(&mut terms);
    let campaign = stage.campaign(terms, Claim::Tap).await;
    phone.claim(campaign).await.unwrap();
    let problem = phone.refused(&with_coupons(stage.shop().noodles(), &[campaign], 300)).await;
    assert_eq!((problem.code, problem.coupons[0].campaign), (Code::CouponChanged, campaign));
    why(&problem)
}

async fn every_refusal(stage: &Stage) {
    let conditions = |change: fn(&mut Conditions)| refusal(stage, move |terms| change(&mut terms.conditions));
    assert_eq!(
        conditions(|c| c.minimum = Some(Yen::new(1_000))).await,
        Refusal::BelowMinimum { missing: Yen::new(220) }
    );
    assert_eq!(conditions(|c| c.municipalities = vec!["271403".into()]).await, Refusal::OtherShop);
    let tea = stage.shop().tea.id;
    assert_eq!(refusal(stage, |terms| terms.conditions.items = vec![tea]).await, Refusal::NoSuchItems);
    let phone = stage.client();
    let nobodys = phone.refused(&with_coupons(stage.shop().noodles(), &[CampaignId::from_uuid(7)], 300)).await;
    assert_eq!(why(&nobodys), Refusal::NoCoupon);
    let budgeted = stage.campaign(yen_off(stage, 300), Claim::Automatic).await;
    let budget = stage.budget(Funder::Programme, 299, &[budgeted], stage.town().consortium.into()).await;
    let problem = phone.refused(&with_coupons(stage.shop().noodles(), &[budgeted], 300)).await;
    assert_eq!((why(&problem), stage.left(budget).await), (Refusal::BudgetUsedUp, 299));
    let kept = stage.database.texts("SELECT outcome FROM coupon_try WHERE kind = 'hold'").await;
    assert_eq!(kept.len(), 5, "each refusal is kept: {kept:?}");
}

async fn limits_of_a_day(stage: &Stage) {
    let phone = stage.client();
    let mut terms = yen_off(stage, 100);
    terms.limits = Limits { per_person_day: Some(1), ..Limits::default() };
    terms.conditions.ends_at = stage.clock.now().plus(9 * DAY);
    let campaign = stage.campaign(terms, Claim::Automatic).await;
    let new = with_coupons(stage.shop().noodles(), &[campaign], 100);
    let order = phone.place(&new).await;
    assert_eq!(why(&phone.refused(&new).await), Refusal::DayLimit);
    assert_eq!(phone.offer(stage.shop(), campaign).await.used.person_day, 1);
    phone.cancel(&order).await.unwrap();
    stage.paid(&phone, stage.shop(), &new).await;
    assert_eq!(why(&phone.refused(&new).await), Refusal::DayLimit);
    stage.pass(DAY).await;
    // The first shop closed, because nobody answered.
    phone.place(&with_coupons(stage.town().other.noodles(), &[campaign], 100)).await;
}

async fn limits_of_a_shop(stage: &Stage) {
    let mut terms = yen_off(stage, 100);
    terms.limits = Limits { per_facility: Some(3), ..Limits::default() };
    let campaign = stage.campaign(terms, Claim::Automatic).await;
    let new = with_coupons(stage.shop().noodles(), &[campaign], 100);
    let phones: Vec<Client> = (0..12).map(|_| stage.client()).collect();
    let keys: Vec<String> = (0..12).map(|n| format!("key-{n}")).collect();
    let sent = all(phones.iter().zip(&keys).map(|(phone, key)| phone.send_order(key, &new))).await;
    assert_eq!(sent.iter().filter(|answer| answer.status == 201).count(), 3);
    // Another shop has places of its own.
    let other = &stage.town().other;
    phones[0].place(&with_coupons(other.noodles(), &[campaign], 100)).await;
}

async fn automatic_comes_back(stage: &Stage) {
    let mut terms = yen_off(stage, 100);
    terms.limits = Limits { total: Some(1), per_person: Some(1), ..Limits::default() };
    let campaign = stage.campaign(terms, Claim::Automatic).await;
    let new = with_coupons(stage.shop().noodles(), &[campaign], 100);
    let (one, two) = (stage.client(), stage.client());
    let order = one.place(&new).await;
    assert_eq!(why(&two.refused(&new).await), Refusal::UsedUp);
    assert_eq!(why(&one.refused(&new).await), Refusal::PersonLimit);
    one.cancel(&order).await.unwrap();
    assert_eq!(stage.left(campaign).await, 1);
    two.place(&new).await;
    assert_eq!(stage.left(campaign).await, 0);
}

async fn paused_and_ended(stage: &Stage) {
    let phone = stage.client();
    let campaign = got(stage, &phone).await;
    let new = with_coupons(stage.shop().noodles(), &[campaign], 300);
    stage.move_campaign(campaign, CampaignStep::Pause).await;
    assert_eq!(why(&phone.refused(&new).await), Refusal::Paused);
    assert_eq!(phone.offer(stage.shop(), campaign).await.ungettable, Some(Refusal::Paused));
    assert_eq!(why(&stage.client().claim(campaign).await.unwrap_err()), Refusal::Paused);
    stage.move_campaign(campaign, CampaignStep::Resume).await;
    let order = phone.place(&new).await;
    phone.cancel(&order).await.unwrap();
    stage.move_campaign(campaign, CampaignStep::End).await;
    assert_eq!(why(&phone.refused(&new).await), Refusal::Ended);
    assert!(phone.wallet(stage.shop()).await.offers.is_empty());
    let past = phone.past().await;
    assert_eq!((past[0].campaign, past[0].used_at), (campaign, None));
}

/// What was set aside in time is honoured as long as the bill can be paid.
async fn held_is_honoured(stage: &Stage) {
    let phone = stage.client();
    let mut terms = yen_off(stage, 300);
    terms.conditions.ends_at = stage.clock.now().plus(SECOND);
    let campaign = stage.campaign(terms, Claim::Automatic).await;
    let new = with_coupons(stage.shop().noodles(), &[campaign], 300);
    let order = stage.redirected(&phone, stage.shop(), &new).await;
    stage.clock.advance(SECOND);
    assert_eq!(why(&stage.client().refused(&new).await), Refusal::Ended);
    stage.company(stage.shop()).pay(stage.payment(&order).await);
    stage.pass(3 * SECOND).await;
    assert_eq!(states(&phone.look(&order).await), [HoldState::Redeemed]);
}

async fn someone_elses(stage: &Stage) {
    let (one, two) = (stage.client(), stage.client());
    let campaign = got(stage, &one).await;
    let problem = two.refused(&with_coupons(stage.shop().noodles(), &[campaign], 300)).await;
    assert_eq!(why(&problem), Refusal::NoCoupon);
    assert_eq!(two.offer(stage.shop(), campaign).await.available, 0);
}

async fn same_key(stage: &Stage) {
    let phone = stage.client();
    let campaign = got(stage, &phone).await;
    let new = with_coupons(stage.shop().noodles(), &[campaign], 300);
    let answers = all((0..20).map(|_| phone.send_order("one-key", &new))).await;
    let first: Order = answers[0].json();
    assert!(answers.iter().all(|answer| answer.json::<Order>() == first));
    // Other taps, one coupon.
    let keys: Vec<String> = (0..20).map(|n| format!("tap-{n}")).collect();
    let others = all(keys.iter().map(|key| phone.send_order(key, &new))).await;
    assert!(others.iter().all(|answer| answer.problem().code == Code::CouponChanged));
    assert_eq!(stage.moved("hold", Funder::Programme).await, 300);
}

async fn budgets_split(stage: &Stage) {
    let campaign = stage.campaign(yen_off(stage, 300), Claim::Automatic).await;
    let (shop, other) = (stage.shop(), &stage.town().other);
    let wide = stage.budget(Funder::Programme, 10_000, &[campaign], stage.town().consortium.into()).await;
    let own = stage.budget(Funder::Programme, 500, &[campaign], shop.id.into()).await;
    let order = |shop: &okini_tests::fixture::Shop| with_coupons(shop.noodles(), &[campaign], 300);
    stage.client().place(&order(shop)).await;
    assert_eq!(why(&stage.client().refused(&order(shop)).await), Refusal::BudgetUsedUp);
    stage.client().place(&order(other)).await;
    assert_eq!((stage.left(own).await, stage.left(wide).await), (200, 9_700));
}

async fn first_order_once(stage: &Stage) {
    let phone = stage.client();
    let mut terms = yen_off(stage, 300);
    terms.conditions.first_order = true;
    let campaign = stage.campaign(terms, Claim::Automatic).await;
    let new = with_coupons(stage.shop().noodles(), &[campaign], 300);
    let order = phone.place(&new).await;
    assert!(!phone.wallet(stage.shop()).await.first_order);
    phone.cancel(&order).await.unwrap();
    stage.paid(&phone, stage.shop(), &stage.shop().noodles()).await;
    assert_eq!(why(&phone.refused(&new).await), Refusal::NotFirstOrder);
}
