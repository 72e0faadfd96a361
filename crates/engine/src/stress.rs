//! Stress: policy uncertainty, volatility, yields, the safe haven, and one index of all.
//!
//! Uncertainty of an economy has two parts, in standard deviations of the index of trade
//! policy uncertainty: what its own government stirs up and what others do. With L the
//! duty expected on its imports (on its exports for the other part): in force and
//! pending as far as it is believed ([`crate::regimes`]),
//!
//! u += `threat_shock` × ΔL when news raises L,   u −= `pause_share` × `threat_shock` × |ΔL| when it lowers it,
//!
//! and u fades by half in `half_life` years. An economy feels the larger of both, and the
//! share `spill` of the uncertainty where it is home-made and largest. Through the concave
//! g(u) = √u it delays plant ([`crate::investment::PolicyUncertainty`]) and takes a premium
//! on shares. Duties that came into force keep up a conflict of their size, which fades at
//! `acceptance`.
//!
//! ```text
//! ln VIX += −v × log return + (ln VIX₀ − ln VIX) × reversion, faster for some days after a reversal of policy
//! yield  = growth part + term premium;  d growth part = a × growth news,
//! term premium → p × g(u) where the source is at home, by its speed
//! haven  = g(u) × (source abroad − source at home)
//! stress = 0.4 drawdown of 10 days / 0.1 + 0.4 rise of the yield in 5 days / 40 bp + 0.2 (VIX − 20) / 30
//! ```
//!
//! The haven is a state of the reference money: it rises in stress that comes from
//! elsewhere and falls in stress of its own making. With `haven_response` it moves the
//! targets of exchange rates.

use bevy_app::{App, Plugin};
use bevy_ecs::prelude::*;
use tradewinds_kernel::clock::closing_share;
use tradewinds_kernel::maths::{exp, ln};
use tradewinds_kernel::phase::Phase;
use tradewinds_units::DAYS_PER_YEAR;

use crate::Tick;
use crate::currency::{Currencies, CurrencySystems};
use crate::equity::{Equities, EquitySystems};
use crate::investment::PolicyUncertainty;
use crate::model::Model;
use crate::monetary::set_policy_rates;
use crate::regimes::{ESCALATION, Prospect, RegimeDay, RegimeSystems, Regimes, believed, felt};

/// Days of the drawdown and of the change of the yield in the index of stress.
const DRAWDOWN_DAYS: usize = 10;
const YIELD_DAYS: usize = 5;
/// Days of trade for which volatility falls faster after a reversal.
const REVERSAL_DAYS: u32 = 10;
/// Fall of the duty expected that counts as a reversal of policy, share.
const REVERSAL: f64 = 0.02;

/// How stress moves.
#[derive(Debug, Clone, PartialEq)]
pub struct StressRule {
    /// Standard deviations of uncertainty per unit of duty expected.
    pub threat_shock: f64,
    /// Part of that which falling duties take back.
    pub pause_share: f64,
    /// Years in which uncertainty halves.
    pub half_life: f64,
    /// Speed at which duties in force become usual, per year.
    pub acceptance: f64,
    /// Share of the largest home-made uncertainty that all feel.
    pub spill: f64,
    /// Whether uncertainty delays investment.
    pub is_felt: bool,
    /// Level of volatility at rest.
    pub volatility: f64,
    /// Rise of log volatility per log return, v.
    pub volatility_response: f64,
    /// Part of its gap that log volatility closes in a day of trade.
    pub volatility_reversion: f64,
    /// The same in the days after a reversal of policy.
    pub volatility_relief: f64,
    /// Change of the yield per log of expected surplus, share a year, a.
    pub yield_growth: f64,
    /// Term premium per g(u) of home-made uncertainty, share a year, p.
    pub term_premium: f64,
    /// Speed of the term premium, per year.
    pub term_speed: f64,
    /// Log points of appreciation of the reference money per unit of the haven.
    pub haven_response: f64,
}

impl StressRule {
    /// Calm for ever.
    pub fn none() -> Self {
        Self {
            threat_shock: 0.0,
            pause_share: 0.0,
            half_life: f64::INFINITY,
            acceptance: 0.0,
            spill: 0.0,
            is_felt: false,
            volatility: 20.0,
            volatility_response: 0.0,
            volatility_reversion: 0.0,
            volatility_relief: 0.0,
            yield_growth: 0.0,
            term_premium: 0.0,
            term_speed: 0.0,
            haven_response: 0.0,
        }
    }

