//! Runs systemctl, and what prepares a host for its units.
//!
//! systemctl and not the bus behind it: it asks for one list and a few jobs in each run, and an administrator
//! can type what it does.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::os::fd::OwnedFd;
use std::process::{Command, Output, Stdio};
use std::sync::{Arc, OnceLock, mpsc};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};

use crate::apply::place::Manager;
use crate::apply::status::{Unit, Units};
use crate::apply::unit::{Active, State, States};
use crate::error::Error;

/// A manager of systemd that runs.
#[derive(Debug, Clone)]
pub struct Systemctl {
    /// The runtime directory of the account whose manager it is; `None` is the system's.
    runtime: Option<String>,
    /// What a job holds until it is done, even where who asked for it is killed.
    held: OnceLock<Arc<OwnedFd>>,
}

/// How a command ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ended {
    Well,
    /// With another status than 0, and what it said.
    Badly(String),
    /// Not within the time that it had.
    Late,
}

impl Ended {
    /// Why it did not end well; `None` when it did.
    pub fn trouble(&self) -> Option<&str> {
        match self {
            Ended::Well => None,
            Ended::Badly(why) => Some(why),
            Ended::Late => Some("it takes too long"),
        }
    }
}

/// A unit that did not become what it was started for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failing {
    pub unit: String,
    /// `failed`, `activating`, with what kind of it.
    pub state: String,
    /// Why, in systemd's word.
    pub result: String,
}

impl Systemctl {
    /// Returns the manager, or `None` when it does not run.
    pub fn find(manager: &Manager) -> Option<Systemctl> {
        match manager {
            // sd_booted(3)
            Manager::System => {
                let runs = std::path::Path::new("/run/systemd/system").is_dir();
                runs.then_some(Systemctl { runtime: None, held: OnceLock::new() })
            }
            Manager::Account { home: _ } => {
                let runtime = std::env::var("XDG_RUNTIME_DIR").unwrap_or_else(|_| {
                    format!("/run/user/{}", rustix::process::geteuid().as_raw())
                });
                let socket = std::path::Path::new(&runtime).join("systemd/private");
                let found = Systemctl { runtime: Some(runtime), held: OnceLock::new() };
                socket.exists().then_some(found)
            }
        }
    }

    /// Lets every job hold a file, and with it the lock on that file.
    ///
    /// The second file is not held: a process has one lock.
    pub fn hold(&self, lock: OwnedFd) {
        self.held.get_or_init(|| Arc::new(lock));
    }

    /// Returns what every unit does that the manager has loaded.
    pub fn states(&self) -> Result<States, Error> {
        let text =
            self.ask(&["list-units", "--all", "--full", "--plain", "--no-legend", "--no-pager"])?;
        // UNIT LOAD ACTIVE SUB DESCRIPTION
        let states = text.lines().filter_map(|line| {
            let mut columns = line.split_whitespace();
            let (unit, load) = (columns.next()?, columns.next()?);
            let (active, sub) = (columns.next()?, columns.next()?);
            let runs = active == "active";
            let active = match active {
                // What stops may be about to start again, of which only its job knows.
                "active" | "reloading" | "refreshing" | "activating" | "deactivating" => Active::Up,
                "failed" => Active::Failed,
                _ => Active::Down,
            };
            Some((
                unit.to_owned(),
                State { active, runs, sub: sub.to_owned(), is_masked: load == "masked" },
            ))
        });
        Ok(states.collect())
    }

    /// Reads all unit files again.
    pub fn reload_manager(&self) -> Result<(), Error> {
        self.ask(&["daemon-reload"]).map(drop)
    }

    /// Runs a verb on units and waits until it is done, for as long as they have.
    pub fn run(&self, verb: &str, units: &[String], limit: Duration) -> Result<Ended, Error> {
        if units.is_empty() {
            return Ok(Ended::Well);
        }
        let mut command = self.command(&[verb, "--"]);
        command.args(units);
        if let Some(held) = self.held.get() {
            // systemctl reads nothing, so this is but a way to give it the file.
            let held = held.try_clone().map_err(|error| cannot_run("systemctl", error))?;
            command.stdin(held);
        }
        ended(command, limit)
    }

