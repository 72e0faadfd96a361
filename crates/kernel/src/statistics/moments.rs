//! Mean and variance of a stream of values.

use super::student_quantile;

/// Count, mean, variance and range of the values seen. Values must be finite.
/// Source: Welford (1962); merging: Chan, Golub and LeVeque (1983).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Moments {
    count: u64,
    mean: f64,
    squares: f64,
    smallest: f64,
    largest: f64,
}

/// A range of values.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

impl Default for Moments {
    fn default() -> Self {
        Self {
            count: 0,
            mean: 0.0,
            squares: 0.0,
            smallest: f64::INFINITY,
            largest: f64::NEG_INFINITY,
        }
    }
}

impl Moments {
    /// The moments of a slice.
    pub fn of(values: &[f64]) -> Self {
        let mut moments = Self::default();
        for &value in values {
            moments.push(value);
        }
        moments
    }

    /// Adds a value.
    pub fn push(&mut self, value: f64) {
        self.count += 1;
        let before = value - self.mean;
        self.mean += before / self.count as f64;
        self.squares += before * (value - self.mean);
        self.smallest = self.smallest.min(value);
        self.largest = self.largest.max(value);
    }

    /// Adds the values another has seen. Merge in a fixed order: the last bits
    /// depend on it.
    pub fn merge(&mut self, other: &Self) {
        if other.count == 0 {
            return;
        }
        let (ours, theirs) = (self.count as f64, other.count as f64);
        let apart = other.mean - self.mean;
        self.count += other.count;
        let all = self.count as f64;
        self.mean += apart * (theirs / all);
        self.squares += other.squares + apart * apart * (ours * theirs / all);
        self.smallest = self.smallest.min(other.smallest);
        self.largest = self.largest.max(other.largest);
    }

    /// Number of values.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// Mean; 0 without values.
    pub fn mean(&self) -> f64 {
        self.mean
    }

    /// Sample variance (divided by n − 1); 0 below two values.
    pub fn variance(&self) -> f64 {
        if self.count < 2 {
            0.0
        } else {
            self.squares / (self.count - 1) as f64
        }
    }

    /// Sample standard deviation.
    pub fn standard_deviation(&self) -> f64 {
        self.variance().sqrt()
    }

    /// Standard error of the mean; 0 below two values.
    pub fn standard_error(&self) -> f64 {
        if self.count == 0 {
            0.0
        } else {
            (self.variance() / self.count as f64).sqrt()
        }
    }

    /// Smallest value; infinity without values.
    pub fn smallest(&self) -> f64 {
        self.smallest
    }

    /// Largest value; minus infinity without values.
    pub fn largest(&self) -> f64 {
        self.largest
    }

    /// Student's interval that covers the true mean with probability `level`
    /// (0.95), for independent values. Unbounded below two values.
    pub fn interval_of_mean(&self, level: f64) -> Interval {
        if self.count < 2 {
            return Interval {
                low: f64::NEG_INFINITY,
                high: f64::INFINITY,
            };
        }
        let quantile = student_quantile(0.5 + level / 2.0, (self.count - 1) as f64);
        let half_width = quantile * self.standard_error();
        Interval {
            low: self.mean - half_width,
            high: self.mean + half_width,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAMPLE: [f64; 5] = [2.0, 4.0, 4.0, 5.0, 10.0];

    #[test]
    fn moments_of_five_numbers_are_those_worked_by_hand() {
        let moments = Moments::of(&SAMPLE);
        assert_eq!(moments.count(), 5);
        assert!((moments.mean() - 5.0).abs() < 1e-15);
        assert!((moments.variance() - 9.0).abs() < 1e-14);
        assert!((moments.standard_error() - (9.0_f64 / 5.0).sqrt()).abs() < 1e-14);
        assert!((moments.smallest() - 2.0).abs() < 1e-15);
        assert!((moments.largest() - 10.0).abs() < 1e-15);
        // t(0.975; 4) = 2.776445 (printed tables).
        let interval = moments.interval_of_mean(0.95);
        assert!((interval.high - 5.0 - 2.776_445 * 1.341_640_786).abs() < 1e-3);
        assert!((interval.high + interval.low - 10.0).abs() < 1e-12);
    }

    #[test]
    fn merged_parts_give_the_moments_of_the_whole() {
        let whole = Moments::of(&SAMPLE);
        for cut in 0..=SAMPLE.len() {
            let mut merged = Moments::of(&SAMPLE[..cut]);
            merged.merge(&Moments::of(&SAMPLE[cut..]));
            assert_eq!(merged.count(), whole.count());
            assert!((merged.mean() - whole.mean()).abs() < 1e-14);
            assert!((merged.variance() - whole.variance()).abs() < 1e-13);
        }
    }

    #[test]
    fn a_large_mean_does_not_swallow_the_variance() {
        let shifted: Vec<f64> = SAMPLE.iter().map(|x| x + 1e9).collect();
        assert!((Moments::of(&shifted).variance() - 9.0).abs() < 1e-5);
    }

    #[test]
    fn one_value_says_nothing_about_the_spread() {
        let one = Moments::of(&[3.0]);
        assert!(one.variance() <= 0.0);
        assert!(one.interval_of_mean(0.9).high.is_infinite());
    }
}
