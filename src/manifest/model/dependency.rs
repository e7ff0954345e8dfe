//! What a service waits for, as it is written.

use schemars::JsonSchema;
use serde::Deserialize;

/// What a service waits for before it starts after another; the variants are named after shapes.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[schemars(untagged)]
pub enum Dependency {
    #[serde(rename = "a string")]
    Until(Condition),
    #[serde(rename = "a table")]
    Said(SaidDependency),
}

/// What a service waits for, and what the other one is to it.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct SaidDependency {
    /// What of the other service is waited for, `started` when absent.
    pub condition: Option<Condition>,
    /// Whether the service cannot do without the other one, as it cannot when absent.
    pub required: Option<bool>,
    /// Whether the service is started again whenever the other one is, after a crash, too.
    pub restart: bool,
}

/// What of another service is waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Condition {
    /// That it runs; one that says when it is ready is waited for until then.
    Started,
    /// That it can be used, as its `readiness` finds out.
    Ready,
    /// That it has ended, and well: a job, or a service that runs once.
    Completed,
}
