//! `unitsmith rollback`

use crate::cli;
use crate::disk::host::Host;
use crate::disk::store::{self, Kept};
use crate::error::Error;

use super::super::Report;
use super::open;
use super::perform::{self, Mode, OnFailure};

/// Makes a host what it was.
pub(crate) fn run(arguments: &cli::Rollback) -> Result<Report, Error> {
    let cli::Rollback { number, on, wait, dry_run } = arguments;
    let (site, said) = open(on, wait)?;
    let kept = store::generations(&site.host)?;
    let current = match store::read(&site.host)? {
        Kept::Inventory(inventory) => inventory.newest(),
        Kept::Nothing | Kept::Damaged(_) => None,
    };
    let before = kept.iter().rev().copied().find(|it| current.is_none_or(|current| *it < current));
    let Some(number) = number.or(before) else {
        return Err(Error::new(
            "there is no tree before this one",
            "`unitsmith apply` makes the host what a manifest says",
        ));
    };
    let tree = match store::tree(&site.host, number)? {
        Ok(tree) => tree,
        Err(why) => return Err(Error::new(why, others(&site.host, &kept)?)),
    };
    let mode = if *dry_run { Mode::Shown } else { Mode::Done(OnFailure::Stay) };
    let talk = format!("{said}tree {number}\n");
    perform::perform(&site, perform::look(&site)?, tree, mode, talk)
}

/// Which trees can be gone back to.
fn others(host: &Host, kept: &[u64]) -> Result<String, Error> {
    let mut whole = Vec::new();
    for number in kept {
        if store::tree(host, *number)?.is_ok() {
            whole.push(number.to_string());
        }
    }
    Ok(if whole.is_empty() {
        "no tree can be gone back to; `unitsmith apply` makes the host what a manifest says"
            .to_owned()
    } else {
        format!("`unitsmith rollback NUMBER` goes back to one of these: {}", whole.join(", "))
    })
}
