//! Alignment with a third power, and defence spending under pressure.
//!
//! s ← s + x₁ coercion − x₂ security dependence − x₃ backlash, once a week and within
//! 0 to 1; coercion in points of the principal's rate. Defence is a share of GDP as
//! budgeted, of which a shortfall of GDP is passed on in part. Talks, section 17.

/// How trade-policy alignment moves.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AlignmentRule {
    /// Shift to the third power per point of the principal's rate and week, x₁.
    pub coercion: f64,
    /// Pull back a week at full security dependence, x₂.
    pub security: f64,
    /// Pull back a week at full backlash at home, x₃.
    pub backlash: f64,
}

impl AlignmentRule {
    /// Alignment a week later, from the principal's rate \[points\], security
    /// dependence and backlash \[0 to 1\].
    pub fn next(&self, alignment: f64, pressure: &Pressure) -> f64 {
        let shift = self.coercion * pressure.rate_points
            - self.security * pressure.security
            - self.backlash * pressure.backlash;
        (alignment + shift).clamp(0.0, 1.0)
    }
}

/// What a government is under.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pressure {
    /// The principal's rate on it \[points\].
    pub rate_points: f64,
    /// Dependence on the principal's security, 0 to 1.
    pub security: f64,
    /// Backlash at home against the third power, 0 to 1.
    pub backlash: f64,
}

/// Defence of a government.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DefenceRule {
    /// Defence spending over GDP.
    pub share: f64,
    /// Part of a shortfall of GDP that is passed to defence within a year, 0 to 1.
    pub passed_on: f64,
}

impl DefenceRule {
    /// Defence spending of a year \[unit of GDP\], from the GDP budgeted for and the
    /// GDP now forecast, with what the principal asks on top.
    pub fn spending(&self, budgeted: f64, forecast: f64, asked: f64) -> f64 {
        self.share * (budgeted + self.passed_on * (forecast - budgeted)) + asked
    }
}

/// Red line of a concession that costs budget money when revenue falls short: scaled
/// by revenue over what was planned, never widened.
pub fn red_line_under_revenue(red_line: f64, revenue: f64, planned: f64) -> f64 {
    if planned > 0.0 {
        red_line * (revenue / planned).clamp(0.0, 1.0)
    } else {
        red_line
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULE: AlignmentRule = AlignmentRule {
        coercion: 1e-5,
        security: 5e-5,
        backlash: 3e-5,
    };

    fn year(rate_points: f64, security: f64) -> f64 {
        let pressure = Pressure {
            rate_points,
            security,
            backlash: 0.0,
        };
        (0..52).fold(0.2, |s, _| RULE.next(s, &pressure)) - 0.2
    }

    #[test]
    fn ten_points_for_a_year_move_alignment_by_half_a_point() {
        assert!((year(10.0, 0.0) - 0.0052).abs() < 1e-12);
        // Full dependence on security offsets half of it.
        assert!((year(10.0, 1.0) - 0.0026).abs() < 1e-12);
    }

    #[test]
    fn coercion_moves_allies_less_than_others() {
        assert!(year(20.0, 0.95) < year(20.0, 0.1));
        assert!(year(20.0, 0.95) > year(0.0, 0.95));
        let extreme = Pressure {
            rate_points: 1e9,
            security: 0.0,
            backlash: 0.0,
        };
        assert!((RULE.next(0.5, &extreme) - 1.0).abs() < 1e-15);
    }

    #[test]
    fn defence_falls_by_half_of_a_shortfall() {
        let rule = DefenceRule {
            share: 0.02,
            passed_on: 0.5,
        };
        assert!((rule.spending(1000.0, 1000.0, 0.0) - 20.0).abs() < 1e-12);
        assert!((rule.spending(1000.0, 960.0, 3.0) - 22.6).abs() < 1e-12);
    }

    #[test]
    fn short_revenue_narrows_red_lines_that_cost_money() {
        assert!((red_line_under_revenue(0.5, 90.0, 100.0) - 0.45).abs() < 1e-12);
        assert!((red_line_under_revenue(0.5, 120.0, 100.0) - 0.5).abs() < 1e-12);
    }
}
