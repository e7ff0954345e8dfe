//! `[Timer]`, of systemd.timer(5).

use super::Since::Always;

table! {
    Timer "timerConfig";

    ON_CALENDAR = "OnCalendar" Plain [Always];
}
