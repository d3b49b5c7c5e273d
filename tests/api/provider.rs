//! A payment company that is down, and diners who go from one company to another: what is offered, and never two pages.

use okini_server::domain::flow;
use okini_server::store::register;
use okini_shared::api::menu::{GetMenu, Menu};
use okini_shared::problem::Code;
use okini_shared::rules::order::OrderState;
use okini_shared::rules::payment::{Finding, PaymentState, ProviderName};
use okini_shared::time::{MINUTE, SECOND};
use okini_tests::diner::all;
use okini_tests::on_both;
use okini_tests::scripted::Call;
use okini_tests::stage::Stage;

on_both! {
    down_and_back hanging_is_not_offered_to_be_left changed paid_before_it_was_left not_to_be_left left_and_paid_late
    same_request_after_changing everybody_changes withdrawn_without_a_word
}

const PAYPAY: ProviderName = ProviderName::Paypay;
const HOSTED: ProviderName = ProviderName::Hosted;

/// The shop has an account at both companies.
async fn both(stage: &Stage) {
    let add = stage.app().db.write(stage.shop().id, |tx, shop| {
        Box::pin(async move {
            let account = register::Account::of_settings(HOSTED);
            register::insert_account(tx.conn(), *shop, &account, 1).await?;
            flow::menu_changed(tx, *shop).await
        })
    });
    add.await.unwrap();
}

async fn menu(stage: &Stage) -> Menu {
    stage.client().call::<GetMenu>(&[&stage.shop().code], &()).await.unwrap()
}

async fn offered(stage: &Stage) -> Vec<ProviderName> {
    menu(stage).await.facility.providers.into_iter().map(|pay| pay.provider).collect()
}

fn creations(stage: &Stage) -> usize {
    stage.paypay.calls().iter().filter(|call| matches!(call, Call::Create(_))).count()
}

async fn down_and_back(stage: &Stage) {
    both(stage).await;
    let (phone, shop) = (stage.client(), stage.shop());
    assert_eq!(offered(stage).await, [PAYPAY, HOSTED]);
    let path = format!("/api/v1/facilities/{}/menu", shop.code);
    let tag = phone.get(&path).await.header("etag").to_owned();
    stage.paypay.breaks(true);
    for _ in 0..5 {
        assert!(offered(stage).await.contains(&PAYPAY), "one lost call is nothing");
        let order = phone.place(&shop.noodles()).await;
        assert_eq!(phone.pay(&order, PAYPAY).await.unwrap_err().code, Code::ProviderUnavailable);
    }
    assert_eq!(offered(stage).await, [HOSTED], "gone at once");
    let other = phone.get(&path).await.header("etag").to_owned();
    assert_ne!(tag, other, "who has the menu gets it anew");

    // Nobody is sent there, and nothing is stored; the other company is open to the same order.
    let order = phone.place(&shop.noodles()).await;
    let before = creations(stage);
    let problem = phone.pay(&order, PAYPAY).await.unwrap_err();
    assert_eq!((problem.code, problem.provider), (Code::ProviderUnavailable, Some(PAYPAY)));
    assert_eq!((creations(stage), stage.payments(&order).await.len()), (before, 0));
    phone.pay(&order, HOSTED).await.unwrap();
    stage.hosted.pay(stage.payment(&order).await);
    stage.pass(3 * SECOND).await;
    assert_eq!(phone.look(&order).await.state, OrderState::Submitted);

    // It is tried every ten seconds, once.
    let tried = || stage.paypay.calls().iter().filter(|call| matches!(call, Call::Query(_))).count();
    let before = tried();
    for _ in 0..6 {
        stage.pass(5 * SECOND).await;
    }
    assert_eq!(tried() - before, 3);
    assert_eq!(offered(stage).await, [HOSTED]);
    stage.paypay.breaks(false);
    stage.pass(10 * SECOND).await;
    assert_eq!(offered(stage).await, [PAYPAY, HOSTED]);
    assert_eq!(phone.get(&path).await.header("etag"), tag);
    let metrics = phone.get("/metrics").await.text();
    assert!(metrics.contains("okini_provider_up{provider=\"paypay\",account=\"paypay\"}"), "{metrics}");
}

