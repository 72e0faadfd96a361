//! Checking a file of configuration by what it is.

use std::path::Path;

use tradewinds_config::{Diagnostic, Diagnostics, Document, Source, TableSpec};
use tradewinds_policy::{INSTRUMENT, LawBook, Practice, Reform};

use crate::backtest::{Backtest, BacktestError, backtest_spec};
use crate::estimate::{Estimates, EstimationPlan, estimates_spec, estimation_spec};
use crate::experiment::{
    Defaults, Experiment, ExperimentError, Limits, defaults_spec, experiment_spec, scenario_spec,
};
use crate::library::{EXPERIMENT_FILE, LAW, Library, LibraryError, project_of};
use crate::mechanisms::{Mechanisms, mechanisms_spec};
use crate::record::{RecordError, RecordPlan, record_spec};
use crate::scenario::{IN_EXPERIMENT, Scenario, ScenarioReader, compile};
use crate::talks::{
    Talks, TalksFiles, TalksPart, attached_spec, government_spec, issue_spec, symbols_spec,
    talks_spec,
};

/// What a file of configuration describes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum FileKind {
    /// An experiment.
    Experiment,
    /// A reusable scenario.
    Scenario,
    /// A legal instrument with its measures.
    Instrument,
    /// Default parameters.
    Parameters,
    /// Recorded values beside those of an experiment.
    Record,
    /// Mechanisms to switch on and off.
    Mechanisms,
    /// Forecasts to score against the record.
    Backtest,
    /// What is estimated from which rows.
    Estimation,
    /// Parameters that were estimated.
    Estimates,
    /// Who sets the rates that are talked about.
    Talks,
    /// Parameters of talks.
    TalksParameters,
    /// A government in talks.
    TalksGovernment,
    /// Governments attached to the rest of the world.
    TalksAttached,
    /// An issue of talks.
    TalksIssue,
}

impl FileKind {
    /// All kinds.
    pub const ALL: [Self; 14] = [
        Self::Experiment,
        Self::Scenario,
        Self::Instrument,
        Self::Parameters,
        Self::Record,
        Self::Mechanisms,
        Self::Backtest,
        Self::Estimation,
        Self::Estimates,
        Self::Talks,
        Self::TalksParameters,
        Self::TalksGovernment,
        Self::TalksAttached,
        Self::TalksIssue,
    ];

    /// Name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Experiment => "experiment",
            Self::Scenario => "scenario",
            Self::Instrument => "instrument",
            Self::Parameters => "parameters",
            Self::Record => "record",
            Self::Mechanisms => "mechanisms",
            Self::Backtest => "backtest",
            Self::Estimation => "estimation",
            Self::Estimates => "estimates",
            Self::Talks => "talks",
            Self::TalksParameters => "talks_parameters",
            Self::TalksGovernment => "talks_government",
            Self::TalksAttached => "talks_attached",
            Self::TalksIssue => "talks_issue",
        }
    }

    /// The description of its keys.
    pub fn spec(self) -> &'static TableSpec {
        match self {
            Self::Experiment => experiment_spec(),
            Self::Scenario => scenario_spec(),
            Self::Instrument => &INSTRUMENT,
            Self::Parameters => defaults_spec(),
            Self::Record => record_spec(),
            Self::Mechanisms => mechanisms_spec(),
            Self::Backtest => backtest_spec(),
            Self::Estimation => estimation_spec(),
            Self::Estimates => estimates_spec(),
            Self::Talks => talks_spec(),
            Self::TalksParameters => symbols_spec(),
            Self::TalksGovernment => government_spec(),
            Self::TalksAttached => attached_spec(),
            Self::TalksIssue => issue_spec(),
        }
    }

    /// The kind whose keys a document has most of, those people write instead
    /// included; an experiment where none fits better.
    pub fn of(document: &Document) -> Self {
        let keys = document.keys();
        let score = |kind: &Self| -> usize {
            let fields = kind.spec().fields;
            let known = |key: &&&str| {
                fields
                    .iter()
                    .any(|field| field.key == **key || field.synonyms.contains(*key))
            };
            keys.iter().filter(known).count()
        };
        let mut best = (Self::Experiment, score(&Self::Experiment));
        for kind in Self::ALL {
            if score(&kind) > best.1 {
                best = (kind, score(&kind));
            }
        }
        best.0
    }
}

