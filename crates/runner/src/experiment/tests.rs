//! Draws, hashes, limits and the files that come with the program.

use tradewinds_config::{schema, spec_faults};
use tradewinds_policy::TariffSchedule;
use tradewinds_units::{EconomyCode, SectorCode, parse_date};

use super::*;
use crate::parameters::{PARAMETERS, parameter};

fn load(overrides: &[&str]) -> Result<Experiment, ExperimentError> {
    let overrides: Vec<String> = overrides.iter().map(|one| (*one).to_owned()).collect();
    Experiment::load(&Library::embedded(), "us-2025", &overrides)
}

fn loaded(overrides: &[&str]) -> Experiment {
    load(overrides).unwrap_or_else(|error| panic!("{error}"))
}

fn message(overrides: &[&str]) -> String {
    load(overrides).unwrap_err().to_string()
}

#[test]
fn every_description_of_a_file_is_sound() {
    for spec in [experiment_spec(), defaults_spec(), scenario_spec()] {
        let faults = spec_faults(spec);
        assert!(faults.is_empty(), "{faults:?}");
    }
    let schema = schema(experiment_spec());
    assert_eq!(schema["properties"]["seed"]["default"], 1);
}

#[test]
fn every_experiment_world_and_scenario_file_loads() {
    let library = Library::embedded();
    assert!(!library.experiments().is_empty());
    for name in library.experiments() {
        if let Err(error) = Experiment::load(&library, &name, &[]) {
            panic!("{name}: {error}");
        }
    }
    for path in library.files("configs/scenarios") {
        let change = format!("scenario[2].reform=\"../../{path}\"");
        let experiment = loaded(&[&change]);
        assert!(!experiment.scenarios[2].reform.is_empty(), "{path}");
    }
}

#[test]
fn the_default_file_gives_every_parameter_of_the_model_within_its_range() {
    let library = Library::embedded();
    let source = library.source("configs/parameters/default.toml").unwrap();
    let defaults = Defaults::read(&source).unwrap_or_else(|errors| panic!("{errors}"));
    assert_eq!(defaults.preset, "us_variety");
    for one in PARAMETERS {
        let entry = defaults.entry(one.name).unwrap();
        assert_eq!(entry.unit, one.unit, "{}", one.name);
        assert!(entry.source.len() > 10, "{}", one.name);
        let (low, high) = entry.range;
        assert!(
            one.low <= low && low < high && high <= one.high,
            "{}",
            one.name
        );
        match entry.value {
            Some(value) => assert!((low..=high).contains(&value), "{}", one.name),
            None => assert!(
                ["firm_elasticity", "firm_size_tail", "exporter_share"].contains(&one.name),
                "{} has no value and the world has none",
                one.name
            ),
        }
    }
    let world = library.world("2024").unwrap();
    for entry in defaults.entries.iter().filter(|one| one.name.contains('.')) {
        let (name, sector) = entry.name.split_once('.').unwrap();
        let codes = match parameter(name).unwrap().by_use {
            true => sector.split("_into_").collect(),
            false => vec![sector],
        };
        for code in codes {
            let code: SectorCode = code.parse().unwrap();
            assert!(world.sector_index(&code).is_some(), "{}", entry.name);
        }
    }
}

#[test]
fn every_draw_makes_an_economy_of_the_world() {
    let experiment = loaded(&[]);
    for sample in 0..experiment.design.samples() {
        let draw = experiment.draw(sample * experiment.design.repeats);
        if let Err(error) = crate::calibrate::economy(&experiment.world, &draw) {
            panic!("sample {sample}: {error}");
        }
    }
}

