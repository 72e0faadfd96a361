//! Accounts: cash of every agent, and the identities that close each tick.
//!
//! After every phase the audit asks whether money, finished goods and materials
//! changed only where the phase may change them, and there by exactly what the
//! flows of the tick say, agent by agent. At the end of the tick it adds up the
//! world. The first breach stops the run with the phase, the agent and the amount.
//!
//! | identity | checked after |
//! | --- | --- |
//! | I1 goods: stock + output − sales = stock; materials + arrivals − use = materials | `Produce`, `Trade` |
//! | I2, I3 buyers pay what sellers, customs and tax offices receive | `ClosePeriod` |
//! | I4, I5, I6 change of cash = receipts − payments, by firm, importer, final user | `Settle` |
//! | I7 external balances add up to zero over the world | `ClosePeriod` |
//! | I8 production = income = expenditure, by economy | `ClosePeriod` |
//! | I9 employment does not exceed the labour force | `ClosePeriod` |
//! | I11 money is neither made nor lost | `ClosePeriod` |

use bevy_app::{App, Plugin};
use bevy_ecs::change_detection::Tick as ChangeTick;
use bevy_ecs::prelude::*;
use bevy_ecs::system::SystemParam;
use tradewinds_kernel::clock::Clock;
use tradewinds_kernel::maths::{exp, exp_slice};
use tradewinds_kernel::phase::Phase;
use tradewinds_kernel::reduce::CompensatedSum;

use crate::Tick;
use crate::columns::OnlyTable;
use crate::customs::RatesInForce;
use crate::firm::{BundlesPerUnit, Dividend, Firm, Line, Owner, Rows};
use crate::household::{Budgets, FinalBuyer, Income, Incomes};
use crate::importer::{Importer, MarketShare, StorePrices};
use crate::labour::{LabourRationing, Wages, Workforce};
use crate::model::Model;
use crate::pricing::LogPrice;
use crate::production::{FinishedStock, Materials, Output, Recipe};
use crate::sourcing::MarketPrices;
use crate::trade::{Orders, Sales, Shipments, distribution_units};

/// Residual allowed to one agent, as a share of its own gross flow.
pub const AGENT_TOLERANCE: f64 = 1e-9;
/// Residual allowed to the world, as a share of world output in the tick.
pub const WORLD_TOLERANCE: f64 = 1e-12;
/// Flows below one dollar (in USD bn) count as one dollar.
const ONE_DOLLAR: f64 = 1e-9;

/// Money of an agent, USD bn.
#[derive(Component, Debug, Clone, Copy, PartialEq)]
pub struct Cash(pub f64);

/// An agent, or the account of the world.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Account {
    /// Cash of a firm, by row.
    FirmCash(usize),
    /// Finished goods of a firm, by row.
    FinishedGoods(usize),
    /// Materials of a firm: input sector and row.
    FirmMaterials(usize, usize),
    /// Cash of an importer, by row.
    ImporterCash(usize),
    /// Cash of a final user, by row.
    FinalUserCash(usize),
    /// An identity of an economy.
    Economy(&'static str, usize),
    /// An identity of the world.
    World(&'static str),
}

/// An account that does not close.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
#[error(
    "accounts do not close in tick {tick} after {phase:?}: {account:?} is off by {amount:e} of a gross flow of {flow:e}"
)]
pub struct Breach {
    /// Tick in which it happened.
    pub tick: u32,
    /// Phase after which it was found.
    pub phase: Phase,
    /// Whose account.
    pub account: Account,
    /// Amount by which it is off, USD bn or units.
    pub amount: f64,
    /// Gross flow of the account in the tick.
    pub flow: f64,
}

/// What the audit of a phase compares with, and what it found.
#[derive(Resource, Debug, Clone, Default)]
pub struct Audit {
    firm_cash: Vec<f64>,
    importer_cash: Vec<f64>,
    user_cash: Vec<f64>,
    stock: Vec<f64>,
    materials: Vec<f64>,
    /// When the ECS last saw materials written.
    materials_written: Option<ChangeTick>,
    /// Sales of each flow this tick, quantity times price, `[n][i][s]`, USD bn a year.
    gate_value: Vec<f64>,
    /// Cash that firms and importers kept this tick, `[n]`, USD bn.
    retained: Vec<f64>,
    /// National accounts of this tick, `[n]`.
    pub national: Vec<NationalAccounts>,
    /// Money in the world after the last tick, USD bn.
    money: f64,
    /// The first breach, if any.
    pub breach: Option<Breach>,
    /// Largest residual of a world identity so far, as a share of world output.
    pub worst_world: f64,
    /// Largest residual of an agent so far, as a share of its gross flow.
    pub worst_agent: f64,
}

