//! Family `PR`: how firms set prices. Every case is a small market of firms
//! with given costs, run through pricing, markups and sourcing of the engine.

mod calvo;
mod kimball;
mod market;
mod menu_cost;
mod oligopoly;

use super::case::RawCase;
use super::report::{CaseError, Report};

/// Inputs by which kinds of cases are told apart.
const KNOWN: &str = "cost, taste, foreign, rho, eta, mode, tariff0, tariff1 (oligopoly); \
    theta, xi, cost0, x (Kimball); reset_rate, sigma, p1, t (Calvo); sigma, F (menu cost)";

/// Runs a case of the family.
pub(super) fn run(case: &RawCase) -> Result<Report, CaseError> {
    if case.has_inputs(&["cost", "taste", "rho", "eta", "mode"]) {
        oligopoly::run(case)
    } else if case.has_inputs(&["theta", "xi", "x"]) {
        kimball::run(case)
    } else if case.has_inputs(&["reset_rate", "sigma", "p1", "t"]) {
        calvo::run(case)
    } else if case.has_inputs(&["sigma", "F"]) {
        menu_cost::run(case)
    } else {
        Err(case.unknown_kind(KNOWN).into())
    }
}

/// Slope of several functions of one variable at zero, by central differences
/// of the eighth order.
fn slope(
    step: f64,
    mut at: impl FnMut(f64) -> Result<Vec<f64>, CaseError>,
) -> Result<Vec<f64>, CaseError> {
    const WEIGHTS: [f64; 4] = [4.0 / 5.0, -1.0 / 5.0, 4.0 / 105.0, -1.0 / 280.0];
    let mut slope = Vec::new();
    for (k, weight) in WEIGHTS.iter().enumerate() {
        let x = (k + 1) as f64 * step;
        let (above, below) = (at(x)?, at(-x)?);
        slope.resize(above.len(), 0.0);
        for ((slope, above), below) in slope.iter_mut().zip(above).zip(below) {
            *slope += weight * (above - below) / step;
        }
    }
    Ok(slope)
}
