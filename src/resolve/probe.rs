//! How it is found out whether a service can be used, and whether it still works.

use std::collections::BTreeMap;
use std::net::IpAddr;

use crate::manifest::model;
use crate::plan::activation::{Activation, Handoff};
use crate::plan::address::LOOPBACK;
use crate::plan::name::{self, ServiceName};
use crate::plan::probe::{
    Endpoint, Http, Liveness, Probe, ProbedPort, Readiness, ReadySign, Tries,
};
use crate::plan::quantity::Duration;
use crate::plan::service::{PortRole, Service};
use crate::plan::text::Word;
use crate::plan::version::Version;
use crate::problem::{Code, Problem, Trail};

use super::overrides::Variants;
use super::text::{self, Texts, Within};
use super::{container, pointless, port, process, quantity, refuse_pointless};

/// What a probe is made of beside its own words.
pub(super) struct Probed<'a> {
    pub(super) runs_in: Within,
    pub(super) activation: &'a Activation,
    /// Where the host reaches the service.
    pub(super) address: IpAddr,
    pub(super) is_damaged: &'a dyn Fn(&Trail<'_>) -> bool,
}

/// How often is tried what waits for a start.
const USUAL_PERIOD: Duration = Duration::milliseconds(1_000);
/// The same where a client waits.
const USUAL_PERIOD_BEHIND_A_PROXY: Duration = Duration::milliseconds(100);
const USUAL_PERIOD_OF_LIVENESS: Duration = Duration::milliseconds(10_000);
const USUAL_TIMEOUT: Duration = Duration::milliseconds(1_000);
const USUAL_SILENCE: Duration = Duration::milliseconds(30_000);
const USUAL_FAILURES_OF_LIVENESS: u64 = 3;
/// How long the pauses before a start has failed take together, when the manifest does not say.
const USUAL_PATIENCE: u64 = 60_000;

/// Resolves what shows that a service can be used; `path` is that of its table.
///
/// `None` comes with at least one problem, be it that a part of it could not be read.
pub(super) fn readiness(
    written: &model::probe::Readiness,
    probed: &Probed<'_>,
    path: &Trail<'_>,
    texts: &mut Texts<'_>,
    problems: &mut Vec<Problem>,
) -> Option<Readiness> {
    let model::probe::Readiness {
        http,
        tcp,
        exec,
        notify,
        log,
        initial_delay,
        period,
        timeout,
        success_threshold,
        failure_threshold,
    } = written;
    let before = problems.len();
    if probed.activation.is_job() {
        problems.push(impossible(path, "a job is waited for until it has ended"));
    }
    let ways = Ways { http: http.as_ref(), tcp: tcp.as_ref(), exec, notify: *notify };
    check_ways(&ways, log.is_some(), probed, path, problems);
    let times = Times { initial_delay, period, timeout };
    let Span { initial_delay, period, timeout } = times.resolve(path, problems);
    let mut count = |written: &Option<i64>, most: u64, key: &str| {
        let written = (*written)?;
        quantity::count(written, 1..=most, &path.key(key), problems)
    };
    let successes = count(success_threshold, 1_000, "successThreshold");
    let failures = count(failure_threshold, 1_000_000, "failureThreshold");
    if *notify {
        let why = "the service says by itself when it is ready";
        let keys = [
            ("initialDelay", initial_delay.is_some(), why),
            ("period", period.is_some(), why),
            ("successThreshold", successes.is_some(), why),
            ("failureThreshold", failures.is_some(), why),
        ];
        refuse_pointless(keys, path, problems);
        return (problems.len() == before).then_some(Readiness::Notified { timeout });
    }
    let usual =
        if probed.activation.is_proxied() { USUAL_PERIOD_BEHIND_A_PROXY } else { USUAL_PERIOD };
    let period = period.unwrap_or(usual);
    let tries = Tries {
        initial_delay: initial_delay.unwrap_or(Duration::milliseconds(0)),
        period,
        timeout: timeout.unwrap_or(USUAL_TIMEOUT),
        successes: successes.unwrap_or(1),
        failures: failures
            .unwrap_or(period.fits_into(Duration::milliseconds(USUAL_PATIENCE)).max(3)),
    };
    let sign = match log {
        Some(written) => text::line(written, &path.key("log"), problems).map(ReadySign::Printed),
        None => ways.probe(probed, path, texts, problems).map(ReadySign::Answer),
    };
    sign.filter(|_| problems.len() == before).map(|it| Readiness::Tried(it, tries))
}

