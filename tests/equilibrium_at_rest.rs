//! The frictionless simulation rests where the direct solver says.
//!
//! Two routes that share nothing but the calibrated base year: agents that
//! price, hire, order, ship and pay tick by tick, and a system of equations.
//! They agree within 1e-6 (the path stops when a year changes it by less than
//! 1e-9), for any number of firms and any tick.

use std::sync::Arc;

use bevy_app::App;
use bevy_ecs::prelude::*;
use tradewinds_engine::accounts::AuditOf;
use tradewinds_engine::firm::{Line, Rows};
use tradewinds_engine::labour::{LabourRationing, Wages};
use tradewinds_engine::model::Model;
use tradewinds_engine::pricing::{LogPrice, PricingSystems};
use tradewinds_engine::rest::{RestPoint, run_to_rest};
use tradewinds_engine::sourcing::{MarketPrices, SourcingSystems};
use tradewinds_engine::{Simulation, Tick, baseline, customs};
use tradewinds_equilibrium::{Economy, EconomyParts, Labour, Shock};
use tradewinds_kernel::clock::{Clock, TickLength};
use tradewinds_kernel::phase::Phase;
use tradewinds_runner::calibrate;
use tradewinds_tests::fixtures::closed::{Closed, close};
use tradewinds_tests::fixtures::{Numbers, models, real};
use tradewinds_units::Date;

const WEEK: TickLength = TickLength::PerYear(52);
const DAY: TickLength = TickLength::PerYear(364);
const TOLERANCE: f64 = 1e-6;

/// Largest difference between the two routes, with the field in which it occurs.
fn gap(economy: &Economy, shock: &Shock, firms: usize, tick: TickLength) -> (f64, String) {
    let mut simulation = models::simulate(models::frictionless(economy, shock, firms, tick));
    let rest = models::rest(&mut simulation);
    let worst = models::farthest(&rest, &models::equilibrium(economy, shock));
    (worst.error, format!("{}[{}]", worst.field, worst.index))
}

fn assert_at_rest(economy: &Economy, shock: &Shock, firms: usize, tick: TickLength) {
    let (error, field) = gap(economy, shock, firms, tick);
    assert!(error < TOLERANCE, "{field} is off by {error:e}");
}

/// A shock of every kind: duties, export taxes and trade costs.
fn shock(economy: &Economy, labour: Labour) -> Shock {
    let mut numbers = Numbers::new(77);
    let mut shock = models::added_duty(economy, 0, 0.25);
    let foreign = |flow: usize| {
        let (n, i) = (
            flow / (economy.economies * economy.sectors),
            flow / economy.sectors % economy.economies,
        );
        n != i
    };
    let mut draw = |low: f64, high: f64| -> Vec<f64> {
        (0..economy.flows())
            .map(|flow| {
                let value = numbers.between(low, high);
                if foreign(flow) { value } else { 0.0 }
            })
            .collect()
    };
    shock.export_tax = Some(draw(-0.03, 0.1));
    shock.cost_hat = Some(draw(-0.05, 0.1).iter().map(|cost| 1.0 + cost).collect());
    shock.labour = labour;
    shock
}

#[test]
fn one_or_seven_firms_per_cell_rest_at_the_equilibrium() {
    let economy = Closed::default().build();
    let shock = shock(&economy, Labour::Mobile);
    for firms in [1, 7] {
        assert_at_rest(&economy, &shock, firms, WEEK);
    }
}

#[test]
fn weekly_and_daily_ticks_rest_at_the_same_equilibrium() {
    let economy = Closed {
        economies: 2,
        sectors: 2,
        seed: 4,
        export_tax: 0.06,
        ..Closed::default()
    }
    .build();
    let shock = shock(&economy, Labour::Mobile);
    for tick in [WEEK, DAY] {
        assert_at_rest(&economy, &shock, 2, tick);
    }
}

