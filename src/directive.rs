//! The directive table: how each directive is written, read and gated.
//!
//! A unit file, a Quadlet and a NixOS module are printed through the same row;
//! that is what makes them say the same.
//! Sources: systemd.directives(7) with the versions of `src/vocabulary/systemd-directives.tsv`,
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
    Timer,
    Slice,
    Container,
    Network,
    Volume,
    Image,
    Build,
    Pod,
    Quadlet,
    Service,
    Install,
}

impl Section {
    /// The name between the brackets.
    pub fn as_str(self) -> &'static str {
        match self {
            Section::Unit => "Unit",
            Section::Socket => "Socket",
            Section::Timer => "Timer",
            Section::Slice => "Slice",
            Section::Container => "Container",
            Section::Network => "Network",
            Section::Volume => "Volume",
            Section::Image => "Image",
            Section::Build => "Build",
            Section::Pod => "Pod",
            Section::Quadlet => "Quadlet",
            Section::Service => "Service",
            Section::Install => "Install",
        }
    }

    /// Whether Quadlet reads the section and not systemd.
    pub fn is_of_quadlet(self) -> bool {
        match self {
            Section::Container
            | Section::Network
            | Section::Volume
            | Section::Image
            | Section::Build
            | Section::Pod
            | Section::Quadlet => true,
            Section::Unit
            | Section::Socket
            | Section::Timer
            | Section::Slice
            | Section::Service
            | Section::Install => false,
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
    /// Quadlet's `Lookup` and `LookupAll`: the value as it stands reaches a command line.
    QuadletRaw,
    /// Quadlet's `LookupAllStrv`: words with quotes but without escapes that reach one.
    QuadletItems,
    /// Quadlet's `LookupAllArgs` and `LookupAllKeyVal`: words with quotes and C escapes that reach one.
    QuadletWords,
    /// `Notify=` of Quadlet: `true` for a container that says itself when it is ready, else the word.
    QuadletNotify,
}

/// The first version that knows a directive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Since {
    /// Older than every version that is supported.
    Always,
    Systemd(u16),
    Podman(Version),
    /// No version has such a key: it is an argument of podman, by which the row is called.
    Never,
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
            Since::Always => true,
            Since::Systemd(version) => version <= versions.systemd,
            Since::Podman(version) => version <= versions.podman,
            Since::Never => false,
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

/// How a directive of Quadlet becomes arguments of podman.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Podman {
    /// It is not of Quadlet, or it is said in another way.
    Nothing,
    /// `--option=value`, once for each value.
    Option(&'static str),
    /// The value right after what every such argument begins with, once for each value.
    Prefix(&'static str),
    /// `--option`, or `--option=false`.
    Flag(&'static str),
    /// Arguments that are written as they are, after all others.
    Words,
    /// The image, between the options and the command.
    Image,
    /// The command after the image.
    Command,
    /// One option for yes and another for no.
    Choice(&'static str, &'static str),
    /// What the command is about: the name after its options.
    Subject,
}

/// Declares the rows of a section as constants and lists them.
///
/// A row without `in` is set in the attribute set that the head of the table names,
/// as `serviceConfig.KEY`; one of a container is an argument of podman.
macro_rules! table {
    ($section:ident $config:tt; $($name:ident = $key:literal $quoting:ident [$since:expr]
        $(in $nixos:expr)? $(, option $option:ident)? $(, podman $podman:expr)?;)*) => {
        $(
            #[doc = concat!("`", $key, "=`")]
            pub const $name: $crate::directive::Directive = $crate::directive::Directive {
                section: $crate::directive::Section::$section,
                key: $key,
                quoting: $crate::directive::Quoting::$quoting,
                since: $since,
                nixos: table!(@nixos $config $key $(, $nixos)?),
                option: table!(@option $($option)?),
                podman: table!(@podman $($podman)?),
            };
        )*

        /// Every row of the section.
        pub const ALL: &[&$crate::directive::Directive] = &[$(&$name,)*];
    };
    (@nixos $config:tt $key:literal, $nixos:expr) => { $nixos };
    (@nixos podman $key:literal) => { $crate::directive::Nixos::ExtraOption };
    (@nixos $config:literal $key:literal) => { $crate::directive::Nixos::Unit(&[$config, $key]) };
    (@option) => { None };
    (@option $option:ident) => { Some($crate::directive::ModuleOption::$option) };
    (@podman) => { $crate::directive::Podman::Nothing };
    (@podman $podman:expr) => { $podman };
}

pub mod build;
pub mod container;
pub mod image;
pub mod install;
pub mod network;
pub mod pod;
pub mod quadlet;
pub mod raw;
pub mod service;
pub mod slice;
pub mod socket;
pub mod timer;
pub mod unit;
pub mod volume;

/// Every row of every table.
pub fn all() -> impl Iterator<Item = &'static Directive> {
    let tables = [
        unit::ALL,
        socket::ALL,
        timer::ALL,
        slice::ALL,
        container::ALL,
        network::ALL,
        volume::ALL,
        image::ALL,
        build::ALL,
        pod::ALL,
        quadlet::ALL,
        service::ALL,
        install::ALL,
    ];
    tables.into_iter().flatten().copied()
}

const fn podman(major: u16, minor: u16) -> Since {
    Since::Podman(Version::new(major, minor, 0))
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::Nixos::{
        Capability, Container, ContainerList, Elsewhere, ExtraOption, Unit, UnitList,
    };
    use super::Since::{Always, Systemd};
    use super::*;

    #[test]
    fn keys_are_unique_within_a_section() {
        let mut seen = BTreeSet::new();
        for it in all() {
            assert!(seen.insert((it.section, it.key)), "`{}=` is listed twice", it.key);
        }
    }

    /// Columns of `systemd-directives.tsv`: section, directive, type, added in, in 252, in 257, in 262.
    #[test]
    fn systemd_knows_every_directive_since_the_version_of_its_row() {
        let table = crate::vocabulary::TABLE;
        let mut known: BTreeMap<(&str, &str), (u16, [bool; 3])> = BTreeMap::new();
        for line in table.lines().skip(1) {
            let columns: Vec<&str> = line.split('\t').collect();
            let [section, key, _, added, in_252, in_257, in_262] = columns[..] else {
                panic!("{line}")
            };
            let present = [in_252, in_257, in_262].map(|it| it == "y");
            known.insert((section, key), (added.parse().unwrap_or(0), present));
        }
        for it in all().filter(|it| !it.section.is_of_quadlet()) {
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
                Since::Podman(_) | Since::Never => panic!("`{}=` is systemd's", it.key),
            }
        }
    }

    #[test]
    fn podman_knows_every_key_since_the_version_of_its_row() {
        let table = include_str!("../tests/data/quadlet-keys.tsv");
        for it in all().filter(|it| it.section.is_of_quadlet()) {
            if it.since == Since::Never {
                assert!(it.key.starts_with("--"), "`{}` is no argument", it.key);
                continue;
            }
            let line = table
                .lines()
                .find(|line| line.starts_with(&format!("{}\t{}\t", it.section.as_str(), it.key)))
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
                "STRV" => Quoting::QuadletItems,
                "ARGS" | "ARGV" | "KV" => Quoting::QuadletWords,
                "B" | "U32" => Quoting::Plain,
                "B/healthy" => Quoting::QuadletNotify,
                other => panic!("`{}=` is read as {other}", it.key),
            };
            assert_eq!(quoting, it.quoting, "`{}=`", it.key);
        }
    }

    /// A key that Quadlet has is said, or left out on purpose.
    #[test]
    fn every_key_of_an_object_is_a_row_or_left_out() {
        let table = include_str!("../tests/data/quadlet-keys.tsv");
        let sections = [
            (Section::Network, network::ALL, network::LEFT_OUT),
            (Section::Volume, volume::ALL, volume::LEFT_OUT),
            (Section::Image, image::ALL, image::LEFT_OUT),
            (Section::Build, build::ALL, build::LEFT_OUT),
            (Section::Pod, pod::ALL, pod::LEFT_OUT),
        ];
        for (section, rows, left_out) in sections {
            let prefix = format!("{}\t", section.as_str());
            let lines = table.lines().filter_map(|line| line.strip_prefix(&prefix));
            let known: BTreeSet<&str> = lines.filter_map(|it| it.split('\t').next()).collect();
            let rows = rows.iter().map(|it| it.key);
            let listed: Vec<&str> = rows.chain(left_out.iter().map(|it| it.0)).collect();
            assert_eq!(listed.len(), known.len(), "{section:?}");
            assert_eq!(BTreeSet::from_iter(listed), known, "{section:?}");
        }
    }

    #[test]
    fn every_key_of_a_container_is_a_row_or_has_a_reason() {
        let table = include_str!("../tests/data/quadlet-keys.tsv");
        let mut keys = BTreeSet::new();
        for line in table.lines() {
            keys.extend(line.strip_prefix("Container\t").and_then(|it| it.split('\t').next()));
        }
        let rows: BTreeSet<&str> =
            container::ALL.iter().filter(|it| it.since != Since::Never).map(|it| it.key).collect();
        let left_out: BTreeSet<&str> = container::LEFT_OUT.iter().map(|(key, _)| *key).collect();
        assert_eq!(rows.intersection(&left_out).collect::<Vec<_>>(), Vec::<&&str>::new());
        assert_eq!(rows.union(&left_out).copied().collect::<BTreeSet<_>>(), keys);
    }

    #[test]
    fn nixos_has_every_option_of_the_table() {
        let options = include_str!("../tests/data/nixos-options.json");
        for it in all() {
            const CONTAINERS: &str = "virtualisation.oci-containers.containers.<name>";
            let (place, name) = match it.nixos {
                Unit(path) | UnitList(path) => match it.section {
                    Section::Socket => ("systemd.sockets.<name>", path[0]),
                    Section::Timer => ("systemd.timers.<name>", path[0]),
                    Section::Slice => ("systemd.slices.<name>", path[0]),
                    Section::Unit
                    | Section::Container
                    | Section::Network
                    | Section::Volume
                    | Section::Image
                    | Section::Build
                    | Section::Pod
                    | Section::Quadlet
                    | Section::Service
                    | Section::Install => ("systemd.services.<name>", path[0]),
                },
                Container(path) | ContainerList(path) => (CONTAINERS, path[0]),
                Capability(_) => (CONTAINERS, "capabilities"),
                ExtraOption | Elsewhere => continue,
            };
            let option = format!("\"name\": \"{place}.{name}");
            let is_there =
                ["\"", "."].iter().any(|end| options.contains(&format!("{option}{end}")));
            assert!(is_there, "{option}");
        }
    }
}
