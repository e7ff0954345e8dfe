//! How fast a sleeping service is, beside the same without systemd, on a booted Debian host.
//!
//! `tests/bench/host` prints the table of the README.
//! Machines differ and are shared, so what counts are the ratios: all sides take turns in the same rounds, and the
//! medians are compared. Nothing fails for being slow.

#![expect(clippy::unwrap_used, reason = "a measurement that panics is none")]

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpStream};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use rustix::time::{ClockId, clock_gettime};

use host::client;
use host::machine::{LIMIT, Machine, wait_until};
use host::service::Service;
use host::setting::{Setting, Source};
use host::sleepers;

#[allow(
    clippy::print_stdout,
    dead_code,
    unused_imports,
    unused_macros,
    reason = "its tests are of another program"
)]
mod host;
#[allow(dead_code, reason = "the tests use the rest of it")]
mod support;

/// How often everything is measured; odd, so that there is a median.
const ROUNDS: usize = 11;

/// How long requests are counted in each round, and over how many connections.
const WHILE: Duration = Duration::from_millis(500);
const CONNECTIONS: usize = 8;

/// The host of the sleepers without any: what it has starts by hand.
const NO_SLEEPERS: &str = r#"
[hosts.booted]
systemd = 257
podman = "5.4"

[services.by-hand]
exec.command = ["/usr/local/bin/daemon"]
activation.on = "manual"
"#;

/// Ports that no service of the suite has.
const ALONE: u16 = 1100;
const BY_HAND: u16 = 1101;

/// The units that people write by hand for a daemon that binds its own port, with the usual poll of 100 ms.
const UNITS_BY_HAND: &[(&str, &str)] = &[
    ("hand.socket", "[Socket]\nListenStream=127.0.0.1:1101\n[Install]\nWantedBy=sockets.target\n"),
    (
        "hand.service",
        "[Unit]\nRequires=hand.socket hand-backend.service\nAfter=hand.socket hand-backend.service\n\
         BindsTo=hand-backend.service\nStartLimitIntervalSec=0\n[Service]\n\
         ExecStartPre=/bin/bash -c 'for i in {1..50}; do ss -tln | grep -q \"127.0.0.1:1102 \" && exit 0; \
         sleep 0.1; done; exit 1'\n\
         ExecStart=/usr/lib/systemd/systemd-socket-proxyd 127.0.0.1:1102\n",
    ),
    (
        "hand-backend.service",
        "[Unit]\nStartLimitIntervalSec=0\n[Service]\n\
         ExecStart=/usr/local/bin/daemon start=200 port=1102\nRestart=no\n",
    ),
];

fn main() {
    // Cargo itself passes `--bench`.
    if !std::env::args().any(|it| it == "apply") {
        let setting = Setting::of(Source::Quadlets);
        install_by_hand(setting);
        slow_down(setting);
        print("| | unitsmith | beside it | |\n|---|--:|--:|--:|\n");
        starts(setting);
        requests(setting);
        boots();
        print("\n");
    }
    print(
        "| `apply` on a host that runs | services | it takes | of that systemctl | |\n|---|--:|--:|--:|--:|\n",
    );
    for services in [100, 1000] {
        applies(services);
    }
}

