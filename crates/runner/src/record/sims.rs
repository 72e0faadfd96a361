//! The runs of one replication, as measures read them.

use std::sync::Arc;

use tradewinds_engine::observe::Recorded;
use tradewinds_engine::talks::Campaign;
use tradewinds_equilibrium::Economy;
use tradewinds_kernel::maths::ln;
use tradewinds_kernel::record::{Column, Rows};
use tradewinds_units::{DAYS_PER_YEAR, Date, days_between};

use super::window::{Calendar, Window};
use super::{Asked, talks};
use crate::plan::Plan;
use crate::replicate::Replication;
use crate::series::{Panel, Series};

/// The scenarios of one replication that were run.
pub(super) struct Sims<'a> {
    /// Campaigns by scenario, where governments talk.
    campaigns: Vec<Option<Arc<Campaign>>>,
    pub(super) economy: &'a Economy,
    recorded: &'a [Option<Recorded>],
    /// Series by scenario; none of those that were not run.
    runs: Vec<Option<Series<'a>>>,
    /// Days of a period.
    days: i32,
    calendar: Calendar,
    baseline: usize,
    /// Codes of economies.
    codes: Vec<String>,
    /// The first scenario that was run: dates and cells are the same in all.
    any: usize,
}

/// A scenario in a window; [`Sims::at`] reads the base year where the window
/// lies before the first day.
#[derive(Debug, Clone, Copy)]
pub(super) struct When {
    pub(super) scenario: usize,
    pub(super) window: Window,
}

/// Tables that measures read.
#[derive(Debug, Clone, Copy)]
pub(super) enum Of {
    Trade,
    Markets,
    Macro,
    Households,
}

impl<'a> Sims<'a> {
    pub(super) fn new(plan: &Plan, replication: Replication<'a>) -> Self {
        let recorded = replication.recorded;
        let runs: Vec<Option<Series<'a>>> = recorded
            .iter()
            .map(|one| one.as_ref().map(Series::of))
            .collect();
        let any = runs.iter().position(Option::is_some).unwrap_or(0);
        let days = (plan.tick.years() * f64::from(plan.period) * DAYS_PER_YEAR).round() as i32;
        let calendar = Calendar::of(&was_run(&runs, any).macroeconomy, days);
        Self {
            economy: replication.economy,
            campaigns: (plan.scenarios.iter())
                .map(|scenario| scenario.talks.clone())
                .collect(),
            recorded,
            runs,
            days,
            calendar,
            baseline: plan.baseline,
            codes: plan
                .world
                .economies
                .iter()
                .map(ToString::to_string)
                .collect(),
            any,
        }
    }

