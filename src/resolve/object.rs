//! The objects of podman that a manifest has beside its services, and how others name them.

use std::collections::{BTreeMap, BTreeSet};

use crate::manifest::model;
use crate::plan::name::{HostName, ObjectName, ServiceName, is_plain};
use crate::plan::object::{ObjectKind, ObjectReference, Objects};
use crate::plan::service::Service;
use crate::plan::version::Version;
use crate::plan::{Engine, Nixos, NixosContainers, NixosHost, PlainHost};
use crate::problem::{Code, Problem, Trail};

use super::overrides::Variants;
use super::{image, impossible_name, network, pod, service_path, text, unknown_name, volume};

/// The objects as written and as resolved.
pub(super) struct Scope<'a> {
    pub(super) written: &'a model::Manifest,
    pub(super) resolved: Objects,
}

/// Resolves every object.
pub(super) fn resolve<'a>(written: &'a model::Manifest, problems: &mut Vec<Problem>) -> Scope<'a> {
    let networks = each(ObjectKind::Network, &written.networks, problems, network::resolve);
    let volumes = each(ObjectKind::Volume, &written.volumes, problems, volume::resolve);
    let images = each(ObjectKind::Image, &written.images, problems, image::resolve);
    let builds = each(ObjectKind::Build, &written.builds, problems, image::resolve_build);
    let resolved = Objects { networks, volumes, images, builds, pods: BTreeMap::new() };
    let mut scope = Scope { written, resolved };
    // Pods join networks of the manifest.
    let pods = each(ObjectKind::Pod, &written.pods, problems, |written, path, problems| {
        pod::resolve(written, path, &scope, problems)
    });
    scope.resolved.pods = pods;
    scope
}

fn each<Written, Resolved>(
    kind: ObjectKind,
    written: &BTreeMap<String, Written>,
    problems: &mut Vec<Problem>,
    resolve: impl Fn(&Written, &Trail<'_>, &mut Vec<Problem>) -> Option<Resolved>,
) -> BTreeMap<ObjectName, Resolved> {
    let place = Trail::Root.key(kind.plural());
    let mut resolved = BTreeMap::new();
    for (name, written) in written {
        let path = place.key(name);
        let parsed = object_name(kind, name, &path, problems);
        let before = problems.len();
        let object = resolve(written, &path, problems);
        if problems.len() == before {
            resolved.extend(parsed.zip(object));
        }
    }
    resolved
}

/// What podman takes for a kind of network and not for the name of one (podman-run(1) `--network`),
/// and the one that it makes itself.
const NO_NETWORKS: &[&str] = &[
    "bridge",
    "container",
    "default",
    "host",
    "none",
    "ns",
    "pasta",
    "podman",
    "private",
    "slirp4netns",
];

fn object_name(
    kind: ObjectKind,
    name: &str,
    path: &Trail<'_>,
    problems: &mut Vec<Problem>,
) -> Option<ObjectName> {
    if kind == ObjectKind::Network && NO_NETWORKS.contains(&name) {
        problems.push(
            Problem::new(
                Code::ImpossibleName,
                path.at_key(),
                format!("`{name}` means something else to podman than a network of that name"),
            )
            .hint("choose another name"),
        );
        return None;
    }
    let parsed = ObjectName::parse(name);
    if parsed.is_none() {
        problems.push(impossible_name(path, name));
    }
    parsed
}

impl Scope<'_> {
    /// Finds an object by its name; `path` is where the name stands.
    ///
    /// `None` comes with a problem, here or where the object is declared.
    pub(super) fn find(
        &self,
        (kind, name): (ObjectKind, &str),
        path: &Trail<'_>,
        problems: &mut Vec<Problem>,
    ) -> Option<ObjectReference> {
        let declared = self.names(kind);
        if !declared.contains(name) {
            let declared = declared.into_iter();
            problems.push(unknown_name(name, path.at_value(), kind.as_str(), declared));
            return None;
        }
        let name = ObjectName::parse(name)?;
        self.resolved.has(kind, &name).then_some(ObjectReference { kind, name })
    }

    /// Whether the manifest declares an object, be it right or wrong.
    pub(super) fn declares(&self, kind: ObjectKind, name: &str) -> bool {
        self.names(kind).contains(name)
    }

    /// The reference of an image that has a unit of its own.
    pub(super) fn image(&self, object: &ObjectReference) -> Option<&str> {
        let ObjectReference { kind, name } = object;
        match kind {
            ObjectKind::Network | ObjectKind::Volume | ObjectKind::Pod => None,
            ObjectKind::Image => self.resolved.images.get(name).map(|it| it.image.as_str()),
            ObjectKind::Build => self.resolved.builds.get(name).map(|it| it.tag.as_str()),
        }
    }

    fn names(&self, kind: ObjectKind) -> BTreeSet<&str> {
        match kind {
            ObjectKind::Network => self.written.networks.keys().map(String::as_str).collect(),
            ObjectKind::Volume => self.written.volumes.keys().map(String::as_str).collect(),
            ObjectKind::Image => self.written.images.keys().map(String::as_str).collect(),
            ObjectKind::Build => self.written.builds.keys().map(String::as_str).collect(),
            ObjectKind::Pod => self.written.pods.keys().map(String::as_str).collect(),
        }
    }
}

