//! Trade: orders, pro-rata filling, shipments, and the payments for them.
//!
//! Every buyer of a market buys the same composite, imports from the stocks of
//! importers where they hold any ([`crate::stocks`]). Orders are split over
//! origins and lines by the shares of [`crate::sourcing`]; a firm whose stock
//! does not cover its orders fills the same share of each, so no order of
//! agents matters. A buyer receives and pays for the delivered share.

use bevy_app::{App, Plugin};
use bevy_ecs::prelude::*;
use tradewinds_kernel::clock::Clock;
use tradewinds_kernel::maths::exp;
use tradewinds_kernel::phase::Phase;

use crate::Tick;
use crate::accounts::Cash;
use crate::columns::{OnlyTable, raw};
use crate::customs::{DutiesCharged, RatesInForce};
use crate::firm::{Firm, Line, Owner, Rows};
use crate::household::{Budgets, Incomes};
use crate::importer::{Importer, MarketShare, StorePrices, StoreSystems};
use crate::model::Model;
use crate::production::{FinishedStock, Materials};
use crate::sourcing::{LineWeights, MarketPrices, Opening, SourcingSystems};
use crate::stocks::{ImportStocks, receive_imports, sell_from_stocks};

/// Units a year that buyers want from a firm.
#[derive(Component, Debug, Clone, Copy, PartialEq)]
pub struct Demand(pub f64);

/// Sales of a line: what was delivered, a year.
#[derive(Component, Debug, Clone, Copy, PartialEq)]
pub struct Sales {
    /// At the price of the factory gate, USD bn.
    pub value: f64,
    /// In units of the firm.
    pub quantity: f64,
}

/// Units of the composite ordered in each market, a year (1 unit is USD 1 bn at
/// base prices), by kind of buyer, `[n][s]`.
#[derive(Resource, Debug, Clone, Default, PartialEq)]
pub struct Orders {
    /// Materials of firms.
    pub materials: Vec<f64>,
    /// Goods for the stores.
    pub stores: Vec<f64>,
    /// Distribution services bought by the stores.
    pub distribution: Vec<f64>,
    /// Final users that buy at landed prices (government, investment).
    pub direct: Vec<f64>,
}

/// What was delivered, a year.
#[derive(Resource, Debug, Clone, Default, PartialEq)]
pub struct Shipments {
    /// Value at the factory gate, `[n][i][s]`, USD bn.
    pub value: Vec<f64>,
    /// Value handed to buyers at the prices at which goods are offered, `[n][s]`, USD bn.
    pub handed_over: Vec<f64>,
    /// What importers paid for goods, duties and taxes, `[n][s]`, USD bn.
    pub paid: Vec<f64>,
    /// Value cleared by customs, export tax included, `[n][i][s]`, USD bn.
    pub entered: Vec<f64>,
    /// The same at the prices of the base year, before export tax, `[n][i][s]`, USD bn.
    pub entered_volume: Vec<f64>,
    /// Delivered share of orders, `[n][s]`.
    pub delivered: Vec<f64>,
}

/// Sales of each firm in the tick, by row, USD bn a year.
#[derive(Resource, Debug, Clone, Default, PartialEq)]
pub struct Revenue(pub Vec<f64>);

impl Orders {
    /// All units ordered in a market.
    pub fn total(&self, market: usize) -> f64 {
        self.materials[market]
            + self.stores[market]
            + self.distribution[market]
            + self.direct[market]
    }

    /// Units ordered in a market by buyers that pay landed prices.
    pub fn wholesale(&self, market: usize) -> f64 {
        self.materials[market] + self.distribution[market] + self.direct[market]
    }
}

/// Orders, ships and settles. Add after sourcing, importers and households.
pub struct TradePlugin;

/// Systems that pay for goods, duties and services.
#[derive(SystemSet, Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PaymentSystems;

