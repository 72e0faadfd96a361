//! Cells and starting points that both versions of "reprice and sell" share.

use bevy_ecs::resource::Resource;
use tradewinds_kernel::draws::{Decision, Draws};
use tradewinds_kernel::maths::ln;

/// Appeal of a firm.
const APPEAL: Decision = Decision::named("appeal");
/// Markup of a firm.
const MARKUP: Decision = Decision::named("markup");

/// Cells of firms that sell to the same buyers.
#[derive(Resource, Debug, Clone, PartialEq)]
pub struct Cells {
    /// First firm of each cell, and the number of firms.
    pub first_firm: Vec<usize>,
    /// Elasticity of substitution between the firms of a cell.
    pub elasticity: Vec<f64>,
    /// Spending on a cell in a tick, money.
    pub spending: Vec<f64>,
    /// Probability with which a price is reset in a tick.
    pub reset_share: Vec<f64>,
    /// The value below which a standard normal lies with that probability.
    pub reset_below: Vec<f64>,
    /// Part of a firm's log cost that the next tick keeps.
    pub kept: f64,
    /// Standard deviation of the shock to log cost in a tick.
    pub noise: f64,
}

impl Cells {
    /// Cells of equal size, or nearly so, that differ in elasticity, spending
    /// and reset rate.
    pub fn equal(firms: usize, count: usize) -> Self {
        // Probabilities, and the quantiles of the standard normal distribution there.
        const RESETS: [(f64, f64); 4] = [
            (0.25, -0.674_489_750_196_081_7),
            (0.20, -0.841_621_233_572_914_2),
            (0.10, -1.281_551_565_544_600_4),
            (0.05, -1.644_853_626_951_472_2),
        ];
        let cells = 0..count;
        Self {
            first_firm: (0..=count).map(|cell| cell * firms / count).collect(),
            elasticity: cells
                .clone()
                .map(|cell| 2.5 + (cell % 16) as f64 * 0.25)
                .collect(),
            spending: cells.clone().map(|cell| 1.0 + (cell % 5) as f64).collect(),
            reset_share: cells.clone().map(|cell| RESETS[cell % 4].0).collect(),
            reset_below: cells.map(|cell| RESETS[cell % 4].1).collect(),
            kept: 0.95,
            noise: 0.02,
        }
    }

    /// Number of cells.
    pub fn count(&self) -> usize {
        self.elasticity.len()
    }

    /// Number of firms.
    pub fn firms(&self) -> usize {
        self.first_firm.last().copied().unwrap_or(0)
    }

    /// Rows of the firms of a cell.
    pub fn rows(&self, cell: usize) -> std::ops::Range<usize> {
        self.first_firm[cell]..self.first_firm[cell + 1]
    }
}

/// Columns of the firms before the first tick.
#[derive(Debug, Clone, PartialEq)]
pub struct Start {
    /// Log of unit cost, 0.
    pub log_cost: Vec<f64>,
    /// Log of price: the desired one.
    pub log_price: Vec<f64>,
    /// Log of appeal, normal.
    pub log_appeal: Vec<f64>,
    /// Log of markup: that of the elasticity, and some of the firm's own.
    pub log_markup: Vec<f64>,
}

impl Start {
    /// Firms of the cells.
    pub fn of(cells: &Cells, seed: u64) -> Self {
        let draws = Draws::new(seed, 0);
        let firms = cells.firms();
        let mut log_appeal = vec![0.0; firms];
        draws.fill_normal(APPEAL, 0, 0, &mut log_appeal);
        let mut log_markup = vec![0.0; firms];
        draws.fill_uniform(MARKUP, 0, 0, &mut log_markup);
        for cell in 0..cells.count() {
            let elasticity = cells.elasticity[cell];
            let common = ln(elasticity / (elasticity - 1.0));
            for markup in &mut log_markup[cells.rows(cell)] {
                *markup = common * (0.9 + 0.2 * *markup);
            }
        }
        Self {
            log_cost: vec![0.0; firms],
            log_price: log_markup.clone(),
            log_appeal,
            log_markup,
        }
    }
}
