//! Checked tables and how code reads them.

use std::collections::BTreeMap;

use serde_json::{Map as JsonMap, Value as Json};
use tradewinds_units::{AdValorem, Date, EconomyCode, SectorCode, Share};

use crate::value::{FromValue, Value};
use crate::{Diagnostic, Finding, Span, Spanned, TableSpec};

/// A table whose keys and values obey its [`TableSpec`].
#[derive(Clone)]
pub struct Table {
    pub(crate) spec: &'static TableSpec,
    pub(crate) path: String,
    pub(crate) span: Span,
    pub(crate) entries: BTreeMap<String, TableEntry>,
}

/// A key and its value.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct TableEntry {
    /// Where the key stands; none for a default.
    pub(crate) key: Option<Span>,
    pub(crate) value: Spanned<Value>,
}

impl Table {
    /// The description it obeys; its name tells variants apart.
    pub fn spec(&self) -> &'static TableSpec {
        self.spec
    }

    /// Where it begins: its header, its braces, or the start of the file.
    pub fn span(&self) -> &Span {
        &self.span
    }

    /// Path from the root, as `policy[0]`; empty for the root.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Path of one of its keys, as `policy[0].rate`.
    pub fn path_of(&self, key: &str) -> String {
        join(&self.path, key)
    }

    /// The value under `key`, written or default.
    ///
    /// # Panics
    /// When the specification has no such key, or another kind there: a mistake
    /// in the code, not in the file.
    pub fn get<'t, T: FromValue<'t>>(&'t self, key: &str) -> Option<T> {
        self.spanned(key).map(|found| found.value)
    }

    /// The value under `key` and its place; the table's place for a default.
    ///
    /// # Panics
    /// As [`Table::get`].
    pub fn spanned<'t, T: FromValue<'t>>(&'t self, key: &str) -> Option<Spanned<T>> {
        let found = &self.entry(key)?.value;
        let Some(value) = T::from_value(&found.value) else {
            panic!(
                "`{}` holds a {}, read as {}",
                self.path_of(key),
                found.value.kind_name(),
                std::any::type_name::<T>()
            );
        };
        let span = found.span.clone();
        Some(Spanned { value, span })
    }

    /// The value under a key that is required or has a default.
    ///
    /// # Panics
    /// As [`Table::get`], and when the specification lets the key be absent.
    pub fn required<'t, T: FromValue<'t>>(&'t self, key: &str) -> T {
        let Some(value) = self.get(key) else {
            panic!("`{}` is neither required nor defaulted", self.path_of(key));
        };
        value
    }

    fn entry(&self, key: &str) -> Option<&TableEntry> {
        let entry = self.entries.get(key);
        assert!(
            entry.is_some() || self.spec.field(key).is_some(),
            "no key `{key}` in the specification `{}`",
            self.spec.name
        );
        entry
    }

    /// Whether `key` was written, not defaulted.
    pub fn is_written(&self, key: &str) -> bool {
        self.entry(key).is_some_and(|entry| entry.key.is_some())
    }

    /// Keys present, written or default, in alphabetical order.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.entries.keys().map(String::as_str)
    }

    /// Place of the value under `key`; the table's when absent.
    pub fn span_of(&self, key: &str) -> &Span {
        self.entry(key)
            .map_or(&self.span, |entry| &entry.value.span)
    }

    /// The number under `key`.
    pub fn float(&self, key: &str) -> Option<Spanned<f64>> {
        self.spanned(key)
    }

    /// The ad valorem rate under `key` [share of customs value].
    pub fn rate(&self, key: &str) -> Option<Spanned<AdValorem>> {
        self.spanned(key)
    }

    /// The share under `key`.
    pub fn share(&self, key: &str) -> Option<Spanned<Share>> {
        self.spanned(key)
    }

    /// The whole number under `key`.
    pub fn integer(&self, key: &str) -> Option<Spanned<i64>> {
        self.spanned(key)
    }

    /// The text or chosen word under `key`.
    pub fn text(&self, key: &str) -> Option<Spanned<&str>> {
        self.spanned(key)
    }

    /// The date under `key`.
    pub fn date(&self, key: &str) -> Option<Spanned<Date>> {
        self.spanned(key)
    }

    /// The flag under `key`.
    pub fn flag(&self, key: &str) -> Option<Spanned<bool>> {
        self.spanned(key)
    }

    /// The economy under `key`.
    pub fn economy(&self, key: &str) -> Option<Spanned<EconomyCode>> {
        self.spanned(key)
    }

    /// The sector under `key`.
    pub fn sector(&self, key: &str) -> Option<Spanned<SectorCode>> {
        self.spanned(key)
    }

    /// The table under `key`.
    pub fn table(&self, key: &str) -> Option<&Table> {
        self.get(key)
    }

    /// The tables of the list under `key`; none when absent.
    pub fn tables(&self, key: &str) -> Vec<&Table> {
        self.get(key).unwrap_or_default()
    }

    /// The entries of the list under `key`, each with its place; none when absent.
    pub fn list<'t, T: FromValue<'t>>(&'t self, key: &str) -> Vec<Spanned<T>> {
        let Some(Value::List(list)) = self.get::<&Value>(key) else {
            return Vec::new();
        };
        list.iter()
            .filter_map(|item| Some((T::from_value(&item.value)?, item)))
            .map(|(value, item)| Spanned {
                value,
                span: item.span.clone(),
            })
            .collect()
    }

    /// Free keys under `key`, each with its place, and their values, in
    /// alphabetical order; none when absent.
    pub fn map<'t, T: FromValue<'t>>(&'t self, key: &str) -> Vec<(Spanned<&'t str>, Spanned<T>)> {
        let Some(Value::Map(map)) = self.get::<&Value>(key) else {
            return Vec::new();
        };
        map.iter()
            .filter_map(|(name, entry)| {
                let value = T::from_value(&entry.value.value)?;
                let span = entry.value.span.clone();
                let name = Spanned {
                    value: name.as_str(),
                    span: entry.key.clone(),
                };
                Some((name, Spanned { value, span }))
            })
            .collect()
    }

    /// An error at the value under `key`, or at the table when it is absent or
    /// `key` is empty.
    pub fn error(&self, key: &str, finding: Finding) -> Diagnostic {
        if key.is_empty() {
            return Diagnostic::error(&self.span, self.path.as_str(), finding);
        }
        Diagnostic::error(self.span_of(key), self.path_of(key), finding)
    }

    /// An error anywhere inside the table, such as in one entry of a list.
    pub fn error_at(&self, span: &Span, key: &str, finding: Finding) -> Diagnostic {
        Diagnostic::error(span, self.path_of(key), finding)
    }

    /// Everything in the table, defaults included, as JSON with sorted keys: a
    /// canonical form for hashing and provenance.
    pub fn to_json(&self) -> Json {
        let entries = self.entries.iter();
        let json =
            |(key, entry): (&String, &TableEntry)| (key.clone(), entry.value.value.to_json());
        Json::Object(entries.map(json).collect::<JsonMap<_, _>>())
    }
}

/// `path.key`, quoted where TOML would need quotes.
pub(crate) fn join(path: &str, key: &str) -> String {
    let bare = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-');
    let dot = if path.is_empty() || key.is_empty() {
        ""
    } else {
        "."
    };
    if key.chars().all(bare) {
        format!("{path}{dot}{key}")
    } else {
        format!("{path}.{key:?}")
    }
}

impl std::fmt::Debug for Table {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            out,
            "{} at {}: {}",
            self.spec.name,
            self.span,
            self.to_json()
        )
    }
}

impl PartialEq for Table {
    /// Same description, same content; places do not matter.
    fn eq(&self, other: &Self) -> bool {
        self.spec.is_same(other.spec) && self.to_json() == other.to_json()
    }
}
