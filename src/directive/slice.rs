//! `[Slice]`, of systemd.slice(5) and systemd.resource-control(5).

use super::Since::Systemd;

table! {
    Slice "sliceConfig";

    MEMORY_MAX = "MemoryMax" Plain [Systemd(231)];
}
