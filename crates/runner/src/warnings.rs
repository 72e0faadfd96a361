//! What a plan can do that its user may not want: told before it runs, kept with the
//! results.

use tradewinds_engine::stability::{LIKELY_TO_CYCLE, multiplier, steady_adjustment};

use crate::ensemble::{EnsembleError, Plan};

/// Draws of the parameters that are looked at.
pub const LOOKED_AT: usize = 64;

/// A plan that is allowed and may not mean what it says.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Warning {
    /// Stocks that would cycle.
    #[error(
        "stocks are likely to cycle: with the parameters of replication {replication} (of the first {LOOKED_AT} draws) an order sets off {multiplier:.2} times as many at the next stage of supply, above {LIKELY_TO_CYCLE} waves of orders feed themselves; {}, or shorter covers (`finished_cover`, `material_cover`, `import_cover`)",
        advice(*.steady)
    )]
    Cycles {
        /// The replication with the largest multiplier among the draws looked at.
        replication: usize,
        /// Orders set off by an order.
        multiplier: f64,
        /// The fastest stock adjustment that would not cycle, per year.
        steady: Option<f64>,
    },
}

fn advice(steady: Option<f64>) -> String {
    match steady {
        // Cut, not rounded: what is named must not cycle.
        Some(speed) => format!(
            "set `parameters.stock_adjustment` to {:.2} or less",
            (100.0 * speed).floor() / 100.0
        ),
        None => "set `parameters.stock_adjustment` to 0".to_owned(),
    }
}

impl Plan {
    /// Warnings about the models of the first [`LOOKED_AT`] draws of the parameters:
    /// enough to tell a range that holds waves, in a time that does not grow with the run.
    ///
    /// # Errors
    /// [`EnsembleError::Calibration`].
    pub fn warnings(&self) -> Result<Vec<Warning>, EnsembleError> {
        let mut worst: Option<Warning> = None;
        let mut most = LIKELY_TO_CYCLE;
        let draws = (0..self.draws.len()).step_by(self.repeats.max(1));
        for replication in draws.take(LOOKED_AT) {
            let (economy, frictions) = self.structure(replication as u32)?;
            let found = multiplier(&economy, &frictions, self.tick);
            if found > most {
                most = found;
                worst = Some(Warning::Cycles {
                    replication,
                    multiplier: found,
                    steady: steady_adjustment(&economy, &frictions, self.tick),
                });
            }
        }
        Ok(worst.into_iter().collect())
    }
}
