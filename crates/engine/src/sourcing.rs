//! Sourcing: from prices at the factory gate to shares of origins and firms.
//!
//! Four CES tiers per market (buyer economy, sector): firms of one origin
//! (elasticity of firms), foreign origins (sigma), domestic against imports
//! (eps); the fourth, across sectors, belongs to final users. In every tier
//!
//! ln P = ln\[Σ a × (p / p0)^(1 − e)\] / (1 − e),   share = a × ((p / p0) / P)^(1 − e),
//!
//! with base shares a at base prices, so that base prices return base shares
//! and no units are needed. Buyers compare landed prices: the price at the
//! factory gate with duty, export tax and trade cost.

use bevy_app::{App, Plugin};
use bevy_ecs::prelude::*;
use tradewinds_equilibrium::Economy;
use tradewinds_kernel::maths::{Kernel, dispatch, exp, exp_slice, ln, ln_slice};
use tradewinds_kernel::phase::Phase;

use crate::Tick;
use crate::columns::OnlyTable;
use crate::customs::RatesInForce;
use crate::firm::{BaseLogPrice, BaseShare, Line, Rows};
use crate::model::Model;
use crate::pricing::LogPrice;

/// Elasticities closer to one than this use the Cobb-Douglas limit.
const NEAR_ONE: f64 = 1e-9;

/// Prices of every market relative to the base year, and what they make buyers
/// choose.
#[derive(Resource, Debug, Clone, PartialEq)]
pub struct MarketPrices {
    /// Log price of the composite, duty paid, `[n][s]`.
    pub log_composite: Vec<f64>,
    /// Log price of domestic goods, `[n][s]`.
    pub log_domestic: Vec<f64>,
    /// Log price of imports, duty paid, `[n][s]`.
    pub log_import: Vec<f64>,
    /// Log price at the factory gate by origin, `[n][i][s]`.
    pub log_gate: Vec<f64>,
    /// Log landed price by origin, duty paid, `[n][i][s]`.
    pub log_landed: Vec<f64>,
    /// Share of spending on each origin, duty paid, `[n][i][s]`.
    pub origin_share: Vec<f64>,
    /// Domestic units bought per unit of the composite, `[n][s]`.
    pub domestic_units: Vec<f64>,
    /// Imported units bought per unit of the composite, `[n][s]`.
    pub import_units: Vec<f64>,
}

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

/// Compares landed prices. Add after [`crate::firm::FirmPlugin`].
pub struct SourcingPlugin;

/// The system that sets market prices and shares.
#[derive(SystemSet, Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct SourcingSystems;

impl Plugin for SourcingPlugin {
    fn build(&self, app: &mut App) {
        let economy = app.world().resource::<Model>().economy.clone();
        let rows = app.world().resource::<Rows>();
        let weights = LineWeights {
            weight: vec![0.0; rows.line_count()],
            price: vec![0.0; rows.line_count()],
            total: vec![0.0; economy.flows()],
        };
        app.insert_resource(MarketPrices::at_base(&economy))
            .insert_resource(weights)
            .add_systems(
                Tick,
                (weigh_lines, compare_landed_prices)
                    .chain()
                    .in_set(Phase::Trade)
                    .in_set(SourcingSystems),
            );
    }
}

impl MarketPrices {
    fn at_base(economy: &Economy) -> Self {
        let domestic = |n: usize, s: usize| economy.origin_share[economy.flow(n, n, s)];
        let by_market = |value: &dyn Fn(usize, usize) -> f64| -> Vec<f64> {
            (0..economy.markets())
                .map(|market| value(market / economy.sectors, market % economy.sectors))
                .collect()
        };
        Self {
            log_composite: vec![0.0; economy.markets()],
            log_domestic: vec![0.0; economy.markets()],
            log_import: vec![0.0; economy.markets()],
            log_gate: vec![0.0; economy.flows()],
            log_landed: vec![0.0; economy.flows()],
            origin_share: economy.origin_share.clone(),
            domestic_units: by_market(&domestic),
            import_units: by_market(&|n, s| 1.0 - domestic(n, s)),
        }
    }
}

