//! Quotas: a lower duty up to a volume a year, and the full duty, or nothing, above it.
//!
//! A quota of the law is open to a share of each of its flows (one origin, or a group
//! that shares the volume). Within a tick
//!
//! inside = min(entered, what may still enter), pro rata across claimants,
//! duty owed = rate within the quota + (1 − inside / entered) × gap to the rate above.
//!
//! Use adds up over a period, a quota year or an equal part of one, and starts anew in
//! the tick that holds the first day of the next. What buyers are offered depends on
//! who may use the volume:
//!
//! - **First come, first served.** Everybody pays the rate within the quota until the
//!   volume is used up, and the rate above it from then on. A tick in which that
//!   happens has both, weighted by time.
//! - **Licences**, issued evenly over the year. The landed price clears the market:
//!   rate within the quota + premium, with premium between 0 (quota not filled) and the
//!   difference of the two rates (over quota); between them the quota binds:
//!   d premium / dt = speed × (applied for / volume − 1).
//!
//! While a licence costs less than the duty above the volume nobody pays that duty:
//! goods that come before their licence is issued wait in bond and use the next ones.
//!
//! Applied for is what importers want to order, or what enters where they hold no
//! stock. Above an **absolute** quota nothing may enter: orders are cut pro rata to the
//! volume, and the premium has no bound but [`PROHIBITIVE`].
//!
//! Goods of a flow that need no licence take the place of those that do: of a share s
//! that the law puts under the quota, s x / (1 − s + s x) is ordered, with
//! x = (1 + premium)^(−elasticity), and it is this share of what was loaded that enters
//! under the quota after its time at sea.
//!
//! What buyers pay above the duty owed is the quota rent, never negative, which goes to importers,
//! to exporters or, by auction, to the treasury.
//!
//! Quantities are in USD bn at base-year prices at the factory gate.

mod state;

use bevy_app::{App, Plugin};
use bevy_ecs::prelude::*;
use tradewinds_kernel::clock::Clock;
use tradewinds_kernel::phase::Phase;

pub use self::state::{QuotaFlow, QuotaState};
use crate::Tick;
use crate::ahead::buy_ahead;
use crate::customs::{CustomsSystems, DutiesCharged, RatesInForce};
use crate::household::Incomes;
use crate::model::Model;
use crate::stocks::{ImportStocks, base_taxes};
use crate::trade::{PaymentSystems, Shipments};

/// Highest price of a licence (share of the price at the border) where nothing may
/// enter without one: a duty of 1,000 %.
pub const PROHIBITIVE: f64 = 10.0;

/// Who may use the volume of a quota.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Allocation {
    /// Whoever comes first.
    FirstCome,
    /// Who holds a licence.
    Licences,
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

impl RentHolder {
    /// Names for records, in the order of the variants.
    pub const NAMES: [&'static str; 3] = ["importer", "exporter", "government"];
}

/// How the price of licences moves.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LicenceMarket {
    /// Growth of the premium per unit of excess applications, share of the price at the
    /// border per year; below about 50 / elasticity for a weekly tick without stocks.
    pub premium_speed: f64,
    /// Elasticity of substitution between goods of a flow with and without licences.
    pub elasticity: f64,
}

impl LicenceMarket {
    /// Licences cost nothing.
    pub fn free() -> Self {
        Self {
            premium_speed: 0.0,
            elasticity: 0.0,
        }
    }
}

/// The terms of a quota; flows and rates are in [`crate::customs::RateTable::quotas`].
#[derive(Debug, Clone, PartialEq)]
pub struct QuotaRule {
    /// Volume of a quota year, USD bn at base-year prices at the factory gate.
    pub volume: f64,
    /// Month and day on which the quota year starts.
    pub year_starts: (i8, i8),
    /// Equal periods of a quota year, each with its part of the volume; divides 12.
    pub periods: u32,
    /// Who may use the volume.
    pub allocation: Allocation,
    /// Who receives the rent.
    pub holder: RentHolder,
    /// Nothing may enter above the volume.
    pub is_absolute: bool,
}

