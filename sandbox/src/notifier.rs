//! Sending notifications: short time-outs and a few quick retries, as PayPay does it. What a notification says belongs to
//! its company.

use std::time::Duration;
use tokio::sync::mpsc;
use tokio::task::{JoinHandle, JoinSet};

const TIMEOUT: Duration = Duration::from_millis(1_500);
const RETRIES: u32 = 3;
const PAUSE: Duration = Duration::from_millis(100);

/// A notification ready to be sent.
#[derive(Debug, Clone)]
pub(crate) struct Parcel {
    pub(crate) url: String,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Vec<u8>,
}

/// Takes notifications to send; nobody waits for them.
pub(crate) struct Notifier(mpsc::UnboundedSender<(Parcel, Duration)>);

impl Notifier {
    /// Starts the task that sends.
    ///
    /// # Errors
    /// When the machine's TLS configuration cannot be read.
    pub(crate) fn start() -> Result<(Self, JoinHandle<()>), reqwest::Error> {
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .timeout(TIMEOUT)
            .user_agent("okini-sandbox")
            .build()?;
        let (queue, mut parcels) = mpsc::unbounded_channel::<(Parcel, Duration)>();
        let sending = tokio::spawn(async move {
            let mut deliveries = JoinSet::new();
            while let Some((parcel, after)) = parcels.recv().await {
                while deliveries.try_join_next().is_some() {}
                let client = client.clone();
                deliveries.spawn(async move {
                    tokio::time::sleep(after).await;
                    deliver(&client, &parcel).await;
                });
            }
        });
        Ok((Self(queue), sending))
    }

    /// Sends after a while.
    pub(crate) fn send(&self, parcel: Parcel, after: Duration) {
        // The task ends only with the sandbox.
        let _ = self.0.send((parcel, after));
    }
}

async fn deliver(client: &reqwest::Client, parcel: &Parcel) {
    for attempt in 0..=RETRIES {
        if attempt > 0 {
            tokio::time::sleep(PAUSE).await;
        }
        match try_once(client, parcel).await {
            Ok(status) if status.is_success() => return tracing::info!(attempt, "a notification arrived"),
            Ok(status) => tracing::warn!(attempt, %status, "a notification was refused"),
            Err(error) => tracing::warn!(attempt, error = %error.without_url(), "a notification did not arrive"),
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "the one place that speaks to other machines")]
async fn try_once(client: &reqwest::Client, parcel: &Parcel) -> Result<reqwest::StatusCode, reqwest::Error> {
    let request = client.post(&parcel.url).header("content-type", "application/json").body(parcel.body.clone());
    let request = parcel.headers.iter().fold(request, |request, (name, value)| request.header(*name, value));
    Ok(request.send().await?.status())
}
