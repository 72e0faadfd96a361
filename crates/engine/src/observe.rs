//! Records: what a run leaves behind.
//!
//! Values are means over a period of whole ticks and are emitted at its end.
//! Bilateral flows, markets and households are recorded for the economies under
//! watch (by default those whose law changes), macro figures for all. Nothing
//! here is read by the model.

use std::collections::BTreeMap;
use std::sync::Arc;

use bevy_app::{App, Plugin};
use bevy_ecs::prelude::*;
use bevy_ecs::system::SystemParam;
use tradewinds_kernel::clock::Clock;
use tradewinds_kernel::maths::{exp, exp_m1};
use tradewinds_kernel::phase::Phase;
use tradewinds_kernel::record::{ColumnKind, ColumnSpec, Rows as Records, TableSpec};
use tradewinds_units::{Date, days_between};

use crate::Tick;
use crate::accounts::{Audit, Cash};
use crate::approval::{Elections, EventKind, Opinion};
use crate::capacity::Capacity;
use crate::columns::OnlyTable;
use crate::currency::Currencies;
use crate::customs::{DutiesCharged, RatesInForce};
use crate::decompose::{PriceParts, Priced};
use crate::equity::Equities;
use crate::firm::{BundlesPerUnit, Dividend, Firm, Rows};
use crate::government::{Ledger, Treasuries};
use crate::household::{
    BasketPrice, ChainedPrice, FinalBuyer, Income, Incomes, LogCostOfLiving, Spending,
};
use crate::importer::StorePrices;
use crate::investment::Plant;
use crate::labour::{LabourRationing, Wages, Workforce};
use crate::model::Model;
use crate::monetary::PolicyRates;
use crate::production::{FinishedStock, LogUnitCost, Materials, Output, Recipe};
use crate::quota::{Quotas, RentHolder};
use crate::sourcing::MarketPrices;
use crate::stress::{Stress, StressDay};
use crate::tables::{
    ACCOUNTS, APPROVAL, DUTIES, ELECTIONS, FIRMS, GOVERNMENTS, HOUSEHOLDS, MACRO, MARKET_DAYS,
    MARKETS, PRICE_PARTS, QUOTAS, TRADE,
};
use crate::talks::TalksLog;
use crate::talks::tables::TalksRecords;
use crate::trade::{Orders, Shipments};
use crate::volumes::{BaseValues, Volumes};

/// Names behind the indices of a model, for records.
#[derive(Debug, Clone, PartialEq)]
pub struct Labels {
    /// Scenarios of the experiment.
    pub scenarios: Arc<[String]>,
    /// Index of this run's scenario.
    pub scenario: usize,
    /// Economies, `[n]`.
    pub economies: Arc<[String]>,
    /// Sectors, `[s]`.
    pub sectors: Arc<[String]>,
    /// Final users.
    pub users: Arc<[String]>,
    /// Measures that add to rates.
    pub measures: Arc<[String]>,
    /// Quotas, in the order of the law.
    pub quotas: Arc<[String]>,
}

/// What to record and how often.
#[derive(Resource, Debug, Clone, PartialEq)]
pub struct Watch {
    /// Economies whose flows, markets and households are recorded.
    pub economies: Vec<usize>,
    /// Ticks per record.
    pub period: u32,
    /// Whether to record firms.
    pub firms: bool,
    /// Names for the records.
    pub labels: Labels,
}

