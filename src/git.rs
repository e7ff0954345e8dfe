//! Files as revisions of git have them.

use std::path::Path;
use std::process::Command;

use crate::error::Error;

/// What a revision has at a path.
#[derive(Debug)]
pub enum Object {
    File(Vec<u8>),
    /// The names of what is in the directory.
    Directory(Vec<String>),
}

/// Returns a file as a revision has it.
pub fn show(revision: &str, path: &Path) -> Result<Vec<u8>, Error> {
    let name = path.file_name().map(|it| it.to_string_lossy().into_owned()).unwrap_or_default();
    let directory = path.parent().unwrap_or(Path::new(""));
    if revision.starts_with('-') {
        return Err(Error::new(format!("`{revision}` is no revision"), HINT));
    }
    let said = match run(directory, &["show", &format!("{revision}:./{name}")])? {
        Ok(bytes) => return Ok(bytes),
        Err(said) => said,
    };
    Err(Error::new(format!("`{revision}` has no `{}`: {said}", path.display()), HINT))
}

/// Returns what a revision that there is has at a path from a directory on; `None` when it has nothing there.
pub fn find(revision: &str, directory: &Path, path: &Path) -> Result<Option<Object>, Error> {
    let object = format!("{revision}:./{}", path.display());
    let Ok(kind) = run(directory, &["cat-file", "-t", &object])? else { return Ok(None) };
    let fail = |said| Error::new(format!("`{object}` cannot be read: {said}"), HINT);
    if kind.starts_with(b"tree") {
        let list = ["ls-tree", "--full-tree", "--name-only", "-z", &object];
        let listed = run(directory, &list)?.map_err(fail)?;
        return Ok(Some(Object::Directory(names(&listed).collect())));
    }
    Ok(Some(Object::File(run(directory, &["cat-file", "blob", &object])?.map_err(fail)?)))
}

/// Returns the files of a directory of a revision, `main:generated`, with their paths from there on.
pub fn tree(object: &str) -> Result<Vec<(String, Vec<u8>)>, Error> {
    let fail = |said| Error::new(format!("`{object}` cannot be read: {said}"), HINT);
    if object.starts_with('-') {
        return Err(fail("it is no revision".to_owned()));
    }
    let here = Path::new("");
    let list = ["ls-tree", "-r", "--full-tree", "--name-only", "-z", object];
    let listed = run(here, &list)?.map_err(fail)?;
    let directory = object.trim_end_matches('/');
    let slash = if directory.ends_with(':') { "" } else { "/" };
    let files = names(&listed).map(|name| {
        let blob = format!("{directory}{slash}{name}");
        let bytes = run(here, &["cat-file", "blob", &blob])?.map_err(fail)?;
        Ok((name, bytes))
    });
    files.collect()
}

/// The names that git lists with `-z`.
fn names(listed: &[u8]) -> impl Iterator<Item = String> {
    let names = listed.split(|byte| *byte == 0).filter(|it| !it.is_empty());
    names.map(|it| String::from_utf8_lossy(it).into_owned())
}

const HINT: &str = "name a manifest, a directory of generated files, or a revision of git, like `main`, `main..HEAD` or `main:generated`";

/// Runs git in a directory; returns its output, or what it has to say of its failure.
fn run(directory: &Path, arguments: &[&str]) -> Result<Result<Vec<u8>, String>, Error> {
    let directory = if directory.as_os_str().is_empty() { Path::new(".") } else { directory };
    let output = Command::new("git")
        .arg("-C")
        .arg(directory)
        .args(arguments)
        .output()
        .map_err(|error| Error::io("run git for", directory, error))?;
    if output.status.success() {
        return Ok(Ok(output.stdout));
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let said = said.lines().next().unwrap_or_default().trim_start_matches("fatal: ");
    Ok(Err(said.to_owned()))
}
