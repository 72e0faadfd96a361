//! Accounts at the state, and what buyers of the importer face.

use tradewinds_equilibrium::Economy;

use super::elimination::eliminate;
use super::state::State;

/// Accounts that follow from trade and rates; arrays as in [`Economy`].
#[derive(Debug, Clone)]
pub(super) struct Books {
    /// Spending, duty paid, `[n][s]`, USD bn a year.
    pub(super) spending: Vec<f64>,
    /// Share of each origin in it, `[n][i][s]`.
    pub(super) share: Vec<f64>,
    /// Cost of production, `[i][s]`, USD bn a year.
    pub(super) cost: Vec<f64>,
    /// Final demand at composite prices, `[n][s]`, USD bn a year.
    pub(super) final_demand: Vec<f64>,
    /// Share of it that goes through stores, `[n][s]`.
    pub(super) in_stores: Vec<f64>,
    /// Part of a rise of the composite price that reaches the price in a store, `[n][s]`.
    pub(super) in_price: Vec<f64>,
    /// Change of the log of income per USD bn of other income than retail profit, `[n]`.
    pub(super) per_income: Vec<f64>,
}

impl Books {
    pub(super) fn of(state: &State<'_>) -> Self {
        let mut books = Self::of_economies(state, |_| true);
        books.count_incomes(state);
        books
    }

    /// The same of the importer alone: nothing of others, nor of incomes.
    pub(super) fn of_importer(state: &State<'_>) -> Self {
        Self::of_economies(state, |one| one == state.importer)
    }

    fn of_economies(state: &State<'_>, is_wanted: impl Fn(usize) -> bool) -> Self {
        let economy = state.economy;
        let mut books = Self {
            spending: vec![0.0; economy.markets()],
            share: vec![0.0; economy.flows()],
            cost: vec![0.0; economy.markets()],
            final_demand: vec![0.0; economy.markets()],
            in_stores: vec![0.0; economy.markets()],
            in_price: (economy.distribution_units.iter())
                .map(|units| 1.0 / (1.0 + units))
                .collect(),
            per_income: vec![0.0; economy.economies],
        };
        books.add_up(state, &is_wanted);
        for n in (0..economy.economies).filter(|n| is_wanted(*n)) {
            books.split_final_demand(economy, n);
        }
        books
    }

    /// Spending and shares of the economies that are wanted, and what they make.
    fn add_up(&mut self, state: &State<'_>, is_wanted: impl Fn(usize) -> bool) {
        let economy = state.economy;
        for n in 0..economy.economies {
            for i in 0..economy.economies {
                let (buys, makes) = (is_wanted(n), is_wanted(i));
                let first = economy.flow(n, i, 0);
                for s in (0..economy.sectors).filter(|_| buys || makes) {
                    let flow = first + s;
                    if buys {
                        let taxes = (1.0 + state.duty[flow]) * (1.0 + state.export_tax[flow]);
                        self.share[flow] = state.sales[flow] * taxes;
                        self.spending[economy.market(n, s)] += self.share[flow];
                    }
                    if makes {
                        let cost = state.sales[flow] / economy.markup[flow];
                        self.cost[economy.market(i, s)] += cost;
                    }
                }
            }
        }
        for n in (0..economy.economies).filter(|n| is_wanted(*n)) {
            let spending = &self.spending[economy.market(n, 0)..economy.market(n + 1, 0)];
            let own = economy.flow(n, 0, 0)..economy.flow(n + 1, 0, 0);
            for shares in self.share[own].chunks_exact_mut(economy.sectors) {
                for (share, spending) in shares.iter_mut().zip(spending) {
                    *share = match *spending > 0.0 {
                        true => *share / spending,
                        false => 0.0,
                    };
                }
            }
        }
    }

    /// What is left of spending after materials, and the part of it that stores sell at
    /// the proportions of the base year.
    fn split_final_demand(&mut self, economy: &Economy, n: usize) {
        for s in 0..economy.sectors {
            let market = economy.market(n, s);
            let materials: f64 = (0..economy.sectors)
                .map(|user| {
                    let share = economy.input_cost_share[economy.input(n, s, user)];
                    share * self.cost[economy.market(n, user)]
                })
                .sum();
            self.final_demand[market] = (self.spending[market] - materials).max(0.0);
            let base = economy.accounts().final_demand[market];
            if base > 0.0 {
                let margin = economy.retail_markup[market];
                let on_shelves = in_stores(economy, (n, s));
                let goods = on_shelves * self.in_price[market] / (1.0 + margin);
                self.in_stores[market] = (goods / base).min(1.0);
            }
        }
    }

