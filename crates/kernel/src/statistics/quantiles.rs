//! Quantiles of samples, exact and streamed.

/// The value below which a share `p` (0 to 1) of a sorted sample lies, with
/// linear interpolation between neighbours (type 7 of Hyndman and Fan 1996,
/// the default of R and NumPy). NaN for an empty sample.
pub fn quantile(sorted: &[f64], p: f64) -> f64 {
    let Some(last) = sorted.len().checked_sub(1) else {
        return f64::NAN;
    };
    let at = p.clamp(0.0, 1.0) * last as f64;
    let below = (at.floor() as usize).min(last);
    let above = (below + 1).min(last);
    sorted[below] + (sorted[above] - sorted[below]) * (at - below as f64)
}

/// Several quantiles of an unsorted sample. NaN values sort last.
pub fn quantiles<const N: usize>(values: &[f64], shares: [f64; N]) -> [f64; N] {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    shares.map(|p| quantile(&sorted, p))
}

/// Shares whose quantiles [`StreamingQuantiles`] follows.
const SHARES: [f64; 5] = [0.05, 0.25, 0.5, 0.75, 0.95];
/// Markers: the ends, the shares, and one between any two of these.
const MARKERS: usize = 2 * SHARES.len() + 3;

/// The 5, 25, 50, 75 and 95 % quantiles of a stream in constant memory (208
/// bytes): exact up to 13 values, then the extended P² algorithm (Jain and
/// Chlamtac 1985; Raatikainen 1987). Feed values in a fixed order: the result
/// depends on it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StreamingQuantiles {
    count: u64,
    heights: [f64; MARKERS],
    positions: [f64; MARKERS],
}

impl Default for StreamingQuantiles {
    fn default() -> Self {
        Self {
            count: 0,
            heights: [0.0; MARKERS],
            positions: std::array::from_fn(|at| at as f64),
        }
    }
}

impl StreamingQuantiles {
    /// The shares whose quantiles [`Self::values`] gives.
    pub const SHARES: [f64; 5] = SHARES;

    /// Adds a finite value.
    pub fn push(&mut self, value: f64) {
        let seen = self.count as usize;
        self.count += 1;
        if seen < MARKERS {
            let at = self.heights[..seen].partition_point(|height| *height <= value);
            self.heights.copy_within(at..seen, at + 1);
            self.heights[at] = value;
            return;
        }
        self.heights[0] = self.heights[0].min(value);
        self.heights[MARKERS - 1] = self.heights[MARKERS - 1].max(value);
        let above = self
            .heights
            .partition_point(|height| *height <= value)
            .clamp(1, MARKERS - 1);
        for position in &mut self.positions[above..] {
            *position += 1.0;
        }
        for at in 1..MARKERS - 1 {
            self.adjust(at);
        }
    }

    /// Number of values seen.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// The quantiles at [`Self::SHARES`]; NaN without values.
    pub fn values(&self) -> [f64; 5] {
        if (self.count as usize) <= MARKERS {
            return SHARES.map(|p| quantile(&self.heights[..self.count as usize], p));
        }
        std::array::from_fn(|share| self.heights[2 * share + 2])
    }

    /// Moves a marker one place where it is a whole place off.
    fn adjust(&mut self, at: usize) {
        let wanted = share_of_marker(at) * (self.count - 1) as f64;
        let off = wanted - self.positions[at];
        let (gap_above, gap_below) = (
            self.positions[at + 1] - self.positions[at],
            self.positions[at - 1] - self.positions[at],
        );
        let step = if off >= 1.0 && gap_above > 1.0 {
            1.0
        } else if off <= -1.0 && gap_below < -1.0 {
            -1.0
        } else {
            return;
        };
        let slope_above = (self.heights[at + 1] - self.heights[at]) / gap_above;
        let slope_below = (self.heights[at - 1] - self.heights[at]) / gap_below;
        let parabola = self.heights[at]
            + step / (gap_above - gap_below)
                * ((step - gap_below) * slope_above + (gap_above - step) * slope_below);
        let is_ordered = self.heights[at - 1] < parabola && parabola < self.heights[at + 1];
        let line = if step > 0.0 { slope_above } else { slope_below };
        self.heights[at] = if is_ordered {
            parabola
        } else {
            self.heights[at] + step * line
        };
        self.positions[at] += step;
    }
}

/// The share of the values that should lie below a marker.
fn share_of_marker(at: usize) -> f64 {
    let known = |at: usize| match at {
        0 => 0.0,
        last if last == SHARES.len() + 1 => 1.0,
        inner => SHARES[inner - 1],
    };
    if at.is_multiple_of(2) {
        known(at / 2)
    } else {
        (known(at / 2) + known(at / 2 + 1)) / 2.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draws::{Decision, Draws};

    #[test]
    fn quantiles_interpolate_between_neighbours() {
        let sample = [30.0, 10.0, 20.0, 40.0];
        let found = quantiles(&sample, [0.0, 0.25, 0.5, 1.0]);
        for (value, expected) in found.iter().zip([10.0, 17.5, 25.0, 40.0]) {
            assert!((value - expected).abs() < 1e-12);
        }
        assert!(quantile(&[], 0.5).is_nan());
        assert!((quantile(&[7.0], 0.9) - 7.0).abs() < 1e-15);
    }

    #[test]
    fn short_streams_are_exact() {
        let sample = [
            5.0, 1.0, 4.0, 2.0, 3.0, 9.0, 8.0, 6.0, 7.0, 0.0, 12.0, 11.0, 10.0,
        ];
        let mut stream = StreamingQuantiles::default();
        assert!(stream.values()[0].is_nan());
        for (seen, &value) in sample.iter().enumerate() {
            stream.push(value);
            let exact = quantiles(&sample[..=seen], SHARES);
            for (found, expected) in stream.values().iter().zip(exact) {
                assert!((found - expected).abs() < 1e-12, "after {}", seen + 1);
            }
        }
    }

    #[test]
    fn long_streams_are_close_to_exact() {
        let draws = Draws::new(3, 0);
        for (count, tolerance) in [(100, 0.25), (1_000, 0.08), (20_000, 0.03)] {
            let mut sample = vec![0.0; count];
            draws.fill_normal(Decision::named("sample"), 0, 0, &mut sample);
            let mut stream = StreamingQuantiles::default();
            for &value in &sample {
                stream.push(value);
            }
            assert_eq!(stream.count(), count as u64);
            let exact = quantiles(&sample, SHARES);
            for (found, expected) in stream.values().iter().zip(exact) {
                assert!(
                    (found - expected).abs() < tolerance,
                    "{count}: {found} for {expected}"
                );
            }
        }
    }

    #[test]
    fn equal_values_have_equal_quantiles() {
        let mut stream = StreamingQuantiles::default();
        for _ in 0..1_000 {
            stream.push(1.25);
        }
        assert!(
            stream
                .values()
                .iter()
                .all(|value| (value - 1.25).abs() < 1e-15)
        );
    }
}
