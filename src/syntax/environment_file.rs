//! Files of variables, as systemd reads them (systemd.exec(5), `EnvironmentFile=`).

/// Returns the variables of a file; lines that set none are left out.
pub fn parse(text: &str) -> Vec<(String, String)> {
    let lines = text.lines().map(str::trim).filter(|it| !it.starts_with(['#', ';']));
    let set = lines.filter_map(|it| it.split_once('='));
    set.map(|(name, value)| (name.trim_end().to_owned(), unquoted(value.trim_start()))).collect()
}

fn unquoted(value: &str) -> String {
    let mut text = String::new();
    let mut quote = None;
    let mut rest = value.chars();
    while let Some(it) = rest.next() {
        match (quote, it) {
            (None, '"' | '\'') => quote = Some(it),
            (Some(open), it) if it == open => quote = None,
            (None, '\\') => text.extend(rest.next()),
            (Some('"'), '\\') => match rest.next() {
                Some(it @ ('"' | '\\' | '`' | '$')) => text.push(it),
                other => {
                    text.push('\\');
                    text.extend(other);
                }
            },
            (_, it) => text.push(it),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_read_as_systemd_reads_them() {
        let text = "# comment\nA=1\n B = two words \nC='a \"b\" \\'\nD=\"x \\\" \\$ \\n\"\nE=a\\ b\nnothing\nF=\n";
        let expected = [
            ("A", "1"),
            ("B", "two words"),
            ("C", "a \"b\" \\"),
            ("D", "x \" $ \\n"),
            ("E", "a b"),
            ("F", ""),
        ];
        let expected = expected.map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(parse(text), expected);
    }
}
