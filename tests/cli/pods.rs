//! What is wrong with a pod or with what is in it.

use super::*;

#[test]
fn what_containers_have_of_their_pod_is_refused_with_where_it_belongs() {
    let scratch = scratch();
    let manifest = r#"
[pods.media]
networks = ["host"]
[pods.web]
[services.web]
container = { image = "localhost/web", pod = "web", ports = [{ container = 80 }], hostname = "web" }
[services.api]
container = { image = "localhost/api", pod = "web", ports = [{ container = 80 }], uidMap = ["0:1:2"] }
[services.lost]
container = { image = "localhost/api", pod = "webb" }
"#;
    write(scratch.path(), "unitsmith.toml", manifest);
    check(
        scratch.path(),
        "gen",
        expect![[r#"
        --- stderr
        error[US041]: containers on the network of the host share it without a pod
         --> unitsmith.toml:3:12
          |
        3 | networks = ["host"]
          |            ^^^^^^^^
          |
          = help: write `networks = ["host"]` in each of its containers, and take the pod out

        error[US011]: podman needs the name `web` for the pod `web`
         --> unitsmith.toml:5:11
          |
        5 | [services.web]
          |           ^^^
          |
          = help: rename one of the two

        error[US031]: port 80 is already that of `api` in the pod `web`, whose containers share their ports
         --> unitsmith.toml:6:62
          |
        6 | container = { image = "localhost/web", pod = "web", ports = [{ container = 80 }], hostname = "web" }
          |                                                              ^^^^^^^^^^^^^^^^^^
          |
          = help: let one of them listen on another port

        error[US041]: `hostname` means nothing here: the container has that of its pod
         --> unitsmith.toml:6:83
          |
        6 | container = { image = "localhost/web", pod = "web", ports = [{ container = 80 }], hostname = "web" }
          |                                                                                   ^^^^^^^^
          |
          = help: write it in `pods.web`, or take it out

        error[US041]: `uidMap` means nothing here: the container has that of its pod
         --> unitsmith.toml:8:83
          |
        8 | container = { image = "localhost/api", pod = "web", ports = [{ container = 80 }], uidMap = ["0:1:2"] }
          |                                                                                   ^^^^^^
          |
          = help: take it out; `userNamespace` of the pod says whose the accounts are

        error[US012]: `webb` is not a pod of this manifest
          --> unitsmith.toml:10:46
           |
        10 | container = { image = "localhost/api", pod = "webb" }
           |                                              ^^^^^^
           |
           = help: did you mean `web`? pods are: media, web

        6 problems
        nothing was written
        --- exit 1
    "#]],
    );
}

#[test]
fn hosts_without_pods_are_named() {
    let scratch = scratch();
    let manifest = r#"
[hosts.dock]
docker = "28.2"
[hosts.alcove]
nixos = "25.11"
[hosts.old]
podman = "4.1"
[pods.media]
shmSize = "64M"
[services.web]
container = { image = "localhost/web", pod = "media", ports = [{ container = 80 }] }
overrides.alcove.container.ports = [{ container = 81 }]
"#;
    write(scratch.path(), "unitsmith.toml", manifest);
    check(
        scratch.path(),
        "gen",
        expect![[r#"
        --- stderr
        error[US060]: `dock` has docker, for which no pod `media` is made
         --> unitsmith.toml:8:7
          |
        8 | [pods.media]
          |       ^^^^^
          |
          = help: leave that host out of the `hosts` of the services that use it

        error[US042]: `old` has podman 4.1; `shmSize` needs 4.2
         --> unitsmith.toml:9:1
          |
        9 | shmSize = "64M"
          | ^^^^^^^
          |
          = help: leave it out, or leave that host out of the `hosts` of the services that use it

        error[US060]: the pod of `web` would be another on `alcove`, and NixOS has one module for all hosts
          --> unitsmith.toml:12:11
           |
        12 | overrides.alcove.container.ports = [{ container = 81 }]
           |           ^^^^^^
           |
           = help: let it have the same `pod` and `ports` on all hosts

        3 problems
        nothing was written
        --- exit 1
    "#]],
    );
}
