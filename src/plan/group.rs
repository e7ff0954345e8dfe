//! Services that are started and stopped together, and what they may use together.

use super::limits::Limits;

/// A group of services.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    pub description: Option<String>,
    pub start: Start,
    /// What its services may use together; the limits of single processes are not set.
    pub limits: Option<Limits>,
}

/// What starts a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Start {
    Boot,
    Manual,
}
