//! Placing an order: what it costs, what is refused and why, what is kept.

use okini_shared::api::order::{CartLine, ChangeKind, ListMyOrders, NewOrder};
use okini_shared::api::shop::{EditItem, ItemEdit, OpenShop, SetItemStock, SetOpen};
use okini_shared::id::ItemId;
use okini_shared::money::Yen;
use okini_shared::problem::{Code, Problem};
use okini_shared::rules::order::OrderState;
use okini_shared::rules::tax::Place;
use okini_shared::text::Lang;
use okini_shared::time::{DAY, HOUR};
use okini_tests::fixture::{NO_ITEM, with};
use okini_tests::on_both;
use okini_tests::stage::Stage;

on_both! {
    priced changed_price changed_lines options age total_seen notes closed quantities too_dear
    tax_of_the_day numbers first_cookie whose declared_place
}

async fn priced(stage: &Stage) {
    let (phone, shop) = (stage.client(), stage.shop());
    let pork = with(with(with(shop.pork.takeout(2), shop.large), shop.toppings[0]), shop.toppings[2]);
    let order = phone.place(&shop.cart(vec![pork, shop.noodles.eat_in(1), shop.tea.takeout(1)])).await;
    // 950 + 200 + 150 + 180
    let amounts: Vec<_> = order.lines.iter().map(|line| (line.unit.get(), line.amount.get(), line.rate)).collect();
    assert_eq!(amounts, [(1_480, 2_960, 800), (780, 780, 1_000), (300, 300, 800)]);
    assert_eq!(order.total, Yen::new(4_040));
    let taxes: Vec<_> = order.taxes.iter().map(|sum| (sum.basis_points, sum.total.get(), sum.tax.get())).collect();
    assert_eq!(taxes, [(1_000, 780, 70), (800, 3_260, 241)]);
    assert_eq!((order.state, order.number, order.payment), (OrderState::AwaitingPayment, None, None));
    assert_eq!((order.token.len(), order.yours, order.facility.as_str()), (32, true, shop.code.as_str()));
    assert_eq!(
        order.lines[0].options.iter().map(|name| name.text.as_str()).collect::<Vec<_>>(),
        ["大", "チーズ", "餅"]
    );
    assert!(stage.kitchen(shop).await.board().await.orders.is_empty(), "the kitchen sees it when it is paid");
}

async fn set_price(stage: &Stage, item: ItemId, price: i64) {
    let owner = stage.owner(stage.shop()).await;
    let edit = ItemEdit { name: None, price: Some(Yen::new(price)), takeout_price: None };
    owner.client.call::<EditItem>(&[&stage.shop().path(), &item.to_string()], &edit).await.unwrap();
}

async fn changed_price(stage: &Stage) {
    let (phone, shop) = (stage.client(), stage.shop());
    let cart = shop.cart(vec![shop.tea.eat_in(1), shop.noodles.eat_in(2)]);
    let before = phone.place(&cart).await;
    set_price(stage, shop.noodles.id, 830).await;
    let problem = phone.refused(&cart).await;
    assert_eq!((problem.code, problem.changes.len()), (Code::CartChanged, 1));
    let change = &problem.changes[0];
    assert_eq!((change.line, change.item, change.kind), (1, shop.noodles.id, ChangeKind::Price));
    assert_eq!((change.seen, change.now), (Yen::new(780), Some(Yen::new(830))));
    assert_eq!(change.name.as_ref().unwrap().text, "焼きそば");
    assert_eq!(stage.database.count("orders").await, 1);

    let mut agreed = cart;
    agreed.lines[1].seen = Yen::new(830);
    agreed.expected_total = Yen::new(300 + 2 * 830);
    assert_eq!(phone.place(&agreed).await.total, Yen::new(1_960));
    assert_eq!(phone.look(&before).await.total, Yen::new(1_860), "what was ordered stays as it was");
}

