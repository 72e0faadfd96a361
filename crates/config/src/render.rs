//! Diagnostics as text for one screen: place, excerpt with caret, key, found,
//! expected, help. Nothing a file contains can steer the terminal.

use crate::diagnostic::MAX_SHOWN;
use crate::{Diagnostic, Diagnostics, Related};

/// Lines of one message, at most.
pub(crate) const MAX_LINES: usize = 24;
/// Characters of a line of an excerpt or of a folded sentence, at most.
const WIDTH: usize = 100;
/// Characters kept before the caret when a line is cut.
const LEAD: usize = 40;
/// Second places shown, at most; a chain of `extends` has up to eight.
const MAX_RELATED: usize = 9;

/// Cuts `text` to `limit` characters and shows what is invisible as an escape.
pub(crate) fn shown(text: &str, limit: usize) -> String {
    let mut out = String::new();
    for (count, letter) in text.chars().enumerate() {
        if count == limit {
            out.push('…');
            break;
        }
        push_visible(&mut out, letter);
    }
    out
}

fn push_visible(out: &mut String, letter: char) {
    let hidden = matches!(letter, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}');
    match letter {
        '\t' => out.push(' '),
        _ if hidden || letter.is_control() => out.extend(letter.escape_default()),
        _ => out.push(letter),
    }
}

pub(crate) fn text(item: &Diagnostic) -> String {
    let summary = shown(&item.finding.summary, 2 * WIDTH);
    let mut lines = vec![format!("{}: {summary}", item.severity.as_str())];
    lines.push(format!(" --> {}", shown(&item.span.to_string(), 2 * WIDTH)));
    lines.extend(excerpt(item));
    let key = if item.key.is_empty() {
        "(whole file)"
    } else {
        &item.key
    };
    lines.extend(folded("key:", key, 2));
    lines.extend(folded("found:", &item.finding.found, 2));
    lines.extend(folded("expected:", &item.finding.expected, 4));
    let spare = MAX_LINES.saturating_sub(lines.len() + 4);
    lines.extend(related(&item.related, spare.min(MAX_RELATED)));
    lines.extend(folded("help:", &item.finding.help, 4));
    lines.truncate(MAX_LINES);
    lines.join("\n")
}

fn related(places: &[Related], limit: usize) -> Vec<String> {
    let line = |place: &Related| {
        let at = shown(&place.span.to_string(), WIDTH);
        format!("  see:      {at}: {}", shown(&place.label, WIDTH))
    };
    if places.len() <= limit {
        return places.iter().map(line).collect();
    }
    let kept = limit.saturating_sub(1);
    let more = format!("  see:      and {} more places", places.len() - kept);
    places
        .iter()
        .take(kept)
        .map(line)
        .chain(std::iter::once(more))
        .collect()
}

fn excerpt(item: &Diagnostic) -> Vec<String> {
    let place = item.span.position();
    let line: Vec<char> = item.span.source().line(place.line).chars().collect();
    if line.is_empty() && item.span.source().text().is_empty() {
        return Vec::new();
    }
    let column = (place.column - 1).min(line.len());
    let from = if line.len() > WIDTH {
        column.saturating_sub(LEAD)
    } else {
        0
    };
    let to = line.len().min(from + WIDTH);
    let marked = item
        .span
        .text()
        .lines()
        .next()
        .unwrap_or("")
        .chars()
        .count();
    let stop = (column + marked).clamp(column, to);
    let piece = |range: &[char]| {
        let mut out = String::new();
        range
            .iter()
            .for_each(|letter| push_visible(&mut out, *letter));
        out
    };
    let before = piece(&line[from..column]);
    let inside = piece(&line[column..stop]);
    let lead = if from > 0 { "…" } else { "" };
    let tail = if to < line.len() { "…" } else { "" };
    let gutter = place.line.to_string();
    let blank = " ".repeat(gutter.len());
    let pad = " ".repeat(lead.chars().count() + before.chars().count());
    let caret = "^".repeat(inside.chars().count().max(1));
    let after = piece(&line[stop..to]);
    vec![
        format!("{blank}  |"),
        format!("{gutter}  | {lead}{before}{inside}{after}{tail}"),
        format!("{blank}  | {pad}{caret}"),
    ]
}

