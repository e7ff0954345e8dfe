//! Strings of the manifest as typed text.
//!
//! `${reference}` is a reference, `$${` a literal `${`, everything else is data.
//! The rule is the same for every string; where no reference is possible, one is a problem.

use std::collections::BTreeMap;

use crate::manifest::model;
use crate::nearest;
use crate::plan::address::bracketed;
use crate::plan::name::ServiceName;
use crate::plan::service::PortRole;
use crate::plan::text::{PortReference, Reference, Segment, Text};
use crate::problem::{Code, Path, Problem, Trail};

use super::provision::Places;
use super::{activation, object};

/// Where a program runs, and reads what it is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Within {
    Host,
    /// In a container, which has a loopback of its own.
    Container,
}

/// The texts of a service: what their references may name, and what they have named so far.
pub(super) struct Texts<'a> {
    /// The service whose text it is.
    pub(super) own: &'a ServiceName,
    pub(super) services: &'a BTreeMap<String, model::service::Service>,
    pub(super) names: &'a BTreeMap<&'a str, ServiceName>,
    /// Whose loopback addresses are on.
    pub(super) loopback: Within,
    /// The objects that a container may name.
    pub(super) objects: &'a object::Scope<'a>,
    /// What references to secrets and directories of its own stand for.
    pub(super) places: &'a Places,
    pub(super) runs_in: Within,
    /// The ports that the texts use.
    pub(super) uses: Vec<Use>,
}

/// A reference to a port, and where it stands.
pub(super) struct Use {
    /// The service whose text it is.
    pub(super) by: ServiceName,
    pub(super) reference: PortReference,
    pub(super) path: Path,
}

/// Parses a text that may have references; the ports that it uses are noted.
///
/// `None` comes with at least one problem.
pub(super) fn parse(
    written: &str,
    path: &Trail<'_>,
    texts: &mut Texts<'_>,
    problems: &mut Vec<Problem>,
) -> Option<Text> {
    let pieces = split(written, path, problems)?;
    let mut segments = Vec::new();
    for piece in pieces {
        match piece {
            Piece::Literal(text) => push_literal(&mut segments, &text),
            Piece::Reference(name) => {
                let reference = match lookup(name, path, texts, problems)? {
                    Found::HostName => {
                        segments.push(Segment::Reference(Reference::HostName));
                        continue;
                    }
                    Found::Port(reference) => reference,
                    Found::Place(place) => {
                        segments.extend(place.0);
                        continue;
                    }
                };
                if let Some(address) = reference.address {
                    push_literal(&mut segments, &address);
                }
                texts.uses.push(Use {
                    by: texts.own.clone(),
                    reference: reference.port.clone(),
                    path: path.to_path(),
                });
                segments.push(Segment::Reference(Reference::Port(reference.port)));
            }
        }
    }
    Some(Text(segments))
}

/// Parses a path that may begin with a reference to a directory of the service.
pub(super) fn path_in_directory(
    written: &str,
    path: &Trail<'_>,
    places: &Places,
    problems: &mut Vec<Problem>,
) -> Option<Text> {
    let reference = written.strip_prefix("${").and_then(|it| it.split_once('}'));
    let Some((name, rest)) = reference else {
        return absolute_path(written, path, problems).map(Text::literal);
    };
    let is_directory =
        |it: &&Text| matches!(it.0[..], [Segment::Reference(Reference::Directory(..))]);
    let Some(directory) = places.get(name).filter(is_directory) else {
        problems.push(
            Problem::new(
                Code::UnknownReference,
                path.at_value(),
                format!("`${{{}}}` is not a directory of the service", name.escape_debug()),
            )
            .hint("`${stateDirectory}`, `${cacheDirectory}`, `${logsDirectory}` and `${runtimeDirectory}` are those of `directories`"),
        );
        return None;
    };
    if rest.is_empty() {
        return Some(directory.clone());
    }
    Some(directory.clone().then(absolute_path(rest, path, problems)?.into()))
}

/// Parses a string in which no reference is possible.
pub(super) fn literal(
    written: &str,
    path: &Trail<'_>,
    problems: &mut Vec<Problem>,
) -> Option<String> {
    let mut text = String::new();
    for piece in split(written, path, problems)? {
        match piece {
            Piece::Literal(literal) => text.push_str(&literal),
            Piece::Reference(name) => {
                problems.push(
                    Problem::new(
                        Code::UnknownReference,
                        path.at_value(),
                        format!("`{path}` cannot hold the reference `${{{name}}}`"),
                    )
                    .hint("references are for commands and environments; `$${` is a literal `${`"),
                );
                return None;
            }
        }
    }
    Some(text)
}