/// Checks files against the inputs of their project.
#[derive(Debug, Clone)]
pub struct Checker {
    library: Library,
    limits: Limits,
}

impl Checker {
    /// A checker for files on disk; `library` lies below their projects.
    pub fn new(library: Library, limits: Limits) -> Self {
        Self { library, limits }
    }

    /// Checks a file and everything it names, and says of which kind it is.
    /// The kind is known even when the file is wrong, unless it cannot be read.
    pub fn check(&self, path: &Path) -> (Option<FileKind>, Result<(), ExperimentError>) {
        match self.read(path) {
            Err(error) => (None, Err(error)),
            Ok((library, source)) => {
                let kind = FileKind::of(&Document::parse(&source));
                (Some(kind), self.by_kind(kind, &library, &source, path))
            }
        }
    }

    /// The library of the file's project and the file in it.
    fn read(&self, path: &Path) -> Result<(Library, Source), ExperimentError> {
        let fault = |source| LibraryError::Read {
            path: path.display().to_string(),
            source,
        };
        let file = path.canonicalize().map_err(fault)?;
        let root = project_of(&file);
        let inside: Vec<_> = file.strip_prefix(root).unwrap_or(&file).iter().collect();
        let parts: Vec<_> = inside.iter().map(|part| part.to_string_lossy()).collect();
        let library = self.library.under(root)?;
        let source = library.source(&parts.join("/"))?;
        Ok((library, source))
    }

    fn by_kind(
        &self,
        kind: FileKind,
        library: &Library,
        source: &Source,
        path: &Path,
    ) -> Result<(), ExperimentError> {
        match kind {
            FileKind::Experiment => {
                let name = path.display().to_string();
                let experiment = Experiment::load(&self.library, &name, &[])?;
                Ok(experiment.check_limits(&self.limits, 1)?)
            }
            FileKind::Scenario => Ok(scenario(library, source)?),
            FileKind::Instrument => Ok(instrument(library, source)?),
            FileKind::Parameters => Ok(Defaults::read(source).map(|_| ())?),
            FileKind::Estimation => Ok(EstimationPlan::read(source).map(|_| ())?),
            FileKind::Estimates => Ok(Estimates::read(source).map(|_| ())?),
            FileKind::Backtest => self.backtest(source, path),
            FileKind::Record | FileKind::Mechanisms => self.beside(kind, source, path),
            FileKind::Talks => Ok(talks(TalksPart::Head, library, source)?),
            FileKind::TalksParameters => Ok(talks(TalksPart::Parameters, library, source)?),
            FileKind::TalksGovernment => Ok(talks(TalksPart::Government, library, source)?),
            FileKind::TalksAttached => Ok(talks(TalksPart::Attached, library, source)?),
            FileKind::TalksIssue => Ok(talks(TalksPart::Issue, library, source)?),
        }
    }
}

impl Checker {
    /// Checks forecasts against the experiment in the same folder and those they name.
    fn backtest(&self, source: &Source, path: &Path) -> Result<(), ExperimentError> {
        let beside = path.with_file_name(EXPERIMENT_FILE).display().to_string();
        let experiment = Experiment::load(&self.library, &beside, &[])?;
        match Backtest::read(&experiment, source, &[]) {
            Ok(_) => Ok(()),
            Err(BacktestError::Config(errors)) => Err(errors.into()),
            Err(BacktestError::Library(error)) => Err(error.into()),
            Err(BacktestError::Experiment { source, .. }) => Err(*source),
            // Nothing is run to read a list.
            Err(BacktestError::Ensemble(_)) => Ok(()),
        }
    }

