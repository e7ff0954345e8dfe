//! Walks an expression and gives its tokens, with the white space between them, to a sink.

use rnix::SyntaxKind;

use crate::syntax::nix::item::{Block, Choice, Item, Items, Outcome};
use crate::syntax::nix::layout::{INDENTATION, lay_out, lay_out_as_is};
use crate::syntax::nix::rules;
use crate::syntax::nix::sink::Sink;
use crate::syntax::nix::{Binding, Expr, Space};

/// Prints one file.
pub(super) struct Printer<'a, S> {
    sink: S,
    /// White space that is due before the next token.
    pending: Option<WhiteSpace>,
    /// Nodes that the next token starts; white space belongs before them.
    starting: Vec<SyntaxKind>,
    /// Buffers of lines that are done, for the next ones.
    spare: Vec<Items<'a>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum WhiteSpace {
    Space,
    Line { space: Space, indentation: usize },
}

impl<'a, S: Sink> Printer<'a, S> {
    /// Prints a file into the sink and gives it back.
    pub(super) fn print(sink: S, comment: &str, expression: &'a Expr) -> S {
        let mut printer = Printer { sink, pending: None, starting: Vec::new(), spare: Vec::new() };
        printer.file(comment, expression);
        printer.sink
    }

    fn file(&mut self, comment: &str, expression: &'a Expr) {
        self.sink.start(SyntaxKind::NODE_ROOT);
        if !comment.is_empty() {
            self.comment(comment, 0);
        }
        self.lines(0, |items| rules::file(items, expression));
        self.new_line(Space::NewLine, 0);
        self.white_space();
        self.sink.finish();
    }

    /// Lays out and prints what starts on a line of its own.
    fn lines(&mut self, indentation: usize, rules: impl FnOnce(&mut Items<'a>)) {
        let mut items = self.spare.pop().unwrap_or_default();
        rules(&mut items);
        match items.choice() {
            Choice::None => lay_out_as_is(&mut items.items, indentation),
            Choice::Some => lay_out(&mut items.items, indentation),
        }
        self.items(&items.items);
        items.clear();
        self.spare.push(items);
    }

    fn items(&mut self, items: &[Item<'a>]) {
        for (index, item) in items.iter().enumerate() {
            match *item {
                Item::Start(kind) => self.starting.push(kind),
                Item::Finish => self.sink.finish(),
                Item::Token { kind, text, .. } => self.token(kind, text),
                Item::Gap { outcome: Outcome::Nothing, .. } => {}
                Item::Gap { outcome: Outcome::Space, .. } => {
                    self.pending = Some(WhiteSpace::Space);
                }
                Item::Gap { outcome: Outcome::NewLine, .. } => {
                    self.new_line(Space::NewLine, indentation_of_next(&items[index..]));
                }
                Item::Block { block, place } => self.block(block, place.indentation),
                Item::GroupStart { .. } | Item::GroupEnd | Item::Nothing => {}
            }
        }
    }

    fn block(&mut self, block: Block<'a>, indentation: usize) {
        let (kind, opening) = block.opening();
        self.token(kind, opening);
        match block {
            Block::AttributeSet(bindings) => {
                self.bindings(bindings, indentation + INDENTATION);
                self.new_line(Space::NewLine, indentation);
                self.token(SyntaxKind::TOKEN_R_BRACE, "}");
            }
            Block::List(elements) => {
                for it in elements {
                    self.new_line(Space::NewLine, indentation + INDENTATION);
                    self.lines(indentation + INDENTATION, |items| rules::element(items, it));
                }
                self.new_line(Space::NewLine, indentation);
                self.token(SyntaxKind::TOKEN_R_BRACK, "]");
            }
            Block::Let(bindings) => self.bindings(bindings, indentation + INDENTATION),
        }
    }

    fn bindings(&mut self, bindings: &'a [Binding], indentation: usize) {
        for (index, it) in bindings.iter().enumerate() {
            let space = if index == 0 { Space::NewLine } else { it.space };
            self.new_line(space, indentation);
            if let Some(comment) = &it.comment {
                self.comment(comment, indentation);
            }
            self.lines(indentation, |items| rules::binding(items, it));
        }
    }

    /// Prints the lines of a comment, and asks for a new line after each.
    fn comment(&mut self, comment: &str, indentation: usize) {
        // Nix ends a comment at a carriage return, too.
        let lines = comment.trim_end().split('\n');
        for line in lines.flat_map(|it| it.strip_suffix('\r').unwrap_or(it).split('\r')) {
            let text = format!("# {line}");
            self.token(SyntaxKind::TOKEN_COMMENT, text.trim_end());
            self.new_line(Space::NewLine, indentation);
        }
    }

    fn token(&mut self, kind: SyntaxKind, text: &str) {
        self.white_space();
        for kind in self.starting.drain(..) {
            self.sink.start(kind);
        }
        self.sink.token(kind, text);
    }

    fn new_line(&mut self, space: Space, indentation: usize) {
        self.pending = Some(WhiteSpace::Line { space, indentation });
    }

    fn white_space(&mut self) {
        match self.pending.take() {
            None => {}
            Some(WhiteSpace::Space) => self.sink.token(SyntaxKind::TOKEN_WHITESPACE, " "),
            Some(WhiteSpace::Line { space, indentation }) => {
                let lines = match space {
                    Space::NewLine => "\n",
                    Space::BlankLine => "\n\n",
                };
                let skipped = "\n\n".len() - lines.len();
                match BLANK.get(skipped.."\n\n".len() + indentation) {
                    Some(blank) => self.sink.token(SyntaxKind::TOKEN_WHITESPACE, blank),
                    None => {
                        let blank = format!("{lines}{}", " ".repeat(indentation));
                        self.sink.token(SyntaxKind::TOKEN_WHITESPACE, &blank);
                    }
                }
            }
        }
    }
}

/// Two new lines and more indentation than a reasonable file has.
const BLANK: &str = "\n\n                                                                ";

fn indentation_of_next(items: &[Item<'_>]) -> usize {
    items
        .iter()
        .find_map(|it| match it {
            Item::Token { place, .. } | Item::Block { place, .. } => Some(place.indentation),
            Item::Start(_)
            | Item::Finish
            | Item::Gap { .. }
            | Item::GroupStart { .. }
            | Item::GroupEnd
            | Item::Nothing => None,
        })
        .expect("a gap is followed by a token")
}
