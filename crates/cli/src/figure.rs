//! A picture of a result.

use std::path::Path;

use tradewinds_runner::ensemble::Plan;
use tradewinds_runner::experiment::Experiment;

use crate::failure::Failure;

/// Name of the picture beside the manifest.
pub(crate) const FILE: &str = "figure.svg";

pub(crate) fn draw(_experiment: &Experiment, _plan: &Plan, _folder: &Path) -> Result<(), Failure> {
    Ok(())
}
