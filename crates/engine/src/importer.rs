//! Importer-retailers: store prices from landed cost, distribution and margin.
//!
//! target = (landed price + units of distribution × price of services) × (1 + margin),
//!
//! for a domestic and an imported shelf. A squeeze lets stores absorb a share
//! chi of a rise in unit cost and win it back:
//! ln(1 + margin) = ln(1 + m0) − chi (ln cost − ln reference),
//! d ln reference / dt = recovery × (ln cost − ln reference).
//! A weight of the dollar margin keeps part of the margin constant in local money.
//! With category pricing a store moves the target of each shelf towards the mean of
//! both, weighted with the units it sells: prices of domestic and imported goods move
//! together, and what the category earns stays (washers and dryers after the duties on
//! washers: Flaaen, Hortaçsu and Tintelnot 2020).
//! Store prices are reset by exact clocks; buyers pay the mean over the tick of the
//! price before and after a reset. Importers serve firms and
//! governments at the cost of what they sell. They pay out what they earn; what
//! they put into stocks ([`crate::stocks`]) comes out of cash, which may turn
//! negative: credit of those who hold money.

use bevy_app::{App, Plugin};
use bevy_ecs::prelude::*;
use tradewinds_kernel::clock::{Clock, closing_share};
use tradewinds_kernel::draws::{Decision, Draws};
use tradewinds_kernel::maths::{exp, ln};
use tradewinds_kernel::phase::Phase;

use crate::Tick;
use crate::accounts::Cash;
use crate::columns::{OnlyTable, raw};
use crate::credit::InterestPaid;
use crate::currency::Currencies;
use crate::firm::Dividend;
use crate::household::Incomes;
use crate::model::Model;
use crate::pricing::ResetClock;
use crate::sourcing::{MarketPrices, SourcingSystems};
use crate::stocks::ImportStocks;

/// Threshold of the next reset of a store price.
pub const STORE_RESET: Decision = Decision::named("store price reset");

/// Shelves of an importer: domestic goods, then imports.
pub const SHELVES: usize = 2;

/// Marks the rows of importer-retailers, sorted by (economy, sector, rank).
#[derive(Component, Debug, Clone, Copy)]
pub struct Importer;

/// Share of the market that an importer serves.
#[derive(Component, Debug, Clone, Copy, PartialEq)]
pub struct MarketShare(pub f64);

/// Marks the rows of shelves: importer × 2 + (0 domestic, 1 imported).
#[derive(Component, Debug, Clone, Copy)]
pub struct Shelf;

/// Log of the store price, USD per unit that costs 1 USD landed in the base year.
#[derive(Component, Debug, Clone, Copy, PartialEq)]
pub struct LogStorePrice(pub f64);

/// Log of the unit cost to which stores have adjusted their margin.
#[derive(Component, Debug, Clone, Copy, PartialEq)]
pub struct LogReferenceCost(pub f64);

/// Store prices of every market.
#[derive(Resource, Debug, Clone, PartialEq)]
pub struct StorePrices {
    /// Price of a unit of the composite at each importer, USD.
    pub level: Vec<f64>,
    /// Mean price over the tick, by shelf, USD.
    shelf: Vec<f64>,
    /// Log of the mean price over importers relative to the base year, `[n][s]`.
    pub log_price: Vec<f64>,
    /// The same for the domestic shelf, `[n][s]`.
    pub log_domestic: Vec<f64>,
    /// The same for the imported shelf, `[n][s]`.
    pub log_import: Vec<f64>,
    /// Price of a unit in the base year, `[n][s]`, USD.
    pub base: Vec<f64>,
}

/// Sets store prices and pays the profits of importers.
pub struct ImporterPlugin;

/// Systems that set store prices.
#[derive(SystemSet, Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct StoreSystems;

impl Plugin for ImporterPlugin {
    fn build(&self, app: &mut App) {
        let model = app.world().resource::<Model>().clone();
        let draws = *app.world().resource::<Draws>();
        spawn_importers(&model, &draws, app.world_mut());
        app.add_systems(
            Tick,
            (
                (reset_store_prices, average_store_prices)
                    .chain()
                    .in_set(Phase::Trade)
                    .in_set(StoreSystems)
                    .after(SourcingSystems),
                pay_importer_profits
                    .in_set(Phase::Settle)
                    .after(crate::firm::pay_dividends)
                    .before(crate::household::IncomeSystems),
            ),
        );
    }
}

