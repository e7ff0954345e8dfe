//! Parts of a picture that have nothing to do with each other stand beside each other, in rows.

use super::{Layout, Rectangle, Route, Wanted, WantedEdge};

/// How far apart parts are.
const BETWEEN_PARTS: i64 = 40;

/// How much wider than high a picture may be before a new row begins, in tenths.
const WIDE: i64 = 16;

/// Nodes of which each is connected with all others.
pub(super) struct Part {
    pub(super) wanted: Wanted,
    pub(super) placed: Layout,
    /// What the nodes and edges of the part are in the whole.
    nodes: Vec<usize>,
    edges: Vec<usize>,
}

/// Splits what is wanted into connected parts, in the order of their first nodes.
pub(super) fn connected(wanted: &Wanted) -> Vec<Part> {
    let mut roots: Vec<usize> = (0..wanted.nodes.len()).collect();
    for edge in &wanted.edges {
        let (one, other) = (root(&mut roots, edge.from), root(&mut roots, edge.to));
        roots[one.max(other)] = one.min(other);
    }
    let mut parts: Vec<Part> = Vec::new();
    let mut part_of = vec![0; wanted.nodes.len()];
    let mut index_in_part = vec![0; wanted.nodes.len()];
    for node in 0..wanted.nodes.len() {
        let root = root(&mut roots, node);
        if root == node {
            part_of[node] = parts.len();
            parts.push(Part {
                wanted: Wanted::default(),
                placed: Layout::default(),
                nodes: Vec::new(),
                edges: Vec::new(),
            });
        }
        let part = part_of[root];
        part_of[node] = part;
        index_in_part[node] = parts[part].nodes.len();
        parts[part].nodes.push(node);
        parts[part].wanted.nodes.push(wanted.nodes[node]);
    }
    for (index, WantedEdge { from, to, label }) in wanted.edges.iter().enumerate() {
        let part = &mut parts[part_of[*from]];
        let (from, to) = (index_in_part[*from], index_in_part[*to]);
        part.wanted.edges.push(WantedEdge { from, to, label: *label });
        part.edges.push(index);
    }
    parts
}

fn root(roots: &mut [usize], mut node: usize) -> usize {
    while roots[node] != node {
        roots[node] = roots[roots[node]];
        node = roots[node];
    }
    node
}

/// Puts parts beside each other until a row is wide enough, and begins another below it.
pub(super) fn beside_each_other(wanted: &Wanted, mut parts: Vec<Part>) -> Layout {
    // Great parts come first, so that small ones fill rows of their own.
    parts.sort_by_key(|it| std::cmp::Reverse(it.placed.height));
    let area: i64 = parts
        .iter()
        .map(|it| (it.placed.width + BETWEEN_PARTS) * (it.placed.height + BETWEEN_PARTS))
        .sum();
    let wide = (area * WIDE / 10).isqrt();
    let mut whole = Layout {
        width: 0,
        height: 0,
        nodes: vec![Rectangle { x: 0, y: 0, width: 0, height: 0 }; wanted.nodes.len()],
        edges: vec![Route::default(); wanted.edges.len()],
    };
    let (mut x, mut y, mut height) = (0, 0, 0);
    for Part { wanted: _, placed, nodes, edges } in parts {
        if x > 0 && x + placed.width > wide {
            (x, y, height) = (0, y + height + BETWEEN_PARTS, 0);
        }
        for (node, it) in nodes.into_iter().zip(placed.nodes) {
            whole.nodes[node] = moved(it, x, y);
        }
        for (edge, Route { points, label }) in edges.into_iter().zip(placed.edges) {
            let points = points.into_iter().map(|it| (it.0 + x, it.1 + y)).collect();
            whole.edges[edge] = Route { points, label: label.map(|it| moved(it, x, y)) };
        }
        whole.width = whole.width.max(x + placed.width);
        whole.height = whole.height.max(y + placed.height);
        x += placed.width + BETWEEN_PARTS;
        height = height.max(placed.height);
    }
    whole
}

fn moved(it: Rectangle, x: i64, y: i64) -> Rectangle {
    Rectangle { x: it.x + x, y: it.y + y, ..it }
}
