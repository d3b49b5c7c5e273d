//! A PostgreSQL that acknowledges before its disk has it, as the tests' own does, is refused at the start.

use crate::house::{self, Folder};
use okini_tests::database::{Database, Engine};
use okini_tests::program::Program;
use okini_tests::stage::block_on;

#[test]
fn a_database_that_may_lose_writes_is_refused() {
    block_on(async {
        let folder = Folder::new();
        let database = Database::make(Engine::Postgres).await;
        let serve = || {
            let mut serve = house::okini("serve", &folder.0);
            serve.args(["--port", "0", "--database", &database.url]);
            serve
        };
        let refused = house::output(serve()).await;
        assert!(!refused.status.success());
        let words = String::from_utf8(refused.stderr).unwrap();
        assert!(words.contains("fsync is off"), "{words}");

        let settings = folder.0.join("okini.toml");
        let allowed = std::fs::read_to_string(&settings).unwrap() + "[database]\nmay_lose_writes = true\n";
        std::fs::write(&settings, allowed).unwrap();
        let program = Program::start(serve()).await.expect("tests may");
        assert!(program.terminate().await.success());
        database.remove().await;
    });
}
