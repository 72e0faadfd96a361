//! Small worlds with exact accounts, made for tests.

pub(crate) mod levels;

use tradewinds_equilibrium::{Economy, EconomyParts, Equilibrium, FinalUser, Shock, solve};

/// What a random world should look like.
#[derive(Clone)]
pub(crate) struct Draft {
    pub(crate) economies: usize,
    pub(crate) sectors: usize,
    pub(crate) seed: u64,
    /// Weight of home in preferences, per economy.
    pub(crate) home: f64,
    /// Highest import duty.
    pub(crate) duty: f64,
    /// Highest export tax.
    pub(crate) export_tax: f64,
    /// Mean share of materials in cost.
    pub(crate) materials: f64,
    /// Highest markup over cost.
    pub(crate) markup: f64,
    /// eps = 1 + nesting (sigma - 1).
    pub(crate) nesting: f64,
    pub(crate) eta: f64,
    pub(crate) rho: f64,
    pub(crate) balanced: bool,
    /// Sizes of economies differ by up to this many powers of ten.
    pub(crate) spread: f64,
}

impl Draft {
    pub(crate) fn new(economies: usize, sectors: usize, seed: u64) -> Self {
        Self {
            economies,
            sectors,
            seed,
            home: 6.0,
            duty: 0.12,
            export_tax: 0.0,
            materials: 0.35,
            markup: 0.0,
            nesting: 1.0,
            eta: 1.0,
            rho: 1.0,
            balanced: true,
            spread: 0.0,
        }
    }

    pub(crate) fn nested(self) -> Self {
        Self {
            nesting: 0.55,
            eta: 0.8,
            rho: 0.5,
            markup: 0.3,
            export_tax: 0.04,
            balanced: false,
            ..self
        }
    }

    /// An economy with one final user whose claims are all 1.
    pub(crate) fn build(&self) -> Economy {
        let economy = Economy::new(self.parts()).unwrap();
        if !self.balanced {
            return economy;
        }
        let shock = Shock {
            deficit: Some(vec![0.0; self.economies]),
            ..Shock::default()
        };
        let balanced = solve(&economy, &shock).unwrap();
        rebased(&economy, &balanced, &shock)
    }

    pub(crate) fn parts(&self) -> EconomyParts {
        let mut draw = Draws(self.seed);
        let (count, sectors) = (self.economies, self.sectors);
        let mut size: Vec<f64> = (0..count).map(|_| draw.between(0.5, 4.0)).collect();
        for (n, size) in size.iter_mut().enumerate() {
            *size *= libm::pow(10.0, -self.spread * n as f64 / count as f64);
        }
        let weight: Vec<f64> = (0..sectors).map(|_| draw.between(0.6, 1.4)).collect();
        let mut parts = blank(count, sectors);
        for n in 0..count {
            for s in 0..sectors {
                let market = parts.market(n, s);
                parts.spending[market] = size[n] * weight[s] * draw.between(0.8, 1.25);
                parts.labour_cost_share[market] = 1.0 - self.materials * draw.between(0.7, 1.3);
                let taste: Vec<f64> = (0..count)
                    .map(|i| {
                        let home = if i == n {
                            1.0 + self.home * count as f64
                        } else {
                            1.0
                        };
                        size[i] * home * draw.between(0.3, 1.0)
                    })
                    .collect();
                let input: Vec<f64> = (0..sectors)
                    .map(|k| draw.between(0.1, 1.0) + if k == s { 1.0 } else { 0.0 })
                    .collect();
                for i in 0..count {
                    let flow = parts.flow(n, i, s);
                    parts.origin_share[flow] = taste[i] / taste.iter().sum::<f64>();
                    if i != n {
                        parts.import_duty[flow] = draw.between(0.0, self.duty);
                        parts.export_tax[flow] = draw.between(0.0, self.export_tax);
                    }
                }
                for k in 0..sectors {
                    let share = input[k] / input.iter().sum::<f64>()
                        * (1.0 - parts.labour_cost_share[market]);
                    let index = parts.input(n, k, s);
                    parts.input_cost_share[index] = share;
                }
            }
        }
        for i in 0..count {
            for s in 0..sectors {
                let markup = 1.0 + draw.between(0.0, self.markup);
                for n in 0..count {
                    let flow = parts.flow(n, i, s);
                    parts.markup[flow] = markup;
                }
            }
        }
        parts.sigma = (0..sectors).map(|_| draw.between(2.5, 6.5)).collect();
        parts.eps = parts
            .sigma
            .iter()
            .map(|sigma| 1.0 + self.nesting * (sigma - 1.0))
            .collect();
        (parts.eta, parts.rho) = (self.eta, self.rho);
        close_accounts(parts)
    }
}

