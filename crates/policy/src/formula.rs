//! The preset of a reciprocal rate from the bilateral balance.
//!
//! preset = max(floor, share × deficit / imports), rounded up to whole points
//! when asked for. Source of the default parameters: the reciprocal tariff
//! note of the trade representative that accompanied the rates (data: the
//! table `reciprocal_formula`).

/// Parameters of the preset.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PresetFormula {
    /// Lowest rate \[share of customs value\].
    pub floor: f64,
    /// Part of deficit over imports that becomes the rate.
    pub share: f64,
    /// Round up to whole percentage points.
    pub rounds_up: bool,
}

impl PresetFormula {
    /// Rate for a partner from goods imports from it and exports to it \[same
    /// currency unit\]; a share of customs value.
    pub fn rate(&self, imports: f64, exports: f64) -> f64 {
        let raw = if imports > 0.0 {
            self.share * (imports - exports) / imports
        } else {
            0.0
        };
        let points = if self.rounds_up {
            // The tolerance keeps 0.1700000001 from becoming 18 points.
            (raw * 100.0 - 1e-9).ceil() / 100.0
        } else {
            raw
        };
        points.max(self.floor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HALF: PresetFormula = PresetFormula {
        floor: 0.10,
        share: 0.5,
        rounds_up: true,
    };

    #[test]
    fn a_surplus_pays_the_floor() {
        assert!((HALF.rate(10.0, 20.0) - 0.10).abs() < 1e-15);
        assert!((HALF.rate(0.0, 20.0) - 0.10).abs() < 1e-15);
    }

    #[test]
    fn half_of_the_deficit_share_is_rounded_up() {
        // Deficit of 68 on imports of 148: 23.0 becomes 23, 23.1 becomes 24.
        assert!((HALF.rate(100.0, 54.0) - 0.23).abs() < 1e-12);
        assert!((HALF.rate(148.2086, 79.7408) - 0.24).abs() < 1e-12);
    }
}
