//! Limit cases: where the answer is known without any run.

use std::sync::Arc;

use bevy_app::App;
use bevy_ecs::component::Mutable;
use bevy_ecs::prelude::*;
use tradewinds_engine::Simulation;
use tradewinds_engine::accounts::{AccountsPlugin, Cash};
use tradewinds_engine::ahead::AheadPlugin;
use tradewinds_engine::beliefs::BeliefsPlugin;
use tradewinds_engine::capacity::CapacityPlugin;
use tradewinds_engine::credit::CreditPlugin;
use tradewinds_engine::currency::CurrencyPlugin;
use tradewinds_engine::customs::{CustomsPlugin, DutiesCharged, RateCalendar};
use tradewinds_engine::equity::EquityPlugin;
use tradewinds_engine::firm::{Dividend, FirmPlugin};
use tradewinds_engine::government::GovernmentPlugin;
use tradewinds_engine::household::{
    ExpectedIncome, HouseholdPlugin, Income, LogCostOfLiving, Spending,
};
use tradewinds_engine::importer::{ImporterPlugin, LogReferenceCost, LogStorePrice, StorePrices};
use tradewinds_engine::investment::InvestmentPlugin;
use tradewinds_engine::labour::{LabourPlugin, LabourRationing, Wages};
use tradewinds_engine::model::Model;
use tradewinds_engine::monetary::MonetaryPlugin;
use tradewinds_engine::pricing::{LogPrice, PricingPlugin};
use tradewinds_engine::production::ProductionPlugin;
use tradewinds_engine::quota::QuotaPlugin;
use tradewinds_engine::refund::RefundPlugin;
use tradewinds_engine::regimes::RegimesPlugin;
use tradewinds_engine::sourcing::{AdaptedPrices, MarketPrices, SourcingPlugin};
use tradewinds_engine::stocks::StocksPlugin;
use tradewinds_engine::stress::StressPlugin;
use tradewinds_engine::trade::{Shipments, TradePlugin};
use tradewinds_engine::valuation::ValuationPlugin;
use tradewinds_equilibrium::{Economy, Shock};
use tradewinds_kernel::clock::TickLength;
use tradewinds_tests::fixtures::closed::{Closed, close};
use tradewinds_tests::fixtures::relabelled::{equal_economies, permuted};
use tradewinds_tests::fixtures::{Numbers, models, real};

const WEEK: TickLength = TickLength::PerYear(52);

/// The sticky model without anything random that happens to single firms.
fn quiet(economy: &Economy) -> Model {
    let mut model = models::sticky(economy, 4, 6);
    model.frictions.productivity_noise = 0.0;
    model
}

fn with_law(mut model: Model, shock: &Shock) -> Model {
    model.law = Arc::new(RateCalendar::constant(models::rates(&model.economy, shock)));
    model
}

/// Prices, wages, employment and flows, relative to the base year or in base units.
fn aggregates(simulation: &mut Simulation) -> Vec<f64> {
    let world = simulation.world();
    let prices = world.resource::<MarketPrices>();
    let mut values = prices.log_composite.clone();
    values.extend(&prices.log_landed);
    values.extend(&world.resource::<StorePrices>().log_price);
    values.extend(&world.resource::<Wages>().log_wage);
    values.extend(&world.resource::<LabourRationing>().employed);
    values.extend(&world.resource::<Shipments>().value);
    values.extend(&world.resource::<Shipments>().handed_over);
    values
}

fn largest_difference(found: &[f64], expected: &[f64]) -> f64 {
    assert_eq!(found.len(), expected.len());
    let differences = found.iter().zip(expected).map(|(found, expected)| {
        let difference = (found - expected).abs() / expected.abs().max(1.0);
        if difference.is_nan() {
            f64::INFINITY
        } else {
            difference
        }
    });
    differences.fold(0.0, f64::max)
}

/// How far flows, prices and wages are from the base year.
fn drift(simulation: &mut Simulation) -> f64 {
    let economy = simulation.world().resource::<Model>().economy.clone();
    let mut expected = vec![0.0; economy.markets() + economy.flows() + 2 * economy.markets()];
    expected.extend(&economy.wage_bill);
    expected.extend(&economy.accounts().sales);
    expected.extend(&economy.spending);
    largest_difference(&aggregates(simulation), &expected)
}

