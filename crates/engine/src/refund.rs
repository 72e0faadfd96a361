//! Refunds: duties paid back after a ruling.
//!
//! A ruling voids measures and orders duties paid on entries of some days to be paid
//! back. What is owed to the importers of a market adds up while they pay,
//!
//! owed += share × rate of the voided measures × value cleared,
//!
//! and is paid from a day on, evenly over a number of days, out of the revenue of the
//! treasury, which may be negative. Importers of a market receive it by their shares
//! of it. Prices do not change: who bought the goods has paid them.

use bevy_app::{App, Plugin};
use bevy_ecs::prelude::*;
use tradewinds_kernel::clock::Clock;
use tradewinds_kernel::phase::Phase;
use tradewinds_units::{Date, days_after, days_between};

use crate::Tick;
use crate::accounts::Cash;
use crate::columns::{OnlyTable, raw};
use crate::customs::RatesInForce;
use crate::household::Incomes;
use crate::importer::{Importer, MarketShare};
use crate::model::Model;
use crate::quota::collect_rents;
use crate::stocks::market_of;
use crate::trade::{PaymentSystems, Shipments};

/// An order to pay duties back; which, is in [`crate::customs::RateTable::refunds`].
#[derive(Debug, Clone, PartialEq)]
pub struct RefundOrder {
    /// Importing economy, `[n]`.
    pub importer: usize,
    /// First day on which it is paid.
    pub paid: Date,
    /// Days over which it is paid; zero pays all on the first.
    pub days: i64,
    /// Measures whose duties are paid back, in the list of the scenario.
    pub measures: Vec<u32>,
}

/// Refunds owed and paid.
#[derive(Resource, Debug, Clone, PartialEq, Default)]
pub struct Refunds {
    /// Owed and not yet paid by order and market `[n][s]`, USD bn.
    pub owed: Vec<Vec<f64>>,
    /// Paid this tick by market `[n][s]`, USD bn; empty where nothing ever is.
    pub paid: Vec<f64>,
}

impl Refunds {
    /// Paid this tick to the importers of a market `[n][s]`, USD bn.
    pub fn to_market(&self, market: usize) -> f64 {
        self.paid.get(market).copied().unwrap_or(0.0)
    }
}

/// Pays duties back. Add after customs, quotas, trade and importers.
pub struct RefundPlugin;

impl Plugin for RefundPlugin {
    fn build(&self, app: &mut App) {
        let model = app.world().resource::<Model>();
        let (orders, markets) = (model.law.refunds().len(), model.economy.markets());
        let paid = if orders > 0 { markets } else { 0 };
        app.insert_resource(Refunds {
            owed: vec![vec![0.0; markets]; orders],
            paid: vec![0.0; paid],
        })
        .add_systems(
            Tick,
            (owe_refunds, pay_refunds)
                .chain()
                .in_set(Phase::Settle)
                .after(PaymentSystems)
                .after(collect_rents)
                .before(crate::firm::pay_dividends),
        );
    }
}

/// Adds up what importers paid under voided measures.
fn owe_refunds(
    model: Res<Model>,
    clock: Res<Clock>,
    rates: Res<RatesInForce>,
    shipments: Res<Shipments>,
    mut refunds: ResMut<Refunds>,
) {
    for part in &rates.rates.refunds {
        let flow = part.flow as usize;
        let market = market_of(&model.economy, flow);
        let owed = part.rate * shipments.entered[flow] * clock.dt();
        refunds.owed[part.measure as usize][market] += owed;
    }
}

/// Pays what is due in this tick.
fn pay_refunds(
    model: Res<Model>,
    clock: Res<Clock>,
    mut refunds: ResMut<Refunds>,
    mut incomes: ResMut<Incomes>,
    mut importers: Query<(&mut Cash, &MarketShare), With<Importer>>,
) {
    if refunds.owed.is_empty() {
        return;
    }
    let Refunds { owed, paid } = &mut *refunds;
    paid.fill(0.0);
    for (order, owed) in model.law.refunds().iter().zip(owed) {
        let due = order.due(clock.date(), clock.end());
        if due <= 0.0 {
            continue;
        }
        for (owed, paid) in owed.iter_mut().zip(paid.iter_mut()) {
            let amount = due * *owed;
            *owed -= amount;
            *paid += amount;
        }
        let sectors = model.economy.sectors;
        let own = order.importer * sectors..(order.importer + 1) * sectors;
        incomes.revenue[order.importer] -= paid[own].iter().sum::<f64>();
    }
    let (mut cash, share) = importers.table_mut();
    let per_market = model.population.importer_shares.len();
    for (importer, cash) in raw(&mut cash).iter_mut().enumerate() {
        let amount = paid[importer / per_market];
        if amount != 0.0 {
            cash.0 += share[importer].0 * amount;
        }
    }
}

impl RefundOrder {
    /// Share of what is owed that is paid in a tick.
    fn due(&self, date: Date, end: Date) -> f64 {
        let first = self.paid.max(date);
        // A tick within one day counts as that day.
        let paying = days_between(first, end.max(days_after(date, 1)));
        let left = days_between(first, days_after(self.paid, self.days));
        match (paying > 0, left > paying) {
            (false, _) => 0.0,
            (true, true) => paying as f64 / left as f64,
            (true, false) => 1.0,
        }
    }
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "these figures are exact")]
mod tests {
    use super::*;

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    fn order(days: i64) -> RefundOrder {
        RefundOrder {
            importer: 0,
            paid: day("2026-04-20"),
            days,
            measures: Vec::new(),
        }
    }

    #[test]
    fn a_refund_is_paid_evenly_over_its_days_to_the_last_cent() {
        let (mut owed, mut date, mut paid) = (100.0, day("2026-04-06"), Vec::new());
        for _ in 0..6 {
            let end = days_after(date, 7);
            let amount = owed * order(21).due(date, end);
            owed -= amount;
            paid.push(amount);
            date = end;
        }
        let third = 100.0 / 3.0;
        for (paid, expected) in paid.iter().zip([0.0, 0.0, third, third, third, 0.0]) {
            assert!((paid - expected).abs() < 1e-12, "{paid} {expected}");
        }
        assert_eq!(owed, 0.0);
    }

    #[test]
    fn a_tick_that_holds_the_first_day_pays_for_its_days_only() {
        // Four of ten days: 20 to 23 April.
        let share = order(10).due(day("2026-04-17"), day("2026-04-24"));
        assert!((share - 0.4).abs() < 1e-15);
        assert_eq!(order(0).due(day("2026-04-17"), day("2026-04-24")), 1.0);
        assert_eq!(order(0).due(day("2026-04-13"), day("2026-04-20")), 0.0);
    }
}
