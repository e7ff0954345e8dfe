//! `unitsmith verify`

use std::borrow::Cow;
use std::collections::BTreeSet;

use crate::apply::place::Manager;
use crate::cli;
use crate::disk;
use crate::error::Error;
use crate::interrupt;
use crate::nearest;
use crate::plan::name::{HostName, ServiceName};
use crate::plan::{Engine, NixosContainers, Plan};
use crate::progress;
use crate::systemctl::Systemctl;
use crate::verify::{self, Manner, Row, Verdict};

use super::table::{self, Side};
use super::{Outcome, Report, findings, load, manifest_path};

/// Verifies services of the host that this runs on.
pub(super) fn run(arguments: cli::Verify) -> Result<Report, Error> {
    let cli::Verify { names, manifest, host, user, request, limit, json } = arguments;
    let manifest = cli::Manifest { path: manifest };
    let loaded = match load(manifest_path(&manifest)?)? {
        Ok(loaded) => loaded,
        Err(report) => return Ok(report),
    };
    let plan = &loaded.plan;
    let here = here(plan, host.as_deref())?;
    let plan = here.name.map_or(Cow::Borrowed(plan), |it| plan.on(it));
    let names = meant(&names, here.services)?;
    let manager = if user { Manager::Account { home: String::new() } } else { Manager::System };
    let systemctl = Systemctl::find(&manager).ok_or_else(|| not_running(user))?;
    let interrupted = interrupt::expected()?;
    let manner = Manner {
        systemctl: &systemctl,
        engine: here.engine,
        path: &request,
        limit,
        interrupted: &interrupted,
    };
    let mut rows = Vec::new();
    for name in names {
        let doing = format!("asking `{name}`");
        rows.extend(progress::during(&doing, || verify::verify(&manner, &plan.services[name]))?);
        if interrupted.load(std::sync::atomic::Ordering::SeqCst) {
            return Err(Error::new("it was interrupted", "the services are as they were before"));
        }
    }
    let different = rows.iter().filter(|it| it.verdict == Verdict::Different).count();
    let outcome = if different == 0 { Outcome::Clean } else { Outcome::Findings };
    let stdout = if json { as_json(&rows) } else { as_table(&rows) };
    Ok(Report { outcome, stdout, stderr: loaded.warnings })
}

/// The host that this runs on, as the manifest has it.
struct Here<'a> {
    name: Option<&'a HostName>,
    services: &'a BTreeSet<ServiceName>,
    /// The program that runs its containers.
    engine: &'static str,
}

/// Finds the host by its name, that of this machine unless another one is said.
fn here<'a>(plan: &'a Plan, host: Option<&str>) -> Result<Here<'a>, Error> {
    let plain = plan.plain_hosts.iter().map(|it| Here {
        name: it.name.as_ref(),
        services: &it.services,
        engine: match it.engine {
            Engine::Podman(_) => "podman",
            Engine::Docker(_) => "docker",
        },
    });
    let engine = match plan.nixos.containers {
        NixosContainers::Podman => "podman",
        NixosContainers::Docker => "docker",
    };
    let nixos = plan.nixos.hosts.iter();
    let nixos = nixos.map(|(name, it)| Here { name: Some(name), services: &it.services, engine });
    let mut hosts: Vec<Here<'a>> = plain.chain(nixos).collect();
    let machine = disk::own_host_name();
    let wanted = host.unwrap_or(&machine);
    let is_it = |it: &Here<'_>| it.name.map_or(host.is_none(), |it| it.as_str() == wanted);
    if let Some(index) = hosts.iter().position(is_it) {
        return Ok(hosts.swap_remove(index));
    }
    let known: Vec<&str> = hosts.iter().filter_map(|it| it.name).map(HostName::as_str).collect();
    Err(match host {
        Some(host) => {
            Error::new(format!("there is no host `{host}`"), nearest::hint(host, &known, "hosts"))
        }
        None => Error::new(
            format!("this machine, `{machine}`, is not a host of the manifest"),
            format!("say with `--host` which one it is; {}", nearest::list(&known, "hosts")),
        ),
    })
}

/// The services that are meant: all of the host when none is named.
fn meant<'a>(
    names: &[String],
    services: &'a BTreeSet<ServiceName>,
) -> Result<Vec<&'a ServiceName>, Error> {
    if names.is_empty() {
        return Ok(services.iter().collect());
    }
    let known: Vec<&str> = services.iter().map(ServiceName::as_str).collect();
    let find = |name: &String| {
        services.iter().find(|it| it.as_str() == name).ok_or_else(|| {
            let message = format!("`{name}` is not a service of this host");
            Error::new(message, nearest::hint(name, &known, "services"))
        })
    };
    names.iter().map(find).collect()
}

fn not_running(user: bool) -> Error {
    if user {
        return Error::new(
            "no manager of systemd runs for this account",
            "log in as it, or let it run from the boot on: loginctl enable-linger",
        );
    }
    Error::new(
        "systemd does not run here",
        "verify on the host that has the services; `unitsmith try` runs one without systemd",
    )
}

fn mark(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::AsExpected => "ok",
        Verdict::Different => "DIFFERENT",
        Verdict::Open => "-",
    }
}

fn as_table(rows: &[Row]) -> String {
    let lines = rows.iter().map(|Row { service, state, request, expected, got, time, verdict }| {
        let time = time.map(|it| format!("{} ms", it.as_millis())).unwrap_or_default();
        let words = [mark(*verdict), service, state, request, expected, &time, got];
        words.map(str::to_owned)
    });
    let header = ["", "SERVICE", "STATE", "REQUEST", "EXPECTED", "TIME", "GOT"];
    table::text(header.map(|it| (it, Side::Left)), lines)
}

fn as_json(rows: &[Row]) -> String {
    let row = |Row { service, state, request, expected, got, time, verdict }: &Row| {
        let milliseconds = time.map(|it| it.as_micros() as f64 / 1000.0);
        let verdict = match verdict {
            Verdict::AsExpected => "ok",
            Verdict::Different => "different",
            Verdict::Open => "open",
        };
        serde_json::json!({
            "service": service,
            "state": state,
            "request": request,
            "expected": expected,
            "got": got,
            "milliseconds": milliseconds,
            "verdict": verdict,
        })
    };
    findings::pretty(&rows.iter().map(row).collect())
}