#[test]
fn the_law_of_the_base_year_keeps_a_frictionless_world_in_it() {
    let economy = Closed::default().build();
    for firms in [1, 6] {
        let model = models::frictionless(&economy, &Shock::default(), firms, WEEK);
        let mut simulation = models::simulate(model);
        models::run(&mut simulation, 5 * 52);
        let drift = drift(&mut simulation);
        assert!(drift < 1e-12, "{firms} firms: {drift:e}");
    }
}

#[test]
fn the_law_of_the_base_year_keeps_a_sticky_world_in_it() {
    let mut simulation = models::simulate(quiet(&Closed::default().build()));
    models::run(&mut simulation, 5 * 52);
    let drift = drift(&mut simulation);
    assert!(drift < 1e-12, "{drift:e}");
}

#[test]
fn the_law_of_the_base_year_keeps_the_real_world_in_it() {
    let mut plan = real::plan(&real::no_new_measures(), 1, 104, 3);
    plan.draws[0]
        .set("productivity_noise", 0.0)
        .expect("a parameter");
    let model = real::model(&plan, 0);
    let model = with_law(model, &Shock::default());
    let mut simulation = models::simulate(model);
    models::run(&mut simulation, 104);
    let drift = drift(&mut simulation);
    assert!(drift < 1e-12, "{drift:e}");
}

#[test]
fn a_duty_moves_the_world_away_from_its_base_year() {
    let economy = Closed::default().build();
    let model = with_law(quiet(&economy), &models::added_duty(&economy, 0, 0.1));
    let mut simulation = models::simulate(model);
    models::run(&mut simulation, 52);
    assert!(drift(&mut simulation) > 1e-3);
}

#[test]
fn four_times_all_money_changes_nothing_real() {
    let economy = Closed::default().build();
    let mut model = with_law(quiet(&economy), &models::added_duty(&economy, 0, 0.3));
    // A margin fixed in money is the one rule that is not homogeneous.
    model.frictions.dollar_margin = 0.0;
    assert_homogeneous(model.clone());
    model.frictions.currency = models::floating(economy.economies);
    assert_homogeneous(model);
}

fn assert_homogeneous(model: Model) {
    let mut plain = models::simulate(model.clone());
    let mut inflated = Simulation::new(model, inflated_baseline).expect("an ordered schedule");
    for simulation in [&mut plain, &mut inflated] {
        models::run(simulation, 104);
    }
    let log = 4.0_f64.ln();
    let real_side = |simulation: &Simulation, by: f64| {
        let world = simulation.world();
        let mut values = world.resource::<LabourRationing>().employed.clone();
        let prices = world.resource::<MarketPrices>();
        values.extend(&prices.origin_share);
        values.extend(prices.log_composite.iter().map(|price| price - by));
        let stores = &world.resource::<StorePrices>().log_price;
        values.extend(stores.iter().map(|price| price - by));
        let wages = &world.resource::<Wages>().log_wage;
        values.extend(wages.iter().map(|wage| wage - by));
        let flows = &world.resource::<Shipments>().value;
        values.extend(flows.iter().map(|value| value * (-by).exp()));
        values
    };
    let difference = largest_difference(&real_side(&inflated, log), &real_side(&plain, 0.0));
    assert!(difference < 1e-12, "{difference:e}");
}

fn multiply_money(world: &mut World, factor: f64) {
    fn levels<C: Component<Mutability = Mutable>>(world: &mut World, change: impl Fn(&mut C)) {
        let mut components = world.query::<&mut C>();
        for mut component in components.iter_mut(world) {
            change(&mut component);
        }
    }
    let log = factor.ln();
    levels::<Cash>(world, |cash| cash.0 *= factor);
    levels::<Dividend>(world, |dividend| dividend.0 *= factor);
    levels::<ExpectedIncome>(world, |income| income.0 *= factor);
    levels::<Income>(world, |income| income.0 *= factor);
    levels::<Spending>(world, |spending| spending.0 *= factor);
    levels::<LogPrice>(world, |price| price.0 += log);
    levels::<LogStorePrice>(world, |price| price.0 += log);
    levels::<LogReferenceCost>(world, |cost| cost.0 += log);
    levels::<LogCostOfLiving>(world, |index| index.0 += log);
    for wage in &mut world.resource_mut::<Wages>().log_wage {
        *wage += log;
    }
    let mut prices = world.resource_mut::<MarketPrices>();
    for price in &mut prices.log_composite {
        *price += log;
    }
}

