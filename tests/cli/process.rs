//! Processes and their pace that are refused.

use super::*;

#[test]
fn pauses_attempts_and_limits_that_mean_nothing_are_said() {
    let scratch = scratch();
    let manifest = r#"
[hosts.new]
[hosts.old]
systemd = 242

[services.one]
exec.command = ["/usr/bin/one"]
restart = { policy = "no", attempts = 3, window = "1s500ms", successExitCodes = [256] }
stop = { signal = "INT", timeout = "0s" }
limits = { memoryHigh = "2G", memoryMax = "1G", cpuQuota = "1.5", cpuWeight = 20000, tasks = 0, oomPolicy = "stop" }

[services.two]
exec.command = ["/usr/bin/two"]
hosts = ["new"]
restart = { attempts = 5, window = "10s", steps = 3 }

[services.three]
exec.command = ["/usr/bin/three"]
restart = { delay = "1min", maxDelay = "30s", attempts = 5 }

[services.four]
container = { image = "localhost/four", memory = "512M" }
hosts = ["new"]
activation = { on = "socket", handoff = "fd" }
restart = { attempts = 5, window = "10min" }
stop.timeout = "500ms"
"#;
    write(scratch.path(), "unitsmith.toml", manifest);
    check(
        scratch.path(),
        "gen",
        expect![[r#"
        --- stderr
        error[US041]: `attempts` means nothing here: the service is never started again
         --> unitsmith.toml:8:28
          |
        8 | restart = { policy = "no", attempts = 3, window = "1s500ms", successExitCodes = [256] }
          |                            ^^^^^^^^
          |
          = help: take it out

        error[US041]: `window` means nothing here: the service is never started again
         --> unitsmith.toml:8:42
          |
        8 | restart = { policy = "no", attempts = 3, window = "1s500ms", successExitCodes = [256] }
          |                                          ^^^^^^
          |
          = help: take it out

        error[US024]: `services.one.restart.window` has a part of a second, and systemd on NixOS counts whole ones
         --> unitsmith.toml:8:51
          |
        8 | restart = { policy = "no", attempts = 3, window = "1s500ms", successExitCodes = [256] }
          |                                                   ^^^^^^^^^
          |
          = help: round it up

        error[US024]: `services.one.restart.successExitCodes[0]` cannot be 256
         --> unitsmith.toml:8:82
          |
        8 | restart = { policy = "no", attempts = 3, window = "1s500ms", successExitCodes = [256] }
          |                                                                                  ^^^
          |
          = help: write a whole number from 1 to 255

        error[US005]: `INT` is not a signal that ends a program
         --> unitsmith.toml:9:19
          |
        9 | stop = { signal = "INT", timeout = "0s" }
          |                   ^^^^^
          |
          = help: signals are: SIGABRT, SIGALRM, SIGHUP, SIGINT, SIGKILL, SIGQUIT, SIGRTMIN+3, SIGTERM, SIGUSR1, SIGUSR2, SIGWINCH

        error[US024]: `services.one.stop.timeout` is no time at all
         --> unitsmith.toml:9:36
          |
        9 | stop = { signal = "INT", timeout = "0s" }
          |                                    ^^^^
          |
          = help: write at least `1s`, or leave it out

        error[US041]: `memoryHigh` means nothing here: the service is killed before it is slowed down
          --> unitsmith.toml:10:25
           |
        10 | limits = { memoryHigh = "2G", memoryMax = "1G", cpuQuota = "1.5", cpuWeight = 20000, tasks = 0, oomPolicy = "stop" }
           |                         ^^^^
           |
           = help: give it less than `memoryMax`, or take it out

        error[US024]: `1.5` is not a part of the processors
          --> unitsmith.toml:10:60
           |
        10 | limits = { memoryHigh = "2G", memoryMax = "1G", cpuQuota = "1.5", cpuWeight = 20000, tasks = 0, oomPolicy = "stop" }
           |                                                            ^^^^^
           |
           = help: write a whole number with `%`: `50%` is half a processor, `200%` are two

        error[US024]: `services.one.limits.cpuWeight` cannot be 20000
          --> unitsmith.toml:10:79
           |
        10 | limits = { memoryHigh = "2G", memoryMax = "1G", cpuQuota = "1.5", cpuWeight = 20000, tasks = 0, oomPolicy = "stop" }
           |                                                                               ^^^^^
           |
           = help: write a whole number from 1 to 10000

        error[US024]: `services.one.limits.tasks` cannot be 0
          --> unitsmith.toml:10:94
           |
        10 | limits = { memoryHigh = "2G", memoryMax = "1G", cpuQuota = "1.5", cpuWeight = 20000, tasks = 0, oomPolicy = "stop" }
           |                                                                                              ^
           |
           = help: write a whole number above 0

        error[US042]: `old` has systemd 242; `oomPolicy` needs 243
          --> unitsmith.toml:10:109
           |
        10 | limits = { memoryHigh = "2G", memoryMax = "1G", cpuQuota = "1.5", cpuWeight = 20000, tasks = 0, oomPolicy = "stop" }
           |                                                                                                             ^^^^^^
           |
           = help: take it out, or leave that host out of the service's `hosts`

        error[US041]: `attempts` means nothing here: the pauses of 5 attempts take 25s, so it is never given up
          --> unitsmith.toml:15:13
           |
        15 | restart = { attempts = 5, window = "10s", steps = 3 }
           |             ^^^^^^^^
           |
           = help: take it out

        error[US041]: `steps` means nothing here: there is no `maxDelay`
          --> unitsmith.toml:15:43
           |
        15 | restart = { attempts = 5, window = "10s", steps = 3 }
           |                                           ^^^^^
           |
           = help: take it out

        error[US041]: `maxDelay` means nothing here: the first pause is 1min already
          --> unitsmith.toml:19:29
           |
        19 | restart = { delay = "1min", maxDelay = "30s", attempts = 5 }
           |                             ^^^^^^^^
           |
           = help: take it out

        error[US042]: `old` has systemd 242; pauses that grow need 254
          --> unitsmith.toml:19:40
           |
        19 | restart = { delay = "1min", maxDelay = "30s", attempts = 5 }
           |                                        ^^^^^
           |
           = help: take `maxDelay` and `steps` out, or leave that host out of the service's `hosts`

        error[US004]: `attempts` need a `window` in which they are counted
          --> unitsmith.toml:19:47
           |
        19 | restart = { delay = "1min", maxDelay = "30s", attempts = 5 }
           |                                               ^^^^^^^^
           |
           = help: the longest time that so many attempts may take, like `window = "5min"`

        error[US002]: `memory` is not a key of `services.four.container`
          --> unitsmith.toml:22:41
           |
        22 | container = { image = "localhost/four", memory = "512M" }
           |                                         ^^^^^^
           |
           = help: it is `memoryMax` of `services.four.limits` now

        error[US041]: `attempts` means nothing here: a socket whose service was given up would refuse everybody from then on
          --> unitsmith.toml:25:13
           |
        25 | restart = { attempts = 5, window = "10min" }
           |             ^^^^^^^^
           |
           = help: take it out

        error[US024]: `services.four.stop.timeout` has a part of a second, and podman counts whole ones
          --> unitsmith.toml:26:16
           |
        26 | stop.timeout = "500ms"
           |                ^^^^^^^
           |
           = help: round it up

        19 problems
        nothing was written
        --- exit 1
    "#]],
    );
}
