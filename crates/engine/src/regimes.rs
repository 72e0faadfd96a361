//! Regimes of trade policy that markets believe in, and how likely each is.
//!
//! Three regimes: the status quo, escalation, a deal. The collected rate of a flow is
//! in the status quo that of the day; in escalation it has risen by what is announced or
//! threatened ([`crate::beliefs`]), of several such courses by the one that is worth most;
//! under a deal it has lost the share `deal_relief` of what was added since the base year.
//!
//! What is announced may have an end, or lie ahead. The levels of a course count as a change
//! for ever that is worth as much: with believed levels `E_m` from `τ_m` to `τ_(m+1)` years ahead
//!
//! worth = `Σ_m E_m (e^(−κ τ_m) − e^(−κ τ_(m+1)))`,
//!
//! κ the discount less growth and the rates at which the regime ends. A duty of one day is
//! worth hardly anything but the doubt that it ends. Cuts are expected flow by flow, in the
//! status quo and in escalation alike.
//!
//! A pending announcement resolves on its day. It is carried out with the credibility
//! c of its government, unless it is withdrawn before at the hazard
//!
//! back-down hazard = `back_down` × (1 − c) a year,
//!
//! so a rise that is to hold in τ years weighs its worth times e^(−hazard τ). The weight of
//! escalation is the mean of these over the rises, by trade of the base year times the size
//! of the change. Where beliefs differ, each rise counts by its own over the mean, so that
//! the expected change of every flow is kept. From then on the regime changes at constant
//! rates a year, the generator
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

mod prospect;

use std::sync::Arc;

use bevy_app::{App, Plugin};
use bevy_ecs::prelude::*;
use tradewinds_kernel::clock::Clock;
use tradewinds_kernel::phase::Phase;
use tradewinds_units::{DAYS_PER_YEAR, Date, days_after, days_between};

pub use self::prospect::Prospect;
use self::prospect::Today;
pub(crate) use self::prospect::felt;
use crate::Tick;
use crate::base_trade::GoodsTrade;
use crate::beliefs::{BeliefSystems, Beliefs, Stretch};
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

    /// Hazard a year at which what a government of this credibility announced is withdrawn.
    fn back_down_hazard(&self, credibility: f64) -> f64 {
        self.back_down * (1.0 - credibility)
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
    trade: GoodsTrade,
    /// News so far.
    news: u64,
}

/// Forms regimes. Add after customs and beliefs.
pub struct RegimesPlugin;

/// The system that forms regimes.
#[derive(SystemSet, Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct RegimeSystems;

impl Plugin for RegimesPlugin {
    fn build(&self, app: &mut App) {
        let model = app.world().resource::<Model>();
        let trade = GoodsTrade::of(&model.economy);
        let mut regimes = Regimes {
            days: Vec::new(),
            prospects: Vec::new(),
            trade,
            news: 0,
        };
        if let Some(rule) = believed(model) {
            // Markets start with the law of the day before, and nothing announced.
            let date = days_after(model.start, -1);
            let today = Today { date, years: 0.0 };
            let law = model.law.on(date);
            let first = Prospect::of(model, (rule, &regimes.trade), today, law, &[]);
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
            let years = days_between(clock.date(), date) as f64 / DAYS_PER_YEAR;
            let (today, last) = (Today { date, years }, &regimes.prospects[day.prospect]);
            if !last.holds(today, law, expected) {
                regimes.news += u64::from(!last.is_same_news(law, expected));
                let of = (rule, &regimes.trade);
                let mut prospect = Prospect::of(&model, of, today, law, expected);
                prospect.news = regimes.news;
                day.prospect = regimes.prospects.len();
                regimes.prospects.push(Arc::new(prospect));
            }
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
    fn rows_of_the_generator_sum_to_zero() {
        for credibility in [0.0, 0.4, 1.0] {
            let generator = rule().generator(credibility);
            for row in generator.chunks_exact(REGIMES) {
                assert!(row.iter().sum::<f64>().abs() < 1e-15);
            }
        }
    }
}
