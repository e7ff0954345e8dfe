//! The commands: from what was typed to what is shown.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::cli::{self, Cli, Command};
use crate::compare::{self, Change, Found};
use crate::disk::{self, Entry};
use crate::emit::{self, Target};
use crate::error::Error;
use crate::fileset::{self, FileSet};
use crate::gap;
use crate::lint;
use crate::manifest::source::Source;
use crate::manifest::{self, Format, Included};
use crate::nearest;
use crate::plan::name::ServiceName;
use crate::plan::service::PortRole;
use crate::plan::{Entrypoint, Form, Plan};
use crate::ports::lock;
use crate::problem::{self, Code, Path as ManifestPath, Problem, Severity, Trail};
use crate::resolve::{self, Context};

mod apply;
mod attempt;
mod check;
mod differ;
mod explain;
mod findings;
mod generate;
mod graph;
mod init;
mod lint_rules;
mod ports;
mod schema;
mod shell;
mod summary;
mod table;
mod verify;

/// What a finished command found. `Error` is for commands that could not finish.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    Clean,
    /// Problems, or files that differ.
    Findings,
}

/// What a command has to say.
#[derive(Debug)]
pub struct Report {
    pub outcome: Outcome,
    /// Data, for programs and pipes.
    pub stdout: String,
    /// Talk, for people.
    pub stderr: String,
}

/// Runs a command; how it is said is for the caller.
pub fn run(cli: Cli) -> Result<Report, Error> {
    match cli.command {
        Command::Init(arguments) => init::run(&arguments),
        Command::Gen(tree) => generate::run(tree),
        Command::Check(arguments) => check::run(arguments),
        Command::Diff(arguments) => differ::run(arguments),
        Command::Apply(arguments) => apply::run(arguments),
        Command::Lint(arguments) => lint_rules::run(arguments),
        Command::Status(arguments) => apply::status::run(&arguments),
        Command::Rollback(arguments) => apply::rollback::run(&arguments),
        Command::Remove(arguments) => apply::remove::run(&arguments),
        Command::Reconcile(arguments) => apply::reconcile::run(&arguments),
        Command::Ports(arguments) => ports::run(arguments),
        Command::Explain(arguments) => explain::run(arguments),
        Command::Graph(arguments) => graph::run(arguments),
        Command::Try(arguments) => attempt::run(arguments),
        Command::Verify(arguments) => verify::run(arguments),
        Command::Schema => Ok(schema::run()),
        Command::Completions(arguments) => Ok(shell::completions(&arguments)),
        Command::Man(arguments) => shell::man(&arguments),
    }
}

/// A manifest with all that there is to say about it.
struct Reviewed {
    source: Source,
    /// In the order of the text; without a plan there is an error among them, or the lock is broken.
    problems: Vec<Problem>,
    broken_lock: Option<Problem>,
    plan: Option<Plan>,
    lock_path: PathBuf,
    /// What the lock says, or `None` when there is none.
    old_lock: Option<Vec<u8>>,
}

impl Reviewed {
    /// How many errors, warnings and notes there are.
    fn counts(&self) -> [usize; 3] {
        let count =
            |severity| self.problems.iter().filter(|it| it.code.severity() == severity).count();
        let errors = count(Severity::Error) + usize::from(self.broken_lock.is_some());
        [errors, count(Severity::Warning), count(Severity::Note)]
    }

    /// Everything as people read it, and how much it is; empty when there is nothing.
    fn shown(&self) -> String {
        let mut shown = self.source.render(&self.problems);
        shown.extend(self.broken_lock.iter().map(|it| format!("{it}\n\n")));
        let counts = self.counts();
        if counts != [0; 3] {
            shown.push_str(&format!("{}\n", counted(counts)));
        }
        shown
    }
}

/// A manifest that was read and resolved.
struct Loaded {
    plan: Plan,
    lock: Lock,
    /// The warnings as they are shown, with their number; empty when there are none.
    warnings: String,
    /// What is said of the manifest; its plan is the one above.
    reviewed: Reviewed,
}

