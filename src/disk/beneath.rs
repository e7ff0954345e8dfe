//! The directories of a host, in which a planted link leads nowhere.
//!
//! A directory of the host may be a link, as its administrator wishes, but never one that leaves its root;
//! what lies in it is opened without following any link.

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use rustix::fs::{AtFlags, FileType, FlockOperation, Mode, OFlags, RenameFlags, ResolveFlags};
use rustix::io::Errno;

use crate::error::Error;

use super::PREFIX;

/// The root directory of a host or an image.
#[derive(Debug)]
pub struct Root {
    directory: OwnedFd,
    path: PathBuf,
}

/// What is under a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entry {
    Absent,
    Text(String),
    Link(String),
    Other,
}

/// An open directory of a host.
#[derive(Debug)]
pub struct Directory {
    directory: OwnedFd,
    path: PathBuf,
}

/// A file that is written and has not its name yet; it goes away with this value.
#[derive(Debug)]
pub struct Written<'a> {
    directory: &'a Directory,
    temporary: Option<String>,
    /// `None` for a link.
    file: Option<File>,
}

/// Whether a name may be taken already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    /// What has the name is replaced.
    Replaced,
    /// What has the name is kept, and it is an error.
    Refused,
}

const DIRECTORY: OFlags =
    OFlags::RDONLY.union(OFlags::DIRECTORY).union(OFlags::CLOEXEC).union(OFlags::NOFOLLOW);

impl Root {
    /// Opens the root of a host.
    pub fn open(path: &Path) -> Result<Root, Error> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let directory = rustix::fs::open(path, flags, Mode::empty())
            .map_err(|error| Error::io("open", path, error.into()))?;
        Ok(Root { directory, path: path.to_owned() })
    }

    /// Opens an absolute path of the host; `None` when there is no such directory.
    pub fn directory(&self, path: &str) -> Result<Option<Directory>, Error> {
        let below = path.trim_start_matches('/');
        let shown = self.path.join(below);
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let resolve = ResolveFlags::IN_ROOT | ResolveFlags::NO_MAGICLINKS;
        match rustix::fs::openat2(&self.directory, below, flags, Mode::empty(), resolve) {
            Ok(directory) => Ok(Some(Directory { directory, path: shown })),
            Err(Errno::NOENT) => Ok(None),
            Err(error) => Err(Error::io("open", &shown, error.into())),
        }
    }

    /// Opens an absolute path of the host, and makes what is missing of it for all to read.
    pub fn make_directory(&self, path: &str) -> Result<Directory, Error> {
        if let Some(directory) = self.directory(path)? {
            return Ok(directory);
        }
        let path = path.trim_end_matches('/');
        let (parent, name) = path.rsplit_once('/').unwrap_or(("", path));
        self.make_directory(if parent.is_empty() { "/." } else { parent })?.make(name)
    }
}

impl Directory {
    /// The path, for messages.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Opens a directory in this one, which may not be a link; `None` when there is none.
    pub fn open(&self, name: &str) -> Result<Option<Directory>, Error> {
        let path = self.path.join(name);
        match rustix::fs::openat(&self.directory, name, DIRECTORY, Mode::empty()) {
            Ok(directory) => Ok(Some(Directory { directory, path })),
            Err(Errno::NOENT) => Ok(None),
            Err(Errno::LOOP | Errno::NOTDIR) => Err(Error::new(
                format!("`{}` is not a directory, but a link or a file", path.display()),
                "see who put it there; units are never written through a link",
            )),
            Err(error) => Err(Error::io("open", &path, error.into())),
        }
    }

    /// Opens a directory in this one, and makes it where there is none.
    pub fn make(&self, name: &str) -> Result<Directory, Error> {
        let fail = |error: Errno| Error::io("make", &self.path.join(name), error.into());
        match rustix::fs::mkdirat(&self.directory, name, Mode::from_raw_mode(0o755)) {
            Ok(()) => self.sync()?,
            Err(Errno::EXIST) => {}
            Err(error) => return Err(fail(error)),
        }
        self.open(name)?.ok_or_else(|| fail(Errno::NOENT))
    }

