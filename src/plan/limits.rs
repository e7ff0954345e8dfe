//! What a service may use.

/// The limits of a service; what is `None` is left to the host.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Limits {
    /// How many files the service may have open.
    pub open_files: Option<u64>,
}