    /// Income is that below and retail profit, a constant share of income: what is below
    /// moves income in proportion.
    fn count_incomes(&mut self, state: &State<'_>) {
        let economy = state.economy;
        let mut income = vec![0.0; economy.economies];
        for market in 0..economy.markets() {
            let wages = economy.labour_cost_share[market] * self.cost[market];
            income[market / economy.sectors] += wages;
        }
        for (flow, sales) in state.sales.iter().enumerate() {
            let (n, i, _) = place(economy, flow);
            let tax = state.export_tax[flow] * sales;
            let at_border = sales + tax;
            income[i] += sales * (1.0 - 1.0 / economy.markup[flow]) + tax;
            income[n] += state.duty[flow] * at_border;
            // The external deficit is received from abroad.
            income[n] += at_border;
            income[i] -= at_border;
        }
        for (per_income, income) in self.per_income.iter_mut().zip(income) {
            debug_assert!(income > 0.0, "no income");
            *per_income = 1.0 / income;
        }
    }

    /// Elasticity of final demand for a composite, mean over stores and other users, with
    /// that between sectors.
    pub(super) fn final_elasticity(&self, economy: &Economy, market: usize) -> f64 {
        let stores = self.in_stores[market];
        economy.eta * (stores * self.in_price[market] + 1.0 - stores)
    }
}

/// Buyer, origin and sector of a flow.
pub(super) fn place(economy: &Economy, flow: usize) -> (usize, usize, usize) {
    let pair = flow / economy.sectors;
    let (n, i) = (pair / economy.economies, pair % economy.economies);
    (n, i, flow % economy.sectors)
}

/// What households of the base year pay for goods of a sector in stores, USD bn a year.
fn in_stores(economy: &Economy, (n, s): (usize, usize)) -> f64 {
    let users = economy.users.iter().zip(&economy.accounts().user_spending);
    users
        .filter(|(user, _)| user.is_retail)
        .map(|(user, spending)| user.budget_share[economy.market(n, s)] * spending[n])
        .sum()
}

/// One market of the importer.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Market {
    pub(super) sector: usize,
    /// The importer, an origin of its own.
    pub(super) home: usize,
    /// Share of domestic goods in spending.
    pub(super) own: f64,
    /// Share of each foreign origin in spending, `[i]`; zero for the importer.
    pub(super) share: Vec<f64>,
    /// Sales of every origin at the gate, `[i]`, USD bn a year.
    pub(super) sales: Vec<f64>,
    /// Import duty on each origin, share of the price at the border, `[i]`.
    pub(super) duty: Vec<f64>,
    /// Price at the border over that at the gate, `[i]`.
    pub(super) border: Vec<f64>,
    pub(super) sigma: f64,
    pub(super) eps: f64,
    /// Elasticity of demand for the composite, mean over final users and firms.
    pub(super) of_composite: f64,
    /// What final users pay more for all they buy per unit of the log of the composite's
    /// price that imports add, USD bn a year.
    pub(super) exposure: f64,
}

impl Market {
    /// Markets for everything but distribution services.
    pub(super) fn all(state: &State<'_>, books: &Books) -> Vec<Self> {
        let exposure = exposures(state, books);
        (0..state.economy.sectors)
            .filter(|s| state.economy.services != Some(*s))
            .map(|s| Self::of(state, books, (s, exposure[s])))
            .collect()
    }

    fn of(state: &State<'_>, books: &Books, (s, exposure): (usize, f64)) -> Self {
        let (economy, n) = (state.economy, state.importer);
        let market = economy.market(n, s);
        let by_origin = |values: &[f64]| -> Vec<f64> {
            (0..economy.economies)
                .map(|i| values[economy.flow(n, i, s)])
                .collect()
        };
        let mut share = by_origin(&books.share);
        let own = std::mem::take(&mut share[n]);
        let of_final = match books.spending[market] > 0.0 {
            true => books.final_demand[market] / books.spending[market],
            false => 1.0,
        };
        let final_elasticity = books.final_elasticity(economy, market);
        Self {
            sector: s,
            home: n,
            own,
            share,
            sales: by_origin(state.sales),
            duty: by_origin(state.duty),
            border: by_origin(state.export_tax)
                .iter()
                .map(|tax| 1.0 + tax)
                .collect(),
            sigma: state.elasticities.sigma[s],
            eps: state.elasticities.eps[s],
            of_composite: of_final * final_elasticity + (1.0 - of_final) * state.elasticities.rho,
            exposure,
        }
    }

