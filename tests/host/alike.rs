//! One manifest on systemd and under process-compose: the same things happen, one after the other.

use unitsmith::emit::Target;
use unitsmith::manifest::Format;

use crate::support::{generate, process_compose, scratch};

use super::machine::{Machine, wait_until};

const MANIFEST: &str = r#"
[hosts.booted]
systemd = 257
[hosts.box]
processCompose = "1.87"

[defaults]
restart.delay = "1s"

[services.db]
exec.command = ["/usr/local/bin/stand-in", "db"]
readiness = { exec = ["/usr/bin/test", "-e", "/srv/ready"], period = "1s", failureThreshold = 1000 }

[services.migrate]
exec.command = ["/usr/local/bin/stand-in", "migrate", "0"]
activation.on = "once"
dependsOn.db = "ready"

[services.api]
exec.command = ["/usr/local/bin/stand-in", "api"]
readiness = { exec = ["/usr/bin/test", "-e", "/srv/api.up"], period = "1s", failureThreshold = 1000 }
dependsOn = { db = "ready", migrate = "completed" }

[services.web]
exec.command = ["/usr/local/bin/stand-in", "web"]
dependsOn.api = "ready"

[services.beside]
exec.command = ["/usr/local/bin/stand-in", "beside"]
exec.logFile = "/srv/beside.log"

[services.broken]
exec.command = ["/usr/local/bin/stand-in", "broken", "3"]
activation.on = "once"

[services.behind]
exec.command = ["/usr/local/bin/stand-in", "behind"]
dependsOn.broken = "completed"
"#;

/// Notes what happens to it, ends with the code that it is told, or runs until it gets a signal.
const STAND_IN: &str = r#"#!/bin/bash
say() { echo "$name $1" >>/srv/events; echo "it $1"; }
name=$1
trap 'say stops; exit 0' TERM
trap 'say fails; exit 1' USR1
trap 'say ends; exit 0' USR2
echo $$ >"/srv/$name.pid"
say starts
: >"/srv/$name.up"
if [ $# -gt 1 ]; then say ends; exit "$2"; fi
exec 3<> <(:)
# A signal that comes while `read` begins is seen when it has ended.
while :; do read -rt 1 -u 3 || :; done
"#;

/// What `beside` prints in one story.
const LINES: [&str; 4] = ["it starts", "it fails", "it starts", "it ends"];

/// Who runs the services.
#[derive(Clone, Copy, PartialEq)]
enum By {
    Systemd,
    ProcessCompose,
}

const UNITS: [&str; 7] = [
    "db.service",
    "migrate.service",
    "api.service",
    "web.service",
    "beside.service",
    "broken.service",
    "behind.service",
];

/// The services on a host, and how much of what happened to them has been told.
struct Run<'a> {
    machine: &'a Machine,
    by: By,
    told: usize,
}

impl Run<'_> {
    fn start(&self) {
        self.machine.enter(&["bash", "-c", "rm -f /srv/ready /srv/*.up"]);
        self.machine.write("/srv/events", "");
        match self.by {
            By::Systemd => {
                let command = [&["systemctl", "start", "--no-block"][..], &UNITS].concat();
                self.machine.enter(&command);
            }
            By::ProcessCompose => {
                let up = "process-compose up -t=false --no-server --keep-project -f /srv/box.yaml";
                let script = format!(
                    "HOME=/root setsid {up} >/srv/output 2>&1 </dev/null & echo $! >/srv/pid"
                );
                self.machine.enter(&["bash", "-c", &script]);
            }
        }
    }

    fn stop(&self) {
        match self.by {
            By::Systemd => {
                self.machine.enter(&[&["systemctl", "stop"][..], &UNITS].concat());
            }
            By::ProcessCompose => {
                self.machine.enter(&["bash", "-c", "kill -TERM $(</srv/pid)"]);
            }
        }
    }

    /// The next things that happen, in their order.
    fn next(&mut self, count: usize) -> Vec<String> {
        let events = || {
            let text = std::fs::read_to_string(self.machine.file("/srv/events")).unwrap();
            text.lines().skip(self.told).map(str::to_owned).collect::<Vec<_>>()
        };
        wait_until(&format!("{count} more after {:?}", events()), || events().len() >= count);
        let events = events();
        assert_eq!(events.len(), count, "{events:?}");
        self.told += count;
        events
    }

    /// The same where nothing says which of them comes first.
    fn next_some(&mut self, count: usize) -> Vec<String> {
        let mut events = self.next(count);
        events.sort();
        events
    }

    /// What `beside` has printed.
    fn log(&self) -> Vec<String> {
        let text = std::fs::read_to_string(self.machine.file("/srv/beside.log")).unwrap();
        // process-compose parts the runs of a process by empty lines.
        text.lines().filter(|it| !it.is_empty()).map(str::to_owned).collect()
    }

    fn signal(&self, signal: &str, name: &str) {
        let script = format!("kill -{signal} $(</srv/{name}.pid)");
        self.machine.enter(&["bash", "-c", &script]);
    }

    /// Everything that happens from the start to the end.
    fn story(mut self) -> Vec<Vec<String>> {
        let mut story = Vec::new();
        self.start();
        story.push(self.next_some(4));
        self.machine.write("/srv/ready", "");
        story.push(self.next(4));
        self.signal("KILL", "api");
        story.push(self.next(1));
        self.signal("USR1", "beside");
        story.push(self.next(2));
        self.signal("USR2", "beside");
        story.push(self.next(1));
        self.stop();
        story.push(self.next(3));
        wait_until("the log is written", || self.log().len().is_multiple_of(LINES.len()));
        story
    }
}

#[test]
fn systemd_and_process_compose_do_the_same_to_services() {
    let machine = Machine::boot("trixie");
    machine.write("/usr/local/bin/stand-in", STAND_IN);
    let scratch = scratch();
    let program = process_compose::command(scratch.path()).get_program().to_owned();
    machine.install("/usr/local/bin/process-compose", program);
    machine.enter(&["chmod", "755", "/usr/local/bin/stand-in"]);
    let targets = [Target::Systemd, Target::ProcessCompose];
    let files = generate(MANIFEST, Format::Toml, &targets);
    for (path, text) in files.iter() {
        if let Some(unit) = path.strip_prefix("hosts/booted/systemd/") {
            machine.write(&format!("/etc/systemd/system/{unit}"), text);
        }
    }
    let file = files.get("process-compose/box/process-compose.yaml").unwrap();
    machine.write("/srv/box.yaml", file);
    machine.enter(&["systemctl", "daemon-reload"]);

    let stories = [By::Systemd, By::ProcessCompose].map(|by| {
        let run = Run { machine: &machine, by, told: 0 };
        run.story()
    });
    let expected: [&[&str]; 6] = [
        &["beside starts", "broken ends", "broken starts", "db starts"],
        &["migrate starts", "migrate ends", "api starts", "web starts"],
        &["api starts"],
        &["beside fails", "beside starts"],
        &["beside ends"],
        &["web stops", "api stops", "db stops"],
    ];
    assert_eq!(stories[0], expected);
    assert_eq!(stories[1], stories[0]);
    assert_eq!(Run { machine: &machine, by: By::Systemd, told: 0 }.log(), LINES.repeat(2));
    let failed = UNITS
        .iter()
        .filter(|it| machine.try_enter(&["systemctl", "is-failed", "--quiet", it]).code == Some(0));
    assert_eq!(failed.collect::<Vec<_>>(), [&"broken.service"]);
}
