//! Replications without a dataset: every scenario of a replication is run, and
//! what is wanted of its records is kept.

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
    /// Records, by scenario.
    pub recorded: &'a [Recorded],
}

impl Plan {
    /// Runs every replication on all cores and keeps what `take` makes of its
    /// records, in the order of replications. Stopped by [`Control::stop`], it
    /// hands out those that ended.
    ///
    /// # Errors
    /// The first [`EnsembleError`].
    pub fn replicate<T: Send>(
        &self,
        control: &Control,
        take: impl Fn(Replication<'_>) -> T + Sync,
    ) -> Result<Vec<T>, EnsembleError> {
        let samples = self.draws.len().div_ceil(self.repeats);
        let of_a_sample: Vec<Vec<T>> = (0..samples)
            .into_par_iter()
            .map(|sample| self.sample(sample, control, &take))
            .collect::<Result<_, _>>()?;
        Ok(of_a_sample.into_iter().flatten().collect())
    }

    /// The replications that share one draw of the parameters, and so their rates.
    fn sample<T>(
        &self,
        sample: usize,
        control: &Control,
        take: &impl Fn(Replication<'_>) -> T,
    ) -> Result<Vec<T>, EnsembleError> {
        let first = sample * self.repeats;
        let mut rates = RatesCache::default();
        let mut taken = Vec::new();
        for number in first..(first + self.repeats).min(self.draws.len()) {
            if control.stop.load(Ordering::Relaxed) {
                break;
            }
            let results = run_replication(self, number as u32, &mut rates, control)?;
            let Some(economy) = results.first().map(|run| run.economy.clone()) else {
                continue;
            };
            let recorded: Vec<Recorded> = results.into_iter().map(|run| run.recorded).collect();
            taken.push(take(Replication {
                number: number as u32,
                economy: &economy,
                recorded: &recorded,
            }));
        }
        Ok(taken)
    }
}
