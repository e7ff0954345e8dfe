//! Manifests far larger than anybody's: no stack runs out, nothing is lost.

use std::fmt::Write as _;

use unitsmith::emit::Target;
use unitsmith::manifest::Format;

use crate::support::{generate, plan};

/// Returns a manifest of numbered services, of which each depends on what `dependency` gives for it.
fn manifest(count: usize, dependency: impl Fn(usize) -> Option<usize>) -> String {
    let mut text = String::new();
    for service in 0..count {
        writeln!(text, "[services.s{service}]\nexec.command = [\"/bin/true\"]").unwrap();
        if let Some(other) = dependency(service) {
            writeln!(text, "dependsOn.s{other} = \"started\"").unwrap();
        }
    }
    text
}

/// Runs a check with far less stack than a thread usually has.
fn with_little_stack(check: impl FnOnce() + Send + 'static) {
    std::thread::Builder::new().stack_size(512 << 10).spawn(check).unwrap().join().unwrap();
}

#[test]
fn a_chain_of_dependencies_may_be_longer_than_the_stack() {
    with_little_stack(|| {
        let text = manifest(5_000, |it| (it + 1 < 5_000).then_some(it + 1));
        assert_eq!(plan(&text, Format::Toml).unwrap().services.len(), 5_000);
    });
}

#[test]
fn a_ring_of_dependencies_may_be_longer_than_the_stack() {
    with_little_stack(|| {
        let text = manifest(5_000, |it| Some((it + 1) % 5_000));
        let problems = plan(&text, Format::Toml).unwrap_err();
        assert_eq!(problems.matches("error[").count(), 1);
        assert_eq!(problems.matches(" -> ").count(), 5_000);
    });
}

#[test]
fn what_is_made_on_all_processors_is_the_same_every_time() {
    let text = manifest(500, |it| (it > 0).then_some(0));
    let first = generate(&text, Format::Toml, Target::WITH_SYSTEMD);
    assert_eq!(first.len(), 1_001);
    for _ in 0..5 {
        assert_eq!(generate(&text, Format::Toml, Target::WITH_SYSTEMD), first);
    }
}
