//! The value of a firm whose profit depends on a regime that may change.

use tradewinds_kernel::present_value::present_value;

use super::{CaseError, RawCase, Report};
use crate::oracles::case::InputError;
use crate::oracles::report::Work;

/// Runs a case.
pub(super) fn run(case: &RawCase) -> Result<Report, CaseError> {
    let switching = case.square("Q")?;
    let count = switching.len();
    let profit = case.numbers_of("profit", count)?;
    let discount = case.numbers_of("r", count)?;
    let growth = case.within("g", "finite", f64::is_finite)?;
    let value = present_value(&profit, &switching, &discount, growth).map_err(|error| {
        InputError::Range {
            key: "inputs.Q, r, g".to_owned(),
            found: error.to_string(),
            range: "regimes with a finite value",
        }
    })?;
    let mut report = Report::new(case, Work::by("present value over regimes"));
    let tolerance = case.tolerance("rel").unwrap_or(1e-10);
    report.relative(case, ("value", &["V"]), &value, tolerance)?;
    Ok(report)
}
