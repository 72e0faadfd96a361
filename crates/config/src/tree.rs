//! The spanned tree: what a text says, before any rule is applied to it.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use toml::de::{DeTable, DeValue};

use crate::scan::{MAX_DEPTH, too_deep};
use crate::{Diagnostics, Source, Span};

/// A value and its place.
#[derive(Debug, Clone)]
pub(crate) struct Node {
    pub(crate) span: Span,
    pub(crate) form: Form,
}

/// The shapes TOML knows.
#[derive(Debug, Clone)]
pub(crate) enum Form {
    Text(String),
    Integer {
        digits: String,
        radix: u32,
    },
    Float(String),
    Flag(bool),
    Moment(Moment),
    Array(Vec<Node>),
    Table(Branch),
    /// Its line has a syntax error, reported already.
    Broken,
}

/// A date, a time of day, or both.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Moment {
    /// Year, month, day.
    pub(crate) day: Option<(u16, u8, u8)>,
    pub(crate) has_time: bool,
}

/// Entries by key.
pub(crate) type Branch = BTreeMap<String, Entry>;

/// A key's place and its value.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) key: Span,
    pub(crate) node: Node,
}

impl Form {
    /// The shape in words, with its article.
    pub(crate) fn describe(&self) -> &'static str {
        match self {
            Self::Text(_) => "text",
            Self::Integer { .. } => "a whole number",
            Self::Float(_) => "a number with a point or exponent",
            Self::Flag(_) => "true or false",
            Self::Moment(moment) if !moment.has_time => "a date",
            Self::Moment(_) => "a time of day",
            Self::Array(_) => "a list",
            Self::Table(_) => "a table",
            Self::Broken => "broken text",
        }
    }
}

impl Node {
    pub(crate) fn table(span: Span) -> Self {
        Self {
            span,
            form: Form::Table(Branch::new()),
        }
    }
}

/// Turns parsed values into nodes.
pub(crate) struct Planter<'a> {
    pub(crate) source: &'a Source,
    /// Lines with a syntax error.
    pub(crate) broken: &'a BTreeSet<usize>,
    pub(crate) problems: &'a mut Diagnostics,
    /// Added to every offset: where the parsed piece begins in the source.
    pub(crate) offset: usize,
}

impl Planter<'_> {
    pub(crate) fn branch(&mut self, table: &DeTable<'_>, depth: usize) -> Branch {
        let mut branch = Branch::new();
        for (key, value) in table.iter() {
            let key_span = self.span(key.span());
            if depth > MAX_DEPTH {
                let deep = too_deep(self.source, key_span.start(), "a key at level 33");
                self.problems.push(deep);
                return branch;
            }
            let node = self.node(value, depth);
            let name = key.get_ref().to_string();
            branch.insert(
                name,
                Entry {
                    key: key_span,
                    node,
                },
            );
        }
        branch
    }

    pub(crate) fn node(&mut self, value: &toml::Spanned<DeValue<'_>>, depth: usize) -> Node {
        let span = self.span(value.span());
        let form = match value.get_ref() {
            _ if self.is_broken(&span) => Form::Broken,
            DeValue::Table(table) => Form::Table(self.branch(table, depth + 1)),
            DeValue::Array(list) => {
                Form::Array(list.iter().map(|item| self.node(item, depth + 1)).collect())
            }
            scalar => leaf(scalar),
        };
        Node { span, form }
    }

    fn span(&self, range: std::ops::Range<usize>) -> Span {
        self.source
            .span(range.start + self.offset, range.end + self.offset)
    }

    /// Whether it begins on a line with a syntax error.
    fn is_broken(&self, span: &Span) -> bool {
        self.broken.contains(&span.line())
    }
}

fn leaf(value: &DeValue<'_>) -> Form {
    match value {
        DeValue::String(text) => Form::Text(text.to_string()),
        DeValue::Integer(number) => Form::Integer {
            digits: number.as_str().to_owned(),
            radix: number.radix(),
        },
        DeValue::Float(number) => Form::Float(number.as_str().to_owned()),
        DeValue::Boolean(flag) => Form::Flag(*flag),
        DeValue::Datetime(moment) => Form::Moment(Moment {
            day: moment.date.map(|date| (date.year, date.month, date.day)),
            has_time: moment.time.is_some(),
        }),
        DeValue::Array(_) | DeValue::Table(_) => Form::Broken,
    }
}
