//! What a picture shows: rates of a law, and prices that agents set.

use std::collections::BTreeMap;
use std::path::Path;

use tradewinds_kernel::maths::{exp, ln};
use tradewinds_kernel::statistics::{Moments, quantiles};
use tradewinds_output::{Table, read_table};
use tradewinds_policy::Practice;
use tradewinds_runner::ensemble::Plan;
use tradewinds_runner::experiment::Experiment;
use tradewinds_runner::rates::{FlowMix, SectorRates, Span};
use tradewinds_units::Date;
use tradewinds_world::World;

use crate::failure::Failure;

/// Rates on goods imports of one economy from a day on \[% of customs value\],
/// weighted with base-year trade.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Rates {
    pub(crate) from: Date,
    pub(crate) statutory: f64,
    pub(crate) applied: f64,
    pub(crate) collected: f64,
}

/// A value in one period over replications \[%\].
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Spread {
    /// First day of the period, days since 1970-01-01.
    pub(crate) day: i32,
    pub(crate) mean: f64,
    /// 5, 25, 75 and 95 % quantiles.
    pub(crate) quantiles: [f64; 4],
}

/// Prices along the way of a good, columns of the table of markets.
pub(crate) const PRICES: [&str; 3] = [
    "landed_price_imported",
    "store_price_imported",
    "store_price_domestic",
];

/// Rates under the law of a scenario from the first to the last day, at the
/// parameters without uncertainty.
pub(crate) fn rates(experiment: &Experiment, plan: &Plan, scenario: usize) -> Vec<Rates> {
    let world = &experiment.world;
    let number = |name: &str| experiment.parameters.get(name).unwrap_or(1.0);
    let schedule = &plan.scenarios[scenario].schedule;
    let schedule = schedule.with_practice(Practice {
        preference_uptake: number("preference_uptake"),
        claim_scale: number("claim_scale"),
        ..schedule.practice().clone()
    });
    let books = plan.books.with_practice(schedule.practice().clone());
    let gap = experiment.parameters.get("collection_gap").unwrap_or(0.0);
    let focus = experiment.outcomes.economy;
    let (start, end) = (experiment.start, experiment.end);
    let mut days = vec![start];
    let changes = schedule.changes(Some(world.economies[focus]), start, end);
    days.extend(changes.into_iter().filter(|day| *day > start));
    let mix = FlowMix::of(world);
    let at = |day: Date| {
        let span = Span {
            base: experiment.base_law,
            start: day,
            end: day,
        };
        let calendar = SectorRates::new(world, &mix, (&books, &schedule), span, &plan.names)
            .calendar(world, gap);
        let table = calendar.last();
        Rates {
            from: day,
            statutory: mean_rate(world, focus, &table.statutory),
            applied: mean_rate(world, focus, &table.applied),
            collected: mean_rate(world, focus, &table.collected),
        }
    };
    days.into_iter().map(at).collect()
}

/// Mean of rates over goods imports of an economy in the base year \[%\].
fn mean_rate(world: &World, importer: usize, rates: &[f64]) -> f64 {
    let (mut duty, mut value) = (0.0, 0.0);
    for i in (0..world.economy_count()).filter(|i| *i != importer) {
        for s in (0..world.sector_count()).filter(|s| *s != world.services) {
            let flow = world.flow(importer, i, s);
            duty += world.fob[flow] * rates[flow];
            value += world.fob[flow];
        }
    }
    100.0 * duty / value
}

/// Change of each of [`PRICES`] against the baseline by period, goods weighted
/// with base-year imports; from the dataset.
pub(crate) fn prices(
    experiment: &Experiment,
    scenario: usize,
    folder: &Path,
) -> Result<[Vec<Spread>; 3], Failure> {
    let markets = read_table(folder, "markets")?;
    let found = PRICES.map(|column| Log::of(experiment, &markets, column));
    Ok(found.map(|log| log.against_baseline(experiment, scenario)))
}

/// Weighted mean log price by scenario, replication and day.
struct Log(BTreeMap<(String, u32, i32), f64>);

impl Log {
    fn of(experiment: &Experiment, markets: &Table, column: &str) -> Self {
        let weights = import_weights(experiment);
        let focus = experiment.world.economies[experiment.outcomes.economy];
        let (Some(scenarios), Some(economies), Some(sectors), Some(days), Some(runs), Some(values)) = (
            markets.codes("scenario"),
            markets.codes("economy"),
            markets.codes("sector"),
            markets.dates("date"),
            markets.counts("replication"),
            markets.numbers(column),
        ) else {
            return Self(BTreeMap::new());
        };
        let mut sums: BTreeMap<(String, u32, i32), f64> = BTreeMap::new();
        for row in 0..markets.len() {
            let weight = weights.get(sectors[row]).copied().unwrap_or(0.0);
            if economies[row] == focus.as_str() && weight > 0.0 {
                let key = (scenarios[row].to_owned(), runs[row], days[row]);
                *sums.entry(key).or_default() += weight * ln(values[row]);
            }
        }
        Self(sums)
    }

    fn against_baseline(&self, experiment: &Experiment, scenario: usize) -> Vec<Spread> {
        let name = |at: usize| experiment.scenarios[at].name.as_str();
        let (own, base) = (name(scenario), name(experiment.baseline));
        let mut by_day: BTreeMap<i32, Vec<f64>> = BTreeMap::new();
        for ((which, run, day), value) in &self.0 {
            let before = self.0.get(&(base.to_owned(), *run, *day));
            if let Some(before) = before.filter(|_| which == own) {
                let change = 100.0 * (exp(value - before) - 1.0);
                by_day.entry(*day).or_default().push(change);
            }
        }
        let spread = |(day, values): (i32, Vec<f64>)| Spread {
            day,
            mean: Moments::of(&values).mean(),
            quantiles: quantiles(&values, [0.05, 0.25, 0.75, 0.95]),
        };
        by_day.into_iter().map(spread).collect()
    }
}

/// Share of each sector of goods in the focus economy's base-year imports.
fn import_weights(experiment: &Experiment) -> BTreeMap<String, f64> {
    let world = &experiment.world;
    let focus = experiment.outcomes.economy;
    let value = |s: usize| -> f64 {
        (0..world.economy_count())
            .filter(|i| *i != focus)
            .map(|i| world.fob[world.flow(focus, i, s)])
            .sum()
    };
    let goods = || (0..world.sector_count()).filter(|s| *s != world.services);
    let total: f64 = goods().map(value).sum();
    goods()
        .map(|s| (world.sectors[s].to_string(), value(s) / total))
        .collect()
}
