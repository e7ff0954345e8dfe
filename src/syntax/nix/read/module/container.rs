//! Containers of oci-containers.

use std::collections::BTreeMap;

use crate::directive::{self as d, Directive, Nixos, Podman, Section};
use crate::plan::text::{Segment, Text};
use crate::syntax::nix::Expr;
use crate::unit::{Unit, Value};

use super::super::value::{lines, path, text};
use super::Module;

/// With it, and with nobody who tells systemd when the service has started, a container is a job.
const IN_THE_FOREGROUND: &str = "--detach=false";

/// Adds an empty container, which is started at boot unless it says otherwise.
pub(super) fn add(module: &mut Module, name: &str) -> usize {
    let mut unit = Unit::new(name, crate::unit::Kind::Container);
    unit.assign(&d::install::WANTED_BY, Value::Names(vec!["multi-user.target".to_owned()]));
    module.units.push(unit);
    module.units.len() - 1
}

/// Assigns what an option of a container says; `None` when it says nothing that is known.
pub(super) fn set(module: &mut Module, unit: usize, below: &[&str], value: &Expr) -> Option<()> {
    match below {
        ["serviceName"] => {
            module.units[unit].name = value.as_text()?;
            return Some(());
        }
        ["autoStart"] => {
            if path(value)? == ["false"] {
                module.units[unit].assignments.retain(|it| it.directive != &d::install::WANTED_BY);
            }
            return Some(());
        }
        ["podman", "user"] => {
            let account = text(module.decided(value), module.own())?;
            return module.assign(unit, &d::service::USER, Value::Texts(vec![account]));
        }
        ["environment", name @ ..] => {
            let directive = &d::container::ENVIRONMENT;
            return module.set_environment(unit, directive, name, value, |it| Some(it.clone()));
        }
        ["capabilities", name] => return add_capability(module, unit, name, value),
        ["extraOptions"] => return set_options(module, unit, &lines(value, module.own())?),
        _ => {}
    }
    let Some(directive) = row(below) else { return add_label(module, unit, below, value) };
    let value = match (directive.quoting, path(value).as_deref()) {
        (_, Some([word])) if word == "true" || word == "false" => Value::Flag(word == "true"),
        (d::Quoting::QuadletNotify, _) => Value::Keyword(notifier(&value.as_text()?)?),
        _ => Value::Texts(lines(module.decided(value), module.own())?),
    };
    module.assign(unit, directive, value)
}

/// Reads from the service of a container whether that is a job.
pub(super) fn finish(unit: &mut Unit) {
    let options = unit.assignments.iter().position(|it| it.directive == &d::container::PODMAN_ARGS);
    let nobody = unit.assignments.iter().position(|it| {
        it.directive == &d::service::NOTIFY_ACCESS
            && matches!(&it.value, Value::Raw { before: None, lines } if *lines == ["none"])
    });
    let (Some(options), Some(nobody)) = (options, nobody) else { return };
    let Value::Texts(words) = &mut unit.assignments[options].value else { return };
    if words.last() != Some(&IN_THE_FOREGROUND.into()) {
        return;
    }
    words.pop();
    let is_empty = words.is_empty();
    let mut index = 0;
    unit.assignments.retain(|_| {
        let is_kept = index != nobody && (index != options || !is_empty);
        index += 1;
        is_kept
    });
}

fn row(path: &[&str]) -> Option<&'static Directive> {
    d::container::ALL.iter().copied().find(|it| match it.nixos {
        Nixos::Container(own) | Nixos::ContainerList(own) => own == path,
        Nixos::Unit(_)
        | Nixos::UnitList(_)
        | Nixos::Capability(_)
        | Nixos::ExtraOption
        | Nixos::Elsewhere => false,
    })
}

fn notifier(word: &str) -> Option<&'static str> {
    ["conmon", "container", "healthy"].into_iter().find(|it| *it == word)
}

fn add_label(module: &mut Module, unit: usize, below: &[&str], value: &Expr) -> Option<()> {
    let ["labels", name] = below else { return None };
    let value = text(value, module.own())?;
    let pairs =
        values_of(&mut module.units[unit], &d::container::LABEL, || Value::Pairs(BTreeMap::new()));
    let Value::Pairs(pairs) = pairs else { return None };
    pairs.insert((*name).to_owned(), value);
    Some(())
}

fn add_capability(module: &mut Module, unit: usize, name: &str, value: &Expr) -> Option<()> {
    let directive = match &path(value)?[..] {
        [it] if it == "true" => &d::container::ADD_CAPABILITY,
        [it] if it == "false" => &d::container::DROP_CAPABILITY,
        _ => return None,
    };
    let names = values_of(&mut module.units[unit], directive, || Value::Names(Vec::new()));
    let Value::Names(names) = names else { return None };
    names.push(name.to_owned());
    Some(())
}

fn values_of<'u>(
    unit: &'u mut Unit,
    directive: &'static Directive,
    none: fn() -> Value,
) -> &'u mut Value {
    let position = unit.assignments.iter().position(|it| it.directive == directive);
    let position = position.unwrap_or_else(|| {
        unit.assign(directive, none());
        unit.assignments.len() - 1
    });
    &mut unit.assignments[position].value
}

/// Reads arguments of podman into the rows of which they are.
///
/// What the user says to podman in the words of a row is that row, and comes in its order.
fn set_options(module: &mut Module, unit: usize, words: &[Text]) -> Option<()> {
    let unit = &mut module.units[unit];
    for word in words {
        match option(word) {
            Some((directive, Meaning::Flag(flag))) if unit.get(directive).is_none() => {
                unit.assign(directive, Value::Flag(flag));
            }
            Some((directive, Meaning::Text(text))) => {
                let values = values_of(unit, directive, || Value::Texts(Vec::new()));
                let Value::Texts(texts) = values else { return None };
                texts.push(text);
            }
            Some((_, Meaning::Flag(_))) | None => {
                let words =
                    values_of(unit, &d::container::PODMAN_ARGS, || Value::Texts(Vec::new()));
                let Value::Texts(words) = words else { return None };
                words.push(word.clone());
            }
        }
    }
    Some(())
}

enum Meaning {
    Flag(bool),
    Text(Text),
}

/// The row whose argument a word is.
fn option(word: &Text) -> Option<(&'static Directive, Meaning)> {
    let Some((Segment::Literal(first), rest)) = word.0.split_first() else { return None };
    let rows = d::container::ALL.iter().copied().filter(|it| it.nixos == Nixos::ExtraOption);
    let after = |start: &str| {
        let text = Text::literal(first.strip_prefix(start)?);
        Some(Meaning::Text(text.then(Text(rest.to_vec()))))
    };
    let is = |whole: &str| rest.is_empty() && first == whole;
    let mut meanings = rows.filter_map(|row| {
        let meaning = match row.podman {
            Podman::Option(option) => after(&format!("{option}="))?,
            Podman::Prefix(prefix) => after(prefix)?,
            Podman::Flag(flag) if is(flag) => Meaning::Flag(true),
            Podman::Flag(flag) if is(&format!("{flag}=false")) => Meaning::Flag(false),
            Podman::Choice(yes, _) if is(yes) => Meaning::Flag(true),
            Podman::Choice(_, no) if is(no) => Meaning::Flag(false),
            Podman::Flag(_)
            | Podman::Choice(..)
            | Podman::Nothing
            | Podman::Words
            | Podman::Image
            | Podman::Command
            | Podman::Subject => return None,
        };
        debug_assert_eq!(row.section, Section::Container);
        Some((row, meaning))
    });
    meanings.next()
}
