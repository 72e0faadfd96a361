//! Balance sheet and transactions of an economy as matrices (Godley and
//! Lavoie 2007, Monetary Economics, chapter 2), from the ledger of a run.
//!
//! A column is an institution, a row an asset or a kind of payment; receipts
//! are positive. Payments come from deliveries, prices and rates of the tick,
//! the change of money from the cash of agents before and after it, so that a
//! column adds up to zero only when both agree. Money is issued outside the
//! model; its issuer stands in a column of its own. What exchange rates change
//! about the value of money stands against `abroad`.

use bevy_ecs::prelude::*;
use bevy_ecs::system::SystemParam;
use tradewinds_kernel::clock::Clock;
use tradewinds_kernel::maths::exp;

use super::Cash;
use crate::columns::OnlyTable;
use crate::credit::InterestPaid;
use crate::currency::Currencies;
use crate::customs::{DutiesCharged, RatesInForce};
use crate::firm::{Dividend, Firm, Rows};
use crate::government::Treasuries;
use crate::household::{Budgets, FinalBuyer, Incomes};
use crate::importer::{Importer, StorePrices};
use crate::investment::RetainedProfit;
use crate::model::Model;
use crate::production::{FinishedStock, LogUnitCost, Materials};
use crate::quota::{Quotas, RentHolder};
use crate::refund::Refunds;
use crate::sourcing::MarketPrices;
use crate::stocks::ImportStocks;
use crate::trade::{Orders, Shipments};

/// Which institution each final user belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Institutions {
    /// Names of the institutions of final users.
    pub names: Vec<String>,
    /// Institution of each final user, by index in `names`.
    pub of_user: Vec<usize>,
    /// The institution that collects duties and taxes.
    pub treasury: usize,
}

/// Columns after those of final users.
const OTHERS: [&str; 3] = ["firms", "importers", "abroad"];
/// Rows of the matrix of transactions.
const ROWS: [&str; 19] = [
    "goods at the factory gate",
    "export taxes",
    "import duties",
    "rents of quotas",
    "materials of firms",
    "purchases at landed prices",
    "purchases in stores",
    "wages",
    "dividends",
    "interest",
    "retained for investment",
    "taxes on trade handed on",
    "transfers from abroad",
    "interest on public debt",
    "compensation of producers",
    "refunds of duties",
    "net lending of the treasury",
    "revaluation of money",
    "change of money",
];

/// A matrix with names.
#[derive(Debug, Clone, PartialEq)]
pub struct Matrix {
    /// Names of the columns.
    pub columns: Vec<String>,
    /// Names of the rows.
    pub rows: Vec<String>,
    /// Cells by row, USD bn.
    pub cells: Vec<Vec<f64>>,
}

impl Matrix {
    fn zero(columns: Vec<String>, rows: &[&str]) -> Self {
        let cells = vec![vec![0.0; columns.len()]; rows.len()];
        let rows = rows.iter().map(|row| (*row).to_owned()).collect();
        Self {
            columns,
            rows,
            cells,
        }
    }

    /// Sums of the rows.
    pub fn row_sums(&self) -> Vec<f64> {
        self.cells.iter().map(|row| row.iter().sum()).collect()
    }

    /// Sums of the columns.
    pub fn column_sums(&self) -> Vec<f64> {
        let sum = |column: usize| self.cells.iter().map(|row| row[column]).sum();
        (0..self.columns.len()).map(sum).collect()
    }

    /// Adds another matrix with the same rows and columns.
    ///
    /// # Panics
    /// When their rows or columns differ.
    pub fn add(&mut self, other: &Self) {
        assert_eq!((&self.rows, &self.columns), (&other.rows, &other.columns));
        for (own, its) in self.cells.iter_mut().zip(&other.cells) {
            for (own, its) in own.iter_mut().zip(its) {
                *own += its;
            }
        }
    }

    /// Largest absolute value of a cell.
    pub fn largest(&self) -> f64 {
        let cells = self.cells.iter().flatten();
        cells.fold(0.0, |largest: f64, cell| largest.max(cell.abs()))
    }
}

