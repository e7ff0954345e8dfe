//! The units of a service on a running host.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use crate::error::Error;
use crate::kernel;
use crate::plan::address::connectable;
use crate::plan::service::{Service, Workload};
use crate::systemctl::{self, Ended, Systemctl, listening};

/// How long one look at systemd is from the next.
pub(super) const TURN: Duration = Duration::from_millis(20);

/// How long a stop may take: systemd itself kills what takes longer (`TimeoutStopSec=`, 90 s unless said otherwise).
const UNTIL_KILLED: Duration = Duration::from_secs(100);

/// What came of killing a daemon.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Killed {
    Noticed,
    /// systemd did not notice in the time that there was.
    Unnoticed,
    /// It was not running.
    Asleep,
}

/// The units of a service.
pub(super) struct Units<'a> {
    systemctl: &'a Systemctl,
    service: &'a Service,
    /// The unit that faces the user, behind the socket if there is one.
    front: String,
    /// The unit of the process or container itself.
    pub(super) daemon: String,
}

/// What systemd says of a unit.
#[derive(Debug, Clone)]
pub(super) struct State {
    pub(super) load: String,
    pub(super) active: String,
    /// Another one for each start of the unit.
    pub(super) invocation: String,
    pub(super) wanted_by: String,
    pub(super) bound: String,
    pub(super) result: String,
    /// Where a socket listens.
    listens: Option<SocketAddr>,
    main_process: String,
}

impl State {
    /// Where a socket is to be called.
    pub(super) fn address(&self) -> Option<SocketAddr> {
        self.listens.map(called)
    }

    /// What a socket is in, and who has its port if it is down for that.
    pub(super) fn down(&self) -> String {
        let holder = self.listens.and_then(|it| kernel::holder(it).ok()?);
        match holder {
            Some(holder) => format!("{}; its port is held by {holder}", self.active),
            None => self.active.clone(),
        }
    }
}

