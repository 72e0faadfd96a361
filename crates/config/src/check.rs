//! The visitor: a spanned tree against its description, all errors in one pass.

use std::collections::BTreeMap;

use crate::scalar::{Place, mismatch, plain_value, scalar};
use crate::table::{TableEntry, join};
use crate::tree::{Branch, Entry, Form, Node};
use crate::value::{MapEntry, Value};
use crate::{
    Diagnostics, FieldSpec, Kind, Source, Span, Spanned, Table, TableSpec, keys, parse, spec, words,
};

/// Visits a tree; what does not obey is reported and left out.
pub(crate) struct Visitor<'a> {
    pub(crate) problems: &'a mut Diagnostics,
    /// The outermost description, to say where a misplaced key belongs.
    pub(crate) root: &'static TableSpec,
    /// Whether syntax errors may have removed keys.
    pub(crate) is_broken: bool,
    /// The files of a chain, child first.
    pub(crate) sources: &'a [Source],
}

impl Visitor<'_> {
    /// Checks the entries of one table.
    pub(crate) fn table(&mut self, node: &Node, spec: &'static TableSpec, path: &str) -> Table {
        self.tagged(node, spec, path, "")
    }

    /// As [`Visitor::table`], with one more key allowed: the tag of a variant.
    fn tagged(&mut self, node: &Node, spec: &'static TableSpec, path: &str, tag: &str) -> Table {
        let empty = Branch::new();
        let branch = match &node.form {
            Form::Table(branch) => branch,
            _ => &empty,
        };
        let context = keys::Context {
            spec,
            root: self.root,
            path,
            tag,
        };
        let mut written: Vec<(&String, &Entry)> = branch.iter().collect();
        written.sort_by_key(|(_, entry)| entry.key.start());
        let mut entries = BTreeMap::new();
        let mut meant = Vec::new();
        for (key, entry) in written {
            if let Some(field) = spec.field(key) {
                let value = self.field(entry, field, path, branch);
                entries.extend(value.map(|value| (key.clone(), value)));
            } else if key == tag || self.skips(entry) || self.is_inherited(entry, branch, tag) {
                continue;
            } else if self.problems.is_full() {
                self.problems.count();
            } else {
                let unknown = keys::unknown(key, entry, branch, &context);
                self.problems.push(unknown);
                meant.extend(keys::meant(key, branch, spec));
            }
        }
        for field in spec
            .fields
            .iter()
            .filter(|field| !branch.contains_key(field.key))
        {
            if field.required && !self.is_broken && !meant.contains(&field.key) {
                self.problems.push(keys::missing(field, node, &context));
            }
            let default = default(field, &node.span);
            entries.extend(default.map(|value| (field.key.to_owned(), value)));
        }
        Table {
            spec,
            path: path.to_owned(),
            span: node.span.clone(),
            entries,
        }
    }

    /// Whether a key comes from a file further up the chain than the tag.
    fn is_inherited(&self, entry: &Entry, branch: &Branch, tag: &str) -> bool {
        let age = |span: &Span| {
            let name = span.source().name();
            let at = self.sources.iter().position(|source| source.name() == name);
            at.map_or(0, |at| at + 1)
        };
        branch
            .get(tag)
            .is_some_and(|word| age(&entry.key) > age(&word.node.span))
    }

    fn skips(&self, entry: &Entry) -> bool {
        self.is_broken && matches!(entry.node.form, Form::Broken)
    }

    fn field(
        &mut self,
        entry: &Entry,
        field: &'static FieldSpec,
        path: &str,
        siblings: &Branch,
    ) -> Option<TableEntry> {
        let allowed = siblings.get(spec::ALLOW_EXTREME_KEY);
        let place = Place {
            path: join(path, field.key),
            field,
            allows_extreme: allowed
                .is_some_and(|entry| matches!(entry.node.form, Form::Flag(true))),
        };
        let value = self.value(&entry.node, &field.kind, &place)?;
        Some(TableEntry {
            key: Some(entry.key.clone()),
            value,
        })
    }

    fn value(
        &mut self,
        node: &Node,
        kind: &'static Kind,
        place: &Place<'_>,
    ) -> Option<Spanned<Value>> {
        if matches!(node.form, Form::Broken) {
            return None;
        }
        let value = match *kind {
            Kind::List(inner) => self.list(node, inner, place),
            Kind::OneOrMany(inner) => self.one_or_many(node, kind, inner, place),
            Kind::Table(spec) => self.one_table(node, kind, spec, place).map(Value::Table),
            Kind::Tables(spec) => self.tables(node, kind, spec, place),
            Kind::Map(_) | Kind::ByEconomy(_) | Kind::BySector(_) | Kind::MapOfTables(_) => {
                self.map(node, kind, place)
            }
            Kind::Variants { tag, tables } => self.variant(node, tag, tables, place),
            Kind::Either(kinds) => return self.either(node, kinds, place),
            Kind::Any => Some(anything(node)),
            _ => match scalar(node, kind, place) {
                Ok(value) => Some(value),
                Err(diagnostic) => {
                    self.problems.push(*diagnostic);
                    None
                }
            },
        };
        let span = node.span.clone();
        value.map(|value| Spanned { value, span })
    }

    fn list(&mut self, node: &Node, inner: &'static Kind, place: &Place<'_>) -> Option<Value> {
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

    fn one_or_many(
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

    fn one_table(
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

    fn tables(
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

    fn map(&mut self, node: &Node, kind: &'static Kind, place: &Place<'_>) -> Option<Value> {
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

    fn variant(
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

    fn either(
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

/// The default of an absent key, placed at the table.
fn default(field: &'static FieldSpec, span: &Span) -> Option<TableEntry> {
    let mut problems = Diagnostics::new();
    let value = default_value(field, &mut problems)?;
    let span = span.clone();
    Some(TableEntry {
        key: None,
        value: Spanned { value, span },
    })
}

/// Checks the default of `field` against its own kind.
pub(crate) fn default_value(
    field: &'static FieldSpec,
    problems: &mut Diagnostics,
) -> Option<Value> {
    if field.default.is_empty() {
        return None;
    }
    own_value(field, field.default, problems)
}

/// Checks a value that the description of `field` itself holds.
pub(crate) fn own_value(
    field: &'static FieldSpec,
    text: &'static str,
    problems: &mut Diagnostics,
) -> Option<Value> {
    let source = Source::new(format!("description of {}", field.key), text);
    let node = parse::value(&source.span(0, text.len()), problems);
    let mut visitor = Visitor {
        problems,
        root: &NOTHING,
        is_broken: false,
        sources: &[],
    };
    let place = Place {
        path: field.key.to_owned(),
        field,
        allows_extreme: true,
    };
    visitor
        .value(&node, &field.kind, &place)
        .map(|found| found.value)
}

static NOTHING: TableSpec = TableSpec::new("nothing", "", &[]);

/// A node as it is, for [`Kind::Any`]; numbers too large become text.
fn anything(node: &Node) -> Value {
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
