//! Groups of services as they are written.

use schemars::JsonSchema;
use serde::Deserialize;

/// Services that are started, stopped and enabled together.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct Group {
    /// What the group is, in a few words.
    pub description: Option<String>,
    /// What starts the group; boot when absent.
    pub start: Option<Start>,
    /// What the services of the group may use together.
    pub limits: GroupLimits,
}

/// What the services of a group may use together.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct GroupLimits {
    /// The memory above which they are slowed down and their memory taken back, `512M`.
    pub memory_high: Option<String>,
    /// The memory above which they are killed, `1G`.
    pub memory_max: Option<String>,
    /// The processor time they may use, `150%` for one and a half processors.
    pub cpu_quota: Option<String>,
    /// Their share of the processors among others that want them, from 1 to 10000; 100 is usual.
    pub cpu_weight: Option<i64>,
    /// How many processes and threads they may have.
    pub tasks: Option<i64>,
    /// Their share of the disks among others that want them, from 1 to 10000; 100 is usual.
    pub io_weight: Option<i64>,
}

/// What starts a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Start {
    Boot,
    Manual,
}
