//! One quota: what is used, what may still enter, what a licence costs.

use std::collections::VecDeque;

use tradewinds_kernel::clock::Clock;
use tradewinds_kernel::maths::{exp, ln};
use tradewinds_units::Date;

use super::{Allocation, PROHIBITIVE, QuotaRule};
use crate::customs::QuotaRate;

/// Excess of entries over the volume, as a share of it, that is rounding.
const ROUNDING: f64 = 1e-12;

/// A flow to which a quota is open today.
#[derive(Debug, Clone, PartialEq)]
pub struct QuotaFlow {
    /// The flow, `[n][i][s]`.
    pub flow: usize,
    /// Index of the measure that owns the rate above the volume.
    pub measure: u32,
    /// Share of the flow to which it is open in law.
    pub share: f64,
    /// Share of what enters in this tick that is under the quota.
    pub covered: f64,
    /// The same of what was loaded, the last tick first.
    loaded: VecDeque<f64>,
    /// What the flow pays on top when all of that share enters above the volume
    /// (share of its price at the border).
    pub gap: f64,
    /// What it is offered on top in this tick (share of its price at the border).
    pub on_top: f64,
    /// Rent of this tick, USD bn a year.
    pub rent: f64,
}

/// Ticks that no route is longer than under way, for what is remembered of orders.
const LONGEST: usize = 512;

impl QuotaFlow {
    /// Share of orders under the quota, where `dearer` is what the price of a licence
    /// leaves of their demand.
    pub(super) fn ordered(&self, dearer: f64) -> f64 {
        let demand = self.share * dearer;
        demand / (1.0 - self.share + demand)
    }

    /// What the flow pays on top when all that enters under the quota enters above it.
    pub(super) fn gap_of_covered(&self) -> f64 {
        if self.share > 0.0 {
            self.gap * (self.covered / self.share)
        } else {
            self.gap
        }
    }

    /// Notes what is loaded when only a part of the licences applied for is granted.
    pub(super) fn load(&mut self, ordered: f64, granted: f64) {
        let licensed = ordered * granted;
        self.loaded
            .push_front(licensed / (1.0 - ordered + licensed));
        self.loaded.truncate(LONGEST);
    }

    /// Sets the share under the quota of what enters, loaded some ticks ago: whole
    /// ticks, and the part of a shipment that takes one more.
    pub(super) fn arrives(&mut self, ticks: Option<(usize, f64)>, dearer: f64) {
        let Some((whole, part)) = ticks else {
            self.covered = self.ordered(dearer);
            return;
        };
        // The orders of this tick are not placed yet.
        let loaded = |ticks: usize| {
            let known = self.loaded.get(ticks.saturating_sub(1));
            known.copied().unwrap_or(self.share)
        };
        self.covered = (1.0 - part) * loaded(whole) + part * loaded(whole + 1);
    }
}

/// A quota as it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct QuotaState {
    /// Its terms.
    pub rule: QuotaRule,
    /// Flows to which it is open today; none while it is not in force.
    pub flows: Vec<QuotaFlow>,
    /// Entered within the volume in this quota period.
    pub used: f64,
    /// Years from the start of the run to the moment at which the volume was used up
    /// in this quota period.
    pub filled_at: Option<f64>,
    /// Entered this tick, a year, inside and outside the volume.
    pub entered: f64,
    /// Entered within the volume this tick, a year.
    pub inside: f64,
    /// Price of a licence (share of the price at the border of the goods it is for).
    pub premium: f64,
    /// What importers with stocks wanted to order this tick, a year.
    pub(super) applied_for: f64,
    /// Licences issued in this quota period.
    issued: f64,
    /// Entered in a tick within the volume, a year.
    entered_inside: f64,
    /// First day of the quota period that started last.
    period: Option<Date>,
}

impl QuotaState {
    /// A quota before its first day, with what enters a year in the base year.
    pub(super) fn new(rule: QuotaRule, entered: f64) -> Self {
        Self {
            flows: Vec::new(),
            used: 0.0,
            filled_at: None,
            entered: 0.0,
            inside: 0.0,
            premium: 0.0,
            applied_for: 0.0,
            issued: 0.0,
            entered_inside: entered,
            period: None,
            rule,
        }
    }

