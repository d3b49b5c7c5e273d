//! Waking those who watch: open boards, open menus, open order pages. A wake says only what changed; the
//! watcher reads the state itself, so a lost wake costs a moment and never a fact.

use okini_shared::id::{FacilityId, OrderId};
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
pub struct Hub(Arc<Mutex<Option<broadcast::Sender<Wake>>>>);

impl Default for Hub {
    fn default() -> Self {
        Self(Arc::new(Mutex::new(Some(broadcast::channel(4_096).0))))
    }
}

impl Hub {
    /// From now on all wakes; one that falls behind is told so and reads everything anew.
    pub fn watch(&self) -> broadcast::Receiver<Wake> {
        match &*self.0.lock().unwrap_or_else(PoisonError::into_inner) {
            Some(sender) => sender.subscribe(),
            None => broadcast::channel(1).1,
        }
    }

    /// Tells all watchers. Nobody watching is no error.
    pub fn send_all(&self, wakes: Vec<Wake>) {
        if wakes.is_empty() {
            return;
        }
        if let Some(sender) = &*self.0.lock().unwrap_or_else(PoisonError::into_inner) {
            for wake in wakes {
                let _ = sender.send(wake);
            }
        }
    }

    /// Ends all streams, so that a stopping server need not wait for them.
    pub fn close(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
    }
}