/// The lock file beside the manifest.
struct Lock {
    path: PathBuf,
    /// What it says, or `None` when there is none.
    old: Option<String>,
    /// What it should say, or `None` when there is nothing to say.
    new: Option<String>,
}

impl Lock {
    fn is_current(&self) -> bool {
        self.old == self.new
    }
}

/// Reads and resolves a manifest, and looks at it with all rules.
fn review(path: &Path) -> Result<Reviewed, Error> {
    // ENOENT, as the system words it for every other file.
    let missing = || std::io::Error::from_raw_os_error(2);
    let bytes = || disk::read(path)?.ok_or_else(|| Error::io("read", path, missing()));
    let lock = || disk::read(&path.with_extension("lock"));
    let find = |included: &Path| {
        let included = path.with_file_name("").join(included);
        Ok(if disk::is_directory(&included) {
            Included::Directory(disk::names(&included)?)
        } else {
            disk::read(&included)?.map_or(Included::Nothing, Included::File)
        })
    };
    review_text(path, bytes, lock, find)
}

/// Resolves a manifest of that name, and looks at it with all rules.
///
/// `find` returns what is at a path that the manifest includes, from its directory on.
fn review_text(
    path: &Path,
    bytes: impl FnOnce() -> Result<Vec<u8>, Error>,
    lock: impl FnOnce() -> Result<Option<Vec<u8>>, Error>,
    mut find: impl FnMut(&Path) -> Result<Included, Error>,
) -> Result<Reviewed, Error> {
    let Some(format) = Format::of(path) else {
        return Err(Error::new(
            format!("`{}` has no extension of a manifest", path.display()),
            "they are `.toml`, `.json`, `.yaml`, `.yml` and `.nix`",
        ));
    };
    let (manifest, source, mut problems) = manifest::parse_all(path, bytes()?, format, &mut find)?;

    let lock_path = path.with_extension("lock");
    let old = lock()?;
    let mut broken_lock = None;
    let locked = match &old {
        None => BTreeMap::new(),
        Some(bytes) => lock::parse(&String::from_utf8_lossy(bytes)).unwrap_or_else(|why| {
            broken_lock = Some(broken(&lock_path, &why));
            BTreeMap::new()
        }),
    };
    let name = path.file_name().map(|it| it.to_string_lossy().into_owned()).unwrap_or_default();
    let is_damaged = |trail: &Trail<'_>| source.has_damage() && source.is_damaged(&trail.to_path());
    let context = Context { manifest: &name, lock: &locked, is_damaged: &is_damaged };
    let plan = manifest.and_then(|manifest| {
        let (plan, more) = resolve::resolve(&manifest, &context);
        problems.extend(more);
        problems.extend(plan.iter().flat_map(gap::find));
        // What is missing because of an error is nobody's habit.
        let sound = plan.iter().filter(|_| !problem::has_error(&problems));
        let doubtful: Vec<Problem> = sound.flat_map(|plan| lint::find(&manifest, plan)).collect();
        problems.extend(doubtful);
        plan
    });
    source.sort(&mut problems);
    Ok(Reviewed { source, problems, broken_lock, plan, lock_path, old_lock: old })
}

/// The same as [`review`]; where process-compose is asked for and no host has it, one is meant that has.
fn review_for(path: &Path, asked: &[Form]) -> Result<Reviewed, Error> {
    let mut reviewed = review(path)?;
    for form in asked {
        let Some(plan) = &mut reviewed.plan else { continue };
        if !plan.compose_hosts.iter().any(|it| it.form.is_like(*form)) {
            plan.imply_process_compose(*form);
            reviewed.problems.extend(gap::find_of_process_compose(plan, *form));
        }
    }
    reviewed.source.sort(&mut reviewed.problems);
    Ok(reviewed)
}

/// Loads a manifest to make files from it; the report is that of its problems.
fn load(path: PathBuf) -> Result<Result<Loaded, Report>, Error> {
    load_for(path, &[])
}