impl Plugin for TradePlugin {
    fn build(&self, app: &mut App) {
        let model = app.world().resource::<Model>();
        let (economy, opening) = (model.economy.clone(), Opening::of(model));
        let zero = vec![0.0; economy.markets()];
        let orders = Orders {
            materials: zero.clone(),
            stores: zero.clone(),
            distribution: zero.clone(),
            direct: zero.clone(),
        };
        let shipments = Shipments {
            value: opening.sales.clone(),
            handed_over: economy.spending.clone(),
            paid: economy.spending.clone(),
            entered: opening.sales.clone(),
            entered_volume: opening.sales,
            delivered: vec![1.0; economy.markets()],
        };
        app.insert_resource(orders)
            .insert_resource(shipments)
            .insert_resource(FilledShare::default())
            .insert_resource(Revenue::default())
            .add_systems(
                Tick,
                (
                    (
                        place_orders,
                        split_orders,
                        sell_from_stocks,
                        ship,
                        receive_imports,
                        receive_materials,
                    )
                        .chain()
                        .in_set(Phase::Trade)
                        .after(SourcingSystems)
                        .after(StoreSystems)
                        .after(crate::household::BudgetSystems),
                    (pay_for_goods, pay_for_materials, settle_importers)
                        .chain()
                        .in_set(Phase::Settle)
                        .in_set(PaymentSystems)
                        .after(crate::labour::pay_wages),
                ),
            );
    }
}

/// Share of its orders that each firm fills this tick.
#[derive(Resource, Debug, Clone, Default, PartialEq)]
pub struct FilledShare(pub Vec<f64>);

/// Adds up what buyers want in each market.
fn place_orders(
    model: Res<Model>,
    rows: Res<Rows>,
    materials: Res<Materials>,
    prices: Res<MarketPrices>,
    budgets: Res<Budgets>,
    mut orders: ResMut<Orders>,
) {
    let economy = &model.economy;
    let firms = rows.firm_count();
    for n in 0..economy.economies {
        let span = rows.firms[economy.market(n, 0)]..rows.firms[economy.market(n + 1, 0)];
        for k in 0..economy.sectors {
            let ordered = &materials.ordered[k * firms + span.start..k * firms + span.end];
            orders.materials[economy.market(n, k)] = ordered.iter().sum();
        }
    }
    orders.stores.copy_from_slice(&budgets.store_units);
    orders.direct.copy_from_slice(&budgets.direct_units);
    if let Some(services) = economy.services {
        for n in 0..economy.economies {
            orders.distribution[economy.market(n, services)] = (0..economy.sectors)
                .map(|s| distribution_units(&model, &prices, &orders.stores, economy.market(n, s)))
                .sum();
        }
    }
}

/// Units of distribution services that the stores of a market need, a year.
pub(crate) fn distribution_units(
    model: &Model,
    prices: &MarketPrices,
    store_units: &[f64],
    market: usize,
) -> f64 {
    let units = prices.domestic_units[market] + prices.import_units[market];
    model.economy.distribution_units[market] * store_units[market] * units
}

/// Splits orders over origins and lines, and adds up demand by firm; goods held
/// in stock are asked of importers, who order for their stocks.
fn split_orders(
    model: Res<Model>,
    rows: Res<Rows>,
    rates: Res<RatesInForce>,
    prices: Res<MarketPrices>,
    weights: Res<LineWeights>,
    orders: Res<Orders>,
    (mut per_unit, mut landed_price): (Local<Vec<f64>>, Local<Vec<f64>>),
    mut stocks: ResMut<ImportStocks>,
    mut lines: Query<(&mut Sales, &Owner), With<Line>>,
    mut firms: Query<&mut Demand, With<Firm>>,
) {
    let economy = &model.economy;
    let (mut sales, owner) = lines.table_mut();
    let sales = raw(&mut sales);
    let mut demand = firms.table_mut();
    let demand = raw(&mut demand);
    for firm in demand.iter_mut() {
        firm.0 = 0.0;
    }
    stocks.exp_by_link(|flow| -prices.log_offered[flow], &mut per_unit);
    stocks.exp_by_link(|flow| prices.log_landed[flow], &mut landed_price);
    for n in 0..economy.economies {
        for s in 0..economy.sectors {
            let market = economy.market(n, s);
            let spending = orders.total(market) * exp(prices.log_composite[market]);
            for i in 0..economy.economies {
                let row = Rows::flow(economy, n, i, s);
                let span = rows.lines[row]..rows.lines[row + 1];
                if span.is_empty() {
                    continue;
                }
                let flow = economy.flow(n, i, s);
                let taxes =
                    (1.0 + rates.rates.collected[flow]) * (1.0 + rates.rates.export_tax[flow]);
                let mut landed = prices.origin_share[flow] * spending;
                if let Some(link) = stocks.link_of(flow) {
                    stocks.wanted[link] = landed * per_unit[link];
                    landed = stocks.ordered[link] * landed_price[link];
                }
                let value = landed / taxes;
                let per_weight = value / weights.total[row];
                for (sales, weight) in sales[span.clone()].iter_mut().zip(&weights.weight[span]) {
                    sales.value = per_weight * weight;
                }
            }
        }
    }
    for (sales, price) in sales.iter_mut().zip(&weights.price) {
        sales.quantity = sales.value / price;
    }
    for (sales, owner) in sales.iter().zip(owner) {
        demand[owner.0 as usize].0 += sales.quantity;
    }
}

