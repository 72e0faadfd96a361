//! A market with given costs: firms of several economies sell one good to one buyer.
//!
//! Economy 0 buys; the market is its sector 0. Sector 1 gives every economy
//! something else to make and to buy. Labour is the only input and wages never
//! move, so the unit cost of a firm is the inverse of its productivity. All
//! goods of the market are substitutes of one elasticity.

use std::sync::Arc;

use bevy_ecs::prelude::With;
use tradewinds_engine::firm::{
    BaseLogPrice, BaseLogProductivity, BundlesPerUnit, Firm, Line, LogProductivity, Rows,
};
use tradewinds_engine::model::{Frictions, Model, Population};
use tradewinds_engine::pricing::LogPrice;
use tradewinds_engine::production::LogUnitCost;
use tradewinds_engine::sourcing::{LineWeights, MarketPrices};
use tradewinds_engine::{Simulation, baseline};
use tradewinds_equilibrium::{Economy, EconomyParts, FinalUser};
use tradewinds_kernel::clock::{Clock, TickLength};
use tradewinds_kernel::maths::{exp, ln};
use tradewinds_units::Date;

use crate::oracles::report::{CaseError, Work};
use crate::oracles::small::constant_law;

/// Ticks in which a market must come to rest.
const TICKS_TO_REST: u32 = 20_000;
/// Ticks without a change above rounding after which a market is at rest.
const CALM_TICKS: u32 = 12;
/// Largest log change of a price within rounding.
const ROUNDING: f64 = 1e-15;
/// Sectors: the market, and everything else.
const SECTORS: usize = 2;

/// What a market is made of.
#[derive(Debug, Clone)]
pub(super) struct Plan {
    /// Firms of each economy that sell in the market.
    pub(super) firms: Vec<usize>,
    /// Share of spending on the firms of each economy; sums to 1.
    pub(super) share: Vec<f64>,
    /// Duty on the goods of each economy.
    pub(super) duty: Vec<f64>,
    /// Elasticity between any two goods.
    pub(super) elasticity: f64,
    /// Base markup of every firm.
    pub(super) markup: f64,
    /// Number of the replication, for draws.
    pub(super) replication: u32,
    /// Ticks a year.
    pub(super) ticks_per_year: u32,
}

impl Plan {
    /// Firms of the buyer's own economy alone.
    pub(super) fn at_home(firms: usize, elasticity: f64) -> Self {
        Self {
            firms: vec![firms],
            share: vec![1.0],
            duty: vec![0.0],
            elasticity,
            markup: elasticity / (elasticity - 1.0),
            replication: 0,
            ticks_per_year: 52,
        }
    }

    /// Frictions without any, wages that never move and labour for any output.
    pub(super) fn frictions(&self) -> Frictions {
        let economies = self.firms.len();
        let mut frictions = Frictions::oracle(economies, SECTORS);
        frictions.wage_speed = 0.0;
        frictions.unemployment = vec![0.5; economies];
        frictions
    }

    /// The market in its base year.
    pub(super) fn build(&self, frictions: Frictions) -> Result<Market, CaseError> {
        let economy = self.economy()?;
        let mut duty = vec![0.0; economy.flows()];
        for (origin, rate) in self.duty.iter().enumerate() {
            duty[economy.flow(0, origin, 0)] = *rate;
        }
        let firms = self.firms.iter().flat_map(|firms| [(*firms).max(1), 1]);
        let model = Model {
            law: Arc::new(constant_law(&economy, duty)),
            talks: None,
            frictions,
            population: Population {
                firm_elasticity: vec![self.elasticity; SECTORS],
                firms_by_cell: Some(firms.collect()),
                ..Population::uniform(1, SECTORS)
            },
            economy: Arc::new(economy),
            start: Date::ZERO,
            tick: TickLength::PerYear(self.ticks_per_year),
            seed: 0,
            replication: self.replication,
        };
        Ok(Market {
            simulation: Simulation::new(model, baseline)?,
        })
    }

    fn economy(&self) -> Result<Economy, CaseError> {
        let economies = self.firms.len();
        let (markets, flows) = (economies * SECTORS, economies * economies * SECTORS);
        let ones = vec![1.0; economies];
        let mut parts = EconomyParts {
            economies,
            sectors: SECTORS,
            spending: vec![0.0; markets],
            origin_share: vec![0.0; flows],
            import_duty: vec![0.0; flows],
            export_tax: vec![0.0; flows],
            markup: vec![1.0; flows],
            labour_cost_share: vec![1.0; markets],
            input_cost_share: vec![0.0; markets * SECTORS],
            wage_bill: vec![0.0; markets],
            deficit: vec![0.0; economies],
            sigma: vec![self.elasticity; SECTORS],
            eps: vec![self.elasticity; SECTORS],
            eta: 1.0,
            rho: 1.0,
            users: vec![FinalUser {
                budget_share: vec![0.0; markets],
                labour_claim: ones.clone(),
                profit_claim: ones.clone(),
                revenue_claim: ones.clone(),
                transfer_claim: ones,
                is_retail: false,
            }],
            services: None,
            distribution_units: vec![0.0; markets],
            retail_markup: vec![0.0; markets],
            oligopoly: None,
        };
        for (i, share) in self.share.iter().enumerate() {
            let (sold, own) = (parts.flow(0, i, 0), parts.flow(i, i, 1));
            parts.origin_share[sold] = *share;
            parts.markup[sold] = self.markup;
            parts.origin_share[own] = 1.0;
            let (here, other) = (parts.market(i, 0), parts.market(i, 1));
            parts.wage_bill[here] = share / self.markup;
            parts.wage_bill[other] = 1.0;
            parts.spending[other] = 1.0;
            parts.users[0].budget_share[other] = 1.0;
            parts.deficit[i] = -share;
        }
        // The buyer also spends one on the market.
        parts.spending[0] = 1.0;
        parts.users[0].budget_share[..SECTORS].fill(0.5);
        parts.deficit[0] += 1.0;
        Economy::new(parts).map_err(|error| CaseError::World(error.to_string()))
    }
}

