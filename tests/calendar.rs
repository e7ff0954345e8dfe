//! Our reader of calendar expressions and systemd's own say the same of every text.

use std::collections::BTreeSet;
use std::process::Command;

use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use unitsmith::plan::calendar::Calendar;

use crate::support::{Output, in_root, run};

/// Texts that are times of the calendar; the first ones are the examples of systemd.time(7).
const VALID: &[&str] = &[
    "Thu,Fri 2012-*-1,5 11:12:13",
    "2012-10-15 17:48:00",
    "Mon *-*-* 00:00:00",
    "Mon,Fri *-01/2-01,03 *:30:45",
    "Sat,Thu,Mon..Wed,Sat..Sun",
    "Mon,Sun 12-*-* 2,1:23",
    "Wed *-1",
    "Wed..Wed,Wed *-1",
    "Wed, 17:48",
    "Wed..Sat,Tue 12-10-15 1:2:3",
    "*-*-7 0:0:0",
    "10-15",
    "monday *-12-* 17:00",
    "Mon,Fri *-*-3,1,2 *:30:45",
    "12,14,13,12:20,10,30",
    "12..14:10,20,30",
    "mon,fri *-1/2-1,3 *:30:45",
    "03-05 08:05:40",
    "08:05:40",
    "05:40",
    "Sat,Sun 12-05 08:05:40",
    "Sat,Sun 08:05:40",
    "2003-03-05 05:40",
    "05:40:23.4200004/3.1700005",
    "2003-02..04-05",
    "2003-03-05 05:40 UTC",
    "2003-03-05",
    "03-05",
    "hourly",
    "daily",
    "daily UTC",
    "monthly",
    "weekly",
    "weekly Pacific/Auckland",
    "yearly",
    "annually",
    "*:2/3",
    "minutely",
    "quarterly",
    "semiannually",
    "Semi-Annually",
    "bi-annually",
    "anually",
    "*-*~01",
    "*-02~03",
    "Mon *-05~07/1",
    "*-*~28",
    "*~1,25,25",
    "Mon..Sun",
    "Mon-Fri",
    "Mon,",
    "Mon, 10:00",
    "MONDAY,tue",
    "0/5:00",
    "0/6:00:00",
    "*:*:0/15",
    "*:0/15",
    "5..5:00",
    "1..3/5:00",
    "10:00:05..5/2",
    "10:00:05..6.5",
    "0..23/7:0",
    "*-*-1..7 18:00:00",
    "2199-12-31 23:59:59.999999",
    "69-1-1",
    "70-1-1",
    "99..20-1-1",
    "10:00:59.9999994",
    "10:00:0.5/0.25",
    "10:00:00..10",
    "10:00:00..10.5/2.5",
    "0010:00",
    "@5",
    "@ 5",
    "@+5",
    "@7258118399",
    "Mon @5",
    "@5 UTC",
    "2024-02-29  10:00",
    "Mon   10:00",
    "10:00 utc",
    "*-*-* 10:00 Etc/GMT+3",
    "10:00 America/Argentina/Buenos_Aires",
    "2020-01-01 ",
    "Mon ",
];

/// Texts that are none.
const INVALID: &[&str] = &[
    "",
    " ",
    "  daily",
    "daily ",
    "dayly",
    "Mon daily",
    "Fri..Mon",
    "Mon..",
    "Mon..Tue..Wed",
    "Mon.Tue",
    "Mon..,Tue",
    "Montag",
    "Mond",
    "Mon,2020-01-01",
    "12",
    "*",
    "*-*-*-*",
    "*-13-01",
    "*-0-1",
    "*-*-32",
    "*-*-0",
    "*~*-1",
    "*-*~29",
    "*-*~0",
    "*~21,26",
    "*~1,2,3,4,5,6,7,8,13",
    "*-*~01/7",
    "1969-01-01",
    "2200-01-01",
    "24:00",
    "10:60",
    "10:00:60",
    "10:00:59.9999995",
    "10:00:00.",
    "10:00:00.5.5",
    "*/5:00",
    "*-*/2-1",
    "*,5:00",
    "0/0:00",
    "10:00:0/0.0000001",
    "5..3:00",
    "10:00:05..5",
    "10:00:05..5.5",
    "0/24:00",
    "23/1:00",
    "..5:00",
    "5..:00",
    "5../2:00",
    "5/:00",
    "1,:00",
    "1,,2:00",
    "-1:00",
    "+1:00",
    "10:00 ",
    "10:00 am",
    "10:00\t",
    "10:00 CEST",
    "10:00 Europe/Berln",
    "10:00 europe/berlin",
    "10:00 Europe/Berlin UTC",
    "UTC",
    " UTC",
    "@",
    "@-5",
    "@5 10:00",
    "@7258118400",
    "@x",
    "2020-01-01T10:00",
    "2020-01-01T10:00:00Z",
    "2020/01/01",
    "10:00:00:00",
    "99999999999999999999:00",
    "*-*-* 10:00,",
    "every day",
    "0 5 * * *",
    "5min",
    "%H:00",
    "10:00;11:00",
    "é",
    "Mon é",
    "Mo\u{e9}",
];