/// Parses a string that is printed on one line of a unit file without quotes.
///
/// systemd.syntax(7): such a line cannot carry control characters, blanks at its ends, or a `\` at its end.
pub(super) fn line(written: &str, path: &Trail<'_>, problems: &mut Vec<Problem>) -> Option<String> {
    let text = literal(written, path, problems)?;
    let trouble = if text.is_empty() {
        "is empty; leave the key out"
    } else if let Some(it) = text.chars().find(|it| it.is_control()) {
        problems.push(cannot_carry(
            path,
            &format!("has the control character {}", it.escape_unicode()),
        ));
        return None;
    } else if text.trim() != text {
        "begins or ends with a blank, which systemd would strip"
    } else if text.ends_with('\\') {
        "ends with a backslash, which would join it with the next line"
    } else {
        return Some(text);
    };
    problems.push(cannot_carry(path, trouble));
    None
}

/// Parses an absolute path.
pub(super) fn absolute_path(
    written: &str,
    path: &Trail<'_>,
    problems: &mut Vec<Problem>,
) -> Option<String> {
    let text = line(written, path, problems)?;
    if text.starts_with('/') && !text.split('/').any(|it| it == "..") {
        return Some(text);
    }
    problems.push(
        Problem::new(
            Code::RelativePath,
            path.at_value(),
            format!("`{text}` is not an absolute path"),
        )
        .hint("write the whole path from `/` on, without `..`"),
    );
    None
}

/// Whether a string is one line of a unit file as it stands; a newline would begin another directive.
pub(super) fn is_raw_line(written: &str, path: &Trail<'_>, problems: &mut Vec<Problem>) -> bool {
    let is_none = |it: &char| it.is_control() && *it != '\t' || is_noncharacter(*it);
    let trouble = if let Some(it) = written.chars().find(is_none) {
        format!("has {}, which no line of a unit file can hold", it.escape_unicode())
    } else if written.ends_with('\\') {
        "ends with a backslash, which would join it with the next line".to_owned()
    } else {
        return true;
    };
    problems.push(cannot_carry(path, &trouble));
    false
}

/// The problem of a value that cannot be carried to where it goes.
pub(super) fn cannot_carry(path: &Trail<'_>, why: &str) -> Problem {
    Problem::new(Code::ImpossibleCharacter, path.at_value(), format!("`{path}` {why}"))
        .hint("take it out: no target could pass it on unchanged")
}

enum Piece<'a> {
    Literal(String),
    Reference(&'a str),
}

/// Splits a string at its references.
fn split<'a>(
    written: &'a str,
    path: &Trail<'_>,
    problems: &mut Vec<Problem>,
) -> Option<Vec<Piece<'a>>> {
    if written.contains('\0') {
        problems.push(cannot_carry(path, "has a NUL, which no program can be given"));
        return None;
    }
    if let Some(it) = written.chars().find(|it| is_noncharacter(*it)) {
        let why = format!("has {}, which systemd takes for no character", it.escape_unicode());
        problems.push(cannot_carry(path, &why));
        return None;
    }
    let mut pieces = Vec::new();
    let mut literal = String::new();
    let mut rest = written;
    while let Some(at) = rest.find("${") {
        if rest[..at].ends_with('$') {
            // `$${` stands for `${`: the first `$` of the three is the escape.
            literal.push_str(&rest[..at - 1]);
            literal.push_str("${");
            rest = &rest[at + 2..];
            continue;
        }
        literal.push_str(&rest[..at]);
        let after = &rest[at + 2..];
        let Some(end) = after.find('}') else {
            problems.push(
                Problem::new(
                    Code::UnknownReference,
                    path.at_value(),
                    format!("`{path}` has a `${{` that is not closed"),
                )
                .hint("a reference is `${name}`; `$${` is a literal `${`"),
            );
            return None;
        };
        pieces.push(Piece::Literal(std::mem::take(&mut literal)));
        pieces.push(Piece::Reference(&after[..end]));
        rest = &after[end + 1..];
    }
    literal.push_str(rest);
    pieces.push(Piece::Literal(literal));
    Some(pieces)
}