fn spawn_importers(model: &Model, draws: &Draws, world: &mut World) {
    let economy = &model.economy;
    let base: Vec<f64> = (0..economy.markets())
        .map(|market| {
            (1.0 + economy.distribution_units[market]) * (1.0 + economy.retail_markup[market])
        })
        .collect();
    let years = model.tick.years();
    let paid = closing_share(model.frictions.dividend_speed, years);
    let (mut importers, mut shelves, mut level) = (Vec::new(), Vec::new(), Vec::new());
    let profit = base_profit(model, &base);
    for market in 0..economy.markets() {
        for share in &model.population.importer_shares {
            let cash = share * profit[market] * years * (1.0 - paid) / paid;
            importers.push((
                Importer,
                MarketShare(*share),
                Cash(cash),
                Dividend(0.0),
                InterestPaid(0.0),
            ));
            level.push(base[market]);
            for _ in 0..SHELVES {
                let clock = ResetClock::started(draws, STORE_RESET, shelves.len() as u32);
                let cost = ln(1.0 + economy.distribution_units[market]);
                shelves.push((
                    Shelf,
                    LogStorePrice(ln(base[market])),
                    LogReferenceCost(cost),
                    clock,
                ));
            }
        }
    }
    world.spawn_batch(importers);
    world.spawn_batch(shelves);
    let zero = vec![0.0; economy.markets()];
    world.insert_resource(StorePrices {
        shelf: vec![0.0; SHELVES * level.len()],
        level,
        log_price: zero.clone(),
        log_domestic: zero.clone(),
        log_import: zero,
        base,
    });
}

/// Retail profit of each market in the base year, USD bn.
fn base_profit(model: &Model, base: &[f64]) -> Vec<f64> {
    let economy = &model.economy;
    let mut profit = vec![0.0; economy.markets()];
    for (user, spending) in economy.users.iter().zip(&economy.accounts().user_spending) {
        if !user.is_retail {
            continue;
        }
        for market in 0..economy.markets() {
            let spent = spending[market / economy.sectors] * user.budget_share[market];
            let cost = 1.0 + economy.distribution_units[market];
            profit[market] += spent / base[market] * (base[market] - cost);
        }
    }
    profit
}

fn reset_store_prices(
    model: Res<Model>,
    clock: Res<Clock>,
    draws: Res<Draws>,
    prices: Res<MarketPrices>,
    currencies: Res<Currencies>,
    mut stores: ResMut<StorePrices>,
    mut shelves: Query<(&mut LogStorePrice, &mut LogReferenceCost, &mut ResetClock), With<Shelf>>,
) {
    let economy = &model.economy;
    let frictions = &model.frictions;
    let won_back = clock.closing_share(frictions.margin_recovery);
    let per_market = model.population.importer_shares.len();
    let (mut price, mut reference, mut resets) = shelves.table_mut();
    let (price, reference, resets) = (raw(&mut price), raw(&mut reference), raw(&mut resets));
    for n in 0..economy.economies {
        let services = economy.services.map_or(0.0, |services| {
            exp(prices.log_composite[economy.market(n, services)])
        });
        let money = currencies.in_reference(n);
        for s in 0..economy.sectors {
            let market = economy.market(n, s);
            let hazard = frictions.store_reset[s] * clock.dt();
            let mut gaps = [0.0; SHELVES];
            let distribution = economy.distribution_units[market];
            let margin = economy.retail_markup[market];
            let goods = [
                exp(prices.log_domestic[market]),
                exp(prices.log_import[market]),
            ];
            let costs = goods.map(|goods| goods + distribution * services);
            let log_costs = costs.map(ln);
            let category = Category {
                weight: frictions.category_pricing[s],
                units: [prices.domestic_units[market], prices.import_units[market]],
            };
            // Log of the price that a shelf wants at its own cost.
            let own_target = |kind: usize, gap: f64| {
                let in_per_cent = costs[kind] * margin;
                let in_money = (1.0 + distribution) * margin * money;
                let kept = in_per_cent + frictions.dollar_margin * (in_money - in_per_cent);
                ln(costs[kind] + kept) - frictions.margin_squeeze * gap
            };
            for shelf in market * per_market * SHELVES..(market + 1) * per_market * SHELVES {
                let kind = shelf % SHELVES;
                let gap = log_costs[kind] - reference[shelf].0;
                if kind == 0 {
                    // The other shelf has not moved yet either.
                    gaps = [gap, log_costs[1] - reference[shelf + 1].0];
                }
                reference[shelf].0 += won_back * gap;
                let before = exp(price[shelf].0);
                stores.shelf[shelf] = before;
                let reset = resets[shelf].advance_to(hazard, &draws, STORE_RESET, shelf as u32);
                if let Some(after) = reset {
                    price[shelf].0 = match category.is_apart() {
                        true => own_target(kind, gap),
                        false => category.target(kind, [0, 1].map(|k| own_target(k, gaps[k]))),
                    };
                    stores.shelf[shelf] = (1.0 - after) * before + after * exp(price[shelf].0);
                }
            }
        }
    }
}