    /// Takes in to what it is open; a quota that closes is forgotten.
    pub(super) fn opens_to<'a>(&mut self, parts: impl Iterator<Item = &'a QuotaRate>) {
        let known = std::mem::take(&mut self.flows);
        let flow = |part: &QuotaRate| {
            let same = known
                .iter()
                .find(|one| (one.flow, one.measure) == (part.flow as usize, part.measure));
            QuotaFlow {
                flow: part.flow as usize,
                measure: part.measure,
                share: part.share,
                covered: part.share,
                loaded: same.map_or_else(VecDeque::new, |one| one.loaded.clone()),
                gap: part.gap,
                on_top: 0.0,
                rent: 0.0,
            }
        };
        self.flows = parts.map(flow).collect();
        if self.flows.is_empty() {
            let usual = self.entered_inside;
            *self = Self::new(self.rule.clone(), usual);
        }
    }

    /// Volume of a quota period.
    pub fn volume_of_period(&self) -> f64 {
        self.rule.volume / f64::from(self.rule.periods)
    }

    /// What the price of a licence leaves of demand, against goods that need none.
    pub(super) fn dearer(&self, elasticity: f64) -> f64 {
        if self.premium > 0.0 && elasticity > 0.0 {
            exp(-elasticity * ln(1.0 + self.premium))
        } else {
            1.0
        }
    }

    /// Share of what entered this tick that entered above the volume.
    pub(super) fn share_above(&self) -> f64 {
        if self.entered > 0.0 {
            1.0 - self.inside / self.entered
        } else {
            0.0
        }
    }

    /// Starts a quota period in the tick that holds its first day, and issues the
    /// licences of the tick.
    pub(super) fn open(&mut self, clock: &Clock) {
        let last = clock.end().yesterday().unwrap_or(clock.date());
        let period = Some(period_start(&self.rule, last.max(clock.date())));
        if self.period != period {
            self.period = period;
            // What waits in bond uses the licences of the new period.
            let waiting = match self.rule.allocation {
                Allocation::Licences => (self.used - self.issued).max(0.0),
                Allocation::FirstCome => 0.0,
            };
            (self.used, self.issued, self.filled_at) = (waiting, 0.0, None);
        }
        let all = self.volume_of_period();
        self.issued = (self.issued + self.rule.volume * clock.dt()).min(all);
    }

    /// Sets what each flow is offered on top of the rate within the quota.
    pub(super) fn offer(&mut self, dt: f64) {
        let above = 1.0 - self.time_inside(dt);
        for open in &mut self.flows {
            open.on_top = match self.rule.allocation {
                Allocation::FirstCome => above * open.gap_of_covered(),
                Allocation::Licences if self.rule.is_absolute => self.premium * open.covered,
                Allocation::Licences => {
                    (self.premium * open.covered).min(open.gap_of_covered().max(0.0))
                }
            };
        }
    }

    /// Share of the tick before the volume is used up, first come, first served.
    fn time_inside(&self, dt: f64) -> f64 {
        let (left, wanted) = (self.left(), self.entered_inside * dt);
        if wanted > left { left / wanted } else { 1.0 }
    }

    /// What may still enter within the volume.
    fn left(&self) -> f64 {
        let open = match self.rule.allocation {
            Allocation::FirstCome => self.volume_of_period(),
            Allocation::Licences => self.issued,
        };
        (open - self.used).max(0.0)
    }

    /// Counts what entered this tick, of it what no importer holds in stock, both a
    /// year, and sets the premium of the next tick.
    pub(super) fn count(&mut self, (entered, straight): (f64, f64), speed: f64, clock: &Clock) {
        if self.flows.is_empty() {
            return;
        }
        let dt = clock.dt();
        let (left, units) = (self.left(), entered * dt);
        let time_inside = self.time_inside(dt);
        // At rest the price keeps entries at the volume up to rounding.
        let is_all_inside = units <= left * (1.0 + ROUNDING);
        let inside = if self.waits_in_bond() {
            units
        } else {
            units.min(left)
        };
        self.used += inside;
        self.entered = entered;
        self.inside = if is_all_inside || self.waits_in_bond() {
            entered
        } else {
            inside / dt
        };
        if self.rule.allocation == Allocation::FirstCome {
            if time_inside < 1.0 && self.filled_at.is_none() {
                self.filled_at = Some(clock.years_at_end() - (1.0 - time_inside) * dt);
            } else if time_inside >= 1.0 {
                self.entered_inside = entered;
            }
        } else {
            let excess = (self.applied_for + straight) / self.rule.volume - 1.0;
            if excess.abs() > ROUNDING {
                let highest = self.highest_premium();
                self.premium = (self.premium + speed * dt * excess).clamp(0.0, highest);
            }
        }
    }

    /// Whether goods without a licence wait for the next ones: a licence costs less
    /// than the duty above the volume, so that nobody pays that duty.
    fn waits_in_bond(&self) -> bool {
        self.rule.allocation == Allocation::Licences && self.premium < self.highest_premium()
    }

    /// Price of a licence at which paying the rate above the volume costs the same.
    fn highest_premium(&self) -> f64 {
        if self.rule.is_absolute {
            return PROHIBITIVE;
        }
        let open = self.flows.iter().filter(|open| open.share > 0.0);
        open.map(|open| open.gap / open.share).fold(0.0, f64::max)
    }
}

