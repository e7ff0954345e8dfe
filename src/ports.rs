//! Ports as a function of names.
//!
//! Algorithm `md5-window`: the lower-case hex MD5 of a key, read in groups of four digits from the left;
//! the first group whose value lies strictly between 1024 and 49151 is the port.
//! It is the one that users of NixOS port allocators of this kind have deployed; `nix/ports.nix` is its twin.

use std::collections::{BTreeMap, BTreeSet};

use md5::{Digest, Md5};

pub mod lock;

/// The open interval in which a window is a port: above the privileged ports, below the dynamic ones.
const WINDOW: std::ops::Range<u16> = 1025..49151;

/// How many digests a key may use up; a manifest that needs more has more ports than exist.
const DIGESTS: u32 = 4096;

/// The ports that a manifest asks for.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// Every key that needs a port.
    pub keys: BTreeSet<String>,
    /// Ports that the manifest fixes, by key.
    pub pins: BTreeMap<String, u16>,
    /// Ports that are spoken for without a key.
    pub taken: BTreeSet<u16>,
    /// Ports that were given before, by key.
    pub lock: BTreeMap<String, u16>,
}

/// Returns a port for every key, or `None` when there are more keys than ports.
///
/// Pins win, then what the lock gave, then the keys in byte order;
/// a key whose candidate is taken goes on to the next.
/// Two pins alike are the caller's to refuse.
///
/// ```
/// use unitsmith::ports::{Request, allocate};
///
/// let request = Request { keys: ["web".to_owned()].into(), ..Request::default() };
/// let hashed = allocate(&request).expect("one key has room")["web"];
/// // Where something else has that port, the key goes on to its next candidate.
/// let moved = Request { taken: [hashed].into(), ..request };
/// assert_ne!(allocate(&moved).expect("one key has room")["web"], hashed);
/// ```
pub fn allocate(request: &Request) -> Option<BTreeMap<String, u16>> {
    let Request { keys, pins, taken, lock } = request;
    let mut taken = taken.clone();
    let mut ports = BTreeMap::new();
    for (key, port) in pins {
        taken.insert(*port);
        if keys.contains(key) {
            ports.insert(key.clone(), *port);
        }
    }
    for (key, port) in lock {
        if keys.contains(key) && !ports.contains_key(key) && taken.insert(*port) {
            ports.insert(key.clone(), *port);
        }
    }
    for key in keys {
        if !ports.contains_key(key) {
            let port = candidates(key).find(|port| !taken.contains(port))?;
            taken.insert(port);
            ports.insert(key.clone(), port);
        }
    }
    Some(ports)
}

/// Returns the ports that a key may get, in the order of preference.
///
/// After the groups of the key's own digest come those of `KEY#1`, `KEY#2` and so on.
pub fn candidates(key: &str) -> impl Iterator<Item = u16> + use<'_> {
    (0..DIGESTS).flat_map(move |round| match round {
        0 => windows(key),
        _ => windows(&format!("{key}#{round}")),
    })
}

