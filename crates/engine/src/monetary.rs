//! Monetary policy: the rate of each economy, and what it does to spending.
//!
//! A central bank that looks through prices keeps its rate. One that follows
//! the rule moves it towards
//!
//! r* = max(floor, r0 + a π − b (u − u0)),   d r = speed × (r* − r) dt,
//!
//! with π the inflation of consumer prices in local money over about the last
//! year and u the unemployment rate; the base year has neither inflation nor a
//! gap. A peg follows the rate of the reference. Users who answer interest spend
//! exp(−s (r − r0)) of what they would: what they keep adds to their money, whose
//! correction ends the effect, so that spending is put off and not lost.

use bevy_app::{App, Plugin};
use bevy_ecs::prelude::*;
use tradewinds_kernel::clock::Clock;
use tradewinds_kernel::maths::{exp, ln};
use tradewinds_kernel::phase::Phase;

use crate::Tick;
use crate::columns::OnlyTable;
use crate::currency::{Currencies, CurrencySystems};
use crate::household::{BasketPrice, FinalBuyer};
use crate::labour::LabourRationing;
use crate::model::Model;

/// Speed at which the price level of about a year ago follows that of today, per year.
const MEMORY: f64 = 1.0;

/// How central banks set their rates. Rates are shares a year.
#[derive(Debug, Clone, PartialEq)]
pub struct MonetaryRule {
    /// Whether banks follow the rule; otherwise rates stay.
    pub is_followed: bool,
    /// Rate in the base year r0, `[n]`.
    pub base_rate: Vec<f64>,
    /// Points of rate per point of inflation a.
    pub inflation_response: f64,
    /// Points of rate per point of unemployment b.
    pub unemployment_response: f64,
    /// Lowest rate; the base rate where that is lower.
    pub floor: f64,
    /// Speed at which a rate goes where the rule wants it, per year.
    pub speed: f64,
    /// Log points of spending per unit of rate s, by final user.
    pub spending_response: Vec<f64>,
}

impl MonetaryRule {
    /// Rates that never move.
    pub fn unchanged() -> Self {
        Self {
            is_followed: false,
            base_rate: Vec::new(),
            inflation_response: 0.0,
            unemployment_response: 0.0,
            floor: 0.0,
            speed: 0.0,
            spending_response: Vec::new(),
        }
    }

    /// Where the rule wants the rate of an economy.
    fn target(&self, n: usize, inflation: f64, unemployment_gap: f64) -> f64 {
        let base = self.base_rate[n];
        let wanted = base + self.inflation_response * inflation
            - self.unemployment_response * unemployment_gap;
        wanted.max(self.floor.min(base))
    }
}

/// Policy rates of this tick.
#[derive(Resource, Debug, Clone, PartialEq)]
pub struct PolicyRates {
    /// Rate less its value in the base year, `[n]`, share a year.
    pub change: Vec<f64>,
    /// Inflation of consumer prices over about the last year in local money, `[n]`,
    /// share a year; zero where neither the rule nor wages use it.
    pub inflation: Vec<f64>,
    /// Log of the price level of about a year ago in local money, `[n]`.
    log_past: Vec<f64>,
}

impl PolicyRates {
    /// Rates and prices of the base year.
    pub(crate) fn unchanged(economies: usize) -> Self {
        Self {
            change: vec![0.0; economies],
            inflation: vec![0.0; economies],
            log_past: vec![0.0; economies],
        }
    }

    /// Share of planned spending that a user keeps to.
    pub fn spending_share(&self, rule: &MonetaryRule, n: usize, user: usize) -> f64 {
        match rule.is_followed {
            true => exp(-rule.spending_response[user] * self.change[n]),
            false => 1.0,
        }
    }
}

/// Sets policy rates. Add after households, labour and before
/// [`crate::currency::CurrencyPlugin`].
pub struct MonetaryPlugin;

impl Plugin for MonetaryPlugin {
    fn build(&self, app: &mut App) {
        let economies = app.world().resource::<Model>().economy.economies;
        app.insert_resource(PolicyRates::unchanged(economies))
            .add_systems(
                Tick,
                set_policy_rates
                    .in_set(Phase::OpenPeriod)
                    .before(CurrencySystems),
            );
    }
}

