//! Lists by page: nothing twice, nothing left out, also while new orders come in.

use okini_shared::api::order::OrderPage;
use okini_shared::api::shop::ShopOrderPage;
use okini_shared::id::OrderId;
use okini_shared::problem::Code;
use okini_shared::rules::payment::PaymentState;
use okini_tests::diner::refusal;
use okini_tests::on_both;
use okini_tests::stage::Stage;

on_both! { of_a_phone of_a_shop wrong_cursors with_payments }

async fn of_a_phone(stage: &Stage) {
    let (phone, shop) = (stage.client(), stage.shop());
    let mut placed: Vec<OrderId> = Vec::new();
    for i in 0..45 {
        placed.push(phone.place(&shop.noodles()).await.id);
        // Many of them in the same millisecond.
        stage.clock.advance(i64::from(i % 7 == 0));
    }
    stage.client().place(&shop.noodles()).await;
    placed.reverse();
    let (mut seen, mut sizes, mut after) = (Vec::new(), Vec::new(), String::new());
    loop {
        let page: OrderPage = phone.get(&format!("/api/v1/orders{after}")).await.json();
        sizes.push(page.orders.len());
        seen.extend(page.orders.iter().map(|order| order.id));
        assert!(page.orders.iter().all(|order| order.yours));
        // Somebody orders while the list is being read.
        phone.place(&shop.noodles()).await;
        match page.next {
            Some(next) => after = format!("?after={next}"),
            None => break,
        }
    }
    assert_eq!((sizes, seen), (vec![20, 20, 5], placed));
}

async fn of_a_shop(stage: &Stage) {
    let (phone, shop) = (stage.client(), stage.shop());
    let mut placed: Vec<OrderId> = Vec::new();
    for _ in 0..40 {
        placed.push(phone.place(&shop.noodles()).await.id);
        phone.place(&stage.other().noodles()).await;
    }
    placed.reverse();
    let kitchen = stage.kitchen(shop).await;
    let page =
        async |after: &str| kitchen.client.get(&kitchen.path(&format!("orders{after}"))).await.json::<ShopOrderPage>();
    let first = page("").await;
    let second = page(&format!("?after={}", first.next.unwrap())).await;
    let third = page(&format!("?after={}", second.next.unwrap())).await;
    assert_eq!((third.orders.len(), third.next), (0, None), "a full last page is followed by an empty one");
    let seen: Vec<OrderId> = first.orders.iter().chain(&second.orders).map(|order| order.order.id).collect();
    assert_eq!(seen, placed);
}

async fn wrong_cursors(stage: &Stage) {
    let (phone, shop) = (stage.client(), stage.shop());
    phone.place(&shop.noodles()).await;
    let kitchen = stage.kitchen(shop).await;
    let mut queries: Vec<String> = ["x", "1", "1.x", ".", "%00", "%FF", "1.ord_zz", "99999999999999999999.x"]
        .map(|after| format!("?after={after}"))
        .to_vec();
    queries.push(format!("?after={}", "9".repeat(5_000)));
    queries.push("?after=1&after=2".into());
    for query in queries {
        for answer in [
            phone.get(&format!("/api/v1/orders{query}")).await,
            kitchen.client.get(&kitchen.path(&format!("orders{query}"))).await,
        ] {
            assert_eq!(refusal(&answer), Code::InvalidRequest, "{query}");
        }
    }
    assert_eq!(phone.get("/api/v1/orders?other=1").await.status, 200);
}

/// The shop's list shows each attempt to pay, also of orders that were never paid.
async fn with_payments(stage: &Stage) {
    let (phone, shop) = (stage.client(), stage.shop());
    let paid = stage.paid(&phone, shop, &shop.noodles()).await;
    let refused = stage.paid(&phone, shop, &shop.noodles()).await;
    phone.cancel(&refused).await.unwrap();
    stage.tick().await;
    let open = stage.redirected(&phone, shop, &shop.noodles()).await;
    let never = phone.place(&shop.noodles()).await;
    let kitchen = stage.kitchen(shop).await;
    let list: ShopOrderPage = kitchen.client.get(&kitchen.path("orders")).await.json();
    let shown: Vec<_> = list
        .orders
        .iter()
        .map(|order| {
            let payments = order.payments.iter().map(|payment| (payment.state, payment.refunded.get())).collect();
            (order.order.id, payments)
        })
        .collect();
    let wanted: Vec<(OrderId, Vec<(PaymentState, i64)>)> = vec![
        (never.id, vec![]),
        (open.id, vec![(PaymentState::Redirected, 0)]),
        (refused.id, vec![(PaymentState::Refunded, 780)]),
        (paid.id, vec![(PaymentState::Succeeded, 0)]),
    ];
    assert_eq!(shown, wanted);
}
