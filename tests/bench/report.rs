//! The figures as tables on the terminal, as JSON and as plots. What they mean belongs to the parts.

use crate::boards::Boards;
use crate::claims::Claims;
use crate::figures::{Cell, Pair, ratio};
use crate::growth::Growth;
use crate::menu::Menus;
use crate::plan::Plan;
use crate::start::Start;
use crate::{machine, plot};
use serde_json::{Map, Value, json};

/// What was measured; nothing for parts that were not run.
pub struct Report {
    machine: Value,
    pub start: Option<Start>,
    pub menu: Option<Menus>,
    pub sqlite: Option<Vec<Pair>>,
    pub postgres: Option<Vec<Pair>>,
    /// One hot coupon, and beside it one for each diner.
    pub coupons_sqlite: Option<Vec<Pair>>,
    pub coupons_postgres: Option<Vec<Pair>>,
    pub claims: Vec<Claims>,
    pub growth: Option<Vec<Growth>>,
    pub boards: Option<Vec<Boards>>,
}

impl Report {
    pub fn new(plan: &Plan) -> Self {
        let mut machine = machine::describe();
        machine["quick"] = json!(plan.quick);
        Self {
            machine,
            start: None,
            menu: None,
            sqlite: None,
            postgres: None,
            coupons_sqlite: None,
            coupons_postgres: None,
            claims: Vec::new(),
            growth: None,
            boards: None,
        }
    }

    /// Prints the tables and writes `load.json` and the plots.
    pub fn write(&self, plan: &Plan) {
        println!("\nMachine: {}", self.machine);
        self.print();
        let text = serde_json::to_string_pretty(&self.json()).unwrap();
        std::fs::write(plan.folder.join("load.json"), text).unwrap();
        let menus = self.menu.as_ref();
        for (name, pairs) in [
            ("menu", menus.map(|menus| &menus.page)),
            ("paid-orders-sqlite", self.sqlite.as_ref()),
            ("paid-orders-postgres", self.postgres.as_ref()),
        ] {
            if let Some(pairs) = pairs {
                std::fs::write(plan.folder.join(format!("{name}.svg")), plot::svg(name, pairs)).unwrap();
            }
        }
        println!("\nJSON and plots: {}", plan.folder.display());
    }

    fn print(&self) {
        if let Some(menus) = &self.menu {
            let what = format!("Menu page, {} bytes of brotli; bare: the least that serves the same", menus.page_bytes);
            print_pairs(&what, &menus.page);
            let what = format!("Menu API, {} bytes of brotli; bare: the least that serves the same", menus.api_bytes);
            print_pairs(&what, &menus.api);
        }
        for (engine, pairs) in [("SQLite", &self.sqlite), ("PostgreSQL", &self.postgres)] {
            if let Some(pairs) = pairs {
                print_pairs(&format!("Paid orders on {engine}; bare: the same SQL in a loop"), pairs);
            }
        }
        for (engine, pairs) in [("SQLite", &self.coupons_sqlite), ("PostgreSQL", &self.coupons_postgres)] {
            if let Some(pairs) = pairs {
                print_pairs(
                    &format!("Paid orders with one hot coupon on {engine}; bare: with one for each diner"),
                    pairs,
                );
            }
        }
        self.claims.iter().for_each(Claims::print);
        for growth in self.growth.iter().flatten() {
            println!(
                "\n{}, beside 107 facilities and few orders; ready after {:.0} ms",
                growth.name, growth.cold_start_ms
            );
            for (what, [small, large]) in [("menu page", &growth.menu), ("paid order", &growth.orders)] {
                let ratio = |figure: fn(&Cell) -> f64| ratio(figure(large), figure(small));
                let (p99, cpu) = (ratio(|cell| cell.p99_ms), ratio(|cell| cell.cpu_ms));
                println!(
                    "  {what:<10} p99 {:.2} ms, {p99:.2} times; CPU {:.3} ms, {cpu:.2} times; {:.0} MB",
                    large.p99_ms, large.cpu_ms, large.rss_mb
                );
            }
        }
        if self.boards.is_some() {
            println!("\nOpen boards of one facility, 20 orders");
        }
        for board in self.boards.iter().flatten() {
            println!(
                "  {:>6} connected of {:>6} (opened in {:.1} s), {} of {} events, p50 {:.1} ms, p99 {:.1} ms, {:.0} MB, CPU {:.1} s",
                board.connected,
                board.boards,
                board.opened_s,
                board.delivered,
                board.expected,
                board.p50_ms,
                board.p99_ms,
                board.rss_mb,
                board.cpu_s
            );
        }
        if let Some(start) = &self.start {
            println!("\nReady after {:.0} ms on an empty folder; idle: {:.1} MB", start.empty_ms, start.idle_rss_mb);
        }
    }

