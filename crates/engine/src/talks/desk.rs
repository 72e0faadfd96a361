//! What packages are worth to both sides at the state of the week.
//!
//! Payoffs are taken from the demand system ([`super::payoff`]) and stated over the rates
//! as they are now. An attached government has its share of the response of the rest of the
//! world at its own rate. Rivals pay the mean, by what is imported of them, of what was
//! agreed where they have signed, of the floor as far as they are believed to have, and of
//! what is due else; the less they pay, the dearer is rejection where trade diverts. A cut
//! of sector duties brings each of them from its rate of the day to the country rate, where
//! that is less:
//!
//! duty = duty now + country exposure × (rate − charged) + Σ exposure × min(rate − sector rate, 0)

use std::cell::{OnceCell, RefCell};
use std::collections::BTreeMap;

use tradewinds_equilibrium::Economy;
use tradewinds_policy::talks::bargaining::Pair;
use tradewinds_policy::talks::peers::export_similarity;

use super::campaign::{Campaign, Party};
use super::payoff::{Flows, Groundwork, Package, PayoffError, Payoffs, Response, Snapshot};

/// Rates that the principal could set on one partner.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Question {
    /// Country rate, share of customs value.
    pub rate: f64,
    /// Sector goods pay it too.
    pub has_sector_cut: bool,
    /// Change of the mean country rate of rivals against now.
    pub rivals: f64,
}

/// Collected duty per unit of a rate of law.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Exposure {
    /// To the country rate, `[s]`.
    pub country: Vec<f64>,
    /// To each duty on sector goods, `[lever][s]`.
    pub sectors: Vec<Vec<f64>>,
}

impl Exposure {
    /// Change of the collected duty of a sector where its goods pay a country rate instead of
    /// duties on sector goods that are above it; those as they are, by lever.
    fn cut(&self, s: usize, rate: f64, sector_rates: &[f64]) -> f64 {
        let levers = self.sectors.iter().zip(sector_rates);
        let cuts = levers.map(|(exposure, now)| exposure[s] * (rate - now).min(0.0));
        cuts.sum()
    }
}

/// The week's payoffs.
pub(super) struct Desk<'a> {
    pub campaign: &'a Campaign,
    pub economy: &'a Economy,
    pub snapshot: &'a Snapshot,
    response: &'a Response,
    groundwork: OnceCell<Groundwork>,
    /// Tables by economy, made when they are first asked for.
    payoffs: RefCell<BTreeMap<usize, Payoffs>>,
    /// By economy.
    pub exposure: &'a [Exposure],
    /// Duties on sector goods today, `[economy][lever]`.
    sector_rates: &'a [Vec<f64>],
    /// Answers, by economy, rate in thousandths of a point, sector cut and rivals.
    known: RefCell<BTreeMap<(usize, i64, bool, i64), Flows>>,
}

impl<'a> Desk<'a> {
    pub(super) fn new(
        (campaign, economy): (&'a Campaign, &'a Economy),
        (snapshot, response): (&'a Snapshot, &'a Response),
        (exposure, sector_rates): (&'a [Exposure], &'a [Vec<f64>]),
    ) -> Self {
        Self {
            campaign,
            economy,
            snapshot,
            response,
            groundwork: OnceCell::new(),
            payoffs: RefCell::default(),
            exposure,
            sector_rates,
            known: RefCell::default(),
        }
    }

    /// Payoffs of a question over those at the country rate of now, without showcase,
    /// issues and concessions; `charged` is the rate in the duties of the snapshot.
    pub(super) fn value(
        &self,
        party: &Party,
        (charged, now): (f64, f64),
        question: Question,
    ) -> Result<Pair, PayoffError> {
        let as_is = Question {
            rate: now,
            has_sector_cut: false,
            rivals: 0.0,
        };
        let (with, without) = (
            self.flows(party, charged, question)?,
            self.flows(party, charged, as_is)?,
        );
        let rule = &self.campaign.rule;
        let weights = rule.weights;
        Ok(Pair {
            principal: party.share
                * (weights.revenue * (with.revenue - without.revenue)
                    - weights.deficit * (with.deficit - without.deficit)
                    - weights.cost * (with.cost - without.cost)),
            partner: party.share * rule.export_value * (with.exports - without.exports),
        })
    }

