//! Where a host keeps what unitsmith put on it.

use rustix::io::Errno;
use rustix::process::{Pid, test_kill_process};

use crate::apply::inventory::{Generation, Inventory, KEPT, Unread};
use crate::apply::place::{Manager, Place};
use crate::apply::tree::Tree;
use crate::error::Error;

use super::beneath::{Directory, Entry, Lock, Taken};
use super::host::Host;

/// The state directory of a host.
#[derive(Debug)]
pub struct Store {
    directory: Directory,
    generations: Directory,
}

/// What the state directory knows.
#[derive(Debug)]
pub enum Kept {
    /// Nothing was applied yet.
    Nothing,
    Inventory(Inventory),
    /// There is something that is no inventory, and why.
    Damaged(String),
}

/// A tree that was applied once.
#[derive(Debug)]
pub enum KeptTree {
    Absent,
    Whole(Generation),
    /// There is something that is no tree, and why.
    Damaged(String),
}

impl KeptTree {
    /// The tree, where it can be read.
    pub fn whole(self) -> Option<Generation> {
        match self {
            KeptTree::Whole(generation) => Some(generation),
            KeptTree::Absent | KeptTree::Damaged(_) => None,
        }
    }
}

const NO_TEXT: &str = "it is not a file of text";

const INVENTORY: &str = "inventory.json";
const LOCK: &str = "lock";
/// What `unitsmith reconcile` has left alone, so that it says so once.
const SAID: &str = "left-alone";

/// The state directory (file-hierarchy(7)).
pub fn path(manager: &Manager) -> String {
    match manager {
        Manager::System => "/var/lib/unitsmith".to_owned(),
        Manager::Account { home } => format!("{home}/.local/state/unitsmith"),
    }
}

/// Reads what is kept, and makes nothing.
pub fn read(host: &Host) -> Result<Kept, Error> {
    match host.root().directory(&path(host.manager()))? {
        None => Ok(Kept::Nothing),
        Some(directory) => inventory(&directory),
    }
}

/// Reads the tree that was applied under a number, and makes nothing.
pub fn generation(host: &Host, number: u64) -> Result<KeptTree, Error> {
    let directory = host.root().directory(&format!("{}/generations", path(host.manager())))?;
    let Some(directory) = directory else { return Ok(KeptTree::Absent) };
    Ok(match directory.read(&file_name(number))? {
        Entry::Absent => KeptTree::Absent,
        Entry::Text(text) => match Generation::parse(&text) {
            Ok(generation) => KeptTree::Whole(generation),
            Err(why) => KeptTree::Damaged(why.to_string()),
        },
        Entry::Link(_) | Entry::Other => KeptTree::Damaged(NO_TEXT.to_owned()),
    })
}

/// Reads the files that were applied under a number, or says why there are none to go back to.
pub fn tree(host: &Host, number: u64) -> Result<Result<Tree, String>, Error> {
    Ok(match generation(host, number)? {
        KeptTree::Whole(generation) => Ok(generation.tree),
        KeptTree::Absent => Err(format!("tree {number} is not kept")),
        KeptTree::Damaged(why) => Err(format!("tree {number} is damaged: {why}")),
    })
}

/// The numbers of the trees that are kept, in order.
pub fn generations(host: &Host) -> Result<Vec<u64>, Error> {
    match host.root().directory(&format!("{}/generations", path(host.manager())))? {
        None => Ok(Vec::new()),
        Some(directory) => numbers(&directory),
    }
}

impl Store {
    /// Opens the state directory for nobody else, and makes it where there is none.
    ///
    /// A run that was killed still has it until systemd has done what the run asked for: that is waited for,
    /// because until then nobody can tell which units run and of which tree they are.
    pub fn open(host: &Host) -> Result<(Store, Lock), Error> {
        if let Some(open) = Store::try_open(host)? {
            return Ok(open);
        }
        let directory = host.root().make_directory(&path(host.manager()))?;
        let holder = match directory.read(LOCK)? {
            Entry::Text(process) => process.parse().ok().and_then(Pid::from_raw),
            Entry::Absent | Entry::Link(_) | Entry::Other => None,
        };
        let is_dead = |it: Pid| test_kill_process(it) == Err(Errno::SRCH);
        if holder.is_some_and(is_dead) {
            let lock = directory.wait_for_lock(LOCK)?;
            return Store::with(directory).map(|store| (store, lock));
        }
        let holder = match holder {
            Some(process) => format!("process {process}"),
            None => "another process".to_owned(),
        };
        Err(Error::new(
            format!("{holder} is changing this host"),
            "wait until it is done, and try again",
        ))
    }

