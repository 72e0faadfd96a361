//! Sums whose bits depend on the values and their order alone.
//!
//! A slice is cut into chunks of [`CHUNK`] values, each chunk is summed in
//! eight lanes that are combined in a fixed pattern, and the chunk sums are
//! added pairwise as a tree. The cut depends on the length only, so threads,
//! instruction sets and schedulers cannot change a result; and eight lanes
//! are faster than one.

use crate::maths::{Kernel, dispatch};

/// Values per chunk.
pub const CHUNK: usize = 4_096;
/// Partial sums kept side by side within a chunk.
const LANES: usize = 8;

/// The sum of a slice.
pub fn sum(values: &[f64]) -> f64 {
    dispatch(SumOf(values))
}

/// The sum of the products of two slices of one length.
///
/// # Panics
/// When the slices differ in length.
pub fn sum_of_products(left: &[f64], right: &[f64]) -> f64 {
    assert_eq!(left.len(), right.len(), "one factor for each factor");
    dispatch(SumOfProducts(left, right))
}

/// The sum of a chunk of at most [`CHUNK`] values. With [`sum_of_chunks`], for
/// callers that sum the chunks of a long slice on several threads:
/// the result is that of [`sum`].
pub fn sum_of_chunk(chunk: &[f64]) -> f64 {
    dispatch(SumOf(&chunk[..chunk.len().min(CHUNK)]))
}

/// Adds chunk sums, in the order of the chunks, as a tree.
pub fn sum_of_chunks(mut partial: Vec<f64>) -> f64 {
    while partial.len() > 1 {
        partial = partial.chunks(2).map(|pair| pair.iter().sum()).collect();
    }
    partial.first().copied().unwrap_or(0.0)
}

/// One sum per cell, for rows sorted by cell: cell `c` holds the rows
/// `offsets[c] .. offsets[c + 1]`.
///
/// # Panics
/// When `out` is not one shorter than `offsets`, or an offset lies outside.
pub fn sum_cells(values: &[f64], offsets: &[usize], out: &mut [f64]) {
    assert_eq!(out.len() + 1, offsets.len(), "one more offset than cells");
    dispatch(SumCells {
        values,
        offsets,
        out,
    });
}

/// Adds every value to the cell of its row, in the order of the rows, for rows
/// in any order.
///
/// # Panics
/// When the slices differ in length, or a cell lies outside `out`.
pub fn add_by_cell(values: &[f64], cells: &[u32], out: &mut [f64]) {
    assert_eq!(values.len(), cells.len(), "one cell for each value");
    for (value, &cell) in values.iter().zip(cells) {
        out[cell as usize] += value;
    }
}

/// The position of the first value that is infinite or NaN: a guard cheap
/// enough for every column at the end of a phase.
pub fn first_not_finite(values: &[f64]) -> Option<usize> {
    if dispatch(AllFinite(values)) {
        return None;
    }
    values.iter().position(|value| !value.is_finite())
}

/// A running sum that keeps what rounding would lose (Neumaier 1974), for
/// checks of identities. Its error is below 2 ulp of the result plus
/// n² · 1e-32 of the sum of absolute values.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct CompensatedSum {
    sum: f64,
    lost: f64,
}

impl CompensatedSum {
    /// Adds a value.
    #[inline(always)]
    pub fn add(&mut self, value: f64) {
        let total = self.sum + value;
        let is_larger = self.sum.abs() >= value.abs();
        let larger = if is_larger { self.sum } else { value };
        let smaller = if is_larger { value } else { self.sum };
        // The part of the smaller operand that did not fit.
        self.lost += (larger - total) + smaller;
        self.sum = total;
    }

    /// The sum so far.
    pub fn total(&self) -> f64 {
        self.sum + self.lost
    }
}

/// The compensated sum of a slice: of eight lanes side by side, then of their sums.
pub fn compensated_sum(values: &[f64]) -> f64 {
    let lanes = dispatch(Compensated(values));
    let mut total = CompensatedSum::default();
    for lane in lanes {
        total.add(lane.sum);
        total.lost += lane.lost;
    }
    total.total()
}

/// Eight lanes as one number.
#[inline(always)]
fn join(lane: [f64; LANES]) -> f64 {
    ((lane[0] + lane[4]) + (lane[2] + lane[6])) + ((lane[1] + lane[5]) + (lane[3] + lane[7]))
}

/// The sum of one chunk.
#[inline(always)]
fn sum_lanes(values: &[f64]) -> f64 {
    let mut lane = [0.0; LANES];
    let (blocks, rest) = values.as_chunks::<LANES>();
    for block in blocks {
        for j in 0..LANES {
            lane[j] += block[j];
        }
    }
    for (sum, value) in lane.iter_mut().zip(rest) {
        *sum += value;
    }
    join(lane)
}

/// The sum of the products of one chunk.
#[inline(always)]
fn sum_lanes_of_products(left: &[f64], right: &[f64]) -> f64 {
    let mut lane = [0.0; LANES];
    let (left_blocks, left_rest) = left.as_chunks::<LANES>();
    let (right_blocks, right_rest) = right.as_chunks::<LANES>();
    for (a, b) in left_blocks.iter().zip(right_blocks) {
        for j in 0..LANES {
            lane[j] += a[j] * b[j];
        }
    }
    for (sum, (a, b)) in lane.iter_mut().zip(left_rest.iter().zip(right_rest)) {
        *sum += a * b;
    }
    join(lane)
}

