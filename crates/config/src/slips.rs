//! Habits of other formats and locales, recognised in broken text: a decimal
//! comma, a percent sign, curly quotes, text without quotes, a key written twice.

use crate::render::shown;
use crate::syntax::{Fault, Words, rest_of_line, start_of_line, words};
use crate::{Span, scan};

/// `0,25`: the span of the comma and the number with a point.
pub(crate) fn decimal_comma(fault: &Fault<'_>) -> Option<(Span, Words)> {
    let source = fault.span.source();
    let line_start = fault.span.start() - start_of_line(&fault.span).len();
    let line = source.line(fault.span.line());
    let close = (fault.span.start() - line_start).min(line.len());
    let comma = commas(line).find(|at| at.abs_diff(close) <= 20 && in_number(line, *at))?;
    let (whole, decimals) = (digits_before(line, comma), digits_after(line, comma));
    let at = line_start + comma;
    let point = format!("{whole}.{decimals}");
    let span = source.span(at, at + 1);
    let thousands = decimals.len() == 3 && !whole.trim_start_matches(['-', '+', '0']).is_empty();
    let help = if thousands {
        format!("write {whole}{decimals} without a separator, or {point} for a decimal")
    } else {
        format!("use a point: {point}")
    };
    let summary = format!("a comma inside the number {whole},{decimals}");
    Some((span, words(&summary, "a decimal point", help)))
}

/// Commas outside lists, of a line.
fn commas(line: &str) -> impl Iterator<Item = usize> {
    let mut square = 0_i32;
    let mut inline = false;
    scan::punctuation(line).filter_map(move |(at, byte)| {
        square += i32::from(byte == b'[') - i32::from(byte == b']');
        inline |= byte == b'{';
        (byte == b',' && (square <= 0 || inline)).then_some(at)
    })
}

/// Whether digits touch both sides of byte `at` and a `=` leads up to them.
fn in_number(line: &str, at: usize) -> bool {
    let before = digits_before(line, at);
    let lead = line[..at - before.len()].trim_end();
    let after = digits_after(line, at);
    let next = line[at + 1 + after.len()..].trim_start();
    let ends = next.is_empty() || next.starts_with([',', '}', '#', '%']);
    !before.is_empty() && !after.is_empty() && ends && (lead.ends_with('=') || lead.is_empty())
}

fn digits_before(line: &str, at: usize) -> &str {
    let head = &line[..at];
    let number = |letter: char| letter.is_ascii_digit() || matches!(letter, '.' | '-' | '+' | '_');
    let start = head.trim_end_matches(number).len();
    &head[start..]
}

fn digits_after(line: &str, at: usize) -> &str {
    let tail = &line[at + 1..];
    let rest = tail.trim_start_matches(|letter: char| letter.is_ascii_digit());
    &tail[..tail.len() - rest.len()]
}

/// A value that is neither quoted nor a number, flag or date.
pub(crate) fn unquoted(fault: &Fault<'_>) -> Option<Words> {
    let text = fault.span.text().trim();
    let is_flag = matches!(text.to_lowercase().as_str(), "true" | "false");
    let starts = |prefix: &str| fault.message.starts_with(prefix);
    let is_word = text.starts_with(char::is_alphabetic)
        && !is_flag
        && (starts("invalid boolean") || starts("invalid float"));
    if !is_word && !starts("string values must be quoted") {
        return None;
    }
    let after = rest_of_line(&fault.span)
        .get(fault.span.text().len()..)
        .unwrap_or("");
    Some(unquoted_words(text, after.trim_start()))
}

fn unquoted_words(text: &str, after: &str) -> Words {
    let bare = text.trim_matches(['“', '”', '„', '‘', '’', '«', '»']);
    if text.is_empty() {
        return words(
            "a key without a value",
            "a value",
            "write a value after `=`",
        );
    }
    if let Some(fraction) = percentage(text) {
        let help = format!("write the fraction: {fraction}");
        return words("a percent sign", "a fraction such as 0.25 for 25 %", help);
    }
    if bare.len() < text.len() {
        let help = format!("use straight quotes: \"{}\"", shown(bare, 60));
        return words("curly quotes", "text in straight quotes", help);
    }
    if after.starts_with('=') {
        let help = "put each `key = value` on its own line";
        return words("two settings on one line", "the end of the line", help);
    }
    if let Some((value, _)) = text.split_once("//") {
        let help = format!("write `{} # ...`", shown(value.trim(), 60));
        return words(
            "a comment that begins with `//`",
            "`#` before a comment",
            help,
        );
    }
    if let Some(value) = text.strip_suffix(';') {
        let help = format!("write `{}`", shown(value.trim(), 60));
        return words("a semicolon", "the end of the line", help);
    }
    if text.contains('/') && text.starts_with(|letter: char| letter.is_ascii_digit()) {
        let help = "write year, month, day: 2001-02-03";
        return words("a date in another form", "YYYY-MM-DD", help);
    }
    if let Some(number) = united(text) {
        let help = format!("write {number}; the key fixes the unit");
        return words("a number with a unit", "a bare number", help);
    }
    if matches!(text, "none" | "null" | "nil" | "None") {
        let help = "delete the line; TOML has no null";
        return words("a value that says nothing", "a value", help);
    }
    let help = format!("put it in quotes: \"{}\"", shown(text, 60));
    words(
        "text without quotes",
        "text in quotes, a number, a date or a flag",
        help,
    )
}

/// `12.5 %` as the fraction `0.125`.
pub(crate) fn percentage(text: &str) -> Option<String> {
    let number = text.trim().strip_suffix('%')?.trim().replace(',', ".");
    let value: f64 = number.parse().ok()?;
    Some(plain(value / 100.0))
}

/// A number as a file takes it: with at most eight decimals, or with an exponent where that
/// would be long or lose the number.
pub(crate) fn plain(value: f64) -> String {
    let size = value.abs();
    if size >= 1e15 || (size > 0.0 && size < 1e-6) {
        return format!("{value:e}");
    }
    let text = format!("{value:.8}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    text.to_owned()
}

fn united(text: &str) -> Option<&str> {
    let unit = |letter: char| letter.is_alphabetic() || "$€£¥ /".contains(letter);
    let number = text.trim_matches(unit);
    let is_number = number.replace('_', "").parse::<f64>().is_ok();
    (is_number && number.starts_with(|letter: char| letter.is_ascii_digit() || letter == '-'))
        .then_some(number)
}

/// Lines searched upward for the first of two equal keys.
const SEARCHED_LINES: usize = 2000;

/// The earlier key equal to the one at `second`: the nearest above it within
/// the same section, or the nearest header when `second` stands in one.
pub(crate) fn first_of(second: &Span) -> Option<Span> {
    let source = second.source();
    let name = second.text();
    let is_header = |line: usize| source.line(line).trim_start().starts_with('[');
    let in_header = is_header(second.line());
    let mut left = false;
    for line in (1..second.line()).rev().take(SEARCHED_LINES) {
        let text = source.line(line);
        let at = text.find(name).unwrap_or(0);
        let lead = text[..at].trim_start_matches([' ', '\t', '[']);
        let rest = text[at..].strip_prefix(name).unwrap_or("").trim_start();
        let ends: &[char] = if in_header { &[']', '.'] } else { &['=', '.'] };
        if is_header(line) == in_header && !left && lead.is_empty() && rest.starts_with(ends) {
            let start = source.line_start(line) + at;
            return Some(source.span(start, start + name.len()));
        }
        left |= is_header(line) && !in_header;
    }
    None
}
