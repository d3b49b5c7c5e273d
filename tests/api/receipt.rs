//! Receipts: what the law wants on them, numbers without gaps, papers of refunds, and that none ever changes.

use okini_server::providers::RefundFinding;
use okini_shared::api::order::Order;
use okini_shared::api::receipt::{GetReceipt, Receipt, ReceiptPage, Receipts};
use okini_shared::money::Yen;
use okini_shared::problem::Code;
use okini_shared::rules::order::RefusalReason;
use okini_shared::rules::receipt::{NumberCheck, ReceiptKind};
use okini_shared::rules::tax::{RateKind, Rounding, TaxSum};
use okini_shared::time::{DAY, Millis};
use okini_tests::client::{Answer, Client};
use okini_tests::diner::all;
use okini_tests::fixture::{Shop, with};
use okini_tests::on_both;
use okini_tests::stage::Stage;
use sqlx::{AnyConnection, AssertSqlSafe, Connection as _, Executor as _};
use std::process::Stdio;
use tokio::io::AsyncWriteExt as _;

on_both! {
    issued_once_and_never_changed thirty_ask_at_once numbers_without_gaps two_servers refunds return_invoices not_yet_back
    given_back_before_anybody_asked nothing_paid rates_of_the_day registered_or_not the_shops_list who_may page pdf
}

const NUMBER: &str = "T7120001168421";

/// Something in the register changes from outside.
async fn change(stage: &Stage, sql: &str) {
    let mut conn = AnyConnection::connect(&stage.database.url).await.unwrap();
    conn.execute(AssertSqlSafe(sql.to_owned())).await.unwrap();
    conn.close().await.unwrap();
}

async fn papers(phone: &Client, order: &Order) -> Receipts {
    phone.call::<GetReceipt>(&[&order.token], &()).await.unwrap()
}

async fn refused(phone: &Client, order: &Order) -> Code {
    phone.call::<GetReceipt>(&[&order.token], &()).await.unwrap_err().code
}

/// 980 and a cheese for 150 here, 300 twice to take out: 1,130 at 10 %, 600 at 8 %.
async fn mixed(stage: &Stage, phone: &Client) -> Order {
    let shop = stage.shop();
    let pork = with(with(shop.pork.eat_in(1), shop.regular), shop.toppings[0]);
    stage.paid(phone, shop, &shop.cart(vec![pork, shop.tea.takeout(2)])).await
}

fn by_rate(receipt: &Receipt) -> Vec<(i64, i64, i64)> {
    receipt.taxes.iter().map(|sum| (sum.basis_points, sum.total.get(), sum.tax.get())).collect()
}

async fn issued_once_and_never_changed(stage: &Stage) {
    let phone = stage.client();
    let order = mixed(stage, &phone).await;
    stage.owner(stage.shop()).await.accept(&order).await.unwrap();
    stage.pass(DAY).await;
    let first = papers(&phone, &order).await;
    let Receipts { receipt, corrections } = &first;
    assert!(corrections.is_empty());
    assert_eq!((receipt.number, receipt.kind, receipt.corrects), (1, ReceiptKind::Sale, None));
    assert_eq!((receipt.order, receipt.called.as_deref()), (order.id, Some("A-01")));
    assert_eq!((Some(receipt.sold_at), receipt.issued_at), (order.submitted_at, stage.clock.now()));
    assert_eq!((receipt.total, receipt.discount), (Yen::new(1_730), Yen::ZERO));
    assert_eq!(by_rate(receipt), [(1_000, 1_130, 102), (800, 600, 44)]);
    assert_eq!(receipt.taxes, order.taxes);
    let lines: Vec<_> = receipt.lines.iter().map(|line| (line.quantity, line.amount.get(), line.reduced)).collect();
    assert_eq!(lines, [(1, 1_130, false), (2, 600, true)]);
    assert_eq!(receipt.lines[0].options.len(), 2);
    assert_eq!(receipt.seller.invoice_number, None);
    change(stage, "UPDATE facility SET name = '{\"ja\":\"別の店\"}', rounding = 'ceil', invoice_number = 'T1'").await;
    stage.pass(DAY).await;
    assert_eq!(papers(&phone, &order).await, first);
    // Another phone with the order's address reads the same paper.
    assert_eq!(papers(&stage.client(), &order).await, first);
}

