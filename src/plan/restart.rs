//! When a service is started again, and how it is stopped.

use std::collections::BTreeSet;

use super::quantity::Duration;

/// When a service is started again.
#[derive(Debug, Clone, PartialEq)]
pub struct Restart {
    pub policy: RestartPolicy,
    /// The pause before it; what suits the activation when `None`.
    pub delay: Option<Duration>,
    /// How the pauses grow; what suits the activation when `None`.
    pub back_off: Option<BackOff>,
    /// When it is given up; what suits the activation when `None`.
    pub give_up: Option<GiveUp>,
    /// Exit codes beside 0 that are no failure.
    pub success_exit_codes: BTreeSet<u8>,
}

/// Pauses that grow while a service goes on failing.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BackOff {
    pub steps: u64,
    pub max_delay: Duration,
}

/// After how many starts within how many seconds a service is given up.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GiveUp {
    pub attempts: u64,
    pub seconds: u64,
}

/// How a service is stopped; what is `None` is left to the host.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Stop {
    pub signal: Option<Signal>,
    /// How long the service may take; whole seconds for a container.
    pub timeout: Option<Duration>,
}

/// A signal, by the name that systemd and podman know it by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Signal(&'static str);

impl Signal {
    /// Signals that somebody may want for asking a program to end (signal(7));
    /// `SIGRTMIN+3` is what systemd in a container takes.
    pub const ALL: &[&str] = &[
        "SIGABRT",
        "SIGALRM",
        "SIGHUP",
        "SIGINT",
        "SIGKILL",
        "SIGQUIT",
        "SIGRTMIN+3",
        "SIGTERM",
        "SIGUSR1",
        "SIGUSR2",
        "SIGWINCH",
    ];

    /// Parses the name of a signal.
    pub fn parse(text: &str) -> Option<Signal> {
        Signal::ALL.iter().find(|it| **it == text).map(|it| Signal(it))
    }

    /// The name, `SIGINT`.
    pub fn as_str(self) -> &'static str {
        self.0
    }
}

/// The ends after which a service is started again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RestartPolicy {
    No,
    OnSuccess,
    OnFailure,
    OnAbnormal,
    OnAbort,
    Always,
}

impl RestartPolicy {
    /// Every policy that both systemd and the NixOS option type accept
    /// (nixpkgs nixos/lib/systemd-lib.nix refuses `on-watchdog`).
    pub const ALL: &[RestartPolicy] = &[
        RestartPolicy::No,
        RestartPolicy::OnSuccess,
        RestartPolicy::OnFailure,
        RestartPolicy::OnAbnormal,
        RestartPolicy::OnAbort,
        RestartPolicy::Always,
    ];

    /// Whether systemd takes the policy for a oneshot service, which is not restarted after a success
    /// (systemd.service(5)).
    pub fn suits_a_job(self) -> bool {
        match self {
            RestartPolicy::No
            | RestartPolicy::OnFailure
            | RestartPolicy::OnAbnormal
            | RestartPolicy::OnAbort => true,
            RestartPolicy::OnSuccess | RestartPolicy::Always => false,
        }
    }

    /// The policy as systemd spells it.
    pub fn as_str(self) -> &'static str {
        match self {
            RestartPolicy::No => "no",
            RestartPolicy::OnSuccess => "on-success",
            RestartPolicy::OnFailure => "on-failure",
            RestartPolicy::OnAbnormal => "on-abnormal",
            RestartPolicy::OnAbort => "on-abort",
            RestartPolicy::Always => "always",
        }
    }
}