/// A market in a simulation; values by firm are in the order of economies.
pub(super) struct Market {
    pub(super) simulation: Simulation,
}

impl Market {
    /// Rows of the firms that sell in the market.
    fn firms(&self) -> Vec<usize> {
        let world = self.simulation.world();
        let (model, rows) = (world.resource::<Model>(), world.resource::<Rows>());
        let cells = (0..model.economy.economies).map(|i| model.economy.market(i, 0));
        cells
            .flat_map(|cell| rows.firms[cell]..rows.firms[cell + 1])
            .collect()
    }

    /// Rows of their lines.
    fn lines(&self) -> std::ops::Range<usize> {
        let world = self.simulation.world();
        let economies = world.resource::<Model>().economy.economies;
        let rows = &world.resource::<Rows>().lines;
        rows[0]..rows[economies]
    }

    /// Gives every firm the unit in which its base price is this one.
    pub(super) fn set_base_prices(&mut self, price: &[f64]) {
        let (firms, lines) = (self.firms(), self.lines());
        let world = self.simulation.world_mut();
        let mut all = world.query_filtered::<(&mut BaseLogPrice, &mut LogPrice), With<Line>>();
        let all = all.iter_mut(world).skip(lines.start).take(lines.len());
        let mut shift = Vec::new();
        for ((mut base, mut now), price) in all.zip(price) {
            shift.push(base.0 - ln(*price));
            (base.0, now.0) = (ln(*price), ln(*price));
        }
        let mut all =
            world.query_filtered::<(&mut BaseLogProductivity, &mut LogProductivity), With<Firm>>();
        let mut all: Vec<_> = all.iter_mut(world).collect();
        for (firm, shift) in firms.into_iter().zip(shift) {
            let (base, now) = &mut all[firm];
            base.0 += shift;
            now.0 += shift;
        }
    }

    /// Sets the unit cost of every firm for good.
    pub(super) fn set_costs(&mut self, cost: &[f64]) {
        let firms = self.firms();
        let world = self.simulation.world_mut();
        let mut all = world.query_filtered::<
            (&mut LogProductivity, &mut BundlesPerUnit, &mut LogUnitCost),
            With<Firm>,
        >();
        let mut all: Vec<_> = all.iter_mut(world).collect();
        for (firm, cost) in firms.into_iter().zip(cost) {
            let (productivity, bundles, log_cost) = &mut all[firm];
            productivity.0 = -ln(*cost);
            bundles.0 = *cost;
            log_cost.0 = ln(*cost);
        }
    }

    /// Log prices at the factory gate.
    pub(super) fn log_prices(&mut self) -> Vec<f64> {
        let lines = self.lines();
        let world = self.simulation.world_mut();
        let mut all = world.query_filtered::<&LogPrice, With<Line>>();
        let all = all.iter(world).skip(lines.start).take(lines.len());
        all.map(|price| price.0).collect()
    }

    /// Sets log prices at the factory gate.
    pub(super) fn set_log_prices(&mut self, log_price: &[f64]) {
        let lines = self.lines();
        let world = self.simulation.world_mut();
        let mut all = world.query_filtered::<&mut LogPrice, With<Line>>();
        let all = all.iter_mut(world).skip(lines.start).take(lines.len());
        for (mut price, log_price) in all.zip(log_price) {
            price.0 = *log_price;
        }
    }

    /// Shares of firms in spending on the market.
    pub(super) fn shares(&self) -> Vec<f64> {
        let world = self.simulation.world();
        let (rows, weights) = (world.resource::<Rows>(), world.resource::<LineWeights>());
        let economy = &world.resource::<Model>().economy;
        let prices = world.resource::<MarketPrices>();
        let of_origin = |i: usize| {
            let span = rows.lines[i]..rows.lines[i + 1];
            let share = prices.origin_share[economy.flow(0, i, 0)];
            span.map(move |line| share * weights.weight[line] / weights.total[i])
        };
        (0..economy.economies).flat_map(of_origin).collect()
    }

    /// Price index of the market, duty paid, relative to base prices.
    pub(super) fn index(&self) -> f64 {
        exp(self
            .simulation
            .world()
            .resource::<MarketPrices>()
            .log_composite[0])
    }

    /// Runs some ticks.
    pub(super) fn run(&mut self, ticks: u32) -> Result<(), CaseError> {
        for _ in 0..ticks {
            self.simulation.step()?;
        }
        Ok(())
    }

    /// Runs until no price moves.
    pub(super) fn settle(&mut self) -> Result<(), CaseError> {
        let (mut calm, mut moved) = (0, f64::INFINITY);
        for _ in 0..TICKS_TO_REST {
            let before = self.log_prices();
            self.simulation.step()?;
            let now = self.log_prices();
            let changes = now
                .iter()
                .zip(&before)
                .map(|(now, before)| (now - before).abs());
            moved = changes.fold(0.0, f64::max);
            calm = if moved <= ROUNDING { calm + 1 } else { 0 };
            if calm == CALM_TICKS {
                return Ok(());
            }
        }
        Err(CaseError::World(format!(
            "prices still move by {moved:.1e} a tick"
        )))
    }

    /// Adds what ran to a report.
    pub(super) fn account(&mut self, work: &mut Work) {
        let ticks = self.simulation.world().resource::<Clock>().index();
        work.add(&mut self.simulation, ticks);
    }
}
