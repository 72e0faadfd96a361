//! Spending on every market at given prices: the incomes it creates and the materials it needs are
//! spent again.

use crate::accounts::Terms;
use crate::blocks::BlockFactors;
use crate::economy::EconomyParts;
use crate::final_demand::{FinalDemand, LABOUR, PROFIT, REVENUE, TRANSFER};
use crate::gmres::{self, Stopping};
use crate::prices::Prices;

const STOPPING: Stopping = Stopping {
    tolerance: 5e-15,
    directions: 60,
    restarts: 6,
};

/// What one dollar of spending turns into, as arrays of coefficients.
pub(crate) struct SpendingSystem<'a> {
    parts: &'a EconomyParts,
    prices: &'a Prices,
    demand: &'a FinalDemand,
    /// Cost of production of i per dollar spent by n, `[n][i][s]`.
    cost: Vec<f64>,
    /// Profit of i per dollar spent by n, `[n][i][s]`; empty if nobody has a profit.
    profit: Vec<f64>,
    /// Export tax of i per dollar spent by n, `[n][i][s]`; empty if there is no such tax.
    export_tax: Vec<f64>,
    /// Import duty per dollar spent, `[n][s]`.
    duty: Vec<f64>,
}

impl<'a> SpendingSystem<'a> {
    pub(crate) fn new(
        parts: &'a EconomyParts,
        prices: &'a Prices,
        demand: &'a FinalDemand,
        terms: Terms<'_>,
    ) -> Self {
        let mut system = Self {
            parts,
            prices,
            demand,
            cost: vec![0.0; parts.flows()],
            profit: vec![0.0; parts.flows()],
            export_tax: vec![0.0; parts.flows()],
            duty: vec![0.0; parts.markets()],
        };
        for n in 0..parts.economies {
            for i in 0..parts.economies {
                for s in 0..parts.sectors {
                    let flow = parts.flow(n, i, s);
                    let (duty, tax) = (terms.import_duty[flow], terms.export_tax[flow]);
                    let kept = prices.origin_share[flow] / ((1.0 + duty) * (1.0 + tax));
                    system.cost[flow] = kept / terms.markup[flow];
                    system.profit[flow] = kept - system.cost[flow];
                    system.export_tax[flow] = tax * kept;
                    system.duty[parts.market(n, s)] += duty * (1.0 + tax) * kept;
                }
            }
        }
        system.profit = nonzero(system.profit);
        system.export_tax = nonzero(system.export_tax);
        system
    }

    /// Solves for spending `[n][s]` given wage bills and deficits `[n]`, from the guess in `spending`.
    ///
    /// Unknowns and equations are taken relative to base spending, so that small markets are solved
    /// as exactly as large ones.
    pub(crate) fn solve(&self, wages: &[f64], deficit: &[f64], spending: &mut [f64]) {
        let parts = self.parts;
        let mut target = vec![0.0; parts.markets()];
        for n in 0..parts.economies {
            for s in 0..parts.sectors {
                let market = parts.market(n, s);
                target[market] = self.demand.loading[LABOUR][market] * wages[n]
                    + self.demand.loading[TRANSFER][market] * deficit[n];
            }
        }
        let blocks = BlockFactors::new(parts.economies, parts.sectors, |n, k, s| {
            let unit = if k == s { 1.0 } else { 0.0 };
            unit - self.home_coefficient(n, k, s)
        });
        let scale = self.scale();
        let action = |relative: &[f64]| {
            let spending = times(relative, &scale);
            let left = spending
                .iter()
                .zip(self.induced(&spending))
                .map(|(own, again)| own - again);
            left.zip(&scale)
                .map(|(value, scale)| value / scale)
                .collect()
        };
        let precondition = |values: &mut [f64]| {
            values
                .iter_mut()
                .zip(&scale)
                .for_each(|(value, scale)| *value *= scale);
            blocks.solve(values);
            values
                .iter_mut()
                .zip(&scale)
                .for_each(|(value, scale)| *value /= scale);
        };
        target
            .iter_mut()
            .zip(&scale)
            .for_each(|(value, scale)| *value /= scale);
        let mut relative: Vec<f64> = spending
            .iter()
            .zip(&scale)
            .map(|(value, scale)| value / scale)
            .collect();
        let start = relative.clone();
        gmres::solve(action, precondition, &target, (&mut relative, STOPPING));
        // The guess itself is kept if it needs no correction, without a round trip through the scale.
        if relative != start {
            spending.copy_from_slice(&times(&relative, &scale));
        }
    }

