//! `extends`: a file, its parent, the parent's parent, merged.

use std::io;

use crate::render::shown;
use crate::spec::EXTENDS_KEY;
use crate::tree::{Branch, Form, Node};
use crate::{Diagnostic, Diagnostics, Finding, Source, Span, parse};

/// Longest chain of files, the first included.
pub const MAX_CHAIN: usize = 8;

/// Reads a file named by its path from the project root, with `/` between
/// parts and without `.` or `..`. A reader that follows links must refuse
/// those that leave the root.
pub type Reader<'a> = &'a dyn Fn(&str) -> io::Result<Vec<u8>>;

/// A file of the chain and the place that asked for it.
struct Link {
    name: String,
    /// The `extends` value in this file that names the next one.
    parent: Option<Span>,
}

/// The merged tree, its sources (child first) and whether parts may be missing.
pub(crate) struct Chained {
    pub(crate) root: Node,
    pub(crate) sources: Vec<Source>,
    pub(crate) is_broken: bool,
}

/// Reads `name` and its ancestors; problems go to `problems`.
pub(crate) fn load(name: &str, read: Reader<'_>, problems: &mut Diagnostics) -> Chained {
    let mut links: Vec<Link> = Vec::new();
    let mut roots: Vec<Node> = Vec::new();
    let mut sources = Vec::new();
    let mut is_broken = false;
    let mut next = Some(name.to_owned());
    while let Some(name) = next.take() {
        let Some(source) = open(&name, read, &links, problems) else {
            is_broken = true;
            break;
        };
        let parsed = parse::document(&source, problems);
        is_broken |= parsed.is_broken;
        let found = parent(&parsed.root);
        links.push(Link {
            name: name.clone(),
            parent: found.as_ref().map(|(_, span)| span.clone()),
        });
        roots.push(parsed.root);
        sources.push(source);
        let Some((target, span)) = found else { break };
        match resolve(&name, &target, &span).and_then(|parent| follow(parent, &links, &span)) {
            Ok(parent) => next = Some(parent),
            Err(refused) => {
                problems.push(*refused);
                is_broken = true;
            }
        }
    }
    let base = roots.pop();
    let base = base.unwrap_or_else(|| Node::table(Source::new(name, "").span(0, 0)));
    let root = roots.into_iter().rev().fold(base, merged);
    Chained {
        root,
        sources,
        is_broken,
    }
}

fn parent(root: &Node) -> Option<(String, Span)> {
    let Form::Table(branch) = &root.form else {
        return None;
    };
    let entry = branch.get(EXTENDS_KEY)?;
    match &entry.node.form {
        Form::Text(target) => Some((target.clone(), entry.node.span.clone())),
        _ => None,
    }
}

fn open(
    name: &str,
    read: Reader<'_>,
    links: &[Link],
    problems: &mut Diagnostics,
) -> Option<Source> {
    let asked = links.last().and_then(|link| link.parent.as_ref());
    let bytes = match read(name) {
        Ok(bytes) => bytes,
        Err(error) => {
            let nowhere = Source::new(name, "").span(0, 0);
            let key = asked.map_or("", |_| EXTENDS_KEY);
            let finding = Finding {
                summary: format!("cannot read `{}`", shown(name, 100)),
                found: error.to_string(),
                expected: "a readable file".into(),
                help: "write a path relative to the file that names it, with the name of the file, as \"../parent/experiment.toml\"".into(),
            };
            problems.push(Diagnostic::error(asked.unwrap_or(&nowhere), key, finding));
            return None;
        }
    };
    match Source::from_bytes(name, &bytes) {
        Ok(source) => Some(source),
        Err(errors) => {
            problems.extend(errors);
            None
        }
    }
}

fn refused(span: &Span, summary: String, expected: &str, help: &str) -> Box<Diagnostic> {
    let finding = Finding {
        summary,
        found: shown(span.text(), 60),
        expected: expected.into(),
        help: help.into(),
    };
    Box::new(Diagnostic::error(span, EXTENDS_KEY, finding))
}

/// Path from the project root of `target` as written in the file `from`.
fn resolve(from: &str, target: &str, span: &Span) -> Result<String, Box<Diagnostic>> {
    let outside = |reason: &str| {
        let summary = format!("`extends` names a file outside the project root{reason}");
        let expected = "a relative path inside the project root";
        refused(
            span,
            summary,
            expected,
            "copy the file into the project and name it there",
        )
    };
    if target.contains("://") {
        return Err(outside(": nothing is fetched from a network"));
    }
    let absolute = target.starts_with(['/', '\\', '~']) || target.contains(':');
    if absolute {
        return Err(outside(""));
    }
    if target.contains('\\') || target.chars().any(char::is_control) || target.trim().is_empty() {
        let summary = "`extends` does not hold a path".to_owned();
        let help = "write a path with `/` between its parts";
        return Err(refused(
            span,
            summary,
            "a path such as \"../base.toml\"",
            help,
        ));
    }
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop().ok_or_else(|| outside(""))?),
            part => parts.push(part),
        }
    }
    Ok(parts.join("/"))
}

/// Refuses circles and chains that are too long.
fn follow(parent: String, links: &[Link], span: &Span) -> Result<String, Box<Diagnostic>> {
    let circle = links.iter().position(|link| link.name == parent);
    if circle.is_none() && links.len() < MAX_CHAIN {
        return Ok(parent);
    }
    let (summary, expected, help) = match circle {
        Some(_) => {
            let names = links.iter().map(|link| link.name.as_str());
            let names: Vec<&str> = names.chain([parent.as_str()]).collect();
            let summary = format!("`extends` goes round in a circle: {}", names.join(" -> "));
            (
                summary,
                "a chain that ends",
                "delete one `extends` of the chain",
            )
        }
        None => {
            let summary = format!("`extends` goes deeper than {MAX_CHAIN} files");
            (summary, "at most 8 files", "merge some of the files")
        }
    };
    let mut diagnostic = *refused(span, summary, expected, help);
    for link in links {
        if let Some(place) = &link.parent {
            let label = format!("line {} extends {}", place.line(), shown(place.text(), 60));
            diagnostic = diagnostic.related(place, label);
        }
    }
    Err(Box::new(diagnostic))
}

/// `child` over `parent`: tables key by key, all else replaced.
fn merged(parent: Node, child: Node) -> Node {
    match (parent.form, child.form) {
        (Form::Table(below), Form::Table(above)) => Node {
            span: child.span,
            form: Form::Table(merged_branch(below, above)),
        },
        (_, form) => Node {
            span: child.span,
            form,
        },
    }
}

fn merged_branch(mut below: Branch, above: Branch) -> Branch {
    for (key, mut entry) in above {
        if let Some(old) = below.remove(&key) {
            entry.node = merged(old.node, entry.node);
        }
        below.insert(key, entry);
    }
    below
}
