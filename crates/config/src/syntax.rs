//! Syntax errors in plain words, each with what to write instead.

use crate::render::shown;
use crate::{Diagnostic, Finding, Source, Span, scan, slips};

/// What the parser complained of.
pub(crate) struct Fault<'a> {
    pub(crate) span: Span,
    pub(crate) message: &'a str,
}

impl Fault<'_> {
    /// A table header written twice; the parser merges what follows each.
    pub(crate) fn is_repeated_header(&self) -> bool {
        let line = self.span.source().line(self.span.line());
        self.message == "duplicate key" && line.trim_start().starts_with('[')
    }

    /// Among the complaints about one line, the lowest is reported.
    pub(crate) fn rank(&self) -> u8 {
        u8::from(!self.message.starts_with("unexpected `=` in array"))
    }
}

/// Summary, expected, help.
pub(crate) struct Words {
    pub(crate) summary: String,
    pub(crate) expected: String,
    pub(crate) help: String,
}

pub(crate) fn words(summary: &str, expected: &str, help: impl Into<String>) -> Words {
    Words {
        summary: summary.into(),
        expected: expected.into(),
        help: help.into(),
    }
}

/// The fault as a diagnostic with a fix.
pub(crate) fn explain(fault: &Fault<'_>) -> Diagnostic {
    let (span, words) = slips::decimal_comma(fault)
        .or_else(|| control_character(fault))
        .or_else(|| unclosed_bracket(fault))
        .or_else(|| Some((fault.span.clone(), slips::unquoted(fault)?)))
        .unwrap_or_else(|| (fault.span.clone(), by_message(fault)));
    let found = found(&span);
    let finding = Finding {
        summary: words.summary,
        found,
        expected: words.expected,
        help: words.help,
    };
    let diagnostic = Diagnostic::error(&span, key_near(&span), finding);
    if fault.message == "duplicate key" {
        return with_first(diagnostic, &fault.span);
    }
    diagnostic
}

/// The text at `span`, or what follows it on the line.
fn found(span: &Span) -> String {
    let text = if span.text().is_empty() {
        rest_of_line(span)
    } else {
        span.text()
    };
    match text.trim() {
        "" => "the end of the line".into(),
        text => format!("`{}`", shown(text, 60)),
    }
}

/// From the start of `span` to the end of its line.
pub(crate) fn rest_of_line(span: &Span) -> &str {
    let text = &span.source().text()[span.start()..];
    text.lines().next().unwrap_or("")
}

/// From the start of the line to the start of `span`.
pub(crate) fn start_of_line(span: &Span) -> &str {
    let text = &span.source().text()[..span.start()];
    text.rsplit('\n').next().unwrap_or("")
}

fn control_character(fault: &Fault<'_>) -> Option<(Span, Words)> {
    let source = fault.span.source();
    let line = source.line(fault.span.line());
    let before = start_of_line(&fault.span).len();
    let inside = |letter: char| letter.is_control() && letter != '\t';
    let at = line.char_indices().find(|(_, letter)| inside(*letter))?;
    let start = fault.span.start() - before + at.0;
    let help = "delete it; some editors show it as ^@ or a box".to_owned();
    let summary = if at.1 == '\0' {
        "a NUL byte (U+0000) in the text".to_owned()
    } else {
        format!(
            "a control character (U+{:04X}) in the text",
            u32::from(at.1)
        )
    };
    Some((
        source.span(start, start + at.1.len_utf8()),
        words(&summary, "printable text", help),
    ))
}

/// Complaints that come from a bracket never closed point at that bracket.
fn unclosed_bracket(fault: &Fault<'_>) -> Option<(Span, Words)> {
    let swallowed = fault.message.starts_with("unexpected `=` in array");
    if !swallowed && !fault.message.starts_with("unclosed") {
        return None;
    }
    let source = fault.span.source();
    let at = scan::open_bracket(source.text(), fault.span.start())?;
    let span = source.span(at, at + 1);
    let header = start_of_line(&span)
        .trim_matches([' ', '\t', '['])
        .is_empty();
    let (summary, close) = match span.text() {
        "{" => ("an inline table that is never closed", "}"),
        _ if header && fault.message.starts_with("unclosed array table") => {
            ("a table header that is never closed", "]]")
        }
        _ if header && !swallowed => ("a table header that is never closed", "]"),
        _ => ("a list that is never closed", "]"),
    };
    let expected = format!("`{close}`");
    Some((
        span,
        words(summary, &expected, format!("close it with `{close}`")),
    ))
}

