//! What waits for a service, and what runs once.

use super::*;

const WAITING: &[&str] = &[
    "RestartMode",
    "Requires",
    "Wants",
    "BindsTo",
    "PartOf",
    "After",
    "requires",
    "wants",
    "bindsTo",
    "partOf",
    "after",
];

/// Two services, of which `web` waits for `db`.
fn check_waiting(dependency: &str, db: &str, expected: Expect) {
    let manifest = format!(
        "[services.db]\nexec.command = [\"/usr/bin/db\", \"${{port}}\"]\n{db}\n\
         [services.web]\nexec.command = [\"/usr/bin/web\"]\ndependsOn.db = {dependency}\n"
    );
    check_manifest(&manifest, WAITING, expected);
}

#[test]
fn what_is_ready_is_waited_for_by_its_start() {
    check_waiting(
        "\"ready\"",
        "readiness.tcp = true",
        expect![[r#"
            systemd  db.service           After=network.target
            systemd  db.service           RestartMode=direct
            systemd  web.service          Requires=db.service
            systemd  web.service          After=network.target db.service
            nixos    db.nix               after = [ "network.target" ];
            nixos    db.nix               RestartMode = "direct";
            nixos    web.nix              requires = [ "db.service" ];
            nixos    web.nix              after = [ "network.target" "db.service" ];
        "#]],
    );
}

#[test]
fn what_is_not_required_is_wanted() {
    check_waiting(
        "{ required = false }",
        "",
        expect![[r#"
            systemd  db.service           After=network.target
            systemd  db.service           RestartMode=direct
            systemd  web.service          Wants=db.service
            systemd  web.service          After=network.target db.service
            nixos    db.nix               after = [ "network.target" ];
            nixos    db.nix               RestartMode = "direct";
            nixos    web.nix              wants = [ "db.service" ];
            nixos    web.nix              after = [ "network.target" "db.service" ];
        "#]],
    );
}

#[test]
fn what_is_followed_is_seen_dead_when_it_is_started_again() {
    check_waiting(
        "{ restart = true }",
        "",
        expect![[r#"
            systemd  db.service           After=network.target
            systemd  web.service          Requires=db.service
            systemd  web.service          After=network.target db.service
            nixos    db.nix               after = [ "network.target" ];
            nixos    web.nix              requires = [ "db.service" ];
            nixos    web.nix              after = [ "network.target" "db.service" ];
        "#]],
    );
}

#[test]
fn what_follows_and_is_not_required_is_part() {
    check_waiting(
        "{ required = false, restart = true }",
        "",
        expect![[r#"
        systemd  db.service           After=network.target
        systemd  web.service          PartOf=db.service
        systemd  web.service          Wants=db.service
        systemd  web.service          After=network.target db.service
        nixos    db.nix               after = [ "network.target" ];
        nixos    web.nix              partOf = [ "db.service" ];
        nixos    web.nix              wants = [ "db.service" ];
        nixos    web.nix              after = [ "network.target" "db.service" ];
    "#]],
    );
}

#[test]
fn what_sleeps_is_waited_for_by_its_socket() {
    check_waiting(
        "\"ready\"",
        "activation = { on = \"socket\", handoff = \"fd\" }",
        expect![[r#"
        systemd  db.service           Requires=db.socket
        systemd  db.service           After=db.socket
        systemd  web.service          Requires=db.socket
        systemd  web.service          After=network.target db.socket
        nixos    db.nix               requires = [ "db.socket" ];
        nixos    db.nix               after = [ "db.socket" ];
        nixos    web.nix              requires = [ "db.socket" ];
        nixos    web.nix              after = [ "network.target" "db.socket" ];
    "#]],
    );
}

#[test]
fn what_runs_once_is_done_when_it_has_ended() {
    check_manifest(
        r#"[services.migrate]
        exec.command = ["/usr/bin/migrate"]
        activation.on = "once"
        [services.seed]
        container.image = "localhost/seed:1"
        activation.on = "once"
        restart.policy = "on-failure"
        [services.web]
        exec.command = ["/usr/bin/web"]
        dependsOn = { migrate = "completed", seed = "started" }"#,
        &[
            "Requires",
            "After",
            "requires",
            "after",
            "Type",
            "RemainAfterExit",
            "Restart",
            "RestartSec",
            "WantedBy",
            "wantedBy",
            "autoStart",
            "extraOptions",
            "TimeoutStartSec",
        ],
        expect![[r#"
            systemd  migrate.service      After=network.target
            systemd  migrate.service      Type=oneshot
            systemd  migrate.service      Restart=no
            systemd  migrate.service      RemainAfterExit=true
            systemd  migrate.service      WantedBy=multi-user.target
            systemd  seed.service         After=network-online.target
            systemd  seed.service         Restart=on-failure
            systemd  seed.service         RestartSec=5s
            systemd  seed.service         Type=oneshot
            systemd  seed.service         RemainAfterExit=true
            systemd  seed.service         TimeoutStartSec=0
            systemd  seed.service         WantedBy=multi-user.target
            systemd  web.service          Requires=migrate.service seed.service
            systemd  web.service          After=network.target migrate.service seed.service
            systemd  web.service          Type=exec
            systemd  web.service          Restart=on-failure
            systemd  web.service          RestartSec=5s
            systemd  web.service          WantedBy=multi-user.target
            quadlet  seed.container       Restart=on-failure
            quadlet  seed.container       RestartSec=5s
            quadlet  seed.container       Type=oneshot
            quadlet  seed.container       RemainAfterExit=true
            quadlet  seed.container       TimeoutStartSec=0
            quadlet  seed.container       WantedBy=multi-user.target
            nixos    migrate.nix          wantedBy = [ "multi-user.target" ];
            nixos    migrate.nix          after = [ "network.target" ];
            nixos    migrate.nix          Type = "oneshot";
            nixos    migrate.nix          Restart = cfg.restart;
            nixos    migrate.nix          RemainAfterExit = true;
            nixos    seed.nix             extraOptions = [ "--detach=false" ];
            nixos    seed.nix             Restart = lib.mkForce cfg.restart;
            nixos    seed.nix             RestartSec = "5s";
            nixos    seed.nix             Type = lib.mkForce "oneshot";
            nixos    seed.nix             RemainAfterExit = true;
            nixos    web.nix              wantedBy = [ "multi-user.target" ];
            nixos    web.nix              requires = [ "migrate.service" "seed.service" ];
            nixos    web.nix              after = [ "network.target" "migrate.service" "seed.service" ];
            nixos    web.nix              Type = "exec";
            nixos    web.nix              Restart = cfg.restart;
            nixos    web.nix              RestartSec = "5s";
        "#]],
    );
}
