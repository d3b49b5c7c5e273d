//! Short of file handles: who is connected is served, others wait, and afterwards all is as before.

use crate::house::{self, Folder, House, Outcome};
use okini_shared::api::order::Order;
use okini_shared::problem::Code;
use okini_tests::stage::block_on;
use tokio::net::TcpStream;
use tokio::process::Command;

/// Handles that the server may have; half as many do for its start.
const HANDLES: usize = 120;

#[test]
fn without_file_handles_it_goes_on() {
    block_on(async {
        let folder = Folder::new();
        let mut plain = house::okini("demo", &folder.0);
        plain.args(["--port", "0"]);
        let plain = plain.as_std();
        let mut command = Command::new("sh");
        command.args(["-c", &format!("ulimit -n {HANDLES} && exec \"$0\" \"$@\"")]).arg(plain.get_program());
        command.args(plain.get_args()).env("RUST_LOG", "off");
        let house = House::start(command, &folder.0).await;
        let known: Order = house.order().await.json(201);

        let early = TcpStream::connect(&house.address).await.unwrap();
        let mut idle = Vec::new();
        for _ in 0..HANDLES {
            // The kernel takes all of them; the server cannot.
            idle.push(TcpStream::connect(&house.address).await.unwrap());
        }
        let answer = house.order_on(early).await;
        if !matches!(answer, Outcome::Answer { status: 201, .. }) {
            assert_eq!(answer.refusal().code, Code::StorageUnavailable);
        }
        drop(idle);
        house.has(&known).await;
        house.order().await.json::<Order>(201);
        assert!(house.terminate().await.success());
    });
}