#[test]
fn elasticities_below_and_above_one_rest_at_the_equilibrium() {
    for (seed, eta, rho) in [(11, 1.8, 1.4), (12, 0.4, 0.2), (13, 1.0, 1.0)] {
        let economy = Closed {
            seed,
            eta,
            rho,
            ..Closed::default()
        }
        .build();
        assert_at_rest(&economy, &shock(&economy, Labour::Mobile), 1, WEEK);
    }
}

#[test]
fn workers_who_stay_in_their_sector_earn_its_equilibrium_wage() {
    let economy = Closed {
        seed: 21,
        ..Closed::default()
    }
    .build();
    assert_at_rest(&economy, &shock(&economy, Labour::Fixed), 1, WEEK);
}

#[test]
fn competitive_firms_without_stores_rest_at_the_equilibrium() {
    let economy = Closed {
        seed: 22,
        markup: 0.0,
        is_retail: false,
        ..Closed::default()
    }
    .build();
    assert_at_rest(&economy, &shock(&economy, Labour::Mobile), 1, WEEK);
}

#[test]
fn unequal_firms_of_which_few_export_rest_at_the_equilibrium() {
    let economy = Closed {
        seed: 23,
        ..Closed::default()
    }
    .build();
    let shock = shock(&economy, Labour::Mobile);
    let mut model = models::frictionless(&economy, &shock, 9, WEEK);
    model.population = models::sticky(&economy, 9, 3).population;
    let mut simulation = models::simulate(model);
    let rest = models::rest(&mut simulation);
    let worst = models::farthest(&rest, &models::equilibrium(&economy, &shock));
    assert!(worst.error < TOLERANCE, "{worst:?}");
}

#[test]
fn a_world_with_holes_in_its_trade_rests_at_the_equilibrium() {
    let mut parts = Closed {
        seed: 24,
        ..Closed::default()
    }
    .parts();
    // Economy 1 makes nothing of sector 0; economy 2 imports no sector 1 from economy 0.
    stop_selling(&mut parts, |_, origin, sector| (origin, sector) == (1, 0));
    stop_selling(&mut parts, |buyer, origin, sector| {
        (buyer, origin, sector) == (2, 0, 1)
    });
    close(&mut parts, &mut Numbers::new(5), true);
    let economy = Economy::new(parts).expect("an economy with holes");
    assert_at_rest(&economy, &shock(&economy, Labour::Mobile), 2, WEEK);
}

fn stop_selling(parts: &mut EconomyParts, stops: impl Fn(usize, usize, usize) -> bool) {
    for n in 0..parts.economies {
        for s in 0..parts.sectors {
            let flows: Vec<usize> = (0..parts.economies).map(|i| parts.flow(n, i, s)).collect();
            for (i, flow) in flows.iter().enumerate() {
                if stops(n, i, s) {
                    parts.origin_share[*flow] = 0.0;
                }
            }
            let total: f64 = flows.iter().map(|flow| parts.origin_share[*flow]).sum();
            for flow in flows {
                parts.origin_share[flow] /= total;
            }
        }
    }
}

/// Materials of half to six tenths of cost and elasticities up to thirteen make
/// stocks, prices and wages feed back strongly; explicit ticks must bear it.
#[test]
fn strong_feedbacks_rest_at_the_equilibrium_too() {
    for (seed, economies, sectors, materials, scale) in [
        (3, 3, 1, 0.6, 1.33),
        (11, 5, 1, 0.42, 1.99),
        (14, 3, 1, 0.55, 2.5),
        (30, 3, 2, 0.4, 1.6),
        (36, 4, 3, 0.4, 1.9),
    ] {
        let mut parts = Closed {
            economies,
            sectors,
            seed,
            materials,
            rho: 0.1,
            is_retail: false,
            duty: 0.3,
            ..Closed::default()
        }
        .parts();
        for sigma in &mut parts.sigma {
            *sigma *= scale;
        }
        parts.eps.clone_from(&parts.sigma);
        let economy = Economy::new(parts).expect("an economy");
        let shock = models::added_duty(&economy, 0, 0.8);
        assert_at_rest(&economy, &shock, 1, WEEK);
    }
}

