//! The files that a manifest includes, and those that they include.

use std::collections::BTreeSet;
use std::path::{Component, Path, PathBuf};

use crate::manifest::tree::Span;
use crate::manifest::whole::{Whole, problem};
use crate::manifest::{Format, Included};
use crate::problem::Code;

/// A path that somebody includes, from the directory of the manifest on.
struct Mention {
    path: PathBuf,
    span: Span,
}

/// Reads all that is included, each file once; `mentions` are the paths that the file `manifest` itself includes.
pub(super) fn follow<E>(
    whole: &mut Whole,
    manifest: &Path,
    mentions: Vec<(Span, String)>,
    find: &mut dyn FnMut(&Path) -> Result<Included, E>,
) -> Result<(), E> {
    let root = manifest.parent().unwrap_or(Path::new(""));
    let own = PathBuf::from(manifest.file_name().unwrap_or_default());
    let mut open = paths_of(mentions, Path::new(""));
    let mut seen = BTreeSet::from([own]);
    while let Some(Mention { path, span }) = open.pop() {
        if !seen.insert(path.clone()) {
            continue;
        }
        let name = plain(&root.join(&path));
        let mut refuse = |message: String, hint: &str| {
            whole.has_gap = true;
            whole.problems.push(problem(Code::CannotInclude, span, message).hint(hint));
        };
        match (find(&path)?, Format::of(&path)) {
            (Included::File(bytes), Some(format)) => {
                let mentions = whole.add(&name.display().to_string(), bytes, format);
                open.extend(paths_of(mentions, path.parent().unwrap_or(Path::new(""))));
            }
            (Included::File(_), None) => {
                refuse(format!("`{}` is no manifest", name.display()), EXTENSIONS);
            }
            (Included::Directory(mut names), _) => {
                names.retain(|it| is_manifest(it));
                names.sort_unstable_by(|one, two| two.cmp(one));
                if names.is_empty() {
                    let message = format!("there is no manifest in `{}`", name.display());
                    refuse(message, EXTENSIONS);
                }
                open.extend(names.iter().map(|it| Mention { path: path.join(it), span }));
            }
            (Included::Nothing, _) => {
                let hint = "a path begins at the directory of the file in which it stands; \
                            a directory stands for all manifests in it";
                refuse(format!("there is no `{}`", name.display()), hint);
            }
        }
    }
    Ok(())
}

const EXTENSIONS: &str = "a manifest is called `.toml`, `.json`, `.yaml`, `.yml` or `.nix`";

/// The paths that a file of a directory includes, the first of them last.
fn paths_of(mentions: Vec<(Span, String)>, directory: &Path) -> Vec<Mention> {
    let mentions = mentions.into_iter().rev();
    mentions.map(|(span, path)| Mention { path: plain(&directory.join(path)), span }).collect()
}

/// Whether a file in a directory that is included is meant; hidden ones are those of editors.
fn is_manifest(name: &str) -> bool {
    !name.starts_with('.') && Format::of(Path::new(name)).is_some()
}

/// The path without detours, so that each file has one path.
fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for component in path.components() {
        let is_below = matches!(plain.components().next_back(), Some(Component::Normal(_)));
        match component {
            Component::CurDir => {}
            Component::ParentDir if is_below => {
                plain.pop();
            }
            Component::ParentDir
            | Component::Normal(_)
            | Component::RootDir
            | Component::Prefix(_) => plain.push(component),
        }
    }
    plain
}
