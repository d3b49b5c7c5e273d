//! How long the server takes to be ready, and what it takes of memory when nobody asks.

use crate::figures::median;
use crate::machine::rss_mb;
use crate::plan::Plan;
use crate::site::Place;

/// Starts of which the median counts.
const TIMES: usize = 5;

/// Figures of a server that does nothing.
pub struct Start {
    /// On an empty folder, which it makes a database in.
    pub empty_ms: f64,
    /// With the demo programme.
    pub idle_rss_mb: f64,
}

pub async fn measure(plan: &Plan) -> Start {
    let mut empty = Vec::new();
    for _ in 0..TIMES {
        let place = Place::make(plan, "sqlite", "start").await;
        empty.push(once(&place).await);
        place.remove();
    }
    let place = Place::make(plan, "sqlite", "start").await;
    place.demo().await.stop().await;
    let site = place.start("serve").await;
    site.json("/health").await;
    let idle_rss_mb = rss_mb(site.pid);
    site.stop().await;
    place.remove();
    Start { empty_ms: median(empty), idle_rss_mb }
}

/// Milliseconds to the ready line on a database that exists.
pub async fn again(place: &Place) -> f64 {
    let mut took = Vec::new();
    for _ in 0..TIMES {
        took.push(once(place).await);
    }
    median(took)
}

async fn once(place: &Place) -> f64 {
    let site = place.start("serve").await;
    let took = site.cold_start.as_secs_f64() * 1_000.0;
    site.stop().await;
    took
}
