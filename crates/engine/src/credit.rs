//! Credit: what firms and importers pay on money they do not have.
//!
//! interest = max(0, −cash) × (e^(rate dt) − 1),   rate = lending rate + change of the policy rate,
//!
//! the lending rate being the policy rate of the base year and a spread. Whoever
//! runs out of cash is lent what it lacks; owners bring cash back to zero at the
//! speed of dividends ([`crate::firm`], [`crate::importer`]). Banks are not
//! modelled: their owners, who are those of firms, receive the interest. Importers
//! owe while they build stocks, firms after losses.

use bevy_app::{App, Plugin};
use bevy_ecs::prelude::*;
use tradewinds_kernel::clock::Clock;
use tradewinds_kernel::maths::exp_m1;
use tradewinds_kernel::phase::Phase;

use crate::Tick;
use crate::accounts::Cash;
use crate::columns::{OnlyTable, raw};
use crate::firm::{Firm, Rows};
use crate::household::Incomes;
use crate::importer::Importer;
use crate::model::Model;
use crate::monetary::PolicyRates;
use crate::trade::{PaymentSystems, settle_importers};

/// What debt costs.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct CreditRule {
    /// Lending rate in the base year, `[n]`, share a year: policy rate and spread.
    /// Empty where debt is free.
    pub lending_rate: Vec<f64>,
}

impl CreditRule {
    /// Debt costs nothing.
    pub fn free() -> Self {
        Self::default()
    }
}

/// Interest paid this tick, USD bn.
#[derive(Component, Debug, Clone, Copy, Default, PartialEq)]
pub struct InterestPaid(pub f64);

/// Charges interest. Add after firms, importers, trade and monetary policy.
pub struct CreditPlugin;

/// Systems that charge interest.
#[derive(SystemSet, Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct CreditSystems;

impl Plugin for CreditPlugin {
    fn build(&self, app: &mut App) {
        app.add_systems(
            Tick,
            charge_interest
                .in_set(Phase::Settle)
                .in_set(CreditSystems)
                .in_set(PaymentSystems)
                .after(settle_importers),
        );
    }
}

/// Interest per unit of debt over a tick.
fn interest_share(rule: &CreditRule, rates: &PolicyRates, n: usize, dt: f64) -> f64 {
    exp_m1((rule.lending_rate[n] + rates.change[n]).max(0.0) * dt)
}

fn charge_interest(
    model: Res<Model>,
    clock: Res<Clock>,
    rows: Res<Rows>,
    rates: Res<PolicyRates>,
    mut incomes: ResMut<Incomes>,
    mut firms: Query<(&mut Cash, &mut InterestPaid), (With<Firm>, Without<Importer>)>,
    mut importers: Query<(&mut Cash, &mut InterestPaid), (With<Importer>, Without<Firm>)>,
) {
    let rule = &model.frictions.credit;
    if rule.lending_rate.is_empty() {
        return;
    }
    let economy = &model.economy;
    let (mut cash, mut paid) = firms.table_mut();
    let (cash, paid) = (raw(&mut cash), raw(&mut paid));
    let (mut importer_cash, mut importer_paid) = importers.table_mut();
    let (importer_cash, importer_paid) = (raw(&mut importer_cash), raw(&mut importer_paid));
    let per_market = model.population.importer_shares.len();
    for n in 0..economy.economies {
        let share = interest_share(rule, &rates, n, clock.dt());
        let cells = economy.market(n, 0)..economy.market(n + 1, 0);
        let own = rows.firms[cells.start]..rows.firms[cells.end];
        let mut total = charge(share, &mut cash[own.clone()], &mut paid[own]);
        let own = cells.start * per_market..cells.end * per_market;
        total += charge(
            share,
            &mut importer_cash[own.clone()],
            &mut importer_paid[own],
        );
        incomes.interest[n] += total;
    }
}

/// Takes interest from everyone in debt; returns the total.
fn charge(share: f64, cash: &mut [Cash], paid: &mut [InterestPaid]) -> f64 {
    let mut total = 0.0;
    for (cash, paid) in cash.iter_mut().zip(paid) {
        let interest = share * (-cash.0).max(0.0);
        cash.0 -= interest;
        paid.0 = interest;
        total += interest;
    }
    total
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_debt_bears_interest_and_what_is_paid_is_received() {
        let mut cash = [Cash(-100.0), Cash(50.0), Cash(-1.0)];
        let mut paid = [InterestPaid(7.0); 3];
        let total = charge(0.01, &mut cash, &mut paid);
        assert_eq!(cash, [Cash(-101.0), Cash(50.0), Cash(-1.01)]);
        assert_eq!(paid, [1.0, 0.0, 0.01].map(InterestPaid));
        assert!((total - 1.01).abs() < 1e-15);
    }

    #[test]
    fn debt_grows_alike_in_weeks_and_in_a_year_and_never_shrinks() {
        let rule = CreditRule {
            lending_rate: vec![0.05],
        };
        let mut rates = PolicyRates::unchanged(1);
        rates.change[0] = 0.02;
        let weekly: f64 = (0..52)
            .map(|_| 1.0 + interest_share(&rule, &rates, 0, 1.0 / 52.0))
            .product();
        assert!((weekly - (1.0 + exp_m1(0.07))).abs() < 1e-13, "{weekly}");
        rates.change[0] = -0.2;
        assert_eq!(interest_share(&rule, &rates, 0, 1.0).to_bits(), 0);
    }
}
