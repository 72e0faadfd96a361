//! Money and goods: nothing appears, nothing disappears, and the run stops where
//! something does.

use bevy_app::App;
use bevy_ecs::prelude::*;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use tradewinds_engine::accounts::{Account, Audit, AuditOf, Cash};
use tradewinds_engine::customs::{DutiesCharged, RatesInForce};
use tradewinds_engine::firm::{Firm, Line, Owner};
use tradewinds_engine::government::Treasuries;
use tradewinds_engine::household::{FinalBuyer, Income, IncomeSystems, Incomes};
use tradewinds_engine::importer::{Importer, MarketShare};
use tradewinds_engine::model::Model;
use tradewinds_engine::production::{FinishedStock, Materials, Output};
use tradewinds_engine::stocks::{Cargo, ImportStocks};
use tradewinds_engine::trade::{PaymentSystems, Sales, Shipments};
use tradewinds_engine::{Simulation, Tick, baseline};
use tradewinds_kernel::clock::{Clock, TickLength};
use tradewinds_kernel::phase::Phase;
use tradewinds_policy::Reform;
use tradewinds_tests::fixtures::closed::Closed;
use tradewinds_tests::fixtures::{Numbers, models, real};
use tradewinds_units::Date;

/// Day inside a tick on which duties rise.
const RISE: Date = Date::constant(2001, 1, 18);

/// The sticky, noisy real world under the law as enacted.
fn real_model(ticks: u32) -> Model {
    real::model(&real::plan(&Reform::default(), 1, ticks, 4), 1)
}

/// A sticky, noisy small world whose first economy raises its duties.
fn small_model(case: Closed, firms: usize, rise: f64) -> Model {
    let economy = case.build();
    let mut model = models::sticky(&economy, firms, case.seed);
    model.law = models::from_date(&economy, &models::added_duty(&economy, 0, rise), RISE);
    model
}

fn assert_closes(model: Model, ticks: u32) {
    let mut simulation = models::simulate(model);
    models::run(&mut simulation, ticks);
    let audit = simulation.world().resource::<Audit>();
    assert!(audit.worst_world <= 1e-12, "world: {:e}", audit.worst_world);
    assert!(audit.worst_agent <= 1e-9, "agent: {:e}", audit.worst_agent);
    assert!(audit.worst_agent > 0.0, "nothing was measured");
}

#[test]
fn the_accounts_of_the_real_world_close_every_tick_under_the_law_as_enacted() {
    let mut model = real_model(45);
    assert_closes(model.clone(), 45);
    // The size of the default experiment: 20 firms in each of 250 cells.
    model.population.firms_per_cell = 20;
    assert_closes(model, 20);
}

#[test]
fn many_agents_and_short_ticks_do_not_pass_rounding_for_a_leak() {
    let mut model = small_model(Closed::default(), 3, 0.5);
    model.population.importer_shares = vec![1.0 / 3000.0; 3000];
    model.tick = TickLength::PerYear(416);
    assert_closes(model, 20);
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 50,
        rng_seed: RngSeed::Fixed(2),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn the_accounts_of_random_worlds_close_every_tick(
        seed in 0_u64..1_000_000,
        (economies, sectors, firms) in (1_usize..5, 2_usize..5, 1_usize..7),
        (duty, export_tax, markup) in (0.0..0.4_f64, 0.0..0.2_f64, 0.0..0.5_f64),
        (eta, rho) in (0.2..2.0_f64, 0.0..1.5_f64),
        (rise, is_retail) in (-0.3..1.5_f64, any::<bool>()),
    ) {
        let case = Closed {
            economies, sectors, seed, duty, export_tax, markup, eta, rho, is_retail,
            ..Closed::default()
        };
        assert_closes(small_model(case, firms, rise), 25);
    }
}

/// Cash of everyone, USD bn.
fn money(simulation: &mut Simulation) -> f64 {
    let world = simulation.world_mut();
    world.query::<&Cash>().iter(world).map(|cash| cash.0).sum()
}

#[test]
fn money_counted_outside_the_audit_is_constant() {
    let mut simulation = models::simulate(small_model(Closed::default(), 5, 0.5));
    let before = money(&mut simulation);
    for _ in 0..60 {
        models::run(&mut simulation, 1);
        let world = simulation.world();
        let dt = world.resource::<Clock>().dt();
        let output: f64 = world.resource::<Shipments>().value.iter().sum::<f64>() * dt;
        let change = money(&mut simulation) - before;
        assert!(change.abs() <= 60.0 * 1e-12 * output, "{change:e}");
    }
}

