//! Where tokens go: into text, or into a green tree.
//!
//! The printer decides every token for both, so that they agree by construction.

use rnix::{NixLanguage, SyntaxKind};
use rowan::{GreenNode, GreenNodeBuilder, Language, NodeCache};

/// Takes a tree as a sequence of starts, tokens and finishes.
pub(super) trait Sink {
    fn start(&mut self, kind: SyntaxKind);
    fn token(&mut self, kind: SyntaxKind, text: &str);
    fn finish(&mut self);
}

/// Keeps the text and forgets the tree.
#[derive(Debug, Default)]
pub(super) struct TextSink(String);

/// Builds the tree with rnix's kinds.
pub(super) struct GreenSink<'c>(GreenNodeBuilder<'c>);

impl Sink for TextSink {
    fn start(&mut self, _kind: SyntaxKind) {}

    fn token(&mut self, _kind: SyntaxKind, text: &str) {
        self.0.push_str(text);
    }

    fn finish(&mut self) {}
}

impl TextSink {
    pub(super) fn into_text(self) -> String {
        self.0
    }
}

impl<'c> GreenSink<'c> {
    pub(super) fn new(cache: &'c mut NodeCache) -> GreenSink<'c> {
        GreenSink(GreenNodeBuilder::with_cache(cache))
    }

    pub(super) fn into_green(self) -> GreenNode {
        self.0.finish()
    }
}

impl Sink for GreenSink<'_> {
    fn start(&mut self, kind: SyntaxKind) {
        self.0.start_node(NixLanguage::kind_to_raw(kind));
    }

    fn token(&mut self, kind: SyntaxKind, text: &str) {
        self.0.token(NixLanguage::kind_to_raw(kind), text);
    }

    fn finish(&mut self) {
        self.0.finish_node();
    }
}