    /// In the form that the README's figures are taken from.
    fn json(&self) -> Value {
        let growth = self.growth.as_deref();
        let of_growth = |growth: &Growth| {
            (growth.name.clone(), json!({"p99_ratio": growth.p99_ratio(), "cpu_ratio": growth.cpu_ratio()}))
        };
        let grown = growth.and_then(|all| all.iter().find(|growth| growth.name == "orders_1000000"));
        let hundred = self.boards.iter().flatten().find(|boards| boards.boards == 100);
        json!({
            "machine": self.machine,
            "paid_orders": {"sqlite": self.sqlite.as_deref().map(paid), "postgres": self.postgres.as_deref().map(paid)},
            "hot_coupon": {
                "sqlite": self.coupons_sqlite.as_deref().map(hot), "postgres": self.coupons_postgres.as_deref().map(hot),
            },
            "claims": self.claims.iter().map(Claims::json).collect::<Vec<_>>(),
            "menu": self.menu.as_ref().map(|menus| read(&menus.page)),
            "menu_api": self.menu.as_ref().map(|menus| read(&menus.api)),
            "growth": growth.map(|all| all.iter().map(of_growth).collect::<Map<_, _>>()),
            "boards": self.boards.as_ref().map(|all| all.iter().map(board).collect::<Map<_, _>>()),
            "order_to_board_p99_ms": hundred.map(|boards| boards.p99_ms),
            "cold_start_ms": {
                "empty": self.start.as_ref().map(|start| start.empty_ms),
                "orders_1000000": grown.map(|growth| growth.cold_start_ms),
            },
            "idle_rss_mb": self.start.as_ref().map(|start| start.idle_rss_mb),
            "web": null,
            "wasm_br_kb": null,
        })
    }
}

fn paid(pairs: &[Pair]) -> Value {
    let one = |Pair { clients, ours, bare }: &Pair| {
        let figures = json!({
            "per_s": ours.per_s, "p50_ms": ours.p50_ms, "p99_ms": ours.p99_ms, "cpu_ms": ours.cpu_ms,
            "ratio_to_sql": ratio(ours.per_s, bare.per_s), "sql_per_s": bare.per_s,
            "p50_ratio_to_sql": ratio(ours.p50_ms, bare.p50_ms), "rss_mb": ours.rss_mb,
        });
        (clients.to_string(), figures)
    };
    pairs.iter().map(one).collect::<Map<_, _>>().into()
}

fn hot(pairs: &[Pair]) -> Value {
    let one = |Pair { clients, ours, bare }: &Pair| {
        let figures = json!({
            "per_s": ours.per_s, "p50_ms": ours.p50_ms, "p99_ms": ours.p99_ms,
            "ratio_to_spread": ratio(ours.per_s, bare.per_s), "spread_per_s": bare.per_s,
        });
        (clients.to_string(), figures)
    };
    pairs.iter().map(one).collect::<Map<_, _>>().into()
}

fn read(pairs: &[Pair]) -> Value {
    let one = |Pair { clients, ours, bare }: &Pair| {
        let figures = json!({
            "per_s": ours.per_s, "p50_ms": ours.p50_ms, "p99_ms": ours.p99_ms, "cpu_us": ours.cpu_ms * 1_000.0,
            "ratio_to_minimal": ratio(ours.per_s, bare.per_s), "minimal_per_s": bare.per_s,
            "cpu_ratio_to_minimal": ratio(ours.cpu_ms, bare.cpu_ms), "rss_mb": ours.rss_mb,
        });
        (clients.to_string(), figures)
    };
    pairs.iter().map(one).collect::<Map<_, _>>().into()
}

fn board(boards: &Boards) -> (String, Value) {
    let figures = json!({
        "connected": boards.connected, "expected": boards.expected, "delivered": boards.delivered,
        "p50_ms": boards.p50_ms, "p99_ms": boards.p99_ms, "rss_mb": boards.rss_mb,
    });
    (boards.boards.to_string(), figures)
}

fn print_pairs(what: &str, pairs: &[Pair]) {
    println!("\n{what}");
    println!(
        "  clients |     per s     p50 ms    p99 ms   CPU ms     MB |  bare per s    p50 ms   CPU ms |  rate   p50   CPU"
    );
    for Pair { clients, ours, bare } in pairs {
        println!(
            "  {clients:>7} | {:>9.0} {:>10.3} {:>9.3} {:>8.4} {:>6.0} | {:>11.0} {:>9.3} {:>8.4} | {:>4.0} % {:>5.2} {:>5.2}",
            ours.per_s,
            ours.p50_ms,
            ours.p99_ms,
            ours.cpu_ms,
            ours.rss_mb,
            bare.per_s,
            bare.p50_ms,
            bare.cpu_ms,
            100.0 * ratio(ours.per_s, bare.per_s),
            ratio(ours.p50_ms, bare.p50_ms),
            ratio(ours.cpu_ms, bare.cpu_ms)
        );
    }
}
