//! Pictures as a browser shows them, whole in one file.
//!
//! The letters are of one width, so that the room of a text is known without its font.

use unicode_width::UnicodeWidthChar as _;

use crate::graph::layout::{self, Layout, Rectangle, Route, Size, Wanted, WantedEdge};
use crate::graph::{Colours, Edge, EdgeKind, Graph, Node, NodeKind};

/// What a letter is wide, in tenths of a pixel: 0.602 of its size in the usual fonts.
const TITLE: i64 = 85;
const LINE: i64 = 67;
const LABEL: i64 = 61;

/// How high a title and a line are, with what is above them.
const TITLE_HEIGHT: i64 = 20;
const LINE_HEIGHT: i64 = 16;
const LABEL_HEIGHT: i64 = 16;

/// What is around the text of a node, and around the whole picture.
const PADDING: i64 = 14;
const MARGIN: i64 = 24;

/// How many letters of a line are shown; the whole is there for who points at it.
const LONGEST: usize = 44;

const FONT: &str =
    "ui-monospace, 'DejaVu Sans Mono', 'Liberation Mono', Menlo, Consolas, monospace";

/// Returns a picture as a file.
pub fn file(header: &str, graph: &Graph) -> String {
    let placed = layout::layout(&Wanted {
        nodes: graph.nodes.iter().map(size).collect(),
        edges: graph.edges.iter().map(wanted).collect(),
    });
    let (width, height) = (placed.width + 2 * MARGIN, placed.height + 2 * MARGIN);
    let mut text = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"{} {} {width} {height}\" font-family=\"{FONT}\">\n<!-- {} -->\n",
        -MARGIN,
        -MARGIN,
        // Two dashes would end a comment.
        escaped(header).replace('-', "&#45;"),
    );
    text.push_str(
        "<defs><marker id=\"arrow\" viewBox=\"0 0 8 8\" refX=\"7.5\" refY=\"4\" markerWidth=\"8\" \
         markerHeight=\"8\" orient=\"auto\"><path d=\"M0 0L8 4L0 8L2 4Z\" fill=\"#57606a\"/></marker></defs>\n",
    );
    text.push_str(&format!(
        "<rect x=\"{}\" y=\"{}\" width=\"{width}\" height=\"{height}\" fill=\"#ffffff\"/>\n",
        -MARGIN, -MARGIN
    ));
    let Layout { width: _, height: _, nodes, edges } = &placed;
    for (edge, route) in graph.edges.iter().zip(edges) {
        text.push_str(&arrow(edge, route));
    }
    for (edge, route) in graph.edges.iter().zip(edges) {
        text.push_str(&label(edge, route));
    }
    for (node, place) in graph.nodes.iter().zip(nodes) {
        text.push_str(&box_of(node, *place));
    }
    text.push_str("</svg>\n");
    text
}

fn size(node: &Node) -> Size {
    let lines = node.lines.iter().map(|it| room(&shortened(it), LINE));
    let width = lines.chain([room(&node.title, TITLE)]).max().unwrap_or(0);
    let height = TITLE_HEIGHT + LINE_HEIGHT * node.lines.len() as i64;
    Size { width: width + 2 * PADDING, height: height + PADDING }
}

fn wanted(edge: &Edge) -> WantedEdge {
    let label = edge
        .label
        .as_ref()
        .map(|it| Size { width: room(&shortened(it), LABEL) + 8, height: LABEL_HEIGHT });
    WantedEdge { from: edge.from, to: edge.to, label }
}

/// How wide a text is, in pixels.
fn room(text: &str, letter: i64) -> i64 {
    (columns(text) as i64 * letter + 9) / 10
}

fn columns(text: &str) -> usize {
    text.chars().map(|it| it.width().unwrap_or(1)).sum()
}

fn shortened(text: &str) -> String {
    if columns(text) <= LONGEST {
        return text.to_owned();
    }
    let mut short = String::new();
    for it in text.chars() {
        if columns(&short) + it.width().unwrap_or(1) >= LONGEST {
            break;
        }
        short.push(it);
    }
    short + "…"
}

/// The line of an arrow: level where it leaves, passes and arrives.
fn arrow(edge: &Edge, route: &Route) -> String {
    let mut way = String::new();
    for (index, (x, y)) in route.points.iter().enumerate() {
        match index.checked_sub(1).map(|it| route.points[it]) {
            None => way.push_str(&format!("M{x} {y}")),
            Some((_, before)) if before == *y => way.push_str(&format!("H{x}")),
            Some((x0, y0)) => {
                let middle = (x0 + x) / 2;
                way.push_str(&format!("C{middle} {y0} {middle} {y} {x} {y}"));
            }
        }
    }
    let dashes = match edge.kind {
        EdgeKind::Reaches => "",
        EdgeKind::WaitsFor => " stroke-dasharray=\"6 4\"",
        EdgeKind::Accompanies | EdgeKind::Uses => " stroke-dasharray=\"2 3\"",
    };
    format!(
        "<path d=\"{way}\" fill=\"none\" stroke=\"#57606a\" stroke-width=\"1.4\"{dashes} \
         marker-end=\"url(#arrow)\"/>\n"
    )
}

fn label(edge: &Edge, route: &Route) -> String {
    let (Some(label), Some(Rectangle { x, y, width, height })) = (&edge.label, route.label) else {
        return String::new();
    };
    format!(
        "<g><title>{}</title>\
         <rect class=\"label\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" fill=\"#ffffff\"/>\
         <text x=\"{}\" y=\"{}\" font-size=\"10\" text-anchor=\"middle\" fill=\"#57606a\">{}</text></g>\n",
        escaped(label),
        x + width / 2,
        y + height - 5,
        escaped(&shortened(label))
    )
}

fn box_of(node: &Node, place: Rectangle) -> String {
    let Rectangle { x, y, width, height } = place;
    let Colours { fill, stroke } = node.kind.colours();
    let radius = radius(node.kind, height);
    let whole: Vec<&str> =
        std::iter::once(&node.title).chain(&node.lines).map(String::as_str).collect();
    let mut text = format!(
        "<g><title>{}</title>\
         <rect class=\"{}\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" rx=\"{radius}\" \
         fill=\"{fill}\" stroke=\"{stroke}\" stroke-width=\"1.2\"/>",
        escaped(&whole.join("\n")),
        node.kind.as_str()
    );
    let middle = x + width / 2;
    text.push_str(&format!(
        "<text x=\"{middle}\" y=\"{}\" font-size=\"14\" font-weight=\"bold\" text-anchor=\"middle\" \
         fill=\"#1f2328\">{}</text>",
        y + PADDING / 2 + 15,
        escaped(&node.title)
    ));
    for (index, line) in node.lines.iter().enumerate() {
        let y = y + PADDING / 2 + TITLE_HEIGHT + LINE_HEIGHT * index as i64 + 12;
        text.push_str(&format!(
            "<text x=\"{middle}\" y=\"{y}\" font-size=\"11\" text-anchor=\"middle\" \
             fill=\"#57606a\">{}</text>",
            escaped(&shortened(line))
        ));
    }
    text.push_str("</g>\n");
    text
}

/// How round the corners of a node are, in pixels.
fn radius(kind: NodeKind, height: i64) -> i64 {
    match kind {
        NodeKind::Shown | NodeKind::Object => 2,
        NodeKind::Socket | NodeKind::Timer => height / 2,
        NodeKind::Service | NodeKind::Sleeper => 8,
    }
}

/// A text between tags.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