/// `label text`, folded at [`WIDTH`], at most `limit` lines.
fn folded(label: &str, text: &str, limit: usize) -> Vec<String> {
    let text = shown(text, 4 * WIDTH);
    let mut rows: Vec<String> = Vec::new();
    let mut row = String::new();
    for word in text.split(' ') {
        let long = row.chars().count() + word.chars().count() >= WIDTH - 12;
        if long && !row.is_empty() {
            rows.push(std::mem::take(&mut row));
        }
        if !row.is_empty() {
            row.push(' ');
        }
        row.push_str(word);
    }
    rows.push(row);
    if rows.len() > limit {
        rows.truncate(limit);
        if let Some(last) = rows.last_mut() {
            last.push_str(" …");
        }
    }
    let indent = |(index, row): (usize, String)| {
        let label = if index == 0 { label } else { "" };
        format!("  {label:<9} {row}")
    };
    rows.into_iter().enumerate().map(indent).collect()
}

pub(crate) fn all(list: &Diagnostics) -> String {
    let shown: Vec<String> = list.iter().take(MAX_SHOWN).map(text).collect();
    let mut out = shown.join("\n\n");
    if let Some(more) = list.len().checked_sub(MAX_SHOWN).filter(|more| *more > 0) {
        out.push_str(&format!("\n\nand {more} more"));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Finding, Source};

    fn finding(expected: &str) -> Finding {
        Finding {
            summary: "wrong".into(),
            found: "this".into(),
            expected: expected.into(),
            help: "write that".into(),
        }
    }

    #[test]
    fn a_message_shows_the_place_under_a_caret() {
        let source = Source::new("a.toml", "x = 1\nrate = 25\n");
        let item = Diagnostic::error(&source.span(13, 15), "rate", finding("less"));
        let wanted = "error: wrong\n --> a.toml:2:8\n   |\n2  | rate = 25\n   |        ^^\n  key:      rate\n  found:    this\n  expected: less\n  help:     write that";
        assert_eq!(item.render(), wanted);
    }

    #[test]
    fn a_message_fits_one_screen_whatever_it_says() {
        let source = Source::new("a.toml".repeat(99), "x".repeat(100_000));
        let mut item = Diagnostic::error(
            &source.span(50_000, 90_000),
            "k".repeat(9999),
            finding(&"word ".repeat(999)),
        );
        for _ in 0..50 {
            item = item.related(&source.span(1, 2), "other\n\n\n");
        }
        let text = item.render();
        assert!(text.lines().count() <= MAX_LINES, "{text}");
        assert!(text.contains("write that"), "{text}");
        assert!(text.lines().all(|line| line.chars().count() < 450));
    }

    #[test]
    fn a_terminal_is_never_steered_by_a_file() {
        let source = Source::new("a.toml", "x = \u{1b}[31m\u{202e}");
        let item = Diagnostic::error(&source.span(4, 5), "x", finding("\u{7}"));
        let text = item.render();
        assert!(!text.contains(['\u{1b}', '\u{202e}', '\u{7}']), "{text}");
    }

    #[test]
    fn twenty_messages_then_a_count() {
        let source = Source::new("a.toml", "x".repeat(99));
        let mut list = Diagnostics::new();
        for at in 0..25 {
            list.push(Diagnostic::error(
                &source.span(at, at + 1),
                "x",
                finding("y"),
            ));
        }
        let text = list.to_string();
        assert_eq!(text.matches("error:").count(), 20);
        assert!(text.ends_with("and 5 more"), "{text}");
    }
}
