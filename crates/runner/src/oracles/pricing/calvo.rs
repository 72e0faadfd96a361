//! Firms whose desired price jumps once and who reset at a constant hazard.
//!
//! *Expectation*: two firms stand for those whose clocks have and have not run
//! out by t, with the shares that the hazard leaves; *agents*: some hundreds of
//! firms with clocks of their own, many runs.

use bevy_ecs::prelude::With;
use tradewinds_engine::firm::{BaseShare, Line};
use tradewinds_engine::pricing::ResetClock;
use tradewinds_kernel::clock::closing_share;
use tradewinds_kernel::maths::ln;
use tradewinds_kernel::statistics::Moments;

use super::market::{Market, Plan};
use crate::oracles::case::{InputError, RawCase, listed};
use crate::oracles::report::{CaseError, Report, Work};

/// Firms of a run.
const FIRMS: usize = 250;
/// Runs.
const RUNS: u32 = 200;
/// Errors allowed to statements of chance, in standard errors.
const STANDARD_ERRORS: f64 = 4.0;

struct Case {
    hazard: f64,
    elasticity: f64,
    price: f64,
    times: Vec<f64>,
    ticks_per_year: u32,
}

pub(super) fn run(raw: &RawCase) -> Result<Report, CaseError> {
    let case = Case::read(raw)?;
    let mut report = Report::new(raw, Work::by("pricing, sourcing"));
    let tolerance = raw.tolerance("rel").unwrap_or(1e-12);
    let found = case.expectation(&mut report.work)?;
    report.relative(raw, ("expectation", &["P"]), &found, tolerance)?;
    case.chance(&mut report, &found)?;
    Ok(report)
}

impl Case {
    fn read(raw: &RawCase) -> Result<Self, InputError> {
        let times = raw.numbers("t")?;
        // Whole ticks at every time asked for.
        let is_whole = |ticks: u32| {
            times.iter().all(|time| {
                let at = time * f64::from(ticks);
                (at - at.round()).abs() < 1e-9 && at >= 0.0
            })
        };
        let ticks_per_year = (1..=40).map(|of| 52 * of).chain([365, 1000, 8760]);
        let ticks_per_year = ticks_per_year
            .into_iter()
            .find(|ticks| is_whole(*ticks))
            .ok_or_else(|| InputError::Range {
                key: "inputs.t".to_owned(),
                found: listed(&times),
                range: "whole ticks of a 52nd of a year or a part of it",
            })?;
        Ok(Self {
            hazard: raw.positive("reset_rate")?,
            elasticity: raw.within("sigma", "finite and above 1", |value| {
                value > 1.0 && value.is_finite()
            })?,
            price: raw.positive("p1")?,
            times,
            ticks_per_year,
        })
    }

    /// A market of firms that would all like to raise their prices from 1.
    fn market(&self, firms: usize, hazard: f64, replication: u32) -> Result<Market, CaseError> {
        let plan = Plan {
            replication,
            ticks_per_year: self.ticks_per_year,
            ..Plan::at_home(firms, self.elasticity)
        };
        let mut frictions = plan.frictions();
        frictions.border_reset[0] = hazard;
        frictions.producer_reset[0] = hazard;
        let mut market = plan.build(frictions)?;
        market.set_base_prices(&vec![1.0; firms]);
        market.set_costs(&vec![self.price / plan.markup; firms]);
        Ok(market)
    }

    /// Price index at each time with the expected share of firms reset.
    fn expectation(&self, work: &mut Work) -> Result<Vec<f64>, CaseError> {
        let mut index = Vec::new();
        for time in &self.times {
            let reset = closing_share(self.hazard, *time);
            let mut market = self.market(2, self.hazard, 0)?;
            let world = market.simulation.world_mut();
            let mut lines = world.query_filtered::<(&mut ResetClock, &mut BaseShare), With<Line>>();
            let cohorts = [(f64::INFINITY, 1.0 - reset), (0.0, reset)];
            for ((mut clock, mut share), cohort) in lines.iter_mut(world).zip(cohorts) {
                (clock.remaining, share.0) = cohort;
            }
            market.run(1)?;
            market.account(work);
            index.push(market.index());
        }
        Ok(index)
    }

    /// Many runs: the mean index and the spread of the share of firms reset.
    fn chance(&self, report: &mut Report, expected: &[f64]) -> Result<(), CaseError> {
        let mut index = vec![Moments::default(); self.times.len()];
        let mut reset = index.clone();
        for run in 0..RUNS {
            let mut market = self.market(FIRMS, self.hazard, run)?;
            let mut now = 0;
            for (at, time) in self.times.iter().enumerate() {
                let ticks = (time * f64::from(self.ticks_per_year)).round() as u32;
                market.run(ticks.saturating_sub(now))?;
                now = now.max(ticks);
                let prices = market.log_prices();
                let half = 0.5 * ln(self.price);
                let moved = prices.iter().filter(|price| (*price / half) > 1.0).count();
                reset[at].push(moved as f64 / FIRMS as f64);
                index[at].push(market.index());
            }
            market.account(&mut report.work);
        }
        for (at, time) in self.times.iter().enumerate() {
            let share = closing_share(self.hazard, *time);
            if share <= 0.0 {
                continue;
            }
            let off = (index[at].mean() - expected[at]).abs() / index[at].standard_error();
            report.state(
                "agents",
                &format!("mean P[{at}], standard errors"),
                off,
                STANDARD_ERRORS,
            );
            let spread = (share * (1.0 - share) / FIRMS as f64).sqrt();
            let ratio = reset[at].standard_deviation() / spread;
            let allowed = STANDARD_ERRORS / (2.0 * f64::from(RUNS - 1)).sqrt();
            report.state(
                "agents",
                &format!("spread of resets[{at}]"),
                (ratio - 1.0).abs(),
                allowed,
            );
        }
        Ok(())
    }
}
