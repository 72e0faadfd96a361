//! Prices and shares at given wages and wedges: costs of production, origin and import indices.

use crate::blocks::BlockFactors;
use crate::ces;
use crate::economy::EconomyParts;
use crate::gmres::{self, Stopping};
use crate::maths::exp;

/// What sets prices: log changes of wages `[n][s]` and of the wedge between the cost of i and the
/// duty-paid price in n, `[n][i][s]`.
#[derive(Clone, Copy)]
pub(crate) struct Drivers<'a> {
    pub(crate) log_wage: &'a [f64],
    pub(crate) log_wedge: &'a [f64],
}

/// Prices that reproduce themselves, with the shares they imply.
#[derive(Clone, Debug)]
pub(crate) struct Prices {
    /// Log change of the composite price, `[n][s]`.
    pub(crate) log_price: Vec<f64>,
    /// Log change of the cost of production, `[i][s]`.
    pub(crate) log_cost: Vec<f64>,
    /// Share of each origin in spending, `[n][i][s]`.
    pub(crate) origin_share: Vec<f64>,
    /// Share of labour in cost, `[n][s]`.
    pub(crate) labour_share: Vec<f64>,
    /// Share of inputs in cost, `[n][k][s]`.
    pub(crate) input_share: Vec<f64>,
    /// Physical units, domestic and imported at base prices of 1, per unit of composite, `[n][s]`.
    pub(crate) units: Vec<f64>,
}

const ROUNDING: f64 = 4e-16;
const NEWTON_STEPS: usize = 60;
const LINEAR: Stopping = Stopping {
    tolerance: 1e-9,
    directions: 40,
    restarts: 4,
};

impl Prices {
    /// Solves for prices from a guess of composite prices; Newton steps, and where a step does not
    /// help a plain iteration, which always contracts (each index averages log changes).
    pub(crate) fn solve(parts: &EconomyParts, drivers: Drivers<'_>, guess: &[f64]) -> Self {
        let mut prices = Self::respond(parts, drivers, guess);
        let mut gap = largest_gap(&prices.log_price, guess);
        let mut log_price = guess.to_vec();
        for _ in 0..NEWTON_STEPS {
            let size = prices
                .log_price
                .iter()
                .fold(1.0_f64, |size, value| size.max(value.abs()));
            if gap <= 8.0 * ROUNDING * size || !gap.is_finite() {
                break;
            }
            let newton = prices.newton_step(parts, &log_price);
            let trial = Self::respond(parts, drivers, &newton);
            let trial_gap = largest_gap(&trial.log_price, &newton);
            let plain = prices.log_price.clone();
            if trial_gap < 0.5 * gap {
                (log_price, prices, gap) = (newton, trial, trial_gap);
            } else if gap <= 1e-13 * size {
                break;
            } else {
                prices = Self::respond(parts, drivers, &plain);
                gap = largest_gap(&prices.log_price, &plain);
                log_price = plain;
            }
        }
        prices
    }

    /// Composite prices after one round of production and purchases at `log_price`.
    fn respond(parts: &EconomyParts, drivers: Drivers<'_>, log_price: &[f64]) -> Self {
        let mut prices = Self {
            log_price: vec![0.0; parts.markets()],
            log_cost: vec![0.0; parts.markets()],
            origin_share: vec![0.0; parts.flows()],
            labour_share: vec![0.0; parts.markets()],
            input_share: vec![0.0; parts.inputs()],
            units: vec![1.0; parts.markets()],
        };
        for n in 0..parts.economies {
            for s in 0..parts.sectors {
                prices.set_cost(parts, (n, s), drivers.log_wage, log_price);
            }
        }
        for n in 0..parts.economies {
            for s in 0..parts.sectors {
                prices.set_market(parts, (n, s), drivers.log_wedge);
            }
        }
        prices
    }

    fn set_cost(
        &mut self,
        parts: &EconomyParts,
        (n, s): (usize, usize),
        log_wage: &[f64],
        log_price: &[f64],
    ) {
        let market = parts.market(n, s);
        let labour = (parts.labour_cost_share[market], log_wage[market]);
        let inputs = (0..parts.sectors).map(|k| {
            (
                parts.input_cost_share[parts.input(n, k, s)],
                log_price[parts.market(n, k)],
            )
        });
        let cost = ces::log_index(std::iter::once(labour).chain(inputs.clone()), parts.rho);
        self.log_cost[market] = cost;
        self.labour_share[market] = ces::share(labour.0, labour.1, cost, parts.rho);
        for (k, (share, price)) in inputs.enumerate() {
            self.input_share[parts.input(n, k, s)] = ces::share(share, price, cost, parts.rho);
        }
    }

