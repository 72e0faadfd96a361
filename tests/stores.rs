//! Store prices in whole economies: goods of a category priced alike or apart, and what
//! that makes of the parts of a price.

use std::sync::Arc;

use tradewinds_engine::Simulation;
use tradewinds_engine::customs::{RateCalendar, RatesInForce};
use tradewinds_engine::decompose::{PriceParts, Priced};
use tradewinds_engine::importer::StorePrices;
use tradewinds_engine::model::Model;
use tradewinds_engine::sourcing::MarketPrices;
use tradewinds_equilibrium::{Economy, Shock};
use tradewinds_kernel::clock::TickLength;
use tradewinds_tests::fixtures::closed::Closed;
use tradewinds_tests::fixtures::models;

const GOOD: usize = 0;

/// A duty of 25 points of economy 0 on all imports of one good, and a weight of category
/// pricing in that sector. Store prices are reset every tick.
fn world(weight: f64) -> Simulation {
    let economy = Closed::default().build();
    let mut model = models::frictionless(&economy, &Shock::default(), 2, TickLength::PerYear(52));
    model.frictions.category_pricing[GOOD] = weight;
    model.frictions.margin_squeeze = 0.3;
    model.frictions.dollar_margin = 0.5;
    let mut rates = models::rates(&economy, &Shock::default());
    for origin in 1..economy.economies {
        rates.collected[economy.flow(0, origin, GOOD)] += 0.25;
    }
    model.law = Arc::new(RateCalendar::constant(rates));
    models::simulate(model)
}

fn economy(simulation: &Simulation) -> Arc<Economy> {
    simulation.world().resource::<Model>().economy.clone()
}

/// Log prices of economy 0: domestic shelf, imported shelf, mean.
fn shelves(simulation: &Simulation) -> [f64; 3] {
    let stores = simulation.world().resource::<StorePrices>();
    let market = economy(simulation).market(0, GOOD);
    [&stores.log_domestic, &stores.log_import, &stores.log_price].map(|prices| prices[market])
}

fn parts(simulation: &Simulation) -> PriceParts {
    let world = simulation.world();
    let economy = economy(simulation);
    let priced = Priced {
        economy: &economy,
        rates: &world.resource::<RatesInForce>().rates,
        prices: world.resource::<MarketPrices>(),
        stores: world.resource::<StorePrices>(),
        log_rate: &vec![0.0; economy.economies],
    };
    PriceParts::of_imports(&priced, 0, GOOD)
}

#[test]
fn a_category_priced_alike_rises_together_and_one_priced_apart_does_not() {
    let (mut apart, mut alike) = (world(0.0), world(1.0));
    for _ in 0..26 {
        models::run(&mut apart, 1);
        models::run(&mut alike, 1);
        let [domestic, imported, _] = shelves(&alike);
        assert!((domestic - imported).abs() < 1e-12, "{domestic} {imported}");
        let [domestic, imported, _] = shelves(&apart);
        assert!(imported > domestic + 0.05, "{domestic} {imported}");
    }
    let (alike, apart) = (shelves(&alike), shelves(&apart));
    assert!(apart[0] < alike[0] && alike[1] < apart[1]);
    // What the category costs, and with it everything else, is the same.
    assert!((alike[2] - apart[2]).abs() < 1e-9, "{alike:?} {apart:?}");
}

#[test]
fn the_parts_of_a_price_add_up_and_the_margin_holds_what_the_category_moves() {
    let mut found = Vec::new();
    for weight in [0.0, 0.5, 1.0] {
        let mut simulation = world(weight);
        models::run(&mut simulation, 26);
        let parts = parts(&simulation);
        let imported = shelves(&simulation)[1];
        assert!((parts.store() - imported).abs() < 1e-14, "{weight}");
        found.push((parts, imported));
    }
    let (apart, price_apart) = found[0];
    for (parts, price) in &found[1..] {
        assert!((parts.landed() - apart.landed()).abs() < 1e-9);
        assert!((parts.distribution - apart.distribution).abs() < 1e-9);
        let moved = price - price_apart;
        assert!(moved < -0.01, "{moved}");
        assert!((parts.margin - apart.margin - moved).abs() < 1e-9);
    }
}