    /// Returns those of the units that are not what they were started for.
    pub fn failing(&self, units: &[String]) -> Result<Vec<Failing>, Error> {
        if units.is_empty() {
            return Ok(Vec::new());
        }
        // `show` takes milliseconds for each unit, and a list of all of them no more than for a few.
        let running = self.states()?;
        let is_running = |it: &String| running.get(it).is_some_and(|it| it.runs);
        let units: Vec<String> = units.iter().filter(|it| !is_running(it)).cloned().collect();
        let properties = self.properties(&units, &["ActiveState", "SubState", "Result"])?;
        let failing = units.iter().zip(properties).filter_map(|(unit, properties)| {
            let [active, sub, result] = &properties[..] else { return None };
            let is_well = match active.as_str() {
                "active" | "reloading" | "refreshing" => true,
                // What has done its work, or what its socket waits for.
                "inactive" => result == "success",
                _ => false,
            };
            (!is_well).then(|| Failing {
                unit: unit.clone(),
                state: format!("{active} ({sub})"),
                result: result.clone(),
            })
        });
        Ok(failing.collect())
    }

    /// Removes the directories that the manager has made for a stopped unit.
    pub fn clean(&self, unit: &str, limit: Duration) -> Result<Ended, Error> {
        ended(self.command(&["clean", "--what=all", "--", unit]), limit)
    }

    /// Returns what the units are doing, by their names.
    pub fn units(&self, units: &[String]) -> Result<Units, Error> {
        let names = ["LoadState", "ActiveState", "SubState", "Result", "StateChangeTimestamp"];
        let timers = if units.iter().any(|it| it.ends_with(".timer")) {
            self.timers()?
        } else {
            BTreeMap::new()
        };
        let all = units.iter().zip(self.properties(units, &names)?);
        let all = all.filter_map(|(name, properties)| {
            let [load, active, sub, result, since]: [String; 5] = properties.try_into().ok()?;
            let since = since.strip_prefix('@').and_then(|it| it.parse().ok());
            let next = timers.get(name).copied();
            Some((name.clone(), Unit { load, active, sub, result, since, next }))
        });
        Ok(all.collect())
    }

    /// When each timer elapses next, in seconds since 1970; `show` tells it in words only.
    fn timers(&self) -> Result<BTreeMap<String, u64>, Error> {
        let text = self.ask(&["list-timers", "--all", "--output=json"])?;
        let timers: serde_json::Value = serde_json::from_str(&text).unwrap_or_default();
        let timers = timers.as_array().into_iter().flatten().filter_map(|timer| {
            let next = timer.get("next")?.as_u64().filter(|it| *it > 0)?;
            Some((timer.get("unit")?.as_str()?.to_owned(), next / 1_000_000))
        });
        Ok(timers.collect())
    }

    /// Returns properties of units in the order in which they are asked for.
    pub fn properties(&self, units: &[String], names: &[&str]) -> Result<Vec<Vec<String>>, Error> {
        if units.is_empty() {
            return Ok(Vec::new());
        }
        let property = format!("--property={}", names.join(","));
        let mut arguments = vec!["show", "--timestamp=unix", &property, "--"];
        arguments.extend(units.iter().map(String::as_str));
        let text = self.ask(&arguments)?;
        let blocks = text.split("\n\n").map(|block| {
            let values: BTreeMap<&str, &str> =
                block.lines().filter_map(|it| it.split_once('=')).collect();
            names.iter().map(|it| values.get(it).copied().unwrap_or_default().to_owned()).collect()
        });
        Ok(blocks.collect())
    }

    /// Returns for each of the units those that systemd stops or restarts with it (systemd.unit(5)).
    ///
    /// It takes milliseconds for each unit.
    pub fn dependants(&self, units: &[String]) -> Result<BTreeMap<String, Vec<String>>, Error> {
        // The other ends of `Requires=`, `Requisite=`, `BindsTo=`, `PartOf=` and `StopPropagatedFrom=`.
        let names = ["RequiredBy", "RequisiteOf", "BoundBy", "ConsistsOf", "PropagatesStopTo"];
        let all = units.iter().cloned().zip(self.properties(units, &names)?);
        Ok(all.map(|(unit, properties)| (unit, words(&properties))).collect())
    }

