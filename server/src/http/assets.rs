//! The built apps and the demo's pictures, kept in memory with their compressed forms and answered in the best form that
//! the caller takes. A released binary carries them; a development build reads them at its start.

use super::policy;
use super::routes::page;
use crate::auth::digest;
use crate::domain::demo;
use actix_web::http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, ETAG, HeaderValue, IF_NONE_MATCH, VARY,
};
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse, ResponseError, web};
use brotli::enc::BrotliEncoderParams;
use okini_shared::problem::Code;
use rust_embed::RustEmbed;
use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

#[derive(RustEmbed)]
#[folder = "../app/dist"]
#[allow_missing = true]
struct Dist;

/// A file in all its forms.
struct Asset {
    kind: &'static str,
    etag: String,
    /// Its name changes with its content.
    immutable: bool,
    plain: Bytes,
    brotli: Form,
    gzip: Form,
    /// A page's own.
    policy: Option<HeaderValue>,
}

/// A compressed form: as it was built, or made when somebody first wants it, so that the start need not wait for it.
type Form = LazyLock<Option<Bytes>, Box<dyn FnOnce() -> Option<Bytes> + Send>>;

/// All files by path, and the pages that the server fills in.
pub struct Assets {
    files: HashMap<String, Asset>,
    /// The diner's page, to be filled in for each request.
    pub diner: Option<Template>,
    /// Changes with every build.
    pub version: String,
}

/// A page that the server fills in, and what it may use.
pub struct Template {
    pub html: String,
    pub policy: HeaderValue,
}

/// How a body travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Coding {
    Brotli,
    Gzip,
    Plain,
}

impl Assets {
    /// Everything, read and compressed once a process.
    pub fn load() -> Arc<Self> {
        static ASSETS: LazyLock<Arc<Assets>> = LazyLock::new(|| Arc::new(Assets::read()));
        Arc::clone(&ASSETS)
    }

    fn read() -> Self {
        let mut files = HashMap::new();
        let mut names = Vec::new();
        for path in Dist::iter() {
            if path.ends_with(".br") || path.ends_with(".gz") {
                continue;
            }
            let Some(file) = Dist::get(&path) else { continue };
            let form = |ending: &str| -> Form {
                let built = Dist::get(&format!("{path}.{ending}")).map(|file| Bytes::from(file.data.into_owned()));
                LazyLock::new(Box::new(move || built))
            };
            let asset = asset(&path, file.data.into_owned().into(), form("br"), form("gz"));
            names.push(path.to_string());
            files.insert(format!("/assets/{path}"), asset);
        }
        for name in demo::pictures() {
            if let Some(bytes) = demo::picture(&name) {
                let plain = Bytes::from(bytes);
                let form = |compress: fn(&[u8]) -> Vec<u8>| -> Form {
                    let plain = plain.clone();
                    LazyLock::new(Box::new(move || Some(Bytes::from(compress(&plain)))))
                };
                let forms = (form(|bytes| brotli(bytes, 9)), form(gzip));
                files.insert(format!("/pictures/{name}"), asset(&name, plain, forms.0, forms.1));
            }
        }
        names.sort();
        let diner = files.get("/assets/diner/diner.html").or_else(|| files.get("/assets/diner/index.html"));
        let diner = diner.and_then(|asset| {
            let html = String::from_utf8(asset.plain.to_vec()).ok()?;
            Some(Template { policy: policy::of_page(&html), html })
        });
        let version = digest(&names.join("\n")).chars().take(16).collect();
        Self { files, diner, version }
    }

    fn console(&self) -> Option<&Asset> {
        self.files.get("/assets/console/console.html").or_else(|| self.files.get("/assets/console/index.html"))
    }
}

fn asset(path: &str, plain: Bytes, brotli: Form, gzip: Form) -> Asset {
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, &plain);
    let etag = format!("\"{}\"", crate::clock::hex(digest.as_ref().get(..16).unwrap_or_default()));
    let kind = kind(path);
    let policy = kind.starts_with("text/html").then(|| policy::of_page(&String::from_utf8_lossy(&plain)));
    Asset { kind, etag, immutable: has_hash(path), plain, brotli, gzip, policy }
}

fn kind(path: &str) -> &'static str {
    match path.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "wasm" => "application/wasm",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "json" => "application/json",
        "webmanifest" => "application/manifest+json",
        _ => "application/octet-stream",
    }
}

/// Trunk names files `name-0123456789abcdef.js`, wasm-bindgen's `name-0123456789abcdef_bg.wasm`.
fn has_hash(path: &str) -> bool {
    path.split(['-', '_', '.']).any(|part| part.len() == 16 && part.bytes().all(|b| b.is_ascii_hexdigit()))
}