    /// Speeds at which uncertainty and conflict fade, per year.
    pub(crate) fn speeds(&self) -> [f64; 2] {
        [std::f64::consts::LN_2 / self.half_life, self.acceptance]
    }
}

/// The concave map of uncertainty to what it does.
pub fn concave(uncertainty: f64) -> f64 {
    uncertainty.max(0.0).sqrt()
}

/// What takes a premium on shares, mapped by g.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Unrest {
    /// Uncertainty.
    pub uncertainty: f64,
    /// Conflict that duties in force keep up.
    pub conflict: f64,
    /// The same after announced cuts.
    pub after_cut: f64,
    /// The same after pending rises.
    pub after_rise: f64,
}

/// Policy uncertainty by source.
#[derive(Resource, Debug, Clone, Default, PartialEq)]
pub struct Uncertainty {
    /// Made by the own government, `[n]`, standard deviations.
    pub own: Vec<f64>,
    /// Made by others, `[n]`, standard deviations.
    pub abroad: Vec<f64>,
    /// Unrest on each day of the tick, `[day][n]`.
    pub by_day: Vec<Vec<Unrest>>,
    /// Uncertainty on each day of the tick, `[day][n]`, standard deviations.
    pub level: Vec<Vec<f64>>,
    /// Share of it that is home-made on each day, `[day][n]`.
    pub home: Vec<Vec<f64>>,
    /// Share that the own government has in the news that markets price on each day,
    /// `[day][n]`: in how far duties expected changed since they were last open.
    pub news_at_home: Vec<Vec<f64>>,
    /// Whether each day reverses policy, `[day]`.
    pub reversal: Vec<bool>,
    /// The same as `by_day` at the end of the tick before, `[n]`.
    pub before: Vec<Unrest>,
    /// Duties that are not yet usual: own, of others, `[n]`, share.
    conflict: [Vec<f64>; 2],
    /// Changes of duties expected since markets were open: own, of others, `[n]`.
    moved: [Vec<f64>; 2],
    /// Duty in force and expected: own, of others, `[n]`.
    expected: [Vec<f64>; 2],
    in_force: [Vec<f64>; 2],
    /// News it holds, by number.
    news: Option<u64>,
}

/// Stress of each economy at the end of a day.
#[derive(Debug, Clone, PartialEq)]
pub struct StressDay {
    /// Volatility index, `[n]`.
    pub volatility: Vec<f64>,
    /// Yield of ten years less that of the base year, `[n]`, share a year.
    pub yield_change: Vec<f64>,
    /// Policy uncertainty, `[n]`, standard deviations.
    pub uncertainty: Vec<f64>,
    /// Share of it made at home, `[n]`.
    pub home: Vec<f64>,
    /// Haven: positive where stress comes from abroad, `[n]`.
    pub haven: Vec<f64>,
    /// Index of stress, `[n]`.
    pub stress: Vec<f64>,
    /// Shares are down over ten days while yields are up over five, `[n]`.
    pub is_joint: Vec<bool>,
}

/// Markets under stress: one entry for each day of [`Equities::days`].
#[derive(Resource, Debug, Clone, Default, PartialEq)]
pub struct Stress {
    /// Days of trade of this tick.
    pub days: Vec<StressDay>,
    log_volatility: Vec<f64>,
    growth_part: Vec<f64>,
    term_part: Vec<f64>,
    relief: u32,
    /// Index levels and yields of past days, oldest first, `[day][n]`.
    levels: Vec<Vec<f64>>,
    yields: Vec<Vec<f64>>,
}

/// Follows stress. Add after investment, regimes and equity.
pub struct StressPlugin;

impl Plugin for StressPlugin {
    fn build(&self, app: &mut App) {
        let model = app.world().resource::<Model>();
        let economies = model.economy.economies;
        let zero = vec![0.0; economies];
        let uncertainty = Uncertainty {
            own: zero.clone(),
            abroad: zero.clone(),
            before: vec![Unrest::default(); economies],
            conflict: [zero.clone(), zero.clone()],
            moved: [zero.clone(), zero.clone()],
            expected: [zero.clone(), zero.clone()],
            in_force: [zero.clone(), zero.clone()],
            ..Uncertainty::default()
        };
        let calm = ln(model.frictions.stress.volatility);
        let stress = Stress {
            log_volatility: vec![calm; economies],
            growth_part: zero.clone(),
            term_part: zero,
            ..Stress::default()
        };
        app.insert_resource(uncertainty)
            .insert_resource(stress)
            .add_systems(
                Tick,
                (
                    follow_uncertainty
                        .in_set(Phase::FormExpectations)
                        .after(RegimeSystems),
                    read_markets.in_set(Phase::Settle).after(EquitySystems),
                    seek_haven
                        .in_set(Phase::OpenPeriod)
                        .after(set_policy_rates)
                        .before(CurrencySystems),
                ),
            );
    }
}

