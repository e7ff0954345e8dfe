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
            Pattern::Boot | Pattern::Manual | Pattern::Fd => self.entry(),
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
        let pid = if self.is_container() {
            let container = self.daemon().replace(".service", "").replace("-backend", "");
            let inspect = ["podman", "inspect", "--format", "{{.State.Pid}}", &container];
            self.setting.command(&inspect).trim_end().to_owned()
        } else {
            self.setting.property(&self.daemon(), "MainPID")
        };
        self.setting.machine.enter(&["kill", "-KILL", &pid]);
    }

    /// Kills the daemon and waits until its proxy, if it has one, has ended for that.
    ///
    /// Until then requests reach the dead daemon, whatever a unit says.
    pub(crate) fn kill_and_let_it_be_noticed(&self) {
        let proxy = || self.setting.property(&self.entry(), "InvocationID");
        let before = proxy();
        self.kill();
        if self.pattern == Pattern::Proxy {
            wait_until("the proxy has ended with its daemon", || {
                proxy() != before || self.setting.property(&self.entry(), "SubState") == "dead"
            });
        }
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
