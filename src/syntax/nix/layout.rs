//! Decides which gaps become new lines, and how far the lines are indented.
//!
//! Columns are counted from the first character of a line, as nixfmt does it:
//! a line is too long when its text is, however deep it is indented.
//! That is why a binding can be laid out without knowing where it will stand.

use crate::syntax::nix::item::{GroupKind, Item, Outcome, Place, Spacing};

/// The width at which lines are broken where they can be.
const WIDTH: isize = 100;

/// The columns by which a level is indented.
pub(super) const INDENTATION: usize = 2;

/// Whether an attempt to lay something out in a certain way came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Attempt {
    Done,
    Failed,
}

struct Layout<'l, 'a> {
    items: &'l mut [Item<'a>],
    state: State,
}

/// What a failed attempt has to restore; the outcomes in the items are overwritten by the next one.
#[derive(Debug, Clone)]
struct State {
    /// The width of what stands on the line.
    column: isize,
    /// The indentation of nesting 0, kept apart because most lines never leave it.
    outermost: usize,
    levels: Vec<Level>,
}

/// The indentation of lines that start at a nesting.
#[derive(Debug, Clone, Copy)]
struct Level {
    nesting: usize,
    indentation: usize,
}

/// Whether an item belongs to the one before it, as the dot and the name of a selection do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Joint {
    Apart,
    Joined,
}

