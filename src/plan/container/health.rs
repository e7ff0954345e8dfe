//! How podman finds out whether a container works.

use crate::plan::quantity::Duration;
use crate::plan::text::Word;

/// The health check of a container.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Health {
    pub check: Check,
    pub interval: Option<Duration>,
    pub timeout: Option<Duration>,
    pub retries: Option<u64>,
    pub start_period: Option<Duration>,
    pub on_failure: Option<OnFailure>,
    pub startup: Startup,
    pub log: HealthLog,
}

/// What is checked.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum Check {
    /// What the image says.
    #[default]
    OfImage,
    Nothing,
    Command(Vec<Word>),
}

/// What is done with a container that does not work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnFailure {
    None,
    Kill,
    Stop,
}

impl OnFailure {
    /// The word of podman-run(1) `--health-on-failure`.
    pub fn as_str(self) -> &'static str {
        match self {
            OnFailure::None => "none",
            OnFailure::Kill => "kill",
            OnFailure::Stop => "stop",
        }
    }
}

/// The health check until the container has started.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Startup {
    /// Empty when there is none.
    pub command: Vec<Word>,
    pub interval: Option<Duration>,
    pub timeout: Option<Duration>,
    pub retries: Option<u64>,
    pub success: Option<u64>,
}

/// What podman keeps of the checks.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct HealthLog {
    pub destination: Option<String>,
    pub max_count: Option<u64>,
    pub max_size: Option<u64>,
}

impl HealthLog {
    /// Whether podman's own way is left as it is.
    pub fn is_usual(&self) -> bool {
        *self == HealthLog::default()
    }
}