/// The baseline with four times the money before the books are opened.
fn inflated_baseline(app: &mut App) {
    app.add_plugins((
        CustomsPlugin,
        (BeliefsPlugin, RegimesPlugin),
        FirmPlugin,
        PricingPlugin,
        ProductionPlugin,
        CapacityPlugin,
        LabourPlugin,
        StocksPlugin,
        AheadPlugin,
        SourcingPlugin,
        ImporterPlugin,
        (GovernmentPlugin, HouseholdPlugin),
        (TradePlugin, QuotaPlugin, RefundPlugin),
        (ValuationPlugin, InvestmentPlugin, CreditPlugin),
        (
            (MonetaryPlugin, CurrencyPlugin),
            (EquityPlugin, StressPlugin),
        ),
    ));
    multiply_money(app.world_mut(), 4.0);
    app.add_plugins(AccountsPlugin);
}

#[test]
fn economies_that_start_equal_and_do_the_same_stay_equal() {
    let economy = equal_economies(3);
    let mut duty = economy.import_duty.clone();
    for (flow, duty) in duty.iter_mut().enumerate() {
        let foreign = flow / (3 * economy.sectors) != flow / economy.sectors % 3;
        *duty += if foreign { 0.2 } else { 0.0 };
    }
    let shock = Shock {
        import_duty: Some(duty),
        ..Shock::default()
    };
    let mut simulation = models::simulate(models::frictionless(&economy, &shock, 3, WEEK));
    models::run(&mut simulation, 150);
    let world = simulation.world();
    let prices = world.resource::<MarketPrices>();
    let flows = &world.resource::<Shipments>().value;
    assert!(prices.log_composite[0].abs() > 1e-3, "nothing happened");
    for s in 0..economy.sectors {
        for n in 1..3 {
            let (first, other) = (economy.market(0, s), economy.market(n, s));
            let gap = prices.log_composite[first] - prices.log_composite[other];
            assert!(gap.abs() < 1e-12, "{gap:e}");
            let (home, away) = (economy.flow(0, 0, s), economy.flow(n, n, s));
            assert!((flows[home] / flows[away] - 1.0).abs() < 1e-12);
        }
    }
}

#[test]
fn naming_the_economies_in_another_order_changes_nothing() {
    let case = Closed {
        seed: 51,
        export_tax: 0.05,
        ..Closed::default()
    };
    let economy = case.build();
    let order = [2, 0, 1];
    let renamed = Economy::new(permuted(&case.parts(), &order)).expect("a renamed economy");
    let shock = models::added_duty(&economy, 0, 0.3);
    let same_shock = models::added_duty(&renamed, 1, 0.3);
    let record = |economy: &Economy, shock: &Shock| {
        let mut simulation = models::simulate(models::frictionless(economy, shock, 2, WEEK));
        models::run(&mut simulation, 200);
        let world = simulation.world();
        (
            world.resource::<MarketPrices>().log_composite.clone(),
            world.resource::<Shipments>().value.clone(),
        )
    };
    let (prices, flows) = record(&economy, &shock);
    let (renamed_prices, renamed_flows) = record(&renamed, &same_shock);
    let of = |n: usize, s: usize| prices[economy.market(order[n], s)];
    for n in 0..3 {
        for s in 0..economy.sectors {
            let gap = renamed_prices[economy.market(n, s)] - of(n, s);
            assert!(gap.abs() < 1e-12, "{gap:e}");
            for i in 0..3 {
                let old = flows[economy.flow(order[n], order[i], s)];
                let new = renamed_flows[economy.flow(n, i, s)];
                assert!((new / old - 1.0).abs() < 1e-11, "{new} {old}");
            }
        }
    }
    assert!(
        prices.iter().any(|price| price.abs() > 1e-2),
        "nothing happened"
    );
}

