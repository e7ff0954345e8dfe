//! The container of a service.

use std::collections::BTreeSet;

use crate::manifest::model;
use crate::plan::activation::{Activation, Handoff};
use crate::plan::address::LOOPBACK;
use crate::plan::container::{Access, Container, HostPort, Protocol, PublishedPort, Pull, Volume};
use crate::plan::name::CapabilityName;
use crate::plan::object::ObjectKind;
use crate::plan::service::PortRole;
use crate::plan::text::{PortReference, Text};
use crate::problem::{Code, Problem, Trail};

use super::provision::Places;
use super::text::{self, Texts, Use};
use super::{activation, object, port};

/// Resolves a container; `path` is that of its table.
pub(super) fn resolve(
    written: &model::container::Container,
    activation: Option<&Activation>,
    path: &Trail<'_>,
    texts: &mut Texts<'_>,
    wanted: &mut port::Wanted,
    problems: &mut Vec<Problem>,
) -> Option<Container> {
    let model::container::Container {
        image,
        pull,
        command,
        ports,
        volumes,
        networks,
        capabilities,
    } = written;
    let mut objects = BTreeSet::new();
    let image = resolve_image(image, &path.key("image"), problems);
    let command: Vec<Option<Text>> = command
        .iter()
        .enumerate()
        .map(|(index, word)| text::parse(word, &path.key("command").index(index), texts, problems))
        .collect();
    let ports_path = path.key("ports");
    let ports: Vec<Option<PublishedPort>> = ports
        .iter()
        .enumerate()
        .map(|(index, port)| {
            let path = ports_path.index(index);
            published_port(port, activation, &path, texts, wanted, problems)
        })
        .collect();
    let ports: Option<Vec<PublishedPort>> = ports.into_iter().collect();
    if let Some(ports) = &ports {
        check_own_ports(ports, activation, path, problems);
    }
    let volumes: Vec<Option<Volume>> = volumes
        .iter()
        .enumerate()
        .map(|(index, volume)| {
            let (path, name) = (path.key("volumes"), &volume.source);
            let path = path.index(index);
            if texts.objects.declares(ObjectKind::Volume, name) {
                let volume = (ObjectKind::Volume, name.as_str());
                objects.insert(texts.objects.find(volume, &path.key("source"), problems)?);
            }
            resolve_volume(volume, &path, texts.places, problems)
        })
        .collect();
    let networks =
        object::networks(networks, &path.key("networks"), texts.objects, &mut objects, problems);
    let model::container::Capabilities { add, drop } = capabilities;
    let capabilities = path.key("capabilities");
    let add_capabilities = capability_names(add, &capabilities.key("add"), problems);
    let drop_capabilities = capability_names(drop, &capabilities.key("drop"), problems);
    if let Some(both) = add_capabilities.intersection(&drop_capabilities).next() {
        problems.push(
            Problem::new(
                Code::Pointless,
                capabilities.at_key(),
                format!("`{both}` is both added and dropped"),
            )
            .hint("take it out of one of the lists"),
        );
    }
    Some(Container {
        image: image?,
        pull: match pull {
            None | Some(model::container::Pull::Missing) => Pull::Missing,
            Some(model::container::Pull::Always) => Pull::Always,
            Some(model::container::Pull::Never) => Pull::Never,
            Some(model::container::Pull::Newer) => Pull::Newer,
        },
        command: command.into_iter().collect::<Option<_>>()?,
        ports: ports?,
        volumes: volumes.into_iter().collect::<Option<_>>()?,
        networks,
        objects,
        add_capabilities,
        drop_capabilities,
    })
}

/// NixOS writes the image into a shell script without quotes (nixpkgs oci-containers.nix),
/// so it has to be made of the characters that an image reference really has.
/// Quadlet reads the suffixes `.image` and `.build` as files of its own (podman-systemd.unit(5)).
pub(super) fn resolve_image(
    written: &str,
    path: &Trail<'_>,
    problems: &mut Vec<Problem>,
) -> Option<String> {
    let image = text::literal(written, path, problems)?;
    if is_image(&image) {
        return Some(image);
    }
    problems.push(
        Problem::new(
            Code::ImpossibleCharacter,
            path.at_value(),
            format!("`{}` is not the name of an image", image.escape_debug()),
        )
        .hint("like `docker.io/library/nginx:1.29` or `localhost/my-image:latest`"),
    );
    None
}

/// `HOST:PORT/PATH:TAG@DIGEST`, of which only a path is needed.
fn is_image(text: &str) -> bool {
    let is_word = |word: &str, more: &[u8]| {
        let mut bytes = word.bytes();
        bytes.next().is_some_and(|it| it.is_ascii_alphanumeric())
            && bytes.all(|it| it.is_ascii_alphanumeric() || more.contains(&it))
    };
    let (name, digest) = text.split_once('@').unzip();
    let name = name.unwrap_or(text);
    let tag_at = name.rfind(':').filter(|at| !name[*at..].contains('/'));
    let (path, tag) = tag_at.map_or((name, None), |at| (&name[..at], Some(&name[at + 1..])));
    let is_file = text.ends_with(".image") || text.ends_with(".build");
    !is_file
        && path.split('/').enumerate().all(|(index, part)| {
            // Only the host has a port.
            is_word(part, if index == 0 && path.contains('/') { b"._-:" } else { b"._-" })
        })
        && tag.is_none_or(|it| is_word(it, b"._-"))
        && digest.is_none_or(|it| is_word(it, b":"))
}