#[test]
fn the_file_says_what_the_run_is() {
    let experiment = loaded(&[]);
    assert_eq!(experiment.ticks(), 104);
    assert_eq!(experiment.collect.period, 4);
    assert_eq!(experiment.replications(), 100);
    let names: Vec<&str> = experiment
        .scenarios
        .iter()
        .map(|one| one.name.as_str())
        .collect();
    assert_eq!(
        names,
        ["no-new-tariffs", "as-enacted", "without-emergency-duties"]
    );
    assert_eq!(experiment.baseline, 0);
    assert!(experiment.scenarios[1].reform.is_empty());
    let firms = 20 * experiment.world.economy_count() * experiment.world.sector_count();
    assert!(firms >= 5000, "{firms}");
    assert_eq!(loaded(&["tick=month"]).ticks(), 26);
    assert_eq!(loaded(&["tick=day"]).ticks(), 730);
    assert_eq!(loaded(&["tick=day"]).collect.period, 28);
    let code = experiment.world.economies[experiment.outcomes.economy];
    assert_eq!(code.as_str(), "USA");
}

#[test]
fn a_draw_depends_on_seed_and_sample_and_leaves_the_rest_alone() {
    let experiment = loaded(&[]);
    let (first, again, next) = (experiment.draw(0), experiment.draw(1), experiment.draw(2));
    assert_eq!(first, again, "two repeats of one sample");
    assert_ne!(first, next);
    let without = loaded(&[
        "scenario[2].title=other",
        "replications=7",
        "uncertainties.wage_speed={ prior = \"constant\", value = 0.7, source = \"test\" }",
    ]);
    let other = without.draw(0);
    for (name, value) in first.iter() {
        let now = other.get(name).unwrap();
        if name == "wage_speed" {
            assert_eq!(now, 0.7);
        } else {
            assert_eq!(now.to_bits(), value.to_bits(), "{name}");
        }
    }
    assert_ne!(loaded(&["seed=2026"]).draw(0), first);
    assert_eq!(experiment.draws().len(), 100);
    // What the world holds and nobody draws stays with the world.
    assert!(first.get("firm_size_tail").is_err());
    assert!(first.get("firm_elasticity").is_ok());
}

#[test]
fn every_draw_stays_inside_its_prior_and_a_relative_one_moves_all_sectors_alike() {
    let experiment = loaded(&["replications=400", "repeats=1"]);
    let base = &experiment.parameters;
    let mut sum = 0.0;
    for draw in experiment.draws() {
        let reset = draw.get("border_reset_rate").unwrap();
        assert!((0.6..=2.0).contains(&reset));
        sum += reset / 400.0;
        let ratio = |name: &str| draw.get(name).unwrap() / base.get(name).unwrap();
        let food = ratio("store_reset_rate.agriculture");
        assert!((food - ratio("store_reset_rate")).abs() < 1e-12);
        assert!((food - ratio("store_reset_rate.autos")).abs() < 1e-12);
    }
    // Median 1.1 and standard deviation 0.2 of the logarithm: mean 1.122, standard error 0.011.
    assert!((sum - 1.122).abs() < 0.035, "{sum}");
}

/// Elasticities of a sector at once and in the long run: firms, origins, imports, sectors.
fn order(experiment: &Experiment, draw: &Parameters, sector: usize) -> [[f64; 4]; 2] {
    let code = experiment.world.sectors[sector].as_str();
    let get = |name: &str| draw.for_sector(name, code).unwrap();
    let population = crate::calibrate::population(&experiment.world, draw, 1, vec![1.0]).unwrap();
    let (firms, sectors) = (
        population.firm_elasticity[sector],
        get("final_demand_elasticity"),
    );
    let origins = ["origin_elasticity_short", "origin_elasticity"].map(get);
    let imports = ["import_elasticity_short", "import_elasticity"].map(get);
    [0, 1].map(|speed| [firms, origins[speed], imports[speed], sectors])
}

#[test]
fn substitutes_stay_in_order_from_close_to_poor_at_both_speeds_in_every_draw() {
    let experiment = loaded(&["replications=400", "repeats=1"]);
    let sectors = experiment.world.sector_count();
    let draws = experiment.draws();
    for draw in draws.iter().chain([&experiment.parameters]) {
        for tiers in (0..sectors).flat_map(|sector| order(&experiment, draw, sector)) {
            assert!(
                tiers.is_sorted_by(|closer, poorer| closer >= poorer),
                "{tiers:?}"
            );
        }
    }
}

