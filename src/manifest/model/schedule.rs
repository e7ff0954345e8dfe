//! When a job runs, as it is written.

use schemars::JsonSchema;
use serde::Deserialize;

/// When a job runs.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct Schedule {
    /// Times of the calendar at which the job runs, `daily` or `Mon *-*-* 04:00 Europe/Berlin`.
    pub calendar: Vec<String>,
    /// How long after boot the job runs first.
    pub after_boot: Option<String>,
    /// How long after its last start the job runs again.
    pub every: Option<String>,
    /// How long after its last end the job runs again.
    pub after_end: Option<String>,
    /// The longest random delay of each run, so that many hosts do not run at once.
    pub randomized_delay: Option<String>,
    /// Whether the random delay of a host is always the same.
    pub fixed_random_delay: bool,
    /// How late a run may be so that several wake the processor together; a minute when absent.
    pub accuracy: Option<String>,
    /// Whether a run of the calendar that was missed while the host was off is made up for.
    pub catch_up: bool,
    /// Whether the host is woken from suspend for a run.
    pub wake_system: bool,
    /// After how long a run that has not ended is stopped; never when absent.
    pub timeout: Option<String>,
}
