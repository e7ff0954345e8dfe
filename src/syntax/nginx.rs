//! Virtual hosts of nginx.
//!
//! Names and paths are of characters that mean nothing to nginx, so nothing is quoted.

use crate::plan::expose::{NginxTls, UrlPath, WebSockets};
use crate::plan::name::DomainName;

/// A path of a virtual host.
#[derive(Debug, Clone, Copy)]
pub struct Location<'a> {
    pub path: &'a UrlPath,
    pub websockets: WebSockets,
    /// Where requests go, `127.0.0.1:8080`.
    pub upstream: &'a str,
}

/// What every request is told of the client: what NixOS calls `recommendedProxySettings`.
const HEADERS: &[(&str, &str)] = &[
    ("Host", "$host"),
    ("X-Real-IP", "$remote_addr"),
    ("X-Forwarded-For", "$proxy_add_x_forwarded_for"),
    ("X-Forwarded-Proto", "$scheme"),
    ("X-Forwarded-Host", "$host"),
    ("X-Forwarded-Server", "$hostname"),
];

/// The file that defines the variable which virtual hosts with WebSockets use.
///
/// A name of DNS has no `_`, so no virtual host has a file of this name.
pub const SHARED_FILE: &str = "_unitsmith.conf";

/// Returns the file that virtual hosts with WebSockets share.
pub fn shared(header: &str) -> String {
    format!(
        "# {header}\n\n\
         map $http_upgrade $unitsmith_connection {{\n    default upgrade;\n    '' '';\n}}\n"
    )
}

/// Returns a virtual host as a file that is included on the level of `http`.
pub fn virtual_host(
    header: &str,
    host: &DomainName,
    tls: &NginxTls,
    locations: &[Location<'_>],
) -> String {
    let live = format!("/etc/letsencrypt/live/{}", host.as_str().trim_start_matches("*."));
    let files = match tls {
        NginxTls::Off => None,
        // Where certbot keeps the certificate of a name.
        NginxTls::Acme => Some((format!("{live}/fullchain.pem"), format!("{live}/privkey.pem"))),
        NginxTls::Files { certificate, key } => Some((certificate.clone(), key.clone())),
    };
    let mut text = format!("# {header}\n");
    let Some((certificate, key)) = files else {
        server(&mut text, host, "80", &[], locations);
        return text;
    };
    text.push_str("\nserver {\n    listen 80;\n    listen [::]:80;\n");
    text.push_str(&format!("    server_name {host};\n\n"));
    if *tls == NginxTls::Acme {
        text.push_str("    location /.well-known/acme-challenge/ {\n");
        text.push_str("        root /var/www/html;\n    }\n\n");
    }
    text.push_str("    location / {\n        return 301 https://$host$request_uri;\n    }\n}\n");
    let lines = [format!("ssl_certificate {certificate};"), format!("ssl_certificate_key {key};")];
    server(&mut text, host, "443 ssl", &lines, locations);
    text
}

fn server(
    text: &mut String,
    host: &DomainName,
    port: &str,
    lines: &[String],
    locations: &[Location<'_>],
) {
    text.push_str(&format!("\nserver {{\n    listen {port};\n    listen [::]:{port};\n"));
    text.push_str(&format!("    server_name {host};\n"));
    // What NixOS sets for every host.
    text.push_str("    client_max_body_size 10m;\n");
    for line in lines {
        text.push_str(&format!("    {line}\n"));
    }
    for Location { path, websockets, upstream } in locations {
        text.push_str(&format!("\n    location {path} {{\n"));
        text.push_str(&format!("        proxy_pass http://{upstream};\n"));
        text.push_str("        proxy_http_version 1.1;\n");
        for (name, value) in HEADERS {
            text.push_str(&format!("        proxy_set_header {name} {value};\n"));
        }
        match websockets {
            WebSockets::Yes => {
                text.push_str("        proxy_set_header Upgrade $http_upgrade;\n");
                text.push_str("        proxy_set_header Connection $unitsmith_connection;\n");
            }
            WebSockets::No => text.push_str("        proxy_set_header Connection '';\n"),
        }
        text.push_str("    }\n");
    }
    text.push_str("}\n");
}
