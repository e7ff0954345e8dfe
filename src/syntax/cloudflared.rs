//! The configuration of a tunnel of cloudflared.

use crate::plan::expose::UrlPath;
use crate::plan::name::{DomainName, TunnelName};

use super::yaml::{self, Yaml};

/// What is answered to requests that no service takes.
pub const OTHERWISE: &str = "http_status:404";

/// A rule of a tunnel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule<'a> {
    pub host: &'a DomainName,
    pub path: &'a UrlPath,
    /// Where requests go, `127.0.0.1:8080`.
    pub upstream: String,
}

/// Returns the file of a tunnel.
///
/// cloudflared takes the first rule that fits, so the narrower ones come first.
pub fn tunnel(
    header: &str,
    name: &TunnelName,
    credentials_file: &str,
    mut rules: Vec<Rule<'_>>,
) -> String {
    rules.sort_by_key(|Rule { host, path, upstream: _ }| {
        let is_pattern = host.as_str().starts_with('*');
        let length = std::cmp::Reverse(host.as_str().len());
        (is_pattern, length, *host, std::cmp::Reverse(path.as_str().len()), *path)
    });
    let rules = rules.iter().map(|Rule { host, path, upstream }| {
        let hostname = [("hostname", Yaml::from(host.as_str()))];
        let path = path.pattern().map(|it| ("path", Yaml::from(it)));
        let service = [("service", Yaml::from(format!("http://{upstream}")))];
        yaml::map(hostname.into_iter().chain(path).chain(service))
    });
    let otherwise = yaml::map([("service", OTHERWISE.into())]);
    let document = yaml::map([
        ("tunnel", name.as_str().into()),
        ("credentials-file", credentials_file.into()),
        ("ingress", Yaml::List(rules.chain([otherwise]).collect())),
    ]);
    yaml::file(header, &document)
}