    /// Checks rows or a list against the experiment in the same folder.
    fn beside(&self, kind: FileKind, source: &Source, path: &Path) -> Result<(), ExperimentError> {
        let beside = path.with_file_name(EXPERIMENT_FILE).display().to_string();
        let experiment = Experiment::load(&self.library, &beside, &[])?;
        let found = match kind {
            FileKind::Mechanisms => Mechanisms::read(&experiment, source).map(|_| ()),
            _ => RecordPlan::read(&experiment, source).map(|_| ()),
        };
        match found {
            Err(RecordError::Config(errors)) => Err(errors.into()),
            Err(RecordError::Library(error)) => Err(error.into()),
            // Nothing is run to read rows or a list.
            Ok(()) | Err(RecordError::Ensemble(_) | RecordError::RestPoint(_)) => Ok(()),
        }
    }
}

fn scenario(library: &Library, source: &Source) -> Result<(), LibraryError> {
    let document = Document::parse(source);
    document.check(scenario_spec())?;
    // The same keys inside an experiment, where a scenario has a name.
    let mut named = document;
    named.set("name=checked");
    let table = named.check(&IN_EXPERIMENT)?;
    let law = library.law()?;
    let mut problems = Diagnostics::new();
    let mut reader = ScenarioReader {
        library,
        law: &law,
        problems: &mut problems,
    };
    let scenarios = reader.scenarios(&[&table]);
    problems.into_result(())?;
    for scenario in &scenarios {
        compile(scenario, &law, &Practice::default(), library)?;
    }
    Ok(())
}

/// Checks an instrument alone, then together with the law on the books, unless
/// other files of that are broken.
fn instrument(library: &Library, source: &Source) -> Result<(), LibraryError> {
    let mut tables = Vec::new();
    for path in library.files(LAW) {
        if path.ends_with(".csv") {
            tables.push(library.source(&path)?);
        }
    }
    let instrument = LawBook::load(&tables)?.read_instrument(source)?;
    let Ok(law) = library.law() else {
        return Ok(());
    };
    let scenario = Scenario {
        name: instrument.id.clone(),
        title: instrument.title.clone(),
        reform: Reform {
            instruments: vec![instrument],
            ..Reform::default()
        },
    };
    compile(&scenario, &law, &Practice::default(), library)?;
    Ok(())
}

