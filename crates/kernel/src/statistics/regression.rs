//! Least squares with fixed effects and clustered standard errors.

/// Rounds of sweeping out fixed effects before giving up.
const ROUNDS: usize = 10_000;
/// Largest change per round, relative to the spread, at which sweeping stops.
const TOLERANCE: f64 = 1e-12;

/// A fitted linear regression.
#[derive(Debug, Clone, PartialEq)]
pub struct Regression {
    /// One coefficient per regressor.
    pub coefficients: Vec<f64>,
    /// Standard errors, robust to any dependence within a cluster.
    pub standard_errors: Vec<f64>,
    /// Share of the (weighted) variation about zero that the regressors
    /// explain; after [`without_fixed_effects`], the within R².
    pub explained: f64,
    /// Number of observations.
    pub observations: usize,
    /// Number of clusters.
    pub clusters: usize,
}

/// Why a regression has no answer.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum RegressionError {
    /// A column has another length than the outcome.
    #[error("column {column} has {found} rows, the outcome has {expected}")]
    Length {
        /// Position of the column among regressors, weights and clusters.
        column: usize,
        /// Its rows.
        found: usize,
        /// Rows of the outcome.
        expected: usize,
    },
    /// A regressor does not vary, or is a combination of earlier ones.
    #[error("regressor {0} does not vary apart from the others")]
    Collinear(usize),
    /// Fewer clusters than regressors plus one.
    #[error("{clusters} clusters cannot tell {regressors} regressors apart")]
    TooFewClusters {
        /// Distinct clusters.
        clusters: usize,
        /// Number of regressors.
        regressors: usize,
    },
    /// The fixed effects did not settle.
    #[error("fixed effects did not settle in {ROUNDS} rounds")]
    Unsettled,
}

/// A column with the (weighted) mean of every group removed, for each grouping
/// in turn until nothing changes: the residual after that many sets of fixed
/// effects (Frisch, Waugh and Lovell; alternating projections).
///
/// `groupings` hold a group number per row; `weights` are not negative.
///
/// # Errors
/// [`RegressionError::Length`], [`RegressionError::Unsettled`].
pub fn without_fixed_effects(
    values: &[f64],
    groupings: &[&[u32]],
    weights: &[f64],
) -> Result<Vec<f64>, RegressionError> {
    check_lengths(
        values.len(),
        groupings.iter().map(|g| g.len()).chain([weights.len()]),
    )?;
    let mut rest = values.to_vec();
    let spread = rest
        .iter()
        .fold(0.0_f64, |largest, value| largest.max(value.abs()));
    for _ in 0..ROUNDS {
        let mut largest = 0.0_f64;
        for grouping in groupings {
            largest = largest.max(remove_means(&mut rest, grouping, weights));
        }
        if largest <= TOLERANCE * spread || groupings.len() < 2 {
            return Ok(rest);
        }
    }
    Err(RegressionError::Unsettled)
}

/// Removes the mean of each group and returns the largest mean.
fn remove_means(values: &mut [f64], grouping: &[u32], weights: &[f64]) -> f64 {
    let groups = grouping.iter().max().map_or(0, |&last| last as usize + 1);
    let (mut sums, mut totals) = (vec![0.0; groups], vec![0.0; groups]);
    for ((&group, value), weight) in grouping.iter().zip(&*values).zip(weights) {
        sums[group as usize] += weight * value;
        totals[group as usize] += weight;
    }
    for (sum, total) in sums.iter_mut().zip(&totals) {
        *sum = if *total > 0.0 { *sum / total } else { 0.0 };
    }
    for (&group, value) in grouping.iter().zip(values) {
        *value -= sums[group as usize];
    }
    sums.iter()
        .fold(0.0, |largest, mean| largest.max(mean.abs()))
}