#[test]
fn goods_counted_outside_the_audit_are_made_stored_or_sold() {
    let mut simulation = models::simulate(small_model(Closed::default(), 5, 0.5));
    let stocks = |simulation: &mut Simulation| -> Vec<f64> {
        let world = simulation.world_mut();
        let mut firms = world.query_filtered::<&FinishedStock, With<Firm>>();
        firms.iter(world).map(|stock| stock.0).collect()
    };
    for _ in 0..60 {
        let mut expected = stocks(&mut simulation);
        models::run(&mut simulation, 1);
        let world = simulation.world_mut();
        let dt = world.resource::<Clock>().dt();
        let mut firms = world.query_filtered::<&Output, With<Firm>>();
        for (stock, output) in expected.iter_mut().zip(firms.iter(world)) {
            *stock += output.0 * dt;
        }
        let mut lines = world.query_filtered::<(&Sales, &Owner), With<Line>>();
        for (sales, owner) in lines.iter(world) {
            expected[owner.0 as usize] -= sales.quantity * dt;
        }
        for (found, expected) in stocks(&mut simulation).iter().zip(&expected) {
            assert!((found - expected).abs() <= 1e-12 * (1.0 + expected.abs()));
        }
    }
}

#[test]
fn duties_paid_on_every_shipment_are_the_revenue_of_governments() {
    let case = Closed {
        export_tax: 0.1,
        ..Closed::default()
    };
    let mut simulation = models::simulate(small_model(case, 5, 0.5));
    for _ in 0..20 {
        models::run(&mut simulation, 1);
        let world = simulation.world();
        let (economy, dt) = (
            world.resource::<Model>().economy.clone(),
            world.resource::<Clock>().dt(),
        );
        let rates = &world.resource::<RatesInForce>().rates;
        let shipments = world.resource::<Shipments>();
        let charged = world.resource::<DutiesCharged>();
        let mut revenue = vec![0.0; economy.economies];
        for flow in 0..economy.flows() {
            let (importer, origin) = (
                flow / (economy.economies * economy.sectors),
                flow / economy.sectors % economy.economies,
            );
            let value = shipments.value[flow] * dt;
            let tax = rates.export_tax[flow] * value;
            let duty = rates.collected[flow] * (value + tax);
            assert!((charged.import_duty[flow] - duty).abs() <= 1e-15 * value.max(1e-12));
            revenue[importer] += duty;
            revenue[origin] += tax;
        }
        for (found, expected) in world.resource::<Incomes>().revenue.iter().zip(&revenue) {
            assert!(
                (found - expected).abs() <= 1e-12 * expected,
                "{found} {expected}"
            );
            assert!(*expected > 0.0);
        }
    }
}

// Leaks: a millionth of an agent's flow, made by a fault, must stop the run in
// the same tick, name the agent, and state the amount.

/// A leak and what became of it.
#[derive(Resource, Debug, Clone, Copy)]
struct Leak {
    account: Account,
    phase: Phase,
    tick: u32,
    /// Leaked, as a share of the account's flow in the tick.
    share: f64,
    /// What leaked, once it has.
    amount: Option<f64>,
}

/// Makes the leak in its tick.
fn leak(world: &mut World) {
    let Leak {
        account,
        tick,
        share,
        amount,
        ..
    } = *world.resource::<Leak>();
    if world.resource::<Clock>().index() != tick || amount.is_some() {
        return;
    }
    let leaked = share * flow_of(world, account);
    change(world, account, leaked);
    world.resource_mut::<Leak>().amount = Some(leaked);
}

