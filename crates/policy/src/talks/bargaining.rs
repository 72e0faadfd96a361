//! Bargaining of two governments over one surplus: alternating offers, the Nash product, and a last day.
//!
//! Alternating offers with discount factors δ₁, δ₂ give the proposer
//! (1 − δ₂) / (1 − δ₁ δ₂) of the surplus (Rubinstein 1982). With δᵢ = e^(−rᵢ Δ)
//! and short gaps Δ between offers this tends to r₂ / (r₁ + r₂): the share of
//! the less patient side is the smaller. Such shares are the weights of the
//! generalised Nash solution, which maximises
//!
//! (U − D₀)^(1−w) (W − D)^w
//!
//! over payoffs (U, W) of principal and partner with disagreement point (D₀, D)
//! (Binmore, Rubinstein and Wolinsky 1986). With a last round the shares follow
//! by backward induction, and under full information the first offer is
//! accepted. Talks, section 3.

/// The two sides of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Side {
    /// The government that sets the tariffs and negotiates with many.
    Principal,
    /// One of the governments that face it.
    Partner,
}

impl Side {
    /// The side across the table.
    pub fn other(self) -> Self {
        match self {
            Self::Principal => Self::Partner,
            Self::Partner => Self::Principal,
        }
    }
}

/// Something that each side has: payoffs \[USD bn a year\], discount factors, demands.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Pair {
    /// Of the principal.
    pub principal: f64,
    /// Of the partner.
    pub partner: f64,
}

impl Pair {
    /// What one side has.
    pub fn of(&self, side: Side) -> f64 {
        match side {
            Side::Principal => self.principal,
            Side::Partner => self.partner,
        }
    }

    /// Gains over another pair, as over the disagreement point.
    pub fn over(&self, other: Self) -> Self {
        Self {
            principal: self.principal - other.principal,
            partner: self.partner - other.partner,
        }
    }

    /// Sum of both.
    pub fn total(&self) -> f64 {
        self.principal + self.partner
    }
}

/// Factor by which a payoff after a gap of days is discounted, at a rate per week.
pub fn discount_factor(rate_per_week: f64, gap_days: f64) -> f64 {
    libm::exp(-rate_per_week * gap_days / 7.0)
}

/// Share of the surplus that a proposer keeps in alternating offers without end,
/// from both discount factors in \[0, 1\]; none when both are one, where any
/// share is an equilibrium.
pub fn proposer_share(proposer: f64, responder: f64) -> Option<f64> {
    let below = 1.0 - proposer * responder;
    (below > 0.0).then(|| (1.0 - responder) / below)
}

/// Shares of the first side when it proposes and when the second does; from the
/// discount factors of both, as in [`proposer_share`].
pub fn rubinstein_shares(first: f64, second: f64) -> Option<(f64, f64)> {
    let proposing = proposer_share(first, second)?;
    Some((proposing, 1.0 - proposer_share(second, first)?))
}

/// Share of a side in the limit of short gaps: other / (own + other), from the
/// discount rates of both \[per week\]; one half when both are zero.
pub fn bargaining_weight(own_rate: f64, other_rate: f64) -> f64 {
    let both = own_rate + other_rate;
    if both > 0.0 { other_rate / both } else { 0.5 }
}

/// The Nash product of gains over the disagreement point, with the `weight` of
/// the partner from 0 to 1; none when a side loses.
pub fn nash_product(gains: Pair, weight: f64) -> Option<f64> {
    (gains.principal >= 0.0 && gains.partner >= 0.0)
        .then(|| libm::pow(gains.principal, 1.0 - weight) * libm::pow(gains.partner, weight))
}

/// Payoffs when a surplus over the disagreement point can be moved from side to
/// side at no loss: the partner gains `weight` of it. None when there is no surplus.
pub fn transferable_split(total: f64, disagreement: Pair, weight: f64) -> Option<Pair> {
    let surplus = total - disagreement.total();
    (surplus >= 0.0).then_some(Pair {
        principal: disagreement.principal + (1.0 - weight) * surplus,
        partner: disagreement.partner + weight * surplus,
    })
}