/// Parts with the right shapes: no taxes, no markups, no distribution, one user.
pub(crate) fn blank(economies: usize, sectors: usize) -> EconomyParts {
    let (markets, flows) = (economies * sectors, economies * economies * sectors);
    EconomyParts {
        economies,
        sectors,
        spending: vec![0.0; markets],
        origin_share: vec![0.0; flows],
        import_duty: vec![0.0; flows],
        export_tax: vec![0.0; flows],
        markup: vec![1.0; flows],
        labour_cost_share: vec![1.0; markets],
        input_cost_share: vec![0.0; economies * sectors * sectors],
        wage_bill: vec![0.0; markets],
        deficit: vec![0.0; economies],
        sigma: vec![4.0; sectors],
        eps: vec![4.0; sectors],
        eta: 1.0,
        rho: 1.0,
        users: vec![everyone(economies, sectors)],
        services: None,
        distribution_units: vec![0.0; markets],
        retail_markup: vec![0.0; markets],
        oligopoly: None,
    }
}

/// A user that gets all income of its economy.
pub(crate) fn everyone(economies: usize, sectors: usize) -> FinalUser {
    FinalUser {
        budget_share: vec![0.0; economies * sectors],
        labour_claim: vec![1.0; economies],
        profit_claim: vec![1.0; economies],
        revenue_claim: vec![1.0; economies],
        transfer_claim: vec![1.0; economies],
        is_retail: false,
    }
}

/// Sets wage bills, deficits and the one user's budget so that all accounts close.
pub(crate) fn close_accounts(mut parts: EconomyParts) -> EconomyParts {
    let cost = production_cost(&parts);
    parts.deficit = vec![0.0; parts.economies];
    for n in 0..parts.economies {
        for i in 0..parts.economies {
            for s in 0..parts.sectors {
                let flow = parts.flow(n, i, s);
                let border = parts.origin_share[flow] * parts.spending[parts.market(n, s)]
                    / (1.0 + parts.import_duty[flow]);
                parts.deficit[n] += border;
                parts.deficit[i] -= border;
            }
        }
    }
    for n in 0..parts.economies {
        let bought = final_purchases(&parts, &cost, n);
        let total: f64 = bought.iter().sum();
        for (s, amount) in bought.iter().enumerate() {
            assert!(
                *amount >= 0.0,
                "negative final demand: lower the material shares"
            );
            let market = parts.market(n, s);
            parts.users[0].budget_share[market] = amount / total;
            parts.wage_bill[market] = parts.labour_cost_share[market] * cost[market];
        }
    }
    parts
}

pub(crate) fn production_cost(parts: &EconomyParts) -> Vec<f64> {
    let mut cost = vec![0.0; parts.markets()];
    for n in 0..parts.economies {
        for i in 0..parts.economies {
            for s in 0..parts.sectors {
                let flow = parts.flow(n, i, s);
                let taxes = (1.0 + parts.import_duty[flow]) * (1.0 + parts.export_tax[flow]);
                let paid = parts.origin_share[flow] * parts.spending[parts.market(n, s)];
                cost[parts.market(i, s)] += paid / taxes / parts.markup[flow];
            }
        }
    }
    cost
}

/// Spending of economy n less its purchases of materials, by sector.
pub(crate) fn final_purchases(parts: &EconomyParts, cost: &[f64], n: usize) -> Vec<f64> {
    let materials = |k: usize| -> f64 {
        (0..parts.sectors)
            .map(|s| parts.input_cost_share[parts.input(n, k, s)] * cost[parts.market(n, s)])
            .sum()
    };
    (0..parts.sectors)
        .map(|k| parts.spending[parts.market(n, k)] - materials(k))
        .collect()
}

/// The new world as a base year of its own (one user, no distribution).
pub(crate) fn rebased(economy: &Economy, new: &Equilibrium, shock: &Shock) -> Economy {
    let mut parts = economy.clone().into_parts();
    assert!(parts.users.len() == 1 && !parts.has_distribution());
    parts.import_duty = shock.import_duty.clone().unwrap_or(parts.import_duty);
    parts.export_tax = shock.export_tax.clone().unwrap_or(parts.export_tax);
    parts.spending.clone_from(&new.spending);
    parts.origin_share.clone_from(&new.origin_share);
    parts.markup.clone_from(&new.markup);
    parts.labour_cost_share.clone_from(&new.labour_cost_share);
    parts.input_cost_share.clone_from(&new.input_cost_share);
    Economy::new(close_accounts(parts)).unwrap()
}

