//! `unitsmith diff`

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::cli::{self, DiffFormat};
use crate::compare::Found;
use crate::contrast::{self, Changes, Contrast};
use crate::disk::{self, Entry};
use crate::emit::{self, Target};
use crate::error::Error;
use crate::fileset::FileSet;
use crate::git::{self, Object};
use crate::manifest::Included;
use crate::unitset::consequence::Consequence;

use super::{
    Outcome, Report, Reviewed, findings, given_ports, manifest_path, plural, review_text, summary,
};

/// One side of the comparison.
struct Side {
    files: FileSet,
    /// Unknown for a tree without its manifest.
    ports: Option<BTreeMap<String, u16>>,
}

/// Shows what a change of the manifest does to hosts.
pub(super) fn run(arguments: cli::Diff) -> Result<Report, Error> {
    let cli::Diff { old, new, manifest, format } = arguments;
    let (old, new) = match old.to_str().and_then(|it| it.split_once("..")) {
        // A path may have two dots in it, as `../old.toml` has.
        Some((from, to)) if new.is_none() && !disk::is_file(&old) && !disk::is_directory(&old) => {
            let to = if to.is_empty() { "HEAD" } else { to };
            (PathBuf::from(from), Some(PathBuf::from(to)))
        }
        Some(_) | None => (old, new),
    };
    let here = || manifest_path(&cli::Manifest { path: manifest.clone() });
    let new = match new {
        Some(new) => new,
        None => here()?,
    };
    let (old, new) = match (side(&old, &here)?, side(&new, &here)?) {
        (Ok(old), Ok(new)) => (old, new),
        (Err(report), _) | (_, Err(report)) => return Ok(report),
    };
    let contrast = contrast::compare(&old.files, &new.files);
    let moves = moves(&old, &new);
    let is_same = contrast.0.is_empty() && moves.is_empty();
    let stdout = match format {
        DiffFormat::Human if is_same => String::new(),
        DiffFormat::Human => text(&contrast, &moves),
        DiffFormat::Markdown => markdown(&contrast, &moves),
        DiffFormat::Json => findings::pretty(&serde_json::json!({
            "version": 1,
            "hosts": summary::json(&contrast),
            "ports": moves.iter().map(|it| serde_json::json!({ "key": it.key, "old": it.old, "new": it.new })).collect::<Vec<_>>(),
        })),
    };
    let stderr = match (format, is_same) {
        (DiffFormat::Human, true) => "nothing changes on any host\n".to_owned(),
        (DiffFormat::Human | DiffFormat::Markdown | DiffFormat::Json, _) => String::new(),
    };
    let outcome = if is_same { Outcome::Clean } else { Outcome::Findings };
    Ok(Report { outcome, stdout, stderr })
}

/// Reads a manifest, a generated tree, or the manifest as a revision of git has it.
fn side(
    name: &Path,
    manifest: &dyn Fn() -> Result<PathBuf, Error>,
) -> Result<Result<Side, Report>, Error> {
    if disk::is_directory(name) {
        return Ok(Ok(Side { files: tree(name)?, ports: None }));
    }
    if disk::is_file(name) {
        return of_manifest(super::review(name)?);
    }
    if let Some(object) = name.to_str().filter(|it| it.contains(':')) {
        return Ok(Ok(Side { files: committed(object)?, ports: None }));
    }
    let manifest = manifest()?;
    let Some(revision) = name.to_str() else {
        return Err(Error::new(
            format!("there is no `{}`", name.display()),
            "name a manifest, a directory of generated files, or a revision of git",
        ));
    };
    let lock = manifest.with_extension("lock");
    // A revision without a lock is one before the first port was given.
    let lock = || Ok(git::show(revision, &lock).ok());
    let directory = manifest.parent().unwrap_or(Path::new(""));
    let find = |included: &Path| {
        Ok(match git::find(revision, directory, included)? {
            Some(Object::File(bytes)) => Included::File(bytes),
            Some(Object::Directory(names)) => Included::Directory(names),
            None => Included::Nothing,
        })
    };
    of_manifest(review_text(&manifest, || git::show(revision, &manifest), lock, find)?)
}

fn of_manifest(reviewed: Reviewed) -> Result<Result<Side, Report>, Error> {
    let [errors, _, _] = reviewed.counts();
    match &reviewed.plan {
        Some(plan) if errors == 0 => {
            let targets: BTreeSet<Target> = [Target::Nixos, Target::Quadlet].into();
            Ok(Ok(Side { files: emit::emit(plan, &targets), ports: Some(given_ports(plan)) }))
        }
        _ => {
            let stderr = reviewed.shown();
            Ok(Err(Report { outcome: Outcome::Findings, stdout: String::new(), stderr }))
        }
    }
}

/// The directories of a tree that hold what hosts get.
fn directories() -> Vec<&'static str> {
    super::directories(&Target::WITH_SYSTEMD.iter().copied().collect())
}

