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
use crate::plan::service::{PortRole, Service};
use crate::systemctl::Systemctl;

use self::request::{Answer, Request, get};
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

/// What came of a state.
struct Found {
    got: String,
    time: Option<Duration>,
    verdict: Verdict,
}

impl Found {
    fn as_expected(got: impl Into<String>) -> Found {
        Found { got: got.into(), time: None, verdict: Verdict::AsExpected }
    }

    fn different(got: impl Into<String>) -> Found {
        Found { got: got.into(), time: None, verdict: Verdict::Different }
    }

    fn open(got: impl Into<String>) -> Found {
        Found { got: got.into(), time: None, verdict: Verdict::Open }
    }

    /// The same, which took that long.
    fn after(self, time: Duration) -> Found {
        Found { time: Some(time), ..self }
    }
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
                Found::different(format!("nothing starts {}.socket", self.service.name))
            } else {
                Found::as_expected(format!("wanted by {}", socket.wanted_by))
            },
        );
        let Some(port) = socket.address().filter(|_| socket.active == "active") else {
            let got = format!("{}.socket is {}", self.service.name, socket.down());
            self.say("now", "none", "listens", Found::different(got));
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
                Found::as_expected("it was up all the time")
            } else {
                Found::different(format!("it is {} and was down for a while", after.active))
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
        let found = match (stays, slow) {
            (false, _) => Found::different(format!("{}, by another run of it", warm.answer)),
            (true, true) => Found::different(format!("{}, as slowly as cold", warm.answer)),
            (true, false) => answered(&warm.answer),
        };
        self.say("warm", "GET", "answered, 10 times faster", found.after(warm.time));
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
                self.say("killed", "GET", "answered", Found::different("systemd did not notice"));
            }
        }
        if self.is_interrupted() {
            return Ok(());
        }
        match &listener.handoff {
            Handoff::Fd => {
                let got = "not asked: only the program knows when it is idle";
                self.say("idle", "none", "asleep", Found::open(got));
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
            self.say("idle", "none", "asleep", Found::open(got));
            return Ok(());
        }
        while self.units.is_up()? {
            if began.elapsed() > timeout + self.manner.limit || self.is_interrupted() {
                self.say("idle", "none", "asleep", Found::different("it is still up"));
                return Ok(());
            }
            std::thread::sleep(units::TURN);
        }
        let found = Found::as_expected("asleep").after(began.elapsed());
        self.say("idle", "none", "asleep", found);
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
                Found::different(format!("nothing starts {}", self.units.daemon))
            } else {
                Found::as_expected(format!("wanted by {}", daemon.wanted_by))
            },
        );
        if daemon.active != "active" {
            let got = format!("it is {}", daemon.active);
            self.say("now", "none", "runs", Found::different(got));
            return Ok(());
        }
        self.answers("now")?;
        let policy = self.service.restart.policy;
        if self.is_interrupted() || matches!(policy, RestartPolicy::No | RestartPolicy::OnSuccess) {
            return Ok(());
        }
        let began = Instant::now();
        if self.units.kill(self.manner.engine, self.manner.limit)? != Killed::Noticed {
            self.say("killed", "none", "restarted", Found::different("systemd did not notice"));
            return Ok(());
        }
        let is_back = self.units.wait_until_up(self.manner.limit)?;
        let found = if is_back {
            Found::as_expected("restarted")
        } else {
            Found::different("it does not come back")
        };
        self.say("killed", "none", "restarted", found.after(began.elapsed()));
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
            self.say("started by hand", "none", "runs", Found::different("it does not start"));
        }
        answered?;
        back
    }

    /// A job that ran once.
    fn done_once(&mut self) -> Result<(), Error> {
        let daemon = self.units.daemon()?;
        if self.is_installed(&daemon.load, "is done")? {
            let is_done = daemon.active == "active" && daemon.result == "success";
            let got = format!("{}, {}", daemon.active, daemon.result);
            let found = if is_done { Found::as_expected(got) } else { Found::different(got) };
            self.say("now", "none", "is done", found);
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
                Found::as_expected("it runs")
            } else {
                Found::different(format!("it is {}", timer.active))
            },
        );
        let daemon = self.units.daemon()?;
        let has_failed = daemon.active == "failed" || daemon.result != "success";
        self.say(
            "the last run",
            "none",
            "succeeded",
            if has_failed {
                Found::different(format!("it ended with: {}", daemon.result))
            } else {
                Found::as_expected("no failure")
            },
        );
        Ok(())
    }

    /// Asks a service that is up, if it has a port, until it answers: it may just have started.
    fn answers(&mut self, state: &'static str) -> Result<(), Error> {
        let port = self.service.port.filter(|_| self.service.is_reached_at(PortRole::Public));
        let Some(port) = port else {
            self.say(state, "none", "runs", Found::as_expected("it runs"));
            return Ok(());
        };
        let address = (connectable(self.service.address), port.number).into();
        let began = Instant::now();
        let mut request = get(address, self.manner.path, self.manner.limit);
        while !request.answer.is_answer()
            && began.elapsed() < self.manner.limit
            && !self.is_interrupted()
        {
            std::thread::sleep(units::TURN);
            request = get(address, self.manner.path, self.manner.limit);
        }
        self.record(state, "answered", &request);
        Ok(())
    }

    fn ask(&mut self, state: &'static str, port: SocketAddr, expected: &'static str) -> Request {
        let request = get(port, self.manner.path, self.manner.limit);
        self.record(state, expected, &request);
        request
    }

    fn record(&mut self, state: &'static str, expected: &'static str, request: &Request) {
        let Request { answer, time } = request;
        self.say(state, "GET", expected, answered(answer).after(*time));
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
        self.say("now", "none", expected, Found::different(got));
        Ok(false)
    }

    fn say(
        &mut self,
        state: &'static str,
        request: &'static str,
        expected: &'static str,
        found: Found,
    ) {
        let service = self.service.name.to_string();
        let Found { got, time, verdict } = found;
        self.rows.push(Row { service, state, request, expected, got, time, verdict });
    }

    fn is_interrupted(&self) -> bool {
        self.manner.interrupted.load(Ordering::SeqCst)
    }
}

/// An answer is what is expected of a request.
fn answered(answer: &Answer) -> Found {
    let got = answer.to_string();
    if answer.is_answer() { Found::as_expected(got) } else { Found::different(got) }
}

/// How often a service is woken that falls asleep before it is looked at.
const TRIES: usize = 5;

/// What a warm request may take whatever a cold one does: a busy machine is no broken service.
const NOISE: Duration = Duration::from_millis(50);