/// Whether Unicode keeps the code point from being a character; systemd ignores a line that has one
/// (`unichar_is_valid` in its source), and a variable that has one even as an escape.
fn is_noncharacter(it: char) -> bool {
    let code = u32::from(it);
    matches!(code, 0xfdd0..=0xfdef) || code & 0xfffe == 0xfffe
}

/// Neighbouring literals become one, and empty ones none, so that equal texts have equal segments.
fn push_literal(segments: &mut Vec<Segment>, text: &str) {
    if text.is_empty() {
        return;
    }
    match segments.last_mut() {
        Some(Segment::Literal(last)) => last.push_str(text),
        Some(Segment::Reference(_)) | None => segments.push(Segment::Literal(text.to_owned())),
    }
}

enum Found {
    Place(Text),
    HostName,
    Port(FoundPort),
}

struct FoundPort {
    /// What stands before the port, for the references that are an address.
    address: Option<String>,
    port: PortReference,
}

fn lookup(
    name: &str,
    path: &Trail<'_>,
    texts: &Texts<'_>,
    problems: &mut Vec<Problem>,
) -> Option<Found> {
    let Texts { own, services, names, loopback, objects: _, places, runs_in, uses: _ } = texts;
    let own_port = |role| {
        let port = PortReference { service: (*own).clone(), role };
        Some(Found::Port(FoundPort { address: None, port }))
    };
    match name {
        "port" => return own_port(PortRole::Public),
        "backendPort" => return own_port(PortRole::Backend),
        "host.name" => return Some(Found::HostName),
        _ => {}
    }
    if let Some(place) = places.get(name) {
        let is_inside = !matches!(place.0[..], [Segment::Reference(Reference::Directory(..))]);
        if *runs_in == Within::Host || is_inside {
            return Some(Found::Place(place.clone()));
        }
        problems.push(
            Problem::new(
                Code::UnknownReference,
                path.at_value(),
                format!("`${{{name}}}` is a directory of the host, which the container does not see"),
            )
            .hint("make it the `source` of one of `container.volumes`, and write the `target` of that here"),
        );
        return None;
    }
    let foreign = name.strip_prefix("services.").and_then(|rest| rest.rsplit_once('.'));
    if let Some((service, field @ ("port" | "address" | "addresses"))) = foreign {
        let Some((written, parsed)) = services.get(service).zip(names.get(service)) else {
            if services.contains_key(service) {
                // Its name is impossible, which has been reported where it is declared.
                return None;
            }
            problems.push(
                Problem::new(
                    Code::UnknownReference,
                    path.at_value(),
                    format!(
                        "`${{{name}}}` names `{service}`, which is not a service of this manifest"
                    ),
                )
                .hint(nearest::hint(
                    service,
                    &names.keys().copied().collect::<Vec<_>>(),
                    "services",
                )),
            );
            return None;
        };
        let reachable = activation::reachable(written);
        if field == "address" && *loopback == Within::Container && reachable.is_loopback() {
            problems.push(
                Problem::new(
                    Code::TargetCannot,
                    path.at_value(),
                    format!("`{service}` listens on the loopback of the host, and a container has its own"),
                )
                .hint(
                    "let it listen on an address that containers reach, or accept it with \
                     `allow = [\"US060\"]` where the container shares the network of the host",
                ),
            );
            return None;
        }
        let address = (field == "address").then(|| format!("{}:", bracketed(reachable)));
        let port = PortReference { service: parsed.clone(), role: PortRole::Public };
        return Some(Found::Port(FoundPort { address, port }));
    }
    problems.push(
        Problem::new(
            Code::UnknownReference,
            path.at_value(),
            format!("`${{{}}}` is not a reference", name.escape_debug()),
        )
        .hint(match name {
            "instance" => "`${instance}` is for services with `replicas`",
            "owner" | "owner.port" | "owner.address" => {
                "`${owner}`, `${owner.port}` and `${owner.address}` are for companions"
            }
            "stateDirectory" | "cacheDirectory" | "logsDirectory" | "runtimeDirectory" => {
                "the service has no such directory; name it in `directories`"
            }
            _ if name.starts_with("secrets.") => {
                "the service has no such secret; name the file that holds it in `secrets`"
            }
            _ => {
                "references are `${port}`, `${backendPort}`, `${services.NAME.port}`, \
                 `${services.NAME.address}`, `${services.NAME.addresses}` and `${host.name}`; `$${` is a literal `${`"
            }
        }),
    );
    None
}
