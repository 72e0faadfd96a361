//! The two upper tiers: domestic against imports, and origins of imports.

use bevy_ecs::prelude::*;
use tradewinds_equilibrium::Economy;
use tradewinds_kernel::clock::Clock;
use tradewinds_kernel::maths::{exp_m1, exp_slice};

use super::MarketPrices;
use crate::model::Model;
use crate::two_speed::{Answer, Chosen, Menu, adapt};

/// How fast buyers change their suppliers. The long-run elasticities are those
/// of the economy (`sigma`, `eps`), so that its rest point is the long run.
#[derive(Debug, Clone, PartialEq)]
pub struct SourcingRule {
    /// Elasticity between foreign origins at once, `[s]` (Boehm, Levchenko and
    /// Pandalai-Nayar 2023: trade answers a duty over seven to ten years).
    pub origin_short: Vec<f64>,
    /// Elasticity between domestic goods and imports at once, `[s]`.
    pub import_short: Vec<f64>,
    /// Speed of adaptation to the long run, per year; infinite is at once.
    pub speed: f64,
    /// Share of a market with which an origin starts that sells the good, but not there,
    /// `[s]`; zero keeps its link closed.
    pub seed: Vec<f64>,
}

impl SourcingRule {
    /// Buyers who have their long-run suppliers at once.
    pub fn frictionless(sectors: usize) -> Self {
        Self {
            origin_short: vec![1.0; sectors],
            import_short: vec![1.0; sectors],
            speed: f64::INFINITY,
            seed: vec![0.0; sectors],
        }
    }

    /// Elasticities between origins and between domestic goods and imports some years
    /// after a change that stays, `[s]`.
    pub fn at_horizon(&self, economy: &Economy, years: f64) -> (Vec<f64>, Vec<f64>) {
        let adapted = match self.speed.is_infinite() {
            true => 1.0,
            false => -exp_m1(-self.speed * years),
        };
        let between = |short: &[f64], long: &[f64]| -> Vec<f64> {
            (short.iter().zip(long))
                .map(|(short, long)| short + (long - short) * adapted)
                .collect()
        };
        (
            between(&self.origin_short, &economy.sigma),
            between(&self.import_short, &economy.eps),
        )
    }
}

/// Log prices relative to the base year to which buyers have adapted their
/// suppliers.
#[derive(Resource, Debug, Clone, PartialEq)]
pub struct AdaptedPrices {
    /// Of each origin, `[n][i][s]`.
    pub log_offered: Vec<f64>,
    /// Of imports together, `[n][s]`.
    pub log_import: Vec<f64>,
}

/// Base shares within each tier and how buyers answer; no state.
#[derive(Resource, Debug, Clone)]
pub(super) struct Tiers {
    /// Shares in imports, `[n][i][s]`; zero for domestic goods.
    in_imports: Vec<f64>,
    /// Shares of domestic goods and of imports, `[n][domestic, imports][s]`.
    in_composite: Vec<f64>,
    origins: Answer,
    imports: Answer,
    /// Scratch space of one buyer.
    chosen: [Chosen; 2],
    price: Vec<f64>,
    adapted: Vec<f64>,
    units: Vec<f64>,
}

impl AdaptedPrices {
    pub(super) fn at_base(economy: &Economy) -> Self {
        Self {
            log_offered: vec![0.0; economy.flows()],
            log_import: vec![0.0; economy.markets()],
        }
    }
}

impl Tiers {
    /// Tiers with these shares of spending in the base year, `[n][i][s]`.
    pub(super) fn new(model: &Model, base_share: &[f64]) -> Self {
        let (economy, rule) = (&model.economy, &model.frictions.sourcing);
        let sectors = economy.sectors;
        let mut in_imports = base_share.to_vec();
        let mut in_composite = vec![0.0; 2 * economy.markets()];
        for n in 0..economy.economies {
            for s in 0..sectors {
                let own = economy.flow(n, n, s);
                let domestic = base_share[own];
                in_imports[own] = 0.0;
                let flows = || (0..economy.economies).map(|i| economy.flow(n, i, s));
                let imported: f64 = flows().map(|flow| in_imports[flow]).sum();
                if imported > 0.0 {
                    flows().for_each(|flow| in_imports[flow] /= imported);
                }
                if domestic + imported > 0.0 {
                    let at = 2 * n * sectors + s;
                    in_composite[at] = domestic / (domestic + imported);
                    in_composite[at + sectors] = imported / (domestic + imported);
                }
            }
        }
        Self {
            in_imports,
            in_composite,
            origins: Answer::new(&rule.origin_short, &economy.sigma, rule.speed),
            imports: Answer::new(&rule.import_short, &economy.eps, rule.speed),
            chosen: Default::default(),
            price: Vec::new(),
            adapted: Vec::new(),
            units: Vec::new(),
        }
    }

