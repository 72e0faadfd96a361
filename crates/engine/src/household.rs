//! Final users: households by class, government, investment.
//!
//! A final user expects an income, spends it and a correction of its money
//! holdings, and spreads spending over sectors:
//!
//! spending = expected income × share + speed × (money − cover × expected income),
//! share of a sector = base share × (price / price index)^(1 − eta).
//!
//! The share is one, less where the policy rate is up ([`crate::monetary`]). What a
//! government buys for defence beyond that of the base year comes on top, with the
//! money for it, and is no income.
//! Households pay store prices, the others landed prices. The exact CES index
//! of a user is its cost of living; the fixed-basket index weights price
//! changes with base-year shares, the chained index renews the basket yearly.

use bevy_app::{App, Plugin};
use bevy_ecs::prelude::*;
use tradewinds_kernel::clock::Clock;
use tradewinds_kernel::maths::{exp, exp_slice, ln};
use tradewinds_kernel::phase::Phase;

use crate::Tick;
use crate::accounts::Cash;
use crate::columns::{OnlyTable, raw};
use crate::government::{RevenueSystems, Treasuries};
use crate::importer::{StorePrices, StoreSystems};
use crate::investment::RetainedProfit;
use crate::model::{Deficits, Model};
use crate::monetary::PolicyRates;
use crate::sourcing::{CesTerms, MarketPrices};
use crate::trade::Shipments;

/// Marks the rows of final users: economy × users + user.
#[derive(Component, Debug, Clone, Copy)]
pub struct FinalBuyer;

/// Income a user expects, USD bn a year.
#[derive(Component, Debug, Clone, Copy, PartialEq)]
pub struct ExpectedIncome(pub f64);

/// Income received this tick, USD bn a year; retained profits included.
#[derive(Component, Debug, Clone, Copy, PartialEq)]
pub struct Income(pub f64);

/// What a user wants to spend this tick, USD bn a year.
#[derive(Component, Debug, Clone, Copy, PartialEq)]
pub struct Spending(pub f64);

/// Log of the exact price index of a user relative to the base year.
#[derive(Component, Debug, Clone, Copy, PartialEq)]
pub struct LogCostOfLiving(pub f64);

/// Price of the base-year basket of a user relative to the base year.
#[derive(Component, Debug, Clone, Copy, PartialEq)]
pub struct BasketPrice(pub f64);

/// Chained price of a user relative to the base year: baskets of the base year,
/// renewed once a year with current spending, as statistical offices do.
#[derive(Component, Debug, Clone, Copy, PartialEq)]
pub struct ChainedPrice(pub f64);

/// Baskets behind [`ChainedPrice`]: entry `(n * users + user) * S + s`.
#[derive(Resource, Debug, Clone, PartialEq)]
pub struct Chain {
    /// Share of spending when the basket was last renewed.
    weight: Vec<f64>,
    /// Price relative to the base year at that time.
    reference: Vec<f64>,
    /// Chained price at that time, by user.
    level: Vec<f64>,
    /// Full years that have passed.
    years: u32,
}

/// What final users want, in units of the composites a year.
#[derive(Resource, Debug, Clone, PartialEq)]
pub struct Budgets {
    /// Units wanted by each user: entry `(n * users + user) * S + s`.
    pub units: Vec<f64>,
    /// Units wanted through the stores, `[n][s]`.
    pub store_units: Vec<f64>,
    /// Units wanted at landed prices, `[n][s]`.
    pub direct_units: Vec<f64>,
}

/// Incomes of each economy in this tick, before they reach final users, `[n]`,
/// USD bn.
#[derive(Resource, Debug, Clone, PartialEq)]
pub struct Incomes {
    /// Wages paid.
    pub wages: Vec<f64>,
    /// Dividends paid by firms and importers.
    pub profit: Vec<f64>,
    /// Duties and export taxes.
    pub revenue: Vec<f64>,
    /// Net transfers from abroad that finance the deficit.
    pub transfer: Vec<f64>,
    /// Interest on debt of firms and importers, for the owners of the banks: those
    /// of the firms.
    pub interest: Vec<f64>,
}

impl Incomes {
    fn zero(economies: usize) -> Self {
        let zero = vec![0.0; economies];
        Self {
            wages: zero.clone(),
            profit: zero.clone(),
            revenue: zero.clone(),
            transfer: zero.clone(),
            interest: zero,
        }
    }
}

/// Plans and pays final spending, and hands out incomes.
pub struct HouseholdPlugin;

