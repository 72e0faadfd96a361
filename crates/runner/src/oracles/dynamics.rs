//! Family `DY`: adjustment over time. The kind of a case is told by its inputs.

mod firms;
mod relaxation;
mod share_price;
mod sourcing;
mod stocks;
mod ticks;

use super::case::{InputError, RawCase, listed};
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
    if case.has_inputs(&["profit", "Q", "r"]) {
        return share_price::run(case);
    }
    if case.has_inputs(&["sigma", "s", "N"]) {
        return firms::run(case);
    }
    if case.has_inputs(&["A", "x0", "target", "t"]) {
        return ticks::run(case);
    }
    if case.has_inputs(&["kappa", "vol", "t"]) {
        return relaxation::noise(case);
    }
    if case.has_inputs(&["x0", "target", "kappa", "t"]) {
        return relaxation::run(case);
    }
    Err(case.unknown_kind(KNOWN).into())
}

/// Points of time of a case, in years, and the coarsest ticks that meet them all.
struct Times {
    years: Vec<f64>,
    per_year: u32,
}

impl Times {
    /// Points of time at which values are expected.
    fn read(case: &RawCase) -> Result<Self, InputError> {
        const CANDIDATES: [u32; 12] = [52, 12, 100, 104, 208, 360, 365, 400, 416, 500, 1000, 5200];
        let years = case.numbers("t")?;
        let wrong = |range: &'static str| InputError::Range {
            key: "inputs.t".to_owned(),
            found: listed(&years),
            range,
        };
        if years.iter().any(|at| !at.is_finite() || *at < 0.0) {
            return Err(wrong("points of time, not negative"));
        }
        let meets = |ticks: &u32| {
            years.iter().all(|at| {
                let index = at * f64::from(*ticks);
                (index - index.round()).abs() < 1e-9 * index.max(1.0)
            })
        };
        let per_year = CANDIDATES.into_iter().find(meets);
        let per_year = per_year.ok_or_else(|| wrong("whole numbers of ticks of a year"))?;
        Ok(Self { years, per_year })
    }

    /// Ticks that have passed at each point of time.
    fn ticks(&self, per_year: u32) -> Vec<u32> {
        let index = |at: &f64| (at * f64::from(per_year)).round() as u32;
        self.years.iter().map(index).collect()
    }
}
