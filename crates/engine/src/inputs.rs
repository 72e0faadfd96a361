//! Input substitution: labour and materials at two speeds.
//!
//! The shares of labour and of each material in unit cost follow
//! [`crate::two_speed`] with the wage and the prices of composites: little
//! substitution at once (rho short), more once firms have changed how they
//! produce (rho of the economy). Requirements per unit of output are
//! share × unit cost / price.

use bevy_ecs::prelude::*;
use tradewinds_equilibrium::Economy;
use tradewinds_kernel::clock::Clock;
use tradewinds_kernel::maths::{exp_m1, exp_slice};

use crate::model::Model;
use crate::production::Recipe;
use crate::two_speed::{Answer, Chosen, Menu, adapt};

/// How fast firms change their inputs. The long-run elasticity is that of the
/// economy (`rho`).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SubstitutionRule {
    /// Elasticity among labour and materials at once (Atalay 2017; Boehm,
    /// Flaaen and Pandalai-Nayar 2019).
    pub short: f64,
    /// Speed of adaptation to the long run, per year; infinite is at once.
    pub speed: f64,
}

impl SubstitutionRule {
    /// Elasticity some years after a change that stays.
    pub fn at_horizon(&self, economy: &Economy, years: f64) -> f64 {
        match self.speed.is_infinite() {
            true => economy.rho,
            false => self.short - (economy.rho - self.short) * exp_m1(-self.speed * years),
        }
    }

    /// Firms that use their long-run inputs at once.
    pub fn frictionless() -> Self {
        Self {
            short: 1.0,
            speed: f64::INFINITY,
        }
    }
}

/// Input prices that firms see, and those to which they have adapted; logs
/// relative to the base year.
#[derive(Resource, Debug, Clone)]
pub struct Inputs {
    /// Wages and prices of composites seen, each `[n][s]`.
    seen: [Vec<f64>; 2],
    /// The same as adapted to.
    adapted: [Vec<f64>; 2],
    answer: Answer,
    /// Scratch space of one economy: labour first, then each material, by sector.
    base_share: Vec<f64>,
    log_price: Vec<f64>,
    adapted_price: Vec<f64>,
    units: Vec<f64>,
    chosen: Chosen,
}

impl Inputs {
    /// Inputs of the base year.
    pub fn new(model: &Model) -> Self {
        let rule = model.frictions.substitution;
        Self::of(&model.economy, rule.short, rule.speed)
    }

    fn of(economy: &Economy, short: f64, speed: f64) -> Self {
        let (short, long) = (
            vec![short; economy.sectors],
            vec![economy.rho; economy.sectors],
        );
        let zero = || [vec![0.0; economy.markets()], vec![0.0; economy.markets()]];
        Self {
            seen: zero(),
            adapted: zero(),
            answer: Answer::new(&short, &long, speed),
            base_share: Vec::new(),
            log_price: Vec::new(),
            adapted_price: Vec::new(),
            units: Vec::new(),
            chosen: Chosen::default(),
        }
    }

    /// Log wages and log prices of composites to which firms have adapted, each
    /// `[n][s]`.
    pub fn adapted(&self) -> (&[f64], &[f64]) {
        (&self.adapted[0], &self.adapted[1])
    }

    pub(crate) fn see(&mut self, log_wage: &[f64], log_composite: &[f64]) {
        self.seen[0].copy_from_slice(log_wage);
        self.seen[1].copy_from_slice(log_composite);
    }

    /// Unit costs and requirements of all sectors of an economy.
    pub(crate) fn choose(&mut self, economy: &Economy, recipe: &mut Recipe, n: usize) {
        let sectors = economy.sectors;
        let cells = economy.market(n, 0)..economy.market(n + 1, 0);
        let inputs = economy.input(n, 0, 0)..economy.input(n + 1, 0, 0);
        self.base_share.clear();
        self.base_share
            .extend(&economy.labour_cost_share[cells.clone()]);
        self.base_share
            .extend(&economy.input_cost_share[inputs.clone()]);
        fill(&mut self.log_price, &self.seen, cells.clone());
        fill(&mut self.adapted_price, &self.adapted, cells.clone());
        let menu = Menu {
            base_share: &self.base_share,
            log_price: &self.log_price,
            adapted: &self.adapted_price,
            pull: &[],
        };
        self.chosen.choose(&self.answer, menu);
        self.units.clear();
        for prices in self.log_price.chunks_exact(sectors) {
            let costs = self.chosen.log_index.iter().zip(prices);
            self.units.extend(costs.map(|(cost, price)| cost - price));
        }
        exp_slice(&mut self.units);
        for (units, share) in self.units.iter_mut().zip(&self.chosen.share) {
            *units *= share;
        }
        let (labour, materials) = self.units.split_at(sectors);
        recipe.log_cost[cells.clone()].copy_from_slice(&self.chosen.log_index);
        recipe.labour[cells].copy_from_slice(labour);
        recipe.materials[inputs].copy_from_slice(materials);
    }
}

