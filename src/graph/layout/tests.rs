//! Random pictures: nothing overlaps, and no arrow runs over what it does not belong to.

use proptest::prelude::*;

use super::*;

fn wanted() -> impl Strategy<Value = Wanted> {
    let size = (1..30_i64, 1..12_i64)
        .prop_map(|(width, height)| Size { width: width * 9, height: height * 9 });
    (1..14_usize).prop_flat_map(move |count| {
        let edge = (0..count, 0..count, proptest::option::of(size.clone()))
            .prop_map(|(from, to, label)| WantedEdge { from, to, label });
        let edges = proptest::collection::vec(edge, 0..24)
            .prop_map(|it| it.into_iter().filter(|it| it.from != it.to).collect());
        (proptest::collection::vec(size.clone(), count), edges)
            .prop_map(|(nodes, edges)| Wanted { nodes, edges })
    })
}

fn overlap(one: &Rectangle, other: &Rectangle) -> bool {
    one.x < other.x + other.width
        && other.x < one.x + one.width
        && one.y < other.y + other.height
        && other.y < one.y + one.height
}

/// Points of an arrow as it is drawn, close to each other.
fn drawn(points: &[(i64, i64)]) -> Vec<(i64, i64)> {
    let mut all = Vec::new();
    for pair in points.windows(2) {
        let ((x0, y0), (x1, y1)) = (pair[0], pair[1]);
        for step in 0..=40 {
            // A cubic curve whose handles are level, in the middle between the ends.
            let t = f64::from(step) / 40.0;
            let u = 1.0 - t;
            let middle = (x0 + x1) as f64 / 2.0;
            let x = u * u * u * x0 as f64 + 3.0 * u * t * middle + t * t * t * x1 as f64;
            let y = u * u * (u + 3.0 * t) * y0 as f64 + t * t * (t + 3.0 * u) * y1 as f64;
            all.push((x.round() as i64, y.round() as i64));
        }
    }
    all
}

proptest! {
    #[test]
    fn nothing_overlaps(wanted in wanted()) {
        let placed = layout(&wanted);
        let labels: Vec<Rectangle> = placed.edges.iter().filter_map(|it| it.label).collect();
        prop_assert_eq!(labels.len(), wanted.edges.iter().filter(|it| it.label.is_some()).count());
        let all: Vec<Rectangle> = placed.nodes.iter().copied().chain(labels).collect();
        for (index, one) in all.iter().enumerate() {
            prop_assert!(one.x >= 0 && one.x + one.width <= placed.width, "{:?}", one);
            prop_assert!(one.y >= 0 && one.y + one.height <= placed.height, "{:?}", one);
            for other in &all[index + 1..] {
                prop_assert!(!overlap(one, other), "{:?} {:?}", one, other);
            }
        }
        for (node, size) in placed.nodes.iter().zip(&wanted.nodes) {
            prop_assert!(node.width >= size.width && node.height == size.height);
        }
    }

    #[test]
    fn an_arrow_joins_its_nodes_and_passes_all_others(wanted in wanted()) {
        let placed = layout(&wanted);
        for (index, (edge, route)) in wanted.edges.iter().zip(&placed.edges).enumerate() {
            let drawn = drawn(&route.points);
            for (node, at) in [(edge.from, drawn[0]), (edge.to, drawn[drawn.len() - 1])] {
                let it = placed.nodes[node];
                prop_assert!(at.0 == it.x || at.0 == it.x + it.width);
                prop_assert!((it.y..=it.y + it.height).contains(&at.1));
            }
            let labels = placed.edges.iter().enumerate().filter(|(other, _)| *other != index);
            let labels = labels.filter_map(|(_, it)| it.label);
            for it in placed.nodes.iter().copied().chain(labels) {
                let inside = |&(x, y): &(i64, i64)| {
                    it.x < x && x < it.x + it.width && it.y < y && y < it.y + it.height
                };
                prop_assert!(!drawn.iter().any(inside), "{:?} runs over {:?}", route, it);
            }
        }
    }

    #[test]
    fn the_same_picture_is_placed_alike(wanted in wanted()) {
        prop_assert_eq!(layout(&wanted), layout(&wanted));
    }
}

#[test]
fn a_long_chain_needs_no_stack() {
    let nodes = vec![Size { width: 10, height: 10 }; 3_000];
    let edges = (1..3_000).map(|it| WantedEdge { from: it - 1, to: it, label: None }).collect();
    assert_eq!(layout(&Wanted { nodes, edges }).nodes.len(), 3_000);
}
