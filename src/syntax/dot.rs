//! Pictures as Graphviz reads them.
//!
//! A text stands in quotes, where `"` and `\` mean something, and in a label `&` as well, because Graphviz
//! replaces entities of HTML there ("The DOT Language", graphviz.org).

use crate::graph::{Edge, EdgeKind, Graph, Node, NodeKind};

/// Returns a picture as a file.
pub fn file(header: &str, graph: &Graph) -> String {
    let mut text = format!("// {header}\ndigraph services {{\n");
    text.push_str("  graph [rankdir=LR, fontname=\"monospace\"];\n");
    text.push_str("  node [fontname=\"monospace\", fontsize=11, style=\"filled\"];\n");
    text.push_str("  edge [fontname=\"monospace\", fontsize=9, color=\"#57606a\"];\n");
    for (index, Node { kind, title, lines }) in graph.nodes.iter().enumerate() {
        let label: Vec<&str> = std::iter::once(title).chain(lines).map(String::as_str).collect();
        text.push_str(&format!(
            "  n{index} [label={}, class={}, shape={}, fillcolor={}];\n",
            label_of(&label),
            quoted(kind.as_str()),
            shape(*kind),
            quoted(kind.colours().fill)
        ));
    }
    for Edge { from, to, kind, label } in &graph.edges {
        let style = match kind {
            EdgeKind::Reaches => "solid",
            EdgeKind::WaitsFor => "dashed",
            EdgeKind::Accompanies | EdgeKind::Uses => "dotted",
        };
        let label = label.as_ref().map(|it| format!(", label={}", label_of(&[it])));
        text.push_str(&format!(
            "  n{from} -> n{to} [style={style}{}];\n",
            label.unwrap_or_default()
        ));
    }
    text.push_str("}\n");
    text
}

fn shape(kind: NodeKind) -> &'static str {
    match kind {
        NodeKind::Shown | NodeKind::Service | NodeKind::Sleeper => "box",
        NodeKind::Socket | NodeKind::Timer => "oval",
        NodeKind::Object => "cylinder",
    }
}

/// The lines of a label, one below the other.
fn label_of(lines: &[&str]) -> String {
    let lines: Vec<String> = lines.iter().map(|it| escaped(&it.replace('&', "&amp;"))).collect();
    format!("\"{}\"", lines.join("\\n"))
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", escaped(text))
}

fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}