/// The first request of a service that sleeps.
fn starts(setting: &Setting) {
    let process_fd = setting.service("process-fd");
    let process_proxy = setting.service("process-proxy");
    let container_fd = setting.service("container-fd");
    let container_proxy = setting.service("container-proxy");
    let unit = setting.service(UNIT);
    let [mut alone, mut of_unit, mut podman, mut by_hand] = [const { Vec::new() }; 4];
    let [mut of_fd, mut of_proxy, mut of_container_fd, mut of_container_proxy] =
        [const { Vec::new() }; 4];
    for _ in 0..ROUNDS {
        alone.push(start_alone(setting));
        of_unit.push(start_unit(&unit));
        of_fd.push(cold(&process_fd));
        of_proxy.push(cold(&process_proxy));
        by_hand.push(cold_by_hand(setting));
        podman.push(start_podman(setting));
        of_container_fd.push(cold(&container_fd));
        of_container_proxy.push(cold(&container_proxy));
    }
    let (alone, of_unit) = (median(alone), median(of_unit));
    let (of_fd, of_proxy) = (median(of_fd), median(of_proxy));
    for (what, time, beside, that) in [
        ("`fd`", of_fd, "the process started alone", alone),
        ("`proxy`", of_proxy, "the process started alone", alone),
        ("`fd`", of_fd, UNIT_STARTED, of_unit),
        ("`proxy`", of_proxy, UNIT_STARTED, of_unit),
        ("written by hand", median(by_hand), "the process started alone", alone),
    ] {
        let more = time.as_secs_f64() - that.as_secs_f64();
        print(&format!(
            "| first request of a process, {what}; {beside} | {} ms | {} ms | {:+.0} ms |\n",
            time.as_millis(),
            that.as_millis(),
            more * 1000.0,
        ));
    }
    let podman = median(podman);
    for (what, time) in [("`fd`", of_container_fd), ("`proxy`", of_container_proxy)] {
        let time = median(time);
        print(&format!(
            "| first request of a container, {what}; `podman run` alone | {} ms | {} ms | {:.2}× |\n",
            time.as_millis(),
            podman.as_millis(),
            time.as_secs_f64() / podman.as_secs_f64(),
        ));
    }
}

/// The time of the first request of a service that sleeps.
fn cold(service: &Service<'_>) -> Duration {
    service.stop();
    wait_until("nothing runs", || service.is_asleep());
    let request = service.get();
    service.assert(request.answer.is_ok(), "it does not answer");
    request.time
}

/// The time of the first request through units that are written by hand.
fn cold_by_hand(setting: &Setting) -> Duration {
    setting.systemctl(&["stop", "hand-backend.service"]);
    let is_inactive = |it: &str| setting.property(it, "ActiveState") == "inactive";
    wait_until("nothing runs", || {
        ["hand.service", "hand-backend.service"].iter().all(|it| is_inactive(it))
    });
    let request = setting.machine.within(|| client::get(BY_HAND, "/", LIMIT));
    assert!(request.answer.is_ok(), "{request:?}");
    request.time
}

fn install_by_hand(setting: &Setting) {
    for (name, text) in UNITS_BY_HAND {
        setting.machine.write(&format!("/etc/systemd/system/{name}"), text);
    }
    setting.systemctl(&["daemon-reload"]);
    setting.systemctl(&["start", "hand.socket"]);
}

/// A unit of the same process, hardened in the same way, without a socket.
const UNIT: &str = "process-manual";
const UNIT_STARTED: &str = "the same unit without a socket";

/// Gives the unit the start of the others.
fn slow_down(setting: &Setting) {
    let port = setting.port(UNIT);
    let start =
        format!("[Service]\nExecStart=\nExecStart=/usr/local/bin/daemon start=200 port={port}\n");
    setting.edit(&format!("{UNIT}.service"), &start);
}

/// The time from when systemd begins to start a unit until it answers.
fn start_unit(unit: &Service<'_>) -> Duration {
    unit.stop();
    unit.setting.systemctl(&["start", "--no-block", &unit.entry()]);
    unit.setting.machine.within(|| until_it_answers(unit.port(), Instant::now()));
    let now = clock_gettime(ClockId::Monotonic);
    let now = Duration::new(now.tv_sec.try_into().unwrap(), now.tv_nsec.try_into().unwrap());
    let began = unit.setting.property(&unit.entry(), "InactiveExitTimestampMonotonic");
    now - Duration::from_micros(began.parse().unwrap())
}

