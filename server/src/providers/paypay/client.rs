//! Sending one signed request to PayPay and opening its answer. Which requests there are belongs to the module above.

use super::PayPaySettings;
use super::auth::{Signed, authorization};
use super::wire::open;
use crate::clock::{Clock, Ids};
use crate::providers::http::{Answer, Http};
use crate::providers::trouble::Trouble;
use okini_shared::time::{MINUTE, Millis, SECOND};
use reqwest::Method;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE};
use serde::Serialize;
use serde::de::DeserializeOwned;

const JSON: &str = "application/json;charset=UTF-8";
/// Beyond this difference PayPay refuses every signature.
const CLOCK_TOLERANCE: i64 = 2 * MINUTE;

pub(super) struct Client {
    pub(super) settings: PayPaySettings,
    pub(super) http: Http,
    pub(super) clock: Clock,
    pub(super) ids: Ids,
}

/// A request before it is signed.
struct Call<'c> {
    method: Method,
    path: &'c str,
    /// With its `?`; it is not signed.
    query: &'c str,
    merchant: Option<&'c str>,
    body: Option<Vec<u8>>,
}

impl Client {
    /// Seconds since the epoch, as PayPay counts.
    pub(super) fn seconds(&self) -> i64 {
        self.clock.now().get().div_euclid(SECOND)
    }

    pub(super) async fn post<T: DeserializeOwned>(
        &self,
        path: &str,
        merchant: Option<&str>,
        body: &impl Serialize,
    ) -> Result<T, Trouble> {
        let body = serde_json::to_vec(body).map_err(|_| Trouble::NotSent("request not possible"))?;
        self.call(Call { method: Method::POST, path, query: "", merchant, body: Some(body) }).await
    }

    pub(super) async fn get<T: DeserializeOwned>(
        &self,
        path: &str,
        query: &str,
        merchant: Option<&str>,
    ) -> Result<T, Trouble> {
        self.call(Call { method: Method::GET, path, query, merchant, body: None }).await
    }

    pub(super) async fn delete<T: DeserializeOwned>(&self, path: &str, merchant: Option<&str>) -> Result<T, Trouble> {
        self.call(Call { method: Method::DELETE, path, query: "", merchant, body: None }).await
    }

    async fn call<T: DeserializeOwned>(&self, call: Call<'_>) -> Result<T, Trouble> {
        let Call { method, path, query, merchant, body } = call;
        let PayPaySettings { base_url, api_key, api_secret, timeouts, .. } = &self.settings;
        let signed = Signed {
            method: method.as_str(),
            path,
            nonce: &self.ids.token(),
            epoch: self.seconds(),
            body: body.as_deref().map(|bytes| (JSON, bytes)),
        };
        let authorization = authorization(api_key, api_secret, &signed);
        let timeout = if body.is_some() { timeouts.moving } else { timeouts.asking };
        let url = format!("{}{path}{query}", base_url.trim_end_matches('/'));
        let mut request = self.http.request(method, &url, timeout).header(AUTHORIZATION, authorization);
        if let Some(merchant) = merchant {
            request = request.header("X-ASSUME-MERCHANT", merchant);
        }
        if let Some(body) = body {
            request = request.header(CONTENT_TYPE, JSON).body(body);
        }
        let answer = self.http.send(request).await?;
        if answer.status == 401 {
            report_clock(self.clock.now(), &answer);
        }
        open(&answer)
    }
}

/// A wrong clock makes every signature wrong: say so instead of leaving it to guesswork.
fn report_clock(now: Millis, answer: &Answer) {
    if let Some(seconds) = answer.date.and_then(|theirs| clock_error(now, theirs)) {
        tracing::error!(seconds, "PayPay refuses our signatures: this machine's clock is ahead of its by so much");
    }
}

/// By how many seconds our clock is ahead, when that is more than PayPay tolerates.
fn clock_error(ours: Millis, theirs: Millis) -> Option<i64> {
    let ahead = ours.since(theirs);
    (ahead.abs() > CLOCK_TOLERANCE).then_some(ahead / SECOND)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_more_than_two_minutes_off_is_an_error() {
        let now = Millis::new(1_795_343_222_345);
        for (ahead, error) in
            [(0, None), (120_000, None), (-120_000, None), (121_000, Some(121)), (-900_000, Some(-900))]
        {
            assert_eq!(clock_error(now.plus(ahead), now), error);
        }
    }
}
