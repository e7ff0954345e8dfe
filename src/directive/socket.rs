//! `[Socket]`, of systemd.socket(5).

use super::Nixos::UnitList;
use super::Since::{Always, Systemd};

table! {
    Socket "socketConfig";

    LISTEN_STREAM = "ListenStream" Line [Always] in UnitList(&["listenStreams"]);
    FREE_BIND = "FreeBind" Plain [Always];
    TRIGGER_LIMIT_INTERVAL_SEC = "TriggerLimitIntervalSec" Plain [Systemd(230)];
}