/// Resolves what shows that a service still works; `path` is that of its table.
pub(super) fn liveness(
    written: &model::probe::Liveness,
    probed: &Probed<'_>,
    path: &Trail<'_>,
    texts: &mut Texts<'_>,
    problems: &mut Vec<Problem>,
) -> Option<Liveness> {
    let model::probe::Liveness {
        http,
        tcp,
        exec,
        notify,
        initial_delay,
        period,
        timeout,
        failure_threshold,
    } = written;
    let before = problems.len();
    if probed.activation.is_job() {
        problems.push(impossible(path, "a job is over when it ends by itself"));
    }
    let ways = Ways { http: http.as_ref(), tcp: tcp.as_ref(), exec, notify: *notify };
    check_ways(&ways, false, probed, path, problems);
    let times = Times { initial_delay, period, timeout };
    let Span { initial_delay, period, timeout } = times.resolve(path, problems);
    let failures = failure_threshold
        .and_then(|it| quantity::count(it, 1..=1_000_000, &path.key("failureThreshold"), problems));
    if *notify {
        if probed.runs_in == Within::Container {
            let why = "podman does not pass on what systemd asks of a watchdog";
            problems.push(impossible(&path.key("notify"), why));
        }
        let why = "only the silence of the service counts, which is `timeout`";
        let keys = [
            ("initialDelay", initial_delay.is_some(), why),
            ("period", period.is_some(), why),
            ("failureThreshold", failures.is_some(), why),
        ];
        refuse_pointless(keys, path, problems);
        let silence = timeout.unwrap_or(USUAL_SILENCE);
        return (problems.len() == before).then_some(Liveness::Notified { silence });
    }
    let tries = Tries {
        initial_delay: initial_delay.unwrap_or(Duration::milliseconds(0)),
        period: period.unwrap_or(USUAL_PERIOD_OF_LIVENESS),
        timeout: timeout.unwrap_or(USUAL_TIMEOUT),
        successes: 1,
        failures: failures.unwrap_or(USUAL_FAILURES_OF_LIVENESS),
    };
    let probe = ways.probe(probed, path, texts, problems);
    probe.filter(|_| problems.len() == before).map(|it| Liveness::Tried(it, tries))
}

/// The ways that both tables have.
struct Ways<'a> {
    http: Option<&'a model::probe::Http>,
    tcp: Option<&'a model::probe::Tcp>,
    exec: &'a [model::process::Word],
    notify: bool,
}

impl Ways<'_> {
    /// The way that is tried; `None` comes with a problem.
    fn probe(
        &self,
        probed: &Probed<'_>,
        path: &Trail<'_>,
        texts: &mut Texts<'_>,
        problems: &mut Vec<Problem>,
    ) -> Option<Probe> {
        if let Some(model::probe::Http { path: asked, port, host, status }) = self.http {
            let path = path.key("http");
            let endpoint = endpoint(*port, host.as_deref(), probed, &path, problems);
            let asked = match asked {
                Some(it) => request_path(it, &path.key("path"), problems),
                None => Some("/".to_owned()),
            };
            let status = status.and_then(|it| {
                let status = quantity::count(it, 100..=599, &path.key("status"), problems)?;
                u16::try_from(status).ok()
            });
            return Some(Probe::Http(Http { endpoint: endpoint?, path: asked?, status }));
        }
        match self.tcp {
            Some(model::probe::Tcp::Own(true)) => {
                return endpoint(None, None, probed, path, problems).map(Probe::Tcp);
            }
            Some(model::probe::Tcp::Said(model::probe::SaidTcp { port, host })) => {
                let path = path.key("tcp");
                return endpoint(*port, host.as_deref(), probed, &path, problems).map(Probe::Tcp);
            }
            Some(model::probe::Tcp::Own(false)) | None => {}
        }
        if self.exec.is_empty() {
            return None;
        }
        command(self.exec, probed, &path.key("exec"), texts, problems).map(Probe::Command)
    }
}

