//! Final users: the prices they pay and what each kind of income makes them buy.

use crate::ces;
use crate::economy::{EconomyParts, FinalUser};
use crate::maths::{exp, ln};

/// Kinds of income that finance final spending, in the order of [`FinalDemand::loading`].
pub(crate) const POOLS: usize = 4;
/// Wage bill.
pub(crate) const LABOUR: usize = 0;
/// Profits of producers (retail profits are folded in by [`FinalDemand`]).
pub(crate) const PROFIT: usize = 1;
/// Duties and export taxes.
pub(crate) const REVENUE: usize = 2;
/// External deficit.
pub(crate) const TRANSFER: usize = 3;

/// Composition of one dollar spent in a store on each sector, `[n][s]`, and the store price.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct StorePrices {
    /// Log change of the store price.
    pub(crate) log_hat: Vec<f64>,
    /// Part of the store price that buys goods.
    pub(crate) goods: Vec<f64>,
    /// Part of the store price that buys distribution services.
    pub(crate) services: Vec<f64>,
    /// Part of the store price that is retail profit.
    pub(crate) profit: Vec<f64>,
}

impl StorePrices {
    /// Store price `(P + d P_services units) (1 + m)` from log changes of composite prices and the
    /// physical units (domestic and imported) per unit of the composite.
    pub(crate) fn new(parts: &EconomyParts, log_price: &[f64], units: &[f64]) -> Self {
        let count = parts.markets();
        let mut prices = Self {
            log_hat: log_price.to_vec(),
            goods: vec![1.0; count],
            services: vec![0.0; count],
            profit: vec![0.0; count],
        };
        if parts.has_distribution() {
            for n in 0..parts.economies {
                let services_price = parts
                    .services
                    .map_or(0.0, |services| exp(log_price[parts.market(n, services)]));
                for s in 0..parts.sectors {
                    prices.add_distribution(
                        parts,
                        parts.market(n, s),
                        services_price * units[parts.market(n, s)],
                    );
                }
            }
        }
        prices
    }

    fn add_distribution(&mut self, parts: &EconomyParts, market: usize, services_price: f64) {
        let goods = exp(self.log_hat[market]);
        let services = parts.distribution_units[market] * services_price;
        let markup = parts.retail_markup[market];
        let cost = goods + services;
        self.goods[market] = goods / (cost * (1.0 + markup));
        self.services[market] = services / (cost * (1.0 + markup));
        self.profit[market] = markup / (1.0 + markup);
        self.log_hat[market] = ln(cost / (1.0 + parts.distribution_units[market]));
    }
}

/// What users buy at given prices, as a linear function of the incomes of their economy.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct FinalDemand {
    /// Log change of each user's price index, `[user][n]`.
    pub(crate) log_price_index: Vec<Vec<f64>>,
    /// Demand for the composite of s (at composite prices, distribution services included) per
    /// dollar of each kind of income, `[pool][n][s]`. Retail profit re-spent is included.
    pub(crate) loading: Vec<Vec<f64>>,
    /// Retail profit per dollar of each kind of income, `[pool][n]`.
    pub(crate) retail_profit: Vec<Vec<f64>>,
}

impl FinalDemand {
    pub(crate) fn new(parts: &EconomyParts, log_price: &[f64], stores: &StorePrices) -> Self {
        let mut demand = Self {
            log_price_index: vec![vec![0.0; parts.economies]; parts.users.len()],
            loading: vec![vec![0.0; parts.markets()]; POOLS],
            retail_profit: vec![vec![0.0; parts.economies]; POOLS],
        };
        for n in 0..parts.economies {
            for (index, user) in parts.users.iter().enumerate() {
                let prices = if user.is_retail {
                    &stores.log_hat
                } else {
                    log_price
                };
                demand.log_price_index[index][n] =
                    demand.add_user(parts, n, user, (prices, stores));
            }
            demand.respend_retail_profit(parts, n);
        }
        demand
    }

    /// Adds one user's purchases in economy n and returns the log change of its price index.
    fn add_user(
        &mut self,
        parts: &EconomyParts,
        n: usize,
        user: &FinalUser,
        (prices, stores): (&[f64], &StorePrices),
    ) -> f64 {
        let markets = parts.market(n, 0)..parts.market(n, 0) + parts.sectors;
        let terms = markets
            .clone()
            .map(|market| (user.budget_share[market], prices[market]));
        let index = ces::log_index(terms, parts.eta);
        let claims = claims(user, n);
        for market in markets {
            let share = ces::share(user.budget_share[market], prices[market], index, parts.eta);
            if share <= 0.0 {
                continue;
            }
            let goods = if user.is_retail {
                share * stores.goods[market]
            } else {
                share
            };
            for (pool, claim) in claims.iter().enumerate() {
                self.loading[pool][market] += claim * goods;
            }
            if user.is_retail {
                for (pool, claim) in claims.iter().enumerate() {
                    self.retail_profit[pool][n] += claim * share * stores.profit[market];
                    if let Some(services) = parts.services {
                        self.loading[pool][parts.market(n, services)] +=
                            claim * share * stores.services[market];
                    }
                }
            }
        }
        index
    }

