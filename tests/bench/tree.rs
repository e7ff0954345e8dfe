//! How long a tree takes, and the host that gets it, and how much memory, beside coreutils and diffutils on the same tree.
//!
//! `cargo bench` prints the tables of the README; `cargo bench -- 300` measures one size.
//! Machines differ and are shared, so what counts are the ratios: both sides take turns in the same rounds,
//! and the medians are compared.
//! `TMPDIR` chooses the disk: on one of memory the programs themselves are compared, on others the journal, too.
//! Nothing fails for being slow.

#![expect(clippy::unwrap_used, reason = "a measurement that panics is none")]

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use wait4::Wait4 as _;

/// How many services the manifests have, as far as whole homelabs make that many.
const SIZES: [usize; 3] = [100, 1_000, 10_000];

/// How often everything is measured; odd, so that there is a median.
const ROUNDS: usize = 7;

/// The mix of services that the manifests repeat.
const HOMELAB: &str = include_str!("../cases/homelab/unitsmith.toml");

fn main() {
    // Cargo itself passes `--bench`.
    let named: Vec<usize> = std::env::args().filter_map(|it| it.parse().ok()).collect();
    print(
        "| services | files | `gen` | `cp -r` | ratio | `gen` again | `check` | `diff -r` | ratio | memory |\n\
         |--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n",
    );
    let sizes = if named.is_empty() { SIZES.to_vec() } else { named };
    for size in &sizes {
        print(&row(*size));
    }
    print(
        "\n| services | files and links | `apply` of new ones | `cp -r` | ratio | `apply` again | `apply TREE` again | `diff -r` | ratio | ratio of `TREE` |\n\
         |--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n",
    );
    for size in sizes {
        print(&row_of_a_host(size));
    }
}

/// Returns a manifest that repeats the homelab's services under new names and ports.
fn manifest(homelabs: usize) -> String {
    let (machines, services) = HOMELAB.split_once("[services.").unwrap();
    let services = format!("[services.{services}");
    let names: Vec<&str> = services
        .lines()
        .filter_map(|line| line.strip_prefix("[services.")?.strip_suffix(']'))
        .filter(|name| !name.contains('.'))
        .collect();
    let mut text = machines.to_owned();
    for homelab in 0..homelabs {
        let renamed = names
            .iter()
            .fold(services.clone(), |text, name| text.replace(name, &format!("{name}-{homelab}")));
        text.push_str(&renamed.replace("18083", &(18083 + homelab).to_string()));
        text.push('\n');
    }
    text
}

/// What is measured in each round.
#[derive(Default)]
struct Runs {
    generate: Vec<Usage>,
    again: Vec<Usage>,
    check: Vec<Usage>,
    copy: Vec<Usage>,
    diff: Vec<Usage>,
}

/// What a program took.
#[derive(Clone, Copy)]
struct Usage {
    time: Duration,
    /// The most memory at any moment, in bytes.
    memory: u64,
}

/// Measures one size and returns its row of the table.
fn row(size: usize) -> String {
    let homelabs = size.div_ceil(6);
    let scratch = tempfile::tempdir().unwrap();
    fs::write(scratch.path().join("unitsmith.toml"), manifest(homelabs)).unwrap();
    // The first round fills the caches and writes the lock; it does not count.
    measure(scratch.path(), &mut Runs::default());
    let mut runs = Runs::default();
    for _ in 0..ROUNDS {
        measure(scratch.path(), &mut runs);
    }
    let Runs { generate, again, check, copy, diff } = &runs;
    let ours = [generate, again, check].into_iter().flatten();
    let memory = ours.map(|it| it.memory).max().unwrap();
    format!(
        "| {} | {} | {} | {} | {} | {} | {} | {} | {} | {} MB |\n",
        homelabs * 6,
        count_files(&scratch.path().join("generated")),
        milliseconds(generate),
        milliseconds(copy),
        ratio(generate, copy),
        milliseconds(again),
        milliseconds(check),
        milliseconds(diff),
        ratio(check, diff),
        memory.div_ceil(1_000_000),
    )
}

