//! Quantiles of a stream that can be merged.

use std::collections::BTreeMap;

use crate::maths::{exp, ln};

/// Width of a bin in log points: quantiles are exact to half of it.
const WIDTH: f64 = 1e-3;
/// Bin of values that are not positive.
const NOT_POSITIVE: i32 = i32::MIN;

/// Counts of positive values in bins of equal relative width. Sketches merge
/// exactly, in any order: the result depends on the values alone.
/// Source: Masson, Rim and Lee (2019), `DDSketch`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LogSketch {
    bins: BTreeMap<i32, u32>,
    count: u64,
}

impl LogSketch {
    /// Adds a finite value; values that are not positive share one bin, read as 0.
    pub fn push(&mut self, value: f64) {
        let bin = if value > 0.0 {
            (ln(value) / WIDTH).floor() as i32
        } else {
            NOT_POSITIVE
        };
        *self.bins.entry(bin).or_default() += 1;
        self.count += 1;
    }

    /// Adds the values another has seen.
    pub fn merge(&mut self, other: &Self) {
        for (bin, count) in &other.bins {
            *self.bins.entry(*bin).or_default() += count;
        }
        self.count += other.count;
    }

    /// The value below which a share `p` of the values lies, to half a bin;
    /// zero without values.
    pub fn quantile(&self, p: f64) -> f64 {
        let rank = (p * self.count.saturating_sub(1) as f64).round() as u64;
        let mut seen = 0;
        for (bin, count) in &self.bins {
            seen += u64::from(*count);
            if seen > rank {
                return match *bin {
                    NOT_POSITIVE => 0.0,
                    bin => exp((f64::from(bin) + 0.5) * WIDTH),
                };
            }
        }
        0.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sketch(values: impl Iterator<Item = u32>) -> LogSketch {
        let mut sketch = LogSketch::default();
        values.for_each(|value| sketch.push(f64::from(value)));
        sketch
    }

    #[test]
    fn quantiles_are_exact_to_half_a_bin() {
        let sketch = sketch(1..=1001);
        for (p, expected) in [(0.05, 51.0), (0.5, 501.0), (0.95, 951.0)] {
            let relative = (sketch.quantile(p) / expected - 1.0_f64).abs();
            assert!(relative <= 0.5001 * WIDTH, "{p}: {relative}");
        }
    }

    #[test]
    fn merging_in_any_order_is_the_same_as_one_stream() {
        let (low, high) = (sketch(1..300), sketch(300..=1001));
        let mut one = low.clone();
        one.merge(&high);
        let mut other = high;
        other.merge(&low);
        assert_eq!(one, other);
        assert_eq!(one, sketch(1..=1001));
    }

    #[test]
    fn values_that_are_not_positive_are_read_as_zero() {
        let mut sketch = sketch(1..2);
        sketch.push(0.0);
        sketch.push(-1.0);
        assert!(sketch.quantile(0.5).abs() < f64::EPSILON);
    }
}
