//! Compares what the companies have in their books with what the server made of it, once everything has come to rest.

use crate::company::{Booked, Company};
use crate::diner::{BOTH, Diners};
use crate::faults::{Tapped, is_expected};
use crate::house::House;
use crate::modes::Mode;
use okini_shared::api::consortium::ListAllConcerns;
use okini_shared::api::path;
use okini_shared::api::redress::Concerns;
use okini_shared::api::session::Place;
use okini_shared::id::PaymentId;
use okini_shared::rules::order::OrderState;
use okini_tests::caller::Ask;
use std::collections::BTreeSet;
use std::time::Duration;

/// Refunds have to be through by then.
const RESTING: Duration = Duration::from_secs(120);

/// What was found in one mode.
#[derive(Default)]
pub struct Verdict {
    pub orders: usize,
    pub pages: usize,
    pub two_pages: usize,
    pub refunded: usize,
    pub twice: usize,
    pub with_staff: usize,
    pub lost: usize,
    pub given_away: usize,
    pub stuck: usize,
    pub unexpected: usize,
    pub unsound: usize,
    pub healed: Duration,
    pub slowest_tap: Duration,
    /// What was wrong, in words.
    pub words: Vec<String>,
}

impl Verdict {
    /// In one line.
    pub fn line(&self) -> String {
        format!(
            "{} orders, {} pages, {} refunded, {} with staff; two pages {}, twice {}, lost {}, stuck {}; {:.0} s",
            self.orders,
            self.pages,
            self.refunded,
            self.with_staff,
            self.two_pages,
            self.twice,
            self.lost + self.given_away,
            self.stuck,
            self.healed.as_secs_f64(),
        )
    }

    fn is_at_rest(&self) -> bool {
        self.twice + self.lost + self.given_away == 0
    }
}

/// Looks until all is as it must be, or it takes too long.
pub async fn judge(house: &House, company: &Company, diners: &Diners, mode: &Mode, tapped: &[Tapped]) -> Verdict {
    let begun = std::time::Instant::now();
    loop {
        let verdict = look(house, company, diners, mode, tapped).await;
        if verdict.is_at_rest() || begun.elapsed() > RESTING {
            return verdict;
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
}

async fn look(house: &House, company: &Company, diners: &Diners, mode: &Mode, tapped: &[Tapped]) -> Verdict {
    // What staff have is read first: nothing leaves their list but by their hands.
    let with_staff = with_staff(house).await;
    let mut books = Vec::new();
    for name in BOTH {
        books.extend(company.books(name).await);
    }
    let mut verdict = Verdict { orders: tapped.len(), pages: books.len(), ..Verdict::default() };
    for Tapped { order, taps } in tapped {
        let pages: Vec<&Booked> = books.iter().filter(|booked| booked.token() == order.token).collect();
        let submitted = diners.look(order).await.state == OrderState::Submitted;
        let kept: Vec<&&Booked> = pages.iter().filter(|page| page.is_kept()).collect();
        let known = kept.iter().filter(|page| with_staff.contains(&page.id)).count();
        let unknown = kept.len() - known;
        verdict.with_staff += known;
        verdict.refunded += pages.iter().filter(|page| page.paid && !page.is_kept()).count();
        let mut found = |count: &mut usize, what: &str| {
            *count += 1;
            verdict.words.push(format!("{} {what}: {pages:?} {taps:?}", order.id));
        };
        let side_by_side = pages.iter().enumerate().any(|(at, one)| pages[..at].iter().any(|other| one.beside(other)));
        if side_by_side {
            found(&mut verdict.two_pages, "could be paid on two pages");
        }
        if unknown > 1 {
            found(&mut verdict.twice, "was paid twice");
        }
        if unknown == 1 && !submitted {
            found(&mut verdict.lost, "was paid in vain");
        }
        if kept.is_empty() && submitted {
            found(&mut verdict.given_away, "was given away");
        }
        if !submitted && unknown == 0 && !(mode.misstates && known > 0) {
            found(&mut verdict.stuck, "could not be paid");
        }
        for tap in taps.iter().filter(|tap| !is_expected(tap)) {
            found(&mut verdict.unexpected, &format!("was answered {} {:?}", tap.status, tap.refusal));
        }
    }
    verdict
}

/// The payments that officers see as in need of them.
async fn with_staff(house: &House) -> BTreeSet<PaymentId> {
    let mut payments = BTreeSet::new();
    for (bearer, place) in house.sign_in("officer").await {
        let Place::Consortium { id, .. } = place else { panic!("officers belong to a consortium") };
        let path = path::<ListAllConcerns>(&[&id.to_string()]);
        let headers = [("authorization", bearer.as_str())];
        let concerns: Concerns = house.caller.ask(Ask::get(&path).with(&headers)).await.expect(200);
        payments.extend(concerns.concerns.into_iter().map(|concern| concern.payment));
    }
    payments
}
