//! `unitsmith apply` on a host that runs.

use crate::support::{Output, daemon};

use super::client::{self, Answer};
use super::machine::{LIMIT, Machine, wait_until};

mod account;
mod along;
mod changed;
mod killed;
mod made;
mod wrong;

/// A host of its own, with the program itself.
struct Applied {
    machine: Machine,
}

impl Applied {
    fn boot() -> Applied {
        Applied::boot_with("packages")
    }

    /// Boots a host with the packages of a list.
    fn boot_with(packages: &str) -> Applied {
        let machine = Machine::boot_with("trixie", packages, None);
        for (path, program) in [
            ("/usr/local/bin/unitsmith", std::path::Path::new(env!("CARGO_BIN_EXE_unitsmith"))),
            ("/usr/local/bin/daemon", daemon::built()),
        ] {
            machine.install(path, program);
        }
        Applied { machine }
    }

    /// Writes the manifest and runs a command that knows it.
    fn with(&self, manifest: &str, arguments: &[&str]) -> Output {
        self.machine.write("/root/unitsmith.toml", manifest);
        self.run(arguments)
    }

    fn run(&self, arguments: &[&str]) -> Output {
        let script = "cd /root && exec unitsmith \"$@\"";
        self.machine.try_enter(&[&["bash", "-c", script, "bash"], arguments].concat())
    }

    /// Applies a manifest, which must go well, and returns the plan.
    fn apply(&self, manifest: &str) -> String {
        let Output { stdout, stderr, code } = self.with(manifest, &["apply"]);
        assert_eq!(code, Some(0), "{stdout}{stderr}");
        stdout
    }

    fn property(&self, unit: &str, property: &str) -> String {
        let property = format!("--property={property}");
        let text = self.machine.enter(&["systemctl", "show", "--value", &property, unit]);
        text.trim_end().to_owned()
    }

    /// Which run of a unit it is; empty when it never ran.
    fn invocation(&self, unit: &str) -> String {
        self.property(unit, "InvocationID")
    }

    fn get(&self, port: u16) -> Answer {
        self.machine.within(|| client::get(port, "/", LIMIT)).answer
    }
}

const SERVICES: &str = r#"
[services.boot]
exec.command = ["/usr/bin/sleep", "infinity"]

[services.fd]
port = 7001
exec.command = ["/usr/local/bin/daemon", "control=/tmp", "idle=60000"]
activation = { on = "socket", handoff = "fd" }

[services.proxy]
port = 7002
exec.command = ["/usr/local/bin/daemon", "control=/tmp", "port=${backendPort}"]
activation = { on = "socket", handoff = "proxy", idleTimeout = "60s", startTimeout = "5s" }

[services.job]
exec.command = ["/usr/bin/true"]
schedule.calendar = ["daily"]
activation.on = "schedule"

[services.manual]
exec.command = ["/usr/bin/sleep", "infinity"]
activation.on = "manual"
"#;

/// The units of which a test asks whether they were restarted.
const RUNNING: [&str; 6] = [
    "boot.service",
    "fd.socket",
    "fd.service",
    "proxy.socket",
    "proxy.service",
    "proxy-backend.service",
];

impl Applied {
    /// Wakes what sleeps and applies a change; returns the units that are another run than before.
    fn restarted_by(&self, manifest: &str) -> Vec<&'static str> {
        for port in [7001, 7002] {
            self.answers(port);
        }
        let before = RUNNING.map(|it| self.invocation(it));
        self.apply(manifest);
        let after = RUNNING.map(|it| self.invocation(it));
        let runs = RUNNING.into_iter().zip(before.iter().zip(after));
        runs.filter(|(_, (before, after))| *before != after).map(|(unit, _)| unit).collect()
    }

    fn answers(&self, port: u16) {
        assert!(matches!(self.get(port), Answer::Ok(_)), "{port}");
    }
}

#[test]
fn who_waits_at_a_terminal_sees_for_what() {
    let host = Applied::boot();
    host.machine.write("/root/unitsmith.toml", SERVICES);
    let typed = |command: &str| {
        let command = format!("cd /root && TERM=xterm unitsmith {command}");
        let script = ["script", "--quiet", "--return", "--command", &command, "/dev/null"];
        host.machine.enter(&script)
    };
    typed("apply");
    let shown = typed("verify boot --quiet");
    assert!(!shown.contains("asking"), "{shown}");
    let shown = typed("verify boot");
    assert!(shown.contains("asking `boot`"), "{shown}");
    let Output { stdout, stderr, code: _ } = host.run(&["verify", "boot"]);
    assert!(!(stdout + &stderr).contains("asking"));
}

