//! A Kimball firm whose cost rises while the price of its sector stays put: an
//! exporter too small to move the price of a market in which one home firm
//! sells everything else.

use tradewinds_engine::markup::{Conduct, MarkupRule};
use tradewinds_kernel::maths::{exp, ln};

use super::market::Plan;
use super::slope;
use crate::oracles::case::RawCase;
use crate::oracles::report::{CaseError, Report, Work};

/// Share of the exporter in the market.
const SMALL: f64 = 1e-13;

pub(super) fn run(raw: &RawCase) -> Result<Report, CaseError> {
    let theta = raw.within("theta", "finite and above 1", |value| {
        value > 1.0 && value.is_finite()
    })?;
    let xi = raw.within("xi", "finite and not below 0", |value| {
        value >= 0.0 && value.is_finite()
    })?;
    let cost = raw.positive("cost0")?;
    let rise = raw.within("x", "above -1", |value| value > -1.0 && value.is_finite())?;
    let plan = Plan {
        firms: vec![1, 1],
        share: vec![1.0 - SMALL, SMALL],
        duty: vec![0.0, 0.0],
        ..Plan::at_home(0, theta)
    };
    let mut frictions = plan.frictions();
    frictions.markups = MarkupRule {
        conduct: vec![Conduct::Kimball, Conduct::Constant],
        superelasticity: vec![xi, 0.0],
        ..frictions.markups
    };
    let mut market = plan.build(frictions)?;
    let sector = cost * plan.markup;
    market.set_base_prices(&[sector; 2]);
    let mut price_at = |change: f64| -> Result<f64, CaseError> {
        market.set_costs(&[cost, cost * exp(change)]);
        market.settle()?;
        Ok(market.log_prices()[1])
    };
    let before = price_at(0.0)?;
    let after = price_at(ln(1.0 + rise))?;
    let step = 0.01 / (1.0 + xi / (theta - 1.0));
    let local = slope(step, |change| Ok(vec![price_at(change)?]))?;
    let mut report = Report::new(raw, Work::by("pricing, markups, sourcing"));
    market.account(&mut report.work);
    let tolerance = raw.tolerance("rel").unwrap_or(1e-9);
    let mut compare =
        |field: &str, found: f64| report.relative(raw, ("agents", &[field]), &[found], tolerance);
    compare("p1", exp(after))?;
    compare("passthrough", (after - before) / ln(1.0 + rise))?;
    compare("local_passthrough", local[0])?;
    Ok(report)
}
