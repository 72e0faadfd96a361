//! Beliefs: what is announced, and how far it is believed.
//!
//! An announced change of duty has a date and a probability: the credibility of
//! the government that announced it,
//!
//! credibility = (carried out + prior carried out) / (all + prior all),
//!
//! learned from announcements whose day came (Beta-Bernoulli): one counts as
//! carried out when at least half of it is in force on its day. One that stands again
//! for a day soon after teaches nothing yet: a plan that becomes a law with a date is
//! judged by the law. Nor does a change that hardly any trade would notice. News comes on days: a tick that holds some is split into stretches.

use std::ops::Range;

use bevy_app::{App, Plugin};
use bevy_ecs::prelude::*;
use tradewinds_equilibrium::Economy;
use tradewinds_kernel::clock::Clock;
use tradewinds_kernel::phase::Phase;
use tradewinds_units::{DAYS_PER_YEAR, Date, days_between};

use crate::Tick;
use crate::model::Model;

/// Share of an economy's imports of goods from which a change is large enough to tell
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
}

/// Everything announced over a run, sorted by the day it is known.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Outlook(Vec<Announced>);

impl Outlook {
    /// Announcements in any order.
    pub fn new(mut announced: Vec<Announced>) -> Self {
        announced.sort_by_key(|one| (one.known_from, one.effective, one.known_until, one.flow));
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
}

impl BeliefRule {
    /// Nothing announced is believed before it holds.
    pub fn none() -> Self {
        Self {
            prior_carried_out: 0.0,
            prior_withdrawn: f64::INFINITY,
        }
    }
}

/// What agents expect of the duty on a flow.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Expectation {
    /// Flow `[n][i][s]`.
    pub flow: u32,
    /// Years from the start of the tick until the change is to hold.
    pub years: f64,
    /// Change of the collected rate, share of customs value.
    pub change: f64,
    /// Probability that it comes.
    pub probability: f64,
}

/// Days of a tick without news, and what is expected on them.
#[derive(Debug, Clone, PartialEq)]
pub struct Stretch {
    /// Start and end in years from the start of the tick.
    pub years: (f64, f64),
    /// The part of [`Beliefs::expected`] that holds then.
    pub expected: Range<usize>,
}

impl Stretch {
    /// Length in years.
    pub fn length(&self) -> f64 {
        self.years.1 - self.years.0
    }
}

/// What is expected in this tick, and what governments have done so far. News comes
/// on days, so that what is believed does not depend on the length of a tick.
#[derive(Resource, Debug, Clone, Default, PartialEq)]
pub struct Beliefs {
    /// Changes expected, by stretch; several may concern one flow.
    pub expected: Vec<Expectation>,
    /// Stretches between the news of the tick, which together are the tick.
    pub stretches: Vec<Stretch>,
    /// Announcements carried out and withdrawn, as seen, `[n]`.
    pub seen: Vec<(f64, f64)>,
    /// Announcements waiting for their day: those made on one day for one day by
    /// one government stand together.
    pending: Vec<Pending>,
    /// Imports of goods in the base year, `[n]`, USD bn.
    imports: Vec<f64>,
    next: usize,
}

/// Announcements of a government made on one day for one day.
#[derive(Debug, Clone, PartialEq)]
struct Pending {
    importer: usize,
    first: usize,
    end: usize,
    /// Whether it is large enough to tell whether a government keeps its word.
    is_notable: bool,
    /// Collected rate of each flow by the law of the day on which it was heard of.
    rate_then: Vec<f64>,
}

