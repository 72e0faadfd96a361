//! A document on its way from text to a checked table.

use crate::chain::{self, Reader};
use crate::check::Visitor;
use crate::tree::{Form, Node};
use crate::{Diagnostics, Override, Source, Spanned, Table, TableSpec, overrides, parse};

/// A parsed text, with its ancestors merged and overrides applied, not yet checked.
#[derive(Debug, Clone)]
pub struct Document {
    root: Node,
    is_broken: bool,
    problems: Diagnostics,
    sources: Vec<Source>,
    overrides: Vec<Override>,
}

impl Document {
    /// Parses one text. Syntax errors are kept for [`Document::check`].
    pub fn parse(source: &Source) -> Self {
        let mut problems = Diagnostics::new();
        let parsed = parse::document(source, &mut problems);
        Self {
            root: parsed.root,
            is_broken: parsed.is_broken,
            problems,
            sources: vec![source.clone()],
            overrides: Vec::new(),
        }
    }

    /// Parses the file `name` and the files it `extends`, one parent each, at
    /// most [`chain::MAX_CHAIN`] files.
    ///
    /// Names are paths from the project root; `extends` is relative to the file
    /// that says it and must stay inside the root. Tables merge key by key, a
    /// child's key wins, and lists (`[[x]]` too) are replaced as a whole. When a
    /// child changes the tag of a [`crate::Kind::Variants`], inherited keys that
    /// the new variant lacks are dropped. Errors are kept for [`Document::check`].
    pub fn load(name: &str, read: Reader<'_>) -> Self {
        let mut problems = Diagnostics::new();
        let chained = chain::load(name, read, &mut problems);
        Self {
            root: chained.root,
            is_broken: chained.is_broken,
            problems,
            sources: chained.sources,
            overrides: Vec::new(),
        }
    }

    /// Applies `key=value`, as in `policy[0].rate=0.3`; a bare word is text, as
    /// in `combine=max`. Tables on the way are made, list entries must exist. An
    /// error, named `--set key=value`, is kept for [`Document::check`].
    pub fn set(&mut self, assignment: &str) {
        let mut root = self.root.clone();
        match overrides::apply(&mut root, assignment) {
            Ok(applied) => {
                self.root = root;
                self.overrides.push(applied);
            }
            Err(errors) => self.problems.extend(errors),
        }
    }

    /// Text at the top level, to choose a specification by.
    pub fn text_at(&self, key: &str) -> Option<Spanned<&str>> {
        let Form::Table(branch) = &self.root.form else {
            return None;
        };
        let node = &branch.get(key)?.node;
        match &node.form {
            Form::Text(text) => Some(Spanned {
                value: text,
                span: node.span.clone(),
            }),
            _ => None,
        }
    }

    /// Keys at the top level, in alphabetical order.
    pub fn keys(&self) -> Vec<&str> {
        match &self.root.form {
            Form::Table(branch) => branch.keys().map(String::as_str).collect(),
            _ => Vec::new(),
        }
    }

    /// The texts it was made of, the file itself first, then its ancestors.
    pub fn sources(&self) -> &[Source] {
        &self.sources
    }

    /// Changes applied by [`Document::set`], in order.
    pub fn overrides(&self) -> &[Override] {
        &self.overrides
    }

    /// Checks the document against `spec`.
    ///
    /// # Errors
    /// Every problem of syntax, keys and values, in the order of the text.
    pub fn check(&self, spec: &'static TableSpec) -> Result<Table, Diagnostics> {
        let (table, problems) = self.examine(spec);
        problems.into_result(table)
    }

    /// As [`Document::check`], but hands out what is right even when other parts
    /// are wrong, so that a caller can add its own findings to the same list.
    /// Required keys may be absent from the table while there are errors.
    pub fn examine(&self, spec: &'static TableSpec) -> (Table, Diagnostics) {
        let mut problems = self.problems.clone();
        let mut visitor = Visitor {
            problems: &mut problems,
            root: spec,
            is_broken: self.is_broken,
            sources: &self.sources,
        };
        let table = visitor.table(&self.root, spec, "");
        problems.sort();
        (table, problems)
    }
}

/// Parses and checks one text.
///
/// # Errors
/// As [`Document::check`].
pub fn check(source: &Source, spec: &'static TableSpec) -> Result<Table, Diagnostics> {
    Document::parse(source).check(spec)
}
