//! Beliefs: what is announced, and how far it is believed.
//!
//! An announced change of duty has a date and a probability: the credibility of
//! the government that announced it,
//!
//! credibility = (carried out + prior carried out) / (all + prior all),
//!
//! and `plan` times that for a plan, a text that orders nothing. It is learned from
//! announcements whose day came or which later news ended (Beta-Bernoulli, [`word`]).
//! A law may tell of several steps of a duty, its end among them: together they are a
//! course ([`course`]), each step being believed like its direction. News comes on days: a
//! tick that holds some is split into stretches.

mod course;
mod restate;
mod word;

use std::ops::Range;

use bevy_app::{App, Plugin};
use bevy_ecs::prelude::*;
use tradewinds_kernel::clock::Clock;
use tradewinds_kernel::phase::Phase;
use tradewinds_units::{DAYS_PER_YEAR, Date, days_between};

pub(crate) use self::course::{Course, Level, courses, strongest};
pub use self::restate::{HORIZON, NEWS};
pub use self::word::{Deeds, Word};
use crate::Tick;
use crate::base_trade::GoodsTrade;
use crate::model::Model;

/// What tells of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Text {
    /// What is law already, though its day has not come. Its steps follow each other.
    Law,
    /// A threat of its own.
    Threat,
    /// A plan: a text that orders nothing.
    Plan,
}

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
    /// Change of the collected rate against what holds when it is known, share of customs
    /// value: zero for the end of what is still to come.
    pub change: f64,
    /// Change against the step before it of the same text; the same for the first.
    pub step: f64,
    /// What tells of it.
    pub text: Text,
}

/// Everything announced over a run, sorted by the day it is known; news of one day by the
/// other days, text and flow, as far as it was not restated since.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Outlook(Vec<Announced>);

impl Outlook {
    /// Announcements in any order.
    pub fn new(mut announced: Vec<Announced>) -> Self {
        announced.sort_by_key(|one| {
            let days = (one.known_from, one.effective, one.known_until);
            (days, one.text, one.flow)
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
    /// Change of the collected rate against what holds, share of customs value.
    pub change: f64,
    /// What tells of it.
    pub text: Text,
    /// Whether it is a rise against the step before it.
    pub is_rise: bool,
    /// Probability that it comes.
    pub probability: f64,
    /// Credibility of the government; a plan has a part of it as its probability.
    pub word: f64,
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
    /// Credibility of the rises of each government then, `[n]`.
    pub words: Vec<f64>,
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
    /// Changes expected, by stretch, flow, text and day; several may concern one flow.
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
            imports: GoodsTrade::of(economy).imports,
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
            words: (beliefs.seen.iter())
                .map(|word| word.rises.credibility(&model.frictions.beliefs))
                .collect(),
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
        let importer_of = |one: &Announced| model.economy.place(one.flow as usize).0;
        let same = |a: &Announced, b: &Announced| {
            (a.known_from, a.effective, a.known_until) == (b.known_from, b.effective, b.known_until)
                && a.text == b.text
                && importer_of(a) == importer_of(b)
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
                    importer: importer_of(first),
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
                let credibility = word.credibility(rule, change.step);
                let share = match change.text {
                    Text::Plan => rule.plan,
                    Text::Law | Text::Threat => 1.0,
                };
                Expectation {
                    flow: change.flow,
                    effective: change.effective,
                    years: days_between(first, change.effective) as f64 / DAYS_PER_YEAR,
                    change: change.change,
                    text: change.text,
                    is_rise: change.step > 0.0,
                    probability: share * credibility,
                    word: credibility,
                }
            });
            into.extend(expected.filter(|one| one.probability > 0.0));
        }
    }
}

impl Beliefs {
    /// Adds what is expected now; years count from the first day of the tick.
    fn expect(&mut self, model: &Model, first: Date) {
        let of = (self.seen.as_slice(), &model.frictions.beliefs, first);
        let (expected, lasting) = (self.expected.len(), self.lasting.len());
        (self.at_entry).expect(model.law.outlook(), of, &mut self.expected);
        (self.of_law).expect(model.law.lasting_outlook(), of, &mut self.lasting);
        course::sort(&mut self.expected[expected..]);
        course::sort(&mut self.lasting[lasting..]);
    }
}