/// Money of every institution, `[n][column]`, USD bn.
#[derive(Debug, Clone, PartialEq)]
pub struct Money(Vec<Vec<f64>>);

/// Everything the matrices are made of.
#[derive(SystemParam)]
struct Ledger<'w, 's> {
    model: Res<'w, Model>,
    clock: Res<'w, Clock>,
    rows: Res<'w, Rows>,
    rates: Res<'w, RatesInForce>,
    charged: Res<'w, DutiesCharged>,
    prices: Res<'w, MarketPrices>,
    stores: Res<'w, StorePrices>,
    orders: Res<'w, Orders>,
    shipments: Res<'w, Shipments>,
    materials: Res<'w, Materials>,
    incomes: Res<'w, Incomes>,
    treasuries: Res<'w, Treasuries>,
    budgets: Res<'w, Budgets>,
    currencies: Res<'w, Currencies>,
    quotas: Res<'w, Quotas>,
    refunds: Res<'w, Refunds>,
    imports: Res<'w, ImportStocks>,
    firms: Query<
        'w,
        's,
        (
            &'static Cash,
            &'static Dividend,
            &'static FinishedStock,
            &'static LogUnitCost,
            &'static InterestPaid,
        ),
        With<Firm>,
    >,
    importers:
        Query<'w, 's, (&'static Cash, &'static Dividend, &'static InterestPaid), With<Importer>>,
    users: Query<'w, 's, (&'static Cash, &'static RetainedProfit), With<FinalBuyer>>,
}

/// Money of every institution now.
///
/// # Panics
/// When the world holds no economy.
pub fn money(world: &mut World, institutions: &Institutions) -> Money {
    read(world, |ledger| ledger.money(institutions))
}

/// Transactions of the last tick of every economy, with the money of before it.
///
/// # Panics
/// When the world holds no economy.
pub fn transactions(world: &mut World, institutions: &Institutions, before: &Money) -> Vec<Matrix> {
    read(world, |ledger| {
        let now = ledger.money(institutions);
        (0..ledger.model.economy.economies)
            .map(|n| ledger.transactions(institutions, n, (&before.0[n], &now.0[n])))
            .collect()
    })
}

/// Balance sheets of every economy now.
///
/// # Panics
/// When the world holds no economy.
pub fn balance_sheets(world: &mut World, institutions: &Institutions) -> Vec<Matrix> {
    read(world, |ledger| {
        let money = ledger.money(institutions);
        (0..ledger.model.economy.economies)
            .map(|n| ledger.balance_sheet(institutions, n, &money.0[n]))
            .collect()
    })
}

fn read<T>(world: &mut World, take: impl Fn(&Ledger) -> T) -> T {
    let mut state = bevy_ecs::system::SystemState::<Ledger>::new(world);
    match state.get(world) {
        Ok(ledger) => take(&ledger),
        Err(error) => panic!("a world without an economy: {error}"),
    }
}

impl Institutions {
    /// Columns: institutions of final users, then firms, importers, abroad.
    fn columns(&self) -> Vec<String> {
        let others = OTHERS.iter().map(|name| (*name).to_owned());
        self.names.iter().cloned().chain(others).collect()
    }

    fn firms(&self) -> usize {
        self.names.len()
    }

    fn importers(&self) -> usize {
        self.names.len() + 1
    }

    fn abroad(&self) -> usize {
        self.names.len() + 2
    }
}

impl Ledger<'_, '_> {
    fn money(&self, institutions: &Institutions) -> Money {
        let economy = &self.model.economy;
        let per_market = self.model.population.importer_shares.len();
        let (firms, ..) = self.firms.table();
        let (importers, ..) = self.importers.table();
        let (users, _) = self.users.table();
        let of = |n: usize| {
            let mut held = vec![0.0; institutions.columns().len() - 1];
            for (user, institution) in institutions.of_user.iter().enumerate() {
                held[*institution] += users[n * economy.users.len() + user].0;
            }
            let cells = economy.market(n, 0)..economy.market(n + 1, 0);
            let own = self.rows.firms[cells.start]..self.rows.firms[cells.end];
            held[institutions.firms()] = firms[own].iter().map(|cash| cash.0).sum();
            let own = cells.start * per_market..cells.end * per_market;
            held[institutions.importers()] = importers[own].iter().map(|cash| cash.0).sum();
            held
        };
        Money((0..economy.economies).map(of).collect())
    }

