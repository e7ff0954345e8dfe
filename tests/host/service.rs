//! A service of a booted host, as its user and as its administrator see it.

use std::sync::{MutexGuard, PoisonError};
use std::time::Duration;

use super::client::{self, Answer, Request};
use super::machine::{LIMIT, wait_until};
use super::setting::Setting;

/// How a service is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pattern {
    Boot,
    Manual,
    Fd,
    Proxy,
    Schedule,
}

/// A service that nobody else uses for the time being.
pub(crate) struct Service<'a> {
    pub(crate) setting: &'a Setting,
    pub(crate) name: String,
    pub(crate) pattern: Pattern,
    _alone: MutexGuard<'a, ()>,
}

impl Setting {
    /// Returns a service of the host as soon as no other test uses it.
    pub(crate) fn service(&self, name: &str) -> Service<'_> {
        let pattern = match name.split('-').nth(1) {
            Some("boot") => Pattern::Boot,
            Some("manual") => Pattern::Manual,
            Some("fd") => Pattern::Fd,
            Some("proxy") => Pattern::Proxy,
            Some("schedule") => Pattern::Schedule,
            _ => panic!("`{name}` does not say its pattern"),
        };
        // What another test has left behind when it failed is no reason to fail as well.
        let alone = self.alone(name).lock().unwrap_or_else(PoisonError::into_inner);
        Service { setting: self, name: name.to_owned(), pattern, _alone: alone }
    }
}

impl Service<'_> {
    /// Whether it is a container.
    pub(crate) fn is_container(&self) -> bool {
        !self.name.starts_with("process-")
    }

    /// The unit that faces the user.
    pub(crate) fn entry(&self) -> String {
        format!("{}.service", self.name)
    }

    /// The unit of the daemon itself.
    pub(crate) fn daemon(&self) -> String {
        match self.pattern {
            Pattern::Proxy => format!("{}-backend.service", self.name),
            Pattern::Boot | Pattern::Manual | Pattern::Fd | Pattern::Schedule => self.entry(),
        }
    }

    /// The port under which users know it.
    pub(crate) fn port(&self) -> u16 {
        self.setting.port(&self.name)
    }

    /// Asks which run of the daemon answers.
    pub(crate) fn get(&self) -> Request {
        let port = self.port();
        self.setting.machine.within(|| client::get(port, "/", LIMIT))
    }

    /// Whether it answers at all.
    ///
    /// With a limit of its own: a request to a container that has just died may hang for a minute,
    /// because the kernel goes on forwarding it to where the container was.
    pub(crate) fn is_up(&self) -> bool {
        let port = self.port();
        let limit = Duration::from_secs(1);
        self.setting.machine.within(|| client::get(port, "/", limit)).answer.is_ok()
    }

    /// Asks which run of the daemon answers, and one must.
    pub(crate) fn run(&self) -> String {
        match self.get().answer {
            Answer::Ok(run) => run,
            other @ (Answer::Refused | Answer::Lost(_) | Answer::Silence) => {
                self.fail(&format!("a request ends as {other:?}"))
            }
        }
    }

    /// Ends the test with what the host says of the service.
    pub(crate) fn fail(&self, why: &str) -> ! {
        panic!("`{}`: {why}\n{}", self.name, self.setting.journal(&self.name))
    }

    /// Asserts that something holds, or shows what the host says of the service.
    pub(crate) fn assert(&self, holds: bool, why: &str) {
        if !holds {
            self.fail(why);
        }
    }

    /// Stops the daemon as an administrator does.
    pub(crate) fn stop(&self) {
        self.setting.systemctl(&["stop", &self.daemon()]);
    }

    /// Kills the daemon itself, and nothing of what looks after it.
    pub(crate) fn kill(&self) {
        // One that has just ended, because it was idle, is woken first.
        wait_until("the daemon is killed", || {
            self.run();
            let pid = if self.is_container() {
                self.of_container("{{.State.Pid}}")
            } else {
                self.setting.property(&self.daemon(), "MainPID")
            };
            pid != "0" && self.setting.machine.try_enter(&["kill", "-KILL", &pid]).code == Some(0)
        });
    }

    /// Kills the daemon and waits until its proxy, if it has one, has ended for that.
    ///
    /// Until then requests reach the dead daemon, whatever a unit says.
    pub(crate) fn kill_and_let_it_be_noticed(&self) {
        self.let_it_be_noticed(|| self.kill());
    }

    fn let_it_be_noticed(&self, kill: impl FnOnce()) {
        let proxy = || self.setting.property(&self.entry(), "InvocationID");
        let before = proxy();
        kill();
        if self.pattern == Pattern::Proxy {
            wait_until("the proxy has ended with its daemon", || {
                proxy() != before || self.setting.property(&self.entry(), "SubState") == "dead"
            });
        }
    }

    /// Kills what looks after the container, and waits until it has a successor.
    ///
    /// Until then the container goes on answering, and is ended at some time.
    pub(crate) fn kill_conmon_and_let_it_be_noticed(&self) {
        let run = || self.setting.property(&self.daemon(), "InvocationID");
        let before = run();
        wait_until("conmon is killed", || {
            self.run();
            let conmon = self.of_container("{{.State.ConmonPid}}");
            self.setting.machine.try_enter(&["kill", "-KILL", &conmon]).code == Some(0)
        });
        wait_until("the container is run anew", || run() != before);
    }

    /// Whether somebody looks for the container of the service in the place of conmon.
    pub(crate) fn is_watched(&self) -> bool {
        self.run();
        let conmon = self.of_container("{{.State.ConmonPid}}");
        !conmon.is_empty() && self.setting.property(&self.daemon(), "MainPID") != conmon
    }

    /// What podman says of the container of the service; nothing when there is none.
    fn of_container(&self, format: &str) -> String {
        let inspect = ["podman", "inspect", "--format", format, &self.name];
        self.setting.try_command(&inspect).stdout.trim_end().to_owned()
    }

    /// Kills the process by which systemd knows a unit.
    pub(crate) fn kill_main_process(&self, unit: &str) {
        self.setting.systemctl(&["kill", "--signal=KILL", "--kill-whom=main", unit]);
    }

    /// Puts a file in the directory that the daemon looks at.
    pub(crate) fn control(&self, file: &str) {
        self.setting.machine.write(&format!("/srv/{}/{file}", self.name), "");
    }

    /// Takes a file away again.
    pub(crate) fn heal(&self, file: &str) {
        let file = self.setting.machine.file(&format!("/srv/{}/{file}", self.name));
        std::fs::remove_file(file).unwrap();
    }

    /// How often the daemon was started.
    pub(crate) fn starts(&self) -> usize {
        let file = self.setting.machine.file(&format!("/srv/{}/starts", self.name));
        std::fs::read_to_string(file).map_or(0, |it| it.lines().count())
    }

    /// Whether neither the daemon nor a proxy runs.
    pub(crate) fn is_asleep(&self) -> bool {
        let is_inactive = |unit: &str| self.setting.property(unit, "ActiveState") == "inactive";
        is_inactive(&self.daemon()) && is_inactive(&self.entry())
    }

    /// What the socket is in, and since which start: unless it changes, the port never was dead.
    pub(crate) fn socket(&self) -> String {
        let socket = format!("{}.socket", self.name);
        let state = self.setting.property(&socket, "ActiveState");
        self.assert(state == "active", &format!("the socket is {state}"));
        self.setting.property(&socket, "InvocationID")
    }
}
