//! What people are used to write for other programs, and what they are told to write.

use super::*;

/// The key, what is written there, and the value that is advised in its place.
const HABITS: &[(&str, &str, &str)] = &[
    ("container.ports[0]", "8096", "{ container = 8096 }"),
    ("container.ports[0]", r#""80""#, "{ container = 80 }"),
    (
        "container.ports[0]",
        r#""8080:80/udp""#,
        r#"{ container = 80, host = 8080, protocol = "udp" }"#,
    ),
    (
        "container.ports[0]",
        r#""[::1]:8080:80""#,
        r#"{ container = 80, host = 8080, address = "::1" }"#,
    ),
    ("container.volumes[0]", r#""/srv:/data""#, r#"{ source = "/srv", target = "/data" }"#),
    (
        "container.volumes[0]",
        r#""/srv:/data:ro""#,
        r#"{ source = "/srv", target = "/data", readOnly = true }"#,
    ),
    ("container.labels", r#"["a.b=c=d"]"#, r#"{ "a.b" = "c=d" }"#),
    ("environment", r#"["A=1", "B="]"#, r#"{ A = "1", B = "" }"#),
    ("restart", r#""on-failure""#, r#"{ policy = "on-failure" }"#),
    ("stop", r#""SIGINT""#, r#"{ signal = "SIGINT" }"#),
    ("stop.timeout", r#""10 minutes""#, "10min"),
    ("stop.timeout", r#""30sec""#, "30s"),
    ("limits.memoryMax", r#""512m""#, "512M"),
    ("limits.memoryMax", r#""1 GiB""#, "1G"),
    ("container", r#""localhost/a:1""#, r#"{ image = "localhost/a:1" }"#),
    ("exec", r#""/bin/a b""#, r#"{ command = ["/bin/a", "b"] }"#),
    ("exec", r#"["/bin/a"]"#, r#"{ command = ["/bin/a"] }"#),
];

/// A manifest with one value in it, which is whole when the value is.
fn manifest(key: &str, value: &str) -> String {
    let workload = match key {
        "container" | "exec" => "",
        _ => "container.image = \"localhost/a:1\"\n",
    };
    let assignment = match key.strip_suffix("[0]") {
        Some(list) => format!("{list} = [{value}]"),
        None => format!("{key} = {value}"),
    };
    format!("[services.a]\n{workload}{assignment}\n")
}

#[test]
fn what_other_programs_have_users_write_is_shown_as_it_is_written_here() {
    for (key, written, advised) in HABITS {
        let scratch = scratch();
        write(scratch.path(), "unitsmith.toml", &manifest(key, written));
        let said = shown(scratch.path(), "gen");
        assert!(said.contains(&format!("`{advised}`")), "{key} = {written}\n{said}");

        let value = match advised.chars().next() {
            Some('{') => (*advised).to_owned(),
            _ => format!("\"{advised}\""),
        };
        write(scratch.path(), "unitsmith.toml", &manifest(key, &value));
        let said = shown(scratch.path(), "gen");
        assert!(said.contains("exit 0"), "{key} = {value}\n{said}");
    }
}

#[test]
fn nothing_is_guessed_from_what_has_no_one_meaning() {
    for (key, written) in [
        ("container.ports[0]", r#""80-90:80""#),
        ("container.ports[0]", r#""http""#),
        ("container.volumes[0]", r#""data""#),
        ("container.volumes[0]", r#""/srv:/data:shared""#),
        ("environment", r#"["A"]"#),
        ("limits.memoryMax", r#""half""#),
        ("stop.timeout", r#""a while""#),
    ] {
        let scratch = scratch();
        write(scratch.path(), "unitsmith.toml", &manifest(key, written));
        let said = shown(scratch.path(), "gen");
        assert!(!said.contains("write it as") && !said.contains("did you mean"), "{said}");
    }
}