async fn thirty_ask_at_once(stage: &Stage) {
    let (phone, shop) = (stage.client(), stage.shop());
    let order = stage.paid(&phone, shop, &shop.noodles()).await;
    let found = all((0..30).map(|_| papers(&phone, &order))).await;
    assert!(found.iter().all(|papers| papers.receipt.number == 1 && *papers == found[0]));
    // No number was used up by those who came late.
    let next = stage.paid(&phone, shop, &shop.noodles()).await;
    assert_eq!(papers(&phone, &next).await.receipt.number, 2);
}

async fn numbers_without_gaps(stage: &Stage) {
    let (phone, shop) = (stage.client(), stage.shop());
    let mut orders = Vec::new();
    for _ in 0..50 {
        orders.push(stage.redirected(&phone, shop, &shop.noodles()).await);
    }
    for order in &orders {
        stage.company(shop).pay(stage.payment(order).await);
    }
    stage.pass(3_000).await;
    let other = stage.paid(&phone, stage.other(), &stage.other().noodles()).await;
    // Each asked for twice at the same moment.
    let found = all(orders.iter().chain(&orders).map(|order| papers(&phone, order))).await;
    let mut numbers: Vec<i64> = found.iter().map(|papers| papers.receipt.number).collect();
    let (once, again) = found.split_at(50);
    assert_eq!(once, again);
    numbers.sort_unstable();
    assert_eq!(numbers, (1..=50).flat_map(|number| [number, number]).collect::<Vec<_>>());
    assert_eq!(papers(&phone, &other).await.receipt.number, 1);
}

async fn two_servers(stage: &Stage) {
    if !stage.database.url.starts_with("postgres") {
        return;
    }
    let (phone, shop) = (stage.client(), stage.shop());
    let mut orders = Vec::new();
    for _ in 0..10 {
        orders.push(stage.paid(&phone, shop, &shop.noodles()).await);
    }
    let node = stage.another_node(7, "").await;
    let there = node.client();
    let ask = |client: &'static str, order: Order| {
        let phone = if client == "here" { &phone } else { &there };
        async move { papers(phone, &order).await }
    };
    let asked = orders.iter().flat_map(|order| [ask("here", order.clone()), ask("there", order.clone())]);
    let found = all(asked).await;
    let mut numbers: Vec<i64> = found.iter().map(|papers| papers.receipt.number).collect();
    numbers.sort_unstable();
    assert_eq!(numbers, (1..=10).flat_map(|number| [number, number]).collect::<Vec<_>>());
    node.stop().await;
}

async fn refunds(stage: &Stage) {
    let phone = stage.client();
    let order = mixed(stage, &phone).await;
    let owner = stage.owner(stage.shop()).await;
    owner.accept(&order).await.unwrap();
    let sale = papers(&phone, &order).await.receipt;
    owner.give_back(&order, Some(300)).await.unwrap();
    stage.pass(3_000).await;
    let first = papers(&phone, &order).await;
    assert_eq!(first.receipt, sale);
    let paper = &first.corrections[0];
    assert_eq!(first.corrections.len(), 1);
    assert_eq!((paper.number, paper.kind, paper.corrects), (2, ReceiptKind::Return, Some(1)));
    assert_eq!((paper.total, paper.returned_at), (Yen::new(300), stage.refunds(&order).await[0].done_at));
    // 300 over 1,130 and 600.
    assert_eq!(by_rate(paper), [(1_000, 196, 17), (800, 104, 7)]);
    assert_eq!((paper.sold_at, &paper.lines, &paper.seller), (sale.sold_at, &sale.lines, &sale.seller));
    owner.give_back(&order, None).await.unwrap();
    stage.pass(3_000).await;
    let both = papers(&phone, &order).await;
    assert_eq!((&both.receipt, &both.corrections[0]), (&sale, paper));
    assert_eq!((both.corrections.len(), both.corrections[1].number), (2, 3));
    assert_eq!(by_rate(&both.corrections[1]), [(1_000, 934, 84), (800, 496, 36)]);
    assert_eq!(papers(&phone, &order).await, both);
}