#[test]
fn the_elasticity_after_a_year_is_the_one_estimated_on_the_duties_of_2018() {
    let experiment = loaded(&["replications=400", "repeats=1"]);
    let world = &experiment.world;
    let buyer = experiment.outcomes.economy;
    let (economies, sectors) = (world.economy_count(), world.sector_count());
    let imports = |sector: usize| -> f64 {
        let flows = (0..economies).filter(|origin| *origin != buyer);
        flows
            .map(|origin| world.fob[(buyer * economies + origin) * sectors + sector])
            .sum()
    };
    let total: f64 = (0..sectors).map(imports).sum();
    let after_a_year = |draw: &Parameters| -> f64 {
        let adapted = 1.0 - (-draw.get("sourcing_speed").unwrap()).exp();
        let in_sector = |sector: usize| {
            let [[_, short, ..], [_, long, ..]] = order(&experiment, draw, sector);
            short + (long - short) * adapted
        };
        (0..sectors)
            .map(|sector| imports(sector) / total * in_sector(sector))
            .sum()
    };
    let central = after_a_year(&experiment.parameters);
    assert!((central - 2.53).abs() < 0.1, "{central}");
    let draws: Vec<f64> = experiment.draws().iter().map(after_a_year).collect();
    let mean = draws.iter().sum::<f64>() / 400.0;
    let deviations = draws.iter().map(|one| (one - mean).powi(2));
    let sd = (deviations.sum::<f64>() / 399.0).sqrt();
    // The estimate has a standard error of 0.26.
    assert!((mean - 2.53).abs() < 0.13, "{mean}");
    assert!(sd > 0.2 && sd < 0.4, "{sd}");
}

#[test]
fn another_preset_takes_the_place_of_the_elasticities_and_is_named() {
    let experiment = loaded(&["preset=blpn"]);
    let get = |name: &str| experiment.parameters.for_sector(name, "autos").unwrap();
    assert_eq!(
        get("origin_elasticity"),
        2.0,
        "no value of a sector is left"
    );
    assert_eq!(
        get("input_elasticity"),
        0.7,
        "what the preset does not name stays"
    );
    assert_eq!(experiment.provenance()["parameters"], "blpn");
    let year = |name: &str, speed: f64| {
        let short = get(&format!("{name}_short"));
        short + (get(name) - short) * (1.0 - (-speed).exp())
    };
    // Boehm, Levchenko and Pandalai-Nayar (2023): 0.76 after a year.
    assert!((year("origin_elasticity", get("sourcing_speed")) - 0.76).abs() < 0.01);
    let entry = experiment.defaults.entry("origin_elasticity").unwrap();
    assert!(entry.source.contains("Boehm"), "{}", entry.source);
    assert!(
        experiment
            .defaults
            .entry("origin_elasticity.autos")
            .is_none()
    );
    assert_ne!(experiment.config_hash, loaded(&[]).config_hash);
    assert_eq!(
        loaded(&["preset=us_variety"]).parameters,
        loaded(&[]).parameters
    );
    let message = message(&["preset=blnp"]);
    assert!(message.contains("blpn"), "{message}");
}

#[test]
fn a_constant_for_all_sectors_takes_the_place_of_those_of_sectors() {
    let all = loaded(&["parameters.store_reset_rate=3.0"]);
    assert_eq!(
        all.parameters.for_sector("store_reset_rate", "autos"),
        Ok(3.0)
    );
    let one = loaded(&["parameters.store_reset_rate.autos=3.0"]);
    assert_eq!(
        one.parameters.for_sector("store_reset_rate", "autos"),
        Ok(3.0)
    );
    assert_eq!(
        one.parameters.for_sector("store_reset_rate", "energy"),
        Ok(12.0)
    );
}

