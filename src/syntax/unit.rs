//! Unit files and Quadlets as text.
//!
//! The class of a directive decides how its value is written, never what the value looks like.

use std::collections::BTreeSet;

use crate::directive::Quoting;
use crate::plan::name::{SecretName, UserName};
use crate::plan::provision::DirectoryKind;
use crate::plan::text::{Reference, Segment, Text};
use crate::unit::{Unit, Value};

mod quote;
pub mod read;
pub mod value;

/// Text that is right after the `=` of a unit file, references aside.
///
/// It can only be made here. What a reference stands for never needs quoting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnitText(Text);

impl UnitText {
    /// The pieces of the text; literals are quoted already.
    pub fn segments(&self) -> &[Segment] {
        &self.0.0
    }

    /// The whole text, with each reference as `fill` gives it.
    pub fn fill(&self, fill: &dyn Fn(&Reference) -> String) -> String {
        let pieces = self.0.0.iter().map(|segment| match segment {
            Segment::Literal(text) => std::borrow::Cow::Borrowed(text.as_str()),
            Segment::Reference(reference) => std::borrow::Cow::Owned(fill(reference)),
        });
        pieces.collect()
    }
}

/// Returns the values of a directive as its reader takes them apart: one for each line.
///
/// # Panics
///
/// When the class of the directive cannot hold a value of that type, which is a wrong row or a wrong pattern.
pub fn values(quoting: Quoting, value: &Value) -> Vec<UnitText> {
    let literal = |text: String| vec![UnitText(Text::literal(text))];
    match (quoting, value) {
        (_, Value::Flag(flag)) => literal(flag.to_string()),
        (_, Value::Number(number)) => literal(number.to_string()),
        (_, Value::Duration(duration)) => literal(duration.systemd()),
        (_, Value::Size(size)) => literal(size.systemd()),
        (_, Value::Percent(percent)) => literal(percent.systemd()),
        (Quoting::QuadletNotify, Value::Keyword("container")) => literal("true".to_owned()),
        (_, Value::Signed(number)) => literal(number.to_string()),
        (_, Value::Mode(mode)) => literal(mode.octal()),
        (_, Value::Keyword(word)) => literal((*word).to_owned()),
        (_, Value::Names(names)) => literal(names.join(" ")),
        (_, Value::Raw { before, lines }) => {
            let before = before.iter().flat_map(|it| values(quoting, it));
            let lines = lines.iter().map(|it| UnitText(Text::literal(it.clone())));
            before.chain(lines).collect()
        }
        (Quoting::Line, Value::Texts(texts)) => {
            texts.iter().map(quote::line).map(UnitText).collect()
        }
        (Quoting::QuadletRaw, Value::Texts(texts)) => {
            texts.iter().map(quote::raw).map(UnitText).collect()
        }
        (Quoting::QuadletItems, Value::Texts(texts)) => {
            texts.iter().map(quote::item).map(UnitText).collect()
        }
        (Quoting::QuadletWords, Value::Texts(texts)) => {
            vec![UnitText(quote::join(texts.iter().map(|it| quote::word(it, quote::QUADLET))))]
        }
        (Quoting::QuadletWords, Value::Variables(variables)) => {
            quote::variables(variables, quote::QUADLET).map(UnitText).collect()
        }
        (Quoting::QuadletWords, Value::Pairs(pairs)) => {
            quote::variables(pairs, quote::QUADLET).map(UnitText).collect()
        }
        (Quoting::Variables, Value::Variables(variables)) => {
            quote::variables(variables, quote::ASSIGNMENT).map(UnitText).collect()
        }
        (Quoting::Command, Value::Commands(commands)) => {
            commands.iter().map(quote::command).map(UnitText).collect()
        }
        (
            Quoting::Plain
            | Quoting::Names
            | Quoting::Line
            | Quoting::Command
            | Quoting::Variables
            | Quoting::QuadletRaw
            | Quoting::QuadletItems
            | Quoting::QuadletWords
            | Quoting::QuadletNotify,
            Value::Texts(_) | Value::Commands(_) | Value::Variables(_) | Value::Pairs(_),
        ) => panic!("{quoting:?} cannot hold {value:?}"),
    }
}

/// Returns the value of an environment variable for a reader that quotes but leaves specifiers to us.
///
/// NixOS quotes `environment.NAME` itself and does not double `%` (nixpkgs nixos/lib/systemd-lib.nix).
pub fn variable_for_nixos(value: &Text) -> UnitText {
    UnitText(quote::line(value))
}

/// Returns the path of a secret that systemd hands to a service (systemd.unit(5), `%d`).
pub fn credential(name: &SecretName) -> String {
    format!("%d/{name}")
}

/// Returns the path of a directory that the manager of an account makes for a service (systemd.unit(5), "Specifiers").
pub fn directory_of_account(kind: DirectoryKind, name: &str) -> String {
    let parent = match kind {
        DirectoryKind::State => "%S",
        DirectoryKind::Cache => "%C",
        DirectoryKind::Logs => "%L",
        DirectoryKind::Runtime => "%t",
    };
    format!("{parent}/{name}")
}

