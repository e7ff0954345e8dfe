//! How podman finds out whether a container works.

use schemars::JsonSchema;
use serde::Deserialize;

/// The health check of a container.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct Health {
    /// A command inside the container that succeeds while it works.
    pub command: Vec<String>,
    /// Whether the check of the image is left undone.
    pub disable: bool,
    /// The pause between two checks; 30 s when absent.
    pub interval: Option<String>,
    /// How long a check may take; 30 s when absent.
    pub timeout: Option<String>,
    /// How many checks in a row must fail; 3 when absent.
    pub retries: Option<i64>,
    /// How long after the start a failure does not count.
    pub start_period: Option<String>,
    pub on_failure: Option<OnFailure>,
    pub startup: Startup,
    pub log: HealthLog,
}

/// What is done with a container that does not work; nothing when absent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum OnFailure {
    None,
    /// It is killed, and `restart` says what comes then.
    Kill,
    Stop,
}

/// The health check until the container has started.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct Startup {
    /// A command inside the container that succeeds once it has started.
    pub command: Vec<String>,
    /// The pause between two checks of the start; 30 s when absent.
    pub interval: Option<String>,
    /// How long a check of the start may take; 30 s when absent.
    pub timeout: Option<String>,
    /// How many checks may fail before podman starts the container again; any number when absent.
    pub retries: Option<i64>,
    /// How many checks must succeed; one when absent.
    pub success: Option<i64>,
}

/// What podman keeps of the checks.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct HealthLog {
    /// A directory of the host, `local` for podman's own, or `events_logger`.
    pub destination: Option<String>,
    /// How many checks are kept; 0 for all of them.
    pub max_count: Option<i64>,
    /// How many characters of each are kept; 0 for all of them.
    pub max_size: Option<i64>,
}
