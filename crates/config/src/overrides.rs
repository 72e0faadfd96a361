//! `--set key=value`: changes made to a document before it is checked.

use crate::render::shown;
use crate::tree::{Branch, Entry, Form, Node};
use crate::{Diagnostic, Diagnostics, Finding, Source, Span, parse};

/// A change applied to a document, for provenance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Override {
    /// As given, `policy[0].rate=0.3`.
    pub assignment: String,
    /// What stood there before, in TOML; none when the key was absent.
    pub before: Option<String>,
}

/// One step from a table or list to what it holds.
#[derive(Debug, Clone, PartialEq)]
enum Step {
    Key(String),
    Index(usize),
}

/// A step and where it is written.
type Placed = (Step, Span);

/// Applies `assignment` to `root`.
pub(crate) fn apply(root: &mut Node, assignment: &str) -> Result<Override, Diagnostics> {
    let source = Source::new(format!("--set {}", shown(assignment, 80)), assignment);
    let (path, equals) = path(&source)?;
    let value = value(&source.span(equals + 1, assignment.len()))?;
    let before = place(root, &path, value)?;
    Ok(Override {
        assignment: assignment.to_owned(),
        before,
    })
}

fn fault(span: &Span, summary: &str, expected: &str, help: String) -> Diagnostics {
    let text = if span.text().is_empty() {
        span.source().text()
    } else {
        span.text()
    };
    let finding = Finding {
        summary: summary.into(),
        found: format!("`{}`", shown(text, 60)),
        expected: expected.into(),
        help,
    };
    let key = span.source().text().split('=').next().unwrap_or("");
    Diagnostic::error(span, key.trim(), finding).into()
}

/// The steps before the first `=` outside quotes, and its offset.
fn path(source: &Source) -> Result<(Vec<Placed>, usize), Diagnostics> {
    let text = source.text();
    let mut steps = Vec::new();
    let mut at = 0;
    loop {
        let rest = &text[at..];
        let length = step_length(rest);
        let span = source.span(at, at + length);
        let step = step(&text[at..at + length]).ok_or_else(|| {
            let help = "write it as policy[0].rate=0.3".to_owned();
            fault(&span, "a key that cannot be read", "key=value", help)
        })?;
        steps.push((step, span));
        at += length;
        let blanks = text[at..].len() - text[at..].trim_start().len();
        match text[at + blanks..].chars().next() {
            Some('=') => return Ok((steps, at + blanks)),
            Some('.') => at += blanks + 1,
            Some('[') => at += blanks,
            _ => {
                let span = source.span(at, text.len());
                let key = shown(text.trim(), 60);
                let help =
                    format!("write --set {key}=VALUE, as in --set population.firms_per_cell=5");
                let expected = "--set key=value";
                return Err(fault(&span, "no `=` after the key", expected, help));
            }
        }
    }
}

/// Bytes of the step at the start of `text`: `[3]`, `"quoted"` or a bare key.
fn step_length(text: &str) -> usize {
    let closing = match text.chars().next() {
        Some('[') => ']',
        Some(quote @ ('"' | '\'')) => quote,
        _ => return text.find(['.', '[', '=']).unwrap_or(text.len()),
    };
    text[1..].find(closing).map_or(text.len(), |at| at + 2)
}

fn step(text: &str) -> Option<Step> {
    if let Some(inside) = text.strip_prefix('[') {
        let index = inside.strip_suffix(']')?.trim().parse().ok()?;
        return Some(Step::Index(index));
    }
    let quoted = |quote: char| text.strip_prefix(quote)?.strip_suffix(quote);
    if let Some(inside) = quoted('"').or_else(|| quoted('\'')) {
        return Some(Step::Key(inside.to_owned()));
    }
    let key = text.trim();
    let bare = |letter: char| letter.is_alphanumeric() || matches!(letter, '_' | '-');
    (!key.is_empty() && key.chars().all(bare)).then(|| Step::Key(key.to_owned()))
}

/// A TOML value, or a bare word as text.
fn value(span: &Span) -> Result<Node, Diagnostics> {
    let word = span.text().trim();
    let lead = span.text().len() - span.text().trim_start().len();
    let start = span.start() + lead;
    let span = span.source().span(start, start + word.len());
    let letter = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '/' | ':');
    let special = matches!(word, "true" | "false" | "nan" | "inf");
    if word.starts_with(char::is_alphabetic) && word.chars().all(letter) && !special {
        let form = Form::Text(word.to_owned());
        return Ok(Node { span, form });
    }
    let mut problems = Diagnostics::new();
    let node = parse::value(&span, &mut problems);
    problems.into_result(node)
}

/// Puts `value` at the end of `path`, making tables on the way.
fn place(root: &mut Node, path: &[Placed], value: Node) -> Result<Option<String>, Diagnostics> {
    let mut node = root;
    for (step, span) in path {
        node = descend(node, step, span)?;
    }
    let is_new = matches!(node.form, Form::Broken);
    let before = (!is_new).then(|| node.span.text().to_owned());
    *node = value;
    Ok(before)
}

fn descend<'n>(node: &'n mut Node, step: &Step, span: &Span) -> Result<&'n mut Node, Diagnostics> {
    if matches!(node.form, Form::Broken) {
        node.form = Form::Table(Branch::new());
    }
    let form = node.form.describe();
    match (step, &mut node.form) {
        (Step::Key(key), Form::Table(branch)) => {
            let fresh = || Entry {
                key: span.clone(),
                node: Node {
                    span: span.clone(),
                    form: Form::Broken,
                },
            };
            Ok(&mut branch.entry(key.clone()).or_insert_with(fresh).node)
        }
        (Step::Index(at), Form::Array(items)) => {
            let count = items.len();
            items.get_mut(*at).ok_or_else(|| {
                let help = format!("entries count from 0; there are {count}");
                fault(
                    span,
                    "no such entry in the list",
                    "an entry that exists",
                    help,
                )
            })
        }
        (Step::Key(_), Form::Array(_)) => {
            let help = "name one entry: policy[0].rate=0.3".to_owned();
            Err(fault(
                span,
                "a key into a list",
                "an index such as [0]",
                help,
            ))
        }
        _ => {
            let summary = format!("a step into {form}");
            let help = "set the whole value, or another key".to_owned();
            Err(fault(span, &summary, "a table or a list", help))
        }
    }
}
