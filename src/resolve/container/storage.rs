//! What a container sees of the host's files and devices.

use std::collections::BTreeSet;

use crate::manifest::model::container::storage as written;
use crate::plan::container::storage::{Access, Propagation, Relabel, Storage, Tmpfs, Volume};
use crate::plan::name::is_plain;
use crate::plan::object::{ObjectKind, ObjectReference};
use crate::plan::quantity::Size;
use crate::plan::text::Text;
use crate::problem::{Code, Problem, Trail};
use crate::resolve::provision::Places;
use crate::resolve::text::Texts;
use crate::resolve::{pointless, quantity, text};

use super::word::{self, Rule, path_without};

mod mount;

/// What the keys of a container say of its files and devices, volumes aside.
pub(super) struct Written<'a> {
    pub(super) mounts: &'a [written::Mount],
    pub(super) tmpfs: &'a [written::Tmpfs],
    pub(super) devices: &'a [written::Device],
    pub(super) read_only: bool,
    pub(super) read_only_tmpfs: Option<bool>,
    pub(super) shm_size: Option<&'a str>,
}

/// podman's rule for the names of volumes; Quadlet reads the suffix `.volume` as a file of its own.
fn is_volume_name(text: &str) -> bool {
    is_plain(text, b"", b"_.-") && !text.ends_with(".volume")
}

const MODE: Rule = Rule {
    is_one: |it| (3..=4).contains(&it.len()) && it.bytes().all(|it| (b'0'..=b'7').contains(&it)),
    what: "permissions",
    hint: "write three or four octal digits, like `1777`",
};

/// The Container Device Interface's names: `VENDOR/CLASS=NAME`.
const VENDOR_DEVICE: Rule = Rule {
    is_one: |it| {
        it.split_once('=').is_some_and(|(kind, name)| {
            is_plain(name, b"", b"_.:-")
                && kind.split_once('/').is_some_and(|(vendor, class)| {
                    is_plain(vendor, b"", b"_.-") && is_plain(class, b"", b"_.-")
                })
        })
    },
    what: "a device",
    hint: "write a path like `/dev/dri`, or the name that a vendor gave, like `nvidia.com/gpu=all`",
};

const PERMISSIONS: Rule = Rule {
    is_one: |it| !it.is_empty() && it.bytes().all(|it| b"rwm".contains(&it)),
    what: "what a device may be used for",
    hint: "write some of `r`, `w` and `m`, which reads, writes and makes device nodes",
};

/// Resolves mounts and devices; `path` is that of the container.
pub(super) fn resolve(
    written: Written<'_>,
    path: &Trail<'_>,
    problems: &mut Vec<Problem>,
) -> Storage {
    let Written { mounts, tmpfs, devices, read_only, read_only_tmpfs, shm_size } = written;
    if read_only_tmpfs.is_some() && !read_only {
        problems.push(
            pointless(path, "readOnlyTmpfs", "the container can write its own files")
                .hint("write `readOnly = true`, or take it out"),
        );
    }
    Storage {
        mounts: word::each(mounts, &path.key("mounts"), |it, path| {
            mount::resolve(it, path, problems)
        }),
        tmpfs: word::each(tmpfs, &path.key("tmpfs"), |it, path| in_memory(it, path, problems)),
        devices: word::each(devices, &path.key("devices"), |it, path| device(it, path, problems)),
        is_read_only: read_only,
        read_only_tmpfs,
        shm_size: size(shm_size, &path.key("shmSize"), problems),
    }
}

fn size(written: Option<&str>, path: &Trail<'_>, problems: &mut Vec<Problem>) -> Option<Size> {
    written.and_then(|it| quantity::size(it, path, problems))
}

fn in_memory(
    written: &written::Tmpfs,
    path: &Trail<'_>,
    problems: &mut Vec<Problem>,
) -> Option<Tmpfs> {
    match written {
        written::Tmpfs::Target(target) => {
            let target = path_without(target, &[':'], path, problems)?;
            Some(Tmpfs { target, size: None, mode: None, may_exec: false })
        }
        written::Tmpfs::Sized(written::SizedTmpfs { target, size: limit, mode, exec }) => {
            let target = path_without(target, &[':'], &path.key("target"), problems);
            let limit = size(limit.as_deref(), &path.key("size"), problems);
            let mode = word::optional(mode.as_deref(), &MODE, &path.key("mode"), problems);
            Some(Tmpfs { target: target?, size: limit, mode, may_exec: *exec })
        }
    }
}

