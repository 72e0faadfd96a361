//! What an export subsidy does: the same economy with and without it.
//!
//! `cargo run` in this folder. The mechanism is in `subsidy.rs`; nothing in the
//! workspace knows of it.

mod subsidy;

use std::error::Error;
use std::sync::Arc;

use bevy_app::App;
use tradewinds_engine::accounts::Audit;
use tradewinds_engine::customs::{DutiesCharged, RateCalendar, RateTable};
use tradewinds_engine::household::{LogCostOfLiving, Spending, real_spending};
use tradewinds_engine::labour::LabourRationing;
use tradewinds_engine::model::Model;
use tradewinds_engine::sourcing::MarketPrices;
use tradewinds_engine::trade::Shipments;
use tradewinds_engine::{Simulation, baseline};
use tradewinds_kernel::clock::{Clock, TickLength};
use tradewinds_kernel::maths::{exp, ln};
use tradewinds_runner::calibrate;
use tradewinds_runner::experiment::Defaults;
use tradewinds_runner::library::Library;
use tradewinds_runner::parameters::Parameters;
use tradewinds_units::Date;
use tradewinds_world::World;

use subsidy::ExportSubsidyPlugin;

type Outcome<T> = Result<T, Box<dyn Error>>;

const PAYER: &str = "KOR";
const SECTOR: &str = "autos";
const RATE: f64 = 0.10;
const START: &str = "2025-01-01";
const SUBSIDISED_FROM: &str = "2025-07-01";
const SECOND_ACT: &str = "2025-10-02";
const TICKS: u32 = 104;

fn main() -> Outcome<()> {
    let library = Library::embedded();
    let world = library.world("2024")?;
    let economy = world
        .economy_index(PAYER.parse()?)
        .ok_or("no such economy")?;
    let sector = world
        .sector_index(&SECTOR.parse()?)
        .ok_or("no such sector")?;
    let terms = ExportSubsidyPlugin {
        economy,
        sector,
        rate: RATE,
        from: SUBSIDISED_FROM.parse()?,
    };
    let model = model(&library, &world)?;
    let without = run(model.clone(), terms, |_: &mut App| {})?;
    let with = run(model, terms, terms)?;
    print_effect(&world, &without, &with);
    check(&without, &with);
    check_size(&library, &without, &with)
}

/// Figures of the exporting economy and its sector, over the last half year.
#[derive(Debug, Clone, Default)]
struct Figures {
    /// Exports of the sector at factory prices, USD bn a year.
    export_value: f64,
    /// The same at factory prices of the base year.
    export_volume: f64,
    /// Exports of the sector at the border, without duty, USD bn a year.
    border_value: f64,
    /// Workers of the sector, in base-year wage bills.
    employment: f64,
    /// Duties less subsidies of the economy, USD bn a year.
    revenue: f64,
    /// Real spending of all final users of each economy, USD bn at base prices.
    real_spending: Vec<f64>,
}

/// One finished run.
struct Run {
    figures: Figures,
    /// Sales of every flow in every tick before the subsidy.
    before: Vec<f64>,
    audit: Audit,
}

/// Runs the baseline model with further `mechanisms`.
fn run<M>(
    model: Model,
    terms: ExportSubsidyPlugin,
    mechanisms: impl bevy_app::Plugins<M>,
) -> Outcome<Run> {
    let mut simulation = Simulation::new(model, (baseline, mechanisms))?;
    let mut figures = Figures::default();
    let mut before = Vec::new();
    let window = TICKS - 26..TICKS;
    for tick in 0..TICKS {
        let is_before = simulation.world().resource::<Clock>().end() <= terms.from;
        simulation.step()?;
        if is_before {
            before.extend(&simulation.world().resource::<Shipments>().value);
        }
        if window.contains(&tick) {
            figures.add(&mut simulation, terms, 1.0 / window.len() as f64);
        }
    }
    let audit = simulation.world().resource::<Audit>().clone();
    Ok(Run {
        figures,
        before,
        audit,
    })
}

impl Figures {
    fn add(&mut self, simulation: &mut Simulation, terms: ExportSubsidyPlugin, weight: f64) {
        let world = simulation.world_mut();
        let mut users = world.query::<(&Spending, &LogCostOfLiving)>();
        let users: Vec<(f64, f64)> = users
            .iter(world)
            .map(|(spending, index)| (spending.0, index.0))
            .collect();
        let economy = world.resource::<Model>().economy.clone();
        let shipments = world.resource::<Shipments>();
        let prices = world.resource::<MarketPrices>();
        let charged = world.resource::<DutiesCharged>();
        let dt = world.resource::<Clock>().dt();
        for buyer in (0..economy.economies).filter(|buyer| *buyer != terms.economy) {
            let flow = economy.flow(buyer, terms.economy, terms.sector);
            let value = shipments.value[flow];
            self.export_value += weight * value;
            self.export_volume += weight * value / exp(prices.log_gate[flow]);
            self.border_value += weight * (value + charged.export_tax[flow] / dt);
        }
        let cell = economy.market(terms.economy, terms.sector);
        self.employment += weight * world.resource::<LabourRationing>().employed[cell];
        for other in 0..economy.economies {
            for s in 0..economy.sectors {
                let bought = charged.import_duty[economy.flow(terms.economy, other, s)];
                let sold = charged.export_tax[economy.flow(other, terms.economy, s)];
                self.revenue += weight * (bought + sold) / dt;
            }
        }
        self.real_spending.resize(economy.economies, 0.0);
        let per_economy = economy.users.len();
        for (row, (spending, index)) in users.iter().enumerate() {
            self.real_spending[row / per_economy] += weight * real_spending(*spending, *index, 1.0);
        }
    }
}

