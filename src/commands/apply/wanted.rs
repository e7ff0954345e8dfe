//! What one host is to have, from a manifest or from a directory of generated files.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::apply::place::{Directory, Manager};
use crate::apply::tree::{Refused, Tree};
use crate::cli;
use crate::compare::Found;
use crate::disk::{self, Durability, Entry};
use crate::emit::{self, Target};
use crate::error::Error;
use crate::fileset;
use crate::plan::service::Service;
use crate::plan::{PlainHost, Plan};
use crate::problem::{Code, Path as ManifestPath, Problem};

use super::super::{Loaded, Outcome, Report, load, manifest_path, plural};

/// What a host is to have, and what was said on the way.
pub(super) struct Wanted {
    pub(super) tree: Tree,
    /// Warnings, and what is left for somebody else to do.
    pub(super) talk: String,
}

/// The files of one host by their paths below its directory.
struct Files {
    header: String,
    files: Vec<(String, String)>,
    /// The ports of services, which a tree of files does not tell.
    ports: BTreeMap<String, u16>,
    talk: String,
}

/// Finds out what the host is to have; the report is that of the problems.
pub(super) fn wanted(
    arguments: &cli::Wanted,
    manager: &Manager,
    lock: KeepLock,
    timer: Timer,
) -> Result<Result<Wanted, Report>, Error> {
    let files = match &arguments.source {
        Some(directory) if disk::is_directory(directory) => generated(directory, arguments)?,
        source => from_manifest(&cli::Manifest { path: source.clone() }, arguments, lock)?,
    };
    let Files { header, mut files, ports, talk } = match files {
        Ok(files) => files,
        Err(report) => return Ok(Err(report)),
    };
    if let Some(problem) = wrong_manager(&files, manager) {
        return Ok(Err(refuse(talk, &[problem])));
    }
    if timer == Timer::Wanted {
        let units = upkeep(&header, manager)?;
        if let Some((path, _)) = units.iter().find(|it| files.iter().any(|(path, _)| it.0 == *path))
        {
            let problem = problem(Code::UnitClash, format!("`{path}` is a unit of the timer, too"))
                .hint("give the service another name");
            return Ok(Err(refuse(talk, &[problem])));
        }
        files.extend(units);
    }
    let others = files.iter().filter(|(path, _)| {
        let directory = path.split('/').next().and_then(Directory::named);
        directory.is_some_and(|it| !it.is_of(manager))
    });
    let others = others.count();
    let pairs = files.iter().map(|(path, text)| (path.as_str(), text.as_str()));
    Ok(match Tree::new(&header, pairs, manager) {
        Ok(tree) => {
            let tree = Tree { ports, ..tree };
            let left = (others > 0).then(|| left_to_others(others, manager));
            Ok(Wanted { tree, talk: talk + &left.unwrap_or_default() })
        }
        Err(refused) => Err(refuse(talk, &refused.iter().map(refused_file).collect::<Vec<_>>())),
    })
}

/// Whether a timer repairs the host.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Timer {
    Wanted,
    None,
}

/// The units of the timer, which runs this very program.
fn upkeep(header: &str, manager: &Manager) -> Result<Vec<(String, String)>, Error> {
    let program = disk::own_program()?;
    let option = match manager {
        Manager::System => None,
        Manager::Account { .. } => Some("--user"),
    };
    let command: Vec<&str> = [program.as_str(), "reconcile"].into_iter().chain(option).collect();
    let units = emit::upkeep(header, &command);
    Ok(units.map(|(name, text)| (upkeep_path(manager, &name), text)).to_vec())
}

/// Where a unit of the timer is in a tree.
pub(super) fn upkeep_path(manager: &Manager, name: &str) -> String {
    let directory = match manager {
        Manager::System => Directory::Units,
        Manager::Account { .. } => Directory::UnitsOfAccount,
    };
    format!("{}/{name}", directory.name())
}

