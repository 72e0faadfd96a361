//! Limits of what a command may run, and the flags that raise them.

use tradewinds_runner::experiment::{Experiment, LimitError, Limits};

/// Flags of every command that runs experiments.
#[derive(Debug, Default, Clone, Copy, clap::Args)]
pub(crate) struct LimitFlags {
    /// Memory the agents may take, in GB [default: half of the machine]
    #[arg(long, value_name = "GB", value_parser = gigabytes)]
    max_memory: Option<f64>,
    /// Runs an experiment may have
    #[arg(long, value_name = "N")]
    max_runs: Option<f64>,
}

impl LimitFlags {
    /// Refuses an experiment that would not fit `workers` at a time.
    ///
    /// # Errors
    /// [`LimitError`].
    pub(crate) fn check(self, experiment: &Experiment, workers: usize) -> Result<(), LimitError> {
        let machine = Limits::of_machine();
        let limits = Limits {
            memory: self.max_memory.map_or(machine.memory, |gb| 1e9 * gb),
            runs: self.max_runs.unwrap_or(machine.runs),
        };
        experiment.check_limits(&limits, workers)
    }
}

/// Runs at a time where nothing else is asked for.
pub(crate) fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// A limit in GB: finite and above zero.
fn gigabytes(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(value) if value.is_finite() && value > 0.0 => Ok(value),
        _ => Err("write a number of GB above 0, as in 16".to_owned()),
    }
}