#[test]
fn relative_spending_on_two_origins_follows_their_prices_alone() {
    let economy = Closed {
        economies: 4,
        ..Closed::default()
    }
    .build();
    let mut model = models::sticky(&economy, 5, 8);
    let mut duty = economy.import_duty.clone();
    for s in 0..economy.sectors {
        duty[economy.flow(0, 1, s)] += 0.5;
    }
    model.law = Arc::new(RateCalendar::constant(models::rates(
        &economy,
        &Shock {
            import_duty: Some(duty),
            ..Shock::default()
        },
    )));
    let mut simulation = models::simulate(model);
    models::run(&mut simulation, 39);
    let adapted = simulation.world().resource::<AdaptedPrices>().clone();
    models::run(&mut simulation, 1);
    let rule = models::sticky(&economy, 5, 8).frictions.sourcing;
    let prices = simulation.world().resource::<MarketPrices>();
    for s in 0..economy.sectors {
        let (a, b) = (economy.flow(0, 2, s), economy.flow(0, 3, s));
        let change = |flow: usize| (prices.origin_share[flow] / economy.origin_share[flow]).ln();
        let relative_price = prices.log_landed[a] - prices.log_landed[b];
        let short = rule.origin_short[s];
        let adapted = adapted.log_offered[a] - adapted.log_offered[b];
        let expected = (1.0 - short) * relative_price - (economy.sigma[s] - short) * adapted;
        assert!((change(a) - change(b) - expected).abs() < 1e-12);
        let targeted = change(economy.flow(0, 1, s));
        assert!(relative_price.abs() > 1e-6 && targeted < -0.2, "{targeted}");
    }
}

/// Import volume from the taxed origin, its competitors' share, and revenue, at
/// rest, as one duty rises.
fn at_duty(economy: &Economy, duty: f64) -> (f64, f64, f64) {
    let mut new = economy.import_duty.clone();
    let flow = economy.flow(0, 1, 0);
    new[flow] = duty;
    let shock = Shock {
        import_duty: Some(new),
        ..Shock::default()
    };
    let mut simulation = models::simulate(models::frictionless(economy, &shock, 1, WEEK));
    let rest = models::rest(&mut simulation);
    let prices = simulation.world().resource::<MarketPrices>();
    let volume = rest.sales[flow] * (-prices.log_gate[flow]).exp();
    let others =
        prices.origin_share[economy.flow(0, 2, 0)] + prices.origin_share[economy.flow(0, 0, 0)];
    (volume, others, duty * rest.sales[flow])
}

#[test]
fn a_higher_duty_buys_less_from_its_origin_and_more_from_others() {
    let economy = Closed::default().build();
    let duties = [0.0, 0.1, 0.3, 0.6, 1.0, 2.0, 5.0, 20.0];
    let found: Vec<(f64, f64, f64)> = duties.map(|duty| at_duty(&economy, duty)).to_vec();
    for pair in found.windows(2) {
        assert!(pair[1].0 < pair[0].0, "volume {} {}", pair[0].0, pair[1].0);
        assert!(pair[1].1 > pair[0].1, "others {} {}", pair[0].1, pair[1].1);
    }
    let revenue: Vec<f64> = found.iter().map(|found| found.2).collect();
    let peak = revenue.iter().copied().fold(0.0, f64::max);
    assert!(
        revenue[0] < peak && revenue[duties.len() - 1] < peak,
        "{revenue:?}"
    );
    let rising = revenue.iter().position(|value| *value == peak);
    let turns = revenue.windows(2).filter(|pair| pair[1] < pair[0]).count();
    assert_eq!(
        rising.map(|at| at + turns),
        Some(duties.len() - 1),
        "one peak: {revenue:?}"
    );
}

