//! What tests share: a manifest becomes files, the real readers read them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use unitsmith::emit::{self, Target};
use unitsmith::fileset::FileSet;
use unitsmith::gap;
use unitsmith::manifest::source::Source;
use unitsmith::manifest::{self, Format};
use unitsmith::plan::Plan;
use unitsmith::problem::{Problem, Trail, has_error};
use unitsmith::resolve::{Context, resolve};

pub(crate) mod daemon;
pub(crate) mod json;
pub(crate) mod nixos;
pub(crate) mod notation;
pub(crate) mod podman;
pub(crate) mod process_compose;
pub(crate) mod quadlet;
pub(crate) mod systemd;
pub(crate) mod unit;

/// The root of the repository.
pub(crate) fn repository() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Resolves a manifest, or returns its problems as they are shown; warnings alone stop nothing.
pub(crate) fn plan(text: &str, format: Format) -> Result<Plan, String> {
    let (plan, source, problems) = resolved(text, format);
    plan.filter(|_| !has_error(&problems)).ok_or_else(|| source.render(&problems))
}

/// Returns the problems of a manifest.
pub(crate) fn problems(text: &str, format: Format) -> Vec<Problem> {
    resolved(text, format).2
}

/// The code, place and message of each problem, a line each.
pub(crate) fn told(problems: &[Problem]) -> String {
    let line = |it: &Problem| format!("{} {}: {}\n", it.code.as_str(), it.place.path, it.message);
    problems.iter().map(line).collect()
}

fn resolved(text: &str, format: Format) -> (Option<Plan>, Source, Vec<Problem>) {
    let name = match format {
        Format::Toml => "unitsmith.toml",
        Format::Json => "unitsmith.json",
        Format::Yaml => "unitsmith.yaml",
        Format::Nix => "unitsmith.nix",
    };
    let (manifest, source, mut problems) = manifest::parse(name, text.into(), format);
    let lock = BTreeMap::new();
    let is_damaged = |trail: &Trail<'_>| source.is_damaged(&trail.to_path());
    let context = Context { manifest: name, lock: &lock, is_damaged: &is_damaged };
    let plan = manifest.and_then(|manifest| {
        let (plan, more) = resolve(&manifest, &context);
        problems.extend(more);
        problems.extend(plan.iter().flat_map(gap::find));
        plan
    });
    source.sort(&mut problems);
    (plan, source, problems)
}

/// Returns the files of a manifest without errors.
pub(crate) fn generate(text: &str, format: Format, targets: &[Target]) -> FileSet {
    let plan = plan(text, format).unwrap_or_else(|problems| panic!("{problems}\n{text}"));
    emit::emit(&plan, &targets.iter().copied().collect::<BTreeSet<_>>())
}

/// Writes files below a directory.
pub(crate) fn write(files: &FileSet, directory: &Path) {
    for (path, text) in files.iter() {
        let path = directory.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
}

/// Returns every file below a directory with its text, by its path below it.
pub(crate) fn read(directory: &Path) -> BTreeMap<String, String> {
    let mut files = BTreeMap::new();
    let mut directories = vec![directory.to_owned()];
    while let Some(current) = directories.pop() {
        for entry in std::fs::read_dir(&current).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                directories.push(path);
            } else {
                let name = path.strip_prefix(directory).unwrap().to_str().unwrap().to_owned();
                files.insert(name, std::fs::read_to_string(&path).unwrap());
            }
        }
    }
    files
}

/// A directory that goes away with the test.
pub(crate) fn scratch() -> tempfile::TempDir {
    tempfile::Builder::new().prefix("unitsmith-test-").tempdir().unwrap()
}

/// The same, in memory where this machine has a place there: for trees that are forced to the disk file by file.
///
/// Nothing is forced there, which only the end of the machine would tell from a disk and no test does.
/// A container may have little room there, and run no programs.
pub(crate) fn scratch_in_memory() -> tempfile::TempDir {
    let memory = Path::new("/dev/shm");
    let made = tempfile::Builder::new().prefix("unitsmith-test-").tempdir_in(memory);
    made.unwrap_or_else(|_| scratch())
}

/// What a program said and how it ended.
pub(crate) struct Output {
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    pub(crate) code: Option<i32>,
}

/// A Debian whose programs read what is written.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Suite {
    /// systemd 252 and podman 4.3, which reads no Quadlets.
    Bookworm,
    /// systemd 257, podman 5.4 and Nix.
    Trixie,
}

/// Runs a command in the Debian root that has the real readers; `shared` has the same path inside.
pub(crate) fn in_root(shared: &[&Path], command: &[&str]) -> Output {
    in_root_of(Suite::Trixie, shared, command)
}

/// The same in the root of a suite.
pub(crate) fn in_root_of(suite: Suite, shared: &[&Path], command: &[&str]) -> Output {
    let shared: Vec<&str> = shared.iter().map(|it| it.to_str().unwrap()).collect();
    let mut enter = Command::new(repository().join("tests/root/enter"));
    match suite {
        Suite::Bookworm => enter.env("UNITSMITH_SUITE", "bookworm"),
        Suite::Trixie => enter.env_remove("UNITSMITH_SUITE"),
    };
    run(enter.args(command).env("UNITSMITH_BIND", shared.join(":")))
}

/// Runs a command to its end.
pub(crate) fn run(command: &mut Command) -> Output {
    let output =
        command.output().unwrap_or_else(|error| panic!("{command:?} cannot be run: {error}"));
    Output {
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
        code: output.status.code(),
    }
}