    /// Solves `retail profit = a·incomes + a_profit·retail profit` and folds it into the loadings.
    fn respend_retail_profit(&mut self, parts: &EconomyParts, n: usize) {
        let kept = 1.0 - self.retail_profit[PROFIT][n];
        let per_profit: Vec<f64> = (0..parts.sectors)
            .map(|s| self.loading[PROFIT][parts.market(n, s)])
            .collect();
        for pool in 0..POOLS {
            let retail = self.retail_profit[pool][n] / kept;
            self.retail_profit[pool][n] = retail;
            for (s, loading) in per_profit.iter().enumerate() {
                self.loading[pool][parts.market(n, s)] += loading * retail;
            }
        }
    }

    /// Retail profit of economy n at the given incomes.
    pub(crate) fn retail_profit_at(&self, n: usize, pools: [f64; POOLS]) -> f64 {
        (0..POOLS)
            .map(|pool| self.retail_profit[pool][n] * pools[pool])
            .sum()
    }
}

/// Spending of `user` in economy n, with `pools` holding all profits, retail included.
pub(crate) fn spending(user: &FinalUser, n: usize, pools: [f64; POOLS]) -> f64 {
    claims(user, n)
        .iter()
        .zip(pools)
        .map(|(claim, pool)| claim * pool)
        .sum()
}

fn claims(user: &FinalUser, n: usize) -> [f64; POOLS] {
    [
        user.labour_claim[n],
        user.profit_claim[n],
        user.revenue_claim[n],
        user.transfer_claim[n],
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One economy, goods and services; a unit of goods needs 0.8 of services and carries a markup
    /// of 25 %, so 1 dollar of goods is 2.25 dollars on the shelf.
    fn store() -> EconomyParts {
        let user = FinalUser {
            budget_share: vec![0.6, 0.4],
            labour_claim: vec![1.0],
            profit_claim: vec![1.0],
            revenue_claim: vec![1.0],
            transfer_claim: vec![1.0],
            is_retail: true,
        };
        EconomyParts {
            economies: 1,
            sectors: 2,
            spending: vec![0.0; 2],
            origin_share: vec![1.0; 2],
            import_duty: vec![0.0; 2],
            export_tax: vec![0.0; 2],
            markup: vec![1.0; 2],
            labour_cost_share: vec![1.0; 2],
            input_cost_share: vec![0.0; 4],
            wage_bill: vec![0.0; 2],
            deficit: vec![0.0],
            sigma: vec![4.0; 2],
            eps: vec![3.0; 2],
            eta: 1.0,
            rho: 1.0,
            users: vec![user],
            services: Some(1),
            distribution_units: vec![0.8, 0.0],
            retail_markup: vec![0.25, 0.0],
            oligopoly: None,
        }
    }

    #[test]
    fn ten_per_cent_dearer_goods_raise_the_shelf_price_by_their_share_in_it() {
        let prices = StorePrices::new(&store(), &[ln(1.1), 0.0], &[1.0, 1.0]);
        // (1.1 + 0.8) 1.25 = 2.375 instead of 2.25: a rise of 1/18, not of 1/10.
        assert!((exp(prices.log_hat[0]) - 2.375 / 2.25).abs() < 1e-15);
        assert!((prices.goods[0] - 1.1 / 2.375).abs() < 1e-15);
        assert!((prices.services[0] - 0.8 / 2.375).abs() < 1e-15);
        assert!((prices.profit[0] - 0.2).abs() < 1e-15);
        assert!((exp(prices.log_hat[1]) - 1.0).abs() < 1e-15);
    }

    #[test]
    fn a_dollar_of_wages_buys_goods_and_services_and_feeds_its_own_margin() {
        let parts = store();
        let stores = StorePrices::new(&parts, &[0.0; 2], &[1.0; 2]);
        let demand = FinalDemand::new(&parts, &[0.0; 2], &stores);
        // 0.6 of spending E at the shelf with a fifth as margin: E = 1 + 0.12 E, so E = 1 / 0.88.
        let spends = 1.0 / 0.88;
        assert!((demand.retail_profit_at(0, [1.0, 0.0, 0.0, 0.0]) - 0.12 * spends).abs() < 1e-15);
        assert!((demand.loading[LABOUR][0] - 0.6 * spends / 2.25).abs() < 1e-15);
        assert!((demand.loading[LABOUR][1] - (0.4 + 0.6 * 0.8 / 2.25) * spends).abs() < 1e-15);
    }
}
