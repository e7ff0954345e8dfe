//! Whatever is wrong with a host, what runs there goes on serving.

use super::{Applied, Output, RUNNING, SERVICES};

const UNITS: &str = "/etc/systemd/system";
const STATE: &str = "/var/lib/unitsmith";

/// A host with services that are awake, of which each must go on as it is.
struct Serving {
    host: Applied,
    runs: [String; RUNNING.len()],
}

impl Serving {
    fn boot() -> Serving {
        let host = Applied::boot();
        host.apply(SERVICES);
        for port in [7001, 7002] {
            host.answers(port);
        }
        let runs = RUNNING.map(|it| host.invocation(it));
        Serving { host, runs }
    }

    fn shell(&self, script: &str) -> Output {
        self.host.machine.try_enter(&["bash", "-euc", &format!("cd /root; {script}")])
    }

    fn must(&self, script: &str) -> String {
        let Output { stdout, stderr, code } = self.shell(script);
        assert_eq!(code, Some(0), "{script}: {stdout}{stderr}");
        stdout
    }

    /// Everything answers and nothing was restarted.
    fn serves(&self, why: &str) {
        for port in [7001, 7002] {
            self.host.answers(port);
        }
        assert_eq!(RUNNING.map(|it| self.host.invocation(it)), self.runs, "{why}");
        // What was stopped goes on to be called by its last run.
        for unit in RUNNING {
            assert_eq!(self.host.property(unit, "ActiveState"), "active", "{why}: {unit}");
        }
    }

    /// Does something to the host, asks for other services in vain, and undoes it.
    fn fails(&self, fault: &str, repair: &str, code: i32, said: &str) {
        // `boot` is wanted no more, `fd` is another one, and `new` is new.
        let (_, rest) = SERVICES.split_once("[services.fd]").unwrap();
        let other = format!("[services.fd]{rest}").replace("idle=60000", "idle=70000");
        let other = other + "[services.new]\nexec.command = [\"/usr/bin/sleep\", \"infinity\"]\n";
        let files = format!("find {UNITS} -type f -exec md5sum {{}} + | sort");
        let before = self.must(&files);
        self.must(fault);
        self.host.machine.write("/root/unitsmith.toml", other);
        let output = self.shell("exec unitsmith apply");
        assert_eq!(output.code, Some(code), "{fault}: {}{}", output.stdout, output.stderr);
        assert!(output.stderr.contains(said), "{fault}: {}", output.stderr);
        self.must(repair);
        assert_eq!(self.must(&files), before, "{fault}");
        self.serves(fault);
    }
}

/// Mounts a copy of a directory over it that has no room for more.
fn full(directory: &str) -> String {
    format!(
        "rm -rf /tmp/copy; cp -a {directory} /tmp/copy; mount -t tmpfs -o size=512k,mode=755 tmpfs {directory}; \
         cp -a /tmp/copy/. {directory}; ! head -c 1M /dev/zero > {directory}/fill 2>/dev/null"
    )
}

#[test]
fn what_cannot_be_changed_goes_on_serving() {
    let serving = Serving::boot();
    for directory in [UNITS, STATE] {
        let undo = format!("umount {directory}");
        serving.fails(&full(directory), &undo, 2, "No space left on device");
        let read_only =
            format!("mount --bind {directory} {directory}; mount -o remount,bind,ro {directory}");
        serving.fails(&read_only, &undo, 2, "Read-only file system");
    }
    let planted = format!("{UNITS}/new.service");
    let undo = format!("rm {planted}");
    serving.fails(&format!("ln -s /etc/shadow {planted}"), &undo, 1, "is in the way");
    serving.fails(&format!("mknod {planted} c 1 3"), &undo, 1, "is in the way");
    let Output { stderr, code, .. } = serving.shell(
        "exec unshare --mount bash -c 'mount -t tmpfs tmpfs /run/systemd; exec unitsmith apply'",
    );
    assert_eq!(code, Some(2), "{stderr}");
    assert!(stderr.starts_with("error: no systemd runs here"), "{stderr}");
    serving.serves("no systemd");

    // A tree that somebody else has made.
    serving.must("rm -rf tree; unitsmith gen -o tree; mknod tree/systemd/null.service c 1 3");
    for (what, undo) in [
        ("", "rm tree/systemd/null.service"),
        ("ln -s /etc/shadow tree/systemd/link.service", "rm tree/systemd/link.service"),
        (
            "mkdir tree/systemd/a.service.d; cp tree/systemd/fd.service tree/systemd/a.service.d/b.conf",
            "",
        ),
    ] {
        serving.must(what);
        let Output { stdout, stderr, code } = serving.shell("exec unitsmith apply tree");
        assert_eq!((code, stdout.as_str()), (Some(1), ""), "{stderr}");
        assert!(stderr.contains("error[US100]") && stderr.contains("1 problem"), "{stderr}");
        serving.must(undo);
    }
    serving.serves("a hostile tree");
}

