//! Replications without a dataset: the scenarios asked for are run in each, and
//! what is wanted of their records is kept.

use std::sync::atomic::Ordering;

use rayon::prelude::*;
use tradewinds_engine::observe::Recorded;
use tradewinds_equilibrium::Economy;

use crate::ensemble::{Control, EnsembleError, Plan, run_replication};
use crate::plan::RatesCache;

/// The runs of one replication, by scenario in the order of the plan.
#[derive(Debug, Clone, Copy)]
pub struct Replication<'a> {
    /// Which replication.
    pub number: u32,
    /// The calibrated base year, the same in every scenario.
    pub economy: &'a Economy,
    /// Records, by scenario; none of those that were not run.
    pub recorded: &'a [Option<Recorded>],
}

impl Plan {
    /// Runs some scenarios of every replication on all cores and keeps what `take`
    /// makes of their records, in the order of replications. What a scenario records
    /// does not depend on which others are run. Stopped by [`Control::stop`], it hands
    /// out those that ended.
    ///
    /// # Errors
    /// The first [`EnsembleError`].
    pub fn replicate<T: Send>(
        &self,
        scenarios: &[usize],
        control: &Control,
        take: impl Fn(Replication<'_>) -> T + Sync,
    ) -> Result<Vec<T>, EnsembleError> {
        let samples = self.draws.len().div_ceil(self.repeats);
        let of_a_sample: Vec<Vec<T>> = (0..samples)
            .into_par_iter()
            .map(|sample| self.sample(sample, scenarios, control, &take))
            .collect::<Result<_, _>>()?;
        Ok(of_a_sample.into_iter().flatten().collect())
    }

    /// The replications that share one draw of the parameters, and so their rates.
    fn sample<T>(
        &self,
        sample: usize,
        scenarios: &[usize],
        control: &Control,
        take: &impl Fn(Replication<'_>) -> T,
    ) -> Result<Vec<T>, EnsembleError> {
        let first = sample * self.repeats;
        let mut rates = RatesCache::of(scenarios.to_vec());
        let mut taken = Vec::new();
        for number in first..(first + self.repeats).min(self.draws.len()) {
            if control.stop.load(Ordering::Relaxed) {
                break;
            }
            let results = run_replication(self, number as u32, &mut rates, control)?;
            let Some(economy) = results.first().map(|run| run.economy.clone()) else {
                continue;
            };
            let mut recorded: Vec<Option<Recorded>> = Vec::new();
            recorded.resize_with(self.scenarios.len(), || None);
            for (scenario, run) in scenarios.iter().zip(results) {
                recorded[*scenario] = Some(run.recorded);
            }
            taken.push(take(Replication {
                number: number as u32,
                economy: &economy,
                recorded: &recorded,
            }));
        }
        Ok(taken)
    }
}