/// Log of a CES index with shares at base prices, from pairs of share and log
/// price; shares sum to one and the elasticity may be one.
pub fn log_ces(elasticity: f64, terms: impl Iterator<Item = (f64, f64)> + Clone) -> f64 {
    let slope = 1.0 - elasticity;
    if slope.abs() < NEAR_ONE {
        return terms.map(|(share, log_price)| share * log_price).sum();
    }
    let largest = terms
        .clone()
        .map(|(_, log_price)| slope * log_price)
        .fold(f64::NEG_INFINITY, f64::max);
    let total: f64 = terms
        .map(|(share, log_price)| share * exp(slope * log_price - largest))
        .sum();
    (ln(total) + largest) / slope
}

/// Prices raised to 1 − e once, for many CES indices over the same goods.
pub struct CesTerms<'a> {
    slope: f64,
    log_prices: &'a [f64],
    /// Largest of slope × log price, taken out of the powers against overflow.
    largest: f64,
    powers: Vec<f64>,
}

impl<'a> CesTerms<'a> {
    /// Terms of goods with these log prices.
    pub fn new(elasticity: f64, log_prices: &'a [f64]) -> Self {
        let slope = 1.0 - elasticity;
        let largest = log_prices
            .iter()
            .map(|price| slope * price)
            .fold(f64::NEG_INFINITY, f64::max);
        let powers = log_prices
            .iter()
            .map(|price| exp(slope * price - largest))
            .collect();
        Self {
            slope,
            log_prices,
            largest,
            powers,
        }
    }

    /// Log of the index with base shares by good, and one more good with its
    /// own share and log price (a share of zero leaves it out). See [`log_ces`].
    pub fn log_index(&self, share: impl Fn(usize) -> f64, (more, log_price): (f64, f64)) -> f64 {
        if self.slope.abs() < NEAR_ONE {
            let goods = self.log_prices.iter().enumerate();
            return more * log_price + goods.map(|(k, price)| share(k) * price).sum::<f64>();
        }
        let goods = self.powers.iter().enumerate();
        let mut total: f64 = goods.map(|(k, power)| share(k) * power).sum();
        if more > 0.0 {
            total += more * exp(self.slope * log_price - self.largest);
        }
        (ln(total) + self.largest) / self.slope
    }

    /// Power of a good's price up to the scale of
    /// [`CesTerms::relative_power_scale`]: the product is (p / P)^(1 − e).
    pub fn power(&self, k: usize) -> f64 {
        self.powers[k]
    }

    /// What turns powers of prices into powers of prices relative to an index.
    pub fn relative_power_scale(&self, log_index: f64) -> f64 {
        exp(self.largest - self.slope * log_index)
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
        for line in 0..self.weight.len() {
            let change = self.price[line].0 - self.base[line].0;
            self.weight[line] = self.share[line].0 * exp(self.slope * change);
            self.level[line] = exp(self.price[line].0);
        }
    }
}

