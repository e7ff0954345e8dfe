//! What a service may use.

use crate::directive as d;
use crate::plan::limits::Limits;
use crate::plan::text::Text;
use crate::unit::{Unit, Value};

/// Assigns the limits of the unit, below which a container is, too.
pub(super) fn of_unit(unit: &mut Unit, limits: &Limits) {
    let Limits {
        open_files: _,
        processes: _,
        memory_high,
        memory_max,
        cpu_quota,
        cpu_weight,
        tasks,
        io_weight,
        oom_policy,
    } = limits;
    let values = [
        (&d::service::MEMORY_HIGH, memory_high.map(Value::Size)),
        (&d::service::MEMORY_MAX, memory_max.map(Value::Size)),
        (&d::service::CPU_QUOTA, cpu_quota.map(Value::Percent)),
        (&d::service::CPU_WEIGHT, cpu_weight.map(Value::Number)),
        (&d::service::TASKS_MAX, tasks.map(Value::Number)),
        (&d::service::IO_WEIGHT, io_weight.map(Value::Number)),
        (&d::service::OOM_POLICY, oom_policy.map(|it| Value::Keyword(it.as_str()))),
    ];
    for (directive, value) in values {
        unit.assign_some(directive, value);
    }
}

/// Assigns the limits of a slice to it.
pub(super) fn of_slice(unit: &mut Unit, limits: &Limits) {
    let Limits {
        open_files: _,
        processes: _,
        memory_high,
        memory_max,
        cpu_quota,
        cpu_weight,
        tasks,
        io_weight,
        oom_policy: _,
    } = limits;
    let values = [
        (&d::slice::MEMORY_HIGH, memory_high.map(Value::Size)),
        (&d::slice::MEMORY_MAX, memory_max.map(Value::Size)),
        (&d::slice::CPU_QUOTA, cpu_quota.map(Value::Percent)),
        (&d::slice::CPU_WEIGHT, cpu_weight.map(Value::Number)),
        (&d::slice::TASKS_MAX, tasks.map(Value::Number)),
        (&d::slice::IO_WEIGHT, io_weight.map(Value::Number)),
    ];
    for (directive, value) in values {
        unit.assign_some(directive, value);
    }
}

/// Assigns the limits that each process inherits.
pub(super) fn of_process(unit: &mut Unit, limits: &Limits) {
    unit.assign_some(&d::service::LIMIT_NOFILE, limits.open_files.map(Value::Number));
    unit.assign_some(&d::service::LIMIT_NPROC, limits.processes.map(Value::Number));
}

/// Those limits as podman gives them to a container, `NAME=SOFT:HARD` of podman-run(1) `--ulimit`.
pub(super) fn of_container(limits: &Limits) -> Vec<Text> {
    let ulimit = |name: &str, limit: Option<u64>| {
        limit.map(|limit| Text::literal(format!("{name}={limit}:{limit}")))
    };
    [ulimit("nofile", limits.open_files), ulimit("nproc", limits.processes)]
        .into_iter()
        .flatten()
        .collect()
}
