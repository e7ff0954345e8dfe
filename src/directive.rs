//! The directive table: how each directive is written, read and gated.
//!
//! A unit file, a Quadlet and a NixOS module are printed through the same row;
//! that is what makes them say the same.
//! Sources: systemd.directives(7) with the versions of `tests/data/systemd-directives.tsv`,
//! podman-systemd.unit(5) with those of `tests/data/quadlet-keys.tsv`,
//! and the options of `tests/data/nixos-options.json`.

use crate::plan::version::Version;

/// One directive of a unit file.
#[derive(Debug)]
pub struct Directive {
    pub section: Section,
    pub key: &'static str,
    pub quoting: Quoting,
    pub since: Since,
    pub nixos: Nixos,
    /// The option of a NixOS module through which a machine may change the value.
    pub option: Option<ModuleOption>,
    pub podman: Podman,
}

/// A section of a unit file, in the order in which they are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Section {
    Unit,
    Socket,
    Container,
    Service,
    Install,
}

impl Section {
    /// The name between the brackets.
    pub fn as_str(self) -> &'static str {
        match self {
            Section::Unit => "Unit",
            Section::Socket => "Socket",
            Section::Container => "Container",
            Section::Service => "Service",
            Section::Install => "Install",
        }
    }
}

/// How the reader of a directive takes its value apart, and so how it must be put together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quoting {
    /// Numbers, booleans, durations and keywords: there is nothing to quote.
    Plain,
    /// Names of plain characters, separated by blanks.
    Names,
    /// The rest of the line with specifiers; nothing is unquoted.
    Line,
    /// A command line: words, quotes, C escapes, variables, specifiers.
    Command,
    /// `NAME=value` words: quotes, C escapes, specifiers, but no variables.
    Variables,
    /// Quadlet's `Lookup`, `LookupAll` and `LookupAllStrv`: the value as it stands reaches a command line.
    QuadletRaw,
    /// Quadlet's `LookupAllArgs` and `LookupAllKeyVal`: words with quotes and C escapes that reach one.
    QuadletWords,
}

/// The first version that knows a directive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Since {
    /// Older than every version that is supported.
    Always,
    Systemd(u16),
    Podman(Version),
}

/// The versions that decide which directives a host knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Versions {
    pub systemd: u16,
    pub podman: Version,
}

/// A section has each key once, so the two of them are the directive.
impl PartialEq for Directive {
    fn eq(&self, other: &Directive) -> bool {
        self.section == other.section && self.key == other.key
    }
}

impl Eq for Directive {}

impl Directive {
    /// Whether a host with these versions knows the directive.
    pub fn is_known_to(&self, versions: Versions) -> bool {
        match self.since {
            Always => true,
            Systemd(version) => version <= versions.systemd,
            Since::Podman(version) => version <= versions.podman,
        }
    }
}

/// Where a NixOS module sets a directive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Nixos {
    /// An option of the unit, below `systemd.services.NAME` or `systemd.sockets.NAME`.
    Unit(&'static [&'static str]),
    /// Such an option that takes a list even for one value.
    UnitList(&'static [&'static str]),
    /// An option of the container, below `virtualisation.oci-containers.containers.NAME`.
    Container(&'static [&'static str]),
    /// Such an option that takes a list even for one value.
    ContainerList(&'static [&'static str]),
    /// `capabilities.NAME` of the container, true or false.
    Capability(bool),
    /// An argument of podman, in `extraOptions`: oci-containers has no option for it.
    ExtraOption,
    /// The module of NixOS writes it itself, or it is said in another way.
    Elsewhere,
}

/// An option that a generated module declares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ModuleOption {
    Image,
    Environment,
    Restart,
    User,
}

/// How a directive of `[Container]` becomes arguments of `podman run`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Podman {
    /// It is not of `[Container]`.
    Nothing,
    /// `--option=value`, once for each value.
    Option(&'static str),
    /// The image, between the options and the command.
    Image,
    /// The command after the image.
    Command,
}

/// Declares the rows as constants and lists them all.
macro_rules! table {
    ($($name:ident = $section:ident $key:literal $quoting:ident [$since:expr] $nixos:expr
        $(, option $option:ident)? $(, podman $podman:expr)?;)*) => {
        $(
            #[doc = concat!("`", $key, "=`")]
            pub const $name: Directive = Directive {
                section: Section::$section,
                key: $key,
                quoting: Quoting::$quoting,
                since: $since,
                nixos: $nixos,
                option: table!(@option $($option)?),
                podman: table!(@podman $($podman)?),
            };
        )*

        /// Every row of the table.
        pub const ALL: &[&Directive] = &[$(&$name,)*];
    };
    (@option) => { None };
    (@option $option:ident) => { Some(ModuleOption::$option) };
    (@podman) => { Podman::Nothing };
    (@podman $podman:expr) => { $podman };
}