/// Whether the lock beside the manifest may be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum KeepLock {
    Yes,
    No,
}

fn from_manifest(
    manifest: &cli::Manifest,
    arguments: &cli::Wanted,
    keep: KeepLock,
) -> Result<Result<Files, Report>, Error> {
    let loaded = match load(manifest_path(manifest)?)? {
        Ok(loaded) => loaded,
        Err(report) => return Ok(Err(report)),
    };
    let Loaded { mut plan, lock, warnings, reviewed: _ } = loaded;
    let names: Vec<String> =
        plan.plain_hosts.iter().filter_map(|it| Some(it.name.as_ref()?.to_string())).collect();
    let has_unnamed = plan.plain_hosts.iter().any(|it| it.name.is_none());
    let host = match choose(&names, has_unnamed, arguments.host.as_deref()) {
        Ok(host) => host,
        Err(problem) => return Ok(Err(refuse(warnings, &[problem]))),
    };
    // Ports must not move by what comes later.
    if let Some(new) = lock.new.as_ref().filter(|_| keep == KeepLock::Yes && !lock.is_current()) {
        disk::replace(&lock.path, new, Durability::Machine)?;
    }
    plan.plain_hosts.retain(|it| it.name.as_ref().map(ToString::to_string) == host);
    let target = match arguments.target {
        None | Some(cli::PlainTarget::Quadlet) => Target::Quadlet,
        Some(cli::PlainTarget::Systemd) => Target::Systemd,
    };
    let emitted = emit::emit(&plan, &BTreeSet::from([target]));
    let below = host.map(|it| format!("hosts/{it}/")).unwrap_or_default();
    let files = emitted.iter().map(|(path, text)| {
        let path = path.strip_prefix(&below).expect("the files of a host are in its directory");
        (path.to_owned(), text.to_owned())
    });
    let header = fileset::header(&plan.manifest);
    let ports = plan.plain_hosts.first().map(|it| ports(&plan, it)).unwrap_or_default();
    Ok(Ok(Files { header, files: files.collect(), ports, talk: warnings }))
}

/// The ports on which the services of a host are called.
fn ports(plan: &Plan, host: &PlainHost) -> BTreeMap<String, u16> {
    let plan = match &host.name {
        Some(name) => plan.on(name),
        None => Cow::Borrowed(plan),
    };
    let port = |it: &Service| it.port.map(|port| port.number).or_else(|| it.fixed_ports().next());
    let services = host.services.iter().map(|name| &plan.services[name]);
    services.filter_map(|it| Some((it.name.to_string(), port(it)?))).collect()
}

fn generated(directory: &Path, arguments: &cli::Wanted) -> Result<Result<Files, Report>, Error> {
    let hosts = directory.join("hosts");
    let names = if disk::is_directory(&hosts) { disk::directories(&hosts)? } else { Vec::new() };
    let all = Directory::ALL.iter().map(|(_, name, _)| *name).collect::<Vec<_>>();
    let has_unnamed = all.iter().any(|it| disk::is_directory(&directory.join(it)));
    let host = match choose(&names, has_unnamed, arguments.host.as_deref()) {
        Ok(host) => host,
        Err(problem) => return Ok(Err(refuse(String::new(), &[problem]))),
    };
    let root = host.map_or(directory.to_owned(), |it| hosts.join(it));
    let mut found = disk::find(&root, &all)?;
    found.retain(|(_, entry)| !matches!(entry, Entry::Directory | Entry::Leftover));
    let texts = disk::look_at_each(&root, &found, |path, found| match found {
        Found::Text(text) | Found::LameProgram(text) => Ok((path.to_owned(), text.to_owned())),
        Found::Directory | Found::Other => {
            Err(Refused { path: path.to_owned(), why: "it is a link, a device, or not text" })
        }
    })?;
    let (files, refused): (Vec<_>, Vec<_>) = texts.into_iter().partition(Result::is_ok);
    if !refused.is_empty() {
        let problems: Vec<Problem> =
            refused.into_iter().filter_map(|it| Some(refused_file(&it.err()?))).collect();
        return Ok(Err(refuse(String::new(), &problems)));
    }
    let files: Vec<(String, String)> = files.into_iter().flatten().collect();
    let Some(header) = files.iter().find_map(|(_, text)| fileset::header_of(text)) else {
        return Err(Error::new(
            format!("there are no generated files in `{}`", root.display()),
            "make them with `unitsmith gen`, or name the manifest",
        ));
    };
    let (header, ports) = (header.to_owned(), BTreeMap::new());
    Ok(Ok(Files { header, files, ports, talk: String::new() }))
}

