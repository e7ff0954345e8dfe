//! Nix files read back: the inverse of the printer.
//!
//! Layout and comments mean nothing here, so a file that another formatter has laid out anew is the same expression.
//! Of the language it knows what the constructors can say; all else is an error that says where it stands.

use std::fmt;
use std::ops::Range;

use rnix::ParseError;
use rnix::ast::{self, AstToken as _};
use rowan::ast::AstNode;

use super::{
    Binding, BindingKind, Expr, Kind, Name, Operator, Part, Pattern, Rest, apply, attribute_name,
    attribute_set, function, lambda, let_in, list, not, operation, select_names, text,
};

mod depth;
pub mod module;
mod value;

/// Why a text cannot be read, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable {
    /// The bytes of the text that are meant.
    pub range: Range<usize>,
    /// In lower case, without a full stop.
    pub message: String,
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

/// Reads the expression of a file.
///
/// ```
/// use unitsmith::syntax::nix::{self, read};
///
/// let printed = nix::attribute_set([nix::bind(["a"], nix::list([nix::string("b")]))]);
/// assert_eq!(read::expression("# by hand\n{a=[\n\"b\"];}"), Ok(printed));
/// assert!(read::expression("{ a = with b; c; }").is_err());
/// ```
pub fn expression(text: &str) -> Result<Expr, Unreadable> {
    if let Some(range) = depth::too_deep(text) {
        let message = "it nests more deeply than a generated file".to_owned();
        return Err(Unreadable { range, message });
    }
    // Whoever calls may have little of a stack left.
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(depth::STACK);
        let read = thread.spawn_scoped(scope, || expression_here(text));
        read.expect("a machine has room for a thread").join().expect("no text makes it panic")
    })
}

fn expression_here(text: &str) -> Result<Expr, Unreadable> {
    let parse = rnix::Root::parse(text);
    if let Some(error) = parse.errors().first() {
        return Err(Unreadable { range: place_of(error, text), message: error.to_string() });
    }
    let root = parse.tree();
    let expression = root.expr().ok_or_else(|| unreadable(&root, "there is no expression"))?;
    any(&expression)
}

/// Where the parser gave up; the end of the text when it wanted more.
fn place_of(error: &ParseError, text: &str) -> Range<usize> {
    match error {
        ParseError::Unexpected(range)
        | ParseError::UnexpectedExtra(range)
        | ParseError::UnexpectedWanted(_, range, _)
        | ParseError::UnexpectedDoubleBind(range)
        | ParseError::DuplicatedArgs(range, _) => range.start().into()..range.end().into(),
        // The error is of another crate, which may have more kinds one day.
        ParseError::UnexpectedEOF
        | ParseError::UnexpectedEOFWanted(_)
        | ParseError::RecursionLimitExceeded
        | _ => text.len()..text.len(),
    }
}

fn unreadable(node: &impl AstNode<Language = rnix::NixLanguage>, message: &str) -> Unreadable {
    let range = node.syntax().text_range();
    Unreadable { range: range.start().into()..range.end().into(), message: message.to_owned() }
}

/// What a node must have when there is no syntax error.
fn child<T>(
    node: &impl AstNode<Language = rnix::NixLanguage>,
    child: Option<T>,
) -> Result<T, Unreadable> {
    child.ok_or_else(|| unreadable(node, "something is missing here"))
}

fn any(it: &ast::Expr) -> Result<Expr, Unreadable> {
    let other =
        |what: &str| Err(unreadable(it, &format!("{what} is nothing that a generated file has")));
    match it {
        ast::Expr::Ident(it) => Ok(Expr(Kind::Identifier(identifier(it).into()))),
        ast::Expr::Literal(it) => match it.kind() {
            ast::LiteralKind::Integer(digits) => {
                Ok(Expr(Kind::Integer(digits.syntax().text().to_owned())))
            }
            ast::LiteralKind::Float(_) | ast::LiteralKind::Uri(_) => other("such a literal"),
        },
        ast::Expr::Str(it) => string(it),
        ast::Expr::PathRel(it) => path(it),
        ast::Expr::Paren(it) => any(&child(it, it.expr())?),
        ast::Expr::Select(it) => {
            if it.default_expr().is_some() {
                return other("`or`");
            }
            let base = any(&child(it, it.expr())?)?;
            Ok(select_names(base, attribute_path(&child(it, it.attrpath())?)?))
        }
        ast::Expr::List(it) => {
            let items = it.items().map(|it| any(&it));
            Ok(list(items.collect::<Result<Vec<_>, _>>()?))
        }
        ast::Expr::AttrSet(it) => {
            if it.rec_token().is_some() {
                return other("`rec`");
            }
            Ok(attribute_set(bindings(it)?))
        }
        ast::Expr::Apply(it) => {
            let function = any(&child(it, it.lambda())?)?;
            Ok(apply(function, [any(&child(it, it.argument())?)?]))
        }
        ast::Expr::BinOp(it) => {
            let Some(operator) = it.operator().and_then(operator) else {
                return other("such an operator");
            };
            let left = any(&child(it, it.lhs())?)?;
            Ok(operation(operator, left, any(&child(it, it.rhs())?)?))
        }
        ast::Expr::UnaryOp(it) => {
            let operand = any(&child(it, it.expr())?)?;
            match (it.operator(), operand.0) {
                (Some(ast::UnaryOpKind::Invert), operand) => Ok(not(Expr(operand))),
                (Some(ast::UnaryOpKind::Negate), Kind::Integer(digits)) => {
                    Ok(Expr(Kind::Negative(digits)))
                }
                (Some(ast::UnaryOpKind::Negate) | None, _) => other("such an operator"),
            }
        }
        ast::Expr::Lambda(it) => {
            let body = any(&child(it, it.body())?)?;
            match child(it, it.param())? {
                ast::Param::IdentParam(name) => {
                    let name = identifier(&child(&name, name.ident())?);
                    Ok(function(&name, body))
                }
                ast::Param::Pattern(it) => Ok(lambda(pattern(&it)?, body)),
            }
        }
        ast::Expr::LetIn(it) => {
            let bindings = bindings(it)?;
            Ok(let_in(bindings, any(&child(it, it.body())?)?))
        }
        ast::Expr::With(_) => other("`with`"),
        ast::Expr::Assert(_) => other("`assert`"),
        ast::Expr::IfElse(_) => other("`if`"),
        ast::Expr::LegacyLet(_) => other("`let { }`"),
        ast::Expr::HasAttr(_) => other("`?`"),
        ast::Expr::PathAbs(_)
        | ast::Expr::PathHome(_)
        | ast::Expr::PathSearch(_)
        | ast::Expr::CurPos(_)
        | ast::Expr::Root(_)
        | ast::Expr::Error(_) => other("this"),
    }
}

