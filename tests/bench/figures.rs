//! Percentiles, medians and ratios. What was measured belongs to the parts.

use std::time::Duration;

/// What one run of one load gave.
#[derive(Debug, Clone, Default)]
pub struct Cell {
    pub per_s: f64,
    pub p50_ms: f64,
    pub p99_ms: f64,
    /// CPU time of the watched process for each operation.
    pub cpu_ms: f64,
    /// Its memory at the end.
    pub rss_mb: f64,
}

impl Cell {
    /// From how long each operation took.
    pub fn of(mut took: Vec<Duration>, time: Duration, cpu: Duration, rss_mb: f64) -> Self {
        took.sort_unstable();
        let count = took.len().max(1) as f64;
        Self {
            per_s: took.len() as f64 / time.as_secs_f64(),
            p50_ms: percentile(&took, 0.5),
            p99_ms: percentile(&took, 0.99),
            cpu_ms: cpu.as_secs_f64() * 1_000.0 / count,
            rss_mb,
        }
    }

    /// The median of each figure.
    pub fn median(cells: &[Self]) -> Self {
        let of = |figure: fn(&Self) -> f64| median(cells.iter().map(figure).collect());
        Self {
            per_s: of(|cell| cell.per_s),
            p50_ms: of(|cell| cell.p50_ms),
            p99_ms: of(|cell| cell.p99_ms),
            cpu_ms: of(|cell| cell.cpu_ms),
            rss_mb: of(|cell| cell.rss_mb),
        }
    }
}

/// One load on the server and on what it is compared with, at a number of clients.
#[derive(Debug, Clone)]
pub struct Pair {
    pub clients: usize,
    pub ours: Cell,
    pub bare: Cell,
}

/// In milliseconds, of sorted times.
pub fn percentile(sorted: &[Duration], part: f64) -> f64 {
    let at = (sorted.len() as f64 * part) as usize;
    sorted.get(at.min(sorted.len().saturating_sub(1))).map_or(0.0, Duration::as_secs_f64) * 1_000.0
}

pub fn median(mut values: Vec<f64>) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}

/// One part of another; nothing of nothing is nothing.
pub fn ratio(one: f64, other: f64) -> f64 {
    if other > 0.0 { one / other } else { 0.0 }
}
