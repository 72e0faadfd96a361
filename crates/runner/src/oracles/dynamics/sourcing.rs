//! Sourcing at two speeds: shares of origins after a lasting change of prices.
//!
//! One economy buys all of a good from origins with steady prices; duties from the
//! first tick on make the change. Shares are those that sourcing hands to trade.

use tradewinds_engine::sourcing::MarketPrices;
use tradewinds_engine::{Simulation, baseline};
use tradewinds_kernel::clock::TickLength;
use tradewinds_kernel::maths::ln;

use super::{CaseError, RawCase, Report, Times};
use crate::oracles::case::InputError;
use crate::oracles::curves::{Curve, CurvesPlugin};
use crate::oracles::report::Work;
use crate::oracles::small::{GOOD, HOME, Market};

/// What a case says.
struct Change {
    share: Vec<f64>,
    price: Vec<f64>,
    short: f64,
    long: f64,
    speed: f64,
}

impl Change {
    fn read(case: &RawCase) -> Result<Self, InputError> {
        let share = case.numbers("share0")?;
        let price = case.numbers_of("p_hat", share.len())?;
        let not_negative = |key: &str| case.within(key, "not negative", |value| value >= 0.0);
        if let Some(one) = price.iter().find(|one| **one <= 0.0) {
            return Err(InputError::Range {
                key: "inputs.p_hat".to_owned(),
                found: one.to_string(),
                range: "above 0",
            });
        }
        Ok(Self {
            share,
            price,
            short: not_negative("sigma_s")?,
            long: not_negative("sigma_l")?,
            speed: not_negative("kappa")?,
        })
    }

    /// Shares of the origins after each number of ticks.
    fn shares(
        &self,
        per_year: u32,
        ticks: &[u32],
        work: &mut Work,
    ) -> Result<Vec<Vec<f64>>, CaseError> {
        let count = self.share.len();
        let market = Market {
            home: 0.0,
            abroad: self.share.clone(),
            duty: vec![0.0; count],
            sigma: self.long,
        };
        let duty: Vec<f64> = self.price.iter().map(|price| price - 1.0).collect();
        let mut model = market.model(&duty, 0.5)?;
        model.tick = TickLength::PerYear(per_year);
        let sourcing = &mut model.frictions.sourcing;
        sourcing.origin_short.fill(self.short);
        sourcing.import_short.fill(self.short);
        sourcing.speed = self.speed;
        let economy = model.economy.clone();
        let mut demand = Market::all_else(&economy);
        let good = Curve::Constant {
            scale: 1.0,
            elasticity: 0.0,
        };
        demand.push((economy.market(HOME, GOOD), good));
        let curves = CurvesPlugin {
            demand,
            ..CurvesPlugin::default()
        };
        let mut simulation = Simulation::new(model, (baseline, curves))?;
        let last = ticks.iter().copied().max().unwrap_or(0) + 1;
        let mut path = Vec::new();
        for _ in 0..last {
            simulation.step()?;
            let shares = &simulation.world().resource::<MarketPrices>().origin_share;
            let of = |j: usize| shares[economy.flow(HOME, j + 1, GOOD)];
            path.push((0..count).map(of).collect::<Vec<f64>>());
        }
        work.add(&mut simulation, last);
        let seen = ticks.iter().map(|tick| path[*tick as usize].clone());
        Ok(seen.collect())
    }

    /// Elasticity that the shares show, from the two origins whose prices differ most.
    fn elasticity(&self, shares: &[f64]) -> f64 {
        let by_price = |a: &usize, b: &usize| self.price[*a].total_cmp(&self.price[*b]);
        let all = 0..shares.len();
        let (Some(dear), Some(cheap)) = (all.clone().max_by(by_price), all.min_by(by_price)) else {
            return f64::NAN;
        };
        let moved = |at: usize| ln(shares[at] / self.share[at]);
        1.0 - (moved(dear) - moved(cheap)) / ln(self.price[dear] / self.price[cheap])
    }
}

/// Shares of origins over time after a lasting change of prices, at any tick alike.
pub(super) fn run(case: &RawCase) -> Result<Report, CaseError> {
    let change = Change::read(case)?;
    let times = Times::read(case)?;
    let mut report = Report::new(case, Work::by("customs, sourcing"));
    let tolerance = case.tolerance("rel").unwrap_or(1e-10);
    for (route, finer) in [("agents", 1), ("half ticks", 2)] {
        let per_year = finer * times.per_year;
        let ticks = times.ticks(per_year);
        let shares = change.shares(per_year, &ticks, &mut report.work)?;
        let elasticity: Vec<f64> = shares.iter().map(|now| change.elasticity(now)).collect();
        report.relative(case, (route, &["shares"]), &shares.concat(), tolerance)?;
        report.relative(case, (route, &["sigma_eff"]), &elasticity, tolerance)?;
    }
    Ok(report)
}
