//! Least-squares balance: the smallest weighted change of the cells that meets every margin.
//!
//! Each cell x has a prior x₀ and a relative standard deviation r; the balance minimises
//! Σ (x - x₀)² / v subject to A x = b, by rounds of projection x ← x + V Aᵀ λ, A V Aᵀ λ = b - A x.
//! The variance is v = r² x₀ x, so it falls with the cell and no cell turns negative; cells with
//! r = 0 never move. This is the second-order form of a cross-entropy balance and needs only
//! arithmetic, so the result has the same bits on every machine. Sources: Stone, Champernowne and
//! Meade (1942) for the weighting; Golan, Judge and Robinson (1994) for the entropy form.

use crate::WorldError;

/// Relative residual at which the balance stops.
const TOLERANCE: f64 = 1e-13;
/// Rounds of projection before giving up.
const ROUNDS: usize = 80;
/// Steps of the linear solver per round.
const STEPS: usize = 6000;
/// Largest fall of a cell in one round, as a share of it.
const LARGEST_FALL: f64 = 0.8;

/// One margin: Σ coefficient × cell = target.
#[derive(Debug, Clone)]
pub(crate) struct Margin {
    pub(crate) name: String,
    /// Cell and coefficient.
    pub(crate) terms: Vec<(usize, f64)>,
    pub(crate) target: f64,
}

/// Cells and margins to balance.
#[derive(Debug, Default)]
pub(crate) struct Balance {
    /// Prior of each cell, at least 0.
    pub(crate) prior: Vec<f64>,
    /// Relative standard deviation of each cell; 0 keeps it.
    pub(crate) relative_sd: Vec<f64>,
    pub(crate) margins: Vec<Margin>,
}

/// A balanced set of cells.
#[derive(Debug)]
pub(crate) struct Balanced {
    pub(crate) cells: Vec<f64>,
    pub(crate) rounds: usize,
    /// Largest residual of a margin relative to its gross size.
    pub(crate) residual: f64,
}

impl Balance {
    /// Adds a cell and returns its index.
    pub(crate) fn cell(&mut self, prior: f64, relative_sd: f64) -> usize {
        self.prior.push(prior);
        self.relative_sd.push(relative_sd);
        self.prior.len() - 1
    }

    /// Solves.
    ///
    /// # Errors
    /// [`WorldError::NoBalance`] when margins contradict each other.
    pub(crate) fn solve(&self) -> Result<Balanced, WorldError> {
        let mut cells = self.prior.clone();
        let mut rounds = 0;
        loop {
            let gap = self.gaps(&cells);
            let (residual, worst) = self.largest(&cells, &gap);
            if residual <= TOLERANCE && cells.iter().all(|cell| cell.is_finite()) {
                return Ok(Balanced {
                    cells,
                    rounds,
                    residual,
                });
            }
            if rounds == ROUNDS || !residual.is_finite() {
                let worst = self.margins[worst].name.clone();
                return Err(WorldError::NoBalance {
                    residual,
                    rounds,
                    worst,
                });
            }
            self.project(&mut cells, &gap);
            rounds += 1;
        }
    }

    /// Target less sum, per margin.
    fn gaps(&self, cells: &[f64]) -> Vec<f64> {
        let gap = |margin: &Margin| {
            margin.target
                - margin
                    .terms
                    .iter()
                    .map(|&(cell, c)| c * cells[cell])
                    .sum::<f64>()
        };
        self.margins.iter().map(gap).collect()
    }

    fn largest(&self, cells: &[f64], gap: &[f64]) -> (f64, usize) {
        let mut largest = (0.0, 0);
        for (m, margin) in self.margins.iter().enumerate() {
            let gross = margin.target.abs()
                + margin
                    .terms
                    .iter()
                    .map(|&(cell, c)| (c * cells[cell]).abs())
                    .sum::<f64>();
            let residual = gap[m].abs() / gross.max(f64::MIN_POSITIVE);
            if residual > largest.0 || residual.is_nan() {
                largest = (residual, m);
            }
        }
        largest
    }

    fn project(&self, cells: &mut [f64], gap: &[f64]) {
        let variance: Vec<f64> = (0..cells.len())
            .map(|c| self.relative_sd[c] * self.relative_sd[c] * self.prior[c] * cells[c])
            .collect();
        let multiplier = self.conjugate_gradient(&variance, gap);
        let change: Vec<f64> = self
            .spread(&multiplier)
            .iter()
            .zip(&variance)
            .map(|(pull, variance)| pull * variance)
            .collect();
        let fall = (0..cells.len())
            .filter(|&c| cells[c] > 0.0)
            .map(|c| -change[c] / cells[c])
            .fold(0.0, f64::max);
        let step = if fall > LARGEST_FALL {
            LARGEST_FALL / fall
        } else {
            1.0
        };
        for (cell, change) in cells.iter_mut().zip(&change) {
            *cell += step * change;
        }
    }

