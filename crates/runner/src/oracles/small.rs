//! What small worlds share: a law that holds for ever, and running to rest.

use tradewinds_engine::Simulation;
use tradewinds_engine::customs::{RateCalendar, RateTable};
use tradewinds_engine::sourcing::MarketPrices;
use tradewinds_equilibrium::Economy;
use tradewinds_kernel::clock::Clock;

use super::report::CaseError;

/// These duties for ever, `[n][i][s]`, and nothing else.
pub(super) fn constant_law(economy: &Economy, duty: Vec<f64>) -> RateCalendar {
    RateCalendar::constant(RateTable {
        statutory: duty.clone(),
        applied: duty.clone(),
        collected: duty,
        export_tax: economy.export_tax.clone(),
        trade_cost: vec![1.0; economy.flows()],
        by_measure: Vec::new(),
    })
}

/// Runs whole years until nothing that is watched has moved by more than rounding
/// over a year.
///
/// # Errors
/// [`CaseError`] when an account does not close or the world does not come to
/// rest in `years`.
pub(super) fn settle(
    simulation: &mut Simulation,
    years: u32,
    watched: impl Fn(&mut Simulation) -> Vec<f64>,
) -> Result<(), CaseError> {
    const ROUNDING: f64 = 2e-14;
    let per_year = (1.0 / simulation.world().resource::<Clock>().dt()).round() as u32;
    let mut last = watched(simulation);
    let mut moved = f64::INFINITY;
    for _ in 0..years {
        for _ in 0..per_year {
            simulation.step()?;
        }
        let now = watched(simulation);
        let change = |(now, last): (&f64, &f64)| (now - last).abs() / last.abs().max(1.0);
        moved = now.iter().zip(&last).map(change).fold(0.0, f64::max);
        if moved < ROUNDING {
            return Ok(());
        }
        last = now;
    }
    Err(CaseError::World(format!(
        "it still moves by {moved:.1e} a year after {years} years"
    )))
}

/// Prices at which goods land, and prices of composites.
pub(super) fn prices(simulation: &mut Simulation) -> Vec<f64> {
    let prices = simulation.world().resource::<MarketPrices>();
    [&prices.log_landed[..], &prices.log_composite].concat()
}
