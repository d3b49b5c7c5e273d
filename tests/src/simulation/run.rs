//! Runs seeds on all cores, and tells of those that broke something with what had happened until then.
//! Which seeds, and what is printed, is for those who run it.

use super::world::Template;
use super::{day, rules};
use futures_util::FutureExt as _;
use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

/// A seed that broke an invariant.
#[derive(Debug)]
pub struct Broken {
    pub seed: u64,
    pub what: String,
    /// What was done, oldest first.
    pub steps: Vec<String>,
}

/// Seeds that are tried after this many broke.
const ENOUGH: usize = 5;

fn words(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().cloned();
    text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned())).unwrap_or_default()
}

/// Shares out seeds to all cores, until all are done or enough broke.
fn share(seeds: &[u64], work: impl Fn(&mut dyn FnMut() -> Option<u64>, &Mutex<Vec<Broken>>) + Sync) -> Vec<Broken> {
    let (next, broken) = (AtomicU64::new(0), Mutex::new(Vec::new()));
    let cores = std::thread::available_parallelism().map_or(2, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..cores.min(seeds.len()) {
            scope.spawn(|| {
                let mut take = || {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    let enough = broken.lock().unwrap().len() >= ENOUGH;
                    seeds.get(usize::try_from(at).unwrap()).copied().filter(|_| !enough)
                };
                work(&mut take, &broken);
            });
        }
    });
    broken.into_inner().unwrap()
}

/// Walks through the pure state machines.
pub fn rules(seeds: &[u64]) -> Vec<Broken> {
    share(seeds, |take, broken| {
        while let Some(seed) = take() {
            if let Err(panic) = catch_unwind(|| rules::walk(seed)) {
                broken.lock().unwrap().push(Broken { seed, what: words(&*panic), steps: Vec::new() });
            }
        }
    })
}

/// Lives days on the real store, each thread one after the other.
pub fn store(seeds: &[u64]) -> Vec<Broken> {
    share(seeds, |take, broken| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        runtime.block_on(async {
            let template = Template::prepare().await;
            while let Some(seed) = take() {
                let steps = day::Steps::default();
                let live = AssertUnwindSafe(day::live(&template, seed, Arc::clone(&steps))).catch_unwind();
                if let Err(panic) = live.await {
                    let steps = steps.lock().unwrap().clone();
                    broken.lock().unwrap().push(Broken { seed, what: words(&*panic), steps });
                }
            }
        });
    })
}
