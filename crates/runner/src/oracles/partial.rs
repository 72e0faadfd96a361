//! Family `PE`: one market. The kind of a case is told by its inputs.

mod cost_push;
mod incidence;
mod quota;
mod supply_curves;

use super::case::RawCase;
use super::report::{CaseError, Report};

/// Inputs of the kinds that are known.
const KNOWN: &str = "a, b, c, d, f, g, tau (incidence); a, b, c, d, f, g (best duty); pw, t_in, \
     t_out, quota, a, b (tariff-rate quota); share, sigma, eta, supply_elasticity, t0, t1 \
     (varieties with supply curves); A_dom, A_imp, t (cost push)";

/// Runs a case of the family.
pub(super) fn run(case: &RawCase) -> Result<Report, CaseError> {
    if case.has_inputs(&["A_dom", "A_imp", "t"]) {
        return cost_push::run(case);
    }
    if case.has_inputs(&["quota", "t_in", "t_out"]) {
        return quota::run(case);
    }
    if case.has_inputs(&["share", "supply_elasticity"]) {
        return supply_curves::run(case);
    }
    if case.has_inputs(&["a", "b", "c", "d", "f", "g", "tau"]) {
        return incidence::run(case);
    }
    if case.has_inputs(&["a", "b", "c", "d", "f", "g"]) {
        return incidence::best_duty(case);
    }
    Err(case.unknown_kind(KNOWN).into())
}
