//! Writes one page of the diner's app as the server would: `page TEMPLATE < boot.json > page.html`.
//! For looking at screens without a server.

use std::io::{Error, Read, Write, stdin, stdout};
use std::{env, fs};

use okini_app::boot::Boot;
use okini_app::ssr::render;

fn main() -> Result<(), Error> {
    let template = fs::read_to_string(env::args().nth(1).unwrap_or_else(|| "app/diner.html".to_owned()))?;
    let mut json = String::new();
    stdin().read_to_string(&mut json)?;
    let boot: Boot = serde_json::from_str(&json)?;
    stdout().write_all(render(&template, &boot).as_bytes())
}
