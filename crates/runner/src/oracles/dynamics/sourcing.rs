//! Sourcing at two speeds: shares of origins after a change of one price.

use super::{CaseError, RawCase, Report};

/// Shares of origins over time after a lasting change of prices.
pub(super) fn run(case: &RawCase) -> Result<Report, CaseError> {
    Ok(Report::waiting(
        case,
        "buyers adapt their origins at one speed yet",
    ))
}
