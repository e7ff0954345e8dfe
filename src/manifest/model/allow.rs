//! Problems that somebody has seen and accepts, as they are written.

use schemars::JsonSchema;
use serde::Deserialize;

/// The code of a problem that is accepted.
///
/// Its variants are named after shapes, as those of a word of a command are.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[schemars(untagged)]
pub enum Allow {
    #[serde(rename = "a string")]
    Code(String),
    #[serde(rename = "a table")]
    Said(SaidAllow),
}

/// The code of a problem with the reason why it is accepted.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct SaidAllow {
    /// The code, `US060`.
    pub code: String,
    /// Why it is accepted, for whoever reads the manifest later.
    pub reason: Option<String>,
}

impl Allow {
    /// The code that is accepted.
    pub fn code(&self) -> &str {
        match self {
            Allow::Code(code) => code,
            Allow::Said(said) => &said.code,
        }
    }

    /// Why it is accepted.
    pub fn reason(&self) -> Option<&str> {
        match self {
            Allow::Code(_) => None,
            Allow::Said(said) => said.reason.as_deref(),
        }
    }
}
