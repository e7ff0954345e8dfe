//! Pods and the containers in them.

use super::*;

#[test]
fn a_pod_publishes_what_its_containers_say_and_starts_none_of_them() {
    check_manifest(
        r#"
        [pods.media]
        networks = [{ name = "lan", external = true, aliases = ["media"] }]
        hostname = "media"
        dns.servers = ["10.0.0.1"]
        labels.team = "100% \"blue\""

        [services.web]
        activation = { on = "socket", handoff = "proxy" }
        container = { image = "localhost/web:1", pod = "media", ports = [{ container = 80 }] }

        [services.sync]
        container = { image = "localhost/sync:1", pod = "media", ports = [{ container = 22000, host = 22000, address = "0.0.0.0" }] }
        "#,
        &[
            "Requires",
            "After",
            "StartLimitIntervalSec",
            "Type",
            "PIDFile",
            "ExecStartPre",
            "ExecStart",
            "ExecStop",
            "ExecStopPost",
            "Restart",
            "PodName",
            "Network",
            "PublishPort",
            "HostName",
            "DNS",
            "Label",
            "PodmanArgs",
            "requires",
            "ports",
            "extraOptions",
        ],
        expect![[r#"
            systemd  media-pod.service    StartLimitIntervalSec=0
            systemd  media-pod.service    After=network-online.target
            systemd  media-pod.service    Type=forking
            systemd  media-pod.service    PIDFile=/run/media-pod.pid
            systemd  media-pod.service    ExecStartPre=/usr/bin/podman pod create --replace --infra-conmon-pidfile=/run/media-pod.pid --infra-name=media-infra --network=lan:alias=media --publish=0.0.0.0:22000:22000 --publish=127.0.0.1:28304:80 --hostname=media --dns=10.0.0.1 --exit-policy=continue '--label=team=100%% "blue"' media
            systemd  media-pod.service    ExecStart=/usr/bin/podman pod start media
            systemd  media-pod.service    ExecStop=/usr/bin/podman pod stop --ignore --time=10 media
            systemd  media-pod.service    ExecStopPost=/usr/bin/podman pod rm --ignore --force media
            systemd  media-pod.service    Restart=on-failure
            systemd  sync.service         Requires=media-pod.service
            systemd  sync.service         After=media-pod.service network-online.target
            systemd  sync.service         Type=notify
            systemd  sync.service         ExecStart=/usr/bin/podman run --replace --rm --detach --cgroups=split --sdnotify=conmon --name=sync --pod=media localhost/sync:1
            systemd  sync.service         ExecStop=/usr/bin/podman stop --ignore sync
            systemd  sync.service         Restart=on-failure
            systemd  sync.service         ExecStopPost=-/usr/bin/podman rm --force --ignore sync
            systemd  web-backend.service  Requires=media-pod.service
            systemd  web-backend.service  After=media-pod.service network-online.target
            systemd  web-backend.service  StartLimitIntervalSec=0
            systemd  web-backend.service  Type=notify
            systemd  web-backend.service  ExecStart=/usr/bin/podman run --replace --rm --detach --cgroups=split --sdnotify=conmon --name=web --pod=media localhost/web:1
            systemd  web-backend.service  ExecStop=/usr/bin/podman stop --ignore web
            systemd  web-backend.service  Restart=on-failure
            systemd  web-backend.service  ExecStopPost=-/usr/bin/systemctl --no-block stop web.service
            systemd  web-backend.service  ExecStopPost=-/usr/bin/podman rm --force --ignore web
            systemd  web.service          Requires=web.socket web-backend.service
            systemd  web.service          After=web.socket web-backend.service
            systemd  web.service          StartLimitIntervalSec=0
            systemd  web.service          Type=notify
            systemd  web.service          ExecStart=/usr/lib/systemd/systemd-socket-proxyd --exit-idle-time=10min 127.0.0.1:28304
            quadlet  media.pod            StartLimitIntervalSec=0
            quadlet  media.pod            PodName=media
            quadlet  media.pod            Network=lan:alias=media
            quadlet  media.pod            PublishPort=0.0.0.0:22000:22000
            quadlet  media.pod            PublishPort=127.0.0.1:28304:80
            quadlet  media.pod            DNS=10.0.0.1
            quadlet  media.pod            PodmanArgs=--hostname=media --exit-policy=continue "--label=team=100%% \"blue\""
            quadlet  sync.container       Requires=media-pod.service
            quadlet  sync.container       After=media-pod.service
            quadlet  sync.container       PodmanArgs=--pod=media
            quadlet  sync.container       Restart=on-failure
            quadlet  web-backend.container Requires=media-pod.service
            quadlet  web-backend.container After=media-pod.service
            quadlet  web-backend.container StartLimitIntervalSec=0
            quadlet  web-backend.container PodmanArgs=--pod=media
            quadlet  web-backend.container ExecStopPost=-/usr/bin/systemctl --no-block stop web.service
            quadlet  web-backend.container Restart=on-failure
            nixos    default.nix          ports = lib.concatLists [ (lib.optionals config.unitsmith.sync.enable [ 22000 ]) (lib.optionals config.unitsmith.web.enable [ config.unitsmith.web.port config.unitsmith.web.backendPort ]) ];
            nixos    media.nix            Type = "forking";
            nixos    media.nix            PIDFile = "/run/media-pod.pid";
            nixos    media.nix            ExecStartPre = "${lib.getExe pkgs.podman} pod create --replace --infra-conmon-pidfile=/run/media-pod.pid --infra-name=media-infra --network=lan:alias=media --publish=0.0.0.0:22000:22000 --publish=127.0.0.1:${toString config.unitsmith.web.backendPort}:80 --hostname=media --dns=10.0.0.1 --exit-policy=continue '--label=team=100%% \"blue\"' media";
            nixos    media.nix            ExecStart = "${lib.getExe pkgs.podman} pod start media";
            nixos    media.nix            ExecStop = "${lib.getExe pkgs.podman} pod stop --ignore --time=10 media";
            nixos    media.nix            ExecStopPost = "${lib.getExe pkgs.podman} pod rm --ignore --force media";
            nixos    media.nix            Restart = "on-failure";
            nixos    sync.nix             extraOptions = [ "--pod=media" ];
            nixos    sync.nix             requires = [ "media-pod.service" ];
            nixos    sync.nix             Restart = lib.mkForce cfg.restart;
            nixos    web.nix              requires = [ "web.socket" "web-backend.service" ];
            nixos    web.nix              Type = "notify";
            nixos    web.nix              ExecStart = "${config.systemd.package}/lib/systemd/systemd-socket-proxyd --exit-idle-time=10min 127.0.0.1:${toString cfg.backendPort}";
            nixos    web.nix              extraOptions = [ "--pod=media" ];
            nixos    web.nix              requires = [ "media-pod.service" ];
            nixos    web.nix              ExecStopPost = [ "-${config.systemd.package}/bin/systemctl --no-block stop web.service" ];
            nixos    web.nix              Restart = lib.mkForce cfg.restart;
        "#]],
    );
}