/// Texts that systemd takes although the time never comes: a timer on them is a mistake.
const NEVER: &[&str] = &["*-02-30", "*-2,4,6-31", "Mon *-9,11-31 10:00", "2024-02-30..31 1:00"];

#[test]
fn the_corpus_is_what_it_says() {
    for it in VALID {
        assert_eq!(Calendar::parse(it).err(), None, "{it:?}");
    }
    for it in INVALID.iter().chain(NEVER) {
        assert!(Calendar::parse(it).is_err(), "{it:?}");
    }
}

#[test]
fn systemd_says_the_same_of_the_corpus() {
    let texts: Vec<&str> = VALID.iter().chain(INVALID).copied().collect();
    assert_same(&texts);
    for it in NEVER {
        let Output { stdout, stderr: _, code } = in_root(&[], &["systemd-analyze", "calendar", it]);
        assert!(code == Some(0) && stdout.contains("Next elapse: never"), "{it}: {stdout}");
    }
}

#[test]
fn systemd_says_the_same_of_texts_made_of_pieces() {
    let texts = generated(3000, any_text());
    let valid = texts.iter().filter(|it| Calendar::parse(it).is_ok()).count();
    assert!((200..2500).contains(&valid), "{valid} are valid");
    assert_same(&texts.iter().map(String::as_str).collect::<Vec<_>>());
}

fn any_text() -> impl Strategy<Value = String> {
    let number = prop_oneof![
        4 => (0..32_u32).prop_map(|it| it.to_string()),
        1 => select(&["0", "00", "1", "59", "60", "70", "1970", "2027", "2199", "2200", "31", "28"][..])
            .prop_map(str::to_owned),
    ];
    let number = number.boxed();
    let step = (number.clone(), 1..8_u32).prop_map(|(start, step)| format!("{start}/{step}"));
    let range = (0..12_u32, 0..24_u32, 0..4_u32).prop_map(|(start, stop, step)| match step {
        0 => format!("{start}..{stop}"),
        _ => format!("{start}..{stop}/{step}"),
    });
    let part = prop_oneof![6 => number, 2 => step, 2 => range, 3 => Just("*".to_owned())].boxed();
    let list = (part.clone(), part.clone()).prop_map(|(a, b)| format!("{a},{b}"));
    let chain = prop_oneof![5 => part, 1 => list].boxed();
    let seconds = prop_oneof![
        3 => chain.clone(),
        1 => select(&["0.5", "1..2.25", "59.9999996", "0.1/0.0000004", "3.", "0/1.5"][..]).prop_map(str::to_owned),
    ];
    let days = select(
        &[
            "",
            "",
            "",
            "Mon ",
            "mon,Tue ",
            "Mon..Fri ",
            "Sat-Sun ",
            "Sun..Mon ",
            "Tue, ",
            "Mo ",
            "Thu",
            "friday  ",
        ][..],
    );
    let separator = select(&["-", "-", "-", "~", " "][..]);
    let date = prop_oneof![
        Just(String::new()),
        (chain.clone(), chain.clone(), chain.clone(), separator.clone())
            .prop_map(|(year, month, day, it)| format!("{year}-{month}{it}{day} ")),
        (chain.clone(), chain.clone(), separator)
            .prop_map(|(month, day, it)| format!("{month}{it}{day} ")),
    ];
    let time = prop_oneof![
        1 => Just(String::new()),
        3 => (chain.clone(), chain.clone()).prop_map(|(hour, minute)| format!("{hour}:{minute}")),
        2 => (chain.clone(), chain, seconds).prop_map(|(hour, minute, second)| format!("{hour}:{minute}:{second}")),
    ];
    let zone = select(&["", "", "", "", " UTC", " Europe/Berlin", " Berlin", "Z", " +01:00"][..]);
    (days, date, time, zone)
        .prop_map(|(days, date, time, zone)| format!("{days}{date}{time}{zone}"))
}

