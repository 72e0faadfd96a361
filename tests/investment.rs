//! Plant and credit of firms: where plant rests, who pays for it, and that neither
//! depends on the length of a tick.

use bevy_ecs::prelude::*;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use tradewinds_engine::Simulation;
use tradewinds_engine::accounts::{Audit, Cash, Institutions, balance_sheets, money, transactions};
use tradewinds_engine::capacity::{Capacity, CapacityRule};
use tradewinds_engine::credit::{CreditRule, InterestPaid};
use tradewinds_engine::firm::Firm;
use tradewinds_engine::household::{FinalBuyer, Income, Incomes, Spending};
use tradewinds_engine::importer::Importer;
use tradewinds_engine::investment::{InvestmentRule, Plant, PolicyUncertainty, RetainedProfit};
use tradewinds_engine::model::Model;
use tradewinds_engine::sourcing::MarketPrices;
use tradewinds_engine::valuation::ValuationRule;
use tradewinds_equilibrium::{Economy, Shock};
use tradewinds_kernel::clock::TickLength;
use tradewinds_kernel::maths::{exp, exp_m1};
use tradewinds_policy::Reform;
use tradewinds_tests::fixtures::closed::Closed;
use tradewinds_tests::fixtures::{models, real};

/// The last of the final users of small worlds buys plant.
const INVESTOR: usize = 3;

/// Plant that firms build within three years, and interest on debt.
fn investing(mut model: Model) -> Model {
    let economies = model.economy.economies;
    model.frictions.investment = InvestmentRule {
        investor: Some(INVESTOR),
        depreciation: 0.08,
        speed: 1.0 / 3.0,
        expectation: 1.0,
        value_response: 0.2,
        uncertainty_response: 0.01,
    };
    model.frictions.valuation = ValuationRule {
        expectation: 1.0,
        capital_share: vec![0.4; economies],
    };
    model.frictions.capacity = CapacityRule {
        slope: 0.15,
        congestion: 2.0,
        base_use: 0.85,
    };
    model.frictions.credit = CreditRule {
        lending_rate: vec![0.06; economies],
    };
    model
}

fn dutiable(model: Model, duty: f64) -> Model {
    let economy = model.economy.clone();
    let rates = models::rates(&economy, &models::added_duty(&economy, 0, duty));
    let law = tradewinds_engine::customs::RateCalendar::constant(rates);
    Model {
        law: std::sync::Arc::new(law),
        ..model
    }
}

fn quiet(economy: &Economy) -> Model {
    let mut model = models::sticky(economy, 4, 6);
    model.frictions.productivity_noise = 0.0;
    model
}

/// Prices reset every tick, stocks of usual size, a duty from the first day.
fn smooth(economy: &Economy, duty: f64, tick: TickLength) -> Model {
    let shock = models::added_duty(economy, 0, duty);
    let mut model = investing(models::frictionless(economy, &shock, 1, tick));
    model.frictions.finished_cover = Some(0.11);
    model.frictions.material_cover = Some(0.1);
    model
}

fn plant(simulation: &Simulation) -> &Plant {
    simulation.world().resource::<Plant>()
}

fn farthest(values: &[f64], from: f64) -> f64 {
    let gaps = values.iter().map(|value| (value - from).abs());
    gaps.fold(0.0, f64::max)
}

#[test]
fn the_law_of_the_base_year_keeps_plant_and_its_spending_as_they_are() {
    let mut plan = real::plan(&real::no_new_measures(), 1, 104, 3);
    plan.draws[0]
        .set("productivity_noise", 0.0)
        .expect("a parameter");
    let mut model = real::model(&plan, 0);
    let rates = models::rates(&model.economy, &Shock::default());
    model.law = std::sync::Arc::new(tradewinds_engine::customs::RateCalendar::constant(rates));
    let output: f64 = model.economy.accounts().sales.iter().sum();
    let mut simulation = models::simulate(model);
    models::run(&mut simulation, 104);
    assert!(farthest(&plant(&simulation).stock, 1.0) < 1e-12);
    assert!(farthest(&plant(&simulation).investment, 1.0) < 1e-11);
    let world = simulation.world_mut();
    let mut users = world.query_filtered::<&RetainedProfit, With<FinalBuyer>>();
    let retained: f64 = users.iter(world).map(|kept| kept.0.abs()).sum();
    assert!(retained < 1e-12 * output, "{retained:e}");
}

#[test]
fn after_a_lasting_change_of_demand_plant_rests_where_firms_want_it() {
    let economy = Closed::default().build();
    let mut model = smooth(&economy, 0.3, TickLength::PerYear(52));
    model.frictions.valuation.expectation = 13.0;
    let mut simulation = models::simulate(model);
    models::run(&mut simulation, 40 * 52);
    let plant = plant(&simulation);
    assert!(farthest(&plant.stock, 1.0) > 0.01, "plant never moved");
    for (stock, (wanted, investment)) in
        (plant.stock.iter()).zip(plant.wanted.iter().zip(&plant.investment))
    {
        assert!((stock / wanted - 1.0).abs() < 1e-6, "{stock} of {wanted}");
        assert!((investment / stock - 1.0).abs() < 1e-5);
    }
}

