//! Least squares of a curve that is not linear in its parameters.

use super::regression::{inner, inverse_of};

/// Rounds before giving up.
const ROUNDS: usize = 500;
/// Relative step of numerical derivatives.
const STEP: f64 = 1e-5;
/// Relative change of the sum of squares at which the search stops.
const TOLERANCE: f64 = 1e-14;

/// A fitted curve.
#[derive(Debug, Clone, PartialEq)]
pub struct CurveFit {
    /// The parameters.
    pub parameters: Vec<f64>,
    /// Inverse of J'J at the parameters. Times the variance of a residual it
    /// is their covariance; with residuals in units of their own standard
    /// deviation it is the covariance itself.
    pub inverse: Vec<Vec<f64>>,
    /// The residuals.
    pub residuals: Vec<f64>,
}

/// Why a curve could not be fitted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CurveError {
    /// The residuals do not depend on a parameter apart from the others.
    #[error("parameter {0} does not move the curve apart from the others")]
    Unidentified(usize),
    /// The search did not settle.
    #[error("the search did not settle in {ROUNDS} rounds")]
    Unsettled,
}

impl CurveFit {
    /// Sum of squared residuals.
    pub fn squares(&self) -> f64 {
        inner(&self.residuals, &self.residuals)
    }

    /// Square root of a diagonal element of [`CurveFit::inverse`].
    pub fn unit_error(&self, at: usize) -> f64 {
        self.inverse[at][at].sqrt()
    }

    /// Correlation of two parameters.
    pub fn correlation(&self, left: usize, right: usize) -> f64 {
        self.inverse[left][right] / (self.unit_error(left) * self.unit_error(right))
    }
}

/// Parameters that make the sum of squares of `residuals` least, by the method
/// of Levenberg (1944) and Marquardt (1963). A prior enters as a residual of
/// its own: (parameter − mean) / deviation.
///
/// # Errors
/// [`CurveError`] when the parameters cannot be told apart or the search does
/// not settle.
pub fn fit_curve(
    residuals: impl Fn(&[f64]) -> Vec<f64>,
    start: &[f64],
) -> Result<CurveFit, CurveError> {
    let mut parameters = start.to_vec();
    let mut rest = residuals(&parameters);
    let mut damping = 1e-3;
    for _ in 0..ROUNDS {
        let slopes = slopes(&residuals, &parameters);
        let normal = products(&slopes);
        let pull: Vec<f64> = slopes.iter().map(|slope| -inner(slope, &rest)).collect();
        let before = inner(&rest, &rest);
        let mut settled = true;
        // Every refused step raises the damping, so the loop ends.
        while damping < 1e16 {
            let mut damped = normal.clone();
            for (at, row) in damped.iter_mut().enumerate() {
                row[at] *= 1.0 + damping;
            }
            let step = inverse_of(damped).map_err(|_| CurveError::Unidentified(flat(&normal)))?;
            let tried: Vec<f64> = (parameters.iter().zip(&step))
                .map(|(value, row)| value + inner(row, &pull))
                .collect();
            let left = residuals(&tried);
            let after = inner(&left, &left);
            if after < before {
                settled = before - after <= TOLERANCE * before;
                (parameters, rest) = (tried, left);
                damping = (damping / 10.0).max(1e-12);
                break;
            }
            damping *= 10.0;
        }
        // No step improved on a slope that still pulls: not a least, but a wall.
        let pulls = pull
            .iter()
            .any(|one| one.is_nan() || one.abs() > 1e-6 * (1.0 + before));
        if damping >= 1e16 && pulls {
            return Err(CurveError::Unsettled);
        }
        if settled {
            let inverse = inverse_of(products(&self::slopes(&residuals, &parameters)))
                .map_err(|_| CurveError::Unidentified(flat(&normal)))?;
            return Ok(CurveFit {
                parameters,
                inverse,
                residuals: rest,
            });
        }
    }
    Err(CurveError::Unsettled)
}

/// Derivatives of every residual to each parameter, by central differences.
fn slopes(residuals: impl Fn(&[f64]) -> Vec<f64>, parameters: &[f64]) -> Vec<Vec<f64>> {
    let slope = |at: usize| {
        let step = STEP * parameters[at].abs().max(1e-3);
        let shifted = |by: f64| {
            let mut own = parameters.to_vec();
            own[at] += by;
            residuals(&own)
        };
        let (above, below) = (shifted(step), shifted(-step));
        let pairs = above.iter().zip(&below);
        pairs.map(|(a, b)| (a - b) / (2.0 * step)).collect()
    };
    (0..parameters.len()).map(slope).collect()
}

fn products(slopes: &[Vec<f64>]) -> Vec<Vec<f64>> {
    slopes
        .iter()
        .map(|a| slopes.iter().map(|b| inner(a, b)).collect())
        .collect()
}

/// The parameter that moves the residuals least.
fn flat(normal: &[Vec<f64>]) -> usize {
    let least = (0..normal.len()).min_by(|&a, &b| normal[a][a].total_cmp(&normal[b][b]));
    least.unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::maths::exp;

    #[test]
    fn a_decay_with_noise_is_the_one_an_independent_program_fits() {
        // scipy 1.x, optimize.curve_fit of a + b exp(−t/c), start (1, 1, 3).
        let values: Vec<f64> = (0..10)
            .map(|t| 2.0 + 3.0 * exp(-f64::from(t) / 4.0) + 0.1 * f64::from((t * t) % 5 - 2))
            .collect();
        let residuals = |p: &[f64]| {
            let curve = |t: usize| p[0] + p[1] * exp(-(t as f64) / p[2]);
            values
                .iter()
                .enumerate()
                .map(|(t, y)| y - curve(t))
                .collect()
        };
        let fit = fit_curve(residuals, &[1.0, 1.0, 3.0]).unwrap();
        let spread = (fit.squares() / 7.0).sqrt();
        for (at, (value, error)) in [
            (1.868547518, 0.408803185),
            (2.983759395, 0.367222126),
            (4.728022494, 1.445977538),
        ]
        .into_iter()
        .enumerate()
        {
            assert!((fit.parameters[at] / value - 1.0).abs() < 1e-5, "{fit:?}");
            assert!(
                (spread * fit.unit_error(at) / error - 1.0).abs() < 1e-4,
                "{fit:?}"
            );
        }
    }

    #[test]
    fn a_prior_is_a_residual_and_precisions_add_up() {
        // One value 3 with deviation 1, prior 1 with deviation 2: (3 + 1/4) / (1 + 1/4).
        let fit = fit_curve(|p| vec![3.0 - p[0], (p[0] - 1.0) / 2.0], &[0.0]).unwrap();
        assert!((fit.parameters[0] - 2.6).abs() < 1e-9, "{fit:?}");
        assert!((fit.inverse[0][0] - 0.8).abs() < 1e-9, "{fit:?}");
    }

    #[test]
    fn a_parameter_without_effect_is_an_error() {
        let found = fit_curve(|p| vec![1.0 - p[0], 2.0 - p[0]], &[0.0, 5.0]);
        assert_eq!(found, Err(CurveError::Unidentified(1)));
    }
}
