//! Every input that the fuzzer once found worth keeping, through the same doors.

use okini_tests::fuzz::{self, TARGETS};
use std::path::Path;

#[test]
fn replayed() {
    for (name, target) in TARGETS {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(name);
        let mut replayed = 0;
        for file in std::fs::read_dir(folder).unwrap() {
            target(&std::fs::read(file.unwrap().path()).unwrap());
            replayed += 1;
        }
        assert!(replayed > 0, "{name} has no corpus");
    }
    fuzz::close();
}