/// Exactly one way is said, and one that says something of such a service.
fn check_ways(
    ways: &Ways<'_>,
    has_log: bool,
    probed: &Probed<'_>,
    path: &Trail<'_>,
    problems: &mut Vec<Problem>,
) {
    let Ways { http, tcp, exec, notify } = ways;
    let has_tcp = tcp.is_some_and(|it| *it != model::probe::Tcp::Own(false));
    let all = [
        ("http", http.is_some()),
        ("tcp", has_tcp),
        ("exec", !exec.is_empty()),
        ("notify", *notify),
        ("log", has_log),
    ];
    let mut said = all.iter().filter(|(_, is_said)| *is_said).map(|(key, _)| *key);
    let Some(first) = said.next() else {
        if !(probed.is_damaged)(path) {
            problems.push(
                Problem::new(
                    Code::MissingKey,
                    path.at_key(),
                    format!("`{path}` does not say what shows it"),
                )
                .hint("one of `http = { path = \"/\" }`, `tcp = true`, `exec = [\"/usr/bin/check\"]` and `notify = true`"),
            );
        }
        return;
    };
    for more in said {
        problems.push(pointless(path, more, &format!("`{first}` shows it already")));
    }
    if probed.activation.handoff() == Some(&Handoff::Fd) && ["http", "tcp"].contains(&first) {
        let why =
            "its socket takes connections whether the service runs or not, and each keeps it awake";
        problems.push(impossible(&path.key(first), why));
    }
}

/// The times of a table as they are written.
struct Times<'a> {
    initial_delay: &'a Option<String>,
    period: &'a Option<String>,
    timeout: &'a Option<String>,
}

/// The same as they are meant.
struct Span {
    initial_delay: Option<Duration>,
    period: Option<Duration>,
    timeout: Option<Duration>,
}

impl Times<'_> {
    fn resolve(&self, path: &Trail<'_>, problems: &mut Vec<Problem>) -> Span {
        let initial_delay = self.initial_delay.as_deref();
        let initial_delay = initial_delay
            .and_then(|it| quantity::duration(it, &path.key("initialDelay"), problems));
        let mut positive = |written: &Option<String>, key: &str| {
            let written = written.as_deref()?;
            quantity::positive_duration(written, &path.key(key), problems)
        };
        let period = positive(self.period, "period");
        let timeout = positive(self.timeout, "timeout");
        Span { initial_delay, period, timeout }
    }
}

/// Where a connection is made to; `path` is that of the table with `port` and `host`.
fn endpoint(
    port: Option<i64>,
    host: Option<&str>,
    probed: &Probed<'_>,
    path: &Trail<'_>,
    problems: &mut Vec<Problem>,
) -> Option<Endpoint> {
    let is_proxied = probed.activation.is_proxied();
    let own = if is_proxied { PortRole::Backend } else { PortRole::Public };
    let port = match port {
        Some(port) => port::in_range(port, &path.key("port"), problems).map(ProbedPort::Fixed),
        None => Some(ProbedPort::Own(own)),
    };
    let host = match host {
        Some(host) => host_name(host, &path.key("host"), problems),
        None if is_proxied => Some(LOOPBACK.to_string()),
        None => Some(probed.address.to_string()),
    };
    Some(Endpoint { host: host?, port: port? })
}

fn host_name(host: &str, path: &Trail<'_>, problems: &mut Vec<Problem>) -> Option<String> {
    if host.parse::<IpAddr>().is_ok() || host.split('.').all(name::is_domain_label) {
        return Some(host.to_owned());
    }
    problems.push(
        Problem::new(
            Code::ImpossibleName,
            path.at_value(),
            format!("`{}` is neither an address nor a name of DNS", host.escape_debug()),
        )
        .hint("like `127.0.0.1`, `::1` or `db.example.org`"),
    );
    None
}

/// What stands between `GET` and `HTTP/1.1` ends at the first blank (RFC 9112).
fn request_path(written: &str, path: &Trail<'_>, problems: &mut Vec<Problem>) -> Option<String> {
    let asked = text::literal(written, path, problems)?;
    let is_plain = asked.bytes().all(|it| it.is_ascii_graphic());
    if is_plain && asked.starts_with('/') && !asked.contains('#') {
        return Some(asked);
    }
    problems.push(
        Problem::new(
            Code::ImpossibleCharacter,
            path.at_value(),
            format!("`{}` is not a path that can be asked for", asked.escape_debug()),
        )
        .hint("it begins with `/`; blanks, `#` and what is not ASCII are written as `%20` and the like"),
    );
    None
}

