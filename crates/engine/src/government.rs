//! Governments: what becomes of the duties they collect, and what they pay from debt
//! ([`support`](self)); [`Budget`] is what they receive and pay in a tick.
//!
//! Duties of the base year, a number in local money, go to final users by their
//! claims. What is collected above that (below it: less than nothing) follows the
//! closure:
//!
//! revenue − base = returned to households + put to the other use,
//! returned = share × (revenue − base),
//!
//! each household by its share in the spending of the base year. The other use is
//! purchases of the government, or debt: the treasury keeps the money apart from
//! what the government spends, and it leaves circulation. A fall of revenue below
//! that of the base year is borrowed then. Where claims rule, all revenue goes to
//! users by the claims of the base year, and the treasury keeps nothing.
//!
//! Purchases follow what taxes bring in, or go on as planned in the base year, in local
//! money: the treasury then hands the government what its other incomes lack, and takes
//! what is over. That is how budgets stabilise: taxes fall in a slump, purchases do not.

mod budget;
mod support;

use bevy_app::{App, Plugin};
use bevy_ecs::prelude::*;
use tradewinds_equilibrium::Economy;
use tradewinds_kernel::clock::Clock;
use tradewinds_kernel::phase::Phase;

pub use self::budget::Budget;
pub(crate) use self::budget::Ledger;
pub use self::support::{CompensationRule, DefenceStep, FiscalPlan};
use crate::Tick;
use crate::columns::OnlyTable;
use crate::currency::Currencies;
use crate::household::{FinalBuyer, Incomes};
use crate::investment::RetainedProfit;
use crate::model::Model;

/// What becomes of the revenue above that of the base year which is not returned
/// to households.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum RevenueUse {
    /// All revenue goes to users by their claims of the base year.
    #[default]
    ByClaims,
    /// The government buys goods with it.
    Purchases,
    /// It lowers what the government borrows.
    Debt,
}

/// How governments use their revenue.
#[derive(Debug, Clone, PartialEq)]
pub struct GovernmentRule {
    /// Index of the final user that is the government; without one, claims rule.
    pub user: Option<usize>,
    /// What becomes of the revenue above that of the base year.
    pub revenue: RevenueUse,
    /// Share of it that is returned to households, unless claims rule.
    pub returned: f64,
    /// Whether purchases go on as planned, whatever taxes bring in.
    pub as_planned: bool,
    /// What is paid from debt.
    pub plan: FiscalPlan,
    /// Interest on debt, `[n]`, share a year; empty for none.
    pub interest: Vec<f64>,
    /// Debt of the base year, `[n]`, USD bn, for the record; empty for none.
    pub debt: Vec<f64>,
    /// Social transfers as a share of wages and dividends, `[n]`, for the record: the
    /// claims of users are net of them. Empty for none.
    pub transfers: Vec<f64>,
}

impl GovernmentRule {
    /// All revenue goes to users by their claims.
    pub fn by_claims() -> Self {
        Self {
            user: None,
            revenue: RevenueUse::ByClaims,
            returned: 0.0,
            as_planned: false,
            plan: FiscalPlan::default(),
            interest: Vec::new(),
            debt: Vec::new(),
            transfers: Vec::new(),
        }
    }
}

/// Uses of the revenue of a tick, `[n]`, USD bn.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RevenueUses {
    /// To users by their claims of the base year.
    pub by_claims: Vec<f64>,
    /// Returned to households beyond their claims.
    pub returned: Vec<f64>,
    /// Spent by the government beyond its claim.
    pub spent: Vec<f64>,
    /// Kept by the treasury, lowering debt.
    pub kept: Vec<f64>,
}

impl RevenueUses {
    fn none(economies: usize) -> Self {
        let zero = vec![0.0; economies];
        Self {
            by_claims: zero.clone(),
            returned: zero.clone(),
            spent: zero.clone(),
            kept: zero,
        }
    }

    /// Splits the revenue of an economy; `base` is that of the base year over the
    /// tick, in the same money.
    fn split(&mut self, rule: &GovernmentRule, n: usize, (revenue, base): (f64, f64)) {
        if rule.revenue == RevenueUse::ByClaims || rule.user.is_none() {
            self.by_claims[n] = revenue;
            return;
        }
        let above = revenue - base;
        self.by_claims[n] = base;
        self.returned[n] = rule.returned * above;
        let rest = above - self.returned[n];
        match rule.revenue {
            RevenueUse::Debt => self.kept[n] = rest,
            _ => self.spent[n] = rest,
        }
    }
}

