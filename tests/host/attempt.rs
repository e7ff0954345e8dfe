//! `unitsmith try` for containers, on hosts that run.

use crate::support::Output;

use super::machine::wait_until;
use super::setting::{Setting, Source};

/// Tries a container that nobody else uses, and returns all that is said and the exit status.
fn tried(source: Source, name: &str) -> (String, Option<i32>) {
    let setting = Setting::of(source);
    let service = setting.service(name);
    wait_until("nothing runs before it is tried", || service.is_asleep());
    let Output { stdout, stderr, code } = setting.attempt(name);
    let left = setting.command(&["podman", "ps", "--all", "--format", "{{.Names}}"]);
    assert!(!left.contains(&format!("unitsmith-try-{name}")), "{left}{stderr}");
    service.assert(service.is_asleep(), "the service itself runs after a trial");
    (stdout + &stderr, code)
}

#[test]
fn a_container_that_takes_the_socket_is_found_out() {
    for source in [Source::Quadlets, Source::Account, Source::Older] {
        let (said, code) = tried(source, "container-fd");
        assert_eq!(code, Some(0), "{said}");
        assert!(said.contains("took the socket, and answered `HTTP/1.1 200 OK`"), "{said}");
    }
}

#[test]
fn a_container_that_binds_its_own_port_is_found_out() {
    for source in [Source::Quadlets, Source::Account, Source::Older] {
        let (said, code) = tried(source, "container-proxy");
        assert_eq!(code, Some(1), "{said}");
        assert!(
            said.contains("listens on port 8080 itself\n  choose `handoff = \"proxy\"`\n"),
            "{said}"
        );
    }
}

#[test]
fn a_container_of_a_pod_is_tried_without_it() {
    let (said, code) = tried(Source::Quadlets, "pod-fd");
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("note: it ran outside its pod, `shared`\n"), "{said}");
}