/// A command of the host for a process, and of the container for a container.
fn command(
    written: &[model::process::Word],
    probed: &Probed<'_>,
    path: &Trail<'_>,
    texts: &mut Texts<'_>,
    problems: &mut Vec<Problem>,
) -> Option<Vec<Word>> {
    if probed.runs_in == Within::Host {
        return process::command(written, path, texts, problems);
    }
    let mut words = Vec::new();
    for (index, word) in written.iter().enumerate() {
        match word {
            model::process::Word::Text(text) => words.push(text.clone()),
            model::process::Word::Program(_) => problems.push(
                Problem::new(
                    Code::ImpossibleProbe,
                    path.index(index).at_value(),
                    "a package of the host is not inside of the container",
                )
                .hint("write the program as the image has it"),
            ),
        }
    }
    if words.len() < written.len() {
        return None;
    }
    container::health::command(&words, path, texts, problems)
}

fn impossible(path: &Trail<'_>, why: &str) -> Problem {
    let message = format!("`{path}` cannot be found out: {why}");
    Problem::new(Code::ImpossibleProbe, path.at_key(), message).hint("take it out")
}

/// Reports probes of the service's own port where the host does not reach it.
pub(super) fn refuse_unreachable(
    services: &BTreeMap<ServiceName, Service>,
    variants: &Variants,
    problems: &mut Vec<Problem>,
) {
    let variants = variants.values().flat_map(BTreeMap::values);
    for service in services.values().chain(variants) {
        let readiness = service.readiness.as_ref().and_then(Readiness::probe);
        let liveness = service.liveness.as_ref().and_then(Liveness::probe);
        for (table, probe) in [("readiness", readiness), ("liveness", liveness)] {
            let Some(Endpoint { host: _, port: ProbedPort::Own(role) }) =
                probe.and_then(|(probe, _)| probe.endpoint())
            else {
                continue;
            };
            let path = super::service_path(&service.name);
            let path = path.key(table);
            let name = &service.name;
            if service.ports().all(|(it, _)| it != *role) {
                problems.push(
                    Problem::new(
                        Code::NoPort,
                        path.at_key(),
                        format!("nothing tells `{name}` to listen on the port that is tried"),
                    )
                    .hint(
                        "use `${port}` in its command or environment (a container publishes it with `ports`), \
                         or write the `port` that it is configured with",
                    ),
                );
            } else if !service.is_reached_at(*role) {
                problems.push(
                    Problem::new(
                        Code::ImpossibleProbe,
                        path.at_key(),
                        format!("the port of `{name}` that is tried is not published, so the host does not reach it"),
                    )
                    .hint("publish it with `container.ports`, or try it inside of the container with `exec`"),
                );
            }
        }
    }
}

/// Reports what a container says of its health beside what its probes are told to podman as.
pub(super) fn refuse_said_twice(
    container: &model::container::Container,
    probes: (Option<&Readiness>, Option<&Liveness>),
    path: &Trail<'_>,
    problems: &mut Vec<Problem>,
) {
    let (readiness, liveness) = probes;
    let is_command = |probe: Option<(&Probe, &Tries)>| {
        probe.is_some_and(|(probe, _)| matches!(probe, Probe::Command(_)))
    };
    let is_checked = is_command(readiness.and_then(Readiness::probe))
        || is_command(liveness.and_then(Liveness::probe));
    let path = path.key("container");
    if container.notify.is_some() && readiness.is_some() {
        problems.push(pointless(&path, "notify", "`readiness` says when the service is ready"));
    }
    let usual = model::container::health::Health {
        log: container.health.log.clone(),
        ..Default::default()
    };
    if is_checked && container.health != usual {
        let why = "podman makes one check, which is the `exec` of `readiness` and `liveness`";
        problems.push(pointless(&path, "health", why));
    }
}

/// Reports what the podman of a host cannot find out.
pub(super) fn refuse_old(
    service: &Service,
    host: &str,
    podman: Version,
    problems: &mut Vec<Problem>,
) {
    let Some((Probe::Command(_), _)) = service.readiness.as_ref().and_then(Readiness::probe) else {
        return;
    };
    // Since it has `--sdnotify=healthy` (RELEASE_NOTES.md of podman).
    let since = Version::new(4, 7, 0);
    if podman < since {
        problems.push(
            Problem::new(
                Code::HostTooOld,
                super::service_path(&service.name).key("readiness").key("exec").at_key(),
                format!("{host} has podman {podman}; to wait for a command in a container needs {since}"),
            )
            .hint("try it from the host with `http` or `tcp`, or leave that host out of the service's `hosts`"),
        );
    }
}
