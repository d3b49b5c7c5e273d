//! What diners want and what they were told: carts with their keys, orders they know, pages they were shown.
//! What the server made of it is in `books`.

use super::world::World;
use crate::coupons::with_coupons;
use crate::fixture;
use okini_shared::api::order::{NewOrder, Payment};
use okini_shared::id::{OrderId, PaymentId};
use okini_shared::time::{HOUR, Millis};
use rand::RngExt as _;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom as _;

/// What the coupon takes off, in yen: less than anything that can be ordered costs.
pub const OFF: i64 = 200;

/// Answers are repeated for at least so long.
const REPEATED: i64 = 23 * HOUR;

/// One cart that somebody wants to order.
pub struct Wish {
    pub key: String,
    pub device: String,
    pub new: NewOrder,
    pub told: Option<Told>,
    /// Requests to pay, each with a key of its own.
    pub requests: Vec<Request>,
}

/// A request to pay the order of a token, and the page that its answer named first.
pub struct Request {
    token: String,
    pub page: Option<PaymentId>,
}

/// What the diner was told of his order first.
#[derive(Clone)]
pub struct Told {
    pub id: OrderId,
    pub token: String,
    at: Millis,
}

impl Wish {
    /// Every second one with a coupon, whether or not there still is one.
    pub fn new(number: usize, world: &World, rng: &mut StdRng) -> Self {
        let shop = &world.town.shop;
        let mut lines = Vec::new();
        for _ in 0..rng.random_range(1..=3) {
            lines.push(match rng.random_range(0..6) {
                0 => shop.noodles.eat_in(rng.random_range(1..=3)),
                1 => shop.tea.takeout(rng.random_range(1..=2)),
                2 => fixture::with(shop.pork.eat_in(1), shop.regular),
                3 => fixture::with(fixture::with(shop.pork.takeout(1), shop.large), shop.toppings[0]),
                _ => shop.crab.eat_in(1),
            });
        }
        let device = format!("phone-{}", rng.random_range(0..3));
        let new = match number % 2 {
            0 => shop.cart(lines),
            _ => with_coupons(shop.cart(lines), &[world.campaign], OFF),
        };
        Self { key: format!("wish-{number}"), device, new, told: None, requests: Vec::new() }
    }

    /// An answer came: the same as before, as long as answers are kept.
    pub fn hear(&mut self, id: OrderId, token: String, now: Millis) {
        match &self.told {
            Some(told) if now.since(told.at) < REPEATED => {
                assert_eq!((told.id, &told.token), (id, &token), "{}: another order", self.key);
            }
            _ => self.told = Some(Told { id, token, at: now }),
        }
    }

    /// A new request to pay, or an earlier one for the same order once more.
    pub fn request(&mut self, token: &str, again: Option<&mut StdRng>) -> usize {
        let same = |(at, request): (usize, &Request)| (request.token == token).then_some(at);
        let earlier: Vec<usize> = self.requests.iter().enumerate().filter_map(same).collect();
        again.and_then(|rng| earlier.choose(rng).copied()).unwrap_or_else(|| {
            self.requests.push(Request { token: token.to_owned(), page: None });
            self.requests.len() - 1
        })
    }

    /// A page was named: one request leads to one page.
    pub fn hear_page(&mut self, at: usize, payment: &Payment) {
        let page = payment.url.as_ref().map(|url| url.rsplit('/').next().unwrap().parse().unwrap());
        let known = &mut self.requests[at].page;
        assert!(known.is_none() || page.is_none() || *known == page, "{}, request {at}: another page", self.key);
        *known = known.or(page);
    }
}
