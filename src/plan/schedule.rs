//! When a job runs.

use super::calendar::Calendar;
use super::quantity::Duration;

/// When a job runs: at each of the times that are said.
#[derive(Debug, Clone, PartialEq)]
pub struct Schedule {
    pub calendar: Vec<Calendar>,
    /// How long after boot it runs first.
    pub after_boot: Option<Duration>,
    /// How long after its last start it runs again.
    pub every: Option<Duration>,
    /// How long after its last end it runs again.
    pub after_end: Option<Duration>,
    pub randomized_delay: Option<RandomizedDelay>,
    /// How late a run may be; a minute when `None`.
    pub accuracy: Option<Duration>,
    pub missed: Missed,
    pub suspended: Suspended,
    /// After how long a run that has not ended is stopped.
    pub timeout: Option<Duration>,
}

/// A random delay of each run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RandomizedDelay {
    pub longest: Duration,
    pub choice: Choice,
}

/// When a random delay is chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Choice {
    ForEachRun,
    /// It is the same for all runs on a host.
    ForEachHost,
}

/// What becomes of a run of the calendar that was missed while the host was off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Missed {
    LeftOut,
    MadeUpFor,
}

/// What becomes of a run while the host is suspended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Suspended {
    Waits,
    WakesTheHost,
}