/// The same, with process-compose where it is asked for.
fn load_for(path: PathBuf, asked: &[Form]) -> Result<Result<Loaded, Report>, Error> {
    let mut reviewed = review_for(&path, asked)?;
    reviewed.problems.retain(|it| it.code.severity() != Severity::Note);
    let [errors, _, _] = reviewed.counts();
    let shown = reviewed.shown();
    let plan = reviewed.plan.take();
    match plan {
        Some(plan) if errors == 0 => {
            let ports = given_ports(&plan);
            let old = reviewed.old_lock.as_ref();
            let new = (!ports.is_empty() || old.is_some()).then(|| lock::print(&ports));
            let old = old.map(|it| String::from_utf8_lossy(it).into_owned());
            let lock = Lock { path: reviewed.lock_path.clone(), old, new };
            Ok(Ok(Loaded { plan, lock, warnings: shown, reviewed }))
        }
        _ => Ok(Err(Report { outcome: Outcome::Findings, stdout: String::new(), stderr: shown })),
    }
}

/// How many errors, warnings and notes there are, without those of which there are none.
fn counted(counts: [usize; 3]) -> String {
    let parts = counts.into_iter().zip(["problem", "warning", "note"]);
    let parts: Vec<String> =
        parts.filter(|(count, _)| *count > 0).map(|(count, noun)| plural(count, noun)).collect();
    parts.join(", ")
}

fn broken(path: &Path, why: &str) -> Problem {
    let message = format!("`{}` is not a lock file: {why}", path.display());
    Problem::new(Code::BrokenLock, ManifestPath::default().at_key(), message)
        .hint("restore it from version control; without it ports may move")
}

/// The ports that the lock keeps: all of them, by their keys.
fn given_ports(plan: &Plan) -> BTreeMap<String, u16> {
    let services = plan.services.values();
    services
        .flat_map(|service| {
            service.ports().map(|(role, port)| (service.port_reference(role).key(), port.number))
        })
        .collect()
}

/// The manifest in the working directory unless one is named.
fn manifest_path(arguments: &cli::Manifest) -> Result<PathBuf, Error> {
    if let Some(path) = &arguments.path {
        return Ok(path.clone());
    }
    let present: Vec<&str> = NAMES.into_iter().filter(|it| disk::is_file(Path::new(it))).collect();
    match &present[..] {
        [name] => Ok(PathBuf::from(name)),
        [] => Err(Error::new(
            "there is no `unitsmith.toml` here, nor the same in `.json`, `.yaml` or `.nix`",
            "`unitsmith init NAME` writes one; or name the manifest",
        )),
        [first, .., last] => Err(Error::new(
            format!("there are both `{first}` and `{last}` here"),
            "name the manifest that is meant",
        )),
    }
}

/// The error of a service that is named and not there.
fn unknown_service(name: &str, plan: &Plan) -> Error {
    let known: Vec<&str> = plan.services.keys().map(ServiceName::as_str).collect();
    let message = format!("`{name}` is not a service of `{}`", plan.manifest);
    Error::new(message, nearest::hint(name, &known, "services"))
}

/// How a manifest is called that nobody has to name.
const NAMES: [&str; 5] =
    ["unitsmith.toml", "unitsmith.json", "unitsmith.yaml", "unitsmith.yml", "unitsmith.nix"];

/// The directory of the generated files.
fn output(tree: &cli::Tree, manifest: &Path) -> PathBuf {
    tree.output.clone().unwrap_or_else(|| manifest.with_file_name("generated"))
}

/// The targets that are meant, all when none is named.
fn targets(tree: &cli::Tree) -> BTreeSet<Target> {
    if tree.target.is_empty() {
        return Target::WITH_SYSTEMD.iter().copied().chain(Form::ALL.map(Target::of)).collect();
    }
    tree.target.iter().map(|it| target(*it)).collect()
}

fn target(named: cli::Target) -> Target {
    match named {
        cli::Target::Nixos => Target::Nixos,
        cli::Target::Systemd => Target::Systemd,
        cli::Target::Quadlet => Target::Quadlet,
        cli::Target::ProcessCompose => Target::ProcessCompose,
        cli::Target::ProcessComposeFlake => Target::ProcessComposeFlake,
    }
}

