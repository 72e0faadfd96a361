//! Beliefs: what is announced, and how far it is believed.
//!
//! An announced change of duty has a date and a probability: the credibility of
//! the government that announced it,
//!
//! credibility = (carried out + prior carried out) / (all + prior all),
//!
//! and `plan` times that for a plan, a text that orders nothing. It is learned from
//! announcements whose day came or which later news ended (Beta-Bernoulli): what was due
//! on a day counts as carried out when at least half of it is in force, and what ended as
//! withdrawn when more than half is neither in force nor announced any more for a day soon
//! after. So a plan that becomes a law with a date is judged by the law, and a text stated
//! anew teaches nothing. A government's word on rises and on cuts is judged apart, and a
//! rise that it takes back after it held counts as withdrawn: a pause on the day of a
//! threat is a reversal too. Nothing is learned from a change that hardly moves the average
//! duty. News comes on days: a tick that holds some is split into stretches.

use std::ops::Range;

use bevy_app::{App, Plugin};
use bevy_ecs::prelude::*;
use tradewinds_equilibrium::Economy;
use tradewinds_kernel::clock::Clock;
use tradewinds_kernel::phase::Phase;
use tradewinds_units::{DAYS_PER_YEAR, Date, days_between};

use crate::Tick;
use crate::model::Model;

/// Change of the average duty on an economy's imports of goods from which on it tells
/// whether its government keeps its word.
const NOTABLE: f64 = 0.0005;
/// Days by which a change may be put off without counting as withdrawn.
const PUT_OFF: i64 = 14;

/// A change of the duty on a flow made known before it holds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Announced {
    /// First day on which it is known.
    pub known_from: Date,
    /// First day on which it is no longer expected: its day, its withdrawal, or
    /// the day of news that replaces it.
    pub known_until: Date,
    /// Day on which it is to hold.
    pub effective: Date,
    /// Flow `[n][i][s]`.
    pub flow: u32,
    /// Change of the collected rate, share of customs value.
    pub change: f64,
    /// Whether it is a plan: a text that orders nothing.
    pub is_plan: bool,
}

/// Everything announced over a run, sorted by the day it is known.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Outlook(Vec<Announced>);

impl Outlook {
    /// Announcements in any order.
    pub fn new(mut announced: Vec<Announced>) -> Self {
        announced.sort_by_key(|one| {
            let days = (one.known_from, one.effective, one.known_until);
            (days, one.is_plan, one.flow)
        });
        Self(announced)
    }

    /// The announcements.
    pub fn announced(&self) -> &[Announced] {
        &self.0
    }
}

/// How governments are believed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BeliefRule {
    /// Announcements carried out that agents start with, as if seen.
    pub prior_carried_out: f64,
    /// Announcements withdrawn that agents start with, as if seen.
    pub prior_withdrawn: f64,
    /// How far a plan is believed, as a share of how far an order or a threat is.
    pub plan: f64,
}

impl BeliefRule {
    /// Nothing announced is believed before it holds.
    pub fn none() -> Self {
        Self {
            prior_carried_out: 0.0,
            prior_withdrawn: f64::INFINITY,
            plan: 0.0,
        }
    }
}

/// What agents expect of the duty on a flow.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Expectation {
    /// Flow `[n][i][s]`.
    pub flow: u32,
    /// Day on which the change is to hold.
    pub effective: Date,
    /// Years from the start of the tick until then.
    pub years: f64,
    /// Change of the collected rate, share of customs value.
    pub change: f64,
    /// Probability that it comes.
    pub probability: f64,
    /// Credibility of the government; a plan has a part of it as its probability.
    pub word: f64,
}

/// The strongest change expected of each flow, by probability × size, in order of flows.
/// Later steps of one law are stated against what holds today, as earlier ones are, and a
/// plan stands beside the law it becomes: they must not be added up.
pub(crate) fn strongest(expected: &[Expectation]) -> Vec<Expectation> {
    let stake = |one: &Expectation| (one.probability * one.change).abs();
    let mut all = expected.to_vec();
    all.sort_by(|a, b| (a.flow.cmp(&b.flow)).then_with(|| stake(b).total_cmp(&stake(a))));
    all.dedup_by_key(|one| one.flow);
    all
}

/// Days of a tick without news, and what is expected on them.
#[derive(Debug, Clone, PartialEq)]
pub struct Stretch {
    /// Start and end in years from the start of the tick.
    pub years: (f64, f64),
    /// The part of [`Beliefs::expected`] that holds then.
    pub expected: Range<usize>,
    /// The part of [`Beliefs::lasting`] that holds then.
    pub lasting: Range<usize>,
}

impl Stretch {
    /// Length in years.
    pub fn length(&self) -> f64 {
        self.years.1 - self.years.0
    }
}