    fn transactions(
        &self,
        institutions: &Institutions,
        n: usize,
        (before, now): (&[f64], &[f64]),
    ) -> Matrix {
        let mut matrix = Matrix::zero(institutions.columns(), &ROWS);
        self.border(institutions, n, &mut matrix);
        self.rents(institutions, n, &mut matrix);
        self.refunds(institutions, n, &mut matrix);
        self.purchases(institutions, n, &mut matrix);
        self.incomes(institutions, n, &mut matrix);
        let last = ROWS.len() - 1;
        let mut kept = 0.0;
        let revalued = self.currencies.factor[n] - 1.0;
        for (column, (before, now)) in before.iter().zip(now).enumerate() {
            post(
                &mut matrix,
                last - 1,
                institutions.abroad(),
                column,
                before * revalued,
            );
            matrix.cells[last][column] = before - now;
            kept += now - before;
        }
        matrix.cells[last][institutions.abroad()] = kept;
        matrix
    }

    /// Goods at the factory gate, export taxes and import duties.
    fn border(&self, institutions: &Institutions, n: usize, matrix: &mut Matrix) {
        let economy = &self.model.economy;
        let rates = &self.rates.rates;
        let (treasury, firms) = (institutions.treasury, institutions.firms());
        let (importers, abroad) = (institutions.importers(), institutions.abroad());
        for other in 0..economy.economies {
            for s in 0..economy.sectors {
                let bought = economy.flow(n, other, s);
                let value = self.shipments.value[bought] * self.clock.dt();
                let tax = rates.export_tax[bought] * value;
                let duty = self.charged.import_duty[bought];
                let seller = if other == n { firms } else { abroad };
                let taxed = if other == n { treasury } else { abroad };
                post(matrix, 0, importers, seller, value);
                post(matrix, 1, importers, taxed, tax);
                post(matrix, 2, importers, treasury, duty);
                if other != n {
                    let sold = economy.flow(other, n, s);
                    let value = self.shipments.value[sold] * self.clock.dt();
                    post(matrix, 0, abroad, firms, value);
                    post(matrix, 1, abroad, treasury, rates.export_tax[sold] * value);
                }
            }
        }
    }

    /// Rents of quotas, which importers pay with their duties: to the owners of firms
    /// here or abroad, or to the treasury.
    fn rents(&self, institutions: &Institutions, n: usize, matrix: &mut Matrix) {
        let economy = &self.model.economy;
        let (importers, abroad) = (institutions.importers(), institutions.abroad());
        let owners = |matrix: &mut Matrix, from: usize, rent: f64| {
            for (user, column) in institutions.of_user.iter().enumerate() {
                let claim = economy.users[user].profit_claim[n];
                post(matrix, 3, from, *column, claim * rent);
            }
        };
        for (flow, holder, rent) in &self.quotas.rents {
            let buyer = flow / (economy.economies * economy.sectors);
            let seller = flow / economy.sectors % economy.economies;
            if buyer == n {
                match holder {
                    RentHolder::Importer => owners(matrix, importers, *rent),
                    RentHolder::Exporter => post(matrix, 3, importers, abroad, *rent),
                    RentHolder::Government => {
                        post(matrix, 3, importers, institutions.treasury, *rent);
                    }
                }
            }
            if seller == n && *holder == RentHolder::Exporter {
                owners(matrix, abroad, *rent);
            }
        }
    }

    /// Duties that the treasury pays back to importers.
    fn refunds(&self, institutions: &Institutions, n: usize, matrix: &mut Matrix) {
        let economy = &self.model.economy;
        let markets = economy.market(n, 0)..economy.market(n + 1, 0);
        let paid: f64 = markets.map(|market| self.refunds.to_market(market)).sum();
        let (treasury, importers) = (institutions.treasury, institutions.importers());
        post(matrix, 15, treasury, importers, paid);
    }

