//! What a treasury pays from debt: defence above the base year, producers hit by
//! the answers of other governments, interest on the change of its debt.
//!
//! defence bought = (share in force − share of the base year) × GDP of the base year,
//! compensation = share × Σ max(0, sales of the base year − sales now)
//!
//! over the destinations that collect more duty on the goods than in the base year.
//! Compensation goes to the firms of the sector by their output. Interest is paid on
//! what is owed beyond the debt of the base year, and saved on what is repaid; it
//! goes to households by their claims on profit. Interest on the debt of the base
//! year goes from taxpayers to holders of the same economy and is left out.

use bevy_ecs::prelude::*;
use tradewinds_equilibrium::Economy;
use tradewinds_kernel::clock::Clock;
use tradewinds_units::{Date, days_between};

use super::Treasuries;
use crate::accounts::Cash;
use crate::columns::{OnlyTable, raw};
use crate::currency::Currencies;
use crate::customs::RatesInForce;
use crate::firm::{BundlesPerUnit, Firm, Rows};
use crate::model::Model;
use crate::production::Output;
use crate::trade::Shipments;

/// Duty above that of the base year that is rounding, share of the price.
const ROUNDING: f64 = 1e-9;

/// Defence that a government buys beyond that of the base year.
#[derive(Debug, Clone, PartialEq)]
pub struct DefenceStep {
    /// Index of the economy.
    pub economy: usize,
    /// First day; a later step of the same economy takes its place.
    pub from: Date,
    /// Purchases beyond those of the base year, bn a year in the money of the economy
    /// at the exchange rate of the base year.
    pub purchases: f64,
}

/// Money for producers who sell less abroad because of foreign duties.
#[derive(Debug, Clone, PartialEq)]
pub struct CompensationRule {
    /// Index of the economy that pays.
    pub economy: usize,
    /// Sectors whose producers receive.
    pub sectors: Vec<usize>,
    /// First day.
    pub from: Date,
    /// Last day.
    pub to: Date,
    /// Share of the sales lost.
    pub share: f64,
}

/// What governments decide beside the law of duties.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct FiscalPlan {
    /// Steps of defence.
    pub defence: Vec<DefenceStep>,
    /// Compensation of producers.
    pub compensation: Vec<CompensationRule>,
}

impl FiscalPlan {
    /// Defence beyond that of the base year from `start` to the day before `end`,
    /// mean over the days, bn a year.
    pub(super) fn defence(&self, n: usize, (start, end): (Date, Date)) -> f64 {
        let mut steps: Vec<&DefenceStep> = (self.defence.iter())
            .filter(|step| step.economy == n)
            .collect();
        steps.sort_by_key(|step| step.from);
        let ends = steps.iter().skip(1).map(|step| step.from);
        let ends = ends.chain(std::iter::once(Date::MAX));
        (steps.iter().zip(ends))
            .map(|(step, next)| step.purchases * share_of_days((start, end), (step.from, next)))
            .sum()
    }
}

/// Share of the days from the first to before the last that lies in `within`; a
/// tick inside a day is that day.
fn share_of_days((start, end): (Date, Date), within: (Date, Date)) -> f64 {
    let end = match end > start {
        true => end,
        false => start.tomorrow().unwrap_or(end),
    };
    let (from, to) = (start.max(within.0), end.min(within.1));
    days_between(from, to).max(0) as f64 / days_between(start, end) as f64
}

/// Sales of a sector that an economy has lost in destinations with higher duties
/// than in the base year, bn a year at the factory gate.
fn sales_lost(economy: &Economy, collected: &[f64], now: &[f64], (i, s): (usize, usize)) -> f64 {
    let base = &economy.accounts().sales;
    (0..economy.economies)
        .filter(|n| *n != i)
        .map(|n| economy.flow(n, i, s))
        .filter(|flow| collected[*flow] > economy.import_duty[*flow] + ROUNDING)
        .map(|flow| (base[flow] - now[flow]).max(0.0))
        .sum()
}

/// Sets what is bought for defence this tick.
pub(super) fn plan_defence(
    model: Res<Model>,
    clock: Res<Clock>,
    currencies: Res<Currencies>,
    mut treasuries: ResMut<Treasuries>,
) {
    let plan = &model.frictions.government.plan;
    if plan.defence.is_empty() {
        return;
    }
    let days = (clock.date(), clock.end());
    for (n, defence) in treasuries.defence.iter_mut().enumerate() {
        *defence = plan.defence(n, days) * currencies.in_reference(n);
    }
}

