//! Names, each parsed once into a type that cannot hold a wrong one.

use std::fmt;

/// Declares a name type whose constructor is the only door.
macro_rules! name {
    ($(#[$doc:meta])* $name:ident, $rule:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// Parses the name; `None` when it breaks the rule of the type.
            pub fn parse(text: &str) -> Option<$name> {
                let rule: fn(&str) -> bool = $rule;
                rule(text).then(|| $name(text.to_owned()))
            }

            /// The name as written.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

name!(
    /// The name of a service: `[a-z0-9][a-z0-9_-]*`, at most 128 bytes.
    ///
    /// It becomes a unit name (255 bytes with suffixes, systemd.unit(5)), a Nix attribute,
    /// a container name and a file name; `default` is the file that imports the others.
    ServiceName,
    |text| is_label(text) && text != "default"
);

name!(
    /// The name of a host, under the same rule as that of a service: it becomes a directory.
    HostName,
    is_label
);

name!(
    /// The name of a group of services, under the same rule as that of a service;
    /// it becomes a target and a slice, so the names of systemd's own are taken.
    GroupName,
    |text| is_label(text) && !GroupName::is_of_systemd(text)
);

name!(
    /// The name of a network, volume, image, build or pod, under the same rule as that of a service:
    /// it becomes a unit, a file, and what podman calls the object.
    ObjectName,
    is_label
);

name!(
    /// The name of a user or group, or a number, as `User=` takes it (systemd.exec(5), strict form).
    UserName,
    |text| {
        let mut bytes = text.bytes();
        let first = bytes.next();
        let is_number = !text.is_empty() && text.bytes().all(|it| it.is_ascii_digit());
        is_number
            || (text.len() <= 31
                && first.is_some_and(|it| it.is_ascii_lowercase() || it == b'_')
                && bytes.all(|it| it.is_ascii_lowercase() || it.is_ascii_digit() || b"_-".contains(&it)))
    }
);

name!(
    /// The name of a kind of service of services-flake, which is an attribute of Nix.
    FlakeService,
    |text| {
        text.starts_with(|it: char| it.is_ascii_alphabetic())
            && text.bytes().all(|it| it.is_ascii_alphanumeric() || b"_-".contains(&it))
    }
);

name!(
    /// The name of an environment variable: `[A-Za-z_][A-Za-z0-9_]*`, all that systemd accepts.
    VariableName,
    |text| {
        let mut bytes = text.bytes();
        bytes.next().is_some_and(|it| it.is_ascii_alphabetic() || it == b'_')
            && bytes.all(|it| it.is_ascii_alphanumeric() || it == b'_')
    }
);

name!(
    /// A Linux capability without `CAP_`, or `ALL`.
    CapabilityName,
    |text| {
        !text.is_empty() && text.bytes().all(|it| it.is_ascii_uppercase() || it.is_ascii_digit() || it == b'_')
    }
);

name!(
    /// A name of DNS in small letters, whose first label may be `*` for every name below the others.
    ///
    /// The rule is that of RFC 1123 2.1; nothing in such a name means anything to nginx, Caddy, YAML or Nix
    /// but the `*` that all of them read the same.
    DomainName,
    |text| {
        let name = text.strip_prefix("*.").unwrap_or(text);
        text.len() <= 253 && name.split('.').all(is_domain_label)
    }
);

name!(
    /// The name of a network interface: letters, digits, `.`, `-` and `_`, at most 15 (IFNAMSIZ of the kernel).
    InterfaceName,
    |text| {
        (1..=15).contains(&text.len())
            && ![".", ".."].contains(&text)
            && text.bytes().all(|it| it.is_ascii_alphanumeric() || b"._-".contains(&it))
    }
);

name!(
    /// The name of a machine in a Tailscale network: one label of DNS.
    TailnetName,
    is_domain_label
);

name!(
    /// The name or UUID of a tunnel of Cloudflare: letters, digits, `-` and `_`.
    ///
    /// It becomes a file, an attribute and, on NixOS, a part of the name of a unit.
    TunnelName,
    |text| {
        (1..=64).contains(&text.len())
            && text.bytes().all(|it| it.is_ascii_alphanumeric() || b"_-".contains(&it))
            && !text.starts_with('-')
    }
);

name!(
    /// The name of a secret: letters, digits, `_`, `.` and `-`, beginning with a letter or digit, at most 64.
    ///
    /// It becomes a credential of systemd, a secret of podman and the name of a file;
    /// the rule is podman's, which is the strictest of the three.
    SecretName,
    |text| text.len() <= 64 && is_plain(text, b"", b"_.-")
);

impl DomainName {
    /// A name of a file of its own for each domain.
    pub fn file_name(&self) -> String {
        self.0.replace('*', "_")
    }
}

impl GroupName {
    /// Whether systemd itself has such a target or slice (systemd.special(7)).
    pub fn is_of_systemd(text: &str) -> bool {
        UNITS_OF_SYSTEMD.contains(&text)
    }
}

/// The targets and slices of systemd.special(7), and `multi-user` for each runlevel.
#[rustfmt::skip] // As many as fit on a line.
const UNITS_OF_SYSTEMD: &[&str] = &[
    "app", "background", "basic", "bluetooth", "boot-complete", "capsule", "cryptsetup", "cryptsetup-pre",
    "ctrl-alt-del", "default", "emergency", "exit", "factory-reset", "final", "first-boot-complete",
    "getty", "getty-pre", "graphical", "graphical-session", "graphical-session-pre", "halt", "hibernate",
    "hybrid-sleep", "initrd", "initrd-fs", "initrd-root-device", "initrd-root-fs", "initrd-switch-root",
    "initrd-usr-fs", "integritysetup", "integritysetup-pre", "kbrequest", "kexec", "local-fs",
    "local-fs-pre", "machine", "machines", "multi-user", "network", "network-online", "network-pre",
    "nss-lookup", "nss-user-lookup", "paths", "poweroff", "printer", "reboot", "remote-cryptsetup",
    "remote-fs", "remote-fs-pre", "remote-integritysetup", "remote-veritysetup", "rescue", "rpcbind",
    "runlevel0", "runlevel1", "runlevel2", "runlevel3", "runlevel4", "runlevel5", "runlevel6", "session",
    "shutdown", "sigpwr", "sleep", "slices", "smartcard", "sockets", "soft-reboot", "sound", "ssh-access",
    "storage-target-mode", "suspend", "suspend-then-hibernate", "swap", "sysinit", "system",
    "system-update", "system-update-cleanup", "system-update-pre", "time-set", "time-sync", "timers", "tpm2",
    "umount", "usb-gadget", "user", "veritysetup", "veritysetup-pre", "xdg-desktop-autostart",
];

impl UserName {
    /// Whether the account is one that a generator has no business creating: one that every system has
    /// (sysusers.d/basic.conf of systemd, nixos/modules/misc/ids.nix), or a bare number.
    pub fn exists_already(&self) -> bool {
        ["root", "nobody", "nogroup"].contains(&self.0.as_str())
            || self.0.bytes().all(|it| it.is_ascii_digit())
    }
}

/// Parses names of attributes with dots between them, `python3Packages.gunicorn`; `None` when one cannot be
/// written without quotes (keywords apart, which are quoted where they stand).
pub fn attribute_path(text: &str) -> Option<Vec<String>> {
    let is_attribute = |name: &str| {
        let mut bytes = name.bytes();
        bytes.next().is_some_and(|it| it.is_ascii_alphabetic() || it == b'_')
            && bytes.all(|it| it.is_ascii_alphanumeric() || b"_-".contains(&it))
    };
    let names: Vec<String> = text.split('.').map(str::to_owned).collect();
    names.iter().all(|it| is_attribute(it)).then_some(names)
}

/// Whether a text is one label of a DNS name, in small letters.
pub fn is_domain_label(text: &str) -> bool {
    let is_letter = |it: u8| it.is_ascii_lowercase() || it.is_ascii_digit();
    (1..=63).contains(&text.len())
        && text.bytes().all(|it| is_letter(it) || it == b'-')
        && !text.starts_with('-')
        && !text.ends_with('-')
}

/// Whether a text is made of letters, digits and `more`, and begins with a letter, a digit or one of `first`.
pub fn is_plain(text: &str, first: &[u8], more: &[u8]) -> bool {
    let is = |it: u8, more: &[u8]| it.is_ascii_alphanumeric() || more.contains(&it);
    let mut bytes = text.bytes();
    bytes.next().is_some_and(|it| is(it, first)) && bytes.all(|it| is(it, more))
}

fn is_label(text: &str) -> bool {
    let mut bytes = text.bytes();
    text.len() <= 128
        && bytes.next().is_some_and(|it| it.is_ascii_lowercase() || it.is_ascii_digit())
        && bytes.all(|it| it.is_ascii_lowercase() || it.is_ascii_digit() || b"_-".contains(&it))
}