#[test]
fn the_frictionless_and_the_sticky_model_run_the_same_systems() {
    let economy = Closed::default().build();
    let frictionless = models::frictionless(&economy, &Shock::default(), 1, WEEK);
    let names = |model: Model| models::simulate(model).systems();
    let systems = names(frictionless);
    assert!(systems.len() > 30, "{}", systems.len());
    assert_eq!(systems, names(models::sticky(&economy, 3, 1)));
}

#[test]
fn duties_raised_and_lowered_again_leave_no_trace_at_rest() {
    let economy = Closed::default().build();
    let mut model = models::frictionless(&economy, &Shock::default(), 2, WEEK);
    let table = |duty: f64| models::rates(&economy, &models::added_duty(&economy, 0, duty));
    let law = vec![
        (models::START, table(0.4)),
        (Date::constant(2006, 1, 1), table(0.0)),
    ];
    model.law = Arc::new(customs::RateCalendar::new(law));
    let mut simulation = models::simulate(model);
    models::run(&mut simulation, 4 * 52);
    let raised = RestPoint::of(&mut simulation);
    models::run(&mut simulation, 46 * 52);
    let lowered = RestPoint::of(&mut simulation);
    let base = models::equilibrium(&economy, &Shock::default());
    assert!(models::farthest(&raised, &base).error > 0.01);
    let worst = models::farthest(&lowered, &base);
    assert!(worst.error < 1e-8, "{worst:?}");
}

#[test]
fn two_steps_of_a_duty_rest_where_one_step_does() {
    let economy = Closed::default().build();
    let shock = shock(&economy, Labour::Mobile);
    let mut model = models::frictionless(&economy, &shock, 2, WEEK);
    let halfway = models::rates(&economy, &models::added_duty(&economy, 0, 0.1));
    let law = vec![
        (models::START, halfway),
        (Date::constant(2004, 1, 1), models::rates(&economy, &shock)),
    ];
    model.law = Arc::new(customs::RateCalendar::new(law));
    let mut simulation = models::simulate(model);
    models::run(&mut simulation, 4 * 52);
    let rest = models::rest(&mut simulation);
    let worst = models::farthest(&rest, &models::equilibrium(&economy, &shock));
    assert!(worst.error < TOLERANCE, "{worst:?}");
}

/// The frictionless world of the repository with ten points on one importer's
/// goods.
fn real_case() -> (Economy, Shock) {
    let world = real::world();
    let economy = calibrate::economy(&world, &real::parameters()).expect("a calibrated world");
    let mut shock = models::added_duty(&economy, 0, 0.1);
    let services = world.services;
    for (flow, duty) in shock.import_duty.iter_mut().flatten().enumerate() {
        if flow % economy.sectors == services {
            *duty = economy.import_duty[flow];
        }
    }
    (economy, shock)
}

#[test]
fn the_real_world_rests_at_the_equilibrium_after_ten_points_of_one_importer() {
    let (economy, shock) = real_case();
    assert_at_rest(&economy, &shock, 1, WEEK);
}

// Mutations: one sign turned in one rule. Each must be noticed, or the tests
// above could not fail.

/// Whether a mutated case still passes: accounts close and the rest is the equilibrium.
fn survives(mutation: fn(&mut App)) -> bool {
    let economy = Closed {
        economies: 2,
        sectors: 2,
        seed: 31,
        ..Closed::default()
    }
    .build();
    let shock = shock(&economy, Labour::Mobile);
    let model = models::frictionless(&economy, &shock, 1, WEEK);
    let mut simulation = Simulation::new(model, (baseline, mutation)).expect("an ordered schedule");
    if run_to_rest(&mut simulation, 40, 1e-9).is_err() {
        return false;
    }
    let rest = RestPoint::of(&mut simulation);
    let worst = models::farthest(&rest, &models::equilibrium(&economy, &shock));
    worst.error < TOLERANCE
}

