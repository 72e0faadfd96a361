//! Texts under check, and places inside them.

use std::fmt;
use std::sync::Arc;

use crate::{Diagnostic, Diagnostics, Finding};

/// Largest TOML text \[bytes\]; other texts, such as CSV, have no limit here.
pub const MAX_BYTES: usize = 1 << 20;

/// A named configuration text. Clones share the text.
#[derive(Clone)]
pub struct Source(Arc<Inner>);

struct Inner {
    name: String,
    text: String,
    /// Byte offset at which each line begins.
    lines: Vec<usize>,
}

impl Source {
    /// Names `text`; `name` is printed in every message, usually the path. A
    /// byte order mark is dropped.
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Self {
        let mut text: String = text.into();
        if text.starts_with('\u{feff}') {
            text.drain(..'\u{feff}'.len_utf8());
        }
        let newlines = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        let lines = std::iter::once(0)
            .chain(newlines.map(|(offset, _)| offset + 1))
            .collect();
        let name = name.into();
        Self(Arc::new(Inner { name, text, lines }))
    }

    /// Names the text held in `bytes`.
    ///
    /// # Errors
    /// When `bytes` are not UTF-8, with the line and column of the first wrong byte.
    pub fn from_bytes(name: impl Into<String>, bytes: &[u8]) -> Result<Self, Diagnostics> {
        let name = name.into();
        match std::str::from_utf8(bytes) {
            Ok(text) => Ok(Self::new(name, text)),
            Err(error) => Err(not_utf8(name, bytes, error.valid_up_to()).into()),
        }
    }

    /// The name printed in messages.
    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// The whole text.
    pub fn text(&self) -> &str {
        &self.0.text
    }

    /// The place from byte `start` to byte `end`, moved to character borders.
    pub fn span(&self, start: usize, end: usize) -> Span {
        let floor = |offset: usize| {
            let mut offset = offset.min(self.text().len());
            while !self.text().is_char_boundary(offset) {
                offset -= 1;
            }
            offset
        };
        let start = floor(start);
        let end = floor(end).max(start);
        Span {
            source: self.clone(),
            start,
            end,
        }
    }

    /// Line and column of a byte offset.
    pub fn position(&self, offset: usize) -> Position {
        let lines = &self.0.lines;
        let line = lines.partition_point(|start| *start <= offset).max(1);
        let text = self.line(line);
        let inside = offset - lines[line - 1];
        let column = text
            .char_indices()
            .take_while(|(at, _)| *at < inside)
            .count();
        let beyond = usize::from(inside > text.len());
        Position {
            line,
            column: column + beyond + 1,
        }
    }

    /// Text of a line counted from 1, without its end; empty beyond the last.
    pub fn line(&self, line: usize) -> &str {
        let lines = &self.0.lines;
        let Some(start) = line.checked_sub(1).and_then(|index| lines.get(index)) else {
            return "";
        };
        let end = lines.get(line).copied().unwrap_or(self.text().len());
        self.text()[*start..end].trim_end_matches(['\n', '\r'])
    }

    /// Offset at which a line begins, counted from 1.
    pub(crate) fn line_start(&self, line: usize) -> usize {
        let index = line.saturating_sub(1);
        self.0.lines.get(index).copied().unwrap_or_default()
    }

    pub(crate) fn line_of(&self, offset: usize) -> usize {
        self.0
            .lines
            .partition_point(|start| *start <= offset)
            .max(1)
    }

    /// Refuses a text above [`MAX_BYTES`].
    pub(crate) fn oversize(&self) -> Option<Diagnostic> {
        let size = self.text().len();
        (size > MAX_BYTES).then(|| too_large(self, size))
    }
}

fn too_large(source: &Source, size: usize) -> Diagnostic {
    let finding = Finding {
        summary: "the file is too large".into(),
        found: format!("{size} bytes"),
        expected: format!("at most {MAX_BYTES} bytes (1 MiB)"),
        help: "split it with `extends`, or move long tables into CSV".into(),
    };
    Diagnostic::error(&source.span(0, 0), "", finding)
}

