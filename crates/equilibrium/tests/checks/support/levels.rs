//! The same counterfactual solved in levels by a slow and simple method of its own: an auctioneer
//! who raises wages where labour is short, with prices, spending and incomes carried along.
//!
//! Nothing is shared with the solver but the data: taste weights instead of hats, powers instead of
//! logs, one sweep per round instead of inner solutions.

use libm::pow;
use tradewinds_equilibrium::{Economy, FinalUser, Labour, Shock};

/// The state of the auction; at rest it is the equilibrium.
pub(crate) struct Levels<'a> {
    e: &'a Economy,
    labour: Labour,
    duty: Vec<f64>,
    tax: Vec<f64>,
    deficit: Vec<f64>,
    freight: Vec<f64>,
    /// Wages, `[n][s]`, 1 in the base year.
    pub(crate) wage: Vec<f64>,
    /// Composite prices, `[n][s]`, 1 in the base year.
    pub(crate) price: Vec<f64>,
    pub(crate) spending: Vec<f64>,
    pub(crate) user_spending: Vec<Vec<f64>>,
    pub(crate) user_price: Vec<Vec<f64>>,
    pub(crate) markup: Vec<f64>,
    /// Largest relative change of wages, prices and spending in the last round.
    pub(crate) last_change: f64,
    share: Vec<f64>,
    physical: Vec<f64>,
    costs: Vec<f64>,
    profit: Vec<f64>,
    revenue: Vec<f64>,
    retail_profit: Vec<f64>,
}

fn ces(terms: &[(f64, f64)], elasticity: f64) -> f64 {
    if (elasticity - 1.0).abs() < 1e-12 {
        return terms
            .iter()
            .map(|(weight, price)| pow(*price, *weight))
            .product();
    }
    let sum: f64 = terms
        .iter()
        .map(|(weight, price)| weight * pow(*price, 1.0 - elasticity))
        .sum();
    pow(sum, 1.0 / (1.0 - elasticity))
}

fn part(weight: f64, price: f64, index: f64, elasticity: f64) -> f64 {
    weight * pow(price / index, 1.0 - elasticity)
}

/// Runs the auction until nothing moves, or for `rounds`.
pub(crate) fn solve_in_levels<'a>(e: &'a Economy, shock: &Shock, rounds: usize) -> Levels<'a> {
    let given = |new: &Option<Vec<f64>>, base: &[f64]| new.clone().unwrap_or(base.to_vec());
    let mut x = Levels {
        e,
        labour: shock.labour,
        duty: given(&shock.import_duty, &e.import_duty),
        tax: given(&shock.export_tax, &e.export_tax),
        deficit: given(&shock.deficit, &e.deficit),
        freight: given(&shock.cost_hat, &vec![1.0; e.flows()]),
        wage: vec![1.0; e.markets()],
        price: vec![1.0; e.markets()],
        spending: e.spending.clone(),
        user_spending: vec![vec![0.0; e.economies]; e.users.len()],
        user_price: vec![vec![1.0; e.economies]; e.users.len()],
        markup: e.markup.clone(),
        last_change: f64::INFINITY,
        share: vec![0.0; e.flows()],
        physical: vec![1.0; e.markets()],
        costs: vec![0.0; e.markets()],
        profit: vec![0.0; e.economies],
        revenue: vec![0.0; e.economies],
        retail_profit: vec![0.0; e.economies],
    };
    for _ in 0..rounds {
        x.round();
        if x.last_change < 2e-15 {
            break;
        }
    }
    x
}

