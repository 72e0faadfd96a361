//! Sourcing: from prices at the factory gate to shares of origins and firms.
//!
//! Four tiers per market (buyer economy, sector): firms of one origin
//! (elasticity of firms), foreign origins (sigma), domestic against imports
//! (eps); the fourth, across sectors, belongs to final users. Among firms
//!
//! ln P = ln\[Σ a × (p / p0)^(1 − e)\] / (1 − e),   share = a × ((p / p0) / P)^(1 − e),
//!
//! with base shares a at base prices, so that base prices return base shares
//! and no units are needed. The two tiers above answer prices at two speeds
//! ([`crate::two_speed`]): a little at once, more as buyers adapt their
//! suppliers over years. Buyers compare offered prices: the price at the
//! factory gate with duty, export tax and trade cost.

mod ces;
mod effort;
mod lines;
mod origins;
mod seeds;

use bevy_app::{App, Plugin};
use bevy_ecs::prelude::*;
use tradewinds_equilibrium::Economy;
use tradewinds_kernel::maths::ln_slice;
use tradewinds_kernel::phase::Phase;

pub use self::ces::{CesTerms, log_ces, log_tiers};
pub use self::effort::{EFFORT_NOISE, Effort, EffortRule};
pub use self::lines::LineWeights;
use self::origins::Tiers;
pub use self::origins::{AdaptedPrices, SourcingRule};
pub use self::seeds::Opening;
use crate::Tick;
use crate::customs::RatesInForce;
use crate::firm::Rows;
use crate::model::Model;
use crate::stocks::{ImportStocks, offer_stocks};

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
    /// Log price at which buyers are offered goods of each origin, `[n][i][s]`:
    /// what they compare.
    pub log_offered: Vec<f64>,
    /// Share of spending on each origin, duty paid, `[n][i][s]`.
    pub origin_share: Vec<f64>,
    /// Domestic units bought per unit of the composite, `[n][s]`.
    pub domestic_units: Vec<f64>,
    /// Imported units bought per unit of the composite, `[n][s]`.
    pub import_units: Vec<f64>,
}

/// Compares landed prices. Add after [`crate::firm::FirmPlugin`].
pub struct SourcingPlugin;

/// The system that sets market prices and shares.
#[derive(SystemSet, Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct SourcingSystems;

impl Plugin for SourcingPlugin {
    fn build(&self, app: &mut App) {
        let model = app.world().resource::<Model>().clone();
        let economy = &model.economy;
        let rows = app.world().resource::<Rows>().clone();
        let weights = LineWeights::at_base(&rows, app.world_mut());
        let effort = Effort::at_base(&model, &rows);
        let opening = Opening::of(&model);
        app.insert_resource(MarketPrices::at_base(economy, opening.share.clone()))
            .insert_resource(AdaptedPrices::at_base(economy))
            .insert_resource(Tiers::new(&model, &opening.share))
            .insert_resource(effort)
            .insert_resource(weights)
            .add_systems(
                Tick,
                (
                    effort::direct_effort,
                    lines::weigh_lines,
                    effort::weigh_effort,
                    compare_landed_prices,
                    origins::adapt_suppliers,
                )
                    .chain()
                    .in_set(Phase::Trade)
                    .in_set(SourcingSystems),
            );
    }
}

impl MarketPrices {
    fn at_base(economy: &Economy, origin_share: Vec<f64>) -> Self {
        let domestic = |n: usize, s: usize| origin_share[economy.flow(n, n, s)];
        let by_market = |value: &dyn Fn(usize, usize) -> f64| -> Vec<f64> {
            (0..economy.markets())
                .map(|market| value(market / economy.sectors, market % economy.sectors))
                .collect()
        };
        let domestic_units = by_market(&domestic);
        let import_units = by_market(&|n, s| 1.0 - domestic(n, s));
        Self {
            log_composite: vec![0.0; economy.markets()],
            log_domestic: vec![0.0; economy.markets()],
            log_import: vec![0.0; economy.markets()],
            log_gate: vec![0.0; economy.flows()],
            log_landed: vec![0.0; economy.flows()],
            log_offered: vec![0.0; economy.flows()],
            origin_share,
            domestic_units,
            import_units,
        }
    }
}

fn compare_landed_prices(
    model: Res<Model>,
    rates: Res<RatesInForce>,
    weights: Res<LineWeights>,
    stocks: Res<ImportStocks>,
    adapted: Res<AdaptedPrices>,
    effort: Res<Effort>,
    mut tiers: ResMut<Tiers>,
    mut prices: ResMut<MarketPrices>,
) {
    let economy = &model.economy;
    let mut log_total = weights.total.clone();
    for total in log_total.iter_mut().filter(|total| **total <= 0.0) {
        *total = 1.0;
    }
    ln_slice(&mut log_total);
    for n in 0..economy.economies {
        for i in 0..economy.economies {
            for s in 0..economy.sectors {
                let slope = 1.0 - model.population.firm_elasticity[s];
                let flow = economy.flow(n, i, s);
                let pull = effort.pull.get(flow).copied().unwrap_or(0.0);
                let gate = (log_total[Rows::flow(economy, n, i, s)] - pull) / slope;
                prices.log_gate[flow] = gate;
                prices.log_landed[flow] = gate + rates.log_wedge[flow];
                prices.log_offered[flow] = prices.log_landed[flow];
            }
        }
    }
    offer_stocks(&stocks, &mut prices);
    for n in 0..economy.economies {
        tiers.choose(economy, &adapted, &effort.pull, &mut prices, n);
    }
}
