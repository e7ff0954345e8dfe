//! Where the files of a generated tree belong on a host.

use std::fmt;

/// Whose systemd manager is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Manager {
    System,
    /// The manager of an account, with the home directory that has its units.
    Account {
        home: String,
    },
}

/// A directory of a host in which generated files lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Directory {
    Sysusers,
    Tmpfiles,
    Sysctl,
    Units,
    Quadlets,
    Nginx,
    Caddy,
    Cloudflared,
    TsProxy,
    Nftables,
    UnitsOfAccount,
    QuadletsOfAccount,
}

impl Directory {
    /// Every directory, with what it is called in a generated tree and where it is on a host.
    ///
    /// The last two are below the home directory of the account.
    pub const ALL: &[(Directory, &str, &str)] = &[
        (Directory::Sysusers, "sysusers.d", "/etc/sysusers.d"),
        (Directory::Tmpfiles, "tmpfiles.d", "/etc/tmpfiles.d"),
        (Directory::Sysctl, "sysctl.d", "/etc/sysctl.d"),
        (Directory::Units, "systemd", "/etc/systemd/system"),
        (Directory::Quadlets, "quadlet", "/etc/containers/systemd"),
        (Directory::Nginx, "nginx", "/etc/nginx/conf.d"),
        (Directory::Caddy, "caddy", "/etc/caddy"),
        (Directory::Cloudflared, "cloudflared", "/etc/cloudflared"),
        (Directory::TsProxy, "ts-proxy", "/etc/ts-proxy"),
        (Directory::Nftables, "nftables", "/etc/nftables"),
        (Directory::UnitsOfAccount, "systemd-user", "/.config/systemd/user"),
        (Directory::QuadletsOfAccount, "quadlet-user", "/.config/containers/systemd"),
    ];

    /// The directory by its name in a generated tree.
    pub fn named(name: &str) -> Option<Directory> {
        Directory::ALL.iter().find(|(_, it, _)| *it == name).map(|(it, _, _)| *it)
    }

    /// The name in a generated tree.
    pub fn name(self) -> &'static str {
        self.row().1
    }

    /// The path on a host.
    pub fn path(self, manager: &Manager) -> String {
        let path = self.row().2;
        match manager {
            Manager::Account { home } if self.is_of_account() => format!("{home}{path}"),
            Manager::System | Manager::Account { .. } => path.to_owned(),
        }
    }

    /// Whether a manager has files there.
    pub fn is_of(self, manager: &Manager) -> bool {
        self.is_of_account() == matches!(manager, Manager::Account { .. })
    }

    /// Whether systemd or Quadlet reads units there.
    pub fn has_units(self) -> bool {
        self.has_unit_files() || self.has_quadlets()
    }

    /// Whether systemd itself reads units there.
    pub fn has_unit_files(self) -> bool {
        matches!(self, Directory::Units | Directory::UnitsOfAccount)
    }

    /// Whether Quadlet reads there.
    fn has_quadlets(self) -> bool {
        matches!(self, Directory::Quadlets | Directory::QuadletsOfAccount)
    }

    fn is_of_account(self) -> bool {
        matches!(self, Directory::UnitsOfAccount | Directory::QuadletsOfAccount)
    }

    fn row(self) -> &'static (Directory, &'static str, &'static str) {
        Directory::ALL.iter().find(|(it, _, _)| *it == self).expect("every directory has a row")
    }
}

/// A place of a host that a generated file or link can have.
///
/// Printed as in a generated tree, `systemd/web.service`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    pub directory: Directory,
    /// The file name, or for a link that enables a unit `TARGET.wants/UNIT`.
    pub name: String,
}

impl Place {
    /// Reads a path below a generated tree; `None` when no host has a place for it.
    ///
    /// This is the only door: nothing that passes it can leave its directory.
    pub fn parse(path: &str) -> Option<Place> {
        let (directory, name) = path.split_once('/')?;
        let directory = Directory::named(directory)?;
        let steps: Vec<&str> = name.split('/').collect();
        let is_name = |it: &str| !it.is_empty() && !it.starts_with('.') && is_plain(it);
        let fits = match steps[..] {
            [file] => is_name(file) && is_read_in(directory, file),
            [links, unit] => {
                directory.has_unit_files()
                    && is_name(links)
                    && LINKS.iter().any(|it| links.ends_with(it))
                    && is_name(unit)
            }
            _ => false,
        };
        fits.then(|| Place { directory, name: name.to_owned() })
    }