/// Systems that spread budgets over sectors.
#[derive(SystemSet, Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct BudgetSystems;

/// Systems that hand out incomes.
#[derive(SystemSet, Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct IncomeSystems;

impl Plugin for HouseholdPlugin {
    fn build(&self, app: &mut App) {
        let model = app.world().resource::<Model>().clone();
        let economy = &model.economy;
        let spending = &economy.accounts().user_spending;
        let users: Vec<_> = (0..economy.economies)
            .flat_map(|n| spending.iter().map(move |by_economy| by_economy[n]))
            .map(|income| {
                (
                    FinalBuyer,
                    ExpectedIncome(income),
                    Income(income),
                    Spending(income),
                    Cash(model.frictions.money_cover * income),
                    RetainedProfit(0.0),
                    LogCostOfLiving(0.0),
                    BasketPrice(1.0),
                    ChainedPrice(1.0),
                )
            })
            .collect();
        let cells = users.len() * economy.sectors;
        let weight = (0..economy.economies)
            .flat_map(|n| economy.users.iter().map(move |user| (n, user)))
            .flat_map(|(n, user)| {
                &user.budget_share[economy.market(n, 0)..economy.market(n + 1, 0)]
            })
            .copied()
            .collect();
        let chain = Chain {
            weight,
            reference: vec![1.0; cells],
            level: vec![1.0; users.len()],
            years: 0,
        };
        app.world_mut().spawn_batch(users);
        app.insert_resource(chain)
            .insert_resource(Incomes::zero(economy.economies))
            .insert_resource(Budgets {
                units: vec![0.0; cells],
                store_units: vec![0.0; economy.markets()],
                direct_units: vec![0.0; economy.markets()],
            })
            .add_systems(
                Tick,
                (
                    open_incomes.in_set(Phase::OpenPeriod),
                    expect_income.in_set(Phase::FormExpectations),
                    plan_spending.in_set(Phase::Plan),
                    spread_budgets
                        .in_set(Phase::Trade)
                        .in_set(BudgetSystems)
                        .after(StoreSystems),
                    (finance_deficits, pay_for_purchases, receive_incomes)
                        .chain()
                        .in_set(Phase::Settle)
                        .in_set(IncomeSystems)
                        .after(crate::trade::PaymentSystems)
                        .after(crate::firm::pay_dividends)
                        .after(RevenueSystems),
                ),
            );
    }
}

fn open_incomes(model: Res<Model>, mut incomes: ResMut<Incomes>) {
    *incomes = Incomes::zero(model.economy.economies);
}

/// Users expect the incomes of their claims as if firms retained nothing; what
/// firms retain is planned with their investment.
fn expect_income(
    model: Res<Model>,
    clock: Res<Clock>,
    mut users: Query<(&mut ExpectedIncome, &Income, &RetainedProfit), With<FinalBuyer>>,
) {
    let closed = clock.closing_share(model.frictions.income_expectation);
    let (mut expected, income, retained) = users.table_mut();
    let own = own_incomes(&model, income, retained, clock.dt());
    for (expected, own) in raw(&mut expected).iter_mut().zip(own) {
        expected.0 += closed * (own - expected.0);
    }
}

/// Incomes of the tick before as if firms had retained nothing, USD bn a year.
fn own_incomes<'a>(
    model: &'a Model,
    income: &'a [Income],
    retained: &'a [RetainedProfit],
    dt: f64,
) -> impl Iterator<Item = f64> + 'a {
    let users = &model.economy.users;
    (0..model.economy.economies).flat_map(move |n| {
        let first = n * users.len();
        let all = &retained[first..first + users.len()];
        let total: f64 = all.iter().map(|kept| kept.0).sum();
        users.iter().enumerate().map(move |(user, class)| {
            let row = first + user;
            income[row].0 - (retained[row].0 - class.profit_claim[n] * total) / dt
        })
    })
}

