//! `okini provider check`: listens for notifications where asked to, and prints what was found in plain words. What is
//! asked is in `providers::hosted::check`.

use super::print_line;
use crate::clock::Clock;
use crate::error::Error;
use crate::providers::hosted::check::{Line, Notifications, Notified, Sandbox, Verdict, check};
use crate::providers::http::Http;
use actix_web::dev::ServerHandle;
use actix_web::web::{Bytes, Data, to};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer};
use clap::Args;
use std::net::{SocketAddr, TcpListener};
use std::process::ExitCode;
use std::time::Duration;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};

/// How long to wait for the notification of a payment.
const NOTIFIED_WITHIN: Duration = Duration::from_secs(30);

#[derive(Args)]
pub(super) struct Check {
    /// Where the API begins, before `/v1`: `https://sandbox.example/okini`.
    url: String,
    /// The API key of the sandbox.
    #[arg(long, env = "OKINI_PROVIDER_KEY", hide_env_values = true)]
    key: String,
    /// A URL of the sandbox that pays a session when posted to, with `{reference}` or `{id}` in it.
    #[arg(long, env = "OKINI_PROVIDER_PAY_URL")]
    pay_url: Option<String>,
    /// Where to listen for notifications, `ADDRESS:PORT`; the sandbox must be set to post there.
    #[arg(long, requires = "webhook_secret")]
    listen: Option<SocketAddr>,
    /// What notifications are signed with, `whsec_...`.
    #[arg(long, env = "OKINI_PROVIDER_WEBHOOK_SECRET", hide_env_values = true)]
    webhook_secret: Option<String>,
}

/// Asks, prints, and fails when anything is wrong.
pub(super) async fn run(asked: Check) -> Result<ExitCode, Error> {
    let mut listening = None;
    let mut notifications = None;
    if let (Some(address), Some(webhook_secret)) = (asked.listen, asked.webhook_secret) {
        let (sender, inbox) = unbounded_channel();
        listening = Some(listen(address, sender)?);
        notifications = Some(Notifications { webhook_secret, inbox, patience: NOTIFIED_WITHIN });
    }
    let sandbox = Sandbox { base_url: asked.url, api_key: asked.key, pay_url: asked.pay_url, notifications };
    let lines = check(sandbox, Http::new().map_err(Error::unexpected)?, Clock::System).await;
    if let Some(listening) = listening {
        listening.stop(false).await;
    }
    tell(&lines)
}

fn listen(address: SocketAddr, sender: UnboundedSender<Notified>) -> Result<ServerHandle, Error> {
    let listener = TcpListener::bind(address).map_err(Error::unexpected)?;
    let sender = Data::new(sender);
    let server = HttpServer::new(move || App::new().app_data(sender.clone()).default_service(to(take)))
        .workers(1)
        .disable_signals()
        .listen(listener)
        .map_err(Error::unexpected)?
        .run();
    let handle = server.handle();
    tokio::spawn(server);
    Ok(handle)
}

async fn take(request: HttpRequest, body: Bytes, sender: Data<UnboundedSender<Notified>>) -> HttpResponse {
    let headers = request.headers().iter();
    let headers = headers.filter_map(|(name, value)| Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned())));
    // Nobody waits any more when it cannot be sent.
    let _ = sender.send(Notified { headers: headers.collect(), body: body.to_vec() });
    HttpResponse::NoContent().finish()
}

fn tell(lines: &[Line]) -> Result<ExitCode, Error> {
    let mut wrong = 0_usize;
    for Line { name, verdict } in lines {
        match verdict {
            Verdict::Good => print_line(&format!("good     {name}"))?,
            Verdict::Skipped(why) => print_line(&format!("not asked {name}: {why}"))?,
            Verdict::Wrong(fault) => {
                wrong = wrong.saturating_add(1);
                print_line(&format!("WRONG    {name}: {}\n  -> {}", fault.seen, fault.advice))?;
            }
        }
    }
    if wrong == 0 {
        print_line("As documented, as far as it was asked.")?;
        return Ok(ExitCode::SUCCESS);
    }
    print_line(&format!(
        "Not as documented in {wrong} of {} points: docs/hosted-provider.md says how it should be.",
        lines.len()
    ))?;
    Ok(ExitCode::FAILURE)
}
