//! Family `DY`: adjustment over time. The kind of a case is told by its inputs.

mod sourcing;
mod stocks;

use super::case::RawCase;
use super::report::{CaseError, Report};

/// Inputs of the kinds that are known.
const KNOWN: &str = "x0, target, kappa, t (a relaxation); A, x0, target, t (coupled relaxations); \
     x0, mean, kappa, vol, t (noise that returns to its mean); share0, p_hat, sigma_s, sigma_l, \
     kappa, t (sourcing); sigma, s, N (an index of many firms); profit, Q, r, g (a share price); \
     tariff, hold_rate, lead, surge (front-loading); x, stock_cover_years, reset_rate, basis, t \
     (a store price)";

/// Runs a case of the family.
pub(super) fn run(case: &RawCase) -> Result<Report, CaseError> {
    if case.has_inputs(&["share0", "p_hat"]) {
        return sourcing::run(case);
    }
    if case.has_inputs(&["tariff", "hold_rate"]) {
        return stocks::front_loading(case);
    }
    if case.has_inputs(&["stock_cover_years", "reset_rate"]) {
        return stocks::store_path(case);
    }
    Err(case.unknown_kind(KNOWN).into())
}
