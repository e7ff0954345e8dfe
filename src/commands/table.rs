//! Tables of words, one column below the other.

/// On which side of its column a cell stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Left,
    /// For numbers.
    Right,
}

/// Prints rows below their header, each column as wide as its widest cell.
///
/// Without rows there is no header either, because an empty table says nothing.
pub(super) fn text<const COLUMNS: usize>(
    header: [(&str, Side); COLUMNS],
    rows: impl IntoIterator<Item = [String; COLUMNS]>,
) -> String {
    let titles = header.map(|(title, _)| title.to_owned());
    let rows: Vec<[String; COLUMNS]> = std::iter::once(titles).chain(rows).collect();
    if rows.len() == 1 {
        return String::new();
    }
    let width = |column: usize| rows.iter().map(|it| it[column].chars().count()).max();
    let columns: [(usize, Side); COLUMNS] =
        std::array::from_fn(|column| (width(column).unwrap_or(0), header[column].1));
    let line = |row: &[String; COLUMNS]| {
        let cells = row.iter().zip(columns).map(|(cell, (width, side))| match side {
            Side::Left => format!("{cell:<width$}"),
            Side::Right => format!("{cell:>width$}"),
        });
        format!("{}\n", cells.collect::<Vec<_>>().join("  ").trim_end())
    };
    rows.iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        let header = [("SERVICE", Side::Left), ("PORT", Side::Right), ("STATE", Side::Left)];
        let rows = [["web", "80", "asleep"], ["grafana-müller", "25306", ""]];
        let expected = "SERVICE          PORT  STATE\n\
                        web                80  asleep\n\
                        grafana-müller  25306\n";
        assert_eq!(text(header, rows.map(|row| row.map(str::to_owned))), expected);
        assert_eq!(text(header, []), "");
    }
}
