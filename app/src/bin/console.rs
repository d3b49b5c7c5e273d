//! The staff's console in the browser.

fn main() {
    okini_app::console::start();
}
