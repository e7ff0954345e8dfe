//! `[Install]`, of systemd.unit(5).

use super::Nixos::Unit;
use super::Since::Always;

table! {
    Install "unitConfig";

    WANTED_BY = "WantedBy" Names [Always] in Unit(&["wantedBy"]);
}
