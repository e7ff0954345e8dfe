//! The only place that touches files.
//!
//! A file is written beside its place and renamed into it, so that whoever reads sees the old or the new one.

use std::collections::BTreeSet;
use std::fs::{self, Permissions};
use std::io::{ErrorKind, Read as _, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use rayon::iter::{IntoParallelRefIterator as _, ParallelIterator as _};

use crate::compare::{Change, Found};
use crate::error::Error;
use crate::fileset::{self, FileSet};

pub mod beneath;
pub mod host;
pub mod store;

/// What a file that is being written is called until it is whole.
const PREFIX: &str = ".unitsmith-";

/// Reads a file of bytes; `None` when there is none.
pub fn read(path: &Path) -> Result<Option<Vec<u8>>, Error> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            Ok(None)
        }
        Err(error) => Err(Error::io("read", path, error)),
    }
}

/// Whether there is a file of that name.
pub fn is_file(path: &Path) -> bool {
    path.is_file()
}

/// Whether there is a directory of that name.
pub fn is_directory(path: &Path) -> bool {
    path.is_dir()
}

/// The names of the directories in a directory, in order; links are none.
pub fn directories(path: &Path) -> Result<Vec<String>, Error> {
    let fail = |error: std::io::Error| Error::io("read", path, error);
    let mut names = Vec::new();
    for entry in fs::read_dir(path).map_err(fail)? {
        let entry = entry.map_err(fail)?;
        if entry.file_type().map_err(fail)?.is_dir() {
            names.extend(entry.file_name().into_string());
        }
    }
    names.sort_unstable();
    Ok(names)
}

/// The names of what is in a directory, as far as they are text.
pub fn names(path: &Path) -> Result<Vec<String>, Error> {
    let fail = |error: std::io::Error| Error::io("read", path, error);
    let entries = fs::read_dir(path).map_err(fail)?;
    let names = entries.map(|it| it.map(|it| it.file_name().into_string().ok()).map_err(fail));
    names.filter_map(Result::transpose).collect()
}

/// Where this program is.
pub fn own_program() -> Result<String, Error> {
    let path = std::env::current_exe()
        .map_err(|error| Error::io("find", Path::new("the program itself"), error))?;
    path.into_os_string().into_string().map_err(|path| {
        Error::new(
            format!("`{}` is no path that a unit can hold", path.display()),
            "put the program elsewhere",
        )
    })
}

/// What this machine is called.
pub fn own_host_name() -> String {
    rustix::system::uname().nodename().to_string_lossy().into_owned()
}

/// Makes a directory that is gone when what is returned is dropped.
pub fn scratch() -> Result<tempfile::TempDir, Error> {
    let made = tempfile::Builder::new().prefix("unitsmith-").tempdir();
    made.map_err(|error| Error::io("make", &std::env::temp_dir(), error))
}

/// Makes a directory and those above it.
pub fn make_directory(path: &Path) -> Result<(), Error> {
    fs::create_dir_all(path).map_err(|error| Error::io("make", path, error))
}

/// Finds every file below the given directories of `root`, in the order of their paths.
///
/// Links are not followed: a link is a file of somebody else.
pub fn find(root: &Path, directories: &[&str]) -> Result<Vec<(String, Entry)>, Error> {
    if root.exists() && !root.is_dir() {
        return Err(Error::new(
            format!("`{}` is not a directory", root.display()),
            "name the directory of the generated files",
        ));
    }
    let mut entries = Vec::new();
    for directory in directories {
        let path = root.join(directory);
        match fs::symlink_metadata(&path) {
            Ok(metadata) if metadata.is_dir() => walk(&path, directory, &mut entries)?,
            Ok(_) => entries.push(((*directory).to_owned(), Entry::Other)),
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(Error::io("read", &path, error)),
        }
    }
    entries.sort_unstable_by(|one: &(String, Entry), other| one.0.cmp(&other.0));
    Ok(entries)
}

/// What a directory holds under a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Entry {
    File,
    Directory,
    /// What a write left behind that was killed.
    Leftover,
    Other,
}

fn walk(directory: &Path, name: &str, entries: &mut Vec<(String, Entry)>) -> Result<(), Error> {
    let list = fs::read_dir(directory).map_err(|error| Error::io("read", directory, error))?;
    for entry in list {
        let entry = entry.map_err(|error| Error::io("read", directory, error))?;
        let kind = entry.file_type().map_err(|error| Error::io("read", &entry.path(), error))?;
        let file_name = entry.file_name();
        // A name that is no text cannot be one that we want.
        let Some(file_name) = file_name.to_str() else { continue };
        let path = format!("{name}/{file_name}");
        if kind.is_dir() {
            entries.push((path.clone(), Entry::Directory));
            walk(&entry.path(), &path, entries)?;
        } else if !kind.is_file() {
            entries.push((path, Entry::Other));
        } else if file_name.starts_with(PREFIX) {
            entries.push((path, Entry::Leftover));
        } else {
            entries.push((path, Entry::File));
        }
    }
    Ok(())
}