#[test]
fn what_is_lost_or_edited_is_found_again() {
    let serving = Serving::boot();
    for damage in
        ["rm inventory.json", "echo '{' > inventory.json", "rm -r generations inventory.json"]
    {
        serving.must(&format!("cd {STATE}; {damage}"));
        assert_eq!(serving.host.apply(SERVICES), "", "{damage}");
        serving.serves(damage);
    }

    // A clock that was wrong says nothing of what is newer.
    serving.must(&format!(
        "find {UNITS} {STATE} -exec touch --no-dereference --date=2100-01-01 {{}} +"
    ));
    assert_eq!(serving.host.apply(SERVICES), "");
    serving.serves("a clock that was set back");
    let other = SERVICES.replace("idle=60000", "idle=70000");
    assert_eq!(serving.host.restarted_by(&other), ["fd.service"]);
    let Output { stdout, stderr, code } = serving.host.run(&["rollback"]);
    assert_eq!(code, Some(0), "{stderr}");
    assert!(stdout.ends_with("restart  fd.service\n"), "{stdout}");

    // What was edited, and what runs of it, is as it was made again.
    let unit = format!("{UNITS}/boot.service");
    serving.must(&format!(
        "sed -i 's/infinity/1d/' {unit}; systemctl daemon-reload; systemctl restart boot"
    ));
    let Output { stdout, stderr, code } = serving.host.run(&["reconcile"]);
    assert_eq!(code, Some(0), "{stderr}");
    assert_eq!(stdout, format!("replace  {unit}\nrestart  boot.service\n"));
    assert!(
        stderr.contains("is kept in `/var/lib/unitsmith/edited/systemd_boot.service`"),
        "{stderr}"
    );
    assert!(
        serving
            .must("tr '\\0' ' ' < /proc/$(systemctl show -PMainPID boot)/cmdline")
            .contains("infinity")
    );
    for unit in ["fd.socket", "proxy.socket", "proxy.service"] {
        assert_eq!(
            serving.host.invocation(unit),
            serving.runs[RUNNING.iter().position(|it| *it == unit).unwrap()]
        );
    }
}

#[test]
fn only_what_is_known_is_gone_back_to() {
    let fails = SERVICES.replace(
        "[services.boot]",
        "[services.boot]\nexec.preStart = [[\"/usr/bin/sleep\", \"nonsense\"]]",
    );
    let host = Applied::boot();
    let go_back = || {
        let Output { stdout, stderr, code } =
            host.with(&fails, &["apply", "--rollback-on-failure"]);
        assert_eq!(code, Some(1), "{stdout}{stderr}");
        stderr
    };
    // Before the first tree there was nothing.
    assert!(go_back().contains("going back to what was there before"));
    assert_eq!(host.property("fd.socket", "LoadState"), "not-found");
    assert_eq!(host.property("boot.service", "ActiveState"), "inactive");

    for damage in [
        "for it in generations/*; do echo '{' > $it; done",
        "rm inventory.json",
        "echo '{' > inventory.json",
    ] {
        host.apply(SERVICES);
        host.machine.enter(&["bash", "-euc", &format!("cd {STATE}; {damage}")]);
        let said = go_back();
        assert!(said.contains("nothing is taken back: "), "{damage}: {said}");
        host.answers(7001);
    }
}
