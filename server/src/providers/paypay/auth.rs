//! PayPay's request signature, `hmac OPA-Auth`. Which requests there are belongs to the module above.

use crate::providers::mac::hmac_sha256;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::Mac;
use md5::{Digest, Md5};

/// What PayPay signs of a request.
#[derive(Debug, Clone, Copy)]
pub struct Signed<'r> {
    pub method: &'r str,
    /// As sent, without scheme, host and query.
    pub path: &'r str,
    /// Any text that is used once.
    pub nonce: &'r str,
    /// Seconds since the epoch; PayPay refuses more than two minutes' difference.
    pub epoch: i64,
    /// The Content-Type header's own text and the body's own bytes.
    pub body: Option<(&'r str, &'r [u8])>,
}

/// The Authorization header of a request.
pub fn authorization(api_key: &str, api_secret: &str, request: &Signed<'_>) -> String {
    let Signed { method, path, nonce, epoch, body } = *request;
    let (content_type, body_hash) = match body {
        Some((content_type, bytes)) => {
            let mut md5 = Md5::new();
            md5.update(content_type);
            md5.update(bytes);
            (content_type, STANDARD.encode(md5.finalize()))
        }
        None => ("empty", "empty".to_owned()),
    };
    let text = format!("{path}\n{method}\n{nonce}\n{epoch}\n{content_type}\n{body_hash}");
    // The secret looks like base64 but is used as it is written.
    let mac = STANDARD.encode(hmac_sha256(api_secret.as_bytes(), &[text.as_bytes()]).finalize().into_bytes());
    format!("hmac OPA-Auth:{api_key}:{mac}:{nonce}:{epoch}:{body_hash}")
}
