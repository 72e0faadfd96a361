//! Markups: what firms put on unit cost, by how they compete.
//!
//! A line's markup is the base markup of its flow × \[E/(E − 1)\] / \[E₀/(E₀ − 1)\],
//! with E the elasticity of demand that the firm perceives and E₀ its value in
//! the base year, so that the base year is at rest whatever the rule. By sector:
//!
//! - *constant*: E = E₀;
//! - *Bertrand* and *Cournot* (Atkeson and Burstein 2008, AER): E follows the
//!   firm's shares in the nest of [`crate::sourcing`], see [`Nest`];
//! - *Kimball* (Klenow and Willis 2016, Economica): E follows the price
//!   relative to the price of the sector, see [`KimballDemand`].
//!
//! A firm answers with its own best price to the prices its rivals had last
//! tick: it moves along its own long-run demand, not to the markup of the share
//! it happens to have at an old price. Answers to given rivals always damp, so
//! no relaxation is needed.

mod kimball;
mod nest;

use bevy_ecs::prelude::*;
use tradewinds_equilibrium::{Economy, Oligopoly};
use tradewinds_kernel::maths::ln_1p;

pub use self::kimball::KimballDemand;
pub use self::nest::{Nest, Position};

/// Lowest perceived elasticity: below it a lone seller has no finite markup.
pub const ELASTICITY_FLOOR: f64 = 1.05;

/// How the sellers of a sector compete.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Conduct {
    /// The markup of the base year.
    #[default]
    Constant,
    /// Prices against the prices of rivals.
    Bertrand,
    /// Quantities against the quantities of rivals.
    Cournot,
    /// Many firms before Kimball demand.
    Kimball,
}

/// How firms set markups.
#[derive(Debug, Clone, PartialEq)]
pub struct MarkupRule {
    /// How the sellers of a sector compete, `[s]`.
    pub conduct: Vec<Conduct>,
    /// Elasticity of final demand for a whole sector that oligopolists perceive.
    pub final_elasticity: f64,
    /// The same of demand for inputs.
    pub input_elasticity: f64,
    /// Superelasticity of Kimball demand: the elasticity of the elasticity of
    /// demand at base prices, `[s]`; 0 is CES.
    pub superelasticity: Vec<f64>,
    /// Firms that one agent of the cell stands for, `[i][s]` (at least 1; need
    /// not be whole): oligopolists see the share of one firm.
    pub firms_per_agent: Vec<f64>,
}

impl MarkupRule {
    /// The markups of the base year for ever.
    pub fn constant(economies: usize, sectors: usize) -> Self {
        Self {
            conduct: vec![Conduct::Constant; sectors],
            final_elasticity: 1.0,
            input_elasticity: 1.0,
            superelasticity: vec![0.0; sectors],
            firms_per_agent: vec![1.0; economies * sectors],
        }
    }

    /// Bertrand competition in every sector, as the direct solver has it, with
    /// so many agents in each cell, `[i][s]`.
    pub fn of(economy: &Economy, oligopoly: &Oligopoly, agents: &[usize]) -> Self {
        let per_agent = |(firms, agents): (&f64, &usize)| firms / *agents as f64;
        Self {
            conduct: vec![Conduct::Bertrand; economy.sectors],
            final_elasticity: oligopoly.perceived_eta,
            input_elasticity: oligopoly.perceived_eta,
            superelasticity: vec![0.0; economy.sectors],
            firms_per_agent: oligopoly.firms.iter().zip(agents).map(per_agent).collect(),
        }
    }

    /// Elasticity of demand for a whole sector that its sellers perceive, `[n][s]` of the
    /// buyer: the mean of final users' and input users', by what they buy.
    pub fn sector_elasticity(&self, economy: &Economy) -> Vec<f64> {
        let mean = |(demand, spending): (&f64, &f64)| {
            let is_final = match *spending > 0.0 {
                true => (demand / spending).clamp(0.0, 1.0),
                false => 0.0,
            };
            self.input_elasticity + is_final * (self.final_elasticity - self.input_elasticity)
        };
        let demand = &economy.accounts().final_demand;
        demand.iter().zip(&economy.spending).map(mean).collect()
    }

    /// Whether the sellers of a sector see their share of the market.
    pub fn is_oligopoly(&self, sector: usize) -> bool {
        matches!(self.conduct[sector], Conduct::Bertrand | Conduct::Cournot)
    }
}

/// A price that a firm wants, relative to something.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BestPrice {
    /// Log of the price relative to the reference of the rule.
    pub log_price: f64,
    /// Whether the floor on the perceived elasticity was used.
    pub is_floored: bool,
}

/// How often a price was set with the perceived elasticity at its floor.
#[derive(Resource, Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct FlooredMarkups(pub u64);

/// Log of the markup E/(E − 1); the elasticity is above 1.
pub fn log_markup(elasticity: f64) -> f64 {
    -ln_1p(-1.0 / elasticity)
}
