//! What is wrong with a text, where, and how to put it right.

use serde_json::{Value as Json, json};

use crate::{Span, render};

/// Messages printed before "and n more".
pub const MAX_SHOWN: usize = 20;

/// Diagnostics kept; later ones are only counted.
const MAX_KEPT: usize = 1000;

/// How grave a diagnostic is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The configuration is refused.
    Error,
    /// The configuration is accepted, the reader should know.
    Warning,
}

impl Severity {
    /// `error` or `warning`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
        }
    }
}

/// The four sentences of a diagnostic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What is wrong, in one line.
    pub summary: String,
    /// What stands there.
    pub found: String,
    /// What may stand there.
    pub expected: String,
    /// What to write instead.
    pub help: String,
}

/// A second place that matters, such as the first of two contradicting entries.
#[derive(Debug, Clone, PartialEq)]
pub struct Related {
    /// The place.
    pub span: Span,
    /// What stands there.
    pub label: String,
}

/// One problem: file, line and column, key, found, expected and fix.
#[derive(Debug, Clone, PartialEq)]
pub struct Diagnostic {
    /// Error or warning.
    pub severity: Severity,
    /// Where.
    pub span: Span,
    /// Path of the key, as `policy[0].rate`; empty for the whole file.
    pub key: String,
    /// What is wrong and how to put it right.
    pub finding: Finding,
    /// Other places involved.
    pub related: Vec<Related>,
}

impl Diagnostic {
    /// An error at `span` about `key`.
    pub fn error(span: &Span, key: impl Into<String>, finding: Finding) -> Self {
        Self {
            severity: Severity::Error,
            span: span.clone(),
            key: key.into(),
            finding,
            related: Vec::new(),
        }
    }

    /// A warning at `span` about `key`.
    pub fn warning(span: &Span, key: impl Into<String>, finding: Finding) -> Self {
        Self {
            severity: Severity::Warning,
            ..Self::error(span, key, finding)
        }
    }

    /// Adds a second place.
    #[must_use]
    pub fn related(mut self, span: &Span, label: impl Into<String>) -> Self {
        self.related.push(Related {
            span: span.clone(),
            label: label.into(),
        });
        self
    }

    /// The message as text with an excerpt, at most 24 lines.
    pub fn render(&self) -> String {
        render::text(self)
    }

    /// The message as JSON: `severity`, `file`, `line`, `column`, `end_line`,
    /// `end_column`, `key`, `summary`, `found`, `expected`, `help`, `related`.
    pub fn to_json(&self) -> Json {
        let end = self.span.source().position(self.span.end());
        let place = self.span.position();
        json!({
            "severity": self.severity.as_str(),
            "file": self.span.source().name(),
            "line": place.line,
            "column": place.column,
            "end_line": end.line,
            "end_column": end.column,
            "key": self.key,
            "summary": self.finding.summary,
            "found": self.finding.found,
            "expected": self.finding.expected,
            "help": self.finding.help,
            "related": self.related.iter().map(Related::to_json).collect::<Vec<_>>(),
        })
    }
}

impl Related {
    fn to_json(&self) -> Json {
        let place = self.span.position();
        json!({
            "file": self.span.source().name(),
            "line": place.line,
            "column": place.column,
            "label": self.label,
        })
    }
}

/// All problems found in one pass, in the order of the text.
///
/// Printed as text (`Display`), at most [`MAX_SHOWN`] messages and then a count.
#[derive(Debug, Clone, Default, PartialEq, thiserror::Error)]
#[error("{}", render::all(self))]
pub struct Diagnostics {
    list: Vec<Diagnostic>,
    /// Errors beyond [`MAX_KEPT`], counted only.
    unlisted: usize,
}

impl Diagnostics {
    /// None yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds one; beyond a thousand it is only counted.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        if self.is_full() {
            self.count();
        } else {
            self.list.push(diagnostic);
        }
    }

    /// Whether another would only be counted, so that its text need not be made.
    pub(crate) fn is_full(&self) -> bool {
        self.list.len() >= MAX_KEPT
    }

    /// Counts an error without its text.
    pub(crate) fn count(&mut self) {
        self.unlisted += 1;
    }

    /// Adds those of another pass or file.
    pub fn extend(&mut self, other: Self) {
        self.unlisted += other.unlisted;
        other.list.into_iter().for_each(|item| self.push(item));
    }

    /// Sorts by file (in order of first mention) and place; drops repetitions.
    pub fn sort(&mut self) {
        let mut names: Vec<String> = Vec::new();
        for item in &self.list {
            let name = item.span.source().name();
            if names.iter().all(|known| known != name) {
                names.push(name.to_owned());
            }
        }
        let rank = |name: &str| names.iter().position(|known| known == name);
        self.list
            .sort_by_key(|item| (rank(item.span.source().name()), item.span.start()));
        self.list.dedup();
    }

    /// Whether there is nothing to say.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Number of errors and warnings.
    pub fn len(&self) -> usize {
        self.list.len() + self.unlisted
    }

    /// Number of errors.
    pub fn error_count(&self) -> usize {
        let listed = self.iter().filter(|item| item.severity == Severity::Error);
        listed.count() + self.unlisted
    }

    /// Whether any refuses the configuration.
    pub fn has_errors(&self) -> bool {
        self.error_count() > 0
    }

    /// Each of the first thousand in turn.
    pub fn iter(&self) -> impl Iterator<Item = &Diagnostic> {
        self.list.iter()
    }

    /// `value` unless there are errors.
    ///
    /// # Errors
    /// These diagnostics, sorted, when at least one is an error.
    pub fn into_result<T>(mut self, value: T) -> Result<T, Self> {
        if self.has_errors() {
            self.sort();
            Err(self)
        } else {
            Ok(value)
        }
    }

    /// `{ "errors": n, "warnings": n, "diagnostics": [...] }`.
    pub fn to_json(&self) -> Json {
        json!({
            "errors": self.error_count(),
            "warnings": self.len() - self.error_count(),
            "diagnostics": self.iter().map(Diagnostic::to_json).collect::<Vec<_>>(),
        })
    }
}

impl From<Diagnostic> for Diagnostics {
    fn from(diagnostic: Diagnostic) -> Self {
        Self {
            list: vec![diagnostic],
            unlisted: 0,
        }
    }
}
