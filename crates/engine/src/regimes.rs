//! Regimes of trade policy that markets believe in, and how likely each is.
//!
//! Two worlds: the status quo and escalation, each before and after a deal. The collected
//! rate of a flow is in the status quo that of the day; in escalation it has risen by what is
//! announced or threatened ([`crate::beliefs`]), of several such courses by the one that is
//! worth most; a deal takes back the share `deal_relief` of what either holds above the base
//! year. Announced cuts are a lottery of their own beside, on what firms earn in all of them.
//!
//! A pending announcement resolves on its day. It is carried out with the credibility
//! c of its government, unless it is withdrawn before at the hazard
//!
//! back-down hazard = `back_down` × (1 − c) a year,
//!
//! so each step of a rise that is to hold in τ years counts e^(−hazard τ) times what it is
//! worth. The weight of escalation is the largest worth over the rise announced; a rise that is worth
//! less counts by its own over the largest, so that the expected change of every flow is
//! kept.
//!
//! What is announced is believed with p, its government's credibility or a part of it for a
//! plan, and may have an end, or lie ahead. With believed levels `E_m` from `τ_m` to
//! `τ_(m+1)` years ahead, a course counts as much as a change for ever of
//!
//! `Σ_m E_m (left(τ_m) − left(τ_(m+1)))`,
//!
//! left(τ) being what is left after τ years of the value of a duty for ever: at the discount
//! less growth until its day, and at the rates below besides from then on. A duty of one day
//! is worth hardly anything but the doubt that it ends, and the day on which an announced
//! duty enters changes values by what was not known: whether it does.
//!
//! Part of the added duties is taken back, by a deal or without one, and comes again, at
//! constant rates a year:
//!
//! taken back: `deal` + `reversal` × (1 − c),   comes again: `breakdown`.
//!
//! Each of the two worlds has the rates of those whose duties it holds.
//!
//! A trade war is high duties on many fronts: its reach in a regime is
//!
//! min(1, share of trade hit / `war_breadth`) × (1 − Herfindahl index of what is hit by partner),
//!
//! the second factor being the chance that two dollars hit belong to different partners:
//! one partner alone makes no war, many do. A flow counts as hit from 10 points of duty
//! below `war_rate` above the base year to 10 above, by steps in proportion. A part of the
//! reach in the economy whose government makes the largest war reaches all others. Announced
//! cuts end a war with their weight.

mod prospect;
mod worth;

use std::sync::Arc;

use bevy_app::{App, Plugin};
use bevy_ecs::prelude::*;
use tradewinds_kernel::clock::Clock;
use tradewinds_kernel::maths::exp;
use tradewinds_kernel::phase::Phase;
use tradewinds_units::{DAYS_PER_YEAR, Date, days_after, days_between};

pub(crate) use self::prospect::felt;
use self::prospect::{Known, Today};
pub use self::prospect::{Prospect, World};
use crate::Tick;
use crate::base_trade::GoodsTrade;
use crate::beliefs::{BeliefSystems, Beliefs, Deeds, Stretch};
use crate::model::Model;

/// Number of believed regimes.
pub const REGIMES: usize = 4;
/// Index of the status quo.
pub const STATUS_QUO: usize = 0;
/// Index of escalation.
pub const ESCALATION: usize = 1;
/// Index of a deal about the duties of the status quo.
pub const DEAL: usize = 2;
/// Index of a deal about those of escalation.
pub const DEAL_AFTER: usize = 3;

/// Points of duty on either side of `war_rate` between which a flow counts in part.
const WAR_MARGIN: f64 = 0.1;

