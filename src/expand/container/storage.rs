//! What a container sees of the host's files and devices.

use crate::directive as d;
use crate::plan::container::storage::{Access, Mount, MountKind, Storage, Tmpfs, Volume};
use crate::plan::text::Text;
use crate::unit::{Unit, Value};

use super::texts;

/// Assigns the volumes, mounts and devices.
pub(super) fn assign(unit: &mut Unit, volumes: &[Volume], storage: &Storage) {
    let Storage { mounts, tmpfs, devices, is_read_only, read_only_tmpfs, shm_size } = storage;
    unit.assign_texts(&d::container::VOLUME, volumes.iter().map(volume).collect());
    unit.assign_texts(&d::container::MOUNT, mounts.iter().map(mount).collect());
    unit.assign_texts(&d::container::TMPFS, tmpfs.iter().map(in_memory).collect());
    unit.assign_texts(&d::container::ADD_DEVICE, texts(devices));
    unit.assign_set(&d::container::READ_ONLY, *is_read_only);
    unit.assign_some(&d::container::READ_ONLY_TMPFS, read_only_tmpfs.map(Value::Flag));
    unit.assign_text(&d::container::SHM_SIZE, shm_size.map(|it| it.podman()));
}

/// `SOURCE:TARGET:OPTIONS`, of podman-run(1) `--volume`.
fn volume(volume: &Volume) -> Text {
    let Volume { source, target, access, relabel, propagation, words } = volume;
    let access = match access {
        Access::ReadOnly => Some("ro"),
        Access::ReadWrite => None,
    };
    let options: Vec<&str> = access
        .into_iter()
        .chain(relabel.map(|it| it.letter()))
        .chain(propagation.map(|it| it.as_str()))
        .chain(words.iter().copied())
        .collect();
    let separator = if options.is_empty() { "" } else { ":" };
    let rest = format!(":{target}{separator}{}", options.join(","));
    source.clone().then(Text::literal(rest))
}

/// `type=KIND,KEY=VALUE,…`, of podman-run(1) `--mount`.
fn mount(mount: &Mount) -> Text {
    let Mount {
        kind,
        source,
        target,
        is_read_only,
        subpath,
        size,
        mode,
        relabel,
        chown,
        propagation,
    } = mount;
    let mut fields = vec![format!("type={}", kind.as_str())];
    fields.extend(source.iter().map(|it| format!("source={it}")));
    fields.push(format!("destination={target}"));
    fields.extend(is_read_only.map(|it| match kind {
        // The only kind that is read-only unless told otherwise.
        MountKind::Image => format!("rw={}", !it),
        MountKind::Bind
        | MountKind::Volume
        | MountKind::Tmpfs
        | MountKind::Ramfs
        | MountKind::Devpts
        | MountKind::Glob => format!("ro={it}"),
    }));
    fields.extend(subpath.iter().map(|it| format!("subpath={it}")));
    fields.extend(size.map(|it| format!("tmpfs-size={}", it.podman())));
    fields.extend(mode.iter().map(|it| match kind {
        MountKind::Devpts => format!("mode={it}"),
        MountKind::Bind
        | MountKind::Volume
        | MountKind::Image
        | MountKind::Tmpfs
        | MountKind::Ramfs
        | MountKind::Glob => format!("tmpfs-mode={it}"),
    }));
    fields.extend(relabel.map(|it| format!("relabel={}", it.as_str())));
    fields.extend(chown.then(|| "chown=true".to_owned()));
    fields.extend(propagation.map(|it| format!("bind-propagation={}", it.as_str())));
    Text::literal(fields.join(","))
}

/// `TARGET:OPTIONS`, of podman-run(1) `--tmpfs`.
fn in_memory(tmpfs: &Tmpfs) -> Text {
    let Tmpfs { target, size, mode, may_exec } = tmpfs;
    let size = size.map(|it| format!("size={}", it.podman()));
    let mode = mode.as_ref().map(|it| format!("mode={it}"));
    let exec = may_exec.then(|| "exec".to_owned());
    let options: Vec<String> = size.into_iter().chain(mode).chain(exec).collect();
    let separator = if options.is_empty() { "" } else { ":" };
    Text::literal(format!("{target}{separator}{}", options.join(",")))
}
