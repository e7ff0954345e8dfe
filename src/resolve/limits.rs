//! What a service may use.

use std::ops::RangeInclusive;

use crate::manifest::model;
use crate::plan::limits::{Limits, OomPolicy};
use crate::plan::quantity::Percent;
use crate::plan::service::Service;
use crate::problem::{Code, Problem, Trail};

use super::{quantity, service_path};

/// The shares that systemd deals out (systemd.resource-control(5), `CPUWeight=` and `IOWeight=`).
const WEIGHTS: RangeInclusive<u64> = 1..=10_000;

/// The first systemd with `OOMPolicy=` (systemd.service(5)).
const OOM_POLICY_SINCE: u16 = 243;

/// Resolves the limits; `path` is that of their table.
pub(super) fn resolve(
    written: &model::limits::Limits,
    path: &Trail<'_>,
    problems: &mut Vec<Problem>,
) -> Limits {
    let model::limits::Limits {
        open_files,
        processes,
        memory_high,
        memory_max,
        cpu_quota,
        cpu_weight,
        tasks,
        io_weight,
        oom_policy,
    } = written;
    let mut size = |written: &Option<String>, key: &str| {
        written.as_deref().and_then(|it| quantity::size(it, &path.key(key), problems))
    };
    let memory_high = size(memory_high, "memoryHigh");
    let memory_max = size(memory_max, "memoryMax");
    if let (Some(high), Some(max)) = (memory_high, memory_max)
        && high >= max
    {
        problems.push(
            Problem::new(
                Code::Pointless,
                path.key("memoryHigh").at_value(),
                "`memoryHigh` means nothing here: the service is killed before it is slowed down",
            )
            .hint("give it less than `memoryMax`, or take it out"),
        );
    }
    let cpu_quota =
        cpu_quota.as_deref().and_then(|it| percent(it, &path.key("cpuQuota"), problems));
    let mut count = |written: &Option<i64>, key: &str, range: RangeInclusive<u64>| {
        written.and_then(|it| quantity::count(it, range, &path.key(key), problems))
    };
    Limits {
        open_files: count(open_files, "openFiles", quantity::ANY_COUNT),
        processes: count(processes, "processes", quantity::ANY_COUNT),
        memory_high,
        memory_max,
        cpu_quota,
        cpu_weight: count(cpu_weight, "cpuWeight", WEIGHTS),
        tasks: count(tasks, "tasks", quantity::ANY_COUNT),
        io_weight: count(io_weight, "ioWeight", WEIGHTS),
        oom_policy: oom_policy.map(|it| match it {
            model::limits::OomPolicy::Stop => OomPolicy::Stop,
            model::limits::OomPolicy::Continue => OomPolicy::Continue,
            model::limits::OomPolicy::Kill => OomPolicy::Kill,
        }),
    }
}

/// Reports limits that the systemd of a host does not know.
pub(super) fn refuse_old(service: &Service, host: &str, systemd: u16, problems: &mut Vec<Problem>) {
    if service.limits.oom_policy.is_some() && systemd < OOM_POLICY_SINCE {
        problems.push(
            Problem::new(
                Code::HostTooOld,
                service_path(&service.name).key("limits").key("oomPolicy").at_value(),
                format!("{host} has systemd {systemd}; `oomPolicy` needs {OOM_POLICY_SINCE}"),
            )
            .hint("take it out, or leave that host out of the service's `hosts`"),
        );
    }
}

fn percent(written: &str, path: &Trail<'_>, problems: &mut Vec<Problem>) -> Option<Percent> {
    let percent = Percent::parse(written);
    if percent.is_none() {
        problems.push(
            Problem::new(
                Code::ImpossibleQuantity,
                path.at_value(),
                format!("`{}` is not a part of the processors", written.escape_debug()),
            )
            .hint("write a whole number with `%`: `50%` is half a processor, `200%` are two"),
        );
    }
    percent
}