#[test]
fn a_host_becomes_what_the_manifest_says() {
    let host = Applied::boot();
    let plan = host.apply(SERVICES);
    let started: Vec<&str> = plan.lines().filter(|it| !it.starts_with("add")).collect();
    // Who listens comes first, timers last, and what sleeps is not woken.
    let expected = ["fd.socket", "proxy.socket", "boot.service", "job.timer"];
    assert_eq!(started, expected.map(|it| format!("start    {it}")));
    for (unit, state) in [
        ("boot.service", "active"),
        ("fd.socket", "active"),
        ("fd.service", "inactive"),
        ("proxy.socket", "active"),
        ("proxy.service", "inactive"),
        ("job.timer", "active"),
        ("manual.service", "inactive"),
    ] {
        assert_eq!(host.property(unit, "ActiveState"), state, "{unit}");
    }
    assert_eq!(host.apply(SERVICES), "", "a second run changes nothing");

    // What is only said otherwise restarts nothing; what means something else restarts itself alone.
    let said = SERVICES.replace("[services.fd]", "[services.fd]\ndescription = \"Idle\"");
    assert_eq!(host.restarted_by(&said), [""; 0]);
    let fd = SERVICES.replace("idle=60000", "idle=70000");
    assert_eq!(host.restarted_by(&fd), ["fd.service"]);
    let proxy = fd.replace("\"port=${b", "\"start=100\", \"port=${b");
    assert_eq!(host.restarted_by(&proxy), ["proxy.service", "proxy-backend.service"]);
    host.answers(7002);
    let moved = proxy.replace("7001", "7003").replace("7002", "7004");
    // Whether the backend is missed before the new proxy needs it is a matter of moments.
    assert_eq!(host.restarted_by(&moved)[..4], RUNNING[1..5]);
    host.answers(7003);
    host.answers(7004);

    // What the manifest says no more is stopped and removed; what somebody else has stays.
    host.machine.write("/etc/systemd/system/mine.service", "[Service]\nExecStart=/bin/true\n");
    let plan = host.apply("[services.boot]\nexec.command = [\"/usr/bin/sleep\", \"infinity\"]\n");
    let stopped: Vec<&str> = plan.lines().filter_map(|it| it.strip_prefix("stop     ")).collect();
    for unit in ["fd.socket", "fd.service", "proxy.socket", "proxy-backend.service", "job.timer"] {
        assert!(stopped.contains(&unit), "{plan}");
        assert_eq!(host.property(unit, "LoadState"), "not-found", "{unit}");
    }
    assert!(host.machine.file("/etc/systemd/system/mine.service").exists());
    assert_eq!(host.property("boot.service", "ActiveState"), "active");
}

#[test]
fn what_fails_is_said_and_taken_back() {
    let host = Applied::boot();
    host.apply(SERVICES);
    // Of a process that has just been started nobody knows yet that it fails.
    let fails = "[services.boot]\nexec.preStart = [[\"/usr/bin/sleep\", \"nonsense\"]]";
    let fails = SERVICES.replace("[services.boot]", fails);
    let Output { stdout: _, stderr, code } = host.with(&fails, &["apply"]);
    assert_eq!(code, Some(1), "{stderr}");
    for said in ["`boot.service` is activating (auto-restart)", "sleep: invalid time interval"] {
        assert!(stderr.contains(said), "{stderr}");
    }
    host.apply(SERVICES);
    let before = host.machine.enter(&["cat", "/etc/systemd/system/boot.service"]);
    let Output { stdout: _, stderr, code } = host.with(&fails, &["apply", "--rollback-on-failure"]);
    assert_eq!(code, Some(1), "{stderr}");
    assert!(stderr.contains("going back to what was there before"), "{stderr}");
    assert_eq!(host.machine.enter(&["cat", "/etc/systemd/system/boot.service"]), before);
    assert_eq!(host.property("boot.service", "ActiveState"), "active");
    host.answers(7001);
}

#[test]
fn who_has_the_port_of_a_socket_is_named() {
    let host = Applied::boot();
    host.machine.enter(&[
        "systemd-run",
        "--quiet",
        "--unit=thief",
        "/usr/local/bin/daemon",
        "port=7001",
    ]);
    wait_until("the port is taken", || host.get(7001) != Answer::Refused);
    let Output { stdout: _, stderr, code } = host.with(SERVICES, &["apply"]);
    assert_eq!(code, Some(1), "{stderr}");
    let pid = host.property("thief.service", "MainPID");
    let held = format!(
        "the port 7001 of `fd.socket` is held by `daemon`, process {pid} of `thief.service`"
    );
    assert!(stderr.contains(&format!("help: {held}: stop it, or choose another")), "{stderr}");
    let Output { stdout: _, stderr, code } = host.run(&["status"]);
    assert_eq!(code, Some(1), "{stderr}");
    assert!(stderr.starts_with(&format!("{held}\n")), "{stderr}");
    host.answers(7002);
}

