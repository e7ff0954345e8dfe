//! Services that sleep, and jobs.

use std::collections::BTreeSet;

use super::{Findings, Subject, family, image};
use crate::plan::Plan;
use crate::plan::activation::{Activation, Handoff};
use crate::plan::container::image::Pull;
use crate::plan::quantity::Duration;
use crate::plan::raw::{Raw, Section};
use crate::problem::Trail;

family! {
    SocketTakenDown "US201" Service(socket_taken_down),
    StartLimit "US202" Service(start_limit),
    SocketLimit "US203" Service(socket_limit),
    ShortIdle "US204" Service(short_idle),
    NeverIdle "US205" Service(never_idle),
    StartShorterThanPull "US206" Service(start_shorter_than_pull),
    PullAtColdStart "US207" Service(pull_at_cold_start),
    LabelsOfSleeper "US208" Service(labels_of_sleeper),
    JobWithoutEnd "US209" Service(job_without_end),
    SlowEndOfProxy "US210" Plan(slow_end_of_proxy),
}

/// The other end of `PartOf=` and `Conflicts=` on a socket (systemd.unit(5)).
const TAKES_DOWN: &[&str] = &["Conflicts", "PropagatesStopTo"];

fn socket_taken_down(it: &Subject<'_>, findings: &mut Findings) {
    if it.listener().is_none() {
        return;
    }
    let socket = format!("{}.socket", it.service.name);
    for key in TAKES_DOWN {
        let Some(raw) = it.raw(Section::Unit, key) else { continue };
        if raw.lines.iter().flat_map(|it| it.split_whitespace()).any(|it| it == socket) {
            findings.add(
                it.at(["systemd", "unit", key]),
                format!(
                    "`{key}=` closes `{socket}` with the service, and nobody can wake it again"
                ),
                "take it out: a socket outlives the service that it starts",
            );
        }
    }
}

fn start_limit(it: &Subject<'_>, findings: &mut Findings) {
    if it.listener().is_none() {
        return;
    }
    for key in ["StartLimitBurst", "StartLimitIntervalSec"] {
        if !is_limited(it.raw(Section::Unit, key)) {
            continue;
        }
        findings.add(
            it.at(["systemd", "unit", key]),
            format!(
                "`{key}=` limits how often `{}` wakes up; at the limit its socket fails, too",
                it.service.name
            ),
            "take it out: restarts are slowed down by growing pauses already",
        );
    }
}

fn socket_limit(it: &Subject<'_>, findings: &mut Findings) {
    const LIMITS: [&str; 4] =
        ["TriggerLimitBurst", "TriggerLimitIntervalSec", "PollLimitBurst", "PollLimitIntervalSec"];
    for key in LIMITS {
        if !is_limited(it.raw(Section::Socket, key)) {
            continue;
        }
        findings.add(
            it.at(["systemd", "socket", key]),
            format!("`{key}=` closes the socket of `{}` when many call at once", it.service.name),
            "take it out: a socket without limit is never down",
        );
    }
}

/// Whether a directive that is passed on sets a limit, which 0 and nothing take off.
fn is_limited(raw: Option<&Raw>) -> bool {
    raw.is_some_and(|it| it.lines.iter().any(|it| it != "0" && !it.is_empty()))
}

fn short_idle(it: &Subject<'_>, findings: &mut Findings) {
    let Some(Handoff::Proxy(proxy)) = it.service.activation.handoff() else { return };
    if proxy.idle_timeout < Duration::milliseconds(10_000) {
        findings.add(
            it.at(["activation", "idleTimeout"]),
            format!(
                "`{}` stops {} after its last connection",
                it.service.name,
                proxy.idle_timeout.systemd()
            ),
            "people read a page for longer; take some minutes",
        );
    }
}

