//! How it is found out whether a service can be used, and whether it still works.

use super::quantity::Duration;
use super::service::PortRole;
use super::text::Word;

/// What shows that a service can be used.
#[derive(Debug, Clone, PartialEq)]
pub enum Readiness {
    /// Something is tried until it succeeds.
    Tried(ReadySign, Tries),
    /// The service says so itself (sd_notify(3)), within a time if there is one.
    Notified { timeout: Option<Duration> },
}

/// What is tried until a service can be used.
#[derive(Debug, Clone, PartialEq)]
pub enum ReadySign {
    Answer(Probe),
    /// A line of its output that has this text in it; the text is one line and not empty.
    Printed(String),
}

/// What shows that a service still works.
#[derive(Debug, Clone, PartialEq)]
pub enum Liveness {
    /// The tries have to succeed once each.
    Tried(Probe, Tries),
    /// The service says so itself (sd_notify(3)), and is never silent for longer.
    Notified { silence: Duration },
}

/// Something that is tried, and succeeds or fails.
#[derive(Debug, Clone, PartialEq)]
pub enum Probe {
    Http(Http),
    Tcp(Endpoint),
    /// A program of the host for a process, of the container for a container.
    Command(Vec<Word>),
}

/// A request that is answered.
#[derive(Debug, Clone, PartialEq)]
pub struct Http {
    pub endpoint: Endpoint,
    /// Begins with `/` and is made of visible ASCII characters.
    pub path: String,
    /// Any from 200 to 399 when `None`.
    pub status: Option<u16>,
}

/// Where a connection is made to.
#[derive(Debug, Clone, PartialEq)]
pub struct Endpoint {
    /// An address or a name of DNS.
    pub host: String,
    pub port: ProbedPort,
}

/// The port of an [`Endpoint`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProbedPort {
    Fixed(u16),
    /// A port of the service itself.
    Own(PortRole),
}

/// How often something is tried.
#[derive(Debug, Clone, PartialEq)]
pub struct Tries {
    pub initial_delay: Duration,
    /// The pause between two tries.
    pub period: Duration,
    /// How long one may take.
    pub timeout: Duration,
    /// How many in a row must succeed.
    pub successes: u64,
    /// How many failures are enough: for readiness in all, for liveness in a row.
    pub failures: u64,
}

impl Tries {
    /// The longest time that they can take.
    pub fn longest(&self) -> Duration {
        let tries = self.failures.saturating_mul(self.successes);
        self.initial_delay.plus(self.period.plus(self.timeout).times(tries))
    }
}

impl Probe {
    /// Where a connection is made to, by those that make one.
    pub fn endpoint(&self) -> Option<&Endpoint> {
        match self {
            Probe::Http(http) => Some(&http.endpoint),
            Probe::Tcp(endpoint) => Some(endpoint),
            Probe::Command(_) => None,
        }
    }
}

impl Readiness {
    /// What is tried, where it is not the output that is looked at.
    pub fn probe(&self) -> Option<(&Probe, &Tries)> {
        match self {
            Readiness::Tried(ReadySign::Answer(probe), tries) => Some((probe, tries)),
            Readiness::Tried(ReadySign::Printed(_), _) | Readiness::Notified { timeout: _ } => None,
        }
    }
}

impl Liveness {
    /// What is tried.
    pub fn probe(&self) -> Option<(&Probe, &Tries)> {
        match self {
            Liveness::Tried(probe, tries) => Some((probe, tries)),
            Liveness::Notified { silence: _ } => None,
        }
    }
}
