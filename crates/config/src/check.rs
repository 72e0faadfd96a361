//! The visitor: a spanned tree against its description, all errors in one pass.

use std::collections::BTreeMap;

use crate::scalar::{Place, scalar};
use crate::shapes::anything;
use crate::table::{TableEntry, join};
use crate::tree::{Branch, Entry, Form, Node};
use crate::value::Value;
use crate::{
    Diagnostics, FieldSpec, Kind, Source, Span, Spanned, Table, TableSpec, defaults, keys, spec,
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
    pub(crate) fn tagged(
        &mut self,
        node: &Node,
        spec: &'static TableSpec,
        path: &str,
        tag: &str,
    ) -> Table {
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
                let value = self.field(entry, field, &context, branch);
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
            let default = defaults::absent(field, &node.span);
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
        context: &keys::Context<'_>,
        siblings: &Branch,
    ) -> Option<TableEntry> {
        let allowed = siblings.get(spec::ALLOW_EXTREME_KEY);
        let says = allowed.is_some_and(|entry| matches!(entry.node.form, Form::Flag(true)));
        let may_say = context.spec.field(spec::ALLOW_EXTREME_KEY);
        let place = Place {
            path: join(context.path, field.key),
            field,
            allows_extreme: may_say.map(|_| says),
        };
        let value = self.value(&entry.node, &field.kind, &place)?;
        Some(TableEntry {
            key: Some(entry.key.clone()),
            value,
        })
    }

    pub(crate) fn value(
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
}
