//! What a process waits for, and how it is found out that others need not wait for it any longer.
//!
//! process-compose goes on asking a process that is ready, and stops one that fails then as often as it may
//! (1.87 src/app/process.go `onReadinessCheckEnd`), which is what a liveness is. Its own liveness is for
//! processes that fork, and of no effect on others.

use std::collections::BTreeMap;

use crate::expand::probe::words_of;
use crate::plan::activation::Activation;
use crate::plan::dependency::{self, Dependency, Follows, Need};
use crate::plan::name::ServiceName;
use crate::plan::probe::{Http, Liveness, Probe, ProbedPort, Readiness, ReadySign, Tries};
use crate::plan::quantity::Duration;
use crate::plan::service::Service;
use crate::plan::text::{Reference, Text, Word};
use crate::plan::{Form, Plan};

use super::{Found, substitute};

/// What of another process is waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Condition {
    Started,
    Healthy,
    LogReady,
    CompletedSuccessfully,
}

impl Condition {
    /// The condition as process-compose spells it.
    ///
    /// It is always written: one that is left out means that the other process has ended.
    pub fn as_str(self) -> &'static str {
        match self {
            Condition::Started => "process_started",
            Condition::Healthy => "process_healthy",
            Condition::LogReady => "process_log_ready",
            Condition::CompletedSuccessfully => "process_completed_successfully",
        }
    }
}

/// What shows that a process is ready.
#[derive(Debug, Clone, PartialEq)]
pub enum Sign {
    Probe(Asked, Times),
    /// A text that is part of a line which it prints: no pattern, whatever the manual of process-compose says
    /// (1.87 and 1.122 src/app/process.go `handleOutput`).
    Line(String),
}

/// What is tried.
#[derive(Debug, Clone, PartialEq)]
pub enum Asked {
    Http { host: String, port: Text, path: String, status: u16 },
    Command(Vec<Word>),
}

/// How often something is tried, in whole seconds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Times {
    pub initial_delay: u64,
    pub period: u64,
    pub timeout: u64,
    /// How many failures in a row are enough.
    pub failures: u64,
}

impl Found<'_> {
    /// Returns what is waited for of each other service.
    pub(super) fn dependencies(&mut self, plan: &Plan) -> BTreeMap<ServiceName, Condition> {
        let mut dependencies = BTreeMap::new();
        for (name, Dependency { condition, need, follows }) in &self.service.depends_on {
            let is_optional = *need == Need::Optional;
            self.gap_if(
                is_optional,
                "dependsOn",
                "`required = false`: who waits for a process cannot do without it",
            );
            let follows = *follows == Follows::Yes;
            self.gap_if(
                follows,
                "dependsOn",
                "`restart = true`: nothing is stopped when another process ends",
            );
            let other = &plan.services[name];
            if substitute(self.form, other).is_some() {
                dependencies.insert(name.clone(), Condition::Healthy);
                continue;
            }
            match (condition, &other.activation) {
                (_, Activation::Schedule(_)) => {
                    let what = format!("waiting for `{name}`, which runs when it is due");
                    self.gap("dependsOn", what);
                }
                (dependency::Condition::Completed, _) | (_, Activation::Once) => {
                    dependencies.insert(name.clone(), Condition::CompletedSuccessfully);
                }
                (dependency::Condition::Started | dependency::Condition::Ready, _) => {
                    dependencies.insert(name.clone(), ready(other));
                }
            }
        }
        dependencies.extend(self.service.companion_of.iter().map(|it| {
            let condition = ready(&plan.services[it]);
            (it.clone(), condition)
        }));
        dependencies
    }

    /// Returns what shows that the process is ready, or that it works, which is the same here.
    pub(super) fn sign(&mut self) -> Option<Sign> {
        let service = self.service;
        let (readiness, liveness) = (&service.readiness, &service.liveness);
        if let Some(Liveness::Notified { silence: _ }) = liveness {
            self.gap("liveness", "`liveness.notify`: nobody listens to the process");
        }
        let live = match liveness {
            Some(Liveness::Tried(probe, tries)) => Some((probe, tries)),
            Some(Liveness::Notified { .. }) | None => None,
        };
        match (readiness, live) {
            (None, None) => None,
            (Some(Readiness::Notified { timeout: _ }), live) => {
                self.gap("readiness", "`readiness.notify`: nobody listens to the process");
                live.map(|(probe, tries)| self.probe("liveness", probe, tries))
            }
            (Some(Readiness::Tried(sign, tries)), live) => {
                if live.is_some() {
                    let what =
                        "`liveness` beside `readiness`: it asks one thing, from the start on";
                    self.gap("liveness", what);
                }
                Some(match sign {
                    ReadySign::Printed(text) => {
                        if self.form == Form::Flake {
                            self.refuse_unsayable_line(text);
                        }
                        Sign::Line(text.clone())
                    }
                    ReadySign::Answer(probe) => self.probe("readiness", probe, tries),
                })
            }
            (None, Some((probe, tries))) => Some(self.probe("liveness", probe, tries)),
        }
    }

    fn probe(&mut self, key: &'static str, probe: &Probe, tries: &Tries) -> Sign {
        let Tries { initial_delay, period, timeout, successes, failures } = tries;
        self.gap_if(*successes > 1, key, "a `successThreshold` of more than 1");
        let spans = [initial_delay, period, timeout];
        let is_whole = spans.iter().all(|it| it.whole_seconds().is_some());
        // Behind a proxy, which is not there, the usual pause is shorter.
        let is_whole = is_whole || self.service.activation.is_proxied();
        self.gap_if(!is_whole, key, "tries that are not of whole seconds");
        let seconds = |it: &Duration| it.rounded_up_to_seconds();
        let times = Times {
            initial_delay: seconds(initial_delay),
            period: seconds(period).max(1),
            timeout: seconds(timeout).max(1),
            failures: *failures,
        };
        Sign::Probe(asked(self.service, probe), times)
    }
}

/// What means that a service can be used.
fn ready(other: &Service) -> Condition {
    match &other.readiness {
        Some(Readiness::Tried(ReadySign::Answer(_), _)) => Condition::Healthy,
        Some(Readiness::Tried(ReadySign::Printed(_), _)) => Condition::LogReady,
        // It cannot be told, which is a gap of that service.
        Some(Readiness::Notified { .. }) | None => Condition::Started,
    }
}

/// Whether a character of a path is neither escaped by Go's `net/url`, as a quote is, nor a mistake, as `%` may be.
fn is_asked_as_it_is(it: u8) -> bool {
    it.is_ascii_alphanumeric() || b"-._~/!&'()*+,;=:@?$".contains(&it)
}

/// What is tried: its own request where that means the same, and what a unit would run otherwise.
///
/// It takes one status alone, and follows to another place, so that it never sees a status from 300 to 399.
fn asked(service: &Service, probe: &Probe) -> Asked {
    match probe {
        Probe::Http(Http { endpoint, path, status: Some(status @ 200..=299) })
            if path.bytes().all(is_asked_as_it_is) =>
        {
            let port = match endpoint.port {
                ProbedPort::Fixed(number) => number.to_string().into(),
                ProbedPort::Own(role) => {
                    Text::reference(Reference::Port(service.port_reference(role)))
                }
            };
            let (host, path) = (endpoint.host.clone(), path.clone());
            Asked::Http { host, port, path, status: *status }
        }
        Probe::Http(_) | Probe::Tcp(_) | Probe::Command(_) => {
            Asked::Command(words_of(service, probe))
        }
    }
}
