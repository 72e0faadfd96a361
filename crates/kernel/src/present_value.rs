//! Present value of a stream that depends on a regime which may change.
//!
//! In regime k the stream pays `stream_k` a year and grows at `growth`; it is
//! discounted at `discount_k`; the regime changes to j at the rate `switching_kj`
//! a year. The values solve
//!
//! (diag(discount − growth) − switching) value = stream,
//!
//! where rows of `switching` sum to zero (a generator). With one regime this is
//! Gordon's formula, stream / (discount − growth).

/// Why a stream has no present value.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum PresentValueError {
    /// Arrays of different lengths.
    #[error("{regimes} regimes, but a row or list of {found}")]
    Shape {
        /// Regimes of the stream.
        regimes: usize,
        /// Length found.
        found: usize,
    },
    /// A row that is no row of a generator.
    #[error("rates out of regime {regime} are no generator: they sum to {sum}, or one is negative")]
    Generator {
        /// The regime.
        regime: usize,
        /// Sum of its row.
        sum: f64,
    },
    /// The stream grows as fast as it is discounted, or faster.
    #[error("the stream grows as fast as it is discounted, so it has no finite value")]
    Infinite,
}

/// Largest sum of a row of a generator, relative to its largest entry.
const TOLERANCE: f64 = 1e-9;

/// Value of the stream in each regime, in the unit of `stream`.
///
/// # Errors
/// [`PresentValueError`] when shapes differ, rates are no generator or the value
/// is not finite and positive for a positive stream.
pub fn present_value(
    stream: &[f64],
    switching: &[Vec<f64>],
    discount: &[f64],
    growth: f64,
) -> Result<Vec<f64>, PresentValueError> {
    let regimes = stream.len();
    let lengths = switching.iter().map(Vec::len);
    let lengths = lengths.chain([switching.len(), discount.len()]);
    if let Some(found) = lengths.into_iter().find(|length| *length != regimes) {
        return Err(PresentValueError::Shape { regimes, found });
    }
    for (regime, row) in switching.iter().enumerate() {
        let sum: f64 = row.iter().sum();
        let largest = row.iter().fold(0.0_f64, |most, rate| most.max(rate.abs()));
        let is_rate = |(to, rate): (usize, &f64)| to == regime || *rate >= 0.0;
        let has_rates = row.iter().enumerate().all(is_rate);
        if !has_rates || sum.is_nan() || sum.abs() > TOLERANCE * largest.max(1.0) {
            return Err(PresentValueError::Generator { regime, sum });
        }
    }
    let matrix = |weight: &[f64]| -> Vec<Vec<f64>> {
        (0..regimes)
            .map(|k| {
                let own = |j: usize| if j == k { discount[k] - growth } else { 0.0 };
                let row = (0..regimes).map(|j| own(j) - switching[k][j]);
                row.chain([weight[k]]).collect()
            })
            .collect()
    };
    // Values exist where a stream of one everywhere is worth something everywhere.
    let annuity = solve(matrix(&vec![1.0; regimes]))?;
    if annuity
        .iter()
        .any(|value| !value.is_finite() || *value <= 0.0)
    {
        return Err(PresentValueError::Infinite);
    }
    solve(matrix(stream))
}

/// Values of a unit stream paid in one regime, for many solutions of one size: keeps
/// its scratch space.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct UnitValues {
    /// Rows of the system, each followed by its right-hand sides.
    rows: Vec<f64>,
    found: Vec<f64>,
}

impl UnitValues {
    /// Value in regime k of one a year paid while regime j lasts, `[k][j]`: the inverse
    /// of diag(`net_discount`) − `switching`, with `switching` `[k][j]` a generator and
    /// `net_discount` discount less growth. The value of a stream is its product with
    /// the stream.
    ///
    /// # Errors
    /// [`PresentValueError::Infinite`] when some value is not finite and positive,
    /// [`PresentValueError::Shape`] when lengths differ.
    pub fn solve(
        &mut self,
        switching: &[f64],
        net_discount: &[f64],
    ) -> Result<&[f64], PresentValueError> {
        let count = net_discount.len();
        if switching.len() != count * count {
            return Err(PresentValueError::Shape {
                regimes: count,
                found: switching.len(),
            });
        }
        let width = 2 * count;
        let rows = &mut self.rows;
        rows.clear();
        rows.resize(count * width, 0.0);
        for (k, discount) in net_discount.iter().enumerate() {
            for j in 0..count {
                rows[k * width + j] = -switching[k * count + j];
            }
            rows[k * width + k] += discount;
            rows[k * width + count + k] = 1.0;
        }
        // Rows dominate their diagonal where values exist, so no exchange is needed.
        for column in 0..count {
            let pivot = rows[column * width + column];
            if pivot <= 0.0 || !pivot.is_finite() {
                return Err(PresentValueError::Infinite);
            }
            for at in column..width {
                rows[column * width + at] /= pivot;
            }
            for row in (0..count).filter(|row| *row != column) {
                let factor = rows[row * width + column];
                if factor != 0.0 {
                    for at in column..width {
                        rows[row * width + at] -= factor * rows[column * width + at];
                    }
                }
            }
        }
        self.found.clear();
        for k in 0..count {
            let values = &rows[k * width + count..(k + 1) * width];
            if values
                .iter()
                .any(|value| !value.is_finite() || *value < 0.0)
            {
                return Err(PresentValueError::Infinite);
            }
            self.found.extend_from_slice(values);
        }
        Ok(&self.found)
    }
}

