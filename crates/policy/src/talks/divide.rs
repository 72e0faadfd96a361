//! Divide and conquer: what a principal pays each of many partners to sign.
//!
//! When signing by others changes what an outsider gets, the principal buys the
//! first signature at what rejecting alone is worth, the second at what rejecting
//! is worth once one has signed, and so on (Segal 1999, 2003):
//!
//! rent of the k-th = R(k − 1).
//!
//! If R falls with the number n of signatures, as when trade diverts away from
//! outsiders, later signatures get worse terms. With private offers a partner
//! goes by a belief of n, which claims of progress raise as far as they are
//! believed: n̂ = n + bluff × credibility. Talks, section 4.

use super::belief::BetaBelief;

/// Payoff of each signature in its order, from what rejecting is worth after a
/// number of signatures \[USD bn a year\].
pub fn rents(reject: impl Fn(usize) -> f64, partners: usize) -> Vec<f64> {
    (0..partners).map(reject).collect()
}

/// Change of the rent per place later, by least squares; zero with fewer than two.
pub fn rent_gradient(rents: &[f64]) -> f64 {
    let count = rents.len() as f64;
    let centre = (count - 1.0) / 2.0;
    let (mut across, mut squares) = (0.0, 0.0);
    for (rank, rent) in rents.iter().enumerate() {
        let distance = rank as f64 - centre;
        across += distance * rent;
        squares += distance * distance;
    }
    if squares > 0.0 { across / squares } else { 0.0 }
}

/// Signatures that a partner counts when `bluff` more are claimed than are signed.
/// A claimant without credibility adds nothing.
pub fn perceived_signings(signed: f64, bluff: f64, credibility: &BetaBelief) -> f64 {
    signed + bluff * credibility.mean()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Worth of rejecting for one of eleven exporters of a good with demand
    /// elasticity of substitution 2.5 when n rivals pay 10 % and the rest 30 %.
    fn reject(diverts: bool) -> impl Fn(usize) -> f64 {
        move |signed| {
            let weight = |rate: f64| libm::pow(1.0 + rate, 1.0 - 2.5);
            let signed = if diverts { signed as f64 } else { 0.0 };
            let rivals = signed * weight(0.1) + (10.0 - signed) * weight(0.3);
            weight(0.3) / (rivals + weight(0.3))
        }
    }

    #[test]
    fn diversion_makes_later_signatures_cheaper() {
        let paid = rents(reject(true), 11);
        assert!(paid.windows(2).all(|pair| pair[1] < pair[0]));
        assert!((paid[0] - 1.0 / 11.0).abs() < 1e-12);
        assert!(rent_gradient(&paid) < -1e-3);
    }

    #[test]
    fn without_diversion_all_signatures_cost_the_same() {
        assert!(rent_gradient(&rents(reject(false), 11)).abs() < 1e-15);
        assert!(rent_gradient(&[3.0]).abs() < 1e-15);
    }

    #[test]
    fn the_gradient_of_a_line_is_its_slope() {
        let line = rents(|n| 7.0 - 0.5 * n as f64, 9);
        assert!((rent_gradient(&line) + 0.5).abs() < 1e-12);
    }

    #[test]
    fn claims_move_beliefs_only_as_far_as_they_are_believed() {
        let believed = |belief: &BetaBelief| perceived_signings(2.0, 3.0, belief);
        let start = BetaBelief {
            hits: 2.0,
            misses: 2.0,
        };
        assert!((believed(&start) - 3.5).abs() < 1e-12);
        let caught = (0..200).fold(start, |belief, _| belief.after(false));
        assert!((believed(&caught) - 2.0).abs() < 0.05);
        let proved = (0..200).fold(start, |belief, _| belief.after(true));
        assert!((believed(&proved) - 5.0).abs() < 0.05);
    }
}