#[test]
fn the_hash_follows_what_matters_and_nothing_else() {
    let hash = |overrides: &[&str]| loaded(overrides).config_hash;
    let own = hash(&[]);
    assert_eq!(own, hash(&[]));
    assert_eq!(own, hash(&["replications=100"]));
    assert_ne!(own, hash(&["replications=101"]));
    assert_ne!(own, hash(&["parameters.rebate_share=0.5"]));
    let inputs: Vec<String> = loaded(&[]).inputs.into_iter().map(|one| one.path).collect();
    for path in [
        "configs/policy/usa/ieepa_fentanyl.toml",
        "configs/scenarios/without_emergency_duties_2025.toml",
        "configs/parameters/default.toml",
        "configs/worlds/2024/trade.csv",
    ] {
        assert!(inputs.contains(&path.to_owned()), "{path}");
    }
}

fn rate(schedule: &TariffSchedule, pair: (&str, &str), product: &str, date: &str) -> f64 {
    let economy = |code: &str| code.parse::<EconomyCode>().unwrap();
    let product: SectorCode = product.parse().unwrap();
    let date = parse_date(date).unwrap();
    schedule
        .rate(economy(pair.0), economy(pair.1), &product, date)
        .statutory
}

#[test]
fn without_new_tariffs_the_law_of_2024_stays() {
    let schedules = loaded(&[]).schedules().unwrap();
    let (frozen, enacted) = (&schedules[0], &schedules[1]);
    for pair in [
        ("USA", "CHN"),
        ("USA", "JPN"),
        ("USA", "CAN"),
        ("CHN", "USA"),
        ("CAN", "USA"),
    ] {
        for product in [
            "steel_primary",
            "autos_vehicles",
            "machinery",
            "apparel_consumer",
        ] {
            let before = rate(enacted, pair, product, "2024-12-31");
            for date in ["2025-01-01", "2025-04-20", "2026-03-01", "2026-12-31"] {
                let now = rate(frozen, pair, product, date);
                assert_eq!(now.to_bits(), before.to_bits(), "{pair:?} {product} {date}");
            }
        }
    }
    // Duties of 2018-19 are part of it.
    assert!(rate(frozen, ("USA", "CHN"), "machinery", "2026-06-01") > 0.15);
    assert!(rate(enacted, ("USA", "CHN"), "machinery", "2025-04-20") > 1.0);
}

#[test]
fn without_emergency_duties_other_powers_and_answers_to_them_stay() {
    let schedules = loaded(&[]).schedules().unwrap();
    let (frozen, enacted, reform) = (&schedules[0], &schedules[1], &schedules[2]);
    let date = "2025-07-01";
    let added = |schedule, pair, product| {
        rate(schedule, pair, product, date) - rate(frozen, pair, product, date)
    };
    // Of consumer goods, those with metal pay 50 on it, the others the country rate of 10.
    let goods = |schedule| added(schedule, ("USA", "JPN"), "apparel_consumer");
    let country_rate = 0.10 * (1.0 - goods(reform) / 0.50);
    assert!(goods(reform) < 0.05);
    assert!((goods(enacted) - goods(reform) - country_rate).abs() < 1e-9);
    // Steel and cars pay under other powers in both.
    for (product, least) in [("steel_primary", 0.2), ("autos_vehicles", 0.2)] {
        assert!(added(reform, ("USA", "JPN"), product) > least, "{product}");
        let difference =
            added(reform, ("USA", "JPN"), product) - added(enacted, ("USA", "JPN"), product);
        assert!(difference.abs() < 0.06, "{product} {difference}");
    }
    // China's answers go, Canada's first list goes, Canada's duty on cars stays.
    assert!(added(enacted, ("CHN", "USA"), "machinery") > 0.05);
    assert_eq!(added(reform, ("CHN", "USA"), "machinery"), 0.0);
    let apparel = |schedule| added(schedule, ("CAN", "USA"), "apparel_consumer");
    assert!(apparel(enacted) > apparel(reform));
    assert!((added(reform, ("CAN", "USA"), "autos_vehicles") - 0.25).abs() < 0.01);
}

