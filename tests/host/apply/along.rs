//! What systemd stops and restarts with a unit, because it depends on the unit.

use super::{Applied, Output};

const MANIFEST: &str = r#"
[groups.media]

[services.web]
exec.command = ["/usr/bin/sleep", "infinity"]

[services.member]
exec.command = ["/usr/bin/sleep", "infinity"]
groups = ["media"]
"#;

/// A unit of the administrator that takes its time to start.
const MINE: &str = "[Unit]\nBindsTo=web.service\nAfter=web.service\n\
     [Service]\nExecStartPre=/usr/bin/sleep 1\nExecStartPre=/usr/bin/test ! -e /run/broken\n\
     ExecStart=/usr/bin/sleep infinity\n";

#[test]
fn what_depends_on_a_unit_is_in_the_plan_and_waited_for() {
    let host = Applied::boot();
    host.machine.write("/etc/systemd/system/mine.service", MINE);
    host.apply(MANIFEST);
    host.machine.enter(&["systemctl", "start", "mine.service"]);
    let runs = || ["web.service", "mine.service", "member.service"].map(|it| host.invocation(it));
    let before = runs();
    let web = |nap: &str| MANIFEST.replacen("infinity", nap, 1);
    let Output { stdout: shown, .. } = host.with(&web("1d"), &["apply", "--dry-run"]);
    let plan = host.apply(&web("1d"));
    assert!(plan.ends_with("restart  mine.service\nrestart  web.service\n"), "{plan}");
    assert_eq!(shown, plan);
    assert_eq!(host.property("mine.service", "ActiveState"), "active");
    let after = runs();
    assert_eq!([0, 1, 2].map(|it| before[it] == after[it]), [false, false, true]);

    host.machine.write("/run/broken", "");
    let Output { stdout, stderr, code } = host.with(&web("2d"), &["apply"]);
    assert_eq!(code, Some(1), "{stdout}{stderr}");
    assert!(stderr.contains("`mine.service` is failed (failed), because of exit-code"), "{stderr}");
    host.machine.enter(&["rm", "/run/broken"]);
    host.machine.enter(&["systemctl", "start", "mine.service"]);

    // A group goes, and its services stay as they are.
    let member = host.invocation("member.service");
    let free = web("2d").replace("[groups.media]", "").replace("groups = [\"media\"]", "");
    let plan = host.apply(&free);
    assert!(plan.ends_with("\nstop     media.target\n"), "{plan}");
    assert_eq!(host.invocation("member.service"), member);
    for (unit, state) in [("member.service", "active"), ("media.target", "inactive")] {
        assert_eq!(host.property(unit, "ActiveState"), state, "{unit}");
    }

    // A unit that goes takes along what is bound to it.
    let (_, rest) = free.split_once("[services.member]").unwrap();
    let plan = host.apply(&format!("[services.member]{rest}"));
    assert!(plan.ends_with("\nstop     web.service\nstop     mine.service\n"), "{plan}");
    assert_eq!(host.property("mine.service", "ActiveState"), "inactive");
    assert_eq!(host.apply(&format!("[services.member]{rest}")), "");
}