/// Treasuries, apart from the money with which governments buy.
#[derive(Resource, Debug, Clone, PartialEq)]
pub struct Treasuries {
    /// Debt repaid since the start of the run, `[n]`, USD bn; negative is borrowed.
    pub balance: Vec<f64>,
    /// What became of the revenue of this tick.
    pub uses: RevenueUses,
    /// Bought for defence beyond that of the base year, `[n]`, USD bn a year.
    pub defence: Vec<f64>,
    /// Compensation paid this tick, `[n]`, USD bn.
    pub compensation: Vec<f64>,
    /// Compensation by firm this tick, USD bn; empty where no rule is.
    pub to_firms: Vec<f64>,
    /// Interest paid this tick on the change of debt, `[n]`, USD bn.
    pub interest: Vec<f64>,
    /// What governments paid for goods this tick, `[n]`, USD bn.
    pub purchases: Vec<f64>,
    /// Handed to governments this tick so that they buy as planned, `[n]`, USD bn;
    /// negative is what they had over.
    pub shortfall: Vec<f64>,
    /// Share of each user in that interest, `[user][n]`.
    holder_share: Vec<Vec<f64>>,
    /// Share of each user in the base-year spending of households, `[user][n]`;
    /// zero for others.
    household_share: Vec<Vec<f64>>,
    user: Option<usize>,
}

impl Treasuries {
    fn new(model: &Model) -> Self {
        let economies = model.economy.economies;
        let user = model.frictions.government.user;
        Self {
            balance: vec![0.0; economies],
            uses: RevenueUses::none(economies),
            defence: vec![0.0; economies],
            compensation: vec![0.0; economies],
            to_firms: Vec::new(),
            interest: vec![0.0; economies],
            purchases: vec![0.0; economies],
            shortfall: vec![0.0; economies],
            holder_share: household_shares(&model.economy, user, |at, n| {
                model.economy.users[at].profit_claim[n].max(0.0)
            }),
            household_share: household_shares(&model.economy, user, |at, n| {
                model.economy.accounts().user_spending[at][n]
            }),
            user,
        }
    }

    /// Income of a user from its government this tick beyond its claims, USD bn.
    pub fn beyond_claims(&self, user: usize, n: usize) -> f64 {
        let rebate = self.household_share[user][n] * self.uses.returned[n];
        let received = rebate + self.interest_of(user, n);
        match self.user == Some(user) {
            true => received + self.uses.spent[n] + self.shortfall[n],
            false => received,
        }
    }

    /// Interest that a user receives this tick on the change of debt, USD bn.
    pub fn interest_of(&self, user: usize, n: usize) -> f64 {
        self.holder_share[user][n] * self.interest[n]
    }

    /// What a user is to spend on defence beyond that of the base year, USD bn a year;
    /// the treasury hands it the money.
    pub fn defence_of(&self, user: usize, n: usize) -> f64 {
        match self.user == Some(user) {
            true => self.defence[n],
            false => 0.0,
        }
    }

    /// Notes what a user paid for goods this tick, USD bn.
    pub(crate) fn note_purchases(&mut self, user: usize, n: usize, paid: f64) {
        if self.user == Some(user) {
            self.purchases[n] = paid;
        }
    }

    /// What the treasury received less what it paid this tick, USD bn.
    pub fn repaid(&self, n: usize, dt: f64) -> f64 {
        let paid = self.interest[n] + self.compensation[n] + self.defence[n] * dt;
        self.uses.kept[n] - paid - self.shortfall[n]
    }

    /// New value of what is held in an economy's money; returns the change.
    pub(crate) fn revalue(&mut self, n: usize, factor: f64) -> f64 {
        let before = self.balance[n];
        self.balance[n] *= factor;
        self.balance[n] - before
    }
}

/// Shares of households in a weight. Households buy in stores; where nobody does,
/// they are all users but the government.
fn household_shares(
    economy: &Economy,
    government: Option<usize>,
    weight: impl Fn(usize, usize) -> f64,
) -> Vec<Vec<f64>> {
    let users = economy.users.len();
    let has_stores = economy.users.iter().any(|user| user.is_retail);
    let is_household = |user: usize| match has_stores {
        true => economy.users[user].is_retail,
        false => government != Some(user),
    };
    let households = (0..users).filter(|user| is_household(*user));
    let total = |n: usize| -> f64 { households.clone().map(|user| weight(user, n)).sum() };
    let totals: Vec<f64> = (0..economy.economies).map(total).collect();
    let share = |user: usize, n: usize| match is_household(user) && totals[n] > 0.0 {
        true => weight(user, n) / totals[n],
        false => 0.0,
    };
    let of_user = |user: usize| (0..economy.economies).map(|n| share(user, n)).collect();
    (0..users).map(of_user).collect()
}

/// Uses the revenue of a tick. Add before [`crate::household::HouseholdPlugin`].
pub struct GovernmentPlugin;