    pub(super) fn table(&self, scenario: usize, of: Of) -> &Panel<'a> {
        let run = was_run(&self.runs, scenario);
        match of {
            Of::Trade => &run.trade,
            Of::Markets => &run.markets,
            Of::Macro => &run.macroeconomy,
            Of::Households => &run.households,
        }
    }

    /// Mean of a column over a window, by cell; not a number after the last day.
    pub(super) fn at(&self, when: When, of: Of, column: &str) -> Vec<f64> {
        let panel = self.table(when.scenario, of);
        if self.calendar.is_before(when.window) {
            return self.table(self.baseline, of).at(column, 0).to_vec();
        }
        let found = self.calendar.mean(panel, column, when.window);
        found.unwrap_or_else(|| vec![f64::NAN; panel.cells])
    }

    /// What is asked of talks in a scenario.
    pub(super) fn talks(&self, when: When, asked: &Asked) -> talks::Asked<'_> {
        let code = |economy: &usize| self.codes[*economy].clone();
        talks::Asked {
            records: &was_run(self.recorded, when.scenario).talks,
            governments: (asked.exporters.as_ref()).map(|list| list.iter().map(code).collect()),
            window: when.window,
            campaign: self.campaigns[when.scenario].as_deref(),
        }
    }

    /// Days of trade in shares of a scenario.
    pub(super) fn market_days(&self, scenario: usize) -> &'a Rows {
        &was_run(self.recorded, scenario).market_days
    }

    /// Approval of leaders in a scenario.
    pub(super) fn opinions(&self, scenario: usize) -> &'a Rows {
        &was_run(self.recorded, scenario).approval
    }

    /// Rents of quotas on the flows asked for over the periods whose middle lies in a
    /// window, USD bn.
    pub(super) fn quota_rents(&self, when: When, asked: &Asked) -> f64 {
        let rows = &was_run(self.recorded, when.scenario).quotas;
        let column = |name: &str| {
            let mut columns = rows.spec().columns.iter().zip(rows.columns());
            columns.find(|(spec, _)| spec.name == name).map(|one| one.1)
        };
        let codes = |name: &str| match column(name) {
            Some(Column::Code { indices, .. }) => indices.as_slice(),
            _ => &[],
        };
        let Some(Column::Date(dates)) = column("date") else {
            return f64::NAN;
        };
        let (buyers, sellers, goods) = (codes("importer"), codes("exporter"), codes("sector"));
        let first = Date::constant(1970, 1, 1);
        let day = |date: Date| days_between(first, date) as i32;
        let window = day(when.window.from)..=day(when.window.to);
        let rents = rows.numbers("rent").unwrap_or(&[]);
        let years = f64::from(self.days) / DAYS_PER_YEAR;
        let is_asked = |row: &usize| {
            window.contains(&(dates[*row] + self.days / 2))
                && asked.importers.contains(&(buyers[*row] as usize))
                && asked.sells(sellers[*row] as usize)
                && asked.sectors.contains(&(goods[*row] as usize))
        };
        let found = (0..rents.len()).filter(is_asked);
        found.map(|row| rents[row] * years).sum()
    }

    /// Log change of a column of positive numbers, by cell.
    pub(super) fn log_change(&self, pair: [When; 2], of: Of, column: &str) -> Vec<f64> {
        let [new, old] = pair.map(|when| self.at(when, of, column));
        new.iter()
            .zip(&old)
            .map(|(new, old)| ln(new / old))
            .collect()
    }

    /// Change of a column, by cell.
    pub(super) fn change(&self, pair: [When; 2], of: Of, column: &str) -> Vec<f64> {
        let [new, old] = pair.map(|when| self.at(when, of, column));
        new.iter().zip(&old).map(|(new, old)| new - old).collect()
    }

    /// Cells of the trade table that a row asks for.
    pub(super) fn flows(&self, asked: &Asked) -> Vec<usize> {
        let panel = self.table(self.any, Of::Trade);
        let [importer, exporter, sector] =
            ["importer", "exporter", "sector"].map(|column| panel.codes(column));
        (0..panel.cells)
            .filter(|cell| {
                asked.importers.contains(&(importer[*cell] as usize))
                    && asked.sells(exporter[*cell] as usize)
                    && asked.sectors.contains(&(sector[*cell] as usize))
            })
            .collect()
    }

    /// Base-year value of every cell of the trade table, USD bn a year.
    pub(super) fn base_values(&self) -> Vec<f64> {
        let panel = self.table(self.any, Of::Trade);
        let [importer, exporter, sector] =
            ["importer", "exporter", "sector"].map(|column| panel.codes(column));
        (0..panel.cells)
            .map(|cell| {
                let [n, i, s] = [importer, exporter, sector].map(|codes| codes[cell] as usize);
                self.economy.accounts().sales[self.economy.flow(n, i, s)]
            })
            .collect()
    }

    /// Cells of the markets table that a row asks for, with their sector.
    pub(super) fn markets(&self, asked: &Asked) -> Vec<(usize, usize)> {
        let panel = self.table(self.any, Of::Markets);
        let [economy, sector] = ["economy", "sector"].map(|column| panel.codes(column));
        (0..panel.cells)
            .map(|cell| (cell, sector[cell] as usize))
            .filter(|(cell, s)| {
                asked.importers.contains(&(economy[*cell] as usize)) && asked.sectors.contains(s)
            })
            .collect()
    }

    /// Spending of households of an economy on a sector in the base year, USD bn.
    pub(super) fn household_spending(&self, economy: usize, sector: usize) -> f64 {
        let users = self.economy.users.iter().enumerate();
        users
            .filter(|(_, class)| class.is_retail)
            .map(|(user, class)| {
                class.budget_share[self.economy.market(economy, sector)]
                    * self.economy.accounts().user_spending[user][economy]
            })
            .sum()
    }
}

/// What there is of a scenario.
///
/// # Panics
/// When it was not run: [`super::measure::scenarios`] leaves none out that a measure reads.
fn was_run<T>(all: &[Option<T>], scenario: usize) -> &T {
    let Some(found) = &all[scenario] else {
        panic!("a measure reads the scenario {scenario}, which was not run")
    };
    found
}