#[test]
fn systemd_says_the_same_of_valid_texts_with_a_slip() {
    let slip = (select(VALID), any::<prop::sample::Index>(), any_letter(), 0..3_usize);
    let slip = slip.prop_map(|(text, place, letter, kind)| {
        let mut letters: Vec<char> = text.chars().collect();
        let place = place.index(letters.len());
        match kind {
            0 => letters.insert(place, letter),
            1 => letters[place] = letter,
            _ => {
                letters.remove(place);
            }
        }
        letters.into_iter().collect()
    });
    let texts = generated(2000, slip);
    assert_same(&texts.iter().map(String::as_str).collect::<Vec<_>>());
}

fn any_letter() -> impl Strategy<Value = char> {
    select(
        &['0', '1', '3', '9', '*', '/', '.', ',', '-', '~', ':', ' ', 'M', 'T', '@', '+', 'U'][..],
    )
}

/// Draws different texts, the same in every run.
fn generated(count: usize, strategy: impl Strategy<Value = String>) -> Vec<String> {
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    let draw = |_| strategy.new_tree(&mut runner).unwrap().current();
    let texts: BTreeSet<String> = (0..count).map(draw).collect();
    // A program takes no such argument for one.
    texts.into_iter().filter(|it| !it.contains('\0')).collect()
}

/// Asserts that we and both versions of systemd take the same texts.
fn assert_same(texts: &[&str]) {
    let texts: Vec<&str> = texts.iter().copied().filter(|it| !is_never(it)).collect();
    let ours: BTreeSet<&str> =
        texts.iter().copied().filter(|it| Calendar::parse(it).is_ok()).collect();
    for (version, theirs) in
        [("of the machine", on_the_machine(&texts)), ("257", in_the_root(&texts))]
    {
        let taken: Vec<_> = ours.difference(&theirs).collect();
        let refused: Vec<_> = theirs.difference(&ours).collect();
        assert!(
            taken.is_empty() && refused.is_empty(),
            "systemd {version} does not take {taken:?}\nwe do not take {refused:?}"
        );
    }
}

/// Whether a text has a day that never comes, of which systemd says nothing.
fn is_never(text: &str) -> bool {
    let fault = Calendar::parse(text).err();
    fault.is_some_and(|it| it.why == "is a day that none of these months has")
}

fn on_the_machine<'t>(texts: &[&'t str]) -> BTreeSet<&'t str> {
    let read = |texts: &[&str]| {
        let mut command = Command::new("systemd-analyze");
        run(command.env("TZ", "UTC").args(["calendar", "--"]).args(texts))
    };
    texts.chunks(500).flat_map(|texts| taken(texts, &read(texts))).collect()
}

/// The root has no tzdata; systemd asks no more of a zone than that its file begins like one.
fn in_the_root<'t>(texts: &[&'t str]) -> BTreeSet<&'t str> {
    let zones: BTreeSet<&str> = texts
        .iter()
        .filter_map(|it| it.rsplit_once(' '))
        .map(|(_, last)| last)
        .filter(|it| include_str!("../src/plan/calendar/zones.txt").lines().any(|zone| zone == *it))
        .collect();
    let zones = Vec::from_iter(zones).join(" ");
    let script = "mount -t tmpfs tmpfs /usr/share && cd /usr/share && for zone in $1; do \
                  mkdir -p \"zoneinfo/${zone%/*}\" && printf TZif2 >\"zoneinfo/$zone\"; done && \
                  shift && TZ=UTC exec systemd-analyze calendar -- \"$@\"";
    let read = |texts: &[&str]| {
        let mut command = vec!["bash", "-c", script, "calendar", &zones];
        command.extend(texts);
        in_root(&[], &command)
    };
    texts.chunks(500).flat_map(|texts| taken(texts, &read(texts))).collect()
}

/// The texts of which systemd did not complain.
fn taken<'t>(texts: &[&'t str], output: &Output) -> Vec<&'t str> {
    let complaint = |line: &str| {
        let text = line.strip_prefix("Failed to parse calendar specification '")?;
        Some(text.rsplit_once("': ")?.0.to_owned())
    };
    let complaints: BTreeSet<String> = output.stderr.lines().filter_map(complaint).collect();
    texts.iter().copied().filter(|it| !complaints.contains(*it)).collect()
}
