//! What a service may use, as it is written.

use schemars::JsonSchema;
use serde::Deserialize;

/// What a service may use.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct Limits {
    /// How many files each of its processes may have open.
    pub open_files: Option<i64>,
    /// How many processes its account may have.
    pub processes: Option<i64>,
    /// The memory above which it is slowed down and its memory taken back, `512M`.
    pub memory_high: Option<String>,
    /// The memory above which it is killed, `1G`.
    pub memory_max: Option<String>,
    /// The processor time it may use, `150%` for one and a half processors.
    pub cpu_quota: Option<String>,
    /// Its share of the processors among others that want them, from 1 to 10000; 100 is usual.
    pub cpu_weight: Option<i64>,
    /// How many processes and threads it may have.
    pub tasks: Option<i64>,
    /// Its share of the disks among others that want them, from 1 to 10000; 100 is usual.
    pub io_weight: Option<i64>,
    /// What happens to the service when the kernel kills one of its processes for want of memory.
    pub oom_policy: Option<OomPolicy>,
}

/// What happens to a service when the kernel kills one of its processes for want of memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum OomPolicy {
    /// It is stopped, and counts as failed.
    Stop,
    /// It goes on without the process.
    Continue,
    /// All its processes are killed.
    Kill,
}
