//! What a container sees of the host's files and devices.

use crate::plan::quantity::Size;
use crate::plan::text::Text;

/// A directory of the host, or a named volume, inside a container.
#[derive(Debug, Clone, PartialEq)]
pub struct Volume {
    /// A path of the host, a directory of the service, or the name of a volume.
    pub source: Text,
    pub target: String,
    pub access: Access,
    pub relabel: Option<Relabel>,
    pub propagation: Option<Propagation>,
    /// Options of podman-run(1) `--volume` that are a word: `U`, `idmap`, `nocopy`, `noexec`, `nodev`, `nosuid`, `O`.
    pub words: Vec<&'static str>,
}

/// What a container may do with a volume.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    ReadOnly,
    ReadWrite,
}

/// For whom SELinux labels the files of a mount.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Relabel {
    Shared,
    Private,
}

impl Relabel {
    /// The option of `--volume`.
    pub fn letter(self) -> &'static str {
        match self {
            Relabel::Shared => "z",
            Relabel::Private => "Z",
        }
    }

    /// The value of `relabel=` of `--mount`.
    pub fn as_str(self) -> &'static str {
        match self {
            Relabel::Shared => "shared",
            Relabel::Private => "private",
        }
    }
}

/// Which mounts inside a mount are seen on the other side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Propagation {
    Private,
    Rprivate,
    Shared,
    Rshared,
    Slave,
    Rslave,
}

impl Propagation {
    /// The word of mount(8).
    pub fn as_str(self) -> &'static str {
        match self {
            Propagation::Private => "private",
            Propagation::Rprivate => "rprivate",
            Propagation::Shared => "shared",
            Propagation::Rshared => "rshared",
            Propagation::Slave => "slave",
            Propagation::Rslave => "rslave",
        }
    }
}

/// What a container sees beside its volumes.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Storage {
    pub mounts: Vec<Mount>,
    pub tmpfs: Vec<Tmpfs>,
    pub devices: Vec<String>,
    pub is_read_only: bool,
    /// Whether some directories of a read-only container can be written; podman lets them unasked.
    pub read_only_tmpfs: Option<bool>,
    pub shm_size: Option<Size>,
}

/// A mount of a kind that volumes do not have.
#[derive(Debug, Clone, PartialEq)]
pub struct Mount {
    pub kind: MountKind,
    pub source: Option<String>,
    pub target: String,
    /// Whether the container may only read it; podman decides by the kind when `None`.
    pub is_read_only: Option<bool>,
    pub subpath: Option<String>,
    pub size: Option<Size>,
    /// Permissions in octal digits.
    pub mode: Option<String>,
    pub relabel: Option<Relabel>,
    pub chown: bool,
    pub propagation: Option<Propagation>,
}

/// A kind of mount.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MountKind {
    Bind,
    Volume,
    Image,
    Tmpfs,
    Ramfs,
    Devpts,
    Glob,
}

impl MountKind {
    /// The word of podman-run(1) `--mount type=`.
    pub fn as_str(self) -> &'static str {
        match self {
            MountKind::Bind => "bind",
            MountKind::Volume => "volume",
            MountKind::Image => "image",
            MountKind::Tmpfs => "tmpfs",
            MountKind::Ramfs => "ramfs",
            MountKind::Devpts => "devpts",
            MountKind::Glob => "glob",
        }
    }
}

/// A directory in memory.
#[derive(Debug, Clone, PartialEq)]
pub struct Tmpfs {
    pub target: String,
    pub size: Option<Size>,
    /// Permissions in octal digits.
    pub mode: Option<String>,
    pub may_exec: bool,
}