/// Files of the apps, pictures, and what has to lie at the root.
pub fn configure(config: &mut web::ServiceConfig) {
    config
        .service(page("/assets/{path:.*}", serve))
        .service(page("/pictures/{path:.*}", serve))
        .service(page("/sw.js", at_root))
        .service(page("/manifest.webmanifest", at_root))
        .service(page("/console", console))
        .service(page("/console/{path:.*}", console));
}

async fn serve(request: HttpRequest, assets: web::Data<Assets>) -> HttpResponse {
    answer(&request, assets.files.get(request.path()))
}

async fn at_root(request: HttpRequest, assets: web::Data<Assets>) -> HttpResponse {
    answer(&request, assets.files.get(&format!("/assets/diner{}", request.path())))
}

async fn console(request: HttpRequest, assets: web::Data<Assets>) -> HttpResponse {
    answer(&request, assets.console())
}

fn answer(request: &HttpRequest, asset: Option<&Asset>) -> HttpResponse {
    let Some(asset) = asset else { return crate::error::Error::from(Code::NotFound).error_response() };
    let age = if asset.immutable { "public, max-age=31536000, immutable" } else { "no-cache" };
    let known = request.headers().get(IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    let mut response = if known.is_some_and(|known| known.contains(&asset.etag)) {
        HttpResponse::NotModified()
    } else {
        HttpResponse::Ok()
    };
    response.insert_header((ETAG, asset.etag.as_str())).insert_header((CACHE_CONTROL, age));
    if let Some(policy) = &asset.policy {
        response.insert_header((CONTENT_SECURITY_POLICY, policy.clone()));
    }
    if known.is_some_and(|known| known.contains(&asset.etag)) {
        return response.finish();
    }
    let wanted = coding(request);
    let brotli = Some(Coding::Brotli).filter(|coding| wanted == *coding).and_then(|_| asset.brotli.as_ref());
    let gzip = || Some(()).filter(|()| wanted != Coding::Plain).and_then(|()| asset.gzip.as_ref());
    let (coding, bytes) = match (brotli, gzip) {
        (Some(bytes), _) => (Some("br"), bytes),
        (None, gzip) => gzip().map_or((None, &asset.plain), |bytes| (Some("gzip"), bytes)),
    };
    if let Some(coding) = coding {
        response.insert_header((CONTENT_ENCODING, coding));
    }
    response.insert_header((VARY, "accept-encoding")).content_type(asset.kind).body(bytes.clone())
}

/// The best coding that the caller takes.
pub(super) fn coding(request: &HttpRequest) -> Coding {
    let header = request.headers().get(ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let takes = |name: &str| {
        header.split(',').any(|part| {
            let mut words = part.split(';').map(str::trim);
            words.next() == Some(name) && !words.any(|word| word == "q=0")
        })
    };
    if takes("br") {
        Coding::Brotli
    } else if takes("gzip") {
        Coding::Gzip
    } else {
        Coding::Plain
    }
}

/// A body that was made for this request, compressed quickly.
pub fn compressed(request: &HttpRequest, kind: &'static str, body: Vec<u8>) -> HttpResponse {
    let coding = coding(request);
    encoded(coding, kind, compress(coding, body))
}

/// A body in this coding, compressed quickly.
pub(super) fn compress(coding: Coding, body: Vec<u8>) -> Vec<u8> {
    match coding {
        Coding::Brotli => brotli(&body, 5),
        Coding::Gzip => gzip(&body),
        Coding::Plain => body,
    }
}

/// The response with a body that is in this coding already.
pub(super) fn encoded(coding: Coding, kind: &'static str, body: impl Into<Bytes>) -> HttpResponse {
    let mut response = HttpResponse::Ok().content_type(kind).body(body.into());
    let name = match coding {
        Coding::Brotli => Some("br"),
        Coding::Gzip => Some("gzip"),
        Coding::Plain => None,
    };
    if let Some(name) = name {
        response.headers_mut().insert(CONTENT_ENCODING, HeaderValue::from_static(name));
    }
    response.headers_mut().insert(VARY, HeaderValue::from_static("accept-encoding"));
    response
}

fn brotli(bytes: &[u8], quality: i32) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len() / 3);
    let parameters = BrotliEncoderParams { quality, lgwin: 20, ..BrotliEncoderParams::default() };
    // Writing into memory cannot fail.
    let _ = brotli::BrotliCompress(&mut &*bytes, &mut out, &parameters);
    out
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    use std::io::Write;
    let mut encoder = flate2::write::GzEncoder::new(Vec::with_capacity(bytes.len() / 3), flate2::Compression::fast());
    let _ = encoder.write_all(bytes);
    encoder.finish().unwrap_or_default()
}
