//! Rates of fees by the command line, beside a running server.

use crate::house::{self, Folder, House};
use okini_tests::stage::block_on;

/// Whether it was done, and what was said.
async fn set(folder: &Folder, arguments: &[&str]) -> (bool, String) {
    let mut command = house::okini("fee set", &folder.0);
    command.args(arguments);
    let output = house::output(command).await;
    let said = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8(said).unwrap())
}

#[test]
fn a_rate_is_added_for_later() {
    block_on(async {
        let folder = Folder::new();
        let paypay = ["--consortium", "paypay", "--provider", "paypay", "--basis-points"];
        let (done, said) = set(&folder, &[&paypay[..], &["160"]].concat()).await;
        assert!(!done && said.contains("cannot be opened"), "{said}");

        let house = House::open(&folder.0).await;
        let (done, said) = set(&folder, &[&paypay[..], &["160", "--from", "2999-12-01"]].concat()).await;
        assert!(done && said.contains("1.98 %") && said.ends_with("paypay from 2999-12-01 0:00: 1.6 %\n"), "{said}");
        for (wrong, why) in [
            (&["160", "--from", "2000-01-01"][..], "begin in the future"),
            (&["10001"], "basis points"),
            (&["160", "--from", "1.12.2999"], "a day is written as"),
        ] {
            let (done, said) = set(&folder, &[&paypay[..], wrong].concat()).await;
            assert!(!done && said.contains(why), "{said}");
        }
        let nobody = ["--consortium", "x", "--provider", "stripe", "--basis-points", "1"];
        let (done, said) = set(&folder, &nobody).await;
        assert!(!done && said.contains("there is no consortium"), "{said}");
        house.order().await;
        assert!(house.terminate().await.success());
        assert!(house::output(house::okini("doctor", &folder.0)).await.status.success());
    });
}
