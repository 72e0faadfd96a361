//! A trade war of two equals: tariffs of the experiment `trade-war` against a search, a
//! closed form and the simulation.

use std::sync::OnceLock;

use tradewinds_engine::Simulation;
use tradewinds_equilibrium::{Economy, Equilibrium, Labour, Shock};
use tradewinds_policy::talks::dilemma::{Dilemma, PayoffMatrix};
use tradewinds_policy::talks::tariff_game::optimal_tariff_on_offer_curve;
use tradewinds_runner::experiment::Experiment;
use tradewinds_runner::library::Library;
use tradewinds_runner::plan::Plan;
use tradewinds_runner::rest_point::{RestPoint, rest_point};
use tradewinds_tests::fixtures::models;

/// Scenarios of the experiment, in the order of the file.
const FREE: usize = 0;
const ALONE: usize = 1;
const NASH: usize = 2;
const HIGH: usize = 3;
/// Half of the last digit of the rates in the files.
const DIGITS: f64 = 5e-5;

fn experiment() -> &'static Experiment {
    static ONE: OnceLock<Experiment> = OnceLock::new();
    ONE.get_or_init(|| Experiment::load(&Library::embedded(), "trade-war", &[]).unwrap())
}

/// The world at rest under the law of each scenario.
fn rests() -> &'static [RestPoint] {
    static ALL: OnceLock<Vec<RestPoint>> = OnceLock::new();
    ALL.get_or_init(|| {
        let one = experiment();
        let books = one.books().unwrap();
        let days = (one.base_law, one.end);
        let schedules = one.schedules().unwrap();
        let rests = schedules.iter().map(|schedule| {
            let laws = (&books, schedule);
            rest_point(&one.world, &one.parameters, laws, days, Labour::Mobile).unwrap()
        });
        rests.collect()
    })
}

/// Tariff that an economy charges in a scenario, share of customs value.
fn tariff(scenario: usize, importer: usize) -> f64 {
    let rest = &rests()[scenario];
    rest.duty[rest.economy.flow(importer, 1 - importer, 0)]
}

fn at(economy: &Economy, tariffs: [f64; 2]) -> Equilibrium {
    let mut duty = vec![0.0; economy.flows()];
    for (importer, tariff) in tariffs.into_iter().enumerate() {
        duty[economy.flow(importer, 1 - importer, 0)] = tariff;
    }
    let shock = Shock {
        import_duty: Some(duty),
        ..Shock::default()
    };
    models::equilibrium(economy, &shock)
}

/// The tariff of the first that is best for it against that of the second: golden section.
fn best_against(economy: &Economy, other: f64) -> f64 {
    let welfare = |own: f64| at(economy, [own, other]).welfare_hat[0];
    let golden = 0.5 * (5.0_f64.sqrt() - 1.0);
    let (mut low, mut high) = (0.0, 2.0);
    while high - low > 1e-6 {
        let step = golden * (high - low);
        match welfare(high - step) < welfare(low + step) {
            true => low = high - step,
            false => high = low + step,
        }
    }
    0.5 * (low + high)
}

/// Best tariff on the offer curve of the other side: with goods an unchanged share a of
/// spending, ε between those of both sides, m the other side's share of imports in its
/// spending on goods and t its own tariff,
/// e = 1 + (ε − 1)(1 − m) / (1 − a m t / (1 + t)).
fn closed_form(economy: &Economy, tariffs: [f64; 2]) -> f64 {
    let found = at(economy, tariffs);
    let factor = 1.0 + tariffs[1];
    let imported = factor * found.sales[economy.flow(1, 0, 0)];
    let share = imported / (imported + found.sales[economy.flow(1, 1, 0)]);
    let goods = economy.spending[economy.market(1, 0)];
    let all: f64 = (0..economy.sectors)
        .map(|sector| economy.spending[economy.market(1, sector)])
        .sum();
    let spent = 1.0 - goods / all * share * tariffs[1] / factor;
    let elasticity = 1.0 + (economy.eps[0] - 1.0) * (1.0 - share) / spent;
    optimal_tariff_on_offer_curve(elasticity).unwrap()
}

#[test]
fn the_tariffs_of_the_files_are_those_of_a_search_and_of_the_closed_form() {
    let economy = &rests()[FREE].economy;
    let alone = best_against(economy, 0.0);
    assert!((tariff(ALONE, 0) - alone).abs() < DIGITS + 2e-5, "{alone}");
    assert!(tariff(ALONE, 1).abs() < 1e-15 && tariff(FREE, 0).abs() < 1e-15);
    let formula = closed_form(economy, [alone, 0.0]);
    assert!((alone - formula).abs() < 1e-4, "{alone} {formula}");
    let mut nash = 0.0;
    for _ in 0..6 {
        nash = best_against(economy, nash);
    }
    for importer in 0..2 {
        assert!(
            (tariff(NASH, importer) - nash).abs() < DIGITS + 2e-5,
            "{nash}"
        );
    }
    let formula = closed_form(economy, [nash, nash]);
    assert!((nash - formula).abs() < 1e-4, "{nash} {formula}");
    assert!(nash < alone, "the other's tariff leaves less to take");
}

#[test]
fn alone_one_gains_and_together_both_lose() {
    let welfare = |scenario: usize| &rests()[scenario].equilibrium.welfare_hat;
    let (free, alone, nash, high) = (welfare(FREE), welfare(ALONE), welfare(NASH), welfare(HIGH));
    assert!(free.iter().all(|hat| (hat - 1.0).abs() < 1e-10));
    assert!(alone[0] > 1.005 && alone[1] < 0.985, "{alone:?}");
    assert!(
        (alone[0] - 1.0) + (alone[1] - 1.0) < 0.0,
        "the two together lose"
    );
    for side in 0..2 {
        assert!(nash[side] < 0.99 && high[side] < nash[side]);
    }
    assert!((nash[0] - nash[1]).abs() < 1e-10 && (high[0] - high[1]).abs() < 1e-10);
}

#[test]
fn free_trade_or_the_tariff_of_equilibrium_is_a_prisoners_dilemma_of_both() {
    let economy = &rests()[FREE].economy;
    let war = tariff(NASH, 0);
    for side in 0..2 {
        let gain = |own: f64, other: f64| {
            let tariffs = if side == 0 {
                [own, other]
            } else {
                [other, own]
            };
            at(economy, tariffs).welfare_hat[side]
        };
        let payoffs = PayoffMatrix {
            reward: gain(0.0, 0.0),
            sucker: gain(0.0, war),
            temptation: gain(war, 0.0),
            punishment: gain(war, war),
        };
        assert_eq!(payoffs.dilemma(), Dilemma::PrisonersDilemma, "{payoffs:?}");
    }
}

#[test]
fn the_simulation_rests_where_the_search_looked() {
    let plan = Plan::of(experiment()).unwrap();
    for (scenario, expected) in rests().iter().enumerate() {
        let model = plan.model(0, scenario).unwrap();
        let mut simulation: Simulation = models::simulate(model);
        let rest = models::rest(&mut simulation);
        let expected = &expected.equilibrium.welfare_hat;
        for (found, expected) in rest.welfare_hat.iter().zip(expected) {
            assert!(
                (found - expected).abs() < 1e-5,
                "{scenario}: {found} {expected}"
            );
        }
    }
}
