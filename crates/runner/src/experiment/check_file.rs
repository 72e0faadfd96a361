//! Checks one file of any kind, told by the keys it has.

use tradewinds_config::{Diagnostic, Diagnostics, Document, Finding, Source};

use super::{Defaults, Experiment, ExperimentError};
use crate::estimate::Estimates;
use crate::library::Library;
use crate::scenario::read_file;

/// What a file describes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileKind {
    /// An experiment with everything it names.
    Experiment,
    /// A legal instrument.
    Law,
    /// Changes to the law, to be named by scenarios.
    Scenario,
    /// Default parameters.
    Parameters,
    /// Parameters that were estimated.
    Estimates,
}

impl FileKind {
    /// The kind in words.
    pub fn name(self) -> &'static str {
        match self {
            Self::Experiment => "experiment",
            Self::Law => "file of law",
            Self::Scenario => "scenario file",
            Self::Parameters => "file of parameters",
            Self::Estimates => "file of estimates",
        }
    }

    /// The kind of a text: the one with most of the keys at its top.
    pub fn of(source: &Source) -> Option<Self> {
        let document = Document::parse(source);
        let keys = document.keys();
        let marks: [(Self, &[&str]); 5] = [
            (
                Self::Experiment,
                &[
                    "world", "scenario", "baseline", "base_law", "question", "extends",
                ],
            ),
            (
                Self::Law,
                &["id", "authority", "importer", "legal_basis", "measure"],
            ),
            (
                Self::Parameters,
                &["preset", "origin_elasticity", "rebate_share"],
            ),
            (
                Self::Estimates,
                &["section", "through", "approval_base", "market_tail"],
            ),
            (
                Self::Scenario,
                &["without", "frozen_after", "lapse", "reform", "add"],
            ),
        ];
        let score = |marks: &[&str]| marks.iter().filter(|key| keys.contains(key)).count();
        let scored = marks.iter().map(|(kind, marks)| (score(marks), *kind));
        let best = scored.rev().max_by_key(|(score, _)| *score);
        best.filter(|(score, _)| *score > 0).map(|(_, kind)| kind)
    }
}

/// Checks a file against everything it refers to. `name` is the path of a file
/// on disk, or its path in the library.
///
/// # Errors
/// Every mistake in one pass, or why the file cannot be read.
pub fn check_file(library: &Library, name: &str) -> Result<FileKind, ExperimentError> {
    let (library, path) = super::locate(library, name)?;
    let source = library.source(&path)?;
    let Some(kind) = FileKind::of(&source) else {
        return Err(no_kind(&source).into());
    };
    match kind {
        FileKind::Experiment => drop(Experiment::load(&library, name, &[])?),
        FileKind::Law => drop(library.law()?.read_instrument(&source)?),
        FileKind::Scenario => drop(read_file(&library, &library.law()?, &source)?),
        FileKind::Parameters => drop(Defaults::read(&source)?),
        FileKind::Estimates => drop(Estimates::read(&source)?),
    }
    Ok(kind)
}

fn no_kind(source: &Source) -> Diagnostics {
    let document = Document::parse(source);
    if document.keys().is_empty()
        && !source.text().trim().is_empty()
        && let Err(errors) = document.check(super::experiment_spec())
    {
        return errors;
    }
    let finding = Finding {
        summary: "a file of no known kind".into(),
        found: "none of the keys that tell what it describes".into(),
        expected: "an experiment (`world`, `scenario`), a file of law (`id`, `authority`, `measure`), a scenario file (`without`, `add`), or default parameters (`preset`)".into(),
        help: "look at the files under `configs` and `experiments`".into(),
    };
    Diagnostic::error(&source.span(0, 0), "", finding).into()
}
