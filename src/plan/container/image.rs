//! How an image comes to the host.

use crate::plan::quantity::Duration;

/// When an image is pulled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pull {
    Always,
    Missing,
    Never,
    Newer,
}

impl Pull {
    /// The policy as podman, Quadlet and NixOS all spell it.
    pub fn as_str(self) -> &'static str {
        match self {
            Pull::Always => "always",
            Pull::Missing => "missing",
            Pull::Never => "never",
            Pull::Newer => "newer",
        }
    }
}

/// What is done beside pulling.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Fetch {
    pub retry: Retry,
    pub auto_update: Option<AutoUpdate>,
    pub login: Option<Login>,
}

/// What is done when an image cannot be pulled; podman's own way where it is `None`.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Retry {
    pub attempts: Option<u64>,
    pub delay: Option<Duration>,
}

impl Retry {
    /// Whether nothing is said of it.
    pub fn is_usual(&self) -> bool {
        let Retry { attempts, delay } = self;
        attempts.is_none() && delay.is_none()
    }
}

/// Where `podman auto-update` looks for a newer image.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AutoUpdate {
    Registry,
    Local,
}

impl AutoUpdate {
    /// The policy as podman-auto-update(1) spells it.
    pub fn as_str(self) -> &'static str {
        match self {
            AutoUpdate::Registry => "registry",
            AutoUpdate::Local => "local",
        }
    }
}

/// An account of a registry; all of it is made of plain characters.
#[derive(Debug, Clone, PartialEq)]
pub struct Login {
    pub registry: String,
    pub username: String,
    pub password_file: String,
}
