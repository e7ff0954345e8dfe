//! `unitsmith apply`

use std::path::{Path, PathBuf};

use crate::apply::place::Manager;
use crate::cli;
use crate::disk::host::Host;
use crate::error::Error;

use super::Report;

use self::perform::Mode;
use self::wanted::{KeepLock, Wanted, wanted};

mod perform;
mod wanted;

/// Makes a host what the manifest says.
pub(super) fn run(arguments: cli::Apply) -> Result<Report, Error> {
    let cli::Apply { wanted: source, on, dry_run } = arguments;
    let host = open(&on)?;
    let (mode, lock) = match dry_run {
        true => (Mode::Shown, KeepLock::No),
        false => (Mode::Done, KeepLock::Yes),
    };
    match wanted(&source, host.manager(), lock)? {
        Ok(Wanted { tree, talk }) => perform::perform(&host, tree, mode, talk),
        Err(report) => Ok(report),
    }
}

/// Opens the host that is meant.
fn open(on: &cli::On) -> Result<Host, Error> {
    let cli::On { root, user } = on;
    let manager = if *user { Manager::Account { home: home()? } } else { Manager::System };
    let root: PathBuf = root.clone();
    Host::open(&root, manager)
}

/// The home directory of whoever runs this.
fn home() -> Result<String, Error> {
    let home = std::env::var("HOME").ok().filter(|it| Path::new(it).is_absolute());
    home.ok_or_else(|| {
        Error::new("`HOME` does not say where the account has its units", "set it, as a login does")
    })
}
