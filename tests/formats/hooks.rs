//! Commands beside the one that is the service, and who runs them.

use super::*;

#[test]
fn commands_run_around_the_process() {
    check(
        r#"exec.command = ["/usr/bin/web"]
        exec.preStart = [[{ package = "coreutils", bin = "mkdir" }, "-p", "/srv/a b"], ["/usr/bin/migrate", "${port}"]]
        exec.postStart = [["/usr/bin/warm-up"]]
        exec.reload = [["/bin/kill", "-HUP", "$MAINPID"]]
        exec.stop = [["/usr/bin/web", "stop"]]
        exec.postStop = [["/usr/bin/tidy", "100%"]]"#,
        &["ExecStartPre", "ExecStart", "ExecStartPost", "ExecReload", "ExecStop", "ExecStopPost"],
        expect![[r#"
            systemd  web.service          ExecStartPre=/usr/bin/mkdir -p '/srv/a b'
            systemd  web.service          ExecStartPre=/usr/bin/migrate 9575
            systemd  web.service          ExecStart=/usr/bin/web
            systemd  web.service          ExecStartPost=/usr/bin/warm-up
            systemd  web.service          ExecReload=/bin/kill -HUP '$$MAINPID'
            systemd  web.service          ExecStop=/usr/bin/web stop
            systemd  web.service          ExecStopPost=/usr/bin/tidy '100%%'
            nixos    web.nix              ExecStartPre = [ "${lib.getExe' pkgs.coreutils "mkdir"} -p '/srv/a b'" "/usr/bin/migrate ${toString cfg.port}" ];
            nixos    web.nix              ExecStart = "/usr/bin/web";
            nixos    web.nix              ExecStartPost = "/usr/bin/warm-up";
            nixos    web.nix              ExecReload = "/bin/kill -HUP '$$MAINPID'";
            nixos    web.nix              ExecStop = "/usr/bin/web stop";
            nixos    web.nix              ExecStopPost = "/usr/bin/tidy '100%%'";
        "#]],
    );
}

#[test]
fn the_proxy_is_served_before_the_commands_of_the_user() {
    check(
        r#"exec.command = ["/usr/bin/web", "${backendPort}"]
        exec.postStart = [["/usr/bin/warm-up"]]
        exec.postStop = [["/usr/bin/tidy"]]
        dynamicUser = true
        activation = { on = "socket", handoff = "proxy" }"#,
        &["ExecStartPost", "ExecStopPost"],
        expect![[r#"
            systemd  web-backend.service  ExecStartPost=/bin/bash -c 'exec 5<> <(:); until { exec 4<>/dev/tcp/127.0.0.1/28304; } 2>/dev/null; do kill -0 $$MAINPID 2>/dev/null || exit 1; read -rt 0.002 <&5 || :; done'
            systemd  web-backend.service  ExecStartPost=/usr/bin/warm-up
            systemd  web-backend.service  ExecStopPost=-+/usr/bin/systemctl --no-block stop web.service
            systemd  web-backend.service  ExecStopPost=/usr/bin/tidy
            nixos    web.nix              ExecStartPost = [ "${lib.getExe pkgs.bash} -c 'exec 5<> <(:); until { exec 4<>/dev/tcp/127.0.0.1/${toString cfg.backendPort}; } 2>/dev/null; do kill -0 $$MAINPID 2>/dev/null || exit 1; read -rt 0.002 <&5 || :; done'" "/usr/bin/warm-up" ];
            nixos    web.nix              ExecStopPost = [ "-+${config.systemd.package}/bin/systemctl --no-block stop web.service" "/usr/bin/tidy" ];
        "#]],
    );
}

#[test]
fn an_account_may_live_as_long_as_the_process() {
    check(
        r#"exec.command = ["/usr/bin/web"]
        dynamicUser = true
        user = "web"
        supplementaryGroups = ["video", "media"]
        umask = "077"
        nice = -5
        documentation = ["https://example.org/a%20b", "man:web(8)"]"#,
        &[
            "Documentation",
            "documentation",
            "DynamicUser",
            "User",
            "SupplementaryGroups",
            "UMask",
            "Nice",
            "users",
            "u",
            "g",
        ],
        expect![[r#"
            systemd  web.service          Documentation=https://example.org/a%%20b
            systemd  web.service          Documentation=man:web(8)
            systemd  web.service          DynamicUser=true
            systemd  web.service          User=web
            systemd  web.service          SupplementaryGroups=video media
            systemd  web.service          UMask=0077
            systemd  web.service          Nice=-5
            systemd  unitsmith.conf       g media -
            systemd  unitsmith.conf       g video -
            nixos    web.nix              documentation = [ "https://example.org/a%%20b" "man:web(8)" ];
            nixos    web.nix              DynamicUser = true;
            nixos    web.nix              User = cfg.user;
            nixos    web.nix              SupplementaryGroups = "video media";
            nixos    web.nix              UMask = "0077";
            nixos    web.nix              Nice = -5;
            nixos    web.nix              users.groups = { media = { }; video = { }; };
        "#]],
    );
}
