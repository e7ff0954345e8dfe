//! How it is found out whether a service can be used and whether it still works, as it is written.

use schemars::JsonSchema;
use serde::Deserialize;

use super::process::Word;

/// What shows that a service can be used, in exactly one way, and how often that is tried.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct Readiness {
    pub http: Option<Http>,
    /// Whether a connection is taken: `true` for the port of the service, or another place.
    pub tcp: Option<Tcp>,
    /// A command that succeeds, as a list of words; the container's own runs inside of it.
    pub exec: Vec<Word>,
    /// Whether the service says so itself, with `READY=1` of sd_notify(3).
    pub notify: bool,
    /// A text that is part of a line which the service prints.
    pub log: Option<String>,
    /// How long after the start the first try is made.
    pub initial_delay: Option<String>,
    /// The pause between two tries, `1s` when absent, `100ms` behind a proxy.
    pub period: Option<String>,
    /// How long one try may take, `1s` when absent; with `notify`, how long the service may take.
    pub timeout: Option<String>,
    /// How many tries in a row must succeed, 1 when absent.
    pub success_threshold: Option<i64>,
    /// How many tries may fail before the start has failed; as many as a minute has pauses when absent.
    pub failure_threshold: Option<i64>,
}

/// What shows that a service still works, in exactly one way; it is killed when it does not,
/// and `restart` says what comes then.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct Liveness {
    pub http: Option<Http>,
    /// Whether a connection is taken: `true` for the port of the service, or another place.
    pub tcp: Option<Tcp>,
    /// A command that succeeds, as a list of words; the container's own runs inside of it.
    pub exec: Vec<Word>,
    /// Whether the service says so itself, with `WATCHDOG=1` of sd_notify(3).
    pub notify: bool,
    /// How long after the service is ready the first try is made.
    pub initial_delay: Option<String>,
    /// The pause between two tries, `10s` when absent.
    pub period: Option<String>,
    /// How long one try may take, `1s` when absent; with `notify`, the longest silence, `30s` when absent.
    pub timeout: Option<String>,
    /// How many tries in a row may fail, 3 when absent.
    pub failure_threshold: Option<i64>,
}

/// A request that is answered.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct Http {
    /// What is asked for, `/` when absent.
    pub path: Option<String>,
    /// The port; that of the service when absent.
    pub port: Option<i64>,
    /// The address or name; where the service is reached when absent.
    pub host: Option<String>,
    /// The status of the answer; any from 200 to 399 when absent.
    pub status: Option<i64>,
}

/// A connection that is taken; the variants are named after shapes.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[schemars(untagged)]
pub enum Tcp {
    #[serde(rename = "a boolean")]
    Own(bool),
    #[serde(rename = "a table")]
    Said(SaidTcp),
}

/// Where a connection is taken.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct SaidTcp {
    /// The port; that of the service when absent.
    pub port: Option<i64>,
    /// The address or name; where the service is reached when absent.
    pub host: Option<String>,
}
