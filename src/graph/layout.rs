//! Where everything of a picture stands: layers from left to right, as Sugiyama has it.
//!
//! Arrows lead from one layer to a later one, and what is on their way leaves room for them:
//! each arrow has a place of its own in every layer that it passes, and so has its label.
//! Nothing overlaps because what stands in one layer is kept apart, and layers are.
//!
//! Sizes and positions are whole pixels, so that the same picture is the same bytes everywhere.

mod layer;
mod order;
mod pack;
mod place;

/// How far apart layers stand; arrows bend there.
const BETWEEN_LAYERS: i64 = 34;

/// What is to be placed.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// The sizes of the nodes.
    pub nodes: Vec<Size>,
    pub edges: Vec<WantedEdge>,
}

/// An arrow between two nodes.
#[derive(Debug, Clone)]
pub struct WantedEdge {
    pub from: usize,
    pub to: usize,
    /// The size of its label, if it has one.
    pub label: Option<Size>,
}

/// A size in pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    pub width: i64,
    pub height: i64,
}

/// Where everything stands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Layout {
    pub width: i64,
    pub height: i64,
    pub nodes: Vec<Rectangle>,
    pub edges: Vec<Route>,
}

/// A rectangle by its upper left corner and its size.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rectangle {
    pub x: i64,
    pub y: i64,
    pub width: i64,
    pub height: i64,
}

/// The way of an arrow.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Route {
    /// The points through which it goes, from the node that needs to the one that is needed.
    pub points: Vec<(i64, i64)>,
    pub label: Option<Rectangle>,
}

/// Places everything.
pub fn layout(wanted: &Wanted) -> Layout {
    let mut parts = pack::connected(wanted);
    for part in &mut parts {
        part.placed = connected(&part.wanted);
    }
    pack::beside_each_other(wanted, parts)
}

/// Places nodes of which each is connected with all others.
fn connected(wanted: &Wanted) -> Layout {
    let mut layers = layer::layers(wanted);
    order::order(&mut layers);
    place::place(wanted, &layers)
}

/// What stands in a layer.
#[derive(Debug, Clone)]
struct Item {
    what: What,
    height: i64,
    width: i64,
    /// The items of the layer before that it is connected with, by their indices in `Layers::items`.
    before: Vec<usize>,
    after: Vec<usize>,
}

/// What an item is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum What {
    Node(usize),
    /// The place of an arrow that passes.
    Passing(usize),
    Label(usize),
}

/// The layers of a picture.
#[derive(Debug, Clone, Default)]
struct Layers {
    items: Vec<Item>,
    /// The items of each layer from top to bottom.
    layers: Vec<Vec<usize>>,
    /// The items of each edge, from its earlier end to its later one, nodes and all.
    ways: Vec<Vec<usize>>,
    /// Whether an edge leads against the order of the layers.
    reversed: Vec<bool>,
}

#[cfg(test)]
mod tests;
