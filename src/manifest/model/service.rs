//! A service as it is written.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::activation::Activation;
use super::container::Container;
use super::expose::Expose;
use super::limits::Limits;
use super::process::Exec;
use super::restart::Restart;

/// One service.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct Service {
    pub description: Option<String>,
    /// The hosts that run it; all when absent.
    pub hosts: Option<Vec<String>>,
    /// Codes of problems that are accepted for this service.
    pub allow: Vec<String>,
    pub exec: Option<Exec>,
    pub container: Option<Container>,
    pub port: Option<i64>,
    pub backend_port: Option<i64>,
    pub environment: BTreeMap<String, String>,
    pub environment_files: Vec<String>,
    pub user: Option<String>,
    pub group: Option<String>,
    pub activation: Option<Activation>,
    pub depends_on: BTreeMap<String, Condition>,
    pub restart: Option<Restart>,
    pub limits: Limits,
    pub expose: Expose,
}

/// What a service waits for before it starts after another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Condition {
    Started,
}
