//! Family `PR`: how firms set prices.

use super::case::RawCase;
use super::report::{CaseError, Report};

/// Runs a case of the family.
pub(super) fn run(case: &RawCase) -> Result<Report, CaseError> {
    Ok(Report::waiting(
        case,
        "the pricing mechanism of these firms is not part of the engine yet",
    ))
}