/// What is expected in this tick, and what governments have done so far. News comes
/// on days, so that what is believed does not depend on the length of a tick.
///
/// Importers look at the duty on the day on which goods enter. Whoever looks further, at
/// markets or at a government's word, looks at lasting rates: those that goods afloat
/// will have to pay once they have arrived.
#[derive(Resource, Debug, Clone, Default, PartialEq)]
pub struct Beliefs {
    /// Changes expected, by stretch; several may concern one flow.
    pub expected: Vec<Expectation>,
    /// The same of lasting rates.
    pub lasting: Vec<Expectation>,
    /// Stretches between the news of the tick, which together are the tick.
    pub stretches: Vec<Stretch>,
    /// What each government has done with its announcements, as seen, `[n]`.
    pub seen: Vec<Word>,
    at_entry: News,
    of_law: News,
    /// Imports of goods in the base year, `[n]`, USD bn.
    imports: Vec<f64>,
}

/// Announcements waiting for their day, out of one outlook.
#[derive(Debug, Clone, Default, PartialEq)]
struct News {
    /// Those made by one government on one day for one day stand together.
    pending: Vec<Pending>,
    next: usize,
}

/// Announcements of a government made on one day for one day.
#[derive(Debug, Clone, PartialEq)]
struct Pending {
    importer: usize,
    first: usize,
    end: usize,
}

/// What a government's word was worth so far.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Word {
    /// On rises of duty; rises that it took back after they held count as withdrawn.
    pub rises: Deeds,
    /// On cuts.
    pub cuts: Deeds,
}

impl Word {
    /// Credibility of what it says of a change.
    fn credibility(&self, rule: &BeliefRule, change: f64) -> f64 {
        match change > 0.0 {
            true => self.rises.credibility(rule),
            false => self.cuts.credibility(rule),
        }
    }

    /// Counts what ended on one day: at most one deed each.
    fn count(&mut self, rises: &Ended, cuts: &Ended) {
        for (deeds, ended) in [(&mut self.rises, rises), (&mut self.cuts, cuts)] {
            deeds.carried_out += f64::from(u8::from(ended.due.is_done()));
        }
        let is_broken = rises.is_dropped() || cuts.due.takes_back();
        self.rises.withdrawn += f64::from(u8::from(is_broken));
        self.cuts.withdrawn += f64::from(u8::from(cuts.is_dropped()));
    }
}

/// Announcements seen to be kept or not.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Deeds {
    /// Carried out.
    pub carried_out: f64,
    /// Withdrawn.
    pub withdrawn: f64,
}

impl Deeds {
    /// Probability that the next announcement comes true; zero where nothing says so.
    pub(crate) fn credibility(&self, rule: &BeliefRule) -> f64 {
        let believed = rule.prior_carried_out + self.carried_out;
        let all = believed + rule.prior_withdrawn + self.withdrawn;
        match all.is_infinite() || all <= 0.0 {
            true => 0.0,
            false => believed / all,
        }
    }
}

/// Follows announcements. Add after customs.
pub struct BeliefsPlugin;

/// Systems that form beliefs about duties.
#[derive(SystemSet, Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct BeliefSystems;

impl Plugin for BeliefsPlugin {
    fn build(&self, app: &mut App) {
        let economy = &app.world().resource::<Model>().economy;
        let economies = economy.economies;
        app.insert_resource(Beliefs {
            seen: vec![Word::default(); economies],
            imports: imports_of_goods(economy),
            ..Beliefs::default()
        })
        .add_systems(
            Tick,
            follow_news
                .in_set(Phase::FormExpectations)
                .in_set(BeliefSystems),
        );
    }
}

/// Imports of goods of each economy in the base year, `[n]`, USD bn.
fn imports_of_goods(economy: &Economy) -> Vec<f64> {
    let accounts = economy.accounts();
    let of = |n: usize| {
        let origins = (0..economy.economies).filter(|i| *i != n);
        let flows = origins.flat_map(|i| {
            let goods = (0..economy.sectors).filter(|s| Some(*s) != economy.services);
            goods.map(move |s| economy.flow(n, i, s))
        });
        flows.map(|flow| accounts.sales[flow]).sum()
    };
    (0..economy.economies).map(of).collect()
}

fn importer_of(model: &Model, flow: u32) -> usize {
    flow as usize / (model.economy.economies * model.economy.sectors)
}