/// A page at a company that is down may still be paid: it cannot be left until the company says.
async fn hanging_is_not_offered_to_be_left(stage: &Stage) {
    both(stage).await;
    let (phone, shop) = (stage.client(), stage.shop());
    let order = stage.redirected(&phone, shop, &shop.noodles()).await;
    stage.paypay.breaks(true);
    for _ in 0..5 {
        stage.pass(3 * SECOND).await;
    }
    let problem = phone.pay(&order, HOSTED).await.unwrap_err();
    assert_eq!((problem.code, problem.provider), (Code::ProviderUnavailable, Some(PAYPAY)));
    assert!(stage.hosted.attempts().is_empty());
    stage.paypay.breaks(false);
    stage.pass(10 * SECOND).await;
    phone.pay(&order, HOSTED).await.unwrap();
    assert_eq!(stage.payments(&order).await[0].state, PaymentState::Cancelled);
}

async fn changed(stage: &Stage) {
    both(stage).await;
    let (phone, shop) = (stage.client(), stage.shop());
    let order = stage.redirected(&phone, shop, &shop.noodles()).await;
    let first = stage.payment(&order).await;
    let page = phone.pay(&order, HOSTED).await.unwrap();
    assert_eq!((page.provider, page.state), (HOSTED, PaymentState::Redirected));
    assert!(stage.paypay.calls().contains(&Call::Cancel(first)), "withdrawn first");
    let states: Vec<_> = stage.payments(&order).await.into_iter().map(|payment| payment.state).collect();
    assert_eq!(states, [PaymentState::Cancelled, PaymentState::Redirected]);
    // And back again, as often as the diner likes.
    phone.pay(&order, PAYPAY).await.unwrap();
    stage.paypay.pay(stage.payment(&order).await);
    stage.pass(3 * SECOND).await;
    let seen = phone.look(&order).await;
    assert_eq!((seen.state, seen.payment.unwrap().provider), (OrderState::Submitted, PAYPAY));
    assert!(stage.refunds(&order).await.is_empty());
}

async fn paid_before_it_was_left(stage: &Stage) {
    both(stage).await;
    let (phone, shop) = (stage.client(), stage.shop());
    let order = stage.redirected(&phone, shop, &shop.noodles()).await;
    stage.paypay.pay(stage.payment(&order).await);
    assert_eq!(phone.pay(&order, HOSTED).await.unwrap_err().code, Code::BillNotOpen);
    assert_eq!(phone.look(&order).await.state, OrderState::Submitted);
    assert!(stage.hosted.attempts().is_empty());
}

/// Where the other company is not offered, or does not answer, the page that is there stays.
async fn not_to_be_left(stage: &Stage) {
    let (phone, shop) = (stage.client(), stage.shop());
    let order = stage.redirected(&phone, shop, &shop.noodles()).await;
    assert_eq!(phone.pay(&order, HOSTED).await.unwrap_err().code, Code::ProviderNotOffered);
    let first = stage.payment(&order).await;
    assert!(!stage.paypay.calls().contains(&Call::Cancel(first)));
    assert_eq!(stage.payments(&order).await[0].state, PaymentState::Redirected);
    both(stage).await;
    stage.paypay.say(first, Finding::Unclear("timeout".into()));
    assert_eq!(phone.pay(&order, HOSTED).await.unwrap_err().code, Code::ProviderUnavailable);
    assert_eq!((stage.payments(&order).await.len(), stage.hosted.attempts().len()), (1, 0));
    stage.paypay.say(first, Finding::Pending);
}