/// The goods of a sector in a store, by shelf.
#[derive(Debug, Clone, Copy)]
struct Category {
    /// Weight of the mean target of the category in that of a shelf.
    weight: f64,
    /// Units of each shelf that are bought with a unit of the composite.
    units: [f64; SHELVES],
}

impl Category {
    /// Whether each shelf has its own price.
    fn is_apart(self) -> bool {
        self.weight == 0.0 || self.units[0] + self.units[1] <= 0.0
    }

    /// Log target of a shelf from the log targets that the shelves have of their own.
    /// What a basket of the category costs does not depend on the weight.
    fn target(self, kind: usize, own: [f64; SHELVES]) -> f64 {
        let level = own.map(exp);
        let [domestic, imported] = self.units;
        let mean = (domestic * level[0] + imported * level[1]) / (domestic + imported);
        ln(level[kind] + self.weight * (mean - level[kind]))
    }
}

fn average_store_prices(
    model: Res<Model>,
    prices: Res<MarketPrices>,
    mut stores: ResMut<StorePrices>,
) {
    let shares = &model.population.importer_shares;
    for market in 0..model.economy.markets() {
        let mut units = [prices.domestic_units[market], prices.import_units[market]];
        if units[0] + units[1] <= 0.0 {
            // Nobody buys here; the price of the home shelf stands for the market.
            units = [1.0, 0.0];
        }
        let (mut mean, mut shelf_mean) = (0.0, [0.0; SHELVES]);
        for (rank, share) in shares.iter().enumerate() {
            let importer = market * shares.len() + rank;
            let shelf = [0, 1].map(|kind| stores.shelf[importer * SHELVES + kind]);
            let level = units[0] * shelf[0] + units[1] * shelf[1];
            stores.level[importer] = level;
            mean += share * level;
            for kind in 0..SHELVES {
                shelf_mean[kind] += share * shelf[kind];
            }
        }
        let base = stores.base[market];
        stores.log_price[market] = ln(mean / base);
        stores.log_domestic[market] = ln(shelf_mean[0] / base);
        stores.log_import[market] = ln(shelf_mean[1] / base);
    }
}

fn pay_importer_profits(
    model: Res<Model>,
    clock: Res<Clock>,
    stocks: Res<ImportStocks>,
    mut incomes: ResMut<Incomes>,
    mut importers: Query<(&mut Cash, &mut Dividend, &MarketShare), With<Importer>>,
) {
    let share = clock.closing_share(model.frictions.dividend_speed);
    let per_market = model.population.importer_shares.len();
    let per_economy = model.economy.sectors * per_market;
    let (mut cash, mut dividend, served) = importers.table_mut();
    let dividend = raw(&mut dividend);
    for (importer, cash) in raw(&mut cash).iter_mut().enumerate() {
        let market = importer / per_market;
        let invested = stocks.market_value[market] - stocks.opening_value[market];
        let payment = share * (cash.0 + served[importer].0 * invested);
        cash.0 -= payment;
        dividend[importer].0 = payment;
        incomes.profit[importer / per_economy] += payment;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWN: [f64; SHELVES] = [0.1, 0.5];

    fn targets(weight: f64) -> [f64; SHELVES] {
        let units = [0.7, 0.2];
        [0, 1].map(|kind| Category { weight, units }.target(kind, OWN))
    }

    #[test]
    fn a_category_with_one_price_has_the_mean_on_both_shelves() {
        let [domestic, imported] = targets(1.0);
        assert!((domestic - imported).abs() < 1e-15);
        assert!(OWN[0] < domestic && domestic < OWN[1]);
        let none = targets(0.0);
        assert!((none[0] - OWN[0]).abs() < 1e-15 && (none[1] - OWN[1]).abs() < 1e-15);
    }

    #[test]
    fn what_a_basket_of_the_category_costs_does_not_depend_on_the_weight() {
        let cost = |prices: [f64; SHELVES]| 0.7 * exp(prices[0]) + 0.2 * exp(prices[1]);
        for weight in [0.3, 0.8, 1.0] {
            assert!(
                (cost(targets(weight)) / cost(OWN) - 1.0).abs() < 1e-15,
                "{weight}"
            );
        }
    }

    #[test]
    fn shelves_without_sales_keep_their_own_price() {
        let empty = Category {
            weight: 1.0,
            units: [0.0; SHELVES],
        };
        assert!(empty.is_apart());
    }
}