/// Households of two kinds who buy in stores, and a government that does not; distribution bought
/// from the last sector and retail markups on all others.
pub(crate) fn with_stores(mut parts: EconomyParts) -> EconomyParts {
    let (count, services) = (parts.economies, parts.sectors - 1);
    let cost = production_cost(&parts);
    let mut users = vec![everyone(count, parts.sectors); 3];
    (users[0].is_retail, users[1].is_retail) = (true, true);
    parts.services = Some(services);
    for n in 0..count {
        let bought = final_purchases(&parts, &cost, n);
        // Distribution takes half of the services that neither producers nor households buy.
        let needed: f64 = (0..services)
            .map(|s| 0.7 * bought[s] * (1.0 + (s % 3) as f64))
            .sum();
        for s in 0..services {
            let market = parts.market(n, s);
            parts.distribution_units[market] =
                (1.0 + (s % 3) as f64) * 0.35 * bought[services] / needed;
            parts.retail_markup[market] = 0.2 + 0.05 * (n % 4) as f64;
        }
        let goods: Vec<f64> = (0..parts.sectors)
            .map(|s| if s == services { 0.3 } else { 0.7 } * bought[s])
            .collect();
        let mut state: Vec<f64> = bought
            .iter()
            .zip(&goods)
            .map(|(all, goods)| all - goods)
            .collect();
        let (mut store, mut margins) = (goods.clone(), 0.0);
        for s in 0..services {
            let market = parts.market(n, s);
            let distribution = parts.distribution_units[market] * goods[s];
            let margin = (goods[s] + distribution) * parts.retail_markup[market];
            state[services] -= distribution;
            store[s] += distribution + margin;
            margins += margin;
        }
        let (of_store, of_state): (f64, f64) = (store.iter().sum(), state.iter().sum());
        let part = of_state / (of_store + of_state);
        let pools = incomes(&parts, n, (margins, of_store + of_state));
        let first = [0.7, 0.2, 0.5, 0.4];
        for (user, claims) in [
            (0, first.map(|own| own * (1.0 - part))),
            (1, first.map(|own| (1.0 - own) * (1.0 - part))),
            (2, [part; 4]),
        ] {
            let user = &mut users[user];
            (user.labour_claim[n], user.profit_claim[n]) = (claims[0], claims[1]);
            (user.revenue_claim[n], user.transfer_claim[n]) = (claims[2], claims[3]);
        }
        let spends = (1.0 - part)
            * first
                .iter()
                .zip(pools)
                .map(|(claim, pool)| claim * pool)
                .sum::<f64>();
        let tilt: Vec<f64> = store
            .iter()
            .enumerate()
            .map(|(s, sales)| if s % 2 == 0 { 1.25 } else { 0.8 } * sales)
            .collect();
        for s in 0..parts.sectors {
            let market = parts.market(n, s);
            // The first kind leans to even sectors; the second takes what is left of the store sales.
            users[0].budget_share[market] = tilt[s] / tilt.iter().sum::<f64>();
            users[1].budget_share[market] =
                (store[s] - users[0].budget_share[market] * spends) / (of_store - spends);
            users[2].budget_share[market] = state[s] / of_state;
        }
    }
    parts.users = users;
    parts
}

/// Wages, profits, taxes and deficit of economy n, given retail margins and total final spending.
fn incomes(parts: &EconomyParts, n: usize, (margins, total): (f64, f64)) -> [f64; 4] {
    let mut profit = margins;
    for buyer in 0..parts.economies {
        for s in 0..parts.sectors {
            let flow = parts.flow(buyer, n, s);
            let taxes = (1.0 + parts.import_duty[flow]) * (1.0 + parts.export_tax[flow]);
            let sales = parts.origin_share[flow] * parts.spending[parts.market(buyer, s)] / taxes;
            profit += sales - sales / parts.markup[flow];
        }
    }
    let wages: f64 = (0..parts.sectors)
        .map(|s| parts.wage_bill[parts.market(n, s)])
        .sum();
    let deficit = parts.deficit[n];
    [wages, profit, total - wages - profit - deficit, deficit]
}

/// A flat array with `change` applied to every entry across a border.
pub(crate) fn across_borders(
    parts: &EconomyParts,
    base: &[f64],
    mut change: impl FnMut(usize, usize, usize, f64) -> f64,
) -> Vec<f64> {
    let mut values = base.to_vec();
    for n in 0..parts.economies {
        for i in (0..parts.economies).filter(|i| *i != n) {
            for s in 0..parts.sectors {
                let flow = parts.flow(n, i, s);
                values[flow] = change(n, i, s, values[flow]);
            }
        }
    }
    values
}

/// Asserts that two arrays agree to a relative tolerance.
pub(crate) fn assert_close(what: &str, found: &[f64], expected: &[f64], tolerance: f64) {
    assert_eq!(found.len(), expected.len(), "{what}");
    for (index, (found, expected)) in found.iter().zip(expected).enumerate() {
        let error = (found - expected).abs() / expected.abs().max(1e-300);
        assert!(
            found.to_bits() == expected.to_bits() || error <= tolerance,
            "{what}[{index}]: {found} is not {expected} ({error:e})"
        );
    }
}

/// Uniform numbers from a counter (`SplitMix64`).
pub(crate) struct Draws(pub(crate) u64);

impl Draws {
    pub(crate) fn between(&mut self, low: f64, high: f64) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        low + (high - low) * ((bits ^ (bits >> 31)) >> 11) as f64 / (1u64 << 53) as f64
    }
}