/// Reads the files of a tree as a revision has them.
fn committed(object: &str) -> Result<FileSet, Error> {
    let directories = directories();
    let is_meant = |path: &str| path.split('/').next().is_some_and(|it| directories.contains(&it));
    let mut files = git::tree(object)?;
    files.retain(|(path, _)| is_meant(path));
    let texts =
        files.into_iter().filter_map(|(path, it)| Some((path, String::from_utf8(it).ok()?)));
    Ok(FileSet::new(texts.collect()))
}

/// Reads the files of a tree that say that they were generated.
fn tree(root: &Path) -> Result<FileSet, Error> {
    let found = disk::find(root, &directories())?;
    let found: Vec<(String, Entry)> =
        found.into_iter().filter(|(_, it)| *it == Entry::File).collect();
    let texts = disk::look_at_each(root, &found, |path, found| match found {
        Found::Text(text) | Found::LameProgram(text) => Some((path.to_owned(), text.to_owned())),
        Found::Directory | Found::Other => None,
    })?;
    Ok(FileSet::new(texts.into_iter().flatten().collect()))
}

/// A port that is another one than before.
struct Move {
    key: String,
    old: u16,
    new: u16,
}

fn moves(old: &Side, new: &Side) -> Vec<Move> {
    let (Some(old), Some(new)) = (&old.ports, &new.ports) else { return Vec::new() };
    let moved = old.iter().filter_map(|(key, old)| {
        let new = new.get(key).filter(|it| *it != old)?;
        Some(Move { key: key.clone(), old: *old, new: *new })
    });
    moved.collect()
}

/// What happens on a host, in one line.
fn outline(changes: &Changes) -> String {
    let mut counts: BTreeMap<Consequence, usize> = BTreeMap::new();
    for units in changes.services.values() {
        *counts.entry(summary::consequence(units)).or_default() += 1;
    }
    let parts = counts.iter().rev().map(|(it, count)| format!("{}: {count}", it.as_str()));
    parts.collect::<Vec<_>>().join(", ")
}

fn text(contrast: &Contrast, moves: &[Move]) -> String {
    let mut text = String::new();
    for (host, changes) in &contrast.0 {
        let outline = outline(changes);
        let outline = if outline.is_empty() { outline } else { format!(" ({outline})") };
        text.push_str(&format!("{}{outline}\n", summary::host(host)));
        for (service, units) in &changes.services {
            let consequence = summary::consequence(units).as_str();
            text.push_str(&format!("  {service} {consequence}\n"));
            for change in units {
                for what in summary::what(change) {
                    text.push_str(&format!("    {}: {what}\n", change.unit));
                }
            }
            let socket = format!("{service}.socket");
            if changes.listening.contains(&socket) {
                text.push_str(&format!("    {socket}: keeps listening\n"));
            }
        }
        for (path, kind) in &changes.files {
            text.push_str(&format!("  {path} is {}\n", summary::word(*kind)));
        }
        for loss in changes.losses() {
            let new = loss.new.map(|it| format!(", and uses `{it}`")).unwrap_or_default();
            text.push_str(&format!(
                "  data at risk: {} no longer has `{}`{new}\n",
                loss.service, loss.old
            ));
        }
    }
    for it in moves {
        text.push_str(&format!("port of {} moves: {} → {}\n", it.key, it.old, it.new));
    }
    text
}

/// A comment for a pull request.
fn markdown(contrast: &Contrast, moves: &[Move]) -> String {
    if contrast.0.is_empty() && moves.is_empty() {
        return "Nothing changes on any host.\n".to_owned();
    }
    let cell = |text: &str| text.replace('|', "\\|");
    let mut text = String::new();
    for (host, changes) in &contrast.0 {
        text.push_str(&format!("### {}\n\n", summary::host(host)));
        if !changes.services.is_empty() {
            text.push_str("| service | what happens | what changes |\n|---|---|---|\n");
        }
        for (service, units) in &changes.services {
            let what = units.iter().flat_map(|change| {
                summary::what(change)
                    .into_iter()
                    .map(|it| format!("`{}`: {}", change.unit, cell(&it)))
            });
            let socket = format!("{service}.socket");
            let listening = changes.listening.contains(&socket);
            let listening = listening.then(|| format!("`{socket}` keeps listening"));
            let what: Vec<String> = what.chain(listening).collect();
            let consequence = summary::consequence(units).as_str();
            text.push_str(&format!("| {service} | {consequence} | {} |\n", what.join("<br>")));
        }
        if !changes.files.is_empty() {
            let files: Vec<String> = changes
                .files
                .iter()
                .map(|(path, kind)| format!("`{path}` is {}", summary::word(*kind)))
                .collect();
            let files_are = plural(files.len(), "other file");
            let blank = if changes.services.is_empty() { "" } else { "\n" };
            text.push_str(&format!("{blank}{files_are}: {}\n", files.join(", ")));
        }
        for loss in changes.losses() {
            let new = loss.new.map(|it| format!(", and uses `{it}`")).unwrap_or_default();
            text.push_str(&format!(
                "\n**Data at risk:** {} no longer has `{}`{new}.\n",
                loss.service, loss.old
            ));
        }
        text.push('\n');
    }
    for it in moves {
        text.push_str(&format!("- port of {} moves: {} → {}\n", it.key, it.old, it.new));
    }
    text
}
