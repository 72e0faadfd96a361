//! The band of prices that a firm with a menu cost leaves alone, found by
//! giving a firm one price after the other and seeing whether it changes it.

use tradewinds_kernel::maths::ln;

use super::market::{Market, Plan};
use crate::oracles::case::RawCase;
use crate::oracles::report::{CaseError, Report, Work};

/// Halvings of the interval in which the end of the band lies.
const HALVINGS: u32 = 60;

pub(super) fn run(raw: &RawCase) -> Result<Report, CaseError> {
    let elasticity = raw.within("sigma", "finite and above 1", |value| {
        value > 1.0 && value.is_finite()
    })?;
    let cost = raw.within("F", "between 0 and 1", |value| (0.0..1.0).contains(&value))?;
    let plan = Plan::at_home(1, elasticity);
    let mut frictions = plan.frictions();
    frictions.border_reset[0] = 0.0;
    frictions.producer_reset[0] = 0.0;
    frictions.pricing.gap_reset[0] = f64::INFINITY;
    frictions.pricing.menu_cost[0] = cost;
    let mut market = plan.build(frictions)?;
    let mut report = Report::new(raw, Work::by("pricing"));
    let tolerance = raw.tolerance("rel").unwrap_or(1e-9);
    for (field, side) in [("x_low", -1.0), ("x_high", 1.0)] {
        let end = band_end(&mut market, ln(plan.markup), side)?;
        report.relative(raw, ("agents", &[field]), &[end], tolerance)?;
    }
    market.account(&mut report.work);
    Ok(report)
}

/// The log gap to the desired price at which the firm begins to change its price.
fn band_end(market: &mut Market, desired: f64, side: f64) -> Result<f64, CaseError> {
    let (mut kept, mut changed) = (0.0, side * 0.01);
    while !is_changed(market, desired, changed)? {
        kept = changed;
        changed *= 2.0;
    }
    for _ in 0..HALVINGS {
        let middle = 0.5 * (kept + changed);
        match is_changed(market, desired, middle)? {
            true => changed = middle,
            false => kept = middle,
        }
    }
    Ok(0.5 * (kept + changed))
}

fn is_changed(market: &mut Market, desired: f64, gap: f64) -> Result<bool, CaseError> {
    market.set_log_prices(&[desired + gap]);
    market.run(1)?;
    Ok((market.log_prices()[0] - desired).abs() < 0.5 * gap.abs())
}
