//! Pictures as Mermaid reads them, which Markdown on many sites shows.
//!
//! A label stands in quotes, and everything in it that could mean something is an entity: `#35;` is `#`
//! (mermaid.js.org, "Flowcharts: Entity codes to escape characters").

use crate::graph::{Colours, Edge, EdgeKind, Graph, Node, NodeKind};

/// Returns a picture as a file.
pub fn file(header: &str, graph: &Graph) -> String {
    let mut text = format!("%% {header}\nflowchart LR\n");
    for (index, Node { kind, title, lines }) in graph.nodes.iter().enumerate() {
        let label: Vec<&str> = std::iter::once(title).chain(lines).map(String::as_str).collect();
        let (open, close) = shape(*kind);
        text.push_str(&format!(
            "  n{index}{open}{}{close}:::{}\n",
            label_of(&label),
            kind.as_str()
        ));
    }
    for Edge { from, to, kind, label } in &graph.edges {
        let arrow = match kind {
            EdgeKind::Reaches => "-->",
            EdgeKind::WaitsFor | EdgeKind::Accompanies | EdgeKind::Uses => "-.->",
        };
        let label = label.as_ref().map(|it| format!("|{}|", label_of(&[it])));
        text.push_str(&format!("  n{from} {arrow}{} n{to}\n", label.unwrap_or_default()));
    }
    for kind in NodeKind::ALL {
        let Colours { fill, stroke } = kind.colours();
        text.push_str(&format!(
            "  classDef {} fill:{fill},stroke:{stroke},color:#1f2328\n",
            kind.as_str()
        ));
    }
    text
}

fn shape(kind: NodeKind) -> (&'static str, &'static str) {
    match kind {
        NodeKind::Shown => ("[", "]"),
        NodeKind::Socket | NodeKind::Timer => ("([", "])"),
        NodeKind::Service | NodeKind::Sleeper => ("(", ")"),
        NodeKind::Object => ("[(", ")]"),
    }
}

fn label_of(lines: &[&str]) -> String {
    let lines: Vec<String> = lines.iter().map(|it| escaped(it)).collect();
    format!("\"{}\"", lines.join("<br/>"))
}

fn escaped(text: &str) -> String {
    let each = text.chars().map(|it| {
        let is_plain = it.is_alphanumeric() || " .,:/-…".contains(it);
        if is_plain { it.to_string() } else { format!("#{};", u32::from(it)) }
    });
    each.collect()
}
