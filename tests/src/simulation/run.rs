//! Runs seeds on all cores, and tells of those that broke something with what had happened until then.
//! Which seeds, and what is printed, is for those who run it.

use super::world::Template;
use super::{day, rules};
use futures_util::FutureExt as _;
use std::any::Any;
use std::collections::BTreeMap;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

/// No more seeds are tried after so many broke.
const ENOUGH: usize = 5;

/// A seed that broke an invariant.
#[derive(Debug)]
pub struct Broken {
    seed: u64,
    what: String,
    /// What was done, oldest first.
    steps: Vec<String>,
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let which = if self.steps.is_empty() { "--store-seeds 0" } else { "--seeds 0" };
        let Self { seed, what, steps } = self;
        write!(f, "{}\n{what}\nAgain: cargo xtask simulate {which} --one {seed}\n", steps.join("\n"))
    }
}

/// What came out of many seeds.
#[derive(Debug, Default)]
pub struct Report {
    pub broken: Vec<Broken>,
    /// How often lives ended in which state: what was reached at all.
    pub ends: BTreeMap<String, u64>,
}

/// Gives out seeds to all cores, until all are done or enough broke.
struct Shared<'s> {
    seeds: &'s [u64],
    next: AtomicUsize,
    report: Mutex<Report>,
}

impl Shared<'_> {
    fn take(&self) -> Option<u64> {
        let at = self.next.fetch_add(1, Ordering::Relaxed);
        let enough = self.report.lock().unwrap().broken.len() >= ENOUGH;
        self.seeds.get(at).copied().filter(|_| !enough)
    }

    fn broke(&self, seed: u64, panic: &(dyn Any + Send), steps: Vec<String>) {
        let text = panic.downcast_ref::<String>().cloned();
        let what = text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned())).unwrap_or_default();
        self.report.lock().unwrap().broken.push(Broken { seed, what, steps });
    }

    fn ended(&self, ends: Vec<String>) {
        let mut report = self.report.lock().unwrap();
        for end in ends {
            *report.ends.entry(end).or_default() += 1;
        }
    }
}

fn share(seeds: &[u64], work: fn(&Shared<'_>)) -> Report {
    let shared = Shared { seeds, next: AtomicUsize::new(0), report: Mutex::default() };
    let cores = std::thread::available_parallelism().map_or(2, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..cores.min(seeds.len()) {
            scope.spawn(|| work(&shared));
        }
    });
    shared.report.into_inner().unwrap()
}

/// Walks through the pure state machines.
pub fn rules(seeds: &[u64]) -> Report {
    share(seeds, |shared| {
        while let Some(seed) = shared.take() {
            if let Err(panic) = catch_unwind(|| rules::walk(seed)) {
                shared.broke(seed, &*panic, Vec::new());
            }
        }
    })
}

/// Lives days on the real store, each core one after the other.
pub fn store(seeds: &[u64]) -> Report {
    share(seeds, |shared| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let template = Template::prepare().await;
            while let Some(seed) = shared.take() {
                let steps = day::Steps::default();
                let live = AssertUnwindSafe(day::live(&template, seed, Arc::clone(&steps))).catch_unwind();
                match live.await {
                    Ok(ends) => shared.ended(ends),
                    Err(panic) => shared.broke(seed, &*panic, steps.lock().unwrap().clone()),
                }
            }
        });
    })
}
