//! Nested attributes in the order in which they come.

use crate::syntax::nix::{self, Binding, Expr};

/// An attribute set under construction; paths that share their beginning share a set.
#[derive(Default)]
pub(super) struct Attributes(Vec<(String, Attribute)>);

enum Attribute {
    Value(Expr),
    Set(Attributes),
}

impl Attributes {
    /// Sets the attribute at a path.
    ///
    /// # Panics
    ///
    /// When the path is taken: two directives that write one option are a mistake of ours.
    pub(super) fn set(&mut self, path: &[&str], value: Expr) {
        let (name, below) = path.split_first().expect("an attribute has a name");
        if below.is_empty() {
            assert!(self.position(name).is_none(), "`{name}` is set twice");
            self.0.push(((*name).to_owned(), Attribute::Value(value)));
            return;
        }
        let position = self.position(name).unwrap_or_else(|| {
            self.0.push(((*name).to_owned(), Attribute::Set(Attributes::default())));
            self.0.len() - 1
        });
        match &mut self.0[position].1 {
            Attribute::Set(inner) => inner.set(below, value),
            Attribute::Value(_) => panic!("`{name}` is both a value and a set"),
        }
    }

    /// Whether nothing has been set.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The finished set; a set of one attribute is written as a path.
    pub(super) fn into_expression(self) -> Expr {
        nix::attribute_set(self.into_bindings())
    }

    fn into_bindings(self) -> impl Iterator<Item = Binding> {
        self.0.into_iter().map(|(name, attribute)| {
            let value = match attribute {
                Attribute::Value(value) => value,
                Attribute::Set(inner) => inner.into_expression(),
            };
            nix::bind([name], value).fold_single()
        })
    }

    fn position(&self, name: &str) -> Option<usize> {
        self.0.iter().position(|(it, _)| it == name)
    }
}
