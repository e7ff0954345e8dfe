//! The same for an account, whose services its own manager runs.

use super::super::client::Answer;
use super::super::install;
use super::super::setting::Account;
use super::{Applied, Output, SERVICES};

const UNITS: &str = "/home/alice/.config/systemd/user";

/// A host with an account that applies a manifest of its own.
struct Rootless {
    host: Applied,
    account: Account,
}

impl Rootless {
    fn boot() -> Rootless {
        let host = Applied::boot();
        let account = install::add_account(&host.machine);
        Rootless { host, account }
    }

    /// Runs a script as the account, in its home directory.
    fn shell(&self, script: &str) -> Output {
        let command = ["bash", "-euc", &format!("cd; {script}")];
        self.account.try_enter(&self.host.machine, &command)
    }

    fn must(&self, script: &str) -> String {
        let Output { stdout, stderr, code } = self.shell(script);
        assert_eq!(code, Some(0), "{script}: {stdout}{stderr}");
        stdout
    }

    /// Writes the manifest of a host whose services are those of the account.
    fn write(&self, services: &str) {
        let host = "\n[hosts.shelf]\nsystemd = 257\npodman = \"5.4\"\nuser = \"alice\"\n";
        self.host.machine.write("/home/alice/unitsmith.toml", format!("{services}{host}"));
        self.host.machine.enter(&["chown", "--recursive", "alice:", "/home/alice"]);
    }

    fn try_apply(&self, services: &str) -> Output {
        self.write(services);
        self.shell("exec unitsmith apply --user --host shelf")
    }

    /// Applies services, which must go well, and returns the plan.
    fn apply(&self, services: &str) -> String {
        let Output { stdout, stderr, code } = self.try_apply(services);
        assert_eq!(code, Some(0), "{stdout}{stderr}");
        stdout
    }

    /// The sums of the units with what they are called, but for those that have not got their names yet.
    fn files(&self) -> String {
        self.must(&format!(
            "cd {UNITS} && find . -type f -not -name '.unitsmith-*' -exec md5sum {{}} + | sort; find . -type l | sort"
        ))
    }

    /// The arguments of the process of `boot`.
    fn running(&self) -> String {
        self.must("tr '\\0' ' ' < /proc/$(systemctl --user show -PMainPID boot)/cmdline")
    }
}

#[test]
fn an_account_applies_its_own_keeps_it_and_takes_it_away() {
    let alice = Rootless::boot();
    let Output { stdout, stderr, code } = alice.try_apply(SERVICES);
    assert_eq!(code, Some(0), "{stderr}");
    assert!(stdout.contains("start    fd.socket"), "{stdout}");
    assert!(
        stderr.contains("warning[US105]: the services of `alice` end when it logs out"),
        "{stderr}"
    );
    alice.host.answers(7001);
    alice.host.answers(7002);
    assert_eq!(alice.apply(SERVICES), "");
    // Root takes the rest, and with it that the account lingers.
    alice.host.machine.enter(&["cp", "/home/alice/unitsmith.toml", "/root"]);
    let Output { stdout, stderr, code } = alice.host.run(&["apply", "--host", "shelf"]);
    assert_eq!(code, Some(0), "{stdout}{stderr}");
    let Output { stderr, .. } = alice.try_apply(SERVICES);
    assert!(!stderr.contains("US105"), "{stderr}");

    alice.must("exec unitsmith apply --user --host shelf --install-timer");
    let state = |unit: &str| alice.must(&format!("systemctl --user show -PActiveState {unit}"));
    assert_eq!(state("unitsmith-reconcile.timer"), "active\n");
    // What it would do in half a minute it does now.
    alice.must("systemctl --user stop unitsmith-reconcile.timer manual.service boot.service");
    alice.must(&format!(
        "rm {UNITS}/fd.socket; systemctl --user daemon-reload; systemctl --user stop fd.socket"
    ));
    assert_eq!(alice.host.get(7001), Answer::Refused);
    alice.must("systemctl --user start unitsmith-reconcile.service");
    alice.host.answers(7001);
    assert_eq!(state("boot.service"), "inactive\n", "who stopped it means it");
    let status = alice.shell("exec unitsmith status --user");
    assert_eq!(status.code, Some(1), "{}", status.stderr);
    assert!(status.stdout.contains(" boot      stopped "), "{}", status.stdout);

    let Output { stderr, code, .. } = alice.shell("exec unitsmith remove --user");
    assert_eq!(code, Some(0), "{stderr}");
    for unit in ["boot.service", "fd.socket", "fd.service", "unitsmith-reconcile.timer"] {
        let load = alice.must(&format!("systemctl --user show -PLoadState {unit}"));
        assert_eq!(load, "not-found\n", "{unit}");
    }
    assert_eq!(alice.files(), "");
    assert_eq!(alice.must("ls .local/state/unitsmith"), "");
}

#[test]
fn whatever_happens_to_an_account_its_services_go_on() {
    let alice = Rootless::boot();
    alice.apply(SERVICES);
    let first = (alice.files(), alice.running());

    // A name is taken: nothing is changed.
    let more = SERVICES.replace("infinity", "1d")
        + "\n[services.new]\nexec.command = [\"/usr/bin/sleep\", \"infinity\"]\n";
    alice.must(&format!("echo [Service] > {UNITS}/new.service"));
    let Output { stdout, stderr, code } = alice.try_apply(&more);
    assert_eq!((code, stdout.as_str()), (Some(1), ""), "{stderr}");
    assert!(
        stderr.contains(&format!("error[US070]: `{UNITS}/new.service` was not put")),
        "{stderr}"
    );
    assert_eq!(
        alice.must(&format!("cat {UNITS}/new.service; rm {UNITS}/new.service")),
        "[Service]\n"
    );
    assert_eq!((alice.files(), alice.running()), first);
    alice.host.answers(7001);

    alice.apply(&more);
    let second = (alice.files(), alice.running());
    let known: Vec<&str> = first.0.lines().chain(second.0.lines()).collect();
    // Runs are killed, of both manifests in turn, and the last one is finished.
    for (kill, services) in [SERVICES, &more].into_iter().cycle().take(10).enumerate() {
        alice.write(services);
        let limit = 0.04 * (kill + 1) as f64;
        alice.shell(&format!("timeout --signal=KILL {limit} unitsmith apply --user --host shelf"));
        for file in alice.files().lines() {
            assert!(known.contains(&file), "after {limit} s, `{file}` is of neither");
        }
        alice.host.answers(7001);
    }
    alice.apply(SERVICES);
    assert_eq!((alice.files(), alice.running()), first);

    alice.apply(&more.replace("7001", "7003"));
    alice.host.answers(7003);
    let Output { stderr, code, .. } = alice.shell("exec unitsmith rollback --user");
    assert_eq!(code, Some(0), "{stderr}");
    assert_eq!((alice.files(), alice.running()), first);
    alice.host.answers(7001);
    assert_eq!(alice.host.get(7003), Answer::Refused);
}
