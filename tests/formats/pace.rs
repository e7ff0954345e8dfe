//! What services may use, when they are started again and how they are stopped.

use super::*;

#[test]
fn limits_are_those_of_the_unit_for_every_workload() {
    const LIMITS: &str = "limits = { openFiles = 4096, processes = 64, memoryHigh = \"384M\", \
        memoryMax = \"1024M\", cpuQuota = \"150%\", cpuWeight = 50, tasks = 200, ioWeight = 200, \
        oomPolicy = \"continue\" }";
    let keys = [
        "LimitNOFILE",
        "LimitNPROC",
        "Ulimit",
        "MemoryHigh",
        "MemoryMax",
        "CPUQuota",
        "CPUWeight",
        "TasksMax",
        "IOWeight",
        "OOMPolicy",
        "Delegate",
        "extraOptions",
    ];
    check(
        &format!("exec.command = [\"/usr/bin/web\"]\n{LIMITS}"),
        &keys,
        expect![[r#"
        systemd  web.service          LimitNOFILE=4096
        systemd  web.service          LimitNPROC=64
        systemd  web.service          MemoryHigh=384M
        systemd  web.service          MemoryMax=1G
        systemd  web.service          CPUQuota=150%
        systemd  web.service          CPUWeight=50
        systemd  web.service          TasksMax=200
        systemd  web.service          IOWeight=200
        systemd  web.service          OOMPolicy=continue
        nixos    web.nix              LimitNOFILE = 4096;
        nixos    web.nix              LimitNPROC = 64;
        nixos    web.nix              MemoryHigh = "384M";
        nixos    web.nix              MemoryMax = "1G";
        nixos    web.nix              CPUQuota = "150%";
        nixos    web.nix              CPUWeight = 50;
        nixos    web.nix              TasksMax = 200;
        nixos    web.nix              IOWeight = 200;
        nixos    web.nix              OOMPolicy = "continue";
    "#]],
    );
    check(
        &format!("container.image = \"localhost/web:1\"\n{LIMITS}"),
        &keys,
        expect![[r#"
        systemd  web.service          Delegate=true
        systemd  web.service          MemoryHigh=384M
        systemd  web.service          MemoryMax=1G
        systemd  web.service          CPUQuota=150%
        systemd  web.service          CPUWeight=50
        systemd  web.service          TasksMax=200
        systemd  web.service          IOWeight=200
        systemd  web.service          OOMPolicy=continue
        quadlet  web.container        Ulimit=nofile=4096:4096
        quadlet  web.container        Ulimit=nproc=64:64
        quadlet  web.container        MemoryHigh=384M
        quadlet  web.container        MemoryMax=1G
        quadlet  web.container        CPUQuota=150%
        quadlet  web.container        CPUWeight=50
        quadlet  web.container        TasksMax=200
        quadlet  web.container        IOWeight=200
        quadlet  web.container        OOMPolicy=continue
        nixos    web.nix              extraOptions = [ "--ulimit=nofile=4096:4096" "--ulimit=nproc=64:64" "--cgroups=split" ];
        nixos    web.nix              MemoryHigh = "384M";
        nixos    web.nix              MemoryMax = "1G";
        nixos    web.nix              CPUQuota = "150%";
        nixos    web.nix              CPUWeight = 50;
        nixos    web.nix              TasksMax = 200;
        nixos    web.nix              IOWeight = 200;
        nixos    web.nix              OOMPolicy = "continue";
        nixos    web.nix              Delegate = lib.mkForce true;
    "#]],
    );
}

#[test]
fn a_container_without_limits_is_left_where_nixos_puts_it() {
    check(
        r#"container.image = "localhost/web:1"
        limits.openFiles = 10"#,
        &["Delegate", "extraOptions"],
        expect![[r#"
            systemd  web.service          Delegate=true
            nixos    web.nix              extraOptions = [ "--ulimit=nofile=10:10" ];
        "#]],
    );
}

#[test]
fn pauses_grow_and_attempts_end() {
    check(
        r#"exec.command = ["/usr/bin/web"]
        restart = { delay = "2s", maxDelay = "5min", attempts = 20, window = "2h", successExitCodes = [143, 3] }"#,
        &[
            "Restart",
            "RestartSec",
            "RestartSteps",
            "RestartMaxDelaySec",
            "StartLimitIntervalSec",
            "StartLimitBurst",
            "startLimitIntervalSec",
            "startLimitBurst",
            "SuccessExitStatus",
        ],
        expect![[r#"
            systemd  web.service          StartLimitIntervalSec=7200
            systemd  web.service          StartLimitBurst=20
            systemd  web.service          SuccessExitStatus=3 143
            systemd  web.service          Restart=on-failure
            systemd  web.service          RestartSec=2s
            systemd  web.service          RestartSteps=8
            systemd  web.service          RestartMaxDelaySec=5min
            nixos    web.nix              startLimitIntervalSec = 7200;
            nixos    web.nix              startLimitBurst = 20;
            nixos    web.nix              SuccessExitStatus = "3 143";
            nixos    web.nix              Restart = cfg.restart;
            nixos    web.nix              RestartSec = "2s";
            nixos    web.nix              RestartSteps = 8;
            nixos    web.nix              RestartMaxDelaySec = "5min";
        "#]],
    );
}

#[test]
fn the_pauses_of_a_sleeping_service_can_be_chosen() {
    check(
        r#"exec.command = ["/usr/bin/web"]
        activation = { on = "socket", handoff = "fd" }
        restart = { maxDelay = "2min", steps = 3 }"#,
        &["RestartSec", "RestartSteps", "RestartMaxDelaySec"],
        expect![[r#"
            systemd  web.service          RestartSec=500ms
            systemd  web.service          RestartSteps=3
            systemd  web.service          RestartMaxDelaySec=2min
            nixos    web.nix              RestartSec = "500ms";
            nixos    web.nix              RestartSteps = 3;
            nixos    web.nix              RestartMaxDelaySec = "2min";
        "#]],
    );
}

#[test]
fn a_process_is_stopped_by_systemd() {
    check(
        r#"exec.command = ["/usr/bin/web"]
        stop = { signal = "SIGINT", timeout = "1500ms" }"#,
        &["KillSignal", "TimeoutStopSec"],
        expect![[r#"
            systemd  web.service          KillSignal=SIGINT
            systemd  web.service          TimeoutStopSec=1s 500ms
            nixos    web.nix              KillSignal = "SIGINT";
            nixos    web.nix              TimeoutStopSec = "1s 500ms";
        "#]],
    );
}

#[test]
fn a_container_is_stopped_by_podman_for_which_systemd_waits() {
    check_manifest(
        r#"
        [hosts.new]
        podman = "5.4"
        [hosts.old]
        podman = "4.9"
        [hosts.nix]
        nixos = "25.11"

        [services.web]
        container = { image = "localhost/web:1" }
        stop = { signal = "SIGINT", timeout = "2min" }
        restart.successExitCodes = [3]
        "#,
        &[
            "StopSignal",
            "StopTimeout",
            "PodmanArgs",
            "TimeoutStopSec",
            "SuccessExitStatus",
            "extraOptions",
        ],
        expect![[r#"
            systemd  web.service          TimeoutStopSec=2min 15s
            systemd  web.service          SuccessExitStatus=3 143
            systemd  web.service          TimeoutStopSec=2min 15s
            systemd  web.service          SuccessExitStatus=3 143
            quadlet  web.container        StopSignal=SIGINT
            quadlet  web.container        StopTimeout=120
            quadlet  web.container        TimeoutStopSec=2min 15s
            quadlet  web.container        SuccessExitStatus=3 143
            quadlet  web.container        PodmanArgs=--stop-signal=SIGINT --stop-timeout=120
            quadlet  web.container        TimeoutStopSec=2min 15s
            quadlet  web.container        SuccessExitStatus=3 143
            nixos    web.nix              extraOptions = [ "--stop-signal=SIGINT" "--stop-timeout=120" ];
            nixos    web.nix              TimeoutStopSec = lib.mkForce "2min 15s";
            nixos    web.nix              SuccessExitStatus = "3 143";
        "#]],
    );
}
