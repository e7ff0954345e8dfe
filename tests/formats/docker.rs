//! Containers that docker runs.

use super::*;

const HOSTS: &str = "nixos.containers = \"docker\"\n[hosts.alcove]\nnixos = \"25.11\"\n[hosts.shelf]\ndocker = \"28.2\"\n";

#[test]
fn a_service_runs_the_client_of_docker() {
    let service = r#"
        [services.web]
        container = { image = "localhost/web:1", pull = "always", command = ["100%"], ports = [{ container = 80 }] }
        environment.PRICE = "$5"
        limits = { memoryMax = "1G", cpuQuota = "150%", tasks = 100, openFiles = 1000 }
        stop = { signal = "SIGINT", timeout = "30s" }
    "#;
    check_manifest(
        &format!("{HOSTS}{service}"),
        &[
            "After",
            "Wants",
            "Requires",
            "Type",
            "ExecStartPre",
            "ExecStart",
            "ExecStop",
            "ExecStopPost",
            "MemoryMax",
            "CPUQuota",
            "Delegate",
            "backend",
            "extraOptions",
            "pull",
            "NotifyAccess",
            "TimeoutStopSec",
        ],
        expect![[r#"
            systemd  web.service          Requires=docker.service
            systemd  web.service          Wants=network-online.target
            systemd  web.service          After=docker.service network-online.target
            systemd  web.service          Type=exec
            systemd  web.service          ExecStartPre=-/usr/bin/docker rm --force web
            systemd  web.service          ExecStart=/usr/bin/docker run --rm --name=web --pull=always '--env=PRICE=$$5' --publish=127.0.0.1:9575:80 --ulimit=nofile=1000:1000 --stop-signal=SIGINT --stop-timeout=30 --memory=1g --cpus=1.50 --pids-limit=100 localhost/web:1 '100%%'
            systemd  web.service          ExecStop=-/usr/bin/docker stop web
            systemd  web.service          TimeoutStopSec=45s
            systemd  web.service          ExecStopPost=-/usr/bin/docker rm --force web
            nixos    web.nix              backend = "docker";
            nixos    web.nix              pull = "always";
            nixos    web.nix              extraOptions = [ "--ulimit=nofile=1000:1000" "--stop-signal=SIGINT" "--stop-timeout=30" "--memory=1g" "--cpus=1.50" "--pids-limit=100" ];
            nixos    web.nix              TimeoutStopSec = lib.mkForce "45s";
        "#]],
    );
}

#[test]
fn a_proxy_waits_for_what_docker_runs() {
    let service = r#"
        [services.web]
        container = { image = "localhost/web:1", ports = [{ container = 80 }] }
        activation = { on = "socket", handoff = "proxy" }
    "#;
    check_manifest(
        &format!("{HOSTS}{service}"),
        &["ExecStart", "ExecStartPost", "ExecStopPost", "Requires"],
        expect![[r#"
            systemd  web-backend.service  Requires=docker.service
            systemd  web-backend.service  ExecStart=/usr/bin/docker run --rm --name=web --publish=127.0.0.1:28304:80 localhost/web:1
            systemd  web-backend.service  ExecStartPost=/bin/bash -c 'exec 5<> <(:); until { exec 4<>/dev/tcp/127.0.0.1/28304; } 2>/dev/null && { read -rt 0.05 -N 1 <&4; [ $$? != 1 ]; } 2>/dev/null; do kill -0 $$MAINPID 2>/dev/null || exit 1; read -rt 0.002 <&5 || :; done'
            systemd  web-backend.service  ExecStopPost=-/usr/bin/systemctl --no-block stop web.service
            systemd  web-backend.service  ExecStopPost=-/usr/bin/docker rm --force web
            systemd  web.service          Requires=web.socket web-backend.service
            systemd  web.service          ExecStart=/usr/lib/systemd/systemd-socket-proxyd --exit-idle-time=10min 127.0.0.1:28304
            nixos    web.nix              ExecStart = "${config.systemd.package}/lib/systemd/systemd-socket-proxyd --exit-idle-time=10min 127.0.0.1:${toString cfg.backendPort}";
            nixos    web.nix              ExecStartPost = [ "${lib.getExe pkgs.bash} -c 'exec 5<> <(:); until { exec 4<>/dev/tcp/127.0.0.1/${toString cfg.backendPort}; } 2>/dev/null && { read -rt 0.05 -N 1 <&4; [ $$? != 1 ]; } 2>/dev/null; do kill -0 $$MAINPID 2>/dev/null || exit 1; read -rt 0.002 <&5 || :; done'" ];
            nixos    web.nix              ExecStopPost = [ "-${config.systemd.package}/bin/systemctl --no-block stop web.service" ];
        "#]],
    );
}
