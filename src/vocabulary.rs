//! Every directive of systemd with the version that brought it (systemd.directives(7)).
//!
//! Columns of the table: section, directive, type, added in, in 252, in 257, in 262.

/// A directive of systemd.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Known {
    pub section: &'static str,
    pub key: &'static str,
    /// The first version that knows it; 0 for one that is older than every version that is supported.
    pub since: u16,
}

/// The table as text.
pub const TABLE: &str = include_str!("vocabulary/systemd-directives.tsv");

/// Every directive that systemd 257 or a later one knows.
pub fn directives() -> impl Iterator<Item = Known> {
    TABLE.lines().skip(1).filter_map(|line| {
        let mut columns = line.split('\t');
        let [section, key, _, added] = std::array::from_fn(|_| columns.next().unwrap_or_default());
        let is_current = columns.skip(1).any(|it| it == "y");
        is_current.then(|| Known { section, key, since: added.parse().unwrap_or(0) })
    })
}
