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

#[test]
fn words_that_podman_would_split_go_as_json() {
    check(
        r#"container.image = "localhost/web:1"
        container.entrypoint = ["/bin/sh", "-c", "echo \"$HOME\" 100%"]
        container.health = { command = ["curl", "-f", "http://x/?a=\"b\""], interval = "1h30min", onFailure = "kill", startup = { command = ["/up"] } }
        container.notify = "healthy""#,
        &[
            "Entrypoint",
            "HealthCmd",
            "HealthInterval",
            "HealthStartupCmd",
            "Notify",
            "entrypoint",
            "extraOptions",
            "podman.sdnotify",
        ],
        expect![[r#"
            quadlet  web.container        Entrypoint=["/bin/sh","-c","echo \"$$HOME\" 100%%"]
            quadlet  web.container        Notify=healthy
            quadlet  web.container        HealthCmd=["curl","-f","http://x/?a=\"b\""]
            quadlet  web.container        HealthInterval=1h30m
            quadlet  web.container        HealthStartupCmd=CMD /up
            nixos    web.nix              entrypoint = "[\"/bin/sh\",\"-c\",\"echo \\\"$HOME\\\" 100%\"]";
            nixos    web.nix              podman.sdnotify = "healthy";
            nixos    web.nix              extraOptions = [ "--health-cmd=[\"curl\",\"-f\",\"http://x/?a=\\\"b\\\"\"]" "--health-interval=1h30m" "--health-on-failure=kill" "--health-startup-cmd=CMD /up" ];
        "#]],
    );
}

#[test]
fn values_that_a_key_cannot_carry_are_arguments() {
    check(
        r#"container.image = "localhost/web:1"
        container.log = { driver = "json-file", options = { path = "/var/log/my web", tag = "{{.Name}} \"q\"" } }
        container.sysctls = { "net.ipv4.ip_local_port_range" = "1024 65000" }
        container.mounts = [{ type = "bind", source = "/srv/a b", target = "/a" }, { type = "tmpfs", target = "/t", size = "1G" }]
        container.labels = { rule = "Host(`x`) && $5 50%", "a b" = "\"" }"#,
        &[
            "LogDriver",
            "LogOpt",
            "Sysctl",
            "Mount",
            "Label",
            "PodmanArgs",
            "labels",
            "log-driver",
            "extraOptions",
        ],
        expect![[r#"
            quadlet  web.container        Mount=type=tmpfs,destination=/t,tmpfs-size=1g
            quadlet  web.container        Sysctl="net.ipv4.ip_local_port_range=1024 65000"
            quadlet  web.container        Label="a b=\""
            quadlet  web.container        Label="rule=Host(`x`) && $$5 50%%"
            quadlet  web.container        LogDriver=json-file
            quadlet  web.container        LogOpt="path=/var/log/my web"
            quadlet  web.container        PodmanArgs="--mount=type=bind,source=/srv/a b,destination=/a" "--log-opt=tag={{.Name}} \"q\""
            nixos    web.nix              labels = { "a b" = "\""; rule = "Host(`x`) && $5 50%"; };
            nixos    web.nix              log-driver = "json-file";
            nixos    web.nix              extraOptions = [ "--mount=type=bind,source=/srv/a b,destination=/a" "--mount=type=tmpfs,destination=/t,tmpfs-size=1g" "--sysctl=net.ipv4.ip_local_port_range=1024 65000" "--log-opt=path=/var/log/my web" "--log-opt=tag={{.Name}} \"q\"" ];
        "#]],
    );
}

#[test]
fn networks_say_what_the_container_is_in_them() {
    check(
        r#"container.image = "localhost/web:1"
        container.networks = [{ name = "backend", external = true }, { name = "front", external = true, aliases = ["db", "www"], ip = "10.89.0.2", ip6 = "fd00::2" }]
        container.hosts = { db = "10.89.0.3", host = "host-gateway" }
        container.dns = { servers = ["9.9.9.9"], search = ["home.arpa"], options = ["ndots:1"] }
        container.hostname = "web""#,
        &[
            "Network",
            "AddHost",
            "DNS",
            "DNSSearch",
            "DNSOption",
            "HostName",
            "networks",
            "hostname",
            "extraOptions",
        ],
        expect![[r#"
            quadlet  web.container        Network=backend
            quadlet  web.container        Network=front:alias=db,alias=www,ip=10.89.0.2,ip6=fd00::2
            quadlet  web.container        HostName=web
            quadlet  web.container        AddHost=db:10.89.0.3
            quadlet  web.container        AddHost=host:host-gateway
            quadlet  web.container        DNS=9.9.9.9
            quadlet  web.container        DNSSearch=home.arpa
            quadlet  web.container        DNSOption=ndots:1
            nixos    web.nix              networks = [ "backend" "front:alias=db,alias=www,ip=10.89.0.2,ip6=fd00::2" ];
            nixos    web.nix              hostname = "web";
            nixos    web.nix              extraOptions = [ "--add-host=db:10.89.0.3" "--add-host=host:host-gateway" "--dns=9.9.9.9" "--dns-search=home.arpa" "--dns-option=ndots:1" ];
        "#]],
    );
}

#[test]
fn a_registry_is_logged_in_to_before_the_image_is_pulled() {
    check(
        r#"container.image = "ghcr.io/a/web:1"
        container.login = { registry = "ghcr.io", username = "alice", passwordFile = "/etc/ghcr" }
        container.autoUpdate = "registry""#,
        &["ExecStartPre", "AutoUpdate", "Environment", "login", "labels"],
        expect![[r#"
            systemd  web.service          Environment=PODMAN_SYSTEMD_UNIT=web.service
            systemd  web.service          ExecStartPre=/bin/bash -c 'exec "$$0" login --username "$$1" --password-stdin "$$2" <"$$3"' /usr/bin/podman alice ghcr.io /etc/ghcr
            quadlet  web.container        AutoUpdate=registry
            quadlet  web.container        ExecStartPre=/bin/bash -c 'exec "$$0" login --username "$$1" --password-stdin "$$2" <"$$3"' /usr/bin/podman alice ghcr.io /etc/ghcr
            nixos    web.nix              labels."io.containers.autoupdate" = "registry";
            nixos    web.nix              login = { registry = "ghcr.io"; username = "alice"; passwordFile = "/etc/ghcr"; };
        "#]],
    );
}

#[test]
fn a_container_reads_its_configuration_again() {
    let keys = ["ExecReload", "ReloadCmd"];
    check(
        r#"container = { image = "localhost/web:1", reload = ["nginx", "-s", "reload"] }"#,
        &keys,
        expect![[r#"
            systemd  web.service          ExecReload=/usr/bin/podman exec web nginx -s reload
            quadlet  web.container        ExecReload=/usr/bin/podman exec web nginx -s reload
            nixos    web.nix              ExecReload = [ "${lib.getExe pkgs.podman} exec web nginx -s reload" ];
        "#]],
    );
    check(
        r#"container = { image = "localhost/web:1", reload = { signal = "SIGHUP" } }"#,
        &keys,
        expect![[r#"
            systemd  web.service          ExecReload=/usr/bin/podman kill --signal=SIGHUP web
            quadlet  web.container        ExecReload=/usr/bin/podman kill --signal=SIGHUP web
            nixos    web.nix              ExecReload = [ "${lib.getExe pkgs.podman} kill --signal=SIGHUP web" ];
        "#]],
    );
}

#[test]
fn a_container_is_kept_from_its_host() {
    check(
        r#"container.image = "localhost/web:1"
        container.readOnly = true
        container.noNewPrivileges = true
        container.devices = ["/dev/dri", "nvidia.com/gpu=all"]
        container.user = "1000"
        container.group = "media"
        container.security = { label = { type = "spc_t" }, seccompProfile = "/etc/my profile.json", appArmor = "web", mask = ["/proc/kcore"] }
        container.userNamespace = "keep-id:uid=1000"
        container.ulimits = { memlock = -1 }"#,
        &[
            "ReadOnly",
            "NoNewPrivileges",
            "AddDevice",
            "User",
            "SecurityLabelType",
            "SeccompProfile",
            "AppArmor",
            "Mask",
            "UserNS",
            "Ulimit",
            "PodmanArgs",
            "devices",
            "user",
            "extraOptions",
        ],
        expect![[r#"
            quadlet  web.container        User=1000:media
            quadlet  web.container        AddDevice=/dev/dri
            quadlet  web.container        AddDevice=nvidia.com/gpu=all
            quadlet  web.container        ReadOnly=true
            quadlet  web.container        NoNewPrivileges=true
            quadlet  web.container        SecurityLabelType=spc_t
            quadlet  web.container        SeccompProfile=/etc/my profile.json
            quadlet  web.container        Mask=/proc/kcore
            quadlet  web.container        UserNS=keep-id:uid=1000
            quadlet  web.container        Ulimit=memlock=-1:-1
            quadlet  web.container        PodmanArgs=--security-opt=apparmor=web
            nixos    web.nix              user = "1000:media";
            nixos    web.nix              devices = [ "/dev/dri" "nvidia.com/gpu=all" ];
            nixos    web.nix              extraOptions = [ "--read-only" "--security-opt=no-new-privileges" "--security-opt=label=type:spc_t" "--security-opt=seccomp=/etc/my profile.json" "--security-opt=apparmor=web" "--security-opt=mask=/proc/kcore" "--userns=keep-id:uid=1000" "--ulimit=memlock=-1:-1" ];
        "#]],
    );
}

#[test]
fn what_podman_is_told_last_has_the_last_word() {
    check(
        r#"container = { image = "localhost/web:1", podmanArgs = ["--ipc=host", "--umask=0077"], httpProxy = false }
        limits.memoryMax = "1G""#,
        &["PodmanArgs", "ExecStart", "extraOptions"],
        expect![[r#"
            systemd  web.service          ExecStart=/usr/bin/podman run --replace --rm --detach --cgroups=split --sdnotify=conmon --name=web --http-proxy=false --ipc=host --umask=0077 localhost/web:1
            quadlet  web.container        PodmanArgs=--http-proxy=false --ipc=host --umask=0077
            nixos    web.nix              extraOptions = [ "--http-proxy=false" "--cgroups=split" "--ipc=host" "--umask=0077" ];
        "#]],
    );
}
