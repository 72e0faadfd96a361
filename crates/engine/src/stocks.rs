//! Stocks of importers: what they hold, what it cost, what they order.
//!
//! A link is an origin in a market whose goods importers keep in stock. Buyers
//! are served from stock at its cost; importers order
//!
//! orders = expected sales + κ × ((cover + transit) × expected sales − stock − under way)
//!
//! never below zero; what was bought ahead of a change of duty ([`crate::ahead`])
//! is set apart. Goods under way count: without them a rise of sales rings for
//! years. Duty is owed when goods reach the border: half of what arrives in a tick
//! comes before its sales and half after, so that the mean cost of a stock moves as it
//! does when goods come and go at all times, up to the square of the tick. A cover of zero lets goods
//! pass straight through, as domestic goods and services do.

mod book;
mod transit;

use bevy_app::{App, Plugin};
use bevy_ecs::prelude::*;
use tradewinds_equilibrium::Economy;
use tradewinds_kernel::clock::Clock;
use tradewinds_kernel::maths::{exp_slice, ln_slice};
use tradewinds_kernel::phase::Phase;

pub use self::book::{Book, CostBasis};
pub use self::transit::{Cargo, Transit};
use crate::Tick;
use crate::customs::RatesInForce;
use crate::model::Model;
use crate::sourcing::{MarketPrices, Opening, SourcingSystems};
use crate::trade::Shipments;

/// How importers hold stocks.
#[derive(Debug, Clone, PartialEq)]
pub struct StockRule {
    /// Stock that importers hold, in years of expected sales, `[s]`; zero lets
    /// goods of the sector pass straight through.
    pub cover: Vec<f64>,
    /// What goods from stock cost their buyers.
    pub basis: CostBasis,
    /// Speed at which stocks are brought to their cover, per year.
    pub adjustment: f64,
    /// Speed at which expected sales follow sales, per year.
    pub expectation: f64,
    /// Years from the factory gate of `i` to the border of `n`, `[n][i]`.
    pub transit: Vec<f64>,
}

impl StockRule {
    /// No stocks: goods are sold in the tick in which they leave the factory.
    pub fn none(economies: usize, sectors: usize) -> Self {
        Self {
            cover: vec![0.0; sectors],
            basis: CostBasis::WeightedAverage,
            adjustment: 2.0,
            expectation: 13.0,
            transit: vec![0.0; economies * economies],
        }
    }

    /// Whether importers of `n` hold goods of origin `i` and sector `s`, of which they
    /// buy some.
    pub(crate) fn holds(&self, economy: &Economy, (n, i, s): (usize, usize, usize)) -> bool {
        n != i && self.cover[s] > 0.0 && economy.services != Some(s)
    }
}

/// Marks flows that are not held in stock in [`ImportStocks::link_of`].
const STRAIGHT_THROUGH: u32 = u32::MAX;

/// Stocks of the importers of every link; the importers of a market hold them
/// in proportion to their shares of it.
#[derive(Resource, Debug, Clone, Default, PartialEq)]
pub struct ImportStocks {
    link_of: Vec<u32>,
    /// First link of each market `[n][s]`, and the number of links.
    pub first: Vec<usize>,
    /// Flow of each link, `[n][i][s]`, in the order of (market, origin).
    pub flow: Vec<usize>,
    /// Landed value over value at the gate in the base year, by link.
    pub base_taxes: Vec<f64>,
    /// Stock that importers want, years of expected sales, by link.
    pub cover: Vec<f64>,
    /// Years under way, by link.
    pub transit_years: Vec<f64>,
    /// Units at hand and what they cost, by link.
    pub book: Book,
    /// Goods under way.
    pub transit: Transit,
    /// Units a year that importers expect to sell, by link.
    pub expected: Vec<f64>,
    /// Units a year that buyers want, by link.
    pub wanted: Vec<f64>,
    /// Units a year sold from stock, by link.
    pub sold: Vec<f64>,
    /// Units a year that importers order, by link.
    pub ordered: Vec<f64>,
    /// Units at hand and under way when orders were planned, by link.
    pub held: Vec<f64>,
    /// Share of the orders of the tick that leave in time for the earlier of the two
    /// ticks around the transit time, by link.
    pub timely: Vec<f64>,
    /// Units bought ahead of a change of duty; negative for orders held back, by link.
    pub ahead: Vec<f64>,
    /// What reached the border this tick, by link.
    pub arrived: Vec<Cargo>,
    /// The part of it that came before the sales of the tick.
    early: Vec<Cargo>,
    /// Duty on what reached the border, by link, USD bn.
    pub duty: Vec<f64>,
    /// What the goods sold from stock had cost, by link, USD bn.
    pub cost_of_sales: Vec<f64>,
    /// Cost of stocks and of goods under way at the start of the run, `[n][s]`, USD bn.
    pub opening_value: Vec<f64>,
    /// Value of the same now, `[n][s]`, USD bn.
    pub market_value: Vec<f64>,
}

