//! Directives of systemd as they are written.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

/// Directives that are passed on to systemd as they stand; `%` and `$` are systemd's there.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct Systemd {
    /// Directives of `[Unit]` of the unit that runs the service itself, the backend's behind a proxy.
    pub unit: BTreeMap<String, Raw>,
    /// Directives of `[Service]` of the unit that runs the service itself, the backend's behind a proxy.
    pub service: BTreeMap<String, Raw>,
    /// Directives of `[Socket]`.
    pub socket: BTreeMap<String, Raw>,
    /// Directives of `[Timer]`.
    pub timer: BTreeMap<String, Raw>,
}

/// The value of a directive, or several.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[schemars(untagged)]
pub enum Raw {
    #[serde(rename = "a string")]
    Text(String),
    #[serde(rename = "a list")]
    Several(Vec<String>),
    #[serde(rename = "a boolean")]
    Flag(bool),
    #[serde(rename = "an integer")]
    Number(i64),
}
