//! The diner's app in the browser.

fn main() {
    okini_app::diner::start();
}