fn published_port(
    written: &model::container::PublishedPort,
    activation: Option<&Activation>,
    path: &Trail<'_>,
    texts: &mut Texts<'_>,
    wanted: &mut port::Wanted,
    problems: &mut Vec<Problem>,
) -> Option<PublishedPort> {
    let model::container::PublishedPort { container, host, address, protocol } = written;
    let inside = port::in_range(*container, &path.key("container"), problems);
    let address = match address {
        None => Some(LOOPBACK),
        Some(address) => activation::parse_address(address, &path.key("address"), problems),
    };
    let protocol = match protocol {
        None | Some(model::container::Protocol::Tcp) => Protocol::Tcp,
        Some(model::container::Protocol::Udp) => Protocol::Udp,
    };
    let host = match (host, activation.map(Activation::handoff)) {
        (Some(number), _) => {
            let number = port::in_range(*number, &path.key("host"), problems)?;
            wanted.take(port::Taken { number, protocol, path: path.key("host").to_path() });
            HostPort::Fixed(number)
        }
        (None, Some(Some(Handoff::Fd))) => {
            problems.push(socket_has_it(path));
            return None;
        }
        (None, Some(Some(Handoff::Proxy(_)))) => HostPort::Own(PortRole::Backend),
        (None, Some(None)) => HostPort::Own(PortRole::Public),
        (None, None) => return None,
    };
    if let HostPort::Own(role) = host {
        let reference = PortReference { service: texts.own.clone(), role };
        texts.uses.push(Use { by: texts.own.clone(), reference, path: path.to_path() });
    }
    Some(PublishedPort { address: address?, host, container: inside?, protocol })
}

/// The service's own port is published once, and a proxy has to find its backend behind it.
fn check_own_ports(
    ports: &[PublishedPort],
    activation: Option<&Activation>,
    path: &Trail<'_>,
    problems: &mut Vec<Problem>,
) {
    let own: Vec<&PublishedPort> =
        ports.iter().filter(|it| matches!(it.host, HostPort::Own(_))).collect();
    if let [_, _, ..] = own[..] {
        problems.push(
            Problem::new(
                Code::PortTaken,
                path.key("ports").at_value(),
                "two ports of the container are published on the service's own port",
            )
            .hint("give all but one of them a `host` port"),
        );
    }
    let is_reachable = own.iter().any(|it| {
        it.protocol == Protocol::Tcp && (it.address.is_loopback() || it.address.is_unspecified())
    });
    if activation.is_some_and(Activation::is_proxied) && !is_reachable {
        problems.push(
            Problem::new(
                Code::NoPort,
                path.key("ports").at_value(),
                "the proxy cannot reach the container: nothing is published on its backend port",
            )
            .hint(
                "write `ports = [{ container = PORT }]`: TCP, on loopback, without a `host` port",
            ),
        );
    }
}

fn socket_has_it(path: &Trail<'_>) -> Problem {
    Problem::new(
        Code::PortTaken,
        path.at_value(),
        "the socket of the service already listens on its port, so the container cannot publish it",
    )
    .hint("take it out: with `handoff = \"fd\"` the container is given the socket and publishes nothing")
}

/// podman splits a volume at its colons, and Quadlet takes the value as it stands on the line.
fn resolve_volume(
    written: &model::container::Volume,
    path: &Trail<'_>,
    places: &Places,
    problems: &mut Vec<Problem>,
) -> Option<Volume> {
    let model::container::Volume { source, target, read_only } = written;
    let source_path = path.key("source");
    let target_path = path.key("target");
    let source = if source.starts_with('/') || source.starts_with("${") {
        text::path_in_directory(source, &source_path, places, problems)
    } else {
        volume_name(source, &source_path, problems).map(Text::literal)
    };
    let target = text::absolute_path(target, &target_path, problems).map(Text::literal);
    let mut volume_path = |text: Option<Text>, path: &Trail<'_>| {
        let text = text?;
        if text.literals().any(|it| it.contains(':')) {
            problems.push(text::cannot_carry(path, "has a `:`, at which podman would split it"));
            return None;
        }
        Some(text)
    };
    let source = volume_path(source, &source_path);
    let target = volume_path(target, &target_path);
    Some(Volume {
        source: source?,
        target: target?.as_literal()?,
        access: if *read_only { Access::ReadOnly } else { Access::ReadWrite },
    })
}

/// podman's rule for the names of volumes; Quadlet reads the suffix `.volume` as a file of its own.
fn volume_name(written: &str, path: &Trail<'_>, problems: &mut Vec<Problem>) -> Option<String> {
    let name = text::literal(written, path, problems)?;
    let mut bytes = name.bytes();
    let is_name = bytes.next().is_some_and(|it| it.is_ascii_alphanumeric())
        && bytes.all(|it| it.is_ascii_alphanumeric() || b"_.-".contains(&it));
    if is_name && !name.ends_with(".volume") {
        return Some(name);
    }
    problems.push(
        Problem::new(
            Code::ImpossibleName,
            path.at_value(),
            format!("`{}` is neither an absolute path nor the name of a volume", name.escape_debug()),
        )
        .hint("a volume's name is letters, digits, `_`, `.` and `-`, beginning with a letter or digit"),
    );
    None
}

fn capability_names(
    written: &[String],
    path: &Trail<'_>,
    problems: &mut Vec<Problem>,
) -> BTreeSet<CapabilityName> {
    let mut names = BTreeSet::new();
    for (index, word) in written.iter().enumerate() {
        let name = CapabilityName::parse(word.strip_prefix("CAP_").unwrap_or(word));
        if name.is_none() {
            problems.push(
                Problem::new(
                    Code::ImpossibleName,
                    path.index(index).at_value(),
                    format!("`{}` is not a capability", word.escape_debug()),
                )
                .hint("like `NET_BIND_SERVICE`, or `ALL`"),
            );
        }
        names.extend(name);
    }
    names
}
