//! Exchange rates: what each economy's money is worth, and what moves with it.
//!
//! All accounts are kept in the money of one economy, the reference. For every
//! other economy e is units of its money per unit of reference money, relative
//! to the base year (up: the reference money appreciates):
//!
//! ```text
//! d ln e = κ (ln e* − ln e) dt + vol dW, by its exact transition,
//! ln e* = φ [a_i (Δr_ref − Δr) − a_NX Δ(NX / GDP) + χ m ΔETR_ref],
//! ```
//!
//! with Δ against the base year, r the policy rate, NX net exports, ETR the duty
//! collected over imports of goods by the reference economy, m the part of a
//! purchase that is imported, and φ the share of a floating currency's response
//! that the regime allows (1 float, 0 peg). The sign of χ is an input: theory has
//! the currency of the country that raises duties appreciate, 2025 saw the dollar fall.
//!
//! When e moves, whatever is sticky or held in local money changes its value in
//! reference money: wages, prices of lines invoiced in the seller's money, store
//! prices and the costs their margins refer to, expected incomes, and money
//! balances. A new value of money balances is a revaluation, not a flow: it is
//! recorded by economy, and the audit accepts exactly that change.

mod invoicing;
mod revaluation;

use bevy_app::{App, Plugin};
use bevy_ecs::prelude::*;
use tradewinds_equilibrium::Economy;
use tradewinds_kernel::clock::{Clock, closing_share};
use tradewinds_kernel::draws::{Decision, Draws};
use tradewinds_kernel::maths::exp;
use tradewinds_kernel::phase::Phase;

pub use self::invoicing::Invoicing;
use crate::Tick;
use crate::customs::RatesInForce;
use crate::firm::Rows;
use crate::model::Model;
use crate::monetary::PolicyRates;
use crate::trade::Shipments;

/// Shock to the exchange rate of an economy in a tick.
pub const EXCHANGE_RATE_SHOCK: Decision = Decision::named("exchange rate shock");

/// How exchange rates move. Rates and responses are relative to the base year.
#[derive(Debug, Clone, PartialEq)]
pub struct CurrencyRule {
    /// Economy in whose money accounts are kept; `None` fixes all rates for ever.
    pub reference: Option<usize>,
    /// Share of the response of a floating currency that each economy allows its
    /// own, `[n]`: 1 floats, 0 is pegged to the reference.
    pub flexibility: Vec<f64>,
    /// Share by value of what a buyer takes from an origin that is invoiced in
    /// reference money, `[n][i]`; the rest is invoiced in the money of the origin.
    pub reference_invoicing: Vec<f64>,
    /// Speed at which a rate goes to its target κ, per year.
    pub speed: f64,
    /// Standard deviation of shocks to the log rate, per square root of a year.
    pub volatility: f64,
    /// Log points of appreciation of the reference money per unit of policy rate
    /// above that of the other economy, `a_i`.
    pub interest_response: f64,
    /// Log points of appreciation per unit of net exports over GDP, `a_NX`.
    pub balance_response: f64,
    /// Share of a duty of the reference economy that its currency offsets, χ.
    pub tariff_response: f64,
    /// Imported part of what the reference economy buys of goods, m.
    pub import_content: f64,
}

impl CurrencyRule {
    /// Exchange rates that never move.
    pub fn fixed() -> Self {
        Self {
            reference: None,
            flexibility: Vec::new(),
            reference_invoicing: Vec::new(),
            speed: 0.0,
            volatility: 0.0,
            interest_response: 0.0,
            balance_response: 0.0,
            tariff_response: 0.0,
            import_content: 0.0,
        }
    }

    /// The rate a tick later: an Ornstein-Uhlenbeck process around its target,
    /// exact for any length of the tick. `shock` is a standard normal number.
    fn step(&self, now: f64, target: f64, dt: f64, (flexibility, shock): (f64, f64)) -> f64 {
        let closed = closing_share(self.speed, dt);
        let kept = 1.0 - closed;
        let variance = match self.speed > 0.0 {
            true => (1.0 - kept * kept) / (2.0 * self.speed),
            false => dt,
        };
        now + closed * (target - now) + flexibility * self.volatility * variance.sqrt() * shock
    }
}

/// Exchange rates of this tick.
#[derive(Resource, Debug, Clone, PartialEq)]
pub struct Currencies {
    /// Log of units of local money per unit of reference money, relative to the
    /// base year, `[n]`; zero for the reference.
    pub log_rate: Vec<f64>,
    /// Value in reference money of local money that was worth 1 a tick ago, `[n]`.
    pub factor: Vec<f64>,
    /// Change of the value of money balances this tick, `[n]`, USD bn.
    pub revaluation: Vec<f64>,
    /// Added to the target of the log rate, `[n]`: for rules of a user's own.
    pub shift: Vec<f64>,
    /// Change of the log rate this tick, `[n]`.
    change: Vec<f64>,
    /// Share of each partner in exports and imports of the base year, `[n][i]`.
    trade_share: Vec<f64>,
    /// Net exports over sales in the base year, `[n]`.
    base_balance: Vec<f64>,
    /// Sales over GDP in the base year, `[n]`.
    sales_to_gdp: Vec<f64>,
    /// Goods flows into the reference economy with their share in its imports.
    goods: Vec<(usize, f64)>,
}

