//! A process as it is written.

use schemars::JsonSchema;
use serde::Deserialize;

/// A process of the host.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Exec {
    /// The program and its arguments, as a list of words.
    pub command: Vec<Word>,
    /// The directory in which the process starts.
    pub working_directory: Option<String>,
    /// The file to which what the process prints is added, in place of the journal; its directory is there already.
    pub log_file: Option<String>,
    /// Commands that must succeed, one after the other, before the process starts.
    #[serde(default)]
    pub pre_start: Vec<Vec<Word>>,
    /// Commands that are run when the process has started.
    #[serde(default)]
    pub post_start: Vec<Vec<Word>>,
    /// Commands that let the process read its configuration again.
    #[serde(default)]
    pub reload: Vec<Vec<Word>>,
    /// Commands that ask the process to end, in place of a signal.
    #[serde(default)]
    pub stop: Vec<Vec<Word>>,
    /// Commands that are run when the process has ended, however it did.
    #[serde(default)]
    pub post_stop: Vec<Vec<Word>>,
}

/// One word of a command.
///
/// Its variants are named after shapes, which `decode` takes as: whatever has that shape.
/// An untagged enum would swallow the problems inside of it.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[schemars(untagged)]
pub enum Word {
    #[serde(rename = "a string")]
    Text(String),
    #[serde(rename = "a table")]
    Program(Program),
}

/// A program that each kind of host has in another place.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Program {
    /// The attribute of `pkgs` on NixOS.
    pub package: String,
    /// The name of the program in the package; the package's name when absent.
    pub bin: Option<String>,
    /// Where the program is on other hosts; `/usr/bin/BIN` when absent.
    pub path: Option<String>,
}