/// Part of what concerns each economy that stems from its own government: `own` beside
/// the larger of `abroad` and the share `spill` of the largest `own` elsewhere, `[n]`.
fn share_of(own: &[f64], abroad: &[f64], spill: f64) -> Vec<f64> {
    (0..own.len())
        .map(|n| {
            let others = (0..own.len()).filter(|other| *other != n);
            let largest = others.map(|other| own[other]).fold(0.0, f64::max);
            let total = own[n] + abroad[n].max(spill * largest);
            if total > 0.0 { own[n] / total } else { 0.0 }
        })
        .collect()
}

/// Uncertainty by day, from the news of the tick.
fn follow_uncertainty(
    model: Res<Model>,
    regimes: Res<Regimes>,
    mut uncertainty: ResMut<Uncertainty>,
    mut felt_by_firms: ResMut<PolicyUncertainty>,
) {
    if believed(&model).is_none() {
        return;
    }
    let rule = &model.frictions.stress;
    let state = &mut *uncertainty;
    if let Some(last) = state.by_day.last() {
        state.before.clone_from(last);
    }
    state.by_day.clear();
    state.level.clear();
    state.home.clear();
    state.news_at_home.clear();
    state.reversal.clear();
    let Some(first) = regimes.prospects.first() else {
        return;
    };
    if state.news.is_none() {
        // The law of the day before the first is what is usual.
        state.in_force = [first.added.clone(), first.added_abroad.clone()];
        state.expected = state.in_force.clone();
        state.news = Some(first.news);
    }
    let [fading, acceptance] = rule.speeds();
    let a_day = 1.0 / DAYS_PER_YEAR;
    let (kept, unusual) = (exp(-fading * a_day), exp(-acceptance * a_day));
    let economies = state.own.len();
    let mut sums = vec![0.0; economies];
    for day in &regimes.days {
        for level in state.own.iter_mut().chain(&mut state.abroad) {
            *level *= kept;
        }
        for conflict in state.conflict.iter_mut().flatten() {
            *conflict *= unusual;
        }
        let reversal = state.hear(rule, &regimes, day);
        state.reversal.push(reversal);
        let [own, abroad] = &mut state.moved;
        state.news_at_home.push(share_of(own, abroad, rule.spill));
        if day.is_open {
            own.fill(0.0);
            abroad.fill(0.0);
        }
        let level = felt(&state.own, &state.abroad, rule.spill);
        let g = state.unrest(rule, &level, &regimes.prospects[day.prospect]);
        for (sum, g) in sums.iter_mut().zip(&g) {
            *sum += g.uncertainty;
        }
        state.home.push(state.share_at_home(rule.spill));
        state.level.push(level);
        state.by_day.push(g);
    }
    if rule.is_felt && !regimes.days.is_empty() {
        let days = regimes.days.len() as f64;
        for (felt, sum) in felt_by_firms.0.iter_mut().zip(&sums) {
            *felt = sum / days;
        }
    }
}