fn weigh_lines(
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

fn compare_landed_prices(
    model: Res<Model>,
    rates: Res<RatesInForce>,
    weights: Res<LineWeights>,
    mut prices: ResMut<MarketPrices>,
) {
    let economy = &model.economy;
    let mut log_total = weights.total.clone();
    for total in log_total.iter_mut().filter(|total| **total <= 0.0) {
        *total = 1.0;
    }
    ln_slice(&mut log_total);
    let mut relative = Vec::with_capacity(economy.economies);
    for n in 0..economy.economies {
        for s in 0..economy.sectors {
            let slope = 1.0 - model.population.firm_elasticity[s];
            for i in 0..economy.economies {
                let flow = economy.flow(n, i, s);
                let gate = log_total[Rows::flow(economy, n, i, s)] / slope;
                prices.log_gate[flow] = gate;
                prices.log_landed[flow] = gate + rates.log_wedge[flow];
            }
            choose_origins(economy, &mut prices, &mut relative, n, s);
        }
    }
}

/// The two upper tiers of one market; `relative` is scratch space.
fn choose_origins(
    economy: &Economy,
    prices: &mut MarketPrices,
    relative: &mut Vec<f64>,
    n: usize,
    s: usize,
) {
    let market = economy.market(n, s);
    let own = economy.flow(n, n, s);
    let (sigma, eps) = (economy.sigma[s], economy.eps[s]);
    let domestic = economy.origin_share[own];
    let share = |i: usize| match i == n {
        true => 0.0,
        false => economy.origin_share[economy.flow(n, i, s)],
    };
    let imported: f64 = (0..economy.economies).map(share).sum();
    let log_domestic = prices.log_landed[own];
    let slope = 1.0 - sigma;
    let landed = |i: usize| prices.log_landed[economy.flow(n, i, s)];
    // Origins that sell nothing take no part, at whatever price.
    let largest = (0..economy.economies)
        .filter(|i| share(*i) > 0.0)
        .map(|i| slope * landed(i))
        .fold(f64::NEG_INFINITY, f64::max);
    let mut log_import = 0.0;
    relative.clear();
    if imported > 0.0 {
        relative.extend((0..economy.economies).map(|i| match share(i) > 0.0 {
            true => slope * landed(i) - largest,
            false => 0.0,
        }));
        exp_slice(relative);
        let mut total = 0.0;
        for (i, power) in relative.iter_mut().enumerate() {
            *power *= share(i) / imported;
            total += *power;
        }
        log_import = if slope.abs() < NEAR_ONE {
            (0..economy.economies)
                .map(|i| share(i) / imported * landed(i))
                .sum()
        } else {
            (ln(total) + largest) / slope
        };
        for power in relative.iter_mut() {
            *power /= total;
        }
    }
    let tiers = [(domestic, log_domestic), (imported, log_import)];
    let log_composite = if domestic + imported > 0.0 {
        log_ces(eps, tiers.into_iter().filter(|(share, _)| *share > 0.0))
    } else {
        0.0
    };
    let domestic_now = domestic * exp((1.0 - eps) * (log_domestic - log_composite));
    let imported_now = imported * exp((1.0 - eps) * (log_import - log_composite));
    for (i, within) in relative.iter().enumerate() {
        prices.origin_share[economy.flow(n, i, s)] = imported_now * within;
    }
    prices.origin_share[own] = domestic_now;
    prices.log_domestic[market] = log_domestic;
    prices.log_import[market] = log_import;
    prices.log_composite[market] = log_composite;
    prices.domestic_units[market] = domestic_now * exp(log_composite - log_domestic);
    prices.import_units[market] = imported_now * exp(log_composite - log_import);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn index(elasticity: f64) -> f64 {
        log_ces(elasticity, [(0.3, 0.2), (0.7, -0.1)].into_iter())
    }

    #[test]
    fn a_uniform_change_moves_the_index_one_for_one() {
        for elasticity in [0.3, 1.0, 1.0 + 1e-7, 6.0] {
            let moved = log_ces(elasticity, [(0.3, 0.4), (0.7, 0.4)].into_iter());
            assert!((moved - 0.4).abs() < 1e-9, "{elasticity}: {moved}");
        }
    }

    #[test]
    fn the_index_is_continuous_at_an_elasticity_of_one() {
        assert!((index(1.0 + 1e-6) - index(1.0)).abs() < 1e-7);
        assert!((index(1.0) - (0.3 * 0.2 - 0.7 * 0.1)).abs() < 1e-15);
    }

    #[test]
    fn the_index_falls_when_goods_are_closer_substitutes() {
        assert!(index(6.0) < index(2.0) && index(2.0) < index(0.5));
    }
}
