//! Which screen of a facility a path means. Everything lives below the base `/f/CODE` or `/f/CODE/t/TOKEN`, so each
//! screen is also a plain page of the server. Not here: moving between them (`router`).

use okini_shared::id::ItemId;

/// A screen of a facility.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Route {
    Menu,
    /// A dish, as a sheet over the menu.
    Item(ItemId),
    /// What the diner cannot eat, as a sheet over the menu.
    Allergies,
    /// Language and display, as a sheet over the menu.
    Display,
    Cart,
}

impl Route {
    /// What `path` shows; the menu for anything unknown, because a wrong link should still feed people.
    pub(super) fn parse(base: &str, path: &str) -> Self {
        let Some(rest) = below(base, path) else { return Self::Menu };
        let mut parts = rest.split('/').filter(|part| !part.is_empty());
        match (parts.next(), parts.next(), parts.next()) {
            (Some("cart"), None, None) => Self::Cart,
            (Some("allergies"), None, None) => Self::Allergies,
            (Some("display"), None, None) => Self::Display,
            (Some("item"), Some(id), None) => id.parse().map_or(Self::Menu, Self::Item),
            _ => Self::Menu,
        }
    }

    /// The path of the screen.
    pub(super) fn path(self, base: &str) -> String {
        match self {
            Self::Menu => base.to_owned(),
            Self::Item(id) => format!("{base}/item/{id}"),
            Self::Allergies => format!("{base}/allergies"),
            Self::Display => format!("{base}/display"),
            Self::Cart => format!("{base}/cart"),
        }
    }
}

/// The part of `path` below `base`, if it is there. Codes are the same in capitals and small letters.
pub(super) fn below<'p>(base: &str, path: &'p str) -> Option<&'p str> {
    let (head, rest) = path.split_at_checked(base.len())?;
    (!base.is_empty() && head.eq_ignore_ascii_case(base) && (rest.is_empty() || rest.starts_with('/'))).then_some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    const BASE: &str = "/f/K7M2P9QX/t/ABCDEFGH";

    #[test]
    fn every_screen_has_its_path() {
        let item = ItemId::from_uuid(7);
        for route in [Route::Menu, Route::Item(item), Route::Allergies, Route::Display, Route::Cart] {
            assert_eq!(Route::parse(BASE, &route.path(BASE)), route);
        }
        assert_eq!(Route::parse(BASE, "/f/k7m2p9qx/t/abcdefgh/cart/"), Route::Cart);
    }

    #[test]
    fn what_nobody_knows_is_the_menu() {
        for path in ["/", "/f/K7M2P9QX", "/f/K7M2P9QX/t/ABCDEFGHcart", "/x/cart", "/f/K7M2P9QX/t/ABCDEFGH/item/itm_1"] {
            assert_eq!(Route::parse(BASE, path), Route::Menu, "{path}");
        }
        assert_eq!(Route::parse(BASE, "/f/K7M2P9QX/t/ABCDEFGH/cart/more"), Route::Menu);
    }

    #[test]
    fn a_neighbours_path_is_not_below() {
        assert_eq!(below(BASE, "/f/K7M2P9QX/t/ABCDEFGH"), Some(""));
        assert_eq!(below(BASE, "/f/K7M2P9QX/t/ABCDEFGHJ"), None);
        assert_eq!(below("", "/orders"), None);
    }
}
