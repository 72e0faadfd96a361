//! Beliefs: what is announced, and how far it is believed.
//!
//! An announced change of duty has a date and a probability: the credibility of
//! the government that announced it,
//!
//! credibility = (carried out + prior carried out) / (all + prior all),
//!
//! learned from announcements whose day came (Beta-Bernoulli): one counts as
//! carried out when at least half of it is in force on its day.

use bevy_app::{App, Plugin};
use bevy_ecs::prelude::*;
use tradewinds_kernel::clock::Clock;
use tradewinds_kernel::phase::Phase;
use tradewinds_units::{DAYS_PER_YEAR, Date, days_between};

use crate::Tick;
use crate::customs::RatesInForce;
use crate::model::Model;

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
        announced.sort_by_key(|one| (one.known_from, one.effective, one.flow));
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
    /// Years until the change is to hold.
    pub years: f64,
    /// Change of the collected rate, share of customs value.
    pub change: f64,
    /// Probability that it comes.
    pub probability: f64,
}

/// What is expected today, and what governments have done so far.
#[derive(Resource, Debug, Clone, Default, PartialEq)]
pub struct Beliefs {
    /// Changes expected, by flow; several may concern one flow.
    pub expected: Vec<Expectation>,
    /// Announcements carried out and withdrawn, as seen, `[n]`.
    pub seen: Vec<(f64, f64)>,
    /// Announcements waiting for their day: those made on one day for one day by
    /// one government stand together.
    pending: Vec<Pending>,
    next: usize,
}

/// Announcements of a government made on one day for one day.
#[derive(Debug, Clone, PartialEq)]
struct Pending {
    importer: usize,
    first: usize,
    end: usize,
    /// Collected rate of each flow when it was made known.
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
        let economies = app.world().resource::<Model>().economy.economies;
        app.insert_resource(Beliefs {
            seen: vec![(0.0, 0.0); economies],
            ..Beliefs::default()
        })
        .add_systems(
            Tick,
            (hear, learn, expect)
                .chain()
                .in_set(Phase::FormExpectations)
                .in_set(BeliefSystems),
        );
    }
}

fn importer_of(model: &Model, flow: u32) -> usize {
    flow as usize / (model.economy.economies * model.economy.sectors)
}

/// Takes in what was made known up to this tick.
fn hear(
    model: Res<Model>,
    clock: Res<Clock>,
    rates: Res<RatesInForce>,
    mut beliefs: ResMut<Beliefs>,
) {
    let announced = model.law.outlook().announced();
    let same = |a: &Announced, b: &Announced| {
        (a.known_from, a.effective) == (b.known_from, b.effective)
            && importer_of(&model, a.flow) == importer_of(&model, b.flow)
    };
    while let Some(first) = announced.get(beliefs.next)
        && first.known_from < clock.end()
    {
        let start = beliefs.next;
        let count = announced[start..]
            .iter()
            .take_while(|one| same(one, first))
            .count();
        let group = &announced[start..start + count];
        beliefs.next = start + count;
        // What had its day before the run began teaches nothing.
        if first.known_until > clock.date() {
            beliefs.pending.push(Pending {
                importer: importer_of(&model, first.flow),
                first: start,
                end: start + count,
                rate_then: group
                    .iter()
                    .map(|one| rates.rates.collected[one.flow as usize])
                    .collect(),
            });
        }
    }
}

/// Counts announcements whose day has come or which were withdrawn.
fn learn(
    model: Res<Model>,
    clock: Res<Clock>,
    rates: Res<RatesInForce>,
    mut beliefs: ResMut<Beliefs>,
) {
    let announced = model.law.outlook().announced();
    let Beliefs { pending, seen, .. } = &mut *beliefs;
    pending.retain(|one| {
        let group = &announced[one.first..one.end];
        if group[0].known_until >= clock.end() {
            return true;
        }
        let is_due = group[0].effective < clock.end();
        let (mut asked, mut done) = (0.0, 0.0);
        for (announced, then) in group.iter().zip(&one.rate_then) {
            let moved = rates.rates.collected[announced.flow as usize] - then;
            asked += announced.change.abs();
            done += (moved * announced.change.signum()).clamp(0.0, announced.change.abs());
        }
        let (carried_out, withdrawn) = &mut seen[one.importer];
        if is_due {
            if done >= 0.5 * asked {
                *carried_out += 1.0;
            } else {
                *withdrawn += 1.0;
            }
        } else if !is_replaced(announced, one) {
            *withdrawn += 1.0;
        }
        false
    });
}

/// Whether the announcement stands again, in other words, from the day it ended.
fn is_replaced(announced: &[Announced], one: &Pending) -> bool {
    let (first, until) = (&announced[one.first], announced[one.first].known_until);
    announced[one.end..]
        .iter()
        .take_while(|later| later.known_from <= until)
        .any(|later| {
            later.known_from == until
                && later.effective == first.effective
                && later.flow == first.flow
        })
}

fn expect(model: Res<Model>, clock: Res<Clock>, mut beliefs: ResMut<Beliefs>) {
    let announced = model.law.outlook().announced();
    let rule = &model.frictions.beliefs;
    let mut expected = std::mem::take(&mut beliefs.expected);
    expected.clear();
    for one in &beliefs.pending {
        let probability = beliefs.credibility(rule, one.importer);
        if probability <= 0.0 {
            continue;
        }
        for change in &announced[one.first..one.end] {
            let days = days_between(clock.date(), change.effective);
            expected.push(Expectation {
                flow: change.flow,
                years: days as f64 / DAYS_PER_YEAR,
                change: change.change,
                probability,
            });
        }
    }
    beliefs.expected = expected;
}
