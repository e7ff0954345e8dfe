//! Services as processes of process-compose, and what of them it cannot do.
//!
//! Made from the plan and not from units: what it holds is what is meant, and every part of a service is
//! either a key of process-compose, a gap, or harmless to leave out.
//!
//! Invariant: no text; quoting and layout happen in `syntax`.

use std::collections::{BTreeMap, BTreeSet};

use crate::plan::activation::{Activation, Handoff};
use crate::plan::expose::Expose;
use crate::plan::group::Start as GroupStart;
use crate::plan::hardening::Profile;
use crate::plan::limits::Limits;
use crate::plan::name::{FlakeService, ServiceName, VariableName};
use crate::plan::process::{self, Account, Lifetime};
use crate::plan::provision::{Presence, Provision, Secret};
use crate::plan::quantity::Duration;
use crate::plan::restart::{GiveUp, RestartPolicy};
use crate::plan::service::{Service, Workload};
use crate::plan::text::{Text, Word};
use crate::plan::version::Version;
use crate::plan::{ComposeHost, Form, Plan};

mod commands;
mod cron;
mod flake;
mod schedule;
pub mod wait;

use self::commands::Around;
use self::wait::{Condition, Sign};

/// The first version with `env_file`, a list of namespaces and `success_exit_codes` that is known here:
/// that of `data/process-compose-schema.json`; 1.87 has none of them.
const KEYS_OF_1_122: Version = Version::new(1, 122, 0);

/// What process-compose runs on a host.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Project {
    pub processes: BTreeMap<ServiceName, Process>,
    pub borrowed: BTreeMap<ServiceName, Borrowed>,
}

/// A service of services-flake, in the place of a process.
#[derive(Debug, Clone, PartialEq)]
pub struct Borrowed {
    pub kind: FlakeService,
    /// The port of the manifest, where it says one.
    pub port: Option<u16>,
    pub depends_on: BTreeMap<ServiceName, Condition>,
}

/// A process.
#[derive(Debug, Clone, PartialEq)]
pub struct Process {
    pub description: Option<String>,
    /// Commands that must end well, one after the other, before the process starts.
    pub pre_start: Vec<Vec<Word>>,
    pub command: Vec<Word>,
    pub working_directory: Option<Text>,
    /// What it prints is added to this file, too.
    pub log_file: Option<String>,
    pub environment: BTreeMap<VariableName, Text>,
    pub environment_file: Option<String>,
    pub namespaces: Vec<String>,
    pub start: Start,
    pub depends_on: BTreeMap<ServiceName, Condition>,
    pub availability: Availability,
    pub sign: Option<Sign>,
    pub shutdown: Shutdown,
    pub schedule: Option<Schedule>,
}

/// Whether a process is started with the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Start {
    WithAll,
    ByHand,
}

/// When a process is started again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Availability {
    pub restart: Restart,
    /// The pause before it.
    pub backoff_seconds: u64,
    /// After how many starts more it is given up.
    pub max_restarts: Option<u64>,
    pub success_exit_codes: BTreeSet<u8>,
}

/// After which ends a process is started again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Restart {
    Never,
    OnFailure,
    Always,
}

impl Restart {
    /// The ends as process-compose spells them.
    pub fn as_str(self) -> &'static str {
        match self {
            Restart::Never => "no",
            Restart::OnFailure => "on_failure",
            Restart::Always => "always",
        }
    }
}

/// How a process is asked to end.
#[derive(Debug, Clone, PartialEq)]
pub struct Shutdown {
    /// Commands in place of a signal.
    pub commands: Vec<Vec<Word>>,
    /// The number of a signal.
    pub signal: u8,
    /// After how many seconds it is killed.
    pub timeout_seconds: u64,
}

/// When a job runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Schedule {
    /// Five fields of cron(5), and the zone of time in which they are meant.
    Cron {
        expression: String,
        zone: Option<String>,
    },
    Interval {
        every: Duration,
        on_start: bool,
    },
}

/// Something of a service that process-compose cannot do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gap {
    pub service: ServiceName,
    /// The key of the service, `limits`.
    pub key: &'static str,
    /// In the words of the manifest.
    pub what: String,
    pub without: Without,
}