/// Checks a file of talks together with the others. Of a file among them only its
/// own mistakes are told, since each of the others tells its own.
fn talks(part: TalksPart, library: &Library, source: &Source) -> Result<(), LibraryError> {
    let folder = TalksFiles::folder_of(library, source.name());
    let files = TalksFiles::within(library, &folder)?.with(part, source);
    let Err(errors) = Talks::read(&files) else {
        return Ok(());
    };
    if !source.name().starts_with(&folder) {
        return Err(errors.into());
    }
    let mut own = Diagnostics::new();
    let inside = |error: &&Diagnostic| error.span.source().name() == source.name();
    errors
        .iter()
        .filter(inside)
        .cloned()
        .for_each(|error| own.push(error));
    Ok(own.into_result(())?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backtest::BACKTEST_FILE;
    use crate::mechanisms::MECHANISMS_FILE;
    use crate::record::RECORD_FILE;
    use std::path::PathBuf;

    fn checkout() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
    }

    fn checker() -> Checker {
        Checker::new(Library::embedded(), Limits::default())
    }

    #[test]
    fn every_file_of_the_checkout_is_right_and_of_the_kind_of_its_folder() {
        let library = Library::at(&checkout()).unwrap();
        let mut seen = std::collections::BTreeSet::new();
        for path in [library.files("configs"), library.files("experiments")].concat() {
            if !path.ends_with(".toml") {
                continue;
            }
            let expected = match path.split('/').nth(1) {
                Some("policy") => FileKind::Instrument,
                Some("scenarios") => FileKind::Scenario,
                Some("parameters") if path.ends_with("default.toml") => FileKind::Parameters,
                Some("parameters") => FileKind::Estimates,
                Some("estimation") => FileKind::Estimation,
                Some(talks) if talks.starts_with("talks") && !path.starts_with("exp") => {
                    match path.split('/').nth(2) {
                        Some("governments") => FileKind::TalksGovernment,
                        Some("attached") => FileKind::TalksAttached,
                        Some("issues") => FileKind::TalksIssue,
                        Some("parameters.toml") => FileKind::TalksParameters,
                        _ => FileKind::Talks,
                    }
                }
                _ if path.ends_with(RECORD_FILE) => FileKind::Record,
                _ if path.ends_with(MECHANISMS_FILE) => FileKind::Mechanisms,
                _ if path.ends_with(BACKTEST_FILE) => FileKind::Backtest,
                _ if path.ends_with(EXPERIMENT_FILE) => FileKind::Experiment,
                // What a scenario adds lies beside its experiment.
                _ => FileKind::Instrument,
            };
            let (kind, result) = checker().check(&checkout().join(&path));
            assert_eq!(kind, Some(expected), "{path}");
            if let Err(error) = result {
                panic!("{path}: {error}");
            }
            seen.insert(expected);
        }
        assert_eq!(seen.len(), FileKind::ALL.len());
    }

    #[test]
    fn a_list_under_another_name_is_checked_itself() {
        let folder = tempfile::tempdir().unwrap();
        let project = folder.path().join("experiments");
        for (experiment, standard, own, from, to) in [
            (
                "markets",
                MECHANISMS_FILE,
                "mine.toml",
                "rally_firm",
                "rally_frim",
            ),
            ("markets", RECORD_FILE, "rows.toml", "\"JPN\"", "\"JAP\""),
            (
                "backtest",
                BACKTEST_FILE,
                "scores.toml",
                "\"spx\"",
                "\"spy\"",
            ),
        ] {
            let files = std::fs::read_dir(checkout().join("experiments").join(experiment));
            let place = project.join(experiment);
            std::fs::create_dir_all(&place).unwrap();
            for file in files.unwrap().map(Result::unwrap) {
                std::fs::copy(file.path(), place.join(file.file_name())).unwrap();
            }
            let text = std::fs::read_to_string(place.join(standard)).unwrap();
            let path = place.join(own);
            std::fs::write(&path, &text).unwrap();
            let (_, result) = checker().check(&path);
            assert!(result.is_ok(), "{result:?}");
            std::fs::write(&path, text.replacen(from, to, 1)).unwrap();
            let (_, result) = checker().check(&path);
            let message = result.unwrap_err().to_string();
            assert!(message.contains(&format!("{own}:")), "{message}");
            assert!(checker().check(&place.join(standard)).1.is_ok());
        }
    }

    #[test]
    fn a_broken_copy_of_an_instrument_is_refused() {
        let folder = std::env::temp_dir().join(format!("tradewinds-check-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let text =
            std::fs::read_to_string(checkout().join("configs/policy/usa/s122.toml")).unwrap();
        let path = folder.join("s122.toml");
        let check = |text: &str| {
            std::fs::write(&path, text).unwrap();
            checker().check(&path)
        };
        assert!(check(&text).1.is_ok());
        let (kind, result) = check(&text.replacen("value = 0.1", "value = 10", 1));
        assert_eq!(kind, Some(FileKind::Instrument));
        let message = result.unwrap_err().to_string();
        assert!(message.contains("did you mean 0.1?"), "{message}");
        let (_, result) = check(&text.replacen("all_goods", "all_godos", 1));
        assert_eq!(result.unwrap_err().exit_code(), 2);
        std::fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn a_file_of_talks_is_read_with_the_others() {
        let folder = std::env::temp_dir().join(format!("tradewinds-talks-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let committed = checkout().join("configs/talks/issues/own_tariff_cut.toml");
        let text = std::fs::read_to_string(committed).unwrap();
        let path = folder.join("own_tariff_cut.toml");
        let check = |text: &str| {
            std::fs::write(&path, text).unwrap();
            checker().check(&path)
        };
        assert!(check(&text).1.is_ok());
        let (kind, result) = check(&text.replacen("JPN =", "JPM =", 1));
        assert_eq!(kind, Some(FileKind::TalksIssue));
        let error = result.unwrap_err();
        assert_eq!(error.exit_code(), 2);
        assert!(
            error.to_string().contains("did you mean \"JPN\"?"),
            "{error}"
        );
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
