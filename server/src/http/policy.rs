//! The Content-Security-Policy: no script but our own, nothing from anywhere else, no frame around us.
//! Not here: the other security headers (`middleware`).

use actix_web::http::header::HeaderValue;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use std::sync::LazyLock;

/// For everything that carries no style of its own. `'wasm-unsafe-eval'` lets our WASM compile.
pub fn plain() -> HeaderValue {
    static PLAIN: LazyLock<HeaderValue> = LazyLock::new(|| allowing(""));
    PLAIN.clone()
}

/// For a page: its own `<style>` elements are allowed by their digests, no other and no `style=`.
pub fn of_page(html: &str) -> HeaderValue {
    let styles = html.split("<style>").skip(1).filter_map(|rest| rest.split_once("</style>"));
    let digests = styles.map(|(style, _)| {
        let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, style.as_bytes());
        format!(" 'sha256-{}'", STANDARD.encode(digest))
    });
    allowing(&digests.collect::<String>())
}

fn allowing(styles: &str) -> HeaderValue {
    let policy = format!(
        "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'{styles}; img-src 'self' data:; \
         object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    );
    HeaderValue::try_from(policy).unwrap_or_else(|_| HeaderValue::from_static("default-src 'none'"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_may_use_its_own_styles_and_no_others() {
        let policy = of_page("<style>a{}</style><p></p><style>b{}</style>");
        let policy = policy.to_str().unwrap();
        let own = "style-src 'self' 'sha256-X1RutGBrXCt9KkSaXMK7tHftWiRscFHOhxsS8tv8hBk='";
        assert!(policy.contains(own), "{policy}");
        assert_eq!(policy.matches("sha256-").count(), 2);
        assert!(!policy.contains("unsafe-inline"));
        assert_eq!(plain().to_str().unwrap().matches("sha256-").count(), 0);
    }
}
