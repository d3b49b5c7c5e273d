//! The `okini` program.

fn main() {}