/// Slope of a line through points by least squares; none where all share one abscissa.
pub fn slope(points: &[(f64, f64)]) -> Option<f64> {
    let count = points.len() as f64;
    let mean = |of: fn(&(f64, f64)) -> f64| points.iter().map(of).sum::<f64>() / count;
    let (x, y) = (mean(|point| point.0), mean(|point| point.1));
    let moments = points.iter().map(|point| {
        let from_mean = point.0 - x;
        (from_mean * from_mean, from_mean * (point.1 - y))
    });
    let (squares, products) =
        moments.fold((0.0, 0.0), |sums, own| (sums.0 + own.0, sums.1 + own.1));
    (squares > 0.0).then(|| products / squares)
}

/// Weighted least squares without a constant (include a column of ones, or
/// remove means with [`without_fixed_effects`]), with standard errors
/// clustered by `clusters` and the usual small-sample factor
/// G/(G−1) · (N−1)/(N−K). Give each row its own cluster for errors robust to
/// unequal variances only.
///
/// # Errors
/// [`RegressionError`] when lengths differ, regressors are collinear or there
/// are too few clusters.
pub fn least_squares(
    outcome: &[f64],
    regressors: &[&[f64]],
    weights: &[f64],
    clusters: &[u32],
) -> Result<Regression, RegressionError> {
    let others = [weights.len(), clusters.len()];
    check_lengths(
        outcome.len(),
        regressors.iter().map(|x| x.len()).chain(others),
    )?;
    let (rows, width) = (outcome.len(), regressors.len());
    let mut distinct = clusters.to_vec();
    distinct.sort_unstable();
    distinct.dedup();
    if distinct.len() <= width {
        return Err(RegressionError::TooFewClusters {
            clusters: distinct.len(),
            regressors: width,
        });
    }
    let product =
        |a: &[f64], b: &[f64]| -> f64 { (0..rows).map(|row| weights[row] * a[row] * b[row]).sum() };
    let normal: Vec<Vec<f64>> = regressors
        .iter()
        .map(|a| regressors.iter().map(|b| product(a, b)).collect())
        .collect();
    let inverse = inverse_of(normal)?;
    let moments: Vec<f64> = regressors.iter().map(|x| product(x, outcome)).collect();
    let coefficients: Vec<f64> = inverse.iter().map(|row| inner(row, &moments)).collect();
    let residuals: Vec<f64> = (0..rows)
        .map(|row| {
            outcome[row]
                - (0..width)
                    .map(|j| coefficients[j] * regressors[j][row])
                    .sum::<f64>()
        })
        .collect();
    let mut scores = vec![vec![0.0; width]; distinct.len()];
    for row in 0..rows {
        let cluster = distinct.partition_point(|&c| c < clusters[row]);
        for (score, regressor) in scores[cluster].iter_mut().zip(regressors) {
            *score += weights[row] * regressor[row] * residuals[row];
        }
    }
    let (g, n, k) = (distinct.len() as f64, rows as f64, width as f64);
    let factor = g / (g - 1.0) * (n - 1.0) / (n - k);
    let standard_errors = inverse
        .iter()
        .map(|row| {
            scores
                .iter()
                .map(|score| inner(row, score))
                .map(|x| x * x)
                .sum::<f64>()
        })
        .map(|variance| (factor * variance).sqrt())
        .collect();
    let explained = 1.0 - product(&residuals, &residuals) / product(outcome, outcome);
    Ok(Regression {
        coefficients,
        standard_errors,
        explained,
        observations: rows,
        clusters: distinct.len(),
    })
}

pub(super) fn check_lengths(
    expected: usize,
    lengths: impl Iterator<Item = usize>,
) -> Result<(), RegressionError> {
    for (column, found) in lengths.enumerate() {
        if found != expected {
            return Err(RegressionError::Length {
                column,
                found,
                expected,
            });
        }
    }
    Ok(())
}

pub(super) fn inner(left: &[f64], right: &[f64]) -> f64 {
    left.iter().zip(right).map(|(a, b)| a * b).sum()
}