/// The law asks for one from ten thousand yen on (消費税法施行令70条の9).
async fn return_invoices(stage: &Stage) {
    let (phone, shop) = (stage.client(), stage.shop());
    change(stage, &format!("UPDATE facility SET invoice_number = '{NUMBER}'")).await;
    let order = stage.paid(&phone, shop, &shop.cart(vec![shop.noodles.eat_in(26)])).await;
    let owner = stage.owner(shop).await;
    owner.accept(&order).await.unwrap();
    for (amount, invoices) in [(9_999, 0), (10_000, 1), (281, 1)] {
        owner.give_back(&order, Some(amount)).await.unwrap();
        stage.pass(3_000).await;
        let page = phone.get(&format!("/o/{}/receipt", order.token)).await.text();
        assert_eq!(page.matches("適格返還請求書").count(), invoices, "{amount}");
    }
    let papers = papers(&phone, &order).await;
    let sums = papers.corrections.iter().map(|paper| (paper.number, paper.total.get()));
    assert_eq!(sums.collect::<Vec<_>>(), [(2, 9_999), (3, 10_000), (4, 281)]);
}

async fn not_yet_back(stage: &Stage) {
    let (phone, shop) = (stage.client(), stage.shop());
    let order = stage.paid(&phone, shop, &shop.noodles()).await;
    papers(&phone, &order).await;
    stage.company(shop).refunds(RefundFinding::Pending);
    phone.cancel(&order).await.unwrap();
    stage.pass(3_000).await;
    assert!(papers(&phone, &order).await.corrections.is_empty());
    stage.company(shop).refunds_work();
    stage.pass(DAY).await;
    let corrections = papers(&phone, &order).await.corrections;
    assert_eq!(corrections.iter().map(|paper| paper.total.get()).collect::<Vec<_>>(), [780]);
}

/// Nothing was sold, and no number is used for it.
async fn given_back_before_anybody_asked(stage: &Stage) {
    let (phone, shop) = (stage.client(), stage.shop());
    let refused_order = stage.paid(&phone, shop, &shop.noodles()).await;
    stage.owner(shop).await.refuse(&refused_order, RefusalReason::TooBusy, None).await.unwrap();
    assert_eq!(refused(&phone, &refused_order).await, Code::NoReceipt);
    stage.pass(3_000).await;
    assert_eq!(refused(&phone, &refused_order).await, Code::NoReceipt);
    let order = stage.paid(&phone, shop, &shop.noodles()).await;
    assert_eq!(papers(&phone, &order).await.receipt.number, 1);
}

async fn nothing_paid(stage: &Stage) {
    let (phone, shop) = (stage.client(), stage.shop());
    let order = stage.redirected(&phone, shop, &shop.noodles()).await;
    assert_eq!(refused(&phone, &order).await, Code::NoReceipt);
    let page = phone.get(&format!("/o/{}/receipt?lang=en", order.token)).await;
    assert_eq!((page.status, page.header("cache-control")), (404, "no-store"));
    let said = page.text();
    assert!(said.contains("There is no receipt") && said.contains("once the order is paid"), "{said}");
    assert!(said.contains(&format!("href=\"/o/{}\"", order.token)) && !said.contains(".pdf"), "{said}");
    for token in ["x", "%00"] {
        for path in ["receipt", "receipt.pdf"] {
            assert_eq!(phone.get(&format!("/api/v1/orders/{token}/{path}")).await.problem().code, Code::NotFound);
        }
        assert_ne!(phone.get(&format!("/o/{token}/receipt")).await.status, 200);
    }
}

/// 2027-04-01, 0:00 in Japan.
const CHANGE: Millis = Millis::new(1_806_505_200_000);

/// The rate of the order's moment stands, however late it is paid or asked for.
async fn rates_of_the_day(stage: &Stage) {
    let (phone, shop) = (stage.client(), stage.shop());
    let cart = || shop.cart(vec![shop.tea.takeout(1), shop.noodles.eat_in(1)]);
    stage.clock.advance(CHANGE.since(stage.clock.now()) - 1);
    let before = stage.paid(&phone, shop, &cart()).await;
    let after = stage.paid(&phone, shop, &cart()).await;
    // So does the rounding, whatever the shop does since.
    change(stage, "UPDATE facility SET rounding = 'ceil'").await;
    assert_eq!(by_rate(&papers(&phone, &before).await.receipt), [(1_000, 780, 70), (800, 300, 22)]);
    let later = papers(&phone, &after).await.receipt;
    let reduced = TaxSum { kind: RateKind::Reduced, basis_points: 100, total: Yen::new(300), tax: Yen::new(2) };
    assert_eq!((later.rounding, later.taxes[1]), (Rounding::Floor, reduced));
}

