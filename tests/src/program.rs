//! A program as its users start it: a process of its own that says on stdout, in one JSON line, that it is ready.
//! What is done to it, and what must hold afterwards, belongs to those who start it.

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::Value;
use std::process::{ExitStatus, Stdio};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, ChildStdout, Command};

/// A running program; killed when the value goes away.
pub struct Program {
    /// The line by which it said that it is ready.
    pub ready: Value,
    child: Child,
    _stdout: BufReader<ChildStdout>,
}

impl Program {
    /// Starts it and waits for its line; `None` when it ends without one. Its log goes where `command` sends stderr.
    pub async fn start(mut command: Command) -> Option<Self> {
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).kill_on_drop(true).spawn().unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        stdout.read_line(&mut line).await.unwrap();
        if line.is_empty() {
            child.wait().await.unwrap();
            return None;
        }
        Some(Self { ready: serde_json::from_str(&line).unwrap(), child, _stdout: stdout })
    }

    /// Where it listens, as its line says.
    pub fn url(&self) -> &str {
        self.ready.get("url").and_then(Value::as_str).unwrap()
    }

    /// Its process.
    pub fn pid(&self) -> u32 {
        self.child.id().unwrap()
    }

    /// Ends it as a power cut would end it, as far as processes go.
    pub async fn kill(mut self) {
        self.child.kill().await.unwrap();
    }

    /// Asks it to end, and waits.
    pub async fn terminate(mut self) -> ExitStatus {
        kill(Pid::from_raw(self.pid().try_into().unwrap()), Signal::SIGTERM).unwrap();
        self.child.wait().await.unwrap()
    }
}