    /// Base spending, or a trace of the economy's mean where a market is empty.
    fn scale(&self) -> Vec<f64> {
        let sectors = self.parts.sectors;
        let rows = self.parts.spending.chunks_exact(sectors);
        rows.flat_map(|row| {
            let trace = 1e-9 * row.iter().sum::<f64>() / sectors as f64;
            row.iter()
                .map(move |spending| spending.max(trace).max(f64::MIN_POSITIVE))
        })
        .collect()
    }

    /// Spending on k that one dollar of spending on s creates within the economy itself.
    fn home_coefficient(&self, n: usize, k: usize, s: usize) -> f64 {
        let parts = self.parts;
        let (into, from, home) = (parts.market(n, k), parts.market(n, s), parts.flow(n, n, s));
        let revenue = self.duty[from] + self.export_tax.get(home).copied().unwrap_or(0.0);
        self.demand.loading[REVENUE][into] * revenue
            + self.demand.loading[PROFIT][into] * self.profit.get(home).copied().unwrap_or(0.0)
            + self.prices.input_share[parts.input(n, k, s)] * self.cost[home]
    }

    /// Spending created by spending, through materials, profits and taxes.
    fn induced(&self, spending: &[f64]) -> Vec<f64> {
        let parts = self.parts;
        let cost = self.received(&self.cost, spending);
        let profit = self.by_economy(&self.received(&self.profit, spending));
        let mut revenue = self.by_economy(&self.received(&self.export_tax, spending));
        for n in 0..parts.economies {
            for s in 0..parts.sectors {
                revenue[n] += self.duty[parts.market(n, s)] * spending[parts.market(n, s)];
            }
        }
        let mut induced = vec![0.0; parts.markets()];
        for n in 0..parts.economies {
            for k in 0..parts.sectors {
                let market = parts.market(n, k);
                let row = parts.input(n, k, 0)..parts.input(n, k, 0) + parts.sectors;
                let users = parts.market(n, 0)..parts.market(n, 0) + parts.sectors;
                induced[market] = gmres::dot(&self.prices.input_share[row], &cost[users])
                    + self.demand.loading[PROFIT][market] * profit[n]
                    + self.demand.loading[REVENUE][market] * revenue[n];
            }
        }
        induced
    }

    /// What sellers `[i][s]` receive of a coefficient `[n][i][s]` over all buyers.
    fn received(&self, coefficient: &[f64], spending: &[f64]) -> Vec<f64> {
        let mut received = vec![0.0; self.parts.markets()];
        let sectors = self.parts.sectors;
        if coefficient.is_empty() {
            return received;
        }
        for (buyer, rows) in coefficient.chunks_exact(self.parts.markets()).enumerate() {
            let spent = &spending[buyer * sectors..(buyer + 1) * sectors];
            for (row, into) in rows
                .chunks_exact(sectors)
                .zip(received.chunks_exact_mut(sectors))
            {
                for s in 0..sectors {
                    into[s] += row[s] * spent[s];
                }
            }
        }
        received
    }

    fn by_economy(&self, values: &[f64]) -> Vec<f64> {
        values
            .chunks_exact(self.parts.sectors)
            .map(|row| row.iter().sum())
            .collect()
    }
}

fn times(values: &[f64], scale: &[f64]) -> Vec<f64> {
    values
        .iter()
        .zip(scale)
        .map(|(value, scale)| value * scale)
        .collect()
}

fn nonzero(values: Vec<f64>) -> Vec<f64> {
    if values.iter().any(|value| value.abs() > 0.0) {
        values
    } else {
        Vec::new()
    }
}
