//! Waking those who watch: open boards, open menus, open order pages. A wake says only what changed; the
//! watcher reads the state itself, so a lost wake costs a moment and never a fact.

use okini_shared::id::{FacilityId, InvalidId, OrderId};
use std::fmt;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::str::FromStr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::broadcast;

/// Something changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wake {
    /// An order moved.
    Order { facility: FacilityId, order: OrderId },
    /// The menu or what is sold out.
    Menu { facility: FacilityId },
    /// The shop opened or closed.
    Shop { facility: FacilityId },
    /// Wakes may have been missed: everybody reads everything anew.
    Everything,
}

impl Wake {
    /// Whose it is, when it is about one facility.
    pub const fn facility(self) -> Option<FacilityId> {
        match self {
            Self::Order { facility, .. } | Self::Menu { facility } | Self::Shop { facility } => Some(facility),
            Self::Everything => None,
        }
    }
}

/// How wakes travel between servers: `order fac_... ord_...`.
impl fmt::Display for Wake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Order { facility, order } => write!(f, "order {facility} {order}"),
            Self::Menu { facility } => write!(f, "menu {facility}"),
            Self::Shop { facility } => write!(f, "shop {facility}"),
            Self::Everything => f.write_str("everything"),
        }
    }
}

impl FromStr for Wake {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        let mut words = text.split(' ');
        let kind = words.next().unwrap_or_default();
        let mut next = || words.next().unwrap_or_default();
        Ok(match kind {
            "order" => Self::Order { facility: next().parse()?, order: next().parse()? },
            "menu" => Self::Menu { facility: next().parse()? },
            "shop" => Self::Shop { facility: next().parse()? },
            _ => Self::Everything,
        })
    }
}

/// Counters that facilities share by chance: a change of one makes a few others be read anew for nothing.
const MARKS: usize = 1_024;

/// Everybody who watches in this process.
#[derive(Debug, Clone)]
pub struct Hub {
    watchers: Arc<Mutex<Option<broadcast::Sender<Wake>>>>,
    marks: Arc<[AtomicU64]>,
}

impl Default for Hub {
    fn default() -> Self {
        let watchers = Arc::new(Mutex::new(Some(broadcast::channel(4_096).0)));
        Self { watchers, marks: (0..MARKS).map(|_| AtomicU64::new(0)).collect() }
    }
}

impl Hub {
    /// From now on all wakes; one that falls behind is told so and reads everything anew.
    pub fn watch(&self) -> broadcast::Receiver<Wake> {
        match &*self.watchers.lock().unwrap_or_else(PoisonError::into_inner) {
            Some(sender) => sender.subscribe(),
            None => broadcast::channel(1).1,
        }
    }

    /// Tells all watchers. Nobody watching is no error.
    pub fn send_all(&self, wakes: Vec<Wake>) {
        if wakes.is_empty() {
            return;
        }
        self.mark_all(&wakes);
        if let Some(sender) = &*self.watchers.lock().unwrap_or_else(PoisonError::into_inner) {
            for wake in wakes {
                let _ = sender.send(wake);
            }
        }
    }

    /// Changes with every change of what a facility's guests see. What was read after asking for it is good while it
    /// stays the same.
    pub fn mark(&self, facility: FacilityId) -> u64 {
        self.counter(facility).map_or(0, |mark| mark.load(Ordering::Acquire))
    }

    /// Makes what was kept of these be read anew, before anybody is told that the change is made.
    fn mark_all(&self, wakes: &[Wake]) {
        for wake in wakes {
            match wake {
                Wake::Order { .. } => {}
                Wake::Menu { facility } | Wake::Shop { facility } => {
                    self.counter(*facility).map(|mark| mark.fetch_add(1, Ordering::Release));
                }
                Wake::Everything => self.marks.iter().for_each(|mark| {
                    mark.fetch_add(1, Ordering::Release);
                }),
            }
        }
    }

    fn counter(&self, facility: FacilityId) -> Option<&AtomicU64> {
        let mut hasher = DefaultHasher::new();
        facility.hash(&mut hasher);
        let at = usize::try_from(hasher.finish() & 0xffff).unwrap_or_default();
        self.marks.get(at % MARKS)
    }

    /// Whether anybody may still watch.
    pub fn is_open(&self) -> bool {
        self.watchers.lock().unwrap_or_else(PoisonError::into_inner).is_some()
    }

    /// Ends all streams, so that a stopping server need not wait for them.
    pub fn close(&self) {
        self.watchers.lock().unwrap_or_else(PoisonError::into_inner).take();
    }
}