/// Reads the files that were found and returns what `look` makes of each, in their order.
///
/// Each is read and looked at on one of all processors, and only what `look` returns is kept.
pub fn look_at_each<T: Send>(
    root: &Path,
    entries: &[(String, Entry)],
    look: impl Fn(&str, Found<'_>) -> T + Sync,
) -> Result<Vec<T>, Error> {
    let looked = entries.par_iter().map_init(Vec::new, |buffer, (path, entry)| {
        let found = match entry {
            Entry::File => read_found(&root.join(path), buffer)?,
            Entry::Directory => Found::Directory,
            Entry::Leftover | Entry::Other => Found::Other,
        };
        Ok(look(path, found))
    });
    // Collected before it is searched, so that of two errors the first is told on every machine.
    looked.collect::<Vec<_>>().into_iter().collect()
}

fn read_found<'a>(file: &Path, buffer: &'a mut Vec<u8>) -> Result<Found<'a>, Error> {
    buffer.clear();
    // `take` keeps the standard library from asking for the size of a file that fits the buffer anyway.
    match fs::File::open(file).and_then(|it| it.take(u64::MAX).read_to_end(buffer)) {
        Ok(_) => {}
        // What we may not read we did not write.
        Err(error) if error.kind() == ErrorKind::PermissionDenied => {
            return Ok(Found::Other);
        }
        Err(error) => return Err(Error::io("read", file, error)),
    }
    let Ok(text) = std::str::from_utf8(buffer) else { return Ok(Found::Other) };
    let is_lame = fileset::is_program(text) && !may_be_run(file)?;
    Ok(if is_lame { Found::LameProgram(text) } else { Found::Text(text) })
}

/// Whether its owner may run a file.
fn may_be_run(file: &Path) -> Result<bool, Error> {
    let metadata = fs::metadata(file).map_err(|error| Error::io("read", file, error))?;
    Ok(metadata.permissions().mode() & 0o100 != 0)
}

/// Makes the changes below `root`: writes first, removals last.
///
/// The files can be made again from the manifest, so they are not forced to the disk one by one.
pub fn apply(root: &Path, wanted: &FileSet, changes: &[Change]) -> Result<(), Error> {
    let mut written = Vec::new();
    let mut removed = Vec::new();
    for change in changes {
        match change {
            Change::Added { path } | Change::Changed { path, old: _ } => {
                let text = wanted.get(path).expect("what is added or changed is wanted");
                written.push((root.join(path), text));
            }
            Change::Removed { path, old: _ } => removed.push(path),
            Change::Foreign { .. } => {}
        }
    }
    make_parents(&written)?;
    let results = written.par_iter().map(|(path, text)| replace(path, text, Durability::Process));
    results.find_first(Result::is_err).unwrap_or(Ok(()))?;
    removed.into_iter().try_for_each(|path| remove(root, path))
}

fn make_parents(files: &[(PathBuf, &str)]) -> Result<(), Error> {
    let parents: BTreeSet<&Path> = files.iter().filter_map(|(path, _)| path.parent()).collect();
    for parent in parents {
        fs::create_dir_all(parent).map_err(|error| Error::io("make", parent, error))?;
    }
    Ok(())
}

/// Removes a file and the directories above it that it leaves empty.
pub fn remove(root: &Path, path: &str) -> Result<(), Error> {
    let file = root.join(path);
    fs::remove_file(&file).map_err(|error| Error::io("remove", &file, error))?;
    let mut directory = file.parent();
    while let Some(it) = directory.filter(|it| *it != root) {
        if fs::remove_dir(it).is_err() {
            break;
        }
        directory = it.parent();
    }
    Ok(())
}

/// What a written file survives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// The end of the process at any moment.
    Process,
    /// The end of the machine, too.
    Machine,
}

/// Writes a file where there is none.
pub fn create(path: &Path, text: &str) -> Result<(), Error> {
    let made = fs::File::create_new(path).and_then(|mut it| it.write_all(text.as_bytes()));
    made.map_err(|error| Error::io("write", path, error))
}

/// Replaces a file in one step; a program may be run afterwards.
pub fn replace(path: &Path, text: &str, durability: Durability) -> Result<(), Error> {
    let fail = |error: std::io::Error| Error::io("write", path, error);
    let parent = path.parent().filter(|it| !it.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut builder = tempfile::Builder::new();
    builder.prefix(PREFIX);
    let mode = if fileset::is_program(text) { 0o777 } else { 0o666 };
    builder.permissions(Permissions::from_mode(mode));
    let mut file = builder.tempfile_in(parent).map_err(fail)?;
    file.write_all(text.as_bytes()).map_err(fail)?;
    if durability == Durability::Machine {
        file.as_file().sync_all().map_err(fail)?;
    }
    file.persist(path).map_err(|error| fail(error.error))?;
    if durability == Durability::Machine {
        fs::File::open(parent).and_then(|it| it.sync_all()).map_err(fail)?;
    }
    Ok(())
}
