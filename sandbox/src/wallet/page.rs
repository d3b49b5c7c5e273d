//! The HTML of a payer's page. No decisions: it says where the payment stands.

use crate::ledger::{Payment, Standing};
use okini_shared::text::{self, Lang};
use serde::Deserialize;

/// What a tap led to besides a new state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Notice {
    /// Paid, and the payer closes the page.
    Closed,
    /// The balance is too small.
    Poor,
    /// Declined, and the payer may try again.
    Declined,
}

/// The page of a payment.
pub(super) fn payment(payment: &Payment, standing: Standing, notice: Option<Notice>) -> String {
    let body = match (standing, notice) {
        (Standing::Open, notice) => open(payment, notice),
        (Standing::Paid, Some(Notice::Closed)) => result(
            "ok",
            "支払いが完了しました",
            "この画面を閉じて、お店の画面をご自分で開いてください。<span lang=\"en\">Paid. Close this page.</span>",
            payment,
        ),
        (Standing::Paid, _) => with_return("ok", "支払いが完了しました", "Paid", payment),
        (Standing::Failed, _) => with_return("no", "支払いは行われませんでした", "Not paid", payment),
        (Standing::Removed, _) => {
            with_return("no", "お店がこの支払いを取り消しました", "Cancelled by the shop", payment)
        }
        (Standing::Expired, _) => {
            with_return("no", "有効期限が切れました", "Expired", payment)
                + &button(payment, "late", "second", "それでも支払う", "Pay all the same, after the time has run out")
        }
        (Standing::Refunded, _) => with_return("ok", "返金されました", "Refunded", payment),
    };
    document(&body)
}

/// For an address that names no payment.
pub(super) fn unknown() -> String {
    document("<h1>見つかりません</h1><p>この支払いはありません。<span lang=\"en\">No such payment.</span></p>")
}

fn open(payment: &Payment, notice: Option<Notice>) -> String {
    let alert = match notice {
        Some(Notice::Poor) => {
            alert("残高不足です。支払いは行われていません。", "Insufficient balance. Nothing was paid.")
        }
        Some(Notice::Declined) => alert("断りました。もう一度支払えます。", "Declined. You can try again."),
        Some(Notice::Closed) | None => String::new(),
    };
    let button = |act, class, ja, en| button(payment, act, class, ja, en);
    let back = link(payment, "back", "plain", "払わずにもどる", "Back without paying");
    let balance = if notice == Some(Notice::Poor) { "0円" } else { "50,000円" };
    format!(
        "{alert}<section class=\"card\"><h1>お支払いの確認</h1>{sum}<p class=\"from\"><span>残高から <span lang=\"en\">From your balance\
         </span></span><strong>{balance}</strong></p></section>{pay}{decline}{back}<section class=\"tries\"><h2>お試し <span lang=\"en\">To try \
         out</span></h2>{close}{poor}</section>",
        sum = sum(payment),
        pay = button("approve", "pay", "支払う", "Pay"),
        close = button("close", "second", "支払って閉じる", "Pay, then close without returning"),
        decline = button("decline", "second", "断る", "Decline"),
        poor = button("poor", "second", "残高不足にする", "Pretend the balance is too small"),
    )
}

fn button(payment: &Payment, act: &str, class: &str, ja: &str, en: &str) -> String {
    format!(
        "<form method=\"post\" action=\"{page}/{act}\"><button class=\"{class}\" data-testid=\"{act}\">{ja}\
         <span lang=\"en\">{en}</span></button></form>",
        page = escape(&payment.page),
    )
}

fn alert(ja: &str, en: &str) -> String {
    format!("<p class=\"alert\" role=\"alert\" data-testid=\"notice\">{ja}<span lang=\"en\">{en}</span></p>")
}

fn sum(payment: &Payment) -> String {
    format!(
        "<p class=\"amount\" data-testid=\"amount\">{}</p><p class=\"what\" data-testid=\"description\">{}</p>",
        escape(&text::yen(payment.amount, Lang::Ja)),
        escape(&payment.description)
    )
}

fn with_return(mark: &str, ja: &str, en: &str, payment: &Payment) -> String {
    let back = link(payment, "return", "pay", "お店にもどる", "Back to the shop");
    result(mark, ja, &format!("<span lang=\"en\">{en}</span>"), payment) + &back
}

fn result(mark: &str, heading: &str, below: &str, payment: &Payment) -> String {
    let sum = sum(payment);
    format!("<section class=\"card {mark}\"><h1 data-testid=\"result\">{heading}</h1><p>{below}</p>{sum}</section>")
}

/// A link to the shop, where the shop gave one.
fn link(payment: &Payment, name: &str, class: &str, ja: &str, en: &str) -> String {
    if payment.return_url.is_empty() {
        return String::new();
    }
    format!(
        "<a class=\"{class}\" href=\"{}\" data-testid=\"{name}\">{ja}<span lang=\"en\">{en}</span></a>",
        escape(&payment.return_url)
    )
}

fn document(body: &str) -> String {
    format!(
        "<!doctype html><html lang=\"ja\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <meta name=\"robots\" content=\"noindex\"><title>お試し用サンドボックス</title>\
         <link rel=\"stylesheet\" href=\"../wallet.css\"></head><body>\
         <header><strong>お試し用サンドボックス</strong><span lang=\"en\">Sandbox: no real money moves</span></header>\
         <main>{body}</main></body></html>"
    )
}

/// Text for HTML, between tags and inside quoted attributes.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
    }
    out
}