impl<'a> Units<'a> {
    pub(super) fn of(systemctl: &'a Systemctl, service: &'a Service) -> Units<'a> {
        let front = format!("{}.service", service.name);
        let daemon = if service.activation.is_proxied() {
            format!("{}-backend.service", service.name)
        } else {
            front.clone()
        };
        Units { systemctl, service, front, daemon }
    }

    pub(super) fn socket(&self) -> Result<State, Error> {
        self.state(&format!("{}.socket", self.service.name))
    }

    pub(super) fn timer(&self) -> Result<State, Error> {
        self.state(&format!("{}.timer", self.service.name))
    }

    pub(super) fn daemon(&self) -> Result<State, Error> {
        self.state(&self.daemon)
    }

    fn state(&self, unit: &str) -> Result<State, Error> {
        const NAMES: &[&str] = &[
            "LoadState",
            "ActiveState",
            "InvocationID",
            "WantedBy",
            "BindsTo",
            "Result",
            "Listen",
            "MainPID",
        ];
        let properties = self.systemctl.properties(&[unit.to_owned()], NAMES)?;
        let properties = properties.into_iter().next().unwrap_or_default();
        let mut values = properties.into_iter();
        let mut next = || values.next().unwrap_or_default();
        Ok(State {
            load: next(),
            active: next(),
            invocation: next(),
            wanted_by: next(),
            bound: next(),
            result: next(),
            listens: listening(&next()),
            main_process: next(),
        })
    }

    /// Which run of the daemon it is; each start is another one.
    pub(super) fn run(&self) -> Result<(String, String), Error> {
        let State { invocation, main_process, .. } = self.daemon()?;
        Ok((invocation, main_process))
    }

    /// Whether the service runs, or a proxy in front of it.
    pub(super) fn is_up(&self) -> Result<bool, Error> {
        let is_down = |it: State| ["inactive", "failed"].contains(&it.active.as_str());
        Ok(!is_down(self.daemon()?) || !is_down(self.state(&self.front)?))
    }

    /// Stops the daemon as an administrator does.
    pub(super) fn stop(&self) -> Result<(), Error> {
        self.end(&self.daemon)
    }

    /// Stops what stands in front of the daemon and then the daemon, and forgets that either has failed.
    ///
    /// One after the other: a backend that stops stops its proxy, which cancels a job that does so already.
    pub(super) fn sleep(&self) -> Result<(), Error> {
        for unit in [&self.front, &self.daemon] {
            self.end(unit)?;
            if self.state(unit)?.active == "failed" {
                self.systemctl.run("reset-failed", std::slice::from_ref(unit), UNTIL_KILLED)?;
            }
        }
        Ok(())
    }

    /// Stops a unit; a connection that nobody took may start another run of it at once.
    fn end(&self, unit: &String) -> Result<(), Error> {
        let before = self.state(unit)?;
        let ended = self.systemctl.run("stop", std::slice::from_ref(unit), UNTIL_KILLED)?;
        let why = match ended {
            Ended::Well => return Ok(()),
            Ended::Badly(why) => why,
            Ended::Late => format!("it takes longer than {} s", UNTIL_KILLED.as_secs()),
        };
        let after = self.state(unit)?;
        if after.active != "active" || after.invocation != before.invocation {
            return Ok(());
        }
        Err(Error::new(
            format!("`systemctl stop {unit}` failed: {why}"),
            "verify the system's services as root, or an account's with `--user`",
        ))
    }

    /// Starts the service; whether it has started is found out by asking for it.
    pub(super) fn start(&self, limit: Duration) -> Result<(), Error> {
        self.systemctl.run("start", std::slice::from_ref(&self.front), limit).map(drop)
    }

    /// Kills the daemon itself, and waits until systemd has noticed.
    ///
    /// Behind a proxy that is only when the proxy has ended, too: until then requests reach the dead daemon.
    pub(super) fn kill(&self, engine: &str, limit: Duration) -> Result<Killed, Error> {
        let proxy = |it: &Units<'_>| it.state(&it.front).map(|state| state.invocation);
        let (daemon, before) = (self.run()?, proxy(self)?);
        if let Err(error) = self.kill_now(engine, limit) {
            // An idle one may have ended in this moment.
            return if self.is_running(&self.daemon)? { Err(error) } else { Ok(Killed::Asleep) };
        }
        let began = Instant::now();
        while began.elapsed() < limit {
            let is_noticed = if self.service.activation.is_proxied() {
                proxy(self)? != before || !self.is_running(&self.front)?
            } else {
                self.run()? != daemon || !self.is_running(&self.daemon)?
            };
            if is_noticed {
                return Ok(Killed::Noticed);
            }
            std::thread::sleep(TURN);
        }
        Ok(Killed::Unnoticed)
    }

    fn kill_now(&self, engine: &str, limit: Duration) -> Result<(), Error> {
        if let Workload::Process(_) = self.service.workload {
            return self.systemctl.kill(&self.daemon);
        }
        let words = [engine, "kill", "--signal", "KILL", self.service.name.as_str()];
        let why = match systemctl::prepare(&words.map(str::to_owned), limit)? {
            Ended::Well => return Ok(()),
            Ended::Badly(why) => why,
            Ended::Late => format!("it takes longer than {} s", limit.as_secs()),
        };
        let message = format!("`{}` failed: {why}", words.join(" "));
        Err(Error::new(message, "see why, and try again"))
    }

    fn is_running(&self, unit: &str) -> Result<bool, Error> {
        Ok(self.state(unit)?.active == "active")
    }

    /// Waits until the daemon is up; false when it is not in time.
    pub(super) fn wait_until_up(&self, limit: Duration) -> Result<bool, Error> {
        let began = Instant::now();
        while began.elapsed() < limit {
            if self.is_running(&self.daemon)? {
                return Ok(true);
            }
            std::thread::sleep(TURN);
        }
        Ok(false)
    }
}

/// Where to call a socket that listens there.
fn called(listening: SocketAddr) -> SocketAddr {
    (connectable(listening.ip()), listening.port()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_socket_is_called_where_it_listens() {
        let shown = |text: &str| listening(text).map(|it| called(it).to_string());
        assert_eq!(shown("127.0.0.1:80 (Stream)").as_deref(), Some("127.0.0.1:80"));
        assert_eq!(shown("0.0.0.0:80 (Stream)").as_deref(), Some("127.0.0.1:80"));
        assert_eq!(shown("[::]:80 (Stream)").as_deref(), Some("[::1]:80"));
        assert_eq!(shown("/run/x (Stream)"), None);
        assert_eq!(shown(""), None);
    }
}
