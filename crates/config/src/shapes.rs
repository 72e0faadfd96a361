//! The visitor on lists, tables by key, variants and alternatives.

use std::collections::BTreeMap;

use crate::check::Visitor;
use crate::scalar::{Place, mismatch, plain_value, scalar};
use crate::tree::{Entry, Form, Node};
use crate::value::{MapEntry, Value};
use crate::{Diagnostics, Kind, Spanned, Table, TableSpec, keys, words};

impl Visitor<'_> {
    pub(crate) fn list(
        &mut self,
        node: &Node,
        inner: &'static Kind,
        place: &Place<'_>,
    ) -> Option<Value> {
        let Form::Array(items) = &node.form else {
            let help = format!("write it in brackets: [{}]", words::example(inner));
            let expected = format!("a list; each entry {}", words::expected(inner));
            self.problems.push(mismatch(node, place, expected, help));
            return None;
        };
        let values = items.iter().enumerate();
        let values = values.filter_map(|(at, item)| self.value(item, inner, &place.entry(at)));
        Some(Value::List(values.collect()))
    }

    pub(crate) fn one_or_many(
        &mut self,
        node: &Node,
        kind: &'static Kind,
        inner: &'static Kind,
        place: &Place<'_>,
    ) -> Option<Value> {
        match &node.form {
            Form::Array(items) if items.is_empty() => {
                let help = format!("name at least one, as {}", words::example(inner));
                let expected = words::expected(kind);
                self.problems.push(mismatch(node, place, expected, help));
                None
            }
            Form::Array(_) => self.list(node, inner, place),
            _ => Some(Value::List(vec![self.value(node, inner, place)?])),
        }
    }

    pub(crate) fn one_table(
        &mut self,
        node: &Node,
        kind: &'static Kind,
        spec: &'static TableSpec,
        place: &Place<'_>,
    ) -> Option<Table> {
        if let Form::Table(_) = node.form {
            return Some(self.table(node, spec, &place.path));
        }
        let help = match node.form {
            Form::Array(_) => format!("write `[{}]` with one pair of brackets, once", place.path),
            _ => format!("write `[{}]` and its keys below", place.path),
        };
        let expected = words::expected(kind);
        self.problems.push(mismatch(node, place, expected, help));
        None
    }

    pub(crate) fn tables(
        &mut self,
        node: &Node,
        kind: &'static Kind,
        spec: &'static TableSpec,
        place: &Place<'_>,
    ) -> Option<Value> {
        let Form::Array(items) = &node.form else {
            let help = format!("write `[[{}]]` with two pairs of brackets", place.path);
            let expected = words::expected(kind);
            self.problems.push(mismatch(node, place, expected, help));
            return None;
        };
        let mut list = Vec::new();
        for (at, item) in items.iter().enumerate() {
            let place = place.entry(at);
            let span = item.span.clone();
            let table = self.one_table(item, kind, spec, &place);
            list.extend(table.map(|table| Spanned {
                value: Value::Table(table),
                span,
            }));
        }
        Some(Value::List(list))
    }

    pub(crate) fn map(
        &mut self,
        node: &Node,
        kind: &'static Kind,
        place: &Place<'_>,
    ) -> Option<Value> {
        let Form::Table(branch) = &node.form else {
            let help = format!(
                "write `[{}]` and one `key = value` per line below",
                place.path
            );
            let expected = words::expected(kind);
            self.problems.push(mismatch(node, place, expected, help));
            return None;
        };
        let mut map = BTreeMap::new();
        for (key, entry) in branch {
            let place = place.at_key(key);
            let span = entry.node.span.clone();
            let value = match *kind {
                Kind::Map(inner) => self.value(&entry.node, inner, &place),
                Kind::ByEconomy(inner) | Kind::BySector(inner) => {
                    self.code(key, entry, kind, &place);
                    self.value(&entry.node, inner, &place)
                }
                Kind::MapOfTables(spec) => {
                    self.one_table(&entry.node, kind, spec, &place)
                        .map(|table| Spanned {
                            value: Value::Table(table),
                            span,
                        })
                }
                _ => None,
            };
            let key_span = entry.key.clone();
            map.extend(value.map(|value| {
                (
                    key.clone(),
                    MapEntry {
                        key: key_span,
                        value,
                    },
                )
            }));
        }
        Some(Value::Map(map))
    }

    /// Checks the key of a table by economy or sector.
    fn code(&mut self, key: &str, entry: &Entry, kind: &Kind, place: &Place<'_>) {
        let word = Node {
            span: entry.key.clone(),
            form: Form::Text(key.to_owned()),
        };
        let kind = match kind {
            Kind::ByEconomy(_) => Kind::Economy,
            _ => Kind::Sector,
        };
        if let Err(diagnostic) = scalar(&word, &kind, place) {
            self.problems.push(*diagnostic);
        }
    }

    pub(crate) fn variant(
        &mut self,
        node: &Node,
        tag: &'static str,
        tables: &'static [TableSpec],
        place: &Place<'_>,
    ) -> Option<Value> {
        let named = keys::variant(node, tag, tables, place);
        let (spec, word) = match named {
            Ok(found) => found?,
            Err(diagnostic) => {
                self.problems.push(*diagnostic);
                return None;
            }
        };
        let mut table = self.tagged(node, spec, &place.path, tag);
        table.entries.insert(tag.to_owned(), word);
        Some(Value::Table(table))
    }

    pub(crate) fn either(
        &mut self,
        node: &Node,
        kinds: &'static [Kind],
        place: &Place<'_>,
    ) -> Option<Spanned<Value>> {
        let mut fewest: Option<Diagnostics> = None;
        for kind in kinds.iter().filter(|kind| words::takes(kind, &node.form)) {
            let mut problems = Diagnostics::new();
            let mut attempt = Visitor {
                problems: &mut problems,
                root: self.root,
                is_broken: self.is_broken,
                sources: self.sources,
            };
            let value = attempt.value(node, kind, place);
            if problems.is_empty() {
                return value;
            }
            if fewest
                .as_ref()
                .is_none_or(|least| problems.len() < least.len())
            {
                fewest = Some(problems);
            }
        }
        let described: Vec<String> = kinds.iter().map(words::expected).collect();
        let expected = described.join("; or ");
        let help = format!(
            "write {}",
            kinds.first().map(words::example).unwrap_or_default()
        );
        let wrong_form = || mismatch(node, place, expected, help).into();
        self.problems.extend(fewest.unwrap_or_else(wrong_form));
        None
    }
}

/// A node as it is, for [`Kind::Any`]; numbers too large become text.
pub(crate) fn anything(node: &Node) -> Value {
    let inside = |node: &Node| Spanned {
        value: anything(node),
        span: node.span.clone(),
    };
    match &node.form {
        Form::Array(items) => Value::List(items.iter().map(inside).collect()),
        Form::Table(branch) => {
            let entry = |(key, entry): (&String, &Entry)| {
                let value = inside(&entry.node);
                let key_span = entry.key.clone();
                (
                    key.clone(),
                    MapEntry {
                        key: key_span,
                        value,
                    },
                )
            };
            Value::Map(branch.iter().map(entry).collect())
        }
        _ => plain_value(node),
    }
}
