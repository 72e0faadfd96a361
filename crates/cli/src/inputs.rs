//! Where worlds, law and experiments come from, and the default experiment.

use std::path::{Path, PathBuf};

use tradewinds_runner::experiment::Experiment;
use tradewinds_runner::launch::Build;
use tradewinds_runner::library::{EXPERIMENT_FILE, Library, project_of};

use crate::failure::Failure;
use crate::progress::note;

/// The experiment that is run when none is named.
pub(crate) const DEFAULT: &str = include_str!("../../../experiments/default.txt").trim_ascii();

/// This program.
pub(crate) fn build() -> Build {
    Build {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        revision: env!("TRADEWINDS_REVISION").to_owned(),
    }
}

/// The nearest folder around the working directory that is a project.
pub(crate) fn project() -> Option<PathBuf> {
    let here = std::env::current_dir().ok()?;
    let is_project =
        |path: &std::path::Path| path.join("configs").is_dir() && path.join("experiments").is_dir();
    here.ancestors()
        .find(|path| is_project(path))
        .map(PathBuf::from)
}

/// The inputs built into this program; inside a project, its files go first.
pub(crate) fn library() -> Result<Library, Failure> {
    let embedded = Library::embedded();
    match project() {
        Some(root) => Ok(embedded.under(&root)?),
        None => Ok(embedded),
    }
}

/// An experiment by name or path; the default one when none is named.
pub(crate) fn experiment(name: Option<&str>, overrides: &[String]) -> Result<Experiment, Failure> {
    let name = name.unwrap_or(DEFAULT);
    Experiment::load(&library()?, name, overrides).map_err(|error| {
        say_project(Path::new(name));
        error.into()
    })
}

/// Says of which folder the files in a message are named, where that is not the working
/// directory.
pub(crate) fn say_project(path: &Path) {
    let Ok(mut file) = path.canonicalize() else {
        return;
    };
    if file.is_dir() {
        file.push(EXPERIMENT_FILE);
    }
    let project = project_of(&file);
    let here = std::env::current_dir().and_then(|here| here.canonicalize());
    if here.is_ok_and(|here| here != project) {
        note(&format!("files are named from {}", project.display()));
    }
}
