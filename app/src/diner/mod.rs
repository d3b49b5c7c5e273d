//! The diner's app: menu, item, cart, order, history.
//! Not here: what both apps share (`browser`, `net`, `router`, `ui`).

pub mod texts;