async fn registered_or_not(stage: &Stage) {
    let (phone, shop) = (stage.client(), stage.shop());
    let owner = stage.owner(shop).await;
    let check = async || {
        let page: ReceiptPage = owner.client.get(&owner.path("receipts")).await.json();
        page.invoice_number
    };
    assert_eq!(check().await, None);
    for (number, stands, found) in [
        (NUMBER, true, NumberCheck::Good),
        ("T8120001168421", true, NumberCheck::Doubtful),
        ("T812000116842", false, NumberCheck::Malformed),
    ] {
        let register = format!("invoice_number = '{number}', rounding = 'ceil', menu_version = menu_version + 1");
        change(stage, &format!("UPDATE facility SET {register}")).await;
        // What is kept of a shop is looked at again after a second.
        stage.pass(1_001).await;
        let order = mixed(stage, &phone).await;
        let receipt = papers(&phone, &order).await.receipt;
        assert_eq!(receipt.seller.invoice_number.as_deref(), Some(number).filter(|_| stands));
        assert_eq!((receipt.rounding, by_rate(&receipt)[0].2), (Rounding::Ceil, 103));
        let page = phone.get(&format!("/o/{}/receipt", order.token)).await.text();
        for words in ["適格簡易請求書", "登録番号", number, "内消費税"] {
            assert_eq!(page.contains(words), stands, "{words}");
        }
        assert_eq!(page.contains("この書類は適格請求書ではありません"), !stands);
        assert_eq!(check().await, Some(found));
    }
}

async fn list(stage: &Stage, shop: &Shop, query: &str) -> Vec<i64> {
    let owner = stage.owner(shop).await;
    let page: ReceiptPage = owner.client.get(&owner.path(&format!("receipts{query}"))).await.json();
    page.receipts.iter().map(|receipt| receipt.number).collect()
}

async fn the_shops_list(stage: &Stage) {
    let (phone, shop) = (stage.client(), stage.shop());
    let owner = stage.owner(shop).await;
    for _ in 0..51 {
        let order = stage.paid(&phone, shop, &shop.noodles()).await;
        owner.accept(&order).await.unwrap();
        papers(&phone, &order).await;
    }
    let day = "2026-11-22";
    stage.pass(DAY).await;
    let order = mixed(stage, &phone).await;
    papers(&phone, &order).await;
    let owner = stage.owner(shop).await;
    let first: ReceiptPage = owner.client.get(&owner.path("receipts")).await.json();
    assert_eq!((first.receipts.len(), first.receipts[0].number, first.next.as_deref()), (50, 52, Some("3")));
    assert_eq!(list(stage, shop, "?after=3").await, [2, 1]);
    assert_eq!(list(stage, shop, "?number=52").await, [52]);
    assert_eq!(list(stage, shop, "?amount=1730").await, [52]);
    assert_eq!(list(stage, shop, "?from=2026-11-23&to=2026-11-23&amount=780&after=9").await, [0; 0]);
    assert_eq!(list(stage, shop, &format!("?from={day}&to={day}&after=3")).await, [2, 1]);
    assert_eq!(list(stage, shop, "?from=2026-11-23").await, [52]);
    assert!(list(stage, stage.other(), "").await.is_empty());
    for wrong in ["after=x", "after=0", "from=yesterday", "number=x"] {
        let answer = owner.client.get(&owner.path(&format!("receipts?{wrong}"))).await;
        assert_eq!(answer.problem().code, Code::InvalidRequest, "{wrong}");
    }
}

async fn who_may(stage: &Stage) {
    let shop = stage.shop();
    let ask = async |staff: okini_tests::staff::Staff| staff.client.get(&staff.path("receipts")).await.status;
    assert_eq!(ask(stage.owner(shop).await).await, 200);
    assert_eq!(ask(stage.officer(shop).await).await, 200);
    assert_eq!(ask(stage.kitchen(shop).await).await, 403);
    assert_eq!(ask(stage.stranger(shop).await).await, 404);
    assert_eq!(stage.client().get(&format!("/api/v1/shops/{}/receipts", shop.id)).await.status, 401);
}