impl ImportStocks {
    /// Link of a flow, if its goods are held in stock.
    #[inline]
    pub fn link_of(&self, flow: usize) -> Option<usize> {
        let link = self.link_of[flow];
        (link != STRAIGHT_THROUGH).then_some(link as usize)
    }

    /// Number of links.
    pub fn len(&self) -> usize {
        self.flow.len()
    }

    /// Exponentials of a log of flows, by link.
    pub(crate) fn exp_by_link(&self, log: impl Fn(usize) -> f64, into: &mut Vec<f64>) {
        into.clear();
        into.extend(self.flow.iter().map(|flow| log(*flow)));
        exp_slice(into);
    }

    /// Whether no goods are held in stock.
    pub fn is_empty(&self) -> bool {
        self.flow.is_empty()
    }

    fn at_rest(model: &Model) -> Self {
        let economy = &model.economy;
        let rule = &model.frictions.stocks;
        let dt = model.tick.years();
        let sales = Opening::of(model).sales;
        let mut stocks = Self {
            link_of: vec![STRAIGHT_THROUGH; economy.flows()],
            opening_value: vec![0.0; economy.markets()],
            ..Self::default()
        };
        let (mut yearly, mut units) = (Vec::new(), Vec::new());
        for n in 0..economy.economies {
            for s in 0..economy.sectors {
                stocks.first.push(stocks.flow.len());
                for i in 0..economy.economies {
                    let flow = economy.flow(n, i, s);
                    if !rule.holds(economy, (n, i, s)) || sales[flow] <= 0.0 {
                        continue;
                    }
                    stocks.link_of[flow] = stocks.flow.len() as u32;
                    stocks.flow.push(flow);
                    let gate = sales[flow];
                    let taxes = base_taxes(economy, flow);
                    stocks.base_taxes.push(taxes);
                    let cargo = Cargo {
                        units: gate * taxes,
                        gate,
                        export_tax: gate * economy.export_tax[flow],
                    };
                    // A stock of less than a tick could not serve the tick.
                    let cover = rule.cover[s].max(dt);
                    let years = rule.transit[n * economy.economies + i];
                    stocks.opening_value[economy.market(n, s)] +=
                        cover * cargo.units + years * cargo.border();
                    units.push(cover * cargo.units);
                    stocks.cover.push(cover);
                    stocks.transit_years.push(years);
                    yearly.push(cargo);
                }
            }
        }
        stocks.first.push(stocks.flow.len());
        stocks.book = Book::opened(rule.basis, &units);
        stocks.transit = Transit::steady(&yearly, &stocks.transit_years, dt);
        stocks.expected = yearly.iter().map(|cargo| cargo.units).collect();
        stocks.wanted.clone_from(&stocks.expected);
        stocks.sold.clone_from(&stocks.expected);
        stocks.ordered.clone_from(&stocks.expected);
        stocks.arrived = vec![Cargo::default(); stocks.len()];
        stocks.early.clone_from(&stocks.arrived);
        stocks.duty = vec![0.0; stocks.len()];
        stocks.cost_of_sales.clone_from(&stocks.duty);
        stocks.held = vec![0.0; stocks.len()];
        stocks.ahead = vec![0.0; stocks.len()];
        stocks.timely = vec![1.0; stocks.len()];
        stocks.market_value.clone_from(&stocks.opening_value);
        stocks
    }

    /// Counts what is under way and values it with what is at hand.
    fn value_markets(&mut self) {
        let under_way = self.transit.count();
        for (value, links) in self.market_value.iter_mut().zip(self.first.windows(2)) {
            *value = 0.0;
            for link in links[0]..links[1] {
                *value += self.book.value(link) + under_way[link].border();
            }
        }
    }
}

/// Market of a flow `[n][i][s]`.
pub fn market_of(economy: &Economy, flow: usize) -> usize {
    let n = flow / (economy.economies * economy.sectors);
    economy.market(n, flow % economy.sectors)
}

/// Landed value of a flow over its value at the gate in the base year.
pub fn base_taxes(economy: &Economy, flow: usize) -> f64 {
    (1.0 + economy.import_duty[flow]) * (1.0 + economy.export_tax[flow])
}

/// Holds, orders and receives imports. Add before sourcing.
pub struct StocksPlugin;

/// Systems that plan the orders of importers.
#[derive(SystemSet, Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ImportPlanSystems;

/// The system that takes in the first half of what arrives, at the rates in force.
#[derive(SystemSet, Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ArrivalSystems;

impl Plugin for StocksPlugin {
    fn build(&self, app: &mut App) {
        let stocks = ImportStocks::at_rest(app.world().resource::<Model>());
        app.insert_resource(stocks).add_systems(
            Tick,
            (
                expect_import_sales.in_set(Phase::FormExpectations),
                plan_imports.in_set(Phase::Plan).in_set(ImportPlanSystems),
                receive_first_half
                    .in_set(Phase::Trade)
                    .in_set(ArrivalSystems)
                    .before(SourcingSystems),
            ),
        );
    }
}

