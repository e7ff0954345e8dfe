//! Whether services of a running host do what they are for: each is put into every state in which a request may
//! find it, and asked.
//!
//! What slept before sleeps afterwards, and what ran runs.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crate::error::Error;
use crate::plan::activation::{Activation, Handoff, Listener, Proxy};
use crate::plan::address::connectable;
use crate::plan::restart::RestartPolicy;
use crate::plan::service::{Service, Workload};
use crate::systemctl::Systemctl;

use self::request::{Request, get};
use self::units::{Killed, Units};

mod request;
mod units;

/// How services are verified.
#[derive(Debug)]
pub struct Manner<'a> {
    pub systemctl: &'a Systemctl,
    /// The program that runs containers.
    pub engine: &'static str,
    /// What is asked for, `/`.
    pub path: &'a str,
    /// How long anything may take.
    pub limit: Duration,
    /// Set as soon as somebody wants to end it.
    pub interrupted: &'a AtomicBool,
}

/// A state, what was asked in it, and what came of it.
#[derive(Debug)]
pub struct Row {
    pub service: String,
    pub state: &'static str,
    pub request: &'static str,
    pub expected: &'static str,
    pub got: String,
    pub time: Option<Duration>,
    pub verdict: Verdict,
}

/// What a row says of its service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    AsExpected,
    Different,
    /// It could not be found out in the time that there is.
    Open,
}

/// Verifies a service, and puts it back into the state in which it was.
pub fn verify(manner: &Manner<'_>, service: &Service) -> Result<Vec<Row>, Error> {
    let mut run =
        Run { manner, service, units: Units::of(manner.systemctl, service), rows: Vec::new() };
    match &service.activation {
        Activation::Socket(listener) => run.sleeping(listener)?,
        Activation::Boot => run.standing()?,
        Activation::Manual => run.started_by_hand()?,
        Activation::Once => run.done_once()?,
        Activation::Schedule(_) => run.scheduled()?,
    }
    Ok(run.rows)
}

struct Run<'a> {
    manner: &'a Manner<'a>,
    service: &'a Service,
    units: Units<'a>,
    rows: Vec<Row>,
}