/// Refuses what nobody uses, and what would write the unit of a service.
///
/// A service that could not be resolved may be the one that uses an object, so `is_complete` says that all could.
pub(super) fn check(
    objects: &Objects,
    services: &BTreeMap<ServiceName, Service>,
    variants: &Variants,
    is_complete: bool,
    problems: &mut Vec<Problem>,
) {
    let forms = services.values().chain(variants.values().flat_map(BTreeMap::values));
    let used = objects.users(forms);
    pod::check(&objects.pods, services, problems);
    for object in objects.all() {
        let ObjectReference { kind, name } = &object;
        let place = Trail::Root.key(kind.plural());
        let path = place.key(name.as_str());
        if is_complete && !used.contains_key(&object) {
            let message = format!("no service uses the {} `{name}`", kind.as_str());
            problems.push(
                Problem::new(Code::Pointless, path.at_key(), message)
                    .hint("name it in the `container` of a service, or take it out"),
            );
        }
        let unit = object.unit();
        let taken = services.keys().find(|it| {
            it.as_str() == unit
                || services[*it].activation.is_proxied() && format!("{it}-backend") == unit
        });
        if let Some(service) = taken {
            problems.push(
                Problem::new(
                    Code::UnitClash,
                    service_path(service).at_key(),
                    format!(
                        "`{unit}.service` is already the unit of the {} `{name}`",
                        kind.as_str()
                    ),
                )
                .hint("rename one of the two"),
            );
        }
    }
}