fn identifier(it: &ast::Ident) -> String {
    it.syntax().text().to_string()
}

fn string(it: &ast::Str) -> Result<Expr, Unreadable> {
    let parts = it.normalized_parts().into_iter().map(|part| match part {
        ast::InterpolPart::Literal(it) => Ok(Part::Text(it)),
        ast::InterpolPart::Interpolation(it) => {
            Ok(Part::Interpolation(any(&child(&it, it.expr())?)?))
        }
    });
    Ok(text(parts.collect::<Result<Vec<_>, _>>()?))
}

fn path(it: &ast::PathRel) -> Result<Expr, Unreadable> {
    let parts = it.parts();
    match &parts[..] {
        [ast::InterpolPart::Literal(it)] => Ok(Expr(Kind::Path(it.syntax().text().to_owned()))),
        _ => Err(unreadable(it, "a path with `${…}` is nothing that a generated file has")),
    }
}

fn attribute_path(it: &ast::Attrpath) -> Result<Vec<Name>, Unreadable> {
    it.attrs().map(|it| name(&it)).collect()
}

fn name(it: &ast::Attr) -> Result<Name, Unreadable> {
    match it {
        ast::Attr::Ident(it) => Ok(attribute_name(identifier(it).into())),
        ast::Attr::Str(it) => match string(it)?.as_text() {
            Some(name) => Ok(attribute_name(name.into())),
            None => Err(unreadable(it, "a name with `${…}` is nothing that a generated file has")),
        },
        ast::Attr::Dynamic(it) => {
            Err(unreadable(it, "a name with `${…}` is nothing that a generated file has"))
        }
    }
}

fn bindings(
    set: &impl ast::HasEntry<Language = rnix::NixLanguage>,
) -> Result<Vec<Binding>, Unreadable> {
    let binding = |it: ast::Entry| match it {
        ast::Entry::AttrpathValue(it) => {
            let path = attribute_path(&child(&it, it.attrpath())?)?;
            let value = any(&child(&it, it.value())?)?;
            Ok(Binding::new(BindingKind::Assign { path, value }))
        }
        ast::Entry::Inherit(it) => {
            let source = it.from().map(|it| any(&child(&it, it.expr())?)).transpose()?;
            let names = it.attrs().map(|it| name(&it)).collect::<Result<Vec<_>, _>>()?;
            Ok(Binding::new(BindingKind::Inherit { source, names }))
        }
    };
    set.entries().map(binding).collect()
}

fn pattern(it: &ast::Pattern) -> Result<Pattern, Unreadable> {
    if it.pat_bind().is_some() {
        return Err(unreadable(it, "`@` is nothing that a generated file has"));
    }
    let names = it.pat_entries().map(|it| {
        if it.default().is_some() {
            return Err(unreadable(&it, "a default is nothing that a generated file has"));
        }
        Ok(identifier(&child(&it, it.ident())?))
    });
    let names = names.collect::<Result<Vec<_>, _>>()?;
    let rest = if it.ellipsis_token().is_some() { Rest::Ignored } else { Rest::Refused };
    Ok(Pattern { names, rest })
}

fn operator(it: ast::BinOpKind) -> Option<Operator> {
    match it {
        ast::BinOpKind::Concat => Some(Operator::Concat),
        ast::BinOpKind::Add => Some(Operator::Plus),
        ast::BinOpKind::Sub => Some(Operator::Minus),
        ast::BinOpKind::Update => Some(Operator::Update),
        ast::BinOpKind::Equal => Some(Operator::Equal),
        ast::BinOpKind::NotEqual => Some(Operator::NotEqual),
        ast::BinOpKind::And => Some(Operator::And),
        ast::BinOpKind::Or => Some(Operator::Or),
        ast::BinOpKind::Mul
        | ast::BinOpKind::Div
        | ast::BinOpKind::Implication
        | ast::BinOpKind::Less
        | ast::BinOpKind::LessOrEq
        | ast::BinOpKind::More
        | ast::BinOpKind::MoreOrEq
        | ast::BinOpKind::PipeRight
        | ast::BinOpKind::PipeLeft => None,
    }
}