#[test]
fn the_case_of_the_mutations_passes_without_one() {
    assert!(survives(|_| {}));
}

#[test]
fn a_markup_taken_off_instead_of_put_on_is_noticed() {
    fn lower_prices(
        model: Res<Model>,
        rows: Res<Rows>,
        mut prices: Query<&mut LogPrice, With<Line>>,
    ) {
        let economy = &model.economy;
        let mut prices = prices.iter_mut();
        for market in 0..economy.markets() {
            let (n, s) = (market / economy.sectors, market % economy.sectors);
            for i in 0..economy.economies {
                let row = Rows::flow(economy, n, i, s);
                let lines = rows.lines[row + 1] - rows.lines[row];
                for mut price in prices.by_ref().take(lines) {
                    price.0 -= 2.0 * economy.markup[economy.flow(n, i, s)].ln();
                }
            }
        }
    }
    assert!(!survives(|app| {
        app.add_systems(Tick, lower_prices.in_set(Phase::Plan).after(PricingSystems));
    }));
}

#[test]
fn a_duty_taken_off_the_landed_price_is_noticed() {
    fn turn_duties(model: Res<Model>, mut rates: ResMut<customs::RatesInForce>) {
        let model = &*model;
        let turned: Vec<f64> = (rates.rates.collected.iter().zip(&model.economy.import_duty))
            .map(|(now, base)| ((1.0 - now) / (1.0 + base)).ln())
            .collect();
        rates.log_wedge = turned;
    }
    assert!(!survives(|app| {
        app.add_systems(
            Tick,
            turn_duties
                .in_set(Phase::EnactPolicy)
                .after(customs::CustomsSystems)
                .after(tradewinds_engine::quota::QuotaSystems),
        );
    }));
}

#[test]
fn buyers_who_prefer_dearer_origins_are_noticed() {
    fn turn_shares(model: Res<Model>, mut prices: ResMut<MarketPrices>) {
        let economy = &model.economy;
        for market in 0..economy.markets() {
            let (n, s) = (market / economy.sectors, market % economy.sectors);
            let flows: Vec<usize> = (0..economy.economies)
                .map(|i| economy.flow(n, i, s))
                .collect();
            let turned: Vec<f64> = (flows.iter())
                .map(|flow| economy.origin_share[*flow].powi(2) / prices.origin_share[*flow])
                .collect();
            let total: f64 = turned.iter().sum();
            for (flow, share) in flows.into_iter().zip(turned) {
                prices.origin_share[flow] = share / total;
            }
        }
    }
    assert!(!survives(|app| {
        app.add_systems(
            Tick,
            turn_shares
                .in_set(Phase::Trade)
                .after(SourcingSystems)
                .before(tradewinds_engine::importer::StoreSystems),
        );
    }));
}

#[test]
fn wages_that_fall_when_labour_is_short_are_noticed() {
    fn turn_wages(
        model: Res<Model>,
        clock: Res<Clock>,
        labour: Res<LabourRationing>,
        mut wages: ResMut<Wages>,
    ) {
        let economy = &model.economy;
        let step = model.frictions.wage_speed * clock.dt();
        for n in 0..economy.economies {
            let cells = economy.market(n, 0)..economy.market(n + 1, 0);
            let demand: f64 = labour.demand[cells.clone()].iter().sum();
            let at_rest: f64 = economy.wage_bill[cells.clone()].iter().sum();
            for cell in cells {
                wages.log_wage[cell] -= 2.0 * step * (demand / at_rest).ln();
            }
        }
    }
    // After the system that adjusts wages, before anyone uses them.
    assert!(!survives(|app| {
        let after = AuditOf(Phase::FormExpectations);
        app.add_systems(Tick, turn_wages.after(after).before(Phase::Plan));
    }));
}
