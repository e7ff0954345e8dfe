//! Directives that are passed on as they stand.

use super::*;

#[test]
fn a_raw_directive_takes_the_place_of_ours() {
    check(
        r#"exec.command = ["/usr/bin/web"]
        systemd.service = { Type = "notify", Restart = "no", WatchdogSec = 30, ProtectProc = "invisible", Nice = -5, PrivateTmp = true, StandardOutput = "append:/var/log/%n" }
        systemd.unit.Description = "Web of %H""#,
        &[
            "Type",
            "Restart",
            "WatchdogSec",
            "ProtectProc",
            "Nice",
            "PrivateTmp",
            "StandardOutput",
            "Description",
            "unitConfig",
            "description",
        ],
        expect![[r#"
            systemd  web.service          Description=Web of %H
            systemd  web.service          Type=notify
            systemd  web.service          PrivateTmp=true
            systemd  web.service          Restart=no
            systemd  web.service          Nice=-5
            systemd  web.service          ProtectProc=invisible
            systemd  web.service          StandardOutput=append:/var/log/%n
            systemd  web.service          WatchdogSec=30
            nixos    web.nix              description = "Environment variables, in addition to or in place of those of the module; `%` is written `%%`.";
            nixos    web.nix              unitConfig.Description = "Web of %H";
            nixos    web.nix              Type = "notify";
            nixos    web.nix              PrivateTmp = "true";
            nixos    web.nix              Restart = "no";
            nixos    web.nix              Nice = "-5";
            nixos    web.nix              ProtectProc = "invisible";
            nixos    web.nix              StandardOutput = "append:/var/log/%n";
            nixos    web.nix              WatchdogSec = "30";
        "#]],
    );
}

#[test]
fn a_raw_list_is_added_to_or_reset() {
    check(
        r#"exec.command = ["/usr/bin/web"]
        environment.A = "1"
        environmentFiles = ["/etc/a"]
        systemd.unit = { After = ["a.service b.service", "c.service"], ConditionPathExists = "/etc/web", Before = "d.service" }
        systemd.service = { Environment = "B=%h", EnvironmentFile = "-/etc/b", ExecStart = ["", "/usr/bin/other $A"], ExecStartPre = ["-/usr/bin/a", "/usr/bin/b"] }"#,
        &[
            "After",
            "Before",
            "ConditionPathExists",
            "Environment",
            "EnvironmentFile",
            "ExecStart",
            "ExecStartPre",
            "after",
            "before",
            "environment",
        ],
        expect![[r#"
            systemd  web.service          After=network.target a.service b.service c.service
            systemd  web.service          Before=d.service
            systemd  web.service          ConditionPathExists=/etc/web
            systemd  web.service          Environment=A=1
            systemd  web.service          Environment=B=%h
            systemd  web.service          EnvironmentFile=/etc/a
            systemd  web.service          EnvironmentFile=-/etc/b
            systemd  web.service          ExecStart=
            systemd  web.service          ExecStart=/usr/bin/other $A
            systemd  web.service          ExecStartPre=-/usr/bin/a
            systemd  web.service          ExecStartPre=/usr/bin/b
            nixos    web.nix              environment = lib.mkOption { type = lib.types.attrsOf lib.types.str; default = { }; description = "Environment variables, in addition to or in place of those of the module; `%` is written `%%`."; };
            nixos    web.nix              after = [ "network.target" "a.service" "b.service" "c.service" ];
            nixos    web.nix              environment = { A = "1"; } // cfg.environment;
            nixos    web.nix              Before = "d.service";
            nixos    web.nix              ConditionPathExists = "/etc/web";
            nixos    web.nix              Environment = "B=%h";
            nixos    web.nix              EnvironmentFile = [ "/etc/a" "-/etc/b" ];
            nixos    web.nix              ExecStart = [ "" "/usr/bin/other $A" ];
            nixos    web.nix              ExecStartPre = [ "-/usr/bin/a" "/usr/bin/b" ];
        "#]],
    );
}

#[test]
fn raw_sockets_timers_and_backends_are_reached() {
    check(
        r#"exec.command = ["/usr/bin/web", "${backendPort}"]
        activation = { on = "socket", handoff = "proxy" }
        systemd.socket = { ListenStream = "/run/web.sock", Backlog = 5, TriggerLimitIntervalSec = "1s" }
        systemd.service.Nice = 5"#,
        &[
            "ListenStream",
            "Backlog",
            "TriggerLimitIntervalSec",
            "Nice",
            "listenStreams",
            "socketConfig",
        ],
        expect![[r#"
            systemd  web-backend.service  Nice=5
            systemd  web.socket           ListenStream=127.0.0.1:9575
            systemd  web.socket           ListenStream=/run/web.sock
            systemd  web.socket           TriggerLimitIntervalSec=1s
            systemd  web.socket           Backlog=5
            nixos    web.nix              listenStreams = [ "127.0.0.1:${toString cfg.port}" "/run/web.sock" ];
            nixos    web.nix              socketConfig = { TriggerLimitIntervalSec = "1s"; Backlog = "5"; };
            nixos    web.nix              Nice = "5";
        "#]],
    );
    check(
        r#"exec.command = ["/usr/bin/web"]
        schedule.calendar = ["daily"]
        systemd.timer = { OnCalendar = "weekly", OnClockChange = true }"#,
        &["OnCalendar", "OnClockChange", "timerConfig"],
        expect![[r#"
            systemd  web.timer            OnCalendar=daily
            systemd  web.timer            OnCalendar=weekly
            systemd  web.timer            OnClockChange=true
            nixos    web.nix              timerConfig = { OnCalendar = [ "daily" "weekly" ]; OnClockChange = "true"; };
        "#]],
    );
}

#[test]
fn raw_directives_of_a_container_join_those_of_its_writer() {
    check(
        r#"container.image = "localhost/web"
        systemd.unit.Wants = "a.service"
        systemd.service = { TimeoutStartSec = "1h", KillMode = "control-group", Environment = "A=1", ExecStopPost = "/usr/bin/true", OOMScoreAdjust = 5 }"#,
        &[
            "Wants",
            "TimeoutStartSec",
            "KillMode",
            "Environment",
            "ExecStopPost",
            "OOMScoreAdjust",
            "wants",
        ],
        expect![[r#"
            systemd  web.service          Wants=a.service network-online.target
            systemd  web.service          KillMode=control-group
            systemd  web.service          ExecStopPost=-/usr/bin/podman rm --force --ignore web
            systemd  web.service          ExecStopPost=/usr/bin/true
            systemd  web.service          Environment=A=1
            systemd  web.service          OOMScoreAdjust=5
            systemd  web.service          TimeoutStartSec=1h
            quadlet  web.container        Wants=a.service
            quadlet  web.container        Environment=A=1
            quadlet  web.container        ExecStopPost=/usr/bin/true
            quadlet  web.container        KillMode=control-group
            quadlet  web.container        OOMScoreAdjust=5
            quadlet  web.container        TimeoutStartSec=1h
            nixos    web.nix              wants = [ "a.service" ];
            nixos    web.nix              Environment = [ "A=1" ];
            nixos    web.nix              ExecStopPost = [ "/usr/bin/true" ];
            nixos    web.nix              KillMode = "control-group";
            nixos    web.nix              OOMScoreAdjust = "5";
            nixos    web.nix              TimeoutStartSec = lib.mkForce "1h";
        "#]],
    );
}
