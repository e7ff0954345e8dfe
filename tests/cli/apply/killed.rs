//! Runs that are killed.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::super::{shown, write};
use super::{image, machine, units};

/// How many runs are killed.
const KILLS: u32 = 200;

/// Fifty services, of which each has another unit in each edition, and some are in one of them only.
fn manifest(edition: u32) -> String {
    let service = |number: u32| {
        format!("[services.s{number}]\nexec.command = [\"/bin/s\", \"{edition}\", \"${{port}}\"]\n")
    };
    (0..50).filter(|it| it % 5 != edition % 2).map(service).collect()
}

/// The units, but for files that have not got their names yet.
fn visible(directory: &Path) -> BTreeMap<String, String> {
    let entries = std::fs::read_dir(units(directory)).unwrap().map(Result::unwrap);
    let files = entries.filter(|it| it.file_type().unwrap().is_file());
    let files = files.map(|it| (it.file_name().into_string().unwrap(), it.path()));
    let named = files.filter(|(name, _)| !name.starts_with(".unitsmith-"));
    named.map(|(name, path)| (name, std::fs::read_to_string(path).unwrap())).collect()
}

#[test]
fn a_run_that_is_killed_leaves_whole_files_and_is_finished_by_the_next() {
    let scratch = machine(&manifest(0));
    let apply = || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_unitsmith"));
        command.current_dir(scratch.path()).args(["apply", "--root", "image"]);
        command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
    };
    let foreign = "[Service]\nExecStart=/mine\n";
    write(&units(scratch.path()), "mine.service", foreign);
    let start = Instant::now();
    assert!(apply().wait().unwrap().success());
    let whole_run = start.elapsed();
    let mut editions = Vec::new();
    for edition in [0, 1] {
        write(scratch.path(), "unitsmith.toml", &manifest(edition));
        shown(scratch.path(), "apply --root image");
        editions.push((visible(scratch.path()), image(scratch.path())));
    }
    let mut seed = 1_u32;
    for kill in 0..KILLS {
        let edition = kill % 2;
        write(scratch.path(), "unitsmith.toml", &manifest(edition));
        // A moment as good as any other, by a generator that is the same on every machine.
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let moment = whole_run.mul_f64(f64::from(seed) / f64::from(u32::MAX));
        let mut run = apply();
        std::thread::sleep(moment.max(Duration::from_micros(1)));
        run.kill().unwrap();
        run.wait().unwrap();
        for (name, text) in visible(scratch.path()).into_iter().filter(|it| it.0 != "mine.service")
        {
            let is_whole = editions.iter().any(|(files, _)| files.get(&name) == Some(&text));
            assert!(is_whole, "after {moment:?}, `{name}` is\n{text}");
        }
        // Every second killed run is followed by another one, and not by one that ends.
        if kill % 4 > 1 {
            assert!(apply().wait().unwrap().success());
            let (files, image_of_edition) = &editions[usize::try_from(edition).unwrap()];
            assert_eq!(&visible(scratch.path()), files, "after {moment:?}");
            assert!(image(scratch.path()) == *image_of_edition, "after {moment:?}");
        }
    }
    let mine = units(scratch.path()).join("mine.service");
    assert_eq!(std::fs::read_to_string(mine).unwrap(), foreign);
}
