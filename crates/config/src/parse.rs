//! Text to spanned tree, with every syntax error put into plain words.

use std::collections::BTreeSet;

use toml::de::{DeTable, DeValue, Error};

use crate::tree::{Form, Node, Planter};
use crate::{Diagnostics, Source, Span, scan, syntax};

/// Texts up to this size are searched for every syntax error, larger ones for
/// the first: a megabyte of brackets would give a million [bytes].
const RECOVER_BYTES: usize = 128 << 10;

/// A parsed text.
pub(crate) struct Parsed {
    pub(crate) root: Node,
    /// Whether parts may be missing from the tree.
    pub(crate) is_broken: bool,
}

/// Parses `source`; what cannot be read is reported to `problems` and left out.
pub(crate) fn document(source: &Source, problems: &mut Diagnostics) -> Parsed {
    let refused = source.oversize().or_else(|| scan::refuse_depth(source));
    if let Some(refused) = refused {
        problems.push(refused);
        return Parsed {
            root: Node::table(source.span(0, 0)),
            is_broken: true,
        };
    }
    let (table, errors) = tables(source.text());
    let faults = report(source, &errors, 0, problems);
    let mut planter = Planter {
        source,
        broken: &faults.broken,
        problems,
        offset: 0,
    };
    let branch = planter.branch(table.get_ref(), 1);
    Parsed {
        root: Node {
            span: source.span(0, 0),
            form: Form::Table(branch),
        },
        is_broken: faults.is_any,
    }
}

fn tables(text: &str) -> (toml::Spanned<DeTable<'_>>, Vec<Error>) {
    if text.len() <= RECOVER_BYTES {
        return DeTable::parse_recoverable(text);
    }
    match DeTable::parse(text) {
        Ok(table) => (table, Vec::new()),
        Err(error) => (toml::Spanned::new(0..0, DeTable::new()), vec![error]),
    }
}

/// Parses the single value in `span`.
pub(crate) fn value(span: &Span, problems: &mut Diagnostics) -> Node {
    let source = span.source();
    let refused = source.oversize().or_else(|| scan::refuse_depth(source));
    if let Some(refused) = refused {
        problems.push(refused);
        return Node {
            span: span.clone(),
            form: Form::Broken,
        };
    }
    let (value, errors) = DeValue::parse_recoverable(span.text());
    let faults = report(source, &errors, span.start(), problems);
    let mut planter = Planter {
        source,
        broken: &faults.broken,
        problems,
        offset: span.start(),
    };
    planter.node(&value, 1)
}

/// Syntax errors after they were reported.
struct Faults {
    is_any: bool,
    /// Lines whose values cannot be trusted.
    broken: BTreeSet<usize>,
}

/// Reports the gravest error of each line.
fn report(source: &Source, errors: &[Error], offset: usize, problems: &mut Diagnostics) -> Faults {
    let mut faults: Vec<syntax::Fault<'_>> = errors
        .iter()
        .map(|error| {
            let range = error.span().unwrap_or(0..0);
            syntax::Fault {
                span: source.span(range.start + offset, range.end + offset),
                message: error.message(),
            }
        })
        .collect();
    faults.sort_by_key(|fault| (fault.span.line(), fault.rank(), fault.span.start()));
    let mut seen = BTreeSet::new();
    let mut broken = BTreeSet::new();
    for fault in &faults {
        if !seen.insert(fault.span.line()) {
            continue;
        }
        if problems.is_full() {
            problems.count();
            broken.insert(fault.span.line());
            continue;
        }
        let diagnostic = syntax::explain(fault);
        if !fault.is_repeated_header() {
            broken.insert(fault.span.line());
            broken.insert(diagnostic.span.line());
        }
        problems.push(diagnostic);
    }
    Faults {
        is_any: !faults.is_empty(),
        broken,
    }
}
