//! What is wrong with networks and the like.

use super::*;

#[test]
fn objects_are_refused_with_what_there_is_instead() {
    let scratch = scratch();
    let manifest = r#"
[networks.backend]
subnets = [{ subnet = "10.5.0.0/24", gateway = "10.6.0.1" }, { subnet = "fd00::/64", range = "fd00::/80" }]
[networks.host]
[volumes.data]
options = "size=10M"

[services.web]
container = { image = "localhost/web:1", networks = ["backnd", "none"] }
"#;
    write(scratch.path(), "unitsmith.toml", manifest);
    check(
        scratch.path(),
        "gen",
        expect![[r#"
        --- stderr
        error[US003]: the `gateway` is not in the subnet `10.5.0.0/24`
         --> unitsmith.toml:3:48
          |
        3 | subnets = [{ subnet = "10.5.0.0/24", gateway = "10.6.0.1" }, { subnet = "fd00::/64", range = "fd00::/80" }]
          |                                                ^^^^^^^^^^
          |
          = help: choose an address in it

        error[US060]: podman would give this `range` to the subnet before, which has none
         --> unitsmith.toml:3:86
          |
        3 | subnets = [{ subnet = "10.5.0.0/24", gateway = "10.6.0.1" }, { subnet = "fd00::/64", range = "fd00::/80" }]
          |                                                                                      ^^^^^
          |
          = help: move the subnets without a `range` to the end

        error[US010]: `host` means something else to podman than a network of that name
         --> unitsmith.toml:4:11
          |
        4 | [networks.host]
          |           ^^^^
          |
          = help: choose another name

        error[US041]: `options` means nothing here: only a `device` is mounted
         --> unitsmith.toml:6:1
          |
        6 | options = "size=10M"
          | ^^^^^^^
          |
          = help: take it out

        error[US012]: `backnd` is not a network of this manifest
         --> unitsmith.toml:9:54
          |
        9 | container = { image = "localhost/web:1", networks = ["backnd", "none"] }
          |                                                      ^^^^^^^^
          |
          = help: did you mean `backend`? networks are: backend, host

        5 problems
        nothing was written
        --- exit 1
    "#]],
    );
}

#[test]
fn an_object_is_used_has_a_unit_of_its_own_and_a_podman_that_is_new_enough() {
    let scratch = scratch();
    let manifest = r#"
[hosts.shelf]
podman = "4.3"

[networks.backend]
dns = ["192.0.2.1"]
[volumes.data]

[services.backend-network]
container = { image = "localhost/web:1", networks = ["backend"] }
"#;
    write(scratch.path(), "unitsmith.toml", manifest);
    check(
        scratch.path(),
        "gen",
        expect![[r#"
        --- stderr
        error[US042]: `shelf` has podman 4.3; `dns` needs 4.4
         --> unitsmith.toml:6:1
          |
        6 | dns = ["192.0.2.1"]
          | ^^^
          |
          = help: leave it out, or leave that host out of the `hosts` of the services that use it

        error[US041]: no service uses the volume `data`
         --> unitsmith.toml:7:10
          |
        7 | [volumes.data]
          |          ^^^^
          |
          = help: name it in the `container` of a service, or take it out

        error[US011]: `backend-network.service` is already the unit of the network `backend`
         --> unitsmith.toml:9:11
          |
        9 | [services.backend-network]
          |           ^^^^^^^^^^^^^^^
          |
          = help: rename one of the two

        3 problems
        nothing was written
        --- exit 1
    "#]],
    );
}

#[test]
fn images_and_builds_are_refused_with_what_there_is_instead() {
    let scratch = scratch();
    let manifest = r#"
[hosts.shelf]
podman = "4.9"
[images.base]
image = "docker.io/library/nginx:1.29"
retry.attempts = 3
[builds.app]
tag = "localhost/app:1"
context = "srv"

[services.base-image]
container = { image = "base.image" }
[services.web]
container = { image = "bse.image" }
"#;
    write(scratch.path(), "unitsmith.toml", manifest);
    check(
        scratch.path(),
        "gen",
        expect![[r#"
        --- stderr
        error[US042]: `shelf` has podman 4.9; `retry` needs 5.0
         --> unitsmith.toml:6:1
          |
        6 | retry.attempts = 3
          | ^^^^^
          |
          = help: leave it out, or leave that host out of the `hosts` of the services that use it

        error[US022]: `srv` is not an absolute path
         --> unitsmith.toml:9:11
          |
        9 | context = "srv"
          |           ^^^^^
          |
          = help: write the whole path from `/` on, without `..`

        error[US011]: `base-image.service` is already the unit of the image `base`
          --> unitsmith.toml:11:11
           |
        11 | [services.base-image]
           |           ^^^^^^^^^^
           |
           = help: rename one of the two

        error[US012]: `bse` is not an image of this manifest
          --> unitsmith.toml:14:23
           |
        14 | container = { image = "bse.image" }
           |                       ^^^^^^^^^^^
           |
           = help: did you mean `base`? images are: base

        4 problems
        nothing was written
        --- exit 1
    "#]],
    );
    let manifest = r#"
[hosts.shelf]
podman = "4.9"
[images.base]
image = "docker.io/library/nginx:1.29"
[builds.idle]
tag = "localhost/idle:1"
context = "/srv/app"

[services.base-image]
container = { image = "base.image" }
"#;
    write(scratch.path(), "unitsmith.toml", manifest);
    check(
        scratch.path(),
        "gen",
        expect![[r#"
            --- stderr
            error[US041]: no service uses the build `idle`
             --> unitsmith.toml:6:9
              |
            6 | [builds.idle]
              |         ^^^^
              |
              = help: name it in the `container` of a service, or take it out

            error[US011]: `base-image.service` is already the unit of the image `base`
              --> unitsmith.toml:10:11
               |
            10 | [services.base-image]
               |           ^^^^^^^^^^
               |
               = help: rename one of the two

            2 problems
            nothing was written
            --- exit 1
        "#]],
    );
    let manifest = r#"
[builds.app]
tag = "localhost/app:1"
context = "/srv/app"
[services.web]
container = { image = "app.build", pull = "always" }
"#;
    write(scratch.path(), "unitsmith.toml", manifest);
    check(
        scratch.path(),
        "gen",
        expect![[r#"
        --- stderr
        error[US041]: the image `localhost/app:1` is built on the host, where nobody can pull it
         --> unitsmith.toml:6:36
          |
        6 | container = { image = "app.build", pull = "always" }
          |                                    ^^^^
          |
          = help: take it out

        1 problem
        nothing was written
        --- exit 1
    "#]],
    );
}
