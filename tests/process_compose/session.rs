//! A running process-compose whose processes tell what happens to them.

use std::fs::{File, OpenOptions};
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use serde_json::{Value, json};

use super::file;
use crate::support::{process_compose, run, scratch};

/// Longer than anything here takes: what has not happened by then never will.
pub(super) const PATIENCE: Duration = Duration::from_secs(120);

/// A running process-compose whose processes tell what happens to them.
pub(super) struct Session {
    pub(super) child: Child,
    directory: tempfile::TempDir,
    events: Receiver<String>,
    /// Keeps the pipe of the events open while nobody writes into it.
    _pipe: File,
}

/// A stand-in: it tells that it starts and stops, and in between does what `work` says.
fn stand_in(work: &str) -> Value {
    let script = format!(
        "say() {{ echo \"$0 $1\" >\"$PIPE\"; }}; trap 'say stops; exit 0' TERM; say \"starts $$\"; {work}"
    );
    json!({ "command": ["/bin/bash", "-c", script, "NAME"] })
}

/// One that runs until it is told to end.
pub(super) fn daemon() -> Value {
    // A signal that comes while `read` begins is seen when it has ended.
    stand_in("exec 3<> <(:); while :; do read -rt 1 -u 3 || :; done")
}

/// One that runs to its end.
pub(super) fn job(code: u8) -> Value {
    stand_in(&format!("say ends; exit {code}"))
}

impl Session {
    /// Starts services; `$PIPE` and `NAME` of the stand-ins are filled in.
    pub(super) fn start(services: Value) -> Session {
        Session::start_as(services, |directory, manifest| {
            std::fs::write(directory.join("it.yaml"), file(manifest)).unwrap();
            let mut command = process_compose::command(directory);
            command.args(["up", "-t=false", "--no-server", "--keep-project", "-f", "it.yaml"]);
            command
        })
    }

    /// The same by a command, which is made from a directory and the manifest.
    pub(super) fn start_as(
        mut services: Value,
        command: impl FnOnce(&Path, &str) -> Command,
    ) -> Session {
        let directory = scratch();
        let pipe = directory.path().join("events");
        assert_eq!(run(Command::new("mkfifo").arg(&pipe)).code, Some(0));
        for (name, service) in services.as_object_mut().unwrap() {
            service["environment"]["PIPE"] = json!(pipe.to_str().unwrap());
            if let Some(word) = service["exec"]["command"].get_mut(3) {
                *word = json!(name);
            }
        }
        let manifest = json!({ "services": services }).to_string();
        // Open for both, so that it never ends and opening it waits for nobody.
        let open = || OpenOptions::new().read(true).write(true).open(&pipe).unwrap();
        let reader = BufReader::new(open());
        let (sender, events) = channel();
        std::thread::spawn(move || {
            for line in reader.lines() {
                if sender.send(line.unwrap()).is_err() {
                    return;
                }
            }
        });
        let mut command = command(directory.path(), &manifest);
        let output = || File::create(directory.path().join("output")).unwrap();
        let child = command.stdin(Stdio::null()).stdout(output()).stderr(output()).spawn().unwrap();
        Session { child, directory, events, _pipe: open() }
    }

    /// The next thing that happens, without the number of a process, which is returned beside it.
    pub(super) fn next(&self) -> (String, Option<u32>) {
        let event = self.events.recv_timeout(PATIENCE).unwrap_or_else(|_| {
            let output = std::fs::read_to_string(self.directory.path().join("output")).unwrap();
            panic!("nothing happens any more\n{output}")
        });
        let words: Vec<&str> = event.split(' ').collect();
        let id = words.get(2).map(|it| it.parse().unwrap());
        (words[..2].join(" "), id)
    }

    /// The next things that happen, sorted, because nothing says which of them comes first.
    pub(super) fn next_some(&self, count: usize) -> Vec<String> {
        let mut events: Vec<String> = (0..count).map(|_| self.next().0).collect();
        events.sort();
        events
    }

    /// Asks it to end, and waits until it has.
    pub(super) fn stop(mut self) {
        let id = self.child.id().to_string();
        assert_eq!(run(Command::new("kill").args(["-TERM", &id])).code, Some(0));
        self.child.wait().unwrap();
    }

    /// Waits until it ends by itself.
    pub(super) fn wait(mut self) {
        assert!(self.child.wait().unwrap().success());
    }
}

impl Drop for Session {
    /// Leaves nothing behind when a test fails: its processes end with it.
    fn drop(&mut self) {
        if self.child.try_wait().is_ok_and(|it| it.is_none()) {
            let id = self.child.id().to_string();
            run(Command::new("kill").args(["-TERM", &id]));
            let _ = self.child.wait();
        }
    }
}

/// A service of a stand-in with more keys.
pub(super) fn service(exec: Value, more: Value) -> Value {
    let mut service = more;
    service["exec"] = exec;
    service["restart"]["delay"] = json!("1s");
    if service["activation"]["on"] == "once" {
        service.as_object_mut().unwrap().remove("restart");
    }
    service
}

/// Its readiness is that the file is there.
pub(super) fn ready_with(path: &Path) -> Value {
    json!({ "exec": ["/usr/bin/test", "-e", path.to_str().unwrap()] })
}