impl Uncertainty {
    /// Takes in the news of a day; tells whether it reverses policy.
    fn hear(&mut self, rule: &StressRule, regimes: &Regimes, day: &RegimeDay) -> bool {
        let prospect = &regimes.prospects[day.prospect];
        let weight = day.weights[ESCALATION];
        let in_force = [&prospect.added, &prospect.added_abroad];
        let pending = [&prospect.own, &prospect.abroad];
        let cut = [&prospect.cut, &prospect.cut_abroad];
        let is_news = self.news != Some(prospect.news);
        let mut fall = 0.0_f64;
        for part in 0..2 {
            for n in 0..self.own.len() {
                let expected = in_force[part][n] + weight * pending[part][n] + cut[part][n];
                let change = expected - self.expected[part][n];
                self.expected[part][n] = expected;
                // What a date coming nearer makes more likely was known.
                if !is_news {
                    continue;
                }
                let level = if part == 0 {
                    &mut self.own[n]
                } else {
                    &mut self.abroad[n]
                };
                self.moved[part][n] += change.abs();
                let size = if change > 0.0 { 1.0 } else { rule.pause_share };
                *level = (*level + size * rule.threat_shock * change).max(0.0);
                let enacted = in_force[part][n] - self.in_force[part][n];
                self.in_force[part][n] = in_force[part][n];
                let conflict = &mut self.conflict[part][n];
                *conflict = (*conflict + enacted).max(0.0);
                if part == 0 {
                    fall = fall.max(-change);
                }
            }
        }
        self.news = Some(prospect.news);
        fall > REVERSAL
    }

    /// Unrest of each economy at a level of uncertainty, and what it would be after what is
    /// announced.
    fn unrest(&self, rule: &StressRule, level: &[f64], prospect: &Prospect) -> Vec<Unrest> {
        let [own, abroad] = &self.conflict;
        let after = |changes: [&[f64]; 2]| {
            let moved = |conflict: &[f64], change: &[f64]| -> Vec<f64> {
                let pairs = conflict.iter().zip(change);
                pairs
                    .map(|(conflict, change)| (conflict + change).max(0.0))
                    .collect()
            };
            felt(
                &moved(own, changes[0]),
                &moved(abroad, changes[1]),
                rule.spill,
            )
        };
        let conflict = felt(own, abroad, rule.spill);
        let after_cut = after([&prospect.calmed[0], &prospect.calmed[1]]);
        let after_rise = after([&prospect.own, &prospect.abroad]);
        let of = |conflict: f64| concave(rule.threat_shock * conflict);
        (0..level.len())
            .map(|n| Unrest {
                uncertainty: concave(level[n]),
                conflict: of(conflict[n]),
                after_cut: of(after_cut[n]),
                after_rise: of(after_rise[n]),
            })
            .collect()
    }

    /// Part of the uncertainty of each economy that its own government makes.
    fn share_at_home(&self, spill: f64) -> Vec<f64> {
        share_of(&self.own, &self.abroad, spill)
    }
}

/// Volatility, yields, the haven and the index of stress on each day of trade.
fn read_markets(
    model: Res<Model>,
    regimes: Res<Regimes>,
    uncertainty: Res<Uncertainty>,
    equities: Res<Equities>,
    mut stress: ResMut<Stress>,
) {
    if believed(&model).is_none() {
        return;
    }
    let rule = &model.frictions.stress;
    let stress = &mut *stress;
    stress.days.clear();
    let open = regimes
        .days
        .iter()
        .enumerate()
        .filter(|(_, day)| day.is_open);
    for ((at, _), market) in open.zip(&equities.days) {
        if uncertainty.reversal[at] {
            stress.relief = REVERSAL_DAYS;
        }
        let g: Vec<f64> = uncertainty.by_day[at]
            .iter()
            .map(|g| g.uncertainty)
            .collect();
        let day = stress.close(
            rule,
            (&market.level, &market.change, &market.growth_news),
            (&uncertainty.level[at], &g, &uncertainty.home[at]),
        );
        stress.relief = stress.relief.saturating_sub(1);
        stress.days.push(day);
    }
}

/// The haven of the last day of trade moves the targets of exchange rates.
fn seek_haven(model: Res<Model>, stress: Res<Stress>, mut currencies: ResMut<Currencies>) {
    let response = model.frictions.stress.haven_response;
    let currency = &model.frictions.currency;
    let (Some(reference), Some(last)) = (currency.reference, stress.days.last()) else {
        return;
    };
    if response == 0.0 {
        return;
    }
    let haven = response * last.haven[reference];
    for n in (0..currencies.shift.len()).filter(|n| *n != reference) {
        currencies.shift[n] = currency.flexibility[n] * haven;
    }
}

