//! Booted Debian hosts, on which the units of unitsmith must do what they are for.
//!
//! Every host is thrown away; `README.md` has the table of what was found.

mod apply;
mod attempt;
mod client;
mod faults;
mod generated;
mod hardened;
mod install;
mod load;
mod machine;
mod matrix;
mod pods;
mod record;
mod secrets;
mod service;
mod setting;
mod sleepers;
mod typed;
mod verify;
mod waiting;
