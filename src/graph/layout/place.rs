//! Where in its layer everything stands.

use super::{BETWEEN_LAYERS, Layers, Layout, Rectangle, Route, Wanted, What};

/// How far apart two items of one layer stand at least: arrows may come nearer than nodes.
const BETWEEN_NODES: i64 = 26;
const BETWEEN_OTHERS: i64 = 12;

/// How often each item is moved to the middle of those that it is connected with.
const SWEEPS: usize = 10;

/// How far apart the arrows of one node are, where it is high enough.
const BETWEEN_ARROWS: i64 = 14;

/// Gives everything its place.
pub(super) fn place(wanted: &Wanted, layers: &Layers) -> Layout {
    let middles = middles(layers);
    let mut left = 0;
    let mut columns = Vec::new();
    for layer in &layers.layers {
        let width = layer.iter().map(|it| layers.items[*it].width).max().unwrap_or(0);
        columns.push((left, width));
        left += width + BETWEEN_LAYERS;
    }
    let mut column_of = vec![(0, 0); layers.items.len()];
    for (layer, column) in layers.layers.iter().zip(&columns) {
        layer.iter().for_each(|it| column_of[*it] = *column);
    }
    let mut placed = Layout {
        width: left - BETWEEN_LAYERS,
        height: 0,
        nodes: vec![Rectangle { x: 0, y: 0, width: 0, height: 0 }; wanted.nodes.len()],
        edges: vec![Route::default(); wanted.edges.len()],
    };
    for (index, item) in layers.items.iter().enumerate() {
        let (x, width) = column_of[index];
        let y = middles[index] - item.height / 2;
        placed.height = placed.height.max(y + item.height);
        match item.what {
            // The nodes of a layer are as wide as the widest: they look alike, and arrows begin at one line.
            What::Node(node) => {
                placed.nodes[node] = Rectangle { x, y, width, height: item.height };
            }
            What::Label(edge) => {
                let x = x + (width - item.width) / 2;
                placed.edges[edge].label =
                    Some(Rectangle { x, y, width: item.width, height: item.height });
            }
            What::Passing(_) => {}
        }
    }
    for (edge, way) in layers.ways.iter().enumerate() {
        let (first, last) = (way[0], way[way.len() - 1]);
        let start = middles[first] + offset(layers, &middles, Side::After, first, way[1]);
        let end = middles[last] + offset(layers, &middles, Side::Before, last, way[way.len() - 2]);
        let mut points = vec![(column_of[first].0 + column_of[first].1, start)];
        for item in &way[1..way.len() - 1] {
            let (x, width) = column_of[*item];
            points.extend([(x, middles[*item]), (x + width, middles[*item])]);
        }
        points.push((column_of[last].0, end));
        points.dedup();
        if layers.reversed[edge] {
            points.reverse();
        }
        placed.edges[edge].points = points;
    }
    placed
}

#[derive(Clone, Copy, PartialEq)]
enum Side {
    Before,
    After,
}

/// How far from the middle of a node the arrow from or to `other` is.
fn offset(layers: &Layers, middles: &[i64], side: Side, node: usize, other: usize) -> i64 {
    let item = &layers.items[node];
    let near = if side == Side::Before { &item.before } else { &item.after };
    let mut near = near.clone();
    near.sort_by_key(|it| (middles[*it], *it));
    let at = near.iter().position(|it| *it == other).expect("an edge is known to both its ends");
    let last = near.len() as i64 - 1;
    let room = (item.height - BETWEEN_ARROWS).max(0);
    let distance = if last == 0 { 0 } else { BETWEEN_ARROWS.min(room / last) };
    at as i64 * distance - last * distance / 2
}

/// The middle of each item from top to bottom: near those that it is connected with.
fn middles(layers: &Layers) -> Vec<i64> {
    let mut middles = vec![0.0; layers.items.len()];
    for layer in &layers.layers {
        settle(layers, layer, &mut middles, |_, _| 0.0);
    }
    for sweep in 0..SWEEPS {
        let each: Vec<&Vec<usize>> = if sweep.is_multiple_of(2) {
            layers.layers.iter().rev().collect()
        } else {
            layers.layers.iter().collect()
        };
        for layer in each {
            settle(layers, layer, &mut middles, |item, middles| {
                let item = &layers.items[item];
                let near = item.before.iter().chain(&item.after);
                let (mut sum, mut count) = (0.0, 0.0);
                for it in near {
                    sum += middles[*it];
                    count += 1.0;
                }
                if count == 0.0 { 0.0 } else { sum / count }
            });
        }
    }
    // Neighbours are rounded alike, so none comes nearer than a pixel to what it was kept from.
    let tops = layers.items.iter().zip(&middles);
    let top = tops.map(|(item, middle)| middle - item.height as f64 / 2.0).fold(f64::MAX, f64::min);
    middles.iter().map(|it| (it - top).round() as i64).collect()
}

/// Moves the items of a layer as near as possible to where they want to be, in their order and apart.
///
/// The sum of the squared distances is the least: neighbours that would overlap are moved as one
/// block to the mean of what they want ("pool adjacent violators").
fn settle(
    layers: &Layers,
    layer: &[usize],
    middles: &mut [f64],
    wish: impl Fn(usize, &[f64]) -> f64,
) {
    let mut offsets = Vec::with_capacity(layer.len());
    let mut offset = 0.0;
    for (at, item) in layer.iter().enumerate() {
        if at > 0 {
            offset += apart(layers, layer[at - 1], *item) as f64;
        }
        offsets.push(offset);
    }
    // Blocks by the sum of their wishes and how many they are.
    let mut blocks: Vec<(f64, f64)> = Vec::new();
    for (item, offset) in layer.iter().zip(&offsets) {
        let mut block = (wish(*item, middles) - offset, 1.0);
        while let Some(last) = blocks.last().filter(|it| it.0 / it.1 > block.0 / block.1) {
            block = (block.0 + last.0, block.1 + last.1);
            blocks.pop();
        }
        blocks.push(block);
    }
    let places =
        blocks.iter().flat_map(|(sum, count)| std::iter::repeat_n(sum / count, *count as usize));
    for ((item, offset), place) in layer.iter().zip(&offsets).zip(places) {
        middles[*item] = place + offset;
    }
}

/// How far apart the middles of two neighbours are at least.
fn apart(layers: &Layers, upper: usize, lower: usize) -> i64 {
    let (upper, lower) = (&layers.items[upper], &layers.items[lower]);
    let gap = match (upper.what, lower.what) {
        (What::Node(_), _) | (_, What::Node(_)) => BETWEEN_NODES,
        (What::Passing(_) | What::Label(_), What::Passing(_) | What::Label(_)) => BETWEEN_OTHERS,
    };
    (upper.height + lower.height + 1) / 2 + gap
}