/// Fills orders pro rata from stock and ships.
fn ship(
    model: Res<Model>,
    clock: Res<Clock>,
    rows: Res<Rows>,
    rates: Res<RatesInForce>,
    prices: Res<MarketPrices>,
    orders: Res<Orders>,
    stocks: Res<ImportStocks>,
    mut offered_price: Local<Vec<f64>>,
    mut filled: ResMut<FilledShare>,
    mut shipments: ResMut<Shipments>,
    mut lines: Query<(&mut Sales, &Owner), With<Line>>,
    mut firms: Query<(&mut FinishedStock, &Demand), With<Firm>>,
) {
    let dt = clock.dt();
    let (mut stock, demand) = firms.table_mut();
    let stock = raw(&mut stock);
    filled.0.clear();
    filled
        .0
        .extend(stock.iter_mut().zip(demand).map(|(stock, demand)| {
            let wanted = demand.0 * dt;
            let share = if wanted > stock.0 {
                stock.0 / wanted
            } else {
                1.0
            };
            stock.0 = (stock.0 - share * wanted).max(0.0);
            share
        }));
    let (mut sales, owner) = lines.table_mut();
    let sales = raw(&mut sales);
    let economy = &model.economy;
    stocks.exp_by_link(|flow| prices.log_offered[flow], &mut offered_price);
    for n in 0..economy.economies {
        for s in 0..economy.sectors {
            let market = economy.market(n, s);
            let (mut handed_over, mut paid) = (0.0, 0.0);
            for i in 0..economy.economies {
                let row = Rows::flow(economy, n, i, s);
                let mut value = 0.0;
                let span = rows.lines[row]..rows.lines[row + 1];
                for (sales, owner) in sales[span.clone()].iter_mut().zip(&owner[span]) {
                    let share = filled.0[owner.0 as usize];
                    sales.value *= share;
                    sales.quantity *= share;
                    value += sales.value;
                }
                let flow = economy.flow(n, i, s);
                shipments.value[flow] = value;
                let border = value * (1.0 + rates.rates.export_tax[flow]);
                if let Some(link) = stocks.link_of(flow) {
                    handed_over += stocks.sold[link] * offered_price[link];
                    paid += border;
                } else {
                    let landed = border * (1.0 + rates.rates.collected[flow]);
                    handed_over += landed;
                    paid += landed;
                    shipments.entered[flow] = border;
                    shipments.entered_volume[flow] = value * exp(-prices.log_gate[flow]);
                }
            }
            let ordered = orders.total(market) * exp(prices.log_composite[market]);
            shipments.handed_over[market] = handed_over;
            shipments.paid[market] = paid;
            shipments.delivered[market] = if ordered > 0.0 {
                handed_over / ordered
            } else {
                1.0
            };
        }
    }
}

fn receive_materials(
    model: Res<Model>,
    clock: Res<Clock>,
    rows: Res<Rows>,
    shipments: Res<Shipments>,
    mut materials: ResMut<Materials>,
) {
    let economy = &model.economy;
    let firms = rows.firm_count();
    let Materials { stock, ordered, .. } = &mut *materials;
    for n in 0..economy.economies {
        let span = rows.firms[economy.market(n, 0)]..rows.firms[economy.market(n + 1, 0)];
        for k in 0..economy.sectors {
            let arrived = shipments.delivered[economy.market(n, k)] * clock.dt();
            let at = k * firms + span.start..k * firms + span.end;
            for (stock, ordered) in stock[at.clone()].iter_mut().zip(&ordered[at]) {
                *stock += ordered * arrived;
            }
        }
    }
}

