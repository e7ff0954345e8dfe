//! What unitsmith put on a host, as it keeps it there.
//!
//! The inventory is written before anything changes and after everything has, and each applied tree is kept whole:
//! whoever is killed in between leaves both behind, and the next run knows of which trees parts may be there.

use std::collections::{BTreeMap, BTreeSet};

use md5::{Digest as _, Md5};
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
    /// The digest of the tree that was applied last, so that it must not be read to be compared.
    pub digest: String,
    /// Every place at which something of ours may be.
    pub places: BTreeSet<Place>,
}

/// A tree as it was applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Generation {
    pub number: u64,
    pub tree: Tree,
}

#[derive(Serialize, Deserialize)]
struct InventoryFile {
    version: u32,
    header: String,
    generation: Option<u64>,
    pending: Vec<u64>,
    digest: String,
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

    /// Whether a tree of this digest was applied last, and no run since then was left unfinished.
    pub fn has(&self, digest: &str) -> bool {
        self.pending.is_empty() && self.digest == digest
    }

    /// Reads what was kept; the error says in the user's words why it cannot be.
    pub fn parse(text: &str) -> Result<Inventory, String> {
        let file: InventoryFile = serde_json::from_str(text).map_err(|error| error.to_string())?;
        let InventoryFile { version, header, generation, pending, digest, places } = file;
        check_version(version)?;
        let places = places.iter().map(|it| place(it)).collect::<Result<_, _>>()?;
        Ok(Inventory { header, generation, pending, digest, places })
    }

    /// What is to be kept.
    pub fn print(&self) -> String {
        let Inventory { header, generation, pending, digest, places } = self;
        print(&InventoryFile {
            version: VERSION,
            header: header.clone(),
            generation: *generation,
            pending: pending.clone(),
            digest: digest.clone(),
            places: places.iter().map(ToString::to_string).collect(),
        })
    }
}

impl Generation {
    /// Reads a tree that was applied once.
    pub fn parse(text: &str) -> Result<Generation, String> {
        let file: GenerationFile = serde_json::from_str(text).map_err(|error| error.to_string())?;
        let GenerationFile { version, number, header, files, links, ports } = file;
        check_version(version)?;
        let texts = files.into_iter().map(|(path, text)| (path, Content::Text(text)));
        let links = links.into_iter().map(|(path, target)| (path, Content::Link(target)));
        let files = texts.chain(links).map(|(path, content)| Ok((place(&path)?, content)));
        let files = files.collect::<Result<_, String>>()?;
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

/// The digest of a tree.
pub fn digest(tree: &Tree) -> String {
    let mut digest = Md5::new();
    for (place, content) in &tree.files {
        let (kind, text) = match content {
            Content::Text(text) => ("file", text),
            Content::Link(target) => ("link", target),
        };
        // Nothing of it holds a NUL, so no two trees look alike.
        digest.update(format!("{kind} {place}\0{text}\0"));
    }
    digest.finalize().iter().map(|it| format!("{it:02x}")).collect()
}

fn print(value: &impl Serialize) -> String {
    let mut text = serde_json::to_string(value).expect("strings and numbers are always JSON");
    text.push('\n');
    text
}

fn check_version(version: u32) -> Result<(), String> {
    let is_known = version == VERSION;
    is_known.then_some(()).ok_or_else(|| format!("its `version` is not {VERSION}"))
}

fn place(path: &str) -> Result<Place, String> {
    Place::parse(path).ok_or_else(|| format!("`{path}` is no place of a host"))
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
            digest: digest(&tree()),
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
            &whole.replace("\"version\":1", "\"version\":2"),
            &whole.replace("[]", "[\"systemd/../../shadow\"]"),
        ] {
            assert!(Inventory::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn trees_that_differ_have_different_digests() {
        let mut other = tree();
        other
            .files
            .insert(place("systemd/c.service").expect("it is one"), Content::Text(String::new()));
        assert_ne!(digest(&tree()), digest(&other));
    }
}