    /// Reads what is under a name.
    pub fn read(&self, name: &str) -> Result<Entry, Error> {
        let fail = |error: std::io::Error| Error::io("read", &self.path.join(name), error);
        // A pipe would keep whoever opens it waiting.
        let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NOFOLLOW | OFlags::NONBLOCK;
        let file = match rustix::fs::openat(&self.directory, name, flags, Mode::empty()) {
            Ok(file) => file,
            Err(Errno::NOENT) => return Ok(Entry::Absent),
            Err(Errno::LOOP) => {
                let target = rustix::fs::readlinkat(&self.directory, name, Vec::new())
                    .map_err(|error| fail(error.into()))?;
                return Ok(target.into_string().map_or(Entry::Other, Entry::Link));
            }
            // What we may not read, and sockets and devices, we did not write.
            Err(Errno::ACCESS | Errno::NXIO | Errno::NODEV) => return Ok(Entry::Other),
            Err(error) => return Err(fail(error.into())),
        };
        let status = rustix::fs::fstat(&file).map_err(|error| fail(error.into()))?;
        if FileType::from_raw_mode(status.st_mode) != FileType::RegularFile {
            return Ok(Entry::Other);
        }
        let mut bytes = Vec::with_capacity(usize::try_from(status.st_size).unwrap_or_default());
        File::from(file).read_to_end(&mut bytes).map_err(fail)?;
        Ok(String::from_utf8(bytes).map_or(Entry::Other, Entry::Text))
    }

    /// The names in the directory, in order.
    pub fn names(&self) -> Result<Vec<String>, Error> {
        let fail = |error: Errno| Error::io("read", &self.path, error.into());
        let entries = rustix::fs::Dir::read_from(&self.directory).map_err(fail)?;
        let mut names = Vec::new();
        for entry in entries {
            // A name that is no text is none of ours.
            if let Ok(name) = entry.map_err(fail)?.file_name().to_str() {
                names.push(name.to_owned());
            }
        }
        names.retain(|it| it != "." && it != "..");
        names.sort_unstable();
        Ok(names)
    }

