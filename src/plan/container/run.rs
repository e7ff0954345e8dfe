//! How the program of a container is run.

use std::collections::BTreeMap;

use crate::plan::restart::Signal;
use crate::plan::text::Word;

/// How the program of a container is run.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Run {
    /// The program and its first arguments; those of the image when empty.
    pub entrypoint: Vec<Word>,
    pub working_directory: Option<String>,
    /// `USER` or `USER:GROUP` of the container.
    pub account: Option<String>,
    pub supplementary_groups: Vec<String>,
    pub takes_host_environment: bool,
    /// Whether the proxy variables of the host are passed on; podman does unasked.
    pub http_proxy: Option<bool>,
    pub timezone: Option<String>,
    pub init: bool,
    pub notify: Option<Notify>,
    pub reload: Option<Reload>,
}

/// Who says when the service has started.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Notify {
    Container,
    Healthy,
}

impl Notify {
    /// The word of podman-run(1) `--sdnotify`.
    pub fn as_str(self) -> &'static str {
        match self {
            Notify::Container => "container",
            Notify::Healthy => "healthy",
        }
    }
}

/// How the service is told to read its configuration again.
#[derive(Debug, Clone, PartialEq)]
pub enum Reload {
    /// A command inside the container.
    Command(Vec<Word>),
    /// A signal to the program, `SIGHUP`.
    Signal(Signal),
}

/// Where the output of a container goes.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Log {
    pub driver: Option<LogDriver>,
    pub options: BTreeMap<String, String>,
}

/// What takes the output of a container.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogDriver {
    Journald,
    K8sFile,
    JsonFile,
    None,
    Passthrough,
}

impl LogDriver {
    /// The word of podman-run(1) `--log-driver`.
    pub fn as_str(self) -> &'static str {
        match self {
            LogDriver::Journald => "journald",
            LogDriver::K8sFile => "k8s-file",
            LogDriver::JsonFile => "json-file",
            LogDriver::None => "none",
            LogDriver::Passthrough => "passthrough",
        }
    }
}