/// First day of the quota period that holds `day`.
fn period_start(rule: &QuotaRule, day: Date) -> Date {
    let (month, first) = rule.year_starts;
    let periods = rule.periods.clamp(1, 12) as i16;
    let step = 12 / periods;
    let starts = |year: i16| {
        (0..periods).map(move |period| {
            let months = i16::from(month) - 1 + period * step;
            Date::new(year + months / 12, (months % 12) as i8 + 1, first).unwrap_or(day)
        })
    };
    let mut all = starts(day.year() - 1).chain(starts(day.year()));
    all.rfind(|start| *start <= day).unwrap_or(day)
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "these figures are exact")]
mod tests {
    use super::super::RentHolder;
    use super::*;
    use tradewinds_kernel::clock::TickLength;

    fn state(volume: f64, allocation: Allocation) -> QuotaState {
        let rule = QuotaRule {
            volume,
            year_starts: (4, 1),
            periods: 1,
            allocation,
            holder: RentHolder::Importer,
            is_absolute: false,
        };
        let mut state = QuotaState::new(rule, 52.0);
        state.opens_to(std::iter::once(&QuotaRate {
            quota: 0,
            flow: 0,
            measure: 0,
            share: 0.5,
            gap: 0.175,
        }));
        state
    }

    fn clock(start: &str) -> Clock {
        Clock::new(start.parse().unwrap(), TickLength::Days(7))
    }

    fn entered(quota: &mut QuotaState, entered: f64, clock: &Clock) {
        quota.count((entered, entered), 4.0, clock);
    }

    #[test]
    fn the_tick_that_fills_the_volume_is_split_by_time() {
        let clock = clock("2025-04-01");
        let dt = clock.dt();
        let mut quota = state(52.0 * dt * 1.25, Allocation::FirstCome);
        quota.open(&clock);
        quota.offer(dt);
        assert_eq!(quota.flows[0].on_top, 0.0);
        entered(&mut quota, 52.0, &clock);
        assert!((quota.time_inside(dt) - 0.25).abs() < 1e-12);
        quota.offer(dt);
        assert!((quota.flows[0].on_top - 0.75 * 0.175).abs() < 1e-12);
        entered(&mut quota, 40.0, &clock);
        assert!((quota.used - quota.rule.volume).abs() < 1e-15);
        // 13 of 40 a year fit in: 27 of 40 are above.
        assert!((quota.share_above() - 27.0 / 40.0).abs() < 1e-12);
        assert!((quota.filled_at.unwrap() - 0.25 * dt).abs() < 1e-12);
        assert_eq!(quota.time_inside(dt), 0.0);
    }

    #[test]
    fn use_starts_anew_in_the_week_that_holds_the_first_day_of_the_quota_year() {
        let mut clock = clock("2025-03-17");
        let mut quota = state(100.0, Allocation::FirstCome);
        let mut used = Vec::new();
        for _ in 0..4 {
            quota.open(&clock);
            used.push(quota.used);
            entered(&mut quota, 52.0, &clock);
            clock.advance();
        }
        assert!(used[1] > 0.9 && used[3] > 0.9, "{used:?}");
        assert_eq!(used[2], 0.0, "the week of 31 March to 6 April");
    }

