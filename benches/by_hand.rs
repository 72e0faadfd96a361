//! "Reprice and sell" as one would write it without the workspace: columns in
//! `Vec`s, one loop over the firms of each cell, mathematics of the standard
//! library, one generator for all draws (xoshiro256++, normals by ziggurat).
//!
//! Same economics as [`crate::reprice`], other random numbers. In
//! [`State::Logs`] it keeps logs, as the ECS version does: three exponentials a
//! firm, the strongest opponent. In [`State::Levels`] it keeps prices and costs
//! themselves, the more usual way: one exponential and two powers.

#![expect(
    clippy::disallowed_methods,
    reason = "the point of comparison is the standard library"
)]

use rand::rngs::Xoshiro256PlusPlus;
use rand::{RngExt, SeedableRng};
use rand_distr::{Distribution, StandardNormal};

use crate::cells::{Cells, Start};

/// What the columns hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Logs of cost, price, appeal and markup.
    Logs,
    /// Cost, price, appeal and markup themselves.
    Levels,
}

/// The model by hand.
pub struct ByHand {
    cells: Cells,
    state: State,
    generator: Xoshiro256PlusPlus,
    cost: Vec<f64>,
    price: Vec<f64>,
    appeal: Vec<f64>,
    markup: Vec<f64>,
    demand: Vec<f64>,
    profit: Vec<f64>,
    cell_weights: Vec<f64>,
}

impl ByHand {
    /// Firms before their first tick.
    pub fn new(cells: Cells, start: Start, state: State, seed: u64) -> Self {
        let held = |logs: Vec<f64>| match state {
            State::Logs => logs,
            State::Levels => logs.into_iter().map(f64::exp).collect(),
        };
        Self {
            state,
            generator: Xoshiro256PlusPlus::seed_from_u64(seed),
            cost: held(start.log_cost),
            price: held(start.log_price),
            appeal: held(start.log_appeal),
            markup: held(start.log_markup),
            demand: vec![0.0; cells.firms()],
            profit: vec![0.0; cells.firms()],
            cell_weights: vec![0.0; cells.count()],
            cells,
        }
    }

    /// One tick.
    pub fn tick(&mut self) {
        for cell in 0..self.cells.count() {
            match self.state {
                State::Logs => self.tick_logs(cell),
                State::Levels => self.tick_levels(cell),
            }
        }
    }

    fn tick_logs(&mut self, cell: usize) {
        let cells = &self.cells;
        let rows = cells.rows(cell);
        let (slope, reset_share) = (1.0 - cells.elasticity[cell], cells.reset_share[cell]);
        let cost = &mut self.cost[rows.clone()];
        let price = &mut self.price[rows.clone()][..cost.len()];
        let appeal = &self.appeal[rows.clone()][..cost.len()];
        let markup = &self.markup[rows.clone()][..cost.len()];
        let demand = &mut self.demand[rows.clone()][..cost.len()];
        let profit = &mut self.profit[rows][..cost.len()];
        let mut total = 0.0;
        for firm in 0..cost.len() {
            let shock: f64 = StandardNormal.sample(&mut self.generator);
            cost[firm] = cells.kept * cost[firm] + cells.noise * shock;
            if self.generator.random::<f64>() < reset_share {
                price[firm] = cost[firm] + markup[firm];
            }
            let weight = (appeal[firm] + slope * price[firm]).exp();
            demand[firm] = weight;
            total += weight;
        }
        self.cell_weights[cell] = total;
        let per_weight = cells.spending[cell] / total;
        for firm in 0..cost.len() {
            let revenue = per_weight * demand[firm];
            demand[firm] = revenue * (-price[firm]).exp();
            profit[firm] = revenue - revenue * (cost[firm] - price[firm]).exp();
        }
    }

    fn tick_levels(&mut self, cell: usize) {
        let cells = &self.cells;
        let rows = cells.rows(cell);
        let (slope, reset_share) = (1.0 - cells.elasticity[cell], cells.reset_share[cell]);
        let cost = &mut self.cost[rows.clone()];
        let price = &mut self.price[rows.clone()][..cost.len()];
        let appeal = &self.appeal[rows.clone()][..cost.len()];
        let markup = &self.markup[rows.clone()][..cost.len()];
        let demand = &mut self.demand[rows.clone()][..cost.len()];
        let profit = &mut self.profit[rows][..cost.len()];
        let mut total = 0.0;
        for firm in 0..cost.len() {
            let shock: f64 = StandardNormal.sample(&mut self.generator);
            cost[firm] = cost[firm].powf(cells.kept) * (cells.noise * shock).exp();
            if self.generator.random::<f64>() < reset_share {
                price[firm] = cost[firm] * markup[firm];
            }
            let weight = appeal[firm] * price[firm].powf(slope);
            demand[firm] = weight;
            total += weight;
        }
        self.cell_weights[cell] = total;
        let per_weight = cells.spending[cell] / total;
        for firm in 0..cost.len() {
            let revenue = per_weight * demand[firm];
            demand[firm] = revenue / price[firm];
            profit[firm] = revenue - demand[firm] * cost[firm];
        }
    }

    /// Log prices and profits by firm.
    pub fn log_prices_and_profits(&self) -> (Vec<f64>, Vec<f64>) {
        let log_price = |price: &f64| match self.state {
            State::Logs => *price,
            State::Levels => price.ln(),
        };
        (
            self.price.iter().map(log_price).collect(),
            self.profit.clone(),
        )
    }

    /// Sum of the weights of each cell.
    pub fn cell_weights(&self) -> Vec<f64> {
        self.cell_weights.clone()
    }
}