    /// Writes a file that has no name of its own yet.
    ///
    /// Nobody else may read it before [`Written::sync`].
    pub fn write(&self, text: &str) -> Result<Written<'_>, Error> {
        let fail = |error: std::io::Error| Error::io("write to", &self.path, error);
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::CLOEXEC;
        let mode = Mode::RUSR | Mode::WUSR;
        let (name, file) = self
            .temporary(|name| rustix::fs::openat(&self.directory, name, flags, mode))
            .map_err(fail)?;
        let mut written =
            Written { directory: self, temporary: Some(name), file: Some(File::from(file)) };
        if let Some(file) = &mut written.file {
            file.write_all(text.as_bytes()).map_err(fail)?;
        }
        Ok(written)
    }

    /// Writes a link that has no name of its own yet.
    pub fn link(&self, target: &str) -> Result<Written<'_>, Error> {
        let (name, ()) = self
            .temporary(|name| rustix::fs::symlinkat(target, &self.directory, name))
            .map_err(|error| Error::io("write to", &self.path, error))?;
        Ok(Written { directory: self, temporary: Some(name), file: None })
    }

    /// Makes something under a name that nobody has.
    fn temporary<T>(
        &self,
        make: impl Fn(&str) -> Result<T, Errno>,
    ) -> Result<(String, T), std::io::Error> {
        // Counted on from one file to the next, for a name that is tried and taken costs as much as a file.
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let process = std::process::id();
        loop {
            let name = format!("{PREFIX}{process}-{}", NEXT.fetch_add(1, Ordering::Relaxed));
            match make(&name) {
                Ok(made) => return Ok((name, made)),
                Err(Errno::EXIST) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Removes a file or link; that it is gone already is as good.
    pub fn remove(&self, name: &str) -> Result<(), Error> {
        match rustix::fs::unlinkat(&self.directory, name, AtFlags::empty()) {
            Ok(()) | Err(Errno::NOENT) => Ok(()),
            Err(error) => Err(Error::io("remove", &self.path.join(name), error.into())),
        }
    }

    /// Removes a directory if nothing is in it.
    pub fn remove_empty(&self, name: &str) -> Result<(), Error> {
        match rustix::fs::unlinkat(&self.directory, name, AtFlags::REMOVEDIR) {
            Ok(()) | Err(Errno::NOENT | Errno::NOTEMPTY) => Ok(()),
            Err(error) => Err(Error::io("remove", &self.path.join(name), error.into())),
        }
    }

    /// Removes what runs that were killed had not finished to write.
    pub fn remove_leftovers(&self) -> Result<(), Error> {
        let names = self.names()?;
        names.iter().filter(|it| it.starts_with(PREFIX)).try_for_each(|it| self.remove(it))
    }

    /// Waits until the names in the directory are on the disk.
    pub fn sync(&self) -> Result<(), Error> {
        rustix::fs::fsync(&self.directory)
            .map_err(|error| Error::io("write to", &self.path, error.into()))
    }

    /// Takes the lock that a file stands for; `None` when somebody else has it.
    pub fn lock(&self, name: &str) -> Result<Option<Lock>, Error> {
        self.lock_as(name, FlockOperation::NonBlockingLockExclusive)
    }

    /// The same, and waits until it is free.
    pub fn wait_for_lock(&self, name: &str) -> Result<Lock, Error> {
        let lock = self.lock_as(name, FlockOperation::LockExclusive)?;
        Ok(lock.expect("only who does not wait is told that it is taken"))
    }

    fn lock_as(&self, name: &str, operation: FlockOperation) -> Result<Option<Lock>, Error> {
        let fail = |error: std::io::Error| Error::io("lock", &self.path.join(name), error);
        let flags = OFlags::RDWR | OFlags::CREATE | OFlags::CLOEXEC | OFlags::NOFOLLOW;
        let mode = Mode::from_raw_mode(0o644);
        let file = rustix::fs::openat(&self.directory, name, flags, mode)
            .map_err(|error| fail(error.into()))?;
        match rustix::fs::flock(&file, operation) {
            Ok(()) => {}
            Err(Errno::WOULDBLOCK) => return Ok(None),
            Err(error) => return Err(fail(error.into())),
        }
        let mut file = File::from(file);
        file.set_len(0).map_err(fail)?;
        file.write_all(std::process::id().to_string().as_bytes()).map_err(fail)?;
        Ok(Some(Lock { file }))
    }
}

/// A lock that ends with this value, or with the process, and all with whom it is shared.
#[derive(Debug)]
pub struct Lock {
    file: File,
}

impl Lock {
    /// The lock for another process, which keeps it as long as it runs.
    pub fn share(&self) -> Result<OwnedFd, Error> {
        let shared = self.file.try_clone();
        shared.map(OwnedFd::from).map_err(|error| Error::io("share", Path::new("the lock"), error))
    }
}

impl Written<'_> {
    /// Waits until the text is on the disk, and lets all read it.
    pub fn sync(&self) -> Result<(), Error> {
        let Some(file) = &self.file else { return Ok(()) };
        let fail = |error: std::io::Error| Error::io("write to", &self.directory.path, error);
        rustix::fs::fchmod(file, Mode::from_raw_mode(0o644)).map_err(|error| fail(error.into()))?;
        file.sync_all().map_err(fail)
    }

    /// Gives the file its name, in one step.
    pub fn name(mut self, name: &str, taken: Taken) -> Result<(), Error> {
        let Some(temporary) = &self.temporary else { return Ok(()) };
        let flags = match taken {
            Taken::Replaced => RenameFlags::empty(),
            Taken::Refused => RenameFlags::NOREPLACE,
        };
        let directory = &self.directory.directory;
        rustix::fs::renameat_with(directory, temporary.as_str(), directory, name, flags)
            .map_err(|error| Error::io("write", &self.directory.path.join(name), error.into()))?;
        self.temporary = None;
        Ok(())
    }
}

impl Drop for Written<'_> {
    fn drop(&mut self) {
        if let Some(temporary) = &self.temporary {
            // What stays is found and removed by the next run.
            let _ = rustix::fs::unlinkat(
                &self.directory.directory,
                temporary.as_str(),
                AtFlags::empty(),
            );
        }
    }
}
