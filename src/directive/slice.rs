//! `[Slice]`, of systemd.slice(5) and systemd.resource-control(5).

use super::Since::{Always, Systemd};

table! {
    Slice "sliceConfig";

    MEMORY_HIGH = "MemoryHigh" Plain [Systemd(231)];
    MEMORY_MAX = "MemoryMax" Plain [Systemd(231)];
    CPU_QUOTA = "CPUQuota" Plain [Always];
    CPU_WEIGHT = "CPUWeight" Plain [Systemd(232)];
    TASKS_MAX = "TasksMax" Plain [Always];
    IO_WEIGHT = "IOWeight" Plain [Systemd(230)];
}
