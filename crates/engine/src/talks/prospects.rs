//! What a file could close on: the best text for both sides, and what rejection is worth.

use std::cell::Cell;

use tradewinds_policy::talks::back_down::impatience_under_stress;
use tradewinds_policy::talks::bargaining::{Pair, bargaining_weight};
use tradewinds_policy::talks::disagreement::{Disagreement, ExpectedDeadline};
use tradewinds_policy::talks::divide::perceived_signings;
use tradewinds_policy::talks::issue::{Issue, Term};
use tradewinds_policy::talks::package::{Package, Table, nash_package_on_grid};
use tradewinds_policy::talks::peers::share_under_precedent;

use super::campaign::Offer;
use super::desk::Question;
use super::file::Deal;
use super::payoff::PayoffError;
use super::week::Week;

/// Step of the rates that are compared, share.
const STEP: f64 = 0.025;
/// Similarity of exports from which partners ask for the same terms.
const ALIKE: f64 = 0.8;
/// Least cut of a country rate that makes a deal, share.
const LEAST_CUT: f64 = 0.001;
/// Stake below which a partner has nothing to lose, USD bn a year.
const LEAST_STAKE: f64 = 1e-3;

/// A text that both sides could sign.
pub(super) struct Text {
    /// Country rate, share of customs value.
    pub rate: f64,
    /// Sector goods pay it too.
    pub has_sector_cut: bool,
    /// Concessions with their payoffs.
    pub package: Package,
}

/// Which deals of others a payoff reckons with.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Signings<'a> {
    /// None: everybody pays what is due.
    None,
    /// Those that stand, and so many more that are claimed and believed.
    Claimed(f64),
    /// Those that stand, and of the others the rates that their pairs would agree on.
    Expected(&'a [f64]),
}

/// Changes of the mean country rate of the rivals of a government against now, shares: to the
/// deadline, and from then on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Rivals {
    pub now: f64,
    pub due: f64,
}

/// What both sides could agree on in a file.
pub(super) struct Prospects {
    /// The best text; none where none serves both.
    pub text: Option<Text>,
    pub disagreement: Pair,
    /// What is at stake for the partner: floor against what is due, USD bn a year.
    pub stake: f64,
    /// What signings of others take from the value of rejection, USD bn a year, at most 0
    /// where trade diverts.
    pub rejection: f64,
    /// Red line of each offer today, 0 to 1.
    pub lines: Vec<f64>,
    /// What the partner offers of each, 0 to 1.
    pub offered: Vec<f64>,
    /// Part of demands beyond red lines, 0 to 1.
    pub gap: f64,
    pub weight: f64,
}

impl Prospects {
    pub(super) fn gain(&self) -> Option<Pair> {
        let text = self.text.as_ref()?;
        Some(text.package.payoffs.over(self.disagreement))
    }

    /// Whether the text changes a duty of the principal: a rate that is due, or those on
    /// sector goods.
    pub(super) fn changes(&self, due: f64) -> bool {
        self.text
            .as_ref()
            .is_some_and(|text| text.rate < due - LEAST_CUT || text.has_sector_cut)
    }

    /// What signings of others took from the value of rejection as a share of what is at
    /// stake; zero where nothing is.
    pub(super) fn rejection(&self) -> f64 {
        match self.stake > LEAST_STAKE {
            true => self.rejection / self.stake,
            false => 0.0,
        }
    }

    /// Gain of the partner as a share of what is at stake, 0 to 1.
    pub(super) fn surplus(&self) -> f64 {
        let gain = self.gain().map_or(0.0, |gain| gain.partner);
        (gain / self.stake).clamp(0.0, 1.0)
    }
}

impl Week<'_, '_> {
    /// What a file could close on today.
    pub(super) fn prospects(&self, at: usize) -> Result<Prospects, PayoffError> {
        self.prospects_among(at, self.rivals(at, self.signings()))
    }

    /// The same at changes of the mean country rate of rivals.
    fn prospects_among(&self, at: usize, rivals: Rivals) -> Result<Prospects, PayoffError> {
        let (party, rule) = (self.party(at), &self.campaign.rule);
        let file = &self.files[at];
        let value = |rate: f64| self.value(at, (rate, false), rivals.due);
        let (now, due) = (
            self.value(at, (file.rate, false), rivals.now)?,
            value(file.due)?,
        );
        let floor = value(rule.floor.min(file.due))?;
        let alone = self.value(at, (file.due, false), self.rivals(at, Signings::None).due)?;
        let disagreement = self.disagreement(at, now, due);
        let lines = self.red_lines(at);
        let offered = offered(&party.offers, &lines, file.conceded);
        let terms = terms(&party.offers, &offered);
        let asked: f64 = party.offers.iter().map(|offer| offer.value).sum();
        let within: f64 = (party.offers.iter().zip(&lines))
            .map(|(offer, line)| offer.value * line)
            .sum();
        let of_peers = self
            .reference(at)
            .map(|reference| reference + rule.peer_gap);
        let limits = of_peers.into_iter().chain(file.aspiration);
        let most = limits.fold(file.due, f64::min);
        let rates = rates_between(self.lowest_rate(at), most);
        let weight = self.weight(at);
        let table = Table {
            status: Pair::default(),
            disagreement,
            weight,
        };
        let mut best: Option<Text> = None;
        for has_sector_cut in self.cuts(at) {
            let statuses = self.statuses(at, (&rates, has_sector_cut), rivals)?;
            let Some((index, package)) = nash_package_on_grid(&statuses, &terms, table) else {
                continue;
            };
            if best
                .as_ref()
                .is_none_or(|best| package.product > best.package.product)
            {
                best = Some(Text {
                    rate: rates[index],
                    has_sector_cut,
                    package,
                });
            }
        }
        Ok(Prospects {
            text: best,
            disagreement,
            stake: (floor.partner - due.partner).abs().max(LEAST_STAKE),
            rejection: due.partner - alone.partner,
            lines,
            offered,
            gap: match asked > 0.0 {
                true => 1.0 - within / asked,
                false => 0.0,
            },
            weight,
        })
    }