impl Currencies {
    fn at_base(model: &Model) -> Self {
        let economy = &model.economy;
        let zero = vec![0.0; economy.economies];
        let accounts = economy.accounts();
        let sales: Vec<(f64, f64)> = (0..economy.economies)
            .map(|n| sales_and_balance(economy, &accounts.sales, n))
            .collect();
        let gdp = |n: usize| accounts.income[n] - economy.deficit[n];
        Self {
            log_rate: zero.clone(),
            factor: vec![1.0; economy.economies],
            revaluation: zero.clone(),
            shift: zero.clone(),
            change: zero,
            trade_share: trade_shares(economy),
            base_balance: (sales.iter())
                .map(|(sold, balance)| share_of_sales(*sold, *balance))
                .collect(),
            sales_to_gdp: (0..economy.economies)
                .map(|n| sales[n].0 / gdp(n))
                .collect(),
            goods: imports_of_goods(economy, model.frictions.currency.reference),
        }
    }

    /// What one unit of an economy's money of the base year is worth in reference
    /// money now.
    pub fn in_reference(&self, n: usize) -> f64 {
        exp(-self.log_rate[n])
    }

    /// Units of an economy's money per unit of reference money, relative to the
    /// base year.
    pub fn in_local(&self, n: usize) -> f64 {
        exp(self.log_rate[n])
    }

    /// Value of an economy's money against that of its trading partners, relative to
    /// the base year; up means that it appreciates.
    pub fn effective_rate(&self, n: usize) -> f64 {
        let economies = self.log_rate.len();
        let shares = &self.trade_share[n * economies..(n + 1) * economies];
        let abroad = shares.iter().zip(&self.log_rate);
        exp(abroad
            .map(|(share, rate)| share * (rate - self.log_rate[n]))
            .sum())
    }

    /// Collected duty over imports of goods by the reference economy, at the trade
    /// of the base year, less that of the base year.
    fn change_of_duty(&self, economy: &Economy, collected: &[f64]) -> f64 {
        let change = |flow: usize| collected[flow] - economy.import_duty[flow];
        (self.goods.iter())
            .map(|(flow, share)| share * change(*flow))
            .sum()
    }
}

/// Net exports over sales; zero where nothing is sold.
fn share_of_sales(sold: f64, balance: f64) -> f64 {
    if sold > 0.0 { balance / sold } else { 0.0 }
}

/// Sales and net exports of an economy at the factory gate.
fn sales_and_balance(economy: &Economy, sales: &[f64], n: usize) -> (f64, f64) {
    let (mut sold, mut exports, mut imports) = (0.0, 0.0, 0.0);
    for other in 0..economy.economies {
        for s in 0..economy.sectors {
            let out = sales[economy.flow(other, n, s)];
            sold += out;
            if other != n {
                exports += out;
                imports += sales[economy.flow(n, other, s)];
            }
        }
    }
    (sold, exports - imports)
}

fn trade_shares(economy: &Economy) -> Vec<f64> {
    let (economies, sectors) = (economy.economies, economy.sectors);
    let sales = &economy.accounts().sales;
    let trade = |n: usize, i: usize| -> f64 {
        if n == i {
            return 0.0;
        }
        (0..sectors)
            .map(|s| sales[economy.flow(n, i, s)] + sales[economy.flow(i, n, s)])
            .sum()
    };
    let mut shares = Vec::with_capacity(economies * economies);
    for n in 0..economies {
        let own: Vec<f64> = (0..economies).map(|i| trade(n, i)).collect();
        let total: f64 = own.iter().sum();
        shares.extend((own.iter()).map(|trade| if total > 0.0 { trade / total } else { 0.0 }));
    }
    shares
}

fn imports_of_goods(economy: &Economy, reference: Option<usize>) -> Vec<(usize, f64)> {
    let Some(n) = reference else {
        return Vec::new();
    };
    let sales = &economy.accounts().sales;
    let flows: Vec<usize> = (0..economy.economies)
        .filter(|i| *i != n)
        .flat_map(|i| (0..economy.sectors).map(move |s| (i, s)))
        .filter(|(_, s)| Some(*s) != economy.services)
        .map(|(i, s)| economy.flow(n, i, s))
        .collect();
    let total: f64 = flows.iter().map(|flow| sales[*flow]).sum();
    let traded = flows.into_iter().filter(|flow| sales[*flow] > 0.0);
    traded.map(|flow| (flow, sales[flow] / total)).collect()
}

/// Moves exchange rates. Add after all populations exist and before
/// [`crate::accounts::AccountsPlugin`].
pub struct CurrencyPlugin;

