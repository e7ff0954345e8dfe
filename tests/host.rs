//! Booted Debian hosts, on which the units of unitsmith must do what they are for.
//!
//! Every host is thrown away; `README.md` has the table of what was found.

mod alike;
mod apply;
mod attempt;
pub(crate) mod client;
mod faults;
mod generated;
mod hardened;
mod install;
mod load;
pub(crate) mod machine;
mod matrix;
mod pods;
mod probed;
mod record;
mod secrets;
pub(crate) mod service;
pub(crate) mod setting;
pub(crate) mod sleepers;
mod typed;
mod verify;
mod waiting;
