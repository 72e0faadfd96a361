//! Keys that should not be there, keys that are not there, and tags.

use crate::render::shown;
use crate::scalar::{Place, mismatch};
use crate::suggest::{listed, suggest, suggest_key};
use crate::table::{TableEntry, join};
use crate::tree::{Branch, Entry, Form, Node};
use crate::value::Value;
use crate::{Diagnostic, FieldSpec, Finding, Kind, Spanned, TableSpec, spec, words};

/// Keys listed in a message.
const LISTED_KEYS: usize = 24;

/// The table a key was looked for in.
pub(crate) struct Context<'a> {
    pub(crate) spec: &'static TableSpec,
    pub(crate) root: &'static TableSpec,
    pub(crate) path: &'a str,
    /// One more allowed key, the tag of a variant; empty without.
    pub(crate) tag: &'a str,
}

impl Context<'_> {
    fn title(&self) -> String {
        match self.path {
            "" => "at the top level".into(),
            path => format!("in `{path}`"),
        }
    }
}

/// An unknown, renamed or removed key.
pub(crate) fn unknown(
    key: &str,
    entry: &Entry,
    branch: &Branch,
    context: &Context<'_>,
) -> Diagnostic {
    let name = shown(key, 60);
    let fields = context.spec.fields;
    let renamed = fields
        .iter()
        .find(|field| field.renamed_from.contains(&key));
    let removed = context.spec.removed.iter().find(|grave| grave.key == key);
    let (summary, help) = match (renamed, removed) {
        (Some(field), _) => {
            let value = shown(entry.node.span.text(), 40);
            let help = format!("write `{} = {value}`", field.key);
            (format!("`{name}` was renamed to `{}`", field.key), help)
        }
        (_, Some(grave)) => (format!("`{name}` was removed"), grave.advice.to_owned()),
        _ => {
            let summary = format!("unknown key `{name}` {}", context.title());
            (summary, advice(key, branch, context))
        }
    };
    let tag = (!context.tag.is_empty()).then_some(context.tag);
    let allowed = tag.into_iter().chain(fields.iter().map(|field| field.key));
    let finding = Finding {
        summary,
        found: format!("`{name}`"),
        expected: match listed(allowed, LISTED_KEYS) {
            keys if keys.is_empty() => "no keys".into(),
            keys => format!("one of the keys {keys}"),
        },
        help,
    };
    Diagnostic::error(&entry.key, join(context.path, key), finding)
}

fn advice(key: &str, branch: &Branch, context: &Context<'_>) -> String {
    let fields = context.spec.fields.iter();
    let mut homes = spec::all_tables(context.root)
        .into_iter()
        .filter(|table| !table.is_same(context.spec) && table.field(key).is_some());
    if let Some(meant) = meant(key, branch, context.spec) {
        return format!("did you mean `{meant}`?");
    }
    if let Some(home) = homes.next() {
        let place = if home.is_same(context.root) {
            "above the first table header, at the top of the file".to_owned()
        } else {
            format!("to the table `{}`", home.name)
        };
        return format!("`{key}` belongs {place}");
    }
    let taken = fields.map(|field| (field.key, field.synonyms));
    match suggest_key(key, taken) {
        Some(meant) => format!("delete it; `{meant}` is set already"),
        None => "delete it or use one of the keys above".into(),
    }
}

/// The absent key that an unknown one stands for: its successor or a likely reading.
pub(crate) fn meant(key: &str, branch: &Branch, spec: &'static TableSpec) -> Option<&'static str> {
    let fields = spec.fields.iter();
    let mut free = fields.filter(|field| !branch.contains_key(field.key));
    let renamed = free.clone().find(|field| field.renamed_from.contains(&key));
    renamed
        .map(|field| field.key)
        .or_else(|| suggest_key(key, free.by_ref().map(|field| (field.key, field.synonyms))))
}

/// A required key that is absent.
pub(crate) fn missing(field: &FieldSpec, node: &Node, context: &Context<'_>) -> Diagnostic {
    let example = match (field.example, field.default) {
        ("", "") => words::example(&field.kind),
        ("", default) => default.to_owned(),
        (example, _) => example.to_owned(),
    };
    let own = if context.path.is_empty() {
        field.key.to_owned()
    } else {
        format!("{}.{}", context.path, field.key)
    };
    let line = node.span.line();
    let help = match (&field.kind, node.span.text()) {
        (Kind::Tables(spec), _) => format!("add `[[{own}]]` with the keys of `{}`", spec.name),
        (Kind::Table(spec), _) => format!("add `[{own}]` with the keys of `{}`", spec.name),
        (_, "") => format!("add `{} = {example}` at the top of the file", field.key),
        (_, text) if text.starts_with('{') => {
            format!(
                "add `{} = {example}` between the braces on line {line}",
                field.key
            )
        }
        _ => format!("add `{} = {example}` below line {line}", field.key),
    };
    let unit = match field.unit {
        "" => String::new(),
        unit => format!(" [{unit}]"),
    };
    let finding = Finding {
        summary: format!("missing key `{}` {}", field.key, context.title()),
        found: "no such key".into(),
        expected: format!("`{}`: {}{unit}", field.key, words::expected(&field.kind)),
        help,
    };
    Diagnostic::error(&node.span, join(context.path, field.key), finding)
}

/// The specification a tagged table names and the tag itself; nothing when the
/// tag is broken text.
pub(crate) type Named = Option<(&'static TableSpec, TableEntry)>;

/// Reads the tag of a table.
pub(crate) fn variant(
    node: &Node,
    tag: &'static str,
    tables: &'static [TableSpec],
    place: &Place<'_>,
) -> Result<Named, Box<Diagnostic>> {
    let first = tables.first().map(|spec| spec.name).unwrap_or_default();
    let expected = words::expected(&Kind::Variants { tag, tables });
    let Form::Table(branch) = &node.form else {
        let help = format!("write `{{ {tag} = \"{first}\", ... }}`");
        return Err(Box::new(mismatch(node, place, expected, help)));
    };
    let fault = |span, summary: String, found: String, help: String| {
        let finding = Finding {
            summary,
            found,
            expected: expected.clone(),
            help,
        };
        Box::new(Diagnostic::error(span, join(&place.path, tag), finding))
    };
    let Some(entry) = branch.get(tag) else {
        let help = format!("add `{tag} = \"{first}\"`");
        let summary = format!("missing key `{tag}` in `{}`", place.path);
        return Err(fault(&node.span, summary, "no such key".into(), help));
    };
    let Form::Text(word) = &entry.node.form else {
        if matches!(entry.node.form, Form::Broken) {
            return Ok(None);
        }
        let help = format!("write `{tag} = \"{first}\"`");
        return Err(Box::new(mismatch(&entry.node, place, expected, help)));
    };
    let span = entry.node.span.clone();
    let Some(spec) = tables.iter().find(|spec| spec.name == word) else {
        let meant = suggest(word, tables.iter().map(|spec| spec.name));
        let help = match meant {
            Some(meant) => format!("did you mean \"{meant}\"?"),
            None => format!("write `{tag} = \"{first}\"`"),
        };
        let found = format!("`{}`", shown(word, 60));
        return Err(fault(
            &span,
            "a word that is not on the list".into(),
            found,
            help,
        ));
    };
    let value = Value::Text(word.clone());
    let word = TableEntry {
        key: Some(entry.key.clone()),
        value: Spanned { value, span },
    };
    Ok(Some((spec, word)))
}
