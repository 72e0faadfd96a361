//! What moves prices of shares besides news: shocks to all shares of an economy.
//!
//! The shock of a day has the size of GARCH(1,1) and the tails of Student's t:
//!
//! h' = ω + α e² + β h,   e = √h × `t_ν` √((ν − 2)/ν),
//!
//! but h at most `LARGEST` times its long run: at the estimates the fourth moment is
//! infinite, and no market has been seen wilder. 2m = ν degrees of freedom, t a normal
//! number over the root of m exponential ones. Each day has its address, so runs at ticks
//! of any length share their noise. Other economies take part of the shock of the leading
//! one on its day and part on the next, as their markets close before or after it:
//!
//! `shock_n` = a `e_lead` + b `e_lead` of yesterday + √(1 − a² − b²) `e_n`.

use tradewinds_kernel::draws::{Decision, Draws};

/// Normal part of the shock of an economy on a day.
pub const MARKET_SHOCK: Decision = Decision::named("market shock");
/// Width of the shock of an economy on a day; agents are economies × parts.
pub const MARKET_SHOCK_WIDTH: Decision = Decision::named("market shock width");

/// Largest variance of a day over that of the long run: the highest close of the VIX, 82.69
/// on 2020-03-16, is 5.2 % a day, 3.5 times the 1.5 % of the long run at the defaults.
const LARGEST: f64 = 12.0;
/// Least part of a variance that is gone on the next day.
const LEAST_DECAY: f64 = 0.01;

/// Shocks to the prices of shares. Logs; days are days of trade.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NoiseRule {
    /// Constant ω of the variance of a day.
    pub constant: f64,
    /// Response of the variance to the square of yesterday's shock, α.
    pub response: f64,
    /// What is kept of yesterday's variance, β.
    pub memory: f64,
    /// Half the degrees of freedom of the tails, m; at least 2.
    pub half_freedom: u32,
    /// Speed at which prices return from past shocks, per year.
    pub reversion: f64,
    /// Part of the shock of the leading economy that others take on its day, a.
    pub same_day: f64,
    /// The same on the next day, b.
    pub next_day: f64,
    /// Standard deviation of what is a firm's own, per root of a year.
    pub idiosyncratic: f64,
    /// Speed at which that returns to zero, per year.
    pub idiosyncratic_reversion: f64,
}

impl NoiseRule {
    /// No shocks.
    pub fn none() -> Self {
        Self {
            constant: 0.0,
            response: 0.0,
            memory: 0.0,
            half_freedom: 3,
            reversion: 1.0,
            same_day: 0.0,
            next_day: 0.0,
            idiosyncratic: 0.0,
            idiosyncratic_reversion: 1.0,
        }
    }

    /// Variance of a day in the long run.
    fn long_run(&self) -> f64 {
        self.constant / (1.0 - self.response - self.memory).max(LEAST_DECAY)
    }
}

/// Shocks of each economy.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Noise {
    /// Variance of today's shock, `[n]`.
    variance: Vec<f64>,
    /// Own shock of the last day, `[n]`.
    last: Vec<f64>,
    /// Sum of past shocks that prices still carry, `[n]`, logs.
    pub(crate) level: Vec<f64>,
}

impl Noise {
    pub(crate) fn new(rule: &NoiseRule, economies: usize) -> Self {
        Self {
            variance: vec![rule.long_run(); economies],
            last: vec![0.0; economies],
            level: vec![0.0; economies],
        }
    }

    /// Goes to a day of trade, counted in days since the run began.
    pub(crate) fn advance(
        &mut self,
        rule: &NoiseRule,
        lead: Option<usize>,
        draws: &Draws,
        (day, kept): (u32, f64),
    ) {
        if rule.constant <= 0.0 {
            return;
        }
        let half = rule.half_freedom.max(2);
        let freedom = f64::from(2 * half);
        let unit = ((freedom - 2.0) / freedom).sqrt();
        let yesterday = lead.map_or(0.0, |lead| self.last[lead]);
        for n in 0..self.last.len() {
            let width: f64 = (0..half)
                .map(|part| draws.exponential(MARKET_SHOCK_WIDTH, n as u32 * half + part, day))
                .sum();
            let tailed =
                draws.normal(MARKET_SHOCK, n as u32, day) / (width / f64::from(half)).sqrt();
            let shock = self.variance[n].sqrt() * unit * tailed;
            let next = rule.constant + rule.response * shock * shock;
            let next = next + rule.memory * self.variance[n];
            self.variance[n] = next.min(LARGEST * rule.long_run());
            self.last[n] = shock;
        }
        let today = lead.map_or(0.0, |lead| self.last[lead]);
        let own = (1.0 - rule.same_day * rule.same_day - rule.next_day * rule.next_day)
            .max(0.0)
            .sqrt();
        for n in 0..self.last.len() {
            let shock = match lead {
                Some(lead) if lead != n => {
                    rule.same_day * today + rule.next_day * yesterday + own * self.last[n]
                }
                _ => self.last[n],
            };
            self.level[n] = kept * self.level[n] + shock;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule() -> NoiseRule {
        NoiseRule {
            constant: 3.4e-6,
            response: 0.1,
            memory: 0.85,
            reversion: 0.0,
            same_day: 0.3,
            next_day: 0.4,
            ..NoiseRule::none()
        }
    }

    #[test]
    fn no_market_is_wilder_than_any_that_was_seen() {
        let rule = NoiseRule {
            response: 0.164,
            memory: 0.821,
            ..rule()
        };
        let largest = LARGEST * rule.long_run();
        let mut noise = Noise::new(&rule, 1);
        let mut reached = 0.0_f64;
        for day in 0..20_000 {
            noise.advance(&rule, None, &Draws::new(1, 0), (day, 1.0));
            reached = reached.max(noise.variance[0]);
        }
        assert!((reached / largest - 1.0).abs() < 1e-12, "{reached:e}");
    }

    #[test]
    fn shocks_have_the_size_of_the_rule_and_fat_tails() {
        let rule = rule();
        let mut noise = Noise::new(&rule, 2);
        let (mut square, mut fourth) = ([0.0; 2], [0.0; 2]);
        let (mut last, mut lagged) = (0.0, 0.0);
        let days = 40_000;
        let mut before = [0.0; 2];
        for day in 0..days {
            noise.advance(&rule, Some(0), &Draws::new(1, 0), (day, 1.0));
            for n in 0..2 {
                let shock = noise.level[n] - before[n];
                square[n] += shock * shock;
                fourth[n] += shock.powi(4);
            }
            lagged += last * (noise.level[1] - before[1]);
            last = noise.level[0] - before[0];
            before = [noise.level[0], noise.level[1]];
        }
        let days = f64::from(days);
        for n in 0..2 {
            let variance = square[n] / days;
            assert!((variance / 6.8e-5 - 1.0).abs() < 0.1, "{variance:e}");
            assert!(fourth[n] / days / (variance * variance) > 3.5);
        }
        assert!(
            (lagged / square[0] - 0.4).abs() < 0.05,
            "{}",
            lagged / square[0]
        );
    }
}
