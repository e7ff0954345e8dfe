//! Rows for directives that a manifest passes on as they stand: all that systemd knows.

use std::sync::LazyLock;

use crate::plan::raw;
use crate::vocabulary;

use super::{Directive, Nixos, Podman, Quoting, Section, Since};

static ROWS: LazyLock<Vec<Directive>> = LazyLock::new(|| {
    let rows = vocabulary::directives().filter_map(|it| {
        let section = raw::Section::ALL.iter().find(|section| section.as_str() == it.section)?;
        let (section, config) = match section {
            raw::Section::Unit => (Section::Unit, "unitConfig"),
            raw::Section::Service => (Section::Service, "serviceConfig"),
            raw::Section::Socket => (Section::Socket, "socketConfig"),
            raw::Section::Timer => (Section::Timer, "timerConfig"),
        };
        Some(Directive {
            section,
            key: it.key,
            quoting: Quoting::Plain,
            since: if it.since == 0 { Since::Always } else { Since::Systemd(it.since) },
            // Made once for the whole run.
            nixos: Nixos::Unit(Box::leak(Box::new([config, it.key]))),
            option: None,
            podman: Podman::Nothing,
        })
    });
    rows.collect()
});

/// The row of a directive, which says nothing but where it stands.
pub fn row(section: &str, key: &str) -> Option<&'static Directive> {
    ROWS.iter().find(|it| it.section.as_str() == section && it.key == key)
}