/// Returns a unit as the text of its file.
///
/// `header` is the comment on its first line; `fill` gives what a reference stands for on the host.
pub fn file(header: &str, unit: &Unit, fill: &dyn Fn(&Reference) -> String) -> String {
    let mut text = format!("# {header}\n");
    let mut section = None;
    for assignment in &unit.assignments {
        let directive = assignment.directive;
        if section != Some(directive.section) {
            section = Some(directive.section);
            text.push_str("\n[");
            text.push_str(directive.section.as_str());
            text.push_str("]\n");
        }
        for value in values(directive.quoting, &assignment.value) {
            text.push_str(directive.key);
            text.push('=');
            text.push_str(&value.fill(fill));
            text.push('\n');
        }
    }
    text
}

/// Returns a file of sysctl.d(5) that keeps ports from being given to outgoing connections.
///
/// The list is read as in the kernel's Documentation/networking/ip-sysctl.rst, `ip_local_reserved_ports`.
pub fn reserved_ports(header: &str, ports: &BTreeSet<u16>) -> String {
    let ports: Vec<String> = ports.iter().map(ToString::to_string).collect();
    format!("# {header}\n\nnet.ipv4.ip_local_reserved_ports = {}\n", ports.join(","))
}

/// Returns a file of tmpfiles.d(5) that lets the manager of a user run from boot on, as `loginctl enable-linger`
/// does: systemd-logind looks for a file of that name when it starts (`manager_enumerate_linger_users` in its source).
pub fn lingering(header: &str, user: &UserName) -> String {
    format!(
        "# {header}\n\nd /var/lib/systemd/linger 0755 root root -\n\
         f /var/lib/systemd/linger/{user} 0644 root root -\n"
    )
}

/// Returns a file of sysusers.d(5) for accounts and further groups; what exists already is left alone by it.
///
/// An account comes with a group of its name.
pub fn accounts(header: &str, users: &BTreeSet<&UserName>, groups: &BTreeSet<&UserName>) -> String {
    let groups = groups.difference(users).map(|it| format!("g {it} -\n"));
    let users = users.iter().map(|it| format!("u {it} -\n"));
    format!("# {header}\n\n{}", groups.chain(users).collect::<String>())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::plan::name::VariableName;
    use crate::syntax::nasty::NASTY;
    use crate::unit::{Command, Failure, Privileges};

    /// Prints a value on one line and reads its texts back.
    fn there_and_back(quoting: Quoting, value: &Value) -> Option<Vec<String>> {
        let lines = values(quoting, value);
        let [line] = &lines[..] else { panic!("{} lines for {value:?}", lines.len()) };
        let line = line.fill(&|_| unreachable!("there are no references"));
        assert!(!line.contains('\n'), "{line:?}");
        read::texts(quoting, &line)
    }

    #[test]
    fn nasty_words_come_back_from_a_command() {
        for it in NASTY {
            let words = vec!["/bin/echo".into(), (*it).into(), "end".into()];
            let value = Value::Commands(vec![Command {
                words,
                failure: Failure::Ignored,
                privileges: Privileges::Full,
            }]);
            let expected = vec!["/bin/echo".to_owned(), (*it).to_owned(), "end".to_owned()];
            assert_eq!(there_and_back(Quoting::Command, &value), Some(expected));
        }
    }

    #[test]
    fn nasty_values_come_back_from_variables() {
        for quoting in [Quoting::Variables, Quoting::QuadletWords] {
            for it in NASTY {
                let name = VariableName::parse("NAME").expect("it is a name");
                let value = Value::Variables(BTreeMap::from([(name, (*it).into())]));
                let expected = Some(vec![format!("NAME={it}")]);
                assert_eq!(there_and_back(quoting, &value), expected, "{quoting:?}");
            }
        }
    }

    #[test]
    fn nasty_words_come_back_from_quadlet() {
        let words: Vec<Text> = NASTY.iter().map(|it| (*it).into()).collect();
        let expected = NASTY.iter().map(|it| (*it).to_owned()).collect();
        assert_eq!(there_and_back(Quoting::QuadletWords, &Value::Texts(words)), Some(expected));
    }

    /// `resolve` refuses what a line cannot carry; all else comes back.
    #[test]
    fn nasty_lines_come_back() {
        let lines = NASTY.iter().filter(|it| !it.contains('\n'));
        for quoting in [Quoting::Line, Quoting::QuadletRaw] {
            for it in lines.clone() {
                let expected = Some(vec![(*it).to_owned()]);
                assert_eq!(there_and_back(quoting, &Value::text(*it)), expected, "{quoting:?}");
            }
        }
    }

    /// `expand::quadlet` makes arguments of what an item cannot carry.
    #[test]
    fn nasty_items_come_back() {
        let is_item = |it: &&&str| {
            !it.is_empty() && !it.contains(|it: char| it.is_control() || "\"\\".contains(it))
        };
        for it in NASTY.iter().filter(is_item) {
            let expected = Some(vec![(*it).to_owned()]);
            assert_eq!(there_and_back(Quoting::QuadletItems, &Value::text(*it)), expected);
        }
    }

    #[test]
    fn a_word_with_a_reference_is_quoted_around_it() {
        let port = crate::plan::text::PortReference {
            service: crate::plan::name::ServiceName::parse("web").expect("it is a name"),
            role: crate::plan::service::PortRole::Public,
        };
        let word = Text::literal("a b:").then(Text::reference(Reference::Port(port)));
        let value = Value::command(vec!["/bin/echo".into(), word]);
        let line = values(Quoting::Command, &value)[0].fill(&|_| "80".to_owned());
        assert_eq!(line, "/bin/echo 'a b:80'");
    }
}
