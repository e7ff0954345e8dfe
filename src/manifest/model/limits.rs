//! What a service may use, as it is written.

use schemars::JsonSchema;
use serde::Deserialize;

/// What a service may use.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct Limits {
    /// How many files it may have open.
    pub open_files: Option<i64>,
}