impl Beliefs {
    /// Probability that an announcement of a government comes true.
    pub fn credibility(&self, rule: &BeliefRule, importer: usize) -> f64 {
        let (carried_out, withdrawn) = self.seen[importer];
        if rule.prior_withdrawn.is_infinite() {
            return 0.0;
        }
        let believed = rule.prior_carried_out + carried_out;
        believed / (believed + rule.prior_withdrawn + withdrawn)
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
            seen: vec![(0.0, 0.0); economies],
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
    beliefs.expected.clear();
    beliefs.stretches.clear();
    let mut day = first;
    loop {
        beliefs.hear(&model, day);
        beliefs.learn(&model, day);
        let next = beliefs.next_news(&model, day).min(end);
        let start = beliefs.expected.len();
        beliefs.expect(&model, first);
        let stretch = Stretch {
            years: (share_of_tick(&clock, day), share_of_tick(&clock, next)),
            expected: start..beliefs.expected.len(),
        };
        beliefs.stretches.push(stretch);
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

impl Beliefs {
    /// Takes in what was made known up to a day.
    fn hear(&mut self, model: &Model, day: Date) {
        let announced = model.law.outlook().announced();
        let same = |a: &Announced, b: &Announced| {
            (a.known_from, a.effective, a.known_until)
                == (b.known_from, b.effective, b.known_until)
                && importer_of(model, a.flow) == importer_of(model, b.flow)
        };
        while let Some(first) = announced.get(self.next)
            && first.known_from <= day
        {
            let start = self.next;
            let of_first = |one: &&Announced| same(one, first);
            let count = announced[start..].iter().take_while(of_first).count();
            self.next = start + count;
            // What had its day before the run began teaches nothing.
            if first.known_until > day {
                let group = announced[start..start + count].iter();
                let importer = importer_of(model, first.flow);
                let sales = &model.economy.accounts().sales;
                let concerned = group.clone().map(|one| sales[one.flow as usize] * one.change.abs());
                let is_notable = concerned.sum::<f64>() >= NOTABLE * self.imports[importer];
                let rate = |one: &Announced| model.law.collected_on(day, one.flow as usize);
                self.pending.push(Pending {
                    importer,
                    is_notable,
                    first: start,
                    end: start + count,
                    rate_then: group.map(rate).collect(),
                });
            }
        }
    }

    /// Counts announcements whose day has come or which were withdrawn.
    fn learn(&mut self, model: &Model, day: Date) {
        let announced = model.law.outlook().announced();
        let Self { pending, seen, .. } = self;
        pending.retain(|one| {
            let group = &announced[one.first..one.end];
            if group[0].known_until > day {
                return true;
            }
            if !one.is_notable {
                return false;
            }
            let (mut asked, mut done) = (0.0, 0.0);
            for (announced, then) in group.iter().zip(&one.rate_then) {
                let moved = model.law.collected_on(day, announced.flow as usize) - then;
                asked += announced.change.abs();
                done += (moved * announced.change.signum()).clamp(0.0, announced.change.abs());
            }
            let (carried_out, withdrawn) = &mut seen[one.importer];
            if group[0].effective <= day && done >= 0.5 * asked {
                *carried_out += 1.0;
            } else if !stands_again(announced, one, asked) {
                *withdrawn += 1.0;
            }
            false
        });
    }

    /// The first day after `day` on which something is made known or has its day.
    fn next_news(&self, model: &Model, day: Date) -> Date {
        let announced = model.law.outlook().announced();
        let heard = announced.get(self.next).map(|one| one.known_from);
        let due = self
            .pending
            .iter()
            .map(|one| announced[one.first].known_until);
        due.chain(heard)
            .filter(|date| *date > day)
            .min()
            .unwrap_or(Date::MAX)
    }

    /// Adds what is expected now; years count from the first day of the tick.
    fn expect(&mut self, model: &Model, first: Date) {
        let announced = model.law.outlook().announced();
        let rule = &model.frictions.beliefs;
        let mut expected = std::mem::take(&mut self.expected);
        for one in &self.pending {
            let probability = self.credibility(rule, one.importer);
            if probability <= 0.0 {
                continue;
            }
            for change in &announced[one.first..one.end] {
                let days = days_between(first, change.effective);
                expected.push(Expectation {
                    flow: change.flow,
                    years: days as f64 / DAYS_PER_YEAR,
                    change: change.change,
                    probability,
                });
            }
        }
        self.expected = expected;
    }
}

/// Whether at least half of an announcement stands again from the day it ended, for a
/// day at most [`PUT_OFF`] days after its own.
fn stands_again(announced: &[Announced], one: &Pending, asked: f64) -> bool {
    let group = &announced[one.first..one.end];
    let (until, effective) = (group[0].known_until, group[0].effective);
    let mut stands = vec![0.0_f64; group.len()];
    let later = announced[one.end..].iter();
    for later in later.take_while(|later| later.known_from <= until) {
        let is_soon = days_between(effective, later.effective) <= PUT_OFF;
        if later.known_until <= until || !is_soon {
            continue;
        }
        if let Ok(at) = group.binary_search_by_key(&later.flow, |one| one.flow) {
            let same = (later.change * group[at].change.signum()).max(0.0);
            stands[at] = stands[at].max(same.min(group[at].change.abs()));
        }
    }
    stands.iter().sum::<f64>() >= 0.5 * asked
}