    /// The same, asked of those that may be dependants.
    pub fn dependants_among(
        &self,
        units: &[String],
    ) -> Result<BTreeMap<String, Vec<String>>, Error> {
        let names = ["Requires", "Requisite", "BindsTo", "PartOf", "StopPropagatedFrom"];
        let mut dependants: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (unit, properties) in units.iter().zip(self.properties(units, &names)?) {
            for cause in words(&properties) {
                dependants.entry(cause).or_default().push(unit.clone());
            }
        }
        Ok(dependants)
    }

    /// Returns where a socket listens, or should; `None` for one of another kind than TCP.
    pub fn address(&self, socket: &str) -> Result<Option<SocketAddr>, Error> {
        let properties = self.properties(&[socket.to_owned()], &["Listen"])?;
        Ok(properties.iter().flatten().next().and_then(|it| listening(it)))
    }

    /// Kills the main process of a unit.
    pub fn kill(&self, unit: &str) -> Result<(), Error> {
        self.ask(&["kill", "--kill-who=main", "--signal=KILL", unit]).map(drop)
    }

    /// The newest lines of what a unit has said.
    pub fn journal(&self, unit: &str, lines: usize) -> String {
        let mut command = Command::new("journalctl");
        command.args(["--no-pager", "--output=cat", "--boot"]);
        command.arg(format!("--lines={lines}"));
        match &self.runtime {
            None => command.arg(format!("--unit={unit}")),
            Some(_) => command.arg(format!("--user-unit={unit}")),
        };
        let output = command.stdin(Stdio::null()).output();
        output.map(|it| String::from_utf8_lossy(&it.stdout).into_owned()).unwrap_or_default()
    }

    fn ask(&self, arguments: &[&str]) -> Result<String, Error> {
        let mut command = self.command(arguments);
        let output = command.output().map_err(|error| cannot_run("systemctl", error))?;
        if !output.status.success() {
            let why = said(&output);
            let message = format!("`systemctl {}` failed: {why}", arguments.join(" "));
            return Err(Error::new(message, "see why systemd refuses it, and try again"));
        }
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new("systemctl");
        // Nobody is there to be asked for a password.
        command.args(["--no-ask-password", "--quiet"]).stdin(Stdio::null());
        match &self.runtime {
            None => command.arg("--system"),
            Some(runtime) => command.arg("--user").env("XDG_RUNTIME_DIR", runtime),
        };
        command.args(arguments).env("LC_ALL", "C.UTF-8").env("SYSTEMD_COLORS", "0");
        command
    }
}

/// The units that properties list.
fn words(properties: &[String]) -> Vec<String> {
    properties.iter().flat_map(|it| it.split_whitespace()).map(str::to_owned).collect()
}

/// Where a socket listens that `Listen=` of systemctl shows as `127.0.0.1:80 (Stream)`.
pub fn listening(text: &str) -> Option<SocketAddr> {
    text.strip_suffix(" (Stream)")?.parse().ok()
}

/// Runs a program of the host that prepares something.
pub fn prepare(words: &[String], limit: Duration) -> Result<Ended, Error> {
    let (program, arguments) = words.split_first().expect("a command has a program");
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::null());
    ended(command, limit)
}

/// Waits until a command has ended, and ends it when it is late.
fn ended(mut command: Command, limit: Duration) -> Result<Ended, Error> {
    let program = command.get_program().to_string_lossy().into_owned();
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let child = command.spawn().map_err(|error| cannot_run(&program, error))?;
    let process = Pid::from_child(&child);
    let (sender, receiver) = mpsc::channel();
    let waiting = std::thread::spawn(move || {
        // Who is late is not waited for by anybody.
        let _ = sender.send(child.wait_with_output());
    });
    let output = match receiver.recv_timeout(limit) {
        Ok(output) => output.map_err(|error| cannot_run(&program, error))?,
        Err(_) => {
            // It may have ended just now.
            let _ = kill_process(process, Signal::TERM);
            let _ = waiting.join();
            return Ok(Ended::Late);
        }
    };
    if output.status.success() { Ok(Ended::Well) } else { Ok(Ended::Badly(said(&output))) }
}

/// What a command said, on one line each.
fn said(output: &Output) -> String {
    let text = String::from_utf8_lossy(&output.stderr);
    let text = text.trim();
    if text.is_empty() { output.status.to_string() } else { text.to_owned() }
}

fn cannot_run(program: &str, error: std::io::Error) -> Error {
    Error::io("run", std::path::Path::new(program), error)
}
