//! `unitsmith rollback`

use crate::cli;
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
    let Some(generation) = store::generation(&site.host, number)? else {
        let kept: Vec<String> = kept.iter().map(ToString::to_string).collect();
        return Err(Error::new(
            format!("tree {number} is not kept"),
            format!("trees that are kept: {}", kept.join(", ")),
        ));
    };
    let mode = if *dry_run { Mode::Shown } else { Mode::Done(OnFailure::Stay) };
    let talk = format!("{said}tree {number}\n");
    perform::perform(&site, perform::look(&site)?, generation.tree, mode, talk)
}
