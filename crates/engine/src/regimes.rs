//! Regimes of trade policy that markets believe in, and how likely each is.
//!
//! Three regimes: the status quo, escalation, a deal. The collected rate of a flow is
//! in the status quo that of the day; in escalation it has risen by what is announced or
//! threatened ([`crate::beliefs`]), of several such rises by the largest; under a deal
//! it has fallen by the largest announced cut, or lost the share `deal_relief` of what
//! was added since the base year, whichever is more.
//!
//! A pending announcement resolves on its day. It is carried out with the credibility
//! c of its government, unless it is withdrawn before at the hazard
//!
//! back-down hazard = `back_down` × (1 − c) a year,
//!
//! so what is to hold in τ years weighs p × e^(−hazard τ), p its probability: c, or a part
//! of it for a plan. The weight of escalation is the mean of these over the rises, by trade
//! of the base year times the size of the change. Where probabilities differ, each rise
//! counts by its own over the mean, so that the expected change of every flow is kept. The
//! weight of a deal is the mean of p over the cuts, times what they are of all that a deal
//! takes back: in all, not flow by flow, the expected cut is that announced. From then on
//! the regime changes at constant rates a year, the generator
//!
//! | from | to escalation | to a deal | to the status quo |
//! | --- | --- | --- | --- |
//! | status quo | `escalation` × c | `deal` | |
//! | escalation | | `deal` | `reversal` × (1 − c) |
//! | deal | 0 | | `breakdown` |
//!
//! Severity is how large the rises are for an economy, in points of duty: over its
//! imports those of its own government, over its exports those of others.
//!
//! A trade war is high duties on many fronts: its reach in a regime is
//!
//! min(1, share of trade hit / `war_breadth`) × (1 − Herfindahl index of what is hit by partner),
//!
//! the second factor being the chance that two dollars hit belong to different partners:
//! one partner alone makes no war, many do. A flow counts as hit from 10 points of duty
//! below `war_rate` above the base year to 10 above, by steps in proportion. A part of the
//! reach in the economy whose government makes the largest war reaches all others.

use std::sync::Arc;

use bevy_app::{App, Plugin};
use bevy_ecs::prelude::*;
use tradewinds_equilibrium::Economy;
use tradewinds_kernel::clock::Clock;
use tradewinds_kernel::maths::{exp, ln};
use tradewinds_kernel::phase::Phase;
use tradewinds_units::{DAYS_PER_YEAR, Date, days_after, days_between};

use crate::Tick;
use crate::beliefs::{BeliefSystems, Beliefs, Deeds, Expectation, Stretch};
use crate::customs::RateTable;
use crate::model::Model;

/// Number of believed regimes.
pub const REGIMES: usize = 3;
/// Index of the status quo.
pub const STATUS_QUO: usize = 0;
/// Index of escalation.
pub const ESCALATION: usize = 1;
/// Index of a deal.
pub const DEAL: usize = 2;

/// Points of duty on either side of `war_rate` between which a flow counts in part.
const WAR_MARGIN: f64 = 0.1;

/// How regimes follow each other. Hazards are per year.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RegimeRule {
    /// From the status quo to escalation beyond the day of what is announced, for a
    /// government of full credibility.
    pub escalation: f64,
    /// From the status quo and from escalation to a deal.
    pub deal: f64,
    /// From escalation back to the status quo, for a government without credibility.
    pub reversal: f64,
    /// From a deal to the status quo.
    pub breakdown: f64,
    /// Withdrawal of an announcement before its day, for a government without credibility.
    pub back_down: f64,
    /// Share of what was added to duties since the base year that a deal takes back.
    pub deal_relief: f64,
    /// Duty above that of the base year from which trade is at war, share.
    pub war_rate: f64,
    /// Share of trade hit at which a war has its full reach.
    pub war_breadth: f64,
}

impl RegimeRule {
    /// The status quo for ever.
    pub fn none() -> Self {
        Self {
            escalation: 0.0,
            deal: 0.0,
            reversal: 0.0,
            breakdown: 0.0,
            back_down: 0.0,
            deal_relief: 0.0,
            war_rate: f64::INFINITY,
            war_breadth: 1.0,
        }
    }