/// The inverse of a symmetric positive matrix, by elimination.
pub(super) fn inverse_of(mut matrix: Vec<Vec<f64>>) -> Result<Vec<Vec<f64>>, RegressionError> {
    let size = matrix.len();
    let scale: Vec<f64> = (0..size).map(|j| matrix[j][j]).collect();
    let mut inverse: Vec<Vec<f64>> = (0..size)
        .map(|i| (0..size).map(|j| f64::from(u8::from(i == j))).collect())
        .collect();
    for pivot in 0..size {
        let value = matrix[pivot][pivot];
        if value.is_nan() || value <= 1e-12 * scale[pivot] {
            return Err(RegressionError::Collinear(pivot));
        }
        for entry in matrix[pivot].iter_mut().chain(&mut inverse[pivot]) {
            *entry /= value;
        }
        let (pivot_row, pivot_inverse) = (matrix[pivot].clone(), inverse[pivot].clone());
        for row in (0..size).filter(|&row| row != pivot) {
            let times = matrix[row][pivot];
            for column in 0..size {
                matrix[row][column] -= times * pivot_row[column];
                inverse[row][column] -= times * pivot_inverse[column];
            }
        }
    }
    Ok(inverse)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_through_three_points_is_the_one_worked_by_hand() {
        let fit = least_squares(
            &[1.0, 2.0, 4.0],
            &[&[1.0; 3], &[0.0, 1.0, 2.0]],
            &[1.0; 3],
            &[0, 1, 2],
        );
        let fit = fit.unwrap();
        assert!((fit.coefficients[0] - 5.0 / 6.0).abs() < 1e-12);
        assert!((fit.coefficients[1] - 1.5).abs() < 1e-12);
        // Residuals 1/6, −1/3, 1/6; slope weights −1/2, 0, 1/2; factor 3/2 · 2/1.
        let expected = (3.0 * 2.0 * (1.0_f64 / 12.0) * (1.0 / 12.0)).sqrt();
        assert!((fit.standard_errors[1] - expected).abs() < 1e-12);
    }

    #[test]
    fn fixed_effects_leave_the_slope_within_groups() {
        let (mut y, mut x, mut origin, mut month) = (vec![], vec![], vec![], vec![]);
        for i in 0_u32..6 {
            for t in 0_u32..5 {
                let regressor = f64::from((i * t) % 4) + 0.1 * f64::from(t * t);
                x.push(regressor);
                y.push(0.7 * regressor + 3.0 * f64::from(i) - f64::from(t * t));
                origin.push(i);
                month.push(t);
            }
        }
        let weights: Vec<f64> = (0..30).map(|row| 1.0 + f64::from(row % 3)).collect();
        let groupings: [&[u32]; 2] = [&origin, &month];
        let y = without_fixed_effects(&y, &groupings, &weights).unwrap();
        let x = without_fixed_effects(&x, &groupings, &weights).unwrap();
        let fit = least_squares(&y, &[&x], &weights, &origin).unwrap();
        assert!((fit.coefficients[0] - 0.7).abs() < 1e-9, "{fit:?}");
        assert!((fit.explained - 1.0).abs() < 1e-9 && fit.clusters == 6);
    }

    #[test]
    fn weights_count_like_repeated_rows() {
        let once = least_squares(&[1.0, 3.0], &[&[1.0, 1.0]], &[1.0, 3.0], &[0, 1]).unwrap();
        assert!((once.coefficients[0] - 2.5).abs() < 1e-12);
    }

    #[test]
    fn questions_without_an_answer_are_errors() {
        let ones = [1.0; 4];
        let twos = [2.0; 4];
        let each = [0, 1, 2, 3];
        assert_eq!(
            least_squares(&ones, &[&ones, &twos], &ones, &each),
            Err(RegressionError::Collinear(1))
        );
        assert!(matches!(
            least_squares(&ones, &[&ones], &ones, &[0; 4]),
            Err(RegressionError::TooFewClusters {
                clusters: 1,
                regressors: 1
            })
        ));
        assert!(matches!(
            least_squares(&ones, &[&ones[..3]], &ones, &each),
            Err(RegressionError::Length {
                column: 0,
                found: 3,
                expected: 4
            })
        ));
    }
}