/// Flow of an account in a tick: what the agent sells, earns, makes or orders.
fn flow_of(world: &mut World, account: Account) -> f64 {
    let dt = world.resource::<Clock>().dt();
    let flow = match account {
        Account::FirmCash(row) => {
            let mut lines = world.query_filtered::<(&Sales, &Owner), With<Line>>();
            let own = lines
                .iter(world)
                .filter(|(_, owner)| owner.0 as usize == row);
            own.map(|(sales, _)| sales.value).sum()
        }
        Account::FinishedGoods(row) => nth::<Output, Firm>(world, row).0,
        Account::FirmMaterials(input, row) => {
            let at = input * count::<Firm>(world) + row;
            world.resource::<Materials>().ordered[at]
        }
        Account::ImporterCash(row) => {
            let model = world.resource::<Model>();
            let market = row / model.population.importer_shares.len();
            let share = nth::<MarketShare, Importer>(world, row).0;
            share * world.resource::<Shipments>().handed_over[market]
        }
        Account::FinalUserCash(row) => nth::<Income, FinalBuyer>(world, row).0,
        Account::ImporterGoods(link) | Account::GoodsUnderWay(link) => {
            world.resource::<ImportStocks>().expected[link]
        }
        Account::Treasury(n) => world.resource::<Incomes>().revenue[n] / dt,
        Account::ImporterGoodsValue(_) => panic!("follows from goods"),
        Account::Economy(..) | Account::World(..) => panic!("not an agent"),
    };
    flow * dt
}

fn change(world: &mut World, account: Account, amount: f64) {
    fn add<M: Component>(world: &mut World, row: usize, amount: f64) {
        let mut cash = world.query_filtered::<&mut Cash, With<M>>();
        cash.iter_mut(world).nth(row).expect("an agent").0 += amount;
    }
    match account {
        Account::FirmCash(row) => add::<Firm>(world, row, amount),
        Account::ImporterCash(row) => add::<Importer>(world, row, amount),
        Account::FinalUserCash(row) => add::<FinalBuyer>(world, row, amount),
        Account::FinishedGoods(row) => {
            let mut stocks = world.query_filtered::<&mut FinishedStock, With<Firm>>();
            stocks.iter_mut(world).nth(row).expect("a firm").0 += amount;
        }
        Account::FirmMaterials(input, row) => {
            let at = input * count::<Firm>(world) + row;
            world.resource_mut::<Materials>().stock[at] += amount;
        }
        Account::ImporterGoods(link) => {
            world.resource_mut::<ImportStocks>().book.units[link] += amount;
        }
        Account::GoodsUnderWay(link) => {
            let cargo = Cargo {
                units: amount,
                ..Cargo::default()
            };
            // Far enough ahead not to arrive in the same tick.
            world
                .resource_mut::<ImportStocks>()
                .transit
                .load(link, cargo);
        }
        Account::Treasury(n) => world.resource_mut::<Treasuries>().balance[n] += amount,
        Account::ImporterGoodsValue(_) => panic!("follows from goods"),
        Account::Economy(..) | Account::World(..) => panic!("not an agent"),
    }
}

fn count<M: Component>(world: &mut World) -> usize {
    world.query_filtered::<(), With<M>>().iter(world).count()
}

fn nth<C: Component + Copy, M: Component>(world: &mut World, row: usize) -> C {
    let mut components = world.query_filtered::<&C, With<M>>();
    *components.iter(world).nth(row).expect("an agent")
}

/// Adds the leak after the systems of its phase, before the audit.
fn leaking(leak_of: Leak) -> impl Fn(&mut App) {
    move |app: &mut App| {
        let phase = leak_of.phase;
        app.insert_resource(leak_of)
            .add_systems(Tick, leak.after(phase).before(AuditOf(phase)));
    }
}

/// A random account of a model in which something flows.
fn any_account(simulation: &mut Simulation, numbers: &mut Numbers) -> Account {
    let world = simulation.world_mut();
    let sectors = world.resource::<Model>().economy.sectors;
    let links = world.resource::<ImportStocks>().len();
    loop {
        let firm = numbers.below(count::<Firm>(world));
        let economies = world.resource::<Model>().economy.economies;
        let kinds = if links > 0 { 8 } else { 6 };
        let account = match numbers.below(kinds) {
            0 => Account::FirmCash(firm),
            1 => Account::FinishedGoods(firm),
            2 => Account::FirmMaterials(numbers.below(sectors), firm),
            3 => Account::ImporterCash(numbers.below(count::<Importer>(world))),
            4 => Account::Treasury(numbers.below(economies)),
            6 => Account::ImporterGoods(numbers.below(links)),
            7 => Account::GoodsUnderWay(numbers.below(links)),
            _ => Account::FinalUserCash(numbers.below(count::<FinalBuyer>(world))),
        };
        if flow_of(world, account) > 0.0 {
            return account;
        }
    }
}

