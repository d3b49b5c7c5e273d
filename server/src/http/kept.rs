//! Bodies that are the same for every reader of one menu, compressed once for each coding and kept while the menu stays.
//! What they say belongs to pages and menus.

use super::assets::{Coding, compress};
use crate::domain::menu::Shop;
use actix_web::web::Bytes;
use okini_shared::text::Lang;
use okini_shared::time::{Millis, SECOND};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Bodies in memory: about ten kilobytes each. Beyond it one goes for each that comes.
const MOST: usize = 2_048;
/// A page says what time it is, by which its first painting judges what is sold out; the app then looks at the clock itself.
const OLDEST: i64 = 15 * SECOND;

/// Which body: its path in canonical form, its language, how it travels.
pub(super) type Name = (String, Lang, Coding);

struct Body {
    shop: Arc<Shop>,
    made_at: Millis,
    bytes: Bytes,
}

/// The bodies.
#[derive(Default)]
pub struct Kept(Mutex<HashMap<Name, Body>>);

impl Kept {
    /// The body of that name for this very state of the shop, made and compressed when it is not there.
    pub(super) fn body(&self, name: Name, shop: &Arc<Shop>, now: Millis, make: impl FnOnce() -> Vec<u8>) -> Bytes {
        if let Some(body) = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&name)
            && Arc::ptr_eq(&body.shop, shop)
            && (0..OLDEST).contains(&now.since(body.made_at))
        {
            return body.bytes.clone();
        }
        let bytes = Bytes::from(compress(name.2, make()));
        let body = Body { shop: Arc::clone(shop), made_at: now, bytes: bytes.clone() };
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= MOST
            && !kept.contains_key(&name)
            && let Some(other) = kept.keys().next().cloned()
        {
            kept.remove(&other);
        }
        kept.insert(name, body);
        bytes
    }
}