    #[test]
    fn a_quota_year_of_four_periods_has_a_quarter_of_the_volume_in_each() {
        let mut quota = state(100.0, Allocation::FirstCome);
        quota.rule.periods = 4;
        assert_eq!(quota.volume_of_period(), 25.0);
        let start = |day: &str| period_start(&quota.rule, day.parse().unwrap()).to_string();
        assert_eq!(start("2025-03-31"), "2025-01-01");
        assert_eq!(start("2025-06-30"), "2025-04-01");
        assert_eq!(start("2025-07-01"), "2025-07-01");
        assert_eq!(start("2025-12-31"), "2025-10-01");
    }

    #[test]
    fn the_premium_rises_with_excess_applications_and_stays_in_its_bounds() {
        let clock = clock("2025-04-01");
        let mut quota = state(10.0, Allocation::Licences);
        quota.open(&clock);
        entered(&mut quota, 5.0, &clock);
        assert_eq!(quota.premium, 0.0);
        entered(&mut quota, 11.0, &clock);
        assert!((quota.premium - 4.0 * clock.dt() * 0.1).abs() < 1e-15);
        for _ in 0..100 {
            entered(&mut quota, 60.0, &clock);
        }
        // 0.175 on the flow, half of which is under the quota.
        assert_eq!(quota.premium, 0.35);
        quota.rule.is_absolute = true;
        for _ in 0..100 {
            entered(&mut quota, 60.0, &clock);
        }
        assert_eq!(quota.premium, PROHIBITIVE);
    }

    #[test]
    fn dear_licences_shift_orders_to_goods_that_need_none_and_these_enter_later() {
        let clock = clock("2025-04-01");
        let mut quota = state(10.0, Allocation::Licences);
        quota.premium = 0.25;
        // Half of the flow at 1.25 ^ -2 = 0.64: 0.32 of 0.82.
        let dearer = quota.dearer(2.0);
        let open = &mut quota.flows[0];
        assert!((open.ordered(dearer) - 0.32 / 0.82).abs() < 1e-14);
        // Of these half are granted: 0.16 of 0.66.
        open.load(open.ordered(dearer), 0.5);
        open.arrives(Some((2, 0.5)), dearer);
        assert_eq!(open.covered, 0.5, "loaded before");
        open.load(0.5, 1.0);
        open.arrives(Some((2, 0.5)), dearer);
        let mean = 0.5 * (0.16 / 0.66) + 0.5 * 0.5;
        assert!((open.covered - mean).abs() < 1e-14);
        quota.offer(clock.dt());
        // A gap of 0.175 on half of the flow is 0.35 of the goods under the quota.
        assert!((quota.flows[0].on_top - 0.25 * mean).abs() < 1e-14);
    }

    #[test]
    fn a_quota_that_closes_costs_nothing_and_counts_nothing() {
        let clock = clock("2025-04-01");
        let mut quota = state(10.0, Allocation::Licences);
        quota.open(&clock);
        entered(&mut quota, 60.0, &clock);
        assert!(quota.premium > 0.0);
        quota.opens_to(std::iter::empty());
        quota.open(&clock);
        quota.offer(clock.dt());
        entered(&mut quota, 60.0, &clock);
        assert_eq!((quota.premium, quota.used, quota.entered), (0.0, 0.0, 0.0));
    }

    #[test]
    fn nobody_pays_the_duty_above_the_volume_while_a_licence_costs_less() {
        let clock = clock("2025-04-01");
        let mut quota = state(10.0, Allocation::Licences);
        quota.open(&clock);
        quota.offer(clock.dt());
        entered(&mut quota, 60.0, &clock);
        assert_eq!(quota.share_above(), 0.0, "they wait in bond");
        assert!(quota.used > quota.issued);
        while quota.premium < 0.35 {
            entered(&mut quota, 60.0, &clock);
        }
        quota.offer(clock.dt());
        entered(&mut quota, 60.0, &clock);
        assert!(quota.share_above() > 0.0);
        let open = &quota.flows[0];
        assert!(open.on_top >= quota.share_above() * open.gap_of_covered());
    }
}