    /// How far a flow counts as hit by a duty above that of the base year.
    fn hit(&self, added: f64) -> f64 {
        let low = self.war_rate - WAR_MARGIN;
        ((added - low) / (2.0 * WAR_MARGIN)).clamp(0.0, 1.0)
    }

    /// Reach of a war on fronts of these sizes out of a trade.
    fn reach(&self, fronts: impl Iterator<Item = f64>, trade: f64) -> f64 {
        let (total, squares) = fronts.fold((0.0, 0.0), |(total, squares), front| {
            (total + front, squares + front * front)
        });
        if total <= 0.0 {
            return 0.0;
        }
        let breadth = (total / trade / self.war_breadth).min(1.0);
        breadth * (1.0 - squares / (total * total))
    }

    /// The generator `[from][to]` at a credibility.
    pub fn generator(&self, credibility: f64) -> [f64; REGIMES * REGIMES] {
        let reversal = self.reversal * (1.0 - credibility);
        let escalation = self.escalation * credibility;
        [
            -(escalation + self.deal),
            escalation,
            self.deal,
            reversal,
            -(reversal + self.deal),
            self.deal,
            self.breakdown,
            0.0,
            -self.breakdown,
        ]
    }
}

/// Regimes given from outside instead of believed ones: of cases with known values, or
/// of a theory of a user's own.
#[derive(Debug, Clone, PartialEq)]
pub struct GivenRegimes {
    /// Rates from regime to regime a year, `[k][j]`.
    pub switching: Vec<f64>,
    /// Discount in each regime, share a year.
    pub discount: Vec<f64>,
    /// Profit of each firm in each regime, `[firm][k]`, USD bn a year.
    pub profit: Vec<f64>,
    /// Weight of each regime on the first day; the first regime where it is empty.
    pub weight: Vec<f64>,
}

/// A pending change of one regime: those announced for one day with one credibility.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Pending {
    /// One of its expectations, by place in the list it was made from.
    at: usize,
    /// Trade × change.
    stake: f64,
    probability: f64,
    /// Credibility of those who announced them.
    word: f64,
}

/// Regimes of a stretch of days, as far as they do not move with the calendar.
#[derive(Debug, Clone, PartialEq)]
pub struct Prospect {
    /// Log of one plus the collected rate over that of the base year, by regime and flow
    /// `[k][n][i][s]`.
    pub log_wedge: [Vec<f64>; REGIMES],
    /// Markets in which some regime changes a rate, `[n][s]`.
    pub is_changed: Vec<bool>,
    /// Whether escalation differs from the status quo.
    pub has_rises: bool,
    /// Whether a deal differs from the status quo.
    pub has_cuts: bool,
    /// Mean credibility of what is pending; that of the base where nothing is.
    pub credibility: f64,
    /// Rises announced by the own government over the imports of the economy, `[n]`, share.
    pub own: Vec<f64>,
    /// Rises announced by others over the exports of the economy, `[n]`, share.
    pub abroad: Vec<f64>,
    /// Duty in force above that of the base year: on the imports of an economy, `[n]`, share.
    pub added: Vec<f64>,
    /// The same on its exports, `[n]`, share.
    pub added_abroad: Vec<f64>,
    /// Imports that duties of the own government hit, by partner, `[k][n][i]`, USD bn.
    hit: [Vec<f64>; REGIMES],
    /// Imports and exports of each economy, `[n]`, USD bn.
    traded: [Vec<f64>; 2],
    rises: Vec<Pending>,
    cuts: Vec<Pending>,
    /// Announced cuts over what a deal takes back in all, by trade, 0 to 1.
    cut_reach: f64,
    /// What it was made from.
    expected: Vec<Expectation>,
    table: Vec<f64>,
}

/// Trade of the base year that regimes are weighed with.
#[derive(Debug, Clone, PartialEq)]
pub struct Trade {
    /// Sales at the factory gate by flow.
    sales: Vec<f64>,
    /// Imports and exports of each economy, `[n]`.
    imports: Vec<f64>,
    exports: Vec<f64>,
}

