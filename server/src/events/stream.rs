//! Waking those who watch: open boards, open menus, open order pages. A wake says only what changed; the
//! watcher reads the state itself, so a lost wake costs a moment and never a fact.

use okini_shared::id::{FacilityId, OrderId};
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
}

impl Wake {
    /// Whose it is.
    pub const fn facility(self) -> FacilityId {
        match self {
            Self::Order { facility, .. } | Self::Menu { facility } | Self::Shop { facility } => facility,
        }
    }
}

/// Everybody who watches in this process.
#[derive(Debug, Clone)]
pub struct Hub(broadcast::Sender<Wake>);

impl Default for Hub {
    fn default() -> Self {
        Self(broadcast::channel(4_096).0)
    }
}

impl Hub {
    /// From now on all wakes; one that falls behind is told so and reads everything anew.
    pub fn watch(&self) -> broadcast::Receiver<Wake> {
        self.0.subscribe()
    }

    /// Tells all watchers. Nobody watching is no error.
    pub fn send_all(&self, wakes: Vec<Wake>) {
        for wake in wakes {
            let _ = self.0.send(wake);
        }
    }
}
