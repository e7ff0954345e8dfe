//! The daemon of the booted hosts, which is also tried without a host.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

use super::{Output, repository, run};

/// Returns the program, built once for all tests of a run.
pub(crate) fn built() -> &'static Path {
    static DAEMON: LazyLock<PathBuf> = LazyLock::new(|| {
        let built = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("daemon");
        let mut rustc = Command::new(std::env::var("RUSTC").unwrap_or("rustc".to_owned()));
        rustc.args(["--edition=2024", "-O", "-Cpanic=abort", "-Cstrip=symbols"]);
        rustc.args(["-Ctarget-feature=+crt-static", "-o"]).arg(&built);
        let Output { stderr, code, .. } = run(rustc.arg(repository().join("tests/host/daemon.rs")));
        assert_eq!(code, Some(0), "{stderr}");
        built
    });
    &DAEMON
}
