//! What a service may use.

use super::quantity::{Percent, Size};

/// The limits of a service; what is `None` is left to the host.
///
/// All but the first two are those of the unit, a container's no less than a process'.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Limits {
    /// How many files each process may have open.
    pub open_files: Option<u64>,
    /// How many processes the account may have.
    pub processes: Option<u64>,
    pub memory_high: Option<Size>,
    pub memory_max: Option<Size>,
    pub cpu_quota: Option<Percent>,
    /// From 1 to 10000.
    pub cpu_weight: Option<u64>,
    pub tasks: Option<u64>,
    /// From 1 to 10000.
    pub io_weight: Option<u64>,
    pub oom_policy: Option<OomPolicy>,
}

/// What happens to a service when the kernel kills one of its processes for want of memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OomPolicy {
    Stop,
    Continue,
    Kill,
}

impl OomPolicy {
    /// The policy as systemd spells it.
    pub fn as_str(self) -> &'static str {
        match self {
            OomPolicy::Stop => "stop",
            OomPolicy::Continue => "continue",
            OomPolicy::Kill => "kill",
        }
    }
}