/// Refuses what a host cannot do: what its podman is too old for, and on NixOS what is not root's.
///
/// What Quadlet has no key for becomes an argument; only arguments that came later than podman 4.0 are looked at
/// (cmd/podman of each release).
pub(super) fn check_hosts(
    objects: &Objects,
    services: &BTreeMap<ServiceName, Service>,
    variants: &Variants,
    (plain_hosts, nixos): (&[PlainHost], &Nixos),
    problems: &mut Vec<Problem>,
) {
    let used_on = |host: Option<&HostName>, running: &BTreeSet<ServiceName>| {
        let own = host.and_then(|it| variants.get(it));
        let form = |name: &ServiceName| own.and_then(|it| it.get(name)).or(services.get(name));
        let forms: Vec<&Service> = running.iter().filter_map(form).collect();
        objects.users(forms.into_iter())
    };
    for (host, NixosHost { user, services: running }) in &nixos.hosts {
        let used = if user.is_some() { used_on(Some(host), running) } else { BTreeMap::new() };
        for ObjectReference { kind, name } in used.keys() {
            let message = format!(
                "`{host}` is a NixOS host whose services an account runs; the {} `{name}` would be root's there",
                kind.as_str()
            );
            let place = Trail::Root.key(kind.plural()).key(name.as_str()).at_key();
            problems.push(Problem::new(Code::TargetCannot, place, message).hint(
                "leave that host out of the `hosts` of the services that use it, or take its `user` out",
            ));
        }
    }
    pod::check_overrides(services, variants, &nixos.hosts.keys().collect(), problems);
    if nixos.containers == NixosContainers::Docker {
        let forms = services.values().chain(variants.values().flat_map(BTreeMap::values));
        let used = objects.users(forms.filter(|it| nixos.services.contains(&it.name)));
        problems.extend(used.keys().map(|it| not_by_docker("NixOS", it)));
    }
    for PlainHost { name: host, systemd: _, engine, services: running, user: _ } in plain_hosts {
        let podman = match engine {
            Engine::Podman(version) => version,
            Engine::Docker(_) => {
                let host = host.as_ref();
                let used = used_on(host, running);
                let host = host.map_or("the host".to_owned(), |it| format!("`{it}`"));
                problems.extend(used.keys().map(|it| not_by_docker(&host, it)));
                continue;
            }
        };
        for ObjectReference { kind, name } in used_on(host.as_ref(), running).keys() {
            let newer: Vec<(&str, Version)> = match kind {
                ObjectKind::Network => network::newer(&objects.networks[name]),
                ObjectKind::Volume => Vec::new(),
                ObjectKind::Image => image::newer(&objects.images[name].retry),
                ObjectKind::Build => image::newer(&objects.builds[name].retry),
                ObjectKind::Pod => pod::newer(&objects.pods[name]),
            };
            for (key, since) in newer.into_iter().filter(|(_, since)| podman < since) {
                let host = host.as_ref().map_or("the host".to_owned(), |it| format!("`{it}`"));
                let message = format!("{host} has podman {podman}; `{key}` needs {since}");
                let place = Trail::Root.key(kind.plural()).key(name.as_str()).key(key).at_key();
                problems.push(Problem::new(Code::HostTooOld, place, message).hint(
                    "leave it out, or leave that host out of the `hosts` of the services that use it",
                ));
            }
        }
    }
}

fn not_by_docker(host: &str, object: &ObjectReference) -> Problem {
    let ObjectReference { kind, name } = object;
    let message = format!("{host} has docker, for which no {} `{name}` is made", kind.as_str());
    let place = Trail::Root.key(kind.plural()).key(name.as_str()).at_key();
    Problem::new(Code::TargetCannot, place, message)
        .hint("leave that host out of the `hosts` of the services that use it")
}

/// Resolves the name of a network that a container joins.
pub(super) fn network(
    name: &str,
    path: &Trail<'_>,
    scope: &Scope<'_>,
    needs: &mut BTreeSet<ObjectReference>,
    problems: &mut Vec<Problem>,
) -> Option<String> {
    if ["none", "host", "bridge"].contains(&name) {
        return Some(name.to_owned());
    }
    let object = scope.find((ObjectKind::Network, name), path, problems)?;
    let name = object.name.to_string();
    needs.insert(object);
    Some(name)
}

/// The name of something that somebody else made, under podman's rule for names.
pub(super) fn resource_name(
    kind: &str,
    written: &str,
    path: &Trail<'_>,
    problems: &mut Vec<Problem>,
) -> Option<String> {
    // Quadlet reads the suffix as a file of its own.
    if is_plain(written, b"", b"_.-") && !written.ends_with(&format!(".{kind}")) {
        return Some(written.to_owned());
    }
    problems.push(
        Problem::new(
            Code::ImpossibleName,
            path.at_value(),
            format!("`{}` cannot be the name of a {kind}", written.escape_debug()),
        )
        .hint("letters, digits, `_`, `.` and `-`, beginning with a letter or digit"),
    );
    None
}

