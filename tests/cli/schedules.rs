//! Schedules that are refused.

use super::*;

#[test]
fn a_schedule_that_is_none_is_refused_where_it_is_wrong() {
    let scratch = scratch();
    let manifest = r#"
[hosts.old]
systemd = 243

[services.a]
exec.command = ["/usr/bin/a"]
schedule = { calendar = ["Mon *-13-01", "daily Europe/Berln"], catchUp = true }

[services.b]
exec.command = ["/usr/bin/b"]
schedule = { every = "1h", catchUp = true, fixedRandomDelay = true }

[services.c]
exec.command = ["/usr/bin/c"]
activation.on = "schedule"

[services.d]
exec.command = ["/usr/bin/d"]
activation.on = "manual"
schedule.calendar = ["daily"]

[services.e]
exec.command = ["/usr/bin/e"]
restart.policy = "always"
schedule = { calendar = ["daily"], randomizedDelay = "1h", fixedRandomDelay = true }

[services.f]
exec.command = ["/usr/bin/f"]
schedule = {}
"#;
    write(scratch.path(), "unitsmith.toml", manifest);
    check(
        scratch.path(),
        "gen",
        expect![[r#"
            --- stderr
            error[US024]: `Mon *-13-01` is not a time of the calendar: `13` is not a month, 1 to 12
             --> unitsmith.toml:7:26
              |
            7 | schedule = { calendar = ["Mon *-13-01", "daily Europe/Berln"], catchUp = true }
              |                          ^^^^^^^^^^^^^
              |
              = help: like `daily`, `Mon..Fri 04:30`, `*-*-01 00:00:00` or `*:0/15`; `systemd-analyze calendar` shows when one comes

            error[US024]: `daily Europe/Berln` is not a time of the calendar: `Europe/Berln` is no time zone that every host knows
             --> unitsmith.toml:7:41
              |
            7 | schedule = { calendar = ["Mon *-13-01", "daily Europe/Berln"], catchUp = true }
              |                                         ^^^^^^^^^^^^^^^^^^^^
              |
              = help: did you mean `Europe/Berlin`?

            error[US004]: `every` counts from the last run, and nothing makes the first one
              --> unitsmith.toml:11:14
               |
            11 | schedule = { every = "1h", catchUp = true, fixedRandomDelay = true }
               |              ^^^^^
               |
               = help: add `calendar = ["daily"]` or `afterBoot = "5min"`

            error[US041]: `catchUp` means nothing here: only times of the calendar can be missed
              --> unitsmith.toml:11:28
               |
            11 | schedule = { every = "1h", catchUp = true, fixedRandomDelay = true }
               |                            ^^^^^^^
               |
               = help: take it out

            error[US041]: `fixedRandomDelay` means nothing here: there is no `randomizedDelay`
              --> unitsmith.toml:11:44
               |
            11 | schedule = { every = "1h", catchUp = true, fixedRandomDelay = true }
               |                                            ^^^^^^^^^^^^^^^^
               |
               = help: take it out

            error[US004]: `activation` by a schedule needs a `schedule`
              --> unitsmith.toml:15:1
               |
            15 | activation.on = "schedule"
               | ^^^^^^^^^^
               |
               = help: add `schedule.calendar = ["daily"]` to the service

            error[US041]: a service with a `schedule` is started by it and by nothing else
              --> unitsmith.toml:19:17
               |
            19 | activation.on = "manual"
               |                 ^^^^^^^^
               |
               = help: take `activation` or `schedule` out

            error[US042]: `old` has systemd 243; the restart of a job needs 244
              --> unitsmith.toml:24:1
               |
            24 | restart.policy = "always"
               | ^^^^^^^
               |
               = help: take it out, or leave that host out of the service's `hosts`

            error[US041]: `always` starts a job again that has done its work, for ever
              --> unitsmith.toml:24:18
               |
            24 | restart.policy = "always"
               |                  ^^^^^^^^
               |
               = help: `on-failure` tries a failed run again

            error[US042]: `old` has systemd 243; a fixed random delay needs 247
              --> unitsmith.toml:25:60
               |
            25 | schedule = { calendar = ["daily"], randomizedDelay = "1h", fixedRandomDelay = true }
               |                                                            ^^^^^^^^^^^^^^^^
               |
               = help: take it out, or leave that host out of the service's `hosts`

            error[US004]: this schedule has no time at which the job runs
              --> unitsmith.toml:29:1
               |
            29 | schedule = {}
               | ^^^^^^^^
               |
               = help: add `calendar = ["daily"]` or `afterBoot = "5min"`

            11 problems
            nothing was written
            --- exit 1
        "#]],
    );
}