/// Systems that move exchange rates and what is held in local money.
#[derive(SystemSet, Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct CurrencySystems;

impl Plugin for CurrencyPlugin {
    fn build(&self, app: &mut App) {
        let model = app.world().resource::<Model>().clone();
        let rows = app.world().resource::<Rows>().clone();
        let world = app.world_mut();
        let invoicing = Invoicing::of(&model, &rows, world);
        app.insert_resource(Currencies::at_base(&model))
            .insert_resource(invoicing)
            .add_systems(
                Tick,
                (
                    move_rates,
                    invoicing::convert_prices,
                    revaluation::convert_wages_and_memories,
                    revaluation::convert_store_prices,
                    revaluation::convert_import_stocks,
                    revaluation::revalue_firms,
                    revaluation::revalue_importers,
                    revaluation::revalue_users,
                    revaluation::revalue_treasuries,
                    revaluation::convert_values,
                )
                    .chain()
                    .in_set(Phase::OpenPeriod)
                    .in_set(CurrencySystems),
            );
    }
}

/// Rates of this tick, from policy, trade and duties of the last one.
fn move_rates(
    model: Res<Model>,
    clock: Res<Clock>,
    draws: Res<Draws>,
    rates: Res<RatesInForce>,
    shipments: Res<Shipments>,
    policy: Res<PolicyRates>,
    mut currencies: ResMut<Currencies>,
) {
    let rule = &model.frictions.currency;
    let Some(reference) = rule.reference else {
        return;
    };
    let economy = &model.economy;
    let duty = currencies.change_of_duty(economy, &rates.rates.collected);
    let offset = rule.tariff_response * rule.import_content * duty;
    for n in (0..economy.economies).filter(|n| *n != reference) {
        let (sold, balance) = sales_and_balance(economy, &shipments.value, n);
        let balance = share_of_sales(sold, balance) - currencies.base_balance[n];
        let trade = balance * currencies.sales_to_gdp[n];
        let interest = policy.change[reference] - policy.change[n];
        let pull = rule.interest_response * interest - rule.balance_response * trade + offset;
        let flexibility = rule.flexibility[n];
        let shock = match rule.volatility > 0.0 {
            true => draws.normal(EXCHANGE_RATE_SHOCK, n as u32, clock.index()),
            false => 0.0,
        };
        let target = flexibility * pull + currencies.shift[n];
        let now = currencies.log_rate[n];
        let next = rule.step(now, target, clock.dt(), (flexibility, shock));
        currencies.change[n] = next - now;
        currencies.factor[n] = exp(now - next);
        currencies.log_rate[n] = next;
        currencies.revaluation[n] = 0.0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule() -> CurrencyRule {
        CurrencyRule {
            speed: 2.0,
            volatility: 0.1,
            ..CurrencyRule::fixed()
        }
    }

    #[test]
    fn a_rate_closes_the_same_gap_in_one_long_or_many_short_ticks() {
        let step = |now: f64, dt: f64| rule().step(now, 0.3, dt, (1.0, 0.0));
        let mut weekly = 0.0;
        for _ in 0..52 {
            weekly = step(weekly, 1.0 / 52.0);
        }
        assert!((weekly - step(0.0, 1.0)).abs() < 1e-14);
        assert!(weekly > 0.2 && weekly < 0.3, "{weekly}");
    }

    /// The variance of the exact transition adds up: after a long time it is
    /// vol² / (2 κ), whatever the tick.
    #[test]
    fn shocks_add_up_to_the_same_spread_for_any_tick() {
        for ticks_a_year in [12, 365] {
            let draws = Draws::new(3, 0);
            let dt = 1.0 / f64::from(ticks_a_year);
            let last = |economy: u32| {
                (0..3 * ticks_a_year).fold(0.0, |now, tick| {
                    let shock = draws.normal(EXCHANGE_RATE_SHOCK, economy, tick);
                    rule().step(now, 0.0, dt, (1.0, shock))
                })
            };
            let count = 2000_u32;
            let variance = (0..count).map(|n| last(n) * last(n)).sum::<f64>() / f64::from(count);
            let expected = 0.1 * 0.1 / 4.0;
            // Four standard errors of a variance of normal numbers.
            let allowed = 4.0 * (2.0 / f64::from(count)).sqrt() * expected;
            assert!(
                (variance - expected).abs() < allowed,
                "{variance} {expected}"
            );
        }
    }

    #[test]
    fn a_managed_currency_takes_its_share_of_shocks_and_a_peg_none() {
        let moved = |flexibility: f64| rule().step(0.0, 0.0, 0.1, (flexibility, 1.0));
        assert!(moved(1.0) > 0.0);
        assert!((moved(0.5) / moved(1.0) - 0.5).abs() < 1e-15);
        assert_eq!(moved(0.0).to_bits(), 0.0_f64.to_bits());
    }
}