/// Every line that cannot be had is named; the rest of the cart is the phone's to keep.
async fn changed_lines(stage: &Stage) {
    let (phone, shop) = (stage.client(), stage.shop());
    let kitchen = stage.kitchen(shop).await;
    kitchen.stock(shop.tea.id, SetItemStock { sold_out: Some(true), minutes: None, count: None }).await.unwrap();
    let id = shop.toppings[1].id;
    stage.database.change(&format!("UPDATE menu_option SET sold_out = 1 WHERE id = '{id}'")).await;
    stage.database.change("UPDATE facility SET menu_version = menu_version + 1").await;
    let foreign = CartLine { item: stage.other().tea.id, ..shop.tea.eat_in(1) };
    let cart = shop.cart(vec![
        shop.tea.eat_in(1),
        with(with(shop.pork.eat_in(1), shop.regular), shop.toppings[1]),
        CartLine { place: Place::Takeout, ..shop.noodles.eat_in(1) },
        CartLine { item: NO_ITEM, ..shop.tea.eat_in(1) },
        foreign,
        shop.crab.eat_in(4),
        shop.noodles.eat_in(1),
    ]);
    let problem = phone.refused(&NewOrder { lang: Lang::En, ..cart }).await;
    assert_eq!(problem.code, Code::CartChanged);
    let named: Vec<_> = problem.changes.iter().map(|change| (change.line, change.kind, change.name.clone())).collect();
    let said: Vec<_> =
        named.iter().map(|(line, kind, name)| (*line, *kind, name.as_ref().map(|name| name.text.as_str()))).collect();
    assert_eq!(
        said,
        [
            (0, ChangeKind::SoldOut, Some("Tea")),
            (1, ChangeKind::OptionSoldOut, Some("Pork okonomiyaki")),
            (2, ChangeKind::NotForTakeout, Some("Fried noodles")),
            (3, ChangeKind::Gone, None),
            (4, ChangeKind::Gone, None),
            (5, ChangeKind::SoldOut, Some("Crab okonomiyaki")),
        ]
    );
    assert_eq!(stage.database.count("orders").await, 0);
}

async fn options(stage: &Stage) {
    let (phone, shop) = (stage.client(), stage.shop());
    let [cheese, egg, mochi] = shop.toppings;
    let pork = || shop.pork.eat_in(1);
    let regular = || with(pork(), shop.regular);
    for (what, line) in [
        ("the required size is missing", pork()),
        ("two sizes", with(regular(), shop.large)),
        ("the same size twice", with(regular(), shop.regular)),
        ("three toppings", with(with(with(regular(), cheese), egg), mochi)),
        ("one topping twice", with(with(regular(), cheese), cheese)),
        ("a topping on noodles", with(shop.noodles.eat_in(1), cheese)),
        ("the other shop's size", with(pork(), stage.other().regular)),
    ] {
        let problem = phone.refused(&shop.cart(vec![shop.tea.eat_in(1), line])).await;
        assert_eq!((problem.code, problem.pointer.as_deref()), (Code::InvalidValue, Some("/lines/1")), "{what}");
    }
    phone.place(&shop.cart(vec![with(with(regular(), cheese), mochi)])).await;
}

async fn age(stage: &Stage) {
    let (phone, shop) = (stage.client(), stage.shop());
    let cart = shop.cart(vec![shop.beer.eat_in(1), shop.noodles.eat_in(1)]);
    let problem = phone.refused(&cart).await;
    assert_eq!((problem.code, problem.pointer.as_deref()), (Code::AgeCheckNeeded, Some("/adult")));
    let order = stage.paid(&phone, shop, &NewOrder { adult: true, ..cart }).await;
    let board = stage.kitchen(shop).await.board().await;
    assert_eq!((board.orders[0].id, board.orders[0].alcohol), (order.id, true));
}

async fn total_seen(stage: &Stage) {
    let (phone, shop) = (stage.client(), stage.shop());
    for total in [779, 781, 0, -780, i64::MAX] {
        let problem = phone.refused(&NewOrder { expected_total: Yen::new(total), ..shop.noodles() }).await;
        assert_eq!((problem.code, problem.pointer.as_deref()), (Code::InvalidValue, Some("/expected_total")));
    }
}

