//! Nonsense in: a clear error, a warning, or a finite and continuous answer.
//!
//! | nonsense | answer |
//! | --- | --- |
//! | an elasticity below zero, no number, no end, no replication, no scenario, no tick | refused with file, line, key and fix |
//! | an elasticity of one, shares of zero, duties of -50 % and of 10^6 %, one economy | finite and continuous |
//! | a cell without firms | refused |
//! | stocks that would cycle | a warning that names the key, in the manifest too |

use std::path::PathBuf;
use std::sync::Arc;

use tradewinds_engine::customs::RateCalendar;
use tradewinds_engine::household::Spending;
use tradewinds_engine::importer::StorePrices;
use tradewinds_engine::labour::LabourRationing;
use tradewinds_engine::model::Model;
use tradewinds_engine::sourcing::MarketPrices;
use tradewinds_engine::stability::{LIKELY_TO_CYCLE, multiplier};
use tradewinds_engine::trade::Shipments;
use tradewinds_engine::{BuildError, Simulation, baseline};
use tradewinds_equilibrium::{Economy, EconomyParts, Shock};
use tradewinds_runner::ensemble::{Control, Plan};
use tradewinds_runner::experiment::Experiment;
use tradewinds_runner::launch::{Build, launch};
use tradewinds_runner::library::Library;
use tradewinds_tests::fixtures::closed::{Closed, close};
use tradewinds_tests::fixtures::{Numbers, models};

/// The experiment of the project with one part of its text changed, as a file of its own.
fn changed(from: &str, to: &str) -> (tempfile::TempDir, PathBuf, String) {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..");
    let text = std::fs::read_to_string(root.join("experiments/us-2025/experiment.toml")).unwrap();
    assert!(text.contains(from), "{from}");
    let text = text.replacen(from, to, 1);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("experiments/nonsense/experiment.toml");
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(&path, &text).unwrap();
    (folder, path, text)
}

/// What a user is told who changes one part of the text: every part must be in it, with the
/// line on which `to` starts.
fn assert_refused(from: &str, to: &str, key: &str, parts: &[&str]) {
    let (_folder, path, text) = changed(from, to);
    let name = path.display().to_string();
    let error = Experiment::load(&Library::embedded(), &name, &[]).unwrap_err();
    let (message, code) = (error.to_string(), error.exit_code());
    let last = to.lines().last().unwrap_or(to);
    let line = 1 + text.lines().position(|line| line.contains(last)).unwrap();
    let place = format!("experiments/nonsense/experiment.toml:{line}:");
    for part in [&place, key, "help:"]
        .into_iter()
        .chain(parts.iter().copied())
    {
        assert!(message.contains(part), "no {part:?} in\n{message}");
    }
    assert_eq!(code, 2, "{message}");
    assert!(message.lines().count() <= 24, "{message}");
}

#[test]
fn an_elasticity_below_zero_is_refused_where_it_stands() {
    let negative = "[parameters]\norigin_elasticity = -2.0\n\n[law]";
    let (_folder, path, text) = changed("[law]", negative);
    let name = path.display().to_string();
    let message = Experiment::load(&Library::embedded(), &name, &[])
        .unwrap_err()
        .to_string();
    let line = 1 + text.lines().position(|line| line.contains("-2.0")).unwrap();
    for part in [
        format!("experiment.toml:{line}:"),
        "parameters.origin_elasticity".to_owned(),
        "a number from 0 to 30".to_owned(),
        "the nearest allowed value is 0".to_owned(),
    ] {
        assert!(message.contains(&part), "no {part:?} in\n{message}");
    }
}

#[test]
fn numbers_that_are_none_are_refused_where_they_stand() {
    for value in ["nan", "inf", "-inf"] {
        let to = format!("seed = 2025\nparameters.money_cover = {value}");
        assert_refused(
            "seed = 2025",
            &to,
            "parameters.money_cover",
            &["must be finite"],
        );
    }
}

