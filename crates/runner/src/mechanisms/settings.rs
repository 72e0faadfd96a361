//! Settings of keys that mechanisms ask for, and what of them is run.

use std::collections::BTreeSet;

use super::{MechanismError, Mechanisms};
use crate::experiment::Experiment;

/// The experiment under some keys, run once however many mechanisms ask for it.
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

/// The settings of a list, in the order in which mechanisms name them.
///
/// # Errors
/// [`MechanismError::Experiment`]: keys that the experiment refuses.
pub fn settings(
    experiment: &Experiment,
    list: &Mechanisms,
) -> Result<Vec<Setting>, MechanismError> {
    let mut known: Vec<&[String]> = Vec::new();
    let mut found: Vec<Setting> = Vec::new();
    for (number, mechanism) in list.list.iter().enumerate() {
        for (side, keys) in [&mechanism.on, &mechanism.off].into_iter().enumerate() {
            let at = match known.iter().position(|one| *one == keys.as_slice()) {
                Some(at) => at,
                None => {
                    let wrong = |source| MechanismError::Experiment {
                        mechanism: mechanism.name.clone(),
                        source: Box::new(source),
                    };
                    known.push(keys);
                    found.push(Setting {
                        experiment: experiment.with(keys).map_err(wrong)?,
                        scenarios: Vec::new(),
                        asked: Vec::new(),
                    });
                    found.len() - 1
                }
            };
            found[at].asked.push((number, side));
        }
    }
    for setting in &mut found {
        let needed: BTreeSet<usize> = (setting.asked.iter())
            .flat_map(|(at, _)| list.list[*at].observable.scenarios(&setting.experiment))
            .collect();
        setting.scenarios = needed.into_iter().collect();
    }
    Ok(found)
}