/// Rates of this tick from prices and employment of the last one.
pub(crate) fn set_policy_rates(
    model: Res<Model>,
    clock: Res<Clock>,
    labour: Res<LabourRationing>,
    currencies: Res<Currencies>,
    mut rates: ResMut<PolicyRates>,
    users: Query<&BasketPrice, With<FinalBuyer>>,
) {
    let rule = &model.frictions.monetary;
    if !rule.is_followed && model.frictions.staffing.indexation == 0.0 {
        return;
    }
    let basket = users.table();
    let (closed, forgotten) = (clock.closing_share(rule.speed), clock.closing_share(MEMORY));
    for n in 0..model.economy.economies {
        let log_price = ln(consumer_price(&model, basket, n)) + currencies.log_rate[n];
        let past = rates.log_past[n];
        let inflation = MEMORY * (log_price - past);
        rates.inflation[n] = inflation;
        rates.log_past[n] = past + forgotten * (log_price - past);
        if !rule.is_followed {
            continue;
        }
        let target = rule.target(n, inflation, unemployment_gap(&model, &labour, n));
        let change = rates.change[n];
        rates.change[n] = change + closed * (target - rule.base_rate[n] - change);
    }
    let currency = &model.frictions.currency;
    if let Some(reference) = currency.reference {
        let followed = rates.change[reference];
        for (change, flexibility) in rates.change.iter_mut().zip(&currency.flexibility) {
            if *flexibility == 0.0 {
                *change = followed;
            }
        }
    }
}

/// Price of the base-year baskets of households in reference money.
fn consumer_price(model: &Model, basket: &[BasketPrice], n: usize) -> f64 {
    let economy = &model.economy;
    let spending = &economy.accounts().user_spending;
    let (mut now, mut base) = (0.0, 0.0);
    for (user, class) in economy.users.iter().enumerate() {
        if class.is_retail || economy.users.len() == 1 {
            now += spending[user][n] * basket[n * economy.users.len() + user].0;
            base += spending[user][n];
        }
    }
    if base > 0.0 { now / base } else { 1.0 }
}

/// Unemployment rate less its value at rest.
fn unemployment_gap(model: &Model, labour: &LabourRationing, n: usize) -> f64 {
    let economy = &model.economy;
    let cells = economy.market(n, 0)..economy.market(n + 1, 0);
    let at_rest: f64 = economy.wage_bill[cells.clone()].iter().sum();
    let employed: f64 = labour.employed[cells].iter().sum();
    (1.0 - employed / at_rest) * (1.0 - model.frictions.unemployment[n])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule() -> MonetaryRule {
        MonetaryRule {
            is_followed: true,
            base_rate: vec![0.04, -0.005],
            inflation_response: 1.5,
            unemployment_response: 1.0,
            floor: 0.0,
            speed: 2.0,
            spending_response: vec![0.5],
        }
    }

    #[test]
    fn the_rate_rises_with_inflation_and_falls_with_unemployment() {
        assert!((rule().target(0, 0.01, 0.0) - 0.055).abs() < 1e-15);
        assert!((rule().target(0, 0.0, 0.01) - 0.03).abs() < 1e-15);
        assert!((rule().target(0, 0.0, 0.0) - 0.04).abs() < 1e-15);
    }

    #[test]
    fn the_floor_holds_but_lifts_no_rate_of_the_base_year() {
        assert!(rule().target(0, -0.2, 0.1).abs() < 1e-15);
        assert!((rule().target(1, -0.2, 0.1) + 0.005).abs() < 1e-15);
        assert!((rule().target(1, 0.0, 0.0) + 0.005).abs() < 1e-15);
    }

    #[test]
    fn a_higher_rate_puts_spending_off() {
        let rates = PolicyRates {
            change: vec![0.01],
            inflation: vec![0.0],
            log_past: vec![0.0],
        };
        assert!((rates.spending_share(&rule(), 0, 0) - exp(-0.005)).abs() < 1e-15);
        let unchanged = MonetaryRule::unchanged();
        assert_eq!(
            rates.spending_share(&unchanged, 0, 0).to_bits(),
            1.0_f64.to_bits()
        );
    }
}
