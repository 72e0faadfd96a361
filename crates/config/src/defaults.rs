//! Values that the description itself holds.

use crate::check::Visitor;
use crate::scalar::Place;
use crate::table::TableEntry;
use crate::value::Value;
use crate::{Diagnostics, FieldSpec, Source, Span, Spanned, TableSpec, parse};

/// The default of an absent key, placed at the table.
pub(crate) fn absent(field: &'static FieldSpec, span: &Span) -> Option<TableEntry> {
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
        allows_extreme: Some(true),
    };
    visitor
        .value(&node, &field.kind, &place)
        .map(|found| found.value)
}

static NOTHING: TableSpec = TableSpec::new("nothing", "", &[]);
