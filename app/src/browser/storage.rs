//! What the phone remembers between visits: JSON values under names in localStorage.
//! Not here: what they mean (each screen's own module).

use serde::Serialize;
use serde::de::DeserializeOwned;
use web_sys::Storage;

fn storage() -> Option<Storage> {
    // Refused in some private windows: then the app forgets, and works.
    super::window().local_storage().ok().flatten()
}

/// The value of that name; nothing when there is none or it is of an older shape.
pub fn load<T: DeserializeOwned>(name: &str) -> Option<T> {
    let text = storage()?.get_item(name).ok()??;
    crate::json::from_str(&text).ok()
}

/// Remembers a value. A full or forbidden storage is not an error: the value lives on in memory.
pub fn save<T: Serialize>(name: &str, value: &T) {
    if let (Some(storage), Ok(text)) = (storage(), serde_json::to_string(value)) {
        drop(storage.set_item(name, &text));
    }
}

/// Forgets a value.
pub fn forget(name: &str) {
    if let Some(storage) = storage() {
        drop(storage.remove_item(name));
    }
}