/// Returns the host that is meant, `None` for the one that has no name.
fn choose(
    names: &[String],
    has_unnamed: bool,
    wanted: Option<&str>,
) -> Result<Option<String>, Problem> {
    let known: Vec<&str> = names.iter().map(String::as_str).collect();
    let own = disk::own_host_name();
    match wanted {
        Some(name) if known.contains(&name) => Ok(Some(name.to_owned())),
        Some(name) => {
            let message = format!("`{name}` is not a host without Nix of this manifest");
            Err(unknown_host(message, &known))
        }
        None if known.is_empty() && has_unnamed => Ok(None),
        None if known.contains(&own.as_str()) => Ok(Some(own)),
        None => {
            let message = format!("this host is called `{own}`, and no host of the manifest is");
            Err(unknown_host(message, &known))
        }
    }
}

fn unknown_host(message: String, known: &[&str]) -> Problem {
    let names: Vec<String> = known.iter().map(|it| format!("`{it}`")).collect();
    let hint = if names.is_empty() {
        "it names no such host, so leave `--host` away".to_owned()
    } else {
        format!("say with `--host` which is meant: {}", names.join(", "))
    };
    problem(Code::UnknownName, message).hint(hint)
}

/// Says so where all units are another manager's.
fn wrong_manager(files: &[(String, String)], manager: &Manager) -> Option<Problem> {
    let has = |wanted: bool| {
        files.iter().any(|(path, _)| {
            let directory = path.split('/').next().and_then(Directory::named);
            directory.is_some_and(|it| it.has_units() && it.is_of(manager) == wanted)
        })
    };
    let is_wrong = matches!(manager, Manager::Account { .. }) && has(false) && !has(true);
    is_wrong.then(|| {
        problem(Code::WrongManager, "the services of this host are the system's".to_owned())
            .hint("leave `--user` away, or give the host a `user` in the manifest")
    })
}

/// Says what is left for somebody else.
fn left_to_others(count: usize, manager: &Manager) -> String {
    let files = plural(count, "file");
    match manager {
        Manager::System => format!(
            "{files} of an account left alone: `unitsmith apply --user`, run by it, takes them\n"
        ),
        Manager::Account { .. } => {
            format!(
                "{files} of the system left alone: `unitsmith apply`, run by root, takes them\n"
            )
        }
    }
}

fn refused_file(refused: &Refused) -> Problem {
    let Refused { path, why } = refused;
    problem(Code::TreeRefused, format!("`{}` is refused: {why}", path.escape_debug()))
        .hint("make the files anew with `unitsmith gen`")
}

/// A problem that is in no manifest.
pub(super) fn problem(code: Code, message: String) -> Problem {
    Problem::new(code, ManifestPath::default().at_key(), message)
}

/// The report of problems for which nothing was done.
pub(super) fn refuse(talk: String, problems: &[Problem]) -> Report {
    let shown: Vec<String> = problems.iter().map(ToString::to_string).collect();
    let count = plural(problems.len(), "problem");
    let stderr = format!("{talk}{}\n\n{count}\nnothing was changed\n", shown.join("\n\n"));
    Report { outcome: Outcome::Findings, stdout: String::new(), stderr }
}
