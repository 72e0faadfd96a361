//! Weekly against daily ticks, on every figure that `tradewinds run` prints.
//!
//! A figure is judged by the largest of its block (its group up to a comma, and unit), a relative
//! change by one per cent at least, so that figures near zero are judged by what they stand beside:
//! the wages of a tenth by its profits.
//! Duties, prices, imports and the cost of living differ by less than [`TOLERANCE`] of that.
//! Jobs and incomes, which answer demand with the lags of whole chains of plans, stay within
//! [`OF_CHAINS`]; what depends more on the tick is in [`WIDE`]. The run of full size, by the
//! program:
//!
//! ```text
//! tradewinds run us-2025 --set tick=day --set replications=1 --set repeats=1 \\
//!   --set parameters.productivity_noise=0 --set end=2025-12-31 \\
//!   --set outcomes.from=2025-10-01 --set outcomes.to=2025-12-31
//! ```

use std::collections::BTreeMap;

use tradewinds_runner::ensemble::Control;
use tradewinds_runner::ensemble::Plan;
use tradewinds_runner::experiment::Experiment;
use tradewinds_runner::launch::{Build, launch, summarise};
use tradewinds_runner::library::Library;
use tradewinds_runner::summary::Summary;

/// What is run: one replication without noise, two firms a cell, the last quarter of a year.
const SMALL: [&str; 8] = [
    "replications=1",
    "repeats=1",
    "population.firms_per_cell=2",
    "parameters.productivity_noise=0",
    "end=2025-12-31",
    "outcomes.from=2025-10-01",
    "outcomes.to=2025-12-31",
    "collect.level=summary",
];

#[expect(clippy::unwrap_used, reason = "part of a test")]
fn summary(tick: &str, changes: &[&str]) -> Summary {
    let tick = format!("tick={tick}");
    let changes: Vec<String> = (SMALL.iter().chain(changes))
        .map(|change| (*change).to_owned())
        .chain([tick])
        .collect();
    let experiment = Experiment::load(&Library::embedded(), "us-2025", &changes).unwrap();
    let plan = Plan::of(&experiment).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let build = Build {
        version: "0".to_owned(),
        revision: "test".to_owned(),
    };
    let finished = launch(plan, folder.path(), &build, None, &Control::default()).unwrap();
    summarise(&experiment, &finished)
}

/// How far a figure is from the reference, by itself or by the largest of its block,
/// whichever is larger.
fn errors(found: &Summary, reference: &Summary) -> Vec<(String, f64)> {
    let mut all = Vec::new();
    for (found, reference) in found.scenarios.iter().zip(&reference.scenarios) {
        let mut largest: BTreeMap<(&str, &str), f64> = BTreeMap::new();
        for one in &reference.figures {
            let most = largest.entry((block(&one.group), &one.unit)).or_default();
            let least = match one.unit.starts_with("relative change") {
                true => 0.01,
                false => 0.0,
            };
            *most = most.max(one.mean.abs()).max(least);
        }
        for (found, reference) in found.figures.iter().zip(&reference.figures) {
            assert_eq!(
                (&found.group, &found.name),
                (&reference.group, &reference.name)
            );
            let scale = largest[&(block(&reference.group), reference.unit.as_str())];
            let gap = (found.mean - reference.mean).abs();
            assert!(gap.is_finite(), "{}: {}", reference.group, reference.name);
            let error = if gap == 0.0 { 0.0 } else { gap / scale };
            all.push((format!("{}: {}", reference.group, reference.name), error));
        }
    }
    all
}

/// A group up to a comma: parts of incomes stand in one block.
fn block(group: &str) -> &str {
    group.split_once(',').map_or(group, |(first, _)| first)
}

/// Blocks that agree to [`TOLERANCE`], by the start of their names.
const EXACT: [&str; 7] = [
    "effective tariff rate",
    "pass-through",
    "as an econometrician",
    "imports of goods",
    "source of goods imports",
    "households",
    "cost of living",
];
/// Largest error of duties, prices, imports and the cost of living.
const TOLERANCE: f64 = 0.01;
/// Largest error of figures at the end of chains of plans: jobs, incomes, real GDP, the currency.
const OF_CHAINS: f64 = 0.015;
/// Figures that depend more on the tick, and the error they may have: sources whose share
/// moves with goods bought ahead in the last weeks of the window, logs of imports that
/// nearly stop, and the cost of living of tenths, a hair beyond one per cent.
const WIDE: [(&str, f64); 3] = [
    ("source of goods imports", 0.02),
    ("import volume on duty", 0.015),
    ("cost of living by decile", 0.012),
];

fn told(errors: &[(String, f64)]) -> String {
    let lines = errors
        .iter()
        .map(|(name, error)| format!("{:.2} % {name}", 100.0 * error));
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn weekly_ticks_agree_with_daily_ones_after_a_year_and_months_are_worse_by_their_length() {
    let daily = summary("day", &[]);
    let weekly = errors(&summary("week", &[]), &daily);
    let monthly = errors(&summary("month", &[]), &daily);
    let is_exact = |name: &str| EXACT.iter().any(|block| name.starts_with(block));
    let limit = |name: &str| {
        let wide = WIDE.iter().find(|(figure, _)| name.contains(figure));
        match (wide, is_exact(name)) {
            (Some((_, limit)), _) => *limit,
            (None, true) => TOLERANCE,
            (None, false) => OF_CHAINS,
        }
    };
    let far = weekly.iter().filter(|(name, error)| *error > limit(name));
    let far: Vec<(String, f64)> = far.cloned().collect();
    assert!(far.is_empty(), "{}", told(&far));
    assert!(weekly.iter().filter(|(name, _)| is_exact(name)).count() > 100);
    // A month is 28 days: errors of first order are (28 − 1) / (7 − 1) = 4.5 times as large.
    let mean = |all: &[(String, f64)]| all.iter().map(|one| one.1).sum::<f64>() / all.len() as f64;
    let ratio = mean(&monthly) / mean(&weekly);
    assert!(ratio > 2.5, "months {ratio} times as far as weeks");
}
