//! Who owns firms: claims of final users of each economy on its firms.
//!
//! A share gives its owner the dividends of the firm, so claims are those on profits
//! of the base year: of households, of the government (what taxes take) and of saving,
//! which owns through the buyer of plant. Claims on a firm add up to one (I12), nobody
//! trades them, and a change of price is a revaluation of wealth, never a flow. What
//! is left to foreigners is one less the claims at home; dividends go to residents, so
//! it is zero unless an economy says otherwise.

use bevy_ecs::resource::Resource;
use tradewinds_equilibrium::Economy;

/// Claims on firms, and what they are worth.
#[derive(Resource, Debug, Clone, Default, PartialEq)]
pub struct Shareholdings {
    /// Share of each final user in the firms of its economy, `[n][user]`.
    pub claim: Vec<f64>,
    /// Share of foreigners in the firms of an economy, `[n]`.
    pub foreign: Vec<f64>,
    /// What the shares of each final user are worth, `[n][user]`, USD bn.
    pub wealth: Vec<f64>,
    /// What the shares of foreigners are worth, `[n]`, USD bn.
    pub foreign_wealth: Vec<f64>,
    /// Change of `wealth` this tick, `[n][user]`, USD bn: all of it a revaluation.
    pub revaluation: Vec<f64>,
    /// Change of `foreign_wealth` this tick, `[n]`, USD bn.
    pub foreign_revaluation: Vec<f64>,
}

impl Shareholdings {
    pub(super) fn of(economy: &Economy) -> Self {
        let users = economy.users.len();
        let mut holdings = Self::default();
        for n in 0..economy.economies {
            let claims = economy.users.iter().map(|user| user.profit_claim[n]);
            holdings.claim.extend(claims.clone());
            // A remainder below rounding is nobody's.
            let rest = 1.0 - claims.sum::<f64>();
            let foreign = if rest.abs() > 1e-9 { rest } else { 0.0 };
            holdings.foreign.push(foreign);
        }
        holdings.wealth = vec![0.0; economy.economies * users];
        holdings.revaluation = holdings.wealth.clone();
        holdings.foreign_wealth = vec![0.0; economy.economies];
        holdings.foreign_revaluation = holdings.foreign_wealth.clone();
        holdings
    }

    /// Values all claims at the capitalisation of each economy.
    pub(super) fn revalue(&mut self, capitalisation: &[f64]) {
        let users = self.claim.len() / capitalisation.len().max(1);
        for (at, wealth) in self.wealth.iter_mut().enumerate() {
            let now = self.claim[at] * capitalisation[at / users];
            self.revaluation[at] = now - *wealth;
            *wealth = now;
        }
        for (n, wealth) in self.foreign_wealth.iter_mut().enumerate() {
            let now = self.foreign[n] * capitalisation[n];
            self.foreign_revaluation[n] = now - *wealth;
            *wealth = now;
        }
    }

    /// Wealth of all owners of the firms of an economy, USD bn.
    pub fn total(&self, n: usize) -> f64 {
        let users = self.claim.len() / self.foreign.len().max(1);
        let own: f64 = self.wealth[n * users..(n + 1) * users].iter().sum();
        own + self.foreign_wealth[n]
    }
}