#[test]
fn plant_stands_alike_after_two_years_of_weeks_and_of_days() {
    let economy = Closed::default().build();
    let after = |tick: TickLength, ticks: u32| {
        let mut simulation = models::simulate(smooth(&economy, 0.3, tick));
        models::run(&mut simulation, ticks);
        plant(&simulation).stock.clone()
    };
    let weekly = after(TickLength::PerYear(52), 104);
    let daily = after(TickLength::PerYear(364), 728);
    let moved = farthest(&daily, 1.0);
    let apart = (weekly.iter().zip(&daily)).fold(0.0_f64, |most, (a, b)| most.max((a - b).abs()));
    assert!(moved > 0.005, "{moved}");
    // Weeks and days are apart by 1.1 % of the movement, an error of first order.
    assert!(apart < 0.015 * moved, "{apart} of {moved}");
}

#[test]
fn with_investment_off_plant_stays_and_its_use_takes_the_change() {
    let economy = Closed::default().build();
    let on = smooth(&economy, 0.3, TickLength::PerYear(52));
    let mut off = on.clone();
    off.frictions.investment = InvestmentRule::frozen();
    let after = |model: Model| {
        let mut simulation = models::simulate(model);
        models::run(&mut simulation, 12 * 52);
        let used = simulation
            .world()
            .resource::<Capacity>()
            .relative_use
            .clone();
        (
            farthest(&plant(&simulation).stock, 1.0),
            farthest(&used, 1.0),
        )
    };
    let ((stock, used), (frozen, all)) = (after(on), after(off));
    assert_eq!(frozen.to_bits(), 0);
    assert!(stock > 0.01 && used < 0.6 * all, "{stock}: {used} of {all}");
}

#[test]
fn policy_uncertainty_lowers_investment_and_the_rest_goes_to_owners() {
    let economy = Closed::default().build();
    let mut simulation = models::simulate(investing(quiet(&economy)));
    models::run(&mut simulation, 1);
    simulation.world_mut().resource_mut::<PolicyUncertainty>().0[0] = 2.0;
    models::run(&mut simulation, 1);
    let world = simulation.world_mut();
    let mut users = world.query_filtered::<(&RetainedProfit, &Spending), With<FinalBuyer>>();
    let (retained, spending) = (users.iter(world).nth(INVESTOR))
        .map(|(retained, spending)| (retained.0, spending.0))
        .expect("a buyer of plant");
    // e^(-0.02) of plant wanted, in three years, against 8 % that wears out.
    let fall = (1.0 - exp(-0.02)) / 3.0 / 0.08;
    let base = economy.accounts().user_spending[INVESTOR][0];
    assert!((spending / base - (1.0 - fall)).abs() < 1e-3, "{spending}");
    // The buyer of plant owns firms too: what they pay out more comes back in part.
    let of_others = 1.0 - economy.users[INVESTOR].profit_claim[0];
    let a_year = retained / TickLength::Days(7).years();
    assert!((a_year * of_others / base + fall).abs() < 2e-3, "{a_year}");
    let elsewhere = &world.resource::<Plant>().investment;
    assert!(farthest(&elsewhere[elsewhere.len() - 4..], 1.0) < 1e-4);
}

#[test]
fn the_matrices_show_profits_kept_for_investment_and_close() {
    let model = dutiable(investing(quiet(&Closed::default().build())), 0.5);
    let institutions = Institutions {
        names: ["households", "government", "investment"]
            .map(str::to_owned)
            .to_vec(),
        of_user: vec![0, 0, 1, 2],
        treasury: 1,
    };
    let mut simulation = models::simulate(model);
    models::run(&mut simulation, 30);
    let before = money(simulation.world_mut(), &institutions);
    models::run(&mut simulation, 1);
    let matrices = transactions(simulation.world_mut(), &institutions, &before);
    let matrix = &matrices[0];
    let row = (matrix
        .rows
        .iter()
        .position(|row| row == "retained for investment"))
    .expect("a row");
    let [paid, received] = ["firms", "investment"].map(|name| {
        let column = (matrix.columns.iter().position(|column| column == name)).expect("a column");
        matrix.cells[row][column]
    });
    assert!(
        received.abs() > 1e-5 && (paid + received).abs() < 1e-15,
        "{received}"
    );
    for sum in matrix.row_sums().iter().chain(&matrix.column_sums()) {
        assert!(sum.abs() < 1e-11 * matrix.largest(), "{sum:e}");
    }
}

/// A world without profits, in which a duty soon puts firms into debt.
fn indebted(rate: f64) -> Simulation {
    let case = Closed {
        markup: 0.0,
        ..Closed::default()
    };
    let mut model = dutiable(investing(quiet(&case.build())), 0.5);
    model.frictions.credit.lending_rate.fill(rate);
    models::simulate(model)
}

