//! The icons: one path each on a 24 by 24 grid, drawn with the text's colour. Always next to a word or on a button
//! with a name, therefore hidden from screen readers. Not here: the shop's noren.

use super::{El, el};

macro_rules! icons {
    ($($name:ident $path:literal,)*) => {
        /// What an icon shows.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Icon { $(#[doc = stringify!($name)] $name,)* }

        impl Icon {
            const fn path(self) -> &'static str {
                match self { $(Self::$name => $path,)* }
            }
        }
    };
}

icons! {
    Alert "M12 4L2.8 19.5h18.4zM12 10v4.5M12 17v.2",
    Back "M15 5l-7 7 7 7",
    Bag "M5 8h14l-1 12.500H6zM9 8V6.500a3 3 0 0 1 6 0V8",
    Bell "M4 17h16M6 17v-5a6 6 0 0 1 12 0v5M12 6V4M10 20.5h4",
    Bowl "M3 11h18c0 5-3.500 8-6 8.500h-6C6.500 19 3 16 3 11zM9 7.500c-1-1.500 1-2 0-3.500M14 7.500c-1-1.500 1-2 0-3.500",
    Check "M5 12.5l4.5 4.5L19 7",
    Clock "M3 12a9 9 0 1 0 18 0a9 9 0 1 0-18 0M12 7v5l3.5 2",
    Close "M6 6l12 12M18 6L6 18",
    Down "M6 9l6 6 6-6",
    Eye "M2.500 12S6 5.500 12 5.500 21.500 12 21.500 12 18 18.500 12 18.500 2.500 12 2.500 12zM9 12a3 3 0 1 0 6 0a3 3 0 1 0-6 0",
    Filter "M4 6h16M7 12h10M10 18h4",
    Fire "M12 3c1 4 5 5.500 5 10.500a5 5 0 0 1-10 0C7 11 8.500 10 9 8c1 .8 1.700 1.600 2 3 1-2 1.500-5 1-8z",
    Forward "M9 5l7 7-7 7",
    Globe "M3 12a9 9 0 1 0 18 0a9 9 0 1 0-18 0M3 12h18M12 3c3 3 3.6 6 3.6 9s-.6 6-3.6 9c-3-3-3.6-6-3.6-9S9 6 12 3z",
    History "M4 5v5h5M4.500 10A8 8 0 1 1 4 13M12 8v4.500l3 2",
    Info "M3 12a9 9 0 1 0 18 0a9 9 0 1 0-18 0M12 11v5.500M12 7.500v.2",
    Leave "M13 4h7v7M20 4l-9 9M17 14v5H5V7h5",
    Lock "M7 11h10a2 2 0 0 1 2 2v5a2 2 0 0 1-2 2H7a2 2 0 0 1-2-2v-5a2 2 0 0 1 2-2zM8 11V8a4 4 0 0 1 8 0v3",
    Minus "M5 12h14",
    NoSignal "M3 3l18 18M5 12.5c1-1 2.2-1.8 3.5-2.3M2 9c1.6-1.5 3.4-2.6 5.4-3.3M12 5c3.8 0 7.3 1.5 10 4M15 10.5c1.5.4 2.9 1.1 4 2M8.5 16a5 5 0 0 1 5.5-.8M12 20v.1",
    Plus "M12 5v14M5 12h14",
    Refresh "M20 11a8 8 0 0 0-14.500-3.500L3.500 10M4 13a8 8 0 0 0 14.500 3.500l2-2.500M3.500 5v5h5M20.500 19v-5h-5",
    Search "M4 11a7 7 0 1 0 14 0a7 7 0 1 0-14 0M20 20l-4-4",
    Shield "M12 3l7.500 2.500V12c0 4.500-3 7.500-7.500 9-4.500-1.500-7.500-4.500-7.500-9V5.500zM8.500 12l2.500 2.500 4.500-5",
    Ticket "M4 6h16v4a2 2 0 0 0 0 4v4H4v-4a2 2 0 0 0 0-4zM13 6v12",
}

impl Icon {
    /// The icon at the height of a line of body text.
    pub fn small(self) -> El {
        self.draw("icon icon--s")
    }

    /// The icon at its full size.
    pub fn full(self) -> El {
        self.draw("icon")
    }

    fn draw(self, class: &'static str) -> El {
        el("svg")
            .set("class", class)
            .set("viewBox", "0 0 24 24")
            .set("aria-hidden", "true")
            .kid(el("path").set("d", self.path()))
    }
}
