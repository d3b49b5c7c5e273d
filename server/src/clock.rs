//! What time it is and what is random, both injected: the only place that asks the machine.
//! Everything else takes a `Clock` or `Ids`, so that expiry, retries and signatures can be tested exactly.

use okini_shared::time::Millis;
use rand::rngs::{StdRng, SysRng};
use rand::{Rng, SeedableRng, TryRng};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// The time, real or set by a test.
#[derive(Debug, Clone)]
pub enum Clock {
    System,
    /// Stands still until a test moves it.
    Manual(Arc<AtomicI64>),
}

impl Clock {
    /// A clock that stands at `start`.
    pub fn manual(start: Millis) -> Self {
        Self::Manual(Arc::new(AtomicI64::new(start.get())))
    }

    /// The time now.
    pub fn now(&self) -> Millis {
        match self {
            Self::System => system_now(),
            Self::Manual(ms) => Millis::new(ms.load(Ordering::SeqCst)),
        }
    }

    /// Moves a manual clock; a real one cannot be moved.
    pub fn advance(&self, ms: i64) {
        if let Self::Manual(now) = self {
            now.fetch_add(ms, Ordering::SeqCst);
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "the one place that asks the machine for the time")]
fn system_now() -> Millis {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    Millis::new(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

/// Ids and secrets: time-ordered UUIDs and random bytes.
#[derive(Debug, Clone)]
pub struct Ids {
    clock: Clock,
    source: Arc<Source>,
    last: Arc<Mutex<(i64, u16)>>,
}

#[derive(Debug)]
enum Source {
    System,
    Seeded(Box<Mutex<StdRng>>),
}

impl Ids {
    /// Ids from the machine's randomness.
    pub fn system(clock: Clock) -> Self {
        Self { clock, source: Arc::new(Source::System), last: Arc::default() }
    }

    /// The same ids for the same seed and order of calls.
    pub fn seeded(clock: Clock, seed: u64) -> Self {
        let rng = StdRng::seed_from_u64(seed);
        Self { clock, source: Arc::new(Source::Seeded(Box::new(Mutex::new(rng)))), last: Arc::default() }
    }

    /// A UUIDv7 as a number, to be wrapped by one of the typed ids. Ids of one process are strictly increasing: within
    /// a millisecond the twelve bits after the version count up (RFC 9562, method 1).
    pub fn uuid(&self) -> u128 {
        let (ms, count) = self.tick();
        let mut random = [0_u8; 10];
        self.fill(&mut random);
        if let Some((head, _)) = random.split_first_chunk_mut::<2>() {
            *head = count.to_be_bytes();
        }
        let ms = u64::try_from(ms).unwrap_or_default();
        uuid::Builder::from_unix_timestamp_millis(ms, &random).into_uuid().as_u128()
    }

    /// The millisecond and the count within it; runs ahead of the clock rather than repeat.
    fn tick(&self) -> (i64, u16) {
        const MOST: u16 = 0x0fff;
        let now = self.clock.now().get();
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        *last = match *last {
            (ms, _) if now > ms => (now, 0),
            (ms, MOST) => (ms.saturating_add(1), 0),
            (ms, count) => (ms, count.saturating_add(1)),
        };
        *last
    }

    /// Random bytes for tokens, nonces and salts.
    pub fn fill(&self, bytes: &mut [u8]) {
        match &*self.source {
            Source::System => fill_from_system(bytes),
            Source::Seeded(rng) => rng.lock().unwrap_or_else(PoisonError::into_inner).fill_bytes(bytes),
        }
    }

    /// A secret of 256 bits in 64 hex digits.
    pub fn secret(&self) -> String {
        let mut bytes = [0_u8; 32];
        self.fill(&mut bytes);
        hex(&bytes)
    }

    /// An unguessable token of 128 bits in 32 hex digits.
    pub fn token(&self) -> String {
        let mut bytes = [0_u8; 16];
        self.fill(&mut bytes);
        hex(&bytes)
    }

    /// A code for a QR: eight letters without lookalikes, all equally likely.
    pub fn code(&self) -> String {
        use okini_shared::rules::facility::{CODE_ALPHABET, CODE_LENGTH};
        let mut code = String::with_capacity(CODE_LENGTH);
        while code.len() < CODE_LENGTH {
            let mut byte = [0_u8];
            self.fill(&mut byte);
            // 240 is the largest multiple of 30 in a byte: above it some letters would be likelier.
            if let [b @ 0..240] = byte
                && let Some(letter) = CODE_ALPHABET.get(usize::from(b) % CODE_ALPHABET.len())
            {
                code.push(char::from(*letter));
            }
        }
        code
    }
}

#[expect(clippy::expect_used, reason = "without randomness no token is safe: stop rather than go on")]
fn fill_from_system(bytes: &mut [u8]) {
    SysRng.try_fill_bytes(bytes).expect("the system's randomness failed");
}

/// Lower-case hex.
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |value: u8| DIGITS.get(usize::from(value & 15)).copied().map_or('0', char::from);
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(*byte)]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_increase_within_and_across_milliseconds() {
        let clock = Clock::manual(Millis::new(1_000));
        let ids = Ids::seeded(clock.clone(), 1);
        let mut made: Vec<u128> = (0..10_000).map(|_| ids.uuid()).collect();
        clock.advance(1);
        made.push(ids.uuid());
        clock.advance(-500);
        made.push(ids.uuid());
        assert!(made.is_sorted() && made.windows(2).all(|pair| pair[0] != pair[1]));
    }

    #[test]
    fn codes_are_readable() {
        let ids = Ids::system(Clock::System);
        for _ in 0..200 {
            assert_eq!(okini_shared::rules::facility::canonical_code(&ids.code()).as_ref().map(String::len), Some(8));
        }
    }
}