    /// Payoffs of a country rate, with the duties on sector goods cut to it or not.
    pub(super) fn value(
        &self,
        at: usize,
        (rate, has_sector_cut): (f64, bool),
        rivals: f64,
    ) -> Result<Pair, PayoffError> {
        let file = &self.files[at];
        let question = Question {
            rate,
            has_sector_cut,
            rivals,
        };
        let rates = (file.charged, file.rate);
        self.desk.value(self.party(at), rates, question)
    }

    /// Whether texts may hold a cut of sector duties: they may once it is on the table, and
    /// must where only such a text counts. A principal that grants nothing cuts none.
    fn cuts(&self, at: usize) -> Vec<bool> {
        let (party, file) = (self.party(at), &self.files[at]);
        let may = file.has_sectors && file.granted > 0.0;
        match (party.is_all_or_nothing, may) {
            (true, true) => vec![true],
            (true, false) => Vec::new(),
            (false, true) => vec![false, true],
            (false, false) => vec![false],
        }
    }

    /// Payoffs of rates before any concession, with what a signature is worth to the principal
    /// for being seen.
    fn statuses(
        &self,
        at: usize,
        (rates, has_sector_cut): (&[f64], bool),
        rivals: Rivals,
    ) -> Result<Vec<Pair>, PayoffError> {
        let showcase = match self.party(at).is_attached {
            true => 0.0,
            false => self.campaign.rule.showcase.next(self.state.signed),
        };
        let status = |rate: &f64| {
            let now = self.value(at, (*rate, has_sector_cut), rivals.now)?;
            let due = match self.days_left() {
                Some(_) => self.value(at, (*rate, has_sector_cut), rivals.due)?,
                None => now,
            };
            let value = self.lasting(at, now, due);
            Ok(Pair {
                principal: value.principal + showcase,
                ..value
            })
        };
        rates.iter().map(status).collect()
    }

    /// Where pairs reckon with each other, the rates on which each at the table would agree
    /// with those of the others as given (Horn and Wolinsky 1988).
    pub(super) fn reckon(&mut self) -> Result<(), PayoffError> {
        let Some(search) = self.campaign.rule.nash_in_nash else {
            return Ok(());
        };
        let due: Vec<f64> = self.files.iter().map(|file| file.due).collect();
        let table: Vec<usize> = (0..self.files.len())
            .filter(|at| self.files[*at].is_open() && self.files[*at].rounds > 0)
            .collect();
        let all = |terms: &[f64]| {
            let mut rates = due.clone();
            for (at, rate) in table.iter().zip(terms) {
                rates[*at] = *rate;
            }
            rates
        };
        let failed = Cell::new(None);
        let answer = |pair: usize, terms: &[f64]| {
            let at = table[pair];
            let rivals = self.rivals(at, Signings::Expected(&all(terms)));
            match self.prospects_among(at, rivals) {
                Ok(prospects) => prospects.text.map_or(due[at], |text| text.rate),
                Err(error) => {
                    failed.set(Some(error));
                    due[at]
                }
            }
        };
        let start: Vec<f64> = table.iter().map(|at| due[*at]).collect();
        let found = search.solve(&start, answer);
        if let Some(error) = failed.into_inner() {
            return Err(error);
        }
        self.state.expected = Some(all(&found.terms));
        Ok(())
    }

