//! Versions of the programs that a host has.

use std::fmt;

/// A version of the form `5.4` or `5.4.2`; the missing part counts as 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version {
    pub major: u16,
    pub minor: u16,
    pub patch: u16,
}

impl Version {
    /// A version from its parts.
    pub const fn new(major: u16, minor: u16, patch: u16) -> Version {
        Version { major, minor, patch }
    }

    /// Parses `5.4` or `5.4.2`.
    pub fn parse(text: &str) -> Option<Version> {
        let parts: Vec<u16> = text
            .split('.')
            .map(|part| {
                part.bytes().all(|it| it.is_ascii_digit()).then(|| part.parse().ok()).flatten()
            })
            .collect::<Option<_>>()?;
        match parts[..] {
            [major, minor] => Some(Version::new(major, minor, 0)),
            [major, minor, patch] => Some(Version::new(major, minor, patch)),
            _ => None,
        }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Version { major, minor, patch } = self;
        if *patch == 0 {
            write!(f, "{major}.{minor}")
        } else {
            write!(f, "{major}.{minor}.{patch}")
        }
    }
}

/// The version of systemd that a NixOS release has, `None` for a release that is not one.
///
/// From nixpkgs pkgs/os-specific/linux/systemd at the release branches.
/// A later release is taken to have at least what the last one known here has.
pub fn systemd_of_nixos(release: &str) -> Option<u16> {
    const RELEASES: &[(Version, u16)] = &[
        (Version::new(23, 5, 0), 253),
        (Version::new(23, 11, 0), 254),
        (Version::new(24, 5, 0), 255),
        (Version::new(24, 11, 0), 256),
        (Version::new(25, 5, 0), 257),
        (Version::new(25, 11, 0), 258),
    ];
    let version = Version::parse(release)?;
    let is_release = release.len() == 5 && [5, 11].contains(&version.minor);
    let known = RELEASES.iter().rev().find(|(since, _)| *since <= version);
    known.filter(|_| is_release).map(|(_, systemd)| *systemd)
}