#[test]
fn a_run_that_ends_before_it_starts_is_refused() {
    assert_refused(
        "end = 2026-12-31",
        "end = 2024-06-30",
        "end",
        &[
            "the last day comes before the first",
            "a day from 2025-01-01 on",
        ],
    );
}

#[test]
fn a_tick_longer_than_the_run_is_refused() {
    let from = "end = 2026-12-31\ntick = \"week\"";
    let (_folder, path, _) = changed(from, "end = 2025-01-20\ntick = \"month\"");
    let name = path.display().to_string();
    let message = Experiment::load(&Library::embedded(), &name, &[])
        .unwrap_err()
        .to_string();
    for part in ["not one whole tick", "at least 28 days", "a shorter `tick`"] {
        assert!(message.contains(part), "no {part:?} in\n{message}");
    }
}

#[test]
fn no_replication_is_refused() {
    assert_refused(
        "replications = 100",
        "replications = 0",
        "replications",
        &["at least 1"],
    );
}

#[test]
fn a_population_without_firms_is_refused() {
    assert_refused(
        "firms_per_cell = 20",
        "firms_per_cell = 0",
        "population.firms_per_cell",
        &["at least 1"],
    );
}

#[test]
fn an_experiment_without_scenarios_is_refused() {
    let changes = ["scenario=[]".to_owned()];
    let message = Experiment::load(&Library::embedded(), "us-2025", &changes)
        .unwrap_err()
        .to_string();
    for part in ["no scenario", "scenario=[]", "add `[[scenario]]`"] {
        assert!(message.contains(part), "no {part:?} in\n{message}");
    }
}

#[test]
fn a_cell_that_sells_without_a_firm_is_refused_and_one_that_sells_nothing_is_not() {
    let economy = Closed::default().build();
    let mut model = models::sticky(&economy, 2, 1);
    let mut firms = vec![2; economy.markets()];
    firms[economy.market(1, 0)] = 0;
    model.population.firms_by_cell = Some(firms);
    let refused = Simulation::new(model, baseline).map(|_| ()).unwrap_err();
    let message = refused.to_string();
    assert!(
        matches!(refused, BuildError::NoFirms { economy: 1, sector: 0, sales } if sales > 0.0),
        "{message}"
    );
    assert!(
        message.contains("sector 0 of economy 1 has no firm"),
        "{message}"
    );
}

/// Prices, shares, flows, wages and spending after a year; all must be numbers.
fn after_a_year(model: Model) -> Vec<f64> {
    let mut simulation = models::simulate(model);
    models::run(&mut simulation, 52);
    let world = simulation.world_mut();
    let mut users = world.query::<&Spending>();
    let mut values: Vec<f64> = users.iter(world).map(|one| one.0).collect();
    let prices = world.resource::<MarketPrices>();
    values.extend(&prices.log_composite);
    values.extend(&prices.origin_share);
    values.extend(&world.resource::<StorePrices>().log_price);
    values.extend(&world.resource::<Shipments>().value);
    values.extend(&world.resource::<LabourRationing>().employed);
    assert!(values.iter().all(|value| value.is_finite()), "{values:?}");
    values
}

/// The largest difference of two lists, relative to numbers above 1.
fn gap(one: &[f64], other: &[f64]) -> f64 {
    assert_eq!(one.len(), other.len());
    let pairs = one.iter().zip(other);
    pairs.fold(0.0, |most, (a, b)| {
        most.max((a - b).abs() / a.abs().max(1.0))
    })
}

fn with_duty(mut model: Model, duty: f64) -> Model {
    let shock = models::added_duty(&model.economy, 0, duty);
    let rates = models::rates(&model.economy, &shock);
    model.law = Arc::new(RateCalendar::constant(rates));
    model
}

