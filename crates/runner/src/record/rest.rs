//! The frictionless long run of a scenario's law, beside published long runs.

use std::collections::BTreeMap;

use tradewinds_equilibrium::Labour;
use tradewinds_units::Date;

use super::{RecordError, RecordPlan, Row};
use crate::experiment::Experiment;
use crate::rest_point::{RestPoint, rest_point};

/// Names of what is computed of a rest point; changes are fractions of the base
/// year, amounts USD bn a year at an unchanged world wage bill.
pub(super) const LONG_RUN: &[&str] = &[
    "rate_change",
    "rate",
    "real_income_change",
    "real_wage_change",
    "price_over_wage_change",
    "imports_change",
    "exports_change",
    "revenue_change",
    "source_share",
    "price_change_to_world",
];

/// Rest points of the scenarios that rows ask for, at default parameters.
pub(super) struct LongRuns(BTreeMap<(usize, Date), (usize, RestPoint)>);

impl LongRuns {
    pub(super) fn of(experiment: &Experiment, rows: &RecordPlan) -> Result<Self, RecordError> {
        let mut found = BTreeMap::new();
        let schedules = experiment.schedules()?;
        let books = experiment.books()?;
        for row in rows.rows.iter().filter(|row| row.long_run.is_some()) {
            let Some(asked) = &row.asked_of_long_run() else {
                continue;
            };
            if found.contains_key(asked) {
                continue;
            }
            let (scenario, day) = *asked;
            let laws = (&books, &schedules[scenario]);
            let days = (experiment.base_law, day);
            let (world, parameters) = (&experiment.world, &experiment.parameters);
            let rest = rest_point(world, parameters, laws, days, Labour::Mobile)?;
            found.insert(*asked, (experiment.outcomes.economy, rest));
        }
        Ok(Self(found))
    }

    pub(super) fn value(&self, row: &Row) -> Option<f64> {
        let name = row.long_run.as_deref()?;
        let (focus, rest) = self.0.get(&row.asked_of_long_run()?)?;
        Some(row.scale * of(rest, *focus, row, name))
    }
}

impl Row {
    /// Scenario and day whose law's long run a row asks for.
    fn asked_of_long_run(&self) -> Option<(usize, Date)> {
        self.long_run.as_ref()?;
        let asked = self.asked.as_ref()?;
        Some((asked.scenario, self.window.to))
    }
}

fn of(rest: &RestPoint, focus: usize, row: &Row, name: &str) -> f64 {
    let asked = row.asked.as_ref();
    let whose = asked
        .and_then(|asked| asked.importers.first().copied())
        .unwrap_or(focus);
    let own = rest.economies().swap_remove(whose);
    let base_rate = {
        let structure = &rest.economy;
        let goods = |n: usize, value: &dyn Fn(usize) -> f64| -> f64 {
            (0..structure.economies)
                .filter(|i| *i != n)
                .flat_map(|i| (0..structure.sectors).map(move |s| (i, s)))
                .filter(|(_, s)| Some(*s) != structure.services)
                .map(|(i, s)| value(structure.flow(n, i, s)))
                .sum()
        };
        let sales = &structure.accounts().sales;
        goods(whose, &|flow| sales[flow] * structure.import_duty[flow])
            / goods(whose, &|flow| sales[flow])
    };
    match name {
        "rate" => own.rate,
        "rate_change" => own.rate - base_rate,
        "real_income_change" => own.welfare - 1.0,
        "real_wage_change" => own.real_wage - 1.0,
        "price_over_wage_change" => 1.0 / own.real_wage - 1.0,
        "imports_change" => own.imports / own.base_imports - 1.0,
        "exports_change" => exports(rest, whose),
        "revenue_change" => own.revenue - own.base_revenue,
        "source_share" => source_share(rest, whose, row),
        "price_change_to_world" => price_to_world(rest, whose),
        _ => f64::NAN,
    }
}

/// Relative change of sales abroad.
fn exports(rest: &RestPoint, whose: usize) -> f64 {
    let structure = &rest.economy;
    let total = |sales: &[f64]| -> f64 {
        (0..structure.economies)
            .filter(|n| *n != whose)
            .flat_map(|n| (0..structure.sectors).map(move |s| (n, s)))
            .map(|(n, s)| sales[structure.flow(n, whose, s)])
            .sum()
    };
    total(&rest.equilibrium.sales) / total(&structure.accounts().sales) - 1.0
}

/// Share of some origins in goods bought abroad.
fn source_share(rest: &RestPoint, whose: usize, row: &Row) -> f64 {
    let structure = &rest.economy;
    let sales = &rest.equilibrium.sales;
    let total = |sells: &dyn Fn(usize) -> bool| -> f64 {
        (0..structure.economies)
            .filter(|i| *i != whose && sells(*i))
            .flat_map(|i| (0..structure.sectors).map(move |s| (i, s)))
            .filter(|(_, s)| Some(*s) != structure.services)
            .map(|(i, s)| sales[structure.flow(whose, i, s)])
            .sum()
    };
    let asked = |i: usize| row.asked.as_ref().is_none_or(|asked| asked.sells(i));
    total(&asked) / total(&|_| true)
}

/// Change of the price of final spending against its mean over economies, with
/// base-year incomes as weights.
fn price_to_world(rest: &RestPoint, whose: usize) -> f64 {
    let incomes = &rest.economy.accounts().income;
    let prices = &rest.equilibrium.final_price_hat;
    let total: f64 = incomes.iter().sum();
    let mean: f64 = incomes
        .iter()
        .zip(prices)
        .map(|(income, price)| income * price)
        .sum();
    prices[whose] / (mean / total) - 1.0
}