    /// Aᵀ λ.
    fn spread(&self, multiplier: &[f64]) -> Vec<f64> {
        let mut pull = vec![0.0; self.prior.len()];
        for (margin, multiplier) in self.margins.iter().zip(multiplier) {
            for &(cell, c) in &margin.terms {
                pull[cell] += c * multiplier;
            }
        }
        pull
    }

    /// A V Aᵀ λ.
    fn apply(&self, variance: &[f64], multiplier: &[f64]) -> Vec<f64> {
        let pull = self.spread(multiplier);
        let sum = |margin: &Margin| {
            margin
                .terms
                .iter()
                .map(|&(cell, c)| c * variance[cell] * pull[cell])
                .sum::<f64>()
        };
        self.margins.iter().map(sum).collect()
    }

    /// Solves A V Aᵀ λ = gap, each margin scaled by its own variance.
    fn conjugate_gradient(&self, variance: &[f64], gap: &[f64]) -> Vec<f64> {
        let own: Vec<f64> = self
            .margins
            .iter()
            .map(|m| {
                m.terms
                    .iter()
                    .map(|&(cell, c)| c * c * variance[cell])
                    .sum::<f64>()
            })
            .collect();
        let scaled = |residual: &[f64]| -> Vec<f64> {
            residual
                .iter()
                .zip(&own)
                .map(|(r, own)| if *own > 0.0 { r / own } else { 0.0 })
                .collect()
        };
        let mut multiplier = vec![0.0; gap.len()];
        let mut residual = gap.to_vec();
        let mut direction = scaled(&residual);
        let mut size = dot(&residual, &direction);
        let goal = size * 1e-26;
        for _ in 0..STEPS {
            if size <= goal {
                break;
            }
            let image = self.apply(variance, &direction);
            let step = size / dot(&direction, &image).max(f64::MIN_POSITIVE);
            for m in 0..multiplier.len() {
                multiplier[m] += step * direction[m];
                residual[m] -= step * image[m];
            }
            let next = scaled(&residual);
            let next_size = dot(&residual, &next);
            let ratio = next_size / size;
            for (direction, next) in direction.iter_mut().zip(&next) {
                *direction = next + ratio * *direction;
            }
            size = next_size;
        }
        multiplier
    }
}

fn dot(left: &[f64], right: &[f64]) -> f64 {
    left.iter().zip(right).map(|(l, r)| l * r).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(prior: [f64; 4], sd: [f64; 4], rows: [f64; 2], columns: [f64; 2]) -> Balance {
        let margin = |name: &str, cells: [usize; 2], target| Margin {
            name: name.to_owned(),
            terms: cells.map(|cell| (cell, 1.0)).to_vec(),
            target,
        };
        Balance {
            prior: prior.to_vec(),
            relative_sd: sd.to_vec(),
            margins: vec![
                margin("row 1", [0, 1], rows[0]),
                margin("row 2", [2, 3], rows[1]),
                margin("column 1", [0, 2], columns[0]),
                margin("column 2", [1, 3], columns[1]),
            ],
        }
    }

    #[test]
    fn all_margins_are_met_and_no_cell_is_negative() {
        let balanced = table([1.0, 9.0, 5.0, 5.0], [0.5; 4], [2.0, 18.0], [15.0, 5.0])
            .solve()
            .unwrap();
        let x = &balanced.cells;
        assert!((x[0] + x[1] - 2.0).abs() < 1e-12 && (x[0] + x[2] - 15.0).abs() < 1e-11);
        assert!(x.iter().all(|cell| *cell > 0.0), "{x:?}");
    }

    #[test]
    fn the_cell_known_best_moves_least() {
        let margin = Margin {
            name: "sum".to_owned(),
            terms: vec![(0, 1.0), (1, 1.0)],
            target: 22.0,
        };
        let balance = Balance {
            prior: vec![10.0, 10.0],
            relative_sd: vec![0.01, 0.1],
            margins: vec![margin],
        };
        let x = balance.solve().unwrap().cells;
        let (firm, loose) = (x[0] - 10.0, x[1] - 10.0);
        assert!(
            (loose / firm - 100.0).abs() < 1e-6,
            "moves {firm} and {loose}: the variances are 1 to 100"
        );
    }

    #[test]
    fn a_cell_without_variance_stays() {
        let x = table(
            [1.0, 9.0, 5.0, 5.0],
            [0.0, 0.5, 0.5, 0.5],
            [12.0, 10.0],
            [7.0, 15.0],
        )
        .solve()
        .unwrap()
        .cells;
        assert_eq!(x[0].to_bits(), 1.0_f64.to_bits());
    }

    #[test]
    fn margins_that_contradict_each_other_are_refused() {
        let error = table([1.0; 4], [0.5; 4], [1.0, 1.0], [1.0, 5.0])
            .solve()
            .unwrap_err();
        assert!(matches!(error, WorldError::NoBalance { .. }), "{error}");
    }
}
