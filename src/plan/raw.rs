//! What a manifest passes on to systemd as it stands: the one place where the plan holds directives.

/// A directive of the manifest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Raw {
    pub section: Section,
    pub key: String,
    /// The first version of systemd that knows it.
    pub since: u16,
    /// One line each; an empty one takes back what stood before.
    pub lines: Vec<String>,
}

/// The section in which a directive stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Section {
    Unit,
    Service,
    Socket,
    Timer,
}

impl Section {
    /// Every section.
    pub const ALL: &[Section] = &[Section::Unit, Section::Service, Section::Socket, Section::Timer];

    /// The name between the brackets.
    pub fn as_str(self) -> &'static str {
        match self {
            Section::Unit => "Unit",
            Section::Service => "Service",
            Section::Socket => "Socket",
            Section::Timer => "Timer",
        }
    }

    /// The key of the manifest.
    pub fn key(self) -> &'static str {
        match self {
            Section::Unit => "unit",
            Section::Service => "service",
            Section::Socket => "socket",
            Section::Timer => "timer",
        }
    }
}
