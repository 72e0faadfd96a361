//! Identities and bounds over random small worlds, with every mechanism at work.

use rayon::prelude::*;
use tradewinds_engine::Simulation;
use tradewinds_engine::accounts::{Audit, Cash};
use tradewinds_engine::currency::Currencies;
use tradewinds_engine::firm::{Firm, Line};
use tradewinds_engine::household::{ExpectedIncome, FinalBuyer, Spending};
use tradewinds_engine::importer::{LogStorePrice, Shelf};
use tradewinds_engine::labour::{LabourRationing, Staff, Wages};
use tradewinds_engine::pricing::LogPrice;
use tradewinds_engine::production::{
    ExpectedSales, FinishedStock, LogUnitCost, Materials, Output, PlannedOutput,
};
use tradewinds_engine::quota::Quotas;
use tradewinds_engine::sourcing::MarketPrices;
use tradewinds_engine::stocks::ImportStocks;
use tradewinds_engine::trade::{Sales, Shipments};
use tradewinds_runner::closure::Mode;
use tradewinds_tests::fixtures::everything::Everything;

/// Worlds of the property test.
const WORLDS: u64 = 500;
/// Ticks of each: past the last change of law, and past the arrival of what was bought ahead.
const TICKS: u32 = 60;

/// What must not be negative, and what must be a number, by name.
fn figures(simulation: &mut Simulation) -> [Vec<(&'static str, Vec<f64>)>; 2] {
    let world = simulation.world_mut();
    macro_rules! of {
        ($component:ty, $marker:ty, $value:expr) => {{
            let mut rows = world.query_filtered::<&$component, bevy_ecs::prelude::With<$marker>>();
            rows.iter(world).map($value).collect::<Vec<f64>>()
        }};
    }
    let mut least_zero = vec![
        ("finished stock", of!(FinishedStock, Firm, |one| one.0)),
        ("output", of!(Output, Firm, |one| one.0)),
        ("planned output", of!(PlannedOutput, Firm, |one| one.0)),
        ("expected sales", of!(ExpectedSales, Firm, |one| one.0)),
        ("quantity sold", of!(Sales, Line, |one| one.quantity)),
        ("value sold", of!(Sales, Line, |one| one.value)),
        ("spending", of!(Spending, FinalBuyer, |one| one.0)),
    ];
    let mut numbers = vec![
        ("border price", of!(LogPrice, Line, |one| one.0)),
        ("unit cost", of!(LogUnitCost, Firm, |one| one.0)),
        ("store price", of!(LogStorePrice, Shelf, |one| one.0)),
        (
            "expected income",
            of!(ExpectedIncome, FinalBuyer, |one| one.0),
        ),
        ("cash of firms", of!(Cash, Firm, |one| one.0)),
        ("cash of final users", of!(Cash, FinalBuyer, |one| one.0)),
    ];
    let stocks = world.resource::<ImportStocks>();
    let mut under_way = Vec::new();
    stocks.transit.total(&mut under_way);
    let links = 0..stocks.len();
    let (materials, shipments) = (world.resource::<Materials>(), world.resource::<Shipments>());
    let prices = world.resource::<MarketPrices>();
    least_zero.extend([
        ("materials", materials.stock.clone()),
        ("materials ordered", materials.ordered.clone()),
        ("import stock", stocks.book.units.clone()),
        (
            "cost of import stock",
            links.map(|link| stocks.book.value(link)).collect(),
        ),
        ("imports ordered", stocks.ordered.clone()),
        ("imports wanted", stocks.wanted.clone()),
        ("imports sold", stocks.sold.clone()),
        (
            "goods under way",
            under_way.iter().map(|cargo| cargo.units).collect(),
        ),
        ("shipments", shipments.value.clone()),
        ("entries", shipments.entered.clone()),
        ("handed over", shipments.handed_over.clone()),
        ("delivered", shipments.delivered.clone()),
        ("share of an origin", prices.origin_share.clone()),
        (
            "employment",
            world.resource::<LabourRationing>().employed.clone(),
        ),
        ("staff", world.resource::<Staff>().employed.clone()),
    ]);
    numbers.extend([
        ("price of a market", prices.log_composite.clone()),
        ("offered price", prices.log_offered.clone()),
        ("wage", world.resource::<Wages>().log_wage.clone()),
        (
            "exchange rate",
            world.resource::<Currencies>().log_rate.clone(),
        ),
    ]);
    [least_zero, numbers]
}

/// What is wrong with the state of a simulation.
fn fault(simulation: &mut Simulation) -> Option<String> {
    let [least_zero, numbers] = figures(simulation);
    let wrong = |rows: &[(&'static str, Vec<f64>)], is_wrong: fn(f64) -> bool| {
        rows.iter().find_map(|(name, values)| {
            let at = values.iter().position(|value| is_wrong(*value))?;
            Some(format!("{name} {at} is {}", values[at]))
        })
    };
    wrong(&least_zero, |value| !(value >= 0.0 && value.is_finite()))
        .or_else(|| wrong(&numbers, |value| !value.is_finite()))
}

/// What a world showed: its mode, whether duties moved trade, ahead-bought goods, rents.
#[derive(Debug, Clone, Copy)]
struct Seen {
    mode: Mode,
    bought_ahead: bool,
    held_back: bool,
    rents: bool,
    currencies: bool,
}

/// Runs a world; an error says in which tick what was wrong.
fn run(seed: u64) -> Result<Seen, String> {
    let everything = Everything::of(seed);
    let mut seen = Seen {
        mode: everything.mode,
        bought_ahead: false,
        held_back: false,
        rents: false,
        currencies: false,
    };
    let days = everything.model.tick.years() * 365.25;
    let ticks = (f64::from(TICKS) * (7.0 / days).max(0.25)) as u32;
    let mut simulation = everything.simulate();
    for tick in 0..ticks {
        simulation
            .step()
            .map_err(|breach| format!("world {seed}: {breach}"))?;
        if let Some(fault) = fault(&mut simulation) {
            return Err(format!("world {seed}, tick {tick}: {fault}"));
        }
        let world = simulation.world();
        let ahead = &world.resource::<ImportStocks>().ahead;
        seen.bought_ahead |= ahead.iter().any(|units| *units > 1e-6);
        seen.held_back |= ahead.iter().any(|units| *units < -1e-6);
        let rents = world
            .get_resource::<Quotas>()
            .map(|quotas| quotas.rents.iter());
        seen.rents |= rents
            .into_iter()
            .flatten()
            .any(|(.., rent)| rent.abs() > 1e-9);
        let rates = &world.resource::<Currencies>().log_rate;
        seen.currencies |= rates.iter().any(|rate| rate.abs() > 1e-6);
    }
    let audit = simulation.world().resource::<Audit>();
    let closes = audit.worst_world < 1e-12 && audit.worst_agent < 1e-9;
    match closes && audit.worst_agent > 0.0 {
        true => Ok(seen),
        false => Err(format!(
            "world {seed}: residuals of {:e} of world output and {:e} of own flow",
            audit.worst_world, audit.worst_agent
        )),
    }
}

#[test]
fn five_hundred_random_worlds_close_their_accounts_and_stay_in_bounds_in_every_mode() {
    let results: Vec<Result<Seen, String>> = (0..WORLDS).into_par_iter().map(run).collect();
    let faults: Vec<&String> = results
        .iter()
        .filter_map(|one| one.as_ref().err())
        .collect();
    assert!(
        faults.is_empty(),
        "{} worlds: {:#?}",
        faults.len(),
        &faults[..faults.len().min(20)]
    );
    // What is switched on must also happen, or its accounts are not tested.
    let count = |is: fn(&Seen) -> bool| results.iter().flatten().filter(|seen| is(seen)).count();
    for mode in [Mode::Full, Mode::ShortRun, Mode::Oracle] {
        assert!(
            results
                .iter()
                .flatten()
                .filter(|seen| seen.mode == mode)
                .count()
                > 160
        );
    }
    let happened = [
        count(|seen| seen.bought_ahead),
        count(|seen| seen.held_back),
        count(|seen| seen.rents),
        count(|seen| seen.currencies),
    ];
    assert!(happened.iter().all(|worlds| *worlds > 100), "{happened:?}");
}
