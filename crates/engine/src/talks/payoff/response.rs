//! What a change of the importer's purchases does to prices and incomes everywhere.
//!
//! With wages by cell that keep its workers busy, to first order at the state:
//!
//! ```text
//! cost      c_is = β ω_is + Σ_k γ_k π_ik,   π_ns = Σ_i share_nis (c_is + tax)
//! labour    ρ ω + (1 − ρ) c = Δ ln(cost of production), as much work as before
//! sales     Δ ln M_nis = (1 − σ)(c_is − π^M) + (1 − ε)(π^M − π) + Δ ln X_ns abroad,
//! spending  X = final demand (income, prices) + materials (production, prices),
//! ```
//!
//! in units of the importer's mean wage. Purchases of goods by the importer are not part
//! of it but what drives it: changes of its sales by origin, of its revenue, and of the
//! price of its composites. What its buyers then do about changed gate prices is taken
//! back in, so that the result answers purchases at unchanged gate prices.

mod rows;

use super::books::{Books, Market, place};
use super::elimination::eliminate;
use super::state::State;

/// Smallest cost share by which a response is divided.
const LEAST_SHARE: f64 = 1e-6;

/// How prices, incomes and the importer's spending answer its purchases at a state.
///
/// Responses to shocks: sales of each origin in each market of the importer `[s][i]`
/// (USD bn), revenue (USD bn), log price of each composite `[s]`.
#[derive(Debug, Clone, PartialEq)]
pub struct Response {
    pub(super) economies: usize,
    /// Number of shocks.
    pub(super) shocks: usize,
    /// Log gate price of each origin in each market, `[s][i][shock]`.
    pub(super) price: Vec<f64>,
    /// Log of the importer's spending in each market, at unchanged prices of it, `[s][shock]`.
    pub(super) activity: Vec<f64>,
    /// Log income of each economy, `[i][shock]`.
    pub(super) income: Vec<f64>,
}

impl Response {
    /// Place of the shock to sales of an origin.
    pub(super) fn sales(&self, market: usize, origin: usize) -> usize {
        market * self.economies + origin
    }

    /// Place of the shock to revenue.
    pub(super) fn revenue(&self) -> usize {
        self.shocks - 1 - self.activity.len() / self.shocks
    }

    /// Place of the shock to the price of a composite.
    pub(super) fn composite(&self, market: usize) -> usize {
        self.revenue() + 1 + market
    }

    /// Log gate price of an origin in a market, `[shock]`.
    pub(super) fn gate_price(&self, market: usize, origin: usize) -> &[f64] {
        self.row(&self.price, market * self.economies + origin)
    }

    /// A row of an array that ends in shocks.
    pub(super) fn row<'a>(&self, rows: &'a [f64], row: usize) -> &'a [f64] {
        &rows[row * self.shocks..(row + 1) * self.shocks]
    }

    /// The response at a state.
    pub fn at(state: &State<'_>) -> Self {
        let books = Books::of(state);
        Self::of(state, &books, &Market::all(state, &books))
    }

    pub(super) fn of(state: &State<'_>, books: &Books, markets: &[Market]) -> Self {
        let mut system = System::new(state, books, markets);
        system.set_labour();
        system.set_spending();
        system.fill();
        system.anchor();
        system.close();
        eliminate(&mut system.rows, system.unknowns);
        system.response()
    }
}

/// The linear system. Unknowns: log costs `[i][s]`, then log incomes `[n]`.
struct System<'a> {
    state: &'a State<'a>,
    books: &'a Books,
    markets: &'a [Market],
    cells: usize,
    unknowns: usize,
    /// Width of a row: unknowns and shocks.
    width: usize,
    rows: Vec<f64>,
    /// Place of the market of the importer for each of its sectors.
    market_of: Vec<Option<usize>>,
    /// Log wage by log cost, `[i][s][cell]`, and by composite price, `[s][market]`.
    wage: Vec<f64>,
    wage_composite: Vec<f64>,
    /// Log of cost of production at full employment, likewise.
    production: Vec<f64>,
    production_composite: Vec<f64>,
    /// Log of spending by log cost `[n][s][cell]` and by composite price `[s][market]`.
    spending: Vec<f64>,
    spending_composite: Vec<f64>,
}

impl<'a> System<'a> {
    fn new(state: &'a State<'a>, books: &'a Books, markets: &'a [Market]) -> Self {
        let economy = state.economy;
        let cells = economy.markets();
        let unknowns = cells + economy.economies;
        let shocks = markets.len() * (economy.economies + 1) + 1;
        let mut market_of = vec![None; economy.sectors];
        for (at, market) in markets.iter().enumerate() {
            market_of[market.sector] = Some(at);
        }
        let own = || vec![0.0; economy.sectors * markets.len()];
        Self {
            state,
            books,
            markets,
            cells,
            unknowns,
            width: unknowns + shocks,
            rows: vec![0.0; unknowns * (unknowns + shocks)],
            market_of,
            wage: vec![0.0; cells * cells],
            wage_composite: own(),
            production: vec![0.0; cells * cells],
            production_composite: own(),
            spending: vec![0.0; cells * cells],
            spending_composite: own(),
        }
    }

