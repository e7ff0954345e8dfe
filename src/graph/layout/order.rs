//! In which order everything stands in its layer: the one with few crossings.

use super::Layers;

/// How often the layers are gone through, there and back.
const SWEEPS: usize = 12;

/// Orders the items of each layer by where those are that they are connected with.
pub(super) fn order(layers: &mut Layers) {
    let mut best = layers.layers.clone();
    let mut fewest = crossings(layers);
    for sweep in 0..SWEEPS {
        if fewest == 0 {
            break;
        }
        let count = layers.layers.len();
        if sweep.is_multiple_of(2) {
            (1..count).for_each(|it| sort(layers, it, Side::Before));
        } else {
            (0..count.saturating_sub(1)).rev().for_each(|it| sort(layers, it, Side::After));
        }
        let now = crossings(layers);
        if now < fewest {
            fewest = now;
            best = layers.layers.clone();
        }
    }
    layers.layers = best;
}

#[derive(Clone, Copy, PartialEq)]
enum Side {
    Before,
    After,
}

/// Sorts a layer by the means of the positions beside it; what has none stays where it is.
fn sort(layers: &mut Layers, layer: usize, side: Side) {
    let beside = if side == Side::Before { layer - 1 } else { layer + 1 };
    let positions = positions(layers, beside);
    let mut keyed: Vec<(f64, usize)> = layers.layers[layer]
        .iter()
        .enumerate()
        .map(|(at, item)| {
            let it = &layers.items[*item];
            let near = if side == Side::Before { &it.before } else { &it.after };
            let sum: usize = near.iter().map(|it| positions[*it]).sum();
            let key = if near.is_empty() { at as f64 } else { sum as f64 / near.len() as f64 };
            (key, *item)
        })
        .collect();
    keyed.sort_by(|one, other| one.0.total_cmp(&other.0));
    layers.layers[layer] = keyed.into_iter().map(|(_, item)| item).collect();
}

/// The position of each item of one layer; items of other layers have none that means anything.
fn positions(layers: &Layers, layer: usize) -> Vec<usize> {
    let mut positions = vec![0; layers.items.len()];
    for (at, item) in layers.layers[layer].iter().enumerate() {
        positions[*item] = at;
    }
    positions
}

/// How many pairs of arrows cross.
fn crossings(layers: &Layers) -> usize {
    let mut positions = vec![0; layers.items.len()];
    for layer in &layers.layers {
        for (at, item) in layer.iter().enumerate() {
            positions[*item] = at;
        }
    }
    layers
        .layers
        .iter()
        .map(|layer| {
            let ends = layer.iter().flat_map(|item| {
                let mut ends: Vec<usize> =
                    layers.items[*item].after.iter().map(|it| positions[*it]).collect();
                ends.sort_unstable();
                ends
            });
            inversions(ends.collect())
        })
        .sum()
}

/// How many pairs of numbers stand in the wrong order, by merging.
fn inversions(numbers: Vec<usize>) -> usize {
    let (mut count, mut width, mut from) = (0, 1, numbers);
    while width < from.len() {
        let mut to = Vec::with_capacity(from.len());
        for pair in from.chunks(2 * width) {
            let (left, right) = pair.split_at(width.min(pair.len()));
            let (mut at, mut other) = (0, 0);
            while at < left.len() || other < right.len() {
                if other == right.len() || (at < left.len() && left[at] <= right[other]) {
                    to.push(left[at]);
                    at += 1;
                } else {
                    count += left.len() - at;
                    to.push(right[other]);
                    other += 1;
                }
            }
        }
        from = to;
        width *= 2;
    }
    count
}
