//! What a module of process-compose-flake cannot say.

use crate::plan::text::{Segment, Word};

use super::{Found, Gap, Without};

impl Found<'_> {
    /// Refuses commands that would not arrive as they are: those that end a process are no templates.
    pub(super) fn refuse_unsayable(&mut self, commands: &[Vec<Word>]) {
        let segments = commands.iter().flatten().flat_map(|it| &it.0);
        let is_unsayable = segments.filter_map(literal).any(|it| !stands(it));
        if is_unsayable {
            self.refuse("exec", "a backslash, `$$`, `${` or unusual character in `exec.stop`");
        }
    }

    /// The same for a text that is looked for in lines of the output.
    pub(super) fn refuse_unsayable_line(&mut self, text: &str) {
        if !stands(text) {
            let what = "a backslash, `$$`, `${` or unusual character in `readiness.log`";
            self.refuse("readiness", what);
        }
    }

    fn refuse(&mut self, key: &'static str, what: &str) {
        let service = self.service.name.clone();
        self.gaps.push(Gap { service, key, what: what.to_owned(), without: Without::Fails });
    }
}

fn literal(segment: &Segment) -> Option<&str> {
    match segment {
        Segment::Literal(text) => Some(text),
        Segment::Reference(_) => None,
    }
}

/// Whether a text is the same after both readings of the file that Nix writes (`syntax::process_compose::flake`).
fn stands(text: &str) -> bool {
    let is_usual = |it: char| {
        it != '\\'
            && !matches!(
                it,
                '\u{7f}'
                    ..='\u{9f}' | '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}'
            )
    };
    text.chars().all(is_usual) && !["$$", "${", "##PC_ENV"].iter().any(|it| text.contains(it))
}