/// The sum of a slice.
struct SumOf<'a>(&'a [f64]);

impl Kernel for SumOf<'_> {
    type Output = f64;

    #[inline(always)]
    fn run(self) -> f64 {
        if self.0.len() <= CHUNK {
            return sum_lanes(self.0);
        }
        let mut partial = Vec::with_capacity(self.0.len().div_ceil(CHUNK));
        for chunk in self.0.chunks(CHUNK) {
            partial.push(sum_lanes(chunk));
        }
        sum_of_chunks(partial)
    }
}

/// Whether every value is finite.
struct AllFinite<'a>(&'a [f64]);

impl Kernel for AllFinite<'_> {
    type Output = bool;

    #[inline(always)]
    fn run(self) -> bool {
        let mut are_finite = true;
        for value in self.0 {
            are_finite &= value.abs() < f64::INFINITY;
        }
        are_finite
    }
}

/// The sum of the products of two slices.
struct SumOfProducts<'a>(&'a [f64], &'a [f64]);

impl Kernel for SumOfProducts<'_> {
    type Output = f64;

    #[inline(always)]
    fn run(self) -> f64 {
        let mut partial = Vec::with_capacity(self.0.len().div_ceil(CHUNK));
        for (left, right) in self.0.chunks(CHUNK).zip(self.1.chunks(CHUNK)) {
            partial.push(sum_lanes_of_products(left, right));
        }
        sum_of_chunks(partial)
    }
}

/// The compensated sums of the lanes of a slice.
struct Compensated<'a>(&'a [f64]);

impl Kernel for Compensated<'_> {
    type Output = [CompensatedSum; LANES];

    #[inline(always)]
    fn run(self) -> [CompensatedSum; LANES] {
        let mut lanes = [CompensatedSum::default(); LANES];
        let (blocks, rest) = self.0.as_chunks::<LANES>();
        for block in blocks {
            for j in 0..LANES {
                lanes[j].add(block[j]);
            }
        }
        for (lane, value) in lanes.iter_mut().zip(rest) {
            lane.add(*value);
        }
        lanes
    }
}

/// Sums over consecutive ranges.
struct SumCells<'a> {
    values: &'a [f64],
    offsets: &'a [usize],
    out: &'a mut [f64],
}

impl Kernel for SumCells<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        for (total, bounds) in self.out.iter_mut().zip(self.offsets.windows(2)) {
            *total = SumOf(&self.values[bounds[0]..bounds[1]]).run();
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::float_cmp, reason = "fixed order means equal bits")]

    use super::*;
    use crate::maths::{Tier, dispatch_on};

    fn values(count: usize) -> Vec<f64> {
        (0..count)
            .map(|i| ((i as f64) * 0.618).fract() - 0.4)
            .collect()
    }

    #[test]
    fn a_sum_is_the_same_on_every_instruction_set() {
        for length in [0, 1, 7, 8, 100, 4_096, 4_097, 50_001] {
            let column = values(length);
            let expected = sum(&column);
            for tier in Tier::ALL {
                assert_eq!(dispatch_on(tier, SumOf(&column)), expected);
            }
        }
    }

    #[test]
    fn chunks_summed_apart_give_the_whole_sum() {
        let column = values(50_001);
        let partial = column.chunks(CHUNK).map(sum_of_chunk).collect();
        assert_eq!(sum_of_chunks(partial), sum(&column));
    }

    #[test]
    fn a_sum_is_close_to_the_exact_one() {
        let column = values(100_000);
        assert!((sum(&column) - compensated_sum(&column)).abs() < 1e-10);
        let squares: Vec<f64> = column.iter().map(|x| x * x).collect();
        assert_eq!(sum_of_products(&column, &column), sum(&squares));
    }

    #[test]
    fn cells_are_summed_by_offset_and_by_index_alike() {
        let column = [1.0, 2.0, 4.0, 8.0, 16.0];
        let mut by_offset = [9.0; 3];
        sum_cells(&column, &[0, 2, 2, 5], &mut by_offset);
        assert_eq!(by_offset, [3.0, 0.0, 28.0]);
        let mut by_index = [0.0; 3];
        add_by_cell(&column, &[0, 0, 2, 2, 2], &mut by_index);
        assert_eq!(by_index, by_offset);
    }

    #[test]
    fn the_first_value_that_is_not_finite_is_found() {
        let mut column = values(1_000);
        assert_eq!(first_not_finite(&column), None);
        column[700] = f64::NEG_INFINITY;
        column[500] = f64::NAN;
        assert_eq!(first_not_finite(&column), Some(500));
        assert_eq!(first_not_finite(&[f64::MAX, 0.0, -f64::MAX]), None);
    }

    #[test]
    fn a_compensated_sum_keeps_what_rounding_loses() {
        assert_eq!(compensated_sum(&[1.0, 1e100, 1.0, -1e100]), 2.0);
        let tenths = vec![0.1; 1_000_000];
        assert_eq!(compensated_sum(&tenths), 100_000.0);
    }
}