fn measure(directory: &Path, runs: &mut Runs) {
    let unitsmith = env!("CARGO_BIN_EXE_unitsmith");
    let run = |command: &[&str]| run(directory, command);
    remove(&directory.join("generated"));
    runs.generate.push(run(&[unitsmith, "gen"]));
    runs.again.push(run(&[unitsmith, "gen"]));
    runs.check.push(run(&[unitsmith, "check"]));
    remove(&directory.join("copy"));
    runs.copy.push(run(&["cp", "-r", "generated", "copy"]));
    runs.diff.push(run(&["diff", "-r", "generated", "copy"]));
}

/// What is measured of one host in each round.
#[derive(Default)]
struct HostRuns {
    new: Vec<Usage>,
    again: Vec<Usage>,
    tree: Vec<Usage>,
    copy: Vec<Usage>,
    diff: Vec<Usage>,
}

/// Measures one size on the plain host of the homelab, in an image, and returns its row of the table.
fn row_of_a_host(size: usize) -> String {
    let homelabs = size.div_ceil(6);
    let scratch = tempfile::tempdir().unwrap();
    fs::write(scratch.path().join("unitsmith.toml"), manifest(homelabs)).unwrap();
    run(scratch.path(), &[env!("CARGO_BIN_EXE_unitsmith"), "gen"]);
    measure_host(scratch.path(), &mut HostRuns::default());
    let mut runs = HostRuns::default();
    for _ in 0..ROUNDS {
        measure_host(scratch.path(), &mut runs);
    }
    let HostRuns { new, again, tree, copy, diff } = &runs;
    format!(
        "| {} | {} | {} | {} | {} | {} | {} | {} | {} | {} |\n",
        homelabs * 6,
        count_files(&scratch.path().join("image/etc")),
        milliseconds(new),
        milliseconds(copy),
        ratio(new, copy),
        milliseconds(again),
        milliseconds(tree),
        milliseconds(diff),
        ratio(again, diff),
        ratio(tree, diff),
    )
}

fn measure_host(directory: &Path, runs: &mut HostRuns) {
    let unitsmith = env!("CARGO_BIN_EXE_unitsmith");
    let run = |command: &[&str]| run(directory, command);
    let apply = [unitsmith, "apply", "--root", "image", "--host", "shelf"];
    remove(&directory.join("image"));
    fs::create_dir(directory.join("image")).unwrap();
    runs.new.push(run(&apply));
    runs.again.push(run(&apply));
    runs.tree.push(run(&[&apply[..], &["generated"]].concat()));
    remove(&directory.join("copy"));
    runs.copy.push(run(&["cp", "-r", "generated/hosts/shelf", "copy"]));
    runs.diff.push(run(&["diff", "-r", "generated/hosts/shelf", "copy"]));
}

fn remove(directory: &Path) {
    if directory.exists() {
        fs::remove_dir_all(directory).unwrap();
    }
}

fn run(directory: &Path, command: &[&str]) -> Usage {
    let (program, arguments) = command.split_first().unwrap();
    let mut command = Command::new(program);
    command.args(arguments).current_dir(directory).stdout(Stdio::null()).stderr(Stdio::null());
    let start = Instant::now();
    let mut child = command.spawn().unwrap();
    let used = child.wait4().unwrap();
    let time = start.elapsed();
    assert!(used.status.success(), "{command:?} failed");
    Usage { time, memory: used.rusage.maxrss }
}

fn count_files(directory: &Path) -> usize {
    let entries = fs::read_dir(directory).unwrap().map(Result::unwrap);
    entries
        .map(|it| if it.file_type().unwrap().is_dir() { count_files(&it.path()) } else { 1 })
        .sum()
}

fn median(usages: &[Usage]) -> Duration {
    let mut times: Vec<Duration> = usages.iter().map(|it| it.time).collect();
    times.sort();
    times[times.len() / 2]
}

fn milliseconds(usages: &[Usage]) -> String {
    format!("{} ms", median(usages).as_millis())
}

fn ratio(ours: &[Usage], theirs: &[Usage]) -> String {
    format!("{:.2}", median(ours).as_secs_f64() / median(theirs).as_secs_f64())
}

fn print(text: &str) {
    std::io::stdout().write_all(text.as_bytes()).unwrap();
}
