//! The least value of a function of a few parameters, and how sharp it is.

use super::regression::{RegressionError, inverse_of};

/// Steps of the simplex before a search is cut short.
const STEPS: usize = 50_000;

/// Where a function is least.
#[derive(Debug, Clone, PartialEq)]
pub struct Minimum {
    /// The parameters.
    pub parameters: Vec<f64>,
    /// The value there.
    pub value: f64,
}

/// Searches for the least value from `start`, with first steps of the given
/// sizes, by the simplex of Nelder and Mead (1965, Computer Journal 7); begins
/// anew at the point found until a round no longer improves on it by more than
/// `tolerance`. Values that are not numbers count as infinite.
pub fn minimise(
    function: impl Fn(&[f64]) -> f64,
    start: &[f64],
    steps: &[f64],
    tolerance: f64,
) -> Minimum {
    let value_at = |point: &[f64]| {
        let value = function(point);
        if value.is_nan() { f64::INFINITY } else { value }
    };
    let mut best = Minimum {
        parameters: start.to_vec(),
        value: value_at(start),
    };
    let mut left = STEPS;
    loop {
        let found = round(&value_at, &best.parameters, steps, tolerance, &mut left);
        let gain = best.value - found.value;
        if gain > 0.0 {
            best = found;
        }
        if gain.is_nan() || gain <= tolerance || left == 0 {
            return best;
        }
    }
}

/// One search with a fresh simplex.
fn round(
    value_at: &impl Fn(&[f64]) -> f64,
    start: &[f64],
    steps: &[f64],
    tolerance: f64,
    left: &mut usize,
) -> Minimum {
    let vertex = |parameters: Vec<f64>| {
        let value = value_at(&parameters);
        Minimum { parameters, value }
    };
    let mut simplex = vec![vertex(start.to_vec())];
    for (at, step) in steps.iter().enumerate() {
        let mut parameters = start.to_vec();
        parameters[at] += step;
        simplex.push(vertex(parameters));
    }
    loop {
        simplex.sort_by(|a, b| a.value.total_cmp(&b.value));
        if is_settled(&simplex, steps, tolerance) || *left == 0 {
            return simplex.swap_remove(0);
        }
        *left = left.saturating_sub(1);
        improve(&mut simplex, &vertex);
    }
}

/// Whether values and places of all corners agree; the best corner is first.
fn is_settled(simplex: &[Minimum], steps: &[f64], tolerance: f64) -> bool {
    let best = &simplex[0];
    let is_flat = simplex[steps.len()].value - best.value <= tolerance;
    let is_small = |at: usize| {
        let away = |one: &Minimum| (one.parameters[at] - best.parameters[at]).abs();
        let spread = simplex.iter().map(away).fold(0.0, f64::max);
        spread <= 1e-9 * steps[at].abs().max(best.parameters[at].abs())
    };
    is_flat && (0..steps.len()).all(is_small)
}

/// Moves the worst corner, which is last, or draws all corners to the best.
fn improve(simplex: &mut [Minimum], vertex: &impl Fn(Vec<f64>) -> Minimum) {
    let last = simplex.len() - 1;
    let centre: Vec<f64> = (0..last)
        .map(|at| {
            let sum: f64 = simplex[..last].iter().map(|one| one.parameters[at]).sum();
            sum / last as f64
        })
        .collect();
    let along = |worst: &Minimum, by: f64| {
        let pairs = centre.iter().zip(&worst.parameters);
        vertex(pairs.map(|(c, w)| c + by * (w - c)).collect())
    };
    let reflected = along(&simplex[last], -1.0);
    if reflected.value < simplex[0].value {
        let expanded = along(&simplex[last], -2.0);
        simplex[last] = if expanded.value < reflected.value {
            expanded
        } else {
            reflected
        };
        return;
    }
    if reflected.value < simplex[last - 1].value {
        simplex[last] = reflected;
        return;
    }
    let is_outside = reflected.value < simplex[last].value;
    let contracted = along(&simplex[last], if is_outside { -0.5 } else { 0.5 });
    if contracted.value < simplex[last].value.min(reflected.value) {
        simplex[last] = contracted;
        return;
    }
    let best = simplex[0].parameters.clone();
    for one in &mut simplex[1..] {
        let pairs = best.iter().zip(&one.parameters);
        *one = vertex(pairs.map(|(b, own)| b + 0.5 * (own - b)).collect());
    }
}

/// Inverse of the matrix of second derivatives at a minimum, by central
/// differences with the given steps: the covariance of parameters where the
/// function is a negative log-likelihood.
///
/// # Errors
/// [`RegressionError::Collinear`] where the function is not curved upwards.
pub fn covariance_at(
    function: impl Fn(&[f64]) -> f64,
    parameters: &[f64],
    steps: &[f64],
) -> Result<Vec<Vec<f64>>, RegressionError> {
    let shifted = |i: usize, by_i: f64, j: usize, by_j: f64| {
        let mut own = parameters.to_vec();
        own[i] += by_i * steps[i];
        own[j] += by_j * steps[j];
        function(&own)
    };
    let size = parameters.len();
    let mut curvature = vec![vec![0.0; size]; size];
    for i in 0..size {
        for j in 0..=i {
            let sum = shifted(i, 1.0, j, 1.0) - shifted(i, 1.0, j, -1.0) - shifted(i, -1.0, j, 1.0)
                + shifted(i, -1.0, j, -1.0);
            curvature[i][j] = sum / (4.0 * steps[i] * steps[j]);
            curvature[j][i] = curvature[i][j];
        }
    }
    inverse_of(curvature)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_valley_of_rosenbrock_ends_at_one_and_one() {
        let valley = |p: &[f64]| {
            let (a, b) = (1.0 - p[0], p[1] - p[0] * p[0]);
            a * a + 100.0 * b * b
        };
        let found = minimise(valley, &[-1.2, 1.0], &[0.5, 0.5], 1e-14);
        assert!(
            found.parameters.iter().all(|p| (p - 1.0).abs() < 1e-6),
            "{found:?}"
        );
    }

    #[test]
    fn a_start_without_a_value_is_left_behind() {
        let found = minimise(
            |p| {
                if p[0] < 0.0 {
                    f64::NAN
                } else {
                    (p[0] - 2.0) * (p[0] - 2.0)
                }
            },
            &[-0.5],
            &[1.0],
            1e-14,
        );
        assert!((found.parameters[0] - 2.0).abs() < 1e-6, "{found:?}");
    }

    #[test]
    fn the_covariance_is_the_inverse_of_the_curvature() {
        // Half of (x² + x y + y²) has second derivatives 1, 1/2: inverse 4/3, −2/3.
        let half = |p: &[f64]| 0.5 * (p[0] * p[0] + p[0] * p[1] + p[1] * p[1]);
        let found = covariance_at(half, &[0.0, 0.0], &[1e-3, 1e-3]).unwrap();
        assert!((found[0][0] - 4.0 / 3.0).abs() < 1e-6 && (found[0][1] + 2.0 / 3.0).abs() < 1e-6);
        assert!(covariance_at(|p| -p[0] * p[0], &[0.0], &[1e-3]).is_err());
    }
}