impl Trade {
    /// Trade of the base year.
    pub fn of(economy: &Economy) -> Self {
        let sales = economy.accounts().sales.clone();
        let (mut imports, mut exports) =
            (vec![0.0; economy.economies], vec![0.0; economy.economies]);
        for (flow, value) in sales.iter().enumerate() {
            let (n, i, s) = place(economy, flow);
            if n != i && Some(s) != economy.services {
                imports[n] += value;
                exports[i] += value;
            }
        }
        Self {
            sales,
            imports,
            exports,
        }
    }
}

/// Buyer, origin and sector of a flow.
pub(crate) fn place(economy: &Economy, flow: usize) -> (usize, usize, usize) {
    let (economies, sectors) = (economy.economies, economy.sectors);
    (
        flow / (economies * sectors),
        flow / sectors % economies,
        flow % sectors,
    )
}

impl Prospect {
    /// Whether it still holds for the law of a day and what is expected on it; the years
    /// left to each change may differ.
    pub fn holds(&self, law: &RateTable, expected: &[Expectation]) -> bool {
        let same = |(one, other): (&Expectation, &Expectation)| {
            one.flow == other.flow
                && one.effective == other.effective
                && one.change.to_bits() == other.change.to_bits()
                && one.probability.to_bits() == other.probability.to_bits()
        };
        self.expected.len() == expected.len()
            && self.expected.iter().zip(expected).all(same)
            && self.table == law.lasting()
    }

    /// Regimes under the law of a day and what is expected on it.
    pub fn of(
        model: &Model,
        rule: &RegimeRule,
        trade: &Trade,
        law: &RateTable,
        expected: &[Expectation],
    ) -> Self {
        let economy = &model.economy;
        let flows = economy.flows();
        let (rise, cut) = (
            Extreme::of(flows, expected, 1.0),
            Extreme::of(flows, expected, -1.0),
        );
        let (rises, rise_word) = pending(trade, expected, &rise);
        let (cuts, cut_word) = pending(trade, expected, &cut);
        let (believed_rise, believed_cut) = (believed_share(&rises), believed_share(&cuts));
        let prior = model.frictions.beliefs;
        let credibility = match (rises.is_empty(), cuts.is_empty()) {
            (false, _) => rise_word,
            (true, false) => cut_word,
            (true, true) => Deeds::default().credibility(&prior),
        };
        let mut prospect = Self {
            log_wedge: std::array::from_fn(|_| vec![0.0; flows]),
            is_changed: vec![false; economy.markets()],
            has_rises: !rises.is_empty(),
            has_cuts: !cuts.is_empty(),
            credibility,
            own: vec![0.0; economy.economies],
            abroad: vec![0.0; economy.economies],
            added: vec![0.0; economy.economies],
            added_abroad: vec![0.0; economy.economies],
            hit: std::array::from_fn(|_| vec![0.0; economy.economies * economy.economies]),
            traded: [trade.imports.clone(), trade.exports.clone()],
            rises,
            cuts,
            cut_reach: 0.0,
            expected: expected.to_vec(),
            table: law.lasting().to_vec(),
        };
        let (mut announced_cuts, mut taken_back) = (0.0, 0.0);
        for flow in 0..flows {
            let (now, base) = (law.lasting()[flow], economy.import_duty[flow]);
            let added = now - base;
            if added == 0.0 && rise.at[flow] == NONE && cut.at[flow] == NONE {
                continue;
            }
            let (n, i, s) = place(economy, flow);
            if trade.sales[flow] <= 0.0 {
                continue;
            }
            let (up, up_share) = rise.change(expected, flow, believed_rise);
            let (down, down_share) = cut.change(expected, flow, believed_cut);
            let relief = rule.deal_relief * added.max(0.0);
            let under_deal = (down * down_share).min(-relief);
            prospect.has_cuts |= under_deal < 0.0;
            announced_cuts -= trade.sales[flow] * down * down_share;
            taken_back -= trade.sales[flow] * under_deal;
            let wedge = |rate: f64| ln((1.0 + rate.max(-0.9)) / (1.0 + base));
            let status_quo = wedge(now);
            prospect.log_wedge[STATUS_QUO][flow] = status_quo;
            prospect.log_wedge[ESCALATION][flow] = match up == 0.0 {
                true => status_quo,
                false => status_quo + up_share * (wedge(now + up) - status_quo),
            };
            prospect.log_wedge[DEAL][flow] = match under_deal == 0.0 {
                true => status_quo,
                false => wedge(now + under_deal),
            };
            let market = economy.market(n, s);
            prospect.is_changed[market] = true;
            if n != i && Some(s) != economy.services {
                let sales = trade.sales[flow];
                prospect.own[n] += sales * up * up_share / trade.imports[n];
                prospect.abroad[i] += sales * up * up_share / trade.exports[i];
                prospect.added[n] += sales * added / trade.imports[n];
                prospect.added_abroad[i] += sales * added / trade.exports[i];
                let now_hit = rule.hit(added);
                let risen = now_hit + up_share * (rule.hit(added + up) - now_hit);
                let hit = [now_hit, risen, rule.hit(added + under_deal)];
                for (by_pair, hit) in prospect.hit.iter_mut().zip(hit) {
                    by_pair[n * economy.economies + i] += sales * hit;
                }
            }
        }
        if announced_cuts > 0.0 {
            prospect.cut_reach = announced_cuts / taken_back;
        }
        prospect
    }

