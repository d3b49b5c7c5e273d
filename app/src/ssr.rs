//! Pages written by the server from the same views: pure, no executor, about a tenth of a millisecond each.
//! Not here: which page a request means, caching, headers (the server).

use leptos::prelude::*;
use okini_shared::text::Lang;

use crate::boot::{Boot, Page};
use crate::diner;
use crate::diner::plain::Plain;
use crate::diner::texts::{self, Key, LANGS};

/// The language a page can be written in for a reader of `wanted`: the same, or the nearest that the app speaks.
pub fn language(wanted: Lang) -> Lang {
    let next = match wanted {
        Lang::Ja | Lang::EasyJa => Lang::Ja,
        Lang::En | Lang::ZhHans | Lang::ZhHant | Lang::Ko => Lang::En,
    };
    if LANGS.contains(&wanted) { wanted } else { next }
}

/// The whole document of a page that the program takes over: Trunk's `template` (the built `diner.html`) with language, title,
/// view and data put in.
pub fn render(template: &str, boot: &Boot) -> String {
    let t = texts::texts(boot.lang);
    let title = match &boot.page {
        Page::Menu { menu, .. } => t.page_title(t.say(Key::MenuTitle), &menu.facility.name.text),
        Page::Order { order } => t.page_title(t.say(Key::OrderTitle), &order.facility_name.text),
    };
    let data = serde_json::to_string(boot).unwrap_or_default().replace('<', "\\u003c");
    let document = Document {
        root: "",
        lang: boot.lang,
        asset_version: &boot.asset_version,
        title: &title,
        body: &written(|| diner::view(t, boot.clone())),
        data: &data,
        texts: texts::json(boot.lang),
    };
    document.fill(template)
}

/// The whole document of a page without a program; `start.js` leaves it alone.
pub fn plain(template: &str, page: &Plain) -> String {
    let document = Document {
        root: " data-plain",
        lang: page.lang,
        asset_version: &page.asset_version,
        title: &page.title(),
        body: &written(|| page.view()),
        data: "",
        texts: "",
    };
    document.fill(template)
}

fn written(view: impl FnOnce() -> AnyView) -> String {
    Owner::new().with(|| view().to_html())
}

/// What is put into the template.
struct Document<'p> {
    /// Attributes of the root.
    root: &'static str,
    lang: Lang,
    asset_version: &'p str,
    title: &'p str,
    body: &'p str,
    data: &'p str,
    texts: &'p str,
}

impl Document<'_> {
    fn fill(&self, template: &str) -> String {
        let parts = [
            ("<html lang=\"ja\"", format!("<html{} lang=\"{}\"", self.root, self.lang.html())),
            ("data-version=\"\"", format!("data-version=\"{}\"", escape(self.asset_version))),
            ("<title>大阪おおきに</title>", format!("<title>{}</title>", escape(self.title))),
            ("<div id=\"app\" class=\"page\">", format!("<div id=\"app\" class=\"page\">{}", self.body)),
            ("id=\"boot\">", format!("id=\"boot\">{}", self.data)),
            ("id=\"texts\">", format!("id=\"texts\">{}", self.texts)),
        ];
        let mut page = String::with_capacity(template.len() + self.body.len() + self.data.len() + 16_384);
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
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;")
}

#[cfg(test)]
#[path = "ssr_tests.rs"]
mod tests;
