//! Containers.

use super::*;

#[test]
fn strings_are_data_in_a_container() {
    check(
        r#"container = { image = "localhost/web:1", command = ["sh", "-c", "echo $HOME 100% \"x\""] }
        environment = { RATE = "50%", TWO = "a\nb", PRICE = "$5" }"#,
        &["ExecStart", "Exec", "Environment", "cmd", "environment"],
        expect![[r#"
            systemd  web.service          ExecStart=/usr/bin/podman run --replace --rm --detach --cgroups=split --sdnotify=conmon --name=web '--env=PRICE=$$5' '--env=RATE=50%%' '--env=TWO=a\nb' localhost/web:1 sh -c 'echo $$HOME 100%% "x"'
            quadlet  web.container        Exec=sh -c "echo $$HOME 100%% \"x\""
            quadlet  web.container        Environment="PRICE=$$5"
            quadlet  web.container        Environment="RATE=50%%"
            quadlet  web.container        Environment="TWO=a\nb"
            nixos    web.nix              environment = lib.mkOption { type = lib.types.attrsOf lib.types.str; default = { }; description = "Environment variables, in addition to or in place of those of the module."; };
            nixos    web.nix              cmd = [ "sh" "-c" "echo $HOME 100% \"x\"" ];
            nixos    web.nix              environment = { PRICE = "$5"; RATE = "50%"; TWO = "a\nb"; } // cfg.environment;
        "#]],
    );
}

#[test]
fn ports_are_published_on_loopback() {
    check(
        r#"container.image = "localhost/web:1"
        container.ports = [{ container = 80 }, { container = 53, host = 5353, address = "0.0.0.0", protocol = "udp" }, { container = 81, host = 81, address = "::1" }]"#,
        &["PublishPort", "ports"],
        expect![[r#"
            quadlet  web.container        PublishPort=127.0.0.1:9575:80
            quadlet  web.container        PublishPort=0.0.0.0:5353:53/udp
            quadlet  web.container        PublishPort=[::1]:81:81
            nixos    default.nix          ports = lib.concatLists [ (lib.optionals config.unitsmith.web.enable [ config.unitsmith.web.port 81 5353 ]) ];
            nixos    web.nix              ports = [ "127.0.0.1:${toString cfg.port}:80" "0.0.0.0:5353:53/udp" "[::1]:81:81" ];
        "#]],
    );
}

#[test]
fn volumes_capabilities_and_limits_are_passed_on() {
    check(
        r#"container.image = "localhost/web:1"
        container.capabilities = { drop = ["ALL"], add = ["CAP_CHOWN", "SETUID"] }
        container.volumes = [{ source = "/srv/my data", target = "/data", readOnly = true }, { source = "cache", target = "/var/cache" }]
        environmentFiles = ["/etc/web.env"]
        limits.openFiles = 4096"#,
        &[
            "Volume",
            "DropCapability",
            "AddCapability",
            "PodmanArgs",
            "Ulimit",
            "EnvironmentFile",
            "volumes",
            "capabilities",
            "extraOptions",
            "environmentFiles",
        ],
        expect![[r#"
            quadlet  web.container        EnvironmentFile=/etc/web.env
            quadlet  web.container        Volume=cache:/var/cache
            quadlet  web.container        DropCapability=ALL
            quadlet  web.container        AddCapability=CHOWN SETUID
            quadlet  web.container        Ulimit=nofile=4096:4096
            quadlet  web.container        PodmanArgs="--volume=/srv/my data:/data:ro"
            nixos    web.nix              environmentFiles = [ "/etc/web.env" ];
            nixos    web.nix              volumes = [ "/srv/my data:/data:ro" "cache:/var/cache" ];
            nixos    web.nix              capabilities = { ALL = false; CHOWN = true; SETUID = true; };
            nixos    web.nix              extraOptions = [ "--ulimit=nofile=4096:4096" ];
        "#]],
    );
}

#[test]
fn a_container_starts_at_boot_and_is_pulled_when_missing() {
    check(
        r#"container.image = "localhost/web:1""#,
        &[
            "Image",
            "Pull",
            "WantedBy",
            "image",
            "pull",
            "autoStart",
            "serviceName",
            "Restart",
            "TimeoutStartSec",
        ],
        expect![[r#"
            systemd  web.service          Restart=on-failure
            systemd  web.service          TimeoutStartSec=0
            systemd  web.service          WantedBy=multi-user.target
            quadlet  web.container        Image=localhost/web:1
            quadlet  web.container        Restart=on-failure
            quadlet  web.container        TimeoutStartSec=0
            quadlet  web.container        WantedBy=multi-user.target
            nixos    web.nix              image = lib.mkOption { type = lib.types.str; default = "localhost/web:1"; description = "Image of the container."; };
            nixos    web.nix              serviceName = "web";
            nixos    web.nix              image = cfg.image;
            nixos    web.nix              Restart = lib.mkForce cfg.restart;
        "#]],
    );
}

#[test]
fn newer_keys_are_arguments_where_podman_is_old() {
    check_manifest(
        r#"
        [hosts.new]
        podman = "5.8"
        [hosts.old]
        podman = "4.5.1"
        [hosts.older]
        podman = "4.3.1"

        [services.web]
        container = { image = "localhost/web:1", pull = "always" }
        limits = { openFiles = 4096, memoryMax = "1G" }
        "#,
        &["Pull", "MemoryMax", "Ulimit", "PodmanArgs", "ExecStart"],
        expect![[r#"
            systemd  web.service          ExecStart=/usr/bin/podman run --replace --rm --detach --cgroups=split --sdnotify=conmon --name=web --pull=always --ulimit=nofile=4096:4096 localhost/web:1
            systemd  web.service          MemoryMax=1G
            systemd  web.service          ExecStart=/usr/bin/podman run --replace --rm --detach --cgroups=split --sdnotify=conmon --name=web --pull=always --ulimit=nofile=4096:4096 localhost/web:1
            systemd  web.service          MemoryMax=1G
            systemd  web.service          ExecStart=/usr/bin/podman run --replace --rm --detach --cgroups=split --sdnotify=conmon --name=web --pull=always --ulimit=nofile=4096:4096 localhost/web:1
            systemd  web.service          MemoryMax=1G
            quadlet  web.container        Pull=always
            quadlet  web.container        Ulimit=nofile=4096:4096
            quadlet  web.container        MemoryMax=1G
            quadlet  web.container        PodmanArgs=--pull=always --ulimit=nofile=4096:4096
            quadlet  web.container        MemoryMax=1G
        "#]],
    );
}
