//! After the handshake: when a deal becomes law, and what can still go wrong.
//!
//! Legal effect follows after a log-normal lag. Sides may quarrel over content, one
//! may not confirm the headline rate, and the principal may raise its rate again
//! with the weekly hazard
//!
//! h = base × (1 + unmet share of pledges).
//!
//! Talks, section 12.

use super::choice::{happens, over_steps};
use super::distribution::log_normal;

/// What follows a deal.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AfterDeal {
    /// Median lag from announcement to legal effect \[days\].
    pub median_lag_days: f64,
    /// Standard deviation of the logarithm of the lag.
    pub lag_deviation: f64,
    /// Probability of a quarrel over content.
    pub dispute: f64,
    /// Probability that one side does not confirm the rate.
    pub unconfirmed: f64,
    /// Probability in a week that the rate is raised again with all pledges met.
    pub snap_back: f64,
}

/// Draws that settle what follows a deal.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AfterDealDraws {
    /// Standard normal, for the lag.
    pub lag: f64,
    /// Uniform in \[0, 1), for a quarrel.
    pub dispute: f64,
    /// Uniform in \[0, 1), for confirmation.
    pub confirmation: f64,
}

/// A deal on its way into law.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PendingDeal {
    /// Days from announcement to legal effect.
    pub lag_days: f64,
    /// The sides quarrel over content.
    pub is_disputed: bool,
    /// Both sides confirm the rate.
    pub is_confirmed: bool,
}

impl AfterDeal {
    /// What follows at given draws.
    pub fn settle(&self, draws: &AfterDealDraws) -> PendingDeal {
        PendingDeal {
            lag_days: log_normal(self.median_lag_days, self.lag_deviation, draws.lag),
            is_disputed: happens(self.dispute, draws.dispute),
            is_confirmed: !happens(self.unconfirmed, draws.confirmation),
        }
    }

    /// Probability in a week that the rate is raised again, from the share of
    /// pledges that is not met, 0 to 1.
    pub fn weekly_snap_back(&self, unmet: f64) -> f64 {
        (self.snap_back * (1.0 + unmet)).min(1.0)
    }

    /// Probability that it is raised again within some weeks.
    pub fn snap_back_within(&self, weeks: f64, unmet: f64) -> f64 {
        over_steps(self.weekly_snap_back(unmet), weeks)
    }
}

/// Rate on goods of which a share is of another origin and pays more by `gap`
/// \[shares of customs value\].
pub fn rate_with_transshipment(rate: f64, gap: f64, foreign_share: f64) -> f64 {
    rate + gap * foreign_share
}

#[cfg(test)]
mod tests {
    use super::*;

    const AFTER: AfterDeal = AfterDeal {
        median_lag_days: 55.0,
        lag_deviation: 0.6,
        dispute: 0.4,
        unconfirmed: 0.25,
        snap_back: 0.01,
    };

    #[test]
    fn draws_decide_what_follows() {
        let usual = AFTER.settle(&AfterDealDraws {
            lag: 0.0,
            dispute: 0.39,
            confirmation: 0.25,
        });
        assert!((usual.lag_days - 55.0).abs() < 1e-12);
        assert!(usual.is_disputed && usual.is_confirmed);
        let late = AFTER.settle(&AfterDealDraws {
            lag: 1.0,
            dispute: 0.4,
            confirmation: 0.24,
        });
        assert!((late.lag_days - 55.0 * libm::exp(0.6)).abs() < 1e-9);
        assert!(!late.is_disputed && !late.is_confirmed);
    }

    #[test]
    fn unmet_pledges_double_the_hazard() {
        assert!((AFTER.weekly_snap_back(0.0) - 0.01).abs() < 1e-15);
        assert!((AFTER.weekly_snap_back(1.0) - 0.02).abs() < 1e-15);
        let year = AFTER.snap_back_within(52.0, 0.0);
        assert!((year - (1.0 - libm::pow(0.99, 52.0))).abs() < 1e-12);
        let never = AfterDeal {
            snap_back: 0.0,
            ..AFTER
        };
        assert!(never.snap_back_within(520.0, 1.0).abs() < 1e-15);
    }

    #[test]
    fn relabelled_goods_raise_the_mean_rate() {
        assert!((rate_with_transshipment(0.2, 0.2, 0.25) - 0.25).abs() < 1e-15);
        assert!((rate_with_transshipment(0.2, 0.2, 0.0) - 0.2).abs() < 1e-15);
    }
}
