//! Papers as a page for the phone: plain HTML with its own styles, no program. What stands on it is decided in `paper`.

use super::{Row, Sheet, Style, words};
use okini_shared::text::Lang;

/// The look of the app without its stylesheet: the same colours and sizes.
const STYLE: &str = "*{box-sizing:border-box}body{margin:0;background:#fbf7f1;color:#1a1a1a;font:1rem/1.6 'Noto Sans JP',\
system-ui,sans-serif;font-variant-numeric:tabular-nums;line-break:strict;overflow-wrap:anywhere}\
nav,main{max-width:26rem;margin:0 auto;padding:16px}\
nav{display:flex;flex-wrap:wrap;gap:8px}a{color:#0017c1;display:inline-flex;align-items:center;min-height:44px;padding:0 16px;\
border:1px solid #0017c1;border-radius:12px;background:#fff;font-weight:700;text-decoration:none}\
a:focus-visible{outline:4px solid #000;outline-offset:2px;box-shadow:0 0 0 2px #ffd43d}\
article{background:#fff;border-radius:12px;box-shadow:0 1px 4px #0002;padding:20px 16px;margin-bottom:16px}\
h1,h2,p{margin:0;font-weight:400}h1{font-size:1.5rem;font-weight:700;text-align:center;line-height:1.35}\
h2{font-size:1.25rem;font-weight:700;text-align:center;line-height:1.35;margin-top:12px}.centre{text-align:center;font-size:.875rem}\
.row{display:flex;flex-wrap:wrap;justify-content:space-between;gap:0 12px}.row span{flex:1 1 8rem}.row b{font-weight:400;white-space:nowrap;margin-left:auto}\
.detail{font-size:.875rem;color:#5e5850;padding-left:16px}.total,.total b{font-size:1.25rem;font-weight:700}\
small{display:inline-block;font-size:.75rem;font-weight:400;color:#5e5850}hr{border:0;border-top:1px dashed #767676;margin:12px 0}\
.why{margin-top:12px}\
@media print{nav{display:none}body{background:#fff}article{box-shadow:none}article+article{break-before:page}}";

/// A whole document with these papers; `token` is the order's.
pub fn render(sheets: &[Sheet], token: &str, lang: Lang) -> String {
    let title = sheets.first().map(|sheet| sheet.title.as_str()).unwrap_or_default();
    let keep = format!(
        "<a href=\"/api/v1/orders/{}/receipt.pdf?lang={}\">{}</a>",
        escape(token),
        lang.tag(),
        words::of(lang).keep
    );
    let papers = sheets.iter().map(|sheet| {
        let mut titles = 0;
        let rows = sheet.rows.iter().map(|one| {
            titles += usize::from(one.style == Style::Title);
            row(one, titles, lang)
        });
        format!("<article>{}</article>", rows.collect::<String>())
    });
    document(title, token, lang, &keep, &papers.collect::<String>())
}

/// The page of an order that has no receipt: says so, and when there is one.
pub fn render_none(token: &str, lang: Lang) -> String {
    let words = words::of(lang);
    let said = format!("<article><h1>{}</h1><p class=\"why\">{}</p></article>", words.none, words.none_why);
    document(words.none, token, lang, "", &said)
}

fn document(title: &str, token: &str, lang: Lang, links: &str, main: &str) -> String {
    format!(
        "<!doctype html><html lang=\"{}\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" \
         content=\"width=device-width,initial-scale=1\"><meta name=\"robots\" content=\"noindex\">\
         <link rel=\"icon\" href=\"/assets/diner/icon.svg\" type=\"image/svg+xml\"><title>{}</title>\
         <style>{STYLE}</style></head><body><nav><a href=\"/o/{}\">{}</a>{links}</nav><main>{main}</main></body></html>",
        lang.html(),
        escape(title),
        escape(token),
        words::of(lang).back,
    )
}

fn row(row: &Row, titles: usize, lang: Lang) -> String {
    let text = match &row.ja {
        Some(ja) => format!("{} <small lang=\"ja\">{}</small>", escape(&row.text), escape(ja)),
        None => escape(&row.text),
    };
    let figure = if row.figure.is_empty() { String::new() } else { format!("<b>{}</b>", escape(&row.figure)) };
    let class = match row.style {
        // What kind of paper it is, then whose it is.
        Style::Title if titles == 1 => return format!("<h1>{text}</h1>"),
        Style::Title => return format!("<h2 lang=\"{}\">{text}</h2>", lang.html()),
        Style::Centre => return format!("<p class=\"centre\">{text}</p>"),
        Style::Rule => return "<hr>".to_owned(),
        Style::Plain => "row",
        Style::Detail => "row detail",
        Style::Total => "row total",
    };
    format!("<p class=\"{class}\"><span>{text}</span>{figure}</p>")
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn somebodys_words_are_never_markup() {
        let style = Style::Plain;
        let nasty = Row { style, text: "<script>".into(), ja: Some("\"&".into()), figure: "<b>".into() };
        let html = render(&[Sheet { lang: Lang::En, title: "</title>".into(), rows: vec![nasty] }], "\"x", Lang::En);
        for part in ["<script>", "</title></title>", "/o/\"x", "<b><b>"] {
            assert!(!html.contains(part), "{part}");
        }
        assert!(html.contains("&lt;script&gt; <small lang=\"ja\">&quot;&amp;</small>"));
    }
}
