//! `unitsmith apply`, and what comes after it.

use std::path::Path;
use std::time::Duration;

use crate::apply::place::Manager;
use crate::cli;
use crate::disk;
use crate::disk::beneath::Lock;
use crate::disk::host::Host;
use crate::disk::store::{self, Kept, Store};
use crate::emit;
use crate::error::Error;
use crate::problem::Code;
use crate::systemctl::Systemctl;

use super::Report;

use self::perform::{Mode, OnFailure, Site};
use self::wanted::{KeepLock, Timer, Wanted, problem, wanted};

mod activate;
mod perform;
pub(super) mod reconcile;
pub(super) mod remove;
pub(super) mod rollback;
pub(super) mod status;
mod wanted;

/// Makes a host what the manifest says.
pub(super) fn run(arguments: cli::Apply) -> Result<Report, Error> {
    let cli::Apply { wanted: source, on, wait, rollback_on_failure, install_timer, dry_run } =
        arguments;
    let (site, said) = open(&on, &wait)?;
    let (mode, lock) = match (dry_run, rollback_on_failure) {
        (true, _) => (Mode::Shown, KeepLock::No),
        (false, true) => (Mode::Done(OnFailure::GoBack), KeepLock::Yes),
        (false, false) => (Mode::Done(OnFailure::Stay), KeepLock::Yes),
    };
    let timer = if install_timer || has_timer(&site.host)? { Timer::Wanted } else { Timer::None };
    // Neither needs the other: one processor reads the manifest while another looks at the host.
    let wanted = || wanted(&source, site.host.manager(), lock, timer);
    let (wanted, seen) = rayon::join(wanted, || perform::look(&site));
    match wanted? {
        Ok(Wanted { tree, talk }) => perform::perform(&site, seen?, tree, mode, said + &talk),
        Err(report) => Ok(report),
    }
}

/// Whether a run before has installed the timer, which stays until all goes.
fn has_timer(host: &Host) -> Result<bool, Error> {
    let timer = wanted::upkeep_path(host.manager(), &format!("{}.timer", emit::UPKEEP));
    Ok(match store::read(host)? {
        Kept::Inventory(inventory) => inventory.places.iter().any(|it| it.to_string() == timer),
        Kept::Nothing | Kept::Damaged(_) => false,
    })
}

/// Opens what a host knows of itself for nobody else, until the last job of systemd is done.
fn open_store(site: &Site) -> Result<(Store, Lock), Error> {
    let (store, lock) = Store::open(&site.host)?;
    hold(site, &lock)?;
    Ok((store, lock))
}

fn hold(site: &Site, lock: &Lock) -> Result<(), Error> {
    if let Some(systemd) = &site.systemd {
        systemd.hold(lock.share()?);
    }
    Ok(())
}

/// Opens the host that is meant, with what there is to say of it.
fn open(on: &cli::On, wait: &cli::Wait) -> Result<(Site, String), Error> {
    let cli::On { root, user } = on;
    let limit = Duration::from_secs(wait.wait);
    let manager = if *user { Manager::Account { home: home()? } } else { Manager::System };
    if let Some(root) = root {
        let host = Host::open(root, manager)?;
        return Ok((Site { host, systemd: None, limit }, String::new()));
    }
    let Some(systemd) = Systemctl::find(&manager) else {
        let whose = if *user { "no systemd of this account" } else { "no systemd" };
        return Err(Error::new(
            format!("{whose} runs here"),
            "`--root DIR` changes the files of a host on which nothing runs",
        ));
    };
    let said = if *user { of_account() } else { String::new() };
    Ok((Site { host: Host::open(Path::new("/"), manager)?, systemd: Some(systemd), limit }, said))
}

/// Says so where the services of an account end when it logs out.
fn of_account() -> String {
    let name = std::env::var("USER").or_else(|_| std::env::var("LOGNAME")).unwrap_or_default();
    if name.is_empty() || disk::is_file(&Path::new("/var/lib/systemd/linger").join(&name)) {
        return String::new();
    }
    let message = format!("the services of `{name}` end when it logs out");
    let hint = format!("`loginctl enable-linger {name}` lets them run from boot on");
    format!("{}\n\n", problem(Code::NoLinger, message).hint(hint))
}

/// The home directory of whoever runs this.
fn home() -> Result<String, Error> {
    let home = std::env::var("HOME").ok().filter(|it| Path::new(it).is_absolute());
    home.ok_or_else(|| {
        Error::new("`HOME` does not say where the account has its units", "set it, as a login does")
    })
}
