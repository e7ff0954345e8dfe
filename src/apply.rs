//! What a host must do to become what a tree of generated files says.
//!
//! Everything here is a pure function of what is wanted, what was wanted before and what is found,
//! so that all of it is tested without a host; `disk` and `systemctl` do what it says.
//!
//! Invariant: no files, no programs.

pub mod file;
pub mod image;
pub mod inventory;
pub mod object;
pub mod place;
pub mod reconcile;
pub mod status;
pub mod tree;
pub mod unit;
