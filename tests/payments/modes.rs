//! The ways in which a company fails, by the sandbox's switches. What diners do meanwhile is in `faults.rs`.

use serde_json::{Value, json};
use std::time::Duration;

/// One way to fail.
#[derive(Debug, Clone, Copy)]
pub struct Mode {
    pub name: &'static str,
    /// The switches that are turned.
    switches: &'static [(&'static str, &'static str)],
    /// The company names other money than was asked for: staff are told, and nothing is paid by itself.
    pub misstates: bool,
}

const fn mode(name: &'static str, switches: &'static [(&'static str, &'static str)]) -> Mode {
    Mode { name, switches, misstates: false }
}

/// All of them.
pub const MODES: [Mode; 22] = [
    // Making a page.
    mode("create: 5xx, nothing done", &[("create", "error")]),
    mode("create: done, then 5xx", &[("create", "error_after")]),
    mode("create: connection cut, nothing done", &[("create", "cut")]),
    mode("create: done, then connection cut", &[("create", "lost")]),
    mode("create: done, no answer", &[("create", "hang")]),
    mode("create: done after we gave up waiting", &[("create", "late")]),
    mode("create: answer drips", &[("create", "drip")]),
    mode("create: half an answer", &[("create", "truncated")]),
    mode("create: maintenance", &[("create", "maintenance")]),
    mode("create: too many requests", &[("create", "rate_limit")]),
    // Asking about it.
    mode("query: 5xx", &[("query", "error")]),
    mode("query: no answer", &[("query", "hang")]),
    mode("query: half an answer", &[("query", "truncated")]),
    mode("query: payment denied", &[("query", "missing")]),
    mode("query: unknown state", &[("query", "unknown_state")]),
    Mode { misstates: true, ..mode("query: other amount", &[("query", "wrong_amount")]) },
    Mode { misstates: true, ..mode("query: other currency", &[("query", "wrong_currency")]) },
    // Withdrawing it.
    mode("cancel: done, then connection cut", &[("cancel", "lost")]),
    mode("cancel: done, no answer", &[("cancel", "hang")]),
    // Telling of it.
    mode("notifications repeated, late, shuffled", &[("webhooks", "scatter")]),
    mode("notifications lost", &[("webhooks", "lose")]),
    // Everything.
    mode("no answer to anything", &[("create", "hang"), ("query", "hang"), ("cancel", "hang"), ("refund", "hang")]),
];

impl Mode {
    /// Turned on; what hangs or comes late does so for so long.
    pub fn on(&self, hang: Duration) -> Value {
        let mut all = json!({"hang_ms": hang.as_millis(), "webhook_repeat": 5, "multiple_refunds": true});
        for (switch, position) in self.switches {
            all[switch] = json!(position);
        }
        all
    }
}

/// Everything works again.
pub fn off() -> Value {
    json!({"create": "ok", "query": "ok", "cancel": "ok", "refund": "ok", "webhooks": "deliver"})
}
