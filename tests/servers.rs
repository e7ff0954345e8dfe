//! The programs through which services are shown take what is generated for them, and do what it says.
//!
//! They run in the Debian root, in a network of their own, so that ports 80 and 443 are free.

use std::path::Path;

use unitsmith::emit::Target;
use unitsmith::manifest::Format;

use crate::support::{generate, in_root, scratch, write};

/// Two services for each way of being shown; Caddy itself answers in their place.
const MANIFEST: &str = r#"
[services.app]
exec.command = ["/usr/bin/app"]
activation = { on = "socket", handoff = "fd", address = "0.0.0.0" }
port = 1111
expose.nginx = { host = "app.example.org", tls = { certificate = "DIR/cert.pem", key = "DIR/key.pem" } }
expose.caddy = { host = "app.example.org", tls = "internal" }
expose.firewall = true

[services.api]
exec.command = ["/usr/bin/api"]
port = 2222
expose.nginx = { host = "app.example.org", path = "/api", tls = { certificate = "DIR/cert.pem", key = "DIR/key.pem" }, websockets = false }
expose.caddy = { host = "app.example.org", path = "/api/", tls = "internal" }
expose.firewall.interfaces = ["tailscale0", "lo"]

[services.any]
exec.command = ["/usr/bin/any"]
port = 3333
expose.nginx = { host = "*.example.net", tls = "off" }
expose.caddy = { host = "*.example.net", tls = "off" }
"#;

const UPSTREAMS: &str = r#"
(answer) {
	respond "{args.0} {uri} {host} {header.X-Forwarded-Proto} {header.Connection}"
}
http://:1111 {
	import answer app
}
http://:2222 {
	import answer api
}
http://:3333 {
	import answer any
}
"#;

const NGINX: &str = "
pid DIR/nginx.pid;
error_log stderr;
events {}
http {
    access_log off;
    include DIR/nginx/*.conf;
}
";

/// Generates the files of the manifest into a directory and runs a script there.
fn run(directory: &Path, script: &str) -> String {
    let place = directory.to_str().unwrap();
    let manifest = MANIFEST.replace("DIR", place);
    write(&generate(&manifest, Format::Toml, &[Target::Quadlet]), directory);
    std::fs::write(directory.join("nginx.conf"), NGINX.replace("DIR", place)).unwrap();
    std::fs::write(directory.join("upstreams.caddy"), UPSTREAMS).unwrap();
    let script = format!("set -eu; cd {place}; ip link set lo up; {script}");
    let command = ["unshare", "--net", "--pid", "--fork", "--kill-child", "bash", "-c", &script];
    let output = in_root(&[directory], &command);
    assert_eq!(output.code, Some(0), "{}{}", output.stdout, output.stderr);
    output.stdout
}

/// Asks for pages of different services, and for those that lead elsewhere.
///
/// Caddy makes its own certificates after it has started, so the first request may come too early.
const ASK: &str = r#"
ask() {
  curl --silent --show-error --insecure --retry 30 --retry-all-errors --retry-delay 1 --resolve '*:80:127.0.0.1' --resolve '*:443:127.0.0.1' "$@"
  echo
}
ask https://app.example.org/a?b
ask https://app.example.org/apix
ask https://app.example.org/api/x?y
ask http://some.example.net/
ask --header 'Connection: Upgrade' --header 'Upgrade: websocket' http://some.example.net/ws
ask --output /dev/null --write-out '%{redirect_url}' https://app.example.org/api
ask --output /dev/null --write-out '%{redirect_url}' http://app.example.org/a?b
"#;

const ANSWERS: &str = "\
app /a?b app.example.org https \n\
app /apix app.example.org https \n\
api /api/x?y app.example.org https \n\
any / some.example.net http \n\
any /ws some.example.net http upgrade\n\
https://app.example.org/api/\n\
https://app.example.org/a?b\n";

#[test]
fn nginx_sends_each_path_to_its_service() {
    let directory = scratch();
    let script = format!(
        "openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -subj /CN=it 2>/dev/null
        caddy start --config upstreams.caddy --adapter caddyfile >/dev/null 2>&1
        nginx -q -t -c $PWD/nginx.conf
        nginx -c $PWD/nginx.conf
        {ASK}"
    );
    assert_eq!(run(directory.path(), &script).replace("Upgrade\n", "upgrade\n"), ANSWERS);
}

#[test]
fn caddy_sends_each_path_to_its_service() {
    let directory = scratch();
    let script = format!(
        "cat upstreams.caddy >Caddyfile
        echo 'import caddy/*.caddy' >>Caddyfile
        caddy validate --config Caddyfile --adapter caddyfile >/dev/null 2>&1
        caddy start --config Caddyfile --adapter caddyfile >/dev/null 2>&1
        {ASK}"
    );
    assert_eq!(run(directory.path(), &script).replace("Upgrade\n", "upgrade\n"), ANSWERS);
}

#[test]
fn nftables_takes_the_rules_into_the_chain_of_the_host() {
    let directory = scratch();
    let script = "
        printf '%s\\n' 'table inet filter { chain input {' \
          '  type filter hook input priority filter; policy drop;' \
          \"  include \\\"$PWD/nftables/unitsmith.nft\\\"\" '}' '}' >ruleset
        nft --file ruleset
        nft --stateless list chain inet filter input";
    let expected = "\
table inet filter {
\tchain input {
\t\ttype filter hook input priority filter; policy drop;
\t\tiifname { \"lo\", \"tailscale0\" } tcp dport 2222 accept comment \"api\"
\t\ttcp dport 1111 accept comment \"app\"
\t}
}
";
    assert_eq!(run(directory.path(), script), expected);
}
