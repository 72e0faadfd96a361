//! Governments: what becomes of duties, and what it does to the accounts.

use tradewinds_engine::Simulation;
use tradewinds_engine::accounts::Audit;
use tradewinds_engine::government::{GovernmentRule, RevenueUse, Treasuries};
use tradewinds_engine::household::Incomes;
use tradewinds_engine::model::{Frictions, Model};
use tradewinds_kernel::clock::Clock;
use tradewinds_tests::fixtures::closed::Closed;
use tradewinds_tests::fixtures::models;
use tradewinds_units::Date;

/// Day inside a tick on which duties rise.
const RISE: Date = Date::constant(2001, 1, 18);
/// The final user of the small world that is the government.
const GOVERNMENT: usize = 2;

fn rule(revenue: RevenueUse, returned: f64) -> GovernmentRule {
    GovernmentRule {
        user: Some(GOVERNMENT),
        revenue,
        returned,
        ..GovernmentRule::by_claims()
    }
}

/// A sticky, noisy small world whose first economy changes its duties by `rise`.
fn small_model(government: GovernmentRule, rise: f64) -> Model {
    let economy = Closed::default().build();
    let model = models::sticky(&economy, 3, 1);
    Model {
        law: models::from_date(&economy, &models::added_duty(&economy, 0, rise), RISE),
        frictions: Frictions {
            government,
            ..model.frictions.clone()
        },
        ..model
    }
}

fn run(model: Model, ticks: u32) -> Simulation {
    let mut simulation = models::simulate(model);
    models::run(&mut simulation, ticks);
    simulation
}

#[test]
fn accounts_close_whatever_becomes_of_duties() {
    for revenue in [
        RevenueUse::ByClaims,
        RevenueUse::Purchases,
        RevenueUse::Debt,
    ] {
        for rise in [0.5, -0.1] {
            let simulation = run(small_model(rule(revenue, 0.4), rise), 60);
            let audit = simulation.world().resource::<Audit>();
            assert!(audit.worst_world <= 1e-12, "world: {:e}", audit.worst_world);
            assert!(audit.worst_agent <= 1e-9, "agent: {:e}", audit.worst_agent);
        }
    }
}

#[test]
fn debt_falls_by_the_duties_above_those_of_the_base_year_that_are_not_returned() {
    let mut simulation = models::simulate(small_model(rule(RevenueUse::Debt, 0.4), 0.5));
    let mut expected = 0.0;
    for _ in 0..40 {
        models::run(&mut simulation, 1);
        let world = simulation.world();
        let base = world.resource::<Model>().economy.accounts().revenue[0];
        let dt = world.resource::<Clock>().dt();
        expected += 0.6 * (world.resource::<Incomes>().revenue[0] - base * dt);
    }
    let found = simulation.world().resource::<Treasuries>().balance[0];
    assert!(found > 0.0);
    assert!((found / expected - 1.0).abs() < 1e-12, "{found} {expected}");
}

#[test]
fn without_a_change_of_law_nobody_borrows_in_a_quiet_world() {
    let mut model = small_model(rule(RevenueUse::Debt, 0.0), 0.0);
    model.frictions.productivity_noise = 0.0;
    let income = model.economy.accounts().income.clone();
    let simulation = run(model, 40);
    let balance = &simulation.world().resource::<Treasuries>().balance;
    for (balance, income) in balance.iter().zip(income) {
        assert!(balance.abs() < 1e-11 * income, "{balance:e}");
    }
}

#[test]
fn where_claims_rule_a_treasury_keeps_nothing() {
    let simulation = run(small_model(rule(RevenueUse::ByClaims, 0.4), 0.5), 20);
    let balance = &simulation.world().resource::<Treasuries>().balance;
    assert!(balance.iter().all(|balance| *balance == 0.0));
}
