//! A partner's offers: first steps by type, aspiration, and what it sees of others.
//!
//! A type starts at a share y₁ of its red line and adds Δy a round, part of the way
//! drawn to what peers offer. It accepts terms at its aspiration, which follows
//! observed terms: a ← a + g (terms − a). Rivals' offers are seen with noise until
//! they are published. Talks, section 11.

/// How a type concedes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ConcessionPath {
    /// First offer \[share of the red line\].
    pub first: f64,
    /// Further concession a round \[share of the red line\].
    pub step: f64,
    /// Weight of peers' offers, 0 to 1.
    pub peer_weight: f64,
}

impl ConcessionPath {
    /// Offer in a round, counted from 0, as a share of the red line from 0 to 1;
    /// `peers` is the mean offer of peers, if any is seen.
    pub fn offer(&self, round: u32, peers: Option<f64>) -> f64 {
        let own = self.first + self.step * f64::from(round);
        let offer = peers.map_or(own, |peers| {
            (1.0 - self.peer_weight) * own + self.peer_weight * peers
        });
        offer.clamp(0.0, 1.0)
    }

    /// Firmness of a leader of this type, which rallies voters: what is not offered
    /// at once.
    pub fn firmness(&self) -> f64 {
        1.0 - self.first
    }
}

/// What terms a government holds out for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AspirationRule {
    /// Part of the way to observed terms that aspiration goes in a step, 0 to 1.
    pub gain: f64,
}

impl AspirationRule {
    /// Aspiration after terms of peers were seen \[same unit\].
    pub fn after(&self, aspiration: f64, observed: f64) -> f64 {
        aspiration + self.gain * (observed - aspiration)
    }
}

/// Whether terms are accepted; both as payoffs, where more is better.
pub fn is_accepted(terms: f64, aspiration: f64) -> bool {
    terms >= aspiration
}

/// A rival's terms as seen through noise of a standard deviation, at a standard
/// normal draw; as they are once published.
pub fn seen_terms(terms: f64, deviation: f64, normal: f64, is_published: bool) -> f64 {
    if is_published {
        terms
    } else {
        terms + deviation * normal
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEDGER: ConcessionPath = ConcessionPath {
        first: 0.25,
        step: 0.06,
        peer_weight: 0.3,
    };

    #[test]
    fn offers_rise_by_the_round_up_to_the_red_line() {
        assert!((HEDGER.offer(0, None) - 0.25).abs() < 1e-15);
        assert!((HEDGER.offer(3, None) - 0.43).abs() < 1e-12);
        assert!((HEDGER.offer(100, None) - 1.0).abs() < 1e-15);
        assert!((HEDGER.firmness() - 0.75).abs() < 1e-15);
    }

    #[test]
    fn offers_lean_to_what_peers_offer() {
        assert!((HEDGER.offer(0, Some(0.75)) - 0.4).abs() < 1e-12);
    }

    #[test]
    fn similar_partners_that_see_each_other_converge_within_rounds() {
        let rule = AspirationRule { gain: 0.2 };
        let (mut one, mut other) = (0.5, 0.1);
        let start: f64 = one - other;
        for _ in 0..10 {
            (one, other) = (rule.after(one, other), rule.after(other, one));
        }
        assert!((one - other) / start < 0.01);
        assert!((one + other - 0.6).abs() < 1e-12);
    }

    #[test]
    fn aspiration_decides_and_noise_ends_with_publication() {
        assert!(is_accepted(-1.0, -1.0) && !is_accepted(-1.1, -1.0));
        assert!((seen_terms(0.15, 0.05, 2.0, false) - 0.25).abs() < 1e-15);
        assert!((seen_terms(0.15, 0.05, 2.0, true) - 0.15).abs() < 1e-15);
    }
}