    /// Weight of each regime some years after the start of the tick whose expectations
    /// are given.
    pub fn weights(
        &self,
        rule: &RegimeRule,
        expected: &[Expectation],
        years: f64,
    ) -> [f64; REGIMES] {
        let hazard = |word: f64| rule.back_down * (1.0 - word);
        let mean = |pending: &[Pending], is_withdrawn: bool| -> f64 {
            let (mut total, mut believed) = (0.0, 0.0);
            for one in pending {
                let left = (expected[one.at].years - years).max(0.0);
                let stays = match is_withdrawn {
                    true => exp(-hazard(one.word) * left),
                    false => 1.0,
                };
                total += one.stake;
                believed += one.stake * one.probability * stays;
            }
            if total > 0.0 { believed / total } else { 0.0 }
        };
        let (up, down) = (
            mean(&self.rises, true),
            self.cut_reach * mean(&self.cuts, false),
        );
        let most = (up + down).max(1.0);
        let (up, down) = (up / most, down / most);
        [(1.0 - up - down).max(0.0), up, down]
    }

    /// Reach of a trade war in a regime for each economy, `[n]`, 0 to 1: the larger of
    /// that over its imports and over its exports, and the share `spill` of what it is
    /// for the economy whose own government makes the largest.
    pub fn war(&self, rule: &RegimeRule, regime: usize, spill: f64) -> Vec<f64> {
        let (hit, [imports, exports]) = (&self.hit[regime], &self.traded);
        let economies = imports.len();
        let own = (0..economies).map(|n| {
            let partners = &hit[n * economies..(n + 1) * economies];
            rule.reach(partners.iter().copied(), imports[n])
        });
        let abroad = (0..economies).map(|i| {
            let governments = hit[i..].iter().step_by(economies);
            rule.reach(governments.copied(), exports[i])
        });
        let (own, abroad): (Vec<f64>, Vec<f64>) = (own.collect(), abroad.collect());
        felt(&own, &abroad, spill)
    }

    /// How much escalation would concern each economy: the larger of what its own
    /// government and what others announced, and the share `spill` of what concerns the
    /// most concerned government, `[n]`, share of trade.
    pub fn severity(&self, spill: f64) -> Vec<f64> {
        felt(&self.own, &self.abroad, spill)
    }
}

/// The larger of what stems from the own government and from abroad, and the share
/// `spill` of what stems from the own government where that is largest, `[n]`.
pub(crate) fn felt(own: &[f64], abroad: &[f64], spill: f64) -> Vec<f64> {
    let largest = own.iter().fold(0.0_f64, |most, own| most.max(*own));
    (own.iter().zip(abroad))
        .map(|(own, abroad)| own.max(*abroad).max(spill * largest))
        .collect()
}

const NONE: u32 = u32::MAX;

/// The largest change in one direction by flow, as far as it is believed, and the first
/// step that brings half of it, by place in the list of expectations.
struct Extreme {
    at: Vec<u32>,
    first: Vec<u32>,
}