    /// The two upper tiers of all markets of one buyer. `pull` draws buyers to
    /// origins, `[n][i][s]`; empty for none.
    pub(super) fn choose(
        &mut self,
        economy: &Economy,
        adapted: &AdaptedPrices,
        pull: &[f64],
        prices: &mut MarketPrices,
        n: usize,
    ) {
        let flows = economy.flow(n, 0, 0)..economy.flow(n + 1, 0, 0);
        let own = economy.flow(n, n, 0)..economy.flow(n, n + 1, 0);
        let markets = economy.market(n, 0)..economy.market(n + 1, 0);
        let [origins, composite] = &mut self.chosen;
        let pull = if pull.is_empty() {
            pull
        } else {
            &pull[flows.clone()]
        };
        let menu = Menu {
            base_share: &self.in_imports[flows.clone()],
            log_price: &prices.log_offered[flows.clone()],
            adapted: &adapted.log_offered[flows.clone()],
            pull,
        };
        origins.choose(&self.origins, menu);
        self.price.clear();
        self.price.extend(&prices.log_offered[own.clone()]);
        self.price.extend(&origins.log_index);
        self.adapted.clear();
        self.adapted.extend(&adapted.log_offered[own.clone()]);
        self.adapted.extend(&adapted.log_import[markets.clone()]);
        let menu = Menu {
            base_share: &self.in_composite[2 * markets.start..2 * markets.end],
            log_price: &self.price,
            adapted: &self.adapted,
            pull: &pull_of_tiers(origins, pull, own.start - flows.start),
        };
        composite.choose(&self.imports, menu);
        let (domestic, imported) = composite.share.split_at(economy.sectors);
        for (now, within) in prices.origin_share[flows]
            .chunks_exact_mut(economy.sectors)
            .zip(origins.share.chunks_exact(economy.sectors))
        {
            for ((now, within), imported) in now.iter_mut().zip(within).zip(imported) {
                *now = imported * within;
            }
        }
        prices.origin_share[own].copy_from_slice(domestic);
        self.units.clear();
        for (tier, price) in self.price.iter().enumerate() {
            self.units
                .push(composite.log_index[tier % economy.sectors] - price);
        }
        exp_slice(&mut self.units);
        for (units, share) in self.units.iter_mut().zip(&composite.share) {
            *units *= share;
        }
        let (domestic, imported) = self.units.split_at(economy.sectors);
        prices.domestic_units[markets.clone()].copy_from_slice(domestic);
        prices.import_units[markets.clone()].copy_from_slice(imported);
        let (domestic, imported) = self.price.split_at(economy.sectors);
        prices.log_domestic[markets.clone()].copy_from_slice(domestic);
        prices.log_import[markets.clone()].copy_from_slice(imported);
        prices.log_composite[markets].copy_from_slice(&composite.log_index);
    }
}

/// What draws a buyer to domestic goods and to imports: the pull of its own
/// sellers, and the mean pull of the origins it buys from.
fn pull_of_tiers(origins: &Chosen, pull: &[f64], own: usize) -> Vec<f64> {
    if pull.is_empty() {
        return Vec::new();
    }
    let sectors = origins.log_index.len();
    let mut tiers = pull[own..own + sectors].to_vec();
    tiers.extend((0..sectors).map(|s| {
        let shares = origins.share[s..].iter().step_by(sectors);
        let pulls = pull[s..].iter().step_by(sectors);
        shares
            .zip(pulls)
            .map(|(share, pull)| share * pull)
            .sum::<f64>()
    }));
    tiers
}

/// Buyers adapt to the prices at which they have just bought.
pub(super) fn adapt_suppliers(
    model: Res<Model>,
    clock: Res<Clock>,
    prices: Res<MarketPrices>,
    mut adapted: ResMut<AdaptedPrices>,
) {
    let closed = clock.closing_share(model.frictions.sourcing.speed);
    adapt(&mut adapted.log_offered, &prices.log_offered, closed);
    adapt(&mut adapted.log_import, &prices.log_import, closed);
}