#[test]
fn an_elasticity_of_one_is_what_elasticities_near_one_come_to() {
    let path = |elasticity: f64| {
        let mut parts = Closed::default().parts();
        parts.sigma.fill(elasticity);
        parts.eps.fill(elasticity);
        (parts.eta, parts.rho) = (elasticity, elasticity);
        let economy = Economy::new(parts).unwrap();
        let mut model = models::sticky(&economy, 2, 3);
        model.frictions.sourcing.origin_short.fill(elasticity);
        model.frictions.sourcing.import_short.fill(elasticity);
        model.frictions.substitution.short = elasticity;
        after_a_year(with_duty(model, 0.3))
    };
    let exactly = path(1.0);
    for near in [1e-5, -1e-5, 1e-9, -1e-9] {
        let difference = gap(&path(1.0 + near), &exactly);
        assert!(
            difference < 1e-4 * (near.abs() / 1e-5) + 1e-7,
            "{near}: {difference:e}"
        );
    }
    assert!(gap(&path(1.5), &exactly) > 1e-4, "elasticities must matter");
}

/// The parts of the usual world in which one origin sells nothing to the first
/// economy, and the second imports nothing of one good.
fn with_closed_flows() -> EconomyParts {
    let mut parts = Closed::default().parts();
    let closed = [(0, 1, 0), (1, 0, 1), (1, 2, 1)];
    for (buyer, origin, sector) in closed {
        let (flow, own) = (
            parts.flow(buyer, origin, sector),
            parts.flow(buyer, buyer, sector),
        );
        parts.origin_share[own] += parts.origin_share[flow];
        parts.origin_share[flow] = 0.0;
    }
    close(&mut parts, &mut Numbers::new(5), true);
    parts
}

#[test]
fn shares_of_zero_stay_zero_and_leave_the_rest_finite() {
    let economy = Economy::new(with_closed_flows()).unwrap();
    let mut model = models::sticky(&economy, 3, 2);
    model.frictions.stocks.cover.fill(0.2);
    model.frictions.stocks.transit.fill(0.05);
    let mut simulation = models::simulate(with_duty(model.clone(), 0.4));
    models::run(&mut simulation, 52);
    let flows = &simulation.world().resource::<Shipments>().value;
    let mut closed = 0;
    for (flow, share) in economy.origin_share.iter().enumerate() {
        if *share == 0.0 {
            closed += 1;
            assert_eq!(flows[flow].to_bits(), 0.0_f64.to_bits());
        } else {
            assert!(flows[flow] > 0.0);
        }
    }
    assert_eq!(closed, 3);
    after_a_year(with_duty(model, 0.4));
}

#[test]
fn a_subsidy_of_half_the_price_is_finite_and_continuous() {
    let economy = Closed::default().build();
    let path = |duty: f64| after_a_year(with_duty(models::sticky(&economy, 2, 4), duty));
    // Base duties are up to 0.12: this pays out half of the price.
    let half = path(-0.5);
    let difference = gap(&path(-0.5 + 1e-7), &half);
    assert!(difference > 0.0 && difference < 1e-5, "{difference:e}");
    let imports = |model: Model| {
        let economy = model.economy.clone();
        let mut simulation = models::simulate(model);
        models::run(&mut simulation, 52);
        let flows = &simulation.world().resource::<Shipments>().value;
        (0..economy.sectors)
            .map(|s| flows[economy.flow(0, 1, s)])
            .sum::<f64>()
    };
    let model = || models::sticky(&economy, 2, 4);
    let (subsidised, free) = (
        imports(with_duty(model(), -0.5)),
        imports(with_duty(model(), 0.0)),
    );
    assert!(subsidised > 1.2 * free, "{subsidised} against {free}");
}