/// Resolves a word of podman that stands where nothing is quoted; `path` is its own.
pub(super) fn word(
    written: Option<&String>,
    path: &Trail<'_>,
    problems: &mut Vec<Problem>,
) -> Option<String> {
    let written = written?;
    if is_plain(written, b"", b"_.:/@+-") {
        return Some(written.clone());
    }
    problems.push(
        Problem::new(
            Code::ImpossibleName,
            path.at_value(),
            format!("`{}` is no word that podman could know", written.escape_debug()),
        )
        .hint("letters, digits and `_.:/@+-`, beginning with a letter or digit"),
    );
    None
}

/// Resolves a text that Quadlet reads to the end of the line; `path` is its own.
pub(super) fn line(
    written: Option<&String>,
    path: &Trail<'_>,
    problems: &mut Vec<Problem>,
) -> Option<String> {
    let line = text::line(written?, path, problems)?;
    if line.starts_with('"') || line.ends_with('"') {
        problems.push(text::cannot_carry(
            path,
            "begins or ends with a `\"`, which Quadlet would strip",
        ));
        return None;
    }
    Some(line)
}

/// Resolves an absolute path that Quadlet reads to the end of the line; `place` is its own.
pub(super) fn path(
    written: Option<&String>,
    place: &Trail<'_>,
    problems: &mut Vec<Problem>,
) -> Option<String> {
    let path = text::absolute_path(written?, place, problems)?;
    if path.ends_with('"') {
        problems.push(text::cannot_carry(place, "ends with a `\"`, which Quadlet would strip"));
        return None;
    }
    Some(path)
}

/// Resolves a table of names and values; `path` is its own.
pub(super) fn pairs(
    written: &BTreeMap<String, String>,
    path: &Trail<'_>,
    problems: &mut Vec<Problem>,
) -> BTreeMap<String, String> {
    let mut pairs = BTreeMap::new();
    for (name, value) in written {
        let path = path.key(name);
        let is_name = is_plain(name, b"_", b"_./-");
        if !is_name {
            problems.push(
                Problem::new(
                    Code::ImpossibleName,
                    path.at_key(),
                    format!("`{}` cannot be the name of a label or option", name.escape_debug()),
                )
                .hint("letters, digits, `_`, `.`, `/` and `-`, beginning with a letter, a digit or `_`"),
            );
        }
        let value = words(value, &path, problems);
        pairs.extend(is_name.then(|| name.clone()).zip(value));
    }
    pairs
}

/// Resolves further arguments of podman; `path` is that of their list.
pub(super) fn arguments(
    written: &[String],
    path: &Trail<'_>,
    problems: &mut Vec<Problem>,
) -> Vec<String> {
    let mut arguments = Vec::new();
    for (index, written) in written.iter().enumerate() {
        let path = path.index(index);
        let argument = words(written, &path, problems);
        if argument.as_ref().is_some_and(String::is_empty) {
            problems.push(text::cannot_carry(
                &path,
                "is empty, and Quadlet drops an empty argument with all that follow it",
            ));
        }
        arguments.extend(argument);
    }
    arguments
}

/// Resolves a text that Quadlet takes apart and puts together again; `path` is its own.
///
/// It writes U+0080 as a single byte, which no program can read (`charNeedEscape` in pkg/systemd/parser of podman).
fn words(written: &str, path: &Trail<'_>, problems: &mut Vec<Problem>) -> Option<String> {
    let text = text::literal(written, path, problems)?;
    refuse_broken_character(&text, path, problems).then_some(text)
}

/// Whether Quadlet can put a text together again; a problem is found where it cannot.
pub(super) fn refuse_broken_character(
    text: &str,
    path: &Trail<'_>,
    problems: &mut Vec<Problem>,
) -> bool {
    let is_broken = text.contains('\u{80}');
    if is_broken {
        problems.push(text::cannot_carry(path, "has the control character \\u{80}"));
    }
    !is_broken
}
