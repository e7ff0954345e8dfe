//! The manifest as it is written: the mirror of the user's file.
//!
//! Invariant: serde types live here and nowhere else, and mean nothing yet; `resolve` gives them meaning.
//! Texts are as typed, `${references}` and all.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use self::build::Build;
use self::expose::{CloudflaredProgram, TsProxyProgram};
use self::group::Group;
use self::host::{Host, Nixos};
use self::image::Image;
use self::merge::{Companion, Partial};
use self::network::Network;
use self::pod::Pod;
use self::service::Service;
use self::volume::Volume;

pub mod activation;
pub mod allow;
pub mod build;
pub mod container;
pub mod dependency;
pub mod expose;
pub mod group;
pub mod hardening;
pub mod host;
pub mod image;
pub mod limits;
pub mod merge;
pub mod network;
pub mod pod;
pub mod probe;
pub mod process;
pub mod provision;
pub mod raw;
pub mod restart;
pub mod schedule;
pub mod service;
pub mod volume;

/// A whole manifest.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct Manifest {
    /// Further files of the manifest, or directories of them, by their paths from this file on.
    ///
    /// What has a name, as a service or host, may stand in any of the files, but only in one of them;
    /// the same goes for `defaults`, `nixos`, `tsProxy` and `cloudflared`.
    /// A directory stands for the manifests in it, but not for those in its directories.
    pub include: Vec<String>,
    pub nixos: Nixos,
    pub hosts: BTreeMap<String, Host>,
    pub ts_proxy: TsProxyProgram,
    pub cloudflared: CloudflaredProgram,
    pub networks: BTreeMap<String, Network>,
    pub volumes: BTreeMap<String, Volume>,
    pub images: BTreeMap<String, Image>,
    pub builds: BTreeMap<String, Build>,
    pub pods: BTreeMap<String, Pod>,
    /// A part of a service that lies below every service.
    pub defaults: Partial,
    /// Parts of services that lie below those that extend them.
    pub templates: BTreeMap<String, Partial>,
    /// Services that are there for each of their owners.
    pub companions: BTreeMap<String, Companion>,
    /// Groups of services.
    pub groups: BTreeMap<String, Group>,
    pub services: BTreeMap<String, Service>,
}
