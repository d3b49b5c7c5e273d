//! The same load on a small register and on a large one, in turn: more facilities that nobody visits, and a year of orders.
//! The guests ask for the same shops everywhere; what differs is what else is stored.

use crate::client::drive;
use crate::figures::{Cell, ratio};
use crate::menu::{readers, request};
use crate::orders::{SHOPS, carts, diners};
use crate::plan::Plan;
use crate::site::{Place, Site};
use crate::{fill, start};
use std::sync::Arc;

/// Enough to see a slower statement, too few to wait for the processor most of the time.
const CLIENTS: usize = 8;

/// What a larger database costs, beside the small one.
pub struct Growth {
    pub name: String,
    pub menu: [Cell; 2],
    pub orders: [Cell; 2],
    pub cold_start_ms: f64,
}

impl Growth {
    /// The worse of both loads.
    pub fn p99_ratio(&self) -> f64 {
        self.worse(|cell| cell.p99_ms)
    }

    pub fn cpu_ratio(&self) -> f64 {
        self.worse(|cell| cell.cpu_ms)
    }

    fn worse(&self, figure: fn(&Cell) -> f64) -> f64 {
        let of = |[small, large]: &[Cell; 2]| ratio(figure(large), figure(small));
        of(&self.menu).max(of(&self.orders))
    }
}

/// A server and who visits it.
struct Town {
    site: Site,
    menus: Arc<Vec<(String, Vec<u8>)>>,
    carts: Arc<Vec<String>>,
}

impl Town {
    async fn open(place: &Place) -> Self {
        let site = place.demo().await;
        let codes = site.codes(SHOPS).await;
        let menus = codes.iter().map(|code| request(format!("/f/{code}"))).collect();
        let carts = carts(&site, &codes).await;
        Self { site, menus: Arc::new(menus), carts }
    }

    async fn menu(&self, plan: &Plan) -> Cell {
        drive(readers(self.site.address, &self.menus, CLIENTS).await, plan.time(), self.site.pid).await
    }

    async fn orders(&self, plan: &Plan) -> Cell {
        drive(diners(&self.site, &self.carts, CLIENTS).await, plan.time(), self.site.pid).await
    }
}

pub async fn measure(plan: &Plan) -> Vec<Growth> {
    let (facilities, orders): (&[usize], usize) =
        if plan.quick { (&[10_000], 100_000) } else { (&[10_000, 100_000], 1_000_000) };
    let place = Place::make(plan, "sqlite", "small").await;
    let small = Town::open(&place).await;
    let mut results = Vec::new();
    for count in facilities {
        let large = grown(plan).await;
        fill::facilities(&large, *count).await;
        results.push(beside(plan, &small, large, format!("facilities_{count}")).await);
    }
    let large = grown(plan).await;
    fill::orders(&large, orders).await;
    results.push(beside(plan, &small, large, format!("orders_{orders}")).await);
    small.site.stop().await;
    place.remove();
    results
}

/// The demo programme, to be grown.
async fn grown(plan: &Plan) -> Place {
    let place = Place::make(plan, "sqlite", "large").await;
    place.demo().await.stop().await;
    place
}

async fn beside(plan: &Plan, small: &Town, place: Place, name: String) -> Growth {
    println!("  {name}: filled");
    let cold_start_ms = start::again(&place).await;
    let large = Town::open(&place).await;
    let (mut menu, mut orders) = ([Vec::new(), Vec::new()], [Vec::new(), Vec::new()]);
    for _ in 0..plan.rounds().max(2) + 1 {
        for (index, town) in [small, &large].into_iter().enumerate() {
            menu[index].push(town.menu(plan).await);
            orders[index].push(town.orders(plan).await);
        }
    }
    large.site.stop().await;
    place.remove();
    let medians = |cells: [Vec<Cell>; 2]| cells.map(|cells| Cell::median(&cells));
    Growth { name, menu: medians(menu), orders: medians(orders), cold_start_ms }
}
