//! A process of the host.

use super::hardening::Hardening;
use super::name::UserName;
use super::quantity::Mode;
use super::text::{Text, Word};

/// A process of the host.
#[derive(Debug, Clone, PartialEq)]
pub struct Process {
    pub command: Vec<Word>,
    pub hooks: Hooks,
    pub working_directory: Option<Text>,
    /// What the process prints is added to this file.
    pub log_file: Option<String>,
    pub account: Account,
    pub hardening: Hardening,
    pub umask: Option<Mode>,
    /// From -20, the most urgent, to 19.
    pub nice: Option<i8>,
}

/// Commands beside the one that is the service.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Hooks {
    pub pre_start: Vec<Vec<Word>>,
    pub post_start: Vec<Vec<Word>>,
    pub reload: Vec<Vec<Word>>,
    pub stop: Vec<Vec<Word>>,
    pub post_stop: Vec<Vec<Word>>,
}

/// Who runs a process.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Account {
    pub user: Option<UserName>,
    pub group: Option<UserName>,
    pub lifetime: Lifetime,
    pub supplementary_groups: Vec<UserName>,
}

/// How long an account lives.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Lifetime {
    /// The host has it, or is given it.
    #[default]
    Permanent,
    /// systemd makes it for as long as the service runs (systemd.exec(5), `DynamicUser=`).
    Dynamic,
}

impl Process {
    /// Every command of the process, its own first.
    pub fn commands(&self) -> impl Iterator<Item = &Vec<Word>> {
        let Hooks { pre_start, post_start, reload, stop, post_stop } = &self.hooks;
        let hooks = [pre_start, post_start, reload, stop, post_stop];
        std::iter::once(&self.command).chain(hooks.into_iter().flatten())
    }
}

impl Account {
    /// The accounts and groups that a host must be given if it does not have them.
    pub fn needs(&self) -> (Option<&UserName>, impl Iterator<Item = &UserName>) {
        let is_permanent = self.lifetime == Lifetime::Permanent;
        let is_missing = |it: &&UserName| !it.exists_already();
        let user = self.user.as_ref().filter(|_| is_permanent).filter(is_missing);
        let group = self.group.iter().filter(move |_| is_permanent);
        (user, group.chain(&self.supplementary_groups).filter(is_missing))
    }

    /// Whether the process runs with all privileges of root.
    pub fn is_root(&self) -> bool {
        let is_root = |it: &UserName| ["root", "0"].contains(&it.as_str());
        self.lifetime == Lifetime::Permanent && self.user.as_ref().is_none_or(is_root)
    }
}