#[test]
fn a_duty_of_a_million_per_cent_ends_the_trade_it_falls_on_and_nothing_else() {
    let economy = Closed::default().build();
    for stocks in [0.0, 0.2] {
        let model = |duty: f64| {
            let mut model = models::sticky(&economy, 2, 4);
            model.frictions.stocks.cover.fill(stocks);
            with_duty(model, duty)
        };
        let mut simulation = models::simulate(model(1e4));
        models::run(&mut simulation, 104);
        let flows = &simulation.world().resource::<Shipments>().value;
        let base = &economy.accounts().sales;
        for s in 0..economy.sectors {
            let (closed, other) = (economy.flow(0, 1, s), economy.flow(2, 1, s));
            assert!(
                flows[closed] < 1e-2 * base[closed],
                "{} of {}",
                flows[closed],
                base[closed]
            );
            assert!(flows[closed] >= 0.0 && flows[other] > 0.3 * base[other]);
        }
        let difference = gap(&after_a_year(model(1e4)), &after_a_year(model(1.01e4)));
        assert!(difference < 0.05, "{difference}");
    }
}

#[test]
fn one_economy_alone_rests_and_knows_no_trade() {
    let economy = Closed {
        economies: 1,
        ..Closed::default()
    }
    .build();
    let mut model = models::sticky(&economy, 3, 2);
    model.frictions.productivity_noise = 0.0;
    model.frictions.stocks.cover.fill(0.2);
    model.frictions.currency = models::floating(1);
    let mut simulation = models::simulate(model.clone());
    models::run(&mut simulation, 104);
    let prices = simulation.world().resource::<MarketPrices>();
    assert!(prices.log_composite.iter().all(|price| price.abs() < 1e-12));
    // A duty has nothing to fall on.
    let unchanged = after_a_year(model.clone());
    assert_eq!(after_a_year(with_duty(model, 0.5)), unchanged);
    let shock = models::added_duty(&economy, 0, 0.5);
    assert!((models::equilibrium(&economy, &shock).welfare_hat[0] - 1.0).abs() < 1e-12);
    assert_eq!(
        shock,
        Shock {
            import_duty: Some(economy.import_duty.clone()),
            ..Shock::default()
        }
    );
}

fn plan(changes: &[&str]) -> (Experiment, Plan) {
    let small = [
        "population.firms_per_cell=1",
        "replications=2",
        "end=2025-02-28",
    ];
    let window = ["outcomes.from=2025-02-01", "outcomes.to=2025-02-28"];
    let changes: Vec<String> = (small.iter().chain(&window).chain(changes))
        .map(|change| (*change).to_owned())
        .collect();
    let experiment = Experiment::load(&Library::embedded(), "us-2025", &changes).unwrap();
    let plan = Plan::of(&experiment).unwrap();
    (experiment, plan)
}

#[test]
fn stocks_that_would_cycle_are_named_before_the_run_and_in_its_manifest() {
    assert_eq!(plan(&[]).1.warnings().unwrap(), []);
    let fast = [
        "parameters.stock_adjustment=20",
        "parameters.material_cover=0.5",
    ];
    let (_, cycling) = plan(&fast);
    let warnings = cycling.warnings().unwrap();
    assert_eq!(warnings.len(), 1);
    let text = warnings[0].to_string();
    assert!(text.contains("stocks are likely to cycle"), "{text}");
    let advice = "set `parameters.stock_adjustment` to ";
    let found = text.find(advice).unwrap_or_else(|| panic!("{text}"));
    let value = text[found + advice.len()..].split(' ').next().unwrap();
    // What is advised is enough, and not much more than enough.
    let fixed = format!("parameters.stock_adjustment={value}");
    let (_, steady) = plan(&[&fixed, fast[1]]);
    assert_eq!(steady.warnings().unwrap(), [], "{fixed}");
    let model = steady.model(0, 0).unwrap();
    let left = multiplier(&model.economy, &model.frictions, model.tick);
    assert!(left > 0.95 * LIKELY_TO_CYCLE, "{left}");
    let folder = tempfile::tempdir().unwrap();
    let build = Build {
        version: "0".to_owned(),
        revision: "test".to_owned(),
    };
    let finished = launch(cycling, folder.path(), &build, Some(1), &Control::default()).unwrap();
    assert_eq!(finished.manifest.run["warning_1"], text);
}
