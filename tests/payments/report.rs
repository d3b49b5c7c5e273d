//! Figures beside their bars: as a table and as JSON. How they come about belongs to the parts.

use crate::plan::Plan;
use serde_json::{Value, json};
use std::time::Duration;

/// What a figure must be.
#[derive(Debug, Clone, Copy)]
pub enum Bar {
    Below(f64),
    Is(f64),
    /// Only told.
    None,
}

/// One measured figure.
#[derive(Debug, Clone)]
pub struct Figure {
    part: &'static str,
    name: String,
    value: f64,
    unit: &'static str,
    bar: Bar,
}

impl Figure {
    /// A number of things.
    pub fn count(part: &'static str, name: impl Into<String>, count: usize, bar: Bar) -> Self {
        Self { part, name: name.into(), value: count as f64, unit: "", bar }
    }

    /// Milliseconds.
    pub fn ms(part: &'static str, name: impl Into<String>, took: Duration, bar: Bar) -> Self {
        Self { part, name: name.into(), value: took.as_secs_f64() * 1_000.0, unit: "ms", bar }
    }

    /// Seconds.
    pub fn seconds(part: &'static str, name: impl Into<String>, took: Duration, bar: Bar) -> Self {
        Self { part, name: name.into(), value: took.as_secs_f64(), unit: "s", bar }
    }

    /// Whether it is as it must be.
    pub fn holds(&self) -> bool {
        match self.bar {
            Bar::Below(most) => self.value < most,
            Bar::Is(wanted) => (self.value - wanted).abs() < f64::EPSILON,
            Bar::None => true,
        }
    }

    fn line(&self) -> String {
        let digits = if self.unit == "s" { 1 } else { 0 };
        let bar = match self.bar {
            Bar::Below(most) => format!("< {most:.0} {}", self.unit),
            Bar::Is(wanted) => format!("= {wanted:.0}"),
            Bar::None => String::new(),
        };
        let verdict = if self.holds() { "" } else { "MISSED" };
        let value = format!("{:.digits$} {}", self.value, self.unit);
        format!("{:9} {:74} {:>12}  {:10} {verdict}", self.part, self.name, value.trim(), bar.trim())
    }

    fn json(&self) -> Value {
        let bar = match self.bar {
            Bar::Below(most) => json!({"below": most}),
            Bar::Is(wanted) => json!({"is": wanted}),
            Bar::None => Value::Null,
        };
        json!({
            "part": self.part, "name": self.name, "value": self.value, "unit": self.unit, "bar": bar,
            "holds": self.holds(),
        })
    }
}

/// At so many parts of a hundred of these times.
pub fn percentile(took: &[Duration], part: usize) -> Duration {
    let mut sorted = took.to_vec();
    sorted.sort_unstable();
    let at = (sorted.len() * part).div_ceil(100).saturating_sub(1);
    sorted.get(at).copied().unwrap_or_default()
}

/// What the machine was doing before.
pub fn load() -> String {
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    load.split(' ').next().unwrap_or_default().to_owned()
}

/// Prints all, writes the JSON where it is wanted; whether every bar held.
pub fn tell(plan: &Plan, figures: &[Figure], load_before: &str, took: Duration) -> bool {
    println!("\n{:9} {:74} {:>12}  {:10}", "part", "what", "measured", "bar");
    figures.iter().for_each(|figure| println!("{}", figure.line()));
    let engine = if plan.cluster.is_some() { "postgres" } else { "sqlite" };
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let good = figures.iter().all(Figure::holds);
    let took = took.as_secs();
    println!(
        "\n{engine}, {cores} cores, load {load_before} before, {took} s: {}",
        if good { "all held" } else { "MISSED" }
    );
    if let Some(path) = &plan.json {
        let all = json!({
            "engine": engine, "cores": cores, "load_before": load_before, "quick": plan.quick, "took_s": took,
            "hang_s": plan.hang.as_secs(), "held": good,
            "figures": figures.iter().map(Figure::json).collect::<Vec<_>>(),
        });
        std::fs::write(path, format!("{all:#}\n")).unwrap();
    }
    good
}