/// Solves a linear system given as rows with their right-hand side, by elimination
/// with row exchanges.
fn solve(mut rows: Vec<Vec<f64>>) -> Result<Vec<f64>, PresentValueError> {
    let count = rows.len();
    for column in 0..count {
        let largest = (column..count).max_by(|a, b| {
            let size = |row: usize| rows[row][column].abs();
            size(*a).total_cmp(&size(*b))
        });
        rows.swap(column, largest.unwrap_or(column));
        let pivot = rows[column].clone();
        if pivot[column] == 0.0 || !pivot[column].is_finite() {
            return Err(PresentValueError::Infinite);
        }
        for row in rows.iter_mut().skip(column + 1) {
            let factor = row[column] / pivot[column];
            for (entry, above) in row.iter_mut().zip(&pivot) {
                *entry -= factor * above;
            }
        }
    }
    let mut found = vec![0.0; count];
    for row in (0..count).rev() {
        let known: f64 = (row + 1..count).map(|j| rows[row][j] * found[j]).sum();
        found[row] = (rows[row][count] - known) / rows[row][row];
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_regime_is_worth_its_stream_over_discount_less_growth() {
        let value = present_value(&[3.0], &[vec![0.0]], &[0.08], 0.02).unwrap();
        assert!((value[0] - 50.0).abs() < 1e-12);
    }

    #[test]
    fn values_satisfy_the_equation_of_each_regime() {
        let switching = [
            vec![-0.5, 0.3, 0.2],
            vec![0.1, -0.1, 0.0],
            vec![0.4, 0.6, -1.0],
        ];
        let (stream, discount, growth) = ([1.0, 0.6, -0.2], [0.08, 0.1, 0.12], 0.02);
        let value = present_value(&stream, &switching, &discount, growth).unwrap();
        for k in 0..3 {
            let switched: f64 = (0..3).map(|j| switching[k][j] * value[j]).sum();
            let residual = (discount[k] - growth) * value[k] - switched - stream[k];
            assert!(residual.abs() < 1e-14, "{residual}");
        }
        assert!(value[0] > value[2], "{value:?}");
    }

    #[test]
    fn unit_values_make_the_value_of_any_stream() {
        let switching = [
            vec![-0.5, 0.3, 0.2],
            vec![0.1, -0.1, 0.0],
            vec![0.4, 0.6, -1.0],
        ];
        let (stream, discount, growth) = ([1.0, 0.6, -0.2], [0.08, 0.1, 0.12], 0.02);
        let value = present_value(&stream, &switching, &discount, growth).unwrap();
        let net = discount.map(|discount| discount - growth);
        let mut units = UnitValues::default();
        let units = units.solve(&switching.concat(), &net).unwrap();
        for (k, value) in value.iter().enumerate() {
            let own: f64 = (0..3).map(|j| units[3 * k + j] * stream[j]).sum();
            assert!((own / value - 1.0).abs() < 1e-13, "{own} {value}");
        }
        let mut alone = UnitValues::default();
        assert_eq!(
            alone.solve(&[0.0], &[0.0]),
            Err(PresentValueError::Infinite)
        );
        assert!(alone.solve(&[0.0, 0.0], &[0.1]).is_err());
    }

    #[test]
    fn streams_without_a_value_and_rates_that_are_none_are_refused() {
        let still = [vec![0.0]];
        let error = |discount: f64| present_value(&[1.0], &still, &[discount], 0.05);
        assert_eq!(error(0.05), Err(PresentValueError::Infinite));
        assert_eq!(error(0.03), Err(PresentValueError::Infinite));
        let leaving = [vec![-0.2, 0.1], vec![0.0, 0.0]];
        let found = present_value(&[1.0, 1.0], &leaving, &[0.1, 0.1], 0.0);
        assert!(matches!(
            found,
            Err(PresentValueError::Generator { regime: 0, .. })
        ));
        let found = present_value(&[1.0, 1.0], &leaving, &[0.1], 0.0);
        assert_eq!(
            found,
            Err(PresentValueError::Shape {
                regimes: 2,
                found: 1
            })
        );
    }
}
