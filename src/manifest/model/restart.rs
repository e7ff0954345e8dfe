//! When a service is started again, as it is written.

use schemars::JsonSchema;
use serde::Deserialize;

/// When a service is started again.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct Restart {
    pub policy: Option<RestartPolicy>,
    /// The pause before it.
    pub delay: Option<String>,
}

/// The ends after which a service is started again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum RestartPolicy {
    No,
    OnSuccess,
    OnFailure,
    OnAbnormal,
    OnAbort,
    Always,
}
