//! A firm's place in the nest of its market, and its best price there.
//!
//! With the shares of the firm in its origin (o), in all imports (m) and in the
//! sector (q), and elasticities between firms of an origin (σᶠ), origins (σ),
//! imports and domestic goods (ε) and sectors (η), the elasticity perceived is
//!
//! Bertrand: E = σᶠ − (σᶠ − σ) o − (σ − ε) m − (ε − η) q,
//! Cournot: 1/E = 1/σᶠ + (1/σ − 1/σᶠ) o + (1/ε − 1/σ) m + (1/η − 1/ε) q;
//!
//! a domestic firm has ε in the place of σ. Atkeson and Burstein (2008, AER).

use tradewinds_kernel::maths::{exp_m1, ln_1p};

use super::{BestPrice, ELASTICITY_FLOOR, log_markup};

/// Elasticities closer to one than this use the Cobb-Douglas limit.
const NEAR_ONE: f64 = 1e-9;
/// Log error at which a best price is found.
const PRECISION: f64 = 1e-16;
/// Steps at most; some eight are usual.
const STEPS: usize = 100;

/// The tiers above a firm, bottom up.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Nest {
    /// Elasticity between firms of one origin.
    pub firms: f64,
    /// Elasticity between origins of imports; for domestic firms that between
    /// domestic goods and imports.
    pub origins: f64,
    /// Elasticity between domestic goods and imports.
    pub imports: f64,
    /// Elasticity of demand for the sector.
    pub sector: f64,
    /// Firms that the agent stands for.
    pub firms_per_agent: f64,
    /// Whether firms compete in quantities.
    pub is_cournot: bool,
}

/// Shares of an agent's market, by value, duty paid.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Position {
    /// Of the agent in its origin.
    pub in_origin: f64,
    /// Of the origin in imports; 1 for domestic goods.
    pub in_imports: f64,
    /// Of imports (or of domestic goods) in the sector.
    pub in_sector: f64,
}

/// Share and log price of a good in a tier after the price of the good changed
/// by `log_change`: the new share, and the log change of the tier's index.
fn after(elasticity: f64, share: f64, log_change: f64) -> (f64, f64) {
    let slope = 1.0 - elasticity;
    if slope.abs() < NEAR_ONE {
        return (share, share * log_change);
    }
    let growth = exp_m1(slope * log_change);
    if growth.is_infinite() {
        return (1.0, log_change);
    }
    let more = share * growth;
    ((share + more) / (1.0 + more), ln_1p(more) / slope)
}

impl Position {
    /// The position after the agent's price changed and, on top, the price of
    /// its whole origin.
    fn moved(self, nest: &Nest, log_change: f64, origin_change: f64) -> Self {
        let (in_origin, origin) = after(nest.firms, self.in_origin, log_change);
        let (in_imports, imports) = after(nest.origins, self.in_imports, origin + origin_change);
        let (in_sector, _) = after(nest.imports, self.in_sector, imports);
        Self {
            in_origin,
            in_imports,
            in_sector,
        }
    }
}

impl Nest {
    /// The elasticity that one firm perceives at a position, before the floor.
    pub fn elasticity(&self, position: Position) -> f64 {
        let of_origin = position.in_origin / self.firms_per_agent;
        let of_imports = of_origin * position.in_imports;
        let of_sector = of_imports * position.in_sector;
        let mix = |firms: f64, origins: f64, imports: f64, sector: f64| {
            firms
                + (origins - firms) * of_origin
                + (imports - origins) * of_imports
                + (sector - imports) * of_sector
        };
        if self.is_cournot {
            let inverse = mix(
                1.0 / self.firms,
                1.0 / self.origins,
                1.0 / self.imports,
                1.0 / self.sector,
            );
            1.0 / inverse
        } else {
            mix(self.firms, self.origins, self.imports, self.sector)
        }
    }

    /// Log of the markup at a position, and whether the floor was used.
    pub fn log_markup(&self, position: Position) -> (f64, bool) {
        let elasticity = self.elasticity(position);
        let is_floored = elasticity < ELASTICITY_FLOOR;
        (log_markup(elasticity.max(ELASTICITY_FLOOR)), is_floored)
    }

    /// The best price relative to the present one, rivals' prices given.
    ///
    /// `wanted` is the log of the price at the base markup relative to the
    /// present price, `base_markup` the log of the markup at base shares,
    /// `origin_change` a log change of the landed price of the whole origin.
    pub fn best_price(
        &self,
        position: Position,
        wanted: f64,
        base_markup: f64,
        origin_change: f64,
    ) -> BestPrice {
        let mut is_floored = false;
        let mut excess = |log_price: f64| {
            let (markup, floored) = self.log_markup(position.moved(self, log_price, origin_change));
            is_floored = floored;
            log_price - wanted - (markup - base_markup)
        };
        let log_price = falsi(&mut excess);
        // The answer stands for the last price tried.
        excess(log_price);
        BestPrice {
            log_price,
            is_floored,
        }
    }
}