impl Run<'_> {
    /// A service that a request wakes.
    fn sleeping(&mut self, listener: &Listener) -> Result<(), Error> {
        let socket = self.units.socket()?;
        if !self.is_installed(&socket.load, "socket listens")? {
            return Ok(());
        }
        self.say(
            "at the boot",
            "none",
            "listens",
            if socket.wanted_by.is_empty() {
                (format!("nothing starts {}.socket", self.service.name), Verdict::Different)
            } else {
                (format!("wanted by {}", socket.wanted_by), Verdict::AsExpected)
            },
        );
        let Some(port) = socket.address().filter(|_| socket.active == "active") else {
            let got = format!("{}.socket is {}", self.service.name, socket.down());
            self.say("now", "none", "listens", (got, Verdict::Different));
            return Ok(());
        };
        let ran = self.units.is_up()?;
        let asked = self.wake(port, listener);
        // Whatever came of it, it is put back.
        let back = if ran { self.units.start(self.manner.limit) } else { self.units.sleep() };
        asked?;
        back?;
        let after = self.units.socket()?;
        let stayed = after.active == "active" && after.invocation == socket.invocation;
        self.say(
            "at any moment",
            "none",
            "the socket is up",
            if stayed {
                ("it was up all the time".to_owned(), Verdict::AsExpected)
            } else {
                (format!("it is {} and was down for a while", after.active), Verdict::Different)
            },
        );
        Ok(())
    }

    /// Asks in every state; nothing more is asked when the service does not wake at all.
    fn wake(&mut self, port: SocketAddr, listener: &Listener) -> Result<(), Error> {
        self.units.sleep()?;
        let cold = self.ask("cold: only the socket is up", port, "answered");
        if !cold.answer.is_answer() || self.is_interrupted() {
            return Ok(());
        }
        let is_slow = |it: &Request| it.time * 10 > cold.time && it.time > NOISE;
        let (warm, stays) = self.warm(port, is_slow)?;
        let slow = is_slow(&warm);
        let verdict = match (warm.answer.is_answer(), stays, slow) {
            (true, true, false) => Verdict::AsExpected,
            (_, _, _) => Verdict::Different,
        };
        let got = match (stays, slow) {
            (false, _) => format!("{}, by another run of it", warm.answer),
            (true, true) => format!("{}, as slowly as cold", warm.answer),
            (true, false) => warm.answer.to_string(),
        };
        self.push("warm", "GET", "answered, 10 times faster", got, Some(warm.time), verdict);
        self.units.stop()?;
        self.ask("stopped by hand", port, "answered");
        if self.is_interrupted() {
            return Ok(());
        }
        match self.kill_awake(port)? {
            Killed::Noticed => {
                self.ask("killed", port, "answered");
            }
            Killed::Unnoticed | Killed::Asleep => {
                let got = "systemd did not notice".to_owned();
                self.say("killed", "GET", "answered", (got, Verdict::Different));
            }
        }
        if self.is_interrupted() {
            return Ok(());
        }
        match &listener.handoff {
            Handoff::Fd => {
                let got = "not asked: only the program knows when it is idle".to_owned();
                self.say("idle", "none", "asleep", (got, Verdict::Open));
            }
            Handoff::Proxy(Proxy { idle_timeout, start_timeout: _ }) => {
                self.idle(idle_timeout.to_std())?;
            }
        }
        Ok(())
    }

    /// Asks a service that is awake, and tells whether it is still the same run of it.
    ///
    /// One that sleeps soon may do so just before it is asked, and a busy host may be slow, but not each time.
    fn warm(
        &self,
        port: SocketAddr,
        is_slow: impl Fn(&Request) -> bool,
    ) -> Result<(Request, bool), Error> {
        let ask = || get(port, self.manner.path, self.manner.limit);
        let mut tries = 0;
        loop {
            ask();
            let before = self.units.run()?;
            let warm = ask();
            let stays = self.units.run()? == before;
            tries += 1;
            if (stays && !is_slow(&warm)) || tries == TRIES || self.is_interrupted() {
                return Ok((warm, stays));
            }
        }
    }

    /// Kills a service that is awake, and wakes it if it is not.
    fn kill_awake(&self, port: SocketAddr) -> Result<Killed, Error> {
        for _ in 0..TRIES {
            let killed = self.units.kill(self.manner.engine, self.manner.limit)?;
            if killed != Killed::Asleep {
                return Ok(killed);
            }
            get(port, self.manner.path, self.manner.limit);
        }
        Ok(Killed::Asleep)
    }

    /// Waits until the service sleeps, if that does not take too long.
    fn idle(&mut self, timeout: Duration) -> Result<(), Error> {
        let began = Instant::now();
        if timeout >= self.manner.limit {
            let got = format!("not asked: it takes {} s, see `--limit`", timeout.as_secs());
            self.say("idle", "none", "asleep", (got, Verdict::Open));
            return Ok(());
        }
        while self.units.is_up()? {
            if began.elapsed() > timeout + self.manner.limit || self.is_interrupted() {
                self.say(
                    "idle",
                    "none",
                    "asleep",
                    ("it is still up".to_owned(), Verdict::Different),
                );
                return Ok(());
            }
            std::thread::sleep(units::TURN);
        }
        let time = Some(began.elapsed());
        self.push("idle", "none", "asleep", "asleep".to_owned(), time, Verdict::AsExpected);
        Ok(())
    }

    /// A service that runs from the boot on.
    fn standing(&mut self) -> Result<(), Error> {
        let daemon = self.units.daemon()?;
        if !self.is_installed(&daemon.load, "runs")? {
            return Ok(());
        }
        self.say(
            "at the boot",
            "none",
            "starts",
            if daemon.wanted_by.is_empty() && daemon.bound.is_empty() {
                (format!("nothing starts {}", self.units.daemon), Verdict::Different)
            } else {
                (format!("wanted by {}", daemon.wanted_by), Verdict::AsExpected)
            },
        );
        if daemon.active != "active" {
            self.say(
                "now",
                "none",
                "runs",
                (format!("it is {}", daemon.active), Verdict::Different),
            );
            return Ok(());
        }
        self.answers("now")?;
        let policy = self.service.restart.policy;
        if self.is_interrupted() || matches!(policy, RestartPolicy::No | RestartPolicy::OnSuccess) {
            return Ok(());
        }
        let began = Instant::now();
        if self.units.kill(self.manner.engine, self.manner.limit)? != Killed::Noticed {
            self.say(
                "killed",
                "none",
                "restarted",
                ("systemd did not notice".to_owned(), Verdict::Different),
            );
            return Ok(());
        }
        let is_back = self.units.wait_until_up(self.manner.limit)?;
        let got = if is_back { "restarted" } else { "it does not come back" };
        let verdict = if is_back { Verdict::AsExpected } else { Verdict::Different };
        self.push("killed", "none", "restarted", got.to_owned(), Some(began.elapsed()), verdict);
        if is_back {
            self.answers("restarted")?;
        }
        Ok(())
    }

    /// A service that somebody starts.
    fn started_by_hand(&mut self) -> Result<(), Error> {
        let daemon = self.units.daemon()?;
        if !self.is_installed(&daemon.load, "can be started")? {
            return Ok(());
        }
        let ran = self.units.is_up()?;
        let started = self.units.start(self.manner.limit);
        let up = started.and_then(|()| self.units.wait_until_up(self.manner.limit));
        let answered = match &up {
            Ok(true) => self.answers("started by hand"),
            Ok(false) | Err(_) => Ok(()),
        };
        let back = if ran { Ok(()) } else { self.units.sleep() };
        if !up? {
            self.say(
                "started by hand",
                "none",
                "runs",
                ("it does not start".to_owned(), Verdict::Different),
            );
        }
        answered?;
        back
    }

    /// A job that ran once.
    fn done_once(&mut self) -> Result<(), Error> {
        let daemon = self.units.daemon()?;
        if self.is_installed(&daemon.load, "is done")? {
            let is_done = daemon.active == "active" && daemon.result == "success";
            let verdict = if is_done { Verdict::AsExpected } else { Verdict::Different };
            let got = format!("{}, {}", daemon.active, daemon.result);
            self.say("now", "none", "is done", (got, verdict));
        }
        Ok(())
    }

    /// A job of a timer, which is not run for this: it may do what nobody wants now.
    fn scheduled(&mut self) -> Result<(), Error> {
        let timer = self.units.timer()?;
        if !self.is_installed(&timer.load, "the timer runs")? {
            return Ok(());
        }
        let is_up = timer.active == "active";
        self.say(
            "now",
            "none",
            "the timer runs",
            if is_up {
                ("it runs".to_owned(), Verdict::AsExpected)
            } else {
                (format!("it is {}", timer.active), Verdict::Different)
            },
        );
        let daemon = self.units.daemon()?;
        let has_failed = daemon.active == "failed" || daemon.result != "success";
        self.say(
            "the last run",
            "none",
            "succeeded",
            if has_failed {
                (format!("it ended with: {}", daemon.result), Verdict::Different)
            } else {
                ("no failure".to_owned(), Verdict::AsExpected)
            },
        );
        Ok(())
    }

    /// Asks a service that is up, if it has a port, until it answers: it may just have started.
    fn answers(&mut self, state: &'static str) -> Result<(), Error> {
        let Some(port) = self.port() else {
            self.say(state, "none", "runs", ("it runs".to_owned(), Verdict::AsExpected));
            return Ok(());
        };
        let address = (connectable(self.service.address), port).into();
        let began = Instant::now();
        let mut request = get(address, self.manner.path, self.manner.limit);
        while !request.answer.is_answer()
            && began.elapsed() < self.manner.limit
            && !self.is_interrupted()
        {
            std::thread::sleep(units::TURN);
            request = get(address, self.manner.path, self.manner.limit);
        }
        self.record(state, "answered", request);
        Ok(())
    }

    /// The port on which the service answers over TCP.
    fn port(&self) -> Option<u16> {
        use crate::plan::container::network::{HostPort, Protocol};
        let port = self.service.port?.number;
        match &self.service.workload {
            Workload::Process(_) | Workload::Flake => Some(port),
            Workload::Container(container) => {
                let is_it = container
                    .ports
                    .iter()
                    .any(|it| it.protocol == Protocol::Tcp && matches!(it.host, HostPort::Own(_)));
                is_it.then_some(port)
            }
        }
    }

    fn ask(&mut self, state: &'static str, port: SocketAddr, expected: &'static str) -> Request {
        let request = get(port, self.manner.path, self.manner.limit);
        self.record(state, expected, request.clone());
        request
    }

    fn record(&mut self, state: &'static str, expected: &'static str, request: Request) {
        let verdict =
            if request.answer.is_answer() { Verdict::AsExpected } else { Verdict::Different };
        let Request { answer, time } = request;
        self.push(state, "GET", expected, answer.to_string(), Some(time), verdict);
    }

    /// Whether systemd knows the unit; says so when it does not.
    fn is_installed(&mut self, load: &str, expected: &'static str) -> Result<bool, Error> {
        if load == "loaded" {
            return Ok(true);
        }
        let got = match load {
            "not-found" => {
                "systemd does not know it: install it, and `systemctl daemon-reload`".to_owned()
            }
            other => format!("systemd says: {other}"),
        };
        self.say("now", "none", expected, (got, Verdict::Different));
        Ok(false)
    }

    fn say(
        &mut self,
        state: &'static str,
        request: &'static str,
        expected: &'static str,
        found: (String, Verdict),
    ) {
        self.push(state, request, expected, found.0, None, found.1);
    }

    fn push(
        &mut self,
        state: &'static str,
        request: &'static str,
        expected: &'static str,
        got: String,
        time: Option<Duration>,
        verdict: Verdict,
    ) {
        let service = self.service.name.to_string();
        self.rows.push(Row { service, state, request, expected, got, time, verdict });
    }

    fn is_interrupted(&self) -> bool {
        self.manner.interrupted.load(Ordering::SeqCst)
    }
}

/// How often a service is woken that falls asleep before it is looked at.
const TRIES: usize = 5;

/// What a warm request may take whatever a cold one does: a busy machine is no broken service.
const NOISE: Duration = Duration::from_millis(50);
