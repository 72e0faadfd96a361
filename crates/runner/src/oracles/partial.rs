//! Family `PE`: one market. The kind of a case is told by its inputs.

mod cost_push;

use super::case::RawCase;
use super::report::{CaseError, Report};

/// Inputs of the kinds that are known.
const KNOWN: &str = "A_dom, A_imp, t (cost push)";

/// Runs a case of the family.
pub(super) fn run(case: &RawCase) -> Result<Report, CaseError> {
    if case.has_inputs(&["A_dom", "A_imp", "t"]) {
        return cost_push::run(case);
    }
    Err(case.unknown_kind(KNOWN).into())
}