/// What becomes of a service when a gap is accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Without {
    /// It goes without.
    Works,
    /// It cannot work, so that the gap is never accepted.
    Fails,
}

/// Returns what process-compose runs on a host, and what of it it cannot do.
///
/// `plan` is that of the host.
pub fn project(plan: &Plan, host: &ComposeHost) -> (Project, Vec<Gap>) {
    let mut gaps = Vec::new();
    let (mut processes, mut borrowed) = (BTreeMap::new(), BTreeMap::new());
    for name in &host.services {
        let service = &plan.services[name];
        let mut found = Found { service, form: host.form, gaps: Vec::new() };
        if let Some(kind) = substitute(host.form, service) {
            let port = service.port.map(|it| it.number);
            let borrow =
                Borrowed { kind: kind.clone(), port, depends_on: found.dependencies(plan) };
            borrowed.insert(name.clone(), borrow);
        } else if let Some(process) = found.process(plan) {
            processes.insert(name.clone(), process);
        }
        gaps.extend(found.gaps);
    }
    // A container of another place is not waited for.
    let is_there: BTreeSet<ServiceName> =
        processes.keys().chain(borrowed.keys()).cloned().collect();
    let processes_wait = processes.values_mut().map(|it| &mut it.depends_on);
    let all_wait = processes_wait.chain(borrowed.values_mut().map(|it| &mut it.depends_on));
    all_wait.for_each(|it| it.retain(|other, _| is_there.contains(other)));
    start_what_is_needed(&mut processes, &borrowed);
    (Project { processes, borrowed }, gaps)
}

/// What of services-flake takes the place of a service.
fn substitute(form: Form, service: &Service) -> Option<&FlakeService> {
    service.flake_service.as_ref().filter(|_| form == Form::Flake)
}

/// What something that is started waits for is started, too, as systemd does it.
fn start_what_is_needed(
    processes: &mut BTreeMap<ServiceName, Process>,
    borrowed: &BTreeMap<ServiceName, Borrowed>,
) {
    let started = processes.values().filter(|it| it.start == Start::WithAll);
    let waiting =
        started.map(|it| &it.depends_on).chain(borrowed.values().map(|it| &it.depends_on));
    let mut pending: Vec<ServiceName> = waiting.flat_map(BTreeMap::keys).cloned().collect();
    while let Some(name) = pending.pop() {
        // What is borrowed is started in any case.
        let Some(process) = processes.get_mut(&name) else { continue };
        if process.start == Start::ByHand {
            process.start = Start::WithAll;
            pending.extend(process.depends_on.keys().cloned());
        }
    }
}

/// A service and what was found that process-compose cannot do for it.
struct Found<'a> {
    service: &'a Service,
    form: Form,
    gaps: Vec<Gap>,
}

