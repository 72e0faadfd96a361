//! The same counterfactual solved in levels by a slow and simple method of its own: an auctioneer
//! who raises wages where labour is short, with prices, spending and incomes carried along.
//!
//! Nothing is shared with the solver but the data: taste weights instead of hats, powers instead of
//! logs, one sweep per round instead of inner solutions.

use libm::pow;
use tradewinds_equilibrium::{Economy, Labour, Shock};

/// The rest point: wages, composite prices and spending `[n][s]`, user spending `[user][n]`, price
/// index `[user][n]`, markups `[n][i][s]`, and the largest change in the last round.
pub(crate) struct Levels {
    pub(crate) wage: Vec<f64>,
    pub(crate) price: Vec<f64>,
    pub(crate) spending: Vec<f64>,
    pub(crate) user_spending: Vec<Vec<f64>>,
    pub(crate) user_price: Vec<Vec<f64>>,
    pub(crate) markup: Vec<f64>,
    pub(crate) last_change: f64,
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

/// Bertrand markup of one of `firms` equal firms with the given shares of sector and of imports.
fn markup(economy: &Economy, (n, i, s): (usize, usize, usize), share: &[f64]) -> f64 {
    let oligopoly = economy.oligopoly.as_ref().unwrap();
    let firms = oligopoly.firms[economy.market(i, s)];
    let (f, sigma, eps) = (oligopoly.sigma_f[s], economy.sigma[s], economy.eps[s]);
    let in_sector = share[economy.flow(n, i, s)] / firms;
    let in_imports = in_sector / (1.0 - share[economy.flow(n, n, s)]);
    let elasticity = if i == n {
        f * (1.0 - 1.0 / firms)
            + eps * (1.0 / firms - in_sector)
            + oligopoly.perceived_eta * in_sector
    } else {
        f * (1.0 - 1.0 / firms)
            + sigma * (1.0 / firms - in_imports)
            + eps * (in_imports - in_sector)
            + oligopoly.perceived_eta * in_sector
    };
    elasticity / (elasticity - 1.0)
}

pub(crate) fn solve_in_levels(e: &Economy, shock: &Shock, rounds: usize) -> Levels {
    let (count, sectors) = (e.economies, e.sectors);
    let duty = shock.import_duty.as_ref().unwrap_or(&e.import_duty);
    let tax = shock.export_tax.as_ref().unwrap_or(&e.export_tax);
    let deficit = shock.deficit.as_ref().unwrap_or(&e.deficit);
    let freight = |flow: usize| shock.cost_hat.as_ref().map_or(1.0, |hat| hat[flow]);
    let world: f64 = e.wage_bill.iter().sum();
    let mut x = Levels {
        wage: vec![1.0; e.markets()],
        price: vec![1.0; e.markets()],
        spending: e.spending.clone(),
        user_spending: vec![vec![0.0; count]; e.users.len()],
        user_price: vec![vec![1.0; count]; e.users.len()],
        markup: e.markup.clone(),
        last_change: f64::INFINITY,
    };
    let mut retail_profit = vec![0.0; count];
    for _ in 0..rounds {
        let old = (x.wage.clone(), x.price.clone(), x.spending.clone());
        let cost_terms = |x: &Levels, n: usize, s: usize| {
            let mut terms = vec![(e.labour_cost_share[e.market(n, s)], x.wage[e.market(n, s)])];
            terms.extend((0..sectors).map(|k| {
                (
                    e.input_cost_share[e.input(n, k, s)],
                    x.price[e.market(n, k)],
                )
            }));
            terms
        };
        let mut cost = vec![1.0; e.markets()];
        for n in 0..count {
            for s in 0..sectors {
                cost[e.market(n, s)] = ces(&cost_terms(&x, n, s), e.rho);
            }
        }
        // Landed prices relative to base, tiers, shares.
        let mut share = vec![0.0; e.flows()];
        let mut physical = vec![1.0; e.markets()];
        for n in 0..count {
            for s in 0..sectors {
                let landed: Vec<f64> = (0..count)
                    .map(|i| {
                        let f = e.flow(n, i, s);
                        let base = e.markup[f] * (1.0 + e.import_duty[f]) * (1.0 + e.export_tax[f]);
                        cost[e.market(i, s)]
                            * freight(f)
                            * x.markup[f]
                            * (1.0 + duty[f])
                            * (1.0 + tax[f])
                            / base
                    })
                    .collect();
                let home = e.origin_share[e.flow(n, n, s)];
                let abroad: Vec<(f64, f64)> = (0..count)
                    .filter(|i| *i != n)
                    .map(|i| (e.origin_share[e.flow(n, i, s)] / (1.0 - home), landed[i]))
                    .collect();
                let imported = ces(&abroad, e.sigma[s]);
                let index = ces(&[(home, landed[n]), (1.0 - home, imported)], e.eps[s]);
                x.price[e.market(n, s)] = index;
                let imports = part(1.0 - home, imported, index, e.eps[s]);
                for i in 0..count {
                    let f = e.flow(n, i, s);
                    share[f] = if i == n {
                        part(home, landed[n], index, e.eps[s])
                    } else {
                        imports
                            * part(
                                e.origin_share[f] / (1.0 - home),
                                landed[i],
                                imported,
                                e.sigma[s],
                            )
                    };
                }
                physical[e.market(n, s)] = home * pow(landed[n] / index, -e.eps[s])
                    + (1.0 - home) * pow(imported / index, -e.eps[s]);
            }
        }
        if e.oligopoly.is_some() {
            for n in 0..count {
                for i in 0..count {
                    for s in 0..sectors {
                        x.markup[e.flow(n, i, s)] = markup(e, (n, i, s), &share);
                    }
                }
            }
        }
        // Sales, taxes, profits, costs.
        let (mut costs, mut profit, mut revenue) =
            (vec![0.0; e.markets()], vec![0.0; count], vec![0.0; count]);
        for n in 0..count {
            for i in 0..count {
                for s in 0..sectors {
                    let f = e.flow(n, i, s);
                    let paid = share[f] * x.spending[e.market(n, s)];
                    let border = paid / (1.0 + duty[f]);
                    let kept = border / (1.0 + tax[f]);
                    revenue[n] += paid - border;
                    revenue[i] += border - kept;
                    profit[i] += kept - kept / x.markup[f];
                    costs[e.market(i, s)] += kept / x.markup[f];
                }
            }
        }
        // Purchases of users and producers, and wages.
        for n in 0..count {
            let wages: f64 = (0..sectors)
                .map(|s| e.wage_bill[e.market(n, s)] * x.wage[e.market(n, s)])
                .sum();
            let mut bought = vec![0.0; sectors];
            let mut margins = 0.0;
            for (u, user) in e.users.iter().enumerate() {
                let spends = user.labour_claim[n] * wages
                    + user.profit_claim[n] * (profit[n] + retail_profit[n])
                    + user.revenue_claim[n] * revenue[n]
                    + user.transfer_claim[n] * deficit[n];
                let service = |s: usize| {
                    let m = e.market(n, s);
                    e.services.map_or(0.0, |k| {
                        e.distribution_units[m] * x.price[e.market(n, k)] * physical[m]
                    })
                };
                let pays = |s: usize| {
                    let m = e.market(n, s);
                    if user.is_retail {
                        (x.price[m] + service(s)) * (1.0 + e.retail_markup[m])
                    } else {
                        x.price[m]
                    }
                };
                let at_base = |s: usize| {
                    let m = e.market(n, s);
                    if user.is_retail {
                        (1.0 + e.distribution_units[m]) * (1.0 + e.retail_markup[m])
                    } else {
                        1.0
                    }
                };
                let terms: Vec<(f64, f64)> = (0..sectors)
                    .map(|s| (user.budget_share[e.market(n, s)], pays(s) / at_base(s)))
                    .collect();
                let index = ces(&terms, e.eta);
                for (s, (weight, price)) in terms.iter().enumerate() {
                    let units = part(*weight, *price, index, e.eta) * spends / pays(s);
                    bought[s] += units * x.price[e.market(n, s)];
                    if user.is_retail {
                        let services = units * service(s);
                        if let Some(k) = e.services {
                            bought[k] += services;
                        }
                        margins += units * pays(s) - units * x.price[e.market(n, s)] - services;
                    }
                }
                x.user_spending[u][n] = spends;
                x.user_price[u][n] = index;
            }
            retail_profit[n] = margins;
            let mut labour = vec![0.0; sectors];
            for s in 0..sectors {
                let m = e.market(n, s);
                let terms = cost_terms(&x, n, s);
                let index = ces(&terms, e.rho);
                labour[s] = part(terms[0].0, terms[0].1, index, e.rho) * costs[m];
                for (k, (weight, price)) in terms[1..].iter().enumerate() {
                    bought[k] += part(*weight, *price, index, e.rho) * costs[m];
                }
            }
            for s in 0..sectors {
                let m = e.market(n, s);
                x.spending[m] = bought[s];
                let pressure = match shock.labour {
                    Labour::Mobile => labour.iter().sum::<f64>() / wages,
                    Labour::Fixed => labour[s] / (e.wage_bill[m] * x.wage[m]),
                };
                x.wage[m] *= pow(pressure, 0.15);
            }
        }
        let bill: f64 = e
            .wage_bill
            .iter()
            .zip(&x.wage)
            .map(|(bill, wage)| bill * wage)
            .sum();
        x.wage.iter_mut().for_each(|wage| *wage *= world / bill);
        let change = |new: &[f64], old: &[f64]| {
            new.iter()
                .zip(old)
                .fold(0.0_f64, |m, (a, b)| m.max((a / b - 1.0).abs()))
        };
        x.last_change = change(&x.wage, &old.0)
            .max(change(&x.price, &old.1))
            .max(change(&x.spending, &old.2));
        if x.last_change < 2e-15 {
            break;
        }
    }
    x
}
