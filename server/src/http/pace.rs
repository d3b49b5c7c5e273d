//! How often one caller may ask: per phone where there is a device cookie, else per network address, and per address
//! in any case, since thousands of phones share one behind a carrier. Figures are settings.

use crate::config::Limits;
use crate::error::Error;
use crate::http::caller;
use crate::state::App;
use actix_web::{HttpRequest, web};
use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use okini_shared::api::Pace;
use okini_shared::problem::{Code, Problem};
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU32, Ordering};

/// One limiter for each pace and one for addresses.
pub struct Paces {
    read: DefaultKeyedRateLimiter<String>,
    write: DefaultKeyedRateLimiter<String>,
    claim: DefaultKeyedRateLimiter<String>,
    guess: DefaultKeyedRateLimiter<String>,
    notify: DefaultKeyedRateLimiter<String>,
    address: DefaultKeyedRateLimiter<String>,
    checks: AtomicU32,
}

impl Paces {
    /// With the figures of the settings.
    pub fn new(limits: &Limits) -> Self {
        Self {
            read: limiter(limits.read_per_minute, limits.read_burst),
            write: limiter(limits.write_per_minute, limits.write_burst),
            claim: limiter(limits.claim_per_minute, limits.claim_burst),
            guess: limiter(limits.guess_per_minute, limits.guess_burst),
            notify: limiter(limits.notify_per_minute, limits.notify_burst),
            address: limiter(limits.address_per_minute, limits.address_burst),
            checks: AtomicU32::new(0),
        }
    }

    fn of(&self, pace: Pace) -> &DefaultKeyedRateLimiter<String> {
        match pace {
            Pace::Read => &self.read,
            Pace::Write => &self.write,
            Pace::Claim => &self.claim,
            Pace::Guess => &self.guess,
            Pace::Notify => &self.notify,
        }
    }

    /// Forgets callers that have long been quiet, now and then, so that memory stays bounded.
    fn tidy(&self) {
        if self.checks.fetch_add(1, Ordering::Relaxed).is_multiple_of(10_000) {
            for limiter in [&self.read, &self.write, &self.claim, &self.guess, &self.notify, &self.address] {
                limiter.retain_recent();
            }
        }
    }
}

fn limiter(per_minute: u32, burst: u32) -> DefaultKeyedRateLimiter<String> {
    let at_least_one = |n: u32| NonZeroU32::new(n).unwrap_or(NonZeroU32::MIN);
    RateLimiter::keyed(Quota::per_minute(at_least_one(per_minute)).allow_burst(at_least_one(burst)))
}

/// The check itself.
pub struct Paced;

impl Paced {
    /// Refuses a caller that asks too often, and says after how many seconds to come back.
    pub fn check(request: &HttpRequest, pace: Pace) -> Result<(), Error> {
        let (paces, app) = Self::parts(request)?;
        paces.tidy();
        let address = caller::network(request, app);
        // Guessing is counted by address alone: a guesser would just send no cookie.
        let key = match pace {
            Pace::Guess | Pace::Notify => address.clone(),
            // Staff share the network with their guests: who is signed in is counted by himself.
            Pace::Read | Pace::Write | Pace::Claim => caller::signed_session(request, app)
                .or_else(|| caller::device(request))
                .unwrap_or_else(|| address.clone()),
        };
        pass(&paces.address, &address)?;
        if pace == Pace::Claim {
            // Each phone at the pace of writing, and all phones of a network together: whoever invents cookies is many phones.
            pass(&paces.write, &key)?;
            return pass(&paces.claim, &address);
        }
        pass(paces.of(pace), &key)
    }

    /// Refuses guesses at one account from everywhere; whether there is such an account makes no difference.
    pub fn check_account(request: &HttpRequest, user: &str) -> Result<(), Error> {
        let (paces, _) = Self::parts(request)?;
        pass(&paces.guess, &format!("account {user}"))
    }

    fn parts(request: &HttpRequest) -> Result<(&web::Data<Paces>, &web::Data<App>), Error> {
        request
            .app_data::<web::Data<Paces>>()
            .zip(request.app_data::<web::Data<App>>())
            .ok_or_else(|| Error::unexpected("the application has no limits"))
    }
}

fn pass(limiter: &DefaultKeyedRateLimiter<String>, key: &String) -> Result<(), Error> {
    limiter.check_key(key).map_err(|early| {
        let seconds = early.wait_time_from(DefaultClock::default().now()).as_secs().saturating_add(1);
        Problem::new(Code::RateLimited).detail(format!("try again in {seconds} seconds")).into()
    })
}
