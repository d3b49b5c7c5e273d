//! The staff's console. Being written.