/// With flat supply and a small share in its market, revenue is proportional to
/// t (1 + t)^(-sigma), which peaks at t = 1 / (sigma - 1).
#[test]
fn revenue_from_a_small_origin_peaks_at_one_over_sigma_less_one() {
    let mut parts = Closed::default().parts();
    let (small, rest) = (parts.flow(0, 1, 0), parts.flow(0, 2, 0));
    parts.origin_share[rest] += parts.origin_share[small] * (1.0 - 1e-4);
    parts.origin_share[small] *= 1e-4;
    parts.import_duty[small] = 0.0;
    close(&mut parts, &mut Numbers::new(6), true);
    let economy = Economy::new(parts).expect("an economy");
    let revenue = |duty: f64| {
        let mut new = economy.import_duty.clone();
        new[small] = duty;
        let shock = Shock {
            import_duty: Some(new),
            ..Shock::default()
        };
        // Costs have not moved in the first tick.
        let mut simulation = models::simulate(models::frictionless(&economy, &shock, 1, WEEK));
        models::run(&mut simulation, 1);
        simulation.world().resource::<DutiesCharged>().import_duty[small]
    };
    let peak = 1.0 / (economy.sigma[0] - 1.0);
    let at_peak = revenue(peak);
    for factor in [0.5, 0.9, 0.97, 1.03, 1.1, 2.0] {
        assert!(revenue(factor * peak) < at_peak, "{factor}");
    }
    let expected = |duty: f64| duty * (-economy.sigma[0] * (1.0 + duty).ln()).exp();
    let ratio = revenue(2.0 * peak) / at_peak;
    assert!(
        (ratio / (expected(2.0 * peak) / expected(peak)) - 1.0).abs() < 1e-3,
        "{ratio}"
    );
}

#[test]
fn a_world_of_one_economy_lives_without_trade() {
    let economy = Closed {
        economies: 1,
        ..Closed::default()
    }
    .build();
    let mut model = models::sticky(&economy, 5, 3);
    model.population.exporter_share = vec![0.0; economy.sectors];
    let mut simulation = models::simulate(model);
    models::run(&mut simulation, 104);
    assert!(
        aggregates(&mut simulation)
            .iter()
            .all(|value| value.is_finite())
    );
    let mut simulation =
        models::simulate(models::frictionless(&economy, &Shock::default(), 3, WEEK));
    models::run(&mut simulation, 104);
    assert!(drift(&mut simulation) < 1e-12);
}

#[test]
fn extreme_rates_leave_everything_finite_and_the_accounts_closed() {
    let economy = Closed::default().build();
    for duty in [-0.5, 1e4, 1e6] {
        let shock = models::added_duty(&economy, 0, duty);
        let model = with_law(models::sticky(&economy, 4, 9), &shock);
        let mut simulation = models::simulate(model);
        models::run(&mut simulation, 104);
        assert!(
            aggregates(&mut simulation)
                .iter()
                .all(|value| value.is_finite()),
            "duty {duty}"
        );
        let flow = economy.flow(0, 1, 0);
        let bought = simulation.world().resource::<Shipments>().value[flow];
        let before = economy.accounts().sales[flow];
        assert!(
            if duty < 0.0 {
                bought > before
            } else {
                bought < 1e-3 * before
            },
            "{bought} {before}"
        );
    }
}

#[test]
fn results_are_continuous_where_an_elasticity_passes_one() {
    let path = |elasticity: f64| {
        let mut parts = Closed {
            eta: elasticity,
            rho: elasticity,
            ..Closed::default()
        }
        .parts();
        parts.sigma.fill(elasticity);
        parts.eps.fill(elasticity);
        let economy = Economy::new(parts).expect("an economy");
        let model = with_law(quiet(&economy), &models::added_duty(&economy, 0, 0.3));
        let mut simulation = models::simulate(model);
        models::run(&mut simulation, 80);
        aggregates(&mut simulation)
    };
    let at_one = path(1.0);
    for near in [1.0 - 1e-7, 1.0 + 1e-7, 1.0 + 1e-10] {
        let difference = largest_difference(&path(near), &at_one);
        assert!(difference < 1e-6, "{near}: {difference:e}");
    }
}
