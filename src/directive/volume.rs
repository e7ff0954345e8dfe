//! `[Volume]`, of podman-systemd.unit(5).

use super::{Podman, podman};

table! {
    Volume podman;

    VOLUME_NAME = "VolumeName" QuadletRaw [podman(4, 7)], podman Podman::Subject;
    DRIVER = "Driver" QuadletRaw [podman(4, 8)], podman Podman::Option("--driver");
    IMAGE = "Image" QuadletRaw [podman(4, 8)], podman Podman::Option("--opt=image");
    COPY = "Copy" Plain [podman(4, 4)], podman Podman::Choice("--opt=copy", "--opt=nocopy");
    DEVICE = "Device" QuadletRaw [podman(4, 4)], podman Podman::Option("--opt=device");
    TYPE = "Type" QuadletRaw [podman(4, 4)], podman Podman::Option("--opt=type");
    OPTIONS = "Options" QuadletRaw [podman(4, 4)], podman Podman::Option("--opt=o");
    LABEL = "Label" QuadletWords [podman(4, 4)], podman Podman::Option("--label");
    PODMAN_ARGS = "PodmanArgs" QuadletWords [podman(4, 6)], podman Podman::Words;
}

/// The keys of Quadlet that no manifest can say, and why.
#[cfg(test)]
pub(super) const LEFT_OUT: &[(&str, &str)] = &[
    ("ContainersConfModule", "a host says it once, in containers.conf(5)"),
    ("GID", "`Options=` or an argument says it on every version"),
    ("GlobalArgs", "options of podman itself are the host's"),
    ("Group", "`Options=` or an argument says it beside the other options"),
    ("ServiceName", "the unit has the same name on every target"),
    ("UID", "`Options=` or an argument says it on every version"),
    ("User", "`Options=` or an argument says it beside the other options"),
];
