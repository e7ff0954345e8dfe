//! When services are ready, and whether they work.

use super::*;

/// What is tried, without what tries it again and again.
const TRIED: &[&str] = &["Type", "ExecStartPost", "TimeoutStartSec", "WatchdogSec"];

#[test]
fn an_answer_over_http_holds_back_the_start() {
    check(
        r#"exec.command = ["/usr/bin/web", "${port}"]
        readiness = { http = { path = "/health?q=100%", status = 204 }, initialDelay = "1s", period = "500ms", timeout = "2s", successThreshold = 2, failureThreshold = 20 }"#,
        TRIED,
        expect![[r#"
            systemd  web.service          Type=exec
            systemd  web.service          ExecStartPost=/bin/bash -c 'pause() { read -rt "$$1" <> <(:) || :; kill -0 "$$MAINPID" 2>/dev/null || exit 1; }; period=$$2 successes=$$3 failures=$$4 passed=0 failed=0; pause "$$1"; shift 4; while :; do if "$$@"; then ((++passed < successes)) || exit 0; else passed=0; ((++failed < failures)) || { echo "$$0 was not ready, $$failed tries have failed" >&2; exit 1; }; fi; pause "$$period"; done' web 1 0.5 2 20 /usr/bin/timeout --signal=KILL 2 /bin/bash -c "{ exec 3<>\"/dev/tcp/$$2/$$3\"; } 2>/dev/null || exit 1; printf 'GET %%s HTTP/1.1\\r\\nHost: %%s\\r\\nUser-Agent: unitsmith\\r\\nAccept: */*\\r\\nConnection: close\\r\\n\\r\\n' \"$$4\" \"$$1\" >&3; read -r version status _ <&3 && [[ $$version == HTTP/* && $$status == $$5 ]]" web 127.0.0.1:9575 127.0.0.1 9575 '/health?q=100%%' 204
            systemd  web.service          TimeoutStartSec=1min 51s
            nixos    web.nix              Type = "exec";
            nixos    web.nix              ExecStartPost = "${lib.getExe pkgs.bash} -c 'pause() { read -rt \"$$1\" <> <(:) || :; kill -0 \"$$MAINPID\" 2>/dev/null || exit 1; }; period=$$2 successes=$$3 failures=$$4 passed=0 failed=0; pause \"$$1\"; shift 4; while :; do if \"$$@\"; then ((++passed < successes)) || exit 0; else passed=0; ((++failed < failures)) || { echo \"$$0 was not ready, $$failed tries have failed\" >&2; exit 1; }; fi; pause \"$$period\"; done' web 1 0.5 2 20 ${lib.getExe' pkgs.coreutils "timeout"} --signal=KILL 2 ${lib.getExe pkgs.bash} -c \"{ exec 3<>\\\"/dev/tcp/$$2/$$3\\\"; } 2>/dev/null || exit 1; printf 'GET %%s HTTP/1.1\\\\r\\\\nHost: %%s\\\\r\\\\nUser-Agent: unitsmith\\\\r\\\\nAccept: */*\\\\r\\\\nConnection: close\\\\r\\\\n\\\\r\\\\n' \\\"$$4\\\" \\\"$$1\\\" >&3; read -r version status _ <&3 && [[ $$version == HTTP/* && $$status == $$5 ]]\" web 127.0.0.1:${toString cfg.port} 127.0.0.1 ${toString cfg.port} '/health?q=100%%' 204";
            nixos    web.nix              TimeoutStartSec = "1min 51s";
        "#]],
    );
}

#[test]
fn a_connection_holds_back_the_start() {
    check(
        r#"exec.command = ["/usr/bin/web"]
        readiness.tcp = { host = "::1", port = 5432 }"#,
        TRIED,
        expect![[r#"
            systemd  web.service          Type=exec
            systemd  web.service          ExecStartPost=/bin/bash -c 'pause() { read -rt "$$1" <> <(:) || :; kill -0 "$$MAINPID" 2>/dev/null || exit 1; }; period=$$2 successes=$$3 failures=$$4 passed=0 failed=0; pause "$$1"; shift 4; while :; do if "$$@"; then ((++passed < successes)) || exit 0; else passed=0; ((++failed < failures)) || { echo "$$0 was not ready, $$failed tries have failed" >&2; exit 1; }; fi; pause "$$period"; done' web 0 1 1 60 /usr/bin/timeout --signal=KILL 1 /bin/bash -c '{ exec 3<>"/dev/tcp/$$1/$$2"; } 2>/dev/null' web ::1 5432
            systemd  web.service          TimeoutStartSec=2min 10s
            nixos    web.nix              Type = "exec";
            nixos    web.nix              ExecStartPost = "${lib.getExe pkgs.bash} -c 'pause() { read -rt \"$$1\" <> <(:) || :; kill -0 \"$$MAINPID\" 2>/dev/null || exit 1; }; period=$$2 successes=$$3 failures=$$4 passed=0 failed=0; pause \"$$1\"; shift 4; while :; do if \"$$@\"; then ((++passed < successes)) || exit 0; else passed=0; ((++failed < failures)) || { echo \"$$0 was not ready, $$failed tries have failed\" >&2; exit 1; }; fi; pause \"$$period\"; done' web 0 1 1 60 ${lib.getExe' pkgs.coreutils "timeout"} --signal=KILL 1 ${lib.getExe pkgs.bash} -c '{ exec 3<>\"/dev/tcp/$$1/$$2\"; } 2>/dev/null' web ::1 5432";
            nixos    web.nix              TimeoutStartSec = "2min 10s";
        "#]],
    );
}

#[test]
fn a_command_holds_back_the_start() {
    check(
        r#"exec.command = ["/usr/bin/web"]
        readiness.exec = [{ package = "postgresql", bin = "pg_isready" }, "a b", "$x", "%n"]"#,
        TRIED,
        expect![[r#"
            systemd  web.service          Type=exec
            systemd  web.service          ExecStartPost=/bin/bash -c 'pause() { read -rt "$$1" <> <(:) || :; kill -0 "$$MAINPID" 2>/dev/null || exit 1; }; period=$$2 successes=$$3 failures=$$4 passed=0 failed=0; pause "$$1"; shift 4; while :; do if "$$@"; then ((++passed < successes)) || exit 0; else passed=0; ((++failed < failures)) || { echo "$$0 was not ready, $$failed tries have failed" >&2; exit 1; }; fi; pause "$$period"; done' web 0 1 1 60 /usr/bin/timeout --signal=KILL 1 /usr/bin/pg_isready 'a b' '$$x' '%%n'
            systemd  web.service          TimeoutStartSec=2min 10s
            nixos    web.nix              Type = "exec";
            nixos    web.nix              ExecStartPost = "${lib.getExe pkgs.bash} -c 'pause() { read -rt \"$$1\" <> <(:) || :; kill -0 \"$$MAINPID\" 2>/dev/null || exit 1; }; period=$$2 successes=$$3 failures=$$4 passed=0 failed=0; pause \"$$1\"; shift 4; while :; do if \"$$@\"; then ((++passed < successes)) || exit 0; else passed=0; ((++failed < failures)) || { echo \"$$0 was not ready, $$failed tries have failed\" >&2; exit 1; }; fi; pause \"$$period\"; done' web 0 1 1 60 ${lib.getExe' pkgs.coreutils "timeout"} --signal=KILL 1 ${lib.getExe' pkgs.postgresql "pg_isready"} 'a b' '$$x' '%%n'";
            nixos    web.nix              TimeoutStartSec = "2min 10s";
        "#]],
    );
}

#[test]
fn a_service_may_say_itself_that_it_is_ready_and_works() {
    check(
        r#"exec.command = ["/usr/bin/web"]
        readiness = { notify = true, timeout = "5min" }
        liveness = { notify = true, timeout = "20s" }"#,
        TRIED,
        expect![[r#"
            systemd  web.service          Type=notify
            systemd  web.service          WatchdogSec=20s
            systemd  web.service          TimeoutStartSec=5min
            nixos    web.nix              Type = "notify";
            nixos    web.nix              WatchdogSec = "20s";
            nixos    web.nix              TimeoutStartSec = "5min";
        "#]],
    );
}

#[test]
fn a_line_that_is_printed_holds_back_the_start() {
    check(
        r#"exec.command = ["/usr/bin/web"]
        readiness.log = 'ready to "accept" $5 *'"#,
        TRIED,
        expect![[r#"
            systemd  web.service          Type=exec
            systemd  web.service          ExecStartPost=+/bin/bash -c 'pause() { read -rt "$$1" <> <(:) || :; kill -0 "$$MAINPID" 2>/dev/null || exit 1; }; period=$$2 successes=$$3 failures=$$4 passed=0 failed=0; pause "$$1"; shift 4; while :; do if "$$@"; then ((++passed < successes)) || exit 0; else passed=0; ((++failed < failures)) || { echo "$$0 was not ready, $$failed tries have failed" >&2; exit 1; }; fi; pause "$$period"; done' web 0 1 1 60 /usr/bin/timeout --signal=KILL 1 /bin/bash -c 'while IFS= read -r line; do [[ $$line == *"$$1"* ]] && exit 0; done < <("$$2" --quiet --no-pager --output=cat "_SYSTEMD_INVOCATION_ID=$$INVOCATION_ID"); exit 1' web 'ready to "accept" $$5 *' /usr/bin/journalctl
            systemd  web.service          TimeoutStartSec=2min 10s
            nixos    web.nix              Type = "exec";
            nixos    web.nix              ExecStartPost = "+${lib.getExe pkgs.bash} -c 'pause() { read -rt \"$$1\" <> <(:) || :; kill -0 \"$$MAINPID\" 2>/dev/null || exit 1; }; period=$$2 successes=$$3 failures=$$4 passed=0 failed=0; pause \"$$1\"; shift 4; while :; do if \"$$@\"; then ((++passed < successes)) || exit 0; else passed=0; ((++failed < failures)) || { echo \"$$0 was not ready, $$failed tries have failed\" >&2; exit 1; }; fi; pause \"$$period\"; done' web 0 1 1 60 ${lib.getExe' pkgs.coreutils "timeout"} --signal=KILL 1 ${lib.getExe pkgs.bash} -c 'while IFS= read -r line; do [[ $$line == *\"$$1\"* ]] && exit 0; done < <(\"$$2\" --quiet --no-pager --output=cat \"_SYSTEMD_INVOCATION_ID=$$INVOCATION_ID\"); exit 1' web 'ready to \"accept\" $$5 *' ${config.systemd.package}/bin/journalctl";
            nixos    web.nix              TimeoutStartSec = "2min 10s";
        "#]],
    );
    check(
        r#"container.image = "localhost/web:1"
        readiness.log = "ready""#,
        TRIED,
        expect![[r#"
            systemd  web.service          Type=notify
            systemd  web.service          ExecStartPost=/bin/bash -c 'pause() { read -rt "$$1" <> <(:) || :; kill -0 "$$MAINPID" 2>/dev/null || exit 1; }; period=$$2 successes=$$3 failures=$$4 passed=0 failed=0; pause "$$1"; shift 4; while :; do if "$$@"; then ((++passed < successes)) || exit 0; else passed=0; ((++failed < failures)) || { echo "$$0 was not ready, $$failed tries have failed" >&2; exit 1; }; fi; pause "$$period"; done' web 0 1 1 60 /usr/bin/timeout --signal=KILL 1 /bin/bash -c 'while IFS= read -r line || [[ $$line ]]; do [[ $$line == *"$$1"* ]] && exit 0; done < <("$$2" logs "$$3" 2>&1); exit 1' web ready /usr/bin/podman web
            systemd  web.service          TimeoutStartSec=0
            quadlet  web.container        ExecStartPost=/bin/bash -c 'pause() { read -rt "$$1" <> <(:) || :; kill -0 "$$MAINPID" 2>/dev/null || exit 1; }; period=$$2 successes=$$3 failures=$$4 passed=0 failed=0; pause "$$1"; shift 4; while :; do if "$$@"; then ((++passed < successes)) || exit 0; else passed=0; ((++failed < failures)) || { echo "$$0 was not ready, $$failed tries have failed" >&2; exit 1; }; fi; pause "$$period"; done' web 0 1 1 60 /usr/bin/timeout --signal=KILL 1 /bin/bash -c 'while IFS= read -r line || [[ $$line ]]; do [[ $$line == *"$$1"* ]] && exit 0; done < <("$$2" logs "$$3" 2>&1); exit 1' web ready /usr/bin/podman web
            quadlet  web.container        TimeoutStartSec=0
            nixos    web.nix              ExecStartPost = [ "${lib.getExe pkgs.bash} -c 'pause() { read -rt \"$$1\" <> <(:) || :; kill -0 \"$$MAINPID\" 2>/dev/null || exit 1; }; period=$$2 successes=$$3 failures=$$4 passed=0 failed=0; pause \"$$1\"; shift 4; while :; do if \"$$@\"; then ((++passed < successes)) || exit 0; else passed=0; ((++failed < failures)) || { echo \"$$0 was not ready, $$failed tries have failed\" >&2; exit 1; }; fi; pause \"$$period\"; done' web 0 1 1 60 ${lib.getExe' pkgs.coreutils "timeout"} --signal=KILL 1 ${lib.getExe pkgs.bash} -c 'while IFS= read -r line || [[ $$line ]]; do [[ $$line == *\"$$1\"* ]] && exit 0; done < <(\"$$2\" logs \"$$3\" 2>&1); exit 1' web ready ${lib.getExe pkgs.podman} web" ];
        "#]],
    );
}

#[test]
fn the_readiness_of_a_backend_holds_back_its_proxy() {
    check(
        r#"exec.command = ["/usr/bin/web", "${backendPort}"]
        activation = { on = "socket", handoff = "proxy" }
        readiness.http = {}"#,
        TRIED,
        expect![[r#"
            systemd  web-backend.service  Type=exec
            systemd  web-backend.service  ExecStartPost=/bin/bash -c 'pause() { read -rt "$$1" <> <(:) || :; kill -0 "$$MAINPID" 2>/dev/null || exit 1; }; period=$$2 successes=$$3 failures=$$4 passed=0 failed=0; pause "$$1"; shift 4; while :; do if "$$@"; then ((++passed < successes)) || exit 0; else passed=0; ((++failed < failures)) || { echo "$$0 was not ready, $$failed tries have failed" >&2; exit 1; }; fi; pause "$$period"; done' web 0 0.1 1 600 /usr/bin/timeout --signal=KILL 1 /bin/bash -c "{ exec 3<>\"/dev/tcp/$$2/$$3\"; } 2>/dev/null || exit 1; printf 'GET %%s HTTP/1.1\\r\\nHost: %%s\\r\\nUser-Agent: unitsmith\\r\\nAccept: */*\\r\\nConnection: close\\r\\n\\r\\n' \"$$4\" \"$$1\" >&3; read -r version status _ <&3 && [[ $$version == HTTP/* && $$status == $$5 ]]" web 127.0.0.1:28304 127.0.0.1 28304 / '[23][0-9][0-9]'
            systemd  web-backend.service  TimeoutStartSec=11min 10s
            systemd  web.service          Type=notify
            nixos    web.nix              Type = "notify";
            nixos    web.nix              Type = "exec";
            nixos    web.nix              ExecStartPost = "${lib.getExe pkgs.bash} -c 'pause() { read -rt \"$$1\" <> <(:) || :; kill -0 \"$$MAINPID\" 2>/dev/null || exit 1; }; period=$$2 successes=$$3 failures=$$4 passed=0 failed=0; pause \"$$1\"; shift 4; while :; do if \"$$@\"; then ((++passed < successes)) || exit 0; else passed=0; ((++failed < failures)) || { echo \"$$0 was not ready, $$failed tries have failed\" >&2; exit 1; }; fi; pause \"$$period\"; done' web 0 0.1 1 600 ${lib.getExe' pkgs.coreutils "timeout"} --signal=KILL 1 ${lib.getExe pkgs.bash} -c \"{ exec 3<>\\\"/dev/tcp/$$2/$$3\\\"; } 2>/dev/null || exit 1; printf 'GET %%s HTTP/1.1\\\\r\\\\nHost: %%s\\\\r\\\\nUser-Agent: unitsmith\\\\r\\\\nAccept: */*\\\\r\\\\nConnection: close\\\\r\\\\n\\\\r\\\\n' \\\"$$4\\\" \\\"$$1\\\" >&3; read -r version status _ <&3 && [[ $$version == HTTP/* && $$status == $$5 ]]\" web 127.0.0.1:${toString cfg.backendPort} 127.0.0.1 ${toString cfg.backendPort} / '[23][0-9][0-9]'";
            nixos    web.nix              TimeoutStartSec = "11min 10s";
        "#]],
    );
}

#[test]
fn a_command_in_a_container_is_the_check_of_podman() {
    let keys = &[
        "Notify",
        "HealthCmd",
        "HealthInterval",
        "HealthTimeout",
        "HealthRetries",
        "HealthStartPeriod",
        "HealthOnFailure",
        "HealthStartupCmd",
        "HealthStartupInterval",
        "HealthStartupTimeout",
        "HealthStartupRetries",
        "HealthStartupSuccess",
        "ExecStartPost",
        "TimeoutStartSec",
        "podman",
        "extraOptions",
    ];
    check(
        r#"container.image = "localhost/web:1"
        readiness = { exec = ["/ready", "a b"], initialDelay = "2s" }"#,
        keys,
        expect![[r#"
            systemd  web.service          TimeoutStartSec=7min 12s
            quadlet  web.container        Notify=healthy
            quadlet  web.container        HealthCmd=["/ready","a b"]
            quadlet  web.container        HealthInterval=1s
            quadlet  web.container        HealthTimeout=1s
            quadlet  web.container        HealthRetries=60
            quadlet  web.container        HealthStartPeriod=2s
            quadlet  web.container        TimeoutStartSec=7min 12s
            nixos    web.nix              podman.sdnotify = "healthy";
            nixos    web.nix              extraOptions = [ "--health-cmd=[\"/ready\",\"a b\"]" "--health-interval=1s" "--health-timeout=1s" "--health-retries=60" "--health-start-period=2s" ];
            nixos    web.nix              TimeoutStartSec = lib.mkForce "7min 12s";
        "#]],
    );
    check(
        r#"container.image = "localhost/web:1"
        liveness.exec = ["/alive"]"#,
        keys,
        expect![[r#"
            systemd  web.service          TimeoutStartSec=0
            quadlet  web.container        HealthCmd=CMD /alive
            quadlet  web.container        HealthInterval=10s
            quadlet  web.container        HealthTimeout=1s
            quadlet  web.container        HealthRetries=3
            quadlet  web.container        HealthOnFailure=kill
            quadlet  web.container        TimeoutStartSec=0
            nixos    web.nix              extraOptions = [ "--health-cmd=CMD /alive" "--health-interval=10s" "--health-timeout=1s" "--health-retries=3" "--health-on-failure=kill" ];
        "#]],
    );
    check(
        r#"container.image = "localhost/web:1"
        readiness.exec = ["/ready"]
        liveness.exec = ["/alive", "x"]"#,
        keys,
        expect![[r#"
            systemd  web.service          TimeoutStartSec=7min 10s
            quadlet  web.container        Notify=healthy
            quadlet  web.container        HealthCmd=["/alive","x"]
            quadlet  web.container        HealthInterval=10s
            quadlet  web.container        HealthTimeout=1s
            quadlet  web.container        HealthRetries=3
            quadlet  web.container        HealthOnFailure=kill
            quadlet  web.container        HealthStartupCmd=CMD /ready
            quadlet  web.container        HealthStartupInterval=1s
            quadlet  web.container        HealthStartupTimeout=1s
            quadlet  web.container        HealthStartupRetries=0
            quadlet  web.container        HealthStartupSuccess=1
            quadlet  web.container        TimeoutStartSec=7min 10s
            nixos    web.nix              podman.sdnotify = "healthy";
            nixos    web.nix              extraOptions = [ "--health-cmd=[\"/alive\",\"x\"]" "--health-interval=10s" "--health-timeout=1s" "--health-retries=3" "--health-on-failure=kill" "--health-startup-cmd=CMD /ready" "--health-startup-interval=1s" "--health-startup-timeout=1s" "--health-startup-retries=0" "--health-startup-success=1" ];
            nixos    web.nix              TimeoutStartSec = lib.mkForce "7min 10s";
        "#]],
    );
}

#[test]
fn what_does_not_work_is_killed_by_a_unit_beside_it() {
    check_files(
        r#"[services.web]
        exec.command = ["/usr/bin/web", "${port}"]
        liveness = { tcp = true, initialDelay = "1min", period = "5s", failureThreshold = 2 }"#,
        &["systemd"],
        expect![[r#"
            === systemd/web-liveness.service
            # Generated by unitsmith from unitsmith.toml; do not edit.

            [Unit]
            After=web.service
            BindsTo=web.service
            StartLimitIntervalSec=0

            [Service]
            Type=exec
            DynamicUser=true
            ExecStart=/bin/bash -c 'pause() { read -rt "$$1" <> <(:) || :; }; period=$$2 failures=$$3 failed=0; pause "$$1"; shift 3; while :; do if "$$@"; then failed=0; else ((++failed < failures)) || { echo "$$0 does not work, $$failed tries in a row have failed" >&2; exit 1; }; fi; pause "$$period"; done' web 60 5 2 /usr/bin/timeout --signal=KILL 1 /bin/bash -c '{ exec 3<>"/dev/tcp/$$1/$$2"; } 2>/dev/null' web 127.0.0.1 9575
            ExecStopPost=+/bin/bash -c '[[ $$SERVICE_RESULT != exit-code ]] || exec "$$@"' web /usr/bin/systemctl kill --signal=SIGKILL web.service
            === systemd/web.service
            # Generated by unitsmith from unitsmith.toml; do not edit.

            [Unit]
            After=network.target

            [Service]
            Type=exec
            ExecStart=/usr/bin/web 9575
            ExecStartPost=-+/usr/bin/systemctl --no-block start web-liveness.service
            NoNewPrivileges=true
            PrivateTmp=true
            ProtectSystem=full
            ProtectHome=read-only
            ProtectKernelTunables=true
            ProtectKernelModules=true
            ProtectKernelLogs=true
            ProtectControlGroups=true
            ProtectHostname=true
            LockPersonality=true
            RestrictRealtime=true
            RestrictSUIDSGID=true
            Restart=on-failure
            RestartSec=5s

            [Install]
            WantedBy=multi-user.target
        "#]],
    );
}

#[test]
fn a_service_that_is_started_again_alone_stops_what_watches_it() {
    check_manifest(
        r#"[services.web]
        exec.command = ["/usr/bin/web"]
        user = "web"
        liveness.exec = ["/usr/bin/alive"]
        [services.api]
        exec.command = ["/usr/bin/api"]
        dependsOn.web = "started""#,
        &["BindsTo", "bindsTo", "ExecStartPost", "ExecStopPost", "RestartMode"],
        expect![[r#"
            systemd  web-liveness.service BindsTo=web.service
            systemd  web-liveness.service ExecStopPost=+/bin/bash -c '[[ $$SERVICE_RESULT != exit-code ]] || exec "$$@"' web /usr/bin/systemctl kill --signal=SIGKILL web.service
            systemd  web.service          ExecStartPost=-+/usr/bin/systemctl --no-block start web-liveness.service
            systemd  web.service          ExecStopPost=-+/usr/bin/systemctl --no-block stop web-liveness.service
            systemd  web.service          RestartMode=direct
            nixos    web.nix              ExecStartPost = "-+${config.systemd.package}/bin/systemctl --no-block start web-liveness.service";
            nixos    web.nix              ExecStopPost = "-+${config.systemd.package}/bin/systemctl --no-block stop web-liveness.service";
            nixos    web.nix              RestartMode = "direct";
            nixos    web.nix              bindsTo = [ "web.service" ];
            nixos    web.nix              ExecStopPost = "+${lib.getExe pkgs.bash} -c '[[ $$SERVICE_RESULT != exit-code ]] || exec \"$$@\"' web ${config.systemd.package}/bin/systemctl kill --signal=SIGKILL web.service";
        "#]],
    );
    check_manifest(
        r#"[hosts.old]
        systemd = 252
        [services.web]
        exec.command = ["/usr/bin/web"]
        liveness.exec = ["/usr/bin/alive"]
        [services.api]
        exec.command = ["/usr/bin/api"]
        dependsOn.web = "started""#,
        &["BindsTo", "ExecStartPost", "ExecStopPost", "RestartMode"],
        expect![[r#"
            systemd  web-liveness.service BindsTo=web.service
            systemd  web-liveness.service ExecStopPost=+/bin/bash -c '[[ $$SERVICE_RESULT != exit-code ]] || exec "$$@"' web /usr/bin/systemctl kill --signal=SIGKILL web.service
            systemd  web.service          ExecStartPost=-+/usr/bin/systemctl --no-block start web-liveness.service
        "#]],
    );
}

#[test]
fn what_watches_a_backend_is_bound_to_its_proxy() {
    check(
        r#"exec.command = ["/usr/bin/web", "${backendPort}"]
        user = "web"
        activation = { on = "socket", handoff = "proxy" }
        liveness.exec = ["/usr/bin/alive"]"#,
        &["BindsTo", "bindsTo", "Wants", "wants", "User", "ExecStopPost"],
        expect![[r#"
            systemd  web-backend.service  User=web
            systemd  web-backend.service  ExecStopPost=-+/usr/bin/systemctl --no-block stop web.service
            systemd  web-liveness.service BindsTo=web.service
            systemd  web-liveness.service User=web
            systemd  web-liveness.service ExecStopPost=+/bin/bash -c '[[ $$SERVICE_RESULT != exit-code ]] || exec "$$@"' web /usr/bin/systemctl kill --signal=SIGKILL web-backend.service
            systemd  web.service          Wants=web-liveness.service
            systemd  web.service          BindsTo=web-backend.service
            nixos    web.nix              wants = [ "web-liveness.service" ];
            nixos    web.nix              bindsTo = [ "web-backend.service" ];
            nixos    web.nix              User = cfg.user;
            nixos    web.nix              ExecStopPost = "-+${config.systemd.package}/bin/systemctl --no-block stop web.service";
            nixos    web.nix              bindsTo = [ "web.service" ];
            nixos    web.nix              User = cfg.user;
            nixos    web.nix              ExecStopPost = "+${lib.getExe pkgs.bash} -c '[[ $$SERVICE_RESULT != exit-code ]] || exec \"$$@\"' web ${config.systemd.package}/bin/systemctl kill --signal=SIGKILL web-backend.service";
        "#]],
    );
}
