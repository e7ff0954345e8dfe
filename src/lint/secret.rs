//! Secrets where others can read them.

use super::{Findings, Subject, family};
use crate::plan::service::Workload;
use crate::plan::text::{Text, Word};

family! {
    SecretInEnvironment "US221" Service(secret_in_environment),
    SecretInCommand "US222" Service(secret_in_command),
    PasswordInUrl "US223" Service(password_in_url),
}

/// Words in the name of what holds a secret.
const WORDS: &[&str] = &[
    "APIKEY",
    "API_KEY",
    "AUTHKEY",
    "AUTH_KEY",
    "CREDENTIAL",
    "PASSPHRASE",
    "PASSWD",
    "PASSWORD",
    "PRIVATE_KEY",
    "SECRET",
    "TOKEN",
];

/// Whether somebody who calls something that way keeps a secret in it.
fn names_a_secret(name: &str) -> bool {
    let name = name.to_ascii_uppercase().replace('-', "_");
    // What ends so says where the secret is, or about it.
    const ABOUT: &[&str] = &["_FILE", "_PATH", "_DIR", "_URL", "_NAME", "_ID", "_TTL", "_LENGTH"];
    let is_about = ABOUT.iter().any(|it| name.ends_with(it));
    !is_about && WORDS.iter().any(|it| name.contains(it))
}

/// Whether a value could be a secret: words of ours, paths, switches and numbers are none.
fn may_be_secret(value: &Text) -> bool {
    let Some(text) = value.as_literal() else { return false };
    let is_switch = ["true", "false", "yes", "no", "on", "off", "none"].contains(&text.as_str());
    let is_number = text.parse::<u32>().is_ok_and(|_| text.len() < 4);
    !text.is_empty() && !is_switch && !is_number && !text.starts_with('/')
}

fn secret_in_environment(it: &Subject<'_>, findings: &mut Findings) {
    for (name, value) in &it.service.environment {
        if names_a_secret(name.as_str()) && may_be_secret(value) {
            findings.add(
                it.at(["environment", name.as_str()]),
                format!("`{name}` is in plain text in the manifest and in each file made from it"),
                "keep it in a file of the host: `environmentFiles`, or `secrets` where the program reads a file",
            );
        }
    }
}

/// The words of the command with the place of each.
fn command<'a>(it: &Subject<'a>) -> (&'a [Word], [&'static str; 2]) {
    match &it.service.workload {
        Workload::Process(process) => (&process.command, ["exec", "command"]),
        Workload::Container(container) => (&container.command, ["container", "command"]),
        Workload::Flake => (&[], ["exec", "command"]),
    }
}

fn secret_in_command(it: &Subject<'_>, findings: &mut Findings) {
    let (words, place) = command(it);
    for (index, word) in words.iter().enumerate() {
        let Some(text) = word.as_literal() else { continue };
        let Some(option) = text.strip_prefix('-') else { continue };
        let option = option.trim_start_matches('-');
        let is_secret = match option.split_once('=') {
            Some((name, value)) => names_a_secret(name) && may_be_secret(&value.into()),
            None => {
                let value = words.get(index + 1);
                names_a_secret(option)
                    && value.is_some_and(|it| {
                        may_be_secret(it) && it.as_literal().is_some_and(|it| !it.starts_with('-'))
                    })
            }
        };
        if is_secret {
            let name = option.split_once('=').map_or(option, |(name, _)| name);
            findings.add(
                it.at_index(place, index),
                format!("whoever may run `ps` on the host reads `{name}`"),
                "hand it over in a file: `secrets.NAME` gives `${secrets.NAME}`, which only the service can read",
            );
        }
    }
}

/// Whether a text has a URL with `user:password@` in it.
fn has_password(text: &str) -> bool {
    text.split("://").skip(1).any(|rest| {
        let authority = rest.split(['/', '?', '#', ' ']).next().unwrap_or_default();
        let account = authority.rsplit_once('@').map(|(account, _)| account);
        let password = account.and_then(|it| it.split_once(':')).map(|(_, password)| password);
        password.is_some_and(|it| !it.is_empty())
    })
}

fn password_in_url(it: &Subject<'_>, findings: &mut Findings) {
    let mut report = |text: &Text, place| {
        if text.as_literal().is_some_and(|it| has_password(&it)) {
            findings.add(
                place,
                "the URL holds a password in plain text",
                "keep the whole URL in a file of the host: `environmentFiles`",
            );
        }
    };
    for (name, value) in &it.service.environment {
        report(value, it.at(["environment", name.as_str()]));
    }
    let (words, place) = command(it);
    words.iter().enumerate().for_each(|(index, word)| report(word, it.at_index(place, index)));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_names_a_secret_is_taken_for_one() {
        for name in ["DB_PASSWORD", "db-password", "API_TOKEN", "JWT_SECRET", "CLOUDFLARE_API_KEY"]
        {
            assert!(names_a_secret(name), "{name}");
        }
        for name in
            ["DB_PASSWORD_FILE", "SECRET_PATH", "KEYBOARD", "TOKEN_URL", "PORT", "AWS_KEY_ID"]
        {
            assert!(!names_a_secret(name), "{name}");
        }
    }

    #[test]
    fn a_url_has_a_password_only_before_its_host() {
        for text in ["postgres://a:b@db/x", "--dsn=redis://:b@cache:6379"] {
            assert!(has_password(text), "{text}");
        }
        for text in ["http://db:5432/x", "http://a@db", "http://a/b:c@d", "a:b@c", "http://:@db"] {
            assert!(!has_password(text), "{text}");
        }
    }
}
