//! Services that start, run and stop with another one.

use super::*;

const UNIT: &[&str] = &[
    "Requires",
    "After",
    "BindsTo",
    "WantedBy",
    "requires",
    "after",
    "bindsTo",
    "wantedBy",
    "autoStart",
    "enable",
];

/// Shows the units of the companion `ui` of the service `web`.
fn check_companion(owner: &str, companion: &str, expected: Expect) {
    let manifest =
        format!("[services.web]\n{owner}\n[services.ui]\ncompanionOf = \"web\"\n{companion}\n");
    check_manifest(&manifest, UNIT, expected);
}

#[test]
fn a_process_starts_and_stops_with_its_owner() {
    check_companion(
        r#"exec.command = ["/usr/bin/web"]"#,
        r#"exec.command = ["/usr/bin/ui"]"#,
        expect![[r#"
            systemd  ui.service           After=network.target web.service
            systemd  ui.service           BindsTo=web.service
            systemd  ui.service           WantedBy=web.service
            systemd  web.service          After=network.target
            systemd  web.service          WantedBy=multi-user.target
            nixos    ui.nix               enable = lib.mkEnableOption "ui" // { default = config.unitsmith.web.enable; defaultText = lib.literalExpression "config.unitsmith.web.enable"; };
            nixos    ui.nix               wantedBy = [ "web.service" ];
            nixos    ui.nix               after = [ "network.target" "web.service" ];
            nixos    ui.nix               bindsTo = [ "web.service" ];
            nixos    web.nix              enable = lib.mkEnableOption "web";
            nixos    web.nix              wantedBy = [ "multi-user.target" ];
            nixos    web.nix              after = [ "network.target" ];
        "#]],
    );
}

#[test]
fn a_container_starts_and_stops_with_its_owner() {
    check_companion(
        r#"container.image = "localhost/web""#,
        r#"container.image = "localhost/ui""#,
        expect![[r#"
            systemd  ui.service           After=web.service network-online.target
            systemd  ui.service           BindsTo=web.service
            systemd  ui.service           WantedBy=web.service
            systemd  web.service          After=network-online.target
            systemd  web.service          WantedBy=multi-user.target
            quadlet  ui.container         After=web.service
            quadlet  ui.container         BindsTo=web.service
            quadlet  ui.container         WantedBy=web.service
            quadlet  web.container        WantedBy=multi-user.target
            nixos    ui.nix               enable = lib.mkEnableOption "ui" // { default = config.unitsmith.web.enable; defaultText = lib.literalExpression "config.unitsmith.web.enable"; };
            nixos    ui.nix               autoStart = false;
            nixos    ui.nix               wantedBy = [ "web.service" ];
            nixos    ui.nix               after = [ "web.service" ];
            nixos    ui.nix               bindsTo = [ "web.service" ];
            nixos    web.nix              enable = lib.mkEnableOption "web";
        "#]],
    );
}

#[test]
fn a_companion_that_runs_does_not_keep_a_proxied_owner_awake() {
    check_companion(
        r#"exec.command = ["/usr/bin/web", "${backendPort}"]
        activation = { on = "socket", handoff = "proxy" }"#,
        r#"exec.command = ["/usr/bin/ui"]"#,
        expect![[r#"
            systemd  ui.service           After=network.target web.service
            systemd  ui.service           BindsTo=web.service
            systemd  ui.service           WantedBy=web.service
            systemd  web.service          Requires=web.socket web-backend.service
            systemd  web.service          After=web.socket web-backend.service
            systemd  web.service          BindsTo=web-backend.service
            systemd  web.socket           WantedBy=sockets.target
            nixos    ui.nix               enable = lib.mkEnableOption "ui" // { default = config.unitsmith.web.enable; defaultText = lib.literalExpression "config.unitsmith.web.enable"; };
            nixos    ui.nix               wantedBy = [ "web.service" ];
            nixos    ui.nix               after = [ "network.target" "web.service" ];
            nixos    ui.nix               bindsTo = [ "web.service" ];
            nixos    web.nix              enable = lib.mkEnableOption "web";
            nixos    web.nix              wantedBy = [ "sockets.target" ];
            nixos    web.nix              requires = [ "web.socket" "web-backend.service" ];
            nixos    web.nix              after = [ "web.socket" "web-backend.service" ];
            nixos    web.nix              bindsTo = [ "web-backend.service" ];
        "#]],
    );
}

#[test]
fn a_companion_with_a_socket_keeps_it_and_needs_its_owner_while_it_is_awake() {
    check_companion(
        r#"exec.command = ["/usr/bin/web", "${backendPort}"]
        activation = { on = "socket", handoff = "proxy" }"#,
        r#"exec.command = ["/usr/bin/ui", "${backendPort}"]
        activation = { on = "socket", handoff = "proxy" }"#,
        expect![[r#"
            systemd  ui-backend.service   After=web-backend.service
            systemd  ui-backend.service   BindsTo=web-backend.service
            systemd  ui.service           Requires=ui.socket ui-backend.service
            systemd  ui.service           After=ui.socket ui-backend.service
            systemd  ui.service           BindsTo=ui-backend.service
            systemd  ui.socket            WantedBy=sockets.target
            systemd  web.service          Requires=web.socket web-backend.service
            systemd  web.service          After=web.socket web-backend.service
            systemd  web.service          BindsTo=web-backend.service
            systemd  web.socket           WantedBy=sockets.target
            nixos    ui.nix               enable = lib.mkEnableOption "ui" // { default = config.unitsmith.web.enable; defaultText = lib.literalExpression "config.unitsmith.web.enable"; };
            nixos    ui.nix               wantedBy = [ "sockets.target" ];
            nixos    ui.nix               requires = [ "ui.socket" "ui-backend.service" ];
            nixos    ui.nix               after = [ "ui.socket" "ui-backend.service" ];
            nixos    ui.nix               bindsTo = [ "ui-backend.service" ];
            nixos    ui.nix               after = [ "web-backend.service" ];
            nixos    ui.nix               bindsTo = [ "web-backend.service" ];
            nixos    web.nix              enable = lib.mkEnableOption "web";
            nixos    web.nix              wantedBy = [ "sockets.target" ];
            nixos    web.nix              requires = [ "web.socket" "web-backend.service" ];
            nixos    web.nix              after = [ "web.socket" "web-backend.service" ];
            nixos    web.nix              bindsTo = [ "web-backend.service" ];
        "#]],
    );
}

#[test]
fn a_companion_for_several_has_a_service_for_each() {
    check_manifest(
        r#"
[companions.ui]
for = ["bitcoin-knots", "bitcoin-core"]
container.image = "localhost/bitcoin-ui"
environment.RPC = "http://${owner.address}"
environment.OWNER = "${owner} on ${owner.port}"
container.ports = [{ container = 80 }]
allow = ["US060"]
[templates.bitcoin]
exec.command = ["/usr/bin/bitcoind", "-port=${port}"]
[services.bitcoin-knots]
extend = "bitcoin"
[services.bitcoin-core]
extend = "bitcoin"
"#,
        &["BindsTo", "WantedBy", "Environment", "RPC", "OWNER"],
        expect![[r#"
            systemd  bitcoin-core-ui.service BindsTo=bitcoin-core.service
            systemd  bitcoin-core-ui.service WantedBy=bitcoin-core.service
            systemd  bitcoin-core.service WantedBy=multi-user.target
            systemd  bitcoin-knots-ui.service BindsTo=bitcoin-knots.service
            systemd  bitcoin-knots-ui.service WantedBy=bitcoin-knots.service
            systemd  bitcoin-knots.service WantedBy=multi-user.target
            quadlet  bitcoin-core-ui.container BindsTo=bitcoin-core.service
            quadlet  bitcoin-core-ui.container Environment="OWNER=bitcoin-core on 35248"
            quadlet  bitcoin-core-ui.container Environment=RPC=http://127.0.0.1:35248
            quadlet  bitcoin-core-ui.container WantedBy=bitcoin-core.service
            quadlet  bitcoin-knots-ui.container BindsTo=bitcoin-knots.service
            quadlet  bitcoin-knots-ui.container Environment="OWNER=bitcoin-knots on 13308"
            quadlet  bitcoin-knots-ui.container Environment=RPC=http://127.0.0.1:13308
            quadlet  bitcoin-knots-ui.container WantedBy=bitcoin-knots.service
            nixos    bitcoin-core-ui.nix  OWNER = "bitcoin-core on ${toString config.unitsmith.bitcoin-core.port}";
            nixos    bitcoin-core-ui.nix  RPC = "http://127.0.0.1:${toString config.unitsmith.bitcoin-core.port}";
            nixos    bitcoin-knots-ui.nix OWNER = "bitcoin-knots on ${toString config.unitsmith.bitcoin-knots.port}";
            nixos    bitcoin-knots-ui.nix RPC = "http://127.0.0.1:${toString config.unitsmith.bitcoin-knots.port}";
        "#]],
    );
}