fn windows(key: &str) -> impl Iterator<Item = u16> + use<> {
    let digest: [u8; 16] = Md5::digest(key.as_bytes()).into();
    // Two bytes are four hex digits, so the groups need no hex at all.
    let (pairs, _) = digest.as_chunks::<2>();
    let windows: [u16; 8] = std::array::from_fn(|index| u16::from_be_bytes(pairs[index]));
    windows.into_iter().filter(|value| WINDOW.contains(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(table: &str) -> impl Iterator<Item = (&str, &str)> {
        table.lines().skip(1).filter_map(|line| line.split_once('\t'))
    }

    #[test]
    fn every_recorded_vector_is_met() {
        let vectors = include_str!("../tests/data/port-vectors.tsv");
        let mut count = 0;
        for (key, port) in rows(vectors) {
            assert_eq!(
                candidates(key).next().map(|it| it.to_string()).as_deref(),
                Some(port),
                "`{key}`"
            );
            count += 1;
        }
        assert_eq!(count, 1030);
    }

    #[test]
    fn a_pin_beats_the_lock_and_the_lock_beats_the_hash() {
        let keys = ["a", "b", "c"].map(str::to_owned);
        let request = Request {
            keys: keys.clone().into(),
            pins: [("a".to_owned(), 2000)].into(),
            taken: [3000].into(),
            lock: [("a".to_owned(), 2001), ("b".to_owned(), 2000), ("c".to_owned(), 2002)].into(),
        };
        let ports = allocate(&request).expect("three keys have room");
        assert_eq!((ports["a"], ports["c"]), (2000, 2002));
        assert_eq!(
            ports["b"],
            candidates("b").next().expect("`b` has candidates"),
            "its locked port is pinned away"
        );
    }

    fn pairs(text: &str) -> BTreeMap<String, u16> {
        let pair = |it: &str| {
            let (key, port) = it.rsplit_once('=').expect("a pair is `KEY=PORT`");
            (key.to_owned(), port.parse().expect("a port is a number"))
        };
        text.split(' ').filter(|it| !it.is_empty()).map(pair).collect()
    }

    fn check_allocation(keys: &str, pins: &str, lock: &str, ports: &str) {
        let keys: Vec<&str> = keys.split(' ').collect();
        let request = Request {
            keys: keys.iter().map(|it| (*it).to_owned()).collect(),
            pins: pairs(pins),
            taken: BTreeSet::new(),
            lock: pairs(lock),
        };
        let given = allocate(&request).expect("the table has room");
        let given: Vec<String> = keys.iter().map(|it| given[*it].to_string()).collect();
        assert_eq!(given.join(" "), ports, "{keys:?}, pins {pins}, lock {lock}");
    }

    #[test]
    fn collisions_and_exhausted_keys_go_on_as_recorded() {
        for (keys, ports) in rows(include_str!("../tests/data/port-allocations.tsv")) {
            check_allocation(keys, "", "", ports);
        }
    }

    #[test]
    fn pins_and_locks_are_kept_as_recorded() {
        for line in include_str!("../tests/data/port-locks.tsv").lines().skip(1) {
            let columns: Vec<&str> = line.split('\t').collect();
            let [keys, pins, lock, ports] = columns[..] else { panic!("{line}") };
            check_allocation(keys, pins, lock, ports);
        }
    }

    /// Columns of `port-collisions.tsv`: kind, keys, the eight windows of each key.
    #[test]
    fn every_recorded_collision_has_the_windows_of_its_digests() {
        let table = include_str!("../tests/data/port-collisions.tsv");
        let mut count = 0;
        for line in table.lines().skip(1) {
            let columns: Vec<&str> = line.split('\t').collect();
            let [_, keys, recorded] = columns[..] else { panic!("{line}") };
            for (key, recorded) in keys.split(' ').zip(recorded.split("] [")) {
                let recorded: Vec<u16> = recorded
                    .trim_matches(['[', ']'])
                    .split(", ")
                    .map(|it| it.parse().expect("a window is a number"))
                    .filter(|it| WINDOW.contains(it))
                    .collect();
                assert_eq!(windows(key).collect::<Vec<_>>(), recorded, "`{key}`");
                count += 1;
            }
        }
        assert!(count > 20, "the table has been cut: {count}");
    }

    #[test]
    fn a_new_key_never_moves_an_old_one() {
        // Both want 4786; `cache-forum` comes first in order but later in time.
        let only = Request { keys: ["mail-calendar".to_owned()].into(), ..Request::default() };
        let lock = allocate(&only).expect("one key has room");
        assert_eq!(lock["mail-calendar"], 4786);
        let both = Request {
            keys: ["cache-forum".to_owned(), "mail-calendar".to_owned()].into(),
            lock,
            ..Request::default()
        };
        let ports = allocate(&both).expect("two keys have room");
        assert_eq!((ports["mail-calendar"], ports["cache-forum"]), (4786, 5747));
    }

    #[test]
    fn more_keys_than_ports_end() {
        let request = Request {
            keys: ["a".to_owned()].into(),
            taken: WINDOW.collect(),
            ..Request::default()
        };
        assert_eq!(allocate(&request), None);
    }
}
