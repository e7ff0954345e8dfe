//! When a service is started again and how it is stopped, as it is written.

use schemars::JsonSchema;
use serde::Deserialize;

/// When a service is started again.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct Restart {
    pub policy: Option<RestartPolicy>,
    /// The pause before it.
    pub delay: Option<String>,
    /// The longest pause, to which the pauses grow while the service goes on failing.
    pub max_delay: Option<String>,
    /// In how many steps the pauses grow to `maxDelay`; 8 when absent.
    pub steps: Option<i64>,
    /// How often it is started within `window` before it is given up.
    pub attempts: Option<i64>,
    /// The time in which `attempts` are counted, in whole seconds.
    pub window: Option<String>,
    /// Exit codes beside 0 that are no failure.
    pub success_exit_codes: Vec<i64>,
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

/// How a service is stopped.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct Stop {
    /// The signal that asks the service to end, `SIGTERM` when absent.
    pub signal: Option<String>,
    /// How long the service may take to end before it is killed.
    pub timeout: Option<String>,
}