/// Rows of every table, by the list in [`crate::tables::ALL`].
#[derive(Resource, Debug, Clone)]
pub struct Recorded {
    /// Bilateral flows.
    pub trade: Records,
    /// Prices and activity by economy and sector.
    pub markets: Records,
    /// What prices of imports are made of.
    pub price_parts: Records,
    /// Economies.
    pub macroeconomy: Records,
    /// Duties by measure.
    pub duties: Records,
    /// Quotas by flow.
    pub quotas: Records,
    /// Final users.
    pub households: Records,
    /// National accounts.
    pub accounts: Records,
    /// Budgets of governments; no rows where no final user is one.
    pub governments: Records,
    /// Approval of leaders.
    pub approval: Records,
    /// Votes and changes of leaders.
    pub elections: Records,
    /// Firms, where asked for.
    pub firms: Records,
    /// Days of trade in shares: of economies under watch, with their sectors where
    /// firms are recorded.
    pub market_days: Records,
    /// Tables of talks, in the order of [`crate::talks::tables::TALKS_TABLES`].
    pub talks: TalksRecords,
    /// Markets of economies not under watch: by period, economy, sector and
    /// variable ([`OTHER_VARIABLES`]), for moments over replications.
    pub others: Vec<f64>,
    /// First day of each period, in days since 1970-01-01.
    pub dates: Vec<i32>,
}

/// What is kept of the markets of economies not under watch.
pub const OTHER_VARIABLES: [&str; 4] = ["landed_price", "store_price", "employment", "imports"];

impl Recorded {
    /// The tables, in order.
    pub fn tables(&self) -> [&Records; 20] {
        let [rounds, offers, deals, answers, coalitions, acts, states] = &self.talks.tables;
        [
            &self.trade,
            &self.markets,
            &self.price_parts,
            &self.macroeconomy,
            &self.duties,
            &self.quotas,
            &self.households,
            &self.accounts,
            &self.governments,
            &self.approval,
            &self.elections,
            &self.firms,
            &self.market_days,
            rounds,
            offers,
            deals,
            answers,
            coalitions,
            acts,
            states,
        ]
    }
}

/// Records a run. Add last, with what to watch.
pub struct ObservePlugin(pub Watch);

impl Plugin for ObservePlugin {
    fn build(&self, app: &mut App) {
        let watch = self.0.clone();
        let labels = &watch.labels;
        let rule = &app.world().resource::<Model>().frictions.approval;
        let leaders: Arc<[String]> = rule.leader_names().into();
        let (scenarios, economies, sectors) = (
            labels.scenarios.clone(),
            labels.economies.clone(),
            labels.sectors.clone(),
        );
        let recorded = Recorded {
            trade: Records::new(
                &TRADE,
                &[
                    scenarios.clone(),
                    economies.clone(),
                    economies.clone(),
                    sectors.clone(),
                ],
            ),
            markets: Records::new(
                &MARKETS,
                &[scenarios.clone(), economies.clone(), sectors.clone()],
            ),
            price_parts: Records::new(
                &PRICE_PARTS,
                &[scenarios.clone(), economies.clone(), sectors.clone()],
            ),
            macroeconomy: Records::new(&MACRO, &[scenarios.clone(), economies.clone()]),
            duties: Records::new(
                &DUTIES,
                &[
                    scenarios.clone(),
                    economies.clone(),
                    labels.measures.clone(),
                ],
            ),
            quotas: Records::new(
                &QUOTAS,
                &[
                    scenarios.clone(),
                    economies.clone(),
                    economies.clone(),
                    sectors.clone(),
                    labels.quotas.clone(),
                    RentHolder::NAMES.map(str::to_owned).into(),
                ],
            ),
            households: Records::new(
                &HOUSEHOLDS,
                &[scenarios.clone(), economies.clone(), labels.users.clone()],
            ),
            accounts: Records::new(&ACCOUNTS, &[scenarios.clone(), economies.clone()]),
            governments: Records::new(&GOVERNMENTS, &[scenarios.clone(), economies.clone()]),
            market_days: Records::new(
                &MARKET_DAYS,
                &[
                    scenarios.clone(),
                    economies.clone(),
                    (sectors.iter().cloned())
                        .chain(["total".to_owned()])
                        .collect(),
                ],
            ),
            approval: Records::new(
                &APPROVAL,
                &[scenarios.clone(), economies.clone(), leaders.clone()],
            ),
            elections: Records::new(
                &ELECTIONS,
                &[
                    scenarios.clone(),
                    economies.clone(),
                    leaders,
                    EventKind::NAMES.map(str::to_owned).into(),
                ],
            ),
            talks: TalksRecords::new(&scenarios, app.world().resource::<Model>().talks.as_deref()),
            firms: Records::new(&FIRMS, &[scenarios, economies, sectors]),
            others: Vec::new(),
            dates: Vec::new(),
        };
        let economy = app.world().resource::<Model>().economy.clone();
        let values = BaseValues::read(&economy, app.world_mut());
        app.insert_resource(recorded)
            .insert_resource(values)
            .insert_resource(Sums::default())
            .insert_resource(watch)
            .add_systems(Tick, record.in_set(Phase::Observe));
    }
}

