//! What a service finds where it runs, as it is written: files, secrets, directories and what it cannot be without.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

/// A file of variables.
///
/// Its variants are named after shapes, as those of a word of a command are.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[schemars(untagged)]
pub enum EnvironmentFile {
    #[serde(rename = "a string")]
    Required(String),
    #[serde(rename = "a table")]
    Said(SaidEnvironmentFile),
}

/// A file of variables that may be missing.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct SaidEnvironmentFile {
    /// The path of the file.
    pub path: String,
    /// Whether the service starts without the file, too.
    #[serde(default)]
    pub optional: bool,
}

/// A secret, which the service reads from a file that nobody else can read.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[schemars(untagged)]
pub enum Secret {
    #[serde(rename = "a string")]
    File(String),
    #[serde(rename = "a table")]
    Said(SaidSecret),
}

/// Where a secret comes from.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct SaidSecret {
    /// The file of the host that holds it.
    pub file: Option<String>,
    /// Whether `systemd-creds encrypt` wrote the file.
    pub encrypted: bool,
    /// The name under which podman keeps it already, in place of a file.
    pub podman: Option<String>,
}

/// Directories of the service's own, made when it starts and owned by its account.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct Directories {
    /// A directory below `/var/lib` for what must be kept; `${stateDirectory}` is its path.
    pub state: Option<String>,
    /// A directory below `/var/cache` for what can be made again; `${cacheDirectory}` is its path.
    pub cache: Option<String>,
    /// A directory below `/var/log`; `${logsDirectory}` is its path.
    pub logs: Option<String>,
    /// A directory below `/run` that goes when the service stops; `${runtimeDirectory}` is its path.
    pub runtime: Option<String>,
    /// Who may do what in them, `0755` when absent.
    pub mode: Option<String>,
}

/// What must be there before the service starts.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct Requires {
    /// Files and directories; the journal says which one is missing.
    pub paths: Vec<RequiredPath>,
    /// Paths whose file systems are mounted first.
    pub mounts: Vec<String>,
}

/// A file or directory that must be there.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[schemars(untagged)]
pub enum RequiredPath {
    #[serde(rename = "a string")]
    Path(String),
    #[serde(rename = "a table")]
    Said(SaidRequiredPath),
}

/// A file or directory that must be there, and how it comes to be.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct SaidRequiredPath {
    /// The path of the file or directory.
    pub path: String,
    /// What makes it, for whoever reads the journal: `npm run build`.
    pub hint: Option<String>,
}

/// The secrets of a service by their names; `${secrets.NAME}` is the path of one.
pub type Secrets = BTreeMap<String, Secret>;
