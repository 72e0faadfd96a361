//! How shares are priced.

use super::noise::NoiseRule;
use super::response::ResponseRule;
use crate::regimes::{RegimeRule, RegimeSource};

/// Least discount above growth: values stay finite.
const LEAST_DISCOUNT: f64 = 0.01;

/// How shares are priced. Rates are shares a year.
#[derive(Debug, Clone, PartialEq)]
pub struct EquityRule {
    /// Whether there is a market for shares.
    pub is_on: bool,
    /// Where regimes come from.
    pub regimes: RegimeSource,
    /// How firms expect markets to answer duties.
    pub response: ResponseRule,
    /// Safe rate.
    pub safe_rate: f64,
    /// Premium of shares over it.
    pub premium: f64,
    /// Exposure of each sector to the market β, `[s]`.
    pub beta: Vec<f64>,
    /// Growth of profits.
    pub growth: f64,
    /// Premium per unit of g(u), θ.
    pub uncertainty_premium: f64,
    /// Loss of log value at a full trade war, b.
    pub war_loss: f64,
    /// Speed at which prices go to values, per year.
    pub value_speed: f64,
    /// Shocks to prices.
    pub noise: NoiseRule,
    /// Economy whose market leads.
    pub lead: Option<usize>,
    /// Whether investment follows these values instead of those of one regime.
    pub moves_investment: bool,
}

impl EquityRule {
    /// No market for shares.
    pub fn none() -> Self {
        Self {
            is_on: false,
            regimes: RegimeSource::Believed(RegimeRule::none()),
            response: ResponseRule::plain(),
            safe_rate: 0.0,
            premium: 0.0,
            beta: Vec::new(),
            growth: 0.0,
            uncertainty_premium: 0.0,
            war_loss: 0.0,
            value_speed: f64::INFINITY,
            noise: NoiseRule::none(),
            lead: None,
            moves_investment: false,
        }
    }

    pub(super) fn beta(&self, sector: usize) -> f64 {
        self.beta.get(sector).copied().unwrap_or(1.0)
    }

    /// Discount less growth of the market as a whole, without uncertainty, share a year.
    pub(crate) fn discount_of_all(&self) -> f64 {
        (self.safe_rate + self.premium - self.growth).max(LEAST_DISCOUNT)
    }

    /// Discount less growth without uncertainty.
    pub(super) fn net_discount(&self, sector: usize, policy: f64) -> f64 {
        let rate = self.safe_rate + policy + self.beta(sector) * self.premium;
        (rate - self.growth).max(LEAST_DISCOUNT)
    }
}