/// Sums over the ticks of the current period.
#[derive(Resource, Debug, Clone, Default)]
struct Sums {
    ticks: u32,
    trade: Vec<f64>,
    markets: Vec<f64>,
    price_parts: Vec<f64>,
    macroeconomy: Vec<f64>,
    duties: Vec<f64>,
    /// By quota and flow: the columns of the table, and the ticks in force.
    quotas: BTreeMap<(usize, usize), [f64; 6]>,
    households: Vec<f64>,
    accounts: Vec<f64>,
    governments: Vec<f64>,
    approval: Vec<f64>,
    firms: Vec<f64>,
    others: Vec<f64>,
}

type FirmSight = (
    &'static Output,
    &'static LogUnitCost,
    &'static Workforce,
    &'static FinishedStock,
    &'static Cash,
    &'static Dividend,
);

/// Everything records are taken from.
#[derive(SystemParam)]
struct Sight<'w, 's> {
    model: Res<'w, Model>,
    watch: Res<'w, Watch>,
    clock: Res<'w, Clock>,
    rates: Res<'w, RatesInForce>,
    charged: Res<'w, DutiesCharged>,
    quotas: Res<'w, Quotas>,
    prices: Res<'w, MarketPrices>,
    stores: Res<'w, StorePrices>,
    orders: Res<'w, Orders>,
    shipments: Res<'w, Shipments>,
    labour: Res<'w, LabourRationing>,
    wages: Res<'w, Wages>,
    incomes: Res<'w, Incomes>,
    treasuries: Res<'w, Treasuries>,
    currencies: Res<'w, Currencies>,
    policy: Res<'w, PolicyRates>,
    audit: Res<'w, Audit>,
    plant: Res<'w, Plant>,
    capacity: Res<'w, Capacity>,
    rows: Res<'w, Rows>,
    firms: Query<'w, 's, FirmSight, With<Firm>>,
    bundles: Query<'w, 's, &'static BundlesPerUnit, With<Firm>>,
    base_values: Res<'w, BaseValues>,
    equities: Res<'w, Equities>,
    stress: Res<'w, Stress>,
    recipe: Res<'w, Recipe>,
    materials: Res<'w, Materials>,
    opinion: Res<'w, Opinion>,
    elections: Res<'w, Elections>,
    talks: Res<'w, TalksLog>,
    users: Query<
        'w,
        's,
        (
            &'static Income,
            &'static Spending,
            &'static LogCostOfLiving,
            &'static BasketPrice,
            &'static ChainedPrice,
        ),
        With<FinalBuyer>,
    >,
}

/// Adds this tick to the sums; emits rows at the end of a period.
fn record(sight: Sight, mut sums: ResMut<Sums>, mut recorded: ResMut<Recorded>) {
    let sums = &mut *sums;
    add(&mut sums.trade, sight.trade());
    add(&mut sums.markets, sight.markets());
    add(&mut sums.price_parts, sight.price_parts());
    add(&mut sums.macroeconomy, sight.macroeconomy());
    add(&mut sums.duties, sight.duties());
    sight.quotas(&mut sums.quotas);
    add(&mut sums.households, sight.households());
    add(&mut sums.accounts, sight.accounts());
    add(&mut sums.governments, sight.governments());
    add(&mut sums.approval, sight.approval());
    sight.emit_elections(&mut recorded.elections);
    add(&mut sums.others, sight.others());
    if sight.watch.firms {
        add(&mut sums.firms, sight.firms());
    }
    sight.market_days(&mut recorded.market_days);
    let run = (sight.watch.labels.scenario, sight.model.replication);
    recorded.talks.add(&sight.talks, run);
    sums.ticks += 1;
    if sums.ticks == sight.watch.period {
        sight.emit(sums, &mut recorded);
        *sums = Sums::default();
    }
}