/// How regimes follow each other. Hazards are per year.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RegimeRule {
    /// At which a deal takes back part of the duties added since the base year.
    pub deal: f64,
    /// At which the same happens without a deal, for a government without credibility.
    pub reversal: f64,
    /// At which what was taken back comes again.
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

    /// Rate at which part of the added duties is taken back, at a credibility.
    fn relief_rate(&self, credibility: f64) -> f64 {
        self.deal + self.reversal * (1.0 - credibility)
    }

    /// The generator `[from][to]` at the credibility of those whose duties the status quo
    /// and escalation are. Both worlds have one law of motion: which of them it is, the day
    /// tells.
    pub fn generator(&self, credibility: [f64; 2]) -> [f64; REGIMES * REGIMES] {
        let breakdown = self.breakdown;
        let mut generator = [0.0; REGIMES * REGIMES];
        let worlds = [(STATUS_QUO, DEAL), (ESCALATION, DEAL_AFTER)];
        for ((from, deal), credibility) in worlds.into_iter().zip(credibility) {
            let relief = self.relief_rate(credibility);
            generator[from * REGIMES + from] = -relief;
            generator[from * REGIMES + deal] = relief;
            generator[deal * REGIMES + from] = breakdown;
            generator[deal * REGIMES + deal] = -breakdown;
        }
        generator
    }

    /// What is left after some years of the value of one a year for ever, of a duty that
    /// begins now and that deals take back, at a discount less growth and a credibility.
    fn left(&self, years: f64, (discount, credibility): (f64, f64)) -> f64 {
        if years.is_infinite() {
            return 0.0;
        }
        let relief = self.relief_rate(credibility);
        let ends = relief + self.breakdown;
        let lost = match ends > 0.0 {
            true => self.deal_relief * relief / ends,
            false => 0.0,
        };
        // What is lost of one a year after u years is `lost` (1 − e^(−ends u)).
        let (stays, returns) = ((1.0 - lost) / discount, lost / (discount + ends));
        let later = stays * exp(-discount * years) + returns * exp(-(discount + ends) * years);
        later / (stays + returns)
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
            let known = Known {
                law: model.law.on(date),
                expected: &[],
                words: &vec![
                    Deeds::default().credibility(&model.frictions.beliefs);
                    model.economy.economies
                ],
            };
            let first = Prospect::of(model, (rule, &regimes.trade), today, &known);
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
            weights: [1.0, 0.0, 0.0, 0.0],
        };
        let stretch = stretch_of(&beliefs.stretches, &clock, date);
        if let (Some(rule), Some(stretch)) = (rule, stretch) {
            let law = model.law.on(date);
            let expected = &beliefs.lasting[stretch.lasting.clone()];
            let years = days_between(clock.date(), date) as f64 / DAYS_PER_YEAR;
            let (today, last) = (Today { date, years }, &regimes.prospects[day.prospect]);
            let known = Known {
                law,
                expected,
                words: &stretch.words,
            };
            if !last.holds(today, &known) {
                regimes.news += u64::from(!last.is_same_news(&known));
                let of = (rule, &regimes.trade);
                let mut prospect = Prospect::of(&model, of, today, &known);
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

/// A rule with all of its rates above zero, for tests.
#[cfg(test)]
const SOME_RULE: RegimeRule = RegimeRule {
    deal: 0.15,
    reversal: 0.3,
    breakdown: 0.1,
    back_down: 12.0,
    deal_relief: 0.5,
    war_rate: 0.25,
    war_breadth: 0.4,
};

#[cfg(test)]
mod tests {
    use tradewinds_kernel::present_value::UnitValues;

    use super::SOME_RULE as RULE;
    use super::*;

    #[test]
    fn a_flow_is_hit_by_steps_around_the_rate_of_war() {
        for (added, hit) in [
            (0.0, 0.0),
            (0.15, 0.0),
            (0.2, 0.25),
            (0.25, 0.5),
            (0.4, 1.0),
        ] {
            assert!((RULE.hit(added) - hit).abs() < 1e-12, "{added}");
        }
        assert!(
            RegimeRule::none().hit(10.0).abs() < 1e-300,
            "no war without a rule"
        );
    }

    #[test]
    fn one_front_is_no_war_and_many_are() {
        let reach = |fronts: &[f64], trade: f64| RULE.reach(fronts.iter().copied(), trade);
        assert!(reach(&[], 10.0).abs() < 1e-300 && reach(&[8.0, 0.0], 10.0).abs() < 1e-15);
        // Half of trade is more than the breadth: what is left is one less the index.
        assert!((reach(&[2.5, 2.5], 10.0) - 0.5).abs() < 1e-15);
        assert!((reach(&[1.0; 5], 10.0) - 0.8).abs() < 1e-15);
        // A quarter of the breadth on four fronts.
        assert!((reach(&[0.25; 4], 10.0) - 0.25 * 0.75).abs() < 1e-15);
    }

    #[test]
    fn a_duty_that_deals_take_back_has_the_value_of_the_generator() {
        let (rule, discount, credibility) = (RULE, 0.06, 0.4);
        let net = [discount; REGIMES];
        let mut solver = UnitValues::default();
        let unit = solver
            .solve(&rule.generator([credibility; 2]), &net)
            .unwrap();
        // One a year in the status quo, what a deal leaves of it after one.
        let value = unit[STATUS_QUO] + (1.0 - rule.deal_relief) * unit[DEAL];
        let step = 1e-4;
        let mut sum = 0.0;
        for at in 0..200 {
            // Midpoints of years in which one a year is paid from then on.
            let years = f64::from(at) * 0.01;
            let of = |years: f64| rule.left(years, (discount, credibility));
            sum += of(years) - of(years + 0.01);
            let paid = (of(years) - of(years + step)) / step * value;
            let share = 1.0 - rule.deal_relief * taken_back(&rule, credibility, years);
            let known = exp(-discount * years) * share;
            assert!((paid - known).abs() < 1e-3, "{years} {paid} {known}");
        }
        assert!((sum - (1.0 - rule.left(2.0, (discount, credibility)))).abs() < 1e-12);
    }

    /// Probability that what began so many years ago is taken back, by small steps.
    fn taken_back(rule: &RegimeRule, credibility: f64, years: f64) -> f64 {
        let generator = rule.generator([credibility; 2]);
        let (out, back) = (
            generator[STATUS_QUO * REGIMES + DEAL],
            generator[DEAL * REGIMES + STATUS_QUO],
        );
        let steps = 2000;
        let dt = years / f64::from(steps);
        (0..steps).fold(0.0, |taken, _| {
            taken + dt * (out * (1.0 - taken) - back * taken)
        })
    }

    #[test]
    fn rows_of_the_generator_sum_to_zero() {
        for credibility in [0.0, 0.4, 1.0] {
            let generator = RULE.generator([credibility; 2]);
            for row in generator.chunks_exact(REGIMES) {
                assert!(row.iter().sum::<f64>().abs() < 1e-15);
            }
        }
    }
}
