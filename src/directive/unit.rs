//! `[Unit]`, of systemd.unit(5).

use super::Nixos::{Unit, UnitList};
use super::Since::{Always, Systemd};

table! {
    Unit "unitConfig";

    DESCRIPTION = "Description" Line [Always] in Unit(&["description"]);
    DOCUMENTATION = "Documentation" Line [Always] in UnitList(&["documentation"]);
    REQUIRES_MOUNTS_FOR = "RequiresMountsFor" Line [Always];
    REQUIRES = "Requires" Names [Always] in Unit(&["requires"]);
    AFTER = "After" Names [Always] in Unit(&["after"]);
    BINDS_TO = "BindsTo" Names [Always] in Unit(&["bindsTo"]);
    PART_OF = "PartOf" Names [Always] in Unit(&["partOf"]);
    WANTS = "Wants" Names [Always] in Unit(&["wants"]);
    STOP_WHEN_UNNEEDED = "StopWhenUnneeded" Plain [Always];
    START_LIMIT_BURST = "StartLimitBurst" Plain [Systemd(229)] in Unit(&["startLimitBurst"]);
    START_LIMIT_INTERVAL_SEC = "StartLimitIntervalSec" Plain [Systemd(229)] in Unit(&["startLimitIntervalSec"]);
}
