//! Images of services that run podman or docker themselves.

use crate::directive::{self, Podman, Quoting};
use crate::syntax::unit::read;

use super::{Fetch, Of, When, pull, values};

/// Returns the image that a service runs, pulls or builds.
pub(super) fn of(text: &str) -> Option<Of> {
    let words = read::texts(Quoting::Command, values(text, "Service", "ExecStart").last()?)?;
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let (words, when) = match &words[..] {
        // `bash -c SCRIPT IMAGE PODMAN image pull …`
        [_, "-c", _, _, rest @ ..] => (rest, When::Missing),
        all => (all, When::Always),
    };
    let (engine, arguments) = words.split_first()?;
    if !is_engine(engine) {
        return None;
    }
    let object = |subject: &str, when| {
        let command: Vec<String> = words.iter().map(|it| (*it).to_owned()).collect();
        let tags = command.iter().filter_map(|it| it.strip_prefix("--tag=").map(str::to_owned));
        let tags = tags.collect();
        let fetch = Fetch { image: subject.to_owned(), login: None, command, when };
        Some(Of::Object { fetch, tags })
    };
    match arguments {
        ["image", "pull", .., image] => object(image, when),
        ["build", .., context] => object(context, When::Built),
        ["run", arguments @ ..] => {
            let at = image(arguments)?;
            let options: Vec<String> = arguments[..at].iter().map(|it| (*it).to_owned()).collect();
            let policy = options.iter().rev().find_map(|it| it.strip_prefix("--pull="));
            pull(engine, arguments[at].to_owned(), policy, &options, text).map(Of::Container)
        }
        _ => None,
    }
}

fn is_engine(program: &str) -> bool {
    matches!(program.rsplit('/').next(), Some("podman" | "docker"))
}

/// Where the image is in the arguments of `run`.
///
/// `None` where the word may as well be the value of an option of which only the user knows whether it takes one:
/// then the start of the service pulls it, as it would without us.
fn image(arguments: &[&str]) -> Option<usize> {
    let at = arguments.iter().position(|it| !it.starts_with('-'))?;
    let before = at.checked_sub(1).map(|it| arguments[it]);
    before.is_none_or(takes_no_value).then_some(at)
}

/// Whether an option of `run` has its value with it, or takes none.
fn takes_no_value(option: &str) -> bool {
    option.contains('=')
        || ["--detach", "--replace", "--rm"].contains(&option)
        || directive::all().any(|it| match it.podman {
            Podman::Flag(flag) => flag == option,
            Podman::Choice(yes, no) => [yes, no].contains(&option),
            Podman::Prefix(prefix) => option.starts_with(prefix) && option != prefix,
            Podman::Nothing
            | Podman::Option(_)
            | Podman::Words
            | Podman::Image
            | Podman::Command
            | Podman::Subject => false,
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Shows what is fetched for a service that runs a command.
    fn check(command: &str, expected: Option<(When, &str)>) {
        let found = of(&format!("[Service]\nExecStart={command}\n")).map(|it| match it {
            Of::Object { fetch, tags: _ } | Of::Container(fetch) => fetch,
        });
        let shown = found.map(|it| (it.when, it.command.join(" ")));
        assert_eq!(shown, expected.map(|(when, it)| (when, it.to_owned())), "{command}");
    }

    #[test]
    fn the_image_is_the_first_word_that_can_be_one() {
        let run = |words: &str, expected| check(&format!("/usr/bin/podman run {words}"), expected);
        let pulled = |when| Some((when, "/usr/bin/podman pull --quiet a/b:1"));
        run("--rm --detach --name=a a/b:1 --port 1 c", pulled(When::Missing));
        run("--read-only --pull=always a/b:1", pulled(When::Always));
        run("--pull=never a/b:1", None);
        run("--rm localhost/b:1", None);
        // Perhaps `a/b:1` is what is remembered, and `c` the image.
        run("--rm --unknown a/b:1 c", None);
        run("--rm --unknown 1 --rm a/b:1", None);
        check(
            "/usr/bin/docker run --rm --tls-verify=false --platform=linux/arm a/b:1",
            Some((
                When::Missing,
                "/usr/bin/docker pull --quiet --tls-verify=false --platform=linux/arm a/b:1",
            )),
        );
        check("/usr/bin/tidy run a/b:1", None);
    }

    #[test]
    fn what_pulls_or_builds_is_what_is_run_before() {
        let pull = "/usr/bin/podman image pull --tls-verify=false a/b:1";
        check(pull, Some((When::Always, pull)));
        let once = format!("/bin/bash -c \"x\" a/b:1 {pull}");
        check(&once, Some((When::Missing, pull)));
        let build = "/usr/bin/podman build --tag=localhost/a:1 /src";
        check(build, Some((When::Built, build)));
        check("/usr/bin/podman network create --ignore a", None);
    }
}