/// `HOST:CONTAINER:PERMISSIONS`, of podman-run(1) `--device`, or the name of a vendor's device.
fn device(
    written: &written::Device,
    path: &Trail<'_>,
    problems: &mut Vec<Problem>,
) -> Option<String> {
    match written {
        written::Device::Name(name) if name.starts_with('/') => {
            path_without(name, &[':'], path, problems)
        }
        written::Device::Name(name) => word::word(name, &VENDOR_DEVICE, path, problems),
        written::Device::Mapped(written::MappedDevice { host, container, permissions }) => {
            let host = path_without(host, &[':'], &path.key("host"), problems);
            let container = container.as_deref().map(|it| {
                let path = path.key("container");
                path_without(it, &[':'], &path, problems)
            });
            let path = path.key("permissions");
            let permissions = word::optional(permissions.as_deref(), &PERMISSIONS, &path, problems);
            let host = host?;
            let container = match container {
                Some(container) => container?,
                None => host.clone(),
            };
            Some(match permissions {
                Some(permissions) => format!("{host}:{container}:{permissions}"),
                None => format!("{host}:{container}"),
            })
        }
    }
}

/// Resolves volumes; `path` is that of their list.
pub(super) fn volumes(
    written: &[written::Volume],
    path: &Trail<'_>,
    texts: &Texts<'_>,
    needs: &mut BTreeSet<ObjectReference>,
    problems: &mut Vec<Problem>,
) -> Vec<Volume> {
    let scope = texts.objects;
    word::each(written, path, |it, path| {
        if scope.declares(ObjectKind::Volume, &it.source) {
            let volume = (ObjectKind::Volume, it.source.as_str());
            needs.insert(scope.find(volume, &path.key("source"), problems)?);
        }
        volume(it, path, texts.places, problems)
    })
}

/// podman splits a volume at its colons, and Quadlet takes the value as it stands on the line.
fn volume(
    written: &written::Volume,
    path: &Trail<'_>,
    places: &Places,
    problems: &mut Vec<Problem>,
) -> Option<Volume> {
    let written::Volume {
        source,
        target,
        read_only,
        relabel,
        chown,
        idmap,
        propagation,
        no_copy,
        no_exec,
        no_dev,
        no_suid,
        overlay,
    } = written;
    let source_path = path.key("source");
    let source = if source.starts_with('/') || source.starts_with("${") {
        text::path_in_directory(source, &source_path, places, problems)
    } else {
        volume_name(source, &source_path, problems).map(Text::literal)
    };
    let is_split = |it: &Text| it.literals().any(|it| it.contains(':'));
    if source.as_ref().is_some_and(is_split) {
        let why = "has a `:`, at which podman would split it";
        problems.push(text::cannot_carry(&source_path, why));
    }
    let target = path_without(target, &[':'], &path.key("target"), problems);
    let words = [
        (*chown, "U"),
        (*idmap, "idmap"),
        (*no_copy, "nocopy"),
        (*no_exec, "noexec"),
        (*no_dev, "nodev"),
        (*no_suid, "nosuid"),
        (*overlay, "O"),
    ];
    let words = words.into_iter().filter_map(|(is_set, word)| is_set.then_some(word));
    let words: Vec<&'static str> = words.collect();
    let is_more = *read_only || relabel.is_some() || propagation.is_some() || words.len() > 1;
    if *overlay && is_more {
        problems.push(
            Problem::new(
                Code::Pointless,
                path.key("overlay").at_key(),
                "podman takes no other option beside `overlay`",
            )
            .hint("take it out, or all others"),
        );
    }
    Some(Volume {
        source: source?,
        target: target?,
        access: if *read_only { Access::ReadOnly } else { Access::ReadWrite },
        relabel: relabel.map(resolve_relabel),
        propagation: propagation.map(resolve_propagation),
        words,
    })
}

fn resolve_relabel(written: written::Relabel) -> Relabel {
    match written {
        written::Relabel::Shared => Relabel::Shared,
        written::Relabel::Private => Relabel::Private,
    }
}

fn resolve_propagation(written: written::Propagation) -> Propagation {
    match written {
        written::Propagation::Private => Propagation::Private,
        written::Propagation::Rprivate => Propagation::Rprivate,
        written::Propagation::Shared => Propagation::Shared,
        written::Propagation::Rshared => Propagation::Rshared,
        written::Propagation::Slave => Propagation::Slave,
        written::Propagation::Rslave => Propagation::Rslave,
    }
}

fn volume_name(written: &str, path: &Trail<'_>, problems: &mut Vec<Problem>) -> Option<String> {
    let name = text::literal(written, path, problems)?;
    if is_volume_name(&name) {
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