/// Runs the quotas of the law. Add after customs, stocks and trade.
pub struct QuotaPlugin;

/// The system that sets the rate offered under quotas.
#[derive(SystemSet, Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct QuotaSystems;

/// Quotas in force, and the rents they paid this tick.
#[derive(Resource, Debug, Clone, PartialEq, Default)]
pub struct Quotas {
    /// The quotas, in the order of the law.
    pub states: Vec<QuotaState>,
    /// Rent paid this tick by flow, USD bn.
    pub rents: Vec<(usize, RentHolder, f64)>,
    /// Duty owed this tick above volumes by flow and measure, USD bn a year.
    pub above: Vec<(usize, u32, f64)>,
    /// Collected rate of each flow under a quota, within the quotas.
    within: Vec<(usize, f64)>,
    /// Laws written when quotas last read the rates.
    laws: Option<u32>,
}

impl Quotas {
    /// Rents of a flow that went abroad this tick, USD bn.
    pub fn paid_abroad(&self) -> impl Iterator<Item = (usize, f64)> + '_ {
        let abroad = |(_, holder, _): &&(usize, RentHolder, f64)| *holder == RentHolder::Exporter;
        let rents = self.rents.iter().filter(abroad);
        rents.map(|(flow, _, rent)| (*flow, *rent))
    }

    /// Takes in which quotas are open today.
    fn read(&mut self, rates: &RatesInForce) {
        if self.laws == Some(rates.laws()) {
            return;
        }
        self.laws = Some(rates.laws());
        for (quota, state) in self.states.iter_mut().enumerate() {
            let parts = rates.rates.quotas.iter();
            let own = parts.filter(|part| part.quota as usize == quota);
            state.opens_to(own);
        }
        let open = rates.rates.quotas.iter().map(|part| part.flow as usize);
        let with_rate = open.map(|flow| (flow, rates.rates.collected[flow]));
        self.within = with_rate.collect();
        self.within.sort_by_key(|(flow, _)| *flow);
        self.within.dedup_by_key(|(flow, _)| *flow);
    }
}

impl Plugin for QuotaPlugin {
    fn build(&self, app: &mut App) {
        let model = app.world().resource::<Model>().clone();
        let sales = &model.economy.accounts().sales;
        let quotas = model.law.quotas().iter().enumerate();
        let states = quotas.map(|(quota, rule)| {
            let open = model.law.open_to(quota);
            let entered = open.iter().map(|(flow, share)| share * sales[*flow]);
            QuotaState::new(rule.clone(), entered.sum())
        });
        app.insert_resource(Quotas {
            states: states.collect(),
            ..Quotas::default()
        })
        .add_systems(
            Tick,
            (
                offer_rates
                    .in_set(Phase::EnactPolicy)
                    .in_set(QuotaSystems)
                    .after(CustomsSystems),
                apply_for_licences.in_set(Phase::Plan).after(buy_ahead),
                collect_rents
                    .in_set(Phase::Settle)
                    .after(PaymentSystems)
                    .before(crate::firm::pay_dividends),
            ),
        );
    }
}

/// Opens quota periods and sets the rate that buyers are offered.
fn offer_rates(
    model: Res<Model>,
    clock: Res<Clock>,
    stocks: Res<ImportStocks>,
    mut quotas: ResMut<Quotas>,
    mut rates: ResMut<RatesInForce>,
) {
    if quotas.states.is_empty() {
        return;
    }
    let quotas = &mut *quotas;
    quotas.read(&rates);
    let elasticity = model.frictions.licences.elasticity;
    for state in &mut quotas.states {
        state.open(&clock);
        let dearer = state.dearer(elasticity);
        for open in &mut state.flows {
            let ticks = stocks.link_of(open.flow).map(|link| {
                let ticks = stocks.transit_years[link] / clock.dt();
                (ticks.floor() as usize, ticks - ticks.floor())
            });
            open.arrives(ticks, dearer);
        }
        state.offer(clock.dt());
    }
    for (flow, within) in &quotas.within {
        let open = quotas.states.iter().flat_map(|state| &state.flows);
        let on_top: f64 = open
            .filter(|open| open.flow == *flow)
            .map(|open| open.on_top)
            .sum();
        let offered = within + on_top;
        if offered.to_bits() != rates.rates.collected[*flow].to_bits() {
            rates.set_import_duty(*flow, offered);
        }
    }
}