    /// The importer's market for goods of a sector, where buyer n is the importer.
    fn driven(&self, n: usize, s: usize) -> Option<usize> {
        self.market_of[s].filter(|_| n == self.state.importer)
    }

    /// Adds a multiple of the log composite price of a market to a row by cell.
    fn add_price(&self, row: &mut [f64], (n, s): (usize, usize), factor: f64) {
        let economy = self.state.economy;
        if self.driven(n, s).is_some() || factor == 0.0 {
            return;
        }
        for i in 0..economy.economies {
            row[economy.market(i, s)] += factor * self.books.share[economy.flow(n, i, s)];
        }
    }

    /// Wages by costs, and production that employs the workers of a cell.
    fn set_labour(&mut self) {
        let economy = self.state.economy;
        let rho = self.state.elasticities.rho;
        for cell in 0..self.cells {
            let (n, s) = (cell / economy.sectors, cell % economy.sectors);
            let labour = economy.labour_cost_share[cell].max(LEAST_SHARE);
            let mut row = vec![0.0; self.cells];
            row[cell] = 1.0 / labour;
            for k in 0..economy.sectors {
                let share = economy.input_cost_share[economy.input(n, k, s)] / labour;
                self.add_price(&mut row, (n, k), -share);
                if let Some(market) = self.driven(n, k) {
                    let at = s * self.markets.len() + market;
                    self.wage_composite[at] = -share;
                    self.production_composite[at] = -rho * share;
                }
            }
            let production = &mut self.production[cell * self.cells..(cell + 1) * self.cells];
            for (production, wage) in production.iter_mut().zip(&row) {
                *production = rho * wage;
            }
            production[cell] += 1.0 - rho;
            self.wage[cell * self.cells..(cell + 1) * self.cells].copy_from_slice(&row);
        }
    }

    /// Spending by costs at given incomes.
    fn set_spending(&mut self) {
        let cells = self.cells;
        for market in 0..cells {
            if self.books.spending[market] > 0.0 {
                let mut row = vec![0.0; cells];
                self.add_final_demand(&mut row, market);
                self.add_materials(&mut row, market);
                self.spending[market * cells..(market + 1) * cells].copy_from_slice(&row);
            }
        }
    }

    /// What final users spend answers prices in stores and the mean price of all they buy.
    fn add_final_demand(&mut self, row: &mut [f64], market: usize) {
        let (economy, books) = (self.state.economy, self.books);
        let (n, s) = (market / economy.sectors, market % economy.sectors);
        let own = economy.market(n, 0)..economy.market(n + 1, 0);
        let part = books.final_demand[market] / books.spending[market];
        if self.driven(n, s).is_none() {
            let is_service = economy.services == Some(s);
            let stores = if is_service {
                0.0
            } else {
                books.in_stores[market]
            };
            let in_price = books.in_price[market];
            let through = 1.0 - economy.eta * (stores * in_price + 1.0 - stores);
            self.add_price(row, (n, s), part * through);
            if let Some(services) = economy.services {
                let on_top = economy.eta * stores * (1.0 - in_price);
                self.add_price(row, (n, services), -part * on_top);
            }
            let total: f64 = books.final_demand[own.clone()].iter().sum();
            for k in 0..economy.sectors {
                let weight = books.final_demand[own.start + k] / total;
                self.add_price(row, (n, k), -part * (1.0 - economy.eta) * weight);
            }
        }
        if n == self.state.importer && self.driven(n, s).is_none() {
            // What goods take more of the budget is not spent on anything else.
            let others: f64 = (0..economy.sectors)
                .filter(|k| self.market_of[*k].is_none())
                .map(|k| books.final_demand[own.start + k])
                .sum();
            for (at, goods) in self.markets.iter().enumerate() {
                let of_goods = own.start + goods.sector;
                let more = 1.0 - books.final_elasticity(economy, of_goods);
                self.spending_composite[s * self.markets.len() + at] -=
                    part * books.final_demand[of_goods] * more / others;
            }
        }
    }

    /// What firms spend on materials follows what they make and substitutes.
    fn add_materials(&mut self, row: &mut [f64], market: usize) {
        let (economy, books) = (self.state.economy, self.books);
        let (n, s) = (market / economy.sectors, market % economy.sectors);
        let apart = 1.0 - self.state.elasticities.rho;
        for user in 0..economy.sectors {
            let cell = economy.market(n, user);
            let share = economy.input_cost_share[economy.input(n, s, user)];
            let part = share * books.cost[cell] / books.spending[market];
            if part == 0.0 {
                continue;
            }
            let made = &self.production[cell * self.cells..(cell + 1) * self.cells];
            for (row, made) in row.iter_mut().zip(made) {
                *row += part * made;
            }
            row[cell] -= part * apart;
            self.add_price(row, (n, s), part * apart);
            if n == self.state.importer {
                let count = self.markets.len();
                for at in 0..count {
                    self.spending_composite[s * count + at] +=
                        part * self.production_composite[user * count + at];
                }
            }
        }
    }
}