/// The forms of process-compose that are named among the targets.
fn process_compose(tree: &cli::Tree) -> Vec<Form> {
    let is_named = |form: &Form| tree.target.iter().any(|it| target(*it) == Target::of(*form));
    Form::ALL.into_iter().filter(is_named).collect()
}

/// The directories in which the files of the targets lie.
fn directories(targets: &BTreeSet<Target>) -> Vec<&'static str> {
    let all: BTreeSet<&str> =
        targets.iter().flat_map(|it| it.directories().iter().copied()).collect();
    all.into_iter().collect()
}

/// A tree beside its manifest.
struct Survey {
    loaded: Loaded,
    /// The directory of the generated files.
    root: PathBuf,
    wanted: FileSet,
    /// How the files that are there differ from those that are wanted, in the order of their paths.
    changes: Vec<Change>,
    /// What writes left behind that were killed.
    leftovers: Vec<String>,
}

/// Loads a manifest and compares what it wants with what is there; the report is that of its problems.
fn survey(tree: &cli::Tree) -> Result<Result<Survey, Report>, Error> {
    let path = manifest_path(&tree.manifest)?;
    let root = output(tree, &path);
    let targets = targets(tree);
    // Neither needs the other: one processor reads the manifest while another lists the directories.
    let asked = process_compose(tree);
    let load = || load_for(path, &asked);
    let (loaded, found) = rayon::join(load, || disk::find(&root, &directories(&targets)));
    let mut loaded = match loaded? {
        Ok(loaded) => loaded,
        Err(report) => return Ok(Err(report)),
    };
    let forms = asked.into_iter().chain(loaded.plan.compose_hosts.iter().map(|it| it.form));
    let meant: BTreeSet<Target> = forms.map(Target::of).collect();
    if tree.entrypoint {
        let file = Target::ProcessCompose;
        if !targets.contains(&file) || !meant.contains(&file) {
            return Err(Error::new(
                "`--entrypoint` is for process-compose, which nobody asks for",
                "add `--target process-compose`",
            ));
        }
        loaded.plan.compose_hosts.iter_mut().for_each(|it| it.entrypoint = Entrypoint::Script);
    }
    // What was once asked for stays when nobody asks and no host says anything of it.
    let is_left_alone = |path: &str| {
        let directory = path.split('/').next().unwrap_or_default();
        let of_process_compose = Form::ALL.map(Target::of).into_iter();
        of_process_compose
            .filter(|it| !meant.contains(it))
            .any(|it| it.directories().contains(&directory))
    };
    let found = found?.into_iter().filter(|(path, _)| !is_left_alone(path));
    let (leftovers, found): (Vec<_>, Vec<_>) =
        found.partition(|(_, entry)| *entry == Entry::Leftover);
    let leftovers = leftovers.into_iter().map(|(path, _)| path).collect();
    let wanted = emit::emit(&loaded.plan, &targets);
    let changes = changes(&root, &found, &wanted, &loaded.plan.manifest)?;
    Ok(Ok(Survey { loaded, root, wanted, changes, leftovers }))
}

/// Compares the files that were found below `root`, in order, with those that are wanted.
fn changes(
    root: &Path,
    found: &[(String, Entry)],
    wanted: &FileSet,
    manifest: &str,
) -> Result<Vec<Change>, Error> {
    let header = fileset::header(manifest);
    let look = |path: &str, found: Found<'_>| compare::compare(wanted, path, found, &header);
    let mut changes: Vec<Change> =
        disk::look_at_each(root, found, look)?.into_iter().flatten().collect();
    let present = found.iter().map(|(path, _)| path.as_str());
    changes.extend(compare::missing(wanted, present));
    changes.sort_by(|one, other| one.path().cmp(other.path()));
    Ok(changes)
}

/// A number with its noun.
fn plural(count: usize, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}

/// How a role of a port is called.
fn role(role: PortRole) -> &'static str {
    match role {
        PortRole::Public => "port",
        PortRole::Backend => "backend",
    }
}
