//! The files of a host: read, and changed all together or not at all.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use rayon::iter::{IntoParallelRefIterator as _, ParallelIterator as _};

use crate::apply::file::{FileChange, FileStep, Found};
use crate::apply::place::{self, Manager, Place};
use crate::apply::tree::Content;
use crate::error::Error;
use crate::fileset;

use super::beneath::{Directory, Entry, Root, Taken};

/// The files of a host that one manager of systemd reads.
#[derive(Debug)]
pub struct Host {
    root: Root,
    manager: Manager,
}

/// A directory of generated files, or one of links in it.
type Group<'a> = (place::Directory, Option<&'a str>);

impl Host {
    /// Opens a host by its root directory.
    pub fn open(root: &Path, manager: Manager) -> Result<Host, Error> {
        Ok(Host { root: Root::open(root)?, manager })
    }

    /// The manager whose files these are.
    pub fn manager(&self) -> &Manager {
        &self.manager
    }

    /// The root directory.
    pub fn root(&self) -> &Root {
        &self.root
    }

    /// Returns what is at each of the places, where there is something.
    pub fn read<'a>(
        &self,
        places: impl IntoIterator<Item = &'a Place>,
    ) -> Result<BTreeMap<Place, Found>, Error> {
        let mut all = BTreeMap::new();
        for (group, places) in grouped(places) {
            let Some(directory) = self.directory(group)? else { continue };
            let found = places.par_iter().map(|place| directory.read(place.file_name()));
            // Collected before it is searched, so that of two errors the first is told on every machine.
            let found: Vec<_> = found.collect();
            for (place, entry) in places.into_iter().zip(found) {
                if let Some(found) = found_of(entry?) {
                    all.insert(place.clone(), found);
                }
            }
        }
        Ok(all)
    }

    /// Returns the places of everything of ours, as `header` on the first line of each file says.
    ///
    /// For a host of which nobody kept what is on it.
    pub fn find(&self, header: &str) -> Result<BTreeSet<Place>, Error> {
        let mut ours = BTreeSet::new();
        for (directory, _, _) in place::Directory::ALL {
            if !directory.is_of(&self.manager) {
                continue;
            }
            let Some(open) = self.directory((*directory, None))? else { continue };
            let names = open.names()?;
            let name = |it: &str| Place::parse(&format!("{}/{it}", directory.name()));
            let places: Vec<Place> = names.iter().filter_map(|it| name(it)).collect();
            for place in places {
                if let Entry::Text(text) = open.read(&place.name)?
                    && fileset::is_generated(&text, header)
                {
                    ours.insert(place);
                }
            }
            for links in names {
                let Ok(Some(inner)) = open.open(&links) else { continue };
                let links =
                    inner.names()?.into_iter().filter_map(|it| name(&format!("{links}/{it}")));
                let leads_to_ours = |link: &Place| {
                    let unit = Place { directory: *directory, name: link.file_name().to_owned() };
                    ours.contains(&unit)
                };
                let links: Vec<Place> = links.filter(leads_to_ours).collect();
                ours.extend(links);
            }
        }
        Ok(ours)
    }

    /// Removes what a run that was killed had not finished to write beside any of the places.
    pub fn remove_leftovers<'a>(
        &self,
        places: impl IntoIterator<Item = &'a Place>,
    ) -> Result<(), Error> {
        for (group, _) in grouped(places) {
            if let Some(directory) = self.directory(group)? {
                directory.remove_leftovers()?;
            }
        }
        Ok(())
    }

    /// Makes the changes, so that they survive the end of the machine.
    ///
    /// Everything is written before `prepare` runs, and that before anything gets its name:
    /// where the disk is full or may not be written, nothing has changed.
    pub fn change<'a>(
        &self,
        steps: &'a [FileStep],
        prepare: impl FnOnce() -> Result<(), Error>,
    ) -> Result<(), Error> {
        let mut directories = BTreeMap::new();
        for (group, _) in grouped(steps.iter().map(|it| &it.place)) {
            directories.insert(group, self.make_directory(group)?);
        }
        let directory =
            |place: &'a Place| directories.get(&group_of(place)).expect("all were opened");
        let mut written = Vec::new();
        for FileStep { place, change } in steps {
            let (content, taken) = match change {
                FileChange::Add(content) => (content, Taken::Refused),
                FileChange::Replace { old: _, new } => (new, Taken::Replaced),
                FileChange::Remove { old: _ } => continue,
            };
            let directory = directory(place);
            let file = match content {
                Content::Text(text) => directory.write(text)?,
                Content::Link(target) => directory.link(target)?,
            };
            written.push((place, file, taken));
        }
        let synced: Vec<_> = written.par_iter().map(|(_, file, _)| file.sync()).collect();
        synced.into_iter().collect::<Result<(), _>>()?;
        prepare()?;
        for (place, file, taken) in written {
            file.name(place.file_name(), taken)?;
        }
        for FileStep { place, change } in steps {
            if matches!(change, FileChange::Remove { .. }) {
                directory(place).remove(place.file_name())?;
            }
        }
        directories.values().try_for_each(Directory::sync)?;
        let removed = steps.iter().filter(|it| matches!(it.change, FileChange::Remove { .. }));
        for (group, _) in grouped(removed.map(|it| &it.place)) {
            if let ((directory, Some(links)), Some(parent)) =
                (group, self.directory((group.0, None))?)
            {
                debug_assert!(directory.has_unit_files(), "only units are enabled by links");
                parent.remove_empty(links)?;
            }
        }
        Ok(())
    }

    fn directory(&self, (directory, links): Group<'_>) -> Result<Option<Directory>, Error> {
        let Some(open) = self.root.directory(&directory.path(&self.manager))? else {
            return Ok(None);
        };
        match links {
            None => Ok(Some(open)),
            Some(links) => open.open(links),
        }
    }

    fn make_directory(&self, (directory, links): Group<'_>) -> Result<Directory, Error> {
        let open = self.root.make_directory(&directory.path(&self.manager))?;
        match links {
            None => Ok(open),
            Some(links) => open.make(links),
        }
    }
}

fn group_of(place: &Place) -> Group<'_> {
    (place.directory, place.subdirectory())
}

/// The places by the directories in which they are.
fn grouped<'a>(places: impl IntoIterator<Item = &'a Place>) -> BTreeMap<Group<'a>, Vec<&'a Place>> {
    let mut groups: BTreeMap<_, Vec<&Place>> = BTreeMap::new();
    for place in places {
        groups.entry(group_of(place)).or_default().push(place);
    }
    groups
}

fn found_of(entry: Entry) -> Option<Found> {
    match entry {
        Entry::Absent => None,
        Entry::Text(text) => Some(Found::Text(text)),
        Entry::Link(target) => Some(Found::Link(target)),
        Entry::Other => Some(Found::Other),
    }
}