/// Expected sales follow what buyers wanted, served or not.
fn expect_import_sales(model: Res<Model>, clock: Res<Clock>, mut stocks: ResMut<ImportStocks>) {
    let closed = clock.closing_share(model.frictions.stocks.expectation);
    let ImportStocks {
        expected, wanted, ..
    } = &mut *stocks;
    for (expected, wanted) in expected.iter_mut().zip(wanted) {
        *expected += closed * (*wanted - *expected);
    }
}

/// Orders for a tick follow the sales expected in its middle.
fn plan_imports(
    model: Res<Model>,
    clock: Res<Clock>,
    mut scratch: Local<Vec<Cargo>>,
    mut stocks: ResMut<ImportStocks>,
) {
    let rule = &model.frictions.stocks;
    let (speed, closed) = (
        rule.adjustment,
        clock.closing_share_at_middle(rule.expectation),
    );
    let stocks = &mut *stocks;
    let under_way = stocks.transit.under_way(&mut scratch);
    for link in 0..stocks.flow.len() {
        let expected = stocks.expected[link];
        let expected = expected + closed * (stocks.wanted[link] - expected);
        let target = (stocks.cover[link] + stocks.transit_years[link]) * expected;
        let held = stocks.book.units[link] + under_way[link].units;
        let usual = held - stocks.ahead[link];
        stocks.held[link] = held;
        stocks.ordered[link] = (expected + speed * (target - usual)).max(0.0);
        stocks.timely[link] = stocks.transit.before_split(link);
    }
}

/// Takes in half of what has been under way and reaches the border now.
fn receive_first_half(rates: Res<RatesInForce>, mut stocks: ResMut<ImportStocks>) {
    let ImportStocks {
        flow,
        book,
        transit,
        early,
        ..
    } = &mut *stocks;
    for (link, arriving) in transit.arriving().iter().enumerate() {
        let half = arriving.times(0.5);
        let paid = half.border() * (1.0 + rates.rates.collected[flow[link]]);
        book.put(link, half.units, paid);
        early[link] = half;
    }
}

/// Prices at which stocks are offered; the landed price where nothing is held.
pub(crate) fn offer_stocks(stocks: &ImportStocks, prices: &mut MarketPrices) {
    if matches!(stocks.book.basis, CostBasis::Replacement) {
        return;
    }
    let mut basis: Vec<f64> = (0..stocks.len())
        .map(|link| stocks.book.unit_cost(link).unwrap_or(0.0))
        .collect();
    let held: Vec<bool> = basis.iter().map(|cost| *cost > 0.0).collect();
    for cost in basis.iter_mut().filter(|cost| **cost <= 0.0) {
        *cost = 1.0;
    }
    ln_slice(&mut basis);
    for ((link, flow), held) in stocks.flow.iter().enumerate().zip(held) {
        if held {
            prices.log_offered[*flow] = basis[link];
        }
    }
}

/// Serves buyers from stock.
pub(crate) fn sell_from_stocks(clock: Res<Clock>, mut stocks: ResMut<ImportStocks>) {
    let dt = clock.dt();
    let stocks = &mut *stocks;
    for link in 0..stocks.flow.len() {
        let sold = (stocks.wanted[link] * dt).min(stocks.book.units[link]);
        stocks.cost_of_sales[link] = stocks.book.take(link, sold);
        stocks.sold[link] = sold / dt;
    }
}

/// Loads what was shipped and takes in what reaches the border, duty paid.
pub(crate) fn receive_imports(
    clock: Res<Clock>,
    rates: Res<RatesInForce>,
    prices: Res<MarketPrices>,
    mut gate_price: Local<Vec<f64>>,
    mut shipments: ResMut<Shipments>,
    mut stocks: ResMut<ImportStocks>,
) {
    let rates = &rates.rates;
    let dt = clock.dt();
    let shipments = &mut *shipments;
    stocks.exp_by_link(|flow| prices.log_gate[flow], &mut gate_price);
    let ImportStocks {
        first,
        flow,
        base_taxes,
        book,
        transit,
        timely,
        arrived,
        early,
        duty,
        ..
    } = &mut *stocks;
    let links = flow.iter().zip(&*base_taxes).zip(&*gate_price);
    for (link, ((flow, taxes), price)) in links.enumerate() {
        let gate = shipments.value[*flow] * dt;
        let loaded = Cargo {
            units: gate * taxes / (price * rates.trade_cost[*flow]),
            gate,
            export_tax: rates.export_tax[*flow] * gate,
        };
        transit.load_uneven(link, loaded, timely[link]);
    }
    for (paid, links) in shipments.paid.iter_mut().zip(first.windows(2)) {
        for link in links[0]..links[1] {
            let flow = flow[link];
            let collected = rates.collected[flow];
            let cargo = transit.arriving()[link];
            let late = cargo.less(early[link]);
            book.put(link, late.units, late.border() * (1.0 + collected));
            duty[link] = collected * cargo.border();
            *paid += duty[link] / dt;
            shipments.entered[flow] = cargo.border() / dt;
            shipments.entered_volume[flow] = cargo.units / base_taxes[link] / dt;
            arrived[link] = cargo;
        }
    }
    transit.advance();
    stocks.value_markets();
}