    /// The same; `None` when somebody else has it open.
    pub fn try_open(host: &Host) -> Result<Option<(Store, Lock)>, Error> {
        let directory = host.root().make_directory(&path(host.manager()))?;
        let Some(lock) = directory.lock(LOCK)? else { return Ok(None) };
        Ok(Some((Store::with(directory)?, lock)))
    }

    fn with(directory: Directory) -> Result<Store, Error> {
        let generations = directory.make("generations")?;
        directory.remove_leftovers()?;
        generations.remove_leftovers()?;
        Ok(Store { directory, generations })
    }

    /// Whether a text was said last time, too; the next time this one was.
    pub fn is_said(&self, text: &str) -> Result<bool, Error> {
        let said = match self.directory.read(SAID)? {
            Entry::Text(said) => said,
            Entry::Absent | Entry::Link(_) | Entry::Other => String::new(),
        };
        if said != text {
            keep(&self.directory, SAID, text)?;
        }
        Ok(said == text)
    }

    /// Keeps the inventory in place of the one before.
    pub fn keep_inventory(&self, inventory: &Inventory) -> Result<(), Error> {
        keep(&self.directory, INVENTORY, &inventory.print())
    }

    /// The number that the next tree gets; it follows from no clock.
    pub fn next_number(&self) -> Result<u64, Error> {
        Ok(numbers(&self.generations)?.last().map_or(1, |it| it + 1))
    }

    /// Keeps a tree.
    pub fn keep_generation(&self, generation: &Generation) -> Result<(), Error> {
        keep(&self.generations, &file_name(generation.number), &generation.print())
    }

    /// Keeps a file that somebody has edited, before it is written anew, and returns where.
    pub fn keep_edited(&self, place: &Place, text: &str) -> Result<String, Error> {
        let edited = self.directory.make("edited")?;
        let name = place.to_string().replace('/', "_");
        keep(&edited, &name, text)?;
        Ok(edited.path().join(name).display().to_string())
    }

    /// Forgets the oldest trees.
    pub fn forget_old(&self) -> Result<(), Error> {
        let numbers = numbers(&self.generations)?;
        let old = &numbers[..numbers.len().saturating_sub(KEPT)];
        old.iter().try_for_each(|it| self.generations.remove(&file_name(*it)))
    }

    /// Forgets everything; what was edited is kept, because it is somebody's.
    pub fn forget_all(&self) -> Result<(), Error> {
        self.directory.remove(INVENTORY)?;
        self.directory.remove(SAID)?;
        for number in numbers(&self.generations)? {
            self.generations.remove(&file_name(number))?;
        }
        self.directory.remove_empty("generations")?;
        self.directory.remove(LOCK)?;
        self.directory.sync()
    }
}

fn keep(directory: &Directory, name: &str, text: &str) -> Result<(), Error> {
    let written = directory.write(text)?;
    written.sync()?;
    written.name(name, Taken::Replaced)?;
    directory.sync()
}

fn inventory(directory: &Directory) -> Result<Kept, Error> {
    Ok(match directory.read(INVENTORY)? {
        Entry::Absent => Kept::Nothing,
        Entry::Text(text) => match Inventory::parse(&text) {
            Ok(inventory) => Kept::Inventory(inventory),
            Err(Unread::Damaged(why)) => Kept::Damaged(why),
            Err(Unread::Newer) => {
                let path = directory.path().join(INVENTORY);
                return Err(Error::new(
                    format!("a newer unitsmith has written `{}`", path.display()),
                    "use that one; or remove this file, and `apply` finds out what is there",
                ));
            }
        },
        Entry::Link(_) | Entry::Other => Kept::Damaged(NO_TEXT.to_owned()),
    })
}

fn file_name(number: u64) -> String {
    format!("{number}.json")
}

fn numbers(directory: &Directory) -> Result<Vec<u64>, Error> {
    let names = directory.names()?;
    let mut numbers: Vec<u64> =
        names.iter().filter_map(|it| it.strip_suffix(".json")?.parse().ok()).collect();
    numbers.sort_unstable();
    Ok(numbers)
}
