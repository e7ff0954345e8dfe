//! Sites of Caddy.
//!
//! Names and paths are of characters that mean nothing in a Caddyfile, so nothing is quoted.

use crate::plan::expose::{CaddyTls, UrlPath};
use crate::plan::text::Text;

/// Returns what a site says of its certificate, as often as it likes: twice means what once means.
pub fn tls(tls: CaddyTls) -> &'static str {
    match tls {
        CaddyTls::Internal => "tls internal\n",
        CaddyTls::Auto | CaddyTls::Off => "",
    }
}

/// Returns what a site says of one path; `upstream` is where its requests go, `127.0.0.1:8080`.
///
/// The lines of several paths may follow each other in any order: Caddy takes the longest path that fits.
pub fn handle(path: &UrlPath, upstream: Text) -> Text {
    let start = if path.is_root() {
        "handle {\n".to_owned()
    } else {
        // As nginx does: the path itself leads below it.
        format!("redir {} {path} permanent\nhandle {path}* {{\n", path.without_slash())
    };
    Text::literal(start + "reverse_proxy ").then(upstream).then(Text::literal("\n}\n"))
}

/// Returns a file that a Caddyfile imports: a site with its lines, indented as `caddy fmt` would.
pub fn site(header: &str, address: &str, lines: &str) -> String {
    let mut text = format!("# {header}\n\n");
    let mut depth = 0;
    for line in format!("{address} {{\n{lines}}}").lines() {
        depth -= usize::from(line == "}");
        text.push_str(&"\t".repeat(depth));
        text.push_str(line);
        text.push('\n');
        depth += usize::from(line.ends_with('{'));
    }
    text
}
