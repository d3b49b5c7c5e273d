//! What tests share: the real server on a database of its own, people who use it, and what must hold at the end.
//! Not here: any test.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test stops at the first surprise; clippy knows tests only by their attribute"
)]

pub mod audit;
pub mod caller;
pub mod client;
pub mod coupons;
pub mod database;
pub mod diner;
pub mod fixture;
pub mod fuzz;
pub mod program;
pub mod raw;
pub mod scripted;
pub mod simulation;
pub mod sse;
pub mod staff;
pub mod stage;

/// Runs each of these tests on both engines: `on_both! { double_tap }` makes `double_tap::sqlite` and
/// `double_tap::postgres` of `async fn double_tap(stage: &Stage)`. Another way to run them than `stage::run` is named
/// first: `on_both! { run_bare: seeded }`.
#[macro_export]
macro_rules! on_both {
    ($runner:ident: $($test:ident)*) => {$(
        mod $test {
            #[test]
            fn sqlite() {
                $crate::stage::$runner($crate::database::Engine::Sqlite, super::$test);
            }

            #[test]
            fn postgres() {
                $crate::stage::$runner($crate::database::Engine::Postgres, super::$test);
            }
        }
    )*};
    ($($test:ident)*) => { $crate::on_both! { run: $($test)* } };
}