fn any_leak(simulation: &mut Simulation, numbers: &mut Numbers) -> Leak {
    let sign = if numbers.below(2) == 0 { 1.0 } else { -1.0 };
    Leak {
        account: any_account(simulation, numbers),
        phase: Phase::ALL[numbers.below(Phase::ALL.len())],
        tick: numbers.below(5) as u32,
        share: sign * 1e-6,
        amount: None,
    }
}

/// Runs until the leak is found; says what is wrong with the way it is found.
fn fault_of(model: Model, leak: Leak) -> Option<String> {
    let mut simulation =
        Simulation::new(model, (baseline, leaking(leak))).expect("an ordered schedule");
    for _ in 0..=leak.tick {
        let Err(breach) = simulation.step() else {
            continue;
        };
        let amount = simulation.world().resource::<Leak>().amount;
        let stated = amount.is_some_and(|amount| (breach.amount / amount - 1.0).abs() < 1e-4);
        let found = (breach.tick, breach.phase, breach.account);
        let right = found == (leak.tick, leak.phase, leak.account) && stated;
        return (!right).then(|| format!("{leak:?} of {amount:?} was found as {breach:?}"));
    }
    Some(format!("{leak:?} was not found"))
}

fn assert_found(model: &Model, leaks: usize, seed: u64) {
    let mut numbers = Numbers::new(seed);
    let mut simulation = models::simulate(model.clone());
    let faults: Vec<String> = (0..leaks)
        .filter_map(|_| fault_of(model.clone(), any_leak(&mut simulation, &mut numbers)))
        .collect();
    let shown = faults.join("\n");
    assert!(faults.is_empty(), "{} of {leaks}:\n{shown}", faults.len());
}

#[test]
fn leaks_in_a_small_world_stop_the_run_with_agent_phase_and_amount() {
    assert_found(&small_model(Closed::default(), 5, 0.5), 160, 8);
}

#[test]
fn leaks_in_the_real_world_stop_the_run_with_agent_phase_and_amount() {
    assert_found(&real_model(5), 40, 9);
}

#[test]
fn a_leak_in_the_middle_of_settlement_is_laid_at_the_door_of_its_firm() {
    let leak_of = Leak {
        account: Account::FirmCash(3),
        phase: Phase::Settle,
        tick: 2,
        share: 1e-6,
        amount: None,
    };
    let between = move |app: &mut App| {
        app.insert_resource(leak_of).add_systems(
            Tick,
            leak.in_set(Phase::Settle)
                .before(IncomeSystems)
                .ambiguous_with_all(),
        );
    };
    let model = small_model(Closed::default(), 5, 0.5);
    let mut simulation = Simulation::new(model, (baseline, between)).expect("an ordered schedule");
    let breach = (0..=2)
        .find_map(|_| simulation.step().err())
        .expect("a breach");
    let found = (breach.tick, breach.phase, breach.account);
    assert_eq!(found, (2, Phase::Settle, Account::FirmCash(3)));
    let leaked = simulation.world().resource::<Leak>().amount;
    assert!(leaked.is_some_and(|leaked| (breach.amount / leaked - 1.0).abs() < 1e-4));
}

#[test]
fn revenue_that_nobody_paid_is_found_in_its_tick() {
    fn invent(clock: Res<Clock>, mut incomes: ResMut<Incomes>) {
        if clock.index() == 2 {
            incomes.revenue[1] *= 1.0 + 1e-6;
        }
    }
    let inventing = |app: &mut App| {
        app.add_systems(
            Tick,
            invent
                .in_set(Phase::Settle)
                .after(PaymentSystems)
                .before(IncomeSystems)
                .ambiguous_with_all(),
        );
    };
    let model = small_model(Closed::default(), 5, 0.5);
    let mut simulation =
        Simulation::new(model, (baseline, inventing)).expect("an ordered schedule");
    let breach = (0..=2)
        .find_map(|_| simulation.step().err())
        .expect("a breach");
    assert_eq!((breach.tick, breach.phase), (2, Phase::ClosePeriod));
    let invented = 1e-6 * simulation.world().resource::<Incomes>().revenue[1];
    assert!((breach.amount / invented - 1.0).abs() < 1e-3, "{breach}");
}
