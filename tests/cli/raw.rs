//! Directives that are not passed on.

use super::*;

#[test]
fn what_systemd_does_not_know_or_would_misread_is_refused() {
    let scratch = scratch();
    let manifest = r#"
[hosts.old]
systemd = 252

[services.web]
exec.command = ["/usr/bin/web"]
systemd.service = { Exekstart = "/bin/a", RestartSteps = 5, Nice = "5\nUser=root", ExecStop = "/bin/a \\" }
systemd.unit.Qwertz = true
systemd.socket.Backlog = 5
systemd.timer.Persistent = true
"#;
    write(scratch.path(), "unitsmith.toml", manifest);
    check(
        scratch.path(),
        "gen",
        expect![[r#"
            --- stderr
            error[US002]: systemd has no directive `Exekstart=` in `[Service]`
             --> unitsmith.toml:7:21
              |
            7 | systemd.service = { Exekstart = "/bin/a", RestartSteps = 5, Nice = "5\nUser=root", ExecStop = "/bin/a \\" }
              |                     ^^^^^^^^^
              |
              = help: did you mean `ExecStart`?

            error[US042]: `old` has systemd 252; `RestartSteps=` needs 254
             --> unitsmith.toml:7:43
              |
            7 | systemd.service = { Exekstart = "/bin/a", RestartSteps = 5, Nice = "5\nUser=root", ExecStop = "/bin/a \\" }
              |                                           ^^^^^^^^^^^^
              |
              = help: take it out, or leave that host out of the service's `hosts`

            error[US021]: `services.web.systemd.service.Nice` has \u{a}, which no line of a unit file can hold
             --> unitsmith.toml:7:68
              |
            7 | systemd.service = { Exekstart = "/bin/a", RestartSteps = 5, Nice = "5\nUser=root", ExecStop = "/bin/a \\" }
              |                                                                    ^^^^^^^^^^^^^^
              |
              = help: take it out: no target could pass it on unchanged

            error[US021]: `services.web.systemd.service.ExecStop` ends with a backslash, which would join it with the next line
             --> unitsmith.toml:7:95
              |
            7 | systemd.service = { Exekstart = "/bin/a", RestartSteps = 5, Nice = "5\nUser=root", ExecStop = "/bin/a \\" }
              |                                                                                               ^^^^^^^^^^^
              |
              = help: take it out: no target could pass it on unchanged

            error[US002]: systemd has no directive `Qwertz=` in `[Unit]`
             --> unitsmith.toml:8:14
              |
            8 | systemd.unit.Qwertz = true
              |              ^^^^^^
              |
              = help: they are in systemd.unit(5)

            error[US041]: `socket` means nothing here: the service has no socket
             --> unitsmith.toml:9:9
              |
            9 | systemd.socket.Backlog = 5
              |         ^^^^^^
              |
              = help: `activation.on = "socket"` makes one

            error[US041]: `timer` means nothing here: the service has no timer
              --> unitsmith.toml:10:9
               |
            10 | systemd.timer.Persistent = true
               |         ^^^^^
               |
               = help: a `schedule` makes one

            7 problems
            nothing was written
            --- exit 1
        "#]],
    );
}