/// The candidate with the largest Nash product; of equal ones that with the
/// larger joint gain, then the first. None when every candidate hurts a side.
pub fn nash_solution(candidates: &[Pair], disagreement: Pair, weight: f64) -> Option<usize> {
    let mut best: Option<(usize, f64, f64)> = None;
    for (index, candidate) in candidates.iter().enumerate() {
        let gains = candidate.over(disagreement);
        let Some(product) = nash_product(gains, weight) else {
            continue;
        };
        let joint = gains.total();
        let beats = |held: f64, sum: f64| product > held || (product >= held && joint > sum);
        if best.is_none_or(|(_, held, sum)| beats(held, sum)) {
            best = Some((index, product, joint));
        }
    }
    best.map(|(index, _, _)| index)
}

/// The point s in \[0, 1\] of a concave frontier with the largest Nash product, to
/// about 1e-8. Along the frontier the principal's payoff falls and the partner's
/// rises with s. None when no point leaves both at least what disagreement does.
pub fn nash_on_frontier(
    frontier: impl Fn(f64) -> Pair,
    disagreement: Pair,
    weight: f64,
) -> Option<f64> {
    let gains = |s: f64| frontier(s).over(disagreement);
    if gains(1.0).partner < 0.0 || gains(0.0).principal < 0.0 {
        return None;
    }
    let mut low = boundary(|s| gains(s).partner >= 0.0);
    let mut high = 1.0 - boundary(|s| gains(1.0 - s).principal >= 0.0);
    if low > high {
        return None;
    }
    let product = |s: f64| nash_product(gains(s), weight).unwrap_or(0.0);
    let golden = 0.5 * (5.0_f64.sqrt() - 1.0);
    let (mut left, mut right) = (high - golden * (high - low), low + golden * (high - low));
    let (mut at_left, mut at_right) = (product(left), product(right));
    for _ in 0..80 {
        if at_left < at_right {
            low = left;
            (left, at_left) = (right, at_right);
            right = low + golden * (high - low);
            at_right = product(right);
        } else {
            high = right;
            (right, at_right) = (left, at_left);
            left = high - golden * (high - low);
            at_left = product(left);
        }
    }
    Some(0.5 * (low + high))
}

/// Smallest s in \[0, 1\] from which a claim holds that holds at 1.
fn boundary(holds: impl Fn(f64) -> bool) -> f64 {
    if holds(0.0) {
        return 0.0;
    }
    let (mut fails, mut works) = (0.0, 1.0);
    for _ in 0..60 {
        let middle = 0.5 * (fails + works);
        if holds(middle) {
            works = middle;
        } else {
            fails = middle;
        }
    }
    works
}

/// Talks with a last round.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FiniteHorizon {
    /// What a deal is worth to both together \[USD bn a year\].
    pub total: f64,
    /// Discount factors between rounds, 0 to 1.
    pub discounts: Pair,
    /// Payoffs when the last round passes without a deal.
    pub disagreement: Pair,
}

/// What backward induction says of talks.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Settlement {
    /// Value of the talks to each side.
    pub payoffs: Pair,
    /// The first offer is accepted.
    pub is_immediate: bool,
}

impl FiniteHorizon {
    /// Value with `rounds` offers left, of which `proposer` makes the first and
    /// the sides take turns. A responder accepts what it expects from waiting,
    /// δ V(next round); no offer is made when waiting is worth more to both
    /// together than a deal.
    pub fn settle(&self, rounds: u32, proposer: Side) -> Settlement {
        let mut settlement = Settlement {
            payoffs: self.disagreement,
            is_immediate: false,
        };
        for left in 1..=rounds {
            let is_same_turn = (rounds - left).is_multiple_of(2);
            let mover = if is_same_turn {
                proposer
            } else {
                proposer.other()
            };
            settlement = self.offer(settlement.payoffs, mover);
        }
        settlement
    }

    fn offer(&self, next: Pair, proposer: Side) -> Settlement {
        let waiting = Pair {
            principal: self.discounts.principal * next.principal,
            partner: self.discounts.partner * next.partner,
        };
        if waiting.total() > self.total {
            return Settlement {
                payoffs: waiting,
                is_immediate: false,
            };
        }
        let payoffs = match proposer {
            Side::Principal => Pair {
                principal: self.total - waiting.partner,
                ..waiting
            },
            Side::Partner => Pair {
                partner: self.total - waiting.principal,
                ..waiting
            },
        };
        Settlement {
            payoffs,
            is_immediate: true,
        }
    }
}

#[cfg(test)]
mod tests;