/// Columns of a table that hold numbers.
fn numbers(table: &TableSpec) -> usize {
    let is_number = |column: &&ColumnSpec| column.kind == ColumnKind::Number;
    table.columns.iter().filter(is_number).count()
}

fn add(sums: &mut Vec<f64>, values: Vec<f64>) {
    if sums.is_empty() {
        *sums = values;
    } else {
        for (sum, value) in sums.iter_mut().zip(values) {
            *sum += value;
        }
    }
}

impl Sight<'_, '_> {
    /// Flows with lines, of economies under watch: importer, origin, sector.
    fn flows(&self) -> impl Iterator<Item = (usize, usize, usize)> {
        let economy = &self.model.economy;
        let (economies, sectors) = (economy.economies, economy.sectors);
        self.watch
            .economies
            .iter()
            .flat_map(move |n| {
                (0..economies).flat_map(move |i| (0..sectors).map(move |s| (*n, i, s)))
            })
            .filter(|(n, i, s)| {
                let row = Rows::flow(economy, *n, *i, *s);
                n != i && self.rows.lines[row] < self.rows.lines[row + 1]
            })
    }

    fn trade(&self) -> Vec<f64> {
        let economy = &self.model.economy;
        let rates = &self.rates.rates;
        self.flows()
            .flat_map(|(n, i, s)| {
                let flow = economy.flow(n, i, s);
                let gate = exp(self.prices.log_gate[flow]);
                [
                    self.shipments.entered[flow],
                    self.shipments.entered_volume[flow],
                    gate,
                    exp(self.prices.log_landed[flow]),
                    rates.statutory[flow],
                    rates.applied[flow],
                    rates.collected[flow],
                    self.charged.import_duty[flow] / self.clock.dt(),
                ]
            })
            .collect()
    }

    fn markets(&self) -> Vec<f64> {
        let economy = &self.model.economy;
        let mut values = Vec::new();
        for n in &self.watch.economies {
            let local = self.currencies.log_rate[*n];
            for s in 0..economy.sectors {
                let market = economy.market(*n, s);
                values.extend([
                    exp(self.prices.log_composite[market] + local),
                    exp(self.prices.log_domestic[market] + local),
                    exp(self.prices.log_import[market] + local),
                    exp(self.stores.log_price[market] + local),
                    exp(self.stores.log_domestic[market] + local),
                    exp(self.stores.log_import[market] + local),
                    self.orders.stores[market] * self.shipments.delivered[market],
                    self.labour.employed[market],
                    exp(self.wages.log_wage[market] + local),
                    self.plant_mean(market, |firm| self.plant.stock[firm]),
                    self.plant_mean(market, |firm| self.capacity.relative_use[firm]),
                    self.plant_mean(market, |firm| self.plant.investment[firm]),
                ]);
            }
        }
        values
    }

    fn plant_mean(&self, market: usize, of: impl Fn(usize) -> f64) -> f64 {
        self.plant.mean(&self.rows, market, of)
    }

    fn price_parts(&self) -> Vec<f64> {
        let priced = Priced {
            economy: &self.model.economy,
            rates: &self.rates.rates,
            prices: &self.prices,
            stores: &self.stores,
            log_rate: &self.currencies.log_rate,
        };
        let sectors = 0..priced.economy.sectors;
        let watched = self.watch.economies.iter();
        watched
            .flat_map(|n| sectors.clone().map(move |s| (*n, s)))
            .flat_map(|(n, s)| PriceParts::of_imports(&priced, n, s).columns())
            .collect()
    }