/// Systems that put revenue to its uses, before incomes are handed out. Rules for
/// further uses, such as revenue set aside for producers hit by answers of other
/// governments, come after it and take from [`Treasuries::balance`].
#[derive(SystemSet, Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct RevenueSystems;

impl Plugin for GovernmentPlugin {
    fn build(&self, app: &mut App) {
        let treasuries = Treasuries::new(app.world().resource::<Model>());
        app.insert_resource(treasuries).add_systems(
            Tick,
            (
                support::plan_defence
                    .in_set(Phase::EnactPolicy)
                    .after(crate::customs::LawSystems),
                (
                    support::pay_from_debt,
                    use_revenue,
                    support::compensate_producers,
                )
                    .chain()
                    .in_set(Phase::Settle)
                    .in_set(crate::household::IncomeSystems)
                    .in_set(RevenueSystems)
                    .after(crate::trade::PaymentSystems)
                    .after(crate::firm::pay_dividends),
                buy_as_planned
                    .in_set(Phase::Settle)
                    .in_set(crate::household::IncomeSystems)
                    .after(RevenueSystems)
                    .after(crate::household::pay_for_purchases)
                    .before(crate::household::receive_incomes),
            ),
        );
    }
}

fn use_revenue(
    model: Res<Model>,
    clock: Res<Clock>,
    currencies: Res<Currencies>,
    incomes: Res<Incomes>,
    mut treasuries: ResMut<Treasuries>,
) {
    let rule = &model.frictions.government;
    let base = &model.economy.accounts().revenue;
    let treasuries = &mut *treasuries;
    for (n, revenue) in incomes.revenue.iter().enumerate() {
        let base = base[n] * clock.dt() * currencies.in_reference(n);
        treasuries.uses.split(rule, n, (*revenue, base));
        treasuries.balance[n] += treasuries.uses.kept[n];
    }
}

/// Keeps the incomes of governments, duties apart, at those of the base year.
fn buy_as_planned(
    model: Res<Model>,
    clock: Res<Clock>,
    currencies: Res<Currencies>,
    incomes: Res<Incomes>,
    retained: Query<&RetainedProfit, With<FinalBuyer>>,
    mut treasuries: ResMut<Treasuries>,
) {
    let rule = &model.frictions.government;
    let Some(user) = rule.user.filter(|_| rule.as_planned) else {
        return;
    };
    let economy = &model.economy;
    let (accounts, class) = (economy.accounts(), &economy.users[user]);
    let retained = retained.table();
    for n in 0..economy.economies {
        let duties = class.revenue_claim[n] * accounts.revenue[n];
        let planned = accounts.user_spending[user][n] - duties;
        let received = class.labour_claim[n] * incomes.wages[n]
            + class.profit_claim[n] * (incomes.profit[n] + incomes.interest[n])
            + class.transfer_claim[n] * incomes.transfer[n]
            + retained[n * economy.users.len() + user].0;
        let shortfall = planned * clock.dt() * currencies.in_reference(n) - received;
        treasuries.shortfall[n] = shortfall;
        treasuries.balance[n] -= shortfall;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn uses(revenue: RevenueUse, returned: f64, amounts: (f64, f64)) -> RevenueUses {
        let rule = GovernmentRule {
            user: Some(1),
            revenue,
            returned,
            ..GovernmentRule::by_claims()
        };
        let mut uses = RevenueUses::none(1);
        uses.split(&rule, 0, amounts);
        uses
    }

    #[test]
    fn duties_above_those_of_the_base_year_are_split_as_worked_by_hand() {
        let found = uses(RevenueUse::Debt, 0.25, (10.0, 6.0));
        assert_eq!(found.by_claims, [6.0]);
        assert_eq!((found.returned[0], found.kept[0]), (1.0, 3.0));
        assert_eq!(found.spent, [0.0]);
        let found = uses(RevenueUse::Purchases, 0.25, (10.0, 6.0));
        assert_eq!((found.spent[0], found.kept[0]), (3.0, 0.0));
    }

    #[test]
    fn revenue_below_that_of_the_base_year_is_borrowed() {
        let found = uses(RevenueUse::Debt, 0.0, (4.0, 6.0));
        assert_eq!((found.by_claims[0], found.kept[0]), (6.0, -2.0));
    }

    #[test]
    fn by_claims_all_revenue_goes_to_users_to_the_bit() {
        let found = uses(RevenueUse::ByClaims, 0.5, (0.1 + 0.2, 6.0));
        assert_eq!(found.by_claims[0].to_bits(), (0.1_f64 + 0.2).to_bits());
        assert_eq!((found.returned[0], found.kept[0]), (0.0, 0.0));
    }
}