impl Stress {
    fn close(
        &mut self,
        rule: &StressRule,
        (level, change, growth): (&[f64], &[f64], &[f64]),
        (uncertainty, g, home): (&[f64], &[f64], &[f64]),
    ) -> StressDay {
        let calm = ln(rule.volatility);
        let closing = match self.relief > 0 {
            true => rule.volatility_relief,
            false => rule.volatility_reversion,
        };
        let term = closing_share(rule.term_speed, 1.0 / 252.0);
        for n in 0..level.len() {
            let volatility = &mut self.log_volatility[n];
            *volatility += closing * (calm - *volatility) - rule.volatility_response * change[n];
            self.growth_part[n] += rule.yield_growth * growth[n];
            let wanted = rule.term_premium * g[n] * home[n];
            self.term_part[n] += term * (wanted - self.term_part[n]);
        }
        let yields: Vec<f64> = (self.growth_part.iter().zip(&self.term_part))
            .map(|(growth, term)| growth + term)
            .collect();
        remember(&mut self.levels, level, DRAWDOWN_DAYS);
        remember(&mut self.yields, &yields, YIELD_DAYS + 1);
        let moved = |n: usize| {
            let highest = self
                .levels
                .iter()
                .fold(0.0_f64, |most, day| most.max(day[n]));
            let drawdown = if highest > 0.0 {
                1.0 - level[n] / highest
            } else {
                0.0
            };
            (drawdown, yields[n] - self.yields[0][n])
        };
        let index = |n: usize| {
            let (drawdown, rise) = moved(n);
            let volatility = exp(self.log_volatility[n]);
            0.4 * drawdown / 0.1 + 0.4 * rise / 0.004 + 0.2 * (volatility - 20.0) / 30.0
        };
        StressDay {
            stress: (0..level.len()).map(index).collect(),
            is_joint: (0..level.len())
                .map(moved)
                .map(|(drawdown, rise)| drawdown > 0.0 && rise > 0.0)
                .collect(),
            volatility: self.log_volatility.iter().map(|log| exp(*log)).collect(),
            yield_change: yields.clone(),
            uncertainty: uncertainty.to_vec(),
            home: home.to_vec(),
            haven: (g.iter().zip(home))
                .map(|(g, home)| g * (1.0 - 2.0 * home))
                .collect(),
        }
    }
}

fn remember(past: &mut Vec<Vec<f64>>, today: &[f64], days: usize) {
    past.push(today.to_vec());
    if past.len() > days {
        past.remove(0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule() -> StressRule {
        StressRule {
            volatility_response: 4.7,
            volatility_reversion: 0.034,
            volatility_relief: 0.15,
            yield_growth: 0.06,
            term_premium: 0.0012,
            term_speed: 60.0,
            ..StressRule::none()
        }
    }

    fn stress() -> Stress {
        Stress {
            log_volatility: vec![ln(20.0)],
            growth_part: vec![0.0],
            term_part: vec![0.0],
            ..Stress::default()
        }
    }

    #[test]
    fn volatility_rises_as_shares_fall_and_falls_faster_after_a_reversal() {
        let fell = |relief: u32| {
            let mut state = stress();
            state.log_volatility[0] = ln(50.0);
            state.relief = relief;
            let day = state.close(&rule(), (&[1.0], &[0.0], &[0.0]), (&[0.0], &[0.0], &[0.0]));
            day.volatility[0]
        };
        assert!(fell(5) < fell(0) && fell(0) < 50.0);
        let day = stress().close(&rule(), (&[0.9], &[-0.1], &[0.0]), (&[0.0], &[0.0], &[0.0]));
        assert!((day.volatility[0] / (20.0 * exp(0.47)) - 1.0).abs() < 1e-12);
    }

    #[test]
    fn stress_of_own_making_lifts_yields_that_weak_growth_had_lowered() {
        let mut state = stress();
        let first = state.close(
            &rule(),
            (&[0.95], &[-0.05], &[-0.05]),
            (&[12.0], &[3.5], &[1.0]),
        );
        assert!(first.yield_change[0] < 0.0, "{first:?}");
        let mut last = first;
        for _ in 0..10 {
            last = state.close(
                &rule(),
                (&[0.95], &[0.0], &[0.0]),
                (&[12.0], &[3.5], &[1.0]),
            );
        }
        assert!(
            last.yield_change[0] > 0.0 && last.haven[0] < 0.0,
            "{last:?}"
        );
        let mut abroad = stress();
        for _ in 0..10 {
            last = abroad.close(
                &rule(),
                (&[0.95], &[0.0], &[0.0]),
                (&[12.0], &[3.5], &[0.0]),
            );
        }
        assert!(
            last.yield_change[0].abs() < 1e-15 && last.haven[0] > 0.0,
            "{last:?}"
        );
    }
}