    /// The path on a host.
    pub fn path(&self, manager: &Manager) -> String {
        format!("{}/{}", self.directory.path(manager), self.name)
    }

    /// The directory between that of the units and a link, `multi-user.target.wants`.
    pub fn subdirectory(&self) -> Option<&str> {
        self.name.split_once('/').map(|(it, _)| it)
    }

    /// The last part of the name.
    pub fn file_name(&self) -> &str {
        self.name.rsplit('/').next().unwrap_or(&self.name)
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.directory.name(), self.name)
    }
}

/// How directories of links that enable units end (systemd.unit(5)).
const LINKS: &[&str] = &[".wants", ".requires", ".upholds"];

/// Whether a name holds nothing that a terminal or a shell could take for something else.
fn is_plain(name: &str) -> bool {
    name.len() < 256 && !name.contains(|it: char| it.is_control() || it.is_whitespace())
}

/// Whether whoever reads a directory reads files of such a name.
fn is_read_in(directory: Directory, file: &str) -> bool {
    let suffixes: &[&str] = match directory {
        Directory::Units | Directory::UnitsOfAccount => {
            &["service", "socket", "timer", "target", "slice", "path", "mount"]
        }
        Directory::Quadlets | Directory::QuadletsOfAccount => {
            &["container", "network", "volume", "image", "build", "pod", "kube"]
        }
        Directory::Sysusers | Directory::Tmpfiles | Directory::Sysctl | Directory::Nginx => {
            &["conf"]
        }
        Directory::Caddy => &["caddy"],
        Directory::Cloudflared => &["yml"],
        Directory::TsProxy => &["yaml"],
        Directory::Nftables => &["nft"],
    };
    file.rsplit_once('.').is_some_and(|(stem, it)| !stem.is_empty() && suffixes.contains(&it))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_leaves_its_directory_has_no_place() {
        for path in [
            "",
            "systemd",
            "systemd/",
            "/etc/passwd",
            "../systemd/a.service",
            "systemd/../a.service",
            "systemd/..",
            "systemd//a.service",
            "systemd/.a.service",
            "systemd/a.service/b.service",
            "systemd/a.wants/../b.service",
            "systemd/a.wants/b/c.service",
            "systemd/a\n.service",
            "systemd/a b.service",
            "systemd/.service",
            "systemd/a.conf",
            "quadlet/a.wants/b.container",
            "quadlet/a.service",
            "nginx/nginx.exe",
            "cron.d/a.conf",
            "nixos/default.nix",
        ] {
            assert_eq!(Place::parse(path), None, "{path:?}");
        }
    }

    #[test]
    fn places_are_printed_as_they_are_read() {
        for path in [
            "systemd/a.service",
            "systemd/a@b.service",
            "systemd/multi-user.target.wants/a.service",
            "systemd/a\\x2db.slice",
            "quadlet/a.container",
            "systemd-user/a.timer",
            "sysctl.d/60-unitsmith.conf",
            "ts-proxy/config.yaml",
        ] {
            assert_eq!(Place::parse(path).map(|it| it.to_string()).as_deref(), Some(path));
        }
    }

    #[test]
    fn every_directory_is_found_by_its_name() {
        for (directory, name, _) in Directory::ALL {
            assert_eq!(Directory::named(name), Some(*directory));
        }
    }

    #[test]
    fn an_account_has_its_units_in_its_home() {
        let alice = Manager::Account { home: "/home/alice".to_owned() };
        let place = Place::parse("systemd-user/a.service").expect("it has one");
        assert_eq!(place.path(&alice), "/home/alice/.config/systemd/user/a.service");
        assert!(place.directory.is_of(&alice) && !place.directory.is_of(&Manager::System));
    }
}
