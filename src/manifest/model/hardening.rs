//! What a process is kept from, as it is written.

use schemars::JsonSchema;
use serde::Deserialize;

/// What a process is kept from; the variants are named after shapes.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[schemars(untagged)]
pub enum Hardening {
    #[serde(rename = "a string")]
    Profile(String),
    #[serde(rename = "a table")]
    Said(SaidHardening),
}

/// A profile and what is different from it.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct SaidHardening {
    /// `none`, `baseline` (usual) or `strict`.
    pub profile: Option<String>,
    /// Directives of the profile that the process does not bear, like `MemoryDenyWriteExecute`.
    pub except: Vec<String>,
    /// Paths that the process may write, where the profile keeps it from writing.
    pub writable_paths: Vec<String>,
}