/// Importers apply for licences for what they want to order; above an absolute
/// quota the orders are cut.
fn apply_for_licences(
    model: Res<Model>,
    mut quotas: ResMut<Quotas>,
    mut stocks: ResMut<ImportStocks>,
    clock: Res<Clock>,
) {
    if quotas.states.iter().all(|state| state.flows.is_empty()) {
        return;
    }
    let economy = &model.economy;
    for state in &mut quotas.states {
        let dearer = state.dearer(model.frictions.licences.elasticity);
        state.applied_for = 0.0;
        for open in &state.flows {
            if let Some(link) = stocks.link_of(open.flow) {
                let wanted = stocks.ordered[link] / base_taxes(economy, open.flow);
                state.applied_for += open.ordered(dearer) * wanted;
            }
        }
        let granted = if state.rule.is_absolute {
            (state.rule.volume / state.applied_for).min(1.0)
        } else {
            1.0
        };
        for open in &mut state.flows {
            let Some(link) = stocks.link_of(open.flow) else {
                continue;
            };
            let share = open.ordered(dearer);
            open.load(share, granted);
            if granted < 1.0 {
                let cut = share * (1.0 - granted) * stocks.ordered[link];
                stocks.ordered[link] -= cut;
                // What is not ordered is not bought ahead.
                if stocks.ahead[link] > 0.0 {
                    stocks.ahead[link] = (stocks.ahead[link] - cut * clock.dt()).max(0.0);
                }
            }
        }
    }
}

/// Hands what buyers paid above the duty owed to the holders of the rent.
pub(crate) fn collect_rents(
    model: Res<Model>,
    clock: Res<Clock>,
    shipments: Res<Shipments>,
    stocks: Res<ImportStocks>,
    mut quotas: ResMut<Quotas>,
    mut duties: ResMut<DutiesCharged>,
    mut incomes: ResMut<Incomes>,
) {
    let economy = &model.economy;
    let per_economy = economy.economies * economy.sectors;
    let Quotas {
        states,
        rents,
        above,
        ..
    } = &mut *quotas;
    rents.clear();
    above.clear();
    for state in states {
        let mut straight = 0.0;
        let mut entered = 0.0;
        for open in &state.flows {
            let volume = open.covered * shipments.entered_volume[open.flow];
            entered += volume;
            if stocks.link_of(open.flow).is_none() {
                straight += volume;
            }
        }
        let speed = model.frictions.licences.premium_speed;
        state.count((entered, straight), speed, &clock);
        let share_above = state.share_above();
        let holder = state.rule.holder;
        for open in &mut state.flows {
            // What enters faster than expected in the tick that fills a volume pays no
            // more than buyers were asked for.
            let owed = (share_above * open.gap_of_covered()).min(open.on_top.max(0.0));
            let value = shipments.entered[open.flow];
            let rent = (open.on_top - owed) * value * clock.dt();
            open.rent = rent / clock.dt();
            let (buyer, seller) = (
                open.flow / per_economy,
                open.flow / economy.sectors % economy.economies,
            );
            duties.import_duty[open.flow] -= rent;
            incomes.revenue[buyer] -= rent;
            match holder {
                RentHolder::Importer => incomes.profit[buyer] += rent,
                RentHolder::Exporter => incomes.profit[seller] += rent,
                RentHolder::Government => incomes.revenue[buyer] += rent,
            }
            rents.push((open.flow, holder, rent));
            above.push((open.flow, open.measure, owed * value));
        }
    }
}