    /// What firms, final users and stores buy from importers. Services that
    /// stores buy for distribution are paid from importers to importers.
    fn purchases(&self, institutions: &Institutions, n: usize, matrix: &mut Matrix) {
        let economy = &self.model.economy;
        let shares = &self.model.population.importer_shares;
        let importers = institutions.importers();
        for s in 0..economy.sectors {
            let market = economy.market(n, s);
            let delivered = self.shipments.delivered[market] * self.clock.dt();
            let landed = exp(self.prices.log_composite[market]) * delivered;
            let materials = self.orders.materials[market] * landed;
            post(matrix, 4, institutions.firms(), importers, materials);
            let levels = &self.stores.level[market * shares.len()..];
            let level: f64 = shares
                .iter()
                .zip(levels)
                .map(|(share, level)| share * level)
                .sum();
            for (user, institution) in institutions.of_user.iter().enumerate() {
                let is_retail = economy.users[user].is_retail;
                let units = self.units(n, user, s);
                let (row, price) = if is_retail {
                    (6, level * delivered)
                } else {
                    (5, landed)
                };
                post(matrix, row, *institution, importers, units * price);
            }
        }
    }

    /// Wages, dividends, taxes handed on and transfers, by claims.
    fn incomes(&self, institutions: &Institutions, n: usize, matrix: &mut Matrix) {
        let economy = &self.model.economy;
        let incomes = &self.incomes;
        let per_market = self.model.population.importer_shares.len();
        let cells = economy.market(n, 0)..economy.market(n + 1, 0);
        let (_, dividends, _, _, interest) = self.firms.table();
        let own = self.rows.firms[cells.start]..self.rows.firms[cells.end];
        let by_firms: [f64; 2] = [
            dividends[own.clone()].iter().map(|paid| paid.0).sum(),
            interest[own].iter().map(|paid| paid.0).sum(),
        ];
        let (_, dividends, interest) = self.importers.table();
        let own = cells.start * per_market..cells.end * per_market;
        let by_importers: [f64; 2] = [
            dividends[own.clone()].iter().map(|paid| paid.0).sum(),
            interest[own].iter().map(|paid| paid.0).sum(),
        ];
        let (firms, importers) = (institutions.firms(), institutions.importers());
        let (_, retained) = self.users.table();
        for (user, institution) in institutions.of_user.iter().enumerate() {
            let class = &economy.users[user];
            let column = *institution;
            post(
                matrix,
                7,
                firms,
                column,
                class.labour_claim[n] * incomes.wages[n],
            );
            let claim = class.profit_claim[n];
            for (row, (firm, importer)) in by_firms.iter().zip(by_importers).enumerate() {
                post(matrix, 8 + row, firms, column, claim * firm);
                post(matrix, 8 + row, importers, column, claim * importer);
            }
            let kept = retained[n * economy.users.len() + user].0;
            post(matrix, 10, firms, column, kept);
            let revenue = class.revenue_claim[n] * self.treasuries.uses.by_claims[n]
                + self.treasuries.beyond_claims(user, n)
                - self.treasuries.interest_of(user, n);
            post(matrix, 11, institutions.treasury, column, revenue);
            let transfer = class.transfer_claim[n] * incomes.transfer[n];
            post(matrix, 12, institutions.abroad(), column, transfer);
        }
        self.lending(institutions, n, matrix);
    }

    /// Interest and compensation from the treasury, and what it lends. For defence
    /// it hands money to the government's own purse.
    fn lending(&self, institutions: &Institutions, n: usize, matrix: &mut Matrix) {
        let (treasury, treasuries) = (institutions.treasury, &self.treasuries);
        for (user, institution) in institutions.of_user.iter().enumerate() {
            let interest = treasuries.interest_of(user, n);
            post(matrix, 13, treasury, *institution, interest);
        }
        let compensation = treasuries.compensation[n];
        post(matrix, 14, treasury, institutions.firms(), compensation);
        let repaid = treasuries.repaid(n, self.clock.dt());
        post(matrix, 16, treasury, institutions.abroad(), repaid);
    }

