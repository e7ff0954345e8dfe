//! How a service is reached and when it runs.

use std::net::IpAddr;

use super::quantity::Duration;
use super::schedule::Schedule;

/// How a service is reached and when it runs.
#[derive(Debug, Clone, PartialEq)]
pub enum Activation {
    /// Always, from boot on.
    Boot,
    /// From boot on, once: it is a job that ends by itself and is done then.
    Once,
    /// When started by hand or by another service.
    Manual,
    /// From the first connection on.
    Socket(Listener),
    /// At times that a timer knows; it is a job that ends by itself.
    Schedule(Schedule),
}

impl Activation {
    /// How connections reach the service, for one that is started by its socket.
    pub fn handoff(&self) -> Option<&Handoff> {
        match self {
            Activation::Socket(listener) => Some(&listener.handoff),
            Activation::Boot | Activation::Once | Activation::Manual | Activation::Schedule(_) => {
                None
            }
        }
    }

    /// The pause before a restart that suits it: short where somebody may be waiting.
    pub fn usual_restart_delay(&self) -> Duration {
        Duration::milliseconds(match self.handoff() {
            None => 5_000,
            Some(Handoff::Fd) => 500,
            Some(Handoff::Proxy(_)) => 100,
        })
    }

    /// Whether the service is a job, which ends by itself when its work is done.
    pub fn is_job(&self) -> bool {
        match self {
            Activation::Once | Activation::Schedule(_) => true,
            Activation::Boot | Activation::Manual | Activation::Socket(_) => false,
        }
    }

    /// Whether a proxy stands between the service and its users.
    pub fn is_proxied(&self) -> bool {
        matches!(self.handoff(), Some(Handoff::Proxy(_)))
    }
}

/// The socket of a service that sleeps.
#[derive(Debug, Clone, PartialEq)]
pub struct Listener {
    pub address: IpAddr,
    pub handoff: Handoff,
}

/// How a connection reaches the service behind a socket.
#[derive(Debug, Clone, PartialEq)]
pub enum Handoff {
    /// The service takes the listening socket itself (`LISTEN_FDS`).
    Fd,
    /// A proxy forwards to the backend port.
    Proxy(Proxy),
}

/// The proxy in front of a service that binds its own port.
#[derive(Debug, Clone, PartialEq)]
pub struct Proxy {
    /// After how long without a connection the service stops.
    pub idle_timeout: Duration,
    /// How long the service may take until it answers; when `None`, systemd's own limit for a process
    /// and five minutes for a container, which may have to be pulled first.
    pub start_timeout: Option<Duration>,
}
