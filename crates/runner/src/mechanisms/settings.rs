//! Settings of keys that mechanisms ask for, and what of them is run.

use std::collections::BTreeSet;

use super::Mechanisms;
use crate::experiment::Experiment;

/// The experiment under some keys, run once however many mechanisms ask for it, or for
/// other keys that come to the same.
#[derive(Debug, Clone)]
pub struct Setting {
    /// The experiment with the keys.
    pub experiment: Experiment,
    /// Scenarios that some observable of it needs, by index: only they are run.
    pub scenarios: Vec<usize>,
    /// Mechanisms by number, each with its side: 0 on, 1 off.
    pub asked: Vec<(usize, usize)>,
}

impl Setting {
    /// Runs of all its scenarios.
    pub fn runs(&self) -> usize {
        self.scenarios.len() * self.experiment.replications() as usize
    }
}

impl Mechanisms {
    /// What is run, in the order in which mechanisms name it.
    pub fn settings(&self) -> Vec<Setting> {
        let mut found: Vec<Setting> = Vec::new();
        for (number, mechanism) in self.list.iter().enumerate() {
            for (side, keys) in [&mechanism.on, &mechanism.off].into_iter().enumerate() {
                let experiment = self.under(keys);
                let known = (found.iter()).position(|one| one.experiment.runs_as(experiment));
                let at = known.unwrap_or_else(|| {
                    found.push(Setting {
                        experiment: experiment.clone(),
                        scenarios: Vec::new(),
                        asked: Vec::new(),
                    });
                    found.len() - 1
                });
                found[at].asked.push((number, side));
            }
        }
        for setting in &mut found {
            let needed: BTreeSet<usize> = (setting.asked.iter())
                .flat_map(|(at, _)| self.list[*at].observable.scenarios(&setting.experiment))
                .collect();
            setting.scenarios = needed.into_iter().collect();
        }
        found
    }

    /// The experiment under keys of the list.
    fn under(&self, keys: &[String]) -> &Experiment {
        let Some((_, found)) = self.tried.iter().find(|(own, _)| own == keys) else {
            panic!("keys that were not read: {keys:?}")
        };
        found
    }
}
