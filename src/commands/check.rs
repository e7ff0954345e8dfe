//! `unitsmith check`

use std::path::Path;

use crate::cli::{self, Format};
use crate::compare::{self, Change};
use crate::contrast::{self, Contrast};
use crate::error::Error;
use crate::fileset::FileSet;
use crate::manifest::source::Position;
use crate::ports::lock;
use crate::problem::Trail;

use super::{Lock, Outcome, Report, Survey, findings, plural, summary, survey};

/// Compares the files with what the manifest wants and writes nothing.
pub(super) fn run(arguments: cli::Check) -> Result<Report, Error> {
    let cli::Check { tree, format, structural } = arguments;
    let Survey { loaded, root, wanted, mut changes, leftovers: _ } = match survey(&tree)? {
        Ok(survey) => survey,
        Err(report) => return refused(&tree, format, report),
    };
    if structural {
        changes.retain(|it| !is_layout(it, &wanted));
    }
    let is_clean = changes.is_empty() && loaded.lock.is_current();
    // Nobody asks what a tree means that is as it should be.
    let contrast = if is_clean {
        Contrast::default()
    } else {
        contrast::compare(&found(&wanted, &changes), &wanted)
    };
    let finding = Finding {
        tree: &tree,
        root: &root,
        lock: &loaded.lock,
        changes: &changes,
        contrast: &contrast,
    };
    let (stdout, stderr) = match format {
        Format::Human if is_clean => {
            let files = plural(wanted.len(), "file");
            let all = format!(
                "{}{files} in `{}`, as the manifest wants them\n",
                loaded.warnings,
                root.display()
            );
            (String::new(), all)
        }
        Format::Human => (
            compare::unified_diff(&wanted, &changes),
            loaded.warnings.clone() + &finding.for_people(),
        ),
        Format::Github => {
            let problems = findings::github(&loaded.reviewed);
            let source = &loaded.reviewed.source;
            let at =
                |service: &str| source.position(&Trail::Root.key("services").key(service).at_key());
            let file = source.name();
            let drift = if is_clean { String::new() } else { finding.annotations(file, &at) };
            (problems + &drift, String::new())
        }
        Format::Json => {
            let mut all = findings::value(&loaded.reviewed);
            finding.add_to(&mut all);
            (findings::pretty(&all), String::new())
        }
    };
    let outcome = if is_clean { Outcome::Clean } else { Outcome::Findings };
    Ok(Report { outcome, stdout, stderr })
}

/// The report of a manifest with errors, in the form that is asked for.
fn refused(tree: &cli::Tree, format: Format, report: Report) -> Result<Report, Error> {
    let asked = super::process_compose(tree);
    let reviewed = || super::review_for(&super::manifest_path(&tree.manifest)?, &asked);
    let stdout = match format {
        Format::Human => return Ok(report),
        Format::Github => findings::github(&reviewed()?),
        Format::Json => findings::json(&reviewed()?),
    };
    Ok(Report { outcome: report.outcome, stdout, stderr: String::new() })
}

/// Whether a change is one of layout alone.
fn is_layout(change: &Change, wanted: &FileSet) -> bool {
    match change {
        Change::Changed { path, old } => {
            wanted.get(path).is_some_and(|new| new != old && contrast::is_same(path, old, new))
        }
        Change::Added { .. } | Change::Removed { .. } | Change::Foreign { .. } => false,
    }
}

/// The tree as it is, as far as it was generated.
fn found(wanted: &FileSet, changes: &[Change]) -> FileSet {
    let is_changed = |path: &str| changes.iter().any(|it| it.path() == path);
    let same = wanted.iter().filter(|(path, _)| !is_changed(path));
    let mut old =
        FileSet::new(same.map(|(path, text)| (path.to_owned(), text.to_owned())).collect());
    for change in changes {
        match change {
            Change::Changed { path, old: text } | Change::Removed { path, old: text } => {
                old.insert(path.clone(), text.clone());
            }
            Change::Added { .. } | Change::Foreign { .. } => {}
        }
    }
    old
}

/// What a check found.
struct Finding<'a> {
    tree: &'a cli::Tree,
    root: &'a Path,
    lock: &'a Lock,
    changes: &'a [Change],
    contrast: &'a Contrast,
}