/// The time until a process answers that is started without systemd.
fn start_alone(setting: &Setting) -> Duration {
    setting.machine.within(|| {
        let began = Instant::now();
        let arguments = ["start=200".to_owned(), format!("port={ALONE}")];
        let mut daemon = Command::new(support::daemon::built()).args(arguments).spawn().unwrap();
        let time = until_it_answers(ALONE, began);
        daemon.kill().unwrap();
        daemon.wait().unwrap();
        time
    })
}

/// The time until a container answers that podman alone starts.
fn start_podman(setting: &Setting) -> Duration {
    let publish = format!("--publish=127.0.0.1:{ALONE}:8080");
    let run = ["podman", "run", "--detach", "--rm", "--name=alone", "--pull=never", &publish];
    let began = Instant::now();
    let daemon = ["localhost/daemon:1", "start=200", "any", "port=8080"];
    setting.command(&[&run[..], &daemon].concat());
    let time = setting.machine.within(|| until_it_answers(ALONE, began));
    setting.command(&["podman", "rm", "--force", "alone"]);
    time
}

fn until_it_answers(port: u16, began: Instant) -> Duration {
    while !client::get(port, "/", LIMIT).answer.is_ok() {
        std::thread::sleep(Duration::from_millis(1));
    }
    began.elapsed()
}

/// Requests of connections that stay open.
fn requests(setting: &Setting) {
    let fd = setting.service("process-fd");
    let proxy = setting.service("process-proxy");
    let unit = setting.service(UNIT);
    start_unit(&unit);
    let [mut alone, mut of_unit, mut of_fd, mut of_proxy, mut by_hand] = [const { Vec::new() }; 5];
    setting.machine.within(|| {
        let mut daemon = Command::new(support::daemon::built())
            .arg(format!("port={ALONE}"))
            .stdin(Stdio::null())
            .spawn()
            .unwrap();
        until_it_answers(ALONE, Instant::now());
        for _ in 0..ROUNDS {
            alone.push(answered(ALONE));
            of_unit.push(answered(unit.port()));
            of_fd.push(answered(fd.port()));
            of_proxy.push(answered(proxy.port()));
            by_hand.push(answered(BY_HAND));
        }
        daemon.kill().unwrap();
        daemon.wait().unwrap();
    });
    let per_second = |count: usize| count as f64 / WHILE.as_secs_f64();
    let [alone, of_unit, of_fd, of_proxy, by_hand] =
        [alone, of_unit, of_fd, of_proxy, by_hand].map(|it| per_second(median(it)));
    for (what, count, beside, that) in [
        ("`fd`", of_fd, "the process alone", alone),
        ("`fd`", of_fd, "the same unit without a socket", of_unit),
        ("`proxy`", of_proxy, "the process alone", alone),
        ("written by hand", by_hand, "the process alone", alone),
    ] {
        print(&format!(
            "| requests while it runs, {what}; {beside} | {count:.0}/s | {that:.0}/s | {:.2}× |\n",
            count / that,
        ));
    }
}

/// How many requests are answered in a while, one after the other on each connection.
fn answered(port: u16) -> usize {
    // Which may start the service first.
    assert!(client::get(port, "/", LIMIT).answer.is_ok());
    let end = Instant::now() + WHILE;
    std::thread::scope(|scope| {
        let clients: Vec<_> =
            (0..CONNECTIONS).map(|_| scope.spawn(|| ask_until(port, end))).collect();
        clients.into_iter().map(|it| it.join().unwrap()).sum()
    })
}

fn ask_until(port: u16, end: Instant) -> usize {
    let mut connection = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).unwrap();
    connection.set_nodelay(true).unwrap();
    let mut buffer = [0; 4096];
    let mut count = 0;
    while Instant::now() < end {
        connection.write_all(b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
        let mut length = 0;
        while !buffer[..length].ends_with(b"\r\n\r\nok") {
            let more = connection.read(&mut buffer[length..]).unwrap();
            assert_ne!(more, 0, "the connection ended");
            length += more;
        }
        count += 1;
    }
    count
}