/// Buyers pay sellers; customs takes duties, the origin its export tax.
fn pay_for_goods(
    model: Res<Model>,
    clock: Res<Clock>,
    rates: Res<RatesInForce>,
    shipments: Res<Shipments>,
    mut duties: ResMut<DutiesCharged>,
    mut incomes: ResMut<Incomes>,
    mut revenue: ResMut<Revenue>,
    lines: Query<(&Sales, &Owner), With<Line>>,
    mut firms: Query<&mut Cash, With<Firm>>,
) {
    let dt = clock.dt();
    let (sales, owner) = lines.table();
    let mut cash = firms.table_mut();
    let cash = raw(&mut cash);
    revenue.0.clear();
    revenue.0.resize(cash.len(), 0.0);
    for (sales, owner) in sales.iter().zip(owner) {
        let firm = owner.0 as usize;
        cash[firm].0 += sales.value * dt;
        revenue.0[firm] += sales.value;
    }
    let economy = &model.economy;
    for n in 0..economy.economies {
        for i in 0..economy.economies {
            for s in 0..economy.sectors {
                let flow = economy.flow(n, i, s);
                let paid = shipments.value[flow] * dt;
                let export_tax = rates.rates.export_tax[flow] * paid;
                let import_duty = rates.rates.collected[flow] * shipments.entered[flow] * dt;
                duties.export_tax[flow] = export_tax;
                duties.import_duty[flow] = import_duty;
                incomes.revenue[n] += import_duty;
                incomes.revenue[i] += export_tax;
            }
        }
    }
}

fn pay_for_materials(
    model: Res<Model>,
    clock: Res<Clock>,
    rows: Res<Rows>,
    prices: Res<MarketPrices>,
    shipments: Res<Shipments>,
    materials: Res<Materials>,
    mut firms: Query<&mut Cash, With<Firm>>,
) {
    let economy = &model.economy;
    let count = rows.firm_count();
    let mut cash = firms.table_mut();
    let cash = raw(&mut cash);
    for n in 0..economy.economies {
        let span = rows.firms[economy.market(n, 0)]..rows.firms[economy.market(n + 1, 0)];
        for k in 0..economy.sectors {
            let market = economy.market(n, k);
            let price =
                exp(prices.log_composite[market]) * shipments.delivered[market] * clock.dt();
            let ordered = &materials.ordered[k * count + span.start..k * count + span.end];
            for (cash, ordered) in cash[span.clone()].iter_mut().zip(ordered) {
                cash.0 -= price * ordered;
            }
        }
    }
}

/// Importers pay for what was shipped and for duties, sell to firms and final
/// users at the price offered and to households through their stores, and pay
/// for distribution.
pub(crate) fn settle_importers(
    model: Res<Model>,
    clock: Res<Clock>,
    prices: Res<MarketPrices>,
    stores: Res<StorePrices>,
    orders: Res<Orders>,
    shipments: Res<Shipments>,
    mut importers: Query<(&mut Cash, &MarketShare), With<Importer>>,
) {
    let economy = &model.economy;
    let (mut cash, share) = importers.table_mut();
    let cash = raw(&mut cash);
    let per_market = model.population.importer_shares.len();
    for n in 0..economy.economies {
        for s in 0..economy.sectors {
            let market = economy.market(n, s);
            let delivered = shipments.delivered[market];
            let wholesale =
                orders.wholesale(market) * exp(prices.log_composite[market]) * delivered;
            let services = economy.services.map_or(0.0, |services| {
                let seller = economy.market(n, services);
                distribution_units(&model, &prices, &orders.stores, market)
                    * exp(prices.log_composite[seller])
                    * shipments.delivered[seller]
            });
            let costs = shipments.paid[market] + services;
            for importer in market * per_market..(market + 1) * per_market {
                let retail = stores.level[importer] * orders.stores[market] * delivered;
                let earned = share[importer].0 * (wholesale + retail - costs);
                cash[importer].0 += earned * clock.dt();
            }
        }
    }
}