/// Goes through the days of the tick from news to news.
fn follow_news(model: Res<Model>, clock: Res<Clock>, mut beliefs: ResMut<Beliefs>) {
    let (first, end) = (clock.date(), clock.end());
    let (at_entry, of_law) = (model.law.outlook(), model.law.lasting_outlook());
    let beliefs = &mut *beliefs;
    beliefs.expected.clear();
    beliefs.lasting.clear();
    beliefs.stretches.clear();
    let mut day = first;
    loop {
        beliefs.at_entry.hear(&model, at_entry, day);
        beliefs.at_entry.drop_ended(at_entry, day);
        beliefs.of_law.hear(&model, of_law, day);
        beliefs.learn(&model, day);
        let next = (beliefs.at_entry.next_day(at_entry, day))
            .min(beliefs.of_law.next_day(of_law, day))
            .min(end);
        let (expected, lasting) = (beliefs.expected.len(), beliefs.lasting.len());
        beliefs.expect(&model, first);
        beliefs.stretches.push(Stretch {
            years: (share_of_tick(&clock, day), share_of_tick(&clock, next)),
            expected: expected..beliefs.expected.len(),
            lasting: lasting..beliefs.lasting.len(),
        });
        if next >= end {
            break;
        }
        day = next;
    }
    // A tick within a day ends where it ends.
    if let Some(last) = beliefs.stretches.last_mut() {
        last.years.1 = clock.dt();
    }
}

/// Years from the start of the tick to the start of a day in it.
fn share_of_tick(clock: &Clock, day: Date) -> f64 {
    let days = days_between(clock.date(), clock.end()).max(1);
    clock.dt() * days_between(clock.date(), day) as f64 / days as f64
}

impl News {
    /// Takes in what was made known up to a day.
    fn hear(&mut self, model: &Model, outlook: &Outlook, day: Date) {
        let announced = outlook.announced();
        let same = |a: &Announced, b: &Announced| {
            (a.known_from, a.effective, a.known_until) == (b.known_from, b.effective, b.known_until)
                && a.is_plan == b.is_plan
                && importer_of(model, a.flow) == importer_of(model, b.flow)
        };
        while let Some(first) = announced.get(self.next)
            && first.known_from <= day
        {
            let start = self.next;
            let of_first = |one: &&Announced| same(one, first);
            self.next += announced[start..].iter().take_while(of_first).count();
            // What had its day before the run began teaches nothing.
            if first.known_until > day {
                self.pending.push(Pending {
                    importer: importer_of(model, first.flow),
                    first: start,
                    end: self.next,
                });
            }
        }
    }

    fn drop_ended(&mut self, outlook: &Outlook, day: Date) {
        let announced = outlook.announced();
        self.pending
            .retain(|one| announced[one.first].known_until > day);
    }

    /// The first day after `day` on which something is made known or has its day.
    fn next_day(&self, outlook: &Outlook, day: Date) -> Date {
        let announced = outlook.announced();
        let heard = announced.get(self.next).map(|one| one.known_from);
        let due = self.pending.iter();
        let due = due.map(|one| announced[one.first].known_until);
        due.chain(heard)
            .filter(|date| *date > day)
            .min()
            .unwrap_or(Date::MAX)
    }

    /// Adds what is expected, with the probability of each government's word; years count
    /// from `first`.
    fn expect(
        &self,
        outlook: &Outlook,
        (seen, rule, first): (&[Word], &BeliefRule, Date),
        into: &mut Vec<Expectation>,
    ) {
        for one in &self.pending {
            let word = &seen[one.importer];
            let changes = outlook.announced()[one.first..one.end].iter();
            let expected = changes.map(|change| {
                let credibility = word.credibility(rule, change.change);
                let share = if change.is_plan { rule.plan } else { 1.0 };
                Expectation {
                    flow: change.flow,
                    effective: change.effective,
                    years: days_between(first, change.effective) as f64 / DAYS_PER_YEAR,
                    change: change.change,
                    probability: share * credibility,
                    word: credibility,
                }
            });
            into.extend(expected.filter(|one| one.probability > 0.0));
        }
    }
}

impl Beliefs {
    /// Counts announcements of lasting rates that have ended: at most one deed carried out
    /// and one withdrawn for each government and day, however many dates a text names.
    fn learn(&mut self, model: &Model, day: Date) {
        let announced = model.law.lasting_outlook().announced();
        let of_law = &mut self.of_law.pending;
        let (ended, pending): (Vec<Pending>, Vec<Pending>) =
            (of_law.drain(..)).partition(|one| announced[one.first].known_until <= day);
        *of_law = pending;
        let mut of_all = vec![[Ended::default(); 2]; self.seen.len()];
        for one in &ended {
            let is_due = announced[one.first].effective <= day;
            let kept = Kept::of(model, (announced, of_law), one, day);
            for (of_direction, kept) in of_all[one.importer].iter_mut().zip(&kept) {
                if kept.trade >= NOTABLE * self.imports[one.importer] {
                    of_direction.add(kept, is_due);
                }
            }
        }
        for ([rises, cuts], word) in of_all.iter().zip(&mut self.seen) {
            word.count(rises, cuts);
        }
    }