/// How long a host takes to boot.
fn boots() {
    let [mut with, mut without] = [const { Vec::new() }; 2];
    for _ in 0..3 {
        with.push(boot(sleepers::SLEEPERS));
        without.push(boot(NO_SLEEPERS));
    }
    let (with, without) = (median(with), median(without));
    print(&format!(
        "| boot with 200 sleeping services; with none | {} ms | {} ms | {:+.0} ms |\n",
        with.as_millis(),
        without.as_millis(),
        (with.as_secs_f64() - without.as_secs_f64()) * 1000.0,
    ));
}

fn boot(manifest: &str) -> Duration {
    let machine = sleepers::boot(manifest);
    let moment = |property: &str| {
        let show = ["systemctl", "show", "--value", &format!("--property={property}")];
        machine.enter(&show).trim_end().parse::<u64>().unwrap()
    };
    let microseconds = moment("FinishTimestampMonotonic") - moment("UserspaceTimestampMonotonic");
    Duration::from_micros(microseconds)
}

/// Notes for each run of systemctl when it began and ended, in microseconds, and runs it.
const NOTING: &str = "#!/bin/bash\nbegan=${EPOCHREALTIME/./}\n/usr/bin/systemctl \"$@\"\ncode=$?\n\
     echo $began ${EPOCHREALTIME/./} >> /run/noted\nexit $code\n";

/// How long a host takes to get services that sleep, to find them as they are, and to lose them.
fn applies(services: usize) {
    let machine = Machine::boot("trixie");
    machine.install("/usr/local/bin/unitsmith", env!("CARGO_BIN_EXE_unitsmith"));
    machine.write("/usr/local/bin/systemctl", NOTING);
    machine.enter(&["chmod", "755", "/usr/local/bin/systemctl"]);
    let manifest = format!(
        "[services.sleeper]\nreplicas = {services}\nexec.command = [\"/usr/bin/daemon\"]\n\
         activation = {{ on = \"socket\", handoff = \"fd\" }}\n"
    );
    machine.write("/root/unitsmith.toml", manifest);
    for (what, command, rounds) in
        [("of new services", "apply", 1), ("again", "apply", ROUNDS), ("`remove`", "remove", 1)]
    {
        let mut times = Vec::new();
        for _ in 0..rounds {
            machine.write("/run/noted", "");
            let began = Instant::now();
            machine.enter(&["bash", "-c", &format!("cd /root && exec unitsmith {command}")]);
            times.push((began.elapsed(), noted(&machine)));
        }
        let (time, of_systemctl) = median(times);
        print(&format!(
            "| {what} | {services} | {} ms | {} ms | {:.0} % |\n",
            time.as_millis(),
            of_systemctl.as_millis(),
            100.0 * of_systemctl.as_secs_f64() / time.as_secs_f64(),
        ));
    }
}

/// For how long systemctl was at work since the notes were emptied; what ran at once counts once.
fn noted(machine: &Machine) -> Duration {
    let notes = std::fs::read_to_string(machine.file("/run/noted")).unwrap();
    let mut runs: Vec<(u64, u64)> = notes
        .lines()
        .map(|line| line.split_once(' ').unwrap())
        .map(|(began, ended)| (began.parse().unwrap(), ended.parse().unwrap()))
        .collect();
    runs.sort_unstable();
    let mut until = 0;
    let busy = runs.into_iter().map(|(began, ended)| {
        let more = ended.saturating_sub(began.max(until));
        until = until.max(ended);
        more
    });
    Duration::from_micros(busy.sum())
}

fn median<T: Ord>(mut values: Vec<T>) -> T {
    values.sort();
    let middle = values.len() / 2;
    values.swap_remove(middle)
}

fn print(text: &str) {
    std::io::stdout().write_all(text.as_bytes()).unwrap();
}
