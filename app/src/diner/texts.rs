//! The diner's texts, generated from `locales/diner` by the build script.
//! Not here: the texts themselves.

include!(concat!(env!("OUT_DIR"), "/diner_texts.rs"));
