//! SIGTERM while diners order: everything that was begun is answered, and nothing else is done.

use crate::house::{self, Folder, House, Outcome};
use okini_shared::api::order::Order;
use okini_tests::client::new_key;
use okini_tests::database::Database;
use okini_tests::stage::block_on;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Orders acknowledged before the signal.
const BEFORE: usize = 200;

#[test]
fn every_request_gets_a_whole_answer_or_was_never_begun() {
    block_on(async {
        let folder = Folder::new();
        let house = House::open(&folder.0).await;
        let acknowledged = Arc::new(AtomicUsize::new(0));
        let diners: Vec<_> = (0..16)
            .map(|_| tokio::spawn(order_until_refused(house.address.clone(), house.cart(), Arc::clone(&acknowledged))))
            .collect();
        let enough = async {
            while acknowledged.load(Ordering::Relaxed) < BEFORE {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(house::PATIENCE, enough).await.expect("orders are taken");
        assert!(house.terminate().await.success());

        let mut answered = BTreeSet::new();
        for diner in diners {
            answered.extend(diner.await.unwrap());
        }
        let database = Database::at(&format!("sqlite://{}", folder.0.join("okini.db").display()));
        let stored: BTreeSet<String> = database.texts("SELECT id FROM orders").await.into_iter().collect();
        assert_eq!(stored, answered, "stored and acknowledged are the same");
        assert!(house::output(house::okini("doctor", &folder.0)).await.status.success());
    });
}

/// Orders until nobody takes the connection any more; returns what was acknowledged.
async fn order_until_refused(
    address: String,
    cart: okini_shared::api::order::NewOrder,
    acknowledged: Arc<AtomicUsize>,
) -> Vec<String> {
    let mut orders = Vec::new();
    loop {
        match house::post_order(&address, &new_key(), &cart).await {
            // A connection that the kernel took but the server did not is reset when the listener closes.
            Outcome::Refused => return orders,
            Outcome::Nothing => {}
            answer => {
                orders.push(answer.json::<Order>(201).id.to_string());
                acknowledged.fetch_add(1, Ordering::Relaxed);
            }
        }
    }
}

#[test]
fn a_signal_right_after_the_ready_line_is_heard() {
    block_on(async {
        let folder = Folder::new();
        for _ in 0..10 {
            let mut command = house::okini("serve", &folder.0);
            command.args(["--port", "0"]);
            let program = okini_tests::program::Program::start(command).await.expect("okini starts");
            assert!(program.terminate().await.success());
        }
    });
}

#[test]
fn a_first_start_that_was_cut_off_does_not_stop_the_next() {
    block_on(async {
        let folder = Folder::new();
        for name in ["signing-key", "paypay-notify", "hosted-notify"] {
            std::fs::write(folder.0.join(format!("{name}.secret")), "").unwrap();
        }
        let house = House::open(&folder.0).await;
        assert!(house.terminate().await.success());
        let key = std::fs::read_to_string(folder.0.join("signing-key.secret")).unwrap();
        assert_eq!(key.trim().len(), 64);
    });
}
