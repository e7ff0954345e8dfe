//! When a service is started again.

use super::quantity::Duration;

/// When a service is started again.
#[derive(Debug, Clone, PartialEq)]
pub struct Restart {
    pub policy: RestartPolicy,
    /// The pause before it; what suits the activation when `None`.
    pub delay: Option<Duration>,
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
