//! Stocks of importers: what stands on the shelves, and buying ahead of a duty.

use super::{CaseError, RawCase, Report};

/// An announced duty and an importer that stocks up before it.
pub(super) fn front_loading(case: &RawCase) -> Result<Report, CaseError> {
    Ok(Report::waiting(case, "importers hold no stocks yet"))
}

/// The mean store price after landed cost jumps.
pub(super) fn store_path(case: &RawCase) -> Result<Report, CaseError> {
    Ok(Report::waiting(case, "importers hold no stocks yet"))
}