impl Finding<'_> {
    fn for_people(&self) -> String {
        let mut text = String::new();
        for change in self.changes {
            let (_, what) = kind(change);
            text.push_str(&format!("`{}` is {what}\n", self.root.join(change.path()).display()));
        }
        if !self.lock.is_current() {
            text.push_str(&format!("`{}` is out of date\n", self.lock.path.display()));
        }
        for (service, said) in self.said() {
            text.push_str(&format!("{service}: {said}\n"));
        }
        text.push_str(&format!("{}\n", self.repair()));
        text
    }

    /// What changed of each service, and whether its port did.
    fn said(&self) -> Vec<(String, String)> {
        let ports = |text: &Option<String>| text.as_ref().and_then(|it| lock::parse(it).ok());
        let (old, new) = (ports(&self.lock.old), ports(&self.lock.new));
        let port = |service: &str| {
            let (old, new) = (old.as_ref()?.get(service)?, new.as_ref()?.get(service)?);
            let same = "port unchanged".to_owned();
            Some(if old == new { same } else { format!("port {old} → {new}") })
        };
        let said = summary::by_service(self.contrast).into_iter().map(|(service, said)| {
            let port = port(&service).map(|it| format!("; {it}")).unwrap_or_default();
            (service, said + &port)
        });
        said.collect()
    }

    /// One annotation for each service, at its place in the manifest, and one for all that is of none.
    fn annotations<'s>(&self, file: &str, at: &dyn Fn(&str) -> Position<'s>) -> String {
        let mut text = String::new();
        let repair = findings::data(&format!("\n{}", self.repair()));
        let said = self.said();
        for (service, said) in &said {
            let Position { file, line, column: _ } = at(service);
            let (file, said) =
                (findings::property(file), findings::data(&format!("{service}: {said}")));
            text.push_str(&format!(
                "::error file={file},line={line},title=unitsmith check::{said}{repair}\n"
            ));
        }
        if said.is_empty() || !self.lock.is_current() {
            let paths =
                self.changes.iter().map(|it| self.root.join(it.path()).display().to_string());
            let lock = (!self.lock.is_current()).then(|| self.lock.path.display().to_string());
            let paths: Vec<String> = paths.chain(lock).collect();
            let (file, paths) = (findings::property(file), findings::data(&paths.join(", ")));
            text.push_str(&format!(
                "::error file={file},title=unitsmith check::out of date: {paths}{repair}\n"
            ));
        }
        text
    }

    /// Adds what was found to what is wrong with the manifest.
    fn add_to(&self, all: &mut serde_json::Value) {
        let files = self.changes.iter().map(|it| {
            serde_json::json!({ "path": self.root.join(it.path()).display().to_string(), "is": kind(it).0 })
        });
        let services = self.said().into_iter();
        let services =
            services.map(|(name, said)| serde_json::json!({ "name": name, "summary": said }));
        all["files"] = files.collect();
        all["hosts"] = summary::json(self.contrast);
        all["services"] = services.collect();
        all["lock"] = serde_json::json!({
            "path": self.lock.path.display().to_string(),
            "current": self.lock.is_current(),
        });
        let is_clean = self.changes.is_empty() && self.lock.is_current();
        all["repair"] = if is_clean { serde_json::Value::Null } else { command(self.tree).into() };
    }

    /// What to do so that the check passes.
    fn repair(&self) -> String {
        let command = command(self.tree);
        let foreign = self.changes.iter().filter_map(|it| match it {
            Change::Foreign { path } => Some(format!("`{}`", self.root.join(path).display())),
            Change::Added { .. } | Change::Changed { .. } | Change::Removed { .. } => None,
        });
        let foreign: Vec<String> = foreign.collect();
        if foreign.is_empty() {
            format!("to repair it: {command}")
        } else {
            format!("to repair it, move {} away and run: {command}", foreign.join(", "))
        }
    }
}

/// What a change is called by programs and by people.
fn kind(change: &Change) -> (&'static str, &'static str) {
    match change {
        Change::Added { .. } => ("missing", "missing"),
        Change::Changed { .. } => ("different", "different"),
        Change::Removed { .. } => ("unwanted", "not wanted any more"),
        Change::Foreign { .. } => ("foreign", "in the way, and not generated from this manifest"),
    }
}

/// The command that writes the files.
fn command(tree: &cli::Tree) -> String {
    let quoted = |path: &Path| {
        let path = path.display().to_string();
        shlex::try_quote(&path).map_or_else(|_| path.clone(), |it| it.into_owned())
    };
    let mut words = vec!["unitsmith gen".to_owned()];
    words.extend(tree.manifest.path.iter().map(|it| quoted(it)));
    words.extend(tree.output.iter().map(|it| format!("-o {}", quoted(it))));
    let names: Vec<String> = tree
        .target
        .iter()
        .filter_map(clap::ValueEnum::to_possible_value)
        .map(|it| it.get_name().to_owned())
        .collect();
    if !names.is_empty() {
        words.push(format!("--target {}", names.join(",")));
    }
    words.extend(tree.entrypoint.then(|| "--entrypoint".to_owned()));
    words.join(" ")
}