#[test]
fn a_host_is_kept_as_it_was_made_but_for_what_its_administrator_did() {
    let host = Applied::boot();
    let Output { stdout, stderr, code } = host.with(SERVICES, &["apply", "--install-timer"]);
    assert_eq!(code, Some(0), "{stdout}{stderr}");
    let state = |service: &str| {
        let Output { stdout, stderr, code: _ } = host.run(&["status"]);
        let line = stdout.lines().find(|it| it.split_whitespace().next() == Some(service));
        let line = line.unwrap_or_else(|| panic!("{stdout}{stderr}"));
        line.split_whitespace().skip(1).take(3).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(state("boot"), "boot running -");
    assert_eq!(state("fd"), "fd asleep 7001");
    assert_eq!(state("proxy"), "proxy asleep 7002");
    assert_eq!(state("job"), "schedule asleep -");
    assert_eq!(state("manual"), "manual asleep -");
    let Output { stdout, code, .. } = host.run(&["status"]);
    assert_eq!(code, Some(0));
    let job = stdout.lines().find(|it| it.starts_with("job ")).unwrap();
    assert!(job.contains("  in "), "{stdout}");

    // Whatever the timer would do is done by hand, so that nothing waits for it.
    host.machine.enter(&["systemctl", "stop", "unitsmith-reconcile.timer"]);
    let reconcile = || {
        let Output { stdout, stderr, code } = host.run(&["reconcile"]);
        assert_eq!(code, Some(0), "{stdout}{stderr}");
        (stdout, stderr)
    };
    let timer = "`unitsmith-reconcile.timer` was stopped and is left alone\n".to_owned();
    assert_eq!(reconcile(), (String::new(), timer.clone()));
    let files = ["/etc/systemd/system/fd.socket", "/etc/systemd/system/boot.service"];
    host.machine.enter(&[&["rm"], &files[..]].concat());
    host.machine.enter(&["systemctl", "daemon-reload"]);
    host.machine.enter(&["systemctl", "stop", "fd.socket"]);
    assert_eq!(state("fd"), "fd dead port");
    assert_eq!(host.run(&["status"]).code, Some(1));
    let boot = host.invocation("boot.service");
    let (stdout, _) = reconcile();
    assert!(stdout.ends_with("start    fd.socket\n"), "{stdout}");
    host.answers(7001);
    assert_eq!(host.invocation("boot.service"), boot, "it ran on without its file");

    host.machine.enter(&["systemctl", "stop", "boot.service"]);
    let stopped = format!("`boot.service` was stopped and is left alone\n{timer}");
    assert_eq!(reconcile(), (String::new(), stopped));
    assert_eq!(reconcile(), (String::new(), String::new()), "it is said once");
    assert_eq!(state("boot"), "boot stopped -");

    let Output { stdout, stderr, code } = host.run(&["remove"]);
    assert_eq!(code, Some(0), "{stdout}{stderr}");
    for unit in ["boot.service", "fd.socket", "fd.service", "unitsmith-reconcile.timer"] {
        assert_eq!(host.property(unit, "LoadState"), "not-found", "{unit}");
    }
}

#[test]
fn an_earlier_tree_comes_back_and_runs() {
    let host = Applied::boot();
    host.apply(SERVICES);
    host.apply(&SERVICES.replace("7001", "7003"));
    host.answers(7003);
    let Output { stdout, stderr, code } = host.run(&["rollback"]);
    assert_eq!(code, Some(0), "{stdout}{stderr}");
    host.answers(7001);
    assert_eq!(host.get(7003), Answer::Refused);
}

/// A full disk and one that may not be written, under the files of an image.
#[test]
fn what_cannot_be_written_leaves_what_was_there() {
    let host = Applied::boot();
    let list = "find /mnt/etc -type f -exec md5sum {} + | sort; find /mnt/etc -type l | sort";
    let files = || host.machine.enter(&["bash", "-c", list]);
    host.machine.enter(&["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", "/mnt"]);
    let Output { stderr, code, .. } = host.with(SERVICES, &["apply", "--root", "/mnt"]);
    assert_eq!(code, Some(0), "{stderr}");
    let before = files();
    let changed = SERVICES.replace("7001", "7003");
    let fill = "head -c 1M /dev/zero > /mnt/fill; exec unitsmith apply --root /mnt unitsmith.toml";
    host.machine.write("/root/unitsmith.toml", &changed);
    let run =
        |script: &str| host.machine.try_enter(&["bash", "-c", &format!("cd /root; {script}")]);
    let Output { stderr, code, .. } = run(fill);
    assert_eq!(code, Some(2), "{stderr}");
    assert!(stderr.contains("No space left on device"), "{stderr}");
    assert_eq!(files(), before);
    let apply = "unitsmith apply --root /mnt unitsmith.toml";
    let Output { stderr, code, .. } =
        run(&format!("rm /mnt/fill; mount -o remount,ro /mnt; {apply}"));
    assert_eq!(code, Some(2), "{stderr}");
    assert!(stderr.contains("Read-only file system"), "{stderr}");
    assert_eq!(files(), before);
    let Output { stderr, code, .. } = run(&format!("mount -o remount,rw /mnt; {apply}"));
    assert_eq!(code, Some(0), "{stderr}");
    assert_ne!(files(), before);
}