impl Extreme {
    fn of(flows: usize, expected: &[Expectation], sign: f64) -> Self {
        let mut at = vec![NONE; flows];
        let counted = || {
            let places = expected.iter().enumerate();
            places.filter(|(_, one)| sign * one.change > 0.0 && one.probability > 0.0)
        };
        for (place, one) in counted() {
            let known = &mut at[one.flow as usize];
            let stake = |one: &Expectation| (one.probability * one.change).abs();
            if *known == NONE || stake(&expected[*known as usize]) < stake(one) {
                *known = place as u32;
            }
        }
        let mut first = at.clone();
        for (place, one) in counted() {
            let largest = expected[at[one.flow as usize] as usize].change;
            let known = &mut first[one.flow as usize];
            if one.change.abs() >= 0.5 * largest.abs()
                && one.years < expected[*known as usize].years
            {
                *known = place as u32;
            }
        }
        Self { at, first }
    }

    /// Change of a flow in the regime, and the share of it that counts: mean probability
    /// `believed` times both is what is expected of the flow.
    fn change(&self, expected: &[Expectation], flow: usize, believed: f64) -> (f64, f64) {
        match self.at[flow] {
            NONE => (0.0, 0.0),
            at => {
                let one = expected[at as usize];
                (one.change, one.probability / believed)
            }
        }
    }
}

/// Changes of a regime by day and probability, and the mean credibility of those who
/// announced them.
fn pending(trade: &Trade, expected: &[Expectation], extreme: &Extreme) -> (Vec<Pending>, f64) {
    let mut groups: Vec<Pending> = Vec::new();
    for (flow, at) in extreme.at.iter().enumerate().filter(|(_, at)| **at != NONE) {
        let largest = expected[*at as usize];
        let stake = trade.sales[flow] * largest.change.abs();
        if stake <= 0.0 {
            continue;
        }
        // Most of it comes, or is withdrawn, with the first step that brings half.
        let first = extreme.first[flow];
        let one = Expectation {
            probability: largest.probability,
            word: largest.word,
            ..expected[first as usize]
        };
        let same = |group: &&mut Pending| {
            expected[group.at].years.to_bits() == one.years.to_bits()
                && group.probability.to_bits() == one.probability.to_bits()
                && group.word.to_bits() == one.word.to_bits()
        };
        match groups.iter_mut().find(same) {
            Some(group) => group.stake += stake,
            None => groups.push(Pending {
                at: first as usize,
                stake,
                probability: one.probability,
                word: one.word,
            }),
        }
    }
    let word = weighed(&groups, |group| group.word);
    (groups, word)
}

/// Mean probability of changes of a regime.
fn believed_share(groups: &[Pending]) -> f64 {
    weighed(groups, |group| group.probability)
}

/// Mean over changes by stake; one where there are none.
fn weighed(groups: &[Pending], value: impl Fn(&Pending) -> f64) -> f64 {
    let total: f64 = groups.iter().map(|group| group.stake).sum();
    let sum: f64 = (groups.iter())
        .map(|group| group.stake * value(group))
        .sum();
    if total > 0.0 { sum / total } else { 1.0 }
}

/// What is believed on one day.
#[derive(Debug, Clone, PartialEq)]
pub struct RegimeDay {
    /// The day.
    pub date: Date,
    /// Whether markets are open: Monday to Friday.
    pub is_open: bool,
    /// The prospect of the day, by place in [`Regimes::prospects`].
    pub prospect: usize,
    /// Weight of each regime.
    pub weights: [f64; REGIMES],
}

/// Regimes believed in on the days of this tick.
#[derive(Resource, Debug, Clone, PartialEq)]
pub struct Regimes {
    /// The days of the tick.
    pub days: Vec<RegimeDay>,
    /// Different prospects in their order; the first is the last one of the tick before.
    pub prospects: Vec<Arc<Prospect>>,
    trade: Trade,
}

/// Forms regimes. Add after customs and beliefs.
pub struct RegimesPlugin;

/// The system that forms regimes.
#[derive(SystemSet, Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct RegimeSystems;

impl Plugin for RegimesPlugin {
    fn build(&self, app: &mut App) {
        let model = app.world().resource::<Model>();
        let trade = Trade::of(&model.economy);
        let mut regimes = Regimes {
            days: Vec::new(),
            prospects: Vec::new(),
            trade,
        };
        if let Some(rule) = believed(model) {
            // Markets start with the law of the day before, and nothing announced.
            let law = model.law.on(days_after(model.start, -1));
            let first = Prospect::of(model, rule, &regimes.trade, law, &[]);
            regimes.prospects.push(Arc::new(first));
        }
        app.insert_resource(regimes).add_systems(
            Tick,
            form_regimes
                .in_set(Phase::FormExpectations)
                .in_set(RegimeSystems)
                .after(BeliefSystems),
        );
    }
}