impl Levels<'_> {
    fn round(&mut self) {
        let old = (self.wage.clone(), self.price.clone(), self.spending.clone());
        self.set_prices();
        if self.e.oligopoly.is_some() {
            self.set_markups();
        }
        self.sell();
        for n in 0..self.e.economies {
            let (mut bought, labour) = self.produce(n);
            self.consume(n, &mut bought);
            self.hire(n, &labour);
            for (s, amount) in bought.iter().enumerate() {
                self.spending[self.e.market(n, s)] = *amount;
            }
        }
        let bill: f64 = self
            .e
            .wage_bill
            .iter()
            .zip(&self.wage)
            .map(|(bill, wage)| bill * wage)
            .sum();
        let world: f64 = self.e.wage_bill.iter().sum();
        self.wage.iter_mut().for_each(|wage| *wage *= world / bill);
        let change = |new: &[f64], old: &[f64]| {
            new.iter()
                .zip(old)
                .fold(0.0_f64, |largest, (a, b)| largest.max((a / b - 1.0).abs()))
        };
        let prices = change(&self.price, &old.1);
        self.last_change = change(&self.wage, &old.0)
            .max(prices)
            .max(change(&self.spending, &old.2));
    }

    /// Prices of labour and of every input of s in n, with their base cost shares.
    fn factors(&self, n: usize, s: usize) -> Vec<(f64, f64)> {
        let e = self.e;
        let mut terms = vec![(
            e.labour_cost_share[e.market(n, s)],
            self.wage[e.market(n, s)],
        )];
        terms.extend((0..e.sectors).map(|k| {
            (
                e.input_cost_share[e.input(n, k, s)],
                self.price[e.market(n, k)],
            )
        }));
        terms
    }

    fn set_prices(&mut self) {
        let e = self.e;
        let cost: Vec<f64> = (0..e.markets())
            .map(|m| ces(&self.factors(m / e.sectors, m % e.sectors), e.rho))
            .collect();
        for n in 0..e.economies {
            for s in 0..e.sectors {
                let landed: Vec<f64> = (0..e.economies)
                    .map(|i| {
                        let f = e.flow(n, i, s);
                        let base = e.markup[f] * (1.0 + e.import_duty[f]) * (1.0 + e.export_tax[f]);
                        let taxes = (1.0 + self.duty[f]) * (1.0 + self.tax[f]);
                        cost[e.market(i, s)] * self.freight[f] * self.markup[f] * taxes / base
                    })
                    .collect();
                self.set_market((n, s), &landed);
            }
        }
    }

    /// Two tiers: origins into imports, imports and home goods into the composite.
    fn set_market(&mut self, (n, s): (usize, usize), landed: &[f64]) {
        let e = self.e;
        let home = e.origin_share[e.flow(n, n, s)];
        let weight = |i: usize| e.origin_share[e.flow(n, i, s)] / (1.0 - home);
        let foreign: Vec<usize> = (0..e.economies).filter(|i| *i != n).collect();
        let offers: Vec<(f64, f64)> = foreign.iter().map(|i| (weight(*i), landed[*i])).collect();
        let imported = ces(&offers, e.sigma[s]);
        let index = ces(&[(home, landed[n]), (1.0 - home, imported)], e.eps[s]);
        self.share[e.flow(n, n, s)] = part(home, landed[n], index, e.eps[s]);
        for i in foreign {
            self.share[e.flow(n, i, s)] = part(1.0 - home, imported, index, e.eps[s])
                * part(weight(i), landed[i], imported, e.sigma[s]);
        }
        let units = |weight: f64, price: f64| weight * pow(price / index, -e.eps[s]);
        self.price[e.market(n, s)] = index;
        self.physical[e.market(n, s)] = units(home, landed[n]) + units(1.0 - home, imported);
    }

    /// Bertrand markups, the elasticity built up tier by tier from a firm's shares.
    fn set_markups(&mut self) {
        let e = self.e;
        let conduct = e.oligopoly.as_ref().unwrap();
        for n in 0..e.economies {
            for i in 0..e.economies {
                for s in 0..e.sectors {
                    let in_origin = 1.0 / conduct.firms[e.market(i, s)];
                    let in_sector = self.share[e.flow(n, i, s)] * in_origin;
                    let in_imports = in_sector / (1.0 - self.share[e.flow(n, n, s)]);
                    let outer =
                        conduct.sigma_f[s] * (1.0 - in_origin) + conduct.perceived_eta * in_sector;
                    let inner = if i == n {
                        e.eps[s] * (in_origin - in_sector)
                    } else {
                        e.sigma[s] * (in_origin - in_imports) + e.eps[s] * (in_imports - in_sector)
                    };
                    self.markup[e.flow(n, i, s)] = (outer + inner) / (outer + inner - 1.0);
                }
            }
        }
    }

    fn sell(&mut self) {
        let e = self.e;
        self.costs.fill(0.0);
        self.profit.fill(0.0);
        self.revenue.fill(0.0);
        for n in 0..e.economies {
            for i in 0..e.economies {
                for s in 0..e.sectors {
                    let f = e.flow(n, i, s);
                    let paid = self.share[f] * self.spending[e.market(n, s)];
                    let border = paid / (1.0 + self.duty[f]);
                    let kept = border / (1.0 + self.tax[f]);
                    self.revenue[n] += paid - border;
                    self.revenue[i] += border - kept;
                    self.profit[i] += kept - kept / self.markup[f];
                    self.costs[e.market(i, s)] += kept / self.markup[f];
                }
            }
        }
    }

    /// Materials bought and labour needed by the producers of n, by sector.
    fn produce(&self, n: usize) -> (Vec<f64>, Vec<f64>) {
        let (mut bought, mut labour) = (vec![0.0; self.e.sectors], Vec::new());
        for s in 0..self.e.sectors {
            let terms = self.factors(n, s);
            let index = ces(&terms, self.e.rho);
            let cost = self.costs[self.e.market(n, s)];
            labour.push(part(terms[0].0, terms[0].1, index, self.e.rho) * cost);
            for (k, (weight, price)) in terms[1..].iter().enumerate() {
                bought[k] += part(*weight, *price, index, self.e.rho) * cost;
            }
        }
        (bought, labour)
    }

    fn wages(&self, n: usize) -> f64 {
        (0..self.e.sectors)
            .map(|s| self.e.wage_bill[self.e.market(n, s)] * self.wage[self.e.market(n, s)])
            .sum()
    }

    fn consume(&mut self, n: usize, bought: &mut [f64]) {
        let mut margins = 0.0;
        for (u, user) in self.e.users.iter().enumerate() {
            let spends = user.labour_claim[n] * self.wages(n)
                + user.profit_claim[n] * (self.profit[n] + self.retail_profit[n])
                + user.revenue_claim[n] * self.revenue[n]
                + user.transfer_claim[n] * self.deficit[n];
            self.user_spending[u][n] = spends;
            (self.user_price[u][n], margins) = self.shop((n, user), spends, (bought, margins));
        }
        self.retail_profit[n] = margins;
    }

    /// One user's purchases; returns its price index and the margins so far.
    fn shop(
        &self,
        (n, user): (usize, &FinalUser),
        spends: f64,
        (bought, mut margins): (&mut [f64], f64),
    ) -> (f64, f64) {
        let e = self.e;
        // Goods, services and margin in the price of one unit of the composite.
        let layers = |s: usize, price: &dyn Fn(usize) -> f64, physical: f64| {
            let m = e.market(n, s);
            if !user.is_retail {
                return (price(m), 0.0, 0.0);
            }
            let services = e.services.map_or(0.0, |k| {
                e.distribution_units[m] * price(e.market(n, k)) * physical
            });
            (
                price(m),
                services,
                (price(m) + services) * e.retail_markup[m],
            )
        };
        let now = |s: usize| layers(s, &|m| self.price[m], self.physical[e.market(n, s)]);
        let base = |s: usize| layers(s, &|_| 1.0, 1.0);
        let sum = |(goods, services, margin): (f64, f64, f64)| goods + services + margin;
        let terms: Vec<(f64, f64)> = (0..e.sectors)
            .map(|s| {
                (
                    user.budget_share[e.market(n, s)],
                    sum(now(s)) / sum(base(s)),
                )
            })
            .collect();
        let index = ces(&terms, e.eta);
        for (s, (weight, price)) in terms.iter().enumerate() {
            let (goods, services, margin) = now(s);
            let units = part(*weight, *price, index, e.eta) * spends / (goods + services + margin);
            bought[s] += units * goods;
            if let Some(k) = e.services {
                bought[k] += units * services;
            }
            margins += units * margin;
        }
        (index, margins)
    }

    fn hire(&mut self, n: usize, labour: &[f64]) {
        let whole = labour.iter().sum::<f64>() / self.wages(n);
        for (s, needed) in labour.iter().enumerate() {
            let m = self.e.market(n, s);
            let pressure = match self.labour {
                Labour::Mobile => whole,
                Labour::Fixed => needed / (self.e.wage_bill[m] * self.wage[m]),
            };
            self.wage[m] *= pow(pressure, 0.15);
        }
    }
}
