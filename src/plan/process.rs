//! A process of the host.

use super::name::UserName;
use super::text::Word;

/// A process of the host.
#[derive(Debug, Clone, PartialEq)]
pub struct Process {
    pub command: Vec<Word>,
    pub working_directory: Option<String>,
    pub user: Option<UserName>,
    pub group: Option<UserName>,
}
