//! Everything that is tested through the library or the program, in one binary.
//!
//! Tests beside the code hold the parts; these hold what users see.

#![expect(clippy::unwrap_used, reason = "a test that panics has failed, which is what it is for")]

mod calendar;
mod cases;
mod cli;
mod containers;
mod equivalence;
mod escaping;
mod evaluation;
mod explain;
mod fields;
mod formats;
mod graph;
mod hardening;
mod hosts;
mod images;
mod lint;
mod load;
mod modules;
mod networks;
mod nix_text;
mod process_compose;
mod properties;
mod readme;
mod schema;
mod servers;
mod support;
mod tidy;
mod trial;
mod verify;
mod versions;
mod yaml_text;