impl Found<'_> {
    /// Whether there are the keys of [`KEYS_OF_1_122`].
    fn knows_later_keys(&self) -> bool {
        match self.form {
            Form::File(version) => version >= KEYS_OF_1_122,
            Form::Flake => false,
        }
    }

    /// A gap that a later version does not have.
    fn gap_of_old(&mut self, key: &'static str, what: &str) {
        let why = match self.form {
            Form::File(_) => format!("which {KEYS_OF_1_122} can"),
            Form::Flake => "for which it has no option".to_owned(),
        };
        self.gap(key, format!("{what}, {why}"));
    }

    fn gap(&mut self, key: &'static str, what: impl Into<String>) {
        let service = self.service.name.clone();
        self.gaps.push(Gap { service, key, what: what.into(), without: Without::Works });
    }

    /// A gap where there is something.
    fn gap_if(&mut self, is_there: bool, key: &'static str, what: &str) {
        if is_there {
            self.gap(key, what);
        }
    }

    /// The service as a process; `None` for a container, which is no process.
    fn process(&mut self, plan: &Plan) -> Option<Process> {
        let Service {
            name: _,
            gaps: _,
            description,
            documentation: _, // For people who ask systemd.
            address: _,
            port: _,
            backend_port: _, // Ports are in the texts that name them.
            groups: _,       // `start` and `namespaces` ask for them.
            workload,
            flake_service: _, // It takes the place of all of this, or is for another form.
            systemd,
            activation,
            environment,
            provision,
            depends_on: _,
            dependents: _, // What systemd does to them is for units.
            readiness: _,
            liveness: _,
            companion_of,
            restart: _,
            stop: _, // These are asked for below.
            limits,
            expose,
        } = self.service;
        let process = match workload {
            Workload::Process(process) => process,
            Workload::Container(_) => {
                self.gap("container", "`container`: it runs processes");
                return None;
            }
            // `resolve` leaves it to hosts that have it.
            Workload::Flake => return None,
        };
        let is_limited = *limits != Limits::default();
        self.gap_if(is_limited, "limits", "`limits`: it has none");
        self.gap_if(!systemd.is_empty(), "systemd", "`systemd`: the directives are systemd's");
        self.gap_if(
            *expose != Expose::default(),
            "expose",
            "`expose`: no program beside it shows its services",
        );
        self.gap_if(
            companion_of.is_some(),
            "companionOf",
            "`companionOf`: what it has started goes on when the owner ends",
        );
        let process::Process {
            command,
            hooks,
            working_directory,
            log_file,
            account,
            hardening,
            umask,
            nice,
        } = &**process;
        self.account(account);
        // What is usual is more than a container needs, which keeps its processes from the host already.
        let is_strict = hardening.profile == Profile::Strict;
        self.gap_if(is_strict, "hardening", "`hardening`: it keeps processes from nothing");
        self.gap_if(umask.is_some(), "umask", "`umask`");
        self.gap_if(nice.is_some(), "nice", "`nice`");
        let Around { pre_start, stop } = self.hooks(hooks);
        let environment_file = self.provision(provision);
        let namespaces = self.namespaces(plan);
        Some(Process {
            description: description.clone(),
            pre_start,
            command: command.clone(),
            working_directory: working_directory.clone(),
            log_file: self.log_file(log_file.as_deref()),
            environment: environment.clone(),
            environment_file,
            start: start(plan, self.service),
            namespaces,
            depends_on: self.dependencies(plan),
            availability: self.availability(),
            sign: self.sign(),
            shutdown: self.shutdown(stop),
            schedule: self.activation(activation),
        })
    }

    fn account(&mut self, account: &Account) {
        let Account { user, group, lifetime, supplementary_groups } = account;
        let said = [
            (user.is_some() && !account.is_root(), "user"),
            (group.is_some(), "group"),
            (*lifetime == Lifetime::Dynamic, "dynamicUser"),
            (!supplementary_groups.is_empty(), "supplementaryGroups"),
        ];
        // One of them tells it.
        if let Some((_, key)) = said.into_iter().find(|(is_said, _)| *is_said) {
            self.gap(key, "another account: all processes have that of process-compose itself");
        }
    }

    /// Returns the file of variables, of which there may be one.
    fn provision(&mut self, provision: &Provision) -> Option<String> {
        let Provision {
            environment_files,
            required_environment,
            secrets,
            directories,
            required_paths,
            mounts,
        } = provision;
        let is_encrypted = secrets.values().any(|it| !matches!(it, Secret::File(_)));
        self.gap_if(is_encrypted, "secrets", "an encrypted secret: systemd decrypts it");
        self.gap_if(!directories.names.is_empty(), "directories", "`directories`: it makes none");
        let required = [
            (!required_environment.is_empty(), "requiredEnvironment", "`requiredEnvironment`"),
            (!required_paths.is_empty(), "requires", "`requires.paths`"),
            (!mounts.is_empty(), "requires", "`requires.mounts`"),
        ];
        for (is_there, key, what) in required {
            self.gap_if(is_there, key, what);
        }
        let key = "environmentFiles";
        match &environment_files[..] {
            [] => None,
            _ if !self.knows_later_keys() => {
                self.gap_of_old(key, "`environmentFiles`");
                None
            }
            [file] if file.presence == Presence::Required => Some(file.path.clone()),
            [_] => {
                self.gap(key, "an optional file of variables");
                None
            }
            [..] => {
                self.gap(key, "more than one file of variables");
                None
            }
        }
    }

    /// Returns the namespaces of a service: its groups.
    fn namespaces(&mut self, plan: &Plan) -> Vec<String> {
        let groups = &self.service.groups;
        let is_limited = groups.iter().any(|it| plan.groups[it].limits.is_some());
        self.gap_if(is_limited, "groups", "the `limits` of a group: it has none");
        let several = groups.len() > 1 && !self.knows_later_keys();
        if several {
            self.gap_of_old("groups", "several `groups`");
        }
        let names = groups.iter().map(ToString::to_string);
        names.take(if several { 1 } else { usize::MAX }).collect()
    }

    fn availability(&mut self) -> Availability {
        let restart = &self.service.restart;
        let policy = match restart.policy {
            RestartPolicy::No => Restart::Never,
            // One that does not answer is asked to end, and may do so well.
            RestartPolicy::OnFailure if self.is_probed() => Restart::Always,
            RestartPolicy::OnFailure => Restart::OnFailure,
            RestartPolicy::Always => Restart::Always,
            RestartPolicy::OnAbnormal | RestartPolicy::OnAbort => {
                self.gap("restart", format!("`restart.policy = {}`", restart.policy.as_str()));
                Restart::OnFailure
            }
            RestartPolicy::OnSuccess => {
                self.gap("restart", "`restart.policy = on-success`");
                Restart::Never
            }
        };
        self.gap_if(
            restart.back_off.is_some(),
            "restart",
            "`restart.maxDelay`: its pauses do not grow",
        );
        let is_whole = restart.delay.is_none_or(|it| it.whole_seconds().is_some_and(|it| it > 0));
        self.gap_if(!is_whole, "restart", "a `restart.delay` that is not of whole seconds");
        let delay = restart.delay.unwrap_or(Activation::Boot.usual_restart_delay());
        let mut success_exit_codes = restart.success_exit_codes.clone();
        if !success_exit_codes.is_empty() && !self.knows_later_keys() {
            self.gap_of_old("restart", "`restart.successExitCodes`");
            success_exit_codes.clear();
        }
        // systemd counts starts, the first one too; process-compose counts those after it.
        let more = |it: GiveUp| it.attempts.saturating_sub(1).max(1);
        Availability {
            restart: policy,
            backoff_seconds: delay.rounded_up_to_seconds().max(1),
            max_restarts: restart.give_up.map(more),
            success_exit_codes,
        }
    }

    /// Whether the process is stopped when it does not answer.
    fn is_probed(&self) -> bool {
        let readiness = self.service.readiness.as_ref();
        readiness.is_some_and(|it| it.probe().is_some())
            || self.service.liveness.as_ref().is_some_and(|it| it.probe().is_some())
    }

    fn activation(&mut self, activation: &Activation) -> Option<Schedule> {
        match activation {
            Activation::Boot | Activation::Once | Activation::Manual => None,
            Activation::Schedule(_) if self.form == Form::Flake => {
                self.gap_of_old("schedule", "`schedule`");
                None
            }
            Activation::Schedule(schedule) => self.schedule(schedule),
            Activation::Socket(listener) => {
                match listener.handoff {
                    Handoff::Fd => self.gaps.push(Gap {
                        service: self.service.name.clone(),
                        key: "activation",
                        what: "`handoff = \"fd\"`: nobody hands a socket over".to_owned(),
                        without: Without::Fails,
                    }),
                    Handoff::Proxy(_) => {
                        let what =
                            "`activation.on = \"socket\"`: it starts nothing when somebody calls";
                        self.gap("activation", what);
                    }
                }
                None
            }
        }
    }
}

/// Whether a service is started with the others: by itself, or by a group.
fn start(plan: &Plan, service: &Service) -> Start {
    let groups = &service.groups;
    let is_manual = match service.activation {
        Activation::Manual => true,
        Activation::Boot | Activation::Once | Activation::Socket(_) | Activation::Schedule(_) => {
            let starts = groups.iter().any(|it| plan.groups[it].start == GroupStart::Boot);
            !groups.is_empty() && !starts
        }
    };
    if is_manual { Start::ByHand } else { Start::WithAll }
}
