//! The image of a container, and how it comes to the host.

use crate::manifest::model::container::image as written;
use crate::plan::container::image::{AutoUpdate, Fetch, Login, Pull, Retry};
use crate::plan::name::is_plain;
use crate::plan::version::Version;
use crate::problem::{Code, Problem, Trail};
use crate::resolve::{quantity, text};

use super::word::{Rule, word};

/// NixOS writes the image into a shell script without quotes (nixpkgs oci-containers.nix),
/// so it has to be made of the characters that an image reference really has.
/// Quadlet reads the suffixes `.image` and `.build` as files of its own (podman-systemd.unit(5)).
pub(in crate::resolve) fn reference(
    written: &str,
    path: &Trail<'_>,
    problems: &mut Vec<Problem>,
) -> Option<String> {
    let image = text::literal(written, path, problems)?;
    if is_image(&image) {
        return Some(image);
    }
    problems.push(
        Problem::new(
            Code::ImpossibleCharacter,
            path.at_value(),
            format!("`{}` is not the name of an image", image.escape_debug()),
        )
        .hint("like `docker.io/library/nginx:1.29` or `localhost/my-image:latest`"),
    );
    None
}

/// `HOST:PORT/PATH:TAG@DIGEST`, of which only a path is needed.
fn is_image(text: &str) -> bool {
    let is_word = |word: &str, more: &[u8]| is_plain(word, b"", more);
    let (name, digest) = text.split_once('@').unzip();
    let name = name.unwrap_or(text);
    let tag_at = name.rfind(':').filter(|at| !name[*at..].contains('/'));
    let (path, tag) = tag_at.map_or((name, None), |at| (&name[..at], Some(&name[at + 1..])));
    let is_file = text.ends_with(".image") || text.ends_with(".build");
    !is_file
        && path.split('/').enumerate().all(|(index, part)| {
            // Only the host has a port.
            is_word(part, if index == 0 && path.contains('/') { b"._-:" } else { b"._-" })
        })
        && tag.is_none_or(|it| is_word(it, b"._-"))
        && digest.is_none_or(|it| is_word(it, b":"))
}

/// Resolves when the image is pulled.
pub(super) fn pull(written: Option<written::Pull>) -> Pull {
    match written {
        None | Some(written::Pull::Missing) => Pull::Missing,
        Some(written::Pull::Always) => Pull::Always,
        Some(written::Pull::Never) => Pull::Never,
        Some(written::Pull::Newer) => Pull::Newer,
    }
}

/// Resolves what is done beside pulling; `path` is that of the container.
pub(super) fn fetch(
    retry: &written::Retry,
    auto_update: Option<written::AutoUpdate>,
    login: Option<&written::Login>,
    path: &Trail<'_>,
    problems: &mut Vec<Problem>,
) -> Fetch {
    Fetch {
        retry: resolve_retry(retry, &path.key("retry"), problems),
        auto_update: auto_update.map(|it| match it {
            written::AutoUpdate::Registry => AutoUpdate::Registry,
            written::AutoUpdate::Local => AutoUpdate::Local,
        }),
        login: login.and_then(|it| resolve_login(it, &path.key("login"), problems)),
    }
}

/// `--retry` and `--retry-delay` of podman-run(1), podman-pull(1) and podman-build(1) (RELEASE_NOTES.md of podman).
pub(in crate::resolve) const RETRY_SINCE: Version = Version::new(5, 0, 0);

/// Resolves what is done when an image cannot be pulled; `path` is that of its table.
pub(in crate::resolve) fn resolve_retry(
    written: &written::Retry,
    path: &Trail<'_>,
    problems: &mut Vec<Problem>,
) -> Retry {
    let written::Retry { attempts, delay } = written;
    Retry {
        attempts: attempts
            .and_then(|it| quantity::count(it, 0..=1000, &path.key("attempts"), problems)),
        delay: delay
            .as_deref()
            .and_then(|it| quantity::positive_duration(it, &path.key("delay"), problems)),
    }
}

/// NixOS writes the registry and the file into a shell script without quotes (nixpkgs oci-containers.nix).
fn resolve_login(
    written: &written::Login,
    path: &Trail<'_>,
    problems: &mut Vec<Problem>,
) -> Option<Login> {
    const REGISTRY: Rule = Rule {
        is_one: |it| is_plain(it, b"", b"._:/-"),
        what: "a registry",
        hint: "like `ghcr.io` or `localhost:5000`",
    };
    const USERNAME: Rule = Rule {
        is_one: |it| is_plain(it, b"_", b"._@+-"),
        what: "the name of an account",
        hint: "letters, digits, `.`, `_`, `@`, `+` and `-`, beginning with a letter, a digit or `_`",
    };
    let written::Login { registry, username, password_file } = written;
    let registry = word(registry, &REGISTRY, &path.key("registry"), problems);
    let username = word(username, &USERNAME, &path.key("username"), problems);
    let path = path.key("passwordFile");
    let password_file = text::absolute_path(password_file, &path, problems).filter(|it| {
        let is_plain = it.bytes().all(|it| it.is_ascii_alphanumeric() || b"/._+@-".contains(&it));
        if !is_plain {
            let why = "has more than letters, digits and `/._+@-`, which NixOS would not quote";
            problems.push(text::cannot_carry(&path, why));
        }
        is_plain
    });
    Some(Login { registry: registry?, username: username?, password_file: password_file? })
}
