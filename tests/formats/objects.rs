//! Networks and the like.

use super::*;

#[test]
fn a_network_has_a_unit_that_its_containers_wait_for() {
    check_manifest(
        r#"
        [networks.backend]
        subnets = [{ subnet = "10.5.0.0/24", gateway = "10.5.0.9" }]
        internal = true
        interface = "br-backend"
        labels.team = "100% \"blue\""

        [services.web]
        container = { image = "localhost/web:1", networks = ["backend", { name = "lan", external = true }] }
        "#,
        &[
            "Requires",
            "After",
            "Type",
            "RemainAfterExit",
            "ExecStart",
            "NetworkName",
            "Subnet",
            "Gateway",
            "Internal",
            "InterfaceName",
            "Label",
            "PodmanArgs",
            "Network",
            "requires",
            "after",
            "networks",
        ],
        expect![[r#"
            systemd  backend-network.service After=network-online.target
            systemd  backend-network.service Type=oneshot
            systemd  backend-network.service RemainAfterExit=true
            systemd  backend-network.service ExecStart=/usr/bin/podman network create --ignore --subnet=10.5.0.0/24 --gateway=10.5.0.9 --internal --interface-name=br-backend '--label=team=100%% "blue"' --label=unitsmith.definition=4d76c9e3fba32b97a8008c353ac6f2d4 backend
            systemd  web.service          Requires=backend-network.service
            systemd  web.service          After=backend-network.service network-online.target
            systemd  web.service          Type=notify
            systemd  web.service          ExecStart=/usr/bin/podman run --replace --rm --detach --cgroups=split --sdnotify=conmon --name=web --network=backend --network=lan localhost/web:1
            quadlet  backend.network      NetworkName=backend
            quadlet  backend.network      Subnet=10.5.0.0/24
            quadlet  backend.network      Gateway=10.5.0.9
            quadlet  backend.network      Internal=true
            quadlet  backend.network      Label="team=100%% \"blue\"" unitsmith.definition=4d76c9e3fba32b97a8008c353ac6f2d4
            quadlet  backend.network      PodmanArgs=--interface-name=br-backend
            quadlet  web.container        Requires=backend-network.service
            quadlet  web.container        After=backend-network.service
            quadlet  web.container        Network=backend
            quadlet  web.container        Network=lan
            nixos    backend.nix          after = [ "network-online.target" ];
            nixos    backend.nix          Type = "oneshot";
            nixos    backend.nix          RemainAfterExit = true;
            nixos    backend.nix          ExecStart = "${lib.getExe pkgs.podman} network create --ignore --subnet=10.5.0.0/24 --gateway=10.5.0.9 --internal --interface-name=br-backend '--label=team=100%% \"blue\"' --label=unitsmith.definition=4d76c9e3fba32b97a8008c353ac6f2d4 backend";
            nixos    web.nix              networks = [ "backend" "lan" ];
            nixos    web.nix              requires = [ "backend-network.service" ];
            nixos    web.nix              after = [ "backend-network.service" ];
        "#]],
    );
}

#[test]
fn a_network_that_is_another_is_made_anew() {
    check_manifest(
        r#"
        [networks.backend]
        [services.web]
        container = { image = "localhost/web:1", networks = ["backend"] }
        "#,
        &["ExecStartPre", "stopIfChanged"],
        expect![[r#"
            systemd  backend-network.service ExecStartPre=/bin/bash -c '"$$0" network exists "$$1" || exit 0; found=$$("$$0" network inspect --format "$$3" "$$1") || exit; [[ $$found == "$$2" ]] || exec "$$0" network rm "$$1"' /usr/bin/podman backend d41d8cd98f00b204e9800998ecf8427e '{{index .Labels `unitsmith.definition`}}'
            quadlet  backend.network      ExecStartPre=/bin/bash -c '"$$0" network exists "$$1" || exit 0; found=$$("$$0" network inspect --format "$$3" "$$1") || exit; [[ $$found == "$$2" ]] || exec "$$0" network rm "$$1"' /usr/bin/podman backend d41d8cd98f00b204e9800998ecf8427e '{{index .Labels `unitsmith.definition`}}'
            nixos    backend.nix          stopIfChanged = false;
            nixos    backend.nix          ExecStartPre = "${lib.getExe pkgs.bash} -c '\"$$0\" network exists \"$$1\" || exit 0; found=$$(\"$$0\" network inspect --format \"$$3\" \"$$1\") || exit; [[ $$found == \"$$2\" ]] || exec \"$$0\" network rm \"$$1\"' ${lib.getExe pkgs.podman} backend d41d8cd98f00b204e9800998ecf8427e '{{index .Labels `unitsmith.definition`}}'";
        "#]],
    );
}

#[test]
fn a_volume_is_made_once() {
    check_manifest(
        r#"
        [volumes.data]
        user = 1000
        [volumes.music]
        device = "nas:/music"
        type = "nfs"
        options = "ro"
        copy = false
        [services.web]
        container.image = "localhost/web:1"
        container.volumes = [
            { source = "data", target = "/data" },
            { source = "music", target = "/music" },
            { source = "other", target = "/other" },
        ]
        "#,
        &[
            "Requires",
            "VolumeName",
            "Device",
            "Type",
            "Options",
            "Copy",
            "PodmanArgs",
            "Volume",
            "ExecStart",
            "volumes",
        ],
        expect![[r#"
            systemd  data-volume.service  Type=oneshot
            systemd  data-volume.service  ExecStart=/usr/bin/podman volume create --ignore --opt=o=uid=1000 data
            systemd  music-volume.service Type=oneshot
            systemd  music-volume.service ExecStart=/usr/bin/podman volume create --ignore --opt=nocopy --opt=device=nas:/music --opt=type=nfs --opt=o=ro music
            systemd  web.service          Requires=data-volume.service music-volume.service
            systemd  web.service          Type=notify
            systemd  web.service          ExecStart=/usr/bin/podman run --replace --rm --detach --cgroups=split --sdnotify=conmon --name=web --volume=data:/data --volume=music:/music --volume=other:/other localhost/web:1
            quadlet  data.volume          VolumeName=data
            quadlet  data.volume          PodmanArgs=--opt=o=uid=1000
            quadlet  music.volume         VolumeName=music
            quadlet  music.volume         Copy=false
            quadlet  music.volume         Device=nas:/music
            quadlet  music.volume         Type=nfs
            quadlet  music.volume         Options=ro
            quadlet  web.container        Requires=data-volume.service music-volume.service
            quadlet  web.container        Volume=data:/data
            quadlet  web.container        Volume=music:/music
            quadlet  web.container        Volume=other:/other
            nixos    data.nix             Type = "oneshot";
            nixos    data.nix             ExecStart = "${lib.getExe pkgs.podman} volume create --ignore --opt=o=uid=1000 data";
            nixos    music.nix            Type = "oneshot";
            nixos    music.nix            ExecStart = "${lib.getExe pkgs.podman} volume create --ignore --opt=nocopy --opt=device=nas:/music --opt=type=nfs --opt=o=ro music";
            nixos    web.nix              volumes = [ "data:/data" "music:/music" "other:/other" ];
        "#]],
    );
}

#[test]
fn older_podman_gets_services_in_place_of_networks_and_volumes() {
    let manifest = |podman: &str| {
        format!(
            r#"
            [hosts.shelf]
            podman = "{podman}"
            [networks.backend]
            [volumes.data]
            [services.web]
            container.image = "localhost/web:1"
            container.networks = ["backend"]
            container.volumes = [{{ source = "data", target = "/data" }}]
            "#
        )
    };
    let files = |podman: &str| {
        let files = generate(&manifest(podman), Format::Toml, &[Target::Quadlet]);
        let paths = files.iter().map(|(path, _)| path.to_owned());
        paths.filter(|it| !it.ends_with(".conf")).collect::<Vec<_>>().join("\n")
    };
    expect![[r#"
        hosts/shelf/systemd/backend-network.service
        hosts/shelf/systemd/data-volume.service
        hosts/shelf/systemd/web.service"#]]
    .assert_eq(&files("4.3"));
    expect![[r#"
        hosts/shelf/quadlet/web.container
        hosts/shelf/systemd/backend-network.service
        hosts/shelf/systemd/data-volume.service"#]]
    .assert_eq(&files("4.6"));
    expect![[r#"
        hosts/shelf/quadlet/backend.network
        hosts/shelf/quadlet/data.volume
        hosts/shelf/quadlet/web.container"#]]
    .assert_eq(&files("5.4"));
    check_manifest(
        &manifest("4.3"),
        &["ExecStart"],
        expect![[r#"
            systemd  backend-network.service ExecStart=/bin/bash -c '"$$1" "$$2" exists "$$0" || exec "$$@"' backend /usr/bin/podman network create --label=unitsmith.definition=d41d8cd98f00b204e9800998ecf8427e backend
            systemd  data-volume.service  ExecStart=/bin/bash -c '"$$1" "$$2" exists "$$0" || exec "$$@"' data /usr/bin/podman volume create data
            systemd  web.service          ExecStart=/usr/bin/podman run --replace --rm --detach --cgroups=split --sdnotify=conmon --name=web --network=backend --volume=data:/data localhost/web:1
        "#]],
    );
}

#[test]
fn an_image_is_pulled_before_its_containers_start() {
    check_manifest(
        r#"
        [images.base]
        image = "docker.io/library/nginx:1.29"
        arch = "arm64"
        authFile = "/etc/100%.json"
        tlsVerify = false
        retry = { attempts = 5, delay = "10s" }
        [images.kept]
        image = "docker.io/library/redis:8"
        pull = "missing"

        [services.web]
        container.image = "base.image"
        [services.kept]
        container.image = "kept.image"
        "#,
        &[
            "Requires",
            "After",
            "Type",
            "RemainAfterExit",
            "ExecStart",
            "Image",
            "Arch",
            "AuthFile",
            "TLSVerify",
            "PodmanArgs",
            "Policy",
            "requires",
            "after",
            "image",
        ],
        expect![[r#"
            systemd  base-image.service   After=network-online.target
            systemd  base-image.service   Type=oneshot
            systemd  base-image.service   RemainAfterExit=true
            systemd  base-image.service   ExecStart=/usr/bin/podman image pull --arch=arm64 '--authfile=/etc/100%%.json' --tls-verify=false --retry=5 --retry-delay=10s docker.io/library/nginx:1.29
            systemd  kept-image.service   After=network-online.target
            systemd  kept-image.service   Type=oneshot
            systemd  kept-image.service   RemainAfterExit=true
            systemd  kept-image.service   ExecStart=/bin/bash -c '"$$1" image exists "$$0" || exec "$$@"' docker.io/library/redis:8 /usr/bin/podman image pull docker.io/library/redis:8
            systemd  kept.service         Requires=kept-image.service
            systemd  kept.service         After=kept-image.service network-online.target
            systemd  kept.service         Type=notify
            systemd  kept.service         ExecStart=/usr/bin/podman run --replace --rm --detach --cgroups=split --sdnotify=conmon --name=kept docker.io/library/redis:8
            systemd  web.service          Requires=base-image.service
            systemd  web.service          After=base-image.service network-online.target
            systemd  web.service          Type=notify
            systemd  web.service          ExecStart=/usr/bin/podman run --replace --rm --detach --cgroups=split --sdnotify=conmon --name=web docker.io/library/nginx:1.29
            quadlet  base.image           Image=docker.io/library/nginx:1.29
            quadlet  base.image           Arch=arm64
            quadlet  base.image           AuthFile=/etc/100%%.json
            quadlet  base.image           TLSVerify=false
            quadlet  base.image           PodmanArgs=--retry=5 --retry-delay=10s
            quadlet  kept.container       Requires=kept-image.service
            quadlet  kept.container       After=kept-image.service
            quadlet  kept.container       Image=docker.io/library/redis:8
            quadlet  web.container        Requires=base-image.service
            quadlet  web.container        After=base-image.service
            quadlet  web.container        Image=docker.io/library/nginx:1.29
            nixos    base.nix             after = [ "network-online.target" ];
            nixos    base.nix             Type = "oneshot";
            nixos    base.nix             RemainAfterExit = true;
            nixos    base.nix             ExecStart = "${lib.getExe pkgs.podman} image pull --arch=arm64 '--authfile=/etc/100%%.json' --tls-verify=false --retry=5 --retry-delay=10s docker.io/library/nginx:1.29";
            nixos    kept.nix             after = [ "network-online.target" ];
            nixos    kept.nix             Type = "oneshot";
            nixos    kept.nix             RemainAfterExit = true;
            nixos    kept.nix             ExecStart = "${lib.getExe pkgs.bash} -c '\"$$1\" image exists \"$$0\" || exec \"$$@\"' docker.io/library/redis:8 ${lib.getExe pkgs.podman} image pull docker.io/library/redis:8";
            nixos    kept.nix             image = lib.mkOption { type = lib.types.str; default = "docker.io/library/redis:8"; description = "Image of the container."; };
            nixos    kept.nix             image = cfg.image;
            nixos    kept.nix             requires = [ "kept-image.service" ];
            nixos    kept.nix             after = [ "kept-image.service" ];
            nixos    web.nix              image = lib.mkOption { type = lib.types.str; default = "docker.io/library/nginx:1.29"; description = "Image of the container."; };
            nixos    web.nix              image = cfg.image;
            nixos    web.nix              requires = [ "base-image.service" ];
            nixos    web.nix              after = [ "base-image.service" ];
        "#]],
    );
}

#[test]
fn an_image_is_built_before_its_containers_start() {
    check_manifest(
        r#"
        [builds.app]
        tag = "localhost/app:1"
        context = "/srv/app"
        file = "Containerfile.slim"
        target = "slim"
        arguments.VERSION = "100% $1"
        labels.team = "blue"

        [services.web]
        container.image = "app.build"
        "#,
        &[
            "Requires",
            "After",
            "Type",
            "RemainAfterExit",
            "ExecStart",
            "Image",
            "ImageTag",
            "SetWorkingDirectory",
            "File",
            "Target",
            "Label",
            "PodmanArgs",
            "requires",
            "after",
            "image",
        ],
        expect![[r#"
            systemd  app-build.service    After=network-online.target
            systemd  app-build.service    Type=oneshot
            systemd  app-build.service    RemainAfterExit=true
            systemd  app-build.service    ExecStart=/usr/bin/podman build --tag=localhost/app:1 --file=/srv/app/Containerfile.slim --target=slim '--build-arg=VERSION=100%% $$1' --label=team=blue /srv/app
            systemd  web.service          Requires=app-build.service
            systemd  web.service          After=app-build.service network-online.target
            systemd  web.service          Type=notify
            systemd  web.service          ExecStart=/usr/bin/podman run --replace --rm --detach --cgroups=split --sdnotify=conmon --name=web localhost/app:1
            quadlet  app.build            ImageTag=localhost/app:1
            quadlet  app.build            SetWorkingDirectory=/srv/app
            quadlet  app.build            File=/srv/app/Containerfile.slim
            quadlet  app.build            Target=slim
            quadlet  app.build            Label=team=blue
            quadlet  app.build            PodmanArgs="--build-arg=VERSION=100%% $$1"
            quadlet  app.build            RemainAfterExit=true
            quadlet  web.container        Requires=app-build.service
            quadlet  web.container        After=app-build.service
            quadlet  web.container        Image=localhost/app:1
            nixos    app.nix              after = [ "network-online.target" ];
            nixos    app.nix              Type = "oneshot";
            nixos    app.nix              RemainAfterExit = true;
            nixos    app.nix              ExecStart = "${lib.getExe pkgs.podman} build --tag=localhost/app:1 --file=/srv/app/Containerfile.slim --target=slim '--build-arg=VERSION=100%% $$1' --label=team=blue /srv/app";
            nixos    web.nix              image = lib.mkOption { type = lib.types.str; default = "localhost/app:1"; description = "Image of the container."; };
            nixos    web.nix              image = cfg.image;
            nixos    web.nix              requires = [ "app-build.service" ];
            nixos    web.nix              after = [ "app-build.service" ];
        "#]],
    );
}