    /// Signings of others as the partners believe them: those made and those claimed, or what
    /// they reckon with.
    fn signings(&self) -> Signings<'_> {
        if let Some(expected) = &self.state.expected {
            return Signings::Expected(expected);
        }
        let signed = self.standing().count() as f64;
        let claimed = perceived_signings(signed, self.campaign.rule.bluff, &self.state.claims);
        Signings::Claimed(claimed - signed)
    }

    /// Deals that stand.
    fn standing(&self) -> impl Iterator<Item = &Deal> {
        let deals = self.files.iter().filter_map(|file| file.deal.as_ref());
        deals.filter(|deal| !deal.is_snapped_back)
    }

    /// Changes of the mean country rate of the rivals of a government, by what the principal
    /// imports of them: those that have signed pay what they agreed, of the others those that
    /// are believed to have signed the floor, the rest what is charged and then what is due.
    pub(super) fn rivals(&self, at: usize, signings: Signings<'_>) -> Rivals {
        let floor = self.campaign.rule.floor;
        let open = self.files.iter().filter(|file| file.is_open()).count() as f64;
        let believed = match signings {
            Signings::Claimed(more) if open > 0.0 => (more / open).clamp(0.0, 1.0),
            _ => 0.0,
        };
        let mut change = Rivals { now: 0.0, due: 0.0 };
        let mut imports = 0.0;
        for (other, file) in self
            .files
            .iter()
            .enumerate()
            .filter(|(other, _)| *other != at)
        {
            let deal = file.deal.as_ref().filter(|deal| !deal.is_snapped_back);
            let then = |rate: f64| match (deal, signings) {
                (Some(deal), Signings::Claimed(_) | Signings::Expected(_)) => deal.rate,
                (None, Signings::Expected(rates)) => rates[other].min(rate),
                _ if file.is_open() => believed * floor.min(rate) + (1.0 - believed) * rate,
                _ => rate,
            };
            let bought = self.state.imports[other];
            change.now += bought * (then(file.rate) - file.charged);
            change.due += bought * (then(file.due) - file.charged);
            imports += bought;
        }
        let mean = |change: f64| if imports > 0.0 { change / imports } else { 0.0 };
        Rivals {
            now: mean(change.now),
            due: mean(change.due),
        }
    }

    fn disagreement(&self, at: usize, now: Pair, due: Pair) -> Pair {
        let (party, rule) = (self.party(at), &self.campaign.rule);
        let ties = rule.security.expected_loss(party.security, party.gdp);
        let lasting = self.lasting(at, now, due);
        Pair {
            partner: lasting.partner - ties,
            ..lasting
        }
    }

    /// What flows are worth on the whole that stand now and change on the deadline, to sides
    /// as patient as those of a file.
    fn lasting(&self, at: usize, now: Pair, due: Pair) -> Pair {
        let (party, rule) = (self.party(at), &self.campaign.rule);
        let lasting = |impasse: f64, reversion: f64, rate_per_week: f64| match self.days_left() {
            None => impasse,
            Some(days_left) => Disagreement { impasse, reversion }.lasting(ExpectedDeadline {
                days_left,
                extension: self.extension(),
                rate_per_week,
            }),
        };
        let stressed = impatience_under_stress(rule.patience, self.mood.stress);
        Pair {
            principal: lasting(now.principal, due.principal, stressed),
            partner: lasting(now.partner, due.partner, party.patience),
        }
    }

    /// Bargaining weight of a partner: the less patient the principal, the more.
    fn weight(&self, at: usize) -> f64 {
        let (party, rule) = (self.party(at), &self.campaign.rule);
        let stressed = impatience_under_stress(rule.patience, self.mood.stress);
        let weight = bargaining_weight(party.patience, stressed);
        let alike = (0..self.files.len()).filter(|other| {
            let peer = self.party(*other);
            *other != at
                && !peer.is_attached
                && self.files[*other].is_open()
                && self.similarity(party.economy, peer.economy) >= ALIKE
        });
        share_under_precedent(weight, rule.precedent, alike.count() as u32)
    }
}

/// What a partner offers when it concedes a share of what its red lines cost it: the easiest
/// issue first, each to its red line, until the share is spent.
fn offered(offers: &[Offer], lines: &[f64], conceded: f64) -> Vec<f64> {
    let costs = offers
        .iter()
        .zip(lines)
        .map(|(offer, line)| offer.cost * line);
    let mut left = conceded * costs.sum::<f64>();
    let extent = |(offer, line): (&Offer, &f64)| {
        let cost = offer.cost * line;
        if cost <= 0.0 {
            return *line;
        }
        let part = (left / cost).clamp(0.0, 1.0);
        left -= part * cost;
        part * line
    };
    offers.iter().zip(lines).map(extent).collect()
}

fn terms(offers: &[Offer], limits: &[f64]) -> Vec<Term> {
    let term = |(offer, limit): (&Offer, &f64)| {
        Issue {
            value: offer.value,
            cost: offer.cost,
            red_line: *limit,
            is_on_table: true,
        }
        .term()
    };
    offers.iter().zip(limits).map(term).collect()
}

/// Rates from the lowest to the highest, both among them.
fn rates_between(lowest: f64, highest: f64) -> Vec<f64> {
    if lowest > highest {
        return Vec::new();
    }
    let steps = ((highest - lowest) / STEP).ceil().min(60.0) as u32;
    let mut rates: Vec<f64> = (0..steps)
        .map(|step| lowest + f64::from(step) * STEP)
        .filter(|rate| *rate < highest)
        .collect();
    rates.push(highest);
    rates
}
