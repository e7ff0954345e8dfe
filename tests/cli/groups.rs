//! Groups that are refused.

use super::*;

#[test]
fn a_group_has_a_name_and_limits_of_its_own() {
    let scratch = scratch();
    let manifest = r#"
[groups.network]
[groups.media]
limits.memoryMax = "1G"
[groups.old]
limits = { memoryMax = "1G", openFiles = 5 }

[services.web]
exec.command = ["/usr/bin/web"]
groups = ["media", "old", "network", "medea"]
"#;
    write(scratch.path(), "unitsmith.toml", manifest);
    check(
        scratch.path(),
        "gen",
        expect![[r#"
        --- stderr
        error[US010]: `network` is a target or slice of systemd itself
         --> unitsmith.toml:2:9
          |
        2 | [groups.network]
          |         ^^^^^^^
          |
          = help: choose another name; the units of a group are `NAME.target` and `NAME.slice`

        error[US002]: `openFiles` is not a key of `groups.old.limits`
         --> unitsmith.toml:6:30
          |
        6 | limits = { memoryMax = "1G", openFiles = 5 }
          |                              ^^^^^^^^^
          |
          = help: keys are: cpuQuota, cpuWeight, ioWeight, memoryHigh, memoryMax, tasks

        error[US041]: `old` cannot limit a service that `media` limits already
          --> unitsmith.toml:10:20
           |
        10 | groups = ["media", "old", "network", "medea"]
           |                    ^^^^^
           |
           = help: a service is in one slice: leave it in one group with `limits`

        error[US012]: `medea` is not a group of this manifest
          --> unitsmith.toml:10:38
           |
        10 | groups = ["media", "old", "network", "medea"]
           |                                      ^^^^^^^
           |
           = help: did you mean `media`? groups are: media, old

        4 problems
        nothing was written
        --- exit 1
    "#]],
    );
}
