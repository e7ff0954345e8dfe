//! How services are reached.

use super::*;

const UNIT: &[&str] = &[
    "Requires",
    "After",
    "BindsTo",
    "StopWhenUnneeded",
    "StartLimitIntervalSec",
    "ListenStream",
    "FreeBind",
    "TriggerLimitIntervalSec",
    "WantedBy",
    "Type",
    "ExecStart",
    "ExecStartPost",
    "ExecStopPost",
    "TimeoutStartSec",
    "Restart",
    "RestartMode",
    "RestartSec",
    "RestartSteps",
    "RestartMaxDelaySec",
];

#[test]
fn a_socket_hands_itself_over() {
    check(
        r#"exec.command = ["/usr/bin/web"]
        activation = { on = "socket", handoff = "fd" }"#,
        &[UNIT, &["listenStreams", "socketConfig", "requires", "after", "wantedBy"]].concat(),
        expect![[r#"
            systemd  web.service          Requires=web.socket
            systemd  web.service          After=web.socket
            systemd  web.service          StartLimitIntervalSec=0
            systemd  web.service          Type=exec
            systemd  web.service          ExecStart=/usr/bin/web
            systemd  web.service          Restart=on-failure
            systemd  web.service          RestartSec=500ms
            systemd  web.service          RestartSteps=8
            systemd  web.service          RestartMaxDelaySec=30s
            systemd  web.socket           ListenStream=127.0.0.1:9575
            systemd  web.socket           TriggerLimitIntervalSec=0
            systemd  web.socket           WantedBy=sockets.target
            nixos    web.nix              wantedBy = [ "sockets.target" ];
            nixos    web.nix              listenStreams = [ "127.0.0.1:${toString cfg.port}" ];
            nixos    web.nix              socketConfig.TriggerLimitIntervalSec = 0;
            nixos    web.nix              requires = [ "web.socket" ];
            nixos    web.nix              after = [ "web.socket" ];
            nixos    web.nix              Type = "exec";
            nixos    web.nix              ExecStart = "/usr/bin/web";
            nixos    web.nix              Restart = cfg.restart;
            nixos    web.nix              RestartSec = "500ms";
            nixos    web.nix              RestartSteps = 8;
            nixos    web.nix              RestartMaxDelaySec = "30s";
        "#]],
    );
}

#[test]
fn a_proxy_wakes_and_stops_its_backend() {
    check(
        r#"exec.command = ["/usr/bin/web", "${backendPort}"]
        activation = { on = "socket", handoff = "proxy", idleTimeout = "1h30min", startTimeout = "5s" }"#,
        UNIT,
        expect![[r#"
            systemd  web-backend.service  StopWhenUnneeded=true
            systemd  web-backend.service  StartLimitIntervalSec=0
            systemd  web-backend.service  Type=exec
            systemd  web-backend.service  ExecStart=/usr/bin/web 28304
            systemd  web-backend.service  ExecStartPost=/bin/bash -c 'exec 5<> <(:); until { exec 4<>/dev/tcp/127.0.0.1/28304; } 2>/dev/null; do kill -0 $$MAINPID 2>/dev/null || exit 1; read -rt 0.002 <&5 || :; done'
            systemd  web-backend.service  ExecStopPost=-+/usr/bin/systemctl --no-block stop web.service
            systemd  web-backend.service  TimeoutStartSec=5s
            systemd  web-backend.service  Restart=on-failure
            systemd  web-backend.service  RestartSec=100ms
            systemd  web-backend.service  RestartMode=direct
            systemd  web-backend.service  RestartSteps=8
            systemd  web-backend.service  RestartMaxDelaySec=30s
            systemd  web.service          Requires=web.socket web-backend.service
            systemd  web.service          After=web.socket web-backend.service
            systemd  web.service          BindsTo=web-backend.service
            systemd  web.service          StartLimitIntervalSec=0
            systemd  web.service          Type=notify
            systemd  web.service          ExecStart=/usr/lib/systemd/systemd-socket-proxyd --exit-idle-time=1h30min 127.0.0.1:28304
            systemd  web.socket           ListenStream=127.0.0.1:9575
            systemd  web.socket           TriggerLimitIntervalSec=0
            systemd  web.socket           WantedBy=sockets.target
            nixos    web.nix              Type = "notify";
            nixos    web.nix              ExecStart = "${config.systemd.package}/lib/systemd/systemd-socket-proxyd --exit-idle-time=1h30min 127.0.0.1:${toString cfg.backendPort}";
            nixos    web.nix              Type = "exec";
            nixos    web.nix              ExecStart = "/usr/bin/web ${toString cfg.backendPort}";
            nixos    web.nix              ExecStartPost = "${lib.getExe pkgs.bash} -c 'exec 5<> <(:); until { exec 4<>/dev/tcp/127.0.0.1/${toString cfg.backendPort}; } 2>/dev/null; do kill -0 $$MAINPID 2>/dev/null || exit 1; read -rt 0.002 <&5 || :; done'";
            nixos    web.nix              ExecStopPost = "-+${config.systemd.package}/bin/systemctl --no-block stop web.service";
            nixos    web.nix              TimeoutStartSec = "5s";
            nixos    web.nix              Restart = cfg.restart;
            nixos    web.nix              RestartSec = "100ms";
            nixos    web.nix              RestartMode = "direct";
            nixos    web.nix              RestartSteps = 8;
            nixos    web.nix              RestartMaxDelaySec = "30s";
        "#]],
    );
}

#[test]
fn a_container_behind_a_proxy_publishes_its_backend_port() {
    check(
        r#"container = { image = "localhost/web:1", ports = [{ container = 80 }] }
        activation = { on = "socket", handoff = "proxy", startTimeout = "20s" }"#,
        &[
            "PublishPort",
            "ports",
            "ExecStartPost",
            "ExecStopPost",
            "TimeoutStartSec",
            "ContainerName",
            "serviceName",
        ],
        expect![[r#"
            systemd  web-backend.service  ExecStartPost=/bin/bash -c 'while IFS= read -rd "" w; do case $$o in -c) c=$$w;; --exit-dir) d=$$w;; esac; o=$$w; done </proc/$$MAINPID/cmdline; read -r p _ </proc/$$MAINPID/task/$$MAINPID/children; [[ $$c && $$p ]] || exit 1; ({ exec 4<> <(:); "$$0" MAINPID=$$BASHPID; until [[ -e $$d/$$c || ! -e /proc/$$MAINPID ]]; do read -rt 0.02 <&4; done; [[ -e $$d/$$c ]] && exit $$(<"$$d/$$c"); [[ ! -e /proc/$$p ]]; } &); exec 5<> <(:); until { exec 4<>/dev/tcp/127.0.0.1/28304; } 2>/dev/null; do [[ -e /proc/$$p ]] || exit 1; read -rt 0.002 <&5 || :; done' /usr/bin/systemd-notify
            systemd  web-backend.service  TimeoutStartSec=20s
            systemd  web-backend.service  ExecStopPost=-/usr/bin/systemctl --no-block stop web.service
            systemd  web-backend.service  ExecStopPost=-/usr/bin/podman rm --force --ignore web
            quadlet  web-backend.container ContainerName=web
            quadlet  web-backend.container PublishPort=127.0.0.1:28304:80
            quadlet  web-backend.container ExecStartPost=/bin/bash -c 'while IFS= read -rd "" w; do case $$o in -c) c=$$w;; --exit-dir) d=$$w;; esac; o=$$w; done </proc/$$MAINPID/cmdline; read -r p _ </proc/$$MAINPID/task/$$MAINPID/children; [[ $$c && $$p ]] || exit 1; ({ exec 4<> <(:); "$$0" MAINPID=$$BASHPID; until [[ -e $$d/$$c || ! -e /proc/$$MAINPID ]]; do read -rt 0.02 <&4; done; [[ -e $$d/$$c ]] && exit $$(<"$$d/$$c"); [[ ! -e /proc/$$p ]]; } &); exec 5<> <(:); until { exec 4<>/dev/tcp/127.0.0.1/28304; } 2>/dev/null; do [[ -e /proc/$$p ]] || exit 1; read -rt 0.002 <&5 || :; done' /usr/bin/systemd-notify
            quadlet  web-backend.container ExecStopPost=-/usr/bin/systemctl --no-block stop web.service
            quadlet  web-backend.container TimeoutStartSec=20s
            nixos    default.nix          ports = lib.concatLists [ (lib.optionals config.unitsmith.web.enable [ config.unitsmith.web.port config.unitsmith.web.backendPort ]) ];
            nixos    web.nix              serviceName = "web-backend";
            nixos    web.nix              ports = [ "127.0.0.1:${toString cfg.backendPort}:80" ];
            nixos    web.nix              ExecStartPost = [ "${lib.getExe pkgs.bash} -c 'while IFS= read -rd \"\" w; do case $$o in -c) c=$$w;; --exit-dir) d=$$w;; esac; o=$$w; done </proc/$$MAINPID/cmdline; read -r p _ </proc/$$MAINPID/task/$$MAINPID/children; [[ $$c && $$p ]] || exit 1; ({ exec 4<> <(:); \"$$0\" MAINPID=$$BASHPID; until [[ -e $$d/$$c || ! -e /proc/$$MAINPID ]]; do read -rt 0.02 <&4; done; [[ -e $$d/$$c ]] && exit $$(<\"$$d/$$c\"); [[ ! -e /proc/$$p ]]; } &); exec 5<> <(:); until { exec 4<>/dev/tcp/127.0.0.1/${toString cfg.backendPort}; } 2>/dev/null; do [[ -e /proc/$$p ]] || exit 1; read -rt 0.002 <&5 || :; done' ${config.systemd.package}/bin/systemd-notify" ];
            nixos    web.nix              ExecStopPost = [ "-${config.systemd.package}/bin/systemctl --no-block stop web.service" ];
            nixos    web.nix              TimeoutStartSec = lib.mkForce "20s";
        "#]],
    );
}

#[test]
fn a_service_of_boot_is_wanted_and_one_by_hand_is_not() {
    for on in ["boot", "manual"] {
        let expected = match on {
            "boot" => expect![[r#"
                systemd  web.service          After=network.target
                systemd  web.service          Restart=on-failure
                systemd  web.service          WantedBy=multi-user.target
                nixos    web.nix              wantedBy = [ "multi-user.target" ];
                nixos    web.nix              Restart = cfg.restart;
            "#]],
            _ => expect![[r#"
                systemd  web.service          After=network.target
                systemd  web.service          Restart=on-failure
                nixos    web.nix              Restart = cfg.restart;
            "#]],
        };
        check(
            &format!("exec.command = [\"/usr/bin/web\"]\nactivation.on = \"{on}\""),
            &["WantedBy", "After", "Restart", "wantedBy"],
            expected,
        );
    }
}

#[test]
fn an_address_that_may_not_exist_yet_is_bound_all_the_same() {
    check(
        r#"exec.command = ["/usr/bin/web"]
        activation = { on = "socket", handoff = "fd", address = "192.0.2.7" }"#,
        &["ListenStream", "FreeBind", "listenStreams"],
        expect![[r#"
            systemd  web.socket           ListenStream=192.0.2.7:9575
            systemd  web.socket           FreeBind=true
            nixos    web.nix              listenStreams = [ "192.0.2.7:${toString cfg.port}" ];
            nixos    web.nix              FreeBind = true;
        "#]],
    );
    check(
        r#"exec.command = ["/usr/bin/web"]
        activation = { on = "socket", handoff = "fd", address = "::" }"#,
        &["ListenStream", "FreeBind", "listenStreams"],
        expect![[r#"
            systemd  web.socket           ListenStream=[::]:9575
            nixos    web.nix              listenStreams = [ "[::]:${toString cfg.port}" ];
        "#]],
    );
}

#[test]
fn older_systemd_is_given_only_what_it_knows() {
    check_manifest(
        r#"
        [hosts.old]
        systemd = 252

        [services.web]
        exec.command = ["/usr/bin/web"]
        activation = { on = "socket", handoff = "fd" }
        "#,
        UNIT,
        expect![[r#"
            systemd  web.service          Requires=web.socket
            systemd  web.service          After=web.socket
            systemd  web.service          StartLimitIntervalSec=0
            systemd  web.service          Type=exec
            systemd  web.service          ExecStart=/usr/bin/web
            systemd  web.service          Restart=on-failure
            systemd  web.service          RestartSec=1s 500ms
            systemd  web.socket           ListenStream=127.0.0.1:9575
            systemd  web.socket           TriggerLimitIntervalSec=0
            systemd  web.socket           WantedBy=sockets.target
        "#]],
    );
}

#[test]
fn ports_may_come_from_an_allocator_of_the_configuration() {
    check_manifest(
        r#"
        nixos.ports = "networking.ports"

        [services.web]
        exec.command = ["/usr/bin/web", "${backendPort}"]
        activation = { on = "socket", handoff = "proxy" }
        backendPort = 8080
        "#,
        &["networking.ports", "port", "backendPort"],
        expect![[r#"
            nixos    web.nix              port = lib.mkOption { type = lib.types.port; default = config.networking.ports.web.port; defaultText = lib.literalExpression "config.networking.ports.web.port"; description = "Port on which the service is reached."; };
            nixos    web.nix              backendPort = lib.mkOption { type = lib.types.port; default = config.networking.ports."web/backend".port; defaultText = lib.literalExpression "config.networking.ports.\"web/backend\".port"; description = "Private port behind the proxy."; };
            nixos    web.nix              networking.ports = { web.enable = true; "web/backend" = { enable = true; port = lib.mkDefault 8080; }; };
        "#]],
    );
}

#[test]
fn a_proxy_is_stopped_with_privileges_that_the_service_has_not() {
    check(
        r#"exec.command = ["/usr/bin/web", "${backendPort}"]
        user = "web"
        activation = { on = "socket", handoff = "proxy" }"#,
        &["User", "ExecStopPost"],
        expect![[r#"
            systemd  web-backend.service  User=web
            systemd  web-backend.service  ExecStopPost=-+/usr/bin/systemctl --no-block stop web.service
            nixos    web.nix              User = cfg.user;
            nixos    web.nix              ExecStopPost = "-+${config.systemd.package}/bin/systemctl --no-block stop web.service";
        "#]],
    );
}