fn not_utf8(name: String, bytes: &[u8], valid: usize) -> Diagnostic {
    let source = Source::new(name, String::from_utf8_lossy(bytes));
    let marked = usize::from(bytes.starts_with("\u{feff}".as_bytes())) * 3;
    let start = valid - marked.min(valid);
    let utf16 = bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]);
    let byte = bytes.get(valid).copied().unwrap_or_default();
    let finding = Finding {
        summary: "the file is not UTF-8 text".into(),
        found: if utf16 {
            "a UTF-16 byte order mark".into()
        } else {
            format!("byte 0x{byte:02x} at offset {valid}")
        },
        expected: "UTF-8".into(),
        help: "save the file again with the encoding UTF-8".into(),
    };
    Diagnostic::error(&source.span(start, start + 3), "", finding)
}

impl fmt::Debug for Source {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Source({:?})", self.name())
    }
}

impl PartialEq for Source {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
            || (self.name() == other.name() && self.text() == other.text())
    }
}

/// A line and a column, both counted from 1; columns count characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
}

/// A stretch of a source.
#[derive(Clone, PartialEq)]
pub struct Span {
    source: Source,
    start: usize,
    end: usize,
}

impl Span {
    /// The source it lies in.
    pub fn source(&self) -> &Source {
        &self.source
    }

    /// First byte.
    pub fn start(&self) -> usize {
        self.start
    }

    /// Byte after the last.
    pub fn end(&self) -> usize {
        self.end
    }

    /// The text itself.
    pub fn text(&self) -> &str {
        &self.source.text()[self.start..self.end]
    }

    /// Line and column of the start.
    pub fn position(&self) -> Position {
        self.source.position(self.start)
    }

    /// Line of the start, from 1.
    pub fn line(&self) -> usize {
        self.source.line_of(self.start)
    }
}

impl fmt::Display for Span {
    /// `file:line:column`.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Position { line, column } = self.position();
        write!(out, "{}:{line}:{column}", self.source.name())
    }
}

impl fmt::Debug for Span {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{self}")
    }
}

/// A value and where it was written.
#[derive(Debug, Clone, PartialEq)]
pub struct Spanned<T> {
    /// The value.
    pub value: T,
    /// Where it stands.
    pub span: Span,
}

impl<T> Spanned<T> {
    /// Changes the value, keeps the place.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Spanned<U> {
        Spanned {
            value: change(self.value),
            span: self.span,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters_and_lines_ignore_carriage_returns() {
        let source = Source::new("a.toml", "é = 1\r\nb = 2\r\n");
        assert_eq!(source.position(3), Position { line: 1, column: 3 });
        assert_eq!(source.position(8), Position { line: 2, column: 1 });
        assert_eq!(source.line(1), "é = 1");
        assert_eq!(source.line(9), "");
        assert_eq!(source.position(source.text().len()).line, 3);
    }

    #[test]
    fn a_byte_order_mark_is_dropped() {
        let source = Source::from_bytes("a", b"\xef\xbb\xbfa = 1").unwrap();
        assert_eq!(source.text(), "a = 1");
    }

    #[test]
    fn text_that_is_not_utf8_names_the_first_wrong_byte() {
        let error = Source::from_bytes("a.toml", b"a = 1\nb = \"\xe9\"").unwrap_err();
        let text = error.to_string();
        assert!(text.contains("a.toml:2:6"), "{text}");
        assert!(text.contains("0xe9"), "{text}");
        let utf16 = Source::from_bytes("a.toml", b"\xff\xfea\0").unwrap_err();
        assert!(utf16.to_string().contains("UTF-16"), "{utf16}");
    }

    #[test]
    fn a_span_never_splits_a_character() {
        let source = Source::new("a", "é");
        assert_eq!(source.span(1, 9).text(), "é");
    }
}