    fn macroeconomy(&self) -> Vec<f64> {
        let economy = &self.model.economy;
        let dt = self.clock.dt();
        let (income, spending, index, basket, chained) = self.users.table();
        let base = &economy.accounts().user_spending;
        let mut values = Vec::new();
        let real_gdp = self.real_gdp();
        let (exports, imports) = self.external_trade();
        for n in 0..economy.economies {
            let (
                mut consumption,
                mut real,
                mut at_base,
                mut basket_cost,
                mut chained_cost,
                mut all_income,
            ) = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0);
            for (user, class) in economy.users.iter().enumerate() {
                let row = n * economy.users.len() + user;
                all_income += income[row].0;
                if class.is_retail || economy.users.len() == 1 {
                    consumption += spending[row].0;
                    real += spending[row].0 * exp(-index[row].0);
                    at_base += base[user][n];
                    basket_cost += base[user][n] * basket[row].0;
                    chained_cost += base[user][n] * chained[row].0;
                }
            }
            let cells = economy.market(n, 0)..economy.market(n + 1, 0);
            let employed: f64 = self.labour.employed[cells.clone()].iter().sum();
            let at_rest: f64 = economy.wage_bill[cells].iter().sum();
            // Nobody works who is not in the labour force, up to rounding.
            let force = (at_rest / (1.0 - self.model.frictions.unemployment[n])).max(employed);
            let local = self.currencies.in_local(n);
            values.extend([
                all_income,
                consumption,
                real,
                basket_cost / at_base * local,
                chained_cost / at_base * local,
                consumption / real * local,
                real_gdp[n],
                employed / at_rest,
                1.0 - employed / force,
                self.incomes.wages[n] / dt / employed * local,
                exports[n],
                imports[n],
                self.incomes.revenue[n] / dt,
                local,
                self.currencies.effective_rate(n),
                self.policy.change[n],
            ]);
        }
        values
    }

    fn real_gdp(&self) -> Vec<f64> {
        let (output, ..) = self.firms.table();
        let volumes = Volumes {
            model: &self.model,
            rows: &self.rows,
            values: &self.base_values,
            recipe: &self.recipe,
            prices: &self.prices,
            stores: &self.stores,
            orders: &self.orders,
            shipments: &self.shipments,
            output,
            bundles: self.bundles.table(),
            missed: &self.materials.missed,
        };
        volumes.gdp()
    }

    /// Budgets of governments; nothing where no final user is one.
    fn governments(&self) -> Vec<f64> {
        let ledger = Ledger {
            model: &self.model,
            incomes: &self.incomes,
            charged: &self.charged,
            treasuries: &self.treasuries,
            currencies: &self.currencies,
            dt: self.clock.dt(),
        };
        let a_year = 1.0 / ledger.dt;
        let taxes = ledger.export_taxes();
        let budgets = (taxes.iter().enumerate()).filter_map(|(n, taxes)| ledger.budget(n, *taxes));
        budgets
            .flat_map(|budget| {
                let flows = budget.flows().map(|flow| flow * a_year);
                flows.into_iter().chain([budget.debt])
            })
            .collect()
    }

    /// Exports and imports of every economy at the border, USD bn a year.
    fn external_trade(&self) -> (Vec<f64>, Vec<f64>) {
        let economy = &self.model.economy;
        let mut exports = vec![0.0; economy.economies];
        let mut imports = exports.clone();
        let value = self.shipments.value.chunks_exact(economy.sectors);
        let entered = self.shipments.entered.chunks_exact(economy.sectors);
        for (route, (value, entered)) in value.zip(entered).enumerate() {
            let (buyer, origin) = (route / economy.economies, route % economy.economies);
            if buyer != origin {
                value.iter().for_each(|value| exports[origin] += value);
                entered.iter().for_each(|value| imports[buyer] += value);
            }
        }
        (exports, imports)
    }

    /// Duties by importer under watch and measure, USD bn a year; then the rest
    /// (base duties) of each importer.
    fn duties(&self) -> Vec<f64> {
        let economy = &self.model.economy;
        let per_importer = economy.economies * economy.sectors;
        let measures = self.watch.labels.measures.len();
        let mut paid = vec![0.0; economy.economies * measures];
        for part in &self.rates.rates.by_measure {
            let flow = part.flow as usize;
            let value = self.shipments.entered[flow];
            paid[flow / per_importer * measures + part.measure as usize] += part.rate * value;
        }
        for (flow, measure, duty) in &self.quotas.above {
            paid[flow / per_importer * measures + *measure as usize] += duty;
        }
        let watched = self.watch.economies.iter();
        watched
            .flat_map(|n| paid[n * measures..(n + 1) * measures].to_vec())
            .collect()
    }

    /// Adds this tick to the sums of quotas in force.
    fn quotas(&self, sums: &mut BTreeMap<(usize, usize), [f64; 6]>) {
        for (quota, state) in self.quotas.states.iter().enumerate() {
            for open in &state.flows {
                let entered = open.covered * self.shipments.entered_volume[open.flow];
                let values = [
                    entered,
                    state.rule.volume,
                    state.used / state.volume_of_period(),
                    state.premium,
                    open.rent,
                    1.0,
                ];
                let sum = sums.entry((quota, open.flow)).or_default();
                sum.iter_mut().zip(values).for_each(|(sum, v)| *sum += v);
            }
        }
    }

    fn emit_quotas(&self, sums: &Sums, quotas: &mut Records, day: i32) {
        let economy = &self.model.economy;
        let (sectors, per_importer) = (economy.sectors, economy.economies * economy.sectors);
        let ticks = f64::from(sums.ticks);
        for ((quota, flow), sum) in &sums.quotas {
            // Flows are means over the period, states over the ticks in force.
            let [entered, volume, used, premium, rent, in_force] = *sum;
            let holder = self.quotas.states[*quota].rule.holder;
            let row = quotas
                .row()
                .code(self.watch.labels.scenario)
                .count(self.model.replication)
                .date(day)
                .code(flow / per_importer)
                .code(flow / sectors % economy.economies)
                .code(flow % sectors)
                .code(*quota)
                .code(holder as usize);
            let _ = row.numbers(&[
                entered / ticks,
                volume / in_force,
                used / in_force,
                premium / in_force,
                rent / ticks,
            ]);
        }
    }

    fn households(&self) -> Vec<f64> {
        let users = self.model.economy.users.len();
        let (income, spending, index, basket, chained) = self.users.table();
        let mut values = Vec::new();
        for n in &self.watch.economies {
            let log_rate = self.currencies.log_rate[*n];
            let local = self.currencies.in_local(*n);
            for row in n * users..(n + 1) * users {
                values.extend([
                    income[row].0,
                    spending[row].0,
                    exp(index[row].0 + log_rate),
                    basket[row].0 * local,
                    chained[row].0 * local,
                    spending[row].0 * exp(-index[row].0),
                ]);
            }
        }
        values
    }

    /// Markets of economies not under watch, in the order of [`OTHER_VARIABLES`].
    fn others(&self) -> Vec<f64> {
        let economy = &self.model.economy;
        let unwatched = (0..economy.economies).filter(|n| !self.watch.economies.contains(n));
        unwatched
            .flat_map(|n| self.imports(n).into_iter().enumerate().map(move |s| (n, s)))
            .flat_map(|(n, (s, imports))| {
                let market = economy.market(n, s);
                let local = self.currencies.log_rate[n];
                [
                    exp(self.prices.log_composite[market] + local),
                    exp(self.stores.log_price[market] + local),
                    self.labour.employed[market],
                    imports,
                ]
            })
            .collect()
    }

    /// Imports of an economy by sector, USD bn a year.
    fn imports(&self, n: usize) -> Vec<f64> {
        let economy = &self.model.economy;
        let mut imports = vec![0.0; economy.sectors];
        for i in (0..economy.economies).filter(|i| *i != n) {
            let flows = economy.flow(n, i, 0)..economy.flow(n, i + 1, 0);
            let entered = &self.shipments.entered[flows];
            (imports.iter_mut().zip(entered)).for_each(|(sum, entered)| *sum += entered);
        }
        imports
    }

    fn accounts(&self) -> Vec<f64> {
        let a_year = 1.0 / self.clock.dt();
        let incomes = &self.incomes;
        let national = self.audit.national.iter().enumerate();
        national
            .flat_map(|(n, own)| {
                [
                    own.production,
                    own.income,
                    own.expenditure,
                    own.net_exports,
                    own.materials,
                    own.final_spending,
                    own.trade_margin,
                    own.stocks_built,
                    own.retained,
                    own.reinvested,
                    incomes.interest[n],
                    incomes.wages[n],
                    incomes.profit[n],
                    incomes.revenue[n],
                    incomes.transfer[n],
                    self.currencies.revaluation[n],
                ]
                .map(|value| value * a_year)
            })
            .collect()
    }

    /// Rows of firms of economies under watch, by cell.
    fn watched_firms(&self) -> impl Iterator<Item = (usize, usize)> {
        let economy = &self.model.economy;
        let cells = self
            .watch
            .economies
            .iter()
            .flat_map(move |n| economy.market(*n, 0)..economy.market(n + 1, 0));
        cells.flat_map(move |cell| {
            (self.rows.firms[cell]..self.rows.firms[cell + 1]).map(move |firm| (cell, firm))
        })
    }

    fn firms(&self) -> Vec<f64> {
        let (output, cost, workforce, stock, cash, dividend) = self.firms.table();
        self.watched_firms()
            .flat_map(|(_, firm)| {
                [
                    output[firm].0,
                    exp(cost[firm].0),
                    workforce[firm].0,
                    stock[firm].0,
                    cash[firm].0,
                    dividend[firm].0 / self.clock.dt(),
                    self.equities.value.get(firm).copied().unwrap_or(0.0),
                    self.equities.price.get(firm).copied().unwrap_or(0.0),
                ]
            })
            .collect()
    }

    /// Rows of the days of trade of this tick.
    fn market_days(&self, rows: &mut Records) {
        let sectors = self.model.economy.sectors;
        for (at, day) in self.equities.days.iter().enumerate() {
            let date = days_between(Date::constant(1970, 1, 1), day.date) as i32;
            let stress = self.stress.days.get(at);
            for n in &self.watch.economies {
                let of_economy = |values: fn(&StressDay) -> &Vec<f64>| -> f64 {
                    stress.map_or(0.0, |stress| values(stress)[*n])
                };
                let common = [
                    of_economy(|day| &day.volatility),
                    of_economy(|day| &day.yield_change),
                    of_economy(|day| &day.uncertainty),
                    of_economy(|day| &day.home),
                    of_economy(|day| &day.stress),
                ];
                let mut write = |sector: usize, level: f64, change: f64, policy: f64| {
                    let _ = (rows.row().code(self.watch.labels.scenario))
                        .count(self.model.replication)
                        .date(date)
                        .code(*n)
                        .code(sector)
                        .numbers(&[level, exp_m1(change), exp_m1(policy)])
                        .numbers(&common)
                        .numbers(&[day.escalation, day.relief, day.credibility, day.war[*n]]);
                };
                write(
                    sectors,
                    day.level[*n],
                    day.change[*n],
                    day.policy_change[*n],
                );
                if !self.watch.firms {
                    continue;
                }
                for s in 0..sectors {
                    let cell = self.model.economy.market(*n, s);
                    if day.sector_level[cell] > 0.0 {
                        write(
                            s,
                            day.sector_level[cell],
                            day.sector_change[cell],
                            day.sector_policy_change[cell],
                        );
                    }
                }
            }
        }
    }

    /// Approval of the leaders that are followed.
    fn approval(&self) -> Vec<f64> {
        let rule = &self.model.frictions.approval;
        let leaders = self.opinion.followed();
        leaders
            .flat_map(|(_, mandate)| mandate.columns(rule))
            .collect()
    }

    fn emit_elections(&self, rows: &mut Records) {
        for event in &self.elections.events {
            let day = days_between(Date::constant(1970, 1, 1), event.date) as i32;
            let row = (rows.row())
                .code(self.watch.labels.scenario)
                .count(self.model.replication)
                .date(day);
            let row = row.code(event.economy).code(event.leader);
            let row = row.code(event.kind as usize).count(event.stays.into());
            let _ = row.numbers(&[
                event.approval,
                event.vote_share,
                event.seats,
                event.local.protection,
                event.local.retaliation,
                event.local.compensation,
            ]);
        }
    }

    fn emit(&self, sums: &Sums, recorded: &mut Recorded) {
        let mean = 1.0 / f64::from(sums.ticks);
        let model = &self.model;
        let sectors = model.economy.sectors;
        let users = model.economy.users.len();
        let scenario = self.watch.labels.scenario;
        let first = (self.clock.index() + 1).saturating_sub(self.watch.period);
        let day = days_between(Date::constant(1970, 1, 1), self.clock.date_of(first)) as i32;
        let scaled = |values: &[f64]| -> Vec<f64> { values.iter().map(|v| v * mean).collect() };
        recorded.dates.push(day);
        recorded.others.extend(scaled(&sums.others));
        macro_rules! row {
            ($table:expr) => {
                $table
                    .row()
                    .code(scenario)
                    .count(model.replication)
                    .date(day)
            };
        }
        for ((n, i, s), values) in self.flows().zip(sums.trade.chunks_exact(8)) {
            let _ = row!(recorded.trade)
                .code(n)
                .code(i)
                .code(s)
                .numbers(&scaled(values));
        }
        for (at, values) in sums.markets.chunks_exact(numbers(&MARKETS)).enumerate() {
            let n = self.watch.economies[at / sectors];
            let _ = row!(recorded.markets)
                .code(n)
                .code(at % sectors)
                .numbers(&scaled(values));
        }
        let parts = sums.price_parts.chunks_exact(numbers(&PRICE_PARTS));
        for (at, values) in parts.enumerate() {
            let n = self.watch.economies[at / sectors];
            let _ = row!(recorded.price_parts)
                .code(n)
                .code(at % sectors)
                .numbers(&scaled(values));
        }
        for (n, values) in sums.macroeconomy.chunks_exact(numbers(&MACRO)).enumerate() {
            let _ = row!(recorded.macroeconomy).code(n).numbers(&scaled(values));
        }
        let measures = self.watch.labels.measures.len().max(1);
        for (at, paid) in sums
            .duties
            .iter()
            .enumerate()
            .filter(|(_, paid)| **paid != 0.0)
        {
            let n = self.watch.economies[at / measures];
            let _ = row!(recorded.duties)
                .code(n)
                .code(at % measures)
                .number(paid * mean);
        }
        self.emit_quotas(sums, &mut recorded.quotas, day);
        for (at, values) in sums.households.chunks_exact(6).enumerate() {
            let n = self.watch.economies[at / users];
            let _ = row!(recorded.households)
                .code(n)
                .code(at % users)
                .numbers(&scaled(values));
        }
        for (n, values) in sums.accounts.chunks_exact(numbers(&ACCOUNTS)).enumerate() {
            let _ = row!(recorded.accounts).code(n).numbers(&scaled(values));
        }
        let budgets = sums.governments.chunks_exact(numbers(&GOVERNMENTS));
        for (n, values) in budgets.enumerate() {
            let _ = row!(recorded.governments).code(n).numbers(&scaled(values));
        }
        let leaders = self.opinion.followed();
        let values = sums.approval.chunks_exact(numbers(&APPROVAL));
        for ((n, leader), values) in leaders.zip(values) {
            let leader = leader.name_index(&model.frictions.approval, n);
            let row = row!(recorded.approval).code(n).code(leader);
            let _ = row.numbers(&scaled(values));
        }
        for ((cell, firm), values) in self
            .watched_firms()
            .zip(sums.firms.chunks_exact(numbers(&FIRMS)))
        {
            let row = row!(recorded.firms)
                .code(cell / sectors)
                .code(cell % sectors);
            let _ = row.count(firm as u32).numbers(&scaled(values));
        }
    }
}