fn by_message(fault: &Fault<'_>) -> Words {
    let message = fault.message;
    let starts = |prefix: &str| message.starts_with(prefix);
    let rest = rest_of_line(&fault.span);
    if message == "duplicate key" {
        return words(
            "a key written twice",
            "each key or table once; `[[name]]` for repeated tables",
            "keep one of the two",
        );
    }
    if starts("invalid basic string") || starts("invalid literal string") {
        let help = "close it with the quote it opened with, on the same line";
        return words("text that is never closed", "a closing quote", help);
    }
    if starts("invalid multi-line") {
        let help = "close it with three quotes";
        return words("text that is never closed", "three closing quotes", help);
    }
    if starts("missing escaped value") || starts("too few unicode") {
        let help = "write `\\\\` for a backslash, or use 'single quotes'";
        return words(
            "a backslash that escapes nothing",
            "an escape such as `\\n`",
            help,
        );
    }
    if starts("invalid boolean") {
        let lower = fault.span.text().to_lowercase();
        return words(
            "a misspelt flag",
            "`true` or `false`",
            format!("write `{lower}`"),
        );
    }
    if starts("unexpected leading zero") || starts("invalid mantissa") || starts("invalid fraction")
    {
        let help = "write digits on both sides of the point and no leading zeros, as 0.5 or 7";
        return words("a number in a form TOML does not know", "a number", help);
    }
    if starts("invalid date") || starts("invalid time") {
        return words(
            "a date that does not exist",
            "YYYY-MM-DD",
            "write it as 2001-02-03",
        );
    }
    if starts("extra `=`") {
        return words("one `=` too many", "one `=`", "write `key = value`");
    }
    if starts("cannot extend value") {
        let help = "use another name, or write the first as a table";
        return words(
            "a key that is both a value and a table",
            "one of the two",
            help,
        );
    }
    key_words(message, rest).unwrap_or_else(|| {
        let help = "write one `key = value` per line";
        words(&format!("not TOML: {message}"), "TOML 1.1", help)
    })
}

fn key_words(message: &str, rest: &str) -> Option<Words> {
    let starts = |prefix: &str| message.starts_with(prefix);
    if rest.starts_with(':') {
        let help = "write `=` between key and value";
        return Some(words("a colon after the key", "`key = value`", help));
    }
    if starts("key with no value") {
        let help = "write `key = value`; a key of several words needs quotes or `_`";
        return Some(words("a key without a value", "`=` after the key", help));
    }
    if starts("invalid unquoted key") {
        let help = "write the key with letters a-z, digits and `_`, or quote it";
        return Some(words(
            "a key with other characters",
            "letters, digits, `_`, `-`",
            help,
        ));
    }
    if starts("unquoted keys cannot be empty") {
        return Some(words(
            "a value without a key",
            "a key",
            "write `key = value`",
        ));
    }
    if starts("unexpected key or value") || starts("unexpected content") {
        let help = "put each `key = value` on its own line; comments begin with `#`";
        return Some(words("text after the value", "the end of the line", help));
    }
    if starts("missing comma") || starts("extra comma") {
        let help = "separate entries with one comma: [1, 2]";
        return Some(words(
            "a comma missing or too many",
            "one comma between entries",
            help,
        ));
    }
    starts("missing value").then(|| words("a key without a value", "a value", "write a value"))
}

/// Points at the first of two equal keys.
fn with_first(diagnostic: Diagnostic, second: &Span) -> Diagnostic {
    match slips::first_of(second) {
        Some(first) => {
            let label = format!("first written on line {}", first.line());
            diagnostic.related(&first, label)
        }
        None => diagnostic,
    }
}

/// The key a fault stands at, as far as the broken text tells: header and key.
fn key_near(span: &Span) -> String {
    let source = span.source();
    let line = source.line(span.line());
    let own = line.split('=').next().unwrap_or("").trim();
    let header = header_above(source, span.line());
    let own = if line.contains('=') && !own.starts_with('[') {
        own
    } else {
        ""
    };
    let parts = [header.as_str(), own];
    let full: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    full.join(".")
}

/// Lines searched upward for a table header.
const HEADER_LINES: usize = 2000;

/// The table header at or above `line`.
fn header_above(source: &Source, line: usize) -> String {
    let lowest = line.saturating_sub(HEADER_LINES).max(1);
    let is_name = |text: &str| {
        let letter = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '"');
        !text.is_empty() && text.chars().all(letter)
    };
    (lowest..=line)
        .rev()
        .filter_map(|line| source.line(line).trim().strip_prefix('['))
        .filter_map(|text| text.trim_start_matches('[').split(']').next())
        .find(|text| is_name(text))
        .unwrap_or("")
        .to_owned()
}
