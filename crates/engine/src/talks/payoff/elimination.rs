//! Linear systems by elimination.

use tradewinds_kernel::maths::{Kernel, dispatch};

/// Solves A X = B in place from rows `[A | B]` with A square of a size; B becomes X.
///
/// # Panics
/// When A is singular.
pub(super) fn eliminate(rows: &mut [f64], size: usize) {
    dispatch(Eliminate { rows, size });
}

struct Eliminate<'a> {
    rows: &'a mut [f64],
    size: usize,
}

impl Kernel for Eliminate<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Self { rows, size } = self;
        let width = rows.len() / size;
        for column in 0..size {
            raise_pivot(rows, column, (size, width));
            let (upper, lower) = rows.split_at_mut((column + 1) * width);
            let pivot = &upper[column * width + column..];
            for row in lower.chunks_exact_mut(width) {
                subtract(&mut row[column..], pivot);
            }
        }
        for column in (0..size).rev() {
            let (upper, lower) = rows.split_at_mut(column * width);
            let (entry, solved) = (lower[column], &mut lower[size..width]);
            for value in solved.iter_mut() {
                *value /= entry;
            }
            for row in upper.chunks_exact_mut(width) {
                let factor = row[column];
                if factor != 0.0 {
                    for (value, known) in row[size..].iter_mut().zip(solved.iter()) {
                        *value -= factor * known;
                    }
                }
            }
        }
    }
}

/// Brings the largest entry of a column, on or below the diagonal, onto it.
#[inline(always)]
fn raise_pivot(rows: &mut [f64], column: usize, (size, width): (usize, usize)) {
    let entry = |row: usize| rows[row * width + column].abs();
    let mut pivot = column;
    for row in column + 1..size {
        if entry(row) > entry(pivot) {
            pivot = row;
        }
    }
    assert!(entry(pivot) > 0.0, "column {column} has no pivot");
    if pivot != column {
        let (upper, lower) = rows.split_at_mut(pivot * width);
        upper[column * width..(column + 1) * width].swap_with_slice(&mut lower[..width]);
    }
}

/// Takes the multiple of a pivot row from a row that makes its first entry vanish.
#[inline(always)]
fn subtract(row: &mut [f64], pivot: &[f64]) {
    let factor = row[0] / pivot[0];
    if factor == 0.0 {
        return;
    }
    for (value, above) in row.iter_mut().zip(pivot) {
        *value -= factor * above;
    }
}

#[cfg(test)]
mod tests {
    use super::eliminate;

    #[test]
    fn two_right_sides_are_solved_with_an_exchange_of_rows() {
        // 2 y = 6 and x + y = 5, then with right sides 2 and 3.
        let mut rows = [0.0, 2.0, 6.0, 2.0, 1.0, 1.0, 5.0, 3.0];
        eliminate(&mut rows, 2);
        for (found, expected) in [
            (rows[2], 2.0),
            (rows[3], 2.0),
            (rows[6], 3.0),
            (rows[7], 1.0),
        ] {
            assert!((found - expected).abs() < 1e-15, "{rows:?}");
        }
    }
}
