//! The default model at any size: the world of 2024, law in force, weekly ticks.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use tradewinds_config::Source;
use tradewinds_engine::model::Model;
use tradewinds_engine::observe::{ObservePlugin, Watch};
use tradewinds_engine::{Simulation, baseline};
use tradewinds_kernel::clock::TickLength;
use tradewinds_policy::{LawBook, Practice, Reform, TariffSchedule, Without};
use tradewinds_runner::calibrate;
use tradewinds_runner::ensemble::{Plan, PlannedScenario};
use tradewinds_runner::parameters::Parameters;
use tradewinds_runner::rates::{SectorRates, Span, measure_names};
use tradewinds_units::Date;
use tradewinds_world::World;

/// Values near the defaults. Only the reset rates and the noise decide how
/// much work a tick is; the others only have to leave the economy at rest.
const PARAMETERS: [(&str, f64); 24] = [
    ("origin_elasticity", 2.53),
    ("import_elasticity", 1.19),
    ("final_demand_elasticity", 0.9),
    ("input_elasticity", 0.2),
    ("border_reset_rate", 1.1),
    ("store_reset_rate", 2.5),
    ("finished_cover", 0.11),
    ("material_cover", 0.1),
    ("stock_adjustment", 2.0),
    ("sales_expectation", 13.0),
    ("income_expectation", 13.0),
    ("money_cover", 0.5),
    ("money_adjustment", 1.0),
    ("wage_speed", 0.5),
    ("dividend_speed", 12.0),
    ("productivity_noise", 0.02),
    ("productivity_reversion", 1.0),
    ("margin_squeeze", 0.3),
    ("margin_recovery", 0.5),
    ("dollar_margin", 0.5),
    ("collection_gap", 0.1),
    ("preference_uptake", 1.0),
    ("claim_scale", 1.0),
    ("rebate_share", 1.0),
];

/// Ticks of two years of weeks.
pub const TWO_YEARS: u32 = 104;

/// A plan of two scenarios, with and without the measures in force from 2025
/// on, on the world of 2024; weekly, records every four weeks.
///
/// # Panics
/// When the files of the repository cannot be read or do not fit together.
pub fn plan(firms_per_cell: usize, replications: usize) -> Plan {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../configs");
    let world = Arc::new(load_world(&root.join("worlds/2024")));
    let law = load_law(&root.join("policy"));
    let span = Span {
        base: Date::constant(2024, 12, 31),
        start: Date::constant(2025, 1, 1),
        end: Date::constant(2026, 12, 31),
    };
    let as_enacted = Reform::default();
    let without = law.authorities().into_iter().map(|authority| Without {
        what: authority.to_owned(),
        from: Some(span.start),
    });
    let none = Reform {
        without: without.collect(),
        ..Reform::default()
    };
    let schedules = [("no-new-tariffs", none), ("as-enacted", as_enacted)].map(|(name, reform)| {
        let practice = Practice {
            as_published: true,
            ..Practice::default()
        };
        let schedule = TariffSchedule::compile(&law, &reform, practice);
        (
            name,
            schedule.unwrap_or_else(|error| panic!("scenario {name}: {error:?}")),
        )
    });
    let measures = measure_names(schedules.iter().map(|(_, schedule)| schedule));
    let scenarios = schedules.iter().map(|(name, schedule)| PlannedScenario {
        name: (*name).to_owned(),
        rates: SectorRates::new(&world, schedule, span, &measures),
    });
    let scenarios: Vec<PlannedScenario> = scenarios.collect();
    let mut parameters = Parameters::default();
    for (name, value) in PARAMETERS {
        let set = parameters.set(name, value);
        set.unwrap_or_else(|error| panic!("{error}"));
    }
    let watched = scenarios[1].rates.changing.clone();
    Plan {
        focus: watched[0],
        watched,
        world,
        scenarios,
        baseline: 0,
        draws: vec![parameters; replications],
        seed: 2025,
        start: span.start,
        tick: TickLength::Days(7),
        ticks: TWO_YEARS,
        period: 4,
        firms_per_cell,
        importer_shares: vec![0.5, 0.3, 0.2],
        firms: false,
        provenance: BTreeMap::new(),
    }
}

/// One run of the plan's last scenario before its first tick, with every
/// mechanism, the audits and the records.
///
/// # Panics
/// When world and parameters do not make a model.
pub fn simulation(plan: &Plan) -> Simulation {
    let scenario = plan.scenarios.len() - 1;
    let parameters = &plan.draws[0];
    let or_panic = |error: &dyn std::fmt::Display| -> ! { panic!("{error}") };
    let economy =
        calibrate::economy(&plan.world, parameters).unwrap_or_else(|error| or_panic(&error));
    let frictions =
        calibrate::frictions(&plan.world, parameters).unwrap_or_else(|error| or_panic(&error));
    let population = calibrate::population(
        &plan.world,
        parameters,
        plan.firms_per_cell,
        plan.importer_shares.clone(),
    );
    let gap = parameters
        .get("collection_gap")
        .unwrap_or_else(|error| or_panic(&error));
    let model = Model {
        economy: Arc::new(economy),
        frictions,
        population: population.unwrap_or_else(|error| or_panic(&error)),
        law: Arc::new(plan.scenarios[scenario].rates.calendar(&plan.world, gap)),
        start: plan.start,
        tick: plan.tick,
        seed: plan.seed,
        replication: 0,
    };
    let watch = Watch {
        economies: plan.watched.clone(),
        period: plan.period,
        labels: plan.labels(scenario),
        firms: plan.firms,
    };
    Simulation::new(model, (baseline, ObservePlugin(watch)))
        .unwrap_or_else(|error| or_panic(&error))
}

fn load_world(folder: &Path) -> World {
    let named = |(path, text): (String, String)| {
        let name = path.rsplit('/').next().unwrap_or(&path);
        (name.to_owned(), text)
    };
    let files: BTreeMap<String, String> = texts(folder, "csv").into_iter().map(named).collect();
    World::load(&files).unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
}

fn load_law(folder: &Path) -> LawBook {
    let source = |(path, text): (String, String)| Source::new(path, text);
    let sources: Vec<Source> = texts(folder, "").into_iter().map(source).collect();
    LawBook::load(&sources).unwrap_or_else(|error| panic!("{error}"))
}

/// Path and text of the files below a folder with an extension (any, when it
/// is empty), in order; folders of raw sources apart.
fn texts(folder: &Path, extension: &str) -> Vec<(String, String)> {
    let entries =
        std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut paths: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    let mut found = Vec::new();
    for path in paths {
        if path.is_dir() {
            if !path.ends_with("sources") {
                found.extend(texts(&path, extension));
            }
        } else if extension.is_empty() || path.extension().is_some_and(|has| has == extension) {
            let text = std::fs::read_to_string(&path);
            let text = text.unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            found.push((path.display().to_string(), text));
        }
    }
    found
}
