//! The lowest tier: weights of the lines of each flow at current prices.

use bevy_ecs::prelude::*;
use tradewinds_kernel::maths::{Kernel, dispatch, exp};

use crate::columns::OnlyTable;
use crate::firm::{BaseLogPrice, BaseShare, Line, Rows};
use crate::model::Model;
use crate::pricing::LogPrice;

/// Weight of each line within its flow at current prices; the weights of a flow
/// add up to `total`, by flow in line order.
#[derive(Resource, Debug, Clone, PartialEq)]
pub struct LineWeights {
    /// By line.
    pub weight: Vec<f64>,
    /// Price at the factory gate by line, USD bn per unit.
    pub price: Vec<f64>,
    /// By flow in line order.
    pub total: Vec<f64>,
}

/// Weights of a run of lines with one elasticity.
struct Weigh<'a> {
    weight: &'a mut [f64],
    level: &'a mut [f64],
    share: &'a [BaseShare],
    price: &'a [LogPrice],
    base: &'a [BaseLogPrice],
    slope: f64,
}

impl Kernel for Weigh<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        for line in 0..self.weight.len() {
            let change = self.price[line].0 - self.base[line].0;
            self.weight[line] = self.share[line].0 * exp(self.slope * change);
            self.level[line] = exp(self.price[line].0);
        }
    }
}

pub(super) fn weigh_lines(
    model: Res<Model>,
    rows: Res<Rows>,
    mut weights: ResMut<LineWeights>,
    lines: Query<(&BaseShare, &LogPrice, &BaseLogPrice), With<Line>>,
) {
    let (share, price, base) = lines.table();
    let economy = &model.economy;
    let LineWeights {
        weight,
        price: level,
        total,
    } = &mut *weights;
    for market in 0..economy.markets() {
        let elasticity = model.population.firm_elasticity[market % economy.sectors];
        let flows = market * economy.economies..(market + 1) * economy.economies;
        let span = rows.lines[flows.start]..rows.lines[flows.end];
        dispatch(Weigh {
            weight: &mut weight[span.clone()],
            level: &mut level[span.clone()],
            share: &share[span.clone()],
            price: &price[span.clone()],
            base: &base[span],
            slope: 1.0 - elasticity,
        });
        for flow in flows {
            total[flow] = weight[rows.lines[flow]..rows.lines[flow + 1]].iter().sum();
        }
    }
}