/// Spending as the incomes expected in the middle of the tick and money allow; a
/// mechanism that replaces that of a user comes after it.
pub fn plan_spending(
    model: Res<Model>,
    clock: Res<Clock>,
    rates: Res<PolicyRates>,
    treasuries: Res<Treasuries>,
    mut users: Query<
        (
            &mut Spending,
            &ExpectedIncome,
            &Income,
            &RetainedProfit,
            &Cash,
        ),
        With<FinalBuyer>,
    >,
) {
    let frictions = &model.frictions;
    let (cover, speed) = (frictions.money_cover, frictions.money_adjustment);
    let closed = clock.closing_share_at_middle(frictions.income_expectation);
    let (mut spending, expected, income, retained, cash) = users.table_mut();
    let own = own_incomes(&model, income, retained, clock.dt());
    let users = model.economy.users.len();
    let rows = raw(&mut spending).iter_mut().zip(expected).zip(cash);
    for (row, (((spending, expected), cash), own)) in rows.zip(own).enumerate() {
        let expected = expected.0 + closed * (own - expected.0);
        let share = rates.spending_share(&frictions.monetary, row / users, row % users);
        let correction = speed * (cash.0 - cover * expected);
        let defence = treasuries.defence_of(row % users, row / users);
        spending.0 = (expected * share + correction).max(0.0) + defence;
    }
}

/// Spreads spending over sectors; a behaviour of buyers that replaces theirs
/// comes after it, in [`BudgetSystems`].
pub fn spread_budgets(
    model: Res<Model>,
    clock: Res<Clock>,
    mut chain: ResMut<Chain>,
    prices: Res<MarketPrices>,
    stores: Res<StorePrices>,
    mut budgets: ResMut<Budgets>,
    mut users: Query<
        (
            &Spending,
            &mut LogCostOfLiving,
            &mut BasketPrice,
            &mut ChainedPrice,
        ),
        With<FinalBuyer>,
    >,
) {
    let economy = &model.economy;
    let (spending, mut index, mut basket, mut chained) = users.table_mut();
    let (index, basket, chained) = (raw(&mut index), raw(&mut basket), raw(&mut chained));
    let years = clock.years_at_end().floor() as u32;
    let renew = years > chain.years;
    chain.years = years;
    let Budgets {
        units,
        store_units,
        direct_units,
    } = &mut *budgets;
    store_units.fill(0.0);
    direct_units.fill(0.0);
    for n in 0..economy.economies {
        let cells = economy.market(n, 0)..economy.market(n + 1, 0);
        let in_stores = Shopping::new(economy.eta, &stores.log_price[cells.clone()]);
        let direct = Shopping::new(economy.eta, &prices.log_composite[cells.clone()]);
        for (user, class) in economy.users.iter().enumerate() {
            let row = n * economy.users.len() + user;
            let (at, total) = match class.is_retail {
                true => (&in_stores, &mut *store_units),
                false => (&direct, &mut *direct_units),
            };
            let share = &class.budget_share[cells.clone()];
            let log_index = at.terms.log_index(|s| share[s], (0.0, 0.0));
            index[row].0 = log_index;
            basket[row].0 = share
                .iter()
                .zip(&at.price)
                .map(|(share, price)| share * price)
                .sum();
            let own = row * economy.sectors..(row + 1) * economy.sectors;
            chained[row].0 = chain.chained(row, own.clone(), &at.price);
            let to_share = at.terms.relative_power_scale(log_index);
            if renew {
                let now = share
                    .iter()
                    .enumerate()
                    .map(|(s, a)| a * to_share * at.terms.power(s));
                chain.renew(row, own, now, &at.price, chained[row].0);
            }
            let scale = to_share * spending[row].0;
            for (s, cell) in cells.clone().enumerate() {
                let base = if class.is_retail {
                    stores.base[cell]
                } else {
                    1.0
                };
                let wanted = share[s] * scale * at.terms.power(s) / (at.price[s] * base);
                units[row * economy.sectors + s] = wanted;
                total[cell] += wanted;
            }
        }
    }
}

impl Chain {
    fn chained(&self, row: usize, own: std::ops::Range<usize>, price: &[f64]) -> f64 {
        let basket = self.weight[own.clone()]
            .iter()
            .zip(&self.reference[own])
            .zip(price);
        let change: f64 = basket
            .map(|((weight, then), now)| weight * now / then)
            .sum();
        self.level[row] * change
    }

    fn renew(
        &mut self,
        row: usize,
        own: std::ops::Range<usize>,
        weight: impl Iterator<Item = f64>,
        price: &[f64],
        level: f64,
    ) {
        for (entry, weight) in self.weight[own.clone()].iter_mut().zip(weight) {
            *entry = weight;
        }
        self.reference[own].copy_from_slice(price);
        self.level[row] = level;
    }
}

/// Prices of an economy as one kind of user sees them.
struct Shopping<'a> {
    terms: CesTerms<'a>,
    /// Relative to the base year.
    price: Vec<f64>,
}

