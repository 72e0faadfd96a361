//! Moments and quantiles over replications of what is not recorded one by one.

use std::sync::Arc;

use tradewinds_engine::observe::{OTHER_VARIABLES, Recorded};
use tradewinds_kernel::record::Rows;
use tradewinds_kernel::statistics::{LogSketch, Moments};

use crate::plan::Plan;
use crate::run_tables::MOMENTS;

/// Moments of one scenario, by period, economy, sector and variable. Memory does
/// not grow with replications.
#[derive(Debug, Clone, Default)]
pub(crate) struct Others {
    dates: Vec<i32>,
    cells: Vec<(Moments, LogSketch)>,
}

impl Others {
    /// Adds a run.
    pub(crate) fn push(&mut self, recorded: &Recorded) {
        self.dates.clone_from(&recorded.dates);
        self.cells
            .resize_with(recorded.others.len(), Default::default);
        for ((moments, sketch), value) in self.cells.iter_mut().zip(&recorded.others) {
            moments.push(*value);
            sketch.push(*value);
        }
    }

    /// Adds what another shard has seen; merge in the order of shards.
    pub(crate) fn merge(&mut self, other: &Self) {
        if self.cells.is_empty() {
            self.clone_from(other);
            return;
        }
        for ((moments, sketch), (more, more_sketch)) in self.cells.iter_mut().zip(&other.cells) {
            moments.merge(more);
            sketch.merge(more_sketch);
        }
    }

    /// Rows of the table of moments.
    pub(crate) fn rows(&self, plan: &Plan, scenario: usize) -> Rows {
        let labels = plan.labels(scenario);
        let variables: Arc<[String]> = OTHER_VARIABLES.map(str::to_owned).into();
        let names = [
            labels.scenarios,
            labels.economies,
            labels.sectors,
            variables,
        ];
        let mut rows = Rows::new(&MOMENTS, &names);
        let sectors = plan.world.sector_count();
        let unwatched: Vec<usize> = (0..plan.world.economy_count())
            .filter(|n| !plan.watched.contains(n))
            .collect();
        let per_period = unwatched.len() * sectors * OTHER_VARIABLES.len();
        for (at, (moments, sketch)) in self.cells.iter().enumerate() {
            let within = at % per_period;
            let market = within / OTHER_VARIABLES.len();
            let _ = rows
                .row()
                .code(scenario)
                .date(self.dates[at / per_period])
                .code(unwatched[market / sectors])
                .code(market % sectors)
                .code(within % OTHER_VARIABLES.len())
                .count(moments.count() as u32)
                .number(moments.mean())
                .number(moments.standard_deviation())
                .number(moments.smallest())
                .numbers(&[0.05, 0.5, 0.95].map(|share| sketch.quantile(share)))
                .number(moments.largest());
        }
        rows
    }
}
