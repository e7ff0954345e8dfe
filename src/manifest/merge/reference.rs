//! References that are filled in while services are put together.

use std::collections::BTreeMap;

use crate::manifest::tree::{Node, Span, Table, Text, Value};
use crate::nearest;
use crate::problem::{Code, Problem};

use super::problem;

/// Fills in references in every string of a table; `fill` leaves those alone for which it returns `None`.
pub(super) fn fill_in(table: &mut Table, text: &str, fill: &dyn Fn(&str) -> Option<String>) {
    table.for_each(&mut |node| {
        if let Value::String(string) = &mut node.value
            && let Some(filled) = replace(string.get(text), fill)
        {
            *string = Text::Owned(filled.into());
        }
    });
}

/// Replaces references in a string; `None` when there was nothing to replace.
///
/// What is a reference and what is not is the rule of `resolve::text`: `$${` is a literal `${`.
fn replace(written: &str, mut fill: impl FnMut(&str) -> Option<String>) -> Option<String> {
    let mut replaced = String::new();
    let mut done = 0;
    let mut at = 0;
    while let Some(found) = written[at..].find("${") {
        let start = at + found;
        let name = start + 2;
        if written[at..start].ends_with('$') {
            at = name;
            continue;
        }
        let Some(length) = written[name..].find('}') else { break };
        at = name + length + 1;
        if let Some(value) = fill(&written[name..name + length]) {
            replaced.push_str(&written[done..start]);
            replaced.push_str(&value);
            done = at;
        }
    }
    (done > 0).then(|| replaced + &written[done..])
}

/// The services that a manifest has, and those that stand for several.
pub(super) struct Names<'a> {
    /// Whether a service of that name is there.
    pub(super) is_service: &'a dyn Fn(&str) -> bool,
    /// The instances of each service with replicas.
    pub(super) replicated: &'a BTreeMap<String, Vec<String>>,
}

/// Turns references to several services into references to each of them.
///
/// `${services.NAME.addresses}` is the addresses of NAME or of all its instances: an entry of a list for each
/// where it is a whole entry of one, joined by commas elsewhere.
/// A port or address of a service with replicas is none in particular, which is a problem.
pub(super) fn spread(
    table: &mut Table,
    names: &Names<'_>,
    text: &str,
    problems: &mut Vec<Problem>,
) {
    table.for_each(&mut |Node { span, value }| {
        if let Value::List(items) = value
            && items.iter().any(|it| whole_entry(it, names, text).is_some())
        {
            let spread = std::mem::take(items).into_iter().flat_map(|it| {
                match whole_entry(&it, names, text) {
                    Some(addresses) => string_nodes(addresses, it.span),
                    None => vec![it],
                }
            });
            *items = spread.collect();
        } else if let Value::String(string) = value
            && let Some(spread) =
                replace(string.get(text), |name| spread_reference(name, names, *span, problems))
        {
            *string = Text::Owned(spread.into());
        }
    });
}

fn string_nodes(strings: Vec<String>, span: Span) -> Vec<Node> {
    let node = |it: String| Node { span, value: Value::String(Text::Owned(it.into())) };
    strings.into_iter().map(node).collect()
}

/// The addresses that an entry of a list stands for, when it is nothing but a reference to them.
fn whole_entry(node: &Node, names: &Names<'_>, text: &str) -> Option<Vec<String>> {
    addresses(node.as_str(text)?.strip_prefix("${")?.strip_suffix('}')?, names)
}

/// References to the addresses that a reference names.
fn addresses(reference: &str, names: &Names<'_>) -> Option<Vec<String>> {
    let service = reference.strip_prefix("services.")?.strip_suffix(".addresses")?;
    let address = |it: &str| format!("${{services.{it}.address}}");
    match names.replicated.get(service) {
        Some(instances) => Some(instances.iter().map(|it| address(it)).collect()),
        None => (names.is_service)(service).then(|| vec![address(service)]),
    }
}

fn spread_reference(
    reference: &str,
    names: &Names<'_>,
    span: Span,
    problems: &mut Vec<Problem>,
) -> Option<String> {
    if let Some(addresses) = addresses(reference, names) {
        return Some(addresses.join(","));
    }
    let (service, field) = reference.strip_prefix("services.")?.rsplit_once('.')?;
    let instances = names.replicated.get(service)?;
    let message = format!("`${{{reference}}}` could be that of any replica of `{service}`");
    let known: Vec<&str> = instances.iter().map(String::as_str).collect();
    let hint = format!(
        "name one of them, or all with `${{services.{service}.addresses}}`; {}",
        nearest::list(&known, "replicas")
    );
    problems.push(problem(Code::UnknownReference, span, message).hint(hint));
    // One problem is enough, so the rest is told a reference that exists.
    let first = instances.first()?;
    Some(format!("${{services.{first}.{field}}}"))
}

#[cfg(test)]
mod tests {
    use super::replace;

    #[test]
    fn references_are_replaced_and_escapes_are_not() {
        let fill = |name: &str| (name == "instance").then(|| "2".to_owned());
        for (written, replaced) in [
            ("web-${instance}", Some("web-2")),
            ("${instance}${instance}", Some("22")),
            ("$${instance}", None),
            ("$${instance} ${instance}", Some("$${instance} 2")),
            ("${port} ${instance", None),
            ("${port}-${instance}!", Some("${port}-2!")),
            ("plain", None),
        ] {
            assert_eq!(replace(written, fill).as_deref(), replaced, "`{written}`");
        }
    }
}
