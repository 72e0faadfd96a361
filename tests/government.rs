//! Governments: what becomes of duties, and what it does to the accounts.

use bevy_ecs::prelude::*;
use tradewinds_engine::accounts::{Audit, Cash};
use tradewinds_engine::government::{
    CompensationRule, DefenceStep, FiscalPlan, GovernmentRule, RevenueUse, Treasuries,
};
use tradewinds_engine::household::{FinalBuyer, Incomes};
use tradewinds_engine::model::{Frictions, Model};
use tradewinds_engine::observe::{ObservePlugin, Recorded};
use tradewinds_engine::trade::Shipments;
use tradewinds_engine::{Simulation, baseline};
use tradewinds_kernel::clock::Clock;
use tradewinds_tests::fixtures::closed::Closed;
use tradewinds_tests::fixtures::{models, watched};
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
    assert!(balance.iter().all(|balance| balance.abs() < 1e-15));
}

/// Pays for everything a treasury can pay for.
fn open_handed() -> GovernmentRule {
    GovernmentRule {
        plan: FiscalPlan {
            defence: vec![DefenceStep {
                economy: 0,
                from: Date::constant(2001, 2, 1),
                purchases: 0.5,
            }],
            compensation: vec![CompensationRule {
                economy: 1,
                sectors: vec![0, 1],
                from: Date::constant(2001, 1, 1),
                to: Date::constant(2001, 6, 30),
                share: 0.5,
            }],
        },
        interest: vec![0.04; 3],
        debt: vec![10.0; 3],
        transfers: vec![0.1; 3],
        ..rule(RevenueUse::Debt, 0.3)
    }
}

/// Cash of the government of an economy, USD bn.
fn purse(simulation: &mut Simulation, n: usize) -> f64 {
    let world = simulation.world_mut();
    let users = world.resource::<Model>().economy.users.len();
    let mut cash = world.query_filtered::<&Cash, With<FinalBuyer>>();
    cash.iter(world)
        .nth(n * users + GOVERNMENT)
        .expect("a government")
        .0
}

#[test]
fn accounts_close_when_a_treasury_pays_for_defence_compensation_and_interest() {
    let simulation = run(small_model(open_handed(), 0.5), 60);
    let world = simulation.world();
    let audit = world.resource::<Audit>();
    assert!(audit.worst_world <= 1e-12, "world: {:e}", audit.worst_world);
    assert!(audit.worst_agent <= 1e-9, "agent: {:e}", audit.worst_agent);
    let treasuries = world.resource::<Treasuries>();
    assert!(treasuries.defence[0] > 0.0 && treasuries.interest[1] > 0.0);
}

/// What is left of receipts after outlays, from the record of a tick, is what the
/// purse and the treasury of the government have more than before.
#[test]
fn saving_of_every_government_is_the_change_of_its_money_and_debt() {
    let model = small_model(open_handed(), 0.5);
    let watch = watched::watch(&model);
    let mut simulation =
        Simulation::new(model, (baseline, ObservePlugin(watch))).expect("an ordered schedule");
    let mut compensated = 0.0;
    for tick in 0..30 {
        let before: Vec<f64> = (0..3).map(|n| purse(&mut simulation, n)).collect();
        let lent = simulation.world().resource::<Treasuries>().balance.clone();
        models::run(&mut simulation, 1);
        let now: Vec<f64> = (0..3).map(|n| purse(&mut simulation, n)).collect();
        let world = simulation.world();
        let dt = world.resource::<Clock>().dt();
        let treasuries = world.resource::<Treasuries>();
        let rows = &world.resource::<Recorded>().governments;
        let column = |name: &str| rows.numbers(name).expect("a column");
        for n in 0..3 {
            let at = 3 * tick + n;
            let change = now[n] - before[n] + treasuries.balance[n] - lent[n];
            let taxes = column("wage_taxes")[at] + column("profit_taxes")[at];
            let received = column("import_duties")[at] + column("export_taxes")[at] + taxes;
            let handed_out = column("transfers")[at] + column("handed_on")[at];
            let paid = column("purchases")[at] + column("compensation")[at];
            let saving =
                received + column("from_abroad")[at] - (handed_out + paid + column("interest")[at]);
            assert!((saving - column("saving")[at]).abs() < 1e-12 * received.abs());
            assert!(
                (saving * dt - change).abs() < 1e-12 * received.abs(),
                "{n} in {tick}"
            );
            assert!((column("debt")[at] - (10.0 - treasuries.balance[n])).abs() < 1e-12);
            compensated += column("compensation")[at] * dt;
        }
    }
    assert!(compensated > 0.0);
}

