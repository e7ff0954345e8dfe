//! The table of the README.

use std::sync::{Mutex, PoisonError};

use crate::support::repository;

/// The line before the table.
const MARK: &str = "<!-- what the hosts do -->";

/// Compares what was found with the table of the README, or writes it there with `UPDATE_EXPECT`.
pub(crate) fn record(row: &str, column: &str, cell: &str) {
    compare(row, column, cell, |written| written == cell);
}

/// Shows a figure that is another with every run: the README need only have one.
pub(crate) fn record_figure(row: &str, column: &str, cell: &str) {
    println!("{row}: {column}: {cell}");
    let is_update = std::env::var_os("UPDATE_EXPECT").is_some();
    compare(row, column, cell, |written| !written.is_empty() && !is_update);
}

fn compare(row: &str, column: &str, cell: &str, is_right: impl Fn(&str) -> bool) {
    static README: Mutex<()> = Mutex::new(());
    let _alone = README.lock().unwrap_or_else(PoisonError::into_inner);
    let path = repository().join("README.md");
    let readme = std::fs::read_to_string(&path).unwrap();
    let (before, rest) = readme.split_once(&format!("{MARK}\n")).unwrap();
    let (table, after) = rest.split_once("\n\n").unwrap();
    let mut table: Vec<Vec<String>> = table.lines().map(cells).collect();
    let known = table.iter().position(|it| it[0] == row);
    let place = table[0].iter().position(|it| it == column);
    let written = known.zip(place).map(|(row, column)| table[row][column].as_str());
    let written = written.unwrap_or_default();
    if is_right(written) {
        return;
    }
    assert!(
        std::env::var_os("UPDATE_EXPECT").is_some(),
        "{row}, {column}: the README says `{written}`, and it is `{cell}`"
    );
    let place = place.unwrap_or_else(|| {
        table.iter_mut().for_each(|it| it.push(String::new()));
        column.clone_into(table[0].last_mut().unwrap());
        "---".clone_into(table[1].last_mut().unwrap());
        table[0].len() - 1
    });
    let known = known.unwrap_or_else(|| {
        let mut new = vec![String::new(); table[0].len()];
        row.clone_into(&mut new[0]);
        table.push(new);
        table.len() - 1
    });
    cell.clone_into(&mut table[known][place]);
    let table: Vec<String> = table.iter().map(|it| format!("| {} |", it.join(" | "))).collect();
    std::fs::write(&path, format!("{before}{MARK}\n{}\n\n{after}", table.join("\n"))).unwrap();
}

/// The cells of a line.
fn cells(line: &str) -> Vec<String> {
    let line = line.strip_prefix('|').unwrap().strip_suffix('|').unwrap();
    line.split('|').map(|it| it.trim().to_owned()).collect()
}
