//! A value that views follow: like Leptos's `RwSignal`, whose program is written once for each type (2 KB on a phone);
//! this one's is written once. Values are snapshots: whoever reads one keeps it whole while another is set.
//! Not here: what follows from values (`Memo`).

use std::any::Any;
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use leptos::prelude::*;
use wasm_bindgen::UnwrapThrowExt;

type Snapshot = Arc<dyn Any + Send + Sync>;

/// The value, and the bell that wakes its readers.
#[derive(Clone)]
struct Slot {
    value: Snapshot,
    bell: ArcTrigger,
}

/// A value that views follow, copied freely; it lives as long as the owner it was made in.
pub struct State<T> {
    slot: StoredValue<Slot>,
    kind: PhantomData<fn() -> T>,
}

impl<T> Clone for State<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for State<T> {}

impl<T> fmt::Debug for State<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("State")
    }
}

impl<T: Clone + Send + Sync + 'static> State<T> {
    /// With its first value.
    pub fn new(value: T) -> Self {
        Self { slot: make(Arc::new(value)), kind: PhantomData }
    }

    /// The value; whoever reads it here is run again when it changes.
    pub fn get(self) -> T {
        self.with(T::clone)
    }

    /// The value as it is now.
    pub fn get_untracked(self) -> T {
        self.with_untracked(T::clone)
    }

    /// Reads from the value; whoever reads it here is run again when it changes.
    pub fn with<U>(self, read: impl FnOnce(&T) -> U) -> U {
        track(self.slot);
        self.with_untracked(read)
    }

    /// Reads from the value as it is now.
    pub fn with_untracked<U>(self, read: impl FnOnce(&T) -> U) -> U {
        read(&self.value())
    }

    #[inline(never)]
    fn value(self) -> Arc<T> {
        // Only `new` and `set` fill the slot, with a T.
        snapshot(self.slot).downcast().ok().expect_throw("a T")
    }

    /// Sets another value. Nothing happens once the owner is gone.
    pub fn set(self, value: T) {
        put(self.slot, Arc::new(value));
    }

    /// Changes the value.
    pub fn update(self, change: impl FnOnce(&mut T)) {
        let mut value = self.get_untracked();
        change(&mut value);
        self.set(value);
    }
}

#[inline(never)]
fn make(value: Snapshot) -> StoredValue<Slot> {
    StoredValue::new(Slot { value, bell: ArcTrigger::new() })
}

#[inline(never)]
fn track(slot: StoredValue<Slot>) {
    slot.get_value().bell.track();
}

#[inline(never)]
fn snapshot(slot: StoredValue<Slot>) -> Snapshot {
    slot.get_value().value
}

#[inline(never)]
fn put(slot: StoredValue<Slot>, value: Snapshot) {
    let Some(Slot { bell, .. }) = slot.try_get_value() else { return };
    slot.set_value(Slot { value, bell: bell.clone() });
    bell.notify();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holds_changes_and_outlives_nothing() {
        let owner = Owner::new();
        let state = owner.with(|| State::new(vec![1]));
        owner.with(|| {
            let before = state.get_untracked();
            state.update(|list| list.push(2));
            assert_eq!((before, state.get_untracked()), (vec![1], vec![1, 2]));
        });
        drop(owner);
        state.set(vec![]);
    }
}
