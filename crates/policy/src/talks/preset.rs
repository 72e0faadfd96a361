//! Preset rates: the rate that a setter of tariffs announces for each partner from the bilateral balance.
//!
//! A partner's imports m fall by the share ε φ τ at the rate τ, with the price
//! elasticity ε of import demand and the pass-through φ of the duty into import
//! prices. The rate that closes the deficit is deficit / (m ε φ); a share of it
//! is announced, in whole points rounded up, and never less than the floor:
//!
//! p = max(floor, ceil(share × deficit / (m ε φ))).
//!
//! Source: reciprocal tariff note of the trade representative (ε = 4, φ = 0.25,
//! half charged). Talks, section 2.

use crate::formula::PresetFormula;

/// Preset with the elasticity and pass-through behind it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PresetRule {
    /// Lowest rate \[share of customs value\].
    pub floor: f64,
    /// Price elasticity of import demand, ε > 0.
    pub elasticity: f64,
    /// Change of the import price per unit of duty, φ in (0, 1\].
    pub pass_through: f64,
    /// Part of the rate that would close the deficit which is charged, 0 to 1.
    pub charged: f64,
    /// Round up to whole percentage points.
    pub rounds_up: bool,
}

impl PresetRule {
    /// The formula with its one share of deficit over imports.
    pub fn formula(&self) -> PresetFormula {
        PresetFormula {
            floor: self.floor,
            share: self.charged / (self.elasticity * self.pass_through),
            rounds_up: self.rounds_up,
        }
    }

    /// Rate for a partner from goods imports from it and exports to it \[same
    /// currency unit\]; a share of customs value.
    pub fn rate(&self, imports: f64, exports: f64) -> f64 {
        self.formula().rate(imports, exports)
    }

    /// Deficit left at a rate, when imports fall by ε φ per unit of rate and
    /// exports stay \[same currency unit\].
    pub fn deficit_at(&self, rate: f64, imports: f64, exports: f64) -> f64 {
        imports * (1.0 - self.elasticity * self.pass_through * rate) - exports
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PUBLISHED: PresetRule = PresetRule {
        floor: 0.10,
        elasticity: 4.0,
        pass_through: 0.25,
        charged: 0.5,
        rounds_up: true,
    };

    #[test]
    fn the_published_elasticities_cancel() {
        assert!((PUBLISHED.formula().share - 0.5).abs() < 1e-15);
        // Deficit 295 on imports of 439: half of 67 %, rounded up.
        assert!((PUBLISHED.rate(439.0, 144.0) - 0.34).abs() < 1e-12);
    }

    #[test]
    fn charged_in_full_the_rate_closes_the_deficit() {
        let full = PresetRule {
            charged: 1.0,
            elasticity: 2.0,
            pass_through: 0.7,
            rounds_up: false,
            floor: 0.0,
        };
        let rate = full.rate(148.0, 80.0);
        assert!(full.deficit_at(rate, 148.0, 80.0).abs() < 1e-9);
    }

    #[test]
    fn full_pass_through_makes_the_rate_a_quarter() {
        let full = PresetRule {
            pass_through: 1.0,
            rounds_up: false,
            floor: 0.0,
            ..PUBLISHED
        };
        let published = PresetRule {
            rounds_up: false,
            floor: 0.0,
            ..PUBLISHED
        };
        let ratio = full.rate(100.0, 30.0) / published.rate(100.0, 30.0);
        assert!((ratio - 0.25).abs() < 1e-15);
    }
}
