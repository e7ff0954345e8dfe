//! The program itself, typed on hosts that run.

use std::sync::{Mutex, PoisonError};

use crate::support::Output;

use super::generated::{self, HOST};
use super::setting::Setting;

/// A service that is in their manifest alone.
pub(super) const MISSING: &str = "missing";

const PROGRAM: &str = "/usr/local/bin/unitsmith";
const MANIFEST: &str = "/etc/unitsmith/unitsmith.toml";

/// Puts the program and the manifest of the suite on a host, which tests do one after the other.
fn prepare(setting: &Setting) {
    static ALONE: Mutex<()> = Mutex::new(());
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    if setting.machine.file(MANIFEST).exists() {
        return;
    }
    setting.machine.install(PROGRAM, env!("CARGO_BIN_EXE_unitsmith"));
    let manifest = generated::manifest(setting.source);
    let missing = format!("[services.{MISSING}]\nexec.command = [\"/usr/bin/true\"]\n");
    setting.machine.write(MANIFEST, format!("{manifest}\n{missing}"));
}

impl Setting {
    /// Runs `verify` as the one to whom the services belong.
    pub(super) fn verify(&self, names: &[&str], more: &[&str]) -> Output {
        prepare(self);
        let manifest = ["--manifest", MANIFEST, "--host", HOST, "--json"];
        let user: &[&str] = if self.account.is_some() { &["--user"] } else { &[] };
        self.try_command(&[&[PROGRAM, "verify"], names, &manifest, user, more].concat())
    }

    /// Runs `try` as the one to whom the services belong.
    pub(super) fn attempt(&self, name: &str) -> Output {
        prepare(self);
        let asked = [PROGRAM, "try", name, MANIFEST, "--host", HOST, "--timeout", "5s"];
        self.try_command(&asked)
    }
}
