//! `[Quadlet]`, of podman-systemd.unit(5): what Quadlet makes of a file beside what the file says.

use super::podman;

table! {
    Quadlet podman;

    DEFAULT_DEPENDENCIES = "DefaultDependencies" Plain [podman(5, 3)];
}
