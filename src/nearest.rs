//! The known word that somebody probably meant.
//!
//! Every hint that lists words is made here, so that all look alike.

/// Returns the word of `known` that looks most like `word`, if any looks like it at all.
pub(crate) fn nearest<'k>(word: &str, known: &[&'k str]) -> Option<&'k str> {
    // Nobody types a known word that badly, and comparing takes time for each pair of characters.
    if word.len() > LONGEST {
        return None;
    }
    let plain = plain(word);
    known
        .iter()
        // Words of such different lengths are far apart; most need no closer look.
        .filter(|it| plain_length(it).abs_diff(plain.len()) <= plain.len().div_ceil(4))
        .map(|it| (strsim::osa_distance(&plain, &self::plain(it)), *it))
        .filter(|(distance, it)| *distance <= it.len().min(plain.len()).div_ceil(4))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, it)| it)
        .or_else(|| {
            let is_beginning = |it: &&&str| plain.len() >= 3 && self::plain(it).starts_with(&plain);
            known.iter().find(is_beginning).copied()
        })
}

/// Returns the hint that names the nearest of the known words and all of them.
pub(crate) fn hint(word: &str, known: &[&str], what: &str) -> String {
    let all = list(known, what);
    match nearest(word, known) {
        Some(it) => format!("did you mean `{it}`? {all}"),
        None => all,
    }
}

/// Returns the hint that names all known words.
pub(crate) fn list(known: &[&str], what: &str) -> String {
    if known.is_empty() {
        return format!("there are no {what}");
    }
    let mut sorted = known.to_vec();
    sorted.sort_unstable();
    let more = sorted.len().saturating_sub(MOST);
    sorted.truncate(MOST);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{what} are: {}{more}", sorted.join(", "))
}

/// The word without what other notations write differently: `depends_on` and `dependsOn` are alike.
pub(crate) fn plain(word: &str) -> String {
    word.chars().filter(|it| !matches!(it, '_' | '-' | ' ')).flat_map(char::to_lowercase).collect()
}

fn plain_length(word: &str) -> usize {
    word.bytes().filter(|it| !b"_- ".contains(it)).count()
}

/// The longest word that is compared.
const LONGEST: usize = 64;

/// How many words are listed: a manifest may have thousands of services.
const MOST: usize = 20;

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn only_what_looks_alike_is_near() {
        let known = ["on", "idleTimeout", "environment"];
        for (word, expected) in [
            ("IDLE__TIME__OUT", Some("idleTimeout")),
            ("idle-timeuot", Some("idleTimeout")),
            ("env", Some("environment")),
            ("no", Some("on")),
            ("xy", None),
            ("timeout", None),
            ("", None),
            ("idletimeoutidletimeoutidletimeoutidletimeoutidletimeoutidletimeout", None),
        ] {
            assert_eq!(nearest(word, &known), expected, "{word}");
        }
    }
}
