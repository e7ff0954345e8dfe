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
