//! A walk over the punctuation of a TOML text, outside strings and comments.
//!
//! It guards the parser against absurd nesting and finds the bracket that an
//! unclosed array or table began with.

use crate::{Diagnostic, Finding, Source};

/// Deepest nesting of tables and arrays, and most parts of a dotted key.
pub const MAX_DEPTH: usize = 32;

/// Punctuation outside strings and comments, with byte offsets.
pub(crate) fn punctuation(text: &str) -> Punctuation<'_> {
    Punctuation {
        bytes: text.as_bytes(),
        at: 0,
    }
}

pub(crate) struct Punctuation<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Punctuation<'_> {
    fn skip_line(&mut self) {
        while self.at < self.bytes.len() && self.bytes[self.at] != b'\n' {
            self.at += 1;
        }
    }

    /// Moves past the string that opens at `at` with `quote`.
    fn skip_string(&mut self, quote: u8) {
        let triple = [quote; 3];
        let long = self.bytes[self.at..].starts_with(&triple);
        self.at += if long { 3 } else { 1 };
        while let Some(byte) = self.bytes.get(self.at) {
            match *byte {
                b'\\' if quote == b'"' => self.at += 1,
                b'\n' if !long => return,
                _ if !long && *byte == quote => break,
                _ if long && self.bytes[self.at..].starts_with(&triple) => {
                    self.at += 2;
                    break;
                }
                _ => {}
            }
            self.at += 1;
        }
        self.at += 1;
    }
}

impl Iterator for Punctuation<'_> {
    type Item = (usize, u8);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let byte = *self.bytes.get(self.at)?;
            let at = self.at;
            match byte {
                b'#' => self.skip_line(),
                b'"' | b'\'' => self.skip_string(byte),
                b'[' | b']' | b'{' | b'}' | b'.' | b'=' | b',' | b'\n' => {
                    self.at += 1;
                    return Some((at, byte));
                }
                _ => self.at += 1,
            }
        }
    }
}

/// Refuses nesting or dotted keys beyond [`MAX_DEPTH`] before the parser sees them.
pub(crate) fn refuse_depth(source: &Source) -> Option<Diagnostic> {
    let mut open = 0_usize;
    let mut parts = 1_usize;
    for (at, byte) in punctuation(source.text()) {
        match byte {
            b'[' | b'{' => open += 1,
            b']' | b'}' => open = open.saturating_sub(1),
            _ => {}
        }
        parts = if byte == b'.' { parts + 1 } else { 1 };
        if open > MAX_DEPTH {
            return Some(too_deep(source, at, "an opening bracket at depth 33"));
        }
        if parts > MAX_DEPTH {
            return Some(too_deep(source, at, "a dotted key with 33 or more parts"));
        }
    }
    None
}

/// Nesting beyond the limit at byte `at`.
pub(crate) fn too_deep(source: &Source, at: usize, found: &str) -> Diagnostic {
    let finding = Finding {
        summary: format!("nesting deeper than {MAX_DEPTH}"),
        found: found.into(),
        expected: format!("at most {MAX_DEPTH} levels of tables, arrays and dotted key parts"),
        help: "flatten it; no setting needs more than five levels".into(),
    };
    Diagnostic::error(&source.span(at, at + 1), "", finding)
}

/// Offset of the innermost `[` or `{` still open at byte `until`.
pub(crate) fn open_bracket(text: &str, until: usize) -> Option<usize> {
    let mut open = Vec::new();
    for (at, byte) in punctuation(text).take_while(|(at, _)| *at < until) {
        match byte {
            b'[' | b'{' => open.push(at),
            b']' | b'}' => drop(open.pop()),
            _ => {}
        }
    }
    open.pop()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_and_comments_hold_no_punctuation() {
        let text = "a = \"[\\\"[\" # [\nb = '''[\n[''' , \"\"\"\n[\\\"\"\"\" .";
        let seen: String = punctuation(text).map(|(_, byte)| byte as char).collect();
        assert_eq!(seen, "=\n=,.");
    }

    #[test]
    fn thirty_two_levels_pass_and_thirty_three_do_not() {
        let nested = |depth| format!("x = {}{}", "[".repeat(depth), "]".repeat(depth));
        assert!(refuse_depth(&Source::new("a", nested(32))).is_none());
        let refused = refuse_depth(&Source::new("a", nested(33))).unwrap();
        assert_eq!(refused.span.position().column, 37);
        let dotted = |parts| format!("{} = 1", vec!["a"; parts].join("."));
        assert!(refuse_depth(&Source::new("a", dotted(32))).is_none());
        assert!(refuse_depth(&Source::new("a", dotted(33))).is_some());
    }

    #[test]
    fn the_innermost_open_bracket_is_found() {
        assert_eq!(open_bracket("a = [1, {b = [2]", 16), Some(8));
        assert_eq!(open_bracket("a = [1]", 7), None);
    }
}