async fn notes(stage: &Stage) {
    let (phone, shop) = (stage.client(), stage.shop());
    let note = |text: &str| NewOrder { note: Some(text.into()), ..shop.noodles() };
    for (sent, kept) in [
        ("  青のり抜きで ", Some("青のり抜きで")),
        ("   \n\t ", None),
        ("a\u{0}b\nc\u{1b}[31m\u{7f}", Some("a b c [31m")),
        (
            "<script>alert(1)</script> 🍺 ''; DROP TABLE orders",
            Some("<script>alert(1)</script> 🍺 ''; DROP TABLE orders"),
        ),
        // Letters that turn the direction of writing could make a ticket read as something else.
        ("2\u{202e}3\u{2066}x\u{2069}\u{200f}", Some("2 3 x")),
    ] {
        let order = phone.place(&note(sent)).await;
        assert_eq!(order.note.as_deref(), kept, "{sent:?}");
        assert_eq!(phone.look(&order).await.note.as_deref(), kept, "{sent:?}");
    }
    phone.place(&note(&"あ".repeat(200))).await;
    let problem = phone.refused(&note(&"あ".repeat(201))).await;
    assert_eq!((problem.code, problem.pointer.as_deref()), (Code::InvalidValue, Some("/note")));
}

async fn closed(stage: &Stage) {
    let (phone, shop) = (stage.client(), stage.shop());
    let kitchen = stage.kitchen(shop).await;
    let set = async |taking_orders| {
        kitchen.client.call::<SetOpen>(&[&shop.path()], &OpenShop { taking_orders }).await.unwrap().taking_orders
    };
    assert!(!set(false).await);
    assert_eq!(phone.refused(&shop.noodles()).await.code, Code::OrdersClosed);
    assert_eq!(phone.refused(&stage.suspended().noodles()).await.code, Code::FacilitySuspended);
    assert!(set(true).await);
    phone.place(&shop.noodles()).await;
    // The facility is suspended while the cart is open.
    let suspend = format!("UPDATE facility SET state = 'suspended' WHERE id = '{}'", shop.id);
    stage.database.change(&suspend).await;
    assert_eq!(phone.refused(&shop.noodles()).await.code, Code::FacilitySuspended);
}

async fn quantities(stage: &Stage) {
    let (phone, shop) = (stage.client(), stage.shop());
    for quantity in [0, -1, 100, i64::MAX, i64::MIN] {
        let cart = NewOrder { expected_total: Yen::new(780), ..shop.cart(vec![shop.noodles.eat_in(quantity)]) };
        let problem = phone.refused(&cart).await;
        assert_eq!((problem.code, problem.pointer.as_deref()), (Code::InvalidValue, Some("/lines/0")), "{quantity}");
    }
    phone.place(&shop.cart(vec![shop.noodles.eat_in(99)])).await;
    let lines = |n: usize| shop.cart(vec![shop.tea.eat_in(1); n]);
    assert_eq!(phone.place(&lines(50)).await.lines.len(), 50);
    for n in [0, 51] {
        let problem = phone.refused(&lines(n)).await;
        assert_eq!((problem.code, problem.pointer.as_deref()), (Code::InvalidValue, Some("/lines")));
    }
}

async fn too_dear(stage: &Stage) {
    let (phone, shop) = (stage.client(), stage.shop());
    let problem: Problem = phone.refused(&shop.cart(vec![shop.noodles.eat_in(99); 13])).await;
    assert_eq!(problem.code, Code::InvalidValue);
    assert_eq!(phone.place(&shop.cart(vec![shop.noodles.eat_in(99); 12])).await.total, Yen::new(926_640));
}

/// The reduced rate of food to take out changes on 2027-04-01, 0:00 in Japan.
async fn tax_of_the_day(stage: &Stage) {
    let (phone, shop) = (stage.client(), stage.shop());
    let rate = async || phone.place(&shop.cart(vec![shop.tea.takeout(1)])).await.lines[0].rate;
    let change = okini_shared::time::Millis::new(1_806_505_200_000);
    stage.pass(change.since(stage.clock.now()) - 1).await;
    assert_eq!(rate().await, 800);
    stage.clock.advance(1);
    assert_eq!(rate().await, 100);
}

