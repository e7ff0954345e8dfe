//! Jobs that a timer starts.

use super::*;

const TIMER: &[&str] = &[
    "OnCalendar",
    "OnBootSec",
    "OnUnitActiveSec",
    "OnUnitInactiveSec",
    "RandomizedDelaySec",
    "FixedRandomDelay",
    "AccuracySec",
    "Persistent",
    "WakeSystem",
    "timerConfig",
];

const JOB: &[&str] = &[
    "Type",
    "NotifyAccess",
    "TimeoutStartSec",
    "Restart",
    "RestartSec",
    "WantedBy",
    "wantedBy",
    "autoStart",
];

#[test]
fn a_schedule_becomes_a_timer() {
    check(
        r#"exec.command = ["/usr/bin/snapshot"]
        schedule = { calendar = ["daily", "Mon *-*-* 04:00 Europe/Berlin"], catchUp = true }"#,
        &[TIMER, &["WantedBy", "wantedBy"]].concat(),
        expect![[r#"
            systemd  web.timer            OnCalendar=daily
            systemd  web.timer            OnCalendar=Mon *-*-* 04:00 Europe/Berlin
            systemd  web.timer            Persistent=true
            systemd  web.timer            WantedBy=timers.target
            nixos    web.nix              wantedBy = [ "timers.target" ];
            nixos    web.nix              timerConfig = { OnCalendar = [ "daily" "Mon *-*-* 04:00 Europe/Berlin" ]; Persistent = true; };
        "#]],
    );
}

#[test]
fn a_schedule_counts_from_boot_and_from_runs() {
    check(
        r#"exec.command = ["/usr/bin/snapshot"]
        schedule = { afterBoot = "0s", every = "1h", afterEnd = "1h30min" }"#,
        TIMER,
        expect![[r#"
            systemd  web.timer            OnBootSec=0
            systemd  web.timer            OnUnitActiveSec=1h
            systemd  web.timer            OnUnitInactiveSec=1h 30min
            nixos    web.nix              timerConfig = { OnBootSec = "0"; OnUnitActiveSec = "1h"; OnUnitInactiveSec = "1h 30min"; };
        "#]],
    );
}

#[test]
fn runs_are_spread_and_wake_the_host() {
    check(
        r#"exec.command = ["/usr/bin/snapshot"]
        schedule = { calendar = ["weekly"], randomizedDelay = "1h", fixedRandomDelay = true, accuracy = "1s", wakeSystem = true }"#,
        TIMER,
        expect![[r#"
            systemd  web.timer            OnCalendar=weekly
            systemd  web.timer            RandomizedDelaySec=1h
            systemd  web.timer            AccuracySec=1s
            systemd  web.timer            FixedRandomDelay=true
            systemd  web.timer            WakeSystem=true
            nixos    web.nix              timerConfig = { OnCalendar = "weekly"; RandomizedDelaySec = "1h"; AccuracySec = "1s"; FixedRandomDelay = true; WakeSystem = true; };
        "#]],
    );
}

#[test]
fn a_job_runs_to_its_end_and_is_not_restarted() {
    check(
        r#"exec.command = ["/usr/bin/snapshot"]
        schedule.calendar = ["daily"]"#,
        JOB,
        expect![[r#"
            systemd  web.service          Type=oneshot
            systemd  web.service          Restart=no
            systemd  web.timer            WantedBy=timers.target
            nixos    web.nix              wantedBy = [ "timers.target" ];
            nixos    web.nix              Type = "oneshot";
            nixos    web.nix              Restart = cfg.restart;
        "#]],
    );
}

#[test]
fn a_job_may_have_a_limit_and_be_tried_again() {
    check(
        r#"exec.command = ["/usr/bin/snapshot"]
        restart.delay = "1min"
        schedule = { calendar = ["daily"], timeout = "6h" }"#,
        JOB,
        expect![[r#"
            systemd  web.service          Type=oneshot
            systemd  web.service          Restart=on-failure
            systemd  web.service          RestartSec=1min
            systemd  web.service          TimeoutStartSec=6h
            systemd  web.timer            WantedBy=timers.target
            nixos    web.nix              wantedBy = [ "timers.target" ];
            nixos    web.nix              Type = "oneshot";
            nixos    web.nix              Restart = cfg.restart;
            nixos    web.nix              RestartSec = "1min";
            nixos    web.nix              TimeoutStartSec = "6h";
        "#]],
    );
}

#[test]
fn a_container_may_be_a_job() {
    check(
        r#"container.image = "localhost/snapshot:1"
        schedule = { calendar = ["daily"], timeout = "6h" }"#,
        &[JOB, &["ExecStart", "extraOptions", "ContainerName"]].concat(),
        expect![[r#"
            systemd  web.service          ExecStart=/usr/bin/podman run --replace --rm --cgroups=split --name=web localhost/snapshot:1
            systemd  web.service          Restart=no
            systemd  web.service          Type=oneshot
            systemd  web.service          TimeoutStartSec=6h
            systemd  web.timer            WantedBy=timers.target
            quadlet  web.container        ContainerName=web
            quadlet  web.container        Restart=no
            quadlet  web.container        Type=oneshot
            quadlet  web.container        TimeoutStartSec=6h
            nixos    web.nix              wantedBy = [ "timers.target" ];
            nixos    web.nix              autoStart = false;
            nixos    web.nix              extraOptions = [ "--detach=false" ];
            nixos    web.nix              Restart = lib.mkForce cfg.restart;
            nixos    web.nix              Type = lib.mkForce "oneshot";
            nixos    web.nix              TimeoutStartSec = lib.mkForce "6h";
            nixos    web.nix              NotifyAccess = lib.mkForce "none";
        "#]],
    );
}

#[test]
fn what_needs_a_job_waits_until_it_is_done() {
    check_manifest(
        r#"[services.migrate]
        exec.command = ["/usr/bin/migrate"]
        schedule.calendar = ["daily"]
        [services.web]
        exec.command = ["/usr/bin/web"]
        dependsOn.migrate = "started""#,
        &["Requires", "After", "requires", "after"],
        expect![[r#"
            systemd  migrate.service      After=network.target
            systemd  web.service          Requires=migrate.service
            systemd  web.service          After=network.target migrate.service
            nixos    migrate.nix          after = [ "network.target" ];
            nixos    web.nix              requires = [ "migrate.service" ];
            nixos    web.nix              after = [ "network.target" "migrate.service" ];
        "#]],
    );
}