#[test]
fn compensation_is_the_stated_share_of_the_sales_lost_where_duties_rose() {
    let simulation = run(small_model(open_handed(), 0.5), 12);
    let world = simulation.world();
    let economy = &world.resource::<Model>().economy;
    let dt = world.resource::<Clock>().dt();
    let sold = &world.resource::<Shipments>().value;
    let base = &economy.accounts().sales;
    // Only economy 0 raised its duties.
    let lost = |s: usize| {
        let flow = economy.flow(0, 1, s);
        (base[flow] - sold[flow]).max(0.0)
    };
    let expected = 0.5 * dt * (lost(0) + lost(1));
    let found = world.resource::<Treasuries>();
    assert!(expected > 0.0);
    assert!((found.compensation[1] / expected - 1.0).abs() < 1e-12);
    let by_firm: f64 = found.to_firms.iter().sum();
    assert!((by_firm / expected - 1.0).abs() < 1e-12);
}

#[test]
fn defence_raises_purchases_by_what_is_stated_and_debt_by_the_same() {
    let quiet = |purchases: f64| {
        let government = GovernmentRule {
            plan: FiscalPlan {
                defence: vec![DefenceStep {
                    economy: 0,
                    from: Date::constant(2001, 1, 1),
                    purchases,
                }],
                ..FiscalPlan::default()
            },
            ..rule(RevenueUse::ByClaims, 0.0)
        };
        let mut model = small_model(government, 0.0);
        model.frictions.productivity_noise = 0.0;
        run(model, 1)
    };
    let (with, without) = (quiet(0.01), quiet(0.0));
    let bought = |simulation: &Simulation| {
        let world = simulation.world();
        let dt = world.resource::<Clock>().dt();
        world.resource::<Treasuries>().purchases[0] / dt
    };
    // Orders are filled from stock, at the prices of the base year.
    assert!((bought(&with) - bought(&without) - 0.01).abs() < 1e-9);
    let dt = with.world().resource::<Clock>().dt();
    let owed = -with.world().resource::<Treasuries>().balance[0];
    assert!((owed - 0.01 * dt).abs() < 1e-15);
}

#[test]
fn real_gdp_is_gdp_in_the_base_year_and_does_not_move_with_the_money_of_account() {
    let quiet = |rise: f64| {
        let mut model = small_model(rule(RevenueUse::ByClaims, 0.0), rise);
        model.frictions.productivity_noise = 0.0;
        model
    };
    let economy = quiet(0.0).economy;
    let recorded = watched::record(quiet(0.0), 3);
    let found = recorded.macroeconomy.numbers("real_gdp").expect("a column");
    for (n, income) in economy.accounts().income.iter().enumerate() {
        let gdp = income - economy.deficit[n];
        for tick in 0..3 {
            assert!((found[3 * tick + n] / gdp - 1.0).abs() < 1e-12);
        }
    }
    // A duty moves prices at once and volumes by little: nominal income rises by
    // the duty, real GDP does not.
    let taxed = watched::record(quiet(0.5), 4);
    let column = |name: &str| taxed.macroeconomy.numbers(name).expect("a column")[9];
    let nominal = column("income") / economy.accounts().income[0] - 1.0;
    let real = column("real_gdp") / (economy.accounts().income[0] - economy.deficit[0]) - 1.0;
    assert!(
        nominal > 0.01 && real.abs() < 0.3 * nominal,
        "{nominal} {real}"
    );
}
