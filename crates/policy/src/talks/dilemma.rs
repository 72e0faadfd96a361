//! Games of two choices: which of the named dilemmas a payoff matrix is.
//!
//! Both cooperate: R (reward); only the other does: T (temptation); only I do: S;
//! neither: P (punishment). Prisoner's dilemma: T > R > P > S. Stag hunt:
//! R > T ≥ P > S, with two equilibria. In a repeated prisoner's dilemma grim
//! punishment upholds cooperation for discount factors from (T − R) / (T − P) on.
//! Talks, section 5.

/// Payoffs of one player of a symmetric game of two choices.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PayoffMatrix {
    /// Both cooperate, R.
    pub reward: f64,
    /// I cooperate alone, S.
    pub sucker: f64,
    /// The other cooperates alone, T.
    pub temptation: f64,
    /// Nobody cooperates, P.
    pub punishment: f64,
}

/// Named games of two choices.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dilemma {
    /// T > R > P > S: defection dominates, and both lose by it.
    PrisonersDilemma,
    /// R > T ≥ P > S: cooperation pays only together.
    StagHunt,
    /// T > R > S > P: each prefers that the other gives way.
    Chicken,
    /// R > T and S > P: cooperation dominates.
    Harmony,
    /// Defection dominates, and both are better off with it.
    Deadlock,
    /// With ties or another order.
    Other,
}

impl PayoffMatrix {
    /// Which game it is.
    pub fn dilemma(&self) -> Dilemma {
        let Self {
            reward: r,
            sucker: s,
            temptation: t,
            punishment: p,
        } = *self;
        if t > r && r > p && p > s {
            Dilemma::PrisonersDilemma
        } else if r > t && t >= p && p > s {
            Dilemma::StagHunt
        } else if t > r && r > s && s > p {
            Dilemma::Chicken
        } else if r > t && s > p {
            Dilemma::Harmony
        } else if t > r && p > s && p >= r {
            Dilemma::Deadlock
        } else {
            Dilemma::Other
        }
    }

    /// Smallest discount factor at which the threat of defection for ever upholds
    /// cooperation; none outside a prisoner's dilemma.
    pub fn least_patience(&self) -> Option<f64> {
        (self.dilemma() == Dilemma::PrisonersDilemma)
            .then(|| (self.temptation - self.reward) / (self.temptation - self.punishment))
    }

    /// Probability that the other cooperates above which cooperation pays in a stag
    /// hunt, (P − S) / (R − T + P − S); above one half, defection is risk dominant.
    pub fn least_confidence(&self) -> Option<f64> {
        let by_mistake = self.punishment - self.sucker;
        (self.dilemma() == Dilemma::StagHunt)
            .then(|| by_mistake / (self.reward - self.temptation + by_mistake))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn game(reward: f64, sucker: f64, temptation: f64, punishment: f64) -> PayoffMatrix {
        PayoffMatrix {
            reward,
            sucker,
            temptation,
            punishment,
        }
    }

    #[test]
    fn textbook_games_have_their_names() {
        assert_eq!(
            game(3.0, 0.0, 5.0, 1.0).dilemma(),
            Dilemma::PrisonersDilemma
        );
        assert_eq!(game(4.0, 0.0, 3.0, 2.0).dilemma(), Dilemma::StagHunt);
        assert_eq!(game(3.0, 1.0, 5.0, 0.0).dilemma(), Dilemma::Chicken);
        assert_eq!(game(5.0, 2.0, 4.0, 1.0).dilemma(), Dilemma::Harmony);
        assert_eq!(game(1.0, 0.0, 5.0, 3.0).dilemma(), Dilemma::Deadlock);
        assert_eq!(game(1.0, 1.0, 1.0, 1.0).dilemma(), Dilemma::Other);
    }

    #[test]
    fn patience_upholds_cooperation_from_its_threshold_on() {
        let game = game(3.0, 0.0, 5.0, 1.0);
        let least = game.least_patience().unwrap();
        assert!((least - 0.5).abs() < 1e-15);
        // At the threshold R / (1 − δ) = T + δ P / (1 − δ).
        let keep = 3.0 / (1.0 - least);
        assert!((keep - (5.0 + least * 1.0 / (1.0 - least))).abs() < 1e-12);
    }

    #[test]
    fn at_the_least_confidence_both_choices_pay_the_same() {
        let game = game(4.0, 0.0, 3.0, 2.0);
        let x = game.least_confidence().unwrap();
        assert!((4.0 * x - (3.0 * x + 2.0 * (1.0 - x))).abs() < 1e-12);
        assert!(game.least_patience().is_none());
    }
}
