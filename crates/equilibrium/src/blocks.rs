//! Dense factors of the diagonal blocks of a large system, one block per economy.

/// LU factors (partial pivoting) of equally large square blocks.
pub(crate) struct BlockFactors {
    size: usize,
    factors: Vec<f64>,
    pivots: Vec<usize>,
}

impl BlockFactors {
    /// Factors `count` blocks of `size` rows; `entry(block, row, column)` gives the matrix.
    pub(crate) fn new(
        count: usize,
        size: usize,
        entry: impl Fn(usize, usize, usize) -> f64,
    ) -> Self {
        let mut blocks = Self {
            size,
            factors: Vec::with_capacity(count * size * size),
            pivots: Vec::with_capacity(count * size),
        };
        for block in 0..count {
            let cells = (0..size * size).map(|cell| entry(block, cell / size, cell % size));
            blocks.factors.extend(cells);
            blocks.factor(block);
        }
        blocks
    }

    fn factor(&mut self, block: usize) {
        let size = self.size;
        let matrix = &mut self.factors[block * size * size..(block + 1) * size * size];
        for column in 0..size {
            let mut pivot = column;
            for row in column + 1..size {
                if matrix[row * size + column].abs() > matrix[pivot * size + column].abs() {
                    pivot = row;
                }
            }
            self.pivots.push(pivot);
            for cell in 0..size {
                matrix.swap(column * size + cell, pivot * size + cell);
            }
            let (upper, lower) = matrix.split_at_mut((column + 1) * size);
            let pivot_row = &upper[column * size..];
            for row in lower.chunks_exact_mut(size) {
                let factor = row[column] / pivot_row[column];
                row[column] = factor;
                for cell in column + 1..size {
                    row[cell] -= factor * pivot_row[cell];
                }
            }
        }
    }

    /// Solves every block's system in place; `values` holds the blocks one after another.
    pub(crate) fn solve(&self, values: &mut [f64]) {
        let size = self.size;
        for (block, part) in values.chunks_exact_mut(size).enumerate() {
            let matrix = &self.factors[block * size * size..(block + 1) * size * size];
            for (row, pivot) in self.pivots[block * size..(block + 1) * size]
                .iter()
                .enumerate()
            {
                part.swap(row, *pivot);
            }
            for row in 0..size {
                let known: f64 = (0..row)
                    .map(|cell| matrix[row * size + cell] * part[cell])
                    .sum();
                part[row] -= known;
            }
            for row in (0..size).rev() {
                let known: f64 = (row + 1..size)
                    .map(|cell| matrix[row * size + cell] * part[cell])
                    .sum();
                part[row] = (part[row] - known) / matrix[row * size + row];
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::BlockFactors;

    #[test]
    fn factors_solve_two_hand_made_blocks_with_row_exchange() {
        let matrices = [[0.0, 2.0, 1.0, 1.0], [4.0, 1.0, 2.0, 3.0]];
        let blocks =
            BlockFactors::new(2, 2, |block, row, column| matrices[block][row * 2 + column]);
        let mut values = [6.0, 5.0, 6.0, 8.0];
        blocks.solve(&mut values);
        for (found, expected) in values.iter().zip([2.0, 3.0, 1.0, 2.0]) {
            assert!((found - expected).abs() < 1e-14, "{values:?}");
        }
    }
}
