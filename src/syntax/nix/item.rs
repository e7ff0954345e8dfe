//! What a line is made of before it is laid out: tokens, gaps between them, and groups.
//!
//! A group stays on one line where it fits and is broken at its own gaps where it does not.
//! Gaps that always are what they are move out of a group's edges while it is built,
//! so that they say nothing about whether the group fits.

use rnix::SyntaxKind;

use crate::syntax::nix::{Binding, Expr};

/// One item of a line.
#[derive(Debug, Clone, Copy)]
pub(super) enum Item<'a> {
    /// A tree node starts; nothing for the layout.
    Start(SyntaxKind),
    /// The innermost tree node ends; nothing for the layout.
    Finish,
    Token {
        kind: SyntaxKind,
        text: &'a str,
        place: Place,
    },
    Gap {
        spacing: Spacing,
        outcome: Outcome,
    },
    /// Lines of their own, opened on this one.
    Block {
        block: Block<'a>,
        place: Place,
    },
    GroupStart {
        kind: GroupKind,
        end: usize,
    },
    GroupEnd,
    /// What a moved or merged item leaves behind.
    Nothing,
}

/// How deep an item is nested, and the indentation that came out of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) nesting: usize,
    /// Columns that are added to the indentation, inside of strings.
    pub(super) offset: usize,
    /// The column where a line that starts here is indented to.
    pub(super) indentation: usize,
}

/// Entries that stand on lines of their own.
#[derive(Debug, Clone, Copy)]
pub(super) enum Block<'a> {
    AttributeSet(&'a [Binding]),
    List(&'a [Expr]),
    Let(&'a [Binding]),
}

/// What stands between two tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Spacing {
    /// Nothing, or a new line when what follows does not fit.
    SoftBreak,
    /// Nothing, or a new line when the group is broken.
    Break,
    /// Always a space.
    HardSpace,
    /// A space, or a new line when what follows does not fit.
    SoftLine,
    /// A space, or a new line when the group is broken.
    Line,
    /// Always a new line.
    HardLine,
}

/// What became of a gap.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    Nothing,
    Space,
    NewLine,
}

/// How a group behaves when it does not fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum GroupKind {
    Regular,
    /// Is broken in place of the group around it, if what stands before and after it still fits.
    Priority,
    /// Groups for fitting only; the priority groups in it belong to the group around it.
    Transparent,
}

/// Whether items could be forced onto one line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Compaction {
    Done,
    Impossible,
}

/// The items of one line or of one expression, under construction.
#[derive(Debug, Default)]
pub(super) struct Items<'a> {
    pub(super) items: Vec<Item<'a>>,
    nesting: usize,
    offset: usize,
    choice: Choice,
}

/// Whether the items may be laid out in more than one way.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) enum Choice {
    /// Every gap is a space.
    #[default]
    None,
    Some,
}

impl Spacing {
    /// Returns the one gap that two neighbouring gaps are.
    pub(super) fn merge(self, other: Spacing) -> Spacing {
        match (self.min(other), self.max(other)) {
            (Spacing::Break, Spacing::SoftLine | Spacing::HardSpace) => Spacing::Line,
            (Spacing::SoftBreak, Spacing::HardSpace) => Spacing::SoftLine,
            (_, stronger) => stronger,
        }
    }

    fn is_hard(self) -> bool {
        matches!(self, Spacing::HardSpace | Spacing::HardLine)
    }
}

impl Block<'_> {
    /// Returns the kind and text of the token that opens the block.
    pub(super) fn opening(self) -> (SyntaxKind, &'static str) {
        match self {
            Block::AttributeSet(_) => (SyntaxKind::TOKEN_L_BRACE, "{"),
            Block::List(_) => (SyntaxKind::TOKEN_L_BRACK, "["),
            Block::Let(_) => (SyntaxKind::TOKEN_LET, "let"),
        }
    }
}

impl<'a> Items<'a> {
    pub(super) fn clear(&mut self) {
        let Items { items, nesting, offset, choice } = self;
        items.clear();
        *choice = Choice::None;
        debug_assert_eq!((*nesting, *offset), (0, 0), "nesting is undone where it was done");
    }

    pub(super) fn token(&mut self, kind: SyntaxKind, text: &'a str) {
        let place = self.place();
        self.items.push(Item::Token { kind, text, place });
    }

    pub(super) fn block(&mut self, block: Block<'a>) {
        let place = self.place();
        self.items.push(Item::Block { block, place });
    }

    /// Adds a gap, which becomes one with a gap that it follows.
    pub(super) fn gap(&mut self, spacing: Spacing) {
        if spacing != Spacing::HardSpace {
            self.choice = Choice::Some;
        }
        let spacing = match self.last_before(self.items.len()) {
            Some((index, before)) => {
                self.items[index] = Item::Nothing;
                before.merge(spacing)
            }
            None => spacing,
        };
        self.items.push(Item::Gap { spacing, outcome: Outcome::Nothing });
    }

    pub(super) fn node(&mut self, kind: SyntaxKind, content: impl FnOnce(&mut Self)) {
        self.items.push(Item::Start(kind));
        content(self);
        self.items.push(Item::Finish);
    }

    pub(super) fn nested(&mut self, content: impl FnOnce(&mut Self)) {
        self.nesting += 1;
        content(self);
        self.nesting -= 1;
    }

    pub(super) fn shifted(&mut self, columns: usize, content: impl FnOnce(&mut Self)) {
        self.offset += columns;
        content(self);
        self.offset -= columns;
    }

