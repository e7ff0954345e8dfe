//! What unitsmith put on a host, as it keeps it there.
//!
//! The inventory is written before anything changes and after everything has, and each applied tree is kept whole:
//! whoever is killed in between leaves both behind, and the next run knows of which trees parts may be there.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::place::Place;
use super::tree::{Content, Tree};

/// How many applied trees are kept.
pub const KEPT: usize = 10;

const VERSION: u32 = 1;

/// What is on the host.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Inventory {
    /// The comment on the first line of each file, which names the manifest.
    pub header: String,
    /// The number of the tree that was applied last and whole; `None` before the first one was.
    pub generation: Option<u64>,
    /// The trees that runs since then began to apply and did not finish, the newest last.
    ///
    /// Parts of each may run, also of one that another run was to replace and did not.
    pub pending: Vec<u64>,
    /// Every place at which something of ours may be.
    pub places: BTreeSet<Place>,
}

/// A tree as it was applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Generation {
    pub number: u64,
    pub tree: Tree,
}

/// Why something that was kept cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unread {
    /// A program that is newer than this one has written it.
    Newer,
    /// In the user's words.
    Damaged(String),
}

impl fmt::Display for Unread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unread::Newer => f.write_str("a newer unitsmith has written it"),
            Unread::Damaged(why) => f.write_str(why),
        }
    }
}

/// What every version of a file has.
#[derive(Deserialize)]
struct Versioned {
    version: u32,
}

#[derive(Serialize, Deserialize)]
struct InventoryFile {
    version: u32,
    header: String,
    generation: Option<u64>,
    pending: Vec<u64>,
    places: Vec<String>,
}

#[derive(Serialize, Deserialize)]
struct GenerationFile {
    version: u32,
    number: u64,
    header: String,
    files: BTreeMap<String, String>,
    links: BTreeMap<String, String>,
    /// Trees of earlier versions have none.
    #[serde(default)]
    ports: BTreeMap<String, u16>,
}

impl Inventory {
    /// The tree that was wanted last, whether or not it was finished.
    pub fn newest(&self) -> Option<u64> {
        self.pending.last().copied().or(self.generation)
    }

    /// Reads what was kept.
    pub fn parse(text: &str) -> Result<Inventory, Unread> {
        let file: InventoryFile = read(text)?;
        let InventoryFile { version, header, generation, pending, places } = file;
        check_version(version)?;
        let places = places.iter().map(|it| place(it)).collect::<Result<_, _>>()?;
        Ok(Inventory { header, generation, pending, places })
    }

    /// What is to be kept.
    pub fn print(&self) -> String {
        let Inventory { header, generation, pending, places } = self;
        print(&InventoryFile {
            version: VERSION,
            header: header.clone(),
            generation: *generation,
            pending: pending.clone(),
            places: places.iter().map(ToString::to_string).collect(),
        })
    }
}

impl Generation {
    /// Reads a tree that was applied once.
    pub fn parse(text: &str) -> Result<Generation, Unread> {
        let file: GenerationFile = read(text)?;
        let GenerationFile { version, number, header, files, links, ports } = file;
        check_version(version)?;
        let texts = files.into_iter().map(|(path, text)| (path, Content::Text(text)));
        let links = links.into_iter().map(|(path, target)| (path, Content::Link(target)));
        let files = texts.chain(links).map(|(path, content)| Ok((place(&path)?, content)));
        let files = files.collect::<Result<_, Unread>>()?;
        Ok(Generation { number, tree: Tree { header, files, ports } })
    }

    /// The tree as it is to be kept.
    pub fn print(&self) -> String {
        let mut files = BTreeMap::new();
        let mut links = BTreeMap::new();
        let Tree { header, files: all, ports } = &self.tree;
        for (place, content) in all {
            match content {
                Content::Text(text) => files.insert(place.to_string(), text.clone()),
                Content::Link(target) => links.insert(place.to_string(), target.clone()),
            };
        }
        let (header, ports) = (header.clone(), ports.clone());
        let number = self.number;
        print(&GenerationFile { version: VERSION, number, header, files, links, ports })
    }
}

fn print(value: &impl Serialize) -> String {
    let mut text = serde_json::to_string(value).expect("strings and numbers are always JSON");
    text.push('\n');
    text
}

fn read<T: DeserializeOwned>(text: &str) -> Result<T, Unread> {
    serde_json::from_str(text).map_err(|error| {
        // What is newer may have other keys.
        let version = serde_json::from_str::<Versioned>(text).map(|it| it.version);
        let newer = version.ok().and_then(|it| check_version(it).err());
        newer.unwrap_or_else(|| Unread::Damaged(error.to_string()))
    })
}

fn check_version(version: u32) -> Result<(), Unread> {
    match version.cmp(&VERSION) {
        Ordering::Equal => Ok(()),
        Ordering::Greater => Err(Unread::Newer),
        Ordering::Less => Err(Unread::Damaged(format!("its `version` is not {VERSION}"))),
    }
}

fn place(path: &str) -> Result<Place, Unread> {
    Place::parse(path).ok_or_else(|| Unread::Damaged(format!("`{path}` is no place of a host")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree() -> Tree {
        let text = Content::Text("# \"x\"\n".to_owned());
        let link = Content::Link("/etc/systemd/system/a.service".to_owned());
        let files = [("systemd/a.service", text), ("systemd/b.target.wants/a.service", link)];
        let files = files.map(|(path, content)| (place(path).expect("it is one"), content));
        let ports = [("a".to_owned(), 7001)].into();
        Tree { header: "by hand".to_owned(), files: files.into(), ports }
    }

    #[test]
    fn what_is_kept_is_read_back() {
        let generation = Generation { number: 7, tree: tree() };
        assert_eq!(Generation::parse(&generation.print()), Ok(generation));
        let inventory = Inventory {
            header: "by hand".to_owned(),
            generation: Some(7),
            pending: vec![9, 8],
            places: tree().files.into_keys().collect(),
        };
        assert_eq!(Inventory::parse(&inventory.print()), Ok(inventory));
    }

    #[test]
    fn what_is_damaged_is_no_inventory() {
        let whole = Inventory::default().print();
        for text in [
            "",
            "{}",
            &whole[..whole.len() / 2],
            &whole.replace("\"version\":1", "\"version\":0"),
            &whole.replace("[]", "[\"systemd/../../shadow\"]"),
        ] {
            let error = Inventory::parse(text).expect_err(text);
            assert!(matches!(error, Unread::Damaged(_)), "{text}");
        }
    }

    #[test]
    fn what_is_newer_is_not_called_damaged() {
        let newer = Inventory::default().print().replace("\"version\":1", "\"version\":2");
        let other = newer.replace("places", "positions");
        for text in [newer, other] {
            assert_eq!(Inventory::parse(&text), Err(Unread::Newer), "{text}");
            assert_eq!(Generation::parse(&text), Err(Unread::Newer), "{text}");
        }
    }
}