/// Root of a function that rises with slope one or more, by regula falsi
/// (Illinois). Where none is found, as elasticities that fall with the tier can
/// make it, the answer is that of the present shares.
fn falsi(excess: &mut impl FnMut(f64) -> f64) -> f64 {
    let first = excess(0.0);
    let (mut low, mut low_excess) = (0.0, first);
    if low_excess.abs() <= PRECISION || !low_excess.is_finite() {
        return 0.0;
    }
    let (mut high, mut high_excess) = (-low_excess, excess(-low_excess));
    for _ in 0..STEPS {
        if high_excess.abs() <= PRECISION || (high - low).abs() <= PRECISION {
            break;
        }
        let next = high - high_excess * (high - low) / (high_excess - low_excess);
        let found = excess(next);
        if found * high_excess < 0.0 {
            (low, low_excess) = (high, high_excess);
        } else {
            low_excess /= 2.0;
        }
        (high, high_excess) = (next, found);
    }
    if high_excess.abs() <= 1e-6 * first.abs() + 1e-14 {
        high
    } else {
        -first
    }
}

#[cfg(test)]
mod tests {
    use tradewinds_kernel::maths::{exp, ln};

    use super::*;

    const NEST: Nest = Nest {
        firms: 8.0,
        origins: 4.0,
        imports: 2.5,
        sector: 1.2,
        firms_per_agent: 1.0,
        is_cournot: false,
    };

    fn share(in_origin: f64, in_imports: f64, in_sector: f64) -> Position {
        Position {
            in_origin,
            in_imports,
            in_sector,
        }
    }

    /// Log demand for a good of the nest after its own log price moved.
    fn log_quantity(nest: &Nest, position: Position, log_price: f64) -> f64 {
        let (_, origin) = after(nest.firms, position.in_origin, log_price);
        let (_, imports) = after(nest.origins, position.in_imports, origin);
        let (_, sector) = after(nest.imports, position.in_sector, imports);
        -nest.firms * (log_price - origin)
            - nest.origins * (origin - imports)
            - nest.imports * (imports - sector)
            - nest.sector * sector
    }

    #[test]
    fn the_elasticity_perceived_under_bertrand_is_the_slope_of_demand() {
        for position in [
            share(0.5, 0.3, 0.4),
            share(0.9, 1.0, 0.7),
            share(1.0, 0.05, 0.9),
        ] {
            let h = 1e-5;
            let slope =
                (log_quantity(&NEST, position, h) - log_quantity(&NEST, position, -h)) / (2.0 * h);
            assert!((NEST.elasticity(position) + slope).abs() < 1e-7, "{slope}");
        }
    }

    #[test]
    fn many_firms_and_a_monopoly_have_the_elasticities_of_the_ends_of_the_nest() {
        for is_cournot in [false, true] {
            let nest = Nest { is_cournot, ..NEST };
            assert!((nest.elasticity(share(0.0, 0.3, 0.4)) - 8.0).abs() < 1e-12);
            assert!((nest.elasticity(share(1.0, 1.0, 1.0)) - 1.2).abs() < 1e-12);
        }
    }

    #[test]
    fn firms_behind_an_agent_perceive_their_own_share() {
        let nest = Nest {
            firms_per_agent: 4.0,
            ..NEST
        };
        let one = NEST.elasticity(share(0.25, 0.3, 0.4));
        assert!((nest.elasticity(share(1.0, 0.3, 0.4)) - one).abs() < 1e-12);
    }

    #[test]
    fn the_best_price_is_cost_times_the_markup_at_the_share_it_leads_to() {
        let position = share(0.6, 0.5, 0.5);
        for wanted in [-3.0, -0.2, 1e-6, 0.4, 5.0] {
            for is_cournot in [false, true] {
                let nest = Nest { is_cournot, ..NEST };
                let (base, _) = nest.log_markup(position);
                let best = nest.best_price(position, wanted, base, 0.0);
                let (markup, _) = nest.log_markup(position.moved(&nest, best.log_price, 0.0));
                let expected = wanted + markup - base;
                assert!(
                    (best.log_price - expected).abs() < 4e-15,
                    "{wanted}: {expected}"
                );
            }
        }
    }

    #[test]
    fn a_lone_seller_before_inelastic_demand_uses_the_floor() {
        let nest = Nest {
            sector: 0.9,
            ..NEST
        };
        let (markup, is_floored) = nest.log_markup(share(1.0, 1.0, 1.0));
        assert!(is_floored);
        assert!((exp(markup) - 21.0).abs() < 1e-9);
        assert!(!NEST.log_markup(share(1.0, 1.0, 1.0)).1);
    }

    #[test]
    fn elasticities_of_one_are_a_continuous_limit() {
        let near = |origins: f64| Nest { origins, ..NEST };
        let position = share(0.7, 0.4, 0.5);
        let price = |nest: Nest| nest.best_price(position, 0.3, ln(1.2), 0.1).log_price;
        assert!((price(near(1.0)) - price(near(1.0 + 1e-7))).abs() < 1e-6);
    }
}
