//! A service as it is written.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::activation::Activation;
use super::allow::Allow;
use super::container::Container;
use super::dependency::Dependency;
use super::expose::Expose;
use super::hardening::Hardening;
use super::limits::Limits;
use super::merge::Extend;
use super::probe::{Liveness, Readiness};
use super::process::Exec;
use super::provision::{Directories, EnvironmentFile, Requires, Secrets};
use super::raw::Systemd;
use super::restart::{Restart, Stop};
use super::schedule::Schedule;

/// One service.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct Service {
    /// What the service is, in a few words.
    pub description: Option<String>,
    /// Where more is to be read about it, as URIs.
    pub documentation: Vec<String>,
    /// The hosts that run it; all when absent.
    pub hosts: Option<Vec<String>>,
    /// Codes of problems that are accepted for this service.
    pub allow: Vec<Allow>,
    /// The templates below this service; the later one of a list wins.
    pub extend: Option<Extend>,
    /// How many of it there are: `NAME-1`, `NAME-2` and so on, each with a port of its own.
    pub replicas: Option<i64>,
    /// The service without which there is no need of this one: it runs, starts and stops with it.
    pub companion_of: Option<String>,
    /// The groups with which the service is started and stopped.
    pub groups: Vec<String>,
    /// What is different on a host: a part of a service that lies over this one there.
    pub overrides: BTreeMap<String, Service>,
    pub exec: Option<Exec>,
    pub container: Option<Container>,
    /// The service of services-flake that takes the place of this one under process-compose-flake, `postgres`.
    pub flake_service: Option<String>,
    /// The port that users see, in place of the one that follows from the name.
    pub port: Option<i64>,
    /// The private port behind a proxy, for a program that cannot be told one.
    pub backend_port: Option<i64>,
    /// A variable of the environment.
    pub environment: BTreeMap<String, String>,
    /// Files that hold further variables, one `NAME=value` a line.
    pub environment_files: Vec<EnvironmentFile>,
    /// Variables without which the service must not start; the journal says which one is missing.
    pub required_environment: Vec<String>,
    /// A secret, which the service reads from the file `${secrets.NAME}`.
    pub secrets: Secrets,
    pub directories: Directories,
    pub requires: Requires,
    /// The account that runs the process.
    pub user: Option<String>,
    /// The group in which the process runs.
    pub group: Option<String>,
    /// Whether systemd makes an account for as long as the process runs.
    pub dynamic_user: bool,
    /// Further groups of the process.
    pub supplementary_groups: Vec<String>,
    /// What others may not do with the files that the process makes, `0077` for nothing.
    pub umask: Option<String>,
    /// How much the process lets others go first, from -20 to 19.
    pub nice: Option<i64>,
    /// What the process is kept from: `none`, `baseline` (usual), `strict`, or one of them with exceptions.
    pub hardening: Option<Hardening>,
    pub activation: Option<Activation>,
    /// When the service runs, as a job that ends by itself.
    pub schedule: Option<Schedule>,
    /// What the service waits for before it starts after another.
    pub depends_on: BTreeMap<String, Dependency>,
    pub readiness: Option<Readiness>,
    pub liveness: Option<Liveness>,
    pub restart: Option<Restart>,
    pub stop: Stop,
    pub limits: Limits,
    pub expose: Expose,
    pub systemd: Systemd,
}