/// Numbers count the paid orders of a shop and a business day, which begins at five in the morning.
async fn numbers(stage: &Stage) {
    let (phone, shop) = (stage.client(), stage.shop());
    let number =
        async |shop| stage.paid(&phone, shop, &okini_tests::fixture::Shop::noodles(shop)).await.number.unwrap();
    phone.place(&shop.noodles()).await;
    assert_eq!(number(shop).await, "A-01");
    assert_eq!(number(shop).await, "A-02");
    assert_eq!(number(stage.other()).await, "A-01");
    let kitchen = stage.kitchen(shop).await;
    for order in kitchen.board().await.orders {
        let accept = okini_shared::api::shop::Accept { minutes: None };
        let path = [shop.path(), order.id.to_string()];
        let path = [path[0].as_str(), path[1].as_str()];
        kitchen.client.call::<okini_shared::api::shop::AcceptOrder>(&path, &accept).await.unwrap();
    }
    // 19:27 and a bit: until 4:27 it is the same day.
    stage.clock.advance(9 * HOUR);
    assert_eq!(number(shop).await, "A-03");
    stage.clock.advance(HOUR);
    phone.place(&shop.noodles()).await;
    stage.clock.advance(DAY - HOUR);
}

async fn first_cookie(stage: &Stage) {
    let (phone, shop) = (stage.client(), stage.shop());
    let first = phone.send_order("first", &shop.noodles()).await;
    let cookie = first.header("set-cookie");
    for part in ["__Host-okini=", "Path=/", "Secure", "HttpOnly", "SameSite=Lax", "Max-Age="] {
        assert!(cookie.contains(part), "{cookie}");
    }
    assert!(!cookie.contains("Domain"));
    assert_eq!(phone.cookie("__Host-okini").unwrap().len(), 64);
    let second = phone.send_order("second", &shop.noodles()).await;
    assert_eq!(second.header("set-cookie"), "");
    let stored = stage.database.texts("SELECT device FROM orders").await;
    assert_eq!(stored[0], stored[1]);
    assert_ne!(stored[0], phone.cookie("__Host-okini").unwrap(), "a cookie is a secret and is not stored");
}

async fn whose(stage: &Stage) {
    let (mine, yours, shop) = (stage.client(), stage.client(), stage.shop());
    let order = mine.place(&NewOrder { note: Some("mine".into()), ..shop.noodles() }).await;
    // Every phone must be known by its own cookie: the same place and browser begin as the same phone only with one key.
    yours.place(&shop.noodles()).await;
    assert_eq!(mine.call::<ListMyOrders>(&[], &()).await.unwrap().orders.len(), 1);
    assert!(stage.client().call::<ListMyOrders>(&[], &()).await.unwrap().orders.is_empty());
    for stranger in [&yours, &stage.client()] {
        let seen = stranger.look(&order).await;
        assert_eq!((seen.id, seen.yours, seen.note), (order.id, false, None));
        assert_eq!(stranger.cancel(&order).await.unwrap_err().code, Code::NotFound);
    }
    let seen = mine.look(&order).await;
    assert_eq!((seen.yours, seen.note.as_deref()), (true, Some("mine")));
    let english = mine.get(&format!("/api/v1/orders/{}?lang=en", order.token)).await;
    assert_eq!(english.json::<okini_shared::api::order::Order>().lines[0].name.text, "Fried noodles");
}

/// What the diner declared decides the tax of each line and is kept with the fact.
async fn declared_place(stage: &Stage) {
    let (phone, shop) = (stage.client(), stage.shop());
    let order = phone.place(&shop.cart(vec![shop.tea.takeout(1), shop.tea.eat_in(1)])).await;
    let places: Vec<_> = phone.look(&order).await.lines.iter().map(|line| (line.place, line.rate)).collect();
    assert_eq!(places, [(Place::Takeout, 800), (Place::EatIn, 1_000)]);
    let fact = format!("SELECT payload FROM event WHERE kind = 'order.placed' AND subject = '{}'", order.id);
    let fact: serde_json::Value = serde_json::from_str(&stage.database.texts(&fact).await[0]).unwrap();
    assert_eq!(fact["places"], serde_json::json!(["takeout", "eat_in"]));
}
