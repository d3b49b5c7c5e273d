//! The console's texts, generated from `locales/console` by the build script.
//! Not here: the texts themselves.

include!(concat!(env!("OUT_DIR"), "/console_texts.rs"));
