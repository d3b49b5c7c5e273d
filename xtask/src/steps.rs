//! A command made of named steps that all run, whatever fails, with a summary at the end.
//! What the steps do belongs to the commands.

use std::time::{Duration, Instant};

use anyhow::{Result, bail};

use crate::process;

/// What has been done so far.
#[derive(Default)]
pub(crate) struct Steps(Vec<(String, Duration, bool)>);

impl Steps {
    /// Does one step, unless somebody asked to stop, and says whether it went well.
    pub(crate) fn step(&mut self, name: &str, work: impl FnOnce() -> Result<()>) -> bool {
        if process::stopped() {
            return false;
        }
        println!("\n== {name}");
        let started = Instant::now();
        let result = work();
        if let Err(error) = &result {
            eprintln!("{error:#}");
        }
        self.0.push((name.to_owned(), started.elapsed(), result.is_ok()));
        result.is_ok()
    }

    /// Prints the summary.
    ///
    /// # Errors
    /// When a step failed or was not reached.
    pub(crate) fn finish(self) -> Result<()> {
        println!("\n== Summary");
        for (name, time, well) in &self.0 {
            println!("  {} {:>4} s  {name}", if *well { "ok    " } else { "FAILED" }, time.as_secs());
        }
        let failed = self.0.iter().filter(|(_, _, well)| !well).count();
        match (process::stopped(), failed) {
            (true, _) => bail!("stopped before the end"),
            (false, 0) => Ok(()),
            (false, failed) => bail!("{failed} of {} steps failed", self.0.len()),
        }
    }
}
