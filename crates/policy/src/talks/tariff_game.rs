//! Optimal tariffs of a large country, and the tariff war of two.
//!
//! Against an export supply of elasticity ε the best ad valorem tariff is 1/ε; of an
//! exporter whose own demand for imports has the elasticity e > 1, ε = e − 1
//! (Johnson 1953). With linear import demand of slope b, linear export supply of slope
//! s and a gap G between the highest price buyers pay and the lowest that suppliers
//! take, a tariff t per unit leaves
//!
//! imports M = b s (G − t) / (b + s), importer M²/(2b) + t M, exporter M²/(2s),
//!
//! so the best tariff is t = b G / (2 b + s), where M = s t, that is 1/ε of the price
//! suppliers receive. Two such countries, each the importer of one good, have these
//! as dominant strategies, while free trade maximises their sum. Talks, section 5.

use super::bargaining::Pair;
use super::dilemma::PayoffMatrix;

/// Optimal ad valorem tariff against an export supply of elasticity ε > 0 \[share of
/// the price that suppliers receive\]; zero for a small country (ε infinite).
pub fn optimal_tariff(supply_elasticity: f64) -> f64 {
    1.0 / supply_elasticity
}

/// Optimal ad valorem tariff against an exporter whose offer curve has the elasticity
/// e of its demand for imports; none for e ≤ 1, where a higher tariff always pays.
pub fn optimal_tariff_on_offer_curve(import_elasticity: f64) -> Option<f64> {
    (import_elasticity > 1.0).then(|| optimal_tariff(import_elasticity - 1.0))
}

/// Trade in one good with linear import demand and export supply.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LinearMarket {
    /// Slope of import demand, b > 0 \[units per USD\].
    pub demand_slope: f64,
    /// Slope of export supply, s > 0 \[units per USD\].
    pub supply_slope: f64,
    /// Highest price that buyers pay less the lowest that suppliers take, G
    /// \[USD per unit\].
    pub gap: f64,
}

impl LinearMarket {
    /// Imports at a tariff \[USD per unit\]; none from the prohibitive tariff G on.
    pub fn imports(&self, tariff: f64) -> f64 {
        let (b, s) = (self.demand_slope, self.supply_slope);
        b * s * (self.gap - tariff).max(0.0) / (b + s)
    }

    /// Gain of the importing country from trade, with its revenue \[USD\].
    pub fn importer_gain(&self, tariff: f64) -> f64 {
        let imports = self.imports(tariff);
        imports * imports / (2.0 * self.demand_slope) + tariff * imports
    }

    /// Gain of the exporting country from trade \[USD\].
    pub fn exporter_gain(&self, tariff: f64) -> f64 {
        let imports = self.imports(tariff);
        imports * imports / (2.0 * self.supply_slope)
    }

    /// Tariff that is best for the importer \[USD per unit\].
    pub fn optimal_tariff(&self) -> f64 {
        let (b, s) = (self.demand_slope, self.supply_slope);
        b * self.gap / (2.0 * b + s)
    }
}

/// Two countries, each of which taxes its imports from the other.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TariffGame {
    /// Market of the good that the principal imports.
    pub principal: LinearMarket,
    /// Market of the good that the partner imports.
    pub partner: LinearMarket,
}

impl TariffGame {
    /// Gains from trade of both at the tariffs of both \[USD\].
    pub fn gains(&self, tariffs: Pair) -> Pair {
        let Pair { principal, partner } = tariffs;
        Pair {
            principal: self.principal.importer_gain(principal)
                + self.partner.exporter_gain(partner),
            partner: self.partner.importer_gain(partner) + self.principal.exporter_gain(principal),
        }
    }

    /// Tariffs of the Nash equilibrium, which are dominant strategies \[USD per unit\].
    pub fn nash_tariffs(&self) -> Pair {
        Pair {
            principal: self.principal.optimal_tariff(),
            partner: self.partner.optimal_tariff(),
        }
    }

    /// Tariffs with the largest joint gain: none.
    pub fn cooperative_tariffs(&self) -> Pair {
        Pair::default()
    }

    /// The principal's payoffs when each side chooses between free trade and its best
    /// tariff.
    pub fn principal_matrix(&self) -> PayoffMatrix {
        let (free, war) = (self.cooperative_tariffs(), self.nash_tariffs());
        let at = |principal, partner| self.gains(Pair { principal, partner }).principal;
        PayoffMatrix {
            reward: at(free.principal, free.partner),
            sucker: at(free.principal, war.partner),
            temptation: at(war.principal, free.partner),
            punishment: at(war.principal, war.partner),
        }
    }

    /// The partner's payoffs of the same choice.
    pub fn partner_matrix(&self) -> PayoffMatrix {
        let turned = Self {
            principal: self.partner,
            partner: self.principal,
        };
        turned.principal_matrix()
    }
}

#[cfg(test)]
mod tests;
