//! What is on the table: a partner's concessions, the cuts it asks for, its pledges, and the showcase of a first deal.
//!
//! A concession of extent y in \[0, 1\] is worth b y to the principal and costs the
//! partner c y \[USD bn a year\], up to the partner's red line. A cut of a duty is
//! the same with the sides exchanged, unless the principal keeps it off the
//! table. A pledge of I dollars costs the partner κ I once and is worth the
//! headline. Talks, sections 1 and 3.

use super::bargaining::Pair;

/// Something that can be agreed in part: payoffs move in proportion to its extent.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Term {
    /// Change of payoffs at full extent \[USD bn a year\].
    pub payoffs: Pair,
    /// Largest extent, 0 to 1.
    pub limit: f64,
    /// A package counts only with this term in full.
    pub is_required: bool,
}

/// A concession of the partner.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Issue {
    /// Value to the principal at full concession, b \[USD bn a year\].
    pub value: f64,
    /// Cost to the partner at full concession, c \[USD bn a year\].
    pub cost: f64,
    /// Largest concession that the partner can make, 0 to 1.
    pub red_line: f64,
    /// Both sides are ready to talk about it.
    pub is_on_table: bool,
}

impl Issue {
    /// Value per dollar of cost, the order in which issues are raised; infinite
    /// when it costs nothing.
    pub fn value_over_cost(&self) -> f64 {
        if self.cost > 0.0 {
            self.value / self.cost
        } else {
            f64::INFINITY
        }
    }

    /// Extent up to which it can be conceded.
    pub fn limit(&self) -> f64 {
        if self.is_on_table {
            self.red_line.clamp(0.0, 1.0)
        } else {
            0.0
        }
    }

    /// The issue as a term of a package.
    pub fn term(&self) -> Term {
        Term {
            payoffs: Pair {
                principal: self.value,
                partner: -self.cost,
            },
            limit: self.limit(),
            is_required: false,
        }
    }
}

/// A cut of a duty that the partner asks for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DutyCut {
    /// Value to the partner of the whole cut \[USD bn a year\].
    pub value: f64,
    /// Cost to the principal of the whole cut \[USD bn a year\].
    pub cost: f64,
    /// The principal is ready to talk about it.
    pub is_on_table: bool,
    /// The partner counts a deal only when this duty is cut (a member of its
    /// all-or-nothing set).
    pub is_required: bool,
}

impl DutyCut {
    /// The cut as a term of a package.
    pub fn term(&self) -> Term {
        Term {
            payoffs: Pair {
                principal: -self.cost,
                partner: self.value,
            },
            limit: if self.is_on_table { 1.0 } else { 0.0 },
            is_required: self.is_required,
        }
    }
}

/// What pledges of investment or purchases cost and bring.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PledgeTerms {
    /// Cost to the partner of a dollar pledged, once, κ \[USD per USD\].
    pub cost: f64,
    /// Years over which the cost is spread.
    pub years: f64,
    /// Headline value to the principal of a dollar pledged \[USD a year per USD\].
    pub headline: f64,
}

impl PledgeTerms {
    /// Cost to the partner \[a year, in the unit of the pledge\].
    pub fn cost_per_year(&self, pledged: f64) -> f64 {
        self.cost * pledged / self.years
    }

    /// Value to the principal \[a year, in the unit of the pledge\].
    pub fn value_per_year(&self, pledged: f64) -> f64 {
        self.headline * pledged
    }

    /// The largest pledge that costs no more than what is at stake for the
    /// partner \[a year\]: pledges grow with the stake and are large where they
    /// are cheap.
    pub fn largest_for(&self, stake: f64) -> f64 {
        stake.max(0.0) * self.years / self.cost
    }
}

/// Value of being seen to sign, which fades with the deals already signed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Showcase {
    /// Of the first deal \[USD bn a year\].
    pub first: f64,
    /// Factor for each deal already signed, 0 to 1.
    pub decay: f64,
}

impl Showcase {
    /// Value of the next deal after `signed` others \[USD bn a year\].
    pub fn next(&self, signed: u32) -> f64 {
        self.first * libm::pow(self.decay, f64::from(signed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_closed_issue_can_not_be_conceded() {
        let open = Issue {
            value: 2.0,
            cost: 0.5,
            red_line: 0.6,
            is_on_table: true,
        };
        assert!((open.limit() - 0.6).abs() < 1e-15);
        assert!((open.value_over_cost() - 4.0).abs() < 1e-15);
        let closed = Issue {
            is_on_table: false,
            ..open
        };
        assert!(closed.term().limit.abs() < 1e-15);
        let free = Issue { cost: 0.0, ..open };
        assert!(free.value_over_cost() > open.value_over_cost());
    }

    #[test]
    fn a_cut_is_a_concession_of_the_other_side() {
        let cut = DutyCut {
            value: 3.0,
            cost: 1.0,
            is_on_table: false,
            is_required: true,
        };
        let term = cut.term();
        assert!((term.payoffs.principal + 1.0).abs() < 1e-15);
        assert!(term.limit.abs() < 1e-15 && term.is_required);
    }

    #[test]
    fn cheap_pledges_are_large() {
        let terms = PledgeTerms {
            cost: 0.05,
            years: 4.0,
            headline: 0.02,
        };
        // 100 bn pledged cost 1.25 bn a year and look like 2.
        assert!((terms.cost_per_year(100.0) - 1.25).abs() < 1e-12);
        assert!((terms.value_per_year(100.0) - 2.0).abs() < 1e-12);
        assert!((terms.largest_for(1.25) - 100.0).abs() < 1e-9);
        assert!(terms.largest_for(-1.0).abs() < 1e-15);
    }

    #[test]
    fn the_showcase_halves_within_two_deals() {
        let showcase = Showcase {
            first: 5.0,
            decay: 0.6,
        };
        assert!((showcase.next(0) - 5.0).abs() < 1e-12);
        assert!((showcase.next(2) - 1.8).abs() < 1e-12);
    }
}
