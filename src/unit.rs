//! Units as directives and values.
//!
//! Invariant: no text. Quoting and layout happen in `syntax`.

use std::collections::BTreeMap;

use crate::directive::{self, Directive};
use crate::plan::name::VariableName;
use crate::plan::quantity::{Duration, Mode, Percent, Size};
use crate::plan::text::{Reference, Text, Word};

/// A unit of systemd, or a container from which Quadlet or NixOS makes one.
#[derive(Debug, Clone, PartialEq)]
pub struct Unit {
    /// The name without the suffix.
    pub name: String,
    pub kind: Kind,
    pub assignments: Vec<Assignment>,
}

/// The name under which systemd knows the unit that is read from a file of this name; those of Quadlet
/// become services (podman-systemd.unit(5)).
pub fn name_in_systemd(file: &str) -> String {
    let (stem, suffix) = file.rsplit_once('.').unwrap_or((file, ""));
    match suffix {
        "container" | "kube" => format!("{stem}.service"),
        "network" | "volume" | "image" | "build" | "pod" => format!("{stem}-{suffix}.service"),
        _ => file.to_owned(),
    }
}

/// What a unit is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Service,
    Socket,
    Timer,
    Target,
    Slice,
    /// A container; in systemd it is a service of the same name.
    Container,
    /// A network of podman; in systemd it is the service `NAME-network`, and so on for the kinds below.
    Network,
    Volume,
    Image,
    Build,
    Pod,
}

impl Kind {
    /// The suffix of the file from which systemd or Quadlet reads such a unit.
    pub fn suffix(self) -> &'static str {
        match self {
            Kind::Service => "service",
            Kind::Socket => "socket",
            Kind::Timer => "timer",
            Kind::Target => "target",
            Kind::Slice => "slice",
            Kind::Container => "container",
            Kind::Network => "network",
            Kind::Volume => "volume",
            Kind::Image => "image",
            Kind::Build => "build",
            Kind::Pod => "pod",
        }
    }
}

/// A directive with its value.
#[derive(Debug, Clone, PartialEq)]
pub struct Assignment {
    pub directive: &'static Directive,
    pub value: Value,
}

/// The value of a directive, typed by what it is and not by how it is written.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    Flag(bool),
    Number(u64),
    Duration(Duration),
    /// A size that systemd reads; podman spells sizes in another way.
    Size(Size),
    Percent(Percent),
    /// A number that may be below zero.
    Signed(i64),
    Mode(Mode),
    /// A word that systemd or podman defines.
    Keyword(&'static str),
    /// Names of units, suffix and all, or of capabilities.
    Names(Vec<String>),
    /// One text, or several for a directive that repeats.
    Texts(Vec<Text>),
    Commands(Vec<Command>),
    Variables(BTreeMap<VariableName, Text>),
    /// Values by keys that may be any text without a `=`.
    Pairs(BTreeMap<String, Text>),
    /// Lines of the manifest as they stand, after a value of ours.
    Raw {
        before: Option<Box<Value>>,
        lines: Vec<String>,
    },
}

/// A program and its arguments.
#[derive(Debug, Clone, PartialEq)]
pub struct Command {
    pub words: Vec<Word>,
    pub failure: Failure,
    pub privileges: Privileges,
}

/// As whom a command runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Privileges {
    /// Those of the unit.
    Unit,
    /// All of them, whatever `User=` says.
    Full,
}

/// What it means when a command fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    Counts,
    /// The unit goes on as if the command had succeeded.
    Ignored,
}

impl Unit {
    /// A unit without directives.
    pub fn new(name: impl Into<String>, kind: Kind) -> Unit {
        Unit { name: name.into(), kind, assignments: Vec::new() }
    }

    /// Assigns a value; directives keep the order in which they come.
    pub fn assign(&mut self, directive: &'static Directive, value: Value) {
        debug_assert!(self.get(directive).is_none(), "`{}=` is assigned twice", directive.key);
        self.assignments.push(Assignment { directive, value });
    }

    /// Assigns a value when there is one.
    pub fn assign_some(&mut self, directive: &'static Directive, value: Option<Value>) {
        if let Some(value) = value {
            self.assign(directive, value);
        }
    }

    /// Assigns a value in the place of the one that the directive has, if it has one.
    pub fn set(&mut self, directive: &'static Directive, value: Value) {
        match self.assignments.iter_mut().find(|it| it.directive == directive) {
            Some(assignment) => assignment.value = value,
            None => self.assignments.push(Assignment { directive, value }),
        }
    }

    /// Adds names to those that the directive has.
    pub fn add_names(
        &mut self,
        directive: &'static Directive,
        more: impl IntoIterator<Item = String>,
    ) {
        let mut more = more.into_iter().peekable();
        if more.peek().is_none() {
            return;
        }
        let there = self.assignments.iter_mut().find(|it| it.directive == directive);
        if let Some(Value::Names(names)) = there.map(|it| &mut it.value) {
            names.extend(more);
        } else {
            self.assign(directive, Value::Names(more.collect()));
        }
    }

