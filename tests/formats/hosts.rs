//! What a host is called, and what it can do.

use super::*;

#[test]
fn the_name_of_the_host_is_that_of_the_manifest_or_of_the_machine() {
    check_manifest(
        r#"
        [hosts.alcove]
        nixos = "25.11"
        [hosts.shelf]
        [services.web]
        exec.command = ["/usr/bin/web", "--name", "${host.name}"]
        environment.INSTANCE = "web at ${host.name}"
        "#,
        &["ExecStart", "Environment", "INSTANCE"],
        expect![[r#"
            systemd  web.service          Environment="INSTANCE=web at shelf"
            systemd  web.service          ExecStart=/usr/bin/web --name shelf
            nixos    web.nix              INSTANCE = "web at ${config.networking.hostName}";
            nixos    web.nix              ExecStart = "/usr/bin/web --name ${config.networking.hostName}";
        "#]],
    );
}

/// Without hosts it is whichever host gets the files, and systemd knows its name.
#[test]
fn a_host_that_is_not_named_says_its_own_name() {
    check(
        r#"container.image = "localhost/web:1"
        container.command = ["--name", "100% ${host.name}"]
        environment.INSTANCE = "${host.name}""#,
        &["ExecStart", "Exec", "Environment", "INSTANCE", "cmd"],
        expect![[r#"
            systemd  web.service          ExecStart=/usr/bin/podman run --replace --rm --detach --cgroups=split --sdnotify=conmon --name=web --env=INSTANCE=%H localhost/web:1 --name '100%% %H'
            quadlet  web.container        Exec=--name "100%% %H"
            quadlet  web.container        Environment=INSTANCE=%H
            nixos    web.nix              cmd = [ "--name" "100% ${config.networking.hostName}" ];
            nixos    web.nix              INSTANCE = config.networking.hostName;
        "#]],
    );
}

const OF_ALICE: &str = r#"
    [hosts.alcove]
    nixos = "25.11"
    user = "alice"
    [hosts.shelf]
    user = "alice"
"#;

#[test]
fn an_account_runs_processes_by_its_own_manager() {
    let service = r#"
        [services.web]
        exec.command = ["/usr/bin/web", "${backendPort}"]
        activation = { on = "socket", handoff = "proxy" }
        [services.job]
        exec.command = ["/usr/bin/job"]
        user = "alice"
    "#;
    check_manifest(
        &format!("{OF_ALICE}{service}"),
        &[
            "User",
            "user",
            "users",
            "WantedBy",
            "After",
            "ExecStopPost",
            "f",
            "u",
            "unitsmith.web.user",
        ],
        expect![[r#"
            systemd  job.service          WantedBy=default.target
            systemd  web-backend.service  ExecStopPost=-/usr/bin/systemctl --user --no-block stop web.service
            systemd  web.service          After=web.socket web-backend.service
            systemd  web.socket           WantedBy=sockets.target
            systemd  unitsmith.conf       f /var/lib/systemd/linger/alice 0644 root root -
            nixos    alcove.nix           unitsmith.web.user = "alice";
            nixos    job.nix              user = lib.mkOption { type = lib.types.str; default = "alice"; description = "Account that runs the service."; };
            nixos    job.nix              User = cfg.user;
            nixos    web.nix              user = lib.mkOption { type = lib.types.str; default = "root"; description = "Account that runs the service."; };
            nixos    web.nix              User = cfg.user;
            nixos    web.nix              ExecStopPost = "-+${config.systemd.package}/bin/systemctl --no-block stop web.service";
        "#]],
    );
}

#[test]
fn an_account_runs_containers_by_its_own_podman() {
    let service = r#"
        [services.web]
        container = { image = "localhost/web:1", ports = [{ container = 80 }] }
        [services.later]
        container.image = "localhost/web:1"
        dependsOn.web = "started"
    "#;
    check_manifest(
        &format!("{OF_ALICE}{service}"),
        &["User", "user", "podman.user", "podman", "WantedBy", "After", "Wants", "Requires"],
        expect![[r#"
            systemd  later.service        Requires=web.service
            systemd  later.service        After=web.service podman-user-wait-network-online.service
            systemd  later.service        Wants=podman-user-wait-network-online.service
            systemd  later.service        WantedBy=default.target
            systemd  web.service          Wants=podman-user-wait-network-online.service
            systemd  web.service          After=podman-user-wait-network-online.service
            systemd  web.service          WantedBy=default.target
            quadlet  later.container      Requires=web.service
            quadlet  later.container      After=web.service
            quadlet  later.container      WantedBy=default.target
            quadlet  web.container        WantedBy=default.target
            nixos    later.nix            user = lib.mkOption { type = lib.types.str; default = "root"; description = "Account that runs the service."; };
            nixos    later.nix            podman.user = cfg.user;
            nixos    web.nix              user = lib.mkOption { type = lib.types.str; default = "root"; description = "Account that runs the service."; };
            nixos    web.nix              podman.user = cfg.user;
        "#]],
    );
}

/// It would wait for a target that nobody may have asked the system for.
#[test]
fn a_request_of_an_account_does_not_wait_for_the_network_of_the_host() {
    let service = r#"
        [services.web]
        container = { image = "localhost/web:1", ports = [{ container = 80 }] }
        activation = { on = "socket", handoff = "proxy" }
    "#;
    check_manifest(
        &format!("{OF_ALICE}{service}"),
        &["DefaultDependencies", "After", "Wants"],
        expect![[r#"
            systemd  web.service          After=web.socket web-backend.service
            quadlet  web-backend.container DefaultDependencies=false
        "#]],
    );
}

/// Without `RestartMode=direct` each failure of the backend would start both again at once.
#[test]
fn before_254_a_proxy_waits_in_the_place_of_its_backend() {
    check_manifest(
        r#"
        [hosts.attic]
        systemd = 252
        podman = "4.3"
        [services.web]
        exec.command = ["/usr/bin/web", "${backendPort}"]
        activation = { on = "socket", handoff = "proxy", startTimeout = "5s" }
        "#,
        &[
            "Requires",
            "Wants",
            "After",
            "BindsTo",
            "PartOf",
            "Type",
            "ExecStartPre",
            "ExecStartPost",
            "ExecStopPost",
            "TimeoutStartSec",
            "RestartSec",
            "RestartMode",
        ],
        expect![[r#"
            systemd  web-backend.service  Type=exec
            systemd  web-backend.service  ExecStopPost=-+/usr/bin/systemctl --no-block try-restart web.service
            systemd  web-backend.service  TimeoutStartSec=5s
            systemd  web-backend.service  RestartSec=1s 500ms
            systemd  web.service          Requires=web.socket
            systemd  web.service          Wants=web-backend.service
            systemd  web.service          After=web.socket web-backend.service
            systemd  web.service          PartOf=web-backend.service
            systemd  web.service          Type=exec
            systemd  web.service          ExecStartPre=/bin/bash -c 'exec 5<> <(:); until { exec 4<>/dev/tcp/127.0.0.1/28304; } 2>/dev/null; do read -rt 0.002 <&5 || :; done'
            systemd  web.service          ExecStopPost=-+/bin/bash -c '[[ $$SERVICE_RESULT != timeout ]] || exec "$$@"' bash /usr/bin/systemctl --no-block try-restart web-backend.service
            systemd  web.service          TimeoutStartSec=5s
        "#]],
    );
}