    /// Units that a final user bought of a sector, a year, before rationing.
    fn units(&self, n: usize, user: usize, s: usize) -> f64 {
        let economy = &self.model.economy;
        let row = n * economy.users.len() + user;
        self.budgets.units[row * economy.sectors + s]
    }

    /// Money, stocks at cost, and what is left as net worth.
    fn balance_sheet(&self, institutions: &Institutions, n: usize, money: &[f64]) -> Matrix {
        let mut columns = institutions.columns();
        columns.pop();
        columns.push("issuer of money".to_owned());
        columns.push("stocks".to_owned());
        let rows = [
            "money",
            "loans",
            "finished goods",
            "materials",
            "imports held and under way",
            "public debt repaid",
            "net worth",
        ];
        let mut sheet = Matrix::zero(columns, &rows);
        let (firms, issuer) = (institutions.firms(), institutions.abroad());
        let owed = self.owed(institutions, n);
        for (column, (held, owed)) in money.iter().zip(&owed).enumerate() {
            post(&mut sheet, 0, issuer, column, held + owed);
            post(&mut sheet, 1, column, issuer, *owed);
        }
        let repaid = self.treasuries.balance[n];
        post(&mut sheet, 5, issuer, institutions.treasury, repaid);
        let (finished, materials) = self.stocks(n);
        let economy = &self.model.economy;
        let markets = economy.market(n, 0)..economy.market(n + 1, 0);
        let imports: f64 = self.imports.market_value[markets].iter().sum();
        let held = [
            (2, firms, finished),
            (3, firms, materials),
            (4, institutions.importers(), imports),
        ];
        for (row, column, value) in held {
            sheet.cells[row][column] = value;
            sheet.cells[row][issuer + 1] = -value;
        }
        for (column, sum) in sheet.column_sums().into_iter().enumerate() {
            sheet.cells[6][column] = -sum;
        }
        sheet
    }

    /// Money that agents of every institution lack, USD bn: what they are lent.
    fn owed(&self, institutions: &Institutions, n: usize) -> Vec<f64> {
        let economy = &self.model.economy;
        let lent = |cash: &[Cash]| -> f64 { cash.iter().map(|cash| (-cash.0).max(0.0)).sum() };
        let (users, _) = self.users.table();
        let mut owed = vec![0.0; institutions.columns().len() - 1];
        for (user, institution) in institutions.of_user.iter().enumerate() {
            let row = n * economy.users.len() + user;
            owed[*institution] += lent(&users[row..=row]);
        }
        let cells = economy.market(n, 0)..economy.market(n + 1, 0);
        let own = self.rows.firms[cells.start]..self.rows.firms[cells.end];
        owed[institutions.firms()] = lent(&self.firms.table().0[own]);
        let per_market = self.model.population.importer_shares.len();
        let own = cells.start * per_market..cells.end * per_market;
        owed[institutions.importers()] = lent(&self.importers.table().0[own]);
        owed
    }

    /// Finished goods at unit cost and materials at landed prices, USD bn.
    fn stocks(&self, n: usize) -> (f64, f64) {
        let economy = &self.model.economy;
        let (_, _, stock, cost, _) = self.firms.table();
        let span = self.rows.firms[economy.market(n, 0)]..self.rows.firms[economy.market(n + 1, 0)];
        let finished = span
            .clone()
            .map(|firm| stock[firm].0 * exp(cost[firm].0))
            .sum();
        let firms = self.rows.firm_count();
        let materials = (0..economy.sectors)
            .map(|k| {
                let price = exp(self.prices.log_composite[economy.market(n, k)]);
                let held = &self.materials.stock[k * firms + span.start..k * firms + span.end];
                price * held.iter().sum::<f64>()
            })
            .sum();
        (finished, materials)
    }
}

/// A payment in a row: out of one column, into another.
fn post(matrix: &mut Matrix, row: usize, from: usize, to: usize, amount: f64) {
    matrix.cells[row][from] -= amount;
    matrix.cells[row][to] += amount;
}
