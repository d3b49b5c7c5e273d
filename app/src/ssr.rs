//! Pages written by the server from the same views: pure, no executor, about a tenth of a millisecond each.
//! Not here: which page a request means, caching, headers (the server).

use leptos::prelude::*;
use okini_shared::text::Lang;

use crate::boot::{Boot, Page};
use crate::diner;
use crate::diner::texts::{self, Key, LANGS};

/// The language a page can be written in for a reader of `wanted`: the same, or the nearest that the app speaks.
pub fn language(wanted: Lang) -> Lang {
    let next = match wanted {
        Lang::Ja | Lang::EasyJa => Lang::Ja,
        Lang::En | Lang::ZhHans | Lang::ZhHant | Lang::Ko => Lang::En,
    };
    if LANGS.contains(&wanted) { wanted } else { next }
}

/// The whole document: Trunk's `template` (the built `diner.html`) with language, title, view and data put in.
pub fn render(template: &str, boot: &Boot) -> String {
    let t = texts::texts(boot.lang);
    let owner = Owner::new();
    let body = owner.with(|| diner::view(t, boot.clone()).to_html());
    drop(owner);
    let data = serde_json::to_string(boot).unwrap_or_default().replace('<', "\\u003c");
    let title = escape(&title(boot));
    // A page of forms: `start.js` leaves it alone.
    let plain = if matches!(boot.page, Page::Wallet(_)) { " data-plain" } else { "" };
    let parts = [
        ("<html lang=\"ja\"", format!("<html{plain} lang=\"{}\"", boot.lang.html())),
        ("data-version=\"\"", format!("data-version=\"{}\"", escape(&boot.asset_version))),
        ("<title>大阪おおきに</title>", format!("<title>{title}</title>")),
        ("<div id=\"app\" class=\"page\">", format!("<div id=\"app\" class=\"page\">{body}")),
        ("id=\"boot\">", format!("id=\"boot\">{data}")),
        ("id=\"texts\">", format!("id=\"texts\">{}", texts::json(boot.lang))),
    ];
    let mut page = String::with_capacity(template.len() + body.len() + data.len() + 16_384);
    let mut rest = template;
    for (mark, text) in &parts {
        if let Some((before, after)) = rest.split_once(mark) {
            page.push_str(before);
            page.push_str(text);
            rest = after;
        }
    }
    page.push_str(rest);
    page
}

fn title(boot: &Boot) -> String {
    let t = texts::texts(boot.lang);
    match &boot.page {
        Page::Menu { menu, .. } => t.page_title(t.say(Key::MenuTitle), &menu.facility.name.text),
        Page::Order { order } => t.page_title(t.say(Key::OrderTitle), &order.facility_name.text),
        Page::History => t.page_title(t.say(Key::HistoryTitle), t.say(Key::AppName)),
        Page::Wallet(_) => t.page_title(t.say(Key::CouponTitle), t.say(Key::AppName)),
        Page::Notice { notice } => t.page_title(t.say_both(diner::notice_text(*notice)).0, t.say(Key::AppName)),
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;")
}

#[cfg(test)]
#[path = "ssr_tests.rs"]
mod tests;
