//! The lowest tier: weights of the lines of each flow at current prices.
//!
//! CES, weight = base share × (p / p0)^(1 − σᶠ); or, in sectors whose sellers
//! face Kimball demand, base share × value sold at the price relative to the
//! last price of the sector, duty paid. There the price of the flow is the Kimball
//! index of its lines, and weights are scaled so that both kinds are read alike:
//! ln(total) / (1 − σᶠ) is the log price of the flow.

use bevy_ecs::prelude::*;
use tradewinds_kernel::maths::{Kernel, dispatch, exp};

use crate::columns::OnlyTable;
use crate::customs::RatesInForce;
use crate::firm::{BaseLogPrice, BaseShare, Line, Rows};
use crate::markup::{Conduct, KimballDemand};
use crate::model::Model;
use crate::pricing::LogPrice;
use crate::sourcing::MarketPrices;

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

impl LineWeights {
    /// Weights at base prices.
    pub(super) fn at_base(rows: &Rows, world: &mut World) -> Self {
        let mut lines = world.query_filtered::<(&BaseShare, &BaseLogPrice), With<Line>>();
        let lines = lines.iter(world);
        let (weight, price): (Vec<f64>, Vec<f64>) =
            lines.map(|(share, price)| (share.0, exp(price.0))).unzip();
        let total = |span: &[usize]| weight[span[0]..span[1]].iter().sum();
        Self {
            total: rows.lines.windows(2).map(total).collect(),
            weight,
            price,
        }
    }
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
        let prices = self.price.iter().zip(self.base);
        for (weight, (share, (price, base))) in
            self.weight.iter_mut().zip(self.share.iter().zip(prices))
        {
            *weight = share.0 * exp(self.slope * (price.0 - base.0));
        }
        for (level, price) in self.level.iter_mut().zip(self.price) {
            *level = exp(price.0);
        }
    }
}

pub(super) fn weigh_lines(
    model: Res<Model>,
    rows: Res<Rows>,
    rates: Res<RatesInForce>,
    prices: Res<MarketPrices>,
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
            base: &base[span.clone()],
            slope: 1.0 - elasticity,
        });
        let sector = market % economy.sectors;
        if model.frictions.markups.conduct[sector] == Conduct::Kimball {
            let superelasticity = model.frictions.markups.superelasticity[sector];
            let demand = KimballDemand::new(elasticity, superelasticity);
            for (origin, row) in flows.clone().enumerate() {
                let flow = economy.flow(market / economy.sectors, origin, sector);
                let span = rows.lines[row]..rows.lines[row + 1];
                let lines = Lines {
                    share: &share[span.clone()],
                    price: &price[span.clone()],
                    base: &base[span.clone()],
                };
                let over_sector = rates.log_wedge[flow] - prices.log_composite[market];
                lines.weigh(
                    demand,
                    (prices.log_gate[flow], over_sector),
                    &mut weight[span],
                );
            }
        }
        for flow in flows {
            total[flow] = weight[rows.lines[flow]..rows.lines[flow + 1]].iter().sum();
        }
    }
}

/// Lines of one flow.
struct Lines<'a> {
    share: &'a [BaseShare],
    price: &'a [LogPrice],
    base: &'a [BaseLogPrice],
}

impl Lines<'_> {
    /// Weights under Kimball demand, from last tick's log price of the flow and the log
    /// of its wedge over the price of the sector.
    fn weigh(&self, demand: KimballDemand, (start, over_sector): (f64, f64), weight: &mut [f64]) {
        let changes = || (self.price.iter().zip(self.base)).map(|(now, base)| now.0 - base.0);
        let shares = || self.share.iter().map(|share| share.0);
        let base: f64 = shares().sum();
        if base <= 0.0 {
            return;
        }
        let gate = demand.log_index(shares().zip(changes()), base, start);
        let mut largest = f64::NEG_INFINITY;
        for (weight, change) in weight.iter_mut().zip(changes()) {
            *weight = demand.log_value(change + over_sector);
            largest = largest.max(*weight);
        }
        let mut total = 0.0;
        for (weight, share) in weight.iter_mut().zip(shares()) {
            *weight = share * exp(*weight - largest);
            total += *weight;
        }
        let scale = base * exp((1.0 - demand.base_elasticity()) * gate) / total;
        for weight in weight {
            *weight *= scale;
        }
    }
}