/// Everything that the law wants on a receipt, as it is written in Japanese.
const WANTED: [&str; 13] = [
    "領収書",
    "適格簡易請求書",
    "お好み焼き sakura",
    "登録番号",
    "T7120001168421",
    "2026年11月22日",
    "豚玉",
    "お茶※",
    "※印は軽減税率の対象です",
    "合計（税込）",
    "10%対象",
    "8%※対象",
    "内消費税",
];

async fn whole(stage: &Stage) -> (Client, Order) {
    change(stage, &format!("UPDATE facility SET invoice_number = '{NUMBER}'")).await;
    let phone = stage.client();
    let order = mixed(stage, &phone).await;
    let owner = stage.owner(stage.shop()).await;
    owner.accept(&order).await.unwrap();
    owner.give_back(&order, Some(300)).await.unwrap();
    stage.pass(3_000).await;
    (phone, order)
}

async fn page(stage: &Stage) {
    let (phone, order) = whole(stage).await;
    let path = format!("/o/{}/receipt", order.token);
    for lang in ["ja", "en"] {
        let answer = phone.get(&format!("{path}?lang={lang}")).await;
        assert_eq!((answer.status, answer.header("cache-control")), (200, "no-store"));
        let html = answer.text();
        assert_eq!(html, phone.get(&format!("{path}?lang={lang}")).await.text());
        // Japanese stands beside every other language; the names of foreign readers are in their own.
        for words in WANTED.iter().filter(|words| lang == "ja" || !words.contains("2026")) {
            assert!(html.contains(words), "{lang} lacks {words}: {html}");
        }
        for figures in ["1,130", "102", "600", "44", "1,730", "返金明細書", "もとの領収書", "196", "104"] {
            assert!(html.contains(figures), "{lang} lacks {figures}");
        }
        assert!(html.contains(&format!("/api/v1/orders/{}/receipt.pdf?lang={lang}", order.token)));
    }
    assert!(phone.get(&format!("{path}?lang=en")).await.text().contains("Pork okonomiyaki <small lang=\"ja\">豚玉"));
    assert_eq!(phone.request("POST", &path).send().await.status, 405);
}

/// What `pdftotext` reads in a PDF, layout kept.
async fn text_of(pdf: &Answer) -> String {
    let mut program = tokio::process::Command::new("pdftotext");
    let arguments = ["-layout", "-enc", "UTF-8", "-", "-"];
    let started = program.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
    // Installed by `cargo xtask test`.
    let mut child = started.unwrap_or_else(|error| unreachable!("pdftotext, of poppler, is needed: {error}"));
    child.stdin.take().unwrap().write_all(&pdf.body).await.unwrap();
    let output = child.wait_with_output().await.unwrap();
    assert!(output.status.success());
    String::from_utf8(output.stdout).unwrap()
}

async fn pdf(stage: &Stage) {
    let (phone, order) = whole(stage).await;
    for lang in ["ja", "en"] {
        let path = format!("/api/v1/orders/{}/receipt.pdf?lang={lang}", order.token);
        let pdf = phone.get(&path).await;
        assert!(pdf.body.starts_with(b"%PDF-") && pdf.body == phone.get(&path).await.body);
        assert_eq!((pdf.status, pdf.header("content-type")), (200, "application/pdf"));
        assert_eq!(pdf.header("content-disposition"), "inline; filename=\"receipt_1.pdf\"");
        // The font is cut to what is written: the whole of it would be megabytes.
        assert!(pdf.body.len() < 60_000, "{}", pdf.body.len());
        if let Some(folder) = std::env::var_os("OKINI_TEST_KEEP") {
            std::fs::write(std::path::Path::new(&folder).join(format!("receipt-{lang}.pdf")), &pdf.body).unwrap();
        }
        let text = text_of(&pdf).await;
        for words in WANTED.iter().filter(|words| lang == "ja" || !words.contains("2026")) {
            assert!(text.contains(words), "{lang} lacks {words}: {text}");
        }
        for figures in ["1,130", "102", "600", "44", "1,730", "返金明細書", "もとの領収書", "196", "104"] {
            assert!(text.contains(figures), "{lang} lacks {figures}: {text}");
        }
        assert_eq!(text.matches('\u{c}').count(), 2, "each paper is a page");
        assert!(!text.contains('〓'));
    }
}
