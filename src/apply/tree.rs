//! What one host is to have: the generated files, and the links that enable units.

use std::collections::BTreeMap;

use crate::fileset;
use crate::syntax::unit::read;
use crate::unit;

use super::place::{Manager, Place};

/// The files and links that a manifest wants on one host, for one manager.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tree {
    /// The comment on the first line of each file, which names the manifest.
    pub header: String,
    pub files: BTreeMap<Place, Content>,
    /// The ports of services by their names, as far as a manifest told them and not files alone.
    ///
    /// They are for people; what the files say is what counts.
    pub ports: BTreeMap<String, u16>,
}

/// What is wanted at a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    Text(String),
    /// A link to a unit, which enables it.
    Link(String),
}

/// A file of a generated tree that no host can have, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    pub path: String,
    pub why: &'static str,
}

impl Tree {
    /// Takes the files of one host, by their paths below its directory, that are those of `manager`.
    ///
    /// Every file is looked at, so that a bad one is refused whosever it is.
    pub fn new<'a>(
        header: &str,
        files: impl IntoIterator<Item = (&'a str, &'a str)>,
        manager: &Manager,
    ) -> Result<Tree, Vec<Refused>> {
        let mut tree = Tree { header: header.to_owned(), ..Tree::default() };
        let mut refused = Vec::new();
        for (path, text) in files {
            let refuse = |why| Refused { path: path.to_owned(), why };
            let Some(place) = Place::parse(path) else {
                refused.push(refuse("no host has a place for such a file"));
                continue;
            };
            if !fileset::is_generated(text, header) {
                refused.push(refuse("its first line does not say that unitsmith made it"));
                continue;
            }
            if place.directory.is_of(manager) {
                tree.files.insert(place, Content::Text(text.to_owned()));
            }
        }
        if !refused.is_empty() {
            return Err(refused);
        }
        tree.enable(manager);
        Ok(tree)
    }

    /// Adds the links with which `systemctl enable` would enable the units.
    fn enable(&mut self, manager: &Manager) {
        let mut links = BTreeMap::new();
        for (place, text) in self.texts().filter(|(place, _)| place.directory.has_unit_files()) {
            for name in links_of(&place.name, text) {
                let link = Place::parse(&format!("{}/{name}", place.directory.name()));
                // A name that is none is one that systemd ignores, too.
                if let Some(link) = link {
                    links.insert(link, Content::Link(place.path(manager)));
                }
            }
        }
        for (place, link) in links {
            self.files.entry(place).or_insert(link);
        }
    }

    /// The files, without the links.
    pub fn texts(&self) -> impl Iterator<Item = (&Place, &str)> {
        self.files.iter().filter_map(|(place, content)| match content {
            Content::Text(text) => Some((place, text.as_str())),
            Content::Link(_) => None,
        })
    }

    /// The files that are units, by the names under which systemd knows them.
    pub fn units(&self) -> BTreeMap<String, &str> {
        let units = self.texts().filter(|(place, _)| place.directory.has_units());
        units.map(|(place, text)| (unit::name_in_systemd(&place.name), text)).collect()
    }
}

/// The units for whose sake a unit is started, as its `[Install]` says.
pub fn wanted_by(text: &str) -> Vec<&str> {
    let install = install(text);
    let keys = ["WantedBy", "RequiredBy", "UpheldBy"];
    install.into_iter().filter(|(key, _)| keys.contains(key)).flat_map(|(_, it)| it).collect()
}

/// The names of the links that enable a unit, below the directory of the units.
fn links_of(unit: &str, text: &str) -> Vec<String> {
    let links = install(text).into_iter().flat_map(|(key, names)| {
        let directory = match key {
            "WantedBy" => Some("wants"),
            "RequiredBy" => Some("requires"),
            "UpheldBy" => Some("upholds"),
            _ => None,
        };
        names.into_iter().filter_map(move |name| match (directory, key) {
            (Some(directory), _) => Some(format!("{name}.{directory}/{unit}")),
            (None, "Alias") => Some(name.to_owned()),
            (None, _) => None,
        })
    });
    links.collect()
}

/// The keys of `[Install]` with the names that they list.
fn install(text: &str) -> Vec<(&str, Vec<&str>)> {
    let sections = read::sections(text).unwrap_or_default();
    let entries = sections.into_iter().filter(|it| it.name == "Install").flat_map(|it| it.entries);
    entries.map(|(key, names)| (key, names.split_whitespace().collect())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &str = "# Generated by unitsmith from unitsmith.toml; do not edit.";

    #[test]
    fn units_are_enabled_by_links() {
        let text = format!("{HEADER}\n\n[Install]\nWantedBy=a.target b.target\nAlias=c.service\n");
        let files = [("systemd/web.service", text.as_str()), ("quadlet/db.container", &text)];
        let tree =
            Tree::new(HEADER.trim_start_matches("# "), files, &Manager::System).expect("it is one");
        let links: Vec<String> = tree
            .files
            .iter()
            .filter_map(|(place, content)| match content {
                Content::Link(target) => Some(format!("{place} -> {target}")),
                Content::Text(_) => None,
            })
            .collect();
        let expected = [
            "systemd/a.target.wants/web.service -> /etc/systemd/system/web.service",
            "systemd/b.target.wants/web.service -> /etc/systemd/system/web.service",
            "systemd/c.service -> /etc/systemd/system/web.service",
        ];
        assert_eq!(links, expected);
    }

    #[test]
    fn a_hostile_tree_is_refused_file_by_file() {
        let text = format!("{HEADER}\n");
        let files = [
            ("systemd/../../passwd", text.as_str()),
            ("systemd/web.service", "[Service]\n"),
            ("systemd/ok.service", text.as_str()),
        ];
        let refused = Tree::new(HEADER.trim_start_matches("# "), files, &Manager::System)
            .expect_err("it is one");
        let paths: Vec<&str> = refused.iter().map(|it| it.path.as_str()).collect();
        assert_eq!(paths, ["systemd/../../passwd", "systemd/web.service"]);
    }
}