    /// Share of an origin, home or foreign, in spending.
    pub(super) fn share_of(&self, origin: usize) -> f64 {
        match origin == self.home {
            true => self.own,
            false => self.share[origin],
        }
    }

    pub(super) fn home(&self) -> usize {
        self.home
    }

    pub(super) fn is_home(&self, origin: usize) -> bool {
        origin == self.home
    }

    /// The other foreign origins.
    pub(super) fn rivals(&self, partner: usize) -> impl Iterator<Item = usize> + Clone + '_ {
        (0..self.sales.len()).filter(move |i| *i != self.home && *i != partner)
    }

    /// Duty paid per USD of sales at the gate.
    pub(super) fn duty_paid(&self, origin: usize) -> f64 {
        match origin == self.home {
            true => 0.0,
            false => self.duty[origin] * self.border[origin],
        }
    }

    /// Change of the log sales of an origin when the log gate price of another, or its
    /// own, rises.
    pub(super) fn answer(&self, of: usize, at: usize) -> f64 {
        let share = self.share_of(at);
        match (of == self.home, at == self.home) {
            (true, true) => 1.0 - self.eps + self.drawn_home(share),
            (true, false) | (false, true) => self.drawn_home(share),
            (false, false) if of == at => 1.0 - self.sigma + self.diverted(share),
            (false, false) => self.diverted(share),
        }
    }

    /// Change of log sales of foreign origins, whose own price does not change, when the
    /// log price of an origin with this share in spending rises.
    pub(super) fn diverted(&self, share: f64) -> f64 {
        let foreign = 1.0 - self.own;
        match foreign > 0.0 {
            true => {
                (self.sigma - self.eps) * share / foreign + (self.eps - self.of_composite) * share
            }
            false => 0.0,
        }
    }

    /// Change of log domestic sales when the log price of an origin with this share in
    /// spending rises.
    pub(super) fn drawn_home(&self, share: f64) -> f64 {
        (self.eps - self.of_composite) * share
    }
}

/// What final users of the importer pay more per unit of the log of a composite's price
/// that imports add, at given wages, `[s]`, USD bn a year: their own purchases, and what
/// firms at home that use it make dearer, stores and markups included.
fn exposures(state: &State<'_>, books: &Books) -> Vec<f64> {
    let (economy, n) = (state.economy, state.importer);
    let sectors = economy.sectors;
    let mut paid = vec![0.0; sectors];
    for s in 0..sectors {
        let market = economy.market(n, s);
        let base = economy.accounts().final_demand[market];
        if base <= 0.0 {
            continue;
        }
        let growth = books.final_demand[market] / base;
        let shelves = in_stores(economy, (n, s)) * growth;
        let others: f64 = (economy.users.iter().zip(&economy.accounts().user_spending))
            .filter(|(user, _)| !user.is_retail)
            .map(|(user, spending)| user.budget_share[market] * spending[n])
            .sum();
        paid[s] += shelves * books.in_price[market] + others * growth;
        if let Some(services) = economy.services {
            paid[services] += shelves * (1.0 - books.in_price[market]);
        }
    }
    // paid_k + Σ_s input share of k in s × domestic share of s × exposure_s = exposure_k.
    let mut rows = vec![0.0; sectors * (sectors + 1)];
    for k in 0..sectors {
        let row = &mut rows[k * (sectors + 1)..(k + 1) * (sectors + 1)];
        for s in 0..sectors {
            let own = books.share[economy.flow(n, n, s)];
            row[s] = -economy.input_cost_share[economy.input(n, k, s)] * own;
        }
        row[k] += 1.0;
        row[sectors] = paid[k];
    }
    eliminate(&mut rows, sectors);
    rows.chunks_exact(sectors + 1)
        .map(|row| row[sectors])
        .collect()
}