/// The audit after a phase; faults injected by tests run before it.
#[derive(SystemSet, Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct AuditOf(pub Phase);

/// Audits every phase. Add after all populations exist.
pub struct AccountsPlugin;

impl Plugin for AccountsPlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<Audit>();
        let world = app.world_mut();
        world
            .run_system_cached(open_books)
            .unwrap_or_else(|error| panic!("{error}"));
        app.edit_schedule(Tick, |schedule| {
            for (at, phase) in Phase::ALL.into_iter().enumerate() {
                schedule.configure_sets(AuditOf(phase).after(phase));
                if let Some(next) = Phase::ALL.get(at + 1) {
                    schedule.configure_sets(AuditOf(phase).before(*next));
                }
            }
        });
        for phase in Phase::ALL {
            let audit =
                move |books: Books, mut audit: ResMut<Audit>| books.audit(phase, &mut audit);
            app.add_systems(Tick, audit.in_set(AuditOf(phase)));
        }
    }
}

fn open_books(books: Books, mut audit: ResMut<Audit>) {
    books.remember_cash(&mut audit);
    books.remember_goods(&mut audit);
    audit.money = books.money();
}

/// Everything the audit reads.
#[derive(SystemParam)]
struct Books<'w, 's> {
    model: Res<'w, Model>,
    clock: Res<'w, Clock>,
    rows: Res<'w, Rows>,
    recipe: Res<'w, Recipe>,
    wages: Res<'w, Wages>,
    labour: Res<'w, LabourRationing>,
    rates: Res<'w, RatesInForce>,
    prices: Res<'w, MarketPrices>,
    stores: Res<'w, StorePrices>,
    orders: Res<'w, Orders>,
    budgets: Res<'w, Budgets>,
    shipments: Res<'w, Shipments>,
    materials: Res<'w, Materials>,
    incomes: Res<'w, Incomes>,
    firms: Query<'w, 's, FirmBooks, With<Firm>>,
    lines: Query<'w, 's, (&'static Sales, &'static LogPrice, &'static Owner), With<Line>>,
    importers: Query<'w, 's, ImporterBooks, With<Importer>>,
    users: Query<'w, 's, (&'static Cash, &'static Income), With<FinalBuyer>>,
}

type FirmBooks = (
    &'static Cash,
    &'static FinishedStock,
    &'static Output,
    &'static BundlesPerUnit,
    &'static Workforce,
    &'static Dividend,
);
type ImporterBooks = (&'static Cash, &'static MarketShare, &'static Dividend);

impl Books<'_, '_> {
    fn audit(&self, phase: Phase, audit: &mut Audit) {
        if audit.breach.is_some() {
            return;
        }
        let mut found = Findings::default();
        match phase {
            Phase::Produce => {
                self.check_cash_unchanged(audit, &mut found);
                self.check_production(audit, &mut found);
            }
            Phase::Trade => {
                self.check_cash_unchanged(audit, &mut found);
                self.check_deliveries(audit, &mut found);
            }
            Phase::Settle => {
                self.check_goods_unchanged(audit, &mut found);
                self.check_settlement(audit, &mut found);
            }
            _ => {
                self.check_cash_unchanged(audit, &mut found);
                self.check_goods_unchanged(audit, &mut found);
            }
        }
        if phase == Phase::ClosePeriod {
            self.check_world(audit, &mut found);
        }
        audit.worst_agent = audit.worst_agent.max(found.worst);
        audit.breach = found.breach.map(|(account, amount, flow)| Breach {
            tick: self.clock.index(),
            phase,
            account,
            amount,
            flow,
        });
        match phase {
            Phase::Produce | Phase::Trade => self.remember_goods(audit),
            Phase::Settle => self.remember_cash(audit),
            _ => {}
        }
    }

    /// Copies the money that the next audits compare with.
    fn remember_cash(&self, audit: &mut Audit) {
        copy(
            &mut audit.firm_cash,
            self.firms.table().0.iter().map(|cash| cash.0),
        );
        copy(
            &mut audit.importer_cash,
            self.importers.table().0.iter().map(|cash| cash.0),
        );
        copy(
            &mut audit.user_cash,
            self.users.table().0.iter().map(|cash| cash.0),
        );
    }

    /// Copies the goods that the next audits compare with.
    fn remember_goods(&self, audit: &mut Audit) {
        copy(
            &mut audit.stock,
            self.firms.table().1.iter().map(|stock| stock.0),
        );
        audit.materials.clone_from(&self.materials.stock);
        audit.materials_written = Some(self.materials.last_changed());
    }

    /// Compensated: the rounding of a plain sum grows with agents and breaches
    /// the tolerance where ticks are short and so world output per tick is small.
    fn money(&self) -> f64 {
        let mut total = CompensatedSum::default();
        let cash = self.firms.table().0.iter();
        let cash = cash.chain(self.importers.table().0);
        for cash in cash.chain(self.users.table().0) {
            total.add(cash.0);
        }
        total.total()
    }

    fn check_cash_unchanged(&self, audit: &Audit, found: &mut Findings) {
        for (firm, cash) in self.firms.table().0.iter().enumerate() {
            found.unchanged(Account::FirmCash(firm), audit.firm_cash[firm], cash.0);
        }
        for (importer, cash) in self.importers.table().0.iter().enumerate() {
            found.unchanged(
                Account::ImporterCash(importer),
                audit.importer_cash[importer],
                cash.0,
            );
        }
        for (user, cash) in self.users.table().0.iter().enumerate() {
            found.unchanged(Account::FinalUserCash(user), audit.user_cash[user], cash.0);
        }
    }

    fn check_goods_unchanged(&self, audit: &mut Audit, found: &mut Findings) {
        for (firm, stock) in self.firms.table().1.iter().enumerate() {
            found.unchanged(Account::FinishedGoods(firm), audit.stock[firm], stock.0);
        }
        // Only systems that touched materials since the last audit can have moved them.
        if audit.materials_written == Some(self.materials.last_changed()) {
            return;
        }
        let firms = self.rows.firm_count();
        for (at, stock) in self.materials.stock.iter().enumerate() {
            let account = Account::FirmMaterials(at / firms, at % firms);
            found.unchanged(account, audit.materials[at], *stock);
        }
        audit.materials_written = Some(self.materials.last_changed());
    }

    fn check_production(&self, audit: &Audit, found: &mut Findings) {
        let dt = self.clock.dt();
        let (_, stock, output, bundles_per_unit, ..) = self.firms.table();
        for firm in 0..stock.len() {
            let made = output[firm].0 * dt;
            let expected = audit.stock[firm] + made;
            found.close(
                Account::FinishedGoods(firm),
                stock[firm].0 - expected,
                expected + made,
            );
        }
        let bundle: Vec<f64> = output
            .iter()
            .zip(bundles_per_unit)
            .map(|(output, bundles)| output.0 * bundles.0 * dt)
            .collect();
        self.for_each_material(|k, firm, at, input| {
            let used = self.recipe.materials[input] * bundle[firm];
            let change = self.materials.stock[at] - (audit.materials[at] - used);
            found.close(
                Account::FirmMaterials(k, firm),
                change,
                audit.materials[at] + used,
            );
        });
    }

    fn check_deliveries(&self, audit: &Audit, found: &mut Findings) {
        let dt = self.clock.dt();
        let (_, stock, ..) = self.firms.table();
        let (sales, _, owner) = self.lines.table();
        let mut sold = vec![0.0; stock.len()];
        for (sales, owner) in sales.iter().zip(owner) {
            sold[owner.0 as usize] += sales.quantity * dt;
        }
        for firm in 0..stock.len() {
            let change = stock[firm].0 - (audit.stock[firm] - sold[firm]);
            found.close(
                Account::FinishedGoods(firm),
                change,
                audit.stock[firm] + sold[firm],
            );
        }
        let sectors = self.model.economy.sectors;
        self.for_each_material(|k, firm, at, input| {
            let economy = input / (sectors * sectors);
            let delivered = self.shipments.delivered[economy * sectors + k];
            let arrived = self.materials.ordered[at] * delivered * dt;
            let change = self.materials.stock[at] - (audit.materials[at] + arrived);
            found.close(
                Account::FirmMaterials(k, firm),
                change,
                audit.materials[at] + arrived,
            );
        });
    }

    /// Calls with input sector, firm, entry in [`Materials`] and entry of the input share.
    fn for_each_material(&self, mut visit: impl FnMut(usize, usize, usize, usize)) {
        let economy = &self.model.economy;
        let firms = self.rows.firm_count();
        for cell in 0..economy.markets() {
            let (n, s) = (cell / economy.sectors, cell % economy.sectors);
            for k in 0..economy.sectors {
                for firm in self.rows.firms[cell]..self.rows.firms[cell + 1] {
                    visit(k, firm, k * firms + firm, economy.input(n, k, s));
                }
            }
        }
    }

    fn check_settlement(&self, audit: &mut Audit, found: &mut Findings) {
        let earned = self.earnings(audit);
        self.count_retained(audit);
        self.check_firms(audit, &earned, found);
        self.check_importers(audit, found);
        self.check_users(audit, found);
    }

    /// Sales by firm, USD bn in the tick, and by flow, from quantities and prices of lines.
    fn earnings(&self, audit: &mut Audit) -> Vec<f64> {
        let economy = &self.model.economy;
        let (sales, price, owner) = self.lines.table();
        let mut value: Vec<f64> = price.iter().map(|price| price.0).collect();
        exp_slice(&mut value);
        for (value, sales) in value.iter_mut().zip(sales) {
            *value *= sales.quantity;
        }
        let mut earned = vec![0.0; self.rows.firm_count()];
        audit.gate_value.resize(economy.flows(), 0.0);
        for n in 0..economy.economies {
            for s in 0..economy.sectors {
                for i in 0..economy.economies {
                    let row = Rows::flow(economy, n, i, s);
                    let mut total = 0.0;
                    for line in self.rows.lines[row]..self.rows.lines[row + 1] {
                        earned[owner[line].0 as usize] += value[line] * self.clock.dt();
                        total += value[line];
                    }
                    audit.gate_value[economy.flow(n, i, s)] = total;
                }
            }
        }
        earned
    }

    fn count_retained(&self, audit: &mut Audit) {
        let economy = &self.model.economy;
        let per_market = self.model.population.importer_shares.len();
        let firms = self.firms.table().0;
        let importers = self.importers.table().0;
        audit.retained.clear();
        for n in 0..economy.economies {
            let cells = self.cells(n);
            let firms_kept: f64 = (self.rows.firms[cells.start]..self.rows.firms[cells.end])
                .map(|firm| firms[firm].0 - audit.firm_cash[firm])
                .sum();
            let importers_kept: f64 = (cells.start * per_market..cells.end * per_market)
                .map(|importer| importers[importer].0 - audit.importer_cash[importer])
                .sum();
            audit.retained.push(firms_kept + importers_kept);
        }
    }

    fn check_firms(&self, audit: &Audit, earned: &[f64], found: &mut Findings) {
        let economy = &self.model.economy;
        let dt = self.clock.dt();
        let (cash, _, _, _, workforce, dividend) = self.firms.table();
        let mut spent = vec![0.0; cash.len()];
        let prices: Vec<f64> = (0..economy.markets())
            .map(|market| self.landed_price(market) * dt)
            .collect();
        self.for_each_material(|k, firm, at, input| {
            let market = economy.market(input / (economy.sectors * economy.sectors), k);
            spent[firm] += self.materials.ordered[at] * prices[market];
        });
        for cell in 0..economy.markets() {
            let wage = exp(self.wages.log_wage[cell]) * dt;
            for firm in self.rows.firms[cell]..self.rows.firms[cell + 1] {
                let paid = spent[firm] + wage * workforce[firm].0 + dividend[firm].0;
                let expected = audit.firm_cash[firm] + earned[firm] - paid;
                let flow = earned[firm] + paid.abs() + audit.firm_cash[firm].abs();
                found.close(Account::FirmCash(firm), cash[firm].0 - expected, flow);
            }
        }
    }

    /// What buyers pay for a unit ordered, after the delivered share, USD.
    fn landed_price(&self, market: usize) -> f64 {
        exp(self.prices.log_composite[market]) * self.shipments.delivered[market]
    }

    fn check_importers(&self, audit: &Audit, found: &mut Findings) {
        let economy = &self.model.economy;
        let dt = self.clock.dt();
        let (cash, share, dividend) = self.importers.table();
        let per_market = self.model.population.importer_shares.len();
        for importer in 0..cash.len() {
            let market = importer / per_market;
            let share = share[importer].0 * dt;
            let stores = self.orders.stores[market] * self.shipments.delivered[market];
            let earned = share
                * (self.orders.wholesale(market) * self.landed_price(market)
                    + stores * self.stores.level[importer]);
            let services = economy.services.map_or(0.0, |services| {
                let seller = economy.market(market / economy.sectors, services);
                distribution_units(&self.model, &self.prices, &self.orders.stores, market)
                    * self.landed_price(seller)
            });
            let paid = share * (self.landed_value(&audit.gate_value, market) + services)
                + dividend[importer].0;
            let expected = audit.importer_cash[importer] + earned - paid;
            let flow = earned + paid.abs() + audit.importer_cash[importer].abs();
            found.close(
                Account::ImporterCash(importer),
                cash[importer].0 - expected,
                flow,
            );
        }
    }

    /// What the goods delivered to a market cost with all duties and taxes, from
    /// the sales of the lines, USD bn a year.
    fn landed_value(&self, gate_value: &[f64], market: usize) -> f64 {
        let economy = &self.model.economy;
        let (n, s) = (market / economy.sectors, market % economy.sectors);
        let value = |i: usize| {
            let flow = economy.flow(n, i, s);
            let tax = 1.0 + self.rates.rates.export_tax[flow];
            gate_value[flow] * tax * (1.0 + self.rates.rates.collected[flow])
        };
        (0..economy.economies).map(value).sum()
    }

    fn check_users(&self, audit: &Audit, found: &mut Findings) {
        let economy = &self.model.economy;
        let dt = self.clock.dt();
        let (cash, income) = self.users.table();
        for (row, (cash, income)) in cash.iter().zip(income).enumerate() {
            let n = row / economy.users.len();
            let is_retail = economy.users[row % economy.users.len()].is_retail;
            let paid: f64 = (0..economy.sectors)
                .map(|s| {
                    let market = economy.market(n, s);
                    let units = self.budgets.units[row * economy.sectors + s] * dt;
                    units * self.user_price(market, is_retail) * self.shipments.delivered[market]
                })
                .sum();
            let received = income.0 * dt;
            let expected = audit.user_cash[row] + received - paid;
            let flow = received.abs() + paid + audit.user_cash[row].abs();
            found.close(Account::FinalUserCash(row), cash.0 - expected, flow);
        }
    }

    fn user_price(&self, market: usize, is_retail: bool) -> f64 {
        if !is_retail {
            return exp(self.prices.log_composite[market]);
        }
        let shares = &self.model.population.importer_shares;
        let levels = &self.stores.level[market * shares.len()..];
        shares
            .iter()
            .zip(levels)
            .map(|(share, level)| share * level)
            .sum()
    }

    fn check_world(&self, audit: &mut Audit, found: &mut Findings) {
        let economy = &self.model.economy;
        let output: f64 = self.shipments.value.iter().sum::<f64>() * self.clock.dt();
        let gate_value = std::mem::take(&mut audit.gate_value);
        let retained = std::mem::take(&mut audit.retained);
        let mut close = |account: Account, residual: f64| {
            let relative = (residual / output).abs();
            audit.worst_world = audit.worst_world.max(relative);
            if relative.is_nan() || relative > WORLD_TOLERANCE {
                found.breach(account, residual, output);
            }
        };
        let change = self.money() - audit.money;
        close(Account::World("money is neither made nor lost"), change);
        let transfers: f64 = self.incomes.transfer.iter().sum();
        close(
            Account::World("transfers between economies add up to zero"),
            transfers,
        );
        let mut balances = 0.0;
        let mut accounts = Vec::with_capacity(economy.economies);
        for n in 0..economy.economies {
            let national = self.national_accounts(&gate_value, retained[n], n);
            balances += national.net_exports;
            accounts.push(national);
            close(
                Account::Economy("production is income", n),
                national.production - national.income,
            );
            close(
                Account::Economy("production is expenditure", n),
                national.production - national.expenditure,
            );
            let employed: f64 = self.cells(n).map(|cell| self.labour.employed[cell]).sum();
            let at_rest: f64 = self.cells(n).map(|cell| economy.wage_bill[cell]).sum();
            let force = at_rest / (1.0 - self.model.frictions.unemployment[n]);
            if employed > force * (1.0 + AGENT_TOLERANCE) {
                let account = "employment does not exceed the labour force";
                close(Account::Economy(account, n), employed - force);
            }
        }
        close(Account::World("external balances add up to zero"), balances);
        audit.money += change;
        (audit.gate_value, audit.retained) = (gate_value, retained);
        audit.national = accounts;
    }

    fn cells(&self, n: usize) -> std::ops::Range<usize> {
        self.model.economy.market(n, 0)..self.model.economy.market(n + 1, 0)
    }

    /// Value added from three sides, at market prices, over the tick, USD bn.
    fn national_accounts(&self, gate_value: &[f64], retained: f64, n: usize) -> NationalAccounts {
        let economy = &self.model.economy;
        let dt = self.clock.dt();
        let (mut produced, mut exports, mut imports, mut duties, mut taxes) =
            (0.0, 0.0, 0.0, 0.0, 0.0);
        for s in 0..economy.sectors {
            for other in 0..economy.economies {
                let sold = economy.flow(other, n, s);
                let value = gate_value[sold] * dt;
                let tax = self.rates.rates.export_tax[sold] * value;
                produced += value;
                taxes += tax;
                exports += value + tax;
                let bought = economy.flow(n, other, s);
                let value = gate_value[bought] * dt;
                let border = value * (1.0 + self.rates.rates.export_tax[bought]);
                duties += self.rates.rates.collected[bought] * border;
                imports += border;
            }
        }
        let materials: f64 = self
            .cells(n)
            .map(|market| self.orders.materials[market] * self.landed_price(market) * dt)
            .sum();
        let (final_spending, store_margin) = self.final_spending(n);
        NationalAccounts {
            production: produced - materials + store_margin + duties + taxes,
            income: self.incomes.wages[n]
                + self.incomes.profit[n]
                + retained
                + self.incomes.revenue[n],
            expenditure: final_spending + exports - imports,
            net_exports: exports - imports,
            materials,
            final_spending,
            store_margin,
            retained,
        }
    }

    /// Spending of final users and the part of it that importers keep, USD bn.
    fn final_spending(&self, n: usize) -> (f64, f64) {
        let economy = &self.model.economy;
        let dt = self.clock.dt();
        let (mut spending, mut margin) = (0.0, 0.0);
        for s in 0..economy.sectors {
            let market = economy.market(n, s);
            let delivered = self.shipments.delivered[market] * dt;
            let stores = self.orders.stores[market] * delivered;
            let direct = self.orders.direct[market] * delivered;
            let cost = exp(self.prices.log_composite[market]);
            let services = economy.services.map_or(0.0, |services| {
                distribution_units(&self.model, &self.prices, &self.orders.stores, market)
                    * self.landed_price(economy.market(n, services))
                    * dt
            });
            spending += stores * self.user_price(market, true) + direct * cost;
            margin += stores * (self.user_price(market, true) - cost) - services;
        }
        (spending, margin)
    }
}

/// Production, income and expenditure of an economy in a tick, USD bn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NationalAccounts {
    /// Sales less materials, with store margins and taxes on trade.
    pub production: f64,
    /// Wages, dividends, what firms and importers kept, taxes on trade.
    pub income: f64,
    /// Final spending and net exports.
    pub expenditure: f64,
    /// Exports less imports at the border.
    pub net_exports: f64,
    /// Materials bought by firms.
    pub materials: f64,
    /// Spending of final users.
    pub final_spending: f64,
    /// What stores keep after goods and distribution.
    pub store_margin: f64,
    /// What firms and importers kept in cash.
    pub retained: f64,
}

/// The first breach of a phase and the largest residual of an agent.
#[derive(Default)]
struct Findings {
    breach: Option<(Account, f64, f64)>,
    worst: f64,
}

impl Findings {
    fn breach(&mut self, account: Account, amount: f64, flow: f64) {
        self.breach.get_or_insert((account, amount, flow));
    }

    /// A residual within tolerance of the account's own gross flow.
    #[inline]
    fn close(&mut self, account: Account, residual: f64, flow: f64) {
        let flow = flow.max(ONE_DOLLAR);
        if residual.abs() > self.worst * flow || residual.is_nan() {
            self.worst = residual.abs() / flow;
            if self.worst.is_nan() || self.worst > AGENT_TOLERANCE {
                self.breach(account, residual, flow);
            }
        }
    }

    /// A value that this phase may not change.
    #[inline]
    fn unchanged(&mut self, account: Account, before: f64, now: f64) {
        if before.to_bits() != now.to_bits() {
            self.breach(account, now - before, before.abs());
        }
    }
}

fn copy(target: &mut Vec<f64>, values: impl Iterator<Item = f64>) {
    target.clear();
    target.extend(values);
}
