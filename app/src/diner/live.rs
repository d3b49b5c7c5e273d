//! The menu stays true while it is open: the server says when it changed, then it is read again in place.
//! Not here: what a change means for the cart (`state`).

use std::sync::Arc;

use okini_shared::api::menu::{GetMenu, WatchMenu};

use super::state::Diner;
use crate::browser::clock;
use crate::net::stream::{Happening, Watch, watch};
use crate::net::{self, call, task};

/// Longer than two of the server's keep-alives.
const SILENCE_MS: i32 = 45_000;

/// Watches the menu for as long as the page lives.
pub(super) fn follow(d: Diner) {
    let mut lost = 0;
    let options = Watch { silence_ms: SILENCE_MS, token: None, query: String::new() };
    watch::<WatchMenu>(&[&d.code()], options, move |happening| match happening {
        Happening::Open => {
            lost = 0;
            d.online.set(true);
        }
        Happening::Event(event) => {
            if event.version != d.menu.with_untracked(|menu| menu.version) {
                refresh(d);
            }
        }
        Happening::Lost => {
            lost += 1;
            // One loss is ordinary: servers restart, phones change cells.
            if lost > 1 {
                d.online.set(false);
            }
        }
        Happening::Refused(_) => {}
    });
}

/// Reads the menu again.
pub(super) fn refresh(d: Diner) {
    let query = format!("lang={}", d.t.lang().tag());
    task(async move {
        let with = net::With { query: &query, ..net::With::default() };
        if let Ok(menu) = call::<GetMenu>(&[&d.code()], &(), with).await {
            d.menu.set(Arc::new(menu));
            d.now.set(clock::now());
            d.read_at.set(clock::now());
        }
    });
}
