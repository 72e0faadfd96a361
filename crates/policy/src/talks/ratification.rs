//! Two-level games: which packages a parliament passes.
//!
//! A package lies in the win set when veto players who prefer it to the status quo
//! hold the seats needed (Putnam 1988):
//!
//! Σ seats × 1{v(x) ≥ v(status quo)} ≥ needed.
//!
//! With noise of scale s in values \[USD bn\] a player votes for it with probability
//! logistic((v(x) − v(status quo)) / s); with noise of scale σ in votes \[share of
//! seats\] it passes with probability logistic((for − needed) / σ). Talks, section 7.

use super::choice::logistic;

/// A party, chamber or member that has a say.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct VetoPlayer {
    /// Share of seats, or 1 for a player without whom nothing passes.
    pub seats: f64,
    /// Value of the package \[USD bn a year\].
    pub package: f64,
    /// Value of the status quo \[USD bn a year\].
    pub status_quo: f64,
}

impl VetoPlayer {
    /// Gain from the package \[USD bn a year\].
    pub fn gain(&self) -> f64 {
        self.package - self.status_quo
    }
}

/// Share of seats in favour.
pub fn seats_for(players: &[VetoPlayer]) -> f64 {
    let favour = players.iter().filter(|player| player.gain() >= 0.0);
    favour.map(|player| player.seats).sum()
}

/// Whether the package lies in the win set. Shares that add to the seats needed up
/// to rounding suffice.
pub fn is_in_win_set(players: &[VetoPlayer], needed: f64) -> bool {
    seats_for(players) >= needed - 1e-12
}

/// Expected share of seats in favour when values carry noise of scale `noise`
/// \[USD bn a year\]; [`seats_for`] without.
pub fn expected_seats_for(players: &[VetoPlayer], noise: f64) -> f64 {
    if noise <= 0.0 {
        return seats_for(players);
    }
    let votes = players.iter();
    votes
        .map(|player| player.seats * logistic(player.gain() / noise))
        .sum()
}

/// Probability of ratification from the share in favour and the share needed, with
/// noise of scale `noise` \[share of seats\].
pub fn ratification_probability(seats_for: f64, needed: f64, noise: f64) -> f64 {
    if noise > 0.0 {
        logistic((seats_for - needed) / noise)
    } else if seats_for >= needed {
        1.0
    } else {
        0.0
    }
}

/// Indices of the packages in the win set, from what each means to the veto players.
pub fn win_set(packages: &[Vec<VetoPlayer>], needed: f64) -> Vec<usize> {
    (0..packages.len())
        .filter(|&package| is_in_win_set(&packages[package], needed))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn player(seats: f64, package: f64, status_quo: f64) -> VetoPlayer {
        VetoPlayer {
            seats,
            package,
            status_quo,
        }
    }

    fn parliament(package: f64) -> [VetoPlayer; 3] {
        [
            player(0.35, package, 0.0),
            player(0.15, package, 1.0),
            player(0.50, package, 3.0),
        ]
    }

    #[test]
    fn a_package_passes_with_the_seats_needed() {
        assert!(!is_in_win_set(&parliament(0.5), 0.5));
        assert!(is_in_win_set(&parliament(1.0), 0.5));
        assert!(!is_in_win_set(&parliament(2.9), 0.667));
        assert!(is_in_win_set(&parliament(3.0), 1.0));
    }

    #[test]
    fn a_higher_majority_makes_a_smaller_win_set() {
        let packages: Vec<Vec<VetoPlayer>> = [0.2, 1.1, 2.0, 3.5]
            .map(|value| parliament(value).to_vec())
            .to_vec();
        let passing = |needed| win_set(&packages, needed);
        assert_eq!(passing(0.5), [1, 2, 3]);
        assert_eq!(passing(0.667), [3]);
    }

    #[test]
    fn little_noise_gives_the_count_of_seats() {
        let players = parliament(1.5);
        assert!((expected_seats_for(&players, 1e-3) - 0.5).abs() < 1e-12);
        assert!((expected_seats_for(&players, 0.0) - 0.5).abs() < 1e-12);
        // Much noise: everyone throws a coin.
        assert!((expected_seats_for(&players, 1e9) - 0.5).abs() < 1e-6);
        assert!((expected_seats_for(&parliament(9.0), 1e9) - 0.5).abs() < 1e-6);
    }

    #[test]
    fn a_vote_on_the_edge_is_even() {
        assert!((ratification_probability(0.5, 0.5, 0.05) - 0.5).abs() < 1e-15);
        assert!(ratification_probability(0.6, 0.5, 0.05) > 0.85);
        assert!((ratification_probability(0.5, 0.5, 0.0) - 1.0).abs() < 1e-15);
        assert!(ratification_probability(0.49, 0.5, 0.0).abs() < 1e-15);
    }
}
