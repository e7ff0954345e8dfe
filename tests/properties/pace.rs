//! When services are started again, how they are stopped, and what they may use.

use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use serde_json::{Value, json};

use super::manifests::DURATIONS;

/// What of a service is the same for every workload.
#[derive(Debug, Clone)]
pub(super) struct Pace {
    policy: Option<&'static str>,
    delay: Option<&'static str>,
    steps: Option<u32>,
    is_growing: bool,
    attempts: Option<u32>,
    codes: Vec<u8>,
    pub(super) stop: Value,
    pub(super) limits: Value,
}

/// What starts a service, as far as its restart has to do with it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Starter {
    Socket,
    Timer,
    Other,
}

impl Pace {
    /// The restart without what means nothing beside the rest.
    pub(super) fn restart(&self, starter: Starter) -> Value {
        // A job that has done its work is not started again.
        let suits = |it: &&str| starter != Starter::Timer || !["always", "on-success"].contains(it);
        let policy = self.policy.filter(suits);
        let is_restarted = policy != Some("no");
        let is_growing = is_restarted && self.is_growing;
        let attempts = self.attempts.filter(|_| is_restarted && starter != Starter::Socket);
        json!({
            "policy": policy,
            "delay": self.delay,
            // Longer than every delay, and than the pauses of all attempts.
            "maxDelay": is_growing.then_some("3d"),
            "steps": self.steps.filter(|_| is_growing),
            "attempts": attempts,
            "window": attempts.map(|_| "30d"),
            "successExitCodes": self.codes,
        })
    }
}

pub(super) fn any_pace() -> impl Strategy<Value = Pace> {
    let policies = &["no", "on-success", "on-failure", "on-abnormal", "on-abort", "always"][..];
    let restart = (
        prop::option::of(select(policies)),
        prop::option::of(select(DURATIONS)),
        prop::option::of(1..20u32),
        any::<bool>(),
        prop::option::of(1..9u32),
        subsequence(&[1u8, 3, 143, 255][..], 0..=2),
    );
    (restart, any_stop(), any_limits()).prop_map(|(restart, stop, limits)| {
        let (policy, delay, steps, is_growing, attempts, codes) = restart;
        Pace { policy, delay, steps, is_growing, attempts, codes, stop, limits }
    })
}

fn any_stop() -> impl Strategy<Value = Value> {
    let signal = prop::option::of(select(&["SIGINT", "SIGTERM", "SIGRTMIN+3"][..]));
    // podman counts whole seconds.
    let timeout = prop::option::of(select(&DURATIONS[2..]));
    (signal, timeout).prop_map(|(signal, timeout)| json!({ "signal": signal, "timeout": timeout }))
}

fn any_limits() -> impl Strategy<Value = Value> {
    let count = || prop::option::of(1..1_000_000u32);
    let weight = || prop::option::of(1..=10_000u32);
    let size = |sizes: &'static [&str]| prop::option::of(select(sizes));
    let oom_policy = prop::option::of(select(&["stop", "continue", "kill"][..]));
    let memory = (size(&["512K", "128M"]), size(&["1G", "2T"]), oom_policy);
    let quota = prop::option::of(select(&["1%", "150%"][..]));
    let limits = (count(), count(), count(), quota, weight(), weight(), memory);
    limits.prop_map(|(open_files, processes, tasks, quota, cpu, io, memory)| {
        let (high, max, oom_policy) = memory;
        json!({
            "openFiles": open_files, "processes": processes, "tasks": tasks, "cpuQuota": quota,
            "cpuWeight": cpu, "ioWeight": io, "memoryHigh": high, "memoryMax": max,
            "oomPolicy": oom_policy,
        })
    })
}
