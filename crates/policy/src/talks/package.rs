//! The package of a deal: which concessions pay for which cuts.
//!
//! With additive payoffs the efficient packages form a chain. Concessions enter
//! in descending value over cost b/c, cuts leave in ascending v/a (value to the
//! partner over cost to the principal), and at most one term is in between: a
//! fractional knapsack. Payoffs along the chain form a concave frontier of
//! straight pieces, and the generalised Nash solution lies on one of them: with
//! gains (u, w) at its start, and ΔU won by the principal and ΔW lost by the
//! partner along it, at the fraction
//!
//! s = ((1 − ω) ΔU w − ω ΔW u) / (ΔU ΔW), held between 0 and 1.
//!
//! Talks, section 3.

use super::bargaining::{Pair, nash_product};
use super::issue::{Issue, Term};

/// Concessions that pay a price.
#[derive(Debug, Clone, PartialEq)]
pub struct Concessions {
    /// Extent of each issue, 0 to 1.
    pub extents: Vec<f64>,
    /// Value to the principal \[USD bn a year\].
    pub value: f64,
    /// Cost to the partner \[USD bn a year\].
    pub cost: f64,
}

/// The cheapest concessions worth `price` to the principal \[USD bn a year\], in
/// descending value over cost; all that red lines allow when they are worth less.
pub fn concessions_worth(price: f64, issues: &[Issue]) -> Concessions {
    let mut order: Vec<usize> = (0..issues.len()).collect();
    order.retain(|&k| issues[k].value > 0.0);
    order.sort_by(|&a, &b| {
        let ratio = |k: usize| issues[k].value_over_cost();
        ratio(b).total_cmp(&ratio(a))
    });
    let mut paid = Concessions {
        extents: vec![0.0; issues.len()],
        value: 0.0,
        cost: 0.0,
    };
    for k in order {
        let missing = price - paid.value;
        if missing <= 0.0 {
            break;
        }
        let extent = issues[k].limit().min(missing / issues[k].value);
        paid.extents[k] = extent;
        paid.value += extent * issues[k].value;
        paid.cost += extent * issues[k].cost;
    }
    paid
}

/// The table at which a package is sought.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Table {
    /// Payoffs with no term agreed \[USD bn a year\].
    pub status: Pair,
    /// Payoffs without a deal \[USD bn a year\].
    pub disagreement: Pair,
    /// Bargaining weight of the partner, ω from 0 to 1.
    pub weight: f64,
}

/// An agreed package.
#[derive(Debug, Clone, PartialEq)]
pub struct Package {
    /// Extent of each term, 0 to 1.
    pub extents: Vec<f64>,
    /// Payoffs with it \[USD bn a year\].
    pub payoffs: Pair,
    /// Its Nash product.
    pub product: f64,
}

/// A term that one side gives and the other takes, on the way from the partner's
/// best package to the principal's.
struct Move {
    term: usize,
    principal_gains: f64,
    partner_loses: f64,
    /// Extent before and after.
    from: f64,
    to: f64,
}

/// The generalised Nash solution over the extents of all terms; none when no
/// package leaves both sides at least what disagreement does, or when a required
/// term can not be agreed in full.
pub fn nash_package(terms: &[Term], table: Table) -> Option<Package> {
    if (terms.iter()).any(|term| term.is_required && term.limit < 1.0) {
        return None;
    }
    let moves = moves(terms);
    let mut extents: Vec<f64> = terms.iter().map(start).collect();
    let mut gains = gains(terms, &extents, table);
    let mut best = Candidate::default();
    best.consider(&extents, gains, table.weight);
    for step in &moves {
        let share = step.share(gains, table.weight);
        let (from, to) = (step.from, step.to);
        extents[step.term] = from + share * (to - from);
        best.consider(&extents, step.gains(gains, share), table.weight);
        extents[step.term] = to;
        gains = step.gains(gains, 1.0);
        best.consider(&extents, gains, table.weight);
    }
    best.extents.map(|extents| Package {
        payoffs: payoffs(terms, &extents, table.status),
        extents,
        product: best.product,
    })
}

/// The best package over several base rates, each with its own payoffs before any
/// term is agreed; with the index of its rate.
pub fn nash_package_on_grid(
    statuses: &[Pair],
    terms: &[Term],
    table: Table,
) -> Option<(usize, Package)> {
    let mut best: Option<(usize, Package)> = None;
    for (index, status) in statuses.iter().enumerate() {
        let table = Table {
            status: *status,
            ..table
        };
        let beats = |package: &Package| {
            (best.as_ref()).is_none_or(|(_, held)| package.product > held.product)
        };
        if let Some(package) = nash_package(terms, table).filter(beats) {
            best = Some((index, package));
        }
    }
    best
}

#[derive(Default)]
struct Candidate {
    extents: Option<Vec<f64>>,
    product: f64,
}

impl Candidate {
    fn consider(&mut self, extents: &[f64], gains: Pair, weight: f64) {
        let Some(product) = nash_product(gains, weight) else {
            return;
        };
        if self.extents.is_none() || product > self.product {
            self.extents = Some(extents.to_vec());
            self.product = product;
        }
    }
}

/// Extent in the partner's best package.
fn start(term: &Term) -> f64 {
    let Pair { principal, partner } = term.payoffs;
    let serves_both = principal >= 0.0 && partner >= 0.0;
    if term.is_required || serves_both || (partner > 0.0 && term.limit > 0.0) {
        term.limit
    } else {
        0.0
    }
}

/// Terms on which the sides differ, in the order in which they change when the
/// principal's weight rises.
fn moves(terms: &[Term]) -> Vec<Move> {
    let mut moves: Vec<Move> = (terms.iter().enumerate())
        .filter(|(_, term)| !term.is_required && term.limit > 0.0)
        .filter(|(_, term)| term.payoffs.principal * term.payoffs.partner < 0.0)
        .map(|(index, term)| {
            let is_cut = term.payoffs.partner > 0.0;
            Move {
                term: index,
                principal_gains: term.payoffs.principal.abs() * term.limit,
                partner_loses: term.payoffs.partner.abs() * term.limit,
                from: if is_cut { term.limit } else { 0.0 },
                to: if is_cut { 0.0 } else { term.limit },
            }
        })
        .collect();
    moves.sort_by(|a, b| a.price().total_cmp(&b.price()));
    moves
}

impl Move {
    /// Loss of the partner per dollar that the principal gains.
    fn price(&self) -> f64 {
        self.partner_loses / self.principal_gains
    }

    /// Fraction with the largest Nash product from `gains` at the start.
    fn share(&self, gains: Pair, weight: f64) -> f64 {
        let to_principal = (1.0 - weight) * gains.partner / self.partner_loses;
        let to_partner = weight * gains.principal / self.principal_gains;
        (to_principal - to_partner).clamp(0.0, 1.0)
    }

    fn gains(&self, start: Pair, share: f64) -> Pair {
        Pair {
            principal: start.principal + share * self.principal_gains,
            partner: start.partner - share * self.partner_loses,
        }
    }
}

fn payoffs(terms: &[Term], extents: &[f64], status: Pair) -> Pair {
    (terms.iter().zip(extents)).fold(status, |sum, (term, extent)| Pair {
        principal: sum.principal + extent * term.payoffs.principal,
        partner: sum.partner + extent * term.payoffs.partner,
    })
}

fn gains(terms: &[Term], extents: &[f64], table: Table) -> Pair {
    payoffs(terms, extents, table.status).over(table.disagreement)
}

#[cfg(test)]
mod tests;
