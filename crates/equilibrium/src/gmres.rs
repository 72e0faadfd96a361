//! Generalised minimal residuals (Saad and Schultz 1986) for large systems known by their action.

/// When to stop.
#[derive(Clone, Copy)]
pub(crate) struct Stopping {
    /// A residual below this multiple of the right-hand side is good enough.
    pub(crate) tolerance: f64,
    /// Directions kept before a restart.
    pub(crate) directions: usize,
    /// Restarts at most.
    pub(crate) restarts: usize,
}

/// Solves `action(x) = target` from the guess in `x`; `precondition` applies an approximate inverse.
///
/// Returns the norm of the preconditioned residual over that of the preconditioned target. The
/// guess is returned untouched if it already meets the tolerance.
pub(crate) fn solve(
    action: impl Fn(&[f64]) -> Vec<f64>,
    precondition: impl Fn(&mut [f64]),
    target: &[f64],
    (x, stopping): (&mut [f64], Stopping),
) -> f64 {
    let residual_at = |x: &[f64]| {
        let mut residual: Vec<f64> = target
            .iter()
            .zip(action(x))
            .map(|(wanted, found)| wanted - found)
            .collect();
        precondition(&mut residual);
        residual
    };
    let mut scaled_target = target.to_vec();
    precondition(&mut scaled_target);
    let scale = norm(&scaled_target).max(f64::MIN_POSITIVE);
    let mut residual = residual_at(x);
    let mut size = norm(&residual) / scale;
    for _ in 0..stopping.restarts {
        if size.is_nan() || size <= stopping.tolerance {
            break;
        }
        let apply = |direction: &[f64]| {
            let mut image = action(direction);
            precondition(&mut image);
            image
        };
        // One digit beyond what is asked, since a restart costs a whole residual.
        let step = cycle(
            apply,
            &residual,
            stopping.directions,
            0.1 * stopping.tolerance * scale,
        );
        let trial: Vec<f64> = x
            .iter()
            .zip(&step)
            .map(|(old, change)| old + change)
            .collect();
        residual = residual_at(&trial);
        let trial_size = norm(&residual) / scale;
        if trial_size.is_nan() || trial_size >= size {
            break;
        }
        x.copy_from_slice(&trial);
        size = trial_size;
    }
    size
}

/// One Arnoldi cycle: the correction that minimises the residual over the Krylov space.
fn cycle(
    apply: impl Fn(&[f64]) -> Vec<f64>,
    residual: &[f64],
    directions: usize,
    goal: f64,
) -> Vec<f64> {
    let start = norm(residual);
    let mut basis = vec![scaled(residual, 1.0 / start)];
    let mut columns: Vec<Vec<f64>> = Vec::new();
    let mut rotations: Vec<(f64, f64)> = Vec::new();
    let mut rest = vec![start];
    while columns.len() < directions && rest[columns.len()].abs() > goal {
        let mut next = apply(&basis[columns.len()]);
        let mut column: Vec<f64> = Vec::with_capacity(basis.len() + 1);
        for vector in &basis {
            let overlap = dot(vector, &next);
            add(&mut next, -overlap, vector);
            column.push(overlap);
        }
        let length = norm(&next);
        column.push(length);
        for (row, (cosine, sine)) in rotations.iter().enumerate() {
            let (upper, lower) = (column[row], column[row + 1]);
            column[row] = cosine * upper + sine * lower;
            column[row + 1] = cosine * lower - sine * upper;
        }
        let row = columns.len();
        let radius = (column[row] * column[row] + column[row + 1] * column[row + 1]).sqrt();
        if radius <= 0.0 || !radius.is_finite() {
            break;
        }
        let (cosine, sine) = (column[row] / radius, column[row + 1] / radius);
        rotations.push((cosine, sine));
        column[row] = radius;
        let carried = rest[row];
        rest[row] = cosine * carried;
        rest.push(-sine * carried);
        columns.push(column);
        if length <= f64::EPSILON * start {
            break;
        }
        basis.push(scaled(&next, 1.0 / length));
    }
    combine(&columns, &rest, &basis)
}

/// Back substitution in the rotated triangle, then the combination of the basis vectors.
fn combine(columns: &[Vec<f64>], rest: &[f64], basis: &[Vec<f64>]) -> Vec<f64> {
    let mut weights = rest[..columns.len()].to_vec();
    for row in (0..columns.len()).rev() {
        let known: f64 = (row + 1..columns.len())
            .map(|column| columns[column][row] * weights[column])
            .sum();
        weights[row] = (weights[row] - known) / columns[row][row];
    }
    let mut step = vec![0.0; basis[0].len()];
    for (weight, vector) in weights.iter().zip(basis) {
        add(&mut step, *weight, vector);
    }
    step
}

pub(crate) fn dot(left: &[f64], right: &[f64]) -> f64 {
    left.iter().zip(right).map(|(a, b)| a * b).sum()
}

pub(crate) fn norm(values: &[f64]) -> f64 {
    dot(values, values).sqrt()
}

pub(crate) fn add(target: &mut [f64], factor: f64, values: &[f64]) {
    for (into, value) in target.iter_mut().zip(values) {
        *into += factor * value;
    }
}

fn scaled(values: &[f64], factor: f64) -> Vec<f64> {
    values.iter().map(|value| factor * value).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const STOPPING: Stopping = Stopping {
        tolerance: 1e-14,
        directions: 3,
        restarts: 40,
    };

    fn action(x: &[f64]) -> Vec<f64> {
        (0..6)
            .map(|row| 3.0 * x[row] - x[(row + 1) % 6] + 0.5 * x[(row + 4) % 6])
            .collect()
    }

    #[test]
    fn restarted_iteration_recovers_a_known_solution() {
        let wanted = [1.0, -2.0, 3.0, 0.5, 0.0, 7.0];
        let mut x = vec![0.0; 6];
        let size = solve(action, |_| {}, &action(&wanted), (&mut x, STOPPING));
        assert!(size <= 1e-14);
        for (found, expected) in x.iter().zip(wanted) {
            assert!((found - expected).abs() < 1e-13);
        }
    }

    #[test]
    fn a_guess_that_solves_the_system_is_kept_to_the_bit() {
        let wanted = [0.1, -0.2, 0.3, 0.7, 0.9, 0.11];
        let mut x = wanted.to_vec();
        solve(action, |_| {}, &action(&wanted), (&mut x, STOPPING));
        assert_eq!(x, wanted);
    }
}
