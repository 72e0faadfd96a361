//! Least squares on a time series, with standard errors that hold when errors
//! are correlated over time or unequal in size.

use super::regression::{RegressionError, check_lengths, inner, inverse_of};

/// A regression on a constant and further regressors, rows in order of time.
#[derive(Debug, Clone, PartialEq)]
pub struct SerialRegression {
    /// The constant, then one coefficient per regressor.
    pub coefficients: Vec<f64>,
    /// Standard errors of Newey and West (1987, Econometrica 55) with Bartlett
    /// weights and the factor n/(n − k).
    pub standard_errors: Vec<f64>,
    /// Standard errors for independent errors of one variance.
    pub classical_errors: Vec<f64>,
    /// Outcome less what is explained, in the order of the rows.
    pub residuals: Vec<f64>,
    /// Share of the variation about the mean that is explained.
    pub explained: f64,
    /// Lags that the standard errors allow for.
    pub lags: usize,
}

/// Lags by the rule of Newey and West: the whole part of 4 (n/100)^(2/9).
pub fn automatic_lags(rows: usize) -> usize {
    (4.0 * crate::maths::pow(rows as f64 / 100.0, 2.0 / 9.0)) as usize
}

/// Least squares of `outcome` on a constant and `regressors`.
///
/// # Errors
/// [`RegressionError`] when lengths differ, regressors are collinear, or there
/// are no more rows than coefficients.
pub fn least_squares_serial(
    outcome: &[f64],
    regressors: &[&[f64]],
    lags: usize,
) -> Result<SerialRegression, RegressionError> {
    check_lengths(outcome.len(), regressors.iter().map(|x| x.len()))?;
    let rows = outcome.len();
    let ones = vec![1.0; rows];
    let columns: Vec<&[f64]> = std::iter::once(ones.as_slice())
        .chain(regressors.iter().copied())
        .collect();
    let width = columns.len();
    if rows <= width {
        return Err(RegressionError::TooFewClusters {
            clusters: rows,
            regressors: width,
        });
    }
    let normal = columns
        .iter()
        .map(|a| columns.iter().map(|b| inner(a, b)).collect())
        .collect();
    let inverse = inverse_of(normal)?;
    let moments: Vec<f64> = columns.iter().map(|x| inner(x, outcome)).collect();
    let coefficients: Vec<f64> = inverse.iter().map(|row| inner(row, &moments)).collect();
    let residuals: Vec<f64> = (0..rows)
        .map(|t| {
            outcome[t]
                - (0..width)
                    .map(|j| coefficients[j] * columns[j][t])
                    .sum::<f64>()
        })
        .collect();
    let scores: Vec<Vec<f64>> = (0..rows)
        .map(|t| columns.iter().map(|x| x[t] * residuals[t]).collect())
        .collect();
    let freedom = (rows - width) as f64;
    let squares = inner(&residuals, &residuals);
    let mean = outcome.iter().sum::<f64>() / rows as f64;
    let total: f64 = outcome.iter().map(|y| (y - mean) * (y - mean)).sum();
    let middle = long_run(&scores, lags);
    let errors = |j: usize| {
        let weighted: Vec<f64> = middle.iter().map(|row| inner(row, &inverse[j])).collect();
        (inner(&inverse[j], &weighted) * rows as f64 / freedom).sqrt()
    };
    Ok(SerialRegression {
        standard_errors: (0..width).map(errors).collect(),
        classical_errors: (0..width)
            .map(|j| (inverse[j][j] * squares / freedom).sqrt())
            .collect(),
        explained: 1.0 - squares / total,
        coefficients,
        residuals,
        lags,
    })
}

/// Sum of the products of scores at all distances up to `lags`, the farther
/// ones with falling weight.
fn long_run(scores: &[Vec<f64>], lags: usize) -> Vec<Vec<f64>> {
    let width = scores.first().map_or(0, Vec::len);
    let mut sum = vec![vec![0.0; width]; width];
    for lag in 0..=lags.min(scores.len().saturating_sub(1)) {
        let weight = 1.0 - lag as f64 / (lags as f64 + 1.0);
        for (early, late) in scores.iter().zip(&scores[lag..]) {
            for i in 0..width {
                for j in 0..width {
                    let mut product = late[i] * early[j];
                    if lag > 0 {
                        product += early[i] * late[j];
                    }
                    sum[i][j] += weight * product;
                }
            }
        }
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lags_follow_the_rule() {
        assert_eq!([22, 100, 1800].map(automatic_lags), [2, 4, 7]);
    }

    #[test]
    fn coefficients_and_errors_are_those_of_an_independent_program() {
        // statsmodels 0.14, OLS(y, [1, x]) with get_robustcov_results("HAC", maxlags=2,
        // use_correction=True).
        let x: Vec<f64> = (0..12).map(|t| f64::from((t * 7) % 5)).collect();
        let y: Vec<f64> = (0..12)
            .map(|t| 1.0 + 0.5 * x[t as usize] + 0.3 * f64::from((t * t) % 7) - 0.1 * f64::from(t))
            .collect();
        let fit = least_squares_serial(&y, &[&x], 2).unwrap();
        for (found, expected) in fit.coefficients.iter().zip(REFERENCE[0]) {
            assert!((found - expected).abs() < 1e-9, "{fit:?}");
        }
        for (found, expected) in fit.standard_errors.iter().zip(REFERENCE[1]) {
            assert!((found - expected).abs() < 1e-9, "{fit:?}");
        }
        for (found, expected) in fit.classical_errors.iter().zip(REFERENCE[2]) {
            assert!((found - expected).abs() < 1e-9, "{fit:?}");
        }
        assert!((fit.explained - REFERENCE[3][0]).abs() < 1e-9, "{fit:?}");
    }

    const REFERENCE: [[f64; 2]; 4] = [
        [0.966901408451, 0.531690140845],
        [0.259942991376, 0.145022016437],
        [0.258216303884, 0.111810939417],
        [0.693369127451, 0.0],
    ];

    #[test]
    fn as_many_coefficients_as_rows_are_an_error() {
        assert!(least_squares_serial(&[1.0, 2.0], &[&[0.0, 1.0]], 0).is_err());
    }
}