impl<'a> Shopping<'a> {
    fn new(eta: f64, log_prices: &'a [f64]) -> Self {
        let price = log_prices.iter().map(|price| exp(*price)).collect();
        Self {
            terms: CesTerms::new(eta, log_prices),
            price,
        }
    }
}

/// Deficits are fixed in units of the world wage bill, or in reference money.
fn finance_deficits(model: Res<Model>, clock: Res<Clock>, mut incomes: ResMut<Incomes>) {
    let base: f64 = model.economy.wage_bill.iter().sum();
    let paid: f64 = incomes.wages.iter().sum();
    for (transfer, deficit) in incomes.transfer.iter_mut().zip(&model.economy.deficit) {
        let size = match model.frictions.deficits {
            Deficits::InWorldWages => paid / (base * clock.dt()),
            Deficits::InReferenceMoney => 1.0,
        };
        *transfer = deficit * clock.dt() * size;
    }
}

pub(crate) fn pay_for_purchases(
    model: Res<Model>,
    clock: Res<Clock>,
    prices: Res<MarketPrices>,
    stores: Res<StorePrices>,
    shipments: Res<Shipments>,
    budgets: Res<Budgets>,
    mut treasuries: ResMut<Treasuries>,
    mut users: Query<&mut Cash, With<FinalBuyer>>,
) {
    let economy = &model.economy;
    let mut cash = users.table_mut();
    let cash = raw(&mut cash);
    let (mut in_stores, mut direct) = (stores.log_price.clone(), prices.log_composite.clone());
    exp_slice(&mut in_stores);
    exp_slice(&mut direct);
    for (price, base) in in_stores.iter_mut().zip(&stores.base) {
        *price *= base;
    }
    for n in 0..economy.economies {
        for (user, class) in economy.users.iter().enumerate() {
            let row = n * economy.users.len() + user;
            let price = if class.is_retail { &in_stores } else { &direct };
            let paid: f64 = (0..economy.sectors)
                .map(|s| {
                    let market = economy.market(n, s);
                    let units = budgets.units[row * economy.sectors + s];
                    units * price[market] * shipments.delivered[market]
                })
                .sum();
            cash[row].0 -= paid * clock.dt();
            treasuries.note_purchases(user, n, paid * clock.dt());
        }
    }
}

pub(crate) fn receive_incomes(
    model: Res<Model>,
    clock: Res<Clock>,
    incomes: Res<Incomes>,
    treasuries: Res<Treasuries>,
    mut users: Query<(&mut Cash, &mut Income, &RetainedProfit), With<FinalBuyer>>,
) {
    let economy = &model.economy;
    let (mut cash, mut income, retained) = users.table_mut();
    let (cash, income) = (raw(&mut cash), raw(&mut income));
    for n in 0..economy.economies {
        for (user, class) in economy.users.iter().enumerate() {
            let row = n * economy.users.len() + user;
            let received = class.labour_claim[n] * incomes.wages[n]
                + class.profit_claim[n] * (incomes.profit[n] + incomes.interest[n])
                + class.revenue_claim[n] * treasuries.uses.by_claims[n]
                + class.transfer_claim[n] * incomes.transfer[n]
                + treasuries.beyond_claims(user, n)
                + retained[row].0;
            cash[row].0 += received + treasuries.defence_of(user, n) * clock.dt();
            income[row].0 = received / clock.dt();
        }
    }
}

/// Real spending of a user relative to its base year: spending over the exact
/// price index.
pub fn real_spending(spending: f64, log_cost_of_living: f64, base_spending: f64) -> f64 {
    exp(ln(spending / base_spending) - log_cost_of_living)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_renewed_basket_goes_on_from_the_level_it_had() {
        let mut chain = Chain {
            weight: vec![0.5, 0.5],
            reference: vec![1.0; 2],
            level: vec![1.0],
            years: 0,
        };
        let first = chain.chained(0, 0..2, &[1.2, 1.0]);
        assert!((first - 1.1).abs() < 1e-15);
        chain.renew(0, 0..2, [0.4, 0.6].into_iter(), &[1.2, 1.0], first);
        assert!((chain.chained(0, 0..2, &[1.2, 1.0]) - 1.1).abs() < 1e-15);
        let second = chain.chained(0, 0..2, &[1.2, 1.1]);
        assert!((second - 1.1 * (0.4 + 0.6 * 1.1)).abs() < 1e-15);
    }
}
