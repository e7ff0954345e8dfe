//! Mounts of the kinds that volumes do not have.

use crate::manifest::model::container::storage as written;
use crate::plan::container::storage::{Mount, MountKind};
use crate::problem::{Code, Problem, Trail};

use super::{MODE, is_volume_name, resolve_propagation, resolve_relabel, size};
use crate::resolve::container::image;
use crate::resolve::container::word::{self, Rule, path_without};

/// podman reads a mount as comma-separated values, with quotes.
const ENDS: &[char] = &[',', '"'];

/// What podman takes for a kind of mount (measured with 5.4).
struct Takes {
    source: bool,
    read_only: bool,
    subpath: bool,
    size: bool,
    mode: bool,
    relabel: bool,
    chown: bool,
    propagation: bool,
}

fn takes(kind: MountKind) -> Takes {
    let nothing = Takes {
        source: false,
        read_only: false,
        subpath: false,
        size: false,
        mode: false,
        relabel: false,
        chown: false,
        propagation: false,
    };
    match kind {
        MountKind::Bind | MountKind::Glob => Takes {
            source: true,
            read_only: true,
            relabel: true,
            chown: true,
            propagation: true,
            ..nothing
        },
        MountKind::Volume => Takes {
            source: true,
            read_only: true,
            subpath: true,
            relabel: true,
            chown: true,
            ..nothing
        },
        MountKind::Image => Takes { source: true, read_only: true, subpath: true, ..nothing },
        MountKind::Tmpfs => {
            Takes { read_only: true, size: true, mode: true, chown: true, ..nothing }
        }
        MountKind::Ramfs => Takes { read_only: true, ..nothing },
        MountKind::Devpts => Takes { mode: true, ..nothing },
    }
}

/// Resolves a mount; `path` is that of its table.
pub(super) fn resolve(
    written: &written::Mount,
    path: &Trail<'_>,
    problems: &mut Vec<Problem>,
) -> Option<Mount> {
    let written::Mount {
        kind,
        source,
        target,
        read_only,
        subpath,
        size: limit,
        mode,
        relabel,
        chown,
        propagation,
    } = written;
    let kind = match kind {
        written::MountKind::Bind => MountKind::Bind,
        written::MountKind::Volume => MountKind::Volume,
        written::MountKind::Image => MountKind::Image,
        written::MountKind::Tmpfs => MountKind::Tmpfs,
        written::MountKind::Ramfs => MountKind::Ramfs,
        written::MountKind::Devpts => MountKind::Devpts,
        written::MountKind::Glob => MountKind::Glob,
    };
    let takes = takes(kind);
    let pointless = [
        ("source", source.is_some() && !takes.source),
        ("readOnly", read_only.is_some() && !takes.read_only),
        ("subpath", subpath.is_some() && !takes.subpath),
        ("size", limit.is_some() && !takes.size),
        ("mode", mode.is_some() && !takes.mode),
        ("relabel", relabel.is_some() && !takes.relabel),
        ("chown", *chown && !takes.chown),
        ("propagation", propagation.is_some() && !takes.propagation),
    ];
    for (key, _) in pointless.into_iter().filter(|(_, is_pointless)| *is_pointless) {
        let message = format!("`{key}` means nothing for a mount of type `{}`", kind.as_str());
        problems.push(
            Problem::new(Code::Pointless, path.key(key).at_key(), message).hint("take it out"),
        );
    }
    if takes.source && source.is_none() {
        let message = format!("a mount of type `{}` needs a `source`", kind.as_str());
        problems.push(
            Problem::new(Code::MissingKey, path.at_value(), message).hint("say what is mounted"),
        );
    }
    let source =
        source.as_deref().and_then(|it| resolve_source(it, kind, &path.key("source"), problems));
    let target = path_without(target, ENDS, &path.key("target"), problems);
    let subpath =
        subpath.as_deref().and_then(|it| path_without(it, ENDS, &path.key("subpath"), problems));
    Some(Mount {
        kind,
        source,
        target: target?,
        is_read_only: *read_only,
        subpath,
        size: size(limit.as_deref(), &path.key("size"), problems),
        mode: word::optional(mode.as_deref(), &MODE, &path.key("mode"), problems),
        relabel: relabel.map(resolve_relabel),
        chown: *chown,
        propagation: propagation.map(resolve_propagation),
    })
}

fn resolve_source(
    written: &str,
    kind: MountKind,
    path: &Trail<'_>,
    problems: &mut Vec<Problem>,
) -> Option<String> {
    const VOLUME: Rule = Rule {
        is_one: is_volume_name,
        what: "the name of a volume",
        hint: "letters, digits, `_`, `.` and `-`, beginning with a letter or digit",
    };
    match kind {
        MountKind::Bind | MountKind::Glob => path_without(written, ENDS, path, problems),
        MountKind::Volume => word::word(written, &VOLUME, path, problems),
        MountKind::Image => image::reference(written, path, problems),
        // They take no source, which has been said.
        MountKind::Tmpfs | MountKind::Ramfs | MountKind::Devpts => None,
    }
}