    fn set_market(&mut self, parts: &EconomyParts, (n, s): (usize, usize), log_wedge: &[f64]) {
        let (market, home) = (parts.market(n, s), parts.flow(n, n, s));
        let (sigma, eps) = (parts.sigma[s], parts.eps[s]);
        let landed = |i: usize| self.log_cost[parts.market(i, s)] + log_wedge[parts.flow(n, i, s)];
        let foreign = (0..parts.economies).filter(|i| *i != n);
        let offers = foreign
            .clone()
            .map(|i| (parts.origin_share[parts.flow(n, i, s)], landed(i)));
        let imported: f64 = offers.clone().map(|(share, _)| share).sum();
        let log_import = ces::log_index(offers, sigma);
        let tiers = [
            (parts.origin_share[home], landed(n)),
            (imported, log_import),
        ];
        let log_price = ces::log_index(tiers.into_iter(), eps);
        let mut shares: Vec<(usize, f64)> = Vec::with_capacity(parts.economies);
        shares.push((home, ces::share(tiers[0].0, tiers[0].1, log_price, eps)));
        let tier = (1.0 - eps) * (log_import - log_price);
        for i in foreign {
            let flow = parts.flow(n, i, s);
            if parts.origin_share[flow] > 0.0 {
                let share =
                    parts.origin_share[flow] * exp((1.0 - sigma) * (landed(i) - log_import) + tier);
                shares.push((flow, share));
            }
        }
        if parts.has_distribution() {
            let quantity = |(share, price): (f64, f64)| {
                if share > 0.0 {
                    share * exp(eps * (log_price - price))
                } else {
                    0.0
                }
            };
            let base = tiers[0].0 + tiers[1].0;
            self.units[market] = if base > 0.0 {
                tiers.map(quantity).iter().sum::<f64>() / base
            } else {
                1.0
            };
        }
        for (flow, share) in shares {
            self.origin_share[flow] = share;
        }
        self.log_price[market] = log_price;
    }

    /// Solves (1 - dP'/dP) step = P' - P, P' being the response to `log_price`.
    fn newton_step(&self, parts: &EconomyParts, log_price: &[f64]) -> Vec<f64> {
        let blocks = BlockFactors::new(parts.economies, parts.sectors, |n, s, k| {
            let unit = if s == k { 1.0 } else { 0.0 };
            unit - self.origin_share[parts.flow(n, n, s)] * self.input_share[parts.input(n, k, s)]
        });
        let gap: Vec<f64> = self
            .log_price
            .iter()
            .zip(log_price)
            .map(|(new, old)| new - old)
            .collect();
        let mut step = gap.clone();
        let action = |change: &[f64]| {
            let response = self.price_response(parts, change);
            change
                .iter()
                .zip(response)
                .map(|(own, through)| own - through)
                .collect()
        };
        gmres::solve(
            action,
            |values| blocks.solve(values),
            &gap,
            (&mut step, LINEAR),
        );
        log_price
            .iter()
            .zip(step)
            .map(|(old, change)| old + change)
            .collect()
    }

    /// Change of composite prices when input prices change, through costs.
    fn price_response(&self, parts: &EconomyParts, change: &[f64]) -> Vec<f64> {
        let mut cost = vec![0.0; parts.markets()];
        for n in 0..parts.economies {
            for k in 0..parts.sectors {
                for s in 0..parts.sectors {
                    cost[parts.market(n, s)] +=
                        self.input_share[parts.input(n, k, s)] * change[parts.market(n, k)];
                }
            }
        }
        let mut price = vec![0.0; parts.markets()];
        for n in 0..parts.economies {
            for i in 0..parts.economies {
                for s in 0..parts.sectors {
                    price[parts.market(n, s)] +=
                        self.origin_share[parts.flow(n, i, s)] * cost[parts.market(i, s)];
                }
            }
        }
        price
    }
}

fn largest_gap(left: &[f64], right: &[f64]) -> f64 {
    let gaps = left.iter().zip(right).map(|(a, b)| (a - b).abs());
    // A plain maximum would lose a NaN.
    gaps.fold(0.0, |largest, gap| {
        if gap > largest || gap.is_nan() {
            gap
        } else {
            largest
        }
    })
}
