//! Terms of others: the reference that a government holds its own offer against, and what a clause of equal treatment costs.
//!
//! ref = Σ sₖ τₖ / Σ sₖ over signed peers k, with the similarity of exports
//! s = Σ min(share, shareₖ) over goods (Finger and Kreinin 1979). An offer worse
//! than the reference by more than a gap is refused. A clause "no worse than"
//! extends a concession to its holders, so it costs the principal more and is made
//! less (Caplin and Krishna 1988). Talks, section 4.

/// Similarity of two export structures, 0 to 1, from the shares of each good.
pub fn export_similarity(shares: &[f64], others: &[f64]) -> f64 {
    (shares.iter().zip(others)).map(|(a, b)| a.min(*b)).sum()
}

/// A peer that has signed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SignedPeer {
    /// Similarity of its exports to one's own, 0 to 1.
    pub similarity: f64,
    /// Rate that it pays \[share of customs value\].
    pub rate: f64,
}

/// Mean rate of signed peers by similarity; none when nobody similar has signed.
pub fn reference_rate(peers: &[SignedPeer]) -> Option<f64> {
    let total: f64 = peers.iter().map(|peer| peer.similarity).sum();
    let rates = peers.iter().map(|peer| peer.similarity * peer.rate);
    (total > 0.0).then(|| rates.sum::<f64>() / total)
}

/// Whether an offered rate lies above the reference by more than `gap` \[shares of
/// customs value\]; the behavioural red line.
pub fn is_worse_than_peers(offered: f64, reference: Option<f64>, gap: f64) -> bool {
    reference.is_some_and(|reference| offered > reference + gap)
}

/// A partner whose agreement says "no worse than others".
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ClauseHolder {
    /// Rate that it pays now \[share of customs value\].
    pub rate: f64,
    /// Imports of the principal from it \[USD bn a year\].
    pub imports: f64,
}

/// Duty that the principal gives up with its clause holders when it grants a rate to
/// another \[USD bn a year\], at given imports.
pub fn clause_cost(granted: f64, holders: &[ClauseHolder]) -> f64 {
    let lost = |holder: &ClauseHolder| (holder.rate - granted).max(0.0) * holder.imports;
    holders.iter().map(lost).sum()
}

/// Share of the surplus that a partner of bargaining weight `weight` gets when each
/// dollar granted costs the principal another `toughness` dollars with each of
/// `following` later partners that ask for the same: the Nash solution
/// w / (1 + toughness × following).
pub fn share_under_precedent(weight: f64, toughness: f64, following: u32) -> f64 {
    weight / (1.0 + toughness * f64::from(following))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::talks::bargaining::{Pair, nash_on_frontier};

    #[test]
    fn similarity_is_the_overlap_of_shares() {
        let cars = [0.7, 0.2, 0.1];
        assert!((export_similarity(&cars, &cars) - 1.0).abs() < 1e-15);
        assert!((export_similarity(&cars, &[0.1, 0.1, 0.8]) - 0.3).abs() < 1e-15);
    }

    #[test]
    fn the_reference_leans_to_similar_peers() {
        let peer = |similarity, rate| SignedPeer { similarity, rate };
        let reference = reference_rate(&[peer(0.9, 0.15), peer(0.3, 0.23)]);
        assert!((reference.unwrap() - 0.17).abs() < 1e-12);
        assert!(is_worse_than_peers(0.20, reference, 0.02));
        assert!(!is_worse_than_peers(0.18, reference, 0.02));
        assert_eq!(reference_rate(&[peer(0.0, 0.1)]), None);
        assert!(!is_worse_than_peers(0.5, None, 0.02));
    }

    #[test]
    fn a_clause_costs_only_with_holders_that_pay_more() {
        let holder = |rate, imports| ClauseHolder { rate, imports };
        let holders = [holder(0.15, 100.0), holder(0.10, 50.0), holder(0.20, 10.0)];
        assert!((clause_cost(0.12, &holders) - 3.8).abs() < 1e-12);
        assert!(clause_cost(0.25, &holders).abs() < 1e-15);
    }

    #[test]
    fn precedent_is_the_nash_solution_with_a_dearer_concession() {
        // Giving x costs 1 + 0.1 × 5 times x: maximise (1 − 1.5 x)^0.6 x^0.4.
        let frontier = |s: f64| Pair {
            principal: 1.0 - 1.5 * s,
            partner: s,
        };
        let found = nash_on_frontier(frontier, Pair::default(), 0.4).unwrap();
        assert!((found - share_under_precedent(0.4, 0.1, 5)).abs() < 1e-6);
        assert!((share_under_precedent(0.4, 0.1, 0) - 0.4).abs() < 1e-15);
    }
}
