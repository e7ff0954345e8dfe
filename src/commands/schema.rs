//! `unitsmith schema`: what a manifest may say.

use crate::manifest::schema;

use super::{Outcome, Report};

/// Prints the JSON Schema of a manifest.
pub(super) fn run() -> Report {
    let stdout = format!("{:#}\n", schema::schema());
    Report { outcome: Outcome::Clean, stdout, stderr: String::new() }
}