fn print_effect(world: &World, without: &Run, with: &Run) {
    let (a, b) = (&without.figures, &with.figures);
    let percent = |name: &str, without: f64, with: f64| {
        let change = 100.0 * (with / without - 1.0);
        println!("{name:<52}{without:>12.3}{with:>12.3}{change:>+10.3} %");
    };
    println!(
        "{PAYER} pays {} % of the price of what its sector `{SECTOR}` exports from {SUBSIDISED_FROM} on.",
        100.0 * RATE
    );
    println!("Means of the last half year; money in USD bn a year.\n");
    println!("{:<52}{:>12}{:>12}{:>12}", "", "without", "with", "change");
    percent(
        "exports of the sector, at factory prices",
        a.export_value,
        b.export_value,
    );
    percent(
        "exports of the sector, at base prices",
        a.export_volume,
        b.export_volume,
    );
    percent(
        "price at the border over factory price",
        a.border_value / a.export_value,
        b.border_value / b.export_value,
    );
    percent(
        "employment of the sector, base-year wage bills",
        a.employment,
        b.employment,
    );
    println!(
        "{:<52}{:>12.3}{:>12.3}{:>+10.3} bn",
        "duties less subsidies",
        a.revenue,
        b.revenue,
        b.revenue - a.revenue
    );
    let own = world
        .economies
        .iter()
        .position(|code| code.as_str() == PAYER);
    let abroad = |figures: &Figures| -> f64 {
        let all = figures.real_spending.iter().enumerate();
        all.filter(|(n, _)| Some(*n) != own)
            .map(|(_, value)| value)
            .sum()
    };
    if let Some(own) = own {
        percent(
            "real spending at home",
            a.real_spending[own],
            b.real_spending[own],
        );
    }
    percent("real spending abroad", abroad(a), abroad(b));
    println!(
        "\nLargest residual of an account: {:.1e} of world output, {:.1e} of an agent's own flow.",
        with.audit.worst_world, with.audit.worst_agent
    );
}

/// What must hold whatever the parameters: the subsidy changes nothing before its
/// first day, sells more, employs more, and is paid in full by its economy.
///
/// # Panics
/// When it does not.
fn check(without: &Run, with: &Run) {
    let (a, b) = (&without.figures, &with.figures);
    assert!(
        !without.before.is_empty(),
        "the subsidy leaves no ticks before it"
    );
    assert!(
        without.before == with.before,
        "the subsidy changed something before its first day"
    );
    assert!(
        b.export_volume > a.export_volume,
        "exports of the sector did not rise"
    );
    assert!(
        b.employment > a.employment,
        "employment of the sector did not rise"
    );
    let paid = b.export_value - b.border_value;
    assert!(
        (paid - RATE * b.export_value).abs() < 1e-9 * b.export_value,
        "paid {paid} on exports of {}",
        b.export_value
    );
    assert!(b.revenue < a.revenue, "nobody paid for the subsidy");
}

/// Buyers abroad turn to the cheaper origin by the elasticity between origins where it
/// is small among their imports, by that between imports and home goods where it is all:
/// at the least the response at once, at the most that of the long run.
///
/// # Panics
/// When the response lies outside these two.
fn check_size(library: &Library, without: &Run, with: &Run) -> Outcome<()> {
    let volume = with.figures.export_volume / without.figures.export_volume;
    let response = ln(volume) / -ln(1.0 - RATE);
    let parameters = defaults(library)?;
    let (least, most) = (
        parameters.for_sector("import_elasticity_short", SECTOR)?,
        parameters.for_sector("origin_elasticity", SECTOR)?,
    );
    assert!(
        (least..most).contains(&response),
        "volume answers the price with {response}, outside {least} to {most}"
    );
    Ok(())
}

fn defaults(library: &Library) -> Outcome<Parameters> {
    Ok(Defaults::read(&library.source("configs/parameters/default.toml")?)?.values)
}

/// The base year's rates for ever. The second act raises a rate that nobody collects,
/// so that customs writes all rates anew, which must leave the subsidy as it is.
fn base_law(world: &World) -> Outcome<RateCalendar> {
    let flows = world.fob.len();
    let rates = RateTable {
        statutory: world.duty_rate.clone(),
        applied: world.duty_rate.clone(),
        collected: world.duty_rate.clone(),
        once_arrived: Vec::new(),
        export_tax: vec![0.0; flows],
        trade_cost: vec![1.0; flows],
        by_measure: Vec::new(),
        quotas: Vec::new(),
        refunds: Vec::new(),
    };
    let mut second = rates.clone();
    second.statutory[0] += 0.01;
    Ok(RateCalendar::new(vec![
        (START.parse()?, rates),
        (SECOND_ACT.parse()?, second),
    ]))
}

/// The model at its default parameters, embedded as the world is.
fn model(library: &Library, world: &World) -> Outcome<Model> {
    let parameters = defaults(library)?;
    let importers = vec![0.5, 0.3, 0.2];
    Ok(Model {
        economy: Arc::new(calibrate::economy(world, &parameters)?),
        frictions: calibrate::frictions(world, &parameters)?,
        population: calibrate::population(world, &parameters, 8, importers)?,
        talks: None,
        law: Arc::new(base_law(world)?),
        start: START.parse::<Date>()?,
        tick: TickLength::Days(7),
        seed: 1,
        replication: 0,
    })
}
