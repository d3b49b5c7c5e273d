//! The sandbox as a program of its own: its switches, its books, and diners on its pages. What is read out of the books
//! belongs to the parts.

use crate::plan::Plan;
use okini_shared::id::PaymentId;
use okini_shared::rules::payment::ProviderName;
use okini_tests::caller::{Ask, Caller};
use okini_tests::program::Program;
use reqwest::Method;
use serde::Deserialize;
use serde_json::{Value, json};
use std::process::Stdio;
use tokio::process::Command;
use tokio::sync::watch;

/// A running sandbox.
pub struct Company {
    /// Addresses and credentials.
    pub ready: Value,
    program: Program,
    caller: Caller,
}

/// A payment as the company's books have it.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Booked {
    #[serde(rename = "merchantPaymentId")]
    pub id: PaymentId,
    return_url: String,
    pub payable_from: i64,
    pub payable_until: i64,
    /// A diner paid it, whatever became of the money since.
    pub paid: bool,
    pub status: String,
}

impl Booked {
    /// The token of the order that it is for.
    pub fn token(&self) -> &str {
        self.return_url.rsplit('/').next().unwrap()
    }

    /// The company still has the diner's money.
    pub fn is_kept(&self) -> bool {
        matches!(self.status.as_str(), "COMPLETED" | "paid")
    }

    /// At some moment both could be paid.
    pub fn beside(&self, other: &Self) -> bool {
        self.payable_from.max(other.payable_from) < self.payable_until.min(other.payable_until)
    }
}

impl Company {
    pub async fn open(plan: &Plan) -> Self {
        let mut command = Command::new(&plan.sandbox);
        command.env("RUST_LOG", "error").stderr(Stdio::null());
        let program = Program::start(command).await.expect("the sandbox starts");
        let ready = program.ready.clone();
        let (_, address) = watch::channel(Some(ready["control"].as_str().unwrap().to_owned()));
        Self { ready, program, caller: Caller::new(address) }
    }

    /// Turns switches; those that are not named stay.
    pub async fn turn(&self, switches: &Value) {
        self.post("/faults", switches).await;
    }

    async fn post(&self, path: &str, body: &Value) {
        let body = body.to_string();
        let ask = Ask { method: Method::POST, body: Some(&body), ..Ask::get(path) };
        let answer = self.caller.ask(ask).await;
        assert!(answer.status < 300, "{path}: {} {}", answer.status, String::from_utf8_lossy(&answer.body));
    }

    /// All payments at one of the companies it plays.
    pub async fn books(&self, name: ProviderName) -> Vec<Booked> {
        self.caller.ask(Ask::get(&format!("/{}/payments", name.name()))).await.expect(200)
    }

    /// A diner approves on the page.
    pub async fn approve(&self, page: &str) {
        self.caller.approve(page).await;
    }

    /// A diner pays, whom we know by the payment only.
    pub async fn pay(&self, name: ProviderName, id: PaymentId) {
        self.post(&format!("/{}/pay/{id}", name.name()), &json!({})).await;
    }

    pub async fn close(self) {
        assert!(self.program.terminate().await.success());
    }
}