/// Prices of one economy as every sector faces them: its own wage, then the
/// price of each composite.
fn fill(prices: &mut Vec<f64>, [wage, composite]: &[Vec<f64>; 2], cells: std::ops::Range<usize>) {
    let sectors = cells.len();
    prices.clear();
    prices.extend(&wage[cells.clone()]);
    for price in &composite[cells] {
        prices.extend(std::iter::repeat_n(*price, sectors));
    }
}

/// Firms adapt to the prices on which they have just planned.
pub(crate) fn adapt_inputs(model: Res<Model>, clock: Res<Clock>, mut inputs: ResMut<Inputs>) {
    let closed = clock.closing_share(model.frictions.substitution.speed);
    let Inputs { seen, adapted, .. } = &mut *inputs;
    for (adapted, seen) in adapted.iter_mut().zip(seen) {
        adapt(adapted, seen, closed);
    }
}

#[cfg(test)]
mod tests {
    use tradewinds_equilibrium::{EconomyParts, FinalUser};
    use tradewinds_kernel::maths::exp;

    use super::*;
    use crate::sourcing::log_ces;

    /// Two sectors of one economy with unequal recipes.
    fn economy(rho: f64) -> Economy {
        let parts = EconomyParts {
            economies: 1,
            sectors: 2,
            spending: vec![1.0, 2.0],
            origin_share: vec![1.0; 2],
            import_duty: vec![0.0; 2],
            export_tax: vec![0.0; 2],
            markup: vec![1.0; 2],
            labour_cost_share: vec![0.4, 0.7],
            input_cost_share: vec![0.1, 0.3, 0.5, 0.0],
            wage_bill: vec![0.4, 1.4],
            deficit: vec![0.0],
            sigma: vec![3.0; 2],
            eps: vec![2.0; 2],
            eta: 0.9,
            rho,
            users: vec![FinalUser {
                budget_share: vec![0.3 / 1.8, 1.5 / 1.8],
                labour_claim: vec![1.0],
                profit_claim: vec![1.0],
                revenue_claim: vec![1.0],
                transfer_claim: vec![1.0],
                is_retail: false,
            }],
            services: None,
            distribution_units: vec![0.0; 2],
            retail_markup: vec![0.0; 2],
            oligopoly: None,
        };
        Economy::new(parts).unwrap()
    }

    fn recipe(economy: &Economy) -> Recipe {
        Recipe {
            log_cost: vec![0.0; 2],
            labour: economy.labour_cost_share.clone(),
            materials: economy.input_cost_share.clone(),
        }
    }

    #[test]
    fn base_prices_take_the_inputs_of_the_base_year() {
        let economy = economy(0.7);
        let mut found = recipe(&economy);
        Inputs::of(&economy, 0.2, 0.5).choose(&economy, &mut found, 0);
        assert_eq!(found.log_cost, [0.0; 2]);
        for (found, base) in found.materials.iter().zip(&economy.input_cost_share) {
            assert!((found - base).abs() < 1e-16);
        }
    }

    #[test]
    fn one_speed_is_the_ces_cost_function() {
        let (wage, price) = ([0.05, 0.02], [0.2, -0.1]);
        for (rho, speed) in [(0.2, 0.5), (1.0, 0.5), (1.8, f64::INFINITY)] {
            let economy = economy(rho);
            let short = if speed < 1.0 { rho } else { 0.3 };
            let mut inputs = Inputs::of(&economy, short, speed);
            let mut found = recipe(&economy);
            inputs.see(&wage, &price);
            inputs.choose(&economy, &mut found, 0);
            for s in 0..2 {
                let labour = (economy.labour_cost_share[s], wage[s]);
                let materials =
                    (0..2).map(|k| (economy.input_cost_share[economy.input(0, k, s)], price[k]));
                let cost = log_ces(rho, materials.clone().chain([labour]));
                assert!((found.log_cost[s] - cost).abs() < 1e-15);
                let needed = |(share, price): (f64, f64)| share * exp(rho * (cost - price));
                assert!((found.labour[s] - needed(labour)).abs() < 1e-15);
                for (k, material) in materials.enumerate() {
                    let found = found.materials[economy.input(0, k, s)];
                    assert!((found - needed(material)).abs() < 1e-15);
                }
            }
        }
    }

    #[test]
    fn firms_replace_a_dear_material_over_time_and_its_cost_falls() {
        let economy = economy(0.7);
        let mut inputs = Inputs::of(&economy, 0.2, 0.5);
        let mut found = recipe(&economy);
        inputs.see(&[0.0; 2], &[0.3, 0.0]);
        let mut last = (f64::INFINITY, f64::INFINITY);
        for _ in 0..5 {
            inputs.choose(&economy, &mut found, 0);
            let dear = found.materials[economy.input(0, 0, 1)];
            assert!(found.log_cost[1] < last.0 && dear < last.1);
            last = (found.log_cost[1], dear);
            let Inputs { seen, adapted, .. } = &mut inputs;
            adapt(&mut adapted[1], &seen[1], 0.4);
        }
        let spent: f64 = found.labour[1]
            + found.materials[economy.input(0, 0, 1)] * exp(0.3)
            + found.materials[economy.input(0, 1, 1)];
        assert!((spent - exp(found.log_cost[1])).abs() < 1e-15);
    }
}
