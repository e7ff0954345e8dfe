//! Runs of `unitsmith apply` that are killed while systemd is at work.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use super::{Applied, SERVICES};

/// How many runs are killed.
const KILLS: u32 = 200;

/// How many manifests take turns; with two, what was begun of the third would never be seen.
const EDITIONS: u32 = 3;

/// Fifty services that say in their arguments of which edition they are, of which some are not in each;
/// those of [`SERVICES`] are.
///
/// One in three runs, one sleeps behind a socket that listens elsewhere in each edition, and one is started by hand:
/// what systemd does for a process is most of the time of a run.
fn manifest(edition: u32) -> String {
    let service = |number: u32| {
        let activation = match number % 3 {
            0 => String::new(),
            1 => {
                let port = 20_000 + 100 * edition + number;
                format!("port = {port}\nactivation = {{ on = \"socket\", handoff = \"fd\" }}\n")
            }
            _ => "activation.on = \"manual\"\n".to_owned(),
        };
        format!(
            "[services.s{number}]\nexec.command = [\"/usr/bin/sleep\", \"{}d\"]\nhardening = \"none\"\n{activation}",
            edition + 1
        )
    };
    let services = (0..50).filter(|it| it % 5 != edition).map(service);
    SERVICES.to_owned() + &services.collect::<String>()
}

/// What really runs and listens: the arguments of the processes of the fifty, and the addresses of their sockets.
const RUNNING: &str = "systemctl show --property=Id,ActiveState,Listen 's[0-9]*.socket' \
    | awk -v RS= '!/ActiveState=inactive/ { gsub(\"\\n\", \" \"); print }' | sort; \
    systemctl show --property=Id,ActiveState,MainPID 's[0-9]*.service' \
    | awk -F= -v RS= '{ split($0, a, \"\\n\"); for (i in a) { split(a[i], b, \"=\"); v[b[1]] = b[2] } \
      if (v[\"ActiveState\"] != \"inactive\") print v[\"Id\"], v[\"ActiveState\"], v[\"MainPID\"] }' \
    | while read -r id state pid; do echo \"$id $state $(tr '\\0' ' ' < \"/proc/$pid/cmdline\")\"; done | sort";

/// The files of the units, with the sums of what they say, but for those that have not got their names yet.
const FILES: &str =
    "cd /etc/systemd/system && find . -type f -not -name '.unitsmith-*' -exec md5sum {} + | sort";

#[test]
fn after_a_killed_run_one_more_reaches_what_is_wanted() {
    let host = Applied::boot();
    let shell = |script: &str| host.machine.enter(&["bash", "-c", script]);
    let foreign = "[Service]\nExecStart=/mine\n";
    host.machine.write("/etc/systemd/system/mine.service", foreign);
    let mut wanted = Vec::new();
    let mut whole_run = Duration::ZERO;
    for edition in 0..EDITIONS {
        let start = Instant::now();
        host.apply(&manifest(edition));
        whole_run = start.elapsed();
        wanted.push((shell(RUNNING), shell(FILES)));
        // Of the forty in each, what runs and what listens.
        let running = wanted[wanted.len() - 1].0.lines().count();
        assert!((26..=28).contains(&running), "{wanted:?}");
    }
    let known: BTreeSet<&str> = wanted.iter().flat_map(|(_, files)| files.lines()).collect();
    host.answers(7001);
    let serving = ["fd.socket", "fd.service", "proxy.socket", "boot.service"];
    let runs = serving.map(|it| host.invocation(it));
    let mut seed = 1_u32;
    // Numbers as good as any others, by a generator that is the same on every machine.
    let mut next = || {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        seed >> 16
    };
    let mut finished = 0;
    for _ in 0..KILLS {
        let edition = next() % EDITIONS;
        host.machine.write("/root/unitsmith.toml", manifest(edition));
        let moment = whole_run.mul_f64(f64::from(next()) / f64::from(u16::MAX));
        let limit = format!("{}", moment.as_secs_f64());
        let script = "cd /root && exec timeout --signal=KILL \"$1\" unitsmith apply";
        host.machine.try_enter(&["bash", "-c", script, "bash", &limit]);
        let files = shell(FILES);
        for file in files.lines() {
            assert!(known.contains(file), "after {moment:?}, `{file}` is of no edition");
        }
        host.answers(7001);
        // Some killed runs are followed by a whole one, and some by others that are killed.
        if next() % 8 == 0 {
            let edition = next() % EDITIONS;
            host.apply(&manifest(edition));
            let (running, files) = &wanted[usize::try_from(edition).unwrap()];
            assert_eq!(&shell(RUNNING), running, "after {moment:?}");
            assert_eq!(&shell(FILES), files, "after {moment:?}");
            finished += 1;
        }
    }
    assert!(finished > KILLS / 16, "{finished}");
    assert_eq!(serving.map(|it| host.invocation(it)), runs, "what is in all editions ran on");
}