#[test]
fn what_would_not_fit_is_refused_with_estimate_limit_and_flag() {
    let huge = loaded(&["population.firms_per_cell=1000000000000000000"]);
    let limits = Limits::default();
    let error = huge.check_limits(&limits, 2).unwrap_err();
    let text = error.to_string();
    for part in [
        "population.firms_per_cell = 1000000000000000000",
        "bytes, limit 16.0 GB",
        "--max-memory",
    ] {
        assert!(text.contains(part), "no {part:?} in {text}");
    }
    assert_eq!(ExperimentError::from(error).exit_code(), 4);
    let text = message(&["population.firms_per_cell=1e18"]);
    assert!(
        text.contains("help:") && text.contains("--set population.firms_per_cell=1e18:1:27"),
        "{text}"
    );
    let many = loaded(&["replications=4000000"]);
    let text = many.check_limits(&limits, 2).unwrap_err().to_string();
    assert!(
        text.contains("--max-runs") && text.contains("3 scenarios"),
        "{text}"
    );
    assert!(loaded(&[]).check_limits(&limits, 2).is_ok());
}

#[test]
fn a_folder_with_another_configuration_is_refused_with_the_differences() {
    let (own, other) = (
        loaded(&[]),
        loaded(&["population.firms_per_cell=5", "seed=3"]),
    );
    assert!(same_run(&own, "results/a", &own.resolved, &own.config_hash).is_ok());
    let error = same_run(&own, "results/a", &other.resolved, &other.config_hash).unwrap_err();
    let text = error.to_string();
    for part in [
        "results/a",
        "population.firms_per_cell: 5 there, 20 here",
        "seed: 3 there, 2025 here",
        "--out",
        "cut short",
    ] {
        assert!(text.contains(part), "no {part:?} in {text}");
    }
    assert_eq!(error.changes.len(), 2);
}

#[test]
fn a_number_between_the_codes_of_a_choice_is_refused_with_its_place_and_the_choices() {
    let told = message(&["parameters.markup_rule=1.5"]);
    for part in ["markup_rule", "0, 1, 2 or 3", "2 Cournot"] {
        assert!(told.contains(part), "{told}");
    }
    let told = message(&["parameters.approval=0.5"]);
    assert!(told.contains("0 or 1") && told.contains("1 yes"), "{told}");
    let told = message(&["parameters.markup_rule={ autos = 1.5 }"]);
    assert!(told.contains("markup_rule.autos"), "{told}");
    loaded(&[
        "parameters.markup_rule={ autos = 2 }",
        "parameters.approval=1.0",
    ]);
}

#[test]
fn a_prior_that_draws_between_the_codes_of_a_choice_is_refused() {
    let prior = |text: &str| format!("uncertainties.markup_rule={{ {text}, source = \"none\" }}");
    for text in [
        "prior = \"uniform\", low = 0, high = 3",
        "prior = \"constant\", value = 1.5",
        "prior = \"discrete\", values = [0, 0.5]",
        "prior = \"discrete\", values = [0, 1], relative = true",
    ] {
        let told = message(&[&prior(text)]);
        assert!(told.contains("whole numbers from 0 to 3"), "{text}: {told}");
    }
    loaded(&[&prior("prior = \"discrete\", values = [0, 3]")]);
}

