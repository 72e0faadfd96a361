//! Tariff-rate quotas: a lower duty up to a volume a year, the full duty above it.
//!
//! A quota belongs to an importer and to the flows of its claimants (one origin, or
//! a group that shares the volume). Within a tick
//!
//! inside = min(entered, what may still enter), pro rata across claimants,
//! duty owed = in-quota rate × inside + law's rate × the rest.
//!
//! Use adds up over the quota year and starts anew in the tick that holds its first
//! day. What buyers are offered depends on who may use the volume:
//!
//! - **First come, first served.** Everybody pays the in-quota rate until the
//!   volume is used up, and the law's rate from then on. A tick in which that
//!   happens has both, weighted by time.
//! - **Licences**, issued evenly over the year. The landed price clears the market:
//!   in-quota rate + premium, with premium between 0 (quota not filled) and the
//!   difference of the two rates (over quota); between them the quota binds:
//!   d premium / dt = speed × (entered / volume − 1).
//!
//! What buyers pay above the duty owed is the quota rent, which goes to importers,
//! to exporters or, by auction, to the treasury.
//!
//! Quantities are in USD bn at base-year prices at the factory gate.

use bevy_app::{App, Plugin};
use bevy_ecs::prelude::*;
use tradewinds_kernel::clock::Clock;
use tradewinds_kernel::phase::Phase;
use tradewinds_units::Date;

use crate::Tick;
use crate::customs::{CustomsSystems, DutiesCharged, RatesInForce};
use crate::household::Incomes;
use crate::model::Model;
use crate::trade::{PaymentSystems, Shipments};

/// Excess of entries over the volume, as a share of it, that is rounding.
const ROUNDING: f64 = 1e-12;

/// Who may use the volume of a quota.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Allocation {
    /// Whoever comes first.
    FirstCome,
    /// Who holds a licence.
    Licences {
        /// Growth of the premium per unit of excess use, share of the price per year;
        /// below about 50 / elasticity for a weekly tick.
        premium_speed: f64,
    },
}

/// Who receives the quota rent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RentHolder {
    /// Owners of firms in the importing economy.
    Importer,
    /// Owners of firms in the exporting economy.
    Exporter,
    /// The treasury of the importing economy, which auctions licences.
    Government,
}

/// A tariff-rate quota.
#[derive(Debug, Clone, PartialEq)]
pub struct QuotaRule {
    /// Flows that share the volume, `[n][i][s]`, all of one importer.
    pub flows: Vec<usize>,
    /// Duty within the volume (share of the price at the border).
    pub inside_rate: f64,
    /// Volume of a quota year, USD bn at base-year prices at the factory gate.
    pub volume: f64,
    /// Month and day on which the quota year starts.
    pub year_starts: (i8, i8),
    /// Who may use the volume.
    pub allocation: Allocation,
    /// Who receives the rent.
    pub holder: RentHolder,
}

/// Runs tariff-rate quotas. Add after [`crate::baseline`].
#[derive(Debug, Clone, PartialEq, Default)]
pub struct QuotaPlugin {
    /// The quotas; a flow is in one of them at most.
    pub rules: Vec<QuotaRule>,
}

/// The system that sets the rate offered under quotas.
#[derive(SystemSet, Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct QuotaSystems;

/// A quota as it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct QuotaState {
    /// Its terms.
    pub rule: QuotaRule,
    /// Entered at the in-quota rate in this quota year.
    pub used: f64,
    /// Years from the start of the run to the moment at which the volume was used up
    /// in this quota year.
    pub filled_at: Option<f64>,
    /// Entered this tick, a year, inside and outside the volume.
    pub entered: f64,
    /// Entered at the in-quota rate this tick, a year.
    pub inside: f64,
    /// Price of a licence (share of the price at the border).
    pub premium: f64,
    /// Licences issued in this quota year.
    issued: f64,
    /// Entered in a tick at the in-quota rate, a year.
    entered_inside: f64,
    /// Law's rate of each flow.
    law_rate: Vec<f64>,
    /// First day of the quota year that started last.
    year: Option<Date>,
}

/// Quotas in force, and the rents they paid this tick.
#[derive(Resource, Debug, Clone, PartialEq, Default)]
pub struct Quotas {
    /// The quotas.
    pub states: Vec<QuotaState>,
    /// Rent paid this tick by flow, USD bn.
    pub rents: Vec<(usize, RentHolder, f64)>,
}