    /// Whether the unit is a service that has started when its process has ended.
    pub fn is_oneshot(&self) -> bool {
        self.get(&directive::service::TYPE) == Some(&Value::Keyword("oneshot"))
    }

    /// Assigns texts when there are any.
    pub fn assign_texts(&mut self, directive: &'static Directive, texts: Vec<Text>) {
        if !texts.is_empty() {
            self.assign(directive, Value::Texts(texts));
        }
    }

    /// Assigns a text when there is one.
    pub fn assign_text(&mut self, directive: &'static Directive, text: Option<impl Into<Text>>) {
        self.assign_some(directive, text.map(Value::text));
    }

    /// Assigns a flag when it is set.
    pub fn assign_set(&mut self, directive: &'static Directive, is_set: bool) {
        if is_set {
            self.assign(directive, Value::Flag(true));
        }
    }

    /// Assigns pairs when there are any.
    pub fn assign_pairs(&mut self, directive: &'static Directive, pairs: &BTreeMap<String, Text>) {
        if !pairs.is_empty() {
            self.assign(directive, Value::Pairs(pairs.clone()));
        }
    }

    /// The value of a directive.
    pub fn get(&self, directive: &Directive) -> Option<&Value> {
        let assignment = self.assignments.iter().find(|it| it.directive == directive)?;
        Some(&assignment.value)
    }

    /// The name of the file from which systemd or Quadlet reads the unit.
    pub fn file_name(&self) -> String {
        format!("{}.{}", self.name, self.kind.suffix())
    }

    /// The name under which systemd knows the unit.
    pub fn name_in_systemd(&self) -> String {
        name_in_systemd(&self.file_name())
    }

    /// What the values of the unit refer to.
    pub fn references(&self) -> impl Iterator<Item = &Reference> {
        self.assignments.iter().flat_map(|it| it.value.all_texts()).flat_map(Text::references)
    }

    /// Whether the unit is started at boot, and not with a group.
    pub fn starts_at_boot(&self) -> bool {
        let wanted_by = self.get(&directive::install::WANTED_BY);
        wanted_by == Some(&Value::Names(vec!["multi-user.target".to_owned()]))
    }
}

impl Value {
    /// A value of one text.
    pub fn text(text: impl Into<Text>) -> Value {
        Value::Texts(vec![text.into()])
    }

    /// The texts of a value that is made of them, none of any other.
    pub fn texts(&self) -> &[Text] {
        match self {
            Value::Texts(texts) => texts,
            Value::Flag(_)
            | Value::Number(_)
            | Value::Duration(_)
            | Value::Size(_)
            | Value::Percent(_)
            | Value::Signed(_)
            | Value::Mode(_)
            | Value::Keyword(_)
            | Value::Names(_)
            | Value::Commands(_)
            | Value::Variables(_)
            | Value::Pairs(_)
            | Value::Raw { .. } => &[],
        }
    }

    /// Every text that a value holds, of whatever type it is.
    fn all_texts(&self) -> Vec<&Text> {
        match self {
            Value::Texts(texts) => texts.iter().collect(),
            Value::Commands(commands) => commands.iter().flat_map(|it| &it.words).collect(),
            Value::Variables(variables) => variables.values().collect(),
            Value::Pairs(pairs) => pairs.values().collect(),
            Value::Raw { before, lines: _ } => {
                before.iter().flat_map(|it| it.all_texts()).collect()
            }
            Value::Flag(_)
            | Value::Number(_)
            | Value::Duration(_)
            | Value::Size(_)
            | Value::Percent(_)
            | Value::Signed(_)
            | Value::Mode(_)
            | Value::Keyword(_)
            | Value::Names(_) => Vec::new(),
        }
    }

    /// A value of one command that must succeed.
    pub fn command(words: Vec<Word>) -> Value {
        Value::Commands(vec![Command::new(words)])
    }
}

impl Command {
    /// A command that must succeed, run as the unit is.
    pub fn new(words: Vec<Word>) -> Command {
        Command { words, failure: Failure::Counts, privileges: Privileges::Unit }
    }

    /// The same command, which need not succeed.
    pub fn ignoring_failure(self) -> Command {
        Command { failure: Failure::Ignored, ..self }
    }

    /// The same command, run with these privileges.
    pub fn with(self, privileges: Privileges) -> Command {
        Command { privileges, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quadlets_have_the_names_that_quadlet_gives_them() {
        for (file, unit) in [
            ("web.container", "web.service"),
            ("lan.network", "lan-network.service"),
            ("data.volume", "data-volume.service"),
            ("web.socket", "web.socket"),
        ] {
            assert_eq!(name_in_systemd(file), unit);
        }
    }
}
