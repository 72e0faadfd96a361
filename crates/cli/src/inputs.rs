//! Where worlds, law and experiments come from, and the default experiment.

use std::path::PathBuf;

use tradewinds_runner::experiment::Experiment;
use tradewinds_runner::launch::Build;
use tradewinds_runner::library::Library;

use crate::failure::Failure;

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
    Ok(Experiment::load(
        &library()?,
        name.unwrap_or(DEFAULT),
        overrides,
    )?)
}