impl Quotas {
    /// Rents of a flow that went abroad this tick, USD bn.
    pub fn paid_abroad(&self) -> impl Iterator<Item = (usize, f64)> + '_ {
        let abroad = |(_, holder, _): &&(usize, RentHolder, f64)| *holder == RentHolder::Exporter;
        let rents = self.rents.iter().filter(abroad);
        rents.map(|(flow, _, rent)| (*flow, *rent))
    }
}

impl Plugin for QuotaPlugin {
    fn build(&self, app: &mut App) {
        let model = app.world().resource::<Model>().clone();
        let sales = &model.economy.accounts().sales;
        let states = self.rules.iter().map(|rule| QuotaState {
            used: 0.0,
            filled_at: None,
            entered: 0.0,
            inside: 0.0,
            premium: 0.0,
            issued: 0.0,
            entered_inside: rule.flows.iter().map(|flow| sales[*flow]).sum(),
            law_rate: vec![0.0; rule.flows.len()],
            year: None,
            rule: rule.clone(),
        });
        app.insert_resource(Quotas {
            states: states.collect(),
            rents: Vec::new(),
        })
        .add_systems(
            Tick,
            (
                offer_rates
                    .in_set(Phase::EnactPolicy)
                    .in_set(QuotaSystems)
                    .after(CustomsSystems),
                collect_rents
                    .in_set(Phase::Settle)
                    .after(PaymentSystems)
                    .before(crate::firm::pay_dividends),
            ),
        );
    }
}

/// Opens quota years and sets the rate that buyers are offered.
fn offer_rates(
    model: Res<Model>,
    clock: Res<Clock>,
    mut quotas: ResMut<Quotas>,
    mut rates: ResMut<RatesInForce>,
) {
    for state in &mut quotas.states {
        for (law, flow) in state.law_rate.iter_mut().zip(&state.rule.flows) {
            *law = rates.by_law(&model.law, *flow);
        }
        state.open(&clock);
        let time_inside = state.time_inside(clock.dt());
        let QuotaState {
            rule,
            law_rate,
            premium,
            ..
        } = state;
        for (flow, law) in rule.flows.iter().zip(law_rate) {
            let offered = match rule.allocation {
                Allocation::FirstCome => blend(time_inside, rule.inside_rate, *law),
                Allocation::Licences { .. } => {
                    rule.inside_rate + premium.min((*law - rule.inside_rate).max(0.0))
                }
            };
            rates.set_import_duty(*flow, offered);
        }
    }
}

impl QuotaState {
    /// Starts a quota year in the tick that holds its first day, and issues the
    /// licences of the tick.
    fn open(&mut self, clock: &Clock) {
        let last = clock.end().yesterday().unwrap_or(clock.date());
        let year = Some(year_start(self.rule.year_starts, last.max(clock.date())));
        if self.year != year {
            self.year = year;
            (self.used, self.issued, self.filled_at) = (0.0, 0.0, None);
        }
        self.issued = (self.issued + self.rule.volume * clock.dt()).min(self.rule.volume);
    }

    /// Share of the tick before the volume is used up, first come, first served.
    fn time_inside(&self, dt: f64) -> f64 {
        let (left, wanted) = (self.left(), self.entered_inside * dt);
        if wanted > left { left / wanted } else { 1.0 }
    }

    /// What may still enter at the in-quota rate.
    fn left(&self) -> f64 {
        let open = match self.rule.allocation {
            Allocation::FirstCome => self.rule.volume,
            Allocation::Licences { .. } => self.issued,
        };
        (open - self.used).max(0.0)
    }

    /// Counts what entered this tick and sets the premium of the next.
    fn count(&mut self, entered: f64, clock: &Clock) {
        let dt = clock.dt();
        let (left, units) = (self.left(), entered * dt);
        let time_inside = self.time_inside(dt);
        // At rest the price keeps entries at the volume up to rounding.
        let is_all_inside = units <= left * (1.0 + ROUNDING);
        let inside = units.min(left);
        self.used += inside;
        self.entered = entered;
        self.inside = if is_all_inside { entered } else { inside / dt };
        if time_inside < 1.0 && self.filled_at.is_none() {
            self.filled_at = Some(clock.years_at_end() - (1.0 - time_inside) * dt);
        } else if time_inside >= 1.0 {
            self.entered_inside = entered;
        }
        if let Allocation::Licences { premium_speed } = self.rule.allocation {
            let excess = entered / self.rule.volume - 1.0;
            let inside_rate = self.rule.inside_rate;
            let gaps = self.law_rate.iter().map(|law| law - inside_rate);
            let largest = gaps.fold(0.0, f64::max);
            self.premium = (self.premium + premium_speed * dt * excess).clamp(0.0, largest);
        }
    }
}