#[test]
fn votes_that_were_held_reach_the_model_of_economies_that_it_has() {
    let experiment = loaded(&["replications=1", "population.firms_per_cell=1"]);
    let code = |text: &str| text.parse::<EconomyCode>().unwrap();
    let plan = crate::plan::Plan::of(&experiment).unwrap();
    let held = plan.model(0, 0).unwrap().frictions.approval.held;
    let has = |economy: &str, day: &str| {
        let n = experiment.world.economy_index(code(economy)).unwrap();
        let date = parse_date(day).unwrap();
        held.iter().any(|one| (one.economy, one.date) == (n, date))
    };
    assert!(has("CAN", "2025-04-28") && has("AUS", "2025-05-03"));
    assert!(!has("MEX", "2027-06-06"), "scheduled, not held");
}

#[test]
fn a_variance_of_shares_without_bound_is_refused() {
    let load = |changes: &[&str]| {
        let changes: Vec<String> = changes.iter().map(|one| (*one).to_owned()).collect();
        Experiment::load(&Library::embedded(), "markets", &changes)
    };
    let told = load(&[
        "parameters.market_variance_response=0.2",
        "parameters.market_variance_memory=0.85",
    ]);
    let told = told.unwrap_err().to_string();
    assert!(
        told.contains("below 1") && told.contains("market_variance_response"),
        "{told}"
    );
    assert!(load(&["parameters.market_variance_memory=0.83"]).is_ok());
}

#[test]
fn profits_that_grow_as_fast_as_they_are_discounted_are_refused() {
    let load = |changes: &[&str]| {
        let changes: Vec<String> = changes.iter().map(|one| (*one).to_owned()).collect();
        Experiment::load(&Library::embedded(), "markets", &changes)
    };
    let told = load(&["parameters.profit_growth=0.08"]).unwrap_err();
    let told = told.to_string();
    for part in [
        "parameters.profit_growth",
        "share_safe_rate from 0.03",
        "equity_premium from 0.05",
        "below the sum of the other two, 0.08",
    ] {
        assert!(told.contains(part), "`{part}` is missing in:\n{told}");
    }
    assert!(load(&["parameters.profit_growth=0.07"]).is_ok());
    let drawn = "uncertainties.profit_growth={ prior = \"uniform\", low = 0.0, high = 0.09, source = \"a test\" }";
    let told = load(&[drawn]).unwrap_err().to_string();
    assert!(told.contains("profit_growth up to 0.09"), "{told}");
}

#[test]
fn the_economy_of_the_outcomes_is_always_recorded() {
    let changes = ["collect.economies=[\"CHN\"]", "outcomes.economy=MEX"].map(str::to_owned);
    let experiment = Experiment::load(&Library::embedded(), "markets", &changes).unwrap();
    let schedules = experiment.schedules().unwrap();
    let watched = crate::plan::watched(&experiment, (&schedules[0], &schedules));
    let codes: Vec<String> = (watched.iter())
        .map(|n| experiment.world.economies[*n].to_string())
        .collect();
    assert_eq!(codes, ["CHN", "MEX"]);
}

#[test]
fn a_fraction_is_no_tail_and_draws_of_it_are_whole() {
    let load = |set: &[&str]| {
        let set: Vec<String> = set.iter().map(|one| (*one).to_owned()).collect();
        Experiment::load(&Library::embedded(), "markets", &set)
    };
    let told = load(&["parameters.market_tail=2.5"])
        .unwrap_err()
        .to_string();
    for part in [
        "parameters.market_tail",
        "no whole number in range",
        "a whole number from 2 to 50",
    ] {
        assert!(told.contains(part), "`{part}` is missing in:\n{told}");
    }
    assert!(load(&["parameters.market_tail=4"]).is_ok());
    let drawn = load(&[
        "uncertainties.market_tail={ prior = \"uniform\", low = 2.0, high = 9.0, source = \"a test\" }",
    ]);
    let draws = drawn.unwrap().draws();
    let tails: Vec<f64> = draws
        .iter()
        .map(|one| one.get("market_tail").unwrap())
        .collect();
    assert!(tails.iter().all(|tail| tail.fract() == 0.0), "{tails:?}");
    assert!(tails.iter().any(|tail| *tail > 4.0), "{tails:?}");
}