/// The rule where markets are on and form regimes themselves.
pub(crate) fn believed(model: &Model) -> Option<&RegimeRule> {
    let equity = &model.frictions.equity;
    match &equity.regimes {
        RegimeSource::Believed(rule) if equity.is_on => Some(rule),
        _ => None,
    }
}

fn form_regimes(
    model: Res<Model>,
    clock: Res<Clock>,
    beliefs: Res<Beliefs>,
    mut regimes: ResMut<Regimes>,
) {
    if !model.frictions.equity.is_on {
        return;
    }
    let regimes = &mut *regimes;
    regimes.days.clear();
    let last = regimes.prospects.len().saturating_sub(1);
    regimes.prospects.drain(..last);
    let rule = believed(&model);
    for date in days_of(&clock) {
        let mut day = RegimeDay {
            date,
            is_open: date.weekday().to_monday_zero_offset() < 5,
            prospect: regimes.prospects.len().saturating_sub(1),
            weights: [1.0, 0.0, 0.0],
        };
        if let Some(rule) = rule {
            let law = model.law.on(date);
            let expected = match stretch_of(&beliefs.stretches, &clock, date) {
                Some(stretch) => &beliefs.lasting[stretch.lasting.clone()],
                None => &[],
            };
            if !regimes.prospects[day.prospect].holds(law, expected) {
                let prospect = Prospect::of(&model, rule, &regimes.trade, law, expected);
                day.prospect = regimes.prospects.len();
                regimes.prospects.push(Arc::new(prospect));
            }
            let years = days_between(clock.date(), date) as f64 / DAYS_PER_YEAR;
            day.weights = regimes.prospects[day.prospect].weights(rule, expected, years);
        }
        regimes.days.push(day);
    }
}

/// Days of the tick; none where it begins and ends within a day.
fn days_of(clock: &Clock) -> impl Iterator<Item = Date> {
    let first = clock.date();
    (0..days_between(first, clock.end())).map(move |day| days_after(first, day))
}

/// The stretch of the tick that holds a day.
fn stretch_of<'a>(stretches: &'a [Stretch], clock: &Clock, date: Date) -> Option<&'a Stretch> {
    let days = days_between(clock.date(), clock.end()).max(1);
    let middle = clock.dt() * (days_between(clock.date(), date) as f64 + 0.5) / days as f64;
    let holds = |stretch: &&Stretch| middle < stretch.years.1;
    stretches.iter().find(holds).or(stretches.last())
}

/// What regimes are: believed, or given.
#[derive(Debug, Clone, PartialEq)]
pub enum RegimeSource {
    /// Formed from announcements.
    Believed(RegimeRule),
    /// Given from outside.
    Given(Arc<GivenRegimes>),
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule() -> RegimeRule {
        RegimeRule {
            escalation: 0.1,
            deal: 0.15,
            reversal: 0.3,
            breakdown: 0.1,
            back_down: 12.0,
            deal_relief: 0.5,
            war_rate: 0.25,
            war_breadth: 0.4,
        }
    }

    #[test]
    fn a_flow_is_hit_by_steps_around_the_rate_of_war() {
        for (added, hit) in [
            (0.0, 0.0),
            (0.15, 0.0),
            (0.2, 0.25),
            (0.25, 0.5),
            (0.4, 1.0),
        ] {
            assert!((rule().hit(added) - hit).abs() < 1e-12, "{added}");
        }
        assert!(
            RegimeRule::none().hit(10.0).abs() < 1e-300,
            "no war without a rule"
        );
    }

