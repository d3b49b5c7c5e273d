//! `okini account` and `okini reseal` beside a running server: what an operator types and reads.

use crate::house::{Folder, House, okini, output};
use okini_tests::stage::block_on;
use std::process::{Output, Stdio};
use tokio::io::AsyncWriteExt as _;
use tokio::process::Command;

const SECRETS: &str = "api_key=hk_nobody\nwebhook_secret=whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=\n";

fn words(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap() + &String::from_utf8(output.stderr.clone()).unwrap()
}

/// What it says when it goes well.
async fn said(command: Command) -> String {
    let output = output(command).await;
    assert!(output.status.success(), "{}", words(&output));
    words(&output)
}

/// The same with a stdin.
async fn told(mut command: Command, stdin: &str) -> Output {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(stdin.as_bytes()).await.unwrap();
    child.wait_with_output().await.unwrap()
}

#[test]
fn an_account_from_its_adding_to_its_end() {
    block_on(async {
        let folder = Folder::new();
        let data = &folder.0;
        let add = || {
            let mut add = okini("account add", data);
            add.args(["--consortium", "resona_busicom", "--provider", "hosted"]);
            add.args(["--base-url", "https://pay.example/okini", "--page-host", "pay.example"]);
            add
        };
        let early = told(add(), SECRETS).await;
        assert!(!early.status.success() && words(&early).contains("no sealing key"), "{}", words(&early));

        let house = House::open(data).await;
        let wrong = told(add(), "api_key=hk_nobody\n").await;
        assert!(!wrong.status.success() && !words(&wrong).contains("hk_nobody"), "{}", words(&wrong));
        let added = told(add(), SECRETS).await;
        assert!(added.status.success(), "{}", words(&added));
        let added = words(&added);
        let id = added.lines().find_map(|line| line.strip_prefix("Added: ")).unwrap().to_owned();
        let path = added.split_whitespace().find(|word| word.starts_with("/hooks/hosted/")).unwrap().to_owned();

        let list = said(okini("account list", data)).await;
        for part in [id.as_str(), "hosted of resona_busicom, 0 facilities", "https://pay.example/okini", &path] {
            assert!(list.contains(part), "{list}");
        }
        let mut reseal = okini("reseal", data);
        assert!(said(reseal).await.contains("0 secrets; 3 were under the present key"));
        // The sealing key is changed; the server would be started with both.
        let key = std::fs::read_to_string(data.join("sealing-key.secret")).unwrap();
        let settings = data.join("okini.toml");
        let keys = format!("[auth]\nsealing_key = \"{}\"\nprevious_sealing_key = \"{}\"\n", "x".repeat(40), key.trim());
        std::fs::write(&settings, std::fs::read_to_string(&settings).unwrap() + &keys).unwrap();
        reseal = okini("reseal", data);
        assert!(said(reseal).await.contains("Sealed anew: 3 secrets"));
        assert!(said(okini("doctor", data)).await.contains("Sound"));

        let mut disable = okini("account disable", data);
        disable.arg(&id);
        assert!(said(disable).await.contains("Disabled"));
        assert!(said(okini("account list", data)).await.contains("disabled"));
        assert!(house.terminate().await.success());
    });
}