/// Lays the items out as lines that are indented to a column; the outcomes are written into the items.
pub(super) fn lay_out(items: &mut [Item<'_>], indentation: usize) {
    let end = items.len();
    let state = State { column: 0, outermost: indentation, levels: Vec::new() };
    let mut layout = Layout { items, state };
    layout.broken(0, end);
}

/// Lays out items of which every gap is a space, as most bindings are.
///
/// All of them stand on the first line, whatever it holds, so a block is indented as that line is.
pub(super) fn lay_out_as_is(items: &mut [Item<'_>], indentation: usize) {
    for item in items {
        match item {
            Item::Gap { outcome, .. } => *outcome = Outcome::Space,
            Item::Block { place, .. } => place.indentation = indentation + place.offset,
            Item::Start(_)
            | Item::Finish
            | Item::Token { .. }
            | Item::GroupStart { .. }
            | Item::GroupEnd
            | Item::Nothing => {}
        }
    }
}

impl Layout<'_, '_> {
    /// Lays out a range whose own gaps are broken; its groups are tried on one line first.
    fn broken(&mut self, start: usize, end: usize) {
        let mut joint = Joint::Apart;
        let mut index = start;
        while index < end {
            match self.items[index] {
                Item::Start(_) | Item::Finish | Item::Nothing | Item::GroupEnd => {}
                Item::Token { text, mut place, kind } => {
                    self.place(&mut place, width(text), joint);
                    self.items[index] = Item::Token { text, place, kind };
                    joint = Joint::Joined;
                }
                Item::Block { block, mut place } => {
                    self.place(&mut place, width(block.opening().1), joint);
                    self.items[index] = Item::Block { block, place };
                    // What follows stands behind the closing bracket.
                    self.state.column = 1;
                    joint = Joint::Joined;
                }
                Item::Gap { spacing, .. } => {
                    let outcome = self.outcome(spacing, index + 1);
                    self.decide(index, outcome);
                    joint = Joint::Apart;
                }
                Item::GroupStart { kind, end } => {
                    self.group(index, kind, end);
                    index = end;
                    joint = Joint::Apart;
                }
            }
            index += 1;
        }
    }

    fn group(&mut self, start: usize, kind: GroupKind, end: usize) {
        if self.on_one_line(start + 1, end) == Attempt::Done {
            return;
        }
        if kind != GroupKind::Transparent {
            let before = self.state.clone();
            for (inner, inner_end) in self.priority_groups(start + 1, end).into_iter().rev() {
                if self.around(start + 1, inner, inner_end, end) == Attempt::Done {
                    return;
                }
                self.state.clone_from(&before);
            }
        }
        self.broken(start + 1, end);
    }

    /// Tries to break only a priority group, with all before and after it on its first and last line.
    fn around(&mut self, start: usize, inner: usize, inner_end: usize, end: usize) -> Attempt {
        if self.on_one_line(start, inner) == Attempt::Failed {
            return Attempt::Failed;
        }
        let hardened = self.harden(inner_end + 1, end);
        self.broken(inner + 1, inner_end);
        for (index, spacing) in hardened {
            self.items[index] = Item::Gap { spacing, outcome: Outcome::Nothing };
        }
        self.on_one_line(inner_end + 1, end)
    }

    /// Makes the gaps of a range unbreakable; returns what they were.
    fn harden(&mut self, start: usize, end: usize) -> Vec<(usize, Spacing)> {
        let mut res = Vec::new();
        let mut index = start;
        while index < end {
            match self.items[index] {
                Item::Gap { spacing, .. } => match spacing {
                    Spacing::Line | Spacing::SoftLine => {
                        res.push((index, spacing));
                        let outcome = Outcome::Nothing;
                        self.items[index] = Item::Gap { spacing: Spacing::HardSpace, outcome };
                    }
                    Spacing::Break | Spacing::SoftBreak => {
                        res.push((index, spacing));
                        self.items[index] = Item::Nothing;
                    }
                    Spacing::HardSpace | Spacing::HardLine => {}
                },
                Item::GroupStart { kind: GroupKind::Regular, end } => index = end,
                Item::GroupStart { kind: GroupKind::Transparent | GroupKind::Priority, .. }
                | Item::GroupEnd
                | Item::Start(_)
                | Item::Finish
                | Item::Token { .. }
                | Item::Block { .. }
                | Item::Nothing => {}
            }
            index += 1;
        }
        res
    }

    /// Returns the priority groups of a range, those in transparent groups among them.
    fn priority_groups(&self, start: usize, end: usize) -> Vec<(usize, usize)> {
        let mut res = Vec::new();
        let mut index = start;
        while index < end {
            if let Item::GroupStart { kind, end } = self.items[index] {
                match kind {
                    GroupKind::Priority => {
                        res.push((index, end));
                        index = end;
                    }
                    GroupKind::Regular => index = end,
                    GroupKind::Transparent => {}
                }
            }
            index += 1;
        }
        res
    }

    /// Tries to put a range on the rest of the line.
    fn on_one_line(&mut self, start: usize, end: usize) -> Attempt {
        let start = if self.state.column == 0 { self.drop_leading_gap(start, end) } else { start };
        let budget = WIDTH - self.state.column - self.first_line_width(end);
        let Some(width) = self.flat(start, end, budget) else { return Attempt::Failed };
        if self.state.column == 0 {
            self.indent_first(start, end);
        }
        self.state.column += width;
        Attempt::Done
    }

    /// At the start of a line a gap means nothing; returns where the range starts without it.
    fn drop_leading_gap(&mut self, start: usize, end: usize) -> usize {
        let first = (start..end).find(|&it| {
            !self.items[it].is_invisible() && !matches!(self.items[it], Item::GroupStart { .. })
        });
        match first {
            Some(first) if matches!(self.items[first], Item::Gap { .. }) => {
                self.decide(first, Outcome::Nothing);
                first + 1
            }
            _ => start,
        }
    }

    /// Writes the outcomes of a range on one line; returns its width unless it is beyond the budget.
    fn flat(&mut self, start: usize, end: usize, budget: isize) -> Option<isize> {
        let mut width_so_far = 0;
        let mut pending: Option<(usize, Spacing)> = None;
        if budget < 0 {
            return None;
        }
        for index in start..end {
            match self.items[index] {
                Item::Start(_)
                | Item::Finish
                | Item::Nothing
                | Item::GroupStart { .. }
                | Item::GroupEnd => {}
                Item::Block { .. } => return None,
                Item::Gap { spacing, .. } => {
                    let merged = match pending {
                        Some((before, other)) => {
                            self.decide(before, Outcome::Nothing);
                            other.merge(spacing)
                        }
                        None => spacing,
                    };
                    pending = Some((index, merged));
                }
                Item::Token { text, .. } => {
                    width_so_far += self.flat_gap(pending.take())? + width(text);
                    if width_so_far > budget {
                        return None;
                    }
                }
            }
        }
        width_so_far += self.flat_gap(pending)?;
        (width_so_far <= budget).then_some(width_so_far)
    }

    fn flat_gap(&mut self, pending: Option<(usize, Spacing)>) -> Option<isize> {
        let Some((index, spacing)) = pending else { return Some(0) };
        match spacing {
            Spacing::Break | Spacing::SoftBreak => {
                self.decide(index, Outcome::Nothing);
                Some(0)
            }
            Spacing::HardSpace | Spacing::Line | Spacing::SoftLine => {
                self.decide(index, Outcome::Space);
                Some(1)
            }
            Spacing::HardLine => None,
        }
    }

    /// Returns the width of what cannot be parted from the end of a range.
    fn first_line_width(&self, start: usize) -> isize {
        let mut res = 0;
        let mut pending: Option<Spacing> = None;
        for item in &self.items[start..] {
            match item {
                Item::Gap { spacing, .. } => {
                    pending = Some(pending.map_or(*spacing, |it| it.merge(*spacing)));
                }
                Item::Token { .. } | Item::Block { .. } => {
                    match pending.take() {
                        Some(Spacing::HardSpace) => res += 1,
                        Some(_) => return res,
                        None => {}
                    }
                    if let Item::Token { text, .. } = item {
                        res += width(text);
                    } else if let Item::Block { block, .. } = item {
                        return res + width(block.opening().1);
                    }
                }
                Item::Start(_)
                | Item::Finish
                | Item::Nothing
                | Item::GroupStart { .. }
                | Item::GroupEnd => {}
            }
            if res > WIDTH {
                break;
            }
        }
        res
    }

    /// Returns whether what follows, up to where the line may break again, fits in the columns.
    ///
    /// A group is kept whole here if a line of its own could hold it.
    fn first_line_fits(&mut self, start: usize, columns: isize) -> bool {
        let mut width_so_far = 0;
        let mut pending: Option<Spacing> = None;
        let mut index = start;
        while index < self.items.len() && width_so_far <= WIDTH {
            let item = self.items[index];
            match item {
                Item::Start(_) | Item::Finish | Item::Nothing | Item::GroupEnd => {}
                Item::Gap { spacing, .. } => {
                    pending = Some(pending.map_or(spacing, |it| it.merge(spacing)));
                }
                Item::Token { .. } | Item::Block { .. } | Item::GroupStart { .. } => {
                    match pending.take() {
                        Some(Spacing::HardSpace) => width_so_far += 1,
                        Some(_) => break,
                        None => {}
                    }
                    if let Item::Token { text, .. } = item {
                        width_so_far += width(text);
                    } else if let Item::Block { block, .. } = item {
                        width_so_far += width(block.opening().1);
                        break;
                    } else if let Item::GroupStart { end, .. } = item {
                        let budget = WIDTH - width_so_far - self.first_line_width(end);
                        if let Some(width) = self.flat(index + 1, end, budget) {
                            width_so_far += width;
                            index = end;
                        }
                    }
                }
            }
            index += 1;
        }
        width_so_far <= columns
    }

    fn outcome(&mut self, spacing: Spacing, following: usize) -> Outcome {
        let column = self.state.column;
        let outcome = match spacing {
            _ if column == 0 => return Outcome::Nothing,
            Spacing::Break | Spacing::Line | Spacing::HardLine => Outcome::NewLine,
            Spacing::HardSpace => Outcome::Space,
            Spacing::SoftBreak if self.first_line_fits(following, WIDTH - column) => {
                Outcome::Nothing
            }
            Spacing::SoftLine if self.first_line_fits(following, (WIDTH - column - 1).max(0)) => {
                Outcome::Space
            }
            Spacing::SoftBreak | Spacing::SoftLine => Outcome::NewLine,
        };
        match outcome {
            Outcome::Nothing => {}
            Outcome::Space => self.state.column += 1,
            Outcome::NewLine => self.state.column = 0,
        }
        outcome
    }

    fn decide(&mut self, index: usize, decided: Outcome) {
        if let Item::Gap { outcome, .. } = &mut self.items[index] {
            *outcome = decided;
        }
    }

    /// Puts an item on the line, and finds the indentation if it is the first there.
    fn place(&mut self, place: &mut Place, width: isize, joint: Joint) {
        if joint == Joint::Apart {
            self.enter(place.nesting);
        }
        place.indentation = self.level().indentation + place.offset;
        self.state.column += width;
    }

    fn indent_first(&mut self, start: usize, end: usize) {
        let first = (start..end)
            .find(|&it| matches!(self.items[it], Item::Token { .. } | Item::Block { .. }));
        if let Some(first) = first
            && let Item::Token { text, mut place, kind } = self.items[first]
        {
            self.enter(place.nesting);
            place.indentation = self.level().indentation + place.offset;
            self.items[first] = Item::Token { text, place, kind };
        }
    }

    /// Leaves deeper levels and opens one for the nesting, which is indented only on a new line.
    fn enter(&mut self, nesting: usize) {
        while self.level().nesting > nesting {
            self.state.levels.pop();
        }
        let Level { nesting: around, indentation } = self.level();
        if nesting > around {
            let added = if self.state.column == 0 { INDENTATION } else { 0 };
            self.state.levels.push(Level { nesting, indentation: indentation + added });
        }
    }

    fn level(&self) -> Level {
        let outermost = Level { nesting: 0, indentation: self.state.outermost };
        self.state.levels.last().copied().unwrap_or(outermost)
    }
}

fn width(text: &str) -> isize {
    isize::try_from(text.chars().count()).expect("a text is shorter than the memory")
}