    #[test]
    fn one_front_is_no_war_and_many_are() {
        let reach = |fronts: &[f64], trade: f64| rule().reach(fronts.iter().copied(), trade);
        assert!(reach(&[], 10.0).abs() < 1e-300 && reach(&[8.0, 0.0], 10.0).abs() < 1e-15);
        // Half of trade is more than the breadth: what is left is one less the index.
        assert!((reach(&[2.5, 2.5], 10.0) - 0.5).abs() < 1e-15);
        assert!((reach(&[1.0; 5], 10.0) - 0.8).abs() < 1e-15);
        // A quarter of the breadth on four fronts.
        assert!((reach(&[0.25; 4], 10.0) - 0.25 * 0.75).abs() < 1e-15);
    }

    #[test]
    fn the_largest_war_of_a_government_reaches_others_in_part() {
        let mut prospect = Prospect {
            log_wedge: Default::default(),
            is_changed: Vec::new(),
            has_rises: false,
            has_cuts: false,
            credibility: 0.5,
            own: Vec::new(),
            abroad: Vec::new(),
            added: Vec::new(),
            added_abroad: Vec::new(),
            hit: std::array::from_fn(|_| vec![0.0; 9]),
            traded: [vec![10.0; 3], vec![10.0; 3]],
            rises: Vec::new(),
            cuts: Vec::new(),
            cut_reach: 0.0,
            expected: Vec::new(),
            table: Vec::new(),
        };
        // Economy 0 hits the two others alike.
        prospect.hit[ESCALATION][1] = 3.0;
        prospect.hit[ESCALATION][2] = 3.0;
        let war = prospect.war(&rule(), ESCALATION, 0.4);
        assert!((war[0] - 0.5).abs() < 1e-15, "{war:?}");
        for abroad in &war[1..] {
            assert!((abroad - 0.2).abs() < 1e-15, "{war:?}");
        }
        let calm = prospect.war(&rule(), STATUS_QUO, 0.4);
        assert!(calm.iter().all(|war| war.abs() < 1e-300));
    }

    #[test]
    fn rows_of_the_generator_sum_to_zero() {
        for credibility in [0.0, 0.4, 1.0] {
            let generator = rule().generator(credibility);
            for row in generator.chunks_exact(REGIMES) {
                assert!(row.iter().sum::<f64>().abs() < 1e-15);
            }
        }
    }

    fn expectation(flow: u32, years: f64, change: f64, probability: f64) -> Expectation {
        Expectation {
            effective: Date::constant(2001, 1, 1),
            flow,
            years,
            change,
            probability,
            word: probability,
        }
    }

    fn trade() -> Trade {
        Trade {
            sales: vec![2.0, 1.0],
            imports: vec![3.0],
            exports: vec![3.0],
        }
    }

    #[test]
    fn the_largest_rise_of_a_flow_counts_and_its_expected_change_is_kept() {
        let expected = [
            expectation(0, 0.0, 0.1, 0.5),
            expectation(0, 0.1, 0.3, 0.5),
            expectation(1, 0.1, 0.2, 0.25),
            expectation(1, 0.2, -0.1, 0.5),
        ];
        let rise = Extreme::of(2, &expected, 1.0);
        let (groups, word) = pending(&trade(), &expected, &rise);
        assert_eq!(groups.len(), 2);
        let mean = (0.6 * 0.5 + 0.2 * 0.25) / 0.8;
        assert!((word - mean).abs() < 1e-15 && (believed_share(&groups) - mean).abs() < 1e-15);
        for (flow, known) in [(0, 0.15), (1, 0.05)] {
            let (change, share) = rise.change(&expected, flow, mean);
            assert!((mean * change * share - known).abs() < 1e-15);
        }
    }

    #[test]
    fn a_plan_hides_no_order_and_is_withdrawn_like_one() {
        // An order of 0.2 beside a plan of 0.3 believed half as much, on one flow.
        let order = expectation(0, 0.5, 0.2, 0.6);
        let plan = Expectation {
            probability: 0.3,
            word: 0.6,
            ..expectation(0, 0.5, 0.3, 0.6)
        };
        let both = Extreme::of(2, &[plan, order], 1.0);
        assert_eq!(both.at[0], 1, "the order counts");
        let alone = [plan];
        let (groups, word) = pending(&trade(), &alone, &Extreme::of(2, &alone, 1.0));
        assert!((word - 0.6).abs() < 1e-15);
        assert!(
            (groups[0].word - 0.6).abs() < 1e-15 && (groups[0].probability - 0.3).abs() < 1e-15
        );
    }
}
