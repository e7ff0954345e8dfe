//! `[Timer]`, of systemd.timer(5).

use super::Since::{Always, Systemd};

table! {
    Timer "timerConfig";

    ON_CALENDAR = "OnCalendar" Line [Always];
    ON_BOOT_SEC = "OnBootSec" Plain [Always];
    ON_UNIT_ACTIVE_SEC = "OnUnitActiveSec" Plain [Always];
    ON_UNIT_INACTIVE_SEC = "OnUnitInactiveSec" Plain [Always];
    RANDOMIZED_DELAY_SEC = "RandomizedDelaySec" Plain [Always];
    FIXED_RANDOM_DELAY = "FixedRandomDelay" Plain [Systemd(247)];
    ACCURACY_SEC = "AccuracySec" Plain [Always];
    PERSISTENT = "Persistent" Plain [Always];
    WAKE_SYSTEM = "WakeSystem" Plain [Always];
}