/// Pays compensation into the cash of firms.
pub(super) fn compensate_producers(
    model: Res<Model>,
    clock: Res<Clock>,
    rows: Res<Rows>,
    rates: Res<RatesInForce>,
    shipments: Res<Shipments>,
    mut treasuries: ResMut<Treasuries>,
    mut firms: Query<(&mut Cash, &Output, &BundlesPerUnit), With<Firm>>,
) {
    let rules = &model.frictions.government.plan.compensation;
    if rules.is_empty() {
        return;
    }
    let economy = &model.economy;
    let (mut cash, output, bundles) = firms.table_mut();
    let cash = raw(&mut cash);
    let treasuries = &mut *treasuries;
    treasuries.compensation.fill(0.0);
    treasuries.to_firms.clear();
    treasuries.to_firms.resize(cash.len(), 0.0);
    let days = (clock.date(), clock.end());
    for rule in rules {
        let after = rule.to.tomorrow().unwrap_or(Date::MAX);
        let in_force = share_of_days(days, (rule.from, after)) * clock.dt();
        for s in &rule.sectors {
            let cell = economy.market(rule.economy, *s);
            let own = rows.firms[cell]..rows.firms[cell + 1];
            let made = |firm: usize| output[firm].0 * bundles[firm].0;
            let all: f64 = own.clone().map(made).sum();
            let (collected, now) = (&rates.rates.collected, &shipments.value);
            let lost = sales_lost(economy, collected, now, (rule.economy, *s));
            let paid = rule.share * lost * in_force;
            if paid > 0.0 && all > 0.0 {
                for firm in own {
                    let part = paid * made(firm) / all;
                    treasuries.to_firms[firm] += part;
                    treasuries.compensation[rule.economy] += part;
                    cash[firm].0 += part;
                }
            }
        }
    }
    for (balance, paid) in (treasuries.balance.iter_mut()).zip(&treasuries.compensation) {
        *balance -= paid;
    }
}

/// Pays for defence and interest. Interest of the tick is that on the balance
/// before anything else is paid.
pub(super) fn pay_from_debt(
    model: Res<Model>,
    clock: Res<Clock>,
    mut treasuries: ResMut<Treasuries>,
) {
    let rates = &model.frictions.government.interest;
    let treasuries = &mut *treasuries;
    for n in 0..treasuries.balance.len() {
        let rate = rates.get(n).copied().unwrap_or(0.0);
        let interest = -rate * treasuries.balance[n] * clock.dt();
        treasuries.interest[n] = interest;
        treasuries.balance[n] -= interest + treasuries.defence[n] * clock.dt();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    #[test]
    fn a_step_of_defence_holds_from_its_day_until_the_next() {
        let step = |from: &str, purchases: f64| DefenceStep {
            economy: 1,
            from: day(from),
            purchases,
        };
        let plan = FiscalPlan {
            defence: vec![step("2026-06-15", 10.0), step("2026-01-05", 4.0)],
            ..FiscalPlan::default()
        };
        let week = |from: &str, to: &str| plan.defence(1, (day(from), day(to)));
        assert!(week("2025-12-22", "2025-12-29").abs() < 1e-15);
        assert!((week("2026-01-01", "2026-01-08") - 4.0 * 3.0 / 7.0).abs() < 1e-15);
        assert!((week("2026-03-05", "2026-03-12") - 4.0).abs() < 1e-15);
        let expected = 4.0 * 3.0 / 7.0 + 10.0 * 4.0 / 7.0;
        assert!((week("2026-06-12", "2026-06-19") - expected).abs() < 1e-14);
        assert!((week("2026-08-01", "2026-08-01") - 10.0).abs() < 1e-15);
        let other = plan.defence(0, (day("2026-08-01"), day("2026-08-08")));
        assert!(other.abs() < 1e-15);
    }

    #[test]
    fn days_in_force_are_a_share_of_the_tick() {
        let tick = (day("2019-06-03"), day("2019-06-10"));
        assert!((share_of_days(tick, (day("2018-01-01"), Date::MAX)) - 1.0).abs() < 1e-15);
        let ends = (day("2018-01-01"), day("2019-06-05"));
        assert!((share_of_days(tick, ends) - 2.0 / 7.0).abs() < 1e-15);
        assert!(share_of_days(tick, (day("2020-01-01"), Date::MAX)).abs() < 1e-15);
    }
}