/// A rate of which a share is the inside rate; exactly one of them at 0 and 1.
fn blend(share_inside: f64, inside: f64, outside: f64) -> f64 {
    share_inside * inside + (1.0 - share_inside) * outside
}

/// First day of the quota year that holds `day`.
fn year_start((month, start): (i8, i8), day: Date) -> Date {
    let in_year = |year: i16| Date::new(year, month, start).unwrap_or(day);
    let this_year = in_year(day.year());
    if day < this_year {
        in_year(day.year() - 1)
    } else {
        this_year
    }
}

/// Hands what buyers paid above the duty owed to the holders of the rent.
fn collect_rents(
    model: Res<Model>,
    clock: Res<Clock>,
    rates: Res<RatesInForce>,
    shipments: Res<Shipments>,
    mut quotas: ResMut<Quotas>,
    mut duties: ResMut<DutiesCharged>,
    mut incomes: ResMut<Incomes>,
) {
    let economy = &model.economy;
    let per_economy = economy.economies * economy.sectors;
    let Quotas { states, rents } = &mut *quotas;
    rents.clear();
    for state in states {
        let entered = |flow: &usize| shipments.entered_volume[*flow];
        let entered: f64 = state.rule.flows.iter().map(entered).sum();
        state.count(entered, &clock);
        let share_inside = if entered > 0.0 {
            state.inside / entered
        } else {
            0.0
        };
        for (flow, law) in state.rule.flows.iter().zip(&state.law_rate) {
            let owed = blend(share_inside, state.rule.inside_rate, *law);
            let offered = rates.rates.collected[*flow];
            let rent = (offered - owed) * shipments.entered[*flow] * clock.dt();
            let (buyer, seller) = (
                flow / per_economy,
                flow / economy.sectors % economy.economies,
            );
            duties.import_duty[*flow] -= rent;
            incomes.revenue[buyer] -= rent;
            match state.rule.holder {
                RentHolder::Importer => incomes.profit[buyer] += rent,
                RentHolder::Exporter => incomes.profit[seller] += rent,
                RentHolder::Government => incomes.revenue[buyer] += rent,
            }
            rents.push((*flow, state.rule.holder, rent));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tradewinds_kernel::clock::TickLength;

    fn state(volume: f64, allocation: Allocation) -> QuotaState {
        QuotaState {
            rule: QuotaRule {
                flows: vec![0],
                inside_rate: 0.05,
                volume,
                year_starts: (4, 1),
                allocation,
                holder: RentHolder::Importer,
            },
            used: 0.0,
            filled_at: None,
            entered: 0.0,
            inside: 0.0,
            premium: 0.0,
            issued: 0.0,
            entered_inside: 52.0,
            law_rate: vec![0.4],
            year: None,
        }
    }

    fn clock(start: &str) -> Clock {
        Clock::new(start.parse().unwrap(), TickLength::Days(7))
    }

    #[test]
    fn the_tick_that_fills_the_volume_is_split_by_time() {
        let clock = clock("2025-04-01");
        let dt = clock.dt();
        let mut quota = state(52.0 * dt * 1.25, Allocation::FirstCome);
        quota.open(&clock);
        assert_eq!(quota.time_inside(dt), 1.0);
        quota.count(52.0, &clock);
        assert!((quota.time_inside(dt) - 0.25).abs() < 1e-12);
        quota.count(40.0, &clock);
        assert!((quota.used - quota.rule.volume).abs() < 1e-15);
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
            quota.count(52.0, &clock);
            clock.advance();
        }
        assert!(used[1] > 0.9 && used[3] > 0.9, "{used:?}");
        assert_eq!(used[2], 0.0, "the week of 31 March to 6 April");
    }

    #[test]
    fn the_premium_rises_while_more_enters_than_is_licensed_and_stays_in_its_bounds() {
        let clock = clock("2025-04-01");
        let licences = Allocation::Licences { premium_speed: 4.0 };
        let mut quota = state(10.0, licences);
        quota.open(&clock);
        quota.count(5.0, &clock);
        assert_eq!(quota.premium, 0.0);
        quota.count(11.0, &clock);
        assert!((quota.premium - 4.0 * clock.dt() * 0.1).abs() < 1e-15);
        for _ in 0..100 {
            quota.count(60.0, &clock);
        }
        assert_eq!(quota.premium, 0.4 - 0.05);
    }
}