use Nixos::{Capability, Container, ContainerList, Elsewhere, ExtraOption, Unit, UnitList};
use Since::{Always, Systemd};

const fn podman(major: u16, minor: u16) -> Since {
    Since::Podman(Version::new(major, minor, 0))
}

table! {
    DESCRIPTION = Unit "Description" Line [Always] Unit(&["description"]);
    REQUIRES = Unit "Requires" Names [Always] Unit(&["requires"]);
    AFTER = Unit "After" Names [Always] Unit(&["after"]);
    BINDS_TO = Unit "BindsTo" Names [Always] Unit(&["bindsTo"]);
    WANTS = Unit "Wants" Names [Always] Unit(&["wants"]);
    STOP_WHEN_UNNEEDED = Unit "StopWhenUnneeded" Plain [Always] Unit(&["unitConfig", "StopWhenUnneeded"]);
    START_LIMIT_INTERVAL_SEC = Unit "StartLimitIntervalSec" Plain [Systemd(229)] Unit(&["startLimitIntervalSec"]);

    LISTEN_STREAM = Socket "ListenStream" Line [Always] UnitList(&["listenStreams"]);
    FREE_BIND = Socket "FreeBind" Plain [Always] Unit(&["socketConfig", "FreeBind"]);
    TRIGGER_LIMIT_INTERVAL_SEC = Socket "TriggerLimitIntervalSec" Plain [Systemd(230)]
        Unit(&["socketConfig", "TriggerLimitIntervalSec"]);

    IMAGE = Container "Image" QuadletRaw [podman(4, 4)] Container(&["image"]), option Image,
        podman Podman::Image;
    CONTAINER_NAME = Container "ContainerName" QuadletRaw [podman(4, 4)] Elsewhere,
        podman Podman::Option("--name");
    PULL = Container "Pull" QuadletRaw [podman(4, 6)] Container(&["pull"]), podman Podman::Option("--pull");
    EXEC = Container "Exec" QuadletWords [podman(4, 4)] ContainerList(&["cmd"]), podman Podman::Command;
    CONTAINER_ENVIRONMENT = Container "Environment" QuadletWords [podman(4, 4)] Container(&["environment"]),
        option Environment, podman Podman::Option("--env");
    CONTAINER_ENVIRONMENT_FILE = Container "EnvironmentFile" QuadletWords [podman(4, 4)]
        ContainerList(&["environmentFiles"]), podman Podman::Option("--env-file");
    PUBLISH_PORT = Container "PublishPort" QuadletRaw [podman(4, 4)] ContainerList(&["ports"]),
        podman Podman::Option("--publish");
    VOLUME = Container "Volume" QuadletRaw [podman(4, 4)] ContainerList(&["volumes"]),
        podman Podman::Option("--volume");
    DROP_CAPABILITY = Container "DropCapability" Names [podman(4, 4)] Capability(false),
        podman Podman::Option("--cap-drop");
    ADD_CAPABILITY = Container "AddCapability" Names [podman(4, 4)] Capability(true),
        podman Podman::Option("--cap-add");
    MEMORY = Container "Memory" QuadletRaw [podman(5, 5)] ExtraOption, podman Podman::Option("--memory");
    ULIMIT = Container "Ulimit" QuadletRaw [podman(4, 7)] ExtraOption, podman Podman::Option("--ulimit");
    PODMAN_ARGS = Container "PodmanArgs" QuadletWords [podman(4, 4)] Elsewhere;

    TYPE = Service "Type" Plain [Always] Unit(&["serviceConfig", "Type"]);
    NOTIFY_ACCESS = Service "NotifyAccess" Plain [Always] Unit(&["serviceConfig", "NotifyAccess"]);
    USER = Service "User" Line [Always] Unit(&["serviceConfig", "User"]), option User;
    GROUP = Service "Group" Line [Always] Unit(&["serviceConfig", "Group"]);
    WORKING_DIRECTORY = Service "WorkingDirectory" Line [Always] Unit(&["serviceConfig", "WorkingDirectory"]);
    ENVIRONMENT = Service "Environment" Variables [Always] Unit(&["environment"]), option Environment;
    ENVIRONMENT_FILE = Service "EnvironmentFile" Line [Always] Unit(&["serviceConfig", "EnvironmentFile"]);
    EXEC_START = Service "ExecStart" Command [Always] Unit(&["serviceConfig", "ExecStart"]);
    EXEC_START_POST = Service "ExecStartPost" Command [Always] Unit(&["serviceConfig", "ExecStartPost"]);
    EXEC_STOP = Service "ExecStop" Command [Always] Unit(&["serviceConfig", "ExecStop"]);
    EXEC_STOP_POST = Service "ExecStopPost" Command [Always] Unit(&["serviceConfig", "ExecStopPost"]);
    TIMEOUT_START_SEC = Service "TimeoutStartSec" Plain [Always] Unit(&["serviceConfig", "TimeoutStartSec"]);
    RESTART = Service "Restart" Plain [Always] Unit(&["serviceConfig", "Restart"]), option Restart;
    RESTART_MODE = Service "RestartMode" Plain [Systemd(254)] Unit(&["serviceConfig", "RestartMode"]);
    RESTART_SEC = Service "RestartSec" Plain [Always] Unit(&["serviceConfig", "RestartSec"]);
    RESTART_STEPS = Service "RestartSteps" Plain [Systemd(254)] Unit(&["serviceConfig", "RestartSteps"]);
    RESTART_MAX_DELAY_SEC = Service "RestartMaxDelaySec" Plain [Systemd(254)]
        Unit(&["serviceConfig", "RestartMaxDelaySec"]);
    SUCCESS_EXIT_STATUS = Service "SuccessExitStatus" Plain [Always]
        Unit(&["serviceConfig", "SuccessExitStatus"]);
    LIMIT_NOFILE = Service "LimitNOFILE" Plain [Always] Unit(&["serviceConfig", "LimitNOFILE"]);
    KILL_MODE = Service "KillMode" Plain [Always] Unit(&["serviceConfig", "KillMode"]);
    DELEGATE = Service "Delegate" Plain [Always] Unit(&["serviceConfig", "Delegate"]);

    WANTED_BY = Install "WantedBy" Names [Always] Unit(&["wantedBy"]);
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::*;

    #[test]
    fn keys_are_unique_within_a_section() {
        let mut seen = BTreeSet::new();
        for it in ALL {
            assert!(seen.insert((it.section, it.key)), "`{}=` is listed twice", it.key);
        }
    }

    /// Columns of `systemd-directives.tsv`: section, directive, type, added in, in 252, in 257, in 262.
    #[test]
    fn systemd_knows_every_directive_since_the_version_of_its_row() {
        let table = include_str!("../tests/data/systemd-directives.tsv");
        let mut known: BTreeMap<(&str, &str), (u16, [bool; 3])> = BTreeMap::new();
        for line in table.lines().skip(1) {
            let columns: Vec<&str> = line.split('\t').collect();
            let [section, key, _, added, in_252, in_257, in_262] = columns[..] else {
                panic!("{line}")
            };
            let present = [in_252, in_257, in_262].map(|it| it == "y");
            known.insert((section, key), (added.parse().unwrap_or(0), present));
        }
        for it in ALL.iter().filter(|it| it.section != Section::Container) {
            let row = known.get(&(it.section.as_str(), it.key));
            let (added, [in_252, in_257, in_262]) =
                row.unwrap_or_else(|| panic!("`{}=` is unknown", it.key));
            assert!(*in_257 && *in_262, "`{}=` must not be gone or too new", it.key);
            match it.since {
                Systemd(version) => {
                    assert_eq!(version, *added, "`{}=`", it.key);
                    assert_eq!(version <= 252, *in_252, "`{}=`", it.key);
                }
                Always => {
                    assert!(*in_252 && *added <= 229, "`{}=` came with {added}", it.key)
                }
                Since::Podman(_) => panic!("`{}=` is systemd's", it.key),
            }
        }
    }

    #[test]
    fn podman_knows_every_key_since_the_version_of_its_row() {
        let table = include_str!("../tests/data/quadlet-keys.tsv");
        for it in ALL.iter().filter(|it| it.section == Section::Container) {
            let line = table
                .lines()
                .find(|line| line.starts_with(&format!("Container\t{}\t", it.key)))
                .unwrap_or_else(|| panic!("`{}=` is unknown", it.key));
            let columns: Vec<&str> = line.split('\t').collect();
            assert_eq!(
                Version::parse(columns[2]).map(Since::Podman),
                Some(it.since),
                "`{}=`",
                it.key
            );
            let quoting = match columns[3].trim_end_matches('1') {
                "S" | "RAW" => Quoting::QuadletRaw,
                "STRV" => Quoting::Names,
                "ARGS" | "ARGV" | "KV" => Quoting::QuadletWords,
                other => panic!("`{}=` is read as {other}", it.key),
            };
            assert_eq!(quoting, it.quoting, "`{}=`", it.key);
        }
    }

    #[test]
    fn nixos_has_every_option_of_the_table() {
        let options = include_str!("../tests/data/nixos-options.json");
        for it in ALL {
            const CONTAINERS: &str = "virtualisation.oci-containers.containers.<name>";
            let (place, name) = match it.nixos {
                Unit(path) | UnitList(path) if it.section == Section::Socket => {
                    ("systemd.sockets.<name>", path[0])
                }
                Unit(path) | UnitList(path) => ("systemd.services.<name>", path[0]),
                Container(path) | ContainerList(path) => (CONTAINERS, path[0]),
                Capability(_) => (CONTAINERS, "capabilities"),
                ExtraOption | Elsewhere => continue,
            };
            let option = format!("\"name\": \"{place}.{name}\"");
            assert!(options.contains(&option), "{option}");
        }
    }
}