    fn flows(&self, party: &Party, charged: f64, question: Question) -> Result<Flows, PayoffError> {
        let economy = party.economy;
        let rivals = match self.campaign.rule.has_diversion {
            true => question.rivals,
            false => 0.0,
        };
        // Attached governments differ in what they pay now; sectors are cut of others only.
        let change = question.rate - charged;
        let grid = |rate: f64| (rate * 1e5).round() as i64;
        let key = (economy, grid(change), question.has_sector_cut, grid(rivals));
        if let Some(known) = self.known.borrow().get(&key) {
            return Ok(*known);
        }
        let exposure = &self.exposure[economy];
        let first = self.economy.flow(self.campaign.principal, economy, 0);
        let duty = &self.snapshot.state().duty[first..first + self.economy.sectors];
        let rates: Vec<f64> = (duty.iter().enumerate())
            .map(|(s, duty)| {
                let country = exposure.country[s] * change;
                let sector = match question.has_sector_cut {
                    true => exposure.cut(s, question.rate, &self.sector_rates[economy]),
                    false => 0.0,
                };
                (duty + country + sector).max(-0.9)
            })
            .collect();
        let by_sector: Vec<f64> = exposure.country.iter().map(|part| part * rivals).collect();
        let package = Package {
            partner: economy,
            rates: &rates,
            rivals: &by_sector,
        };
        let version = self.snapshot.version;
        let mut tables = self.payoffs.borrow_mut();
        let payoffs = tables.entry(economy).or_insert_with(|| {
            let state = self.snapshot.state();
            self.groundwork
                .get_or_init(|| Groundwork::at(&state, self.response))
                .payoffs((&state, self.response), version, |one| one == economy)
        });
        let flows = payoffs.flows(version, package)?;
        self.known.borrow_mut().insert(key, flows);
        Ok(flows)
    }
}

/// Similarity of the goods that two economies sell to the principal in the base year, 0 to
/// 1, `[economy][economy]`.
pub(super) fn similarities(economy: &Economy, principal: usize) -> Vec<f64> {
    let sales = &economy.accounts().sales;
    let shares = |origin: usize| -> Vec<f64> {
        let first = economy.flow(principal, origin, 0);
        let sales = &sales[first..first + economy.sectors];
        let total: f64 = sales.iter().sum();
        let share = |sales: &f64| if total > 0.0 { sales / total } else { 0.0 };
        sales.iter().map(share).collect()
    };
    let shares: Vec<Vec<f64>> = (0..economy.economies).map(shares).collect();
    let pairs = shares
        .iter()
        .flat_map(|one| shares.iter().map(move |other| (one, other)));
    pairs
        .map(|(one, other)| export_similarity(one, other))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cut_of_sector_duties_goes_lever_by_lever() {
        let exposure = Exposure {
            country: vec![0.1, 0.5],
            sectors: vec![vec![0.8, 0.0], vec![0.1, 0.4]],
        };
        let cut = |rate: f64, sector_rates: [f64; 2]| {
            [0, 1].map(|s| (1e6 * exposure.cut(s, rate, &sector_rates)).round() / 1e6)
        };
        let none = [0.0; 2];
        assert_eq!(cut(0.1, [0.25, 0.5]), [-0.16, -0.16]);
        // What is at the rate or below it stays, whatever others are at.
        assert_eq!(cut(0.3, [0.25, 0.5]), [-0.02, -0.08]);
        assert_eq!(cut(0.1, [0.1, 0.05]), none);
        assert_eq!(cut(0.5, [0.25, 0.5]), none);
    }
}
