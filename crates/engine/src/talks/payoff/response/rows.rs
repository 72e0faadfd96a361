//! The rows of the linear system, and what is read off its solution.

use super::{Books, Response, System, place};

impl System<'_> {
    /// Place of an income among the unknowns.
    fn income(&self, n: usize) -> usize {
        self.cells + n
    }

    /// Places of shocks in a row.
    fn sales_shock(&self, market: usize, origin: usize) -> usize {
        self.unknowns + market * self.state.economy.economies + origin
    }

    fn revenue_shock(&self) -> usize {
        self.sales_shock(self.markets.len(), 0)
    }

    fn composite_shock(&self, market: usize) -> usize {
        self.revenue_shock() + 1 + market
    }

    /// Labour markets and incomes.
    pub(super) fn fill(&mut self) {
        let mut rows = std::mem::take(&mut self.rows);
        for (cell, row) in rows
            .chunks_exact_mut(self.width)
            .take(self.cells)
            .enumerate()
        {
            self.clear_labour(row, cell);
        }
        let (_, incomes) = rows.split_at_mut(self.cells * self.width);
        for (n, row) in incomes.chunks_exact_mut(self.width).enumerate() {
            self.earn(row, n);
        }
        self.rows = rows;
    }

    /// Production at full employment = sales of a cell.
    fn clear_labour(&self, row: &mut [f64], cell: usize) {
        let economy = self.state.economy;
        let (i, s) = (cell / economy.sectors, cell % economy.sectors);
        let cost = self.books.cost[cell];
        if cost <= 0.0 {
            row[cell] = 1.0;
            return;
        }
        let made = &self.production[cell * self.cells..(cell + 1) * self.cells];
        row[..self.cells].copy_from_slice(made);
        if i == self.state.importer {
            let markets = self.markets.len();
            let made = &self.production_composite[s * markets..(s + 1) * markets];
            for (market, made) in made.iter().enumerate() {
                row[self.composite_shock(market)] -= made;
            }
        }
        for n in 0..economy.economies {
            let flow = economy.flow(n, i, s);
            let part = self.state.sales[flow] / economy.markup[flow] / cost;
            self.add_sales(row, flow, -part);
        }
        if let Some(market) = self.market_of[s] {
            let flow = economy.flow(self.state.importer, i, s);
            row[self.sales_shock(market, i)] += 1.0 / (economy.markup[flow] * cost);
        }
    }

    /// Adds a multiple of the log sales of a flow to a row: unknowns on the left, shocks on
    /// the right.
    fn add_sales(&self, row: &mut [f64], flow: usize, factor: f64) {
        if self.state.sales[flow] <= 0.0 || factor == 0.0 {
            return;
        }
        let economy = self.state.economy;
        let (n, i, s) = place(economy, flow);
        let market = economy.market(n, s);
        if self.driven(n, s).is_none() {
            let elasticities = self.state.elasticities;
            let (sigma, eps) = (elasticities.sigma[s], elasticities.eps[s]);
            let own = economy.market(i, s);
            self.add_price(row, (n, s), -factor * (1.0 - eps));
            if i == n {
                row[own] += factor * (1.0 - eps);
            } else {
                row[own] += factor * (1.0 - sigma);
                let foreign = 1.0 - self.books.share[economy.flow(n, n, s)];
                let apart = factor * (sigma - eps) / foreign;
                for origin in (0..economy.economies).filter(|origin| *origin != n) {
                    let share = self.books.share[economy.flow(n, origin, s)];
                    row[economy.market(origin, s)] += apart * share;
                }
            }
        }
        let spent = &self.spending[market * self.cells..(market + 1) * self.cells];
        for (entry, spent) in row[..self.cells].iter_mut().zip(spent) {
            *entry += factor * spent;
        }
        let of_final = self.books.final_demand[market] / self.books.spending[market];
        row[self.income(n)] += factor * of_final;
        if n == self.state.importer {
            let markets = self.markets.len();
            for at in 0..markets {
                let spent = self.spending_composite[s * markets + at];
                row[self.composite_shock(at)] -= factor * spent;
            }
        }
    }

    /// Income = wages, profits, duties and taxes, less what is paid abroad, unchanged.
    fn earn(&self, row: &mut [f64], n: usize) {
        let economy = self.state.economy;
        let per_income = self.books.per_income[n];
        row[self.income(n)] += 1.0;
        self.add_wages(row, n, -per_income);
        for i in 0..economy.economies {
            for s in 0..economy.sectors {
                let bought = economy.flow(n, i, s);
                let border = 1.0 + self.state.export_tax[bought];
                let duty = self.state.duty[bought] * border * self.state.sales[bought];
                self.add_sales(row, bought, -per_income * duty);
                let sold = economy.flow(i, n, s);
                let kept = self.kept(sold) * self.state.sales[sold];
                self.add_sales(row, sold, -per_income * kept);
            }
        }
        for (at, market) in self.markets.iter().enumerate() {
            let flow = economy.flow(self.state.importer, n, market.sector);
            row[self.sales_shock(at, n)] += per_income * self.kept(flow);
        }
        if n == self.state.importer {
            row[self.revenue_shock()] += per_income;
        }
    }

    /// Profit and export tax per unit of sales.
    fn kept(&self, flow: usize) -> f64 {
        1.0 - 1.0 / self.state.economy.markup[flow] + self.state.export_tax[flow]
    }

    /// Adds a multiple of the wage bill of an economy to a row.
    fn add_wages(&self, row: &mut [f64], n: usize, factor: f64) {
        let economy = self.state.economy;
        let markets = self.markets.len();
        for s in 0..economy.sectors {
            let cell = economy.market(n, s);
            let bill = factor * economy.labour_cost_share[cell] * self.books.cost[cell];
            let wage = &self.wage[cell * self.cells..(cell + 1) * self.cells];
            for (entry, wage) in row[..self.cells].iter_mut().zip(wage) {
                *entry += bill * wage;
            }
            if n == self.state.importer {
                for at in 0..markets {
                    let wage = self.wage_composite[s * markets + at];
                    row[self.composite_shock(at)] -= bill * wage;
                }
            }
        }
    }

    /// Puts the unit of account, the importer's mean wage, in the place of one labour
    /// market: it clears when all others do.
    pub(super) fn anchor(&mut self) {
        let (economy, n) = (self.state.economy, self.state.importer);
        let own = economy.market(n, 0)..economy.market(n + 1, 0);
        let largest = own.max_by(|a, b| self.books.cost[*a].total_cmp(&self.books.cost[*b]));
        let Some(cell) = largest else { return };
        let mut row = vec![0.0; self.width];
        self.add_wages(&mut row, n, self.books.per_income[n]);
        self.rows[cell * self.width..(cell + 1) * self.width].copy_from_slice(&row);
    }

    /// Takes in what buyers of the importer do about changed gate prices.
    pub(super) fn close(&mut self) {
        let economy = self.state.economy;
        let mut rows = std::mem::take(&mut self.rows);
        let origins = economy.economies;
        let mut answered = vec![0.0; origins];
        for (at, market) in self.markets.iter().enumerate() {
            let shares: Vec<f64> = (0..origins).map(|i| market.share_of(i)).collect();
            // Answers of each origin to the price of every other, `[of][origin]`.
            let answers: Vec<f64> = (0..origins * origins)
                .map(|pair| market.answer(pair / origins, pair % origins))
                .collect();
            for row in rows.chunks_exact_mut(self.width) {
                let revenue = row[self.revenue_shock()];
                let composite = row[self.composite_shock(at)];
                for (answered, share) in answered.iter_mut().zip(&shares) {
                    *answered = composite * share;
                }
                for (of, answers) in answers.chunks_exact(origins).enumerate() {
                    let per_sales = row[self.sales_shock(at, of)] + revenue * market.duty_paid(of);
                    if per_sales != 0.0 {
                        add(&mut answered, answers, per_sales * market.sales[of]);
                    }
                }
                for (origin, answered) in answered.iter().enumerate() {
                    row[economy.market(origin, market.sector)] -= answered;
                }
            }
        }
        self.rows = rows;
    }

    /// Reads the response off the solution.
    pub(super) fn response(&self) -> Response {
        let economy = self.state.economy;
        let shocks = self.width - self.unknowns;
        let solved = |unknown: usize| {
            let start = unknown * self.width;
            &self.rows[start + self.unknowns..start + self.width]
        };
        let mut response = Response {
            economies: economy.economies,
            shocks,
            price: Vec::with_capacity(self.markets.len() * economy.economies * shocks),
            activity: Vec::with_capacity(self.markets.len() * shocks),
            income: Vec::with_capacity(economy.economies * shocks),
        };
        for market in self.markets {
            for origin in 0..economy.economies {
                let cell = economy.market(origin, market.sector);
                response.price.extend(solved(cell));
            }
        }
        for n in 0..economy.economies {
            response.income.extend(solved(self.income(n)));
        }
        let composite: Vec<Vec<f64>> = (0..self.markets.len())
            .map(|at| self.composite(at, &solved))
            .collect();
        for market in self.markets {
            let activity = self.activity(market.sector, &composite, &solved);
            response.activity.extend(activity);
        }
        response
    }

    /// Response of the log price of a composite of the importer, `[shock]`.
    fn composite<'b>(&self, at: usize, solved: &impl Fn(usize) -> &'b [f64]) -> Vec<f64> {
        let economy = self.state.economy;
        let market = &self.markets[at];
        let mut composite = vec![0.0; self.width - self.unknowns];
        composite[self.composite_shock(at) - self.unknowns] = 1.0;
        for origin in 0..economy.economies {
            let share = market.share_of(origin);
            add(
                &mut composite,
                solved(economy.market(origin, market.sector)),
                share,
            );
        }
        composite
    }

    /// Response of the log of the importer's spending on a sector, `[shock]`.
    fn activity<'b>(
        &self,
        s: usize,
        composite: &[Vec<f64>],
        solved: &impl Fn(usize) -> &'b [f64],
    ) -> Vec<f64> {
        let n = self.state.importer;
        let market = self.state.economy.market(n, s);
        let mut activity = vec![0.0; self.width - self.unknowns];
        if self.books.spending[market] <= 0.0 {
            return activity;
        }
        for cell in 0..self.cells {
            let spent = self.spending[market * self.cells + cell];
            add(&mut activity, solved(cell), spent);
        }
        let Books {
            final_demand,
            spending,
            ..
        } = self.books;
        let of_final = final_demand[market] / spending[market];
        add(&mut activity, solved(self.income(n)), of_final);
        for (at, composite) in composite.iter().enumerate() {
            let spent = self.spending_composite[s * self.markets.len() + at];
            add(&mut activity, composite, spent);
        }
        activity
    }
}

fn add(sum: &mut [f64], row: &[f64], factor: f64) {
    if factor != 0.0 {
        for (sum, value) in sum.iter_mut().zip(row) {
            *sum += factor * value;
        }
    }
}
