//! `unitsmith try`

use std::borrow::Cow;
use std::collections::BTreeSet;

use crate::cli;
use crate::error::Error;
use crate::nearest;
use crate::plan::Plan;
use crate::plan::container::Container;
use crate::plan::name::HostName;
use crate::plan::service::{Service, Workload};
use crate::trial::{self, Finding, Trial};

use super::{Outcome, Report, load, manifest_path, unknown_service};

/// Runs a service under `systemd-socket-activate` and says what became of a request.
pub(super) fn run(arguments: cli::Try) -> Result<Report, Error> {
    let cli::Try { name, manifest, host, request, timeout } = arguments;
    let loaded = match load(manifest_path(&manifest)?)? {
        Ok(loaded) => loaded,
        Err(report) => return Ok(report),
    };
    let plan = match &host {
        None => Cow::Borrowed(&loaded.plan),
        Some(host) => loaded.plan.on(&known_host(&loaded.plan, host)?),
    };
    let service = plan.services.values().find(|it| it.name.as_str() == name);
    let service = service.ok_or_else(|| unknown_service(&name, &plan))?;
    let trial = Trial::of(&plan, service, request, timeout)?;
    let finding = trial::run(&trial)?;
    let mut stderr = format!("{}ran: {}\n", loaded.warnings, trial.command_line());
    stderr.extend(trial.notes.iter().map(|it| format!("note: {it}\n")));
    let (outcome, stdout) = verdict(service, &trial, finding);
    Ok(Report { outcome, stdout, stderr })
}

/// What a finding means for the choice of a handoff.
fn verdict(service: &Service, trial: &Trial, finding: Finding) -> (Outcome, String) {
    let name = &service.name;
    let limit = trial.limit.as_millis();
    let (outcome, found, advice) = match finding {
        Finding::Answered { first_line, after } => (
            Outcome::Clean,
            format!("took the socket, and answered `{first_line}` after {} ms", after.as_millis()),
            TAKES,
        ),
        Finding::Closed { after } => (
            Outcome::Clean,
            format!("took the socket, and ended the connection after {} ms", after.as_millis()),
            TAKES,
        ),
        Finding::Accepted => (
            Outcome::Clean,
            format!("took the socket, and said nothing to `GET {}` for {limit} ms", trial.path),
            TAKES,
        ),
        Finding::Ignored { listening } if listening.contains(&trial.backend_port) => (
            Outcome::Findings,
            "did not take the socket: it listens on `${backendPort}` itself".to_owned(),
            PROXY,
        ),
        Finding::Ignored { listening } if !listening.is_empty() => (
            Outcome::Findings,
            format!("did not take the socket: it listens on {} itself", list(&listening)),
            match &service.workload {
                Workload::Process(_) | Workload::Flake => PROXY_BUT_TOLD,
                Workload::Container(it) if publishes(it, &listening) => PROXY,
                Workload::Container(_) => PROXY_BUT_PUBLISHED,
            },
        ),
        Finding::Ignored { listening: _ } => (
            Outcome::Findings,
            format!("neither took the socket nor listens on a port of its own after {limit} ms"),
            "give it more time with `--timeout 1min`, or read above what it says",
        ),
        Finding::Ended { status } => (
            Outcome::Findings,
            format!("ended before it answered: {status}"),
            "read above what it said; what is missing here may be there on its host",
        ),
        Finding::Interrupted => {
            (Outcome::Findings, "was interrupted".to_owned(), "nothing of it is left")
        }
    };
    (outcome, format!("`{name}` {found}\n  {advice}\n"))
}

const TAKES: &str = "choose `handoff = \"fd\"`, and let it exit when nobody has called for a while";
const PROXY: &str = "choose `handoff = \"proxy\"`";
const PROXY_BUT_TOLD: &str =
    "choose `handoff = \"proxy\"`, and tell it to listen on `${backendPort}`";

const PROXY_BUT_PUBLISHED: &str =
    "choose `handoff = \"proxy\"`, and name the port on which it listens in `container.ports`";

/// Whether a container says that it listens where it does.
fn publishes(container: &Container, listening: &BTreeSet<u16>) -> bool {
    container.ports.iter().any(|it| listening.contains(&it.container))
}

fn list(ports: &BTreeSet<u16>) -> String {
    let ports: Vec<String> = ports.iter().map(ToString::to_string).collect();
    let word = if ports.len() == 1 { "port" } else { "ports" };
    format!("{word} {}", ports.join(", "))
}

fn known_host(plan: &Plan, name: &str) -> Result<HostName, Error> {
    let plain = plan.plain_hosts.iter().filter_map(|it| it.name.as_ref());
    let all: Vec<&HostName> = plain.chain(plan.nixos.hosts.keys()).collect();
    let found = all.iter().find(|it| it.as_str() == name);
    found.map(|it| (*it).clone()).ok_or_else(|| {
        let known: Vec<&str> = all.iter().map(|it| it.as_str()).collect();
        Error::new(format!("there is no host `{name}`"), nearest::hint(name, &known, "hosts"))
    })
}
