//! Running an experiment into a folder, once.
//!
//! A folder holds one dataset. A finished dataset of the same configuration by
//! the same build is used again; one that was cut short, or that another build
//! wrote, is replaced; one of another configuration is never touched.

use std::io::Write;
use std::path::{Path, PathBuf};

use tradewinds_output::{MANIFEST_FILE, Manifest, OutputError, read_manifest};

use crate::ensemble::{self, Control, EnsembleError, Finished, Plan};
use crate::experiment::{Experiment, OtherRun, same_run};
use crate::summary::{Heading, Summary};

/// Name of the summary beside the manifest.
pub const SUMMARY_FILE: &str = "summary.json";
/// Digits of the hash of a configuration in the name of a folder.
const DIGITS: usize = 8;

/// The program that runs an experiment, for provenance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Build {
    /// Version.
    pub version: String,
    /// Git revision, with `-changed` when the checkout had changes.
    pub revision: String,
}

impl Build {
    /// Whether the revision says what code it was.
    fn is_exact(&self) -> bool {
        !self.revision.is_empty()
            && self.revision != "unknown"
            && !self.revision.ends_with("-changed")
    }
}

/// What a folder holds before a run.
#[derive(Debug, Clone, PartialEq)]
pub enum Standing {
    /// No dataset.
    Free,
    /// The dataset of this configuration by this build, finished.
    Done(Box<Manifest>),
    /// A dataset of this configuration to be replaced, and why.
    Outdated(String),
}

/// Why an experiment cannot be run into a folder.
#[derive(Debug, thiserror::Error)]
pub enum LaunchError {
    /// The folder holds another run.
    #[error(transparent)]
    OtherRun(#[from] OtherRun),
    /// What is there cannot be read, or the disk refused.
    #[error(transparent)]
    Output(#[from] OutputError),
    /// A run failed.
    #[error(transparent)]
    Ensemble(EnsembleError),
    /// The disk refused.
    #[error("cannot {action} `{}`: {source}", path.display())]
    Disk {
        /// What was tried.
        action: &'static str,
        /// The file.
        path: PathBuf,
        /// The system's answer.
        source: std::io::Error,
    },
    /// No threads could be started.
    #[error("cannot start {threads} threads: {reason}")]
    Threads {
        /// Threads asked for.
        threads: usize,
        /// The system's answer.
        reason: String,
    },
}

impl From<EnsembleError> for LaunchError {
    fn from(error: EnsembleError) -> Self {
        match error {
            EnsembleError::Output(error) => Self::Output(error),
            other => Self::Ensemble(other),
        }
    }
}

fn disk(action: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> LaunchError {
    let path = path.to_owned();
    move |source| LaunchError::Disk {
        action,
        path,
        source,
    }
}

/// Where a run goes when nothing else is said: `results/<experiment>/<hash>`.
pub fn default_folder(experiment: &Experiment) -> PathBuf {
    let hash = &experiment.config_hash[..DIGITS.min(experiment.config_hash.len())];
    Path::new("results").join(&experiment.name).join(hash)
}

/// What `folder` holds.
///
/// # Errors
/// [`OtherRun`] with the keys on which the configurations differ, or a
/// manifest that cannot be read.
pub fn standing(
    experiment: &Experiment,
    folder: &Path,
    build: &Build,
) -> Result<Standing, LaunchError> {
    if !folder.join(MANIFEST_FILE).exists() {
        return Ok(Standing::Free);
    }
    let manifest = read_manifest(folder)?;
    let told = |key: &str| manifest.provenance.get(key).map_or("", String::as_str);
    let stored = serde_json::from_str(told("config")).unwrap_or_default();
    let shown = folder.display().to_string();
    same_run(experiment, &shown, &stored, told("config_hash"))?;
    let written_by = Build {
        version: told("version").to_owned(),
        revision: told("revision").to_owned(),
    };
    if manifest.run.get("interrupted").map(String::as_str) == Some("true") {
        return Ok(Standing::Outdated("it was cut short".to_owned()));
    }
    if written_by != *build || !build.is_exact() {
        let Build { version, revision } = written_by;
        return Ok(Standing::Outdated(format!(
            "it was written by version {version}, revision {revision}"
        )));
    }
    Ok(Standing::Done(Box::new(manifest)))
}

/// Runs a plan into `folder` on `threads` threads (all cores when none are
/// given). A dataset that stands there is replaced: ask [`standing`] first.
///
/// # Errors
/// [`LaunchError`]: the first run that failed, or what the disk answered.
pub fn launch(
    mut plan: Plan,
    folder: &Path,
    build: &Build,
    threads: Option<usize>,
    control: &Control,
) -> Result<Finished, LaunchError> {
    let entries = [("version", &build.version), ("revision", &build.revision)];
    for (key, value) in entries {
        plan.provenance.insert(key.to_owned(), value.clone());
    }
    // Without its manifest a dataset does not exist; the writer clears the rest.
    for name in [MANIFEST_FILE, SUMMARY_FILE] {
        let path = folder.join(name);
        if path.exists() {
            std::fs::remove_file(&path).map_err(disk("remove", &path))?;
        }
    }
    let finished = match threads {
        None => ensemble::run(&plan, folder, control),
        Some(threads) => rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .map_err(|error| LaunchError::Threads {
                threads,
                reason: error.to_string(),
            })?
            .install(|| ensemble::run(&plan, folder, control)),
    };
    Ok(finished?)
}

/// The summary of a finished ensemble of `experiment`.
pub fn summarise(experiment: &Experiment, finished: &Finished) -> Summary {
    let headings: Vec<Heading> = experiment
        .scenarios
        .iter()
        .map(|scenario| Heading {
            name: scenario.name.clone(),
            title: scenario.title.clone(),
        })
        .collect();
    let repeats = experiment.design.repeats;
    Summary::of(&finished.outcomes, &headings, experiment.baseline, repeats)
}

/// Writes the summary beside the manifest.
///
/// # Errors
/// What the disk answers.
pub fn write_summary(folder: &Path, summary: &Summary) -> Result<(), LaunchError> {
    let text = format!("{:#}\n", summary.to_json());
    write_whole(&folder.join(SUMMARY_FILE), text.as_bytes())
}

/// Reads the summary beside a manifest; none when there is no readable one.
pub fn read_summary(folder: &Path) -> Option<Summary> {
    let text = std::fs::read_to_string(folder.join(SUMMARY_FILE)).ok()?;
    Summary::from_json(&serde_json::from_str(&text).ok()?)
}

/// Writes a file under another name and renames it into place.
///
/// # Errors
/// What the disk answers.
pub fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), LaunchError> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".tmp");
    let temporary = path.with_file_name(name);
    let write = || {
        let mut file = std::fs::File::create(&temporary)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        std::fs::rename(&temporary, path)
    };
    write().map_err(disk("write", path))
}
