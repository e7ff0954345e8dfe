//! Which layer everything stands in.

use std::collections::VecDeque;

use super::{Item, Layers, Wanted, What};

/// Nodes stand in every second layer; labels stand in those between.
const STEP: usize = 2;

/// Puts nodes, labels and passing arrows into layers.
pub(super) fn layers(wanted: &Wanted) -> Layers {
    let reversed = reversed(wanted);
    let ends: Vec<(usize, usize)> = wanted
        .edges
        .iter()
        .zip(&reversed)
        .map(|(edge, reversed)| if *reversed { (edge.to, edge.from) } else { (edge.from, edge.to) })
        .collect();
    let ranks = ranks(wanted.nodes.len(), &ends);
    let mut layers = Layers { reversed, ..Layers::default() };
    let count = ranks.iter().max().map_or(0, |it| it + 1);
    layers.layers.resize(count, Vec::new());
    for (node, size) in wanted.nodes.iter().enumerate() {
        add(&mut layers, ranks[node], What::Node(node), (size.width, size.height));
    }
    for (index, (from, to)) in ends.into_iter().enumerate() {
        let label = wanted.edges[index].label;
        // The middle of the way, where no nodes stand.
        let labelled = ranks[from] + (ranks[to] - ranks[from]) / 2;
        let labelled = if labelled.is_multiple_of(STEP) { labelled - 1 } else { labelled };
        let mut way = vec![from];
        for rank in ranks[from] + 1..ranks[to] {
            let item = match label {
                Some(size) if rank == labelled => {
                    add(&mut layers, rank, What::Label(index), (size.width, size.height))
                }
                _ => add(&mut layers, rank, What::Passing(index), (0, 0)),
            };
            way.push(item);
        }
        way.push(to);
        for pair in way.windows(2) {
            layers.items[pair[0]].after.push(pair[1]);
            layers.items[pair[1]].before.push(pair[0]);
        }
        layers.ways.push(way);
    }
    layers
}

fn add(layers: &mut Layers, rank: usize, what: What, (width, height): (i64, i64)) -> usize {
    let item = Item { what, height, width, before: Vec::new(), after: Vec::new() };
    layers.items.push(item);
    let index = layers.items.len() - 1;
    layers.layers[rank].push(index);
    index
}

/// Which edges must be turned around for all to lead in one direction.
///
/// Services behind sockets may need each other, so there are rings.
fn reversed(wanted: &Wanted) -> Vec<bool> {
    #[derive(Clone, Copy, PartialEq)]
    enum Visit {
        Unseen,
        Open,
        Done,
    }
    let mut outgoing = vec![Vec::new(); wanted.nodes.len()];
    for (index, edge) in wanted.edges.iter().enumerate() {
        outgoing[edge.from].push(index);
    }
    let mut reversed = vec![false; wanted.edges.len()];
    let mut visits = vec![Visit::Unseen; wanted.nodes.len()];
    for start in 0..wanted.nodes.len() {
        if visits[start] != Visit::Unseen {
            continue;
        }
        visits[start] = Visit::Open;
        // No recursion: a chain of services may be longer than the stack.
        let mut trail = vec![(start, 0)];
        while let Some((node, next)) = trail.last_mut() {
            let Some(edge) = outgoing[*node].get(*next) else {
                visits[*node] = Visit::Done;
                trail.pop();
                continue;
            };
            *next += 1;
            let to = wanted.edges[*edge].to;
            match visits[to] {
                Visit::Open => reversed[*edge] = true,
                Visit::Done => {}
                Visit::Unseen => {
                    visits[to] = Visit::Open;
                    trail.push((to, 0));
                }
            }
        }
    }
    reversed
}

/// The layer of each node: as early as those before it allow, but beside what it leads to.
fn ranks(nodes: usize, edges: &[(usize, usize)]) -> Vec<usize> {
    let mut incoming = vec![0; nodes];
    let mut after = vec![Vec::new(); nodes];
    for (from, to) in edges {
        incoming[*to] += 1;
        after[*from].push(*to);
    }
    let mut open = incoming.clone();
    let mut pending: VecDeque<usize> = (0..nodes).filter(|it| open[*it] == 0).collect();
    let mut ranks = vec![0; nodes];
    while let Some(node) = pending.pop_front() {
        for to in &after[node] {
            ranks[*to] = ranks[*to].max(ranks[node] + STEP);
            open[*to] -= 1;
            if open[*to] == 0 {
                pending.push_back(*to);
            }
        }
    }
    for node in 0..nodes {
        let nearest = after[node].iter().map(|it| ranks[*it]).min();
        if let Some(nearest) = nearest.filter(|_| incoming[node] == 0) {
            ranks[node] = nearest - STEP;
        }
    }
    ranks
}
