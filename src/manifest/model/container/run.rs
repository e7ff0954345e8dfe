//! How the program of a container is run.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

/// Who says when the service has started; podman does when absent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Notify {
    /// The program inside, by the protocol of sd_notify(3).
    Container,
    /// The health check, by its first success.
    Healthy,
}

/// How the service is told to read its configuration again.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[schemars(untagged)]
pub enum Reload {
    /// A command inside the container.
    #[serde(rename = "a list")]
    Command(Vec<String>),
    #[serde(rename = "a table")]
    Signal(Signal),
}

/// A signal to the program inside.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Signal {
    /// The name of the signal, `SIGHUP`.
    pub signal: String,
}

/// The limit of a resource for each process.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[schemars(untagged)]
pub enum Ulimit {
    #[serde(rename = "an integer")]
    Both(i64),
    #[serde(rename = "a table")]
    Range(UlimitRange),
}

/// A limit that a process may raise by itself.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct UlimitRange {
    /// The limit with which a process starts; -1 for none.
    pub soft: i64,
    /// The limit up to which a process may raise its own; -1 for none.
    pub hard: i64,
}

/// Where the output of a container goes.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct Log {
    pub driver: Option<LogDriver>,
    /// Options of the driver, as podman-run(1) lists them.
    pub options: BTreeMap<String, String>,
}

/// What takes the output of a container; the journal when absent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum LogDriver {
    Journald,
    K8sFile,
    JsonFile,
    None,
    Passthrough,
}