    /// Adds what is expected now; years count from the first day of the tick.
    fn expect(&mut self, model: &Model, first: Date) {
        let of = (self.seen.as_slice(), &model.frictions.beliefs, first);
        (self.at_entry).expect(model.law.outlook(), of, &mut self.expected);
        (self.of_law).expect(model.law.lasting_outlook(), of, &mut self.lasting);
    }
}

/// Announcements of one direction that ended on one day.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
struct Ended {
    /// Those whose day had not come.
    early: Kept,
    /// Those whose day had.
    due: Kept,
}

impl Ended {
    fn add(&mut self, kept: &Kept, is_due: bool) {
        match is_due {
            true => self.due.add(kept),
            false => self.early.add(kept),
        }
    }

    fn is_dropped(&self) -> bool {
        self.early.is_dropped() || self.due.is_dropped()
    }
}

/// What became of announcements: sums of changes of rates over flows.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
struct Kept {
    /// Announced.
    asked: f64,
    /// Of it, in force.
    done: f64,
    /// Of it, in force or still announced for about the same day.
    stands: f64,
    /// Of it, in force and taken back from duties above those of the base year.
    back: f64,
    /// Announced, weighed with trade of the base year.
    trade: f64,
}

impl Kept {
    /// What has become on a day of the rises, and of the cuts, that a government announced
    /// on one day for one day.
    fn of(
        model: &Model,
        (announced, standing): (&[Announced], &[Pending]),
        one: &Pending,
        day: Date,
    ) -> [Self; 2] {
        let economy = &model.economy;
        let (group, sales) = (&announced[one.first..one.end], &economy.accounts().sales);
        let [then, now] = [group[0].known_from, day].map(|on| model.law.on(on).lasting());
        let of_importer = standing
            .iter()
            .filter(|other| other.importer == one.importer);
        let still = of_importer.map(|other| &announced[other.first..other.end]);
        let again = announced_again(still, group);
        let mut kept = [Self::default(); 2];
        for (announced, again) in group.iter().zip(again) {
            let (flow, asked) = (announced.flow as usize, announced.change.abs());
            let moved = (now[flow] - then[flow]) * announced.change.signum();
            let done = moved.clamp(0.0, asked);
            let above = (then[flow] - economy.import_duty[flow]).max(0.0);
            kept[usize::from(announced.change < 0.0)].add(&Self {
                asked,
                done,
                stands: asked.min(done + again),
                back: done.min(above),
                trade: sales[flow] * asked,
            });
        }
        kept
    }

    fn add(&mut self, other: &Self) {
        self.asked += other.asked;
        self.done += other.done;
        self.stands += other.stands;
        self.back += other.back;
        self.trade += other.trade;
    }

    /// Whether at least half is in force.
    fn is_done(&self) -> bool {
        self.asked > 0.0 && self.done >= 0.5 * self.asked
    }

    /// Whether more than half is neither in force nor announced any more.
    fn is_dropped(&self) -> bool {
        self.stands < 0.5 * self.asked
    }

    /// Whether cuts took at least half of what they are from duties added before.
    fn takes_back(&self) -> bool {
        self.asked > 0.0 && self.back >= 0.5 * self.asked
    }
}

/// Changes in the direction of those of `group` that are still announced, for days at
/// most [`PUT_OFF`] from its own, by place in the group. A later text states a change
/// against what holds by then.
fn announced_again<'a>(
    still: impl Iterator<Item = &'a [Announced]>,
    group: &[Announced],
) -> Vec<f64> {
    let effective = group[0].effective;
    let mut again = vec![0.0_f64; group.len()];
    let is_soon =
        |other: &&[Announced]| days_between(effective, other[0].effective).abs() <= PUT_OFF;
    for other in still.filter(is_soon).flatten() {
        let first = group.partition_point(|one| one.flow < other.flow);
        let of_flow = group[first..].iter().zip(&mut again[first..]);
        for (one, again) in of_flow.take_while(|(one, _)| one.flow == other.flow) {
            *again = again.max(other.change * one.change.signum());
        }
    }
    again
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_many_steps_of_a_flow_the_strongest_counts() {
        let one = |flow: u32, change: f64, probability: f64| Expectation {
            flow,
            effective: Date::constant(2001, 1, 1),
            years: 0.1,
            change,
            probability,
            word: probability,
        };
        let steps = [
            one(4, 0.1, 0.5),
            one(2, -0.3, 0.5),
            one(4, 0.2, 0.5),
            one(4, 0.3, 0.25),
            one(2, 0.1, 0.5),
        ];
        let found = strongest(&steps);
        let kept: Vec<(u32, f64)> = found.iter().map(|one| (one.flow, one.change)).collect();
        assert_eq!(kept, [(2, -0.3), (4, 0.2)]);
    }
}