    pub(super) fn group(&mut self, kind: GroupKind, content: impl FnOnce(&mut Self)) {
        let start = self.items.len();
        self.items.push(Item::GroupStart { kind, end: start });
        content(self);
        self.close_group(start, kind);
    }

    /// Forces what was added since `start` onto one line, unless it cannot be or is wider than `limit`.
    pub(super) fn compact(&mut self, start: usize, limit: Option<usize>) -> Compaction {
        let mut width = 0;
        for item in &self.items[start..] {
            match item {
                Item::Token { text, .. } => width += text.chars().count(),
                Item::Gap { spacing: Spacing::HardLine, .. } | Item::Block { .. } => {
                    return Compaction::Impossible;
                }
                Item::Gap { spacing: Spacing::Break | Spacing::SoftBreak, .. } => {}
                Item::Gap { .. } => width += 1,
                Item::Start(_)
                | Item::Finish
                | Item::GroupStart { .. }
                | Item::GroupEnd
                | Item::Nothing => {}
            }
        }
        if limit.is_some_and(|it| width > it) {
            return Compaction::Impossible;
        }
        let mut after_space = false;
        for item in &mut self.items[start..] {
            match item {
                Item::Token { .. } => after_space = false,
                Item::Gap { spacing: Spacing::Break | Spacing::SoftBreak, .. } => {
                    *item = Item::Nothing;
                }
                Item::Gap { .. } if after_space => *item = Item::Nothing,
                Item::Gap { spacing, .. } => {
                    *spacing = Spacing::HardSpace;
                    after_space = true;
                }
                Item::GroupStart { .. } | Item::GroupEnd => *item = Item::Nothing,
                Item::Start(_) | Item::Finish | Item::Block { .. } | Item::Nothing => {}
            }
        }
        Compaction::Done
    }

    pub(super) fn choice(&self) -> Choice {
        self.choice
    }

    fn place(&self) -> Place {
        Place { nesting: self.nesting, offset: self.offset, indentation: 0 }
    }

    fn close_group(&mut self, start: usize, kind: GroupKind) {
        self.pull_space_in(start);
        let start = self.lift_leading(start);
        let end = self.items.len();
        // A trailing hard gap leaves the group, too.
        let trailing = self.last_before(end).filter(|(_, spacing)| spacing.is_hard());
        if let Some((index, _)) = trailing {
            self.items[index] = Item::Nothing;
        }
        self.simplify(start, kind);
        self.items[start] = Item::GroupStart { kind, end };
        self.items.push(Item::GroupEnd);
        if let Some((_, spacing)) = trailing {
            self.gap(spacing);
        }
    }

    /// Merges a space that stands before the group into the gap that the group starts with.
    fn pull_space_in(&mut self, start: usize) {
        let Some((before, Spacing::HardSpace)) = self.last_before(start) else { return };
        let first = self.items[start..].iter_mut().find(|it| {
            !matches!(it, Item::Start(_) | Item::Finish | Item::Nothing | Item::GroupStart { .. })
        });
        if let Some(Item::Gap { spacing, .. }) = first {
            *spacing = spacing.merge(Spacing::HardSpace);
            self.items[before] = Item::Nothing;
        }
    }

    /// Moves a hard gap at the start of the group out of it; returns where the group starts then.
    fn lift_leading(&mut self, start: usize) -> usize {
        let first = (start + 1..self.items.len()).find(|&it| !self.is_invisible(it));
        let Some(first) = first else { return start };
        let Item::Gap { spacing, .. } = self.items[first] else { return start };
        if !spacing.is_hard() {
            return start;
        }
        let spacing = match self.last_before(start) {
            Some((before, other)) => {
                self.items[before] = Item::Nothing;
                other.merge(spacing)
            }
            None => spacing,
        };
        self.items[first] = Item::Gap { spacing, outcome: Outcome::Nothing };
        self.items[start..=first].rotate_right(1);
        start + 1
    }

    /// Dissolves a group of the same kind that is all that the group holds.
    fn simplify(&mut self, start: usize, kind: GroupKind) {
        let Some(first) = (start + 1..self.items.len()).find(|&it| !self.is_invisible(it)) else {
            return;
        };
        let Item::GroupStart { kind: inner, end } = self.items[first] else { return };
        let is_last = (end + 1..self.items.len()).all(|it| self.is_invisible(it));
        if inner == kind && is_last {
            self.items[first] = Item::Nothing;
            self.items[end] = Item::Nothing;
        }
    }

    /// Returns the gap that ends what stands before the index on the same level.
    fn last_before(&self, index: usize) -> Option<(usize, Spacing)> {
        let last = (0..index).rev().find(|&it| !self.is_invisible(it))?;
        match self.items[last] {
            Item::Gap { spacing, .. } => Some((last, spacing)),
            Item::Start(_)
            | Item::Finish
            | Item::Nothing
            | Item::Token { .. }
            | Item::Block { .. }
            | Item::GroupStart { .. }
            | Item::GroupEnd => None,
        }
    }

    fn is_invisible(&self, index: usize) -> bool {
        self.items[index].is_invisible()
    }
}

impl Item<'_> {
    /// Items without a meaning for the layout are looked through.
    pub(super) fn is_invisible(&self) -> bool {
        matches!(self, Item::Start(_) | Item::Finish | Item::Nothing)
    }
}