fn never_idle(it: &Subject<'_>, findings: &mut Findings) {
    let Some(Handoff::Proxy(proxy)) = it.service.activation.handoff() else { return };
    if proxy.idle_timeout > Duration::milliseconds(24 * 3_600_000) {
        findings.add(
            it.at(["activation", "idleTimeout"]),
            format!(
                "`{}` sleeps after {} without a connection",
                it.service.name,
                proxy.idle_timeout.systemd()
            ),
            "shorten it, or let the service run from boot on without a proxy",
        );
    }
}

/// Shorter than this, an image of some hundred megabytes is not there on a slow line.
const TIME_TO_PULL: Duration = Duration::milliseconds(60_000);

fn start_shorter_than_pull(it: &Subject<'_>, findings: &mut Findings) {
    let Some(container) = it.container() else { return };
    let Some(Handoff::Proxy(proxy)) = it.service.activation.handoff() else { return };
    let Some(timeout) = proxy.start_timeout else { return };
    if image::is_pulled_at_start(container) && timeout < TIME_TO_PULL {
        findings.add(
            it.at(["activation", "startTimeout"]),
            format!("`{}` has {} to pull its image and to start", it.service.name, timeout.systemd()),
            "leave it out, which gives five minutes, or pull the image beforehand and write `pull = \"never\"`",
        );
    }
}

fn pull_at_cold_start(it: &Subject<'_>, findings: &mut Findings) {
    let Some(container) = it.container() else { return };
    let asks = matches!(container.pull, Pull::Always | Pull::Newer);
    if it.listener().is_some() && asks && image::is_pulled_at_start(container) {
        findings.add(
            it.at(["container", "pull"]),
            format!(
                "each cold start of `{}` asks the registry, while somebody waits",
                it.service.name
            ),
            "leave `pull` out, and let `autoUpdate` fetch newer images in the background",
        );
    }
}

/// How the labels begin by which proxies find containers that run.
const READ_BY_PROXIES: &[&str] = &["caddy", "traefik.", "tsdproxy."];

fn labels_of_sleeper(it: &Subject<'_>, findings: &mut Findings) {
    let Some(container) = it.container() else { return };
    if it.listener().is_none() {
        return;
    }
    let read = |label: &&String| READ_BY_PROXIES.iter().any(|prefix| label.starts_with(prefix));
    if let Some(label) = container.labels.keys().find(read) {
        findings.add(
            it.at(["container", "labels", label]),
            format!(
                "`{label}` is gone while `{}` sleeps, and so is the way to it",
                it.service.name
            ),
            "show its socket with `expose`, which is always there",
        );
    }
}

fn job_without_end(it: &Subject<'_>, findings: &mut Findings) {
    let Activation::Schedule(schedule) = &it.service.activation else { return };
    if schedule.timeout.is_none() && it.raw(Section::Service, "TimeoutStartSec").is_none() {
        findings.add(
            it.at(["schedule"]),
            format!(
                "a run of `{}` that hangs is never stopped, and no other one begins",
                it.service.name
            ),
            "say with `schedule.timeout` after how long a run is given up",
        );
    }
}

/// Since this one a backend may fail without its proxy (`RestartMode=direct`, systemd.service(5)), which requires it
/// and so ends with it at once.
const SYSTEMD_WITH_DIRECT_RESTARTS: u16 = 254;

fn slow_end_of_proxy(plan: &Plan, findings: &mut Findings) {
    let old = plan.plain_hosts.iter().filter(|it| it.systemd < SYSTEMD_WITH_DIRECT_RESTARTS);
    let mut reported = BTreeSet::new();
    for host in old {
        for name in &host.services {
            let handoff = plan.services[name].activation.handoff();
            if !matches!(handoff, Some(Handoff::Proxy(_))) || !reported.insert(name) {
                continue;
            }
            let services = Trail::Root.key("services");
            let service = services.key(name.as_str());
            let activation = service.key("activation");
            findings.add(
                activation.key("handoff").to_path().at_value(),
                format!(
                    "when `{name}` is killed, requests are lost for some tenths of a second, until \
                     systemd {} has stopped its proxy",
                    host.systemd
                ),
                "let it take the socket (`handoff = \"fd\"`) if it can; systemd 254 stops the proxy at once",
            );
        }
    }
}