fn interest_of_firms(simulation: &mut Simulation) -> f64 {
    let world = simulation.world_mut();
    let mut firms = world.query_filtered::<&InterestPaid, With<Firm>>();
    firms.iter(world).map(|paid| paid.0).sum()
}

#[test]
fn the_first_debt_bears_interest_at_the_lending_rate() {
    let (mut dear, mut cheap) = (indebted(0.12), indebted(0.06));
    let mut paid = (0.0, 0.0);
    for _ in 0..26 {
        models::run(&mut dear, 1);
        models::run(&mut cheap, 1);
        paid = (interest_of_firms(&mut dear), interest_of_firms(&mut cheap));
        if paid.1 > 0.0 {
            break;
        }
    }
    let share = |rate: f64| exp_m1(rate * TickLength::Days(7).years());
    assert!(paid.1 > 0.0, "nobody fell into debt");
    assert!((paid.0 / paid.1 / (share(0.12) / share(0.06)) - 1.0).abs() < 1e-9);
}

#[test]
fn interest_goes_to_the_owners_of_banks_and_loans_stand_in_the_balance_sheet() {
    let mut simulation = indebted(0.06);
    let mut paid = 0.0;
    for _ in 0..26 {
        models::run(&mut simulation, 1);
        paid = interest_of_firms(&mut simulation);
        if paid > 0.0 {
            break;
        }
    }
    let world = simulation.world_mut();
    let mut importers = world.query_filtered::<&InterestPaid, With<Importer>>();
    let by_importers: f64 = importers.iter(world).map(|paid| paid.0).sum();
    let received: f64 = world.resource::<Incomes>().interest.iter().sum();
    assert!(paid > 0.0 && ((paid + by_importers) / received - 1.0).abs() < 1e-12);
    let institutions = Institutions {
        names: vec!["users".to_owned()],
        of_user: vec![0; 4],
        treasury: 0,
    };
    let sheets = balance_sheets(world, &institutions);
    let loans: Vec<&Vec<f64>> = sheets.iter().map(|sheet| &sheet.cells[1]).collect();
    assert!(sheets.iter().all(|sheet| sheet.rows[1] == "loans"));
    let mut firms = world.query_filtered::<&Cash, With<Firm>>();
    let owed: f64 = firms.iter(world).map(|cash| (-cash.0).max(0.0)).sum();
    let shown: f64 = loans.iter().map(|row| row[1]).sum();
    assert!(owed > 0.0 && (shown / owed + 1.0).abs() < 1e-12, "{shown}");
    assert!(
        loans
            .iter()
            .all(|row| row.iter().sum::<f64>().abs() < 1e-12 * owed)
    );
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 40,
        rng_seed: RngSeed::Fixed(5),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn accounts_close_with_investment_and_credit_in_random_worlds(
        seed in 0_u64..1_000_000,
        (economies, sectors, firms) in (1_usize..5, 2_usize..5, 1_usize..6),
        (duty, markup, rise) in (0.0..0.4_f64, 0.0..0.5_f64, -0.3..1.5_f64),
        (rate, value) in (0.0..0.4_f64, 0.0..2.0_f64),
    ) {
        let case = Closed { economies, sectors, seed, duty, markup, ..Closed::default() };
        let mut model = dutiable(investing(models::sticky(&case.build(), firms, seed)), rise);
        model.frictions.credit.lending_rate.fill(rate);
        model.frictions.investment.value_response = value;
        let mut simulation = models::simulate(model);
        models::run(&mut simulation, 30);
        let audit = simulation.world().resource::<Audit>();
        prop_assert!(audit.worst_world <= 1e-12, "world: {:e}", audit.worst_world);
        prop_assert!(audit.worst_agent <= 1e-9, "agent: {:e}", audit.worst_agent);
        for stock in &plant(&simulation).stock {
            prop_assert!(stock.is_finite() && *stock > 0.0);
        }
    }
}

#[test]
fn the_law_as_enacted_moves_plant_and_closes_every_account() {
    let model = real::model(&real::plan(&Reform::default(), 1, 60, 4), 1);
    let mut simulation = models::simulate(model);
    models::run(&mut simulation, 60);
    let audit = simulation.world().resource::<Audit>();
    assert!(audit.worst_world <= 1e-12, "world: {:e}", audit.worst_world);
    assert!(farthest(&plant(&simulation).stock, 1.0) > 1e-3);
    let world = simulation.world_mut();
    let mut firms = world.query_filtered::<&InterestPaid, With<Importer>>();
    let paid: f64 = firms.iter(world).map(|paid| paid.0).sum();
    assert!(paid >= 0.0);
    assert!(
        world
            .resource::<MarketPrices>()
            .log_landed
            .iter()
            .all(|price| price.is_finite())
    );
    let mut users = world.query_filtered::<&Income, With<FinalBuyer>>();
    assert!(users.iter(world).all(|income| income.0.is_finite()));
}