/// The page was withdrawn, but the word of it got lost: the company knows no such page any more.
async fn withdrawn_without_a_word(stage: &Stage) {
    both(stage).await;
    let (phone, shop) = (stage.client(), stage.shop());
    let order = stage.redirected(&phone, shop, &shop.noodles()).await;
    let left = stage.payment(&order).await;
    stage.paypay.say(left, Finding::NotFound);
    stage.pass(3 * SECOND).await;
    assert!(phone.pay(&order, ProviderName::Paypay).await.unwrap().url.is_some(), "its word alone ends no page");
    assert!(phone.pay(&order, ProviderName::Hosted).await.unwrap().url.is_some());
    assert!(stage.paypay.calls().contains(&Call::Cancel(left)));
}

/// The company withdrew the page and took the money all the same: it goes back, or pays, but never both.
async fn left_and_paid_late(stage: &Stage) {
    both(stage).await;
    let (phone, shop) = (stage.client(), stage.shop());
    let order = stage.redirected(&phone, shop, &shop.noodles()).await;
    let first = stage.payment(&order).await;
    phone.pay(&order, HOSTED).await.unwrap();
    let second = stage.payment(&order).await;
    stage.paypay.pay(first);
    stage.hosted.pay(second);
    stage.notify(PAYPAY, first).await;
    stage.notify(HOSTED, second).await;
    stage.pass(3 * SECOND).await;
    assert_eq!(phone.look(&order).await.state, OrderState::Submitted);
    let given = stage.paypay.given_back(first).get() + stage.hosted.given_back(second).get();
    assert_eq!(given, 780, "one of the two");
}

/// The first request comes once more when the diner has long gone elsewhere.
async fn same_request_after_changing(stage: &Stage) {
    both(stage).await;
    let (phone, shop) = (stage.client(), stage.shop());
    let order = phone.place(&shop.noodles()).await;
    let body = r#"{"provider":"paypay"}"#;
    let first = phone.send_payment(&order, "k", body).await;
    phone.pay(&order, HOSTED).await.unwrap();
    let again = phone.send_payment(&order, "k", body).await;
    assert_eq!((first.status, again.status), (201, 201));
    let again: okini_shared::api::order::Payment = again.json();
    assert_eq!((again.state, again.url), (PaymentState::Cancelled, None), "what became of it");
    let live = stage.payments(&order).await.into_iter().filter(|payment| payment.state.is_live());
    assert_eq!(live.map(|payment| payment.provider).collect::<Vec<_>>(), [HOSTED]);
}

/// A whole party taps on both buttons of one order.
async fn everybody_changes(stage: &Stage) {
    both(stage).await;
    let (phone, shop) = (stage.client(), stage.shop());
    let order = phone.place(&shop.noodles()).await;
    for _ in 0..4 {
        all((0..12).map(|i| {
            let (phone, order) = (&phone, &order);
            async move { phone.pay(order, if i % 2 == 0 { PAYPAY } else { HOSTED }).await.map(drop) }
        }))
        .await;
    }
    let payments = stage.payments(&order).await;
    assert!(payments.iter().filter(|payment| payment.state.is_live()).count() <= 1);
    // The diner pays on every page that was ever opened and was not withdrawn.
    for payment in &payments {
        let company = if payment.provider == PAYPAY { &stage.paypay } else { &stage.hosted };
        if !company.calls().contains(&Call::Cancel(payment.id)) && company.attempts().iter().any(|a| a.id == payment.id)
        {
            company.pay(payment.id);
        }
    }
    stage.pass(2 * MINUTE).await;
    let kept = stage.payments(&order).await.into_iter().filter(|payment| payment.state == PaymentState::Succeeded);
    assert!(kept.count() <= 1);
    let back: i64 = stage.refunds(&order).await.iter().map(|refund| refund.amount.get()).sum();
    assert_eq!(back, 0, "there were never two pages to pay on");
}
