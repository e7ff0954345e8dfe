//! The texts of all files of a manifest as one text, and whose each part of it is.
//!
//! Places of all files are then offsets into one text, and nobody who has one needs to know of files.

use crate::manifest::tree::Span;

/// The files of a manifest, in the order in which they were read.
#[derive(Default)]
pub(super) struct Files {
    text: String,
    files: Vec<File>,
}

/// A part of the text that is a file.
pub(super) struct File {
    /// How the file is called in problems.
    pub(super) name: String,
    pub(super) start: usize,
    pub(super) end: usize,
}

impl Files {
    /// Adds a file and returns where it begins.
    pub(super) fn push(&mut self, name: &str, text: String) -> usize {
        let start = if self.files.is_empty() {
            // Most manifests are one file, which need not be copied.
            self.text = text;
            0
        } else {
            // A line of its own keeps the end of one file apart from the beginning of the next.
            self.text.push('\n');
            let start = self.text.len();
            self.text.push_str(&text);
            start
        };
        self.files.push(File { name: name.to_owned(), start, end: self.text.len() });
        start
    }

    /// The text of all files.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// The file that was read first.
    pub(super) fn first(&self) -> &File {
        self.files.first().expect("a manifest has a file")
    }

    /// Where the files begin.
    pub(super) fn starts(&self) -> impl Iterator<Item = usize> {
        self.files.iter().map(|it| it.start)
    }

    /// The file of which an offset is a part.
    pub(super) fn at(&self, offset: usize) -> &File {
        let next = self.files.partition_point(|it| it.start <= offset);
        &self.files[next.max(1) - 1]
    }

    /// The name of the file and the number of the line, from 1, where a span begins.
    pub(super) fn line(&self, span: Span) -> (&str, usize) {
        let offset = span.start as usize;
        let file = self.at(offset);
        (&file.name, self.text[file.start..offset].matches('\n').count() + 1)
    }
}
