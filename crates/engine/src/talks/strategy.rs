//! How a government conducts itself at the table: replaceable by a name in a file, or in
//! Rust by any [`Strategy`].

use std::fmt::Debug;
use std::sync::Arc;

/// What a side sees of its file in a week.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct View {
    /// Rounds held so far.
    pub rounds: u32,
    /// Days until the deadline; none without one.
    pub days_left: Option<f64>,
    /// What its type would concede, share of its red line (partner) or of the way from the
    /// rate due to the floor (principal), 0 to 1.
    pub structural: f64,
    /// What the other side conceded last, 0 to 1.
    pub other_last: f64,
    /// Match of the other's last duty that its rule chooses, 0 to 1.
    pub answer: f64,
    /// Strength of tit for tat, 0 to 1.
    pub tit_for_tat: f64,
}

/// Conduct of one side.
pub trait Strategy: Debug + Send + Sync {
    /// Name in files and tables.
    fn name(&self) -> &'static str;

    /// What it concedes this week, 0 to 1.
    fn concedes(&self, view: &View) -> f64 {
        view.structural
    }

    /// Whether it accepts a gain over disagreement, as a share of what is at stake.
    fn accepts(&self, gain: f64) -> bool {
        gain >= 0.0
    }

    /// Share of a duty on it that it answers with its own, 0 to 1.
    fn answers(&self, view: &View) -> f64 {
        view.answer
    }

    /// Of a partner, added to its score in the queue, in standard deviations; a principal with
    /// any does not wait for preparation.
    fn haste(&self) -> f64 {
        0.0
    }
}

/// A strategy that a file or a plugin chose.
#[derive(Debug, Clone)]
pub struct StrategyChoice(pub Arc<dyn Strategy>);

impl PartialEq for StrategyChoice {
    fn eq(&self, other: &Self) -> bool {
        self.0.name() == other.0.name()
    }
}

impl Default for StrategyChoice {
    fn default() -> Self {
        Self(Arc::new(Structural))
    }
}

/// Concedes as its type does, answers as the record has it.
#[derive(Debug, Clone, Copy)]
pub struct Structural;

/// Concedes nothing.
#[derive(Debug, Clone, Copy)]
pub struct NeverYields;

/// Concedes what the other did, answers each rise of a duty in full.
#[derive(Debug, Clone, Copy)]
pub struct TitForTat;

/// Offers all it can at once, to be among the first; as the principal, to have many.
#[derive(Debug, Clone, Copy)]
pub struct GreedyFirstMover;

impl Strategy for Structural {
    fn name(&self) -> &'static str {
        "structural"
    }
}

impl Strategy for NeverYields {
    fn name(&self) -> &'static str {
        "never_yields"
    }

    fn concedes(&self, _: &View) -> f64 {
        0.0
    }
}

impl Strategy for TitForTat {
    fn name(&self) -> &'static str {
        "tit_for_tat"
    }

    fn concedes(&self, view: &View) -> f64 {
        if view.rounds == 0 {
            return view.structural;
        }
        let kept = 1.0 - view.tit_for_tat;
        (view.tit_for_tat * view.other_last + kept * view.structural).clamp(0.0, 1.0)
    }

    fn answers(&self, _: &View) -> f64 {
        1.0
    }
}

impl Strategy for GreedyFirstMover {
    fn name(&self) -> &'static str {
        "greedy_first_mover"
    }

    fn concedes(&self, _: &View) -> f64 {
        1.0
    }

    fn answers(&self, _: &View) -> f64 {
        0.0
    }

    fn haste(&self) -> f64 {
        3.0
    }
}

/// Names of the built-in strategies.
pub const STRATEGIES: [&str; 4] = [
    "structural",
    "never_yields",
    "tit_for_tat",
    "greedy_first_mover",
];

/// A built-in strategy by name.
pub fn strategy(name: &str) -> Option<StrategyChoice> {
    let all: [Arc<dyn Strategy>; 4] = [
        Arc::new(Structural),
        Arc::new(NeverYields),
        Arc::new(TitForTat),
        Arc::new(GreedyFirstMover),
    ];
    let found = all.into_iter().find(|one| one.name() == name);
    found.map(StrategyChoice)
}

#[cfg(test)]
mod tests {
    use super::*;

    const VIEW: View = View {
        rounds: 2,
        days_left: Some(10.0),
        structural: 0.4,
        other_last: 0.9,
        answer: 0.25,
        tit_for_tat: 0.7,
    };

    #[test]
    fn every_name_is_a_strategy() {
        for name in STRATEGIES {
            assert_eq!(strategy(name).map(|one| one.0.name()), Some(name));
        }
        assert!(strategy("silent").is_none());
    }

    #[test]
    fn strategies_differ_in_what_they_concede_and_answer() {
        let of = |name: &str| {
            let found = strategy(name).unwrap_or_default();
            (found.0.concedes(&VIEW), found.0.answers(&VIEW))
        };
        assert_eq!(of("structural"), (0.4, 0.25));
        assert_eq!(of("never_yields"), (0.0, 0.25));
        assert_eq!(of("greedy_first_mover"), (1.0, 0.0));
        let (conceded, answered) = of("tit_for_tat");
        assert!((conceded - (0.7 * 0.9 + 0.3 * 0.4)).abs() < 1e-15);
        assert!((answered - 1.0).abs() < 1e-15);
    }
}
